"""What somebody has answered in the lab, and the scenario file that it comes to.

    how are people evaluated today?    today       a ready-made scheme, or one of one's own
    what are you considering?          considered  some more of them
    who works here?                    who         a team or an organisation, in ranges; no records of people

A range of people becomes a range of what each person wants: of n people between `low` and `high` want it, those up to
`low` as persons of that kind do, those up to the middle perhaps not at all, those up to `high` perhaps.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from sim.errors import InvalidInput, unknown
from sim.loading import options, read

CONSIDERED = (1, 6)  # schemes that are considered beside today's
TEN = (0, 10)  # people of ten
SEATS = (3, 30)  # people in a team
ENGINEERS = (10, 500)  # people in the teams of an organisation
LEVELS = (2, 4)  # of those who lead, from the head to those who lead a team
LONGEST = 80  # characters of a name
REFERENCE = ("own_worth", "none")  # lines to compare with
IN_USE = (
    *("manager_rating", "manager_rating_calibrated", "stack_ranking", "okr", "pull_requests", "velocity"),
    *("lines_of_code", "dora", "ai_everywhere", "feedback_360", "promotion_committee", "indispensable", "no_ratings"),
)
KINDS = {"secure": "safety", "ambitious": "promotion", "restless": "skill_up"}  # answer → motive
RATED_BY = {"boss": 1.0, "boss within rules": 0.5, "rules": 0.0}  # how freely a boss sets what counts
IMPORTANCE = {"a little": 0.25, "some": 0.5, "a lot": 1.0}  # answer → weight
PAY = {  # answer → rule of reward
    "by the score": "team",
    "by grades from 1 to 5": "rating",
    "most for the best fifth": "ranking",
    "a bonus above a threshold": "bonus_at_threshold",
    "the same for all": "salary",
}
OUT = {"nobody because of it": 0.0, "the lowest twentieth": 0.05, "the lowest tenth": 0.1}
RHYTHM = {"every month": 4, "every quarter": 13, "every half-year": 26, "once a year": 52}  # [weeks]
NAMES = (
    *("Ada", "Ben", "Cleo", "Dario", "Edda", "Femi", "Gita", "Hugo", "Ines", "Jon"),
    *("Kim", "Lena", "Milan", "Noor", "Omar", "Petra", "Quentin", "Rosa", "Samir", "Tove"),
    *("Ugo", "Vera", "Wanda", "Xenia", "Yusuf", "Zoe", "Anouk", "Bela", "Chiara", "Dmitri"),
)
PERSON = {"pay": 1.0, "intrinsic": 0.2}  # what anybody wants besides
DEVOTED = 0.4  # how much those care about the work who want nothing else above all [utility per week of core work]
FEAR, HOPE = (0.0, 1.5), (0.0, 1.0)  # plausible weight of a wish that is likely there · that may be there
TEAM_RUNS, MOST_RUNS, FEWEST_RUNS, PEOPLE_RUNS = 200, 200, 10, 2000  # runs: people × runs of an organisation
DRAWS = 20  # of what is plausible: the fewest of which an answer says anything
WARM_UP, SHORT = 52, 26  # weeks under today's scheme: of a team, of an organisation
Range = tuple[int, int]


class _Plain(yaml.SafeDumper):
    """Writes what stands in two places twice: a file that is read strictly has no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


