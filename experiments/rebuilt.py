"""A sweep as its folder has it: its points, how they were run, and the space that they are of."""

from __future__ import annotations

from typing import Any

import pandas as pd

from experiments.axes import Axis
from experiments.chunks import Recipe
from experiments.space import Space
from experiments.status import Kept
from sim.loading import compose_with_followers
from sim.opening import from_cell


def points_of(found: Kept) -> list[dict[str, Any]]:
    """Return the points of a sweep, from its table."""
    frame = pd.read_csv(found.path / "points.csv", dtype=str, keep_default_na=False).drop(columns="point")
    return [{str(k): from_cell(v) for k, v in row.items()} for row in frame.to_dict("records")]


def recipe_of(found: Kept) -> Recipe:
    """Return how the points of a sweep were run."""
    c = found.config
    measures = None if c["measures"] is None else tuple(c["measures"])
    apart = 0 if c.get("crn", True) else found.cap
    how = {k: c[k] for k in ("seed", "window", "aligned", "shadow")}
    return Recipe(measures=measures, apart=apart, **how)


def space_again(found: Kept) -> Space:
    """Return the space of a sweep, from what its folder says of it."""
    points, manifest = points_of(found), found.manifest
    values = {k: tuple({repr(p[k]): p[k] for p in points}.values()) for k in found.config["axes"]}
    axes = tuple(Axis(key=k, words=w, values=values[k], new=True) for k, w in found.config["axes"].items())
    bases = {tuple((str(k), str(v)) for k, v in b["choice"].items()): b["config"] for b in found.config["bases"]}
    words = tuple(manifest["words"])
    follow = manifest.get("followers")
    if follow is None:  # not kept: as the yaml that is here has them
        composed = (compose_with_followers(manifest["verb"], [*words, *(f"{k}={v}" for k, v in c)]) for c in bases)
        follow = [f for _, f in composed]
    followers = dict(zip(bases, follow, strict=True))
    return Space(verb=manifest["verb"], words=words, axes=axes, bases=bases, followers=followers)
