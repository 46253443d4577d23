"""`crosspurpose compare`: one scenario under several schemes, or under the options of any group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from experiments import own_best, stats
from experiments.console import console
from experiments.executors import Executor
from experiments.labels import labelled
from experiments.outcome import Outcome, check_settings, folder_of, outcome, said
from experiments.question import Asked, asked
from experiments.store import write_csv
from experiments.story import stories_table
from experiments.study import Study, check
from experiments.tables import About, differences_table, ranking_table, values_table
from experiments.variants import POWERS, Compose, chosen, composed, measured_first, variants
from experiments.words import plain_label
from sim.errors import InvalidInput, unknown
from sim.loading import compose, options
from sim.scenario import Scenario
from sim.worlds import check as check_world

TOLD = ("today", "warmup", "matters", "power", "assumptions", "draws")  # of a comparison, in the manifest
VARIED = {  # groups whose name is not the word for one of its options
    "remedies": "set of remedies",
    "goals": "set of goals",
    "customers": "set of customers",
    "politics": "kind of politics",
    "reporting": "way of reporting",
}


def main(config: dict[str, Any], *, overrides: Sequence[str], choice: Mapping[str, str], command: str) -> int:
    """Compare as the command line says; print the tables and write the folder."""
    plan = planned(asked(config, overrides))
    study, config, scenarios = plan.study, plan.config, dict(plan.study.variants)
    if config["decompose"]:
        for scenario in scenarios.values():
            check_world(scenario)
    search = own_best.Search.of(config["own_best"])
    equal = study
    if config["power"] == "own_best":
        study, config = _at_own_best(study, search, config, choice["scenario"])
        scenarios = dict(study.variants)
    done = outcome(study, config, choice["scenario"], command)
    about = plan.about(scenarios, done.runs)
    tables = Comparison.of(done, about, assumed(study, done, config, command))
    if not (done.folder.path / "plots").exists() or tables.differ_from(done.folder.path):
        tables.write(done, about, scenarios)
    notes: list[str] = []
    if config["power"] == "own_best":
        same = outcome(equal, {**config, "out": str(done.folder.path / "equal_power")}, "equal", command)
        notes = _of_power(done.runs, same.runs, scenarios, about, search)
    _say(tables, about, done, scenarios, str(plan.wanted))
    for line in notes:
        console().print(line, soft_wrap=True)
    if config["decompose"]:
        from experiments import decompose

        table = decompose.beside(study, done.folder.path, about.labels, config, command)
        decompose.say(console().print, table, about.labels, study.runs)
    return 0


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A comparison that has been checked, before its first run.

    Parameters
    ----------
    config : mapping
        Of the verb, with the scenario's question.
    group : str
        What varies.
    reference, wanted : str
        The variant that the others are compared with · the one that was asked for.
    study : Study
    """

    config: dict[str, Any]
    group: str
    reference: str
    wanted: str
    study: Study

    def about(self, scenarios: Mapping[str, Scenario], runs: pd.DataFrame) -> About:
        """Gather what tables and captions say of the study."""
        return _about(scenarios, self.group, self.reference, runs, self.config)


def planned(question: Asked, compose: Compose = compose) -> Plan:
    """Check what is asked and compose the scenario of each variant.

    Parameters
    ----------
    question : Asked
    compose : Compose
        Verb and words → configuration; another one than Hydra's must return the same.
    """
    config, overrides, own = question.config, question.overrides, question.own
    check_settings(config)
    group, names = chosen(config, overrides, own)
    base = [o for o in overrides if o.split("=")[0] not in ("out", "today", "onset", "weeks")]
    changes, names = _time(question, group, names, base, compose)
    explicit = any(o.startswith("reference=") for o in overrides)
    wanted = config["reference"] if config["today"] is None or explicit else config["today"]
    reference = _reference(wanted, names, explicit)
    _check_values(config)
    study = Study(
        verb="compare",
        variants=variants("compare", group, names, base, changes, own, compose),
        runs=config["runs"],
        seed=config["seed"],
        members=config["members"],
        shadow=config["shadow"],
        origin={"comparison": {k: config[k] for k in TOLD} | {"vary": group, "reference": reference}},
    )
    return Plan(config=config, group=group, reference=reference, wanted=str(wanted), study=study)


