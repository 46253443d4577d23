"""`crosspurpose discover FOLDER [measure=..] [value=..] [against=..]`: where one value loses to another, as boxes.

A point of a paired sweep is lost by a value where the paired difference of the measure to the other value is to its
disadvantage. A decision tree says where that is, in the parameters that vary besides:

    depth and size of leaves    chosen by cross-validation, within each of FOLDS folds of the points
    held out                    share of points told right by trees that have not seen them
    found                       if they beat the guess of what is more common, by a sign test on the points in which
                                the two differ (p < SURE); else no box is named
    a box                       a largest part of the tree on all points in which every leaf says "loses"

References
----------
Breiman, Friedman, Olshen & Stone (1984), Classification and Regression Trees. Boxes as scenarios: Lempert, Bryant &
Bankes (2008), Comparing Algorithms for Scenario Discovery, RAND WR-557.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.boxes import Box, Found, discovered
from experiments.console import console
from experiments.plot import Picture, Swept, named, spelled, swept, written
from experiments.store import as_cell, write_csv
from experiments.typed import Parser, asked_of
from experiments.words import words_of
from sim.errors import InvalidInput, nearest, unknown
from sim.loading import options

WORDS = ("measure", "value", "against", "out")
FEWEST = 20  # points to look at, at least


def features_of(of: Swept, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the parameters that vary besides the paired one as numbers, a column for each value of a choice."""
    found: dict[str, Any] = {}
    for key in of.axes:
        values = list({as_cell(v): v for v in rows[key]})
        if key == of.pair or len(values) < 2:
            continue
        if of.numbers(key):
            found[key] = rows[key].astype(float)
        else:
            cells = rows[key].map(as_cell)
            found |= {f"{key} is {v}": (cells == v).astype(float) for v in values}
    if not found:
        raise InvalidInput("folder", str(of.found.path), "a paired sweep in which other parameters vary too")
    return pd.DataFrame(found, index=rows.index)


def main(words: Sequence[str]) -> int:
    """Say where a value loses, and write boxes.csv and a picture."""
    parser = Parser(prog="crosspurpose discover", description=__doc__, allow_abbrev=False)
    parser.add_argument("folder", help="a folder with a finished sweep with pair=KEY")
    parser.add_argument("word", nargs="*", help=f"KEY=VALUE with {', '.join(WORDS)}")
    given = parser.parse_args(list(words))
    of, asked = swept(given.folder), asked_of(given.word, WORDS)
    measure = asked.get("measure", str(of.found.config["outcome"]))
    if measure not in of.measures:
        raise InvalidInput("measure", measure, "a measure of the sweep", nearest(measure, of.measures))
    pair, value, against = _compared(of, asked)
    rows = of.differences(pair, against, measure)
    rows = rows[rows[pair].map(as_cell) == as_cell(value)].reset_index(drop=True)
    if len(rows) < FEWEST:
        raise InvalidInput("folder", given.folder, f"a sweep with at least {FEWEST} points that can be compared")
    good = words_of(measure)["label"]["good"] if measure in options("measure") else "neither"
    rows["loses"] = (rows["value"] > 0) if good == "lower" else (rows["value"] < 0)
    features = features_of(of, rows)
    found = discovered(features, rows["loses"].to_numpy(bool), int(of.found.config["seed"]))
    screen, who = console(), f"{as_cell(value)} {_verb(good)} {as_cell(against)}"
    lines = told(found, rows, who, named(measure)[0])
    for line in lines:
        screen.print(line, soft_wrap=True, markup=False)
    place = Path(asked["out"]).expanduser() if "out" in asked else of.found.path / "plots" / "discover"
    table = table_of(found, rows)
    write_csv(table, of.found.path / "boxes.csv")
    screen.print(str(of.found.path / "boxes.csv"), soft_wrap=True)
    for path in written(_picture(of, found, rows, features, who, lines), place):
        screen.print(str(path), soft_wrap=True)
    return 0


def _verb(good: str) -> str:
    return "is lower than" if good == "neither" else "loses to"


