"""Put the model into the limits of theory, run it, and compare what it shows with closed forms.

The part of a case's id before the dot names a function of `LIMITS`. It turns the inputs into
overrides on `configs/limit/<id>.yaml`, and says how each quantity is read off the running model.
Units and conventions change on the way (an angle becomes two vectors, r becomes risk aversion); no
solution is written here: optimal slopes are found by optimising over the model, best answers by
letting a member answer. E3, E3b, H5, H5b and the column `beta` ask the very class that the week calls.

    |found − expected| ≤ 1e-4 · max(|expected|, largest |expected| of its list, 1e-3)
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar, root_scalar

import sim
from experiments.cases import Case, read_cases, shipped_cases
from experiments.console import console, progress
from experiments.limits import (
    Contract,
    Found,
    Quantities,
    contest,
    first_member,
    last,
    limit,
    played,
    settled,
    steepness,
)
from experiments.store import check_folder, write_csv
from experiments.tables import verify_table
from sim.arrays import Floats
from sim.errors import InvalidInput, ModelWarning, RunFailed
from sim.perception import Known
from sim.prospect import Prospect
from sim.scenario import Scenario

TOLERANCE = 1e-4  # relative, of a deterministic quantity
LOOSE = 2e-3  # relative, of a published or asymptotic number without a reference
SMALLEST = 1e-3  # what a tolerance is relative to, at least
NUDGE = 1e-6  # by how much effort is moved to see what answers [noise of the score]
CROWD = 1000  # members of a crowd; their number does not matter
CANDIDATES, CLOSE = 41, 1e-9  # efforts that a member compares · how closely it then looks, of their range

Progress = Callable[[str, int, int], None]


# --- the limits, a function per id: inputs → quantities


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


def e1(case: Case) -> Quantities:
    """Two rivals; g0 is what an hour adds to the chance of a prize of 1."""
    scenario = contest("E1", case, 2)

    def chance() -> float:
        results = settled(scenario.with_({"scheme.promotion.prize": 1.0}))
        return float(results.measures()["incentive"].iloc[0])

    return {"g0": chance, "a": lambda: last(settled(scenario), "effort_task_1")}


def e1b(case: Case) -> Quantities:
    """The prize for one of two rivals at which surplus is highest."""
    v, prize = case.number("v", 1.0), "scheme.promotion.prize"
    scenario = contest("E1b", case, 2, {"activities.task_1.worth": v, "activities.task_1.worth_now": v})

    @cache
    def best() -> float:
        return sim.best_strength(scenario, over=[prize])[0][0]

    return {"dW": best, "a": lambda: last(settled(scenario.with_({prize: best()})), "effort_task_1")}


def e2(case: Case) -> Quantities:
    """N rivals, k prizes."""

    def row(n: int, k: int) -> dict[str, float]:
        scenario = contest("E2", case, n, {"scheme.promotion.winners": k})
        return {"beta": steepness(n, k, "exact"), "a": last(settled(scenario), "effort_task_1")}

    rows = [[case.whole("rows_N_k", x) for x in r] for r in case.rows("rows_N_k", 2).tolist()]
    return {"rows": lambda: [row(n, k) for n, k in rows]}


def e2b(case: Case) -> Quantities:
    """The effort that serves a member best, of all there are, against rivals who play as the model says."""
    scenario = contest("E2b", case, case.count("N"), {"scheme.promotion.winners": case.count("k")})
    most = math.sqrt(2 * case.number("dW", 1.0) / case.number("c", 1.0))  # costs as much as the prize brings

    def best() -> float:
        usual = last(settled(scenario), "effort_task_1")

        def play(known: Known, chosen: Floats) -> Floats:
            held = np.full(chosen.shape, usual)
            if known.week:
                held[0, 0, 0] = _best_effort(scenario, known, held, most)
            return held

        return float(first_member(played(scenario, play))[-1])

    return {"a": best}


def _best_effort(scenario: Scenario, known: Known, effort: Floats, most: float) -> float:
    """Return the first member's effort, from 0 to `most`, of highest utility net of cost."""

    def loss(own: float) -> float:
        trial = effort.copy()
        trial[0, 0, 0] = own
        cost = scenario.choice.effort_cost(trial, known.habit)
        return float((cost - scenario.motives["promotion"].utility(trial, known))[0, 0])

    grid = np.linspace(0.0, most, CANDIDATES)
    best, step = grid[np.argmin([loss(x) for x in grid])], grid[1]
    bounds = max(0.0, best - step), min(most, best + step)
    return float(minimize_scalar(loss, bounds=bounds, options={"xatol": CLOSE * most}).x)


def e3(case: Case) -> Quantities:
    """A place for a share p of a crowd."""
    return {"beta": lambda: [steepness(CROWD, p * CROWD, "crowd") for p in case.vector("p").tolist()]}