def _check_values(config: Mapping[str, Any]) -> None:
    """Refuse values of a comparison's own keys that are not what they should be."""
    matters, draws = config["matters"], config["draws"]
    if not isinstance(matters, int | float) or isinstance(matters, bool) or not 0 <= matters < 1:
        raise InvalidInput("matters", matters, "a share of the aligned team's worth, at least 0 and below 1")
    if config["power"] not in (powers := (*POWERS, "own_best")):
        raise unknown("power", str(config["power"]), powers)
    if config["assumptions"] not in (None, "plausible"):
        raise unknown("assumptions", str(config["assumptions"]), ["plausible", "null"])
    if not isinstance(draws, int) or isinstance(draws, bool) or draws < 2:
        raise InvalidInput("draws", draws, "a whole number, at least 2")
    for key in ("shadow", "decompose"):
        if not isinstance(config[key], bool):
            raise InvalidInput(key, config[key], "true or false")


def _of_power(
    own: pd.DataFrame, equal: pd.DataFrame, scenarios: Mapping[str, Scenario], about: About, search: own_best.Search
) -> list[str]:
    """Say which order turns with power, and whose best strength may lie beyond what was searched."""
    notes = [
        f"Still rising: {about.named(n)} is best at strength {about.strength[n]:.2f}, where the search ends."
        for n in own_best.still_rising(scenarios, search)
    ]
    for better, worse in own_best.reversals(own, equal, [n for n in scenarios if n not in about.benchmarks]):
        notes.append(
            f"Power matters: {about.named(better)} is better than {about.named(worse)} with each at its own best "
            "strength, and worse at equal power."
        )
    return notes


def _time(
    question: Asked, group: str, names: Sequence[str], base: Sequence[str], compose: Compose
) -> tuple[dict[str, Any], list[str]]:
    """Return what a comparison sets of a scenario's time, and its variants: today's scheme is always one."""
    config, own = question.config, question.own
    given = any(o.startswith("weeks=") for o in question.overrides)
    weeks, onset, today, warmup = (config[k] for k in ("weeks", "onset", "today", "warmup"))
    if today is None:
        if onset is None:  # remedies have dates, and belong to a scheme that counts
            onset = 0 if group == "remedies" else measured_first(weeks)
        return {"onset": onset, "weeks": weeks, "today": None}, list(names)
    if group != "scheme":
        raise InvalidInput("today", str(today), "null where something else than the scheme varies")
    if not isinstance(today, str) or today not in (known := [*options("scheme"), *own]):
        raise unknown("today", str(today), known)
    if not isinstance(warmup, int) or isinstance(warmup, bool) or warmup < 1:
        raise InvalidInput("warmup", warmup, "a whole number of weeks, at least 1")
    before = composed("compare", group, today, base, own, compose)["scheme"]
    return {
        "onset": onset or 0,
        "weeks": weeks if given or not isinstance(weeks, int) or weeks < 1 else warmup + weeks,
        "today": {"weeks": warmup, "scheme": before},
    }, [today, *(n for n in names if n != today)]


def _at_own_best(
    study: Study, search: own_best.Search, config: dict[str, Any], name: str
) -> tuple[Study, dict[str, Any]]:
    """Return the study with each scheme at its own best strength, and where it goes."""
    check(study)
    folder = folder_of({**study.same, own_best.KEY: asdict(search)}, config["out"], f"own_best-{name}")
    found = own_best.kept(folder, config["overwrite"])
    if found is None:
        found = own_best.strengths(study.variants, study.seed, search, Executor.of(config))
    changed = {n: s.with_({"scheme.strength": found[n]}) for n, s in study.variants.items()}
    origin = own_best.origin(folder, search, study.seed, found)
    return replace(study, variants=changed, origin=origin), {**config, "out": str(folder.path)}


