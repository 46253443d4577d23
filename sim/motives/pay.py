"""Money.

u = E[reward of the pay rule];  ∂u/∂a_k = incentive_pay · r̃_k
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from sim.arrays import Floats
from sim.motives.base import Motive
from sim.perception import Known


@final
@dataclass(frozen=True, kw_only=True)
class Pay(Motive):
    """Want what the scheme pays for the score.

    References
    ----------
    Holmström & Milgrom (1991), J. Law, Economics & Organization 7, 24-52.
    """

    def utility(self, effort: Floats, known: Known) -> Floats:
        stakes = known.stakes
        if stakes.pay is None:
            return np.zeros(effort.shape[1:])
        return stakes.pay.expected(known.score_after(effort), known.field, stakes.contest)

    def marginal(self, known: Known) -> Floats:
        pay = known.stakes.pay
        if pay is None:
            return np.zeros(known.slope.shape)
        incentive = known.pressure * pay.incentive(known.score, known.field, known.stakes.contest)
        return incentive * known.slope
