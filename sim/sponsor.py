"""The sponsor: confidence that lives on what can be seen, and an axe.

    v = visible + sees·features + shown                    what a week shows
    x ← (1 − fading)·x + rate·(v − expects) + sd·z         log-odds of going on, z standard normal
        − alarm·[reported red] − startle·[surprised]
    c = 1/(1 + e^{−x})                                     confidence; below `threshold` the project is axed, for good
    q = Φ((x̲ − m)/s)                                       chance of that R weeks ahead, x̲ = logit(threshold)
    m = (1 − fading)^R·x + A·rate·(v − expects),  A = Σ_{t<R} (1 − fading)^t
    s² = sd²·Σ_{t<R} (1 − fading)^{2t}

`visible` is effort spent on being seen, `features` what users got, `shown` what a proof of concept still shows
of work that cannot be seen otherwise; all per week and member. q is what people perceive who know how the
sponsor thinks and look at the day of the review: it leaves out what is axed on the way and would have recovered,
more than half of what is axed in close calls.

References: judgements that move step by step with what comes in and favour what came last, Hogarth & Einhorn
(1992), Cognitive Psychology 24(1), 1-55. The form is ours: on log-odds nothing has to be clipped, and the risk has
a closed form.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, ndtr

from sim.arrays import Bools, Floats
from sim.contest import density
from sim.errors import InvalidInput

FAR = 40.0  # standard deviations from which on a chance is 0 or 1


@dataclass(frozen=True, kw_only=True)
class Sponsor:
    """Who pays for the project, and stops it when confidence is gone.

    Parameters
    ----------
    start : float
        Confidence before the first week, in (0, 1).
    threshold : float
        Confidence below which the project is axed, in (0, 1).
    expects : float
        What a week has to show for confidence to hold, at least 0 [weeks of visible work per member].
    sees : float
        How much of a delivered feature the sponsor can see, at least 0; 1: like a week spent on being seen.
    rate : float
        Log-odds that a week adds which shows one more than expected [per week], at least 0.
    fading : float
        Share of the log-odds that is forgotten in a week, in [0, 1].
    shown : float
        What a proof of concept shows beside, at least 0 [weeks of visible work per member and week].
    alarm, startle : float
        Log-odds lost in a week in which the status is reported red · to a surprise, at least 0.
    sd : float
        Standard deviation of what moods and other people's news add in a week [log-odds], above 0.
    """

    start: float
    threshold: float
    expects: float
    sees: float
    rate: float
    fading: float
    shown: float
    alarm: float
    startle: float
    sd: float

    def __post_init__(self) -> None:
        for key in ("start", "threshold"):
            if not 0 < getattr(self, key) < 1:
                raise InvalidInput(key, getattr(self, key), "above 0 and below 1")
        for key in ("expects", "sees", "rate", "shown", "alarm", "startle"):
            if not 0 <= getattr(self, key) < math.inf:
                raise InvalidInput(key, getattr(self, key), "at least 0")
        if not 0 <= self.fading <= 1:
            raise InvalidInput("fading", self.fading, "between 0 and 1")
        if not 0 < self.sd < math.inf:
            raise InvalidInput("sd", self.sd, "above 0")


@dataclass(frozen=True, kw_only=True)
class Stocks:
    """What moves.

    Parameters
    ----------
    log_odds : (runs,)
        x; what it was when the project was axed, from then on.
    alive : (runs,)
        Whether the project has not been axed.
    """

    log_odds: Floats
    alive: Bools


def begin(sponsor: Sponsor, runs: int) -> Stocks:
    """Return the stocks before the first week."""
    return Stocks(log_odds=np.full(runs, _logit(sponsor.start)), alive=np.ones(runs, dtype=bool))


def seen(sponsor: Sponsor, visible: Floats, features: Floats, shown: Floats) -> Floats:
    """Return v, what a week shows [weeks of visible work per member]: (runs,) all.

    Parameters
    ----------
    visible, features : (runs,)
        Effort on being seen [weeks per member] · what users got [weeks of core work per member].
    shown : (runs,)
        What a proof of concept still shows [weeks of visible work per member]; 0 without one.
    """
    return visible + sponsor.sees * features + shown


def move(
    sponsor: Sponsor,
    stocks: Stocks,
    seen: Floats,
    chance: Floats,
    red: Floats | float = 0.0,
    surprise: Floats | float = 0.0,
) -> Stocks:
    """Return the stocks after a week; what is axed stays axed.

    Parameters
    ----------
    seen : (runs,)
        v.
    red, surprise : (runs,) or float
        1 where the status is reported red · where the top is surprised.
    chance : (cause, runs)
        Standard normal; one cause.

    Examples
    --------
    A week that shows nothing where one half is expected takes a tenth off even odds:

    >>> patron = Sponsor(start=0.5, threshold=0.2, expects=0.5, sees=1, rate=0.2, fading=0, shown=0,
    ...     alarm=0, startle=0, sd=0.1)
    >>> after = move(patron, begin(patron, 1), np.zeros(1), np.zeros((1, 1)))
    >>> after.log_odds.round(3).tolist(), confidence(after).round(3).tolist()
    ([-0.1], [0.475])
    """
    push = sponsor.rate * (seen - sponsor.expects) + sponsor.sd * chance[0]
    push = push - sponsor.alarm * red - sponsor.startle * surprise
    log_odds = np.where(stocks.alive, (1 - sponsor.fading) * stocks.log_odds + push, stocks.log_odds)
    return Stocks(log_odds=log_odds, alive=stocks.alive & (log_odds >= _logit(sponsor.threshold)))


def confidence(stocks: Stocks) -> Floats:
    """Return c: (runs,), in [0, 1]."""
    return np.asarray(expit(stocks.log_odds))


def risk(sponsor: Sponsor, stocks: Stocks, seen: Floats, weeks: int) -> tuple[Floats, Floats]:
    """Return the perceived chance of being axed by the next review, and its slope in v.

    Parameters
    ----------
    seen : (runs,)
        v, as if every week until then showed the same.
    weeks : int
        R, at least 1.

    Returns
    -------
    chance : (runs,)
        q; 1 for what is axed already.
    slope : (runs,)
        ∂q/∂v [per week of visible work per member], at most 0; 0 for what is axed already.
    """
    kept = (1 - sponsor.fading) ** np.arange(weeks)
    adding = math.fsum(kept)
    spread = sponsor.sd * math.sqrt(math.fsum(kept * kept))
    mean = (1 - sponsor.fading) ** weeks * stocks.log_odds + adding * sponsor.rate * (seen - sponsor.expects)
    gap = np.clip((_logit(sponsor.threshold) - mean) / spread, -FAR, FAR)
    slope = -density(gap) * (adding * sponsor.rate / spread)
    return np.where(stocks.alive, ndtr(gap), 1.0), np.where(stocks.alive, slope, 0.0)


def _logit(share: float) -> float:
    return math.log(share / (1 - share))
