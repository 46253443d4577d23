"""The answer of a comparison of schemes: everything a page shows of it, as plain numbers and finished sentences.

    answer = Answer.of(Path("results/compare-three_persons-1a2b3c4d"))
    answer.advice.headline
    answer.places[0].worth.text, answer.places[0].worth.luck_text

It is read from the folder alone, finished or not; sections of which there is nothing are empty, and `missing` says why.
Activities bear their neutral labels, schemes their plain ones.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import binom

from experiments import anchors, decompose, flips, stats
from experiments.advice import Advice, advice
from experiments.compared import Compared
from experiments.flips import YEAR, Draws, Flip
from experiments.places import Places, places
from experiments.premises import Premise, premises
from experiments.quantity import Quantity, listed, number, sentence, some
from experiments.tables import percent
from experiments.words import words_of
from sim.errors import InvalidInput
from sim.measures import pooled_measures
from sim.worlds import LOUD, PARTS

UNIT = "weeks of core work per person-week"
MANY = 4  # schemes that a question names one by one
OF = 20  # people labelled low, of whom so many are spoken of
STEP = 13  # weeks of a step of the courses over time, where there are a year of them or more
STEPS = 8  # of shorter ones
NEAR = 0.01  # of a full week: smaller changes of what time goes to are not put into words
TOLD = 2  # activities named in a sentence on either side
EFFECTS = (
    *("debt", "truck_factor", "incidents", "documented", "lead_time"),
    *("displaced_share", "craft", "validity", "gini", "hours", "manager_hours"),
)
PEOPLE = ("left", "laid_off", "surplus")
CALLED = {  # what a manager reads without taking offence, where a measure's own words would give some
    "displaced_share": (
        "time spent elsewhere than the business needs",
        "Against the same people, all for the business.",
    ),
    "craft": ("skill at working on the numbers, at the end", "1 is what a week of it adds to a score by the book."),
}
GOOD = {"higher": "more is better", "lower": "less is better", "neither": "neither more nor less is better of itself"}
CANNOT = (
    "It is about kinds of people and ways to evaluate, not about anybody by name; nobody should be judged by it.",
    "It has not been fitted to your company: sizes are those of a made-up team, signs and orders are what to look at.",
    "Whether a way to evaluate causes in real teams what it causes here, only a trial in real teams can tell.",
    "What is not in it: law, pay levels, reputation, and whatever makes your people unlike the kinds it knows.",
)


@dataclass(frozen=True, kw_only=True)
class SchemeEntry:
    """A way to evaluate that is compared.

    Parameters
    ----------
    name : str
        Its id.
    label, sentence : str
    today, benchmark, reference, there : bool
        Whether it is in force today · a line to compare with, never chosen · what the others are compared with ·
        computed at all yet.
    """

    name: str
    label: str
    sentence: str
    today: bool
    benchmark: bool
    reference: bool
    there: bool


@dataclass(frozen=True, kw_only=True)
class Place:
    """A scheme's place in the ranking, or a benchmark beside it.

    Parameters
    ----------
    scheme, label : str
    place : int or None
        None for a benchmark. Schemes that give the same in every team share one.
    worth, change : Quantity
        What the business gets [weeks of core work per person-week] · the difference to the reference.
    best, probability : float
        Share of teams in which it does best · of resamples of teams in which its mean is highest; NaN for benchmarks.
    against_first, against_reference : str
        In words; empty for the first, and for the reference.
    """

    scheme: str
    label: str
    place: int | None
    worth: Quantity
    change: Quantity
    best: float
    probability: float
    against_first: str
    against_reference: str


@dataclass(frozen=True, kw_only=True)
class Years:
    """What the business gets in the first year and in the second, and the dip after the switch.

    Parameters
    ----------
    scheme, label : str
    first, second, dip : Quantity
        [weeks of core work per person-week].
    first_weeks, second_weeks : int
        So many weeks of each are there.
    """

    scheme: str
    label: str
    first: Quantity
    second: Quantity
    dip: Quantity
    first_weeks: int
    second_weeks: int


@dataclass(frozen=True, kw_only=True)
class Share:
    """What part of a full week goes to an activity under a scheme; `change` is to the reference, `verdict` on it."""

    activity: str
    label: str
    time: Quantity
    change: Quantity
    verdict: str


@dataclass(frozen=True, kw_only=True)
class TimeUse:
    """What people spend their time on under a scheme."""

    scheme: str
    label: str
    shares: tuple[Share, ...]
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Course:
    """What the score shows, and what the business gets, step by step.

    Parameters
    ----------
    scheme, label : str
    weeks : tuple of int
        The last week of each step.
    worth, score : tuple of Quantity
        [weeks of core work per person-week]; the score times worth ÷ score of the step in which the scheme begins to
        count: what it seems to promise. It is undefined before, and where that score is not surely above 0.
    managers_view, true_view : str
    """

    scheme: str
    label: str
    weeks: tuple[int, ...]
    worth: tuple[Quantity, ...]
    score: tuple[Quantity, ...]
    managers_view: str
    true_view: str


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A measure of a scheme; `change` is to the reference, `verdict` on it: better, worse, higher, lower, …"""

    scheme: str
    label: str
    value: Quantity
    change: Quantity
    verdict: str


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What a scheme brings besides, scheme by scheme.

    Parameters
    ----------
    measure, label, sentence, unit, direction : str
        Its id · in words · which way is good, in words.
    cells : tuple of Cell
    """

    measure: str
    label: str
    sentence: str
    unit: str
    direction: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, kw_only=True)
class Mislabelled:
    """Of `OF` people labelled low under a scheme, how many are not among the true lowest.

    Parameters
    ----------
    scheme, label : str
    wrong : Quantity
        [people of 20].
    perfect, by_lot : float
        The same with a perfect score, for every team must name somebody · by drawing lots [people of 20].
    sentence : str
    """

    scheme: str
    label: str
    wrong: Quantity
    perfect: float
    by_lot: float
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Why:
    """Why a scheme delivers less than its score promises; `parts`: cause in words → its part of the gap."""

    scheme: str
    label: str
    gap: Quantity
    parts: tuple[tuple[str, Quantity], ...]
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Reproduce:
    """How to get every number again."""

    commands: tuple[str, ...]
    sentences: tuple[str, ...]
    versions: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """All that a comparison of schemes says.

    Parameters
    ----------
    question, setting, spreads : str
        What is asked · of whom, for how long · what the three spreads are.
    preliminary : str
        Why the page is not the last word; empty if it is.
    count, wanted : int
        Teams of each scheme that are computed, and that will be.
    one : str
        What a run is of: team or organisation.
    smallest : float
        Smallest difference that matters [weeks of core work per person-week].
    since : int
        The week from which the schemes count.
    schemes : tuple of SchemeEntry
        In the order of the question.
    advice : Advice
    places, benchmarks : tuple of Place
        Best first · reference lines.
    ranking : tuple of str
        What the order comes to, in sentences.
    years, time, course, effects, people, mislabelled, why
        Sections; empty where there is nothing.
    flips : tuple of Flip
    draws : Draws or None
    cannot, missing : tuple of str
        What this model cannot say · which sections are left out, and why.
    patterns : str
        How many observed patterns it reproduces that it was not fitted to.
    premises : tuple of Premise
    reproduce : Reproduce
    """

    question: str
    setting: str
    spreads: str
    preliminary: str
    count: int
    wanted: int
    one: str
    smallest: float
    since: int
    schemes: tuple[SchemeEntry, ...]
    advice: Advice
    places: tuple[Place, ...]
    benchmarks: tuple[Place, ...]
    ranking: tuple[str, ...]
    years: tuple[Years, ...]
    time: tuple[TimeUse, ...]
    course: tuple[Course, ...]
    effects: tuple[Effect, ...]
    people: tuple[Effect, ...]
    mislabelled: tuple[Mislabelled, ...]
    why: tuple[Why, ...]
    flips: tuple[Flip, ...]
    draws: Draws | None
    cannot: tuple[str, ...]
    missing: tuple[str, ...]
    patterns: str
    premises: tuple[Premise, ...]
    reproduce: Reproduce

    @staticmethod
    def of(folder: Path | str) -> Answer:
        """Read the answer from the folder of a comparison of schemes, finished or not.

        Raises
        ------
        InvalidInput
            Where the folder holds no such thing.
        """
        compared = Compared.of(folder)
        by_worth = places(compared)
        numbers = Numbers.of(compared)
        draws = flips.draws(compared, by_worth)
        gained = numbers.change(by_worth.order[0], "worth") if by_worth.order else Quantity(value=math.nan)
        found = Answer(
            question=question(compared),
            setting=setting(compared),
            spreads=spreads(compared),
            preliminary=preliminary(compared),
            count=compared.count,
            wanted=compared.wanted,
            one="organisation" if compared.organised else "team",
            smallest=smallest(compared),
            since=compared.since,
            schemes=tuple(_entry(compared, n) for n in compared.variants),
            advice=advice(compared, by_worth, draws, gained),
            places=ranked(compared, by_worth, numbers),
            benchmarks=tuple(_line(compared, numbers, n) for n in compared.schemes if n in compared.benchmarks),
            ranking=(),
            years=years(compared, numbers),
            time=time_use(compared, numbers),
            course=courses(compared),
            effects=effects(compared, numbers, EFFECTS),
            people=effects(compared, numbers, _of_people(compared)),
            mislabelled=mislabelled(compared),
            why=why(compared),
            flips=flips.flips(compared, by_worth),
            draws=draws,
            cannot=CANNOT,
            missing=(),
            patterns=patterns(),
            premises=premises(compared.first, draws.sizes if draws else {}),
            reproduce=reproduce(compared),
        )
        return replace(
            found, ranking=ranking_lines(compared, by_worth, found.benchmarks), missing=missing(found, compared)
        )

    def label(self, scheme: str) -> str:
        """Return what people call a scheme."""
        return next(s.label for s in self.schemes if s.name == scheme)


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """Every measure that is shown, of every scheme, with its spreads; and its difference to the reference."""

    values: Mapping[tuple[str, str], Quantity]
    changes: Mapping[tuple[str, str], Quantity]
    verdicts: Mapping[tuple[str, str], str]

    @staticmethod
    def of(compared: Compared) -> Numbers:
        """Take means and paired differences of what is shown."""
        runs = compared.runs
        if runs.empty:
            return Numbers(values={}, changes={}, verdicts={})
        runs = runs[["scheme", "run", *(c for c in runs if _read(str(c)))]]
        summary = stats.summary(runs)
        if not compared.assumed.empty:
            others = compared.assumed
            summary = stats.with_assumptions(summary, others[[c for c in runs if c in others]])
        wanted = [str(m) for m in summary["measure"].unique() if _compared(str(m))]
        differences = stats.differences(runs, compared.reference, wanted, compared.matters)
        keys = list(zip(differences["scheme"], differences["measure"], strict=True))
        return Numbers(
            values=_quantities(summary, "value"),
            changes=_quantities(differences, "difference"),
            verdicts=dict(zip(keys, differences["verdict"], strict=True)),
        )

    def value(self, scheme: str, measure: str) -> Quantity:
        """Return a measure of a scheme."""
        return self.values.get((scheme, measure), Quantity(value=math.nan))

    def change(self, scheme: str, measure: str) -> Quantity:
        """Return how a measure differs from the reference's."""
        return self.changes.get((scheme, measure), Quantity(value=math.nan))

    def verdict(self, scheme: str, measure: str) -> str:
        """Return what that difference comes to, in words; empty for the reference."""
        return self.verdicts.get((scheme, measure), "")


