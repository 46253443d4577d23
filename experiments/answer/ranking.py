"""Schemes in their order, reference lines beside them, and what the order comes to."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from experiments import stats
from experiments.answer.compared import Compared
from experiments.answer.numbers import Numbers
from experiments.answer.places import Places
from experiments.quantity import Quantity, listed, some


@dataclass(frozen=True, kw_only=True)
class SchemeEntry:
    """A way to evaluate that is compared.

    Parameters
    ----------
    name : str
        Its id.
    label, sentence : str
    today, benchmark, reference, there : bool
        Whether it is in force today · a line to compare with, never chosen · what the others are compared with ·
        computed at all yet.
    """

    name: str
    label: str
    sentence: str
    today: bool
    benchmark: bool
    reference: bool
    there: bool


@dataclass(frozen=True, kw_only=True)
class Place:
    """A scheme's place in the ranking, or a benchmark beside it.

    Parameters
    ----------
    scheme, label : str
    place : int or None
        None for a benchmark. Schemes that give the same in every team share one.
    worth, change : Quantity
        What the business gets [weeks of core work per person-week] · the difference to the reference.
    best, probability : float
        Share of teams in which it does best · of resamples of teams in which its mean is highest; NaN for benchmarks.
    against_first, against_reference : str
        In words; empty for the first, and for the reference.
    """

    scheme: str
    label: str
    place: int | None
    worth: Quantity
    change: Quantity
    best: float
    probability: float
    against_first: str
    against_reference: str


def scheme_entry(compared: Compared, name: str) -> SchemeEntry:
    return SchemeEntry(
        name=name,
        label=compared.labels[name],
        sentence=str(compared.variants[name]["scheme"]["label"]["sentence"]),
        today=name == compared.today,
        benchmark=name in compared.benchmarks,
        reference=name == compared.reference,
        there=name in compared.schemes,
    )


def ranked(compared: Compared, by_worth: Places, numbers: Numbers) -> tuple[Place, ...]:
    """Return the schemes that can be chosen, the best first; a single one has no rivals, and the first place."""
    order = by_worth.order or compared.candidates
    table = by_worth.table.set_index("scheme")
    found: list[Place] = []
    for i, name in enumerate(order):
        shared = next((p.place for p in found if p.scheme in by_worth.alike.get(name, ())), i + 1)
        own: Mapping[Any, Any] = table.loc[name].to_dict() if name in table.index else {}
        line = as_line(compared, numbers, name)
        found.append(
            replace(
                line,
                place=shared,
                best=float(own.get("share_best", math.nan)),
                probability=float(own.get("probability_highest", math.nan)),
                against_first=_verdict(name, order[0], by_worth) if i else "",
            )
        )
    return tuple(found)


def _verdict(name: str, first: str, by_worth: Places) -> str:
    return "the same in every case" if name in by_worth.alike[first] else by_worth.against_first(name)


def as_line(compared: Compared, numbers: Numbers, name: str) -> Place:
    return Place(
        scheme=name,
        label=compared.labels[name],
        place=None,
        worth=numbers.value(name, "worth"),
        change=numbers.change(name, "worth"),
        best=math.nan,
        probability=math.nan,
        against_first="",
        against_reference=numbers.verdict(name, "worth"),
    )


def ranking_lines(compared: Compared, by_worth: Places, benchmarks: Sequence[Place]) -> tuple[str, ...]:
    """Say what the order comes to, and where the reference lines lie."""
    if not by_worth.order:
        return ()
    first, names = by_worth.order[0], compared.labels
    lines = []
    for verdict, words in ((stats.UNCLEAR, "not distinguishable from it"), (stats.SMALL, "too near to it to matter")):
        found = [f"“{names[s]}”" for s in by_worth.order[1:] if _verdict(s, first, by_worth) == verdict]
        if found:
            lines.append(f"{words}: {some(found)}")
    same = [f"“{names[s]}”" for s in by_worth.alike[first]]
    lines += [f"the same as it in every case, under another name: {listed(same)}"] if same else []
    rest = f"; {'; '.join(lines)}." if lines else "; every other does worse."
    told = [f"First by the mean: “{names[first]}”{rest}"]
    beside = [f"“{b.label}” {b.worth.text}" for b in benchmarks if b.worth.known]
    if beside:
        told.append(f"Lines to compare with, which nobody can choose: {listed(beside)}.")
    return tuple(told)
