"""What the lab shows of an answer: HTML without anything to run, whose pictures are made of boxes and lines.

Names are text (Jinja escapes them). Every picture has its table and a sentence; widths are in per cent, so that the
same picture serves a phone and a projector.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from experiments.answer import Answer
from experiments.answer.asked import UNIT
from experiments.answer.course import Course
from experiments.answer.ranking import Place
from experiments.lint.rules import Finding
from experiments.plots.style import COLOURS, ink_on
from experiments.quantity import Quantity, listed, number

if TYPE_CHECKING:
    from experiments.web.lab.tasks import Glance

HERE = Path(__file__).parent
ROOM = 0.04  # of a scale, left and right of what is drawn
TICKS = 5  # about so many on a scale
NARROW = 0.06  # of a week: a narrower box has no number in it


@cache
def _environment() -> Environment:
    found = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    found.filters |= {"listed": lambda names: listed([f"“{n}”" for n in names])}
    return found


def results(answer: Answer) -> str:
    """Return all sections of an answer."""
    scale = scale_of([*answer.places, *answer.benchmarks])
    return (
        _environment()
        .get_template("results.html")
        .render(
            answer=answer,
            unit=UNIT,
            scale=scale,
            weeks=weeks(answer),
            courses=[lines(c, answer) for c in answer.course],
        )
    )


def look(labels: Mapping[str, str], today: str | None, glances: Mapping[str, Glance], left_out: str) -> str:
    """Return the first look: what is there of it."""
    rows = [(labels[n], n == today, glances[n]) for n in labels if n in glances]
    rows.sort(key=lambda r: -r[2].worth[-1][0])
    return _environment().get_template("look.html").render(rows=rows, left_out=left_out, unit=UNIT, written=_written)


def warned(found: Mapping[str, Sequence[Finding]]) -> str:
    """Return what looks wrong with each scheme before anything is run; label → findings."""
    return _environment().get_template("lint.html").render(found=found)


def told(lines: Sequence[str]) -> str:
    """Return sentences as a paragraph each."""
    return _environment().from_string("{% for line in lines %}<p>{{ line }}</p>{% endfor %}").render(lines=lines)


def _written(mean: float, half: float | None) -> str:
    error = (math.nan, math.nan) if half is None else (mean - half, mean + half)
    return Quantity(value=mean, error=error).text


@dataclass(frozen=True, kw_only=True)
class Scale:
    """Where numbers lie on a line.

    Parameters
    ----------
    low, high : float
        Its ends.
    """

    low: float
    high: float

    def at(self, x: float) -> float:
        """Return where a number lies, in per cent of the line."""
        return round(100 * (x - self.low) / (self.high - self.low), 2)

    def box(self, ends: tuple[float, float]) -> tuple[float, float] | None:
        """Return where a spread begins and how wide it is, in per cent; None where there is none."""
        if not all(map(math.isfinite, ends)):
            return None
        return self.at(ends[0]), round(max(self.at(ends[1]) - self.at(ends[0]), 0.3), 2)

    def ticks(self) -> list[tuple[float, str]]:
        """Return where the line is marked, and how."""
        raw = (self.high - self.low) / TICKS
        power = 10 ** math.floor(math.log10(raw))
        step = next(m * power for m in (1, 2, 5, 10) if m * power >= raw)
        first, digits = math.ceil(self.low / step), max(0, -math.floor(math.log10(step)))
        marks = [i * step for i in range(first, math.floor(self.high / step) + 1)]
        return [(self.at(x), number(x, digits)) for x in marks]


def scale_of(places: Sequence[Place]) -> Scale:
    """Return a scale that holds all that is drawn of some places."""
    ends = [x for p in places for x in (p.worth.value, *p.worth.error, *p.worth.luck, *p.worth.assumed)]
    known = [x for x in ends if math.isfinite(x)] or [0.0, 1.0]
    low, high = min(known), max(known)
    room = ROOM * (high - low) or 0.5
    return Scale(low=low - room, high=high + room)


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of a week as a box: width in per cent of the widest week, colour and the ink on it."""

    label: str
    width: float
    text: str
    colour: str
    ink: str


def weeks(answer: Answer) -> list[tuple[str, str, str, list[Part]]]:
    """Return the week under each scheme: its id, label, sentence and boxes."""
    widest = max((sum(s.time.value for s in t.shares) for t in answer.time), default=1.0)
    found = []
    for use in answer.time:
        parts = []
        for i, share in enumerate(use.shares):
            colour = COLOURS[i % len(COLOURS)]
            rgb = [int(colour[j : j + 2], 16) / 255 for j in (1, 3, 5)]
            text = number(100 * share.time.value, 0) if share.time.value >= NARROW else ""
            width = round(100 * max(share.time.value, 0.0) / widest, 2)
            parts.append(Part(label=share.label, width=width, text=text, colour=colour, ink=ink_on(rgb)))
        found.append((use.scheme, use.label, use.sentence, parts))
    return found


@dataclass(frozen=True, kw_only=True)
class Lines:
    """A course over time as lines in a box of 100 by 100.

    Parameters
    ----------
    course : Course
    score, worth : str
        Points of a line; no points, no line.
    low, high : str
        What the lower and the upper edge mean.
    since : float or None
        Where the scheme begins to count; None where it does from the beginning.
    """

    course: Course
    score: str
    worth: str
    low: str
    high: str
    since: float | None


def lines(course: Course, answer: Answer) -> Lines:
    """Return a course as lines, on the scale of all that are shown together."""
    known = [q.value for c in answer.course for q in (*c.worth, *c.score) if q.known]
    low, high = min([*known, 0.0]), max([*known, 0.1])
    last = course.weeks[-1]
    middles = [(a + b) / 2 for a, b in pairwise((0, *course.weeks))]  # a step's mean stands in its middle

    def line(each: Sequence[Quantity]) -> str:
        points = [(w, q.value) for w, q in zip(middles, each, strict=True) if q.known]
        return " ".join(f"{100 * w / last:.1f},{100 - 100 * (x - low) / (high - low):.1f}" for w, x in points)

    return Lines(
        course=course,
        score=line(course.score),
        worth=line(course.worth),
        low=number(low, 1),
        high=number(high, 1),
        since=100 * answer.since / last if answer.since else None,
    )
