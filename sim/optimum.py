"""The best values of some numbers of a scenario, found by running the model.

Newton's steps on the parabola through neighbouring values,

    x ← x − H⁻¹g,  g and H by differences of step h = 1e-3 of the number's size,

lead to a peak at once where the objective is a parabola, as in the limits of theory, whatever the
units of the numbers. Where they do not (a bound, a bend the other way), Powell's method searches
line by line along directions that it learns, and Newton's steps sharpen what it finds. No formula
of the model is used.

References: Powell (1964), Computer Journal 7(2), 155-162, as SciPy has it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from scipy.optimize import minimize

from sim.arrays import Floats
from sim.errors import InvalidInput, RunFailed, unknown
from sim.results import Results
from sim.scenario import Scenario
from sim.simulation import simulate

STEP = 1e-3  # of a number's size, for differences
ROUNDING = 1e-14  # of the objective: what may get lost in a step that is as good
FARTHEST = 1e6  # sizes from 0 that are searched
ROUNDS, SETTLED = 8, 1e-7  # Newton's steps at most · of a number's size, a step that is none

Objective = str | Callable[[Results], float]


def best_strength(
    scenario: Scenario,
    objective: Objective = "surplus",
    over: Sequence[str] = ("scheme.strength",),
    *,
    runs: int = 1,
    seed: int = 1,
    start: Sequence[float] | None = None,
) -> tuple[list[float], float]:
    """Find the values of some numbers of a scenario at which an objective is highest.

    Values that the model refuses are not the best. The search is local where there are several peaks.

    Parameters
    ----------
    scenario : Scenario
    objective : str or callable
        A measure's name, whose mean over runs counts, or a function of the results.
    over : sequence of str
        Names of the numbers, as on the command line. Negative strengths are allowed here.
    runs, seed : int
        Runs of every trial, on the same draws.
    start : sequence of float or None
        Where to begin; None: at the scenario's own numbers, and at 1 where it has none.

    Returns
    -------
    values : list of float
        One per name.
    highest : float
        The objective there.

    Raises
    ------
    InvalidInput
        For a name that does not exist, a start that the model refuses, or an objective without a peak.

    Examples
    --------
    >>> import sim
    >>> values, surplus = best_strength(sim.load("limit=A0"))
    >>> round(values[0], 6)
    0.882353
    """
    names = [over] if isinstance(over, str) else list(over)
    if not names:
        raise InvalidInput("over", "[]", "a list of at least one name")
    if start is not None and len(start) != len(names):
        raise InvalidInput("start", list(start), f"a number for each of {', '.join(names)}")
    free = scenario.with_({"scheme.allow_negative": True})
    begin = np.array([_now(free.config, n) for n in names] if start is None else start, dtype=float)
    size = np.where(begin == 0, 1.0, np.abs(begin))

    def value(numbers: Floats) -> float:
        if (np.abs(numbers) > FARTHEST * size).any():
            raise InvalidInput("over", numbers.tolist(), f"within {FARTHEST:g} times the start")
        changed = free.with_(dict(zip(names, map(float, numbers), strict=True)))
        results = simulate(changed, runs, seed, aligned=_needs_twin(objective))
        return _measured(results, objective)

    best, highest, settled = _climb(value, begin, value(begin), size)
    if not settled:
        best, highest, _ = _climb(value, *_search(value, begin, size), size)
    if (np.abs(best) > 0.5 * FARTHEST * size).any():
        raise InvalidInput("objective", str(objective), "one that has a peak: it keeps rising")
    return best.tolist(), highest


def _now(config: Mapping[str, object], name: str) -> float:
    """Return the number that stands under a dotted name, 1 where none does."""
    where: object = config
    for step in name.split("."):
        where = where.get(step) if isinstance(where, Mapping) else None
    return float(where) if isinstance(where, int | float) else 1.0


def _needs_twin(objective: Objective) -> bool:
    from sim.measures.goodhart import NEED_TWIN

    return not isinstance(objective, str) or objective in NEED_TWIN


def _measured(results: Results, objective: Objective) -> float:
    """Return the mean of a measure over runs, or what a function makes of the results."""
    from sim.measures import per_run

    if not isinstance(objective, str):
        found = float(objective(results))
    else:
        measures = per_run(results)
        if objective not in measures:
            raise unknown("objective", objective, measures)
        found = float(np.mean(measures[objective](results)))
    if not np.isfinite(found):
        raise InvalidInput("objective", str(objective), "one that is defined for the scenario")
    return found


def _search(value: Callable[[Floats], float], begin: Floats, size: Floats) -> tuple[Floats, float]:
    """Return the best of the points that Powell's method tries, and the objective there."""
    best = begin, value(begin)
    worst = best[1]

    def loss(x: Floats) -> float:
        nonlocal best, worst
        try:
            found = value(x)
        except (InvalidInput, RunFailed):  # worse than anything seen, and the worse the farther off
            return 1 + abs(worst) - worst + float(np.abs((x - begin) / size).sum())
        best = max(best, (x.copy(), found), key=lambda pair: pair[1])
        worst = min(worst, found)
        return -found

    minimize(loss, begin, method="Powell", options={"xtol": 1e-4, "ftol": 1e-12, "direc": np.diag(size)})
    return best


def _climb(value: Callable[[Floats], float], x: Floats, highest: float, size: Floats) -> tuple[Floats, float, bool]:
    """Take Newton's steps while they lead no lower: where to, the objective there, whether it is a peak."""
    for _ in range(ROUNDS):
        scale = np.maximum(np.abs(x), size)
        try:
            slope, bend = _parabola(value, x, highest, STEP * scale)
            if np.linalg.eigvalsh(bend).max() >= 0:
                break
            step = -np.linalg.solve(bend, slope)
            found = value(x + step)
        except (InvalidInput, RunFailed, np.linalg.LinAlgError):
            break
        if found < highest - ROUNDING * abs(highest):
            break
        x, highest = x + step, found
        if (np.abs(step) < SETTLED * scale).all():
            return x, highest, True
    return x, highest, False


def _parabola(value: Callable[[Floats], float], x: Floats, here: float, h: Floats) -> tuple[Floats, Floats]:
    """Return slope (number,) and curvature (number, number) of the objective, by differences of steps h."""
    n, step = len(x), np.diag(h)
    up, down = (np.array([value(x + sign * step[i]) for i in range(n)]) for sign in (1, -1))
    bend = np.diag((up - 2 * here + down) / h**2)
    for i in range(n):
        for j in range(i):
            corner = value(x + step[i] + step[j])
            bend[i, j] = bend[j, i] = (corner - up[i] - up[j] + here) / (h[i] * h[j])
    return (up - down) / (2 * h), bend
