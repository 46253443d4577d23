"""A study of many points in one folder: how they are run, what the study is, and what its folder says of it.

`sensitivity` and `optimise` share it; the points are those of a `Survey`.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from rich.console import Console

from experiments import chunks, pointwise
from experiments.chunks import Held, Recipe
from experiments.outcome import check_settings
from experiments.space import Space
from experiments.store import Folder, model_version, source, versions, write_csv, write_parquet
from experiments.survey import Survey
from experiments.sweep import wide
from sim import catalogue
from sim.errors import InvalidInput


def recipe_of(config: Mapping[str, Any]) -> Recipe:
    """Read how every point is run, and refuse settings that are not what they should be."""
    check_settings({**config, "members": False})
    for key in ("crn", "aligned", "shadow", "retry", "yes", "second_order"):
        if not isinstance(config.get(key, False), bool):
            raise InvalidInput(key, config[key], "true or false")
    measures = config["measures"]
    if measures is not None and not are_names(measures):
        raise InvalidInput("measures", measures, "a list of names of measures, or null")
    return Recipe(
        seed=config["seed"],
        window=str(config["window"]),
        measures=None if measures is None else tuple(measures),
        aligned=config["aligned"],
        shadow=config["shadow"],
        apart=0 if config.get("crn", True) else config["runs"],
    )


def what_runs(space: Space, config: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a study its numbers depend on, whatever its points are."""
    return {
        "model": model_version(),
        "axes": {a.key: a.words for a in space.axes},
        **{k: config[k] for k in ("runs", "seed", "measures", "aligned", "shadow")},
        "window": str(config["window"]),
        "bases": [{"choice": dict(k), "config": dict(v)} for k, v in space.bases.items()],
        **({"code": catalogue.code()} if catalogue.extensions() else {}),
    }


def about(space: Space, config: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the manifest of a study of many points says of it."""
    return {
        "verb": space.verb,
        "seed": config["seed"],
        "runs": config["runs"],
        "axes": {a.key: a.words for a in space.axes},
        "words": list(space.words),
        "switched_on": list(space.on),
        "versions": {**versions(), "source": source()},
        "refused": {},
    }


def named(space: Space, choice: Mapping[str, str]) -> str:
    """Return a name for the folder: what the points have in common."""
    swept = {a.key for a in space.axes}
    for group in ("limit", "scheme", "scenario"):
        if choice.get(group) not in (None, "null", "none") and group not in swept:
            return choice[group]
    return "points"


def sound(survey: Survey, screen: Console) -> Held:
    """Look at what is there; name what is damaged, and take it away so that it is computed again."""
    held = chunks.held(survey.path)
    for damaged in held.damaged:
        screen.print(f"note: {damaged} is damaged; it is computed again", soft_wrap=True)
        damaged.unlink(missing_ok=True)
    return held


def spent(started: float, seconds: Mapping[str, float]) -> dict[str, float]:
    """Return what the manifest says of time."""
    return {"duration": round(time.time() - started, 1), **{f"seconds_{k}": round(v, 2) for k, v in seconds.items()}}


def finish(survey: Survey, folder: Folder, held: Held, manifest: Mapping[str, Any]) -> None:
    """Write what the runs say of each point, and call the study finished."""
    survey.write_points()
    summary = pointwise.summary(survey.frames(held))
    write_parquet(summary, folder.path / "summary.parquet")
    write_csv(wide(survey.points, summary), folder.path / "summary.csv")
    folder.write_manifest({**manifest, "status": "finished", "failed": held.failed(), "computed": held.runs()})


def are_names(given: object) -> bool:
    """Whether something is a list of different names, at least one."""
    return (
        isinstance(given, list)
        and len(given) > 0
        and all(isinstance(m, str) for m in given)
        and len({*given}) == len(given)
    )
