"""Who reports to whom, as arrays.

The people who report to one boss are a *group*: that boss evaluates them, and they are compared with
each other. The head is a group of one, whom the board evaluates. Groups at the same depth, of the same
size, all building or all leading, form a *tier*: one array (groups, seats), one batch of the week.

A group builds if somebody in it has no reports.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.arrays import Ints
from sim.errors import InvalidInput, nearest
from sim.evaluators import Evaluators
from sim.ladder import Succession
from sim.people import Person

BOARD = -1  # whom the head reports to


@dataclass(frozen=True, kw_only=True)
class Organisation:
    """What is around the teams.

    Parameters
    ----------
    spans : tuple of int, or None
        Reports of everybody at each depth above those who lead a team, from the head down; None: the people of the
        team say whom they report to.
    managers : tuple of Person
        Who leads, repeated in turn; used with `spans`.
    own_part : float
        How much of what a boss shows is the boss's own work, in [0, 1].
    palette : tuple of str
        Signals that bosses can count besides the scheme's.
    evaluators : Evaluators
    succession : Succession or None
        Who follows a boss who leaves; None: somebody from outside.
    """

    spans: tuple[int, ...] | None
    managers: tuple[Person, ...]
    own_part: float
    palette: tuple[str, ...]
    evaluators: Evaluators
    succession: Succession | None

    def __post_init__(self) -> None:
        for i, span in enumerate(self.spans or ()):
            if span < 1:
                raise InvalidInput(f"spans[{i}]", span, "at least 1: nobody manages nobody")
        if self.spans is not None and not self.managers:
            raise InvalidInput("managers", "[]", "a list of at least one person")
        if not 0 <= self.own_part <= 1:
            raise InvalidInput("own_part", self.own_part, "between 0 and 1")


@dataclass(frozen=True, kw_only=True)
class Tier:
    """Groups that are alike.

    Parameters
    ----------
    depth : int
        Steps from the head to these people; 0: the head.
    builds : bool
        Whether they have a project of their own.
    people : (groups, seats)
        Numbers of the people.
    boss : (groups,)
        Number of the person they report to; `BOARD` for the head.
    """

    depth: int
    builds: bool
    people: Ints
    boss: Ints


@dataclass(frozen=True, kw_only=True)
class Chart:
    """An organisation, from the head down.

    Parameters
    ----------
    parent : (people,)
        Number of the person everybody reports to; `BOARD` for the head.
    tiers : tuple of Tier
        From the head down: whom the people of a tier report to are in one before it.
    """

    parent: Ints
    tiers: tuple[Tier, ...]

    @property
    def people(self) -> int:
        """How many people there are."""
        return len(self.parent)

    @property
    def depth(self) -> int:
        """Steps from the head to the people farthest from it."""
        return self.tiers[-1].depth


def regular(spans: Sequence[int], team: int) -> Ints:
    """Return whom everybody reports to where all at one depth lead equally many, numbered from the head down.

    Parameters
    ----------
    spans : sequence of int
        Reports of everybody at each depth above those who lead a team.
    team : int
        People in a team.

    Examples
    --------
    >>> regular((2,), 3).tolist()
    [-1, 0, 0, 1, 1, 1, 2, 2, 2]
    """
    levels, first, count = [np.array([BOARD])], 0, 1
    for span in (*spans, team):
        levels.append(first + np.arange(count * span) // span)
        first, count = first + count, count * span
    return np.concatenate(levels).astype(np.int64)


def staffed(organisation: Organisation, seats: Sequence[Person]) -> tuple[Ints, tuple[Person, ...], Ints]:
    """Return whom everybody reports to, the people that there are, and which of them everybody is.

    Parameters
    ----------
    organisation : Organisation
    seats : sequence of Person
        Of a team; where there are spans, every team is like this one and managers are repeated in turn.
    """
    if organisation.spans is None:
        return by_name({p.name: p.reports_to for p in seats}), tuple(seats), np.arange(len(seats))
    managers, teams = organisation.managers, math.prod(organisation.spans)
    parent = regular(organisation.spans, len(seats))
    leads = np.arange(len(parent) - teams * len(seats)) % len(managers)
    builds = len(managers) + np.tile(np.arange(len(seats)), teams)
    return parent, (*managers, *seats), np.concatenate([leads, builds])


def called(people: Sequence[Person], who: Ints) -> tuple[str, ...]:
    """Return the names of everybody; those of whom there are several carry a number."""
    times = np.bincount(who, minlength=len(people))
    before, names = np.zeros(len(people), dtype=np.int64), []
    for i in who:
        before[i] += 1
        names.append(people[i].name if times[i] == 1 else f"{people[i].name} {before[i]}")
    return tuple(names)


def by_name(reports_to: Mapping[str, str | None]) -> Ints:
    """Return whom everybody reports to, in the order of the names.

    Raises
    ------
    InvalidInput
        For an orphan, no head or two, or people who report to each other in a circle.
    """
    number = {name: i for i, name in enumerate(reports_to)}
    for name, boss in reports_to.items():
        if boss is not None and boss not in number:
            raise InvalidInput(f"{name}.reports_to", boss, "somebody in the organisation", nearest(boss, number))
    heads = [name for name, boss in reports_to.items() if boss is None]
    if len(heads) > 1:
        raise InvalidInput(f"{heads[1]}.reports_to", None, f"somebody: {heads[0]} is the head already")
    parent = np.array([BOARD if boss is None else number[boss] for boss in reports_to.values()], dtype=np.int64)
    reached = np.zeros(len(parent), dtype=bool)
    level = parent == BOARD
    while level.any():
        reached |= level
        level = np.isin(parent, np.flatnonzero(level))
    if not reached.all():
        name = list(reports_to)[int(np.flatnonzero(~reached)[0])]
        allowed = "somebody with whom the way up ends at the head; this one ends in a circle"
        raise InvalidInput(f"{name}.reports_to", reports_to[name], allowed)
    return parent


def chart_of(parent: Ints) -> Chart:
    """Return the organisation in which everybody reports to `parent` (people,), as a tree with one head."""
    people = len(parent)
    reports = np.bincount(parent[parent != BOARD], minlength=people)
    depth, level = np.zeros(people, dtype=np.int64), parent == BOARD
    while level.any():
        below = np.isin(parent, np.flatnonzero(level))
        depth[below] = depth[level].max() + 1
        level = below
    idle = np.bincount(parent[(reports == 0) & (parent != BOARD)], minlength=people) > 0
    children = np.argsort(parent, kind="stable")[1:]
    leads = np.flatnonzero(reports)
    begins = np.cumsum(reports[leads]) - reports[leads]  # of each boss's reports among `children`
    tiers = [Tier(depth=0, builds=people == 1, people=np.flatnonzero(parent == BOARD)[:, None], boss=np.array([BOARD]))]
    for key in sorted({(int(depth[b]) + 1, int(reports[b]), bool(idle[b])) for b in leads}):
        size = key[1]
        same = (depth[leads] + 1 == key[0]) & (reports[leads] == size) & (idle[leads] == key[2])
        found = children[begins[same][:, None] + np.arange(size)]
        tiers.append(Tier(depth=key[0], builds=key[2], people=found, boss=leads[same]))
    return Chart(parent=parent, tiers=tuple(tiers))
