"""A class as a pure object: what has happened in it, and what follows.

    session = reduce(after, events, begun(setting, lesson))

An event is what somebody did, with the time at which the server took it. `after` returns the session that it leads to,
or refuses it; nothing else changes a session, and nothing here knows a page, a network or a clock. A server that is
killed reads its events again and goes on.

A lesson is a row of steps; the teacher goes from one to the next:

    lobby, guess, play and outcome of each round, the manager's view, the true one, boards, paths, debrief

A round closes when its time is up, or by hand. What is chosen later than that is refused.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from experiments.classroom.play import TOKENS
from experiments.lessons import Lesson
from sim.arrays import Floats

LARGEST_CLASS = 120  # people or groups that can take part
LONGEST_TEXT = 500  # characters of what somebody writes
GRACE = 1.5  # seconds that a choice may be on its way
MORE = 30.0  # seconds that a press of the button adds
MODES = (
    "phones",
    "groups",
    "paper",
    "rehearsal",
)  # one phone each, one per group, tally sheets, no one but the teacher
ANIMALS = (
    *("Otter", "Heron", "Badger", "Lynx", "Falcon", "Beaver", "Marten", "Raven", "Hedgehog", "Ibex"),
    *("Dolphin", "Swift", "Gecko", "Puffin", "Bison", "Newt", "Kite", "Seal", "Crane", "Wombat"),
)


class Refused(ValueError):
    """Something that cannot be done now, in a sentence for whoever tried."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """What somebody did.

    Parameters
    ----------
    at : float
        When the server took it [s].
    kind : str
        A method of `_Kinds`.
    said : mapping
        What comes with it, plain data.
    """

    at: float
    kind: str
    said: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Setting:
    """How a class is run; it holds for the whole lesson.

    Parameters
    ----------
    lesson : str
    minutes : int
    seed : int
        Of people and luck.
    managers : bool
        Whether the first of each company is its manager.
    texts : bool
        Whether free text may be written.
    halves : int
        People from which on the class is divided among the companies; fewer all live in the first.
    """

    lesson: str
    minutes: int
    seed: int
    managers: bool = False
    texts: bool = False
    halves: int = 16


@dataclass(frozen=True)
class Step:
    """A step of the lesson, and how long it should take [s]."""

    kind: str
    round: int
    seconds: float


@dataclass(frozen=True, order=True)
class Seat:
    """A place in a team of a company; a manager's place is −1."""

    company: int
    team: int
    place: int

    @property
    def manager(self) -> bool:
        return self.place < 0


@dataclass(frozen=True, kw_only=True)
class Player:
    """Somebody, or a group, who takes part.

    Parameters
    ----------
    key : str
        What opens their page; nobody else is told.
    name : str
        Given.
    seat : Seat or None
        None before the first step.
    """

    key: str
    name: str
    seat: Seat | None = None


