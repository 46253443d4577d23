"""Everybody does what is written down, week by week.

a(t) = the script's week t; its last week goes on
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from sim.arrays import Floats
from sim.choice.base import Choice
from sim.errors import InvalidInput, unknown
from sim.perception import Known


@final
@dataclass(frozen=True, kw_only=True)
class Scripted(Choice):
    """Follow a script.

    Parameters
    ----------
    weeks : tuple of mappings of str to float
        Effort by activity in each week [week]; activities left out get none, the last week goes on.
    members : mapping of str to such a tuple, or None
        Scripts of members who have their own.
    """

    literal: ClassVar[bool] = True

    weeks: tuple[Mapping[str, float], ...]
    members: Mapping[str, tuple[Mapping[str, float], ...]] | None

    def __post_init__(self) -> None:
        for key, script in self._scripts().items():
            if not script:
                raise InvalidInput(key, "[]", "a list of at least one week")
            for t, efforts in enumerate(script):
                for activity, effort in efforts.items():
                    if not 0 <= effort < math.inf:
                        raise InvalidInput(f"{key}[{t}].{activity}", effort, "at least 0, and finite")

    def _scripts(self) -> dict[str, tuple[Mapping[str, float], ...]]:
        """Every script, by the key under which it is written."""
        return {"weeks": self.weeks} | {f"members.{name}": script for name, script in (self.members or {}).items()}

    def respond(self, m: Floats, habit: Floats) -> Floats:
        return habit.copy()

    def answer(self, m: Floats, known: Known) -> Floats:
        own = self.members or {}
        for name in own:
            if name not in known.names:
                raise unknown("choice.members", name, known.names)
        for key, weeks in self._scripts().items():  # later weeks too: a slip is told before the first
            for t, efforts in enumerate(weeks):
                for activity in efforts:
                    if activity not in known.activities:
                        raise unknown(f"choice.{key}[{t}]", activity, known.activities)
        effort = np.empty(m.shape)
        for seat, name in enumerate(known.names):
            script = own.get(name, self.weeks)
            today = script[min(known.week, len(script) - 1)]
            effort[:, :, seat] = np.array([today.get(k, 0.0) for k in known.activities])[:, None]
        return effort

    def effort_cost(self, effort: Floats, habit: Floats) -> Floats:
        return np.zeros(effort.shape[1:])

    def softness(self, slope: Floats) -> float:
        return 0.0
