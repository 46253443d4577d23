"""The ladder: who moves up between the levels of an organisation, and what becomes of them there.

A year, from the top level to the bottom one:

    age' = age + 1
    out      those older than `retire_after`, or less competent than `dismiss_below`
    up       for each seat that is empty, one of the level below: the best, the worst, or anybody
    c' = c + spread·U(−1, 1)   common sense: who was good stays about as good
    c' = fresh                 Peter: another level asks for other competence, drawn anew
    in       newcomers, drawn anew, on the lowest level

    efficiency = 100·Σ_i r_i·Σ_j c_ij / Σ_i r_i·most·n_i    [%]

c_ij is the competence of seat j of level i, r_i the responsibility of a level, n_i its seats. What is drawn anew is
normal, and kept within its range by clipping or by drawing again. An empty seat counts for nothing; it stays empty for
a year where nobody is left below. All know how competent everybody is.

References: Peter & Hull (1969), The Peter Principle; Pluchino, Rapisarda & Garofalo (2010), Physica A 389(3), 467-472
(THEORY I-Peter).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from sim.arrays import Bools, Floats, Ints, dot, total
from sim.draws import Causes, Draws
from sim.errors import InvalidInput, unknown

TRANSFERS = ("common_sense", "peter")
FIRST = ("ladder:first_competence", "ladder:first_age")  # causes of chance at the beginning, and in a year
YEARLY = Causes(luck=("ladder:rises", "ladder:changes"), newcomer=("ladder:competence", "ladder:age"))


@dataclass(frozen=True, kw_only=True)
class Succession:
    """Who follows a boss who leaves.

    Parameters
    ----------
    select : float or None
        Chance that it is the best of the reports, else the worst, in [0, 1]; None: anybody.
    transfer : str
        `common_sense` or `peter`.
    spread : float
        Share by which skill changes at most by common sense, in [0, 1).
    """

    select: float | None
    transfer: str
    spread: float

    def __post_init__(self) -> None:
        if self.select is not None and not 0 <= self.select <= 1:
            raise InvalidInput("select", self.select, "between 0 and 1, or null")
        if self.transfer not in TRANSFERS:
            raise unknown("transfer", self.transfer, TRANSFERS)
        if not 0 <= self.spread < 1:
            raise InvalidInput("spread", self.spread, "at least 0 and below 1")


@dataclass(frozen=True, kw_only=True)
class Law:
    """A normal law within a range.

    Parameters
    ----------
    mean, sd : float
        Of the normal law; sd at least 0.
    low, high : float
        The range, low below high.
    truncated : bool
        Whether what falls outside is drawn again; if not, it is put on the bound it passed.
    """

    mean: float
    sd: float
    low: float
    high: float
    truncated: bool

    def __post_init__(self) -> None:
        if self.sd < 0:
            raise InvalidInput("sd", self.sd, "at least 0")
        if not self.low < self.high:
            raise InvalidInput("low", self.low, f"below high, {self.high:g}")

    def drawn(self, z: Floats) -> Floats:
        """Return numbers of this law, one for each standard normal one: (...) to (...), in order.

        Examples
        --------
        >>> z = np.array([-9.0, 0.0, 9.0])
        >>> Law(mean=7, sd=2, low=1, high=10, truncated=False).drawn(z).tolist()
        [1.0, 7.0, 10.0]
        >>> Law(mean=7, sd=2, low=1, high=10, truncated=True).drawn(z).round(3).tolist()
        [1.0, 6.836, 10.0]
        """
        if self.truncated and self.sd > 0:
            low, high = (ndtr((bound - self.mean) / self.sd) for bound in (self.low, self.high))
            z = ndtri(low + ndtr(z) * (high - low))
        return np.clip(self.mean + self.sd * z, self.low, self.high)


@dataclass(frozen=True, kw_only=True)
class Ladder:
    """Levels, and the way from one to the next.

    Parameters
    ----------
    seats : tuple of int
        n_i, seats on each level, the top one first; each at least 1.
    select : float or None
        Chance that the best of the level below moves up, and else the worst, in [0, 1]; None: anybody, by lot.
    transfer : str
        What becomes of their competence: `common_sense` or `peter`.
    spread : float
        How far it changes at most by common sense [competence], at least 0.
    retire_after : float
        Age beyond which one leaves [years].
    dismiss_below : float or None
        Competence below which one is dismissed; None: nobody is.
    interleaved : bool
        Whether a level is cleared only when those above have drawn on it, so that who is about to go may still rise;
        if not, all levels are cleared first.
    competence, age : Law
        Of those who begin, and of newcomers.

    References
    ----------
    Pluchino, Rapisarda & Garofalo (2010): six levels of 1 to 81 seats, competence N(7, 2) on 1 to 10, age N(25, 5) on
    18 to 60. What they leave open, `truncated` and `interleaved`, moves efficiency by one or two points.
    """

    seats: tuple[int, ...]
    select: float | None
    transfer: str
    spread: float
    retire_after: float
    dismiss_below: float | None
    interleaved: bool
    competence: Law
    age: Law

    def __post_init__(self) -> None:
        if not self.seats or min(self.seats) < 1:
            raise InvalidInput("seats", list(self.seats), "one number or more, each at least 1")
        if self.select is not None and not 0 <= self.select <= 1:
            raise InvalidInput("select", self.select, "between 0 and 1, or null")
        if self.transfer not in TRANSFERS:
            raise unknown("transfer", self.transfer, TRANSFERS)
        if self.spread < 0:
            raise InvalidInput("spread", self.spread, "at least 0")

    def levels(self, x: Floats) -> tuple[Floats, ...]:
        """Split seats into levels: (..., positions) to one (..., seats of the level) for each."""
        return tuple(np.split(x, np.cumsum(self.seats)[:-1], axis=-1))


@dataclass(frozen=True, kw_only=True)
class Staff:
    """Who holds the seats of each level, the top one first; NaN where nobody does.

    Parameters
    ----------
    competence, age : tuple of (runs, seats of the level)
    """

    competence: tuple[Floats, ...]
    age: tuple[Floats, ...]


def begin(ladder: Ladder, fresh: Floats) -> Staff:
    """Fill all seats.

    Parameters
    ----------
    fresh : (2, runs, positions)
        Standard normal: for competence, for age.
    """
    competence, age = ladder.levels(ladder.competence.drawn(fresh[0])), ladder.levels(ladder.age.drawn(fresh[1]))
    return Staff(competence=competence, age=age)


def year(ladder: Ladder, staff: Staff, luck: Floats, fresh: Floats) -> Staff:
    """Let a year pass.

    Parameters
    ----------
    staff : Staff
    luck : (2, runs, positions)
        Uniform on [0, 1): who moves up, by the seat that is left; how competence changes, by the seat that is taken.
    fresh : (2, runs, positions)
        Standard normal, by the seat that is taken: competence and age of whoever is drawn anew.
    """
    competence, age = [c.copy() for c in staff.competence], [x + 1 for x in staff.age]
    rises, changes = ladder.levels(luck[0]), ladder.levels(luck[1])
    drawn, young = ladder.levels(fresh[0]), ladder.levels(fresh[1])
    levels = range(len(ladder.seats))

    def clear(i: int) -> None:
        out = age[i] > ladder.retire_after
        if ladder.dismiss_below is not None:
            out |= competence[i] < ladder.dismiss_below
        competence[i][out] = age[i][out] = np.nan

    if not ladder.interleaved:
        for i in levels:
            clear(i)
    for i in levels:
        if ladder.interleaved:
            clear(i)
        empty = np.isnan(age[i])
        if i == levels[-1]:
            competence[i][empty] = ladder.competence.drawn(drawn[i][empty])
            age[i][empty] = ladder.age.drawn(young[i][empty])
            break
        up = chosen(ladder.select, competence[i + 1], empty.sum(axis=-1), rises[i + 1])
        to = empty & (np.cumsum(empty, axis=-1) <= up.sum(axis=-1)[:, None])  # as many seats, in order
        anew = ladder.competence.drawn(drawn[i][to])
        moved = moved_competence(ladder.transfer, competence[i + 1][up], anew, changes[i][to], ladder.spread)
        competence[i][to] = np.clip(moved, ladder.competence.low, ladder.competence.high)
        age[i][to] = age[i + 1][up]
        competence[i + 1][up] = age[i + 1][up] = np.nan
    return Staff(competence=tuple(competence), age=tuple(age))


def chosen(select: float | None, merit: Floats, vacancies: Ints, luck: Floats) -> Bools:
    """Return who moves up: (runs, positions).

    Parameters
    ----------
    select : float or None
        Chance, for each vacancy, that it goes to the best, and else to the worst; None: to anybody.
    merit : (runs, positions)
        NaN where there is nobody to choose.
    vacancies : (runs,)
        How many are sought; as many move up as there are.
    luck : (runs, positions)
        Uniform on [0, 1); decides between equals too.

    Examples
    --------
    >>> merit, luck = np.array([[3.0, 5.0, 4.0, np.nan]]), np.array([[0.2, 0.9, 0.4, 0.0]])
    >>> chosen(1.0, merit, np.array([2]), luck)
    array([[False,  True,  True, False]])
    >>> chosen(0.0, merit, np.array([1]), luck)
    array([[ True, False, False, False]])
    >>> chosen(None, merit, np.array([1]), luck)
    array([[ True, False, False, False]])
    >>> chosen(0.5, merit, np.array([2]), luck)
    array([[ True,  True, False, False]])
    """
    there = ~np.isnan(merit)
    sought = np.minimum(vacancies, there.sum(axis=-1))[:, None]
    if select is None:
        return np.asarray(_place(np.where(there, luck, np.inf)) < sought)
    coin = luck < select
    tie = np.where(coin, luck, luck - select) / np.where(coin, select, 1 - select)  # uniform, however the coin fell
    place = _place(np.where(there, -merit, np.inf), tie)
    best = (coin & (np.arange(merit.shape[-1]) < sought)).sum(axis=-1)[:, None]
    others = there.sum(axis=-1)[:, None] - (sought - best)
    return np.asarray(there & ((place < best) | (place >= others)))


def moved_competence(transfer: str, old: Floats, fresh: Floats, luck: Floats, spread: float) -> Floats:
    """Return the competence on the new level of those who moved up: (...), not yet kept within its range.

    Parameters
    ----------
    transfer : str
        `common_sense` or `peter`.
    old, fresh : (...)
        On the level that was left · drawn anew.
    luck : (...)
        Uniform on [0, 1).
    spread : float
        How far competence changes at most by common sense.

    Examples
    --------
    >>> old, fresh, luck = np.array([8.0]), np.array([3.0]), np.array([0.75])
    >>> moved_competence("common_sense", old, fresh, luck, 1.0), moved_competence("peter", old, fresh, luck, 1.0)
    (array([8.5]), array([3.]))
    """
    return fresh if transfer == "peter" else old + spread * (2 * luck - 1)


def heir(rules: Succession, merit: Floats, luck: Floats) -> Ints:
    """Return which seat of each group follows: (groups,).

    Parameters
    ----------
    merit, luck : (groups, members)
        Score of the last review · uniform on [0, 1).

    Examples
    --------
    >>> heir(Succession(select=1.0, transfer="peter", spread=0.0), np.array([[1.0, 3.0, 2.0]]), np.full((1, 3), 0.5))
    array([1])
    """
    return np.argmax(chosen(rules.select, merit, np.ones(len(merit), dtype=np.int64), luck), axis=-1)


def efficiency(staff: Staff, responsibility: tuple[float, ...], most: float) -> Floats:
    """Return what the organisation achieves of what it could if all were as competent as can be [%]: (runs,).

    Parameters
    ----------
    responsibility : tuple of float
        Weight of each level, the top one first.
    most : float
        The highest competence there is.

    Examples
    --------
    >>> seats = (np.array([[5.0]]), np.array([[10.0, np.nan]]))
    >>> efficiency(Staff(competence=seats, age=seats), (1.0, 0.5), 10.0)
    array([50.])
    """
    parts = [r * total(np.nan_to_num(c)) for r, c in zip(responsibility, staff.competence, strict=True)]
    could = most * dot(responsibility, [float(c.shape[-1]) for c in staff.competence])
    return np.asarray(100 * sum(parts[1:], parts[0]) / could)


def years(ladder: Ladder, seed: int, runs: Sequence[int], many: int) -> Iterator[Staff]:
    """Yield the staff of a batch of runs at first, and after each of so many years."""
    draws = Draws(seed, runs, sum(ladder.seats))
    staff = begin(ladder, np.stack([draws.once(cause) for cause in FIRST]))
    yield staff
    for chance in draws.weekly(YEARLY, many):
        staff = year(ladder, staff, chance.luck, chance.newcomer)
        yield staff


def _place(*keys: Floats) -> Ints:
    """Return everyone's place from 0 in the order of the first key, ties by the next: (runs, positions) all."""
    order = np.lexsort(keys[::-1], axis=-1)
    place = np.empty_like(order)
    np.put_along_axis(place, order, np.arange(order.shape[-1])[None, :], axis=-1)
    return place
