"""Evaluators who are evaluated: what they reward below them, and what they make of the outcome.

    wanted = ‖f‖·r̃/‖r̃‖                      what is believed to be wanted from above
    wish   = wanted + bend·own               own: marginal utility of everything that no score brings
    said   = cos θ·wish + sin θ·‖wish‖·û      lost on the way; û random, orthogonal to the wish
    w      = (G·G' + caution·Σ)⁻¹·G·said      nearest to it that the signals can say
    w     ← (1 − discretion)·w_above + discretion·w, as strong as the scheme's

G holds the signals that a boss trusts, each scaled by √τ of its trust τ:

    ln τ   ← (1 − recovers)·ln τ − discounts·max(0, Δsignal − Δresult)     used and disappointing
    τ_felt = τ^(1 − faith)                   faith in numbers keeps them beyond their validity

Δ is the change against the mean of earlier reviews, in units of what a week of effort brings at most.
Bosses look at all signals there are, or where they can come to doubt them, at the scheme's: a boss who trusts
what is in use less than `doubts` asks for one signal more, the one that says most of what is left unsaid.

References: the answer to noisy signals, Feltham & Xie (1994), THEORY C; directions that no signal has
cannot be asked for, the row space of G; loss on the way, Williamson (1967), THEORY I5: E cos = Π cos θ;
managers who follow measures beyond their validity: surrogation, Choi, Hecht & Tayler (2012). The law of
trust is ours: the simplest that stays positive, forgets, and is hurt only by a signal that promised more.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from sim.arrays import Floats, norm, weighed
from sim.errors import InvalidInput

FAINT = 1e-6  # trust that is as good as none
RECENT = 0.5  # share of the latest review in what is expected of the next


@dataclass(frozen=True, kw_only=True)
class Adaptation:
    """How bosses learn from signals that disappoint them.

    Parameters
    ----------
    discounts : float
        How much of the trust in a signal goes with a disappointment of 1, in logarithms, at least 0.
    recovers : float
        Share of lost trust that comes back between two reviews, in logarithms, in [0, 1].
    faith : float
        How far numbers are trusted whatever they bring, in [0, 1].
    doubts : float
        Trust in the signals in use below which another is added, in [0, 1]; 0: all are in use from the beginning.
    """

    discounts: float
    recovers: float
    faith: float
    doubts: float

    def __post_init__(self) -> None:
        if self.discounts < 0:
            raise InvalidInput("discounts", self.discounts, "at least 0")
        for key in ("recovers", "faith", "doubts"):
            if not 0 <= getattr(self, key) <= 1:
                raise InvalidInput(key, getattr(self, key), "between 0 and 1")


@dataclass(frozen=True, kw_only=True)
class Evaluators:
    """How bosses set the weights for those below.

    Parameters
    ----------
    discretion : float
        How far they depart from the weights by which they are evaluated themselves, in [0, 1].
    bend : float
        How far their own wishes bend what they ask for, at least 0.
    caution : float
        How much noise keeps them from relying on a signal, at least 0.
    loss : float
        θ, angle between what is meant and what is understood [degree], in [0, 90].
    clears : float
        Share of that angle which a review clears up, in [0, 1].
    candour : float
        How far bosses say what they count, rather than what the scheme says officially, in [0, 1].
    foresight : int
        Evaluators above their own boss of whom people guess what counts, and take the mean, at least 0.
    adaptation : Adaptation or None
    """

    discretion: float
    bend: float
    caution: float
    loss: float
    clears: float
    candour: float
    foresight: int
    adaptation: Adaptation | None

    def __post_init__(self) -> None:
        for key in ("discretion", "clears", "candour"):
            if not 0 <= getattr(self, key) <= 1:
                raise InvalidInput(key, getattr(self, key), "between 0 and 1")
        for key in ("bend", "caution", "foresight"):
            if getattr(self, key) < 0:
                raise InvalidInput(key, getattr(self, key), "at least 0")
        if not 0 <= self.loss <= 90:
            raise InvalidInput("loss", self.loss, "between 0 and 90")


@dataclass(frozen=True, kw_only=True)
class Trust:
    """What bosses think of signals: (signal, runs) each.

    Parameters
    ----------
    trust : (signal, runs)
        τ, in (0, 1].
    used : (signal, runs)
        1 for what they look at.
    expected : (signal, runs) or None
        Mean of the signals at earlier reviews; None before the first.
    result : (runs,) or None
        The same of the team's result.
    """

    trust: Floats
    used: Floats
    expected: Floats | None
    result: Floats | None


def wished(rules: Evaluators, wanted: Floats, own: Floats, size: float) -> Floats:
    """Return what bosses would like those below to do: (activity, runs).

    Parameters
    ----------
    wanted : (activity, runs)
        r̃, what adds to their own score.
    own : (activity, runs)
        What they want whatever the score [utility per week of effort].
    size : float
        ‖f‖.
    """
    return scaled(wanted, size) + rules.bend * own


def scaled(x: Floats, size: float | Floats) -> Floats:
    """Return vectors (kind, runs) at another length; those of length 0 as they are."""
    found = norm(x)
    return np.asarray(x * np.divide(size, found, out=np.zeros(found.shape), where=found > 0))


def understood(rules: Evaluators, wish: Floats, luck: Floats, reviews: int) -> Floats:
    """Return what is understood of a wish, after some reviews at which it was repeated: (activity, runs).

    Parameters
    ----------
    wish, luck : (activity, runs)
        Standard normal luck.

    Examples
    --------
    >>> rules = Evaluators(discretion=1, bend=0, caution=0, loss=90, clears=0, candour=1, foresight=0,
    ...     adaptation=None)
    >>> understood(rules, np.array([[2.0], [0.0]]), np.array([[0.3], [0.1]]), 0).round(9).tolist()
    [[0.0], [2.0]]
    """
    angle = math.radians(rules.loss) * (1 - rules.clears) ** reviews
    if not angle:
        return wish
    size = norm(wish)
    square = np.where(size > 0, size * size, 1.0)
    aside = luck - wish * (weighed(wish, luck) / square)
    return math.cos(angle) * wish + math.sin(angle) * scaled(aside, size)


def reachable(rules: Evaluators, said: Floats, loading: Floats, sd: Floats, trust: Floats | None) -> Floats:
    """Return the weights under which signals come nearest to what was said: (signal, runs).

    Parameters
    ----------
    said : (activity, runs)
    loading : (signal, activity)
        G.
    sd : (signal,)
        Noise of a signal.
    trust : (signal, runs) or None
        What bosses trust and look at, in [0, 1]; None: everything.
    """
    runs = said.shape[1]
    part = np.ones((runs, len(loading))) if trust is None else np.sqrt(trust.T)
    seen = part[:, :, None] * loading  # (runs, signal, activity)
    aim = said.T[:, :, None]
    if not rules.caution:
        found = np.linalg.pinv(seen.swapaxes(1, 2), rcond=1e-9) @ aim
    else:
        both = seen @ seen.swapaxes(1, 2) + rules.caution * np.diag(sd * sd + FAINT)
        found = np.linalg.solve(both, seen @ aim)
    return np.ascontiguousarray((part * found[..., 0]).T)


def passed_on(rules: Evaluators, above: Floats, own: Floats, loading: Floats, size: float | Floats) -> Floats:
    """Return the weights for those below: (signal, runs).

    Parameters
    ----------
    above, own : (signal, runs)
        By which the boss is evaluated · that the boss would choose.
    loading : (signal, activity)
    size : float or (runs,)
        ‖G'w‖ of the scheme.
    """
    mixed = (1 - rules.discretion) * strong(above, loading, size) + rules.discretion * strong(own, loading, size)
    return strong(mixed, loading, size)


def strong(weight: Floats, loading: Floats, size: float | Floats) -> Floats:
    """Return weights (signal, runs) scaled so that ‖G'w‖ is `size`."""
    found = norm(asked(weight, loading))
    return np.asarray(weight * np.divide(size, found, out=np.zeros(found.shape), where=found > 0))


