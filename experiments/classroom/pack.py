"""What a teacher prints and reads of a lesson, made from its yaml and from seeds.

All packs are made anew by `python -m experiments.classroom.pack`:

    docs/teaching/LESSON.html    to print: start guide, cards to cut out, tally sheets, answer key
    docs/teaching/LESSON.md      to read: written by hand but for the parts between <!-- NAME --> and <!-- end -->

The answer key is what simulated people do, all seats theirs, in teams of their own: means over TEAMS teams of one seed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from experiments.classroom.effect import threshold
from experiments.classroom.outcome import habit, motive
from experiments.classroom.play import TOKENS, lived
from experiments.classroom.session import Event, Setting, after, begun
from experiments.classroom.together import effects
from experiments.lessons import Lesson, lesson
from sim.arrays import Floats
from sim.draws import Draws

HOME = Path(__file__).parent.parent.parent / "docs" / "teaching"
TEAMS, SEED = 40, 1  # of the answer key
REHEARSED, SIZES = 200, (12, 16, 24, 40)  # classes of the table of rehearsals, and their students
PAPER = 6  # groups from which on a class without phones is divided among the companies
MOST_GROUPS = 18
LETTERS = "ABCDEF"
NAMED = {
    "lobby": "getting in",
    "guess": "prediction",
    "play": "choose",
    "outcome": "what the number says",
    "manager": "what the manager sees",
    "truth": "what was so",
    "boards": "the three boards",
    "paths": "what if",
    "debrief": "talk",
}


@dataclass(frozen=True)
class Row:
    """A line of the answer key: a round of a company, or of those in it who hold a card.

    Parameters
    ----------
    who : str
    round : int
    tokens : tuple of float
        Of a week, on the lesson's activities in order.
    points, use : float
    """

    who: str
    round: int
    tokens: tuple[float, ...]
    points: float
    use: float


def key(given: Lesson) -> list[Row]:
    """Return what simulated people do: by card where the lesson compares cards, else by company."""
    rounds = max(timing.rounds for timing in given.minutes.values())
    names, seats = list(given.one.activities), given.one.team.seats
    laid = [names.index(a) for a in given.activities]
    rows: list[Row] = []
    for number, company in enumerate(given.companies):
        nobody = np.full((rounds, len(names), TEAMS, len(seats)), np.nan)
        draws = Draws(SEED, range(TEAMS), len(seats))
        found = lived(given.scenario(number), draws, nobody, given.weeks)
        whole = {company.name: np.ones(len(seats), dtype=bool)}
        held = {card.title: np.array([p.motive == name for p in seats]) for name, card in given.cards.items()}
        for who, those in (held if given.effect.higher in given.cards else whole).items():
            tokens = TOKENS * _mean(found.effort[:, laid], those)
            points, use = _mean(found.score, those), _mean(found.contribution, those)
            rows += [
                Row(who, r + 1, tuple(float(t) for t in tokens[r]), float(points[r]), float(use[r]))
                for r in range(rounds)
            ]
    return rows


def _mean(x: Floats, those: Floats) -> Floats:
    """Return the mean over teams and some members: (rounds, …, teams, members) to (rounds, …)."""
    return np.asarray(x[..., those].mean(axis=(-2, -1)))


@dataclass(frozen=True)
class Part:
    """A part of the plan: from which minute on, for how many, and what."""

    begins: float
    minutes: float
    kind: str
    what: str


def plan(given: Lesson, minutes: int) -> list[Part]:
    """Return what comes when in a lesson of that length."""
    parts: list[Part] = []
    at = 0.0
    for step in begun(Setting(lesson=given.id, minutes=minutes, seed=0), given).steps:
        what = f"round {step.round}: {NAMED[step.kind]}" if step.kind in ("play", "outcome") else NAMED[step.kind]
        parts.append(Part(at, step.seconds / 60, step.kind, what))
        at += step.seconds / 60
    return parts


@dataclass(frozen=True)
class Deal:
    """Who gets which card with some numbers of groups: (company, title of the card) of group 1, 2, ..."""

    least: int
    most: int
    groups: tuple[tuple[str, str], ...]


def deals(given: Lesson) -> list[Deal]:
    """Return the cards of groups without phones, as the class seats them."""
    dealt = {n: _dealt(given, n) for n in range(PAPER, MOST_GROUPS + 1)}
    found = []
    for _, those in groupby(dealt, key=lambda n: dealt[n][:PAPER]):
        counts = list(those)
        longest = dealt[counts[-1]]
        if any(dealt[n] != longest[:n] for n in counts):
            raise AssertionError(f"{given.id}: groups {counts} are dealt otherwise as they become more")
        found.append(Deal(counts[0], counts[-1], longest))
    return found


def _dealt(given: Lesson, groups: int) -> tuple[tuple[str, str], ...]:
    session = begun(Setting(lesson=given.id, minutes=int(max(given.minutes, key=int)), seed=0, halves=PAPER), given)
    session = after(session, Event(at=0.0, kind="mode", said={"mode": "paper", "groups": groups}))
    session = after(session, Event(at=0.0, kind="next", said={"step": 0}))
    seats = [p.seat for p in session.players if p.seat is not None]
    return tuple((given.companies[s.company].name, given.cards[motive(given, s)].title) for s in seats)


# --- as a page to print


def page(given: Lesson) -> str:
    """Return the pages to print: HTML that refers to nothing outside itself."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["upper_first"] = lambda text: text[:1].upper() + text[1:]
    kinds = given.one.activities
    rows, dealt = key(given), deals(given)
    return environment.get_template("pack.html").render(
        lesson=given,
        plans={
            minutes: shortened(plan(given, int(minutes))) for minutes in sorted(given.minutes, key=int, reverse=True)
        },
        rounds=max(timing.rounds for timing in given.minutes.values()),
        tokens=TOKENS,
        activities=[(letter, kinds[a].label) for letter, a in zip(LETTERS, given.activities, strict=False)],
        habit=habit(given),
        deals=dealt,
        cards=[card for card in given.cards.values() for _, title in dealt[-1].groups if title == card.title],
        paper=PAPER,
        threshold=threshold(given),
        key={who: list(those) for who, those in groupby(rows, key=lambda row: row.who)},
        teams=TEAMS,
        seed=SEED,
    )


