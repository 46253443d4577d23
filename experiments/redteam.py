"""`crosspurpose redteam`: the behaviour that raises a scheme's score most for the worth that it costs.

A member does the same week for as long as the scheme counts; all others decide as ever (`experiments.behaviour`). What
is found is told in words, and saved as a scenario in which that member does that:

    behaviour.csv                 the best weeks that were found, with intervals; the first row is the honest twin
    story.txt                     what is printed
    configs/scenario/NAME.yaml    the scenario, where there is something to tell
    plots/redteam.png             and plots/redteam.csv, all weeks that were tried

The same command prints again what is there.
"""

from __future__ import annotations

import copy
import math
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

from experiments.behaviour import FLOOR, GAIN, LOSS, LUCK, Behaviour, Hunt, hunt, sets_apart
from experiments.console import console, progress
from experiments.explain import folded
from experiments.outcome import folder_of
from experiments.saved import as_yaml
from experiments.stats import joint_intervals
from experiments.store import Folder, write_csv
from experiments.study import Study, check, check_size
from experiments.tables import as_text
from sim.arrays import Floats
from sim.errors import InvalidInput, ModelWarning, unknown
from sim.loading import options, scenario_part
from sim.scenario import Scenario, scenario_from

YEAR = 52  # [weeks]
WIDTH = 100  # columns of the text
NAMED = 4  # activities of a week that are named; the rest are other things
WORTH_A_WORD = 0.045  # smallest share of a week that is named
MOVED = 0.005  # smallest change of the others' week that is told [week]
FALLS = 0.5  # smallest fall of a signal that is told, in noises of one review


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
        return hunt(scenario, scenario.team.seats[0].name if member is None else member, seed, runs).behaviour


def _check_runs(runs: object, seed: object) -> None:
    check_size(runs, seed)
    if runs == 1:
        raise InvalidInput("runs", runs, "at least 2: one tells nothing of luck")


# --- in words


def story(found: Behaviour) -> list[str]:
    """Say in five to eight sentences what the member does, what comes of it, who pays, and how it would show."""
    lines = [_does(found), _scores(found), _earns(found), _costs(found), _pays(found), _begins(found), _shows(found)]
    error = (
        f"All of this is from {found.runs} runs of {found.scenario.weeks} weeks, with the same luck for both ways to "
        "spend the week; ± is the computing error at 95 %."
    )
    return [line for line in (*lines, error) if line]


def _does(found: Behaviour) -> str:
    return (
        f"{found.member} ({_scheme(found.scenario)}) spends {mixed(found.scenario, found.week)}; the honest week would "
        f"be {mixed(found.scenario, found.honest, on='')}, in the same hours."
    )


def _scheme(scenario: Scenario) -> str:
    return scenario.scheme.label.plain.removesuffix(" (benchmark)")


def mixed(scenario: Scenario, week: Floats, on: str = "of the week on ") -> str:
    """Say what a week is spent on: (activity,)."""
    labels = [a.label.plain for a in scenario.activities.values()]
    order = [int(k) for k in np.argsort(-week, kind="stable")]
    share = week / week.sum()
    named = [k for k in order[:NAMED] if share[k] >= WORTH_A_WORD]
    parts = [f"{_percent(share[k])} {on if k == named[0] else on and 'on '}{labels[k]}" for k in named]
    rest = 1 - sum(share[k] for k in named)
    parts += [f"{_percent(rest)} {on and 'on '}other things"] if round(100 * rest) else []
    return _listed(parts)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _scores(found: Behaviour) -> str:
    gain = with_error(float(found.gain[0]), float(found.gain[2] - found.gain[0]))
    played, members = found.played, len(found.scenario.team.seats)
    if not sets_apart(played):
        whose = f"{found.member}'s score" if members == 1 else "The score of the whole team"
        return f"{whose} rises by {gain} times the spread of such scores between teams."
    by_score, truly = played.place.mean(axis=1), played.true_place.mean(axis=1)
    return (
        f"That raises {found.member}'s score by {gain} times the spread of scores within the team: on average place "
        f"{by_score[1]:.1f} of {members} instead of {by_score[0]:.1f}, while by what is truly added it is place "
        f"{truly[1]:.1f} instead of {truly[0]:.1f}."
    )


