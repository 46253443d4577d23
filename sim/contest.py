"""Contests: how likely a place is, and what a point of score adds to it.

Everybody's score is expected score + noise, independent, normal, of standard deviation σ. With k
places among N members, member i gets one if at most k−1 of its rivals end above:

    P_i = ∫ φ((x−ŝ_i)/σ)/σ · Pr(at most k−1 rivals above x) dx          (exact)
    P_i = Φ((ŝ_i−ĉ)/σ),  ĉ solving mean_i P_i = k/N                      (crowd)

Exact integrals use the trapezoid rule with step σ/4, finer as 1/√N beyond 20 members, where the cut
is that sharp, and the leave-one-out Poisson-binomial recursion for the number of rivals above.
Whoever knows only the team's mean score μ believes all rivals to stand there; then P_i depends on
(ŝ_i−μ)/σ alone and is tabulated once. A fractional number of places is the mixture of the two whole
numbers around it, as the lottery that rounds it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.special import betainc, ndtr, ndtri

from sim.arrays import Floats, average
from sim.errors import InvalidInput, unknown

STEP, REACH, MOST_NODES = 0.25, 8.0, 20_000  # [σ] between nodes · beyond the outermost score · a grid's limit
COARSE = 20  # members up to which that step will do
FAR, CELLS = 12.0, 1200  # [σ] reach of the table of chances against the mean · its cells


@dataclass(frozen=True, kw_only=True)
class Contest:
    """How members of one team are compared.

    Parameters
    ----------
    members : int
        People in the team, N.
    noise : float or (runs, 1)
        Standard deviation σ of a score about its expectation [score], above 0 where a contest is held.
    rivals : str
        `exact` or `crowd`.
    exact_up_to : int
        Largest team that is solved exactly; a crowd above.
    common : float or (runs, 1)
        Standard deviation of the part of the noise that all share, and that no comparison feels [score].
    tied : bool
        Whether the score sets nobody apart: then all of its noise is common, and `noise` stands in for none.

    References
    ----------
    Lazear & Rosen (1981), J. Political Economy 89(5), 841-864; k prizes among N: THEORY E.

    Examples
    --------
    >>> two = Contest(members=2, noise=1.0, rivals="exact", exact_up_to=12)
    >>> p, slope = two.chance(np.zeros((1, 2)), np.zeros((1, 2)), places=1)
    >>> p.round(6).tolist(), slope.round(6).tolist()
    ([[0.5, 0.5]], [[0.282095, 0.282095]])
    """

    members: int
    noise: float | Floats
    rivals: str
    exact_up_to: int
    common: float | Floats = 0.0
    tied: bool = False

    @property
    def spread(self) -> float | Floats:
        """Standard deviation of a score about its expectation, what all share included [points]."""
        both: float | Floats = np.hypot(self.noise, self.common)
        return self.common if self.tied else both

    def __post_init__(self) -> None:
        if self.rivals not in ("exact", "crowd"):
            raise unknown("rivals", self.rivals, ["exact", "crowd"])

    def chance(self, own: Floats, field: Floats, places: float) -> tuple[Floats, Floats]:
        """Probability of one of the places, and its slope in the own expected score.

        Parameters
        ----------
        own : (runs, members)
            Expected own score.
        field : (runs, members) or (runs, 1)
            Expected score of every member as rivals see it; one number: all stand at the team's mean.
        places : float
            Number of places k. Where k ≤ 0, k ≥ N or N = 1 there is no contest: the chance is what the lottery
            alone says, and its slope 0.

        Returns
        -------
        chance, slope : (runs, members) both
            Probability · probability per point of score.
        """
        if places <= 0 or places >= self.members or self.members == 1:
            return np.full(own.shape, min(max(places, 0.0), 1.0)), np.zeros(own.shape)
        if np.any(np.less_equal(self.noise, 0)):
            raise InvalidInput("noise", float(np.min(self.noise)), "above 0 in a contest")
        own, field = own / self.noise, field / self.noise  # [σ]
        if self.rivals == "crowd" or self.members > self.exact_up_to:
            gap = own - _cut(field, places / self.members)
            chance, slope = ndtr(gap), density(gap)
        elif field.shape[-1] == 1:
            chance, slope = _looked_up(_against_the_mean(self.members - 1, places), own - field)
        else:
            chance, slope = self._exact(own, field, places)
        return chance, slope / self.noise

    def _exact(self, own: Floats, field: Floats, places: float) -> tuple[Floats, Floats]:
        both = np.concatenate([own, field], axis=-1)
        low, high = both.min(axis=-1) - REACH, both.max(axis=-1) + REACH
        finest = _step(self.members)
        steps = np.ceil((high - low) / finest)
        if steps.max() > MOST_NODES:
            least = float(np.max(self.noise) * (high - low).max()) / (finest * MOST_NODES)
            allowed = f"at least {least:.3g} in a contest with scores that far apart"
            raise InvalidInput("noise", float(np.max(self.noise)), allowed)
        index = np.arange(int(steps.max()) + 1)[:, None]
        width = np.where(index <= steps, (high - low) / steps, 0.0)  # (nodes, runs), 0 beyond a run's own grid
        x = low + np.minimum(index, steps) * ((high - low) / steps)
        above = ndtr(field - x[..., None])  # (nodes, runs, members)
        gap = x[..., None] - own
        mass = density(gap) * width[..., None] * _few_above(above, places)
        return np.add.reduce(mass, axis=0), np.add.reduce(mass * gap, axis=0)


def cover_of(chance: Floats) -> Floats:
    """Slope of a chance in the log of the own noise, as if there were one cut: −z·φ(z), z = Φ⁻¹(chance).

    Above 0 for those who are more likely to end below the cut than above it.
    """
    z = ndtri(np.clip(chance, 1e-12, 1 - 1e-12))
    return np.asarray(-z * density(z))


def _step(members: int) -> float:
    """Distance between the nodes of an integral [σ]."""
    return STEP * math.sqrt(min(1.0, COARSE / members))


def density(z: Floats) -> Floats:
    """Standard normal density."""
    return np.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)


def _cut(field: Floats, share: float) -> Floats:
    """Score ĉ above which, on average, `share` of the members end: (runs, members) to (runs, 1) [σ]."""
    z = float(ndtri(1 - share))
    if field.shape[-1] == 1:
        return field + z
    low = field.min(axis=-1, keepdims=True) + z
    high = field.max(axis=-1, keepdims=True) + z
    cut, moving = (low + high) / 2, np.ones(low.shape, dtype=bool)
    for _ in range(200):  # Newton's step, or half the bracket where that leaves it; each run stops by itself
        gap = field - cut
        excess = average(ndtr(gap))[..., None] - share
        low, high = np.where(excess > 0, cut, low), np.where(excess > 0, high, cut)
        slope = average(density(gap))[..., None]
        step = cut + excess / np.maximum(slope, 1e-300)
        better = np.where((step >= low) & (step <= high), step, (low + high) / 2)
        moving &= np.abs(better - cut) > 1e-14 * (np.abs(cut) + 1)
        cut = np.where(moving, better, cut)
        if not moving.any():
            break
    return cut


def _few_above(above: Floats, places: float) -> Floats:
    """Probability that, leaving oneself out, at most places−1 members are above each node.

    Parameters
    ----------
    above : (nodes, runs, members)
        Probability that each member ends above the node.

    Returns
    -------
    (nodes, runs, members)
    """
    whole, part = int(places), places - int(places)
    count = whole + (part > 0)
    members = above.shape[-1]
    none = np.zeros((count, *above.shape[:-1]))
    none[0] = 1.0
    after = [none]  # distribution of the number above among members i+1 … N, built from the last
    for i in range(members - 1, 0, -1):
        after.append(_one_more(after[-1], above[..., i]))
    before, result = none, np.empty(above.shape)
    for i in range(members):
        rest = after[members - 1 - i]
        at_most = np.cumsum(rest, axis=0)
        last = _within(before, at_most, whole - 1)
        result[..., i] = last if part == 0 else (1 - part) * last + part * _within(before, at_most, whole)
        before = _one_more(before, above[..., i])
    return result


def _within(count: Floats, at_most: Floats, most: int) -> Floats:
    """Probability of at most `most` above in two groups: one's distribution, the other's running sums."""
    result = np.zeros(count.shape[1:])
    for j in range(most + 1):
        result += count[j] * at_most[most - j]
    return result


def _one_more(count: Floats, above: Floats) -> Floats:
    """Distribution of the number above when one more member may be: (count, nodes, runs)."""
    more = count * (1 - above)
    more[1:] += count[:-1] * above
    return more


@cache
def _against_the_mean(rivals: int, places: float) -> Floats:
    """Chance and slope, per σ, as functions of the own gap to rivals who all stand at one score.

    Returns
    -------
    (2, 4, CELLS)
        Coefficients of a cubic for each cell of [−FAR, FAR], highest power first.
    """
    from scipy.interpolate import CubicHermiteSpline  # a tenth of a second that few need

    gap = np.linspace(-FAR, FAR, CELLS + 1)
    step = _step(rivals + 1)
    x = np.arange(-20.0, 20.0 + step, step)
    whole, part = int(places), places - int(places)
    few = (1 - part) * _at_most(whole - 1, rivals, ndtr(-x)) + part * _at_most(whole, rivals, ndtr(-x))
    z = x - gap[:, None]
    mass = density(z) * step * few
    chance, slope, bend = mass.sum(axis=1), (mass * z).sum(axis=1), (mass * (z * z - 1)).sum(axis=1)
    return np.stack([CubicHermiteSpline(gap, chance, slope).c, CubicHermiteSpline(gap, slope, bend).c])


def _looked_up(table: Floats, gap: Floats) -> tuple[Floats, Floats]:
    """Read both functions of a table at gaps (runs, members); they are level beyond its ends."""
    gap = np.clip(gap, -FAR, FAR)
    cell = np.fmin(np.fmax((gap + FAR) * (CELLS / (2 * FAR)), 0), CELLS - 1).astype(np.int64)
    inside = gap - (cell * (2 * FAR / CELLS) - FAR)
    a, b, c, d = np.take(table, cell, axis=2).swapaxes(0, 1)
    chance, slope = ((a * inside + b) * inside + c) * inside + d
    return chance, slope


def _at_most(count: int, trials: int, p: Floats) -> Floats:
    """Binomial distribution function Pr(at most `count` of `trials`)."""
    if count < 0:
        return np.zeros(p.shape)
    return np.ones(p.shape) if count >= trials else np.asarray(betainc(trials - count, count + 1, 1 - p))
