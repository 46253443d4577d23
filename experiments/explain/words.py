"""A decision in words: four to eight sentences on why the member did what it did."""

from __future__ import annotations

import numpy as np

from experiments.explain.decision import Explanation, moved
from sim.arrays import Floats, length

SEEN = 5e-4  # smallest share of a week that is worth a word: 0.1 % when rounded


def story(found: Explanation) -> list[str]:
    """Say in four to eight sentences why the member did what it did."""
    lines = [_did(found)]
    if found.since is not None:
        who = f"a newcomer, still called {found.member}"
        lines.append(f"The seat has been somebody else's since week {found.since}: {who}.")
    if found.given:
        return [*lines, f"{found.member} was given that week, and does it whatever it brings.", _believed(found)]
    lines += [_wanted(found), _believed(found), *([_truly(found)] if found.scored else []), _business(found)]
    if found.reasons and found.answers and not found.literal:
        lines += [_inertia(found), _chance(found)]
    return lines


def _did(found: Explanation) -> str:
    beyond = found.effort - found.habit
    start = f"In week {found.week} {found.member} ({found.scheme})"
    if np.abs(beyond).max() < SEEN:
        return f"{start} spent the week as by habit."
    up, down = int(np.argmax(beyond)), int(np.argmin(beyond))
    ways = [(way, k) for way, k, far in (("beyond", up, beyond[up]), ("below", down, -beyond[down])) if far >= SEEN]
    parts = [
        f"furthest {way} habit in {found.called(k)} ({_share(found.effort[k])} of a full week, by habit "
        f"{_share(found.habit[k])})"
        for way, k in ways
    ]
    return f"{start} went {' and '.join(parts)}."


def _wanted(found: Explanation) -> str:
    who = found.member
    if not found.reasons:
        return f"{who} does not think about the week anew: at depth 0 of reasoning the first week's effort goes on."
    if found.literal:
        return f"{who} does what is written down, whatever it brings: the rule of choice is {found.rule}."
    if not found.m.any():
        return f"Nothing that {who} wants from the job can be had by effort this week: habit decides."
    if not found.answers:
        return f"What {who} wants moves nothing: the rule of choice, {found.rule}, does not answer it."
    most = int(np.argmax(found.moved))
    if found.moved[most] < SEEN:
        return f"No single motive moves the week that {who} wants by as much as {_share(SEEN)}."
    name, activity = found.labels[found.motives[most]], found.called(found.drawn[most])
    return (
        f"The motive that pushed most was {name}: without it {_share(found.moved[most])} of the week that {who} "
        f"wanted would have gone elsewhere, most of that out of {activity}."
    )


def _believed(found: Explanation) -> str:
    who = found.member
    if not found.scored:
        return f"Nothing adds to a score under this scheme, so there was nothing about it for {who} to misjudge."
    thought, true = int(np.argmax(found.believed)), int(np.argmax(found.truth))
    size = length(found.truth)
    gap = length(found.believed - found.truth) / size if size else float("nan")
    text = f"{who} believed that the score gains most from {_point(found, thought, found.believed)}"
    if gap < SEEN:
        text += ", and saw truly"
    elif thought == true:
        text += f"; truly it does, by {found.truth[true]:.2f}, and beliefs were {100 * gap:.0f} % off over all"
    else:
        text += f"; truly it gains most from {_point(found, true, found.truth)}"
        text += f", and beliefs were {100 * gap:.0f} % off over all"
    if not found.counts:
        return f"{text}; but the score is only measured in this week, and chance decides who rises and who goes."
    if found.tied:
        return f"{text}; it is the whole team's score and sets nobody apart."
    return f"{text}."


def _truly(found: Explanation) -> str:
    change = found.effort_true - found.effort
    start = f"Had {found.member} seen truly what adds to the score, all else the same,"
    end = moved(found.wanted_true - found.wanted)
    if max(moved(change), end) < SEEN:
        return f"{start} the week would have been the same."
    return f"{start} this week would have held {_instead(found, change)} (without inertia, {_share(end)} elsewhere)."


def _business(found: Explanation) -> str:
    change = found.effort_aligned - found.effort
    turned = found.reasons and not found.literal and found.answers and found.m.any()
    if not turned or moved(change) < SEEN:
        why = "the drive points there already" if turned else "but nothing moves this week, so nothing could turn it"
        best = found.called(int(np.argmax(found.worth)))
        return f"The business gains most from {best}; {why}."
    up = int(np.argmax(change))
    final = f", and without inertia {_share(found.wanted_aligned[up])}" if found.adjustment < 1 else ""
    return (
        f"With the same drive turned to what the business needs, this week would have held {_instead(found, change)}: "
        f"{found.called(up)} would have had {_share(found.effort_aligned[up])}{final}."
    )


def _instead(found: Explanation, change: Floats) -> str:
    """What there would be most more of, and most less."""
    up, down = int(np.argmax(change)), int(np.argmin(change))
    parts = [f"{_share(change[up])} more {found.called(up)}"] if change[up] >= SEEN else []
    parts += [f"{_share(-change[down])} less {found.called(down)}"] if change[down] <= -SEEN else []
    return " and ".join(parts) or "hardly anything else"


def _inertia(found: Explanation) -> str:
    way = found.wanted - found.last
    k = int(np.argmax(np.abs(way)))
    if moved(way) < SEEN:
        return f"{found.member} was where {found.member} wanted to be: last week's effort was the effort wanted."
    if np.array_equal(found.effort, found.last):
        return f"Changing {_share(moved(way))} of the week was not worth the trouble: last week's effort went on."
    pace = "all the way" if found.adjustment == 1 else f"only {100 * found.adjustment:.0f} % of the way"
    return (
        f"Effort moves {pace} in a week: in "
        f"{found.called(k)} from {_share(found.last[k])} last week towards the "
        f"{_share(found.wanted[k])} wanted, to {_share(found.effort[k])}."
    )


def _chance(found: Explanation) -> str:
    change = found.effort - found.untried
    luck = "who the people are and what happened before are this run's luck too"
    if found.sampled:
        return f"Chance took part: it draws what the whole week wanted goes to; {luck}."
    if not found.tried.any() or not found.answers:
        return f"Chance took no part in this decision; {luck}."
    k = int(np.argmax(np.abs(change)))
    sign = "more" if change[k] > 0 else "less"
    return (
        f"Chance took part: trying things out (by ±{found.experimentation:g} utility per week of effort) "
        f"moved {_share(moved(change))} of the week, most of it {_share(abs(change[k]))} {sign} of "
        f"{found.called(k)}; {luck}."
    )


def _share(effort: float) -> str:
    """Effort in per cent of a full week.

    Examples
    --------
    >>> _share(0.1234)
    '12.3 %'
    """
    return f"{100 * effort:.1f} %"


def _point(found: Explanation, k: int, slope: Floats) -> str:
    return f"{found.called(k)} ({slope[k]:.2f} points per week of effort)"