def shortened(parts: Sequence[Part]) -> list[Part]:
    """Return a plan in which the rounds after the first stand as one line."""
    short: list[Part] = []
    rounds = max(int(p.what.split(":")[0].split()[1]) for p in parts if p.kind in ("play", "outcome"))
    later = [p for p in parts if p.kind in ("play", "outcome") and not p.what.startswith("round 1:")]
    for part in parts:
        if later and part is later[0]:
            short.append(Part(part.begins, sum(p.minutes for p in later), "rounds", f"rounds 2 to {rounds}, likewise"))
        elif part not in later:
            short.append(part)
    return short


# --- as parts of what is read


def blocks(given: Lesson) -> Mapping[str, str]:
    """Return the parts of the teacher's text that are made: name → Markdown."""
    found = {f"plan {minutes}": _plan_table(plan(given, int(minutes))) for minutes in given.minutes}
    return {**found, "key": _key_table(given)}


def _plan_table(parts: Sequence[Part]) -> str:
    lines = ["| from minute | for | what |", "|---:|---:|---|"]
    lines += [f"| {clock(p.begins)} | {clock(p.minutes)} | {p.what} |" for p in shortened(parts)]
    return "\n".join([*lines, f"| {clock(parts[-1].begins + parts[-1].minutes)} | | the end |"])


def clock(minutes: float) -> str:
    """Return minutes and seconds.

    Examples
    --------
    >>> clock(7.25)
    '7:15'
    """
    return f"{int(minutes)}:{round(60 * (minutes % 1)):02d}"


def _key_table(given: Lesson) -> str:
    kinds = given.one.activities
    heads = ["who", "round", *(kinds[a].label.plain for a in given.activities), "points", "use"]
    lines = [f"| {' | '.join(heads)} |", "|---|" + "---:|" * (len(heads) - 1)]
    for row in key(given):
        cells = [row.who, str(row.round), *(f"{t:.1f}" for t in row.tokens), f"{row.points:.0f}", f"{row.use:.0f}"]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def rehearsal(given: Lesson) -> str:
    """Return in how many of REHEARSED classes of scripted students the effect shows, by size; it takes a while."""
    longest = Setting(lesson=given.id, minutes=max(map(int, given.minutes)), seed=SEED)
    lengths = sorted(given.minutes, key=int, reverse=True)
    lines = [f"| students | {' | '.join(f'{m} minutes' for m in lengths)} |", "|---:|" + "---:|" * len(lengths)]
    for students in SIZES:
        numbers = np.split(np.arange(REHEARSED), 10)
        sizes = np.concatenate([effects(longest, students, those.tolist()) for those in numbers])
        shows = [(sizes[:, given.minutes[m].rounds - 1] >= given.effect.least).sum() for m in lengths]
        lines.append(f"| {students} | {' | '.join(f'{s} of {REHEARSED}' for s in shows)} |")
    return "\n".join(lines)


def filled(text: str, parts: Mapping[str, str]) -> str:
    """Return a text with its made parts made anew.

    Examples
    --------
    >>> filled("a\\n<!-- key -->\\nold\\n<!-- end -->\\nb", {"key": "new"})
    'a\\n<!-- key -->\\nnew\\n<!-- end -->\\nb'
    """
    for name, part in parts.items():
        before, mark, rest = text.partition(f"<!-- {name} -->\n")
        if mark:
            text = f"{before}{mark}{part}\n<!-- end -->{rest.partition('<!-- end -->')[2]}"
    return text


def packs() -> list[Path]:
    """Return what there is to read: a text for each lesson with a pack."""
    return [path for path in sorted(HOME.glob("*.md")) if path.stem != "README"]


def main() -> None:
    """Make the packs of all lessons that have one."""
    for read in packs():
        given = lesson(read.stem)
        made = {**blocks(given), "rehearsal": rehearsal(given)}
        read.write_text(filled(read.read_text(encoding="utf-8"), made), encoding="utf-8")
        read.with_suffix(".html").write_text(page(given), encoding="utf-8")


if __name__ == "__main__":
    main()