def e3b(case: Case) -> Quantities:
    """A place for a share p of ever more rivals, and how far that is from a crowd."""
    p, sizes = case.number("p", 0.1), case.counts("N")

    @cache
    def beta() -> list[float]:
        return [steepness(n, round(p * n, 9), "exact") for n in sizes]

    def gaps() -> list[float]:
        crowd = steepness(CROWD, p * CROWD, "crowd")
        return [n * (crowd - b) for n, b in zip(sizes, beta(), strict=True)]

    return {"last": lambda: beta()[-1], "table_beta": beta, "N_times_gap": gaps}


def e4(case: Case) -> Quantities:
    """Up or out in a crowd."""
    changes = {
        "scheme.promotion.share": case.number("p"),
        "scheme.layoff.share": case.number("q"),
        "scheme.layoff.loss": case.number("L", 1.0),
    }
    scenario = contest("E4", case, limit("E4").config["team"]["size"], changes)
    return {"a": lambda: last(settled(scenario), "effort_task_1")}


def e7(case: Case) -> Quantities:
    """One member among a crowd: s, how the answer moves with own effort; slope, how the best answer moves
    with everybody's mean effort."""
    size = limit("E7").config["team"]["size"]
    scenario = contest("E7", case, size, {"scheme.promotion.share": case.number("p")})
    nudge = NUDGE * case.number("sigma", 1.0)

    @cache
    def usual() -> float:
        return last(settled(scenario), "effort_task_1")

    def answer(own: float, others: float) -> tuple[float, float]:
        """Return what the first member answers to a week of these efforts, and that week's mean effort."""

        def play(known: Known, chosen: Floats) -> Floats:
            held = np.full(chosen.shape, others)
            held[0, 0, 0] = own if known.week == 0 else chosen[0, 0, 0]
            return held

        results = played(scenario, play)
        return float(first_member(results)[-1]), float(results.weekly["effort_task_1"].iloc[0])

    def s() -> float:
        (high, mean_high), (low, mean_low) = (answer(usual() + x, usual()) for x in (nudge, -nudge))
        return (high - low) / (2 * nudge - (mean_high - mean_low))

    def reply(others: float) -> tuple[float, float]:
        """Return the effort that answers itself, and the mean effort then."""
        own = root_scalar(lambda x: answer(x, others)[0] - x, x0=usual(), x1=usual() + nudge, xtol=1e-14).root
        return own, answer(own, others)[1]

    def slope() -> float:
        (high, mean_high), (low, mean_low) = (reply(usual() + x) for x in (nudge, -nudge))
        return (high - low) / (mean_high - mean_low)

    return {"s": s, "slope": slope}


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


