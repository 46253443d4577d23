"""What a class has made of its companies so far: a pure function of the session."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from experiments.classroom.play import Lived, in_tokens, lived
from experiments.classroom.session import Seat, Session
from experiments.lessons import Lesson
from sim.arrays import Floats
from sim.draws import Draws


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The rounds that are over, as they were lived.

    Parameters
    ----------
    rounds : int
    companies : tuple of Lived
        One for each company that somebody lives in, or both where the class is one company and has a twin.
    twin : tuple of Lived or None
        The same, as it was before the class went back.
    """

    rounds: int
    companies: tuple[Lived, ...]
    twin: tuple[Lived, ...] | None = None


NOTHING = Outcome(rounds=0, companies=())


def outcome(session: Session, rounds: int) -> Outcome:
    """Live all rounds that are over."""
    if not rounds:
        return NOTHING
    companies = range(session.companies)
    found = tuple(company(session, c, rounds, session.chosen(c, rounds)) for c in companies)
    before = None
    if session.twin:
        last = max(r for r, _ in session.twin)
        before = tuple(company(session, c, last, session.chosen(c, last, twin=True)) for c in companies)
    return Outcome(rounds=rounds, companies=found, twin=before)


def company(session: Session, number: int, rounds: int, tokens: Floats) -> Lived:
    """Live a company of the lesson: its words, what its manager made of them, and the class's luck.

    Parameters
    ----------
    tokens : (rounds, activity, teams, members)
        Of its own people, of another company's, or NaN for simulated ones.
    """
    scenario = session.lesson.scenario(number, session.changes(number, rounds))
    return lived(scenario, luck(session), tokens, session.lesson.weeks, session.lesson.signals)


def luck(session: Session) -> Draws:
    """Return the people and the luck of every company's teams: alike in all."""
    return Draws(session.setting.seed, range(session.teams), session.seats[0])


def habit(lesson: Lesson) -> tuple[int, ...]:
    """Return the habitual week of a lesson's people, in tokens of the lesson's activities."""
    habits = np.array([[lesson.one.activities[a].habit for a in lesson.activities]])
    return tuple(int(t) for t in in_tokens(habits)[0])


def motive(lesson: Lesson, seat: Seat) -> str:
    """Return what somebody in a seat cares about most."""
    return lesson.one.team.seats[seat.place].motive
