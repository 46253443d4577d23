"""Money.

u = E[reward of the pay rule] − penalty · P(caught gaming)
∂u/∂a_k = incentive_pay · r̃_k − penalty · ∂P/∂g for activities that are gaming, g = effort on them
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from sim.arrays import Floats, weighed
from sim.motives.base import Motive, blurred, by_score, through_others
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
        result = np.zeros(effort.shape[1:])
        if rule is not None:
            result = rule.expected(known.score_after(effort, rule), known.field, contest) + blurred(rule, effort, known)
            if (shared := through_others(rule, known)) is not None:
                result = result + weighed(shared, effort - known.effort)
        if known.stakes.audit is not None:
            more = known.timing * weighed(known.gaming, effort - known.effort)
            gaming = weighed(known.gaming, known.effort) + more
            result = result - known.stakes.audit.penalty * known.stakes.audit.chance(gaming)
        return result

    def marginal(self, known: Known) -> Floats:
        result, audit = by_score(known.stakes.pay, known), known.stakes.audit
        if audit is None:
            return result
        risk = audit.slope(weighed(known.gaming, known.effort))
        return result - (audit.penalty * known.timing * risk) * known.gaming[:, None, None]