@dataclass(frozen=True, kw_only=True)
class Own:
    """A scheme of one's own, in plain words.

    Parameters
    ----------
    name : str
        What it is called.
    counts : mapping of str to str
        Signal → how much it counts, a key of `IMPORTANCE`.
    pay, out, rhythm : str
        Keys of `PAY`, `OUT` and `RHYTHM`.
    """

    name: str
    counts: Mapping[str, str]
    pay: str = "by the score"
    out: str = "nobody because of it"
    rhythm: str = "every quarter"

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name.strip() or len(self.name) > LONGEST:
            raise InvalidInput("name of your scheme", self.name, f"1 to {LONGEST} characters")
        if not isinstance(self.counts, Mapping) or not self.counts:
            raise InvalidInput("what counts", "nothing", "at least one thing that is looked at")
        for signal, importance in self.counts.items():
            _one_of("what counts", signal, options("signal"))
            _one_of("how much it counts", importance, IMPORTANCE)
        _one_of("how it is paid", self.pay, PAY)
        _one_of("who must go", self.out, OUT)
        _one_of("how often", self.rhythm, RHYTHM)

    def config(self) -> dict[str, Any]:
        """Return what stands in the yaml of such a scheme."""
        name = self.name.strip()
        label = {"plain": name, "neutral": name, "sentence": "A scheme of one's own.", "good": "neither"}
        found: dict[str, Any] = {"label": label}
        found["weights"] = {signal: IMPORTANCE[how] for signal, how in self.counts.items()}
        if any(read("signal", signal).get("subjective") for signal in self.counts):
            found["rater"] = read("scheme", "manager_rating")["rater"]  # somebody judges
        found |= {"pay": PAY[self.pay], "review": {"weeks": RHYTHM[self.rhythm]}}
        if OUT[self.out]:
            found["layoff"] = {**read("reward", "layoff"), "share": OUT[self.out]}
            del found["layoff"]["label"]
        return found


@dataclass(frozen=True, kw_only=True)
class Who:
    """Who works here, in ranges.

    Parameters
    ----------
    organisation : bool
    size : (low, high)
        People in a team.
    secure, ambitious, restless : (low, high)
        Of ten people, how many want above all to keep the job · to rise · to be worth something elsewhere.
    engineers, levels : int
        Of an organisation: people in its teams · levels of those who lead.
    rated_by : str
        Of an organisation: who says what counts, a key of `RATED_BY`.
    """

    organisation: bool = False
    size: Range = (9, 9)
    secure: Range = (2, 4)
    ambitious: Range = (2, 4)
    restless: Range = (2, 4)
    engineers: int = 175
    levels: int = 3
    rated_by: str = "boss"

    def __post_init__(self) -> None:
        if not isinstance(self.organisation, bool):
            raise InvalidInput("organisation", self.organisation, "true or false")
        _range("people in a team", self.size, SEATS)
        for key in KINDS:
            _range(f"of ten people, {key}", getattr(self, key), TEN)
        if sum(getattr(self, key)[0] for key in KINDS) > TEN[1]:
            allowed = "ranges whose lower ends add up to at most ten"
            raise InvalidInput("of ten people", "more than ten", allowed)
        _whole("engineers", self.engineers, ENGINEERS)
        _whole("levels", self.levels, LEVELS)
        _one_of("who says what counts", self.rated_by, RATED_BY)

    @property
    def team(self) -> int:
        """People in a team: the middle of the range."""
        return (self.size[0] + self.size[1] + 1) // 2

    @property
    def spans(self) -> list[int]:
        """How many report to everybody at each level above those who lead a team."""
        return spans(max(1, round(self.engineers / self.team)), self.levels - 1)

    @property
    def people(self) -> int:
        """Everybody, those who lead included."""
        if not self.organisation:
            return self.team
        leaders = [math.prod(self.spans[:i]) for i in range(len(self.spans) + 1)]
        return sum(leaders) + leaders[-1] * self.team

    def config(self) -> dict[str, Any]:
        """Return the keys of the scenario that say who works here."""
        ranges: dict[str, list[float]] = {}
        people = self._persons(ranges)
        label = {"plain": "your team", "neutral": "a team", "sentence": "People as described.", "good": "neither"}
        team = {"label": label, "people": people, "size": self.team}
        if self.size[0] < self.size[1] and not self.organisation:
            ranges["team.size"] = [self.size[0], self.size[1]]
        found: dict[str, Any] = {"team": team, "ranges": ranges}
        if self.organisation:
            found["organisation"] = {
                "spans": self.spans,
                "managers": [{**p, "name": f"Manager {p['name']}"} for p in people[:10]],
                "evaluators": {"discretion": RATED_BY[self.rated_by]},
            }
        return found

    def _persons(self, ranges: dict[str, list[float]]) -> list[dict[str, Any]]:
        """Return the people of a team, kinds in turn; what is plausible of their wishes is entered into `ranges`."""
        n = self.size[1]
        ends = {k: getattr(self, k) for k in KINDS}
        sure = {k: math.floor(low * n / 10) for k, (low, _) in ends.items()}
        likely = _shared_out({k: max(sure[k], (low + high) / 20 * n) for k, (low, high) in ends.items()}, n)
        turns = [k for _, k in sorted(((i + 0.5) / likely[k], k) for k in KINDS for i in range(likely[k]))]
        kinds: list[str | None] = [*turns, *[None] * (n - len(turns))]
        kinds = [kinds[i] for i in _spread(len(turns), n)]
        motives = [_wishes(kind) for kind in kinds]
        for k, motive in KINDS.items():
            own = [i for i, kind in enumerate(kinds) if kind == k]
            others = [i for i, kind in enumerate(kinds) if kind is None] + [
                i for i, kind in enumerate(kinds) if kind not in (None, k)
            ]
            for i in own[sure[k] :]:
                ranges[f"team.people.{i}.motives.{motive}"] = list(FEAR)
            for i in others[: max(0, math.ceil(ends[k][1] * n / 10) - len(own))]:
                motives[i] = {motive: 0.0, **motives[i]}
                ranges[f"team.people.{i}.motives.{motive}"] = list(HOPE)
        return [{"name": NAMES[i], "motives": each} for i, each in enumerate(motives)]


