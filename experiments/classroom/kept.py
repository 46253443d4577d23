"""The table of a class that can be kept: what everybody in every seat did in every round, and what came of it.

No key and no text is in it: names are those that were given, and nobody's own.
"""

from __future__ import annotations

import io
from typing import Any

import pandas as pd

from experiments.classroom.outcome import Outcome, motive
from experiments.classroom.play import TOKENS
from experiments.classroom.session import Seat, Session

NOBODY = "simulated"  # in place of a name, and as who chose
ELSEWHERE = "anything else"  # what simulated people do that the page does not offer


def table(session: Session, found: Outcome) -> pd.DataFrame:
    """Return a row per round and seat, in that order.

    Columns: `round`, `company`, `team` and `place` (from 1), `name` (of whoever holds the seat), `card`, `chose`
    (`player` or `simulated`, for that round), tokens of a week by activity under its neutral name and `anything else`,
    `score points` (empty where a round had no review), `use points`, `own` [utility per week], `pay` [utility per
    week], `rose` and `lost` (the job; share of a place).
    """
    names = {p.seat: p.name for p in session.players if p.seat is not None}
    rows = [
        _row(session, found, r, Seat(c, t, place), names)
        for r in range(found.rounds)
        for c, company in enumerate(found.companies)
        for t in range(company.score.shape[1])
        for place in range(company.score.shape[2])
    ]
    return pd.DataFrame(rows, columns=columns(session))


def columns(session: Session) -> list[str]:
    """Return the names of the columns of `table`."""
    who = ["round", "company", "team", "place", "name", "card", "chose"]
    return [*who, *offered(session), ELSEWHERE, "score points", "use points", "own", "pay", "rose", "lost"]


def offered(session: Session) -> list[str]:
    """Return what the activities of the page are called, without judgement."""
    kinds = session.lesson.one.activities
    return [kinds[a].label.neutral for a in session.lesson.activities]


def _row(session: Session, found: Outcome, r: int, seat: Seat, names: dict[Seat, str]) -> dict[str, Any]:
    lesson, lived = session.lesson, found.companies[seat.company]
    at = (r, seat.team, seat.place)
    known = list(lesson.one.activities)
    effort = lived.effort[r, :, seat.team, seat.place] * TOKENS
    tokens = [float(effort[known.index(a)]) for a in lesson.activities]
    return {
        "round": r + 1,
        "company": lesson.companies[seat.company].name,
        "team": seat.team + 1,
        "place": seat.place + 1,
        "name": names.get(seat, NOBODY),
        "card": lesson.cards[motive(lesson, seat)].title,
        "chose": "player" if (r + 1, seat) in session.tokens else NOBODY,
        **{label: round(n, 3) for label, n in zip(offered(session), tokens, strict=True)},
        ELSEWHERE: round(max(float(effort.sum()) - sum(tokens), 0.0), 3),
        "score points": float(lived.score[at]),
        "use points": float(lived.contribution[at]),
        "own": float(lived.own[at]),
        "pay": float(lived.reward[at]),
        "rose": float(lived.promoted[at]),
        "lost": float(lived.laid_off[at]),
    }


def csv(session: Session, found: Outcome) -> bytes:
    """Return the table as text, numbers with four decimals."""
    return table(session, found).to_csv(index=False, float_format="%.4f", lineterminator="\n").encode()


def parquet(session: Session, found: Outcome) -> bytes:
    """Return the table as Parquet, numbers as they are."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    kept = io.BytesIO()
    pq.write_table(pa.Table.from_pandas(table(session, found), preserve_index=False), kept)
    return kept.getvalue()
