"""The craft of gaming: learned by doing and by watching, up to a ceiling; scruples stand against it.

    s_i = imitation·Σ_{j≠i} g_j                     how much gaming of colleagues one sees, g = effort on it
    c̄_i = Σ_{j≠i} g_j·c_j/Σ_{j≠i} g_j               how good those are whom one sees at it
    c  ← c + (1 − e^{−s})·max(0, c̄ − c)             watching
    c  ← c + (1 − e^{−learning·g/C})·(C − c)         doing: about learning·g·(1 − c/C), and never above C

What gaming activities add to signals is multiplied by c. Nobody sees another's craft: one learns from
what colleagues visibly do, so that nothing spreads where nobody games.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.arrays import Floats, total
from sim.draws import lognormal
from sim.errors import InvalidInput


@dataclass(frozen=True, kw_only=True)
class Craft:
    """How good people are at gaming, how they get better, and what it costs their conscience.

    Parameters
    ----------
    start : float
        Mean craft at first, as a share of what the loadings of gaming activities say, at least 0.
    start_sd : float
        Standard deviation of its logarithm over members, at least 0.
    learning : float
        What a week of nothing but gaming adds to a craft of 0 [craft per week], at least 0.
    imitation : float
        How fast a craft follows that of better colleagues [per week of gaming seen], at least 0.
    ceiling : float
        C, most craft there is, above 0; who would start above it starts there.
    scruples : float
        Mean cost of a week of gaming to the conscience [utility per week of effort], at least 0.
    scruples_sd : float
        Standard deviation of its logarithm over members, at least 0.

    References
    ----------
    A gap that closes exponentially with practice: Heathcote, Brown & Mewhort (2000), Psychonomic Bulletin &
    Review 7(2), 185-207. Watching: Bandura (1977), Social Learning Theory. Unequal scruples: Gibson, Tanner &
    Wagner (2013), American Economic Review 103(1), 532-548. The form of imitation is ours: the simplest that is 0
    where nothing is seen and has no jump there.
    """

    start: float
    start_sd: float
    learning: float
    imitation: float
    ceiling: float
    scruples: float
    scruples_sd: float

    def __post_init__(self) -> None:
        for key in ("start", "start_sd", "learning", "imitation", "scruples", "scruples_sd"):
            if getattr(self, key) < 0:
                raise InvalidInput(key, getattr(self, key), "at least 0")
        if self.ceiling <= 0:
            raise InvalidInput("ceiling", self.ceiling, "above 0")

    @property
    def beginner(self) -> float:
        """Craft of an average beginner."""
        return min(self.start, self.ceiling)


def begin(craft: Craft, z: Floats) -> Floats:
    """Return everyone's craft at first, unequal and at most the ceiling: (runs, members), z standard normal."""
    return np.minimum(craft.start * lognormal(z, craft.start_sd), craft.ceiling)


def scruples(craft: Craft, z: Floats) -> Floats:
    """Return everyone's scruples [utility per week of gaming]: (runs, members), z standard normal."""
    return craft.scruples * lognormal(z, craft.scruples_sd)


def practised(rules: Craft, craft: Floats, gaming: Floats) -> Floats:
    """Return everyone's craft after a week of watching and doing.

    Parameters
    ----------
    rules : Craft
    craft : (runs, members)
        Between 0 and the ceiling.
    gaming : (runs, members)
        Effort on gaming activities this week [week].

    Returns
    -------
    (runs, members), between 0 and the ceiling, nowhere less than before.

    Examples
    --------
    Alone, half a week of gaming brings a beginner 18 % of the way to the ceiling:

    >>> rules = Craft(start=0.5, start_sd=0, learning=0.6, imitation=0.1, ceiling=1.5, scruples=0, scruples_sd=0)
    >>> practised(rules, np.zeros((1, 1)), np.full((1, 1), 0.5)).round(4).tolist()
    [[0.2719]]
    """
    seen = total(gaming)[:, None] - gaming
    skilled = total(gaming * craft)[:, None] - gaming * craft
    best = np.divide(skilled, seen, out=np.zeros(seen.shape), where=seen > 0)
    ahead = np.clip(best, craft, rules.ceiling)
    craft = _nearer(craft, ahead, rules.imitation * seen)
    return _nearer(craft, np.full(craft.shape, rules.ceiling), rules.learning / rules.ceiling * gaming)


def _nearer(craft: Floats, goal: Floats, pace: Floats) -> Floats:
    """Close the share 1 − e^{−pace} of the gap to a goal: (runs, members) all."""
    return craft - np.expm1(-pace) * (goal - craft)