def asked(weight: Floats, loading: Floats) -> Floats:
    """Return G'w, what weights (signal, runs) ask for: (activity, runs)."""
    return np.stack([weighed(each, weight) for each in loading.T])


def begin(used: Floats, runs: int) -> Trust:
    """Return full trust in the signals that are in `use` (signal,)."""
    both = np.repeat(used[:, None], runs, axis=1)
    return Trust(trust=np.ones(both.shape), used=both, expected=None, result=None)


def felt(rules: Evaluators, trust: Trust) -> Floats:
    """Return how far bosses rely on each signal: (signal, runs), in [0, 1]."""
    faith = 0.0 if rules.adaptation is None else rules.adaptation.faith
    return trust.used * trust.trust ** (1 - faith)


def disappointed(
    rules: Adaptation, state: Trust, weight: Floats, signals: Floats, result: Floats, loading: Floats, worth: Floats
) -> Trust:
    """Return what bosses think of signals after a review.

    Parameters
    ----------
    weight, signals : (signal, runs)
        What counted in the window · the team's mean signals in it.
    result : (runs,)
        The team's result in it.
    loading : (signal, activity)
    worth : (activity,)
    """
    if state.expected is None or state.result is None:
        return replace(state, expected=signals, result=result)
    most = np.abs(loading).max(axis=1, initial=FAINT)[:, None]
    promised = np.sign(weight) * (signals - state.expected) / most
    kept = (result - state.result) / np.abs(worth).max()
    hurt = np.where(weight != 0, np.maximum(promised - kept, 0.0), 0.0)
    trust = np.exp((1 - rules.recovers) * np.log(state.trust) - rules.discounts * hurt)
    return Trust(
        trust=np.clip(trust, FAINT, 1.0),
        used=state.used,
        expected=state.expected + RECENT * (signals - state.expected),
        result=state.result + RECENT * (result - state.result),
    )


def one_more(rules: Evaluators, state: Trust, weight: Floats, wish: Floats, loading: Floats) -> Trust:
    """Return the signals that bosses look at once those who doubt what they use have added one.

    Parameters
    ----------
    weight : (signal, runs)
        In force.
    wish : (activity, runs)
    loading : (signal, activity)
    """
    if rules.adaptation is None or not rules.adaptation.doubts:
        return state
    size = np.abs(weight)
    relied = weighed(size, felt(rules, state))
    total = np.maximum(weighed(np.ones(len(size)), size), FAINT)
    doubting = relied < rules.adaptation.doubts * total
    unsaid = wish - scaled(asked(weight, loading), norm(wish))
    says = np.abs(np.stack([weighed(each, unsaid) for each in loading]))
    says = np.where(state.used > 0, -1.0, says / np.maximum(np.linalg.norm(loading, axis=1), FAINT)[:, None])
    best = np.arange(len(says))[:, None] == np.argmax(says, axis=0)
    return replace(state, used=np.where(best & doubting & (says.max(axis=0) > 0), 1.0, state.used))
