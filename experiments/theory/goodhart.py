"""Measures that become targets: selection on noisy scores, budgets, correlation and cause (THEORY G).

Selection (G1 to G3): people differ by what they happen to do, a normal week V = habit + s_v·z; the score
adds noise, P = V + s_φ·ε; whoever passes is chosen. The week is run with luck that is dealt: people stand
on a grid of z, and for each the least ε is sought with which the model chooses it. All lies `offset`
higher than in theory, so that no effort falls below 0.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

import sim
from experiments.cases import Case
from experiments.limits import (
    ROOM,
    Contract,
    Quantities,
    dealt,
    last,
    limit,
    sampled,
    settled,
    steepness,
)
from sim.arrays import Bools, Floats
from sim.contest import density
from sim.errors import InvalidInput
from sim.rules import Rules, rules_of
from sim.scenario import Scenario
from sim.simulation import simulate_chunks

REACH = 37.0  # standard normal numbers beyond which are none
APART = 0.05, 0.004  # of people on the grid, at most and at least
EVERYBODY = np.linspace(-9, 9, 145)  # standard normal numbers, for moments
HALVINGS = 50  # of the range of noise, until the least that is enough is known
NODES = 64  # of an integral over noise
FAR = 1e9  # incentive that leaves nothing of the habit


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Who is chosen for a score above a threshold.

    Parameters
    ----------
    scenario : Scenario
    mean, spread : float
        Of V.
    offset : float
    """

    scenario: Scenario
    mean: float
    spread: float
    offset: float

    @cached_property
    def people(self) -> Floats:
        """z: (people,). The less noise, the closer together: whether one is chosen changes within its spread."""
        noise = self.scenario.signals["measure_1"].noise.sd / (self.spread or 1.0)
        return np.arange(-REACH, REACH, min(max(noise / 2, APART[1]), APART[0]))

    def _rules(self, threshold: float) -> Rules:
        return rules_of(self.scenario.with_({"scheme.pay.threshold": threshold + self.offset}))

    def _chosen(self, rules: Rules, noise: Floats, people: Floats | None = None) -> tuple[Bools, Floats, Floats]:
        """Return who is chosen with this noise (node, people), and everybody's V and P; each in a run of their own."""
        people = np.tile(self.people if people is None else people, len(noise))[:, None]
        verdict = dealt(rules, noise.size, explore=people, noise=noise.reshape(-1, 1)).verdict
        assert verdict is not None
        true, score = (x.reshape(noise.shape) - self.offset for x in (verdict.contribution, verdict.score))
        return (verdict.reward > 0).reshape(noise.shape), true, score

    def above(self, threshold: float) -> tuple[Floats, Floats]:
        """Return the noise from which on each of the people is chosen, and their V: (people,) both."""
        rules = self._rules(threshold)
        high = np.full(self.people.shape, REACH)
        low = -high
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            chosen, true, _ = self._chosen(rules, middle[None])
            low, high = np.where(chosen[0], low, middle), np.where(chosen[0], middle, high)
        return high, true[0]

    def weight(self, least: Floats) -> Floats:
        """Return how much of all who are chosen, of those who need this noise, each point of the grid holds."""
        return density(self.people) * ndtr(-least)

    def expected(self, threshold: float) -> float:
        """Return E[V | P ≥ threshold]."""
        least, true = self.above(threshold)
        return _mean(true, self.weight(least))

    def share(self, threshold: float) -> float:
        """Return the share of people who are chosen."""
        weight = self.weight(self.above(threshold)[0])
        return float(weight.sum() * (self.people[1] - self.people[0]))

    def row(self, q: float) -> dict[str, float]:
        """Return what is true of the share q of people with the highest scores."""
        if not 0 < q < 1:
            raise InvalidInput("inputs.q", q, "between 0 and 1")
        noise = np.repeat(EVERYBODY[:, None], len(EVERYBODY), axis=1)
        everybody = density(noise) * density(noise.T)
        _, _, score = self._chosen(self._rules(0.0), noise, EVERYBODY)
        usual = _mean(score, everybody)
        spread = math.sqrt(_mean((score - usual) ** 2, everybody))
        reach = 1.5 * abs(float(ndtri(q))) + 1.0
        threshold = brentq(
            lambda x: self.share(x) - q, usual - reach * spread, usual + reach * spread, xtol=1e-9 * spread
        )
        least, true = self.above(threshold)
        weight = self.weight(least)
        mean = _mean(true, weight)
        over = self._overstated(least)
        lift = float((density(self.people) * over).sum() / weight.sum())
        return {
            "i(q)": (mean + lift - usual) / spread,
            "E[V|sel]": mean,
            "E[P-V|sel]": lift,
            "Var[V|sel]": _mean((true - mean) ** 2, weight),
        }

    def _overstated(self, least: Floats) -> Floats:
        """Return ∫ (P − V) over the noise above the least that is enough: (people,)."""
        node, share = np.polynomial.legendre.leggauss(NODES)
        low = np.maximum(least, -9.0)
        length = np.maximum(9.0 - low, 0.0)
        noise = low + length * (node[:, None] + 1) / 2
        _, true, score = self._chosen(self._rules(0.0), noise)
        return np.asarray(((score - true) * density(noise) * (share[:, None] * length / 2)).sum(axis=0))


