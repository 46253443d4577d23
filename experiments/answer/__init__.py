"""The answer of a comparison of schemes: everything a page shows of it, as plain numbers and finished sentences.

    answer = Answer.of(Path("results/compare-three_persons-1a2b3c4d"))
    answer.advice.headline
    answer.places[0].worth.text, answer.places[0].worth.luck_text

It is read from the folder alone, finished or not; sections of which there is nothing are empty, and `missing` says why.
Activities bear their neutral labels, schemes their plain ones.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path

from experiments.answer import flips
from experiments.answer.advice import Advice, advice
from experiments.answer.asked import preliminary, question, setting, smallest, spreads
from experiments.answer.compared import Compared
from experiments.answer.course import Course, TimeUse, Years, courses, time_use, years
from experiments.answer.flips import Draws, Flip
from experiments.answer.numbers import EFFECTS, Numbers
from experiments.answer.places import places
from experiments.answer.premises import Premise, premises
from experiments.answer.ranking import Place, SchemeEntry, as_line, ranked, ranking_lines, scheme_entry
from experiments.answer.sections import Effect, Mislabelled, Why, effects, mislabelled, of_people, why
from experiments.answer.sources import CANNOT, Reproduce, patterns, reproduce
from experiments.quantity import Quantity


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
            schemes=tuple(scheme_entry(compared, n) for n in compared.variants),
            advice=advice(compared, by_worth, draws, gained),
            places=ranked(compared, by_worth, numbers),
            benchmarks=tuple(as_line(compared, numbers, n) for n in compared.schemes if n in compared.benchmarks),
            ranking=(),
            years=years(compared, numbers),
            time=time_use(compared, numbers),
            course=courses(compared),
            effects=effects(compared, numbers, EFFECTS),
            people=effects(compared, numbers, of_people(compared)),
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
            found, ranking=ranking_lines(compared, by_worth, found.benchmarks), missing=_missing(found, compared)
        )

    def label(self, scheme: str) -> str:
        """Return what people call a scheme."""
        return next(s.label for s in self.schemes if s.name == scheme)


def _missing(found: Answer, compared: Compared) -> tuple[str, ...]:
    """Say which sections are left out, and why."""
    if not compared.schemes:
        return ("Nothing has been computed yet.",)
    lines = []
    if compared.organised:
        lines.append(
            "Who is wrongly labelled low is left out: in an organisation people are compared with those of their own "
            "level alone, and the tables of the comparison say what comes of it."
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
