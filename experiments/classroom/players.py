"""Scripted students: who stands in for a class that is not there, for rehearsals and for trying a lesson out.

Of every ten students, in an order that chance decides anew for each ten:

    honest  3    the habitual week with one token moved now and then; never what is worth nothing
    random  2    ten tokens anywhere
    absent  1    never chooses: the seat is played by the stock member
    own     4    what the stock member of that seat would do for itself, in whole tokens

What a student does follows from the class's seed and the student's number alone, and for `own` from the company too:
those seats are lived by the stock member among the classmates as they are, and what it does in a round is rounded to
ten tokens by largest remainders.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from experiments.classroom.outcome import habit, outcome
from experiments.classroom.play import TOKENS, Lived, in_tokens
from experiments.classroom.session import Seat, Session
from sim.draws import stream

MIX: Mapping[str, int] = {"honest": 3, "random": 2, "absent": 1, "own": 4}
ALL = sum(MIX.values())  # students among whom the mix is exact
MOVES = 0.5  # how often an honest student moves a token in a round
Choices = dict[tuple[int, Seat], tuple[int, ...]]


def kind(seed: int, player: int) -> str:
    """Return what kind of student a number is in the class of that seed.

    Examples
    --------
    >>> sorted(kind(7, n) for n in range(10, 20)).count("honest")
    3
    """
    kinds = [name for name, times in MIX.items() for _ in range(times)]
    return kinds[stream(seed, player // ALL, "class:kind").permutation(ALL)[player % ALL]]


def week(session: Session, player: int, r: int) -> tuple[int, ...] | None:
    """Return what an honest or random student lays on the lesson's activities in round `r`; None of other kinds."""
    which, names = kind(session.setting.seed, player), session.lesson.activities
    chance = stream(session.setting.seed, player, f"class:week:{r}")
    if which == "random":
        return tuple(int(t) for t in chance.multinomial(TOKENS, np.full(len(names), 1 / len(names))))
    if which != "honest":
        return None
    kinds = session.lesson.one.activities
    tokens = [t if kinds[a].worth > 0 else 0 for a, t in zip(names, habit(session.lesson), strict=True)]
    useful = [i for i, a in enumerate(names) if kinds[a].worth > 0]
    tokens[tokens.index(max(tokens))] += TOKENS - sum(tokens)
    if chance.random() < MOVES:
        tokens[chance.choice([i for i, t in enumerate(tokens) if t])] -= 1
        tokens[chance.choice(useful)] += 1
    return tuple(tokens)


def prepared(session: Session, rounds: Sequence[int]) -> Session:
    """Return the class with the choices of its honest and random students in some rounds; what was chosen stays."""
    said: Choices = {}
    for n, player in enumerate(session.players):
        if player.seat is not None and not player.seat.manager:
            weeks = {(r, player.seat): week(session, n, r) for r in rounds}
            said |= {at: tokens for at, tokens in weeks.items() if tokens is not None}
    return replace(session, tokens={**said, **session.tokens})


def followed(session: Session, companies: Sequence[Lived], rounds: Sequence[int], kinds: Sequence[str]) -> Session:
    """Return the class with the choices of those who do as the stock member of their seat; what was chosen stays.

    Parameters
    ----------
    companies : sequence of Lived
        Each company with those seats played by the stock member.
    kinds : sequence of str
        Whose choices are added.
    """
    names = list(session.lesson.one.activities)
    rows = [names.index(a) for a in session.lesson.activities]
    weeks = [in_tokens(company.effort[:, rows]) for company in companies]
    said: Choices = {}
    for n, player in enumerate(session.players):
        seat = player.seat
        if seat is not None and not seat.manager and kind(session.setting.seed, n) in kinds:
            for r in rounds:
                said[r, seat] = tuple(int(t) for t in weeks[seat.company][r - 1, :, seat.team, seat.place])
    return replace(session, tokens={**said, **session.tokens})


def choices(session: Session, rounds: int) -> Choices:
    """Return what scripted students choose in the first rounds of a class that has begun: (round, seat) → tokens."""
    every = range(1, rounds + 1)
    ready = prepared(session, every)
    return dict(followed(ready, outcome(ready, rounds).companies, every, ["own"]).tokens)


def completed(session: Session) -> list[dict[str, Any]]:
    """Return what scripted students choose for all who have not chosen in the open round, as `chose` events say it.

    Nobody is left out, so that a round can be closed: who would be absent does as the stock member too.
    """
    r = session.now.round
    if session.now.kind != "play":
        return []
    ready = prepared(session, [r])
    full = followed(ready, outcome(replace(ready, twin=None), r).companies, [r], ["own", "absent"])
    return [
        {"player": n, "round": r, "tokens": list(full.tokens[r, player.seat])}
        for n, player in enumerate(session.players)
        if player.seat is not None and not player.seat.manager and (r, player.seat) not in session.tokens
    ]
