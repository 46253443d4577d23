"""What a scenario asks a comparison: keys of `compare` that stand in the scenario's own file.

    question:
      today: manager_rating                the scheme in force, for `warmup` weeks
      schemes: [okr, ours]                 what is considered
      own:                                 schemes of one's own, each like a yaml of `configs/scheme/`
        ours: {label: {plain: ours}, weights: {tickets: 1.0, peer_feedback: 0.5}}
      runs: 200

They are words of the command line like any others: where the command says otherwise, it is right.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.errors import InvalidInput, nearest
from sim.loading import options

KEYS = (
    *("today", "schemes", "own", "warmup", "onset", "reference", "runs", "seed"),
    *("power", "matters", "assumptions", "draws", "decompose"),
)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A comparison as the command line and the scenario's question together want it.

    Parameters
    ----------
    config : mapping
        Of the verb, resolved.
    overrides : sequence of str
        The command's words, with the question's.
    own : mapping of str to mapping
        Schemes that stand in the question itself.
    """

    config: dict[str, Any]
    overrides: list[str]
    own: Mapping[str, Mapping[str, Any]]


def asked(config: dict[str, Any], overrides: Sequence[str]) -> Asked:
    """Read a verb's configuration together with its scenario's question."""
    question = checked(config["question"])
    given = {o.split("=")[0].lstrip("+") for o in overrides}
    taken = {k: v for k, v in question.items() if k != "own" and k not in given}
    words = [f"{k}={word(v, f'question.{k}')}" for k, v in taken.items()]
    return Asked(config={**config, **taken}, overrides=[*overrides, *words], own=question.get("own", {}))


def checked(question: object) -> dict[str, Any]:
    """Return a question, or say what is wrong with it."""
    if not isinstance(question, Mapping):
        raise InvalidInput("question", question, f"a mapping of {', '.join(KEYS)}")
    for key in question:
        if key not in KEYS:
            raise InvalidInput(f"question.{key}", question[key], f"one of {', '.join(KEYS)}", nearest(str(key), KEYS))
    own = question.get("own") or {}
    if not isinstance(own, Mapping):
        raise InvalidInput("question.own", own, "a mapping from names to schemes")
    for name, scheme in own.items():
        if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z]\w*", name, re.ASCII):
            raise InvalidInput("question.own", name, "names of letters, digits and underscores")
        if name in options("scheme"):
            raise InvalidInput(f"question.own.{name}", "(taken)", "a name that no ready-made scheme has")
        if not isinstance(scheme, Mapping):
            raise InvalidInput(f"question.own.{name}", scheme, "a mapping, like a yaml of configs/scheme")
    return {**question, **({"own": own} if "own" in question else {})}


def word(value: object, key: str) -> str:
    """Return a value of a question as it stands on the command line.

    Examples
    --------
    >>> word(["okr", "ours"], "schemes"), word(None, "onset"), word(0.02, "matters")
    ('[okr,ours]', 'null', '0.02')
    """
    if isinstance(value, str) and re.fullmatch(r"\w+", value, re.ASCII):
        return value
    if isinstance(value, list):
        return f"[{','.join(word(v, key) for v in value)}]"
    if value is None or isinstance(value, bool | int | float):
        return json.dumps(value)
    if isinstance(value, Mapping):
        raise InvalidInput(key, dict(value), "a name, a number, true, false, null, or a list of them")
    raise InvalidInput(key, value, "a name of letters, digits and underscores, a number, true, false or null")
