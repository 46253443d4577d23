"""What a week leaves to be measured."""

from __future__ import annotations

from dataclasses import dataclass

from sim.arrays import Bools, Floats
from sim.evaluation import Verdict
from sim.perception import Known
from sim.politics import Climate
from sim.project import Stocks
from sim.rules import Rules
from sim.surroundings import Around


@dataclass(frozen=True, kw_only=True)
class Week:
    """What a week leaves to be measured.

    Parameters
    ----------
    rules : Rules
        In force in the week.
    known : Known
    terms : (channel, activity, runs, members)
    m, effort : (activity, runs, members)
    pace : (runs,)
        Productivity.
    worth, gain, score : (runs, members)
        Realised worth · f'(skill∘a), later effects included [weeks of core work] · score of the week alone.
    evident : (activity, runs, members)
        Work as signals show it, that of one's reports included.
    signals : (signal, runs, members)
    craft : (runs, members) or None
    stocks : Stocks or None
        At the end of the week, without what leavers took along.
    around : Around or None
    climate : Climate or None
    custom : (runs,) or None
    verdict : Verdict or None
        In review weeks.
    gone : (runs, members) or None
        Who leaves at the end of the week.
    """

    rules: Rules
    known: Known
    terms: Floats
    m: Floats
    effort: Floats
    pace: Floats
    worth: Floats
    gain: Floats
    evident: Floats
    signals: Floats
    score: Floats
    craft: Floats | None
    stocks: Stocks | None
    around: Around | None
    climate: Climate | None
    custom: Floats | None
    verdict: Verdict | None
    gone: Bools | None