@dataclass(frozen=True, kw_only=True)
class Conversation:
    """All that was answered.

    Parameters
    ----------
    today : str
        A ready-made scheme, or the number of one of one's own as `own_1`.
    considered : tuple of str
        The same, each once, without today's.
    own : tuple of Own
    who : Who
    title : str
        What the question is called; nothing: after today's scheme.
    reference : bool
        Whether the two reference lines are drawn.
    """

    today: str = "manager_rating"
    considered: tuple[str, ...] = ("okr", "stack_ranking")
    own: tuple[Own, ...] = ()
    who: Who = field(default_factory=Who)
    title: str = ""
    reference: bool = True

    def __post_init__(self) -> None:
        known = self.known()
        _one_of("today's scheme", self.today, known)
        low, high = CONSIDERED
        if not low <= len(self.considered) <= high:
            said = len(self.considered) or "nothing"
            raise InvalidInput("what you are considering", said, f"{low} to {high} schemes")
        for name in self.considered:
            _one_of("what you are considering", name, known)
            if self.considered.count(name) > 1:
                raise InvalidInput("what you are considering", known[name], "each once")
        if self.today in self.considered:
            raise InvalidInput("what you are considering", known[self.today], "something else than today's scheme")
        if not isinstance(self.title, str) or len(self.title) > 2 * LONGEST:
            raise InvalidInput("title", self.title, f"at most {2 * LONGEST} characters")

    def known(self) -> dict[str, str]:
        """Return what can be chosen, and how it is called: ready-made schemes, then one's own."""
        return {**ready_made(), **{f"own_{i}": o.name.strip() for i, o in enumerate(self.own, start=1)}}

    def question(self) -> str:
        """Return the question in one sentence."""
        names = [self.known()[n] for n in self.considered]
        listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
        return (
            f"People are evaluated like this today: {self.known()[self.today]}. What would this do instead: {listed}?"
        )

    def words(self) -> list[str]:
        """Return the options that the scenario starts from, as words of the command line."""
        return ["organisation=standard", "reporting=standard"] if self.who.organisation else []

    def body(self) -> dict[str, Any]:
        """Return the keys of the scenario, and of each what differs."""
        title = self.title.strip() or f"instead of: {self.known()[self.today]}"
        return {"story": {"plain": title, "question": self.question()}, **self.who.config()}

    def asks(self) -> dict[str, Any]:
        """Return what a comparison is asked."""
        lines = REFERENCE[1:] if self.who.organisation else REFERENCE  # an organisation takes its time
        schemes = [*self.considered, *(r for r in lines if self.reference and r not in self._all())]
        used = {f"own_{i}": o.config() for i, o in enumerate(self.own, start=1) if f"own_{i}" in self._all()}
        large = self.who.organisation
        runs = max(FEWEST_RUNS, min(MOST_RUNS, PEOPLE_RUNS // self.who.people)) if large else TEAM_RUNS
        return {
            "today": self.today,
            "schemes": schemes,
            **({"own": used} if used else {}),
            "warmup": SHORT if large else WARM_UP,
            "runs": runs,
            "seed": 1,
            "assumptions": "plausible",
            "draws": DRAWS,
        }

    def text(self) -> str:
        """Return the scenario file."""
        chosen = [{f"override /{w.partition('=')[0]}": w.partition("=")[2]} for w in self.words()]
        content = {**({"defaults": chosen} if chosen else {}), **self.body(), "question": self.asks()}
        return HEAD + yaml.dump(content, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=120)

    def _all(self) -> tuple[str, ...]:
        return (self.today, *self.considered)


HEAD = """\
# @package _global_
# A question to the scheme lab, and a scenario like any other: `crosspurpose compare scenario=THIS_FILE.yaml` gives the
# numbers that the lab shows, and `crosspurpose serve` takes it up again.
"""


def ready_made() -> dict[str, str]:
    """Return the schemes there are and how they are called: those in use first, reference lines left out."""
    labels = {n: str((read("scheme", n).get("label") or {}).get("plain", n)) for n in options("scheme")}
    others = sorted((n for n in labels if n not in (*IN_USE, *REFERENCE)), key=labels.__getitem__)
    return {n: labels[n] for n in (*(n for n in IN_USE if n in labels), *others)}


def spans(teams: int, steps: int) -> list[int]:
    """Return how many report to everybody at so many levels, as even as can be, so that there are about so many teams.

    Examples
    --------
    >>> spans(25, 2), spans(25, 1), spans(20, 2), spans(1, 2)
    ([5, 5], [25], [4, 5], [1, 1])
    """
    if steps == 1:
        return [teams]
    width = max(1, round(teams ** (1 / steps)))
    tried = [[w, *spans(max(1, round(teams / w)), steps - 1)] for w in range(max(1, width - 1), width + 2)]
    return min(tried, key=lambda s: (abs(math.prod(s) - teams), max(s) - min(s)))


def _wishes(kind: str | None) -> dict[str, float]:
    return {**PERSON, "intrinsic": DEVOTED} if kind is None else {KINDS[kind]: 1.0, **PERSON}


def _spread(some: int, n: int) -> list[int]:
    """Return an order of n things in which the first `some` are spread evenly among the others.

    Examples
    --------
    >>> _spread(2, 4)
    [2, 0, 3, 1]
    """
    places = sorted(
        [((i + 0.75) / some, i) for i in range(some)] + [((i + 0.5) / (n - some), some + i) for i in range(n - some)]
    )
    return [i for _, i in places]


def _shared_out(wanted: Mapping[str, float], n: int) -> dict[str, int]:
    """Return whole numbers near those wanted that add up to at most n; largest remainders come first.

    Examples
    --------
    >>> _shared_out({"a": 2.7, "b": 2.7, "c": 2.7}, 9), _shared_out({"a": 6.0, "b": 6.0}, 9)
    ({'a': 3, 'b': 3, 'c': 2}, {'a': 5, 'b': 4})
    """
    scale = min(1.0, n / max(sum(wanted.values()), 1e-9))
    exact = {k: v * scale for k, v in wanted.items()}
    found = {k: math.floor(v) for k, v in exact.items()}
    left = min(round(sum(exact.values())), n) - sum(found.values())
    for k in sorted(exact, key=lambda k: found[k] - exact[k])[:left]:
        found[k] += 1
    return found


def _one_of(key: str, value: object, known: Mapping[str, Any] | Sequence[str]) -> None:
    if not isinstance(value, str) or value not in known:
        raise unknown(key, str(value)[:LONGEST], list(known))


def _whole(key: str, value: object, ends: Range) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not ends[0] <= value <= ends[1]:
        raise InvalidInput(key, value, f"a whole number from {ends[0]} to {ends[1]}")


def _range(key: str, value: object, ends: Range) -> None:
    if not isinstance(value, tuple) or len(value) != 2:
        raise InvalidInput(key, value, "a lower and an upper end")
    for each in value:
        _whole(key, each, ends)
    if value[0] > value[1]:
        raise InvalidInput(key, list(value), "the lower end first")
