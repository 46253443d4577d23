"""What was found, in words: what the member does, what comes of it, who pays, and how it would show."""

from __future__ import annotations

import math

import numpy as np

from experiments.quantity import YEAR, listed
from experiments.redteam.hunt import GAIN, LOSS, Behaviour, Hunt, sets_apart
from experiments.stats import joint_intervals
from experiments.words import bare
from sim.arrays import Floats
from sim.scenario import Scenario

NAMED = 4  # activities of a week that are named; the rest are other things
WORTH_A_WORD = 0.045  # smallest share of a week that is named
MOVED = 0.005  # smallest change of the others' week that is told [week]
FALLS = 0.5  # smallest fall of a signal that is told, in noises of one review


def story(found: Behaviour) -> list[str]:
    """Say in five to eight sentences what the member does, what comes of it, who pays, and how it would show."""
    lines = [_does(found), _scores(found), _earns(found), _costs(found), _pays(found), _begins(found), _shows(found)]
    error = (
        f"All of this is from {found.runs} runs of {found.scenario.weeks} weeks, with the same luck for both ways to "
        "spend the week; ± is the computing error at 95 %."
    )
    return [line for line in (*lines, error) if line]


def _does(found: Behaviour) -> str:
    return (
        f"{found.member} ({called(found.scenario)}) spends {mixed(found.scenario, found.week)}; the honest week would "
        f"be {mixed(found.scenario, found.honest, on='')}, in the same hours."
    )


def called(scenario: Scenario) -> str:
    """Return what people call the scheme."""
    return bare(scenario.scheme.label.plain)


def mixed(scenario: Scenario, week: Floats, on: str = "of the week on ") -> str:
    """Say what a week is spent on: (activity,)."""
    labels = [a.label.plain for a in scenario.activities.values()]
    order = [int(k) for k in np.argsort(-week, kind="stable")]
    share = week / week.sum()
    named = [k for k in order[:NAMED] if share[k] >= WORTH_A_WORD]
    parts = [f"{percent(share[k])} {on if k == named[0] else on and 'on '}{labels[k]}" for k in named]
    rest = 1 - sum(share[k] for k in named)
    parts += [f"{percent(rest)} {on and 'on '}other things"] if round(100 * rest) else []
    return listed(parts)


def percent(share: float) -> str:
    """Return a share as it is read, in whole per cent."""
    return f"{100 * share:.0f} %"


def _scores(found: Behaviour) -> str:
    gain = with_error(float(found.gain[0]), float(found.gain[2] - found.gain[0]))
    played, members = found.played, len(found.scenario.team.seats)
    if not sets_apart(played):
        whose = f"{found.member}'s score" if members == 1 else "The score of the whole team"
        return f"{whose} rises by {gain} times the spread of such scores between teams."
    by_score, truly = played.place.mean(axis=1), played.true_place.mean(axis=1)
    return (
        f"That raises {found.member}'s score by {gain} times the spread of scores within the team: on average place "
        f"{by_score[1]:.1f} of {members} instead of {by_score[0]:.1f}, while by what is truly added it is place "
        f"{truly[1]:.1f} instead of {truly[0]:.1f}."
    )


def _earns(found: Behaviour) -> str:
    played = found.played
    more, half = _estimate(played.reward[1] - played.reward[0])
    before, after = played.promoted.mean(axis=1)
    text = (
        f"What reviews bring {found.member} goes from {played.reward[0].mean():.2f} to {played.reward[1].mean():.2f} a "
        f"week, in units of pay ({with_error(more, half, sign='+')})"
    )
    if more - half <= 0 <= more + half:
        text = f"What reviews bring {found.member} hardly changes ({with_error(more, half, sign='+')} a week)"
    if max(before, after) > 0:
        text += f", and the chance of a promotion at a review from {percent(before)} to {percent(after)}"
    return f"{text}."


def _costs(found: Behaviour) -> str:
    played = found.played
    lost, half = YEAR * float(found.loss[0]), YEAR * float(found.loss[2] - found.loss[0])
    text = f"It costs the team {with_error(lost, half)} weeks of core work a year"
    brings = played.worth[0].mean()
    if brings > 0:
        text += f", {percent(float(found.loss[0]) / brings)} of all that it brings"
    debt = played.debt[1] - played.debt[0]
    if not np.isnan(debt).any():
        more, half = _estimate(debt)
        if more - half > 0:
            text += f", and leaves {with_error(more, half)} weeks of work more to be repaired at the end"
    return f"{text}."


