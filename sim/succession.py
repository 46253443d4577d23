"""Succession: a boss who leaves is followed by one of the reports, whose seat then needs somebody in turn.

    up      of the reports of the seat that is empty: the best by the last review, the worst, or anybody
    skill'  = skill·(1 + spread·U(−1, 1))   common sense: who was good stays about as good
    skill'  = drawn anew                    Peter: another level asks for other skill

Who moves takes along what they are, want, believe and can do, and leaves behind what they know of a project. The last
seat of the chain goes to the newcomer who was hired. So a vacancy is a chain of exchanges of seats with that newcomer.

References: Peter & Hull (1969), The Peter Principle; Pluchino, Rapisarda & Garofalo (2010), Physica A 389(3), 467-472;
selection by what was achieved below: Benson, Li & Shue (2019), Quarterly J. Economics 134(4), 2085-2134.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from sim.arrays import Bools, Floats, Ints
from sim.ladder import Succession, moved_competence
from sim.project import forget
from sim.state import State

LEAST = 0.05  # skill that remains however much is lost on the way up


@dataclass(frozen=True, kw_only=True)
class Bench:
    """The people of a tier as far as they can move: (…, runs, members).

    Parameters
    ----------
    state : State
    motives : (channel, runs, members)
        ω.
    merit : (runs, members)
        Score of the last review.
    """

    state: State
    motives: Floats
    merit: Floats


def exchanged(
    rules: Succession, above: Bench, seats: Ints, below: Bench, heirs: Ints, luck: Floats
) -> tuple[Bench, Bench]:
    """Let heirs and those who sit in the seats above them change places.

    Parameters
    ----------
    seats, heirs : (moves,)
        Places, row · members + seat, in the tier above and in the one below.
    luck : (moves,)
        Uniform on [0, 1): how skill changes on the way up.
    """
    was, fresh = _at(below.state.people.skill, heirs), _at(above.state.people.skill, seats)
    state, lower = _swapped(above.state, seats, below.state, heirs)
    relative = moved_competence("common_sense", np.ones(len(was)), np.ones(len(was)), luck, rules.spread)
    skill = fresh if rules.transfer == "peter" else np.maximum(was * relative, LEAST)
    state = replace(state, people=replace(state.people, skill=_put(state.people.skill, seats, skill)))
    lower = replace(lower, people=replace(lower.people, skill=_put(lower.people.skill, heirs, fresh)))
    if lower.stocks is not None:
        lower = replace(lower, stocks=forget(lower.stocks, _marked(below.merit.shape, heirs)))
    motives, others = _swap(above.motives, seats, below.motives, heirs)
    merit, rest = _swap(above.merit, seats, below.merit, heirs)
    return Bench(state=state, motives=motives, merit=merit), Bench(state=lower, motives=others, merit=rest)


PLACE = ("window", "trail", "target", "stocks", "climate", "custom", "around", "above", "below")  # stays where it is


def _swapped(x: State, at: Ints, y: State, there: Ints) -> tuple[State, State]:
    """Exchange everything that belongs to persons."""
    shapes = x.people.skill.shape, y.people.skill.shape
    people, others = _changed(x.people, at, y.people, there, shapes)
    state, other = _changed(x, at, y, there, shapes)
    return replace(state, people=people), replace(other, people=others)


def _changed(x: Any, at: Ints, y: Any, there: Ints, shapes: tuple[tuple[int, ...], tuple[int, ...]]) -> tuple[Any, Any]:
    """Exchange the fields that hold a number for each member."""
    mine, theirs = {}, {}
    for f in fields(x):
        a, b = getattr(x, f.name), getattr(y, f.name)
        if f.name not in PLACE and _of(a, shapes[0]) and _of(b, shapes[1]):
            mine[f.name], theirs[f.name] = _swap(a, at, b, there)
    return replace(x, **mine), replace(y, **theirs)


def _of(x: Any, shape: tuple[int, ...]) -> bool:
    return isinstance(x, np.ndarray) and x.shape[-2:] == shape


def _swap(a: Any, at: Ints, b: Any, there: Ints) -> tuple[Any, Any]:
    """Exchange places of arrays (…, runs, members)."""
    return _put(a, at, _at(b, there)), _put(b, there, _at(a, at))


def _at(x: Any, places: Ints) -> Any:
    return x.reshape(*x.shape[:-2], -1)[..., places]


def _put(x: Any, places: Ints, values: Any) -> Any:
    result = x.copy()
    result.reshape(*x.shape[:-2], -1)[..., places] = values
    return result


def _marked(shape: tuple[int, ...], places: Ints) -> Bools:
    result = np.zeros(shape, dtype=bool)
    result.reshape(-1)[places] = True
    return result
