"""Classes for tests: some people in the lesson about a number, at a step."""

from __future__ import annotations

from functools import reduce
from typing import Any

from experiments.classroom.session import Event, Session, Setting, after, begun
from experiments.lessons import lesson

LESSON = lesson("target")
CHOICE = [4, 2, 1, 1, 2, 0]


def held(people: int, minutes: int = 50, **setting: Any) -> Session:
    """Return a class in its lobby."""
    session = begun(Setting(lesson="target", minutes=minutes, seed=7, **setting), LESSON)
    return reduce(after, (Event(at=0.0, kind="joined", said={"key": f"key {i}"}) for i in range(people)), session)


def do(session: Session, at: float, kind: str, **said: Any) -> Session:
    return after(session, Event(at=at, kind=kind, said=said))


def at_round(r: int, people: int = 18, **setting: Any) -> Session:
    """Return a class at the beginning of a round, at time 100·r."""
    session = held(people, **setting)
    step = next(i for i, s in enumerate(session.steps) if (s.kind, s.round) == ("play", r))
    for i in range(step):
        session = do(session, 100.0 * r, "next", step=i)
    return session