def _prospect(case: Case) -> Prospect:
    return Prospect(
        alpha=case.number("alpha", 0.88),
        loss_aversion=case.number("lambda", 2.25),
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


LIMITS: Mapping[str, Callable[[Case], Quantities]] = {
    "A0": a0,
    "A1": a1,
    "A2": a2,
    "A2b": a2b,
    "B1": b1,
    "B2": b2,
    "B3": b3,
    "C1": c1,
    "C2": c2,
    "C3": c3,
    "C4": c1,
    "C5": c1,
    "E1": e1,
    "E1b": e1b,
    "E2": e2,
    "E2b": e2b,
    "E3": e3,
    "E3b": e3b,
    "E4": e4,
    "E7": e7,
    "H5": h5,
    "H5b": h5b,
}
COLUMNS = {
    "B1": ("b*", "surplus", "efficiency"),
    "B3": ("efficiency", "b*", "share of cost spent gaming"),
    "E2": ("beta", "a"),
}


# --- comparing


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """One number of a quantity.

    Parameters
    ----------
    name : str
        As in `b1[3]` or `rows[2].surplus`.
    place : tuple
        Index or column at each level.
    value : float
    scale : float
        Largest size in its list; a column of a table is a list.
    """

    name: str
    place: tuple[int | str, ...]
    value: float
    scale: float


def leaves(name: str, value: Found, columns: tuple[str, ...]) -> Iterator[Leaf]:
    """Yield the numbers of a closed value: of itself, of a list, or of rows with these columns."""
    if not isinstance(value, list):
        yield Leaf(name=name, place=(), value=float(value), scale=abs(value))
        return
    for i, item in enumerate(value):
        if not isinstance(item, list):
            scale = max(abs(x) for x in value if not isinstance(x, list))
            yield Leaf(name=f"{name}[{i}]", place=(i,), value=float(item), scale=scale)
            continue
        for j, x in enumerate(item):
            column = columns[j] if j < len(columns) else str(j)
            scale = max(abs(r[j]) for r in value if isinstance(r, list) and j < len(r))
            yield Leaf(name=f"{name}[{i}].{column}", place=(i, column), value=float(x), scale=scale)


def reached(found: Found, place: tuple[int | str, ...]) -> float | None:
    """Return the number at a place of what was found; None where there is none."""
    if not place and isinstance(found, list) and len(found) == 1:
        return reached(found[0], place)
    if place == (0,) and not isinstance(found, list):
        return reached(found, ())
    for step in place:
        there = step in found if isinstance(found, dict) else isinstance(found, list) and step in range(len(found))
        if not there:
            return None
        found = found[step]
    return float(found) if isinstance(found, int | float) else None


def findings(case: Case) -> tuple[dict[str, Found], str | None]:
    """Return what the model shows of the quantities of a case, and why it shows nothing, if it does not."""
    if case.limit not in LIMITS:
        return {}, f"no limit is called {case.limit}"
    try:
        asked = LIMITS[case.limit](case)
        return {q: asked[q]() for q in case.closed if q in asked}, None
    except (InvalidInput, RunFailed, ArithmeticError, np.linalg.LinAlgError) as error:
        return {}, str(error)


def compared(case: Case, found: Mapping[str, Found], failed: bool) -> Iterator[dict[str, Any]]:
    """Yield a row of the table for each number of a case."""
    for quantity, closed in case.closed.items():
        pinned = case.kind == "ref" and quantity in case.reference
        relative = LOOSE if case.kind == "ref" and not pinned else TOLERANCE
        expected = case.reference[quantity] if pinned else closed
        for leaf in leaves(quantity, expected, case.columns(COLUMNS.get(case.limit, ()))):
            tolerance = relative * max(leaf.scale, SMALLEST)
            value = reached(found.get(quantity), leaf.place)
            if value is None:
                verdict = "fail" if failed else "unsupported"
            else:
                verdict = "pass" if abs(value - leaf.value) <= tolerance else "fail"
            yield {
                "id": case.id,
                "quantity": leaf.name,
                "expected": leaf.value,
                "found": math.nan if value is None else value,
                "tolerance": tolerance,
                "verdict": verdict,
            }


def verify(cases: Path | None = None, section: str | None = None, progress: Progress | None = None) -> pd.DataFrame:
    """Compare the model with the cases of theory.

    Parameters
    ----------
    cases : Path or None
        File of cases; None: the project's own.
    section : str or None
        Only cases whose id begins so.
    progress : callable or None
        Told the id of each case before it is run, how many were, and how many there are.

    Returns
    -------
    DataFrame
        A row per number: `id, quantity, expected, found, tolerance, verdict`, the verdict one of `pass`,
        `fail` and `unsupported`. `attrs["reasons"]` says, by id, why a case could not be run.

    Raises
    ------
    InvalidInput
        For a file that cannot be read as cases, or a section that no case has.
    """
    chosen = read_cases(cases or shipped_cases(), section)
    rows: list[dict[str, Any]] = []
    reasons: dict[str, str] = {}
    for i, case in enumerate(chosen):
        if progress is not None:
            progress(case.id, i, len(chosen))
        with warnings.catch_warnings(), np.errstate(all="ignore"):  # what is not finite fails
            warnings.simplefilter("ignore", ModelWarning)  # oscillation: `settled` refuses it
            found, reason = findings(case)
        if reason is not None:
            reasons[case.id] = reason
        rows += compared(case, found, failed=reason is not None and case.limit in LIMITS)
    table = pd.DataFrame(rows, columns=["id", "quantity", "expected", "found", "tolerance", "verdict"])
    table.attrs["reasons"] = reasons
    return table


# --- the verb


def main(config: dict[str, Any], *, overrides: Sequence[str], choice: Mapping[str, str], command: str) -> int:
    """`crosspurpose verify`: print the table, write verify.csv, return 1 unless every quantity passes."""
    section = None if config["section"] is None else str(config["section"])
    path = shipped_cases() if config["cases"] is None else Path(str(config["cases"]))
    target = Path(str(config["out"] or Path("results") / "verify")) / "verify.csv"
    read_cases(path, section)
    check_folder(target.parent)
    with progress("theory limits") as show:
        table = verify(path, section, lambda case, done, of: show(done, of))
    write_csv(table, target)
    screen = console()
    screen.print(verify_table(table, screen.width))
    for id_, reason in table.attrs["reasons"].items():
        screen.print(f"{id_}: {reason}", soft_wrap=True)
    counts = table["verdict"].value_counts()
    told = ", ".join(f"{counts.get(v, 0)} {v}" for v in ("pass", "fail", "unsupported"))
    screen.print(f"\n{told}; results written to {target}", soft_wrap=True)
    return int(not table["verdict"].eq("pass").all())
