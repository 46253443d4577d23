"""Money.

u = E[reward of the pay rule];  ∂u/∂a_k = incentive_pay · r̃_k
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
class Pay(Motive):
    """Want what the scheme pays for the score.

    References
    ----------
    Holmström & Milgrom (1991), J. Law, Economics & Organization 7, 24-52.
    """

    def utility(self, effort: Floats, known: Known) -> Floats:
        rule, contest = known.stakes.pay, known.stakes.contest
        if rule is None:
            return np.zeros(effort.shape[1:])
        return rule.expected(known.score_after(effort, rule), known.field, contest) + blurred(rule, effort, known)

    def marginal(self, known: Known) -> Floats:
        return by_score(known.stakes.pay, known)
