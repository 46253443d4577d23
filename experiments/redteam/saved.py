"""What was found as a scenario in a yaml of its own: the options that it starts from, and what differs from them.

    # @package _global_
    defaults:
      - override /scheme: lines_of_code
    weeks: 52
    team: {people: [...]}

A mapping is merged into what an option says, key by key, so that nothing can be taken away: where an option has a key
that the scenario lacks, the scenario starts from nothing there and says everything itself.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from experiments.redteam.hunt import Behaviour
from experiments.redteam.words import called, story
from sim.loading import compose, options, read

GROUPS = (  # groups whose options stand under a key of their own name
    *("scheme", "team", "choice", "project", "craft", "turnover", "goals", "organisation", "politics", "culture"),
    *("sponsor", "customers", "reporting"),
)
NOTHING = {"scheme": "_blank"}  # the option that says nothing; elsewhere it is null
WIDTH = 118  # columns of a line


def as_yaml(config: Mapping[str, Any], comment: str) -> str:
    """Return the yaml that composes a scenario's configuration.

    Parameters
    ----------
    config : mapping
        Plain and resolved, as `Scenario.config`.
    comment : str
        Its first line.

    Examples
    --------
    >>> import sim
    >>> print(as_yaml(sim.load("scheme=commits", "weeks=52").config | {"story": {}}, "A year."))
    # @package _global_
    # A year.
    weeks: 52
    story: {}
    <BLANKLINE>
    """
    base, chosen = _composed(), dict[str, str | None]()
    for group in GROUPS:
        if config[group] != base[group]:
            name = _nearest(group, config[group])
            if name is not None or left_over(base[group], config[group]):
                chosen[group] = NOTHING.get(group) if name is None else name
    base = _composed(*(f"{group}={name}" for group, name in chosen.items() if name is not None))
    without = ("story", *(group for group, name in chosen.items() if name is None))
    body: dict[str, Any] = {"defaults": [{f"override /{group}": name} for group, name in chosen.items()]}
    body |= different({k: v for k, v in base.items() if k not in without}, config)
    kept = {k: v for k, v in body.items() if k != "defaults" or v}
    text = yaml.safe_dump(kept, sort_keys=False, allow_unicode=True, width=WIDTH)
    return f"# @package _global_\n# {comment}\n{text}"


def different(base: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return what has to be said for a mapping to become another.

    Examples
    --------
    >>> different({"a": 1, "b": {"c": 1, "d": 2}}, {"a": 1, "b": {"c": 1, "d": 3}})
    {'b': {'d': 3}}
    """
    found = {}
    for key, value in wanted.items():
        before = base.get(key)
        if key in base and before == value:
            continue
        merges = isinstance(value, Mapping) and isinstance(before, Mapping)
        found[key] = different(dict(before or {}), value) if merges else value
    return found


def left_over(base: object, wanted: object) -> bool:
    """Whether merging would leave something that is not wanted.

    Examples
    --------
    >>> left_over({"commits": 1.0}, {"tickets": 1.0}), left_over({"commits": 1.0}, {"commits": 2.0})
    (True, False)
    """
    if not isinstance(base, Mapping) or not isinstance(wanted, Mapping):
        return False
    return any(k not in wanted or left_over(v, wanted[k]) for k, v in base.items())


def _nearest(group: str, part: object) -> str | None:
    """Return the option that says most of what a part of a configuration says, if one says nothing else."""
    found = []
    for name in _candidates(group, part):
        said = _composed(f"{group}={name}")[group]
        if not left_over(said, part) and (said is None) == (part is None):
            found.append((sum(1 for _ in _leaves(different({"": said}, {"": part}))), name))
    return min(found)[1] if found else None


def _candidates(group: str, part: object) -> list[str]:
    """Return the options that may be meant: those of the same label, where there are labels."""
    label = part.get("label") if isinstance(part, Mapping) else None
    if label is None:
        return options(group)
    return [name for name in options(group) if read(group, name).get("label") == label]


def _composed(*words: str) -> dict[str, Any]:
    found: dict[str, Any] = compose("model", words)
    return found


def _leaves(value: object) -> Iterator[object]:
    if isinstance(value, Mapping):
        for each in value.values():
            yield from _leaves(each)
    else:
        yield value


def scenario_text(found: Behaviour, name: str) -> str:
    """Return the yaml of a scenario in which the member does it.

    Parameters
    ----------
    name : str
        How it will be called.
    """
    config = copy.deepcopy(dict(found.scenario.config))
    week = {k: float(e) for k, e in zip(found.scenario.activities, found.week, strict=True) if e}
    config["team"] = {**config["team"], "size": None, "people": _people(found, week)}
    config["story"] = _told(found)
    return as_yaml(
        config, f"{name}: found by `crosspurpose redteam`, from run 0 to {found.runs - 1} of seed {found.seed}."
    )


def _people(found: Behaviour, week: Mapping[str, float]) -> list[dict[str, Any]]:
    """Return everybody, seat by seat, the member with the week."""
    said = found.scenario.config["team"]["people"]
    seated = [{**said[i % len(said)], "name": p.name} for i, p in enumerate(found.scenario.team.seats)]
    return [{**person, "week": dict(week)} if person["name"] == found.member else person for person in seated]


def _told(found: Behaviour) -> dict[str, str]:
    lines = story(found)
    return {
        "plain": f"{found.member} plays it: {called(found.scenario)}",
        "story": " ".join(lines[:2]),
        "question": f"Who notices what {found.member} does, and what does it do to the others?",
        "watch": " ".join(lines[3:-1]),
    }