def _compared(measure: str) -> bool:
    """Whether a measure is shown beside its difference to the reference."""
    return measure in ("worth", *EFFECTS, *PEOPLE) or measure.startswith(("effort_", "utility_"))


def _read(measure: str) -> bool:
    """Whether a measure of a run is shown, or one that is shown is made of it."""
    parts = pooled_measures()["validity"][1]
    return _compared(measure) or measure in ("worth_aligned", "worth_year_1", "worth_year_2", "dip", *parts)


def _quantities(frame: pd.DataFrame, value: str) -> dict[tuple[str, str], Quantity]:
    """Return (scheme, measure) → quantity, of a table of `stats`."""
    spreads = ("error", "luck", *(("assumed",) if "assumed_low" in frame else ()))
    shares = {m: percent(str(m)) for m in frame["measure"].unique()}
    found = {}
    for row in frame.to_dict("records"):
        ends = {k: (float(row[f"{k}_low"]), float(row[f"{k}_high"])) for k in spreads}
        own = Quantity(value=float(row[value]), percent=shares[row["measure"]], **ends)
        found[row["scheme"], row["measure"]] = own
    return found


def question(compared: Compared) -> str:
    """Return what is asked."""
    names = [f"“{compared.labels[n]}”" for n in compared.variants if n not in compared.benchmarks]
    if compared.today is not None:
        before, *others = names
        if not others:
            return f"People are evaluated by {before} today. How does that go on?"
        ways = listed(others, "or") if len(others) <= MANY else f"one of {len(others)} others"
        return f"People are evaluated by {before} today. Should that stay, or give way to {ways}?"
    if len(names) < 2:
        return f"What do people do under {names[0]}, and what does the business get?" if names else "What is there?"
    if len(names) > MANY:
        return f"Which of these {len(names)} ways to evaluate people serves the business best?"
    return f"Which of these ways to evaluate people serves the business best: {listed(names, 'or')}?"


