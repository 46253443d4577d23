"""Politics: what is taken from rivals' scores, favours that are returned, and the trust that all of it burns.

    taken_i = Σ_{j≠i} d'a_j/(N − 1),  d = ‖r‖·sabotages      what the others take off a member's score
    −Σ_j(∂P_i/∂s_j)·d/(N − 1) = (∂P_i/∂s_i)·d/(N − 1)        what taking brings in a contest, as chances look
                                                             at differences of score alone
    −Σ_j(∂reward_i/∂s_j)·d/(N − 1) = −spill·d                elsewhere: 0 unless others' scores pay oneself
    owed_i ← (1 − forgets)·owed_i + Σ_k favours_k·a_ik       favours that the evaluator has not returned yet
    score_i ← score_i + returned·judged·owed_i
    T ← φT + recovers·(1 − φT),  φ = e^{−burns·p}            trust of a team, p = mean effort of ill intent
    ease = 1 − reliance·(1 − T)                              factor on what is taught and written down for others;
                                                             what coordination takes is divided by it

What sabotage takes is counted as attribution noise is, in units of ‖r‖, what a week of effort adds to a score
where it counts most: the scale of a score then cancels from a contest, and a scheme is no more open to sabotage
for being written in larger numbers. A rival cannot be told from another, so all are hit alike; at symmetry that
is worth as much as hitting one. Where p stays what it is, trust settles at recovers/(1 − (1 − recovers)·φ).

References: sabotage in contests, Lazear (1989), J. Political Economy 97(3), 561-580 (THEORY E); it rises with the
prize, Harbring & Irlenbusch (2004), and eats up what the prize was to bring, Carpenter, Matthews & Schirm (2010),
American Economic Review 100(1), 504-517. Ingratiation raises ratings a little and liking more: Gordon (1996),
J. Personality and Social Psychology 71(1), 54-70; Higgins, Judge & Ferris (2003), J. Organizational Behavior
24(1), 89-106. Trust is easier lost than won: Slovic (1993), Risk Analysis 13(6), 675-682; with little of it people
hide what they know, Connelly et al. (2012), J. Organizational Behavior 33(1), 64-88, and teams do worse, ρ = .30:
De Jong, Dirks & Gillespie (2016), J. Applied Psychology 101(8), 1134-1150. The forms of trust, favours and
cooperation are ours: the simplest that keep to their bounds at any effort.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from sim.arrays import Bools, Floats, average, total, weighed
from sim.errors import InvalidInput


@dataclass(frozen=True, kw_only=True)
class Politics:
    """What politics does to a team besides what it does to the work.

    Parameters
    ----------
    trust : float
        Trust at first, in [0, 1].
    burns : float
        How fast trust is lost where everybody spends the whole week on politics [per week], at least 0.
    recovers : float
        Share of the trust that is missing that comes back in a week, in [0, 1].
    reliance : float
        Share of cooperation that is lost where nobody trusts anybody, in [0, 1).
    returned : float
        What a week of favours that is owed adds to a judged score [standard deviations of a judged signal], at least 0.
    forgets : float
        Share of what is owed that is forgotten in a week, in (0, 1].
    """

    trust: float
    burns: float
    recovers: float
    reliance: float
    returned: float
    forgets: float

    def __post_init__(self) -> None:
        for key in ("trust", "recovers"):
            if not 0 <= getattr(self, key) <= 1:
                raise InvalidInput(key, getattr(self, key), "between 0 and 1")
        if not 0 <= self.reliance < 1:
            raise InvalidInput("reliance", self.reliance, "at least 0 and below 1")
        for key in ("burns", "returned"):
            if not 0 <= getattr(self, key) < math.inf:
                raise InvalidInput(key, getattr(self, key), "at least 0")
        if not 0 < self.forgets <= 1:
            raise InvalidInput("forgets", self.forgets, "above 0 and at most 1")


@dataclass(frozen=True, kw_only=True)
class Climate:
    """What politics leaves behind.

    Parameters
    ----------
    trust : (runs,)
        Trust of a team, in [0, 1].
    owed : (runs, members)
        Favours that the evaluator owes [weeks of favours], at least 0.
    """

    trust: Floats
    owed: Floats


def begin(politics: Politics, runs: int, members: int) -> Climate:
    """Return the climate before the first week: nobody is owed anything."""
    return Climate(trust=np.full(runs, politics.trust), owed=np.zeros((runs, members)))


def moved(politics: Politics, climate: Climate, effort: Floats, ill: Floats, favours: Floats) -> Climate:
    """Return the climate after a week.

    Parameters
    ----------
    effort : (activity, runs, members)
        [week]
    ill : (activity,)
        1 for what takes ill intent.
    favours : (activity,)
        How much of an activity is favours that an evaluator returns, at least 0.

    Examples
    --------
    Half a week of politics costs a third of all trust, of which a tenth comes back:

    >>> usual = Politics(trust=1, burns=0.8, recovers=0.1, reliance=0.5, returned=0.3, forgets=0.25)
    >>> effort = np.array([[[0.5, 0.5]], [[0.5, 0.5]]])
    >>> after = moved(usual, begin(usual, 1, 2), effort, np.array([0.0, 1.0]), np.array([0.0, 1.0]))
    >>> after.trust.round(3).tolist(), after.owed.tolist()
    ([0.703], [[0.5, 0.5]])
    """
    kept = climate.trust * np.exp(-politics.burns * average(weighed(ill, effort)))
    return Climate(
        trust=kept + politics.recovers * (1 - kept),
        owed=(1 - politics.forgets) * climate.owed + weighed(favours, effort),
    )


def replaced(climate: Climate, gone: Bools) -> Climate:
    """Return the climate once others sit in the seats of those who left: an evaluator owes newcomers nothing."""
    return replace(climate, owed=np.where(gone, 0.0, climate.owed))


def taken(sabotages: Floats, effort: Floats) -> Floats:
    """Return what the others take off each member's score [points]: (runs, members), 0 for who works alone.

    Parameters
    ----------
    sabotages : (activity,)
        d, what a unit of effort takes off the rivals' scores together [points].
    effort : (activity, runs, members)

    Examples
    --------
    One of three spends a week on it, and shares it out among two:

    >>> taken(np.array([0.8]), np.array([[[1.0, 0.0, 0.0]]])).tolist()
    [[0.0, 0.4, 0.4]]
    """
    rivals = effort.shape[-1] - 1
    if not rivals:
        return np.zeros(effort.shape[1:])
    aimed = weighed(sabotages, effort)
    return np.asarray((total(aimed)[:, None] - aimed) / rivals)


def edge(sabotages: Floats, members: int) -> Floats:
    """Return how far a unit of effort sets the rivals back, each: (activity,) [points].

    In a comparison it is worth as much as that many points of one's own.
    """
    return sabotages / (members - 1) if members > 1 else np.zeros(sabotages.shape)


def thanks(politics: Politics, owed: Floats, judged: float | Floats) -> Floats:
    """Return what favours owed add to the scores of a review [points]: (runs, members).

    Parameters
    ----------
    owed : (runs, members)
    judged : float or (runs, 1)
        Weight of all signals that are somebody's judgement [points per standard deviation].
    """
    return politics.returned * judged * owed


def lasting(politics: Politics, favours: Floats, judged: float | Floats) -> Floats:
    """What a unit of effort, week after week, adds to a score once favours have piled up: (activity, …) [points].

    Examples
    --------
    >>> usual = Politics(trust=1, burns=0.8, recovers=0.1, reliance=0.5, returned=0.3, forgets=0.25)
    >>> lasting(usual, np.array([0.0, 1.0]), judged=2.0).tolist()
    [0.0, 2.4]
    """
    return np.multiply.outer(favours, politics.returned / politics.forgets * np.asarray(judged))


def cooperation(politics: Politics, trust: Floats) -> Floats:
    """Return the factor on what is taught and written down for others: (runs,), in (0, 1].

    What it takes to keep each other informed is divided by it: who is not trusted is told twice.
    """
    return 1 - politics.reliance * (1 - trust)
