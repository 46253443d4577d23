"""`crosspurpose compare`: one scenario under several schemes, or under the options of any group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from experiments import stats
from experiments.console import console, said
from experiments.outcome import Outcome, outcome
from experiments.store import write_csv
from experiments.study import Study
from experiments.tables import About, differences_table, ranking_table, values_table
from experiments.variants import chosen, variants
from sim.errors import InvalidInput, unknown
from sim.loading import read
from sim.scenario import Scenario


def main(config: dict[str, Any], *, overrides: Sequence[str], choice: Mapping[str, str], command: str) -> int:
    """Compare as the command line says; print the tables and write the folder."""
    group, names = chosen(config, overrides)
    reference = _reference(config["reference"], names, any(o.startswith("reference=") for o in overrides))
    matters = config["matters"]
    if not isinstance(matters, int | float) or isinstance(matters, bool) or not 0 <= matters < 1:
        raise InvalidInput("matters", matters, "a share of the aligned team's worth, at least 0 and below 1")
    base = [o for o in overrides if not o.startswith("out=")]
    scenarios = variants("compare", group, names, base)
    study = Study(
        verb="compare",
        variants=scenarios,
        runs=config["runs"],
        seed=config["seed"],
        members=config["members"],
    )
    done = outcome(study, config, choice["scenario"], command)
    about = _about(scenarios, group, reference, done.runs, config, choice)
    tables = Comparison.of(done.runs, about)
    if done.computed or not (done.folder.path / "plots").exists() or tables.differ_from(done):
        tables.write(done, about)
    _say(tables, about, done, reference, str(config["reference"]))
    return 0


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The tables of a comparison: of each variant, of the differences to the reference, of the order."""

    summary: pd.DataFrame
    differences: pd.DataFrame
    ranking: pd.DataFrame

    @staticmethod
    def of(runs: pd.DataFrame, about: About) -> Comparison:
        """Make the tables from the runs."""
        return Comparison(
            summary=stats.summary(runs),
            differences=stats.differences(runs, about.reference, matters=about.matters),
            ranking=stats.ranking(runs, set(about.benchmarks), about.reference, about.matters),
        )

    def differ_from(self, done: Outcome) -> bool:
        """Whether the folder holds the differences to another reference, or to another size that matters."""
        path = done.folder.path / "differences.csv"
        return not path.exists() or path.read_text(encoding="utf-8") != self.differences.to_csv(index=False)

    def write(self, done: Outcome, about: About) -> None:
        """Write the tables and draw the pictures."""
        from experiments.plots.compare import draw

        folder = done.folder.path
        write_csv(self.summary, folder / "summary.csv")
        write_csv(self.ranking, folder / "ranking.csv")
        draw(folder / "plots", done.runs, done.weekly(), self.summary, self.ranking, about)
        write_csv(self.differences, folder / "differences.csv")


def _reference(wanted: object, names: Sequence[str], explicit: bool) -> str:
    """Return the variant that the others are compared with; the first where the default one is left out."""
    if str(wanted) in names:
        return str(wanted)
    if explicit:
        raise unknown("reference", str(wanted), names)
    return names[0]


def _about(
    scenarios: Mapping[str, Scenario],
    group: str,
    reference: str,
    runs: pd.DataFrame,
    config: Mapping[str, Any],
    choice: Mapping[str, str],
) -> About:
    """Gather what tables and captions say of the study."""
    first = next(iter(scenarios.values()))
    return About(
        labels={name: plain_label(group, name) for name in scenarios},
        activities={k: a.label.plain for s in scenarios.values() for k, a in s.activities.items()},
        benchmarks=frozenset(n for n, s in scenarios.items() if group == "scheme" and s.scheme.benchmark),
        reference=reference,
        runs=config["runs"],
        seed=config["seed"],
        weeks=first.weeks,
        power=first.scheme.power,
        strength={name: s.scheme.strength for name, s in scenarios.items()},
        matters=config["matters"],
        smallest=stats.smallest_that_matters(runs, reference, config["matters"]),
    )


def plain_label(group: str, name: str) -> str:
    """Return what an option is called by people; its name where its yaml does not say."""
    entry = read(group, name)
    label = entry.get("label") or entry.get("story") or {}
    return str(label.get("plain", name))


def _say(tables: Comparison, about: About, done: Outcome, reference: str, wanted: str) -> None:
    screen = console()
    for line in done.warnings:
        screen.print(f"note: {line}", soft_wrap=True)
    if reference != wanted:
        screen.print(f"note: {wanted} is not among those compared; the reference is {reference}", soft_wrap=True)
    screen.print(values_table(tables.summary, about, screen.width))
    screen.print(differences_table(tables.differences, about, screen.width))
    screen.print(ranking_table(tables.ranking, about, screen.width))
    said(screen, done)