def setting(compared: Compared) -> str:
    """Say whom this is about, and for how long."""
    first, counted = compared.first, compared.weeks - compared.since
    label = first["team"]["label"]
    who = "An organisation of several levels" if compared.organised else sentence(str(label["plain"]))
    said = str(label["sentence"])
    more = f" ({said[:1].lower()}{said[1:].rstrip('.')})" if said and not compared.organised else ""
    if compared.today is not None:
        before = f"{compared.since} weeks under what is in force today, the same for all, then {counted} weeks"
    elif compared.since:
        before = f"{compared.since} weeks in which the score is only measured, then {counted} weeks in which it counts"
    else:
        before = f"{counted} weeks"
    power = " All push equally hard; they differ in what they push for." if _equal(compared) else ""
    return f"{who}{more}, simulated {compared.count} times under each way to evaluate: {before}.{power}"


def _equal(compared: Compared) -> bool:
    schemes = [v["scheme"] for v in compared.variants.values()]
    return len(schemes) > 1 and all(s["power"] == "equal" and s["strength"] == schemes[0]["strength"] for s in schemes)


def spreads(compared: Compared) -> str:
    """Say what the three spreads are."""
    many = compared.many
    text = (
        f"± is computing error (95 %), which more simulated {many} shrink. Luck is the middle 80 % of single {many}; "
        "it does not shrink."
    )
    if compared.assumed.empty:
        return text
    return (
        f"{text} Assumptions is the middle 80 % over what may be true of a real team; neither does that, and the mean "
        "may lie outside of it, as most of what may be otherwise makes teams worse."
    )