def assumed(study: Study, done: Outcome, config: Mapping[str, Any], command: str) -> pd.DataFrame | None:
    """Run the study once more with other numbers in every run, where asked; return its runs, or those of before."""
    other = replace(study, assumed=True, runs=min(study.runs, config["draws"]), shadow=False, members=False, origin={})
    settings = {**config, "out": str(done.folder.path / "assumptions"), "members": False}
    if config["assumptions"] is None and not folder_of(other.same, settings["out"], "").finished():
        return None
    return outcome(other, settings, "assumptions", command).runs


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The tables of a comparison: of each variant, of the differences to the reference, of the order."""

    summary: pd.DataFrame
    differences: pd.DataFrame
    ranking: pd.DataFrame

    @staticmethod
    def of(done: Outcome, about: About, others: pd.DataFrame | None = None) -> Comparison:
        """Make the tables from what a study found; `others`: its runs with other numbers, a third spread."""
        runs = done.runs
        summary = pd.concat([stats.summary(runs), labelled(done.reviews(), runs, done.variants)], ignore_index=True)
        return Comparison(
            summary=summary if others is None else stats.with_assumptions(summary, others),
            differences=stats.differences(runs, about.reference, matters=about.matters),
            ranking=stats.ranking(runs, set(about.benchmarks), about.reference, about.matters),
        )

    def differ_from(self, folder: Path) -> bool:
        """Whether the folder lacks a table or holds another: of another reference, or without assumptions."""
        paths = {folder / f"{name}.csv": table for name, table in vars(self).items()}
        return any(not p.exists() or p.read_text(encoding="utf-8") != t.to_csv(index=False) for p, t in paths.items())

    def write(self, done: Outcome, about: About, scenarios: Mapping[str, Scenario]) -> None:
        """Draw the pictures, then write the tables: where these stand, those do."""
        from experiments.plots.compare import draw, draw_more
        from experiments.plots.story import draw_story

        folder, weekly = done.folder.path, done.weekly()
        draw(folder / "plots", done.runs, weekly, self.summary, self.ranking, about)
        draw_more(folder / "plots", weekly, self.summary, about, scenarios)
        draw_story(folder / "plots", done, self.summary, about, scenarios)
        for name, table in vars(self).items():
            write_csv(table, folder / f"{name}.csv")


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
) -> About:
    """Gather what tables and captions say of the study."""
    first = next(iter(scenarios.values()))
    return About(
        labels={n: ("keep: " if n == config["today"] else "") + _called(group, n, s) for n, s in scenarios.items()},
        activities={k: a.label.plain for s in scenarios.values() for k, a in s.activities.items()},
        benchmarks=frozenset(n for n, s in scenarios.items() if group == "scheme" and s.scheme.benchmark),
        reference=reference,
        runs=config["runs"],
        seed=config["seed"],
        weeks=first.weeks,
        power=config["power"] if config["power"] == "own_best" else first.scheme.power,
        strength={name: s.scheme.strength for name, s in scenarios.items()},
        matters=config["matters"],
        smallest=stats.smallest_that_matters(runs, reference, config["matters"]),
        since=first.since,
        today=config["today"],
        varied=VARIED.get(group, group),
        one="organisation" if all(s.organisation for s in scenarios.values()) else "team",
    )


def _called(group: str, name: str, scenario: Scenario) -> str:
    return scenario.scheme.label.plain if group == "scheme" else plain_label(group, name)


def _say(tables: Comparison, about: About, done: Outcome, scenarios: Mapping[str, Scenario], wanted: str) -> None:
    screen = console()
    for line in done.warnings:
        screen.print(f"note: {line}", soft_wrap=True)
    if about.reference != wanted and about.varied == "scheme":
        screen.print(f"note: {wanted} is not among those compared; the reference is {about.reference}", soft_wrap=True)
    screen.print(values_table(tables.summary, about, screen.width))
    screen.print(differences_table(tables.differences, about, screen.width))
    screen.print(ranking_table(tables.ranking, about, screen.width))
    told = stories_table(tables.summary, scenarios, about, screen.width)
    if told is not None:
        screen.print(told)
    said(screen, done)