@dataclass(frozen=True, kw_only=True)
class Session:
    """A class, as its events left it."""

    setting: Setting
    lesson: Lesson
    steps: tuple[Step, ...]
    seats: tuple[int, int]  # teams of the lesson's scenario have that many places · companies that there are
    mode: str = "phones"
    groups: int = 0
    step: int = 0
    began: float = 0.0
    started: float | None = None
    extra: float = 0.0
    closed: float | None = None
    paused: float | None = None
    players: tuple[Player, ...] = ()
    tokens: Mapping[tuple[int, Seat], tuple[int, ...]] = field(default_factory=dict)
    weights: Mapping[tuple[int, int], tuple[int, ...]] = field(default_factory=dict)
    guesses: Mapping[int, int] = field(default_factory=dict)
    texts: tuple[tuple[int, str], ...] = ()
    twin: Mapping[tuple[int, Seat], tuple[int, ...]] | None = None

    # --- where the lesson is

    @property
    def now(self) -> Step:
        """The step that the class is at."""
        return self.steps[self.step]

    @property
    def deadline(self) -> float:
        """When the step's time is up [s]; while the clock stands still it moves on with it."""
        return self.began + self.now.seconds + self.extra

    def left(self, at: float) -> float:
        """Seconds that the step has left, at least 0."""
        return max(0.0, self.deadline - (self.paused if self.paused is not None else at))

    def open(self, at: float) -> bool:
        """Whether choices of the round are taken."""
        clock = at if self.paused is None else self.paused
        return self.now.kind == "play" and self.closed is None and clock <= self.deadline

    def over(self, at: float) -> int:
        """How many rounds are over."""
        done = self.now.round
        if self.now.kind == "play":
            return done - 1 if self.open(at) else done
        return done

    @property
    def revealed(self) -> bool:
        """Whether the true view may be seen."""
        return self.now.kind in ("truth", "boards", "paths", "debrief")

    # --- who takes part

    @cached_property
    def by_key(self) -> Mapping[str, int]:
        """Number of whoever has a key."""
        return {p.key: i for i, p in enumerate(self.players)}

    @property
    def companies(self) -> int:
        """Companies that somebody lives in: what it would be now, and once the lesson has begun what it was then."""
        if self.started is not None:
            return 1 + max(p.seat.company for p in self.players if p.seat is not None)
        return self.seats[1] if len(self.players) >= self.setting.halves else 1

    @cached_property
    def teams(self) -> int:
        """Teams of each company; as many in all of them, so that each has its twin."""
        return 1 + max((p.seat.team for p in self.players if p.seat), default=0)

    def chosen(self, company: int, rounds: int, *, twin: bool = False) -> Floats:
        """Return the tokens of a company: (rounds, activity, teams, members), NaN where nobody chose."""
        names = list(self.lesson.one.activities)
        rows = [names.index(a) for a in self.lesson.activities]
        result = np.full((rounds, len(names), self.teams, self.seats[0]), np.nan)
        for (r, seat), tokens in ((self.twin or {}) if twin else self.tokens).items():
            if seat.company == company and r <= rounds:
                result[r - 1, :, seat.team, seat.place] = 0.0
                result[r - 1, rows, seat.team, seat.place] = tokens
        return result

    def changes(self, company: int, rounds: int) -> tuple[str, ...]:
        """Return the words that say what a company's manager has made of its scheme."""
        said = []
        for r in range(2, rounds + 1):
            weights = self.weights.get((r, company))
            if weights is not None:
                pairs = ", ".join(f"{s}: {w / TOKENS:g}" for s, w in zip(self.lesson.signals, weights, strict=True))
                said.append(f"{{week: {(r - 1) * self.lesson.weeks}, set: {{weights: {{{pairs}}}}}}}")
        return (f"scheme.changes=[{', '.join(said)}]",) if said else ()


def begun(setting: Setting, lesson: Lesson) -> Session:
    """Return a class in which nothing has happened."""
    timing = lesson.timing(setting.minutes)
    rounds = [
        Step(kind, r, seconds)
        for r in range(1, timing.rounds + 1)
        for kind, seconds in (("play", float(timing.seconds)), ("outcome", timing.outcome * 60))
    ]
    last = timing.rounds
    after_all = [(k, timing.reveal) for k in ("manager", "truth", "boards", "paths")] + [("debrief", timing.debrief)]
    steps = (
        Step("lobby", 0, timing.lobby * 60),
        Step("guess", 0, timing.guess * 60),
        *rounds,
        *(Step(kind, last, minutes * 60) for kind, minutes in after_all),
    )
    return Session(
        setting=setting, lesson=lesson, steps=steps, seats=(len(lesson.one.team.seats), len(lesson.companies))
    )


def after(session: Session, event: Event) -> Session:
    """Return the session that an event leads to; `Refused` where it cannot happen."""
    happen = vars(_Kinds).get(event.kind) if not event.kind.startswith("_") else None
    if happen is None:
        raise Refused("there is no such thing to do")
    result: Session = happen(session, event.at, event.said)
    return result