def preliminary(compared: Compared) -> str:
    """Say why this is not the last word; nothing if it is."""
    if compared.whole:
        return ""
    missing = [n for n in compared.variants if n not in compared.schemes]
    text = f"Preliminary: {compared.count} of {compared.wanted} runs are computed"
    if missing and compared.schemes:
        text += f", and none yet of {some([f'“{compared.labels[n]}”' for n in missing])}"
    return f"{text}. What is said here may change."


def smallest(compared: Compared) -> float:
    """Return the smallest difference that matters [weeks of core work per person-week]."""
    if compared.runs.empty:
        return math.nan
    return stats.smallest_that_matters(compared.runs, compared.reference, compared.matters)


def _entry(compared: Compared, name: str) -> SchemeEntry:
    return SchemeEntry(
        name=name,
        label=compared.labels[name],
        sentence=str(compared.variants[name]["scheme"]["label"]["sentence"]),
        today=name == compared.today,
        benchmark=name in compared.benchmarks,
        reference=name == compared.reference,
        there=name in compared.schemes,
    )


def ranked(compared: Compared, by_worth: Places, numbers: Numbers) -> tuple[Place, ...]:
    """Return the schemes that can be chosen, the best first; a single one has no rivals, and the first place."""
    order = by_worth.order or compared.candidates
    table = by_worth.table.set_index("scheme")
    found: list[Place] = []
    for i, name in enumerate(order):
        shared = next((p.place for p in found if p.scheme in by_worth.alike.get(name, ())), i + 1)
        own: Mapping[Any, Any] = table.loc[name].to_dict() if name in table.index else {}
        line = _line(compared, numbers, name)
        found.append(
            replace(
                line,
                place=shared,
                best=float(own.get("share_best", math.nan)),
                probability=float(own.get("probability_highest", math.nan)),
                against_first=_verdict(name, order[0], by_worth) if i else "",
            )
        )
    return tuple(found)


