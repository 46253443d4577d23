"""Studies: what is swept and how, a yaml each, here or in `studies/` of the user's own folder.

    about   what the study asks, in a sentence
    set     what holds for all points, and settings of the verb: key → value
    sweep   what is swept: key → range, as on the command line

What is typed besides goes before what the yaml says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sim import filed
from sim.errors import InvalidInput, nearest, unknown

KEYS = ("about", "set", "sweep")


def folders(extension: Path | None = None) -> list[Path]:
    """Return the folders that are searched for studies."""
    own = [Path.cwd() / "studies", *([extension / "studies"] if extension else [])]
    return [Path(__file__).parent, *(f for f in own if f.is_dir())]


def studies(extension: Path | None = None) -> dict[str, Path]:
    """Return the studies there are: name → file."""
    return {p.stem: p for folder in folders(extension) for p in sorted(folder.glob("*.yaml"))}


def read(name: str, extension: Path | None = None) -> dict[str, Any]:
    """Return a study as it stands, checked."""
    there = studies(extension)
    if name not in there:
        raise unknown("study", name, there)
    content = filed.read(there[name])
    for key, value in content.items():
        if key not in KEYS:
            raise InvalidInput(
                f"{there[name]}: {key}", "(unknown key)", f"one of {', '.join(KEYS)}", nearest(key, KEYS)
            )
        if key != "about" and not isinstance(value, Mapping):
            raise InvalidInput(f"{there[name]}: {key}", value, "a mapping from keys")
    return content


def words_of(study: Mapping[str, Any]) -> list[str]:
    """Return a study as what one would type."""
    fixed = [f"{k}={_spelled(v)}" for k, v in study.get("set", {}).items()]
    return [*fixed, *(f"{k}={_spelled(v)}" for k, v in study.get("sweep", {}).items())]


def _spelled(value: object) -> str:
    """Return a value of a yaml in Hydra's words."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, list):
        return f"[{','.join(_spelled(v) for v in value)}]"
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{k}:{_spelled(v)}" for k, v in value.items()) + "}"
    return str(value)


def _named_again(verb: str, word: str) -> str:
    """Return `outcome=...` for `measure=...`, which is the name of a group too, and groups choose a yaml."""
    if not word.startswith("measure="):
        return word
    name = word.removeprefix("measure=")
    if verb == "optimise":
        raise InvalidInput("measure", name, f"maximise={name} or minimise={name} instead")
    return f"outcome={name}"


def expanded(verb: str, words: Sequence[str], extension: Path | None) -> tuple[list[str], dict[str, Any]]:
    """Return what to compose first, and what a verb that takes ranges needs besides: `swept`, and `overrides`.

    A group that is swept stands with its first option in what is composed first.
    """
    from experiments.axes import axis_of, chosen_groups, split

    given = [w for w in words if "=" in w and not w.startswith("-")]
    flags = [w for w in words if w not in given]
    given = [_named_again(verb, w) for w in given]
    name = next((w.partition("=")[2] for w in given if w.startswith("study=")), "null")
    if name not in ("null", ""):
        typed = {w.partition("=")[0].lstrip("+") for w in given}
        from_file = [_named_again(verb, w) for w in words_of(read(name, extension))]
        given = [*(w for w in from_file if w.partition("=")[0].lstrip("+") not in typed), *given]
    fixed, swept = split(given)
    among = [axis_of(w, {}) for w in swept if w.partition("=")[0].lstrip("+") in chosen_groups()]
    first = [f"{a.key}={(a.values or ('',))[0]}" for a in among]
    return [*flags, *fixed, *first], {"swept": swept, "overrides": [w for w in fixed if not w.startswith("hydra.")]}
