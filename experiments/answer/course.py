"""What becomes of schemes over time: year by year, where the time goes, score and worth week by week."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from experiments import stats
from experiments.answer import flips
from experiments.answer.compared import Compared
from experiments.answer.numbers import Numbers
from experiments.quantity import YEAR, Quantity, listed, number

STEP = 13  # weeks of a step of the courses over time, where there are a year of them or more
STEPS = 8  # of shorter ones
NEAR = 0.01  # of a full week: smaller changes of what time goes to are not put into words
TOLD = 2  # activities named in a sentence on either side


@dataclass(frozen=True, kw_only=True)
class Years:
    """What the business gets in the first year and in the second, and the dip after the switch.

    Parameters
    ----------
    scheme, label : str
    first, second, dip : Quantity
        [weeks of core work per person-week].
    first_weeks, second_weeks : int
        So many weeks of each are there.
    """

    scheme: str
    label: str
    first: Quantity
    second: Quantity
    dip: Quantity
    first_weeks: int
    second_weeks: int


@dataclass(frozen=True, kw_only=True)
class Share:
    """What part of a full week goes to an activity under a scheme; `change` is to the reference, `verdict` on it."""

    activity: str
    label: str
    time: Quantity
    change: Quantity
    verdict: str


@dataclass(frozen=True, kw_only=True)
class TimeUse:
    """What people spend their time on under a scheme."""

    scheme: str
    label: str
    shares: tuple[Share, ...]
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Course:
    """What the score shows, and what the business gets, step by step.

    Parameters
    ----------
    scheme, label : str
    weeks : tuple of int
        The last week of each step.
    worth, score : tuple of Quantity
        [weeks of core work per person-week]; the score times worth ÷ score of the step in which the scheme begins to
        count: what it seems to promise. It is undefined before, and where that score is not surely above 0.
    managers_view, true_view : str
    """

    scheme: str
    label: str
    weeks: tuple[int, ...]
    worth: tuple[Quantity, ...]
    score: tuple[Quantity, ...]
    managers_view: str
    true_view: str


def years(compared: Compared, numbers: Numbers) -> tuple[Years, ...]:
    """Return the first year, the second, and the dip after the switch, of every scheme."""
    (one, first), (two, second) = (flips.year_worth(compared, k) for k in (0, 1))
    if not first:
        return ()
    found = []
    for name in compared.schemes:
        own = compared.runs["scheme"] == name
        year = [_mean(one[own].to_numpy(float)), _mean(two[own].to_numpy(float))]
        for k, weeks in enumerate((first, second)):
            if weeks == YEAR:
                year[k] = replace(year[k], assumed=numbers.value(name, f"worth_year_{k + 1}").assumed)
        dip = numbers.value(name, "dip") if compared.today is not None else Quantity(value=math.nan)
        found.append(
            Years(
                scheme=name,
                label=compared.labels[name],
                first=year[0],
                second=year[1],
                dip=dip,
                first_weeks=first,
                second_weeks=second,
            )
        )
    return tuple(found)


def _mean(x: Any, share: bool = False) -> Quantity:
    """Return the mean of a number of each run, with computing error and luck."""
    value, low, high, luck_low, luck_high, _ = stats.described(x)
    return Quantity(value=value, error=(low, high), luck=(luck_low, luck_high), percent=share)


def time_use(compared: Compared, numbers: Numbers) -> tuple[TimeUse, ...]:
    """Return what people spend their time on under every scheme."""
    found = []
    for name in compared.schemes:
        shares = []
        for activity, label in compared.activities.items():
            measure = f"effort_{activity}"
            time, change = numbers.value(name, measure), numbers.change(name, measure)
            verdict = numbers.verdict(name, measure)
            shares.append(Share(activity=activity, label=label, time=time, change=change, verdict=verdict))
        known = tuple(s for s in shares if s.time.known)
        text = _of_time(known, compared.labels[compared.reference], name == compared.reference)
        found.append(TimeUse(scheme=name, label=compared.labels[name], shares=known, sentence=text))
    return tuple(found)


def _of_time(shares: Sequence[Share], reference: str, itself: bool) -> str:
    """Say what more and what less time goes to than under the reference."""
    if itself:
        most = sorted(shares, key=lambda s: -s.time.value)[: TOLD + 1]
        return (
            f"Most time goes to {listed([f'“{s.label}” ({100 * s.time.value:.0f} %)' for s in most])} of a full week."
        )
    sure = [s for s in shares if s.verdict in (stats.HIGHER, stats.LOWER) and abs(s.change.value) >= NEAR]
    sure.sort(key=lambda s: -abs(s.change.value))
    parts = []
    for word, side in (("more", stats.HIGHER), ("less", stats.LOWER)):
        named = [s for s in sure if s.verdict == side][:TOLD]
        if named:
            parts.append(f"{word} on {listed([f'“{s.label}” ({_points(s)})' for s in named])}")
    if not parts:
        return f"No change of a point or more of a full week can be told from “{reference}”."
    return f"Against “{reference}”, {listed(parts)}, in points of a full week."


def _points(share: Share) -> str:
    return number(100 * share.change.value, 0, "+")


def courses(compared: Compared) -> tuple[Course, ...]:
    """Return what the score shows and what the business gets over time, under every scheme."""
    weekly = compared.weekly
    if weekly.empty:
        return ()
    step = STEP if compared.weeks >= YEAR else max(1, compared.weeks // STEPS)
    return tuple(_course(compared, n, weekly[weekly["scheme"] == n], step) for n in compared.schemes)


def _course(compared: Compared, name: str, weekly: pd.DataFrame, step: int) -> Course:
    means = weekly.groupby(["run", weekly["week"] // step])[["worth", "score"]].mean()
    worth, score = (means[k].unstack("week") for k in ("worth", "score"))  # (run, step)
    begin = compared.since if compared.today is not None else 0  # before it, scores are those of today's scheme
    opening = min(math.ceil(begin / step), worth.shape[1] - 1)
    scale = _exchange(worth.iloc[:, opening].to_numpy(float), score.iloc[:, opening].to_numpy(float))
    promised = score.to_numpy(float) * scale
    promised[:, :opening] = np.nan
    shown, true = (tuple(_mean(x) for x in table.T) for table in (promised, worth.to_numpy(float)))
    last = [min((int(k) + 1) * step, compared.weeks) for k in worth.columns]
    return Course(
        scheme=name,
        label=compared.labels[name],
        weeks=tuple(last),
        worth=true,
        score=shown,
        managers_view=_view("The score", promised[:, opening], promised[:, -1], step),
        true_view=_view("What the business gets", worth.iloc[:, opening], worth.iloc[:, -1], step),
    )


def _exchange(worth: Any, score: Any) -> float:
    """Return worth per point of score where a scheme begins; NaN where the score is not surely above 0."""
    error = score.std(ddof=1) / math.sqrt(len(score)) if len(score) > 1 else 0.0
    mean = float(score.mean())
    return float(worth.mean()) / mean if mean > 3 * error and mean > 1e-12 else math.nan


def _view(what: str, first: Any, last: Any, step: int) -> str:
    """Say how something has changed from the first step in which the scheme counts to the last, run by run."""
    first, last = np.asarray(first, dtype=float), np.asarray(last, dtype=float)
    base = float(first.mean())
    if not math.isfinite(base):
        return f"{what} says nothing here: there is none, or it does not begin above 0."
    if base <= 0:
        return f"{what} does not begin above 0."
    change = _mean((last - first) / base, share=True)
    if not (change.error[0] > 0 or change.error[1] < 0):
        return f"{what} has not surely changed from its first {step} weeks to the last ({change.written('+')})."
    word = "has risen" if change.value > 0 else "has fallen"
    return f"{what} {word} from its first {step} weeks to the last ({change.written('+')})."