def _verdict(name: str, first: str, by_worth: Places) -> str:
    return "the same in every case" if name in by_worth.alike[first] else by_worth.against_first(name)


def _line(compared: Compared, numbers: Numbers, name: str) -> Place:
    return Place(
        scheme=name,
        label=compared.labels[name],
        place=None,
        worth=numbers.value(name, "worth"),
        change=numbers.change(name, "worth"),
        best=math.nan,
        probability=math.nan,
        against_first="",
        against_reference=numbers.verdict(name, "worth"),
    )


def ranking_lines(compared: Compared, by_worth: Places, benchmarks: Sequence[Place]) -> tuple[str, ...]:
    """Say what the order comes to, and where the reference lines lie."""
    if not by_worth.order:
        return ()
    first, names = by_worth.order[0], compared.labels
    lines = []
    for verdict, words in ((stats.UNCLEAR, "not distinguishable from it"), (stats.SMALL, "too near to it to matter")):
        found = [f"“{names[s]}”" for s in by_worth.order[1:] if _verdict(s, first, by_worth) == verdict]
        if found:
            lines.append(f"{words}: {some(found)}")
    same = [f"“{names[s]}”" for s in by_worth.alike[first]]
    lines += [f"the same as it in every case, under another name: {listed(same)}"] if same else []
    rest = f"; {'; '.join(lines)}." if lines else "; every other does worse."
    told = [f"First by the mean: “{names[first]}”{rest}"]
    beside = [f"“{b.label}” {b.worth.text}" for b in benchmarks if b.worth.known]
    if beside:
        told.append(f"Lines to compare with, which nobody can choose: {listed(beside)}.")
    return tuple(told)


def years(compared: Compared, numbers: Numbers) -> tuple[Years, ...]:
    """Return the first year, the second, and the dip after the switch, of every scheme."""
    (one, first), (two, second) = (flips.year_worth(compared, k) for k in (0, 1))
    if not first:
        return ()
    found = []
    for name in compared.schemes:
        own = compared.runs["scheme"] == name
        year = [_mean(one[own].to_numpy(float)), _mean(two[own].to_numpy(float))]
        for k, weeks in enumerate((first, second)):
            if weeks == YEAR:
                year[k] = replace(year[k], assumed=numbers.value(name, f"worth_year_{k + 1}").assumed)
        dip = numbers.value(name, "dip") if compared.today is not None else Quantity(value=math.nan)
        found.append(
            Years(
                scheme=name,
                label=compared.labels[name],
                first=year[0],
                second=year[1],
                dip=dip,
                first_weeks=first,
                second_weeks=second,
            )
        )
    return tuple(found)


def _mean(x: Any, share: bool = False) -> Quantity:
    """Return the mean of a number of each run, with computing error and luck."""
    value, low, high, luck_low, luck_high, _ = stats.described(x)
    return Quantity(value=value, error=(low, high), luck=(luck_low, luck_high), percent=share)