def _mean(x: Floats, weight: Floats) -> float:
    return float((x * weight).sum() / weight.sum())


def _selection(case: Case, noise: dict[str, Any]) -> Selection:
    """Return people whose V and noise are as a case says."""
    mean, spread = case.number("mu", 0.0), case.number("s_v", 1.0)
    if spread < 0:
        raise InvalidInput("inputs.s_v", spread, "at least 0")
    offset = 2 * REACH * spread + abs(mean)
    scenario = limit(case.limit).with_(
        {
            "activities.task_1.habit": mean + offset,
            "conduct.experimentation": spread,
            "signals.measure_1.noise": {"common": 0.0, "freedom": None} | noise,
        }
    )
    return Selection(scenario=scenario, mean=mean, spread=spread, offset=offset)


def _normal(case: Case) -> dict[str, Any]:
    return {"family": "normal", "sd": case.number("s_phi", 1.0)}


def g1(case: Case) -> Quantities:
    """The share q with the highest scores."""
    selection = _selection(case, _normal(case))
    shares = case.vector("q").tolist()
    return {"rows": lambda: [selection.row(q) for q in shares]}


def g2(case: Case) -> Quantities:
    """The k highest scores of N, sampled: promoted ones, week after week."""
    mean, spread = case.number("mu", 0.0), case.number("s_v", 1.0)
    offset = ROOM * spread + abs(mean)

    def samples(n: int, k: int) -> Iterator[Floats]:
        scenario = limit("G2").with_(
            {
                "activities.task_1.habit": mean + offset,
                "conduct.experimentation": spread,
                "signals.measure_1.noise.sd": case.number("s_phi", 1.0),
                "scheme.promotion.winners": k,
                "team.size": n,
            }
        )
        for chunk in simulate_chunks(scenario, 10**9, aligned=False):
            chosen, true = chunk.reviewed["promoted"], chunk.reviewed["contribution"]
            yield ((chosen * true).sum(axis=-1) / chosen.sum(axis=-1) - offset).ravel()

    rows = [[case.whole("rows_N_k", x) for x in r] for r in case.rows("rows_N_k", 2).tolist()]
    return {"EV": lambda: sampled([samples(n, k) for n, k in rows])}


def g2b(case: Case) -> Quantities:
    """The highest of N: N times what a standard deviation of score adds to the chance of being it."""
    sizes = case.counts("N")
    return {"m": lambda: [n * steepness(n, 1, "exact") for n in sizes]}


def g3(case: Case) -> Quantities:
    """Scores above τ, with light tails."""
    selection = _selection(case, _normal(case))
    thresholds = case.vector("tau").tolist()
    return {"EV": lambda: [selection.expected(t) for t in thresholds]}


