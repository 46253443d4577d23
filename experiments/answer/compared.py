"""A folder that `crosspurpose compare` wrote, read for those who want its answer: finished, or as far as it is.

Only what is there is read. Schemes are paired: of each, those runs that all have. A scheme of which nothing has been
computed yet is missing, and said to be.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

import sim.opening
from experiments import labels
from experiments.outcome import WEEKLY_RUNS
from experiments.status import Kept, kept
from experiments.words import bare
from sim.errors import InvalidInput
from sim.results import LOW

ALLOWED = "a folder that `crosspurpose compare` wrote for several schemes"
DECOMPOSED = "decompose"  # the folders within
ASSUMED = "assumptions"


@dataclass(frozen=True, kw_only=True)
class Compared:
    """A comparison of schemes, as it stands in its folder.

    Parameters
    ----------
    kept : Kept
        What the folder says of itself.
    runs : DataFrame
        A row per scheme and run, a column per measure; all schemes have the same runs.
    """

    kept: Kept
    runs: pd.DataFrame

    @staticmethod
    def of(folder: Path | str) -> Compared:
        """Read a folder; refuse one that holds something else."""
        found = kept(folder)
        if found.manifest.get("verb") != "compare" or not found.config.get("variants"):
            raise InvalidInput("folder", str(folder), f"{ALLOWED}; this is one of {found.manifest.get('verb')}")
        if found.config["assumed"]:
            raise InvalidInput("folder", str(folder), f"{ALLOWED}; this is the part of one that tries assumptions")
        if "comparison" not in found.manifest:
            raise InvalidInput("folder", str(folder), f"{ALLOWED}; this one does not say what was compared with what")
        varied = _varied(found.config["variants"])
        if varied - {"scheme"}:
            raise InvalidInput("folder", str(folder), f"{ALLOWED}; this one compares by {', '.join(sorted(varied))}")
        return Compared(kept=found, runs=_paired(found.path, list(found.config["variants"])))

    @property
    def variants(self) -> Mapping[str, Mapping[str, Any]]:
        """Name → resolved scenario, in the order of the question."""
        found: Mapping[str, Mapping[str, Any]] = self.kept.config["variants"]
        return found

    @property
    def first(self) -> Mapping[str, Any]:
        """The scenario, but for the scheme the same for all."""
        return next(iter(self.variants.values()))

    @cached_property
    def schemes(self) -> list[str]:
        """Those of which something has been computed."""
        there = set(self.runs["scheme"].unique()) if len(self.runs) else set()
        return [n for n in self.variants if n in there]

    @property
    def count(self) -> int:
        """Runs of each scheme that are there."""
        return len(self.runs) // len(self.schemes) if self.schemes else 0

    @property
    def wanted(self) -> int:
        """Runs of each scheme that there will be."""
        return int(self.kept.config["runs"])

    @property
    def whole(self) -> bool:
        """Whether all that was asked for has been computed."""
        return self.count == self.wanted and len(self.schemes) == len(self.variants)

    @property
    def today(self) -> str | None:
        """The scheme in force; it is always the first."""
        return next(iter(self.variants)) if self.first["today"] is not None else None

    @property
    def benchmarks(self) -> set[str]:
        """Schemes that are reference lines."""
        return {n for n, v in self.variants.items() if v["scheme"]["benchmark"]}

    @property
    def candidates(self) -> list[str]:
        """Schemes that can be chosen, as far as they are there."""
        return [n for n in self.schemes if n not in self.benchmarks]

    @property
    def reference(self) -> str:
        """What the others are compared with."""
        wanted = self._comparison["reference"]
        return wanted if wanted in self.schemes else next(iter(self.schemes or self.variants))

    @property
    def matters(self) -> float:
        """Smallest difference of worth that matters, as a share of the aligned team's."""
        return float(self._comparison["matters"])

    @property
    def since(self) -> int:
        """The week from which the schemes count."""
        before = 0 if self.first["today"] is None else int(self.first["today"]["weeks"])
        return before + int(self.first["onset"])

    @property
    def weeks(self) -> int:
        """Weeks of a run, those before the schemes count included."""
        return int(self.first["weeks"])

    @property
    def organised(self) -> bool:
        """Whether people are of several levels."""
        return self.first["organisation"] is not None

    @property
    def many(self) -> str:
        """What several runs are of."""
        return "organisations" if self.organised else "teams"

    @cached_property
    def labels(self) -> dict[str, str]:
        """Scheme → what people call it; two of one label are told apart by their names."""
        plain = {n: bare(str(v["scheme"]["label"]["plain"])) for n, v in self.variants.items()}
        often = Counter(plain.values())
        return {n: x if often[x] == 1 else f"{x} (‘{n.replace('_', ' ')}’)" for n, x in plain.items()}

    @cached_property
    def activities(self) -> dict[str, str]:
        """Activity → its neutral label, of those that runs report."""
        listed = self.first["activities"]
        return {k: str(a["label"]["neutral"]) for k, a in listed.items() if a and f"effort_{k}" in self.runs}

    @cached_property
    def weekly(self) -> pd.DataFrame:
        """Worth and score of each week, of the first runs of each scheme; empty where there are none."""
        return self._rows("weekly", ["scheme", "run", "week", "worth", "score"])

    @cached_property
    def mislabelled(self) -> pd.DataFrame:
        """Rows of `labels.labelled`, and `called`, `size`: how many of how many are called low at a review.

        Schemes by which nobody differs from the rest of the team in the score call nobody low, and have none.
        """
        if self.organised or self.runs.empty:
            return pd.DataFrame()
        reviews = self._rows("reviews", ["scheme", "run", "week", "member", "score", "contribution", "laid_off"])
        if reviews.empty:
            return pd.DataFrame()
        found = labels.labelled(reviews, self.runs).set_index("scheme")
        teams = reviews.groupby(["scheme", "run", "week"], sort=False)
        size = int(teams.size().iloc[0])
        out = teams["laid_off"].sum().groupby(level="scheme").mean()
        differ = (teams["score"].max() > teams["score"].min()).groupby(level="scheme").any()
        called = {n: max(1, round(out[n] if out[n] > 0 else LOW * size)) for n in found.index}
        found = found.assign(called=pd.Series(called), size=size)
        return found[[bool(differ[n]) for n in found.index]]

    @cached_property
    def assumed(self) -> pd.DataFrame:
        """Runs with other numbers in each, paired; empty where there are none."""
        return _paired(self.kept.path / ASSUMED, self.schemes)

    @property
    def decomposed(self) -> pd.DataFrame:
        """What is promised and delivered, a row per scheme; empty where that has not been taken apart."""
        file = self.kept.path / DECOMPOSED / "decompose.csv"
        return pd.read_csv(file) if file.exists() else pd.DataFrame()

    def _rows(self, kind: str, columns: list[str]) -> pd.DataFrame:
        """Return rows of one kind of the first runs that are paired."""
        tables = sim.opening.open(self.kept.path).tables
        if kind not in tables or self.runs.empty:
            return pd.DataFrame(columns=columns)
        numbers = self.runs["run"].unique()[:WEEKLY_RUNS].tolist()
        return tables[kind].to_pandas(columns, {"run": numbers, "scheme": self.schemes})

    @property
    def _comparison(self) -> Mapping[str, Any]:
        """Return what the comparison was asked besides its scenarios."""
        return self.kept.manifest["comparison"]


def _varied(variants: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """Return the keys of a scenario in which variants differ."""
    first, *others = variants.values()
    return {k for other in others for k in {*first, *other} if first.get(k) != other.get(k)}


def _paired(path: Path, order: list[str]) -> pd.DataFrame:
    """Return the runs of a folder that all schemes have of which there are any, in order; an empty table without."""
    if not (path / "manifest.json").exists():
        return pd.DataFrame()
    try:
        runs = _runs(path)
    except (InvalidInput, OSError):  # between finding and reading them the study was finished, and files were joined
        runs = _runs(path)
    if runs.empty:
        return runs
    runs = runs[runs["scheme"].isin(order)]
    counts = runs.groupby("run")["scheme"].nunique()
    numbers = counts.index[counts == runs["scheme"].nunique()]
    runs = runs[runs["run"].isin(numbers)]
    place = runs["scheme"].map({n: i for i, n in enumerate(order)})
    return runs.assign(place=place).sort_values(["place", "run"]).drop(columns="place").reset_index(drop=True)


def _runs(path: Path) -> pd.DataFrame:
    tables = sim.opening.open(path).tables
    return tables["runs"].to_pandas() if "runs" in tables else pd.DataFrame()
