"""Culture: the custom of caring about the overall value, a stock of each unit.

    seen = T·(contact·κ + leads·ρ)                           how far caring is what is done here, as one sees it
    κ° = c + (1 − c)·Φ((seen − threshold)/spread)            those who care anyway, and those for whom that is enough
    κ ← e^{−erodes·p − startles·b}·(κ + pace·(κ° − κ))

κ ∈ [0, 1] is the share of a unit that acts by the custom. From the top, ρ ∈ [−1, 1] is how well what leaders
visibly reward points to what is worth something: cos(r, f). From below, c ∈ [0, 1] is the share of those who care
whatever others do; the rest follow once enough is seen, each with a threshold of their own, normal with mean
`threshold` and standard deviation `spread`. Contact with those who care is what makes the custom spread: few cannot
hold it, more than a critical mass carry all along. Both ways lead through the same thresholds, so that neither
presupposes the other, and whether they help or replace each other is for the numbers to say. T is trust (1 where
politics is off): who trusts nobody takes neither colleagues nor leaders at their word. Politics, p, and bad
surprises, b, erode what there is.

Where nothing erodes and (1 − c)·T·contact < spread·√2π, κ has one place to rest; above that it can have two,
with a threshold between them.

References: thresholds, Granovetter (1978), American J. Sociology 83(6), 1420-1443, normal as there; behaviour that
spreads only where several are seen at it, Centola & Macy (2007), American J. Sociology 113(3), 702-734; a critical
mass of a quarter in experiments, 10 to 40 % elsewhere: Centola et al. (2018), Science 360(6393), 1116-1119; what
leaders visibly reward, Schein (1985), Organizational Culture and Leadership; that it must be believed, Simons
(2002), Organization Science 13(1), 18-35. How the pushes add up, and erosion, are ours: the simplest that keeps
κ within its bounds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from sim.arrays import Bools, Floats, average, summed
from sim.errors import InvalidInput

MOST = 0.5  # share from which on most of a unit act by the custom


@dataclass(frozen=True, kw_only=True)
class Culture:
    """How a custom of caring comes and goes.

    Parameters
    ----------
    start : float
        κ at first, in [0, 1].
    leads : float
        What leaders who reward nothing but what is worth something are seen as [share of the unit], at least 0.
    contact : float
        How much of what colleagues do one gets to see, in [0, 1].
    threshold : float
        How much of it the average member must see to go along [share of the unit].
    spread : float
        Standard deviation of that over members [share of the unit], above 0.
    pace : float
        Share of the way to κ° that is gone in a week, in [0, 1].
    erodes : float
        How fast politics wears the custom down where everybody does nothing else [per week], at least 0.
    startles : float
        How much of it a bad surprise of size 1 destroys, as a rate of decay, at least 0.
    """

    start: float
    leads: float
    contact: float
    threshold: float
    spread: float
    pace: float
    erodes: float
    startles: float

    def __post_init__(self) -> None:
        for key in ("start", "contact", "pace"):
            if not 0 <= getattr(self, key) <= 1:
                raise InvalidInput(key, getattr(self, key), "between 0 and 1")
        for key in ("leads", "erodes", "startles"):
            if not 0 <= getattr(self, key) < math.inf:
                raise InvalidInput(key, getattr(self, key), "at least 0")
        if not math.isfinite(self.threshold):
            raise InvalidInput("threshold", self.threshold, "a finite number")
        if not 0 < self.spread < math.inf:
            raise InvalidInput("spread", self.spread, "above 0")


def begin(culture: Culture, runs: int) -> Floats:
    """Return the custom before the first week: (runs,)."""
    return np.full(runs, culture.start)


def moved(
    culture: Culture,
    norm: Floats,
    *,
    rewarded: Floats,
    carers: Floats,
    politics: Floats | None = None,
    surprise: Floats | None = None,
    trust: Floats | None = None,
) -> Floats:
    """Return the custom κ after a week: (runs,), in [0, 1].

    Parameters
    ----------
    norm : (runs,)
        κ, in [0, 1].
    rewarded : (runs,)
        ρ, cosine of what is visibly rewarded with what is worth something, in [−1, 1].
    carers : (runs,)
        c, share of those who care whatever others do, in [0, 1].
    politics : (runs,) or None
        p, mean effort of ill intent [week]; None: there is none.
    surprise : (runs,) or None
        b, by how much things turn out worse than had been said, at least 0; None: by nothing.
    trust : (runs,) or None
        T, in [0, 1]; None: all trust each other.

    Examples
    --------
    One in ten who care stay alone, unless leaders reward what they do:

    >>> usual = Culture(
    ...     start=0.1, leads=0.2, contact=1, threshold=0.5, spread=0.14, pace=0.05, erodes=2, startles=0.5
    ... )
    >>> found = np.full(2, 0.1)
    >>> for week in range(208):
    ...     found = moved(usual, found, rewarded=np.array([0.0, 1.0]), carers=np.full(2, 0.1))
    >>> found.round(2).tolist()
    [0.1, 1.0]
    """
    following = followers(culture, norm, rewarded, trust)
    after = norm + culture.pace * (carers + (1 - carers) * following - norm)
    if politics is not None:
        after = after * np.exp(-culture.erodes * politics)
    return after if surprise is None else after * np.exp(-culture.startles * surprise)


def followers(culture: Culture, norm: Floats, rewarded: Floats, trust: Floats | None = None) -> Floats:
    """Return who has seen enough to go along, as a share of those who do not care anyway: (runs,), in [0, 1]."""
    seen = culture.contact * norm + culture.leads * rewarded
    seen = seen if trust is None else trust * seen
    return np.asarray(ndtr((seen - culture.threshold) / culture.spread))


def carers(weight: Floats, caring: Floats) -> Floats:
    """Return c from what people want, the part of it that is caring about the work, on average: (runs,), in [0, 1].

    Parameters
    ----------
    weight : (motive, runs, members)
        ω, at least 0.
    caring : (motive,)
        1 for motives that care about the worth of the work.

    Examples
    --------
    >>> carers(np.array([[[1.0, 0.0]], [[1.0, 2.0]]]), np.array([1.0, 0.0])).tolist()
    [0.25]
    """
    whole = summed(weight)
    part = summed(weight * caring[:, None, None])
    return average(np.divide(part, whole, out=np.zeros(whole.shape), where=whole > 0))


def customary(norm: Floats) -> Bools:
    """Return in which runs most of the unit act by the custom, the threshold of the claim: (runs,)."""
    return np.asarray(norm > MOST)