def _earns(found: Behaviour) -> str:
    played = found.played
    more, half = _estimate(played.reward[1] - played.reward[0])
    before, after = played.promoted.mean(axis=1)
    text = (
        f"What reviews bring {found.member} goes from {played.reward[0].mean():.2f} to {played.reward[1].mean():.2f} a "
        f"week, in units of pay ({with_error(more, half, sign='+')})"
    )
    if more - half <= 0 <= more + half:
        text = f"What reviews bring {found.member} hardly changes ({with_error(more, half, sign='+')} a week)"
    if max(before, after) > 0:
        text += f", and the chance of a promotion at a review from {_percent(before)} to {_percent(after)}"
    return f"{text}."


def _costs(found: Behaviour) -> str:
    played = found.played
    lost, half = YEAR * float(found.loss[0]), YEAR * float(found.loss[2] - found.loss[0])
    text = f"It costs the team {with_error(lost, half)} weeks of core work a year"
    brings = played.worth[0].mean()
    if brings > 0:
        text += f", {_percent(float(found.loss[0]) / brings)} of all that it brings"
    debt = played.debt[1] - played.debt[0]
    if not np.isnan(debt).any():
        more, half = _estimate(debt)
        if more - half > 0:
            text += f", and leaves {with_error(more, half)} weeks of work more to be repaired at the end"
    return f"{text}."


def _pays(found: Behaviour) -> str:
    """Say whose work is missing, and what the others make of it."""
    played, others = found.played, len(found.scenario.team.seats) - 1
    if not others:
        return "There is nobody else to pay for it: the business does."
    own = YEAR * (played.own_worth[0] - played.own_worth[1])
    theirs = YEAR * (played.worth[0] - played.worth[1]) - own
    lost, half = _estimate(theirs)
    why = f", {_why(found)}" if lost - half > 0 else ""
    mine = _missing(*_estimate(own), f"{found.member}'s own work")
    return f"Year by year, {mine}, and {_missing(lost, half, 'that of the others')}{why}."


def _missing(lost: float, half: float, work: str) -> str:
    """Say how much of some work is missing.

    Examples
    --------
    >>> _missing(-3.0, 0.5, "that of the others"), _missing(0.2, 0.5, "that of the others")
    ('that of the others brings 3.0 ± 0.5 weeks more', 'hardly anything is missing from that of the others')
    """
    if lost - half > 0:
        return f"{with_error(lost, half)} weeks are missing from {work}"
    if lost + half < 0:
        return f"{work} brings {with_error(-lost, half)} weeks more"
    return f"hardly anything is missing from {work}"


def _why(found: Behaviour) -> str:
    """Say what the others do more of, or else what slows them."""
    change = found.played.mates[:, 1] - found.played.mates[:, 0]
    k = int(np.argmax(change.mean(axis=1)))
    more, half = _estimate(change[k])
    if more - half > 0 and more >= MOVED:
        label = [a.label.plain for a in found.scenario.activities.values()][k]
        return f"each of whom spends {with_error(100 * more, 100 * half)} % of a week more on {label}"
    return "whom debt and missing knowledge slow down"


def _begins(found: Behaviour) -> str:
    change = found.played.score[:, 1] - found.played.score[:, 0]  # (reviews, runs)
    mean, low, _ = joint_intervals(change.T)
    ahead = np.flatnonzero(low > 0)
    if not len(ahead):
        return "At no single review is it sure to pay; it does over all of them."
    first = int(ahead[0])
    text = "It pays from the first review on" if not first else f"It pays from review {first + 1} on"
    if mean[0] < 0:
        text += ", and costs score before"
    gaming = [a.gaming for a in found.scenario.activities.values()]
    if found.scenario.craft is not None and found.week[gaming].any() and mean[-1] > mean[0] > 0:
        text += (
            f"; at the last it brings {mean[-1] / mean[0]:.1f} times what it brings at the first, as the craft grows"
        )
    return f"{text}."


