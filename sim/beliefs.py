"""What members believe of the scheme: which activity adds how much to the own score.

    w̃    = (1−s)·[(1−φ)·w_announced + φ·w_folklore] + s·w_true,  explicit signals times 1 + salience
    b_ik = Σ_m w̃_m·G_mk·(1 + e_imk) + e_ik                        belief at the beginning, per skill∘effort
    r̃_ik = skill_i·craft_ik·b_ik                                  what a unit of effort is believed to add
    f̃_ik = f_k·(1 + e'_ik)                                        what it is believed to be worth

φ is the share of folklore (1 where the scheme is secret), s how far a member looks through what the
evaluator says to what the evaluator wants. Beliefs are `perfect` (b = G'w, each rival's expected
score is known), `announced` (no error), with `fixed_error`, or `learned` from there on. Whose beliefs
are not perfect knows of the rivals the team's mean score alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sim import learning
from sim.arrays import Floats
from sim.errors import InvalidInput, unknown
from sim.learning import Learning
from sim.reasoning import Depth


@dataclass(frozen=True, kw_only=True)
class Beliefs:
    """How members see the scheme.

    Parameters
    ----------
    rationality : str
        `perfect`, `announced`, `fixed_error` or `learned`.
    error : float
        Standard deviation of the relative error about what each activity adds to each signal,
        at least 0; used by `fixed_error` and `learned`.
    error_absolute : float
        Standard deviation of the error about what each activity adds to the score [points per week of
        effort], at least 0; used likewise.
    worth_error : float
        Standard deviation of the relative error about what each activity is worth, at least 0.
    folklore : mapping of str to float, or None
        Signals that people say count, and how much.
    folklore_share : float
        Weight of folklore against what is announced, in [0, 1].
    sees_through : float
        How far members look one evaluator up, to what is rewarded whatever is announced, in [0, 1].
    salience : float
        How much more explicit signals are felt for being seen, at least 0.
    overconfidence : float
        By how many standard deviations of its noise members overrate their own expected score.
    learning : Learning or None
        Used by `learned`.
    depth : Depth or None
        Reasoning about rivals; None: rivals go on as they did.
    """

    rationality: str
    error: float
    error_absolute: float
    worth_error: float
    folklore: Mapping[str, float] | None
    folklore_share: float
    sees_through: float
    salience: float
    overconfidence: float
    learning: Learning | None
    depth: Depth | None

    def __post_init__(self) -> None:
        known = ["perfect", "announced", "fixed_error", "learned"]
        if self.rationality not in known:
            raise unknown("rationality", self.rationality, known)
        for key in ("error", "error_absolute", "worth_error", "salience"):
            if getattr(self, key) < 0:
                raise InvalidInput(key, getattr(self, key), "at least 0")
        for key in ("folklore_share", "sees_through"):
            if not 0 <= getattr(self, key) <= 1:
                raise InvalidInput(key, getattr(self, key), "between 0 and 1")
        if self.rationality == "learned" and self.learning is None:
            raise InvalidInput("learning", None, "given where rationality is learned")
        if self.folklore_share and not self.folklore:
            raise InvalidInput("folklore", self.folklore, "given where folklore_share is above 0")

    @property
    def wrong(self) -> bool:
        """Whether errors are made about what adds to a score."""
        return self.rationality in ("fixed_error", "learned")


def learn(
    beliefs: Beliefs,
    belief: Floats,
    doubt: Floats | None,
    tried: Floats | None,
    score: Floats,
    noise: float | Floats,
    hears: Floats,
) -> tuple[Floats, Floats | None]:
    """Return what members believe after a review, and how sure they are.

    Parameters
    ----------
    belief : (activity, runs, members)
    doubt : (activity, activity, runs, members) or None
    tried : (activity, runs, members) or None
        Work shown in the window; None: nobody learns.
    score : (runs, members)
        What came of it, without what others' work brought.
    noise : float or (runs, 1)
        Standard deviation of a score.
    hears : (colleague, runs, members)
        Uniform: whose experience members hear of besides their own.
    """
    if beliefs.learning is None or doubt is None or tried is None:
        return belief, doubt
    belief, doubt = learning.learned(belief, doubt, tried, score, noise)
    members = score.shape[-1]
    for chance in hears if members > 1 else ():
        turn = 1 + (chance * (members - 1)).astype(np.int64)
        told = learning.heard(tried, turn), learning.heard(score, turn)
        belief, doubt = learning.learned(belief, doubt, *told, noise)
    return belief, learning.drifted(doubt, beliefs.learning.drift) if beliefs.learning.drift else doubt
