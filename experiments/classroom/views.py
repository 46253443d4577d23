"""What each role may see: plain data, and nothing besides.

A player sees the own card, the own company as those within know it, the own choices and the number that came of them;
of others, and of what the work was worth, nothing before the reveal. A manager sees signals. The projector shows what
all may see. Only the teacher's own view knows who has chosen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from experiments.classroom.outcome import Outcome, habit, motive
from experiments.classroom.play import TOKENS, in_tokens
from experiments.classroom.session import Player, Seat, Session
from experiments.classroom.standing import over_rounds
from sim.arrays import Floats

BEST = 3  # names on a board
View = dict[str, Any]


def clock(session: Session, at: float) -> View:
    """Return where the lesson is; every view begins with it."""
    step = session.now
    return {
        "step": session.step,
        "kind": step.kind,
        "round": step.round,
        "rounds": max(s.round for s in session.steps),
        "open": session.open(at),
        "left": round(session.left(at), 1),
        "paused": session.paused is not None,
    }


def player(session: Session, found: Outcome, who: int, at: float) -> View:
    """Return what one of the class may see."""
    me, lesson = session.players[who], session.lesson
    seat = me.seat
    view = clock(session, at) | {
        "name": me.name,
        "lesson": lesson.label.plain,
        "number": lesson.number,
        "mode": session.mode,
        "labels": labels(session),
        "tokens_of_a_week": TOKENS,
        "texts": session.setting.texts,
        "guess": {"ask": lesson.guess.ask, "answers": list(lesson.guess.answers), "own": session.guesses.get(who)},
    }
    if seat is None:
        return view | {"role": "waiting"}
    company = lesson.companies[seat.company]
    view["company"] = {"name": company.name, "told": company.told, "number": seat.company}
    if seat.manager:
        return view | _manager(session, found, seat)
    card = lesson.cards[motive(lesson, seat)]
    laid_in = max((r for r, s in session.tokens if s == seat and r <= session.now.round), default=None)
    view |= {
        "role": "worker",
        "card": {"title": card.title, "text": card.text},
        "saved": (session.now.round, seat) in session.tokens,
        "tokens": list(habit(lesson) if laid_in is None else session.tokens[(laid_in, seat)]),
        "laid_in": laid_in,
        "history": [_told(found, seat, r) for r in range(found.rounds)],
    }
    if session.revealed and found.rounds:
        view["truth"] = _truth(found, seat)
    return view


def labels(session: Session) -> list[str]:
    """Return what activities are called: without judgement until the reveal."""
    kinds = session.lesson.one.activities
    words = [kinds[a].label for a in session.lesson.activities]
    return [w.plain if session.revealed else w.neutral for w in words]


def _told(found: Outcome, seat: Seat, r: int) -> View:
    """Return what somebody is told of a round that is over."""
    lived = found.companies[seat.company]
    score = lived.score[r, seat.team]
    return {
        "round": r + 1,
        "points": _points(score[seat.place]),
        "place": 1 + int((score > score[seat.place]).sum()),
        "of": len(score),
        "pay": round(float(lived.reward[r, seat.team, seat.place]), 3),
        "rose": bool(lived.promoted[r, seat.team, seat.place] > 0.5),
        "lost": bool(lived.laid_off[r, seat.team, seat.place] > 0.5),
    }


def _truth(found: Outcome, seat: Seat) -> View:
    """Return what somebody learns of the own part at the reveal."""
    lived = found.companies[seat.company]
    use = lived.contribution[:, seat.team, seat.place]
    means = lived.contribution[:, seat.team].mean(axis=0)
    return {
        "use": [_points(u) for u in use],
        "place": 1 + int((means > means[seat.place]).sum()),
        "of": len(means),
    }


def _manager(session: Session, found: Outcome, seat: Seat) -> View:
    """Return what a manager sees: signals of everybody, and what counts."""
    lesson = session.lesson
    weights = [session.weights[(r, seat.company)] for r, c in session.weights if c == seat.company]
    rows: list[View] = []
    if found.rounds:
        lived = found.companies[seat.company]
        for name, values in zip(lesson.signals, lived.signals[-1], strict=True):
            rows.append({"signal": _signal(session, name), "mean": round(float(values.mean()), 2)})
    return {
        "role": "manager",
        "signals": [_signal(session, s) for s in lesson.signals],
        "seen": rows,
        "tokens": list(weights[-1]) if weights else _counting(session, seat.company),
        "saved": (session.now.round + 1, seat.company) in session.weights,
        "points": [_points(x) for x in found.companies[seat.company].score.mean(axis=(1, 2))] if found.rounds else [],
    }


def _signal(session: Session, name: str) -> str:
    return session.lesson.one.signals[name].label.plain


def _counting(session: Session, company: int) -> list[int]:
    """Return what counts in this round by the lesson itself, in tokens of the signals that a manager may weigh."""
    lesson = session.lesson
    week = max(0, session.now.round - 1) * lesson.weeks
    scheme = [p.scheme for p in lesson.scenario(company).phases if p.start <= week][-1]
    return [int(t) for t in in_tokens(np.array([[max(0.0, scheme.weights.get(s, 0.0)) for s in lesson.signals]]))[0]]


def projector(session: Session, found: Outcome, at: float) -> View:
    """Return what all may see."""
    view = clock(session, at) | {
        "lesson": session.lesson.label.plain,
        "sentence": session.lesson.label.sentence,
        "number": session.lesson.number,
        "mode": session.mode,
        "names": [p.name for p in session.players],
        "chosen": _chosen(session),
        "workers": sum(p.seat is not None and not p.seat.manager for p in session.players),
        "labels": labels(session),
        "companies": [
            {"name": c.name, "reveal": c.reveal if session.revealed else None}
            for c in session.lesson.companies[: session.companies]
        ],
        "guess": {"ask": session.lesson.guess.ask, "answers": list(session.lesson.guess.answers)},
        "score": [_series(c.score.mean(axis=(1, 2))) for c in found.companies],
    }
    if session.now.kind != "guess" and session.now.kind != "lobby":
        given = list(session.guesses.values())
        view["guess"]["counts"] = [given.count(i) for i in range(len(session.lesson.guess.answers))]
    if session.revealed:
        view |= truth(session, found)
    if session.now.kind == "debrief":
        view["questions"] = list(session.lesson.questions)
        view["texts"] = [text for _, text in session.texts]
    return view


def truth(session: Session, found: Outcome) -> View:
    """Return the true view: what the number did not say."""
    rows = [list(session.lesson.one.activities).index(a) for a in session.lesson.activities]
    return {
        "use": [_series(c.contribution.mean(axis=(1, 2))) for c in found.companies],
        "validity": [_series(mean(c.validity)) for c in found.companies],
        "debt": [_series(mean(c.debt)) for c in found.companies],
        "tokens": [[_series(c.effort[:, k].mean(axis=(1, 2)) * TOKENS) for k in rows] for c in found.companies],
        "boards": boards(session, found),
    }


def boards(session: Session, found: Outcome) -> dict[str, list[str]]:
    """Return who is best at what, by the mean of all rounds: three at most, and never who games most."""
    players = [p for p in session.players if p.seat is not None and not p.seat.manager]
    titles = {"score": "best score", "contribution": "best contribution", "own": "best for oneself"}
    return {title: _best(players, found, name) for name, title in titles.items()}


def _best(players: Sequence[Player], found: Outcome, name: str) -> list[str]:
    value = {}
    for p in players if found.rounds else ():
        assert p.seat is not None
        x: Floats = getattr(found.companies[p.seat.company], name)
        value[p.name] = float(mean(x[:, p.seat.team, p.seat.place][None])[0])
    value = {k: v for k, v in value.items() if not np.isnan(v)}
    return sorted(value, key=lambda k: -value[k])[:BEST]


def teacher(session: Session, found: Outcome, at: float) -> View:
    """Return what the teacher needs to lead the lesson."""
    timing = session.lesson.timing(session.setting.minutes)
    after = session.steps[session.step + 1] if session.step + 1 < len(session.steps) else None
    gone = 0.0 if session.started is None else at - session.started + timing.lobby * 60
    r = session.now.round
    return projector(session, found, at) | {
        "minute": int(gone // 60) + 1,
        "minutes": session.setting.minutes,
        "next": None if after is None else {"kind": after.kind, "round": after.round, "seconds": after.seconds},
        "computed": found.rounds >= session.over(at),
        "players": [
            {
                "number": i,
                "name": p.name,
                "company": None if p.seat is None else session.lesson.companies[p.seat.company].name,
                "manager": p.seat is not None and p.seat.manager,
                "chosen": p.seat is not None and (r, p.seat) in session.tokens,
                "tokens": list(session.tokens.get((r, p.seat), ())) if p.seat is not None else [],
                **_of_group(session, found, p.seat),
            }
            for i, p in enumerate(session.players)
        ],
        "groups": session.groups,
        "twin": session.twin is not None,
    }


def _of_group(session: Session, found: Outcome, seat: Seat | None) -> View:
    """Return what a teacher reads out to a group that has no phone: its card, and what came of the last round."""
    if session.mode not in ("paper", "rehearsal") or seat is None or seat.manager:
        return {}
    card = session.lesson.cards[motive(session.lesson, seat)].title
    told = _told(found, seat, found.rounds - 1) if found.rounds else None
    return {
        "card": card,
        "points": None if told is None else told["points"],
        "place": None if told is None else told["place"],
    }


def _chosen(session: Session) -> int:
    return sum(p.seat is not None and (session.now.round, p.seat) in session.tokens for p in session.players)


def mean(x: Floats) -> Floats:
    """Return the mean over teams (rounds, teams) of those that have a value: (rounds,), NaN where none has."""
    return over_rounds(x.T)


def _series(x: Floats) -> list[float | None]:
    return [None if np.isnan(v) else round(float(v), 4) for v in x]


def _points(x: float) -> int | None:
    return None if np.isnan(x) else round(float(x))


def told(view: Mapping[str, Any]) -> str:
    """Say in a few words where the lesson is."""
    names = {
        "lobby": "getting in",
        "guess": "predict",
        "play": f"round {view['round']}",
        "outcome": f"after round {view['round']}",
        "manager": "what the manager sees",
        "truth": "what was true",
        "boards": "boards",
        "paths": "what if",
        "debrief": "talk",
    }
    return names[view["kind"]]