def _compared(of: Swept, asked: Mapping[str, str]) -> tuple[str, Any, Any]:
    """Return the paired axis, and the two values of it that are compared."""
    if of.pair is None:
        raise InvalidInput("folder", str(of.found.path), "a sweep with pair=KEY, such as pair=scheme")
    values = {as_cell(v): v for v in (p[of.pair] for p in of.points)}
    for word in ("value", "against"):
        if word in asked and asked[word] not in values:
            raise unknown(word, asked[word], values)
    against = asked.get("against", next(iter(values)))
    others = [v for v in values if v != against]
    value = asked.get("value", others[0] if len(others) == 1 else "")
    if value in ("", against):
        raise InvalidInput("value", value or "(missing)", f"one of {', '.join(values)}, and against= another of them")
    return of.pair, values[value], values[against]


def told(found: Found, rows: pd.DataFrame, who: str, measure: str) -> list[str]:
    """Say what was found, a line for each box."""
    n, loses = len(rows), rows["loses"].to_numpy(bool)
    unclear = int(((rows["error_low"] <= 0) & (rows["error_high"] >= 0)).sum())
    held = f"held-out points told right: {found.right:.0%}, by guessing {found.guessed:.0%}"
    overall = f"{who} in {loses.mean():.0%} of {n} points ({measure}; the sign is unclear in {unclear})"
    if not found.boxes:
        return [f"{overall}; no box found: {held}"]
    elsewhere = ~np.any([b.inside for b in found.boxes], axis=0)
    lines = []
    for box in found.boxes:
        own = rows[box.inside]
        rest = f"elsewhere in {loses[elsewhere].mean():.0%}" if elsewhere.any() else "there is no elsewhere"
        lines.append(
            f"{who} where {box.words()}: in {own['loses'].mean():.0%} of such points ({len(own)} of {n}), "
            f"on average by {abs(own['value'].mean()):.2g}; {rest}"
        )
    return [*lines, f"{overall}; {held}"]


def table_of(found: Found, rows: pd.DataFrame) -> pd.DataFrame:
    """Return a row per box and parameter: its range, and what is in the box."""
    columns = ["box", "parameter", "low", "high", "points", "of", "share_lost", "difference", "right", "guessed"]
    table = []
    for i, box in enumerate(found.boxes, start=1):
        own = rows[box.inside]
        said = (len(own), len(rows), own["loses"].mean(), own["value"].mean(), found.right, found.guessed)
        table += [(i, key, low, high, *said) for key, (low, high) in box.ranges.items()]
    return pd.DataFrame(table, columns=columns)


def _picture(
    of: Swept, found: Found, rows: pd.DataFrame, features: pd.DataFrame, who: str, lines: Sequence[str]
) -> Picture:
    """Return the picture of the points and boxes, over the two parameters that say most."""
    from experiments.plots.sweep import boxes

    order = sorted(features, key=lambda k: -found.weight.get(str(k), 0.0))
    keys = list(dict.fromkeys(str(k).partition(" is ")[0] for k in order))[:2]
    table, names = rows[["loses"]].assign(difference=rows["value"]), dict[str, list[str]]()
    for key in keys:
        if of.numbers(key):
            table[key] = rows[key].astype(float)
        else:
            names[key] = list(dict.fromkeys(rows[key].map(spelled)))
            table[key] = rows[key].map(spelled).map(names[key].index).astype(float)
    figure = boxes(
        table=table,
        found=[_drawn(b, names) for b in found.boxes],
        axes=(keys[0], keys[1] if len(keys) > 1 else None),
        names=names,
        title=f"Where {who}" if found.boxes else f"No box says where {who}",
        labels=(who, "it does not"),
        caption=". ".join([*lines[:3], f"{of.found.config['runs']} runs of each point, paired"]) + ".",
    )
    return Picture(stem="discover", table=table, figure=figure)


def _drawn(box: Box, names: Mapping[str, Sequence[str]]) -> dict[str, tuple[float, float]]:
    """Return the ranges of a box as they are drawn: around the places of the values of a choice that are in it."""
    drawn = {k: r for k, r in box.ranges.items() if " is " not in k}
    for key, values in names.items():
        said = {
            k.partition(" is ")[2]: low > -math.inf for k, (low, _) in box.ranges.items() if k.startswith(f"{key} is ")
        }
        among = [i for i, v in enumerate(values) if (said.get(v, not any(said.values())))]
        if said and among:
            drawn[key] = (min(among) - 0.4, max(among) + 0.4)
    return drawn
