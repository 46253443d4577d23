"""Reporting: problems whose news climbs a chain, what is made of it on the way, and how the top is surprised.

    P(a problem arises) = 1 − e^{−(base + per_debt·D)}       in a week, while none is open
    k_h = e^{−fear·dread_h·(1 − safety·T)}                   courage at hop h = 0 … H − 1, the lowest first
    m_h = 1 − (1 − mum)·k_h                                  mum effect: whom the news reaches sits on it
    P(passed on) = 1 − m_h in its first week at a hop, insists·(1 − m_h) in each week that it is sat on
    P(somebody goes past the holder) = bypass·k_0            in a week that it is sat on; costs `face`
    P(reality breaks through) = 1 − e^{−breaks·t}            t: weeks open; what the top has not heard by then, it sees
    P(solved) = solves                                       in a week that begins with the news at hop `solved_at`
    pace = 1 − min(worst, harm·t)                            while a problem is open
    colour_0 = red when t ≥ red_after
    colour_{h+1} = green where the news has got to h and no further, else colour_h; flipped with chance `garbling`
    x_{h+1} = retention·x_h + noise·z_h                      progress as it is reported, z standard normal

dread_h is what the scheme makes the holder at hop h fear, T trust (1 where politics is off), D debt. News climbs at
most one hop a week: 0, the team knows; H, the top does. Who goes past the holder tells the top, and what reality
shows, all see: then nothing is lost on the way. Hence with insists = bypass = breaks = 0 news arrives with chance
Π(1 − m_h); colours that pass n hops are right with chance ½(1 + (1 − 2·garbling)ⁿ); progress keeps the part
retentionⁿ and gathers the variance noise²·(1 − retention²ⁿ)/(1 − retention²).

References: keeping mum about what nobody likes to hear, Rosen & Tesser (1970), Sociometry 33(3), 253-263; in software,
Smith & Keil (2003), Information Systems J. 13(1), 69-95; a climate that punishes, and what cannot be hidden for long:
Tan, Smith, Keil & Montealegre (2003), IEEE Trans. Engineering Management 50(1), 64-75; psychological safety,
Edmondson (1999), Administrative Science Quarterly 44(2), 350-383; reports are biased 60 % of the time, twice as often
to the good: Snow, Keil & Wallace (2007), Information & Management 44(2), 130-141. The chain is THEORY I2 to I4. The
forms of courage, harm and what breaks through are ours: the simplest that stay within their ranges; what breaks
through more surely the longer it grows has one number.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sim.arrays import Bools, Floats, Ints
from sim.errors import InvalidInput


@dataclass(frozen=True, kw_only=True)
class Reporting:
    """How problems come up, and how word of them and of progress gets to the top.

    Parameters
    ----------
    hops : int
        H, steps from the team to the top, at least 1.
    start : float
        Chance that a run begins with a problem of which only the team knows, in [0, 1].
    base : float
        Hazard of a problem where there is no debt [per week], at least 0.
    per_debt : float
        What a week of debt per member adds to it [per week], at least 0.
    mum : float
        Chance that bad news is sat on where nobody fears anything, in [0, 1].
    insists : float
        How much of the first week's chance to pass it on each week has in which it is sat on, in [0, 1].
    fear : float
        How fast courage falls with what the scheme makes people fear [per utility a week], at least 0.
    safety : float
        Psychological safety where people trust each other: share of that fear which does not count, in [0, 1].
    bypass : float
        Chance that somebody without fear goes past who sits on news [per week], in [0, 1].
    face : float
        What it costs to have crossed the chain of command, at the next review [points of score], at least 0.
    breaks : float
        How fast the hazard of breaking through grows with the weeks that a problem is open [per week²], at least 0.
    solved_at : int or None
        Hop with the authority to have a problem solved, from 0 to `hops`; None: the top.
    solves : float
        Chance that it is, once it is known there [per week], in [0, 1].
    harm : float
        Share of the team's pace that each week makes a problem take [per week], at least 0.
    worst : float
        Share that it takes at most, in [0, 1].
    red_after : float
        Weeks that a problem is open before the true status is red, at least 0.
    garbling : float
        Chance that a hop reports the other colour, in [0, 1].
    retention : float
        Part of the progress that a hop passes on, in [0, 1].
    noise : float
        Standard deviation of what it adds [weeks of core work per member], at least 0.
    """

    hops: int
    start: float
    base: float
    per_debt: float
    mum: float
    insists: float
    fear: float
    safety: float
    bypass: float
    face: float
    breaks: float
    solved_at: int | None
    solves: float
    harm: float
    worst: float
    red_after: float
    garbling: float
    retention: float
    noise: float

    def __post_init__(self) -> None:
        if self.hops < 1:
            raise InvalidInput("hops", self.hops, "at least 1")
        if self.solved_at is not None and not 0 <= self.solved_at <= self.hops:
            raise InvalidInput("solved_at", self.solved_at, f"between 0 and {self.hops} hops, or null")
        shares = ("start", "mum", "insists", "safety", "bypass", "solves", "worst", "garbling", "retention")
        for key in shares:
            if not 0 <= getattr(self, key) <= 1:
                raise InvalidInput(key, getattr(self, key), "between 0 and 1")
        for key in ("base", "per_debt", "fear", "face", "breaks", "harm", "red_after", "noise"):
            if not 0 <= getattr(self, key) < math.inf:
                raise InvalidInput(key, getattr(self, key), "at least 0")

    @property
    def causes(self) -> tuple[str, ...]:
        """What chance decides about problems in a week: only what can happen."""
        possible = {
            "problem:arises": self.base or self.per_debt,
            "problem:passed": True,
            "problem:bypass": self.bypass,
            "problem:breaks": self.breaks,
            "problem:solved": self.solves,
        }
        return tuple(cause for cause, can_happen in possible.items() if can_happen)


@dataclass(frozen=True, kw_only=True)
class News:
    """What is the matter, and who knows: (runs,) each.

    Parameters
    ----------
    open : bool
        Whether there is a problem.
    age : float
        t, weeks that it has been open; 0 without one.
    reached : int
        Hops that the news has climbed, from 0 to `hops`; 0 without a problem.
    sat_on : bool
        Whether who holds the news at that hop has decided to keep it, at least once.
    direct : bool
        Whether the top got it past the chain.
    discovered, surprise : bool
        Whether the top came to know in the week that has passed · and because reality broke through.
    """

    open: Bools
    age: Floats
    reached: Ints
    sat_on: Bools
    direct: Bools
    discovered: Bools
    surprise: Bools


def begin(reporting: Reporting, luck: Floats) -> News:
    """Return the news before the first week.

    Parameters
    ----------
    luck : (runs,)
        Uniform on [0, 1).
    """
    nothing = np.zeros(luck.shape, dtype=bool)
    return News(
        open=luck < reporting.start,
        age=np.zeros(luck.shape),
        reached=np.zeros(luck.shape, dtype=np.int64),
        sat_on=nothing,
        direct=nothing,
        discovered=nothing,
        surprise=nothing,
    )


def courage(reporting: Reporting, dread: Floats, trust: Floats) -> Floats:
    """Return k, what fear leaves of the chance to speak up: (hop, runs), in [0, 1].

    Parameters
    ----------
    dread : (hop, runs)
        What the scheme makes the holder at each hop fear [utility per week], at least 0.
    trust : (runs,)
        T, in [0, 1].

    Examples
    --------
    Half of what people fear counts where they are half safe, all of it where nobody trusts anybody:

    >>> usual = Reporting(hops=1, start=0, base=0, per_debt=0, mum=0.3, insists=0, fear=2, safety=0.5, bypass=0, face=0,
    ...     breaks=0, solved_at=None, solves=0, harm=0, worst=0, red_after=0, garbling=0, retention=1, noise=0)
    >>> courage(usual, np.array([[0.0, 0.4, 0.4]]), np.array([1.0, 1.0, 0.0])).round(3).tolist()
    [[1.0, 0.67, 0.449]]
    """
    return np.asarray(np.exp(-reporting.fear * dread * (1 - reporting.safety * trust)))


def silence(reporting: Reporting, courage: Floats) -> Floats:
    """Return m, the chance that who hears bad news sits on it: (hop, runs) both."""
    return 1 - (1 - reporting.mum) * courage


def moved(reporting: Reporting, news: News, courage: Floats, debt: Floats, chance: Floats) -> News:
    """Return the news after a week.

    Parameters
    ----------
    courage : (hop, runs)
        k.
    debt : (runs,)
        D [weeks of work per member]; 0 without a project.
    chance : (cause, runs)
        Uniform on [0, 1), in the order of `reporting.causes`.
    """
    top, luck = reporting.hops, dict(zip(reporting.causes, chance, strict=True))

    def happens(cause: str, probability: Floats | float) -> Bools:
        return luck[cause] < probability if cause in luck else np.zeros(debt.shape, dtype=bool)

    known = news.reached >= (top if reporting.solved_at is None else reporting.solved_at)
    stays = news.open & ~(known & happens("problem:solved", reporting.solves))
    arises = ~news.open & happens("problem:arises", -np.expm1(-(reporting.base + reporting.per_debt * debt)))
    age = np.where(stays, news.age + 1, 0.0)

    climbing = stays & (news.reached < top)
    hop = np.minimum(news.reached, top - 1)[None]
    willing = 1 - np.take_along_axis(silence(reporting, courage), hop, axis=0)[0]
    passed = climbing & happens("problem:passed", np.where(news.sat_on, reporting.insists * willing, willing))
    bypassed = climbing & ~passed & happens("problem:bypass", reporting.bypass * courage[0])
    reached = np.where(bypassed, top, news.reached + passed)
    surprise = climbing & (reached < top) & happens("problem:breaks", -np.expm1(-reporting.breaks * age))
    reached = np.where(surprise, top, reached)
    return News(
        open=stays | arises,
        age=age,
        reached=np.where(stays, reached, 0),
        sat_on=climbing & ~passed & (reached < top),
        direct=stays & (news.direct | bypassed | surprise),
        discovered=climbing & (reached == top),
        surprise=surprise,
    )


def hidden(reporting: Reporting, news: News) -> Bools:
    """Return whether there is a problem of which the top does not know: (runs,)."""
    return news.open & (news.reached < reporting.hops)


def arisen(news: News) -> Bools:
    """Return whether a problem has come up in the week that has passed: (runs,)."""
    return news.open & (news.age == 0)


def arrived(news: News) -> Bools:
    """Return whether the top was told in the week that has passed, hop by hop: (runs,)."""
    return news.discovered & ~news.direct


def bypassed(news: News) -> Bools:
    """Return whether somebody crossed the chain of command in the week that has passed: (runs,)."""
    return news.discovered & news.direct & ~news.surprise


def found_at(news: News) -> Floats:
    """Return how old a problem was that the top discovered in the week that has passed: (runs,) [weeks], else NaN."""
    return np.where(news.discovered, news.age, np.nan)


def face_lost(reporting: Reporting, news: News) -> Floats:
    """Return what the week costs somebody of the team at the next review: (runs,) [points of score]."""
    return np.where(bypassed(news), reporting.face, 0.0)


def pace(reporting: Reporting, news: News) -> Floats:
    """Return the factor that an open problem puts on the team's pace: (runs,), in [0, 1]."""
    return 1 - np.minimum(reporting.worst, reporting.harm * news.age)  # age 0 without a problem


