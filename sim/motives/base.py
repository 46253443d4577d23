"""What a motive is: a utility of one's own effort, and its marginal."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from sim.arrays import Floats, lifted
from sim.perception import Known
from sim.rewards.base import RewardRule


class Motive(ABC):
    """Something that members want from their work, each with a weight of their own.

    `marginal` is the derivative of `utility` with respect to the own effort, at last week's effort,
    with everything believed of others held fixed.
    """

    @abstractmethod
    def utility(self, effort: Floats, known: Known) -> Floats:
        """Expected utility of a week of `effort` (activity, runs, members): (runs, members)."""

    @abstractmethod
    def marginal(self, known: Known) -> Floats:
        """Marginal utility of each activity at last week's effort: (activity, runs, members)."""

    def dread(self, known: Known) -> Floats:
        """What members fear to lose of it to the scheme if their score falls: (runs, members) [utility per week]."""
        return np.zeros(known.skill.shape)


def by_score(rule: RewardRule | None, known: Known) -> Floats:
    """Return what effort brings through the score of a rule: (activity, runs, members) [utility per week].

    What makes the own score noisier counts too, as in `blurred`.
    """
    if rule is None:
        return np.zeros(known.slope.shape)
    own, contest = known.score_for(rule), known.stakes.contest
    result = (known.pressure * rule.incentive(own, known.field, contest)) * known.slope_for(rule)
    if (shared := through_others(rule, known)) is not None:
        result = result + shared
    if known.obscures is not None:
        hiding = known.pressure * rule.cover(own, known.field, contest) / known.haze
        result = result + hiding * lifted(known.obscures)
    return result


def through_others(rule: RewardRule, known: Known) -> Floats | None:
    """Return what effort brings by moving the others' scores, where those pay or cost oneself.

    It moves them through the team's signals, and by what it takes off them; a comparison has that in its slope.
    (activity, runs, members), or None where nothing of the kind does.
    """
    rivals = known.stakes.contest.members - 1
    spill = rule.spill(known.stakes.contest.members)
    if not spill or rule.compares or not rivals:
        return None
    result = None if known.apart is known.slope else known.pressure * rivals * spill * (known.slope - known.apart)
    if known.sabotages is None:
        return result
    loss = np.broadcast_to(-known.pressure * spill * lifted(known.sabotages), known.slope.shape)
    return loss if result is None else result + loss


def blurred(rule: RewardRule, effort: Floats, known: Known) -> Floats:
    """Return what a week of `effort` brings by making the own score noisier, to first order: (runs, members)."""
    if known.obscures is None:
        return np.zeros(effort.shape[1:])
    own = known.score_for(rule)
    return rule.cover(own, known.field, known.stakes.contest) * known.hazier(effort)
