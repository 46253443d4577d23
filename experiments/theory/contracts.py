"""Contracts that pay for measures: tasks that compete, distortion and risk, several measures (THEORY A to C)."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from experiments.cases import Case
from experiments.limits import Contract, Quantities
from sim.arrays import Floats
from sim.errors import InvalidInput


def a0(case: Case) -> Quantities:
    """One task, one noisy measure."""
    return Contract(
        limit="A0",
        worth=np.array([case.number("v", 1.0)]),
        loading=np.eye(1),
        covariance=_noise(case, 1),
        cost=_cost(case, 1),
        risk_aversion=case.number("r", 0.0),
    ).quantities()


def a1(case: Case) -> Quantities:
    """Tasks that compete, each with its own measure."""
    given = [case.inputs[k] for k in ("f", "C", "Sigma") if isinstance(case.inputs.get(k), list)]
    size = len(given[0]) if given else 1
    return _several("A1", case, np.eye(size)).quantities()


def a2(case: Case) -> Quantities:
    """Two tasks that compete, the second unmeasured."""
    rows = case.rows("rows_kappa_f2", 2).tolist()
    noise = [case.variance("sigma1_2")]
    return {"b1": lambda: [_substitutes("A2", case, kappa, f2, noise).slopes[0] for kappa, f2 in rows]}


def a2b(case: Case) -> Quantities:
    """Two tasks that compete, the measure of the second nearly all noise."""
    noise = [case.variance("sigma1_2"), case.variance("sigma2_2")]
    both = _substitutes("A2b", case, case.number("kappa", 0.0), case.number("f2", 1.0), noise)
    return {**both.quantities(), "b1": lambda: both.slopes[0]}


def b1(case: Case) -> Quantities:
    """One noisy measure at an angle to what counts."""
    norm_f, norm_g = case.number("norm_f", 1.0), case.number("norm_g", 1.0)
    rho, cost = case.number("rho", 0.0), _cost(case, 2)

    def row(degrees: float, sd: float) -> dict[str, float]:
        angle = math.radians(degrees)
        contract = Contract(
            limit="B1",
            worth=np.array([norm_f, 0.0]),
            loading=norm_g * np.array([[math.cos(angle), math.sin(angle)]]),
            covariance=np.array([[sd * sd]]),
            cost=cost,
            risk_aversion=rho,
        )
        return {"b*": contract.slopes[0], "surplus": contract.surplus, "efficiency": contract.efficiency}

    rows = case.rows("rows_theta_deg_sigma", 2).tolist()
    return {"rows": lambda: [row(*r) for r in rows]}


def b2(case: Case) -> Quantities:
    """The same in the convention in which risk costs r·b²·σ², that is, ½·(2r)·b²·σ²."""
    contract = _several("B2", case, case.vector("g")[None, :])
    return replace(contract, risk_aversion=2 * case.number("r", 0.0)).quantities()


def b3(case: Case) -> Quantities:
    """A task that only moves the measure: the first that is worth nothing and not in g0, else one more."""
    f, g = case.vector("f").tolist(), case.vector("g0").tolist()
    if len(f) != len(g):
        raise InvalidInput("inputs.g0", g, f"a list of length {len(f)} of numbers")
    pairs = list(zip(f, g, strict=True))
    if (0.0, 0.0) not in pairs:
        pairs.append((0.0, 0.0))
    game, tasks = pairs.index((0.0, 0.0)), len(pairs)
    worth, measured = np.array(pairs).T

    def row(loading: float) -> dict[str, float]:
        contract = Contract(
            limit="B3",
            worth=worth,
            loading=np.where(np.arange(tasks) == game, loading, measured)[None, :],
            covariance=_noise(case, 1, sd=1.0),
            cost=_cost(case, tasks),
            risk_aversion=case.number("rho", 0.0),
        )
        return {
            "efficiency": contract.efficiency,
            "b*": contract.slopes[0],
            "share of cost spent gaming": contract.cost_share(game),
        }

    loadings = case.vector("m").tolist()
    return {"rows": lambda: [row(m) for m in loadings]}


def c1(case: Case) -> Quantities:
    """Several noisy measures: C1, C4 and C5."""
    return _several(case.limit, case, _loadings(case)).quantities()


def c2(case: Case) -> Quantities:
    """What the other measures add to the first."""
    several = _several("C2", case, _loadings(case))
    single = replace(several, loading=several.loading[:1], covariance=several.covariance[:1, :1])
    return {
        **several.quantities(),
        "b_single": lambda: single.slopes,
        "ts_single": lambda: single.surplus,
        "gain": lambda: several.surplus - single.surplus,
    }


def c3(case: Case) -> Quantities:
    """What a single measure loses."""
    return _several("C3", case, case.vector("g")[None, :]).quantities()


def _several(name: str, case: Case, loading: Floats) -> Contract:
    """Return the contract of a case in the words of A and C."""
    measures, tasks = loading.shape
    return Contract(
        limit=name,
        worth=case.vector("f", tasks, [1.0] * tasks),
        loading=loading,
        covariance=_noise(case, measures),
        cost=_cost(case, tasks),
        risk_aversion=case.number("r", 0.0),
    )


def _substitutes(name: str, case: Case, kappa: float, f2: float, noise: list[float]) -> Contract:
    """Return two tasks that compete, the first of them measured with these variances."""
    c = case.number("c", 1.0)
    return Contract(
        limit=name,
        worth=np.array([case.number("f1", 1.0), f2]),
        loading=np.eye(2)[: len(noise)],
        covariance=np.diag(noise),
        cost=np.array([[c, kappa], [kappa, c]]),
        risk_aversion=case.number("r", 0.0),
    )


def _loadings(case: Case) -> Floats:
    rows = case.inputs.get("G")
    tasks = len(rows[0]) if isinstance(rows, list) and rows and isinstance(rows[0], list) else 1
    return case.rows("G", tasks)


def _cost(case: Case, tasks: int) -> Floats:
    return case.square("C", tasks, case.number("c", 1.0))


def _noise(case: Case, measures: int, sd: float = 0.0) -> Floats:
    """Return Σ; one variance or standard deviation holds for every measure, `sd` if none is given."""
    one = case.variance("sigma2") if "sigma2" in case.inputs else case.number("sigma", sd) ** 2
    found = case.square("Sigma", measures, one)
    if np.diag(found).min() < 0:
        raise InvalidInput("inputs.Sigma", found.tolist(), "at least 0 on its diagonal")
    return found
