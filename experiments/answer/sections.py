"""What comes with a scheme besides: side effects, people, who is mislabelled, and why a score promises too much."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import binom

from experiments import decompose
from experiments.answer.asked import UNIT
from experiments.answer.compared import Compared
from experiments.answer.numbers import PEOPLE, Numbers
from experiments.quantity import Quantity, listed, number, sentence
from experiments.tables import percent
from experiments.words import words_of
from sim.errors import InvalidInput
from sim.worlds import LOUD, PARTS

OF = 20  # people labelled low, of whom so many are spoken of
CALLED = {  # what a manager reads without taking offence, where a measure's own words would give some
    "displaced_share": (
        "time spent elsewhere than the business needs",
        "Against the same people, all for the business.",
    ),
    "craft": ("skill at working on the numbers, at the end", "1 is what a week of it adds to a score by the book."),
}
GOOD = {"higher": "more is better", "lower": "less is better", "neither": "neither more nor less is better of itself"}


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A measure of a scheme; `change` is to the reference, `verdict` on it: better, worse, higher, lower, …"""

    scheme: str
    label: str
    value: Quantity
    change: Quantity
    verdict: str


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What a scheme brings besides, scheme by scheme.

    Parameters
    ----------
    measure, label, sentence, unit, direction : str
        Its id · in words · which way is good, in words.
    cells : tuple of Cell
    """

    measure: str
    label: str
    sentence: str
    unit: str
    direction: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, kw_only=True)
class Mislabelled:
    """Of `OF` people labelled low under a scheme, how many are not among the true lowest.

    Parameters
    ----------
    scheme, label : str
    wrong : Quantity
        [people of 20].
    perfect, by_lot : float
        The same with a perfect score, for every team must name somebody · by drawing lots [people of 20].
    sentence : str
    """

    scheme: str
    label: str
    wrong: Quantity
    perfect: float
    by_lot: float
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Why:
    """Why a scheme delivers less than its score promises; `parts`: cause in words → its part of the gap."""

    scheme: str
    label: str
    gap: Quantity
    parts: tuple[tuple[str, Quantity], ...]
    sentence: str


def effects(compared: Compared, numbers: Numbers, measures: Sequence[str]) -> tuple[Effect, ...]:
    """Return measures of every scheme, those that there are."""
    return tuple(
        _effect(compared, numbers, m) for m in measures if any(numbers.value(s, m).known for s in compared.schemes)
    )


def _effect(compared: Compared, numbers: Numbers, measure: str) -> Effect:
    said: Mapping[str, Any] = words_of(measure)
    label, meaning = CALLED.get(measure, (str(said["label"]["plain"]), str(said["label"]["sentence"])))
    cells = [
        Cell(
            scheme=s,
            label=compared.labels[s],
            value=numbers.value(s, measure),
            change=numbers.change(s, measure),
            verdict=numbers.verdict(s, measure),
        )
        for s in compared.schemes
    ]
    return Effect(
        measure=measure,
        label=sentence(label),
        sentence=meaning,
        unit="%" if percent(measure) else str(said["unit"]),
        direction=GOOD[str(said["label"]["good"])],
        cells=tuple(cells),
    )


def of_people(compared: Compared) -> list[str]:
    """Return the measures of what it is like for people: those of motives that have words of their own among them."""
    found = [*PEOPLE]
    for column in compared.runs:
        if str(column).startswith("utility_"):
            try:
                words_of(str(column))
            except InvalidInput:
                continue
            found.append(str(column))
    return found


def mislabelled(compared: Compared) -> tuple[Mislabelled, ...]:
    """Return how many of those labelled low are not among the true lowest, under every scheme that labels anybody."""
    found = []
    for name, row in compared.mislabelled.iterrows():
        wrong = Quantity(value=OF * row["value"], error=(OF * row["error_low"], OF * row["error_high"]))
        if not wrong.known:
            continue
        called, size = int(row["called"]), int(row["size"])
        text = (
            f"Of {OF} people labelled low, {_whole(wrong)} are not among the true lowest {OF}; with a perfect score it "
            f"would be {OF * _perfect(called, size):.0f}, as every team must name "
            f"{'somebody' if called == 1 else f'{called} people'}, by lot {OF * (1 - called / size):.0f}."
        )
        found.append(
            Mislabelled(
                scheme=str(name),
                label=compared.labels[str(name)],
                wrong=wrong,
                perfect=OF * _perfect(called, size),
                by_lot=OF * (1 - called / size),
                sentence=text,
            )
        )
    return tuple(found)


def _whole(wrong: Quantity) -> str:
    """Return a number of people and its computing error, to the whole person.

    Examples
    --------
    >>> _whole(Quantity(value=14.2, error=(13.1, 15.3)))
    '14 (13 to 15)'
    """
    low, high = wrong.error
    return f"{wrong.value:.0f}" + ("" if math.isnan(low) else f" ({low:.0f} to {high:.0f})")


def _perfect(called: int, size: int) -> float:
    """Return the share wrongly called low where every score is right, and every team of `size` must call `called` low.

    Of the k least of N, the j-th is above the quantile k/N of all if fewer than j of the N are below it.

    Examples
    --------
    >>> round(_perfect(1, 7), 2)
    0.34
    """
    return float(np.mean([binom.cdf(j, size, called / size) for j in range(called)]))


def why(compared: Compared) -> tuple[Why, ...]:
    """Return why each scheme delivers less than its score promises, where that has been taken apart."""
    gaming = [str(a["label"]["neutral"]) for a in compared.first["activities"].values() if a and a.get("gaming")]
    causes = {**decompose.MEANS, "adversarial": listed([f"“{g}”" for g in gaming]) or decompose.MEANS["adversarial"]}
    found = []
    for row in compared.decomposed.to_dict("records"):
        if row["scheme"] not in compared.labels:
            continue
        parts = [(causes[p], _of_row(row, p)) for p in PARTS]
        gap = _of_row(row, "gap")
        text = _promise(gap, parts, bool(row["misfits"]))
        label = compared.labels[str(row["scheme"])]
        found.append(Why(scheme=str(row["scheme"]), label=label, gap=gap, parts=tuple(parts), sentence=text))
    return tuple(found)


def _of_row(row: Mapping[Any, Any], name: str) -> Quantity:
    return Quantity(value=float(row[name]), error=(float(row[f"{name}_error_low"]), float(row[f"{name}_error_high"])))


def _promise(gap: Quantity, parts: Sequence[tuple[str, Quantity]], misfits: bool) -> str:
    """Say what is promised and not delivered, and why."""
    if not gap.known:
        return "Nobody differs in the score, so it promises nothing."
    if gap.error[0] <= 0 <= gap.error[1]:
        return "What those with the best scores promise and what they deliver cannot be told apart."
    if gap.value < 0:
        return f"Those with the best scores deliver more than they promise ({number(-gap.value, 2)} {UNIT})."
    main = sorted(((q.value, cause) for cause, q in parts if abs(q.value / gap.value) >= 0.1), reverse=True)
    told = "; ".join(f"{number(size, 2, '+')} {cause}" for size, cause in main)
    text = f"Of what those with the best scores promise, {gap.text} {UNIT} is not delivered: {told}"
    if misfits:
        text += f". More than {100 * LOUD:.0f} % is none of the causes, so that they do not tell the whole story"
    return f"{text}."