def g3b(case: Case) -> Quantities:
    """Scores above τ, with heavy tails: the error is Student's t, whose variance is ν/(ν − 2)."""
    freedom = case.number("nu", 3.0)
    if freedom <= 2:
        raise InvalidInput("inputs.nu", freedom, "above 2, so that there is a standard deviation")
    selection = _selection(case, {"family": "student_t", "freedom": freedom, "sd": math.sqrt(freedom / (freedom - 2))})
    thresholds = case.vector("tau").tolist()
    return {"EV": lambda: [selection.expected(t) for t in thresholds]}


def _tasks(case: Case) -> tuple[list[str], Floats, Floats]:
    """Return names of the tasks of a case, f and g."""
    f = case.vector("f")
    return [f"task_{k + 1}" for k in range(len(f))], f, case.vector("g", len(f))


def _at_work(case: Case, habit: Floats) -> Scenario:
    """Return the limit of a case with its tasks, seen by one measure."""
    names, f, g = _tasks(case)
    base = limit(case.limit)
    task = base.config["activities"]["task_1"]
    return base.with_(
        {
            "activities": {
                k: task | {"worth": x, "worth_now": x, "habit": h}
                for k, x, h in zip(names, f.tolist(), habit.tolist(), strict=True)
            },
            "signals.measure_1.loadings": dict(zip(names, g.tolist(), strict=True)),
        }
    )


def g6(case: Case) -> Quantities:
    """A week of given length, turned from the habit towards the measure."""
    scenario = _at_work(case, case.vector("h", len(case.vector("f")))).with_({"choice.size": case.number("T", 1.0)})

    def worth(strength: float) -> float:
        return last(settled(scenario.with_({"scheme.strength": strength})), "worth")

    @cache
    def best() -> tuple[list[float], float]:
        return sim.best_strength(scenario, "worth")

    return {
        "b": lambda: best()[0][0],
        "V": lambda: best()[1],
        "V0": lambda: worth(0.0),
        "Vinf": lambda: worth(FAR),
    }


def g8(case: Case) -> Quantities:
    """Slope of worth on score across people whom nobody pays for it.

    Two people for each direction in which efforts spread, on either side of the mean: their covariance is Σ.
    """
    names, f, _ = _tasks(case)
    n = len(f)
    value, axis = np.linalg.eigh(case.square("Sigma_a", n, 1.0))
    if value.min() < -1e-12 * value.max():
        raise InvalidInput("inputs.Sigma_a", value.min(), "positive semidefinite")
    away = axis * np.sqrt(n * np.maximum(value, 0.0))
    efforts = ROOM * np.abs(away).max() + np.concatenate([away.T, -away.T])
    people = [f"person {i + 1}" for i in range(2 * n)]
    scenario = _at_work(case, np.zeros(n)).with_(
        {
            "team.people": [{"name": p, "motives": {}} for p in people],
            "choice.weeks": [dict.fromkeys(names, 0.0)],
            "choice.members": {
                p: [dict(zip(names, e, strict=True))] for p, e in zip(people, efforts.tolist(), strict=True)
            },
        }
    )

    def slope() -> float:
        seen = sim.simulate(scenario, runs=1, aligned=False).reviewed
        true, score = seen["contribution"][-1, 0], seen["score"][-1, 0]
        return float(np.cov(true, score)[0, 1] / np.var(score, ddof=1))

    return {"obs": slope}


def g8b(case: Case) -> Quantities:
    """Slope of worth on score as pay for the score begins."""
    _, f, g = _tasks(case)
    contract = Contract(
        limit="G8b",
        worth=f,
        loading=g[None, :],
        covariance=np.zeros((1, 1)),
        cost=np.eye(len(f)),
        risk_aversion=0.0,
    )

    def slope() -> float:
        paid = settled(contract.scenario)
        worth, score = (last(paid, x) - last(contract.unpaid, x) for x in ("worth", "score"))
        return worth / score

    return {"slope": slope}
