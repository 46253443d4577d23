"""From a point of a sweep to its scenario: composed once for each choice of groups, then numbers are put in."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from experiments.axes import Axis, axis_of, chosen_groups
from experiments.design import Point
from sim.errors import InvalidInput
from sim.loading import compose_with_followers, groups, named, options, read, scenario_part

PLACES = {"audit": "scheme.audit"}  # groups whose part of the configuration has another name
Choice = tuple[tuple[str, str], ...]  # groups and the options chosen of them


@dataclass(frozen=True, kw_only=True)
class Space:
    """What holds for all points of a sweep, and what its axes may change.

    Parameters
    ----------
    verb : str
    words : tuple of str
        What holds for all points, as on the command line.
    axes : tuple of Axis
    bases : mapping
        A choice of the swept groups → the configuration of its scenario.
    followers : mapping
        The same → keys, and those that are given as the same as them.
    on : tuple of str
        Parts that were off, and are on since one of their parameters is swept.
    """

    verb: str
    words: tuple[str, ...]
    axes: tuple[Axis, ...]
    bases: Mapping[Choice, Mapping[str, Any]]
    followers: Mapping[Choice, Mapping[str, Sequence[str]]]
    on: tuple[str, ...] = ()

    def choice(self, point: Point) -> Choice:
        """Return which options of groups a point has."""
        return tuple((a.key, str(point[a.key])) for a in self.axes if a.group)

    def config(self, point: Point) -> dict[str, Any]:
        """Return the configuration of the scenario of a point."""
        choice = self.choice(point)
        config: dict[str, Any] = dict(self.bases[choice])
        for axis in self.axes:
            if not axis.group:
                for key in (axis.key, *self.followers[choice].get(axis.key, ())):
                    config = put(config, key.split("."), point[axis.key], axis.new, axis.key)
        return named(config)


def space_of(verb: str, words: Sequence[str], swept: Sequence[str]) -> Space:
    """Read the axes and compose a scenario for every choice of the groups among them.

    Parameters
    ----------
    words, swept : sequence of str
        What holds for all points · what is swept, `KEY=RANGE` each.
    """
    among = [w for w in swept if w.partition("=")[0].lstrip("+") in chosen_groups()]
    rest = [w for w in swept if w not in among]
    chosen = [axis_of(w, {}) for w in among]
    words, on = _switched_on(verb, words, chosen, rest)
    bases, followers = {}, {}
    for names in itertools.product(*(a.values or () for a in chosen)):
        choice = tuple(zip((a.key for a in chosen), map(str, names), strict=True))
        config, follow = compose_with_followers(verb, [*words, *(f"{k}={v}" for k, v in choice)])
        bases[choice], followers[choice] = scenario_part(config), follow
    first = next(iter(bases.values()))
    axes = {w: axis_of(w, first) for w in rest}
    for key, allowed in ((a.key, "given once") for a in axes.values()):
        if [a.key for a in axes.values()].count(key) > 1:
            raise InvalidInput(key, "(swept twice)", allowed)
    order = {**dict(zip(among, chosen, strict=True)), **axes}
    return Space(
        verb=verb,
        words=tuple(words),
        axes=tuple(order[w] for w in swept),
        bases=bases,
        followers=followers,
        on=tuple(on),
    )


def _switched_on(
    verb: str, words: Sequence[str], chosen: Sequence[Axis], rest: Sequence[str]
) -> tuple[list[str], list[str]]:
    """Switch on, as its yaml `standard` has it, each part that is off and has a parameter that is swept."""
    said = {w.partition("=")[0].lstrip("+") for w in words} | {a.key for a in chosen}
    keys = [w.partition("=")[0].lstrip("+") for w in rest]
    on = []
    for group in groups():
        place = PLACES.get(group, group)
        under = [k for k in keys if k.startswith(f"{place}.")]
        if under and group not in said and place not in said and {"none", "standard"} <= {*options(group)}:
            chosen_words = [f"{a.key}={(a.values or ('',))[0]}" for a in chosen]
            config, _ = compose_with_followers(verb, [*words, *chosen_words])
            here: Any = config
            for step in place.split("."):
                here = (here or {}).get(step)
            if here is None and read(group, "standard"):
                on.append(f"{group}=standard")
    return [*words, *on], on


def put(config: Any, steps: Sequence[str], value: Any, new: bool, key: str) -> Any:
    """Return a configuration in which one value is another; nothing of it is changed in place.

    Raises
    ------
    InvalidInput
        Where there is no such key, unless it may be new.
    """
    if not steps:
        return value
    step = steps[0]
    if isinstance(config, list | tuple):
        if not step.isdigit() or int(step) >= len(config):
            raise InvalidInput(key, value, f"a number below {len(config)} in place of {step}")
        return [put(v, steps[1:], value, new, key) if i == int(step) else v for i, v in enumerate(config)]
    if not isinstance(config, Mapping) or (step not in config and not (new and len(steps) == 1)):
        raise InvalidInput(key, value, f"a key that there is at this point, and {step} is not (or is off)")
    return {**config, step: put(config.get(step), steps[1:], value, new, key)}
