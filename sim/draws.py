"""Chance: the only maker of random generators.

A number is addressed by (seed, run, cause, week, seat), so it is the same alone, in any batch and
on any executor, and a new cause changes no other number:

    stream(seed, run, cause) = Generator(PCG64DXSM(SeedSequence(seed, spawn_key=(run, crc32(cause)))))

Each cause draws for all seats in every week, whatever happened, in blocks of 52 weeks, week first.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from sim.arrays import Floats

PROTOCOL = 1  # raised when the same address gives another number
BLOCK = 52  # [weeks]


def stream(seed: int, run: int, cause: str) -> np.random.Generator:
    """Return the generator of one cause of chance in one run."""
    sequence = np.random.SeedSequence(seed, spawn_key=(run, zlib.crc32(cause.encode())))
    return np.random.Generator(np.random.PCG64DXSM(sequence))


@dataclass(frozen=True)
class Causes:
    """What chance decides in a week, as names of streams.

    Parameters
    ----------
    explore : tuple of str
        One per activity; empty where nobody experiments.
    noise : tuple of str
        One per scored signal.
    luck : tuple of str
        One per consequence that rounds a share of people at random.
    """

    explore: tuple[str, ...]
    noise: tuple[str, ...]
    luck: tuple[str, ...]


@dataclass(frozen=True)
class WeekDraws:
    """The chance of one week.

    Parameters
    ----------
    explore : (activity, runs, members), standard normal; no activity where nobody experiments
    noise : (signal, runs, members), standard normal
    luck : (consequence, runs, members), uniform on [0, 1)
    """

    explore: Floats
    noise: Floats
    luck: Floats


class Draws:
    """The chance of a batch of runs of one team.

    Parameters
    ----------
    seed : int, at least 0
    runs : sequence of int
        The runs' numbers.
    members : int
        Seats in the team.
    """

    def __init__(self, seed: int, runs: Sequence[int], members: int) -> None:
        self.seed, self.runs, self.members = seed, list(runs), members

    def once(self, cause: str) -> Floats:
        """Standard normal numbers, one per seat, that hold for a whole run: (runs, members)."""
        return np.stack([stream(self.seed, r, cause).standard_normal(self.members) for r in self.runs])

    def weekly(self, causes: Causes, weeks: int) -> Iterator[WeekDraws]:
        """Yield the chance of each week in turn."""
        streams = {
            cause: [stream(self.seed, r, cause) for r in self.runs]
            for cause in (*causes.explore, *causes.noise, *causes.luck)
        }
        for start in range(0, weeks, BLOCK):
            block = min(BLOCK, weeks - start)
            explore = self._block(block, [streams[c] for c in causes.explore])
            noise = self._block(block, [streams[c] for c in causes.noise])
            luck = self._block(block, [streams[c] for c in causes.luck], uniform=True)
            for t in range(block):
                yield WeekDraws(explore[t], noise[t], luck[t])

    def _block(self, weeks: int, streams: list[list[np.random.Generator]], uniform: bool = False) -> Floats:
        """Draw a block of weeks of several causes: (weeks, cause, runs, members)."""
        shape = (weeks, self.members)
        block = np.empty((weeks, len(streams), len(self.runs), self.members))
        for c, generators in enumerate(streams):
            for r, generator in enumerate(generators):
                block[:, c, r] = generator.random(shape) if uniform else generator.standard_normal(shape)
        return block