def _shows(found: Behaviour) -> str:
    """Say which signal that does not count falls most, and what audits find."""
    played, shares = found.played, found.scenario.scheme.review.shares
    text = "Nothing else that could be recorded of single members falls by much"
    if found.signals:
        noise = [found.scenario.signals[s].noise.sd * math.sqrt(float(shares @ shares)) for s in found.signals]
        falls = (played.shown[:, 0] - played.shown[:, 1]) / np.array(noise)[:, None]
        most = int(np.argmax(falls.mean(axis=1)))
        fall, half = _estimate(falls[most])
        if fall >= FALLS:
            label = found.scenario.signals[found.signals[most]].label.plain
            text = (
                f"It would show in {label}, which does not count and falls by {with_error(fall, half)} times the noise "
                "of one review"
            )
    if found.scenario.scheme.audit is not None:
        before, after = played.caught.mean(axis=1)
        text += f"; audits object at {_percent(after)} of reviews instead of {_percent(before)}"
    return f"{text}."


def _estimate(x: Floats) -> tuple[float, float]:
    """Return the mean of paired differences (runs,) and half of its 95 % interval."""
    mean, low, _ = joint_intervals(x[:, None])[:, 0]
    return float(mean), float(mean - low)


def with_error(mean: float, half: float, sign: str = "") -> str:
    """Return a number with its computing error, as exact as that allows.

    Examples
    --------
    >>> with_error(12.345, 1.9), with_error(0.4567, 0.031), with_error(0.2, 0.0, sign="+")
    ('12 ± 2', '0.46 ± 0.03', '+0.20 ± 0.00')
    """
    digits = min(max(-math.floor(math.log10(half)), 0), 2) if half > 0 else 2
    return f"{mean:{sign}.{digits}f} ± {half:.{digits}f}"


def nothing(found: Hunt) -> str:
    """Say that nothing is worth telling, and how much was looked at."""
    return (
        f"Nothing worth telling: of {len(found.tried)} ways for {found.member} ({_scheme(found.scenario)}) to spend "
        f"the same hours, none that was run again surely raises the score by more than {GAIN:g} times its spread and "
        f"surely costs more than {_percent(LOSS)} of what a person brings, by work that is worth less than the honest "
        "week's."
    )


# --- as a scenario


def scenario_text(found: Behaviour, name: str) -> str:
    """Return the yaml of a scenario in which the member does it.

    Parameters
    ----------
    name : str
        How it will be called.
    """
    config = copy.deepcopy(dict(found.scenario.config))
    week = {k: float(e) for k, e in zip(found.scenario.activities, found.week, strict=True) if e}
    config["team"] = {**config["team"], "size": None, "people": _people(found, week)}
    config["story"] = _told(found)
    return as_yaml(
        config, f"{name}: found by `crosspurpose redteam`, from run 0 to {found.runs - 1} of seed {found.seed}."
    )


def _people(found: Behaviour, week: Mapping[str, float]) -> list[dict[str, Any]]:
    """Return everybody, seat by seat, the member with the week."""
    said = found.scenario.config["team"]["people"]
    seated = [{**said[i % len(said)], "name": p.name} for i, p in enumerate(found.scenario.team.seats)]
    return [{**person, "week": dict(week)} if person["name"] == found.member else person for person in seated]


def _told(found: Behaviour) -> dict[str, str]:
    lines = story(found)
    return {
        "plain": f"{found.member} plays it: {_scheme(found.scenario)}",
        "story": " ".join(lines[:2]),
        "question": f"Who notices what {found.member} does, and what does it do to the others?",
        "watch": " ".join(lines[3:-1]),
    }


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
        f"and gains more; less worth than {_percent(FLOOR)} of what a person brings is taken for that much."
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
    if scenario.organisation is not None:
        raise InvalidInput("organisation", "given", "none: it is a member of one team who does something else")
    names = [p.name for p in scenario.team.seats]
    if given is not None and given not in names:
        raise unknown("member", str(given), names)
    return names[0] if given is None else str(given)


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
    parts = [*(f"note: {line}" for line in notes), folded(lines, WIDTH), "", as_text(_printed(found), WIDTH).rstrip()]
    text = "\n".join([*parts, folded([_note(found)], WIDTH)])
    (folder.path / "story.txt").write_text(f"{text}\n{play}", encoding="utf-8")
