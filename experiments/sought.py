"""What a search is for, and what it has tried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from experiments.design import Point

Value = tuple[float, float, float]  # a mean and its 95 % interval


@dataclass(frozen=True, kw_only=True)
class Goals:
    """What is sought.

    Parameters
    ----------
    sign : mapping
        Measure → 1 where more of it is sought, −1 where less is.
    teams : tuple of str
        For which the worst counts; empty: the one of the scenario.
    """

    sign: Mapping[str, int]
    teams: tuple[str, ...] = ()

    @property
    def across(self) -> int:
        """Points of a trial: one per team."""
        return max(1, len(self.teams))

    def points(self, chosen: Point) -> list[Point]:
        """Return the points of a trial."""
        return [{**chosen, "team": t} for t in self.teams] if self.teams else [dict(chosen)]

    def worst(self, measure: str, of: Sequence[Value]) -> tuple[int, Value]:
        """Return the place among the teams, and the value, of the one where a measure is worst.

        Examples
        --------
        >>> Goals(sign={"cost": -1}).worst("cost", [(1.0, 0.9, 1.1), (3.0, 2.9, 3.1)])
        (1, (3.0, 2.9, 3.1))
        """
        place = min(range(len(of)), key=lambda i: self.sign[measure] * of[i][0])
        return place, of[place]

    def unbeaten(self, values: Sequence[Mapping[str, Value]]) -> list[int]:
        """Return the places of those that no other equals or beats in all objectives and beats in one.

        Examples
        --------
        >>> both = [{"worth": (w, w, w), "cost": (c, c, c)} for w, c in ((1.0, 1.0), (2.0, 2.0), (1.0, 2.0))]
        >>> Goals(sign={"worth": 1, "cost": -1}).unbeaten(both)
        [0, 1]
        """
        x = np.array([[s * v[m][0] for m, s in self.sign.items()] for v in values]).reshape(-1, len(self.sign))
        return [i for i, own in enumerate(x) if not ((x >= own).all(axis=1) & (x > own).any(axis=1)).any()]


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What became of a trial.

    Parameters
    ----------
    number : int
    chosen : mapping
        Parameter → value.
    values : mapping
        Measure → its mean, of the team where it is worst; empty if the trial has none.
    team : mapping
        Measure → that team.
    why : str
        What went wrong; empty if nothing did.
    """

    number: int
    chosen: Point
    values: Mapping[str, Value]
    team: Mapping[str, str]
    why: str = ""
