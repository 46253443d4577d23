"""Chance: the only maker of random generators.

A number is addressed by (seed, run, cause, week, seat), so it is the same alone, in any batch and
on any executor, and a new cause changes no other number:

    stream(seed, run, cause) = Generator(PCG64DXSM(SeedSequence(seed, spawn_key=(run, crc32(cause)))))

Each cause draws for all seats in every week, whatever happened, week first. What has been drawn is kept while
there is room for it: schemes that are compared, and points of a sweep, meet the same people and the same luck.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.random.bit_generator import ISeedSequence

from sim.arrays import Floats, Ints

PROTOCOL = 1  # raised when the same address gives another number
BLOCK = 52  # weeks that are drawn at a time where all of them are too many to be kept
KEPT = 2**27  # bytes of drawn numbers that a process keeps at most
ADDRESS = 1000  # bytes that an array and its address take beside the numbers, about
WORTH_HASHING = 12  # streams from which on it is quicker to hash their seeds together


def stream(seed: int, run: int, cause: str) -> np.random.Generator:
    """Return the generator of one cause of chance in one run."""
    sequence = np.random.SeedSequence(seed, spawn_key=(run, zlib.crc32(cause.encode())))
    return np.random.Generator(np.random.PCG64DXSM(sequence))


def streams(seed: int, runs: Sequence[int], causes: Sequence[str]) -> list[list[np.random.Generator]]:
    """Return `stream` of each run, for each cause: the same to the bit, the seeds of many hashed at once."""
    if len(runs) * len(causes) < WORTH_HASHING or max(runs) >= 2**32:
        return [[stream(seed, run, cause) for run in runs] for cause in causes]
    states = _hashed(seed, np.array(runs), np.array([zlib.crc32(cause.encode()) for cause in causes]))
    return [[_generator(state) for state in row] for row in states]


class _Hashed(ISeedSequence):
    """A seed that has been hashed already."""

    def __init__(self, state: npt.NDArray[np.uint64]) -> None:
        self.state = state

    def generate_state(self, n_words: int, dtype: Any = np.uint32) -> Any:
        return self.state


def _generator(state: npt.NDArray[np.uint64]) -> np.random.Generator:
    seed: Any = _Hashed(state)  # allowed, though NumPy's annotations do not know
    return np.random.Generator(np.random.PCG64DXSM(seed))


def _hashed(seed: int, runs: Ints, causes: Ints) -> npt.NDArray[np.uint64]:
    """Return generate_state(4, uint64) of the SeedSequence of each cause and run: (cause, runs, 4).

    The hash is NumPy's, which promises to keep it (NEP 19), on one word of all of them at a time.
    """
    words = [seed >> 32 * i & 0xFFFFFFFF for i in range(max(4, -(-seed.bit_length() // 32)))]
    entropy = [np.array([word], dtype=np.uint32) for word in words]
    entropy += [runs.astype(np.uint32), causes.astype(np.uint32)[:, None]]
    factor = 0x43B0D7E5

    def hashed(value: npt.NDArray[np.uint32], by: int) -> npt.NDArray[np.uint32]:
        nonlocal factor
        before, factor = factor, factor * by & 0xFFFFFFFF
        value = (value ^ np.uint32(before)) * np.uint32(factor)
        return value ^ value >> np.uint32(16)

    def mixed(x: npt.NDArray[np.uint32], y: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
        value = x * np.uint32(0xCA01F9DD) - y * np.uint32(0x4973F715)
        return value ^ value >> np.uint32(16)

    pool = [hashed(word, 0x931E8875) for word in entropy[:4]]
    for i in range(4):
        for j in range(4):
            if i != j:
                pool[j] = mixed(pool[j], hashed(pool[i], 0x931E8875))
    for word in entropy[4:]:
        pool = [mixed(each, hashed(word, 0x931E8875)) for each in pool]
    factor = 0x8B51F9DD
    state = [hashed(pool[i % 4], 0x58F38DED) for i in range(8)]
    low, high = np.stack(state[0::2], axis=-1), np.stack(state[1::2], axis=-1)
    return low.astype(np.uint64) | high.astype(np.uint64) << np.uint64(32)


def lognormal(z: Floats, sd: float) -> Floats:
    """Turn standard normal numbers into lognormal ones of mean 1, sd the standard deviation of their logarithm.

    Examples
    --------
    >>> lognormal(np.array([-1.0, 0.0, 1.0]), 0.2).round(4).tolist()
    [0.8025, 0.9802, 1.1972]
    """
    return np.exp(sd * z - 0.5 * sd * sd)


# what is uniform on [0, 1); the rest is standard normal
UNIFORM = ("luck", "lot", "audit", "hears", "incident", "exit", "rises", "problem", "garble")


@dataclass(frozen=True, kw_only=True)
class Causes:
    """What chance decides in a week, as names of streams; nothing where nothing is decided.

    Parameters
    ----------
    explore : one per activity, where people try things out
    noise, shock : one per signal; what hits a member, and what hits all
    blur : what a review cannot tell apart
    luck : one per consequence that rounds a share of people at random
    lot : one per consequence, where chance decides whom it meets
    audit : who is caught
    hears : one per colleague whom members listen to
    incident : how often the system fails
    exit, newcomer : who leaves, and who comes instead
    rises : who follows a boss, and how skill changes on the way
    sponsor : what moods and other people's news make of confidence
    needs : one per department, whose priorities move
    problem, garble, report : what befalls bad news, one per hop what is made of a colour, and of progress
    """

    explore: tuple[str, ...] = ()
    noise: tuple[str, ...] = ()
    shock: tuple[str, ...] = ()
    blur: tuple[str, ...] = ()
    luck: tuple[str, ...] = ()
    lot: tuple[str, ...] = ()
    audit: tuple[str, ...] = ()
    hears: tuple[str, ...] = ()
    incident: tuple[str, ...] = ()
    exit: tuple[str, ...] = ()
    newcomer: tuple[str, ...] = ()
    rises: tuple[str, ...] = ()
    sponsor: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    problem: tuple[str, ...] = ()
    garble: tuple[str, ...] = ()
    report: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class WeekDraws:
    """The chance of one week: (cause, runs, members) each, as `Causes` names them."""

    explore: Floats
    noise: Floats
    shock: Floats
    blur: Floats
    luck: Floats
    lot: Floats
    audit: Floats
    hears: Floats
    incident: Floats
    exit: Floats
    newcomer: Floats
    rises: Floats
    sponsor: Floats
    needs: Floats
    problem: Floats
    garble: Floats
    report: Floats


class Store:
    """Numbers that have been drawn, by address, in so many bytes at most: a store that is full is emptied.

    Examples
    --------
    >>> store = Store(2200)
    >>> [store.of(at, lambda: np.ones(1)).size for at in ("a", "b", "a", "c")], list(store.held)
    ([1, 1, 1, 1], ['c'])
    """

    def __init__(self, most: int) -> None:
        self.most, self.size, self.held = most, 0, dict[Hashable, Floats]()

    def of(self, address: Hashable, draw: Callable[[], Floats]) -> Floats:
        """Return what stands at an address, drawn if it is not there: read-only."""
        found = self.held.get(address)
        if found is None:
            found = draw()
            found.setflags(write=False)
            takes = found.nbytes + ADDRESS
            if self.size + takes > self.most:
                self.empty()
            if takes <= self.most:
                self.size += takes
                self.held[address] = found
        return found

    def empty(self) -> None:
        """Keep nothing any more."""
        self.held.clear()
        self.size = 0


KEEPS = Store(KEPT)


class Draws:
    """The chance of a batch of runs of one team, or of several alike, whose rows stand run by run.

    Parameters
    ----------
    seed : int, at least 0
    runs : sequence of int
        The runs' numbers.
    members : int
        Seats in the team.
    teams : int
        Teams in a run.
    place : str
        What tells their streams from those of other teams of the run.
    """

    def __init__(self, seed: int, runs: Sequence[int], members: int, teams: int = 1, place: str = "") -> None:
        self.seed, self.members, self.teams, self.place = seed, members, teams, place
        self.runs = runs if isinstance(runs, range) else tuple(runs)

    @property
    def rows(self) -> int:
        """Teams of all runs."""
        return len(self.runs) * self.teams

    def once(self, cause: str) -> Floats:
        """Standard normal numbers, one per seat, that hold for a whole run: (runs, members)."""
        ((found,),) = self._kept((self.place + cause,), weeks=1)
        return found

    def weekly(self, causes: Causes, weeks: int) -> Iterator[WeekDraws]:
        """Yield the chance of each week in turn."""
        groups = [f.name for f in fields(Causes)]
        named = {group: tuple(self.place + cause for cause in getattr(causes, group)) for group in groups}
        named = {group: names for group, names in named.items() if names}
        nothing = np.empty((0, self.rows, self.members))
        for block, drawn in self._blocks(named, weeks):
            for t in range(block):
                yield WeekDraws(**{group: drawn[group][t] if group in drawn else nothing for group in groups})

    def _blocks(self, named: dict[str, tuple[str, ...]], weeks: int) -> Iterator[tuple[int, dict[str, Floats]]]:
        """Yield how many weeks are drawn at a time, and their chance by group: (weeks, cause, runs, members) each."""
        numbers = weeks * self.rows * self.members * sum(len(names) for names in named.values())
        if 8 * numbers <= KEEPS.most:
            yield weeks, {group: self._kept(names, weeks, group in UNIFORM) for group, names in named.items()}
            return
        by = {group: streams(self.seed, self.runs, names) for group, names in named.items()}
        for start in range(0, weeks, BLOCK):
            block = min(BLOCK, weeks - start)
            yield block, {group: self._drawn(block, each, group in UNIFORM) for group, each in by.items()}

    def _kept(self, causes: tuple[str, ...], weeks: int, uniform: bool = False) -> Floats:
        """Return the first weeks of several causes, as they were drawn before if they were."""
        address = (self.seed, self.runs, self.teams, self.members, causes, weeks, uniform)
        return KEEPS.of(address, lambda: self._drawn(weeks, streams(self.seed, self.runs, causes), uniform))

    def _drawn(self, weeks: int, causes: list[list[np.random.Generator]], uniform: bool) -> Floats:
        """Draw the next weeks of several causes: (weeks, cause, runs, members)."""
        seats = self.teams * self.members
        block = np.empty((weeks, len(causes), len(self.runs), seats))
        drawn = np.empty((len(self.runs), weeks, seats))
        for c, generators in enumerate(causes):
            for generator, run in zip(generators, drawn, strict=True):
                if uniform:
                    generator.random(out=run)
                else:
                    generator.standard_normal(out=run)
            block[:, c] = drawn.swapaxes(0, 1)
        return block.reshape(weeks, len(causes), self.rows, self.members)