class _Kinds:
    """What can happen: each returns the session that it leads to. Whatever is repeated changes nothing more."""

    # --- players

    @staticmethod
    def joined(session: Session, at: float, said: Mapping[str, Any]) -> Session:
        if said["key"] in session.by_key:
            return session
        if len(session.players) >= LARGEST_CLASS:
            raise Refused("the class is full")
        n = len(session.players)
        player = Player(key=said["key"], name=f"{ANIMALS[n % len(ANIMALS)]} {n + 1}")
        session = replace(session, players=(*session.players, player))
        return session if session.started is None else _late(session, n)

    @staticmethod
    def chose(session: Session, at: float, said: Mapping[str, Any]) -> Session:
        who, tokens = _number(said, "player", len(session.players)), _tokens(said, len(session.lesson.activities))
        seat = session.players[who].seat
        if seat is None or seat.manager:
            raise Refused("a manager has no week of their own" if seat else "the lesson has not begun")
        if said.get("round") != session.now.round or not session.open(at - GRACE):
            raise Refused("the round is closed")
        return replace(session, tokens={**session.tokens, (session.now.round, seat): tokens})

    @staticmethod
    def entered(session: Session, at: float, said: Mapping[str, Any]) -> Session:
        """The teacher types what is on a tally sheet, for the round that is open or was the last."""
        who, tokens = _number(said, "player", len(session.players)), _tokens(said, len(session.lesson.activities))
        seat, r = session.players[who].seat, session.now.round
        if seat is None or seat.manager or session.now.kind not in ("play", "outcome") or said.get("round") != r:
            raise Refused("there is no round to enter this for")
        return replace(session, tokens={**session.tokens, (r, seat): tokens})

    @staticmethod
    def weighed(session: Session, at: float, said: Mapping[str, Any]) -> Session:
        who, weights = _number(said, "player", len(session.players)), _tokens(said, len(session.lesson.signals))
        seat = session.players[who].seat
        if seat is None or not seat.manager:
            raise Refused("only a manager sets what counts")
        r = session.now.round + 1
        if session.now.kind not in ("play", "outcome") or said.get("round") != r:
            raise Refused("it is too late for that round")
        return replace(session, weights={**session.weights, (r, seat.company): weights})

    @staticmethod
    def guessed(session: Session, at: float, said: Mapping[str, Any]) -> Session:
        who = _number(said, "player", len(session.players))
        answer = _number(said, "answer", len(session.lesson.guess.answers))
        if session.now.kind != "guess":
            raise Refused("guesses are not taken now")
        return replace(session, guesses={**session.guesses, who: answer})

    @staticmethod
    def wrote(session: Session, at: float, said: Mapping[str, Any]) -> Session:
        who, text = _number(said, "player", len(session.players)), said.get("text")
        if not session.setting.texts:
            raise Refused("texts are not taken in this class")
        if not isinstance(text, str) or not text.strip() or len(text) > LONGEST_TEXT:
            raise Refused(f"a text has 1 to {LONGEST_TEXT} characters")
        if sum(1 for w, _ in session.texts if w == who) >= 3:
            raise Refused("three texts are enough")
        return replace(session, texts=(*session.texts, (who, " ".join(text.split()))))

    # --- the teacher

    @staticmethod
    def next(session: Session, at: float, said: Mapping[str, Any]) -> Session:
        if said.get("step") != session.step:
            return session  # pressed twice
        if session.step + 1 == len(session.steps):
            raise Refused("this is the last step")
        session = _seated(session, at) if session.started is None else session
        return _to(session, session.step + 1, at)

    @staticmethod
    def jump(session: Session, at: float, said: Mapping[str, Any]) -> Session:
        """To the reveal, with the rounds that are over and the one that somebody has chosen in."""
        to = next(i for i, s in enumerate(session.steps) if s.kind == "manager")
        if session.step >= to:
            return session
        begun = any(r == session.now.round for r, _ in session.tokens)
        played = session.now.round if begun else session.over(at)
        if not played:
            raise Refused("no round has been played yet")
        kept = [s for s in session.steps if s.kind not in ("play", "outcome") or s.round <= played]
        steps = tuple(
            replace(s, round=played) if s.kind not in ("lobby", "guess", "play", "outcome") else s for s in kept
        )
        session = replace(session, steps=steps)
        return _to(session, next(i for i, s in enumerate(steps) if s.kind == "manager"), at)

    @staticmethod
    def rewound(session: Session, at: float, said: Mapping[str, Any]) -> Session:
        """Back to the start of a round; what was chosen from there on stays as the twin."""
        r = said.get("round")
        if session.started is None or not isinstance(r, int) or isinstance(r, bool) or not 1 <= r <= session.now.round:
            raise Refused("that round has not been played")
        kept = {k: v for k, v in session.tokens.items() if k[0] < r}
        weights = {k: v for k, v in session.weights.items() if k[0] <= r}
        session = replace(session, tokens=kept, weights=weights, twin=session.tokens)
        return _to(session, next(i for i, s in enumerate(session.steps) if (s.kind, s.round) == ("play", r)), at)

    @staticmethod
    def more(session: Session, at: float, said: Mapping[str, Any]) -> Session:
        if said.get("step") != session.step:
            return session
        late = max(0.0, (at if session.paused is None else session.paused) - session.deadline)
        return replace(session, extra=session.extra + late + MORE, closed=None)

    @staticmethod
    def close(session: Session, at: float, said: Mapping[str, Any]) -> Session:
        if said.get("step") != session.step or session.now.kind != "play" or session.closed is not None:
            return session
        return replace(session, closed=at)

    @staticmethod
    def pause(session: Session, at: float, said: Mapping[str, Any]) -> Session:
        return session if session.paused is not None else replace(session, paused=at)

    @staticmethod
    def resume(session: Session, at: float, said: Mapping[str, Any]) -> Session:
        if session.paused is None:
            return session
        return replace(session, began=session.began + max(0.0, at - session.paused), paused=None)

    @staticmethod
    def mode(session: Session, at: float, said: Mapping[str, Any]) -> Session:
        """From phones to tally sheets or back; groups take the seats in the order in which they were taken."""
        mode, groups = said.get("mode"), said.get("groups", 0)
        if mode not in MODES:
            raise Refused("there is no such way to play")
        if not isinstance(groups, int) or isinstance(groups, bool) or not 0 <= groups <= LARGEST_CLASS:
            raise Refused(f"groups are at most {LARGEST_CLASS}")
        session = replace(session, mode=mode, groups=groups)
        for n in range(len(session.players), groups):
            session = _Kinds.joined(session, at, {"key": f"group {n + 1}"})
        return session


