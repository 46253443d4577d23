"""What accumulates: skill, pairs who must talk, knowledge that leaves, targets that follow (THEORY K; Weitzman)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache

import numpy as np

import sim
from experiments.cases import Case
from experiments.limits import Quantities, last, limit, sampled, settled
from sim.arrays import Floats
from sim.choice.quadratic import Quadratic
from sim.draws import Draws
from sim.engine import week
from sim.errors import InvalidInput
from sim.rules import rules_of
from sim.scenario import Scenario
from sim.simulation import simulate_chunks
from sim.state import initial

GONE = 1e-7  # what is left of the beginning when a stock or a discounted sum is read


def k1(case: Case) -> Quantities:
    """Somebody who invests in a stock that fades; q is a chance of losing it."""
    beta, decay, quits = case.number("beta"), case.number("delta"), case.number("q", 0.0)

    def investor(patience: float) -> Scenario:
        return limit("K1").with_(
            {
                "motives.invest.patience": patience,
                "motives.invest.decay": decay,
                "motives.invest.value": case.number("v", 1.0),
                "choice.matrix": [[case.number("c", 1.0)]],
            }
        )

    @cache
    def invested(patience: float) -> float:
        return last(settled(investor(patience)), "effort_task_1")

    def stock() -> float:
        """Return the stock in the end; the model counts it in units of δ, so that at rest it is a week's effort."""
        rules = rules_of(investor(beta))
        many = _weeks(1 - decay)
        draws = Draws(1, [0], rules.members)
        state = initial(rules, draws)
        for chance in draws.weekly(rules.causes, many):
            state, _ = week(state, rules, chance, rules.decision)
        assert state.outside is not None
        return float(state.outside[0, 0]) / decay

    return {
        "l": lambda: invested(beta),
        "l_quit": lambda: invested(beta * (1 - quits)),
        "steady_stock": stock,
        "ratio": lambda: invested(beta * (1 - quits)) / invested(beta),
    }


def _weeks(left: float) -> int:
    """Return after how many weeks, in each of which a share stays, nearly nothing is left."""
    if not 0 <= left < 1:
        raise InvalidInput("inputs", left, "a share that stays of at least 0 and below 1")
    return 2 + (math.ceil(math.log(GONE) / math.log(left)) if left else 0)


def k2(case: Case) -> Quantities:
    """The size of a team at which pairs that have to talk take as much as one more member brings.

    What a team achieves is a parabola in its size; its peak is read off teams of one, two and three.
    """
    p, k = case.number("p", 1.0), case.number("k", 1.0)

    def output(members: int) -> float:
        scenario = limit("K2").with_(
            {
                "activities.task_1.worth": p,
                "activities.task_1.worth_now": p,
                "project.coordination.pair": k / p,
                "team.size": members,
            }
        )
        return members * last(settled(scenario), "worth")

    def peak() -> float:
        if not 0 < k <= p:
            raise InvalidInput("inputs.k", k, "above 0 and at most p: beyond, nobody works in a team of three")
        low, middle, high = (output(n) for n in (1, 2, 3))
        return 2 - (high - low) / (2 * (high - 2 * middle + low))

    return {"n": peak}


def k3(case: Case) -> Quantities:
    """Modules that k members know, each of whom leaves with a chance q: the share that nobody knows then, sampled.

    Newcomers learn all about their seat's modules in a week, so that every week is another sample.
    """

    modules = limit("K3").config["project"]["modules"]

    def samples(k: int, q: float) -> Iterator[Floats]:
        scenario = limit("K3").with_({"team.size": k * modules, "turnover.quit": q})
        for chunk in simulate_chunks(scenario, 10**9, aligned=False):
            yield chunk.columns["orphaned"].ravel()

    rows = [(case.whole("rows_k_q", k), q) for k, q in case.rows("rows_k_q", 2).tolist()]
    return {"p": lambda: sampled([samples(k, q) for k, q in rows], step=1 / modules)}


def w1(case: Case) -> Quantities:
    """A target that follows what was achieved: what people answer, and what would have been best all along."""
    b, foresight = case.number("b", 1.0), case.number("delta", 0.0)
    c = case.number("c", 1.0)
    scenario = limit("W1").with_(
        {
            "scheme.pay.slope": b,
            "scheme.pay.foresight": foresight,
            "scheme.pay.adjustment": case.number("lam", 1.0),
            "choice.matrix": [[c]],
        }
    )

    def best() -> float:
        """Return the steady effort of highest discounted pay net of cost, as the model pays it."""
        discount = foresight ** np.arange(_weeks(foresight))
        cost = Quadratic(matrix=((c,),))
        steady = scenario.with_({"weeks": len(discount), "choice": {"kind": "fixed"}})

        def value(results: sim.Results) -> float:
            effort = results.columns["effort_task_1"][None]
            net = results.columns["reward"] - cost.effort_cost(effort, np.zeros(effort.shape))
            return float(discount @ net[:, 0])

        return sim.best_strength(steady, value, over=["activities.task_1.habit"], start=[b / c])[0][0]

    return {
        "slope": lambda: float(settled(scenario).measures()["incentive"].iloc[0]),
        "a": lambda: last(settled(scenario), "effort_task_1"),
        "best": best,
    }
