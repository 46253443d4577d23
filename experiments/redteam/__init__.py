"""`crosspurpose redteam`: the behaviour that raises a scheme's score most for the worth that it costs.

A member does the same week for as long as the scheme counts; all others decide as ever (`experiments.redteam.hunt`).
What is found is told in words, and saved as a scenario in which that member does that:

    behaviour.csv                 the best weeks that were found, with intervals; the first row is the honest twin
    story.txt                     what is printed
    configs/scenario/NAME.yaml    the scenario, where there is something to tell
    plots/redteam.png             and plots/redteam.csv, all weeks that were tried

The same command prints again what is there.
"""

from __future__ import annotations

import re
import shlex
import time
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from rich import box
from rich.table import Table
from rich.text import Text

from experiments.console import console, progress
from experiments.outcome import folder_of
from experiments.quantity import YEAR, filled
from experiments.redteam.hunt import FLOOR, LUCK, Behaviour, Hunt, hunt, seat_of
from experiments.redteam.saved import scenario_text
from experiments.redteam.words import mixed, nothing, percent, story, with_error
from experiments.store import Folder, write_csv
from experiments.study import Study, check, check_size
from experiments.tables import as_text
from sim.errors import InvalidInput, ModelWarning
from sim.loading import options, scenario_part
from sim.scenario import Scenario, scenario_from

__all__ = ["main", "scenario_text", "search", "story"]

WIDTH = 100  # columns of the text


def search(scenario: Scenario, seed: int = 1, runs: int = 64, member: str | None = None) -> Behaviour | None:
    """Return the week that raises a member's score most for the worth that it costs; None: none is worth telling.

    Parameters
    ----------
    scenario : Scenario
        Of one team.
    seed : int
        At least 0; the search takes another.
    runs : int
        In which the best are run again, at least 2.
    member : str or None
        Who does it; None: the first person.

    Raises
    ------
    InvalidInput
        For an organisation, somebody who is not on the team, or too few runs.
    """
    _check_runs(runs, seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ModelWarning)
        return hunt(scenario, _member(scenario, member), seed, runs).behaviour


def _check_runs(runs: object, seed: object) -> None:
    check_size(runs, seed)
    if runs == 1:
        raise InvalidInput("runs", runs, "at least 2: one tells nothing of luck")


# --- in tables


def table_of(found: Hunt) -> pd.DataFrame:
    """Return a row for the honest twin and one for each week that was run again."""
    activities = list(found.scenario.activities)
    rows = np.vstack([found.honest, found.finalists])
    table = pd.DataFrame({f"effort_{k}": rows[:, i] for i, k in enumerate(activities)})
    for name, each in (("gain", found.gain), ("loss", found.loss), ("lost", found.lost)):
        for end, values in zip(("", "_low", "_high"), each, strict=True):
            table[name + end] = [0.0, *values]
    table["gain_per_loss"] = [np.nan, *found.value]
    table["sure"] = [False, *found.sure]
    table["told"] = [False, *(i == found.winner for i in range(len(found.finalists)))]
    return table


def tried_of(found: Hunt) -> pd.DataFrame:
    """Return a row for each week that was tried in the search."""
    efforts = {f"effort_{k}": found.tried[:, i] for i, k in enumerate(found.scenario.activities)}
    return pd.DataFrame({**efforts, "gain": found.tried_gain, "loss": found.tried_loss})


def _printed(found: Hunt) -> Table:
    order = np.lexsort((-found.value, ~found.sure))
    table = Table(title=Text("The best of the search, run again", style="bold"), title_justify="left")
    table.box, table.show_edge = box.SIMPLE_HEAD, False
    table.add_column("what the week is spent on", max_width=52)
    for head in ("score gained [spread]", "lost [weeks of core work a year]", "told"):
        table.add_column(Text(head), justify="right", max_width=16)
    for i in order:
        gain, loss = found.gain[:, i], YEAR * found.loss[:, i]
        table.add_row(
            mixed(found.scenario, found.finalists[i], on=""),
            with_error(float(gain[0]), float(gain[2] - gain[0])),
            with_error(float(loss[0]), float(loss[2] - loss[0])),
            "yes" if i == found.winner else "sure" if found.sure[i] else "no",
        )
    return table


