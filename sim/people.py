"""The people of a team, what differs among them, and what is at stake for them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from sim.errors import InvalidInput
from sim.rewards.base import RewardRule
from sim.rewards.layoff import Layoff


@dataclass(frozen=True, kw_only=True)
class Person:
    """One seat of the team.

    Parameters
    ----------
    name : str
    motives : mapping of str to float
        ω, weight of each motive, at least 0.
    skill : float or None
        Work done per effort; None: drawn.
    role : str or None
        What they are evaluated as, where a scheme evaluates by role.
    reports_to : str or None
        Who evaluates them, where the people of the team are a whole organisation; None: its head.
    week : mapping of str to float, or None
        Effort by activity that they do every week, whatever they want, from the week on from which the scheme under
        study counts [week]; activities left out get none. None: they decide.
    """

    name: str
    motives: Mapping[str, float]
    skill: float | None
    role: str | None
    reports_to: str | None
    week: Mapping[str, float] | None = None

    def __post_init__(self) -> None:
        for motive, weight in self.motives.items():
            if weight < 0:
                raise InvalidInput(f"motives.{motive}", weight, "at least 0")
        if self.skill is not None and self.skill <= 0:
            raise InvalidInput("skill", self.skill, "above 0, or null")
        for activity, effort in (self.week or {}).items():
            if not 0 <= effort < math.inf:
                raise InvalidInput(f"week.{activity}", effort, f"at least 0, and finite, in the week of {self.name}")

    @property
    def motive(self) -> str:
        """The motive that weighs most; the first named of equals."""
        return max(self.motives, key=lambda k: self.motives[k]) if self.motives else "none"


@dataclass(frozen=True, kw_only=True)
class Team:
    """The people, what differs among them, and what is at stake for them.

    Parameters
    ----------
    people : tuple of Person
    size : int or None
        Seats; the people named are repeated in turn to fill them. None: one seat each.
    skill_sd : float
        Standard deviation of the log of skill, mean skill 1, at least 0.
    habit_sd : float
        Standard deviation of the log of each habit, at least 0.
    risk_aversion : float
        Constant absolute risk aversion [per utility], at least 0; risk costs ½·it·variance.
    pay, promotion : RewardRule or None
    layoff : Layoff or None
        What the score brings unless the scheme says otherwise.
    """

    people: tuple[Person, ...]
    size: int | None
    skill_sd: float
    habit_sd: float
    risk_aversion: float
    pay: RewardRule | None
    promotion: RewardRule | None
    layoff: Layoff | None

    def __post_init__(self) -> None:
        if not self.people:
            raise InvalidInput("people", "[]", "a list of at least one person")
        if self.size is not None and self.size < 1:
            raise InvalidInput("size", self.size, "at least 1, or null")
        for key in ("skill_sd", "habit_sd", "risk_aversion"):
            if getattr(self, key) < 0:
                raise InvalidInput(key, getattr(self, key), "at least 0")
        named = Counter(p.name for p in (*self.people, *self.seats[len(self.people) :]))
        for name, times in named.items():
            if times > 1:
                raise InvalidInput("people", name, "a different name for each person")

    @cached_property
    def seats(self) -> tuple[Person, ...]:
        """Who sits where; repeated people carry a number."""
        n = len(self.people)
        return tuple(
            p if i < n else replace(p, name=f"{p.name} {i // n + 1}")
            for i, p in ((i, self.people[i % n]) for i in range(self.size or n))
        )
