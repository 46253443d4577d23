"""What is behind the pictures of a class: a table each, a row per thing that is drawn.

    manager   company and round: score
    truth     company and round: score, use; by card, where a lesson compares cards
    validity  company and round: rank correlation of score and contribution, and where it broke
    tokens    company, activity and round
    paths     bar: the same choices by other rules, and simulated people in their place
    twin      when, company and round: before the class went back, and now

A company in which nobody of the class lives is lived in by simulated people, and is named so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from experiments.classroom import effect
from experiments.classroom.outcome import Outcome, motive
from experiments.classroom.play import TOKENS, Lived
from experiments.classroom.session import Seat, Session
from experiments.classroom.standing import over_rounds, seat_of, unrewarded, workers
from experiments.classroom.views import mean
from sim.arrays import Floats

HALF = 0.5  # of what the number was good for: below it, it has broken
Paths = Mapping[int, Mapping[str, Any]]


def table(name: str, session: Session, found: Outcome, paths: Paths | None = None) -> pd.DataFrame:
    """Return what is behind a picture."""
    if name == "paths":
        return _paths(session, found, paths or {})
    if name == "truth" and by_card(session):
        return _truth_by_card(session, found)
    return TABLES[name](session, found)


def by_card(session: Session) -> bool:
    """Whether the lesson compares those who hold cards."""
    return session.lesson.effect.higher in session.lesson.cards


def short(title: str) -> str:
    """Return what a card is called beside a line.

    Examples
    --------
    >>> short("Person A: you want to stay"), short("You want to rise")
    ('Person A', 'You want to rise')
    """
    return title.split(":")[0]


def _played(session: Session, found: Outcome) -> Iterator[tuple[str, Lived]]:
    """Yield the companies that the class lives in."""
    for company, lived in zip(session.lesson.companies, found.companies, strict=False):
        yield company.name, lived


def _everywhere(session: Session, found: Outcome) -> Iterator[tuple[str, Lived]]:
    """Yield all companies of the lesson."""
    everywhere = effect.worlds(session.lesson, session, found)
    for c, (company, lived) in enumerate(zip(session.lesson.companies, everywhere, strict=True)):
        yield company.name if c < len(found.companies) else f"{company.name} (simulated)", lived


def _by_round(named: Iterator[tuple[str, Lived]], **columns: Callable[[Lived], Floats]) -> pd.DataFrame:
    """Return a row per company and round."""
    parts = []
    for name, lived in named:
        values = {key: take(lived) for key, take in columns.items()}
        parts.append(pd.DataFrame({"round": range(1, len(lived.score) + 1), "company": name, **values}))
    return pd.concat(parts, ignore_index=True)


def _score(lived: Lived) -> Floats:
    return lived.score.mean(axis=(1, 2))


def _use(lived: Lived) -> Floats:
    return lived.contribution.mean(axis=(1, 2))


def _manager(session: Session, found: Outcome) -> pd.DataFrame:
    return _by_round(_played(session, found), score=_score)


def _truth(session: Session, found: Outcome) -> pd.DataFrame:
    return _by_round(_everywhere(session, found), score=_score, use=_use)


def _truth_by_card(session: Session, found: Outcome) -> pd.DataFrame:
    """Return what those do who hold a card, and of what use it is, over all companies."""
    lesson = session.lesson
    everywhere = effect.worlds(lesson, session, found)
    parts = []
    for wish in dict.fromkeys(p.motive for p in lesson.one.team.seats):
        holders = [p.motive == wish for p in lesson.one.team.seats]
        use = np.mean([w.contribution[..., holders].mean(axis=(1, 2)) for w in everywhere], axis=0)
        columns = {"measured": effect.side(lesson, everywhere, wish), "use": use}
        card = short(lesson.cards[wish].title)
        parts.append(pd.DataFrame({"round": range(1, found.rounds + 1), "card": card, **columns}))
    return pd.concat(parts, ignore_index=True)


def _validity(session: Session, found: Outcome) -> pd.DataFrame:
    """Return validity by company and round, and the round in which it broke: 0, never, where nothing hangs on it."""
    result = _by_round(_everywhere(session, found), validity=lambda w: mean(w.validity))
    courses = [part["validity"].to_numpy(float) for _, part in result.groupby("company", sort=False)]
    free = unrewarded(session.lesson)
    references = [_first(course) if free is None else courses[free] for course in courses]
    broke = [broken(*each) for each in zip(courses, references, strict=True)]
    return result.assign(broke=np.repeat(broke, found.rounds))


def broken(course: Floats, reference: Floats) -> int:
    """Return the first round from which validity stays below half of a reference, 0 where it never does.

    One round does not make it stay: two at least. Rounds in which either has no value say nothing, and nothing is below
    half of a reference that is itself not above 0.

    Parameters
    ----------
    course, reference : (rounds,)

    Examples
    --------
    >>> one = np.ones(4)
    >>> broken(np.array([0.9, 0.3, 0.6, 0.4]), one), broken(np.array([0.9, 0.3, np.nan, 0.4]), one), broken(one, one)
    (0, 2, 0)
    """
    known = np.flatnonzero(~np.isnan(course) & ~np.isnan(reference))
    below = (reference[known] > 0) & (course[known] < HALF * reference[known])
    last = int(np.argmin(below[::-1])) if not below.all() else len(below)  # rounds at the end that are below
    return int(known[len(known) - last]) + 1 if last >= 2 else 0


def _first(course: Floats) -> Floats:
    """Return the first value there is, in every round."""
    known = course[~np.isnan(course)]
    return np.full(course.shape, known[0] if len(known) else np.nan)


def _tokens(session: Session, found: Outcome) -> pd.DataFrame:
    kinds = session.lesson.one.activities
    rows = [list(kinds).index(a) for a in session.lesson.activities]
    parts = []
    for name, lived in _everywhere(session, found):
        for k, activity in zip(rows, session.lesson.activities, strict=True):
            tokens = lived.effort[:, k].mean(axis=(1, 2)) * TOKENS
            columns = {"company": name, "activity": kinds[activity].label.plain, "tokens": tokens}
            parts.append(pd.DataFrame({"round": range(1, found.rounds + 1), **columns}))
    return pd.concat(parts, ignore_index=True)


def _paths(session: Session, found: Outcome, paths: Paths) -> pd.DataFrame:
    """Return mean points of those whose paths are known: own, by other rules, and of simulated people.

    By company (`group`); by card where the lesson has one company, and simulated people live in it too.
    """
    lesson, rows = session.lesson, []
    known = [(seat_of(session, i), paths[i]) for i in workers(session) if "simulated" in paths.get(i, {})]
    alone = len(lesson.companies) == 1
    groups: dict[str, list[tuple[Seat, Mapping[str, Any]]]] = {}
    for seat, said in sorted(known, key=lambda each: each[0].company):
        title = short(lesson.cards[motive(lesson, seat)].title) if alone else lesson.companies[seat.company].name
        groups.setdefault(title, []).append((seat, said))
    for group, members in groups.items():
        company, there = lesson.companies[members[0][0].company].name, str(members[0][1]["simulated"]["company"])
        own = [over_rounds(found.companies[s.company].score)[s.team, s.place] for s, _ in members]
        bars = [(company, f"{group}: own choices", "own", own)]
        if not alone:
            same = [said["same_choices"]["points"] for _, said in members]
            bars.append((there, f"the same choices by {there}'s rules", "same choices", same))
        people = [said["simulated"]["points"] for _, said in members]
        bars.append((there, f"simulated people in {there}", "simulated", people))
        for rules, label, path, points in bars:
            value = float(over_rounds(np.array(points, float)))
            rows.append({"group": group, "rules": rules, "path": path, "bar": label, "points": value})
    return pd.DataFrame(rows, columns=["group", "rules", "path", "bar", "points"])


def _twin(session: Session, found: Outcome) -> pd.DataFrame:
    parts = []
    for when, companies in (("now", found.companies), ("before", found.twin or ())):
        named = zip((c.name for c in session.lesson.companies), companies, strict=False)
        parts += [_by_round(iter([each]), score=_score, use=_use).assign(when=when) for each in named]
    return pd.concat(parts, ignore_index=True)


TABLES = {
    "manager": _manager,
    "truth": _truth,
    "validity": _validity,
    "tokens": _tokens,
    "twin": _twin,
}
