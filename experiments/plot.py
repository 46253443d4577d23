"""`crosspurpose plot FOLDER x=KEY [y=..] [colour=..] [facet=KEY] [against=..] [out=FILE]`: a picture of a sweep.

    y a measure      a response curve: the measure against x, with computing error and luck; colour, facet: parameters
    y a parameter    a map of two parameters: colour is a measure; of a paired sweep, its difference to the first value

`against=VALUE` (of x) or `against=KEY=VALUE` maps the difference to the point at that value with all else equal.
Parameters may be shortened to their last words (x=strength). PDF, SVG, PNG and the table behind go to FOLDER/plots/.

What a mean over n points is known to, with luck that they may share:

    half-width of the mean ≤ h = mean of the half-widths
    √(h² + (t(n−1)·s/√n)²)                            where the n points are a sample of what other parameters may be
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import sim
from experiments.console import console
from experiments.pointwise import NOT_MEASURED, half_width
from experiments.rebuilt import points_of, space_again
from experiments.space import Space
from experiments.status import Kept, kept
from experiments.store import as_cell, write_csv
from experiments.theory.curves import predicted
from experiments.typed import Parser, asked_of
from experiments.words import words_of
from sim.arrays import Floats
from sim.errors import InvalidInput, nearest
from sim.loading import options
from sim.opening import from_cell

WORDS = ("x", "y", "colour", "facet", "against", "out")
FORMATS = (".pdf", ".svg", ".png")
APART = 8  # values of a parameter that are told apart by colour or facet; more are cut into RANGES
RANGES = 3
EACH = 8  # points of a bin, at least about
BINS = (2, 10)  # of a response curve
FINE = 61  # places across at which theory is asked
SPREAD = ("error_low", "error_high", "luck_low", "luck_high")


@dataclass(frozen=True, kw_only=True)
class Swept:
    """A sweep that stands in a folder.

    Parameters
    ----------
    found : Kept
    points : list of dict
        Parameter → value, in order.
    summary : DataFrame
        point, measure, value, error_low, ….
    """

    found: Kept
    points: list[dict[str, Any]]
    summary: pd.DataFrame

    @property
    def axes(self) -> list[str]:
        """What was swept."""
        return list(self.found.config["axes"])

    @property
    def pair(self) -> str | None:
        """The axis whose values are compared."""
        pair: str | None = self.found.config["design"]["pair"]
        return pair

    @property
    def measures(self) -> list[str]:
        """What was measured."""
        return sorted(map(str, self.summary["measure"].unique()))

    @cached_property
    def table(self) -> pd.DataFrame:
        """The points, a row each: `point` and a column per parameter."""
        return pd.DataFrame({k: [p[k] for p in self.points] for k in self.axes}).rename_axis("point").reset_index()

    @cached_property
    def space(self) -> Space:
        """What makes scenarios of points."""
        return space_again(self.found)

    def log(self, key: str) -> bool:
        """Whether an axis is even in logarithms."""
        return "tag(log" in self.found.config["axes"][key]

    def numbers(self, key: str) -> bool:
        """Whether all values of an axis are numbers."""
        return all(isinstance(p[key], int | float) and not isinstance(p[key], bool) for p in self.points)

    def whole(self, key: str) -> bool:
        """Whether they are all whole numbers."""
        return all(isinstance(p[key], int) for p in self.points)

    def values(self, measure: str) -> pd.DataFrame:
        """Return the points with the mean of a measure at each, its computing error and its luck."""
        own = self.summary[self.summary["measure"] == measure]
        return self.table.merge(own[["point", "value", *SPREAD]], on="point")

    def differences(self, key: str, reference: object, measure: str) -> pd.DataFrame:
        """Return the same of the difference to the point at a value of one axis, with all else equal, run by run.

        Points that have no such point to compare with are left out.
        """
        kind = [self._rest(p, key) for p in self.points]
        of = {k: i for i, (k, p) in enumerate(zip(kind, self.points, strict=True)) if p[key] == reference}
        if not of:
            there = list(dict.fromkeys(as_cell(p[key]) for p in self.points))
            raise InvalidInput("against", as_cell(reference), f"one of {', '.join(there)}, a value of {key}")
        other = pd.Series([of.get(k, -1) for k in kind], name="reference")
        runs = sim.open(self.found.path).runs
        if measure in NOT_MEASURED or measure not in runs.columns:
            single = [c for c in runs.columns if c not in NOT_MEASURED]
            raise InvalidInput("colour", measure, "a measure that single runs have", nearest(measure, single))
        rows = runs.to_pandas(columns=["point", "run", measure]).drop_duplicates(["point", "run"])
        wide = rows.pivot(index="point", columns="run", values=measure).reindex(range(len(self.points)))
        value = wide.to_numpy(float)
        d = value - value[other.to_numpy()]
        count = np.isfinite(d).sum(axis=1)
        known = (count > 0) & (other >= 0).to_numpy()
        d, value, beside, count = d[known], value[known], value[other[known]], count[known].astype(float)
        sd = _sd(d) if self.found.config["crn"] else np.sqrt(_sd(value) ** 2 + _sd(beside) ** 2)
        middle, half = np.nanmean(d, axis=1), half_width(sd, count)
        low, high = np.nanquantile(d, (0.1, 0.9), axis=1)
        spread = {"value": middle, "error_low": middle - half, "error_high": middle + half}
        return self.table[known].assign(reference=other[known], **spread, luck_low=low, luck_high=high)

    def _rest(self, point: dict[str, Any], key: str) -> tuple[str, ...]:
        return tuple(as_cell(point[k]) for k in self.axes if k != key)


def _sd(x: Floats) -> Floats:
    """Standard deviation over runs, 0 where there is one: (points, runs) to (points,)."""
    n = np.isfinite(x).sum(axis=1)
    return np.asarray(np.sqrt(np.nansum((x - np.nanmean(x, axis=1)[:, None]) ** 2, axis=1) / np.maximum(n - 1, 1)))


def swept(folder: str | Path) -> Swept:
    """Look at a sweep that is finished; refuse a folder that holds none."""
    found = kept(folder)
    if not (found.swept and found.manifest["verb"] == "sweep" and (found.path / "summary.parquet").exists()):
        allowed = "a folder with a finished sweep; crosspurpose status FOLDER says what it is and how it goes on"
        raise InvalidInput("folder", str(folder), allowed)
    summary = pd.read_parquet(found.path / "summary.parquet")
    return Swept(found=found, points=points_of(found), summary=summary)


def key_of(word: str, text: str, known: Sequence[str], also: Sequence[str] = ()) -> str:
    """Return the name that a text stands for: one of `known`, whole or its last words, or of `also`.

    Examples
    --------
    >>> key_of("x", "strength", ["scheme.strength", "scheme.audit.probability"])
    'scheme.strength'
    """
    if text in (*known, *also):
        return text
    fit = [k for k in known if k.endswith(f".{text}")]
    if len(fit) == 1:
        return fit[0]
    if fit:
        raise InvalidInput(word, text, f"one of {', '.join(fit)}: more than one ends so")
    close = nearest(text, [*known, *also]) or {k.rpartition(".")[2]: k for k in known}.get(
        nearest(text, [k.rpartition(".")[2] for k in known]) or ""
    )
    more = " or a measure" if also else ""
    raise InvalidInput(word, text, f"one of the parameters {', '.join(known)}{more}", close)


def named(measure: str) -> tuple[str, str]:
    """Return what people call a measure, and its unit."""
    if measure not in options("measure") and not measure.startswith(("met_", "blocked_by_")):
        return measure, ""
    found = words_of(measure)
    return str(found["label"]["plain"]), str(found["unit"])


def spelled(value: object) -> str:
    """Return a value of a parameter as it is read."""
    return f"{value:.4g}" if isinstance(value, float) else as_cell(value)


@dataclass(frozen=True, kw_only=True)
class Picture:
    """What is to be drawn.

    Parameters
    ----------
    stem : str
        What its files are called.
    table : DataFrame
        What stands behind it.
    figure : matplotlib.figure.Figure
    """

    stem: str
    table: pd.DataFrame
    figure: Any


def main(words: Sequence[str]) -> int:
    """Draw what is asked for, and say where it stands."""
    parser = Parser(prog="crosspurpose plot", description=__doc__, allow_abbrev=False)
    parser.add_argument("folder", help="a folder with a finished sweep")
    parser.add_argument("word", nargs="*", help=f"KEY=VALUE with {', '.join(WORDS)}")
    given = parser.parse_args(list(words))
    asked = asked_of(given.word, WORDS)
    picture = picture_of(swept(given.folder), asked)
    default = Path(given.folder).expanduser() / "plots" / picture.stem
    screen = console()
    for path in written(picture, Path(asked["out"]).expanduser() if "out" in asked else default):
        screen.print(str(path), soft_wrap=True)
    return 0


def written(picture: Picture, place: Path) -> list[Path]:
    """Write a picture and its table beside each other, and return their paths."""
    from experiments.plots.sweep import save

    stem = place.with_suffix("") if place.suffix in (*FORMATS, ".csv") else place
    paths = [stem.with_name(stem.name + end) for end in (*FORMATS, ".csv")]
    for path in paths[:-1]:
        save(picture.figure, path)
    write_csv(picture.table, paths[-1])
    return paths


def picture_of(of: Swept, asked: dict[str, str]) -> Picture:
    """Return the picture that some words ask for."""
    if "x" not in asked:
        raise InvalidInput("x", "(missing)", f"one of the parameters {', '.join(of.axes)}")
    x = key_of("x", asked["x"], of.axes)
    outcome = str(of.found.config["outcome"])
    y = key_of("y", asked.get("y", outcome), of.axes, of.measures)
    facet = key_of("facet", asked["facet"], of.axes) if "facet" in asked else None
    if y in of.axes:
        measure = asked.get("colour", outcome)
        if measure not in of.measures:
            raise InvalidInput(
                "colour", measure, "a measure, where x and y are parameters", nearest(measure, of.measures)
            )
        return _map(of, x, y, measure, facet, asked.get("against"))
    if "against" in asked:
        raise InvalidInput("against", asked["against"], "given where x and y are parameters")
    colour = of.pair if of.pair not in (x, facet) else None
    if "colour" in asked:
        colour = key_of("colour", asked["colour"], of.axes)
    _distinct(x=x, colour=colour, facet=facet)
    return _response(of, x, y, colour, facet)


def _distinct(**keys: str | None) -> None:
    """Refuse a parameter that is asked for twice."""
    seen: set[str] = set()
    for word, key in keys.items():
        if key in seen:
            raise InvalidInput(word, key, "another parameter than the others")
        seen |= {key} if key is not None else set()


def _shortened(key: str, known: Sequence[str]) -> str:
    """Return the last word of a parameter where no other ends so, else the whole."""
    last = key.rpartition(".")[2]
    return last if sum(k.rpartition(".")[2] == last for k in known) == 1 else key


def told_apart(of: Swept, rows: pd.DataFrame, key: str | None) -> tuple[pd.Series, list[str], bool]:
    """Return a label per row by the values of a parameter, the labels in order, and whether some share one."""
    if key is None:
        return pd.Series("", index=rows.index), [""], False
    values, short = list({as_cell(v): v for v in rows[key]}.values()), _shortened(key, of.axes)
    if of.numbers(key):
        values = sorted(values)
    if len(values) <= APART:
        labels = rows[key].map(lambda v: f"{short} = {spelled(v)}")
        return labels, [f"{short} = {spelled(v)}" for v in values], False
    if not of.numbers(key):
        raise InvalidInput(
            "colour", key, f"a parameter with at most {APART} values, or of numbers; it has {len(values)}"
        )
    third = pd.qcut(rows[key].astype(float), RANGES, labels=False, duplicates="drop")
    words = {
        i: f"{short} {spelled(float(own.min()))} to {spelled(float(own.max()))}"
        for i, own in rows[key].astype(float).groupby(third)
    }
    return third.map(words), [words[i] for i in sorted(words)], True


def _varying(of: Swept, *apart: str | None) -> list[str]:
    """Return the axes that vary besides some."""
    return [k for k in of.axes if k not in apart and of.table[k].map(as_cell).nunique() > 1]


def merged(rows: pd.DataFrame, by: Sequence[str], sampled: bool) -> pd.DataFrame:
    """Return a row per group of points: their mean, what it is known to, and their luck.

    Parameters
    ----------
    sampled : bool
        Whether a group is a sample of what it stands for: then which points were drawn is part of the error.
    """
    half = (rows["error_high"] - rows["error_low"]) / 2
    groups = rows.assign(half=half).groupby(list(by), sort=False)
    found = groups[["value", "half", "luck_low", "luck_high"]].mean()
    count = groups.size()
    if sampled:
        drawn = half_width(np.asarray(groups["value"].std(), dtype=float), np.asarray(count, dtype=float))
        found["half"] = np.hypot(found["half"], drawn)
    low, high = found["value"] - found["half"], found["value"] + found["half"]
    return found.assign(error_low=low, error_high=high, points=count).drop(columns="half").reset_index()


def _binned(x: pd.Series, bins: int) -> pd.Series:
    """Return the number of the bin of each value, bins of equal count."""
    return (x.rank(method="first") - 1) * bins // len(x)


def _response(of: Swept, x: str, measure: str, colour: str | None, facet: str | None) -> Picture:
    """Return a response curve."""
    from experiments.plots.sweep import response

    rows = of.values(measure)
    if rows.empty:
        raise InvalidInput("y", measure, "a measure that some point has")
    rows["colour"], colours, cut_colour = told_apart(of, rows, colour)
    rows["facet"], facets, cut_facet = told_apart(of, rows, facet)
    others = _varying(of, x, colour if not cut_colour else None, facet if not cut_facet else None)
    number, by = of.numbers(x), ["facet", "colour"]
    names = list(dict.fromkeys(rows[x].map(spelled)))
    rows["x"] = rows[x].astype(float) if number else rows[x].map(spelled).map(names.index).astype(float)
    sampled = number and bool(others) and len(rows) < 2 * len(rows.groupby([*by, "x"]))
    if sampled:
        parts = [own for _, own in rows.groupby(by, sort=False)]
        bins = [min(max(len(own) // EACH, BINS[0]), BINS[1], len(own)) for own in parts]
        joint = pd.concat([own.assign(bin=_binned(own["x"], n)) for own, n in zip(parts, bins, strict=True)])
        middles = joint.groupby([*by, "bin"])["x"].mean().rename("x").reset_index()
        table = merged(joint, [*by, "bin"], sampled=True).merge(middles, on=[*by, "bin"]).drop(columns="bin")
    else:
        table = merged(rows, [*by, "x"], sampled=False)
    table = table.sort_values([*by, "x"], ignore_index=True)
    theory = pd.DataFrame() if others or not number else _curves(of, rows, x, measure)
    if len(theory):
        at = theory.set_index([*by, "x"])["theory"]
        table["theory"] = [at.get((f, c, v)) for f, c, v in zip(*(table[k] for k in (*by, "x")), strict=True)]
    figure = response(
        rows=rows if sampled else None,
        table=table,
        theory=theory,
        colours=colours,
        facets=facets,
        names=None if number else names,
        log=number and of.log(x),
        labels=(x, *named(measure)),
        caption=_said_of_curve(of, others, sampled, table, len(theory) > 0),
    )
    out = table.rename(columns={"x": x, "colour": colour or "colour", "facet": facet or "facet", "value": measure})
    blank = [k for k, v in (("colour", colour), ("facet", facet)) if v is None]
    if not number:
        out[x] = out[x].map(lambda i: names[int(i)])
    return Picture(stem="_by_".join([measure, x]), table=out.drop(columns=blank), figure=figure)


def _curves(of: Swept, rows: pd.DataFrame, x: str, measure: str) -> pd.DataFrame:
    """Return what theory says along each curve: facet, colour, x, theory; no row where it says nothing."""
    found = []
    for (facet, colour), own in rows.groupby(["facet", "colour"], sort=False):
        point, at = of.points[int(own["point"].iloc[0])], {float(v): v for v in own[x]}
        if not of.whole(x):
            at |= {v: v for v in _between(own["x"], 4 * FINE, of.log(x)).tolist()}
        for v in sorted(at):
            value = predicted(of.space.config({**point, x: at[v]}), measure)
            found.append({"facet": facet, "colour": colour, "x": v, "theory": value})
            if value is None and len(found) == 1:
                return pd.DataFrame()
    return pd.DataFrame(found)


def _said_of_curve(of: Swept, others: Sequence[str], sampled: bool, table: pd.DataFrame, theory: bool) -> str:
    """Say what the curves and bands are."""
    config = of.found.config
    if sampled:
        bins, each = int(table.groupby(["facet", "colour"]).size().max()), int(table["points"].median())
        text = (
            f"Other parameters vary too ({', '.join(others)}). Small dots: single points with their error. Line: means "
            f"of points in {bins} bins of equal count, about {each} points each; narrow band: computing error of these "
            "means (95 %: of runs, at most, and of which points were drawn); wide pale band: luck (middle 80 % of "
            "single runs at a point, on average)."
        )
    else:
        text = (
            "Line: mean of runs; narrow band and bars: its computing error (95 %); wide pale band: luck (middle 80 % "
            "of single runs)."
        )
        if others:
            text += f" Means over all values of {', '.join(others)}, whose error is at most this."
    return f"{text}{' Dashed: theory, for effort at rest.' if theory else ''} {_runs(config)}"


def _runs(config: dict[str, Any]) -> str:
    alike = "the same luck at every point" if config["crn"] else "luck of its own at each point"
    more = "at least " if config["precision"] is not None else ""
    return f"{more.capitalize()}{config['runs']} runs of each point, {alike}, seed {config['seed']}."


def _reference(of: Swept, x: str, y: str, text: str | None) -> tuple[str, Any] | None:
    """Return what a map is compared with: a parameter and its value; None: nothing."""
    if text is None:
        if of.pair is None or of.pair in (x, y):
            return None
        return of.pair, of.points[0][of.pair]
    key, equals, value = text.rpartition("=")
    key = key_of("against", key, of.axes) if equals else (of.pair if of.pair not in (None, x, y) else None) or x
    read = from_cell(value)
    return key, next((p[key] for p in of.points if p[key] == read), read)


def _map(of: Swept, x: str, y: str, measure: str, facet: str | None, against: str | None) -> Picture:
    """Return a map of two parameters."""
    from experiments.plots.sweep import mapped

    for word, key in (("x", x), ("y", y)):
        if not of.numbers(key):
            raise InvalidInput(word, key, "a parameter of numbers in a map; facet=KEY takes others")
    reference = _reference(of, x, y, against)
    if facet is None and reference is not None and reference[0] not in (x, y):
        facet = reference[0]
    _distinct(x=x, y=y, facet=facet)
    rows = of.values(measure) if reference is None else of.differences(*reference, measure)
    if reference is not None and reference[0] not in (x, y):
        rows = rows[rows[reference[0]] != reference[1]].reset_index(drop=True)
    if rows.empty:
        raise InvalidInput("colour", measure, "a measure that some point has")
    rows["facet"], facets, cut = told_apart(of, rows, facet)
    rows["x"], rows["y"] = rows[x].astype(float), rows[y].astype(float)
    others = _varying(of, x, y, *((facet,) if not cut else ()), *((reference[0],) if reference else ()))
    grid = rows["x"].nunique() * rows["y"].nunique() <= 2 * len(rows[["x", "y"]].drop_duplicates())
    kind = "grid" if grid else "bins" if others else "sampled"
    edges: tuple[Floats, Floats] | None = None
    if kind == "bins":
        bins = int(min(max(np.sqrt(len(rows) / len(facets) / EACH), BINS[0]), BINS[1]))
        edges = _edges(rows["x"], bins), _edges(rows["y"], bins)
        for k, e in zip(("x", "y"), edges, strict=True):
            rows[k] = ((e[1:] + e[:-1]) / 2)[np.clip(np.searchsorted(e, rows[k], side="right") - 1, 0, bins - 1)]
    table = merged(rows, ["facet", "x", "y"], sampled=kind == "bins")
    if reference is not None:
        table["itself"] = [
            {x: v, y: w}.get(reference[0]) == reference[1] for v, w in zip(table["x"], table["y"], strict=True)
        ]
    theory: dict[str, tuple[Floats, Floats, Floats]] = {}
    if reference is not None and not others:
        theory = _plains(of, rows, x, y, measure, reference)
        rest = {f: of.points[int(own["point"].iloc[0])] for f, own in rows.groupby("facet")}
        there = zip(table["facet"], table["x"], table["y"], strict=True)
        if theory:
            table["theory"] = [_gap(of, {**rest[f], x: v, y: w}, measure, reference) for f, v, w in there]
    figure = mapped(
        table=table,
        theory=theory,
        kind=kind,
        edges=edges,
        facets=facets,
        log=(of.log(x), of.log(y)),
        labels=(x, y, *named(measure)),
        against=None if reference is None else f"{reference[0]} = {spelled(reference[1])}",
        caption=_said_of_map(of, measure, reference, kind, others, bool(theory)),
    )
    value = measure if reference is None else "difference"
    out = table.rename(columns={"x": x, "y": y, "value": value, "facet": facet or "facet"})
    out = out.drop(columns=[k for k in ("itself", *(() if facet else ("facet",))) if k in out])
    return Picture(stem=f"{measure}_by_{x}_and_{y}", table=out, figure=figure)


def _between(x: pd.Series, count: int, log: bool) -> Floats:
    """Return so many places from the lowest to the highest: (count,)."""
    return np.asarray((np.geomspace if log else np.linspace)(x.min(), x.max(), count))


def _edges(x: pd.Series, bins: int) -> Floats:
    """Return the edges of bins of equal count: (bins + 1,)."""
    return np.asarray(np.quantile(x.to_numpy(float), np.linspace(0, 1, bins + 1)))


def _gap(of: Swept, point: dict[str, Any], measure: str, reference: tuple[str, Any]) -> float:
    """Return what theory says of the difference between a point and the one it is compared with; NaN for nothing."""
    if point[reference[0]] == reference[1]:
        return np.nan
    one, other = (predicted(of.space.config(p), measure) for p in (point, {**point, reference[0]: reference[1]}))
    return np.nan if one is None or other is None else one - other


def _plains(
    of: Swept, rows: pd.DataFrame, x: str, y: str, measure: str, reference: tuple[str, Any]
) -> dict[str, tuple[Floats, Floats, Floats]]:
    """Return what theory says of the difference, by facet: x (FINE,), y (FINE,) and the difference (y, x)."""
    xs, ys = (_between(rows[k], FINE, of.log(key)) for k, key in (("x", x), ("y", y)))
    found = {}
    for facet, own in rows.groupby("facet", sort=False):
        point = of.points[int(own["point"].iloc[0])]
        if np.isnan(_gap(of, {**point, x: float(xs[-1]), y: float(ys[-1])}, measure, reference)):
            continue
        gap = [[_gap(of, {**point, x: float(v), y: float(w)}, measure, reference) for v in xs] for w in ys]
        found[str(facet)] = (xs, ys, np.array(gap))
    return found


def _said_of_map(
    of: Swept, measure: str, reference: tuple[str, Any] | None, kind: str, others: Sequence[str], theory: bool
) -> str:
    """Say what a map shows."""
    if reference is None:
        text = f"Mean {measure} of runs; its computing error and luck stand in the table beside."
    else:
        key, value = reference
        how = "paired run by run" if of.found.config["crn"] else "not paired"
        text = (
            f"{measure.capitalize()} minus that at {key} = {spelled(value)}, all else equal. Solid line: where the "
            f"difference changes sign; hatched: its 95 % interval (computing error, {how}) includes 0."
            f"{' Dashed: the same line by theory, for effort at rest.' if theory else ''} Luck: in the table beside."
        )
    if kind == "bins":
        text += f" Other parameters vary too ({', '.join(others)}): means of points in bins of about equal count."
    elif others:
        text += f" Means over all values of {', '.join(others)}, whose error is at most this."
    elif kind == "sampled":
        text += " Dots: the points, between which the map is interpolated."
    return f"{text} {_runs(of.found.config)}"
