"""Getting ahead.

u = prize · P(promoted);  ∂u/∂a_k = prize · ∂P/∂ŝ · r̃_k
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from sim.arrays import Floats
from sim.motives.base import Motive, blurred, by_score
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
        rule, contest = known.stakes.promotion, known.stakes.contest
        if rule is None:
            return np.zeros(effort.shape[1:])
        return rule.expected(known.score_after(effort, rule), known.field, contest) + blurred(rule, effort, known)

    def marginal(self, known: Known) -> Floats:
        return by_score(known.stakes.promotion, known)