def red(reporting: Reporting, news: News) -> Bools:
    """Return whether the true status is red: (runs,)."""
    return news.open & (news.age >= reporting.red_after)


def colours(reporting: Reporting, news: News, chance: Floats) -> Bools:
    """Return whether the status is red, in truth and as each level above the team is told.

    Parameters
    ----------
    chance : (hop, runs)
        Uniform on [0, 1); no hop where nothing is garbled.

    Returns
    -------
    (hop + 1, runs)
    """
    true, unknown = red(reporting, news), hidden(reporting, news)
    told = [true]
    for h in range(reporting.hops):
        heard = told[h] & ~(unknown & (news.reached == h))
        if len(chance):
            heard = heard ^ (chance[h] < reporting.garbling)
        told.append(np.where(news.direct, true, heard))
    return np.stack(told)


def progress(reporting: Reporting, truth: Floats, chance: Floats) -> Floats:
    """Return the week's progress, in truth and as each level above the team is told.

    Parameters
    ----------
    truth : (runs,)
        [weeks of core work per member]
    chance : (hop, runs)
        Standard normal; no hop where nothing is added.

    Returns
    -------
    (hop + 1, runs)
    """
    told = [truth]
    for h in range(reporting.hops):
        heard = reporting.retention * told[h]
        told.append(heard + reporting.noise * chance[h] if len(chance) else heard)
    return np.stack(told)