def time_use(compared: Compared, numbers: Numbers) -> tuple[TimeUse, ...]:
    """Return what people spend their time on under every scheme."""
    found = []
    for name in compared.schemes:
        shares = []
        for activity, label in compared.activities.items():
            measure = f"effort_{activity}"
            time, change = numbers.value(name, measure), numbers.change(name, measure)
            verdict = numbers.verdict(name, measure)
            shares.append(Share(activity=activity, label=label, time=time, change=change, verdict=verdict))
        known = tuple(s for s in shares if s.time.known)
        text = _of_time(known, compared.labels[compared.reference], name == compared.reference)
        found.append(TimeUse(scheme=name, label=compared.labels[name], shares=known, sentence=text))
    return tuple(found)


def _of_time(shares: Sequence[Share], reference: str, itself: bool) -> str:
    """Say what more and what less time goes to than under the reference."""
    if itself:
        most = sorted(shares, key=lambda s: -s.time.value)[: TOLD + 1]
        return (
            f"Most time goes to {listed([f'“{s.label}” ({100 * s.time.value:.0f} %)' for s in most])} of a full week."
        )
    sure = [s for s in shares if s.verdict in (stats.HIGHER, stats.LOWER) and abs(s.change.value) >= NEAR]
    sure.sort(key=lambda s: -abs(s.change.value))
    parts = []
    for word, side in (("more", stats.HIGHER), ("less", stats.LOWER)):
        named = [s for s in sure if s.verdict == side][:TOLD]
        if named:
            parts.append(f"{word} on {listed([f'“{s.label}” ({_points(s)})' for s in named])}")
    if not parts:
        return f"No change of a point or more of a full week can be told from “{reference}”."
    return f"Against “{reference}”, {listed(parts)}, in points of a full week."


def _points(share: Share) -> str:
    return number(100 * share.change.value, 0, "+")