def _pays(found: Behaviour) -> str:
    """Say whose work is missing, and what the others make of it."""
    played, others = found.played, len(found.scenario.team.seats) - 1
    if not others:
        return "There is nobody else to pay for it: the business does."
    own = YEAR * (played.own_worth[0] - played.own_worth[1])
    theirs = YEAR * (played.worth[0] - played.worth[1]) - own
    lost, half = _estimate(theirs)
    why = f", {_why(found)}" if lost - half > 0 else ""
    mine = _missing(*_estimate(own), f"{found.member}'s own work")
    return f"Year by year, {mine}, and {_missing(lost, half, 'that of the others')}{why}."


def _missing(lost: float, half: float, work: str) -> str:
    """Say how much of some work is missing.

    Examples
    --------
    >>> _missing(-3.0, 0.5, "that of the others"), _missing(0.2, 0.5, "that of the others")
    ('that of the others brings 3.0 ± 0.5 weeks more', 'hardly anything is missing from that of the others')
    """
    if lost - half > 0:
        return f"{with_error(lost, half)} weeks are missing from {work}"
    if lost + half < 0:
        return f"{work} brings {with_error(-lost, half)} weeks more"
    return f"hardly anything is missing from {work}"


def _why(found: Behaviour) -> str:
    """Say what the others do more of, or else what slows them."""
    change = found.played.mates[:, 1] - found.played.mates[:, 0]
    k = int(np.argmax(change.mean(axis=1)))
    more, half = _estimate(change[k])
    if more - half > 0 and more >= MOVED:
        label = [a.label.plain for a in found.scenario.activities.values()][k]
        return f"each of whom spends {with_error(100 * more, 100 * half)} % of a week more on {label}"
    return "whom debt and missing knowledge slow down"


def _begins(found: Behaviour) -> str:
    change = found.played.score[:, 1] - found.played.score[:, 0]  # (reviews, runs)
    mean, low, _ = joint_intervals(change.T)
    ahead = np.flatnonzero(low > 0)
    if not len(ahead):
        return "At no single review is it sure to pay; it does over all of them."
    first = int(ahead[0])
    text = "It pays from the first review on" if not first else f"It pays from review {first + 1} on"
    if mean[0] < 0:
        text += ", and costs score before"
    gaming = [a.gaming for a in found.scenario.activities.values()]
    if found.scenario.craft is not None and found.week[gaming].any() and mean[-1] > mean[0] > 0:
        text += (
            f"; at the last it brings {mean[-1] / mean[0]:.1f} times what it brings at the first, as the craft grows"
        )
    return f"{text}."


def _shows(found: Behaviour) -> str:
    """Say which signal that does not count falls most, and what audits find."""
    played, shares = found.played, found.scenario.scheme.review.shares
    text = "Nothing else that could be recorded of single members falls by much"
    if found.signals:
        noise = [found.scenario.signals[s].noise.sd * math.sqrt(float(shares @ shares)) for s in found.signals]
        falls = (played.shown[:, 0] - played.shown[:, 1]) / np.array(noise)[:, None]
        most = int(np.argmax(falls.mean(axis=1)))
        fall, half = _estimate(falls[most])
        if fall >= FALLS:
            label = found.scenario.signals[found.signals[most]].label.plain
            text = (
                f"It would show in {label}, which does not count and falls by {with_error(fall, half)} times the noise "
                "of one review"
            )
    if found.scenario.scheme.audit is not None:
        before, after = played.caught.mean(axis=1)
        text += f"; audits object at {percent(after)} of reviews instead of {percent(before)}"
    return f"{text}."


def _estimate(x: Floats) -> tuple[float, float]:
    """Return the mean of paired differences (runs,) and half of its 95 % interval."""
    mean, low, _ = joint_intervals(x[:, None])[:, 0]
    return float(mean), float(mean - low)


def with_error(mean: float, half: float, sign: str = "") -> str:
    """Return a number with its computing error, as exact as that allows.

    Examples
    --------
    >>> with_error(12.345, 1.9), with_error(0.4567, 0.031), with_error(0.2, 0.0, sign="+")
    ('12 ± 2', '0.46 ± 0.03', '+0.20 ± 0.00')
    """
    digits = min(max(-math.floor(math.log10(half)), 0), 2) if half > 0 else 2
    return f"{mean:{sign}.{digits}f} ± {half:.{digits}f}"


def nothing(found: Hunt) -> str:
    """Say that nothing is worth telling, and how much was looked at."""
    return (
        f"Nothing worth telling: of {len(found.tried)} ways for {found.member} ({called(found.scenario)}) to spend "
        f"the same hours, none that was run again surely raises the score by more than {GAIN:g} times its spread and "
        f"surely costs more than {percent(LOSS)} of what a person brings, by work that is worth less than the honest "
        "week's."
    )
