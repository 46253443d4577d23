"""What people believe, feel and reason: rivals' depth, quantal choice, prospects, errors, learning (THEORY H)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache, partial
from typing import Any

import numpy as np

import sim
from experiments.cases import Case
from experiments.limits import (
    ENOUGH,
    ROOM,
    Quantities,
    Sampled,
    contest,
    dealt,
    last,
    limit,
    sampled,
    settled,
)
from sim.arrays import Floats
from sim.errors import InvalidInput
from sim.prospect import Prospect
from sim.rules import rules_of
from sim.scenario import Scenario
from sim.simulation import simulate_chunks

PROSPECT = {"alpha": 1.0, "loss_aversion": 1.0, "gamma_gain": 1.0, "gamma_loss": 1.0}  # expected utility
PEOPLE, TEAMS = 100, 30  # who err in their own ways: members of a team, teams of a batch
BATCHES, MOST_BATCHES = 20, 1000


def h2(case: Case) -> Quantities:
    """Two rivals who think so many steps ahead; as many levels as the case asks for."""
    scenario = contest("H2", case, 2)
    asked = case.closed.get("a")
    levels = len(asked) if isinstance(asked, list) else 1

    def effort(depth: dict[str, Any] | None) -> float:
        return last(settled(scenario.with_({"beliefs.depth": depth})), "effort_task_1")

    return {
        "a": lambda: [effort({"level": i, "mean": None, "highest": 1}) for i in range(levels)],
        "nash": lambda: effort(None),
    }


def _quantal(case: Case) -> Scenario:
    """Return the limit of a case with its utilities, as the worth of tasks for which everyone is paid in full."""
    base, u = limit(case.limit), case.vector("u")
    task = base.config["activities"]["task_1"]
    return base.with_(
        {
            "activities": {f"task_{k + 1}": task | {"worth": x, "worth_now": x} for k, x in enumerate(u.tolist())},
            "signals.measure_1.loadings": {f"task_{k + 1}": x for k, x in enumerate(u.tolist())},
            "choice.sharpness": case.number("lam", 1.0),
        }
    )


def h3(case: Case) -> Quantities:
    """Shares of a week; value: what they are worth net of the cost of deciding."""
    scenario = _quantal(case)

    @cache
    def results() -> sim.Results:
        return settled(scenario)

    return {
        "x": lambda: [last(results(), f"effort_{k}") for k in scenario.activities],
        "value": lambda: last(results(), "surplus"),
    }


def h3b(case: Case) -> Quantities:
    """Weeks that each go to one task, by chance."""
    scenario = _quantal(case)

    def samples(task: str) -> Iterator[Floats]:
        for chunk in simulate_chunks(scenario, 10**9, members=True, aligned=False):
            yield (chunk.per_member or {})[f"effort_{task}"].ravel()

    return {"x": lambda: sampled([samples(k) for k in scenario.activities])}


def h5(case: Case) -> Quantities:
    """Decision weights of prospect theory."""
    p = case.vector("p")
    felt = _prospect(case)
    return {
        "w_plus": lambda: felt.weight(p, felt.gamma_gain).tolist(),
        "w_minus": lambda: felt.weight(p, felt.gamma_loss).tolist(),
    }


def h5b(case: Case) -> Quantities:
    """Felt values of lotteries such as (-3000,.5;4500,.5), by their names."""
    felt = _prospect(case)
    lotteries = {k: _lottery(k, v) for k, v in case.inputs.items() if isinstance(v, str)}
    return {k: partial(felt.value, *lottery) for k, lottery in lotteries.items()}


def h6(case: Case) -> Quantities:
    """The fear of layoff in a crowd, as prospect theory has it and as expected utility has it."""
    q, felt = case.number("q"), _prospect(case)
    base = limit("H6").with_(
        {
            "scheme.layoff.share": q,
            "scheme.layoff.loss": case.number("L", 1.0),
            "choice.matrix": [[case.number("c", 1.0)]],
            "signals.measure_1.noise.sd": case.number("sigma", 1.0),
        }
    )

    @cache
    def effort(afraid: bool) -> float:
        prospect = PROSPECT if not afraid else {key: getattr(felt, key) for key in PROSPECT}
        return last(settled(base.with_({"motives.safety.prospect": prospect})), "effort_task_1")

    return {
        "a_EU": lambda: effort(False),
        "a_PT": lambda: effort(True),
        "multiplier": lambda: effort(True) / effort(False),
        "dw": lambda: float(felt.weight_slope(np.array([q]), felt.gamma_loss)[0]),
    }


def h6c(case: Case) -> Quantities:
    """What a risk of layoff is felt to be, and what a change of it is."""
    felt = _prospect(case)

    def row(q: float) -> dict[str, float]:
        risk = np.array([q])
        weight, slope = (float(w(risk, felt.gamma_loss)[0]) for w in (felt.weight, felt.weight_slope))
        return {"w": weight, "w/q": weight / q, "dw": slope, "multiplier": -float(felt.loss_slope(1.0, risk)[0])}

    risks = case.vector("q").tolist()
    return {"rows": lambda: [row(q) for q in risks]}


def _prospect(case: Case) -> Prospect:
    return Prospect(
        alpha=case.number("alpha", 0.88),
        loss_aversion=case.number("lam", case.number("lambda", 2.25)),
        gamma_gain=case.number("gamma_plus", 0.61),
        gamma_loss=case.number("gamma_minus", 0.69),
    )


def _lottery(key: str, text: str) -> tuple[list[float], list[float]]:
    """Return the outcomes and probabilities of a lottery as written."""
    try:
        pairs = [tuple(map(float, pair.split(","))) for pair in text.strip("() ").split(";")]
        outcomes, probabilities = zip(*pairs, strict=True)
    except ValueError:
        raise InvalidInput(f"inputs.{key}", text, "a lottery such as (-3000,.5;4500,.5)") from None
    return list(outcomes), list(probabilities)


def _tasks(case: Case, habit: float) -> dict[str, Any]:
    """Return overrides by which a limit has the tasks of a case, f, and its measure, g."""
    f = case.vector("f")
    names, g = [f"task_{k + 1}" for k in range(len(f))], case.vector("g", len(f))
    task = limit(case.limit).config["activities"]["task_1"]
    return {
        "activities": {
            k: task | {"worth": x, "worth_now": x, "habit": habit} for k, x in zip(names, f.tolist(), strict=True)
        },
        "signals.measure_1.loadings": dict(zip(names, g.tolist(), strict=True)),
        "choice.matrix": (case.number("c", 1.0) * np.eye(len(f))).tolist(),
    }


def h7(case: Case) -> Quantities:
    """People who each err about what adds to the score, sampled; the slope that is best for all of them."""
    f, g = case.vector("f"), case.vector("g")
    error = math.sqrt(case.variance("s_nu2"))
    habit = ROOM * (np.abs(f).sum() + np.abs(g).sum() + error) / case.number("c", 1.0)
    scenario = limit("H7").with_(
        _tasks(case, float(habit))
        | {
            "beliefs.error_absolute": error,
            "signals.measure_1.noise.sd": math.sqrt(case.variance("sigma2")),
            "team.risk_aversion": case.number("rho", 0.0),
            "team.size": PEOPLE,
        }
    )

    once = scenario.with_({"weeks": 1})  # nobody learns

    @cache
    def best() -> list[Sampled]:
        """Return the slope and the surplus that are best for a batch of people, on average over batches."""
        usual = last(settled(scenario.with_({"scheme.strength": 0.0})), "surplus")
        found: list[tuple[float, float]] = []
        while len(found) < MOST_BATCHES:
            slopes, surplus = sim.best_strength(once, runs=TEAMS, seed=len(found))
            found.append((slopes[0], surplus - usual))
            if len(found) >= BATCHES and all(x.error <= ENOUGH * abs(x.value) for x in _means(found)):
                break
        return _means(found)

    return {"b": lambda: best()[0], "surplus": lambda: best()[1]}


def _means(rows: list[tuple[float, float]]) -> list[Sampled]:
    """Return the mean of each column and its standard error."""
    each = np.array(rows).T
    return [Sampled(value=float(x.mean()), error=float(x.std(ddof=1)) / math.sqrt(len(x))) for x in each]


def h8(case: Case) -> Quantities:
    """A worker who cares about the work, and takes the measure for it to a degree; slope: worth lost by that."""
    f, g = case.vector("f"), case.vector("g")
    care, strength = case.number("m", 1.0), case.number("b", 0.0)
    habit = ROOM * (abs(care) + abs(strength)) * (np.abs(f).sum() + np.abs(g).sum()) / case.number("c", 1.0)
    idle = limit("H8").with_(
        _tasks(case, float(habit)) | {"team.people": [{"name": "worker", "motives": {}}], "scheme.strength": strength}
    )
    scenario = idle.with_({"team.people": [{"name": "worker", "motives": {"pay": 1.0, "intrinsic": care}}]})

    def worth(surrogation: float) -> float:
        found = scenario.with_({"motives.intrinsic.surrogation": surrogation})
        return last(settled(found), "worth") - last(settled(idle), "worth")

    degrees = case.vector("s", default=[0.0]).tolist()
    return {"V": lambda: [worth(s) for s in degrees], "slope": lambda: worth(1.0) - worth(0.0)}


def h9(case: Case) -> Quantities:
    """What is believed of a task after n reviews whose noise is at its mean."""
    g, noise = case.number("g", 1.0), case.number("s_e", 1.0)
    scenario = limit("H9").with_(
        {
            "weeks": case.count("n") + 1,
            "activities.task_1.habit": case.number("a", 1.0),
            "signals.measure_1.loadings": {"task_1": g},
            "signals.measure_1.noise.sd": noise,
            "scheme.announced": {"measure_1": 0.0, "told": case.number("g0", 0.0)},
            "beliefs.error_absolute": case.number("s0", 1.0),
        }
    )
    return {"g_n": lambda: float(dealt(rules_of(scenario)).known.slope[0, 0, 0])}
