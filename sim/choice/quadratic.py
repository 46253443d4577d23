"""The textbook's multitask cost, with free hours.

    cost = ½(a−a0)'C(a−a0),  a = a0 + C⁻¹m

References: Holmström & Milgrom (1991), J. Law, Economics & Organization 7, 24-52.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from sim.arrays import Floats, dot, weighed
from sim.choice.base import Choice
from sim.errors import InvalidInput


@final
@dataclass(frozen=True, kw_only=True)
class Quadratic(Choice):
    """Answer with C⁻¹m, whatever the hours; an effort below 0 is refused.

    Parameters
    ----------
    matrix : (activity, activity) nested tuples
        C, symmetric and positive definite [utility per week²].

    Examples
    --------
    >>> rule = Quadratic(matrix=((2.0, 0.0), (0.0, 1.0)))
    >>> rule.respond(np.ones((2, 1, 1)), np.ones((2, 1, 1)))[:, 0, 0].tolist()
    [1.5, 2.0]
    """

    matrix: tuple[tuple[float, ...], ...]

    def __post_init__(self) -> None:
        size = len(self.matrix)
        if not size or any(len(row) != size for row in self.matrix):
            raise InvalidInput("matrix", self.matrix, "a square list of lists, a row per activity")
        c = np.array(self.matrix)
        if not np.allclose(c, c.T, rtol=1e-12, atol=0) or np.linalg.eigvalsh(c).min() <= 0:
            raise InvalidInput("matrix", self.matrix, "symmetric and positive definite")

    def respond(self, m: Floats, habit: Floats) -> Floats:
        self._check(len(m))
        effort = habit + np.stack([weighed(row, m) for row in np.linalg.inv(np.array(self.matrix))])
        if effort.min() < 0:
            raise InvalidInput(
                "choice.kind", "quadratic", "a habit so large that no effort falls below 0: a0 too small"
            )
        return effort

    def effort_cost(self, effort: Floats, habit: Floats) -> Floats:
        away = effort - habit
        return 0.5 * weighed(away, np.stack([weighed(row, away) for row in np.array(self.matrix)]))

    def softness(self, slope: Floats) -> float:
        self._check(len(slope))
        return dot(slope, np.linalg.solve(np.array(self.matrix), slope))

    def _check(self, activities: int) -> None:
        if len(self.matrix) != activities:
            allowed = f"a row for each of the {activities} activities"
            raise InvalidInput("choice.matrix", f"{len(self.matrix)} rows", allowed)