def _to(session: Session, step: int, at: float) -> Session:
    return replace(session, step=step, began=at, extra=0.0, closed=None, paused=None)


def _seated(session: Session, at: float) -> Session:
    """Give everybody a seat, in the order in which they came: companies in turn, then teams in turn."""
    if not session.players:
        raise Refused("nobody is here yet: let somebody join, or play with groups or in rehearsal")
    companies, bosses = session.companies, session.companies if _managed(session) else 0
    each = math.ceil((len(session.players) - bosses) / companies)
    teams = max(1, math.ceil(each / session.seats[0]))
    seated = []
    for i, player in enumerate(session.players):
        n = (i - bosses) // companies
        seat = Seat(i, 0, -1) if i < bosses else Seat((i - bosses) % companies, n % teams, n // teams)
        seated.append(replace(player, seat=seat))
    return replace(session, players=tuple(seated), started=at)


def _managed(session: Session) -> bool:
    """Whether there are managers, and people besides."""
    return session.setting.managers and bool(session.lesson.signals) and len(session.players) > session.companies


def _late(session: Session, n: int) -> Session:
    """Give somebody who comes late the first seat that is free, where fewest people are; a new team if none is."""
    taken = {p.seat for p in session.players if p.seat is not None}
    companies = 1 + max(s.company for s in taken)
    size = {c: sum(s.company == c for s in taken) for c in range(companies)}
    company = min(size, key=lambda c: (size[c], c))
    places = (Seat(company, t, p) for p in range(session.seats[0]) for t in range(session.teams))
    seat = next((s for s in places if s not in taken), Seat(company, session.teams, 0))
    players = [replace(p, seat=seat) if i == n else p for i, p in enumerate(session.players)]
    return replace(session, players=tuple(players))


def _number(said: Mapping[str, Any], key: str, below: int) -> int:
    value = said.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < below:
        raise Refused(f"there is no such {key}")
    return value


def _tokens(said: Mapping[str, Any], length: int) -> tuple[int, ...]:
    """Return ten tokens, laid on as many things as there are."""
    given: object = said.get("tokens")
    listed = given if isinstance(given, list | tuple) else ()
    found = [t for t in listed if type(t) is int and 0 <= t <= TOKENS]
    if not len(found) == len(listed) == length or sum(found) != TOKENS:
        raise Refused(f"a choice is {TOKENS} tokens, whole ones, on {length} things")
    return tuple(found)
