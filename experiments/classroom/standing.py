"""Where somebody stands in a seat, and what would have been: what the debrief of a class compares its choices with.

    percentile     the seat as it was lived among simulated people of that very seat, one after the other in it
    same choices   everybody's choices lived by another company's rules
    simulated      nobody chooses: simulated people in all seats, with the same cards

All meet the same luck. Simulated people of a seat have its card and skill; habits, what they take the work to be worth
and what they try out is their own. Those among whom a seat is placed lay ten tokens a week as a player does: what they
would do by themselves in a round, rounded. Everybody around them does what was done: who chose did that, and all others
decide as ever.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from functools import partial
from typing import Any

import numpy as np

from experiments.classroom.outcome import Outcome, company
from experiments.classroom.play import Lived, in_tokens, lived
from experiments.classroom.session import Seat, Session
from experiments.lessons import Lesson
from sim.arrays import Floats
from sim.draws import Causes, Draws, WeekDraws
from sim.rewards.salary import Salary
from sim.scenario import Scenario

PLAYERS = 200  # simulated people that somebody is compared with
FIRST = 1_000_000  # the run that the first of them is from: no class has so many teams
OWN = ("habit:", "worth:")  # what of a whole run's chance is a person's own
MEASURES = {"score": "score", "use": "contribution", "own": "own"}  # name on the pages → array of Lived

Paths = dict[int, dict[str, Any]]  # number of a player → what the pages say of the seat


class Crowd(Draws):
    """The luck of one run in which many people have the same seat, one in each row.

    What is a person's own comes from other runs, row i from run FIRST + i; all else is alike in all rows.

    Parameters
    ----------
    seed : int
    run : int
        Whose luck it is.
    members : int
    seat : int
        Whose people they are.
    times : int
        How many they are.
    """

    def __init__(self, seed: int, run: int, members: int, seat: int, times: int) -> None:
        super().__init__(seed, [run] * times, members)
        self.seat, self.one = seat, Draws(seed, [run], members)
        self.others = Draws(seed, range(FIRST, FIRST + times), members)

    def once(self, cause: str) -> Floats:
        drawn = np.repeat(self.one.once(cause), self.rows, axis=0)
        if cause.startswith(OWN):
            drawn[:, self.seat] = self.others.once(cause)[:, self.seat]
        return drawn

    def weekly(self, causes: Causes, weeks: int) -> Iterator[WeekDraws]:
        tried = self.others.weekly(Causes(explore=causes.explore), weeks)
        for chance, own in zip(self.one.weekly(causes, weeks), tried, strict=True):
            met = {f.name: np.repeat(getattr(chance, f.name), self.rows, axis=1) for f in fields(WeekDraws)}
            met["explore"][:, :, self.seat] = own.explore[:, :, self.seat]
            yield WeekDraws(**met)


def percentile(session: Session, found: Outcome, who: int, players: int = PLAYERS) -> dict[str, float | None]:
    """Return where a player stands among simulated people in the same seat: `score`, `use`, `own`, each 0 to 100.

    What is compared is the mean of the rounds that are over; None where there is none, as without a review.
    """
    seat = seat_of(session, who)
    own, around = found.companies[seat.company], session.chosen(seat.company, found.rounds)
    tokens = np.repeat(around[:, :, [seat.team]], players, axis=2)
    tokens[..., seat.place] = np.nan
    crowd = Crowd(session.setting.seed, seat.team, session.seats[0], seat.place, players)
    scenario, each = _scenario(session, seat.company, found.rounds), session.lesson.weeks
    names = list(scenario.activities)
    rows = [names.index(a) for a in session.lesson.activities]
    wanted = lived(scenario, crowd, tokens, each).effort[..., seat.place]
    tokens[..., seat.place] = 0.0
    tokens[:, rows, :, seat.place] = in_tokens(wanted[:, rows]).swapaxes(0, 1)
    others = lived(scenario, crowd, tokens, each)
    return {
        name: rank(
            float(over_rounds(getattr(own, array))[seat.team, seat.place]),
            over_rounds(getattr(others, array))[:, seat.place],
        )
        for name, array in MEASURES.items()
    }


def rank(value: float, others: Floats) -> float | None:
    """Return how many of a hundred others are below, those who are level counted half; None where nobody has a value.

    Examples
    --------
    >>> rank(2.0, np.array([1.0, 2.0, 2.0, 3.0])), rank(np.nan, np.ones(3)), rank(9.0, np.ones(3))
    (50.0, None, 100.0)
    """
    others = others[~np.isnan(others)]
    if np.isnan(value) or not len(others):
        return None
    return float(50 * (2 * (others < value).sum() + (others == value).sum()) / len(others))


def same_choices(session: Session, rounds: int) -> dict[tuple[int, int], Lived]:
    """Return what the choices of a company come to by the rules of each other: (company, the other) → as lived."""
    others = range(len(session.lesson.companies))
    return {
        (c, o): company(session, o, rounds, session.chosen(c, rounds))
        for c in range(session.companies)
        for o in others
        if o != c
    }


def simulated(session: Session, rounds: int) -> dict[int, Lived]:
    """Return each company of the lesson with simulated people in all seats: company → as lived."""
    nobody = np.full_like(session.chosen(0, rounds), np.nan)
    return {c: company(session, c, rounds, nobody) for c in range(len(session.lesson.companies))}


def other(lesson: Lesson, company: int) -> int | None:
    """Return the company that one is compared with: what the lesson's effect sets against it, else the first other."""
    names = [c.name for c in lesson.companies]
    sides = [names.index(s) for s in (lesson.effect.lower, lesson.effect.higher) if s in names]
    return next((c for c in (*sides, *range(len(names))) if c != company), None)


