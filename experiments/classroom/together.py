"""Many classes of scripted students, lived as one batch: each has the numbers that it would have alone.

A class has people and luck of its own, which follow from a seed and the number of the class; those of the teams of all
classes stand beside each other in the batch, class by class.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace

import numpy as np

from experiments.classroom.effect import by_round
from experiments.classroom.outcome import luck
from experiments.classroom.play import Lived, lived
from experiments.classroom.players import followed, prepared
from experiments.classroom.session import Event, Session, Setting, after, begun
from experiments.lessons import Lesson, lesson
from sim.arrays import Floats
from sim.draws import Causes, Draws, WeekDraws


def effects(setting: Setting, students: int, numbers: Sequence[int]) -> Floats:
    """Return the lesson's effect in some classes, round by round: (classes, rounds)."""
    given = lesson(setting.lesson)
    sessions, everywhere = played(given, setting, students, numbers)
    teams = sessions[0].teams
    return np.stack(
        [
            by_round(given, [of_class(c, slice(i * teams, (i + 1) * teams)) for c in everywhere])
            for i in range(len(sessions))
        ]
    )


def played(given: Lesson, setting: Setting, students: int, numbers: Sequence[int]) -> tuple[list[Session], list[Lived]]:
    """Play some classes at once: each as it was, and each company of the lesson with the teams of all of them in turn.

    The numbers of a class are those that it would have alone.
    """
    first = seated(given, setting, students)
    classes = [replace(first, setting=replace(setting, seed=seed_of(setting.seed, n))) for n in numbers]
    rounds = range(1, given.timing(setting.minutes).rounds + 1)
    ready = [prepared(session, rounds) for session in classes]
    before = list(_lived(given, ready, len(rounds)))
    chosen = []
    for i, session in enumerate(ready):
        own = slice(i * first.teams, (i + 1) * first.teams)
        chosen.append(followed(session, [of_class(c, own) for c in before], rounds, ["own"]))
    return chosen, list(_lived(given, chosen, len(rounds)))


def seated(given: Lesson, setting: Setting, students: int) -> Session:
    """Return a class of so many in which all have a seat, before the first guess."""
    session = begun(setting, given)
    for n in range(students):
        session = after(session, Event(at=0.0, kind="joined", said={"key": f"student {n}"}))
    return after(session, Event(at=0.0, kind="next", said={"step": 0}))


def _lived(given: Lesson, sessions: Sequence[Session], rounds: int) -> Iterator[Lived]:
    chance = Together([luck(session) for session in sessions])
    for company in range(len(given.companies)):
        tokens = np.concatenate([session.chosen(company, rounds) for session in sessions], axis=2)
        yield lived(given.scenario(company), chance, tokens, given.weeks, given.signals)


def of_class(company: Lived, teams: slice) -> Lived:
    """Return a company as the teams of one class lived it."""
    found = {f.name: getattr(company, f.name) for f in fields(Lived)}
    return Lived(**{name: x[:, teams] if x.ndim == 2 else x[..., teams, :] for name, x in found.items()})


class Together(Draws):
    """The chance of several classes, as that of one batch: each has the numbers that it has alone."""

    def __init__(self, parts: Sequence[Draws]) -> None:
        super().__init__(parts[0].seed, [run for part in parts for run in part.runs], parts[0].members)
        self.parts = parts

    def once(self, cause: str) -> Floats:
        return np.concatenate([part.once(cause) for part in self.parts])

    def weekly(self, causes: Causes, weeks: int) -> Iterator[WeekDraws]:
        for together in zip(*(part.weekly(causes, weeks) for part in self.parts), strict=True):
            groups = [f.name for f in fields(WeekDraws)]
            yield WeekDraws(**{g: np.concatenate([getattr(w, g) for w in together], axis=1) for g in groups})


def seed_of(seed: int, number: int) -> int:
    """Return the seed of a class, from that of the rehearsal and its number.

    Examples
    --------
    >>> seed_of(1, 0) != seed_of(1, 1), seed_of(1, 0) == seed_of(1, 0)
    (True, True)
    """
    address = np.random.SeedSequence(seed, spawn_key=(number, zlib.crc32(b"class")))
    return int(address.generate_state(1)[0])
