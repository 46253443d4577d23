"""What the lab has worker processes do: functions of plain data, each a task of its own.

composed    configurations of schemes, which the server keeps
prepared    a scenario file, checked, as a study in a folder
glanced     the first look at one scheme: few runs, and nothing besides
answered    what is in the folder so far
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from experiments import compare, decompose, explain, redteam, report
from experiments.answer import Answer
from experiments.compare import Plan
from experiments.lint import rules as lint_rules
from experiments.question import asked
from experiments.stats import described
from experiments.store import Folder
from experiments.study import Block, Study, check
from experiments.variants import over
from experiments.web.lab.shown import results
from sim import filed, loading
from sim.errors import InvalidInput, ModelWarning
from sim.scenario import KEYS, Scenario, people_of, scenario_from
from sim.simulation import simulate_runs

FILE = "question.yaml"  # how the scenario file is called that a brief names
COMMAND = f"crosspurpose compare scenario={FILE}"
VARIANTS, PEOPLE, WEEKS, RUNS = 12, 1000, 520, 2000  # most of a study
MODEST = {"size": PEOPLE, "modules": 200, "weeks": WEEKS, "runs": RUNS, "draws": RUNS, "exact_up_to": 50}
WORK = 40_000_000  # most member-weeks of a study, its three arms not counted
FIRST = 8  # runs of the first look at a team
LARGE = 40  # people from which on a first look has one run, and no weeks under today's scheme
STEPS = (16, 64)  # runs after which a team's results are shown, besides all
LARGE_STEPS = (3, 8)  # the same of an organisation
TOGETHER = 4  # draws of what is plausible in one task
WHY_RUNS = 48  # of what takes a gap apart
Compositions = Mapping[str, Mapping[str, Any]]  # scheme → configuration of `compare`


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A study that is ready to be run.

    Parameters
    ----------
    study, others : Study · Study or None
        What is compared · the same with other plausible numbers in each run.
    labels : mapping of str to str
        Scheme → how it is called.
    today : str or None
    rounds : sequence of sequence of Block
        What is computed one after the other; between them the results are shown.
    draws : sequence of Block
        The blocks of `others`.
    left_out : str
        What the first look leaves out, in words.
    """

    study: Study
    others: Study | None
    labels: Mapping[str, str]
    today: str | None
    rounds: Sequence[Sequence[Block]]
    draws: Sequence[Block]
    left_out: str

    @property
    def ranked(self) -> list[str]:
        """The schemes that are no reference lines, in order."""
        return [n for n, s in self.study.variants.items() if not s.scheme.benchmark]


@dataclass(frozen=True, kw_only=True)
class Glance:
    """The first look at one scheme: means of few runs, and half their 95 % intervals (None for a single run).

    Parameters
    ----------
    runs : int
    worth : sequence of (mean, half) or None
        In the first and the second year [weeks of core work per person-week].
    effort : mapping of str to float
        Neutral label of an activity → share of the week.
    """

    runs: int
    worth: Sequence[tuple[float, float | None]]
    effort: Mapping[str, float]


