"""Fitting in.

u = −½ν·Σ_k (a_k − ā_k)²,  ā = mean effort of the others last week;  ∂u/∂a_k = ν·(ā_k − a_k)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from sim.arrays import Floats, weighed
from sim.errors import InvalidInput
from sim.motives.base import Motive
from sim.perception import Known


@final
@dataclass(frozen=True, kw_only=True)
class Social(Motive):
    """Want to spend the week as the others do.

    Who works alone has nobody to fit in with, and keeps to what was done last week.

    Parameters
    ----------
    pull : float
        ν, how much it costs to be different [utility per week²], at least 0.

    References
    ----------
    Conformity as a quadratic loss: Akerlof (1997), Econometrica 65(5), 1005-1027.
    """

    pull: float

    def __post_init__(self) -> None:
        if self.pull < 0:
            raise InvalidInput("pull", self.pull, "at least 0")

    def utility(self, effort: Floats, known: Known) -> Floats:
        away = effort - known.others
        return -0.5 * self.pull * weighed(away, away)

    def marginal(self, known: Known) -> Floats:
        return self.pull * (known.others - known.effort)
