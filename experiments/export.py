"""`crosspurpose export FOLDER [to=DIR]`: results as tables (csv), what each column means, and a paragraph on methods.

    runs.csv          a row per run (of a replication: per run and step), a column per measure
    points.csv        the parameters of each point
    summary.csv       means, computing error and luck; differences.csv and ranking.csv, where they were made
    codebook.csv      of every column: table, meaning, unit
    methods.md        how the numbers came about, for a paper

`to` is `export` in the folder if it is not given.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
from pyarrow import csv

import sim.opening
from experiments import chunks
from experiments.console import console
from experiments.parameters import known
from experiments.pointwise import spelled_precision
from experiments.replications import read
from experiments.stats import LEVEL, LUCK
from experiments.status import Kept, kept
from experiments.store import as_cell, check_folder, write_csv
from experiments.typed import Parser
from experiments.words import words_of
from sim.errors import InvalidInput
from sim.measures import pooled_measures

COLUMNS = {  # that are no measures: meaning, unit
    "scheme": ("The variant: a scheme, or another option that was compared.", "word"),
    "point": ("Number of the point; points.csv has its parameters.", "count"),
    "run": (
        "Number of the run, from 0; where luck is shared, runs of one number have the same people and luck.",
        "count",
    ),
    "error": ("Why the run failed; empty if it did not.", "word"),
    "measure": ("Which measure the row is about.", "word"),
    "value": ("Mean over runs, or the measure of all runs together.", "that of the measure"),
    "error_low": ("Lower end of the interval of computing error.", "that of the measure"),
    "error_high": ("Upper end of the interval of computing error.", "that of the measure"),
    "luck_low": (f"{LUCK[0]:.0%} quantile over single runs.", "that of the measure"),
    "luck_high": (f"{LUCK[1]:.0%} quantile over single runs.", "that of the measure"),
    "sd": ("Standard deviation over runs.", "that of the measure"),
    "runs": ("Runs in which the measure is defined.", "count"),
    "failed": ("Runs that failed.", "count"),
    "reference": ("What the row is compared with.", "word or number of a point"),
    "difference": ("Mean difference to the reference.", "that of the measure"),
    "unpaired_low": ("Lower end of the interval if luck were not shared.", "that of the measure"),
    "unpaired_high": ("Upper end of the interval if luck were not shared.", "that of the measure"),
    "share_higher": ("Share of runs that are higher than the reference.", "ratio"),
    "share_better": ("Share of runs that are better than the reference.", "ratio"),
    "verdict": ("What the difference comes to.", "word"),
    "share_best": ("Share of runs in which it is the best.", "ratio"),
    "probability_highest": ("Share of resamples of the runs in which its mean is the highest.", "ratio"),
    "below": ("What stands below it in the ranking.", "word"),
    "against_best": ("What the comparison with the best comes to.", "word"),
    "place": ("Place in the ranking, from 1.", "count"),
    "strength": ("Strength of the scheme; of a peak, where worth is highest.", "ratio"),
    "low": ("Lower end of the interval of where worth is highest.", "ratio"),
    "high": ("Upper end of the interval of where worth is highest.", "ratio"),
    "against": ("The strength that is best by every second run.", "ratio"),
    "loss": ("What today's strength loses against it, by the other runs.", "weeks of core work per person-week"),
    "loss_low": ("Lower end of the interval of the loss.", "weeks of core work per person-week"),
    "loss_high": ("Upper end of the interval of the loss.", "weeks of core work per person-week"),
    "hump": ("The shape of worth against strength, as a key.", "word"),
    "words": ("The shape of worth against strength, in words.", "word"),
    "drift": (
        "Mean worth of the second half of the window minus that of the first.",
        "weeks of core work per person-week",
    ),
}
REPLICATED = {  # columns of results of `replicate`
    "step": ("Number of the step, from 1.", "count"),
    "outcome": ("Which outcome the row is about.", "word"),
    "published": ("Mean over runs that was published.", "that of the outcome"),
    "published_sd": ("Standard deviation over the published runs; 0: the number is exact.", "that of the outcome"),
    "published_runs": ("How many runs were published.", "count"),
    "apart": ("Standard errors between our mean and the published one.", "ratio"),
}
FAMILIES = {  # of measures that are named after something
    "aligned_effort_": ("Effort on {} of the aligned team, mean over the run.", "weeks per person-week"),
    "effort_": ("Effort on {}, mean over the run.", "weeks per person-week"),
    "utility_": ("What the motive {} adds to utility, mean over the run.", "utility per person-week"),
}


def main(words: Sequence[str]) -> int:
    """Write the tables, what they mean, and how they came about."""
    parser = Parser(prog="crosspurpose export", description=__doc__.split("\n\n")[0], allow_abbrev=False)
    parser.add_argument("folder", help="a folder of results")
    parser.add_argument("--to", metavar="DIR", help="where the tables go; to=DIR")
    given = parser.parse_args([f"--{w}" if w.startswith("to=") else w for w in words])
    found = kept(given.folder, replications=True)
    to = found.path / "export" if given.to is None else Path(given.to).expanduser()
    if to.resolve() == found.path.resolve():
        raise InvalidInput("to", str(to), "another folder than that of the results")
    check_folder(to)
    there = next(folder for folder in to.absolute().parents if folder.exists())
    with tempfile.TemporaryDirectory(dir=there, prefix=".export.") as name:  # all of it or nothing
        beside = Path(name)
        columns = {"runs.csv": write_runs(found, beside / "runs.csv")}
        for table, frame in tables(found).items():
            write_csv(frame, beside / table)
            columns[table] = [str(c) for c in frame]
        write_csv(codebook(columns, found.replication), beside / "codebook.csv")
        (beside / "methods.md").write_text(methods(found), encoding="utf-8", newline="\n")
        to.mkdir(parents=True, exist_ok=True)
        for file in sorted(beside.iterdir()):
            shutil.move(file, to / file.name)
    screen = console()
    if found.manifest["status"] != "finished":
        screen.print("note: the study is not finished: these are the runs so far, without tables made from them")
    screen.print(f"{', '.join([*columns, 'codebook.csv', 'methods.md'])} written to {to}", soft_wrap=True)
    return 0


def write_runs(found: Kept, file: Path) -> list[str]:
    """Write all runs, some at a time; return the columns."""
    table = sim.opening.open(found.path).runs
    keys = ["scheme", "run"] if "variants" in found.config else ["point", "run"]
    columns = [*keys, *(c for c in table.columns if c not in keys)]
    words = {"point": pa.int64(), "run": pa.int64(), "step": pa.int64(), "scheme": pa.string(), "error": pa.string()}
    schema = pa.schema([(c, words.get(c, pa.float64())) for c in columns])
    with csv.CSVWriter(file, schema) as writer:
        for frame in _frames(found, table):
            writer.write_table(pa.Table.from_pandas(frame.reindex(columns=columns), schema, preserve_index=False))
    return columns


def _frames(found: Kept, table: sim.opening.Table) -> Iterator[pd.DataFrame]:
    if not found.swept:
        return table.batches(50_000)
    return chunks.by_point(chunks.held(found.path, whole=False), range(found.count), 50_000)


def tables(found: Kept) -> dict[str, pd.DataFrame]:
    """Return the tables that stand beside the runs, by the name of their file."""
    whole = {p.with_suffix(".csv").name: pd.read_parquet(p) for p in found.path.glob("*.parquet") if p.stem != "runs"}
    read: Any = {"dtype": str, "keep_default_na": False}
    rest = {p.name: pd.read_csv(p, **read) for p in found.path.glob("*.csv") if p.name not in whole}
    return dict(sorted({**whole, **rest}.items()))


def codebook(columns: dict[str, list[str]], replication: str | None = None) -> pd.DataFrame:
    """Return a row per column of each table: what it means, and its unit.

    Parameters
    ----------
    columns : dict of str to list of str
        Table → its columns.
    replication : str or None
        The replication whose results they are.
    """
    of: Any = meaning if replication is None else partial(meaning_in, replication)
    rows = [(table, column, *of(column, table)) for table, own in columns.items() for column in own]
    return pd.DataFrame(rows, columns=["table", "column", "meaning", "unit"])


def meaning(column: str, table: str = "runs.csv") -> tuple[str, str]:
    """Return what a column means, and its unit.

    Examples
    --------
    >>> meaning("debt")[1], meaning("effort_share")[0]
    ('weeks of work per member', 'Effort on share, mean over the run.')
    """
    if table == "points.csv" and column != "point":
        entry = known(column)
        return str(entry.get("meaning", f"The option of {column} that was chosen.")), str(entry.get("unit", "word"))
    if column in COLUMNS:
        return COLUMNS[column]
    try:
        said = words_of(column)
    except InvalidInput:
        return _of_family(column)
    return str(said["label"]["sentence"]), str(said.get("unit", ""))


def meaning_in(replication: str, column: str, table: str) -> tuple[str, str]:
    """Return what a column of a replication means, and its unit."""
    said = read(replication)
    if table == "points.csv" and column in said.parameters:
        return said.parameters[column].meaning, said.parameters[column].unit
    if table == "runs.csv" and column in said.outcomes:
        return said.outcomes[column].label, said.outcomes[column].unit
    text, unit = {**COLUMNS, **REPLICATED}.get(column, ("", ""))
    return text, unit.replace("measure", "outcome")


def _of_family(column: str) -> tuple[str, str]:
    for start, (text, unit) in FAMILIES.items():
        if column.startswith(start):
            return text.format(column.removeprefix(start)), unit
    ends = {"_error_low": "Lower end of the interval of", "_error_high": "Upper end of the interval of"}
    ends |= {"_luck_low": f"{LUCK[0]:.0%} quantile of", "_luck_high": f"{LUCK[1]:.0%} quantile of"}
    for end, text in ends.items():
        if column.endswith(end):
            return f"{text} {column.removesuffix(end)}.", "that of the measure"
    if column.endswith("_error"):
        return f"Half of the {LEVEL:.0%} interval of {column.removesuffix('_error')}.", "that of the measure"
    if column in pooled_measures():
        return str(pooled_measures()[column][0].__doc__).partition("\n")[0], ""
    entry = known(column)
    return str(entry.get("meaning", "")), str(entry.get("unit", ""))


def methods(found: Kept) -> str:
    """Return how the numbers came about, as a paragraph for a paper, and how to cite."""
    m, c = found.manifest, found.config
    v = m["versions"]
    libraries = ", ".join(f"{k} {x}" for k, x in v.items() if k not in ("crosspurpose", "source", "replication"))
    code = f" (source {v['source']})" if "source" in v else ""
    if found.replication is None:
        begun = "We simulated teams under evaluation schemes with the agent-based model Crosspurpose"
        what = _of_points(found) if found.swept else _of_variants(found)
    else:
        begun = f"We ran the published simulation {found.replication} again, as it is written anew in Crosspurpose"
        what = _of_replication(found)
    luck = f"Luck is described by the {LUCK[0]:.0%} and {LUCK[1]:.0%} quantiles over single runs."
    done = "" if m["status"] == "finished" else " The study is not finished: these are the runs so far."
    own = " Code of our own was added to the model." if c.get("code") else ""
    version = str(v["crosspurpose"])
    original = "" if found.replication is None else f" Cite the original too: {read(found.replication).source}."
    return (
        "# Methods\n\n"
        f"{begun}, version {version}{code}, with {libraries}.{own} {what} {luck} Intervals describe the computing "
        f"error of the simulation alone, not how sure the assumptions of the model are.{done}\n\n"
        f"Command:\n\n    {m['command']}\n\n"
        "# How to cite\n\n"
        f"The Crosspurpose authors. Crosspurpose, version {version} [computer software]. Cite the version, the seed "
        f"({c['seed']}) and the command; with the same version they give the same numbers.{original}\n"
    )


def _of_points(found: Kept) -> str:
    c = found.config
    held = chunks.held(found.path, whole=False)
    axes = "; ".join(f"{k} in {w}" for k, w in c["axes"].items())
    runs = f"{c['runs']:,} runs at each point"
    if c.get("precision") is not None:
        goal = spelled_precision(c["precision"], c["outcome"], c.get("precision_of", "mean"))
        runs += f", doubled up to {found.cap:,} until the interval was within {goal}"
        runs += " (such intervals are a little too narrow)"
    luck = "All points share their random numbers (common random numbers)"
    luck = (
        f"{luck}, so that differences between points are paired run by run"
        if c.get("crn", True)
        else "Points do not share random numbers"
    )
    pair = c.get("design", {}).get("pair")
    paired = f" Differences between values of {pair} are to its first value." if pair else ""
    interval = f"Means have {LEVEL:.0%} t-intervals over runs; measures of all runs together have jackknife intervals."
    return (
        f"We looked at {found.count:,} points ({found.design}; {axes}), with {runs}: {held.runs():,} runs in all, from "
        f"seed {c['seed']}. {luck}.{paired} Measures are taken over {_window(c['window'])}. {interval} Each interval "
        f"is by itself, without a correction for their number. The model refused {len(found.refused)} points and "
        f"{held.failed()} runs failed; both are left out of the means."
    )


def _of_replication(found: Kept) -> str:
    c, source = found.config, read(str(found.replication)).source
    held = ", ".join(f"{k} = {as_cell(v)}" for k, v in c["parameters"].items() if k not in c["axes"])
    swept = "; ".join(f"{k} in {w}" for k, w in c["axes"].items())
    where = f"at {len(c['points']):,} points ({swept}), otherwise" if swept else "at"
    luck = " All points share their random numbers (common random numbers)." if swept else ""
    return (
        f"The original is {source}. We ran it {where} {held}, with {c['runs']:,} runs"
        f"{' at each point' if swept else ''}, from seed {c['seed']}.{luck} Means have {LEVEL:.0%} t-intervals over "
        f"runs, each by itself."
    )


def _window(text: str) -> str:
    words = {"all": "all weeks in which the scheme counts", "first_review": "the weeks until the first review"}
    if text.startswith("last_"):
        return f"the last {text[5:]} weeks"
    return words.get(text, f"the weeks {text} (first to one after the last, from 0)")


def _of_variants(found: Kept) -> str:
    m, c = found.manifest, found.config
    weeks = sorted({*m["weeks"].values()})
    long = f"{weeks[0]}" if len(weeks) == 1 else f"{weeks[0]} to {weeks[-1]}"
    plausible = " Each run drew the numbers of its scenario from what is plausible." if c["assumed"] else ""
    shadow = " The same teams were run once more with each scheme only measured." if c["shadow"] else ""
    several = len(c["variants"]) > 1
    luck = (
        " All variants share their random numbers (common random numbers): differences are paired run by run."
        if several
        else ""
    )
    joint = " Verdicts on differences hold jointly over all of them (max-t)." if m["verb"] == "compare" else ""
    failed = " No run failed." if m["status"] == "finished" else ""
    return (
        f"We ran {len(c['variants'])} variant{'s' if several else ''} ({', '.join(c['variants'])}), {c['runs']:,} "
        f"runs of {long} weeks each, from seed {c['seed']}.{luck}{shadow}{plausible} Measures are taken over all weeks "
        f"in which the scheme counts. Means have {LEVEL:.0%} t-intervals over runs, each by itself; measures of all "
        f"runs together have bootstrap intervals.{joint}{failed}"
    )