def composed(words: Sequence[str], schemes: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return the configuration of `compare` for each scheme, with some words more."""
    return {s: loading.compose("compare", [*words, f"scheme={s}"]) for s in schemes}


def prepared(text: str, folder: Path, known: Compositions | None = None) -> Prepared:
    """Check a scenario file and make the folder of its comparison.

    Parameters
    ----------
    text : str
        Of a file that may come from anybody.
    folder : Path
    known : mapping or None
        The configurations of all its schemes, if the file leaves alone what they hang on (`team.layoff`).

    Raises
    ------
    InvalidInput
        For anything that is not allowed, or too large.
    """
    content = filed.content(text, "the scenario file", strict=True)
    for key in content:
        if key not in (*KEYS, "defaults", "question"):
            raise InvalidInput("the scenario file", key, "keys of a scenario, defaults and question")
    _check_modest(content)
    try:
        plan = _planned(content, known)
    except InvalidInput as error:  # which names a variant by what is typed for it, and nothing is typed here
        key = error.key.partition(": ")[2] or error.key
        raise InvalidInput(key, error.value, error.allowed, error.nearest) from None
    study, config = plan.study, plan.config
    _check_size(study)
    found = check(study)
    store = Folder(folder, study.same)
    store.begin(study.manifest(COMMAND, found), anew=True)
    (folder / FILE).write_text(text, encoding="utf-8")
    others = None
    if config["assumptions"] is not None:
        runs = min(study.runs, config["draws"])
        ranked = {n: s for n, s in study.variants.items() if not s.scheme.benchmark}
        others = replace(study, variants=ranked, assumed=True, runs=runs, shadow=False, members=False, origin={})
        Folder(folder / "assumptions", others.same).begin(others.manifest(COMMAND, found), anew=True)
    first = next(iter(study.variants.values()))
    large = people_of(first) > LARGE
    return Prepared(
        study=study,
        others=others,
        labels={n: s.scheme.label.plain for n, s in study.variants.items()},
        today=config["today"],
        rounds=_rounds(study, LARGE_STEPS if large else STEPS),
        draws=() if others is None else _cut(others, 1 if large else TOGETHER),
        left_out=_left_out(first, large),
    )


def _planned(content: Mapping[str, Any], known: Compositions | None) -> Plan:
    if known is None:
        words = [f"scenario={loading.enter_scenario('question', content)}"]
        return compare.planned(asked(loading.compose("compare", words), words))
    body = {k: v for k, v in content.items() if k not in ("defaults", "question")}

    def compose(_: str, words: Sequence[str]) -> dict[str, Any]:
        base = known[words[-1].removeprefix("scheme=")]
        return over({**base, "story": {}}, body)  # all that the scenario they were composed with says of its own

    base = next(iter(known.values()))
    return compare.planned(asked({**base, "question": content.get("question", {})}, []), compose)


def _check_modest(content: object, key: str = "") -> None:
    """Refuse, before anything is built of it, what would make a world too large: in any place of a file."""
    name = key.rpartition(".")[2]
    if name in MODEST and isinstance(content, int) and content > MODEST[name]:
        raise InvalidInput(key, content, f"at most {MODEST[name]} here; the command line knows no such limit")
    if isinstance(content, list) and len(content) > PEOPLE:
        raise InvalidInput(key, f"{len(content)} entries", f"at most {PEOPLE}")
    if name == "spans" and isinstance(content, list):
        known = [each for each in content if isinstance(each, int)]
        if math.prod(known) > PEOPLE:
            raise InvalidInput(key, content, f"at most {PEOPLE} teams")
    each = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    for k, value in each:
        _check_modest(value, f"{key}.{k}" if key else str(k))


def _check_size(study: Study) -> None:
    """Refuse what would take one browser's share of the machine and more."""
    first = next(iter(study.variants.values()))
    people = people_of(first)
    work = people * first.weeks * study.runs * len(study.variants)
    for key, value, most in (
        ("schemes", len(study.variants), VARIANTS),
        ("people", people, PEOPLE),
        ("weeks", first.weeks, WEEKS),
        ("runs", study.runs, RUNS),
        ("people × weeks × runs × schemes", work, WORK),
    ):
        if value > most:
            raise InvalidInput(key, value, f"at most {most} here; the command line knows no such limit")


def _left_out(scenario: Scenario, large: bool) -> str:
    """Say what a first look at a scenario leaves out."""
    least = "the same teams with aligned interests, and with each scheme only measured; what else may be plausible"
    if large and scenario.config["today"] is not None:
        return f"the weeks under today's scheme before the switch; {least}"
    return least


def _rounds(study: Study, steps: Sequence[int]) -> list[list[Block]]:
    """Cut a study into rounds of blocks, a block of each variant in each; blocks are numbered by variant, then run."""
    ends = [0, *(s for s in steps if s < study.runs), study.runs]
    spans = list(pairwise(ends))
    variants = list(study.variants)
    return [
        [
            Block(name=f"part-{v * len(spans) + i:05d}", scheme=name, numbers=range(first, last))
            for v, name in enumerate(variants)
        ]
        for i, (first, last) in enumerate(spans)
    ]


def _cut(study: Study, size: int) -> list[Block]:
    """Cut a study into blocks of so many runs, the first runs of all variants first."""
    starts = range(0, study.runs, size)
    found = [
        Block(name=f"part-{v * len(starts) + i:05d}", scheme=name, numbers=range(first, min(first + size, study.runs)))
        for i, first in enumerate(starts)
        for v, name in enumerate(study.variants)
    ]
    return found


def glanced(config: Mapping[str, Any], seed: int) -> Glance:
    """Take a first look at one variant."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ModelWarning)
        scenario = scenario_from(config)
        runs = FIRST
        if people_of(scenario) > LARGE:
            runs, before = 1, config["today"]
            left = 0 if before is None else before["weeks"]
            scenario = scenario_from({**config, "today": None, "weeks": config["weeks"] - left})
        measures = simulate_runs(scenario, range(runs), seed, aligned=False).measures()
    worth: list[tuple[float, float | None]] = []
    for year in ("worth_year_1", "worth_year_2"):
        mean, low, high, *_ = described(measures[year].to_numpy())
        worth.append((mean, (high - low) / 2 if runs > 1 else None))
    means = measures.mean()
    effort = {a.label.neutral: float(means[f"effort_{k}"]) for k, a in scenario.activities.items()}
    return Glance(runs=runs, worth=worth, effort=effort)


def finished(study: Study, folder: Path, order: Sequence[str]) -> None:
    """Join the blocks of a study and call it finished."""
    Folder(folder, study.same).finish(list(order), study.manifest(COMMAND, check(study)))


def answered(folder: Path) -> str:
    """Return what there is to show so far."""
    return results(Answer.of(folder))


def brief(folder: Path) -> str:
    """Return the page to forward."""
    return report.page(Answer.of(folder))


def taken_apart(study: Study, folder: Path, labels: Mapping[str, str]) -> None:
    """Take the gap apart between what each score promises and what comes, beside a comparison."""
    settings = {"executor": "serial", "workers": None, "scheduler": None, "overwrite": False}
    few = replace(study, runs=min(study.runs, WHY_RUNS))
    decompose.beside(few, folder, labels, {**settings, "runs": few.runs, "seed": few.seed}, COMMAND)


def neutral(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return a scenario in which activities are called as an answer calls them: by their neutral labels."""
    named = {
        k: a and {**a, "label": {**a["label"], "plain": a["label"]["neutral"]}} for k, a in config["activities"].items()
    }
    return {**config, "activities": named}


def explained(config: Mapping[str, Any], seed: int, member: str) -> list[str]:
    """Say why a member of a team did what it did in a week of the second half."""
    scenario = scenario_from(neutral(config))
    week = explain.week_to_explain(scenario)
    return explain.story(explain.explanation(scenario, seed, 0, member, week))


def linted(config: Mapping[str, Any]) -> list[lint_rules.Finding]:
    """Say what is wrong with a scheme before anything is run."""
    return lint_rules.findings(scenario_from(neutral(config)))


def attacked(config: Mapping[str, Any], seed: int, name: str) -> tuple[list[str], str] | None:
    """Return the story of what raises a score most for the worth it costs, and its scenario; None: nothing does."""
    found = redteam.search(scenario_from(config), seed)
    if found is None:
        return None
    told = replace(found, scenario=scenario_from(neutral(config)))
    return redteam.story(told), redteam.scenario_text(found, name)


Task = Callable[[], Any]
