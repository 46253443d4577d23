"""How far a class shows what its lesson is about: one number, for the class itself as for rehearsals.

    effect = mean over the seats of `higher` − mean over the seats of `lower`        in each round

A side is a company, with all its seats, or a card, with all seats in all companies whose holders care about it most.
Seats that nobody plays count as they were lived, by the stock member: so do the pictures. Where nobody lives in a
company (a small class lives in the first), simulated people do, with the same luck.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from experiments.classroom.outcome import Outcome, company
from experiments.classroom.play import TOKENS, Lived
from experiments.classroom.session import Session
from experiments.lessons import Lesson
from sim.arrays import Floats

UNITS = {"gaming": "tokens of ten", "activity": "tokens of ten", "use": "points of use", "worth": "weeks of core work"}


def visible(lesson: Lesson, session: Session, found: Outcome) -> tuple[bool, float]:
    """Return whether the lesson's effect shows in the last round that is over, and how large it is; NaN before any."""
    size = effect(lesson, session, found)
    return bool(size >= lesson.effect.least), size


def effect(lesson: Lesson, session: Session, found: Outcome) -> float:
    """Return the lesson's effect in the last round that is over [as `lesson.effect.measure` says]; NaN before any."""
    return float(by_round(lesson, worlds(lesson, session, found))[-1]) if found.rounds else float("nan")


def worlds(lesson: Lesson, session: Session, found: Outcome) -> list[Lived]:
    """Return every company of the lesson as it was lived, by simulated people where the class has nobody."""
    empty = range(len(found.companies), len(lesson.companies))
    return [*found.companies, *(company(session, c, found.rounds, session.chosen(c, found.rounds)) for c in empty)]


def by_round(lesson: Lesson, everywhere: Sequence[Lived]) -> Floats:
    """Return the lesson's effect in each round: (rounds,).

    Parameters
    ----------
    everywhere : sequence of Lived
        Every company of the lesson, in its order.
    """
    aim = lesson.effect
    return side(lesson, everywhere, aim.higher) - side(lesson, everywhere, aim.lower)


def side(lesson: Lesson, everywhere: Sequence[Lived], name: str) -> Floats:
    """Return what the effect compares, of a company or of those who hold a card: (rounds,)."""
    companies = [c.name for c in lesson.companies]
    if name in companies:
        return measured(lesson, everywhere[companies.index(name)]).mean(axis=(1, 2))
    holders = [person.motive == name for person in lesson.one.team.seats]
    held = [measured(lesson, each)[..., np.array(holders)] for each in everywhere]
    return np.stack([values.mean(axis=(1, 2)) for values in held]).mean(axis=0)


def measured(lesson: Lesson, those: Lived) -> Floats:
    """Return what the lesson's effect measures, of every seat: (rounds, teams, members).

    Worth is the whole team's: each of its seats has the same.
    """
    aim = lesson.effect
    if aim.measure == "use":
        return those.contribution
    if aim.measure == "worth":
        return np.broadcast_to(those.worth[..., None], those.contribution.shape)
    names = [aim.of] if aim.measure == "activity" else idle(lesson)
    rows = [list(lesson.one.activities).index(str(n)) for n in names]
    return np.asarray(those.effort[:, rows].sum(axis=1) * TOKENS)


def idle(lesson: Lesson) -> list[str]:
    """Return the activities of a lesson that are worth nothing, or less, and still add to what is counted."""
    counted = [name for name, weight in lesson.one.scheme.weights.items() if weight > 0]
    return [
        name
        for name in lesson.activities
        if lesson.one.activities[name].worth <= 0
        and any(lesson.one.signals[signal].loadings.get(name, 0.0) > 0 for signal in counted)
    ]


def threshold(lesson: Lesson) -> str:
    """Say from when on the effect is called visible."""
    aim = lesson.effect
    higher, lower = (_among(lesson, name) for name in (aim.higher, aim.lower))
    if aim.measure in ("use", "worth"):
        return (
            f"in the last round, {higher} a seat brings at least {aim.least:g} {UNITS[aim.measure]} more than {lower}"
        )
    goes = "token of ten more goes" if aim.least == 1 else "tokens of ten more go"
    what = f"“{lesson.one.activities[aim.of].label.plain}”" if aim.of else "what is counted and worth nothing"
    return f"in the last round, {higher} at least {aim.least:g} {goes} to {what} than {lower}"


def _among(lesson: Lesson, name: str) -> str:
    return f"among holders of “{lesson.cards[name].title}”" if name in lesson.cards else f"in {name}"