def _note(found: Hunt) -> str:
    return (
        f"{len(found.tried)} weeks tried, each in {LUCK} runs; these in {found.runs} runs with other luck, intervals "
        "joint at 95 %. Told is the one with the most score gained per worth lost, or one that is not surely below it "
        f"and gains more; less worth than {percent(FLOOR)} of what a person brings is taken for that much."
    )


# --- the verb


def main(config: dict[str, Any], *, overrides: Sequence[str], choice: Mapping[str, str], command: str) -> int:
    """Search as the command line says; print the story, and write it, the table, the picture and the scenario."""
    _check_runs(config["runs"], config["seed"])
    if not isinstance(config["overwrite"], bool):
        raise InvalidInput("overwrite", config["overwrite"], "true or false")
    if config["out"] is not None and not str(config["out"]):
        raise InvalidInput("out", "(empty)", "a folder, or null")
    scenario, scheme = scenario_from(scenario_part(config)), choice["scheme"]
    member, name = _member(scenario, config["member"]), _name(config["save"], scheme)
    study = Study(verb="redteam", variants={scheme: scenario}, runs=config["runs"], seed=config["seed"], members=False)
    notes = check(study)
    folder = folder_of({**study.same, "member": member, "save": name}, config["out"], scheme)
    if folder.check(config["overwrite"]) != "finished":
        if name in options("scenario"):
            raise InvalidInput("save", name, "another name: there is a scenario of that name")
        started = time.monotonic()
        folder.begin(study.manifest(command, notes), anew=True, rooms=())
        with progress(f"searching what {member} could do") as show:
            found = hunt(scenario, member, study.seed, study.runs, show)
        own = [o for o in overrides if o.startswith("extend=") and o != "extend=null"]
        write(found, folder, name, notes, own)
        folder.write_manifest(
            {**study.manifest(command, notes), "seconds": round(time.monotonic() - started, 3), "status": "finished"}
        )
    screen = console()
    screen.print(Text((folder.path / "story.txt").read_text(encoding="utf-8")), soft_wrap=True, end="")
    screen.print(f"\nResults written to {folder.path}", soft_wrap=True)
    return 0


def _member(scenario: Scenario, given: object) -> str:
    """Return who does something else than the others: the first person, unless somebody on the team is named."""
    member = scenario.team.seats[0].name if given is None else str(given)
    seat_of(scenario, member)
    return member


def _name(given: object, scheme: str) -> str:
    """Return how the scenario is to be called."""
    name = f"redteam_{scheme}" if given is None else str(given)
    if not re.fullmatch("[A-Za-z0-9_]+", name):
        raise InvalidInput("save", name or "(empty)", "letters, digits and underscores")
    return name


def write(found: Hunt, folder: Folder, name: str, notes: Sequence[str], own: Sequence[str]) -> None:
    """Write what was found into a folder: tables, picture, scenario, and last what is printed.

    Parameters
    ----------
    name : str
        Of the scenario.
    notes : sequence of str
        What the model warned about.
    own : sequence of str
        Words of the command line that bring a folder of the user's own.
    """
    from experiments.plots.redteam import draw

    table, tried = table_of(found), tried_of(found)
    write_csv(table, folder.path / "behaviour.csv")
    write_csv(tried, folder.path / "plots" / "redteam.csv")
    draw(folder.path / "plots" / "redteam.png", found)
    lines, behaviour, play = [nothing(found)], found.behaviour, ""
    if behaviour is not None:
        lines = story(behaviour)
        place = folder.path / "configs" / "scenario" / f"{name}.yaml"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(scenario_text(behaviour, name), encoding="utf-8")
        words = ["crosspurpose", "run", *own, f"scenario={name}", f"runs={found.runs}", f"seed={found.seed}"]
        play = f"\nSaved as {place}; to play it:\n  cd {shlex.quote(str(folder.path))} && {shlex.join(words)}\n"
    parts = [*(f"note: {line}" for line in notes), filled(lines, WIDTH), "", as_text(_printed(found), WIDTH).rstrip()]
    text = "\n".join([*parts, filled([_note(found)], WIDTH)])
    (folder.path / "story.txt").write_text(f"{text}\n{play}", encoding="utf-8")
