"""Lessons for a class, a yaml each, here or in `lessons/` of the user's own folder.

label      words for people, as elsewhere
world      words of a scenario, as on the command line; its horizon follows from the rounds
number     what is counted, in a few words
activities at most six, in the order of the page
weeks      weeks of a round: a review each
companies  one to three worlds that the class is divided into: name, told (what those within know), reveal (what
           sets it apart), words (of the scenario, besides), weights (what counts from a round on, if it changes)
cards      motive → title, text: what somebody is told in secret who cares about that most
signals    what a manager may weigh, if there are managers
guess      ask, answers: what the class predicts before it plays
effect     what should be visible at the last round: measure, higher and lower (a company, or a card), least
minutes    length of the lesson → rounds, seconds of a round, and minutes of each other step
questions  for the debrief
missed     what to say if it did not happen today
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim import filed
from sim.activities import Label
from sim.errors import InvalidInput, unknown
from sim.fields import construct
from sim.loading import compose, scenario_part

if TYPE_CHECKING:
    from sim.scenario import Scenario

MOST_ACTIVITIES, MOST_COMPANIES = 6, 3
MEASURES = ("gaming", "use", "worth", "activity")  # what an effect can be of
SHIPS = 0.9  # share of rehearsed classes in which a finished lesson shows its effect
STEPS = ("lobby", "guess", "outcome", "reveal", "debrief")  # what has minutes of its own


@dataclass(frozen=True, kw_only=True)
class Company:
    """A world that a part of the class lives in; its fields are those of the yaml."""

    name: str
    told: str
    reveal: str
    words: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Card:
    """What somebody is told in secret who cares about one motive most."""

    title: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Guess:
    """What the class is asked to predict."""

    ask: str
    answers: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What should be visible at the last round.

    Parameters
    ----------
    measure : str
        `gaming`: tokens of a week for what is scored and worth nothing; `use`: points of use; `worth`: worth per
        person-week; `activity`: tokens for `of`.
    of : str or None
        An activity, where the measure is one.
    higher, lower : str
        Names of companies, or of cards: where it should be higher, and lower.
    least : float
        By how much, to be called visible [tokens, points or weeks of core work], above 0.
    says : str
        The effect in words.
    """

    measure: str
    of: str | None
    higher: str
    lower: str
    least: float
    says: str

    def __post_init__(self) -> None:
        if self.measure not in MEASURES:
            raise unknown("measure", self.measure, MEASURES)
        if (self.of is None) == (self.measure == "activity"):
            raise InvalidInput("of", self.of, "an activity where the measure is `activity`, else null")
        if self.least <= 0:
            raise InvalidInput("least", self.least, "above 0")


@dataclass(frozen=True, kw_only=True)
class Timing:
    """How long what takes.

    Parameters
    ----------
    rounds : int
        At least 1.
    seconds : int
        Of a round [s], at least 10.
    lobby, guess, outcome, reveal, debrief : float
        Of getting in, of predicting, after each round, of each picture of the reveal, and of talking about it [minute].
    """

    rounds: int
    seconds: int
    lobby: float
    guess: float
    outcome: float
    reveal: float
    debrief: float

    def __post_init__(self) -> None:
        if not 1 <= self.rounds <= 20:
            raise InvalidInput("rounds", self.rounds, "between 1 and 20")
        if not 10 <= self.seconds <= 3600:
            raise InvalidInput("seconds", self.seconds, "between 10 and 3600")
        for key in STEPS:
            if getattr(self, key) < 0:
                raise InvalidInput(key, getattr(self, key), "at least 0")


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """A lesson; its fields are those of its yaml."""

    id: str
    label: Label
    world: tuple[str, ...]
    number: str
    activities: tuple[str, ...]
    weeks: int
    companies: tuple[Company, ...]
    cards: Mapping[str, Card]
    signals: tuple[str, ...]
    guess: Guess
    effect: Effect
    minutes: Mapping[str, Timing]
    questions: tuple[str, ...]
    missed: tuple[str, ...]

    def __post_init__(self) -> None:
        if not 2 <= len(self.activities) <= MOST_ACTIVITIES or len(set(self.activities)) != len(self.activities):
            raise InvalidInput("activities", list(self.activities), f"two to {MOST_ACTIVITIES}, each once")
        if not 1 <= len(self.companies) <= MOST_COMPANIES:
            raise InvalidInput("companies", len(self.companies), f"one to {MOST_COMPANIES}")
        if self.weeks < 1:
            raise InvalidInput("weeks", self.weeks, "at least 1")
        if not self.minutes or not all(m.isdigit() for m in self.minutes):
            raise InvalidInput("minutes", list(self.minutes), "lengths of the lesson in whole minutes")
        named = [c.name for c in self.companies] if len(self.companies) > 1 else list(self.cards)
        for key in ("higher", "lower"):
            if getattr(self.effect, key) not in (*named, *self.cards):
                raise unknown(f"effect.{key}", getattr(self.effect, key), [*named, *self.cards])

    def timing(self, minutes: int) -> Timing:
        """Return how long what takes in a lesson of that length."""
        if str(minutes) not in self.minutes:
            raise InvalidInput("minutes", minutes, f"one of {', '.join(self.minutes)}")
        return self.minutes[str(minutes)]

    def scenario(self, company: int, changes: tuple[str, ...] = ()) -> Scenario:
        """Return the scenario of a company over the rounds of the longest lesson.

        What happens in a round does not depend on how many are to come, so that a shorter one is its beginning.
        """
        from sim.scenario import scenario_from

        horizon = self.weeks * max(t.rounds for t in self.minutes.values())
        words = [*self.world, *self.companies[company].words, *changes, f"weeks={horizon}"]
        found = scenario_from(scenario_part(compose("model", words)))
        for name in self.activities:
            if name not in found.activities:
                raise unknown(f"lessons/{self.id}: activities", name, found.activities)
        for person in found.team.seats:
            if person.motive not in self.cards:
                raise InvalidInput(f"lessons/{self.id}: cards", list(self.cards), f"one for {person.motive} too")
        return found

    @cached_property
    def one(self) -> Scenario:
        """The scenario of the first company: names and words."""
        return self.scenario(0)


DEFAULTS: Mapping[str, Any] = {"signals": (), "missed": (), "questions": ()}


def folders() -> list[Path]:
    """Return the folders that are searched for lessons."""
    own = Path.cwd() / "lessons"
    return [Path(__file__).parent, *([own] if own.is_dir() else [])]


def files() -> dict[str, Path]:
    """Return the lessons there are: id → file."""
    found = {p.stem: p for folder in folders() for p in sorted(folder.glob("*.yaml"))}
    return {name: path for name, path in found.items() if not name.startswith("_")}


def lesson(name: str) -> Lesson:
    """Return a lesson by its name, checked."""
    known = files()
    if name not in known:
        raise unknown("lesson", name, known)
    return read(known[name])


def read(path: Path) -> Lesson:
    """Return the lesson of a file, checked."""
    content = filed.content(path.read_text(encoding="utf-8"), path.name)
    effect = {"of": None, **content.get("effect", {})} if isinstance(content.get("effect"), Mapping) else None
    companies = [{"words": (), **c} if isinstance(c, Mapping) else c for c in content.get("companies") or ()]
    given = {**DEFAULTS, **content, "companies": companies, "effect": effect, "id": path.stem}
    if isinstance(given.get("minutes"), Mapping):
        given["minutes"] = {str(k): v for k, v in given["minutes"].items()}
    found: Lesson = construct(Lesson, given, f"lessons/{path.stem}")
    return found


assert {f.name for f in fields(Timing)} >= set(STEPS)
