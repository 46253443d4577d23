"""What a class has made of its companies so far: a pure function of the session."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from experiments.classroom.play import TOKENS, Lived, lived
from experiments.classroom.session import Seat, Session
from experiments.lessons import Lesson
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
    found = tuple(_company(session, c, rounds) for c in companies)
    before = None
    if session.twin:
        last = max(r for r, _ in session.twin)
        before = tuple(_company(session, c, last, twin=True) for c in companies)
    return Outcome(rounds=rounds, companies=found, twin=before)


def _company(session: Session, company: int, rounds: int, *, twin: bool = False) -> Lived:
    scenario = session.lesson.scenario(company, rounds, session.changes(company, rounds))
    tokens = session.chosen(company, rounds, twin=twin)
    return lived(scenario, luck(session), tokens, session.lesson.weeks, session.lesson.signals)


def luck(session: Session) -> Draws:
    """Return the people and the luck of every company's teams: alike in all."""
    return Draws(session.setting.seed, range(session.teams), session.seats[0])


@lru_cache(maxsize=32)
def usual(lesson_id: str, habits: tuple[float, ...]) -> tuple[int, ...]:
    """Return the habitual week in tokens, by largest remainders.

    Examples
    --------
    >>> usual("any", (0.5, 0.25, 0.08))
    (6, 3, 1)
    """
    shares = np.array(habits) / sum(habits) * TOKENS
    tokens = np.floor(shares).astype(int)
    for i in np.argsort(tokens - shares, kind="stable")[: TOKENS - tokens.sum()]:
        tokens[i] += 1
    return tuple(int(t) for t in tokens)


def habit(lesson: Lesson) -> tuple[int, ...]:
    """Return the habitual week of a lesson's people, in tokens of the lesson's activities."""
    return usual(lesson.id, tuple(lesson.one.activities[a].habit for a in lesson.activities))


def motive(lesson: Lesson, seat: Seat) -> str:
    """Return what somebody in a seat cares about most."""
    return lesson.one.team.seats[seat.place].motive
