"""`crosspurpose run`: one scenario, many runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from experiments import stats
from experiments.console import console
from experiments.labels import labelled
from experiments.outcome import outcome, said
from experiments.store import write_csv
from experiments.story import people_table, story_table
from experiments.study import Study
from experiments.tables import About, run_table
from experiments.words import plain_label
from sim.loading import scenario_part
from sim.scenario import scenario_from


def main(config: dict[str, Any], *, overrides: Sequence[str], choice: Mapping[str, str], command: str) -> int:
    """Run as the command line says; print the table and write the folder."""
    scenario = scenario_from(scenario_part(config))
    limit = choice.get("limit")
    name = limit or choice["scheme"]
    study = Study(
        verb="run",
        variants={name: scenario},
        runs=config["runs"],
        seed=config["seed"],
        members=config["members"],
    )
    done = outcome(study, config, limit or choice["scenario"], command)
    wrong = labelled(done.reviews(), done.runs, done.variants)
    summary = pd.concat([stats.summary(done.runs), wrong], ignore_index=True)
    about = About(
        labels={name: f"the limit {limit}" if limit else plain_label("scheme", name)},
        activities={k: a.label.plain for k, a in scenario.activities.items()},
        benchmarks=frozenset(),
        reference=name,
        runs=study.runs,
        seed=study.seed,
        weeks=scenario.weeks,
        power=scenario.scheme.power,
        strength={name: scenario.scheme.strength},
        matters=0.0,
        smallest=0.0,
        since=scenario.since,
        one="team" if scenario.organisation is None else "organisation",
    )
    if done.computed or not (done.folder.path / "summary.csv").exists():
        from experiments.plots.compare import draw
        from experiments.plots.story import draw_story

        ranking = stats.ranking(done.runs, set(), name, 0.0)
        draw(done.folder.path / "plots", done.runs, done.weekly(), summary, ranking, about)
        draw_story(done.folder.path / "plots", done, summary, about, study.variants)
        write_csv(summary, done.folder.path / "summary.csv")  # where it stands, the pictures do
    screen = console()
    for line in done.warnings:
        screen.print(f"note: {line}", soft_wrap=True)
    screen.print(run_table(summary, about))
    told = story_table(summary, scenario)
    if told is not None:
        screen.print()
        screen.print(told)
        rewarded = people_table(done.reviews(), scenario)
        if rewarded is not None:
            screen.print()
            screen.print(rewarded)
    said(screen, done)
    return 0
