"""Getting ahead.

u = prize · P(promoted);  ∂u/∂a_k = prize · ∂P/∂ŝ · r̃_k
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
class Promotion(Motive):
    """Want to rise: the prize is what the scheme's promotion rule gives.

    References
    ----------
    Lazear & Rosen (1981), J. Political Economy 89(5), 841-864.
    """

    def utility(self, effort: Floats, known: Known) -> Floats:
        stakes = known.stakes
        if stakes.promotion is None:
            return np.zeros(effort.shape[1:])
        return stakes.promotion.expected(known.score_after(effort), known.field, stakes.contest)

    def marginal(self, known: Known) -> Floats:
        rule = known.stakes.promotion
        if rule is None:
            return np.zeros(known.slope.shape)
        incentive = known.pressure * rule.incentive(known.score, known.field, known.stakes.contest)
        return incentive * known.slope