def courses(compared: Compared) -> tuple[Course, ...]:
    """Return what the score shows and what the business gets over time, under every scheme."""
    weekly = compared.weekly
    if weekly.empty:
        return ()
    step = STEP if compared.weeks >= YEAR else max(1, compared.weeks // STEPS)
    return tuple(_course(compared, n, weekly[weekly["scheme"] == n], step) for n in compared.schemes)


def _course(compared: Compared, name: str, weekly: pd.DataFrame, step: int) -> Course:
    means = weekly.groupby(["run", weekly["week"] // step])[["worth", "score"]].mean()
    worth, score = (means[k].unstack("week") for k in ("worth", "score"))  # (run, step)
    begin = compared.since if compared.today is not None else 0  # before it, scores are those of today's scheme
    opening = min(math.ceil(begin / step), worth.shape[1] - 1)
    scale = _exchange(worth.iloc[:, opening].to_numpy(float), score.iloc[:, opening].to_numpy(float))
    promised = score.to_numpy(float) * scale
    promised[:, :opening] = np.nan
    shown, true = (tuple(_mean(x) for x in table.T) for table in (promised, worth.to_numpy(float)))
    last = [min((int(k) + 1) * step, compared.weeks) for k in worth.columns]
    return Course(
        scheme=name,
        label=compared.labels[name],
        weeks=tuple(last),
        worth=true,
        score=shown,
        managers_view=_view("The score", promised[:, opening], promised[:, -1], step),
        true_view=_view("What the business gets", worth.iloc[:, opening], worth.iloc[:, -1], step),
    )


def _exchange(worth: Any, score: Any) -> float:
    """Return worth per point of score where a scheme begins; NaN where the score is not surely above 0."""
    error = score.std(ddof=1) / math.sqrt(len(score)) if len(score) > 1 else 0.0
    mean = float(score.mean())
    return float(worth.mean()) / mean if mean > 3 * error and mean > 1e-12 else math.nan


def _view(what: str, first: Any, last: Any, step: int) -> str:
    """Say how something has changed from the first step in which the scheme counts to the last, run by run."""
    first, last = np.asarray(first, dtype=float), np.asarray(last, dtype=float)
    base = float(first.mean())
    if not math.isfinite(base):
        return f"{what} says nothing here: there is none, or it does not begin above 0."
    if base <= 0:
        return f"{what} does not begin above 0."
    change = _mean((last - first) / base, share=True)
    if not (change.error[0] > 0 or change.error[1] < 0):
        return f"{what} has not surely changed from its first {step} weeks to the last ({change.written('+')})."
    word = "has risen" if change.value > 0 else "has fallen"
    return f"{what} {word} from its first {step} weeks to the last ({change.written('+')})."


def effects(compared: Compared, numbers: Numbers, measures: Sequence[str]) -> tuple[Effect, ...]:
    """Return measures of every scheme, those that there are."""
    return tuple(
        _effect(compared, numbers, m) for m in measures if any(numbers.value(s, m).known for s in compared.schemes)
    )


def _effect(compared: Compared, numbers: Numbers, measure: str) -> Effect:
    said: Mapping[str, Any] = words_of(measure)
    label, meaning = CALLED.get(measure, (str(said["label"]["plain"]), str(said["label"]["sentence"])))
    cells = [
        Cell(
            scheme=s,
            label=compared.labels[s],
            value=numbers.value(s, measure),
            change=numbers.change(s, measure),
            verdict=numbers.verdict(s, measure),
        )
        for s in compared.schemes
    ]
    return Effect(
        measure=measure,
        label=sentence(label),
        sentence=meaning,
        unit="%" if percent(measure) else str(said["unit"]),
        direction=GOOD[str(said["label"]["good"])],
        cells=tuple(cells),
    )


def _of_people(compared: Compared) -> list[str]:
    """Return the measures of what it is like for people: those of motives that have words of their own among them."""
    found = [*PEOPLE]
    for column in compared.runs:
        if str(column).startswith("utility_"):
            try:
                words_of(str(column))
            except InvalidInput:
                continue
            found.append(str(column))
    return found


def mislabelled(compared: Compared) -> tuple[Mislabelled, ...]:
    """Return how many of those labelled low are not among the true lowest, under every scheme that labels anybody."""
    found = []
    for name, row in compared.mislabelled.iterrows():
        wrong = Quantity(value=OF * row["value"], error=(OF * row["error_low"], OF * row["error_high"]))
        if not wrong.known:
            continue
        called, size = int(row["called"]), int(row["size"])
        text = (
            f"Of {OF} people labelled low, {_whole(wrong)} are not among the true lowest {OF}; with a perfect score it "
            f"would be {OF * _perfect(called, size):.0f}, as every team must name "
            f"{'somebody' if called == 1 else f'{called} people'}, by lot {OF * (1 - called / size):.0f}."
        )
        found.append(
            Mislabelled(
                scheme=str(name),
                label=compared.labels[str(name)],
                wrong=wrong,
                perfect=OF * _perfect(called, size),
                by_lot=OF * (1 - called / size),
                sentence=text,
            )
        )
    return tuple(found)


def _whole(wrong: Quantity) -> str:
    """Return a number of people and its computing error, to the whole person.

    Examples
    --------
    >>> _whole(Quantity(value=14.2, error=(13.1, 15.3)))
    '14 (13 to 15)'
    """
    low, high = wrong.error
    return f"{wrong.value:.0f}" + ("" if math.isnan(low) else f" ({low:.0f} to {high:.0f})")


def _perfect(called: int, size: int) -> float:
    """Return the share wrongly called low where every score is right, and every team of `size` must call `called` low.

    Of the k least of N, the j-th is above the quantile k/N of all if fewer than j of the N are below it.

    Examples
    --------
    >>> round(_perfect(1, 7), 2)
    0.34
    """
    return float(np.mean([binom.cdf(j, size, called / size) for j in range(called)]))


def why(compared: Compared) -> tuple[Why, ...]:
    """Return why each scheme delivers less than its score promises, where that has been taken apart."""
    gaming = [str(a["label"]["neutral"]) for a in compared.first["activities"].values() if a and a.get("gaming")]
    causes = {**decompose.MEANS, "adversarial": listed([f"“{g}”" for g in gaming]) or decompose.MEANS["adversarial"]}
    found = []
    for row in compared.decomposed.to_dict("records"):
        if row["scheme"] not in compared.labels:
            continue
        parts = [(causes[p], _of_row(row, p)) for p in PARTS]
        gap = _of_row(row, "gap")
        text = _promise(gap, parts, bool(row["misfits"]))
        label = compared.labels[str(row["scheme"])]
        found.append(Why(scheme=str(row["scheme"]), label=label, gap=gap, parts=tuple(parts), sentence=text))
    return tuple(found)


def _of_row(row: Mapping[Any, Any], name: str) -> Quantity:
    return Quantity(value=float(row[name]), error=(float(row[f"{name}_error_low"]), float(row[f"{name}_error_high"])))


def _promise(gap: Quantity, parts: Sequence[tuple[str, Quantity]], misfits: bool) -> str:
    """Say what is promised and not delivered, and why."""
    if not gap.known:
        return "Nobody differs in the score, so it promises nothing."
    if gap.error[0] <= 0 <= gap.error[1]:
        return "What those with the best scores promise and what they deliver cannot be told apart."
    if gap.value < 0:
        return f"Those with the best scores deliver more than they promise ({number(-gap.value, 2)} {UNIT})."
    main = sorted(((q.value, cause) for cause, q in parts if abs(q.value / gap.value) >= 0.1), reverse=True)
    told = "; ".join(f"{number(size, 2, '+')} {cause}" for size, cause in main)
    text = f"Of what those with the best scores promise, {gap.text} {UNIT} is not delivered: {told}"
    if misfits:
        text += f". More than {100 * LOUD:.0f} % is none of the causes, so that they do not tell the whole story"
    return f"{text}."


def missing(found: Answer, compared: Compared) -> tuple[str, ...]:
    """Say which sections are left out, and why."""
    if not compared.schemes:
        return ("Nothing has been computed yet.",)
    lines = []
    if compared.organised:
        lines.append(
            "Who is wrongly labelled low is left out: in an organisation of several levels people do work that is not "
            "to be compared."
        )
    elif not found.mislabelled:
        lines.append("Who is wrongly labelled low is left out: nobody is labelled here, or no reviews are there yet.")
    if not found.years:
        lines.append("The first year and the second are left out: there are too few weeks.")
    elif not found.years[0].second_weeks:
        lines.append("The second year is left out: there are too few weeks.")
    if compared.today is None:
        lines.append("There is no dip after a switch, as no way to evaluate was in force before.")
    if compared.assumed.empty:
        lines.append("Other assumptions were not tried.")
    elif found.draws is None:
        lines.append("How often other assumptions turn the order is left out: too few draws, or nothing to rank.")
    if not found.why:
        lines.append("Why less is delivered than promised was not taken apart.")
    if not any(e.measure == "manager_hours" for e in found.effects):
        lines.append("What evaluating costs managers in hours is not among what was measured.")
    return tuple(lines)


def patterns() -> str:
    """Say how many observed patterns the model reproduces that it was not fitted to."""
    inside, count = anchors.held_out_score()
    studies = len({row["anchor"] for row in anchors.results()["patterns"] if row["use"] == "held_out"})
    return (
        f"It reproduces {inside} of {count} patterns observed in real teams and experiments that it was not fitted to "
        f"({studies} published studies)."
    )


def reproduce(compared: Compared) -> Reproduce:
    """Say how to get every number again."""
    manifest = compared.kept.manifest
    versions = tuple((str(k), str(v)) for k, v in manifest.get("versions", {}).items())
    return Reproduce(
        commands=(str(manifest["command"]),),
        sentences=(
            f"Seed {compared.kept.config['seed']}, {compared.wanted} runs of each of {len(compared.variants)} schemes, "
            f"{compared.weeks} weeks. The same version, seed and command give the same numbers.",
            "config.yaml in the folder of results holds the scenario with every number; crosspurpose repro FOLDER "
            "computes it again and compares, crosspurpose report FOLDER writes this page.",
            "Added to the command, assumptions=plausible tries other assumptions, decompose=true takes the gap between "
            "what is promised and what is delivered apart, today=NAME puts a scheme in force before.",
        ),
        versions=versions,
    )