def unrewarded(lesson: Lesson) -> int | None:
    """Return the company in which nothing follows from the score; None where there is none, or no other kind."""
    schemes = [lesson.scenario(c).scheme for c in range(len(lesson.companies))]
    free = [s.promotion is None and s.layoff is None and (s.pay is None or isinstance(s.pay, Salary)) for s in schemes]
    return free.index(True) if any(free) and not all(free) else None


def tasks(session: Session, found: Outcome) -> list[Callable[[], Paths]]:
    """Return what is to be computed for `paths`, in pieces that can be sent to other processes; none before a round."""
    if not found.rounds:
        return []
    places = (partial(_place, session, found, who) for who in workers(session))
    return [partial(_elsewhere, session, found), *places]


def paths(session: Session, found: Outcome) -> Paths:
    """Return what the pages say of each player's seat, means of the rounds that are over.

    percentile      score, use, own: as `percentile`
    same_choices    company; points and own_points, pay and own_pay [per week]: by its rules, and as it was
    simulated       company; points, use, own: of simulated people in that company, in the same seat with the same card

    Where the lesson has one company there is no other: `same_choices` is absent, and simulated people are in the own.
    """
    said: Paths = {}
    for task in tasks(session, found):
        for who, more in task().items():
            said[who] = {**said.get(who, {}), **more}
    return said


def workers(session: Session) -> list[int]:
    """Return the numbers of those who have a week of their own."""
    return [i for i, p in enumerate(session.players) if p.seat is not None and not p.seat.manager]


def seat_of(session: Session, who: int) -> Seat:
    """Return the seat of somebody who has a week of their own."""
    seat = session.players[who].seat
    if seat is None or seat.manager:
        raise ValueError(f"player {who} has no week of their own")
    return seat


def over_rounds(x: Floats) -> Floats:
    """Return the mean of the rounds that have a value (rounds, …): (…), NaN where none has."""
    known = ~np.isnan(x)
    sums = np.where(known, x, 0.0).sum(axis=0)
    return np.divide(sums, known.sum(axis=0), out=np.full(sums.shape, np.nan), where=known.any(axis=0))


def _place(session: Session, found: Outcome, who: int) -> Paths:
    return {who: {"percentile": percentile(session, found, who)}}


def _elsewhere(session: Session, found: Outcome) -> Paths:
    """Return the two paths that nobody went, for all players at once."""
    lesson, rounds = session.lesson, found.rounds
    moved, stock = same_choices(session, rounds), simulated(session, rounds)
    said: Paths = {}
    for who in workers(session):
        seat = seat_of(session, who)
        own, there = found.companies[seat.company], other(lesson, seat.company)
        people = stock[seat.company if there is None else there]
        said[who] = {
            "simulated": {
                "company": lesson.companies[seat.company if there is None else there].name,
                "points": _mean(people.score, seat),
                "use": _mean(people.contribution, seat),
                "own": _mean(people.own, seat),
            }
        }
        if there is not None:
            said[who]["same_choices"] = {
                "company": lesson.companies[there].name,
                "points": _mean(moved[seat.company, there].score, seat),
                "own_points": _mean(own.score, seat),
                "pay": _mean(moved[seat.company, there].reward, seat),
                "own_pay": _mean(own.reward, seat),
            }
    return said


def _mean(x: Floats, seat: Seat) -> float | None:
    """Return the mean of a seat over the rounds, None where no round has a value."""
    value = float(over_rounds(x)[seat.team, seat.place])
    return None if np.isnan(value) else value


def _scenario(session: Session, company: int, rounds: int) -> Scenario:
    return session.lesson.scenario(company, session.changes(company, rounds))
