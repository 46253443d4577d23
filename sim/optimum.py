"""The best value of some numbers of a scenario, found by running the model.

Powell's method: line searches along directions that it learns; no formula of the model is used.

References: Powell (1964), Computer Journal 7(2), 155-162, as SciPy has it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from scipy.optimize import minimize

from sim.arrays import Floats
from sim.results import Results
from sim.scenario import Scenario
from sim.simulation import simulate


def best_strength(
    scenario: Scenario,
    objective: str | Callable[[Results], float] = "surplus",
    over: Sequence[str] = ("scheme.strength",),
    *,
    runs: int = 1,
    seed: int = 1,
    start: Sequence[float] | None = None,
) -> tuple[list[float], float]:
    """Find the values of some numbers of a scenario at which an objective is highest.

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
        Where to begin; None: at 1 each.

    Returns
    -------
    values : list of float
        One per name.
    highest : float
        The objective there.
    """
    free = scenario.with_({"scheme.allow_negative": True})

    def value(numbers: Floats) -> float:
        results = simulate(
            free.with_(dict(zip(over, map(float, numbers), strict=True))),
            runs,
            seed,
            aligned=objective == "displaced_share",
        )
        return (
            float(np.mean(results.measures()[objective]))
            if isinstance(objective, str)
            else objective(results)
        )

    begin = np.array(start if start is not None else [1.0] * len(over), dtype=float)
    found = minimize(
        lambda x: -value(x), begin, method="Powell", options={"xtol": 1e-10, "ftol": 1e-15, "maxiter": 200}
    )
    best = np.atleast_1d(found.x)
    return [float(x) for x in best], -float(found.fun)
