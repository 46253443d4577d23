"""What can be wrong with a scheme, a function each: `RULES` is the list.

A rule looks at a scheme (`experiments.lint.look`) and yields what it finds. Nothing is run: these are reasons to look
again before anybody is evaluated so, not what will happen. The thresholds are ours, with a reason each.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import bdtr, ndtr

from experiments.lint.look import FAINT, Look, looks
from experiments.quantity import listed, sentence
from sim.arrays import Floats, dot, length
from sim.contest import density
from sim.rewards.layoff import Layoff
from sim.rewards.ranking import Ranking
from sim.rewards.rating import Rating
from sim.rewards.tournament import Tournament
from sim.scenario import Scenario

SERIOUS, LOOK, NOTE = "serious", "worth a look", "note"
SEVERITIES = (SERIOUS, LOOK, NOTE)

REAL = 0.05  # of all that a healthy week is worth: half a day of core work a week is about a tenth
HARDLY = (
    0.25  # of the score that the best-scoring work gets for the same worth: then three of four such hours go unseen
)
UNSEEN = 0.05  # of the same: as good as nothing
GOOD = 0.5  # of what the most valuable activity is worth: good work, whatever it is called
CHEAP = 1 / 3  # of the worth that comes with a point of good work: a point is then worth too little to buy
AS_MUCH = 0.999  # as many points as the best good work, rounding aside
TWICE = 2.0  # as many: few would resist
CLIFF = 0.5  # of all that a score can bring, at one step: the other steps together are no more
WHOLE = 0.9  # of the same: as good as all
LOOSE = 0.5  # chance of another grade at a second look: then a grade says more about the day than about the work
WRONG = 0.2  # share of those called low who are not: one in five by arithmetic alone
OFTEN = 0.3  # of the same: nearly every third; 35 % is what one named in nine comes to
CLEAR = 0.25  # of what the most valuable activity is worth: the business would miss it
TRIFLE = 0.15  # of what a signal gains from an hour that raises it most: less is within what nobody can measure
COUNTS = 0.1  # of all that counts: a signal below hardly decides anything
DROWNED = 0.5  # share of a score's variance that is people: below, two scores differ more by luck
LOST = 0.25  # of the same: three quarters luck
APART = 0.5  # cos² between score and worth: half of what an incentive could bring is lost (THEORY B)
ASTRAY = 0.25  # of the same: three quarters are lost
HOURS = 40  # in a week
STEPS = {  # a cliff by what falls off it: what it is, what to try
    "pay": (
        "A hair's difference at one place of the scale decides about {much} of the pay that hangs on the score.",
        "Pay every point alike, or in more and smaller steps.",
    ),
    "prize": (
        "All of the pay that hangs on the score goes to the first places; a hair behind them brings nothing.",
        "Pay every point alike, or give more and smaller prizes.",
    ),
    "promotion": (
        "A hair's difference between two places decides about who rises; whoever is far from them need not try.",
        "Let other things than the order of scores decide, and look twice at who is near the cut.",
    ),
    "layoff": (
        "A hair's difference between the last to stay and the first to go decides about the whole job.",
        "Decide about leaving by a fixed yardstick, over several reviews, and not by rank.",
    ),
}
PARTS = (  # shares in words
    *((0.05, "a twentieth"), (0.1, "a tenth"), (0.2, "a fifth"), (0.25, "a quarter"), (1 / 3, "a third")),
    *((0.4, "two fifths"), (0.5, "half"), (0.6, "three fifths"), (2 / 3, "two thirds"), (0.75, "three quarters")),
    *((0.8, "four fifths"), (0.9, "nine tenths"), (0.95, "nineteen twentieths"), (1.0, "all")),
)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something that looks wrong with a scheme.

    Parameters
    ----------
    rule : str
        Name of the function that found it.
    severity : str
        `serious`, `worth a look` or `note`.
    says : str
        What it is and how much of it, for people.
    try_ : str
        What could be done about it.
    """

    rule: str
    severity: str
    says: str
    try_: str


def findings(scenario: Scenario) -> list[Finding]:
    """Return what looks wrong with the scheme of a scenario, the most serious first; nothing is run.

    Examples
    --------
    >>> import sim
    >>> [f.rule for f in findings(sim.load("scheme=lines_of_code")) if f.severity == "serious"]
    ['unmeasured', 'cheap', 'falls', 'noise', 'off_course']
    """
    found: dict[tuple[str, str], Finding] = {}
    for look in looks(scenario):
        if look.consequences and look.scheme.strength and length(look.weight):
            for rule in RULES:
                for each in rule(look):
                    key = (each.rule, each.says)
                    found.setdefault(key, replace(each, says=look.aside + each.says))
    return sorted(found.values(), key=lambda f: SEVERITIES.index(f.severity))


def unmeasured(look: Look) -> Iterator[Finding]:
    """Worth that nothing measures: work that a healthy week lives on, and that brings hardly any score."""
    real = look.part >= REAL
    if not real.any():
        return
    fair = np.divide(look.score, look.worth, out=np.full(len(real), -np.inf), where=real)  # points for the same worth
    best = int(np.argmax(fair))
    if fair[best] <= 0:
        says = "None of the work that a healthy week lives on raises the score."
        yield Finding(rule="unmeasured", severity=SERIOUS, says=says, try_=_added(look.remedy(look.worth)))
        return
    for k in np.flatnonzero(real & (fair < HARDLY * fair[best])):
        unseen = fair[k] <= UNSEEN * fair[best]
        brings = (
            f"brings only {_part(fair[k] / fair[best])} of the score that {look.names[best]} brings for the same worth"
        )
        if unseen:
            brings = "lowers the score" if fair[k] < -UNSEEN * fair[best] else "brings no score to speak of"
        yield Finding(
            rule="unmeasured",
            severity=SERIOUS if unseen else LOOK,
            says=f"{sentence(look.names[k])} {brings}, "
            f"though it is {look.part[k]:.0%} of what a healthy week is worth.",
            try_=_added(look.remedy(np.eye(len(real))[k])),
        )


def cheap(look: Look) -> Iterator[Finding]:
    """A cheap way to score: what is worth little and brings as many points an hour as the best good work."""
    points, good = _after_scruples(look), (look.worth >= GOOD * look.worth.max()) & (look.worth > 0)
    best = int(np.argmax(np.where(good, points, -np.inf)))
    none = not good.any() or points[best] <= 0
    enough = points > FAINT * length(look.score) if none else points >= AS_MUCH * points[best]
    poor = none | (look.worth <= 0) | (look.worth * points[best] < CHEAP * look.worth[best] * points)
    ways = sorted(map(int, np.flatnonzero(enough & poor & ~good)), key=lambda k: -points[k])
    if not ways:
        return
    times = None if none else points / points[best]
    grave = any(times is None or times[k] >= TWICE or look.worth[k] <= 0 for k in ways)
    crafty = any(look.rules.gaming[k] for k in ways)
    says = _of_ways(look, ways, times, look.names[best])
    yield Finding(
        rule="cheap", severity=SERIOUS if grave else LOOK, says=says, try_=_against_cheap(look, crafty=crafty)
    )


def cliff(look: Look) -> Iterator[Finding]:
    """A cliff: one step of the score decides about half or more of what hangs on it."""
    for name, rule in look.consequences.items():
        if name != "pay" and not look.of_scheme(name):
            continue
        paid = look.ladder(rule)
        whole, step = float(np.ptp(paid)), float(np.abs(np.diff(paid)).max(initial=0.0))
        if not whole or step < CLIFF * whole:
            continue
        all_, prize = step >= WHOLE * whole, name == "pay" and isinstance(rule, Tournament)
        says, try_ = STEPS["prize" if prize else name]
        yield Finding(
            rule="cliff",
            severity=SERIOUS if all_ and name != "promotion" else LOOK,
            says=says.format(much="all" if all_ else f"{step / whole:.0%}"),
            try_=try_,
        )


def narrow_grades(look: Look) -> Iterator[Finding]:
    """Grades so narrow that another look at the same work would give another grade."""
    rule = look.consequences.get("pay")
    if not isinstance(rule, Rating):
        return
    luck = look.luck if rule.calibrated else float(look.measurement.variance_of(look.scheme.review))
    other = 1 - _same_grade(rule.width, math.sqrt(luck))
    if other >= LOOSE:
        yield Finding(
            rule="narrow_grades",
            severity=LOOK,
            says="Grades are narrower than luck: looked at again, the same work gets another grade "
            f"{other:.0%} of the time.",
            try_="Use fewer and wider grades, or make the score less noisy before it becomes a grade.",
        )


def quota(look: Look) -> Iterator[Finding]:
    """A quota on a small team: somebody must be called low, whoever they are."""
    called: dict[float, list[str]] = {}
    for name, rule in look.consequences.items():
        count = 0.0
        if isinstance(rule, Layoff) and look.of_scheme(name):
            count = rule.places(look.members)
        elif isinstance(rule, Ranking) and len(rule.bands) > 1 and rule.bands[-1].reward < rule.bands[-2].reward:
            count = round(rule.bands[-1].share * look.members, 9)
        if 0 < count < look.members and look.members > 1:
            called.setdefault(count, []).append("lowest" if name == "pay" else "to go")
    for count, what in called.items():
        low, n = max(1, round(count)), look.members
        wrong = wrongly_named(low, n)
        if wrong >= WRONG:
            power = f"(1 − 1/{n})^{n} = " if low == 1 else ""
            rate = f"{low} of {n}" if count >= 1 - 1e-9 else f"one of {n} at {count:.0%} of the reviews"
            yield Finding(
                rule="quota",
                severity=SERIOUS if wrong >= OFTEN else LOOK,
                says=f"{sentence(rate)} must be named {' and '.join(what)}, however good all are: even if every score "
                f"were true, {power}{wrong:.0%} of those named would not be among the truly lowest of all teams.",
                try_="Name nobody who is good by a fixed yardstick, or compare over many teams at once.",
            )


def toothless_audit(look: Look) -> Iterator[Finding]:
    """An audit that gaming outweighs: the penalty to be expected is below what gaming brings."""
    audit, gaming = look.scheme.audit, look.rules.gaming > 0
    if audit is None or not gaming.any():
        return
    points = _after_scruples(look)
    way = int(np.argmax(np.where(gaming, points, -np.inf)))
    honest = max(float(points[~gaming & (look.worth > 0)].max(initial=0.0)), 0.0)
    hours = np.arange(1, HOURS + 1)
    gain = look.point * (points[way] - honest) * hours / HOURS
    taken = audit.penalty * (audit.chance(hours / HOURS) - audit.chance(np.zeros(HOURS)))
    pays = gain > taken
    if not pays.any():
        return
    ratio = np.divide(gain, taken, out=np.full(HOURS, np.inf), where=taken > 0)
    most = int(np.argmax(ratio))
    found = float(audit.chance(hours[most : most + 1] / HOURS)[0])
    first = "the first hour" if pays[0] else f"{hours[pays][0]} hours a week"
    yield Finding(
        rule="toothless_audit",
        severity=SERIOUS if pays[0] else LOOK,
        says=f"{sentence(_way(look, way))} pays from {first} on, audits and all. At {hours[most]} hours a week it is "
        f"found at {found:.0%} of the reviews; {_outweighs(ratio[most])}.",
        try_="Look at more people at each review, or let less hang on the score: rarely found, a penalty deters few.",
    )


def falls(look: Look) -> Iterator[Finding]:
    """A metric that falls when work is done well."""
    size = np.abs(look.weight) * look.moved * np.linalg.norm(look.rules.measurement.loading, axis=1)
    for m in np.flatnonzero(size >= COUNTS * max(size.sum(), FAINT * FAINT)):
        most = float(np.abs(look.each[m]).max())
        worthy = (look.worth >= CLEAR * look.worth.max()) & (look.worth > 0)
        for k in np.flatnonzero(worthy & (look.each[m] < -TRIFLE * most)):
            label = look.signals[m].label.plain
            how = "falls" if look.weight[m] > 0 else "rises, which counts against people,"
            whole = "" if look.score[k] < 0 else " Other numbers make up for it."
            says = (
                f"“{sentence(label)}” {how} when time goes into {look.names[k]}, which is worth "
                f"{_part(look.worth[k] / look.worth.max())} of what the most valuable work is.{whole}"
            )
            yield Finding(
                rule="falls",
                severity=SERIOUS if look.score[k] < 0 else LOOK,
                says=says,
                try_=_added(look.remedy(np.eye(len(look.worth))[k])),
            )


def noise(look: Look) -> Iterator[Finding]:
    """Noise that drowns differences: two scores differ more by luck than by what people do."""
    if not look.luck or look.tied:
        return
    own = look.people / (look.people + look.luck)
    if own >= DROWNED:
        return
    yield Finding(
        rule="noise",
        severity=SERIOUS if own < LOST else LOOK,
        says=f"{sentence(_part(1 - own))} of what sets two scores of a review apart is luck and raters, not people.",
        try_=_quieter(look),
    )


def off_course(look: Look) -> Iterator[Finding]:
    """Congruence: the score as a whole points elsewhere than to what the business gets."""
    size = length(look.worth) * length(look.score)
    if not size:
        return
    cosine = float(np.clip(dot(look.worth, look.score) / size, -1, 1))
    kept = max(cosine, 0.0) ** 2
    if kept >= APART:
        return
    lost = "nothing" if kept < 0.01 else f"{kept:.0%}"
    yield Finding(
        rule="off_course",
        severity=SERIOUS if kept < ASTRAY else LOOK,
        says=f"The score points {math.degrees(math.acos(cosine)):.0f}° away from what the business gets: of what an "
        f"incentive could bring, {lost} is left.",
        try_=_added(look.remedy(look.worth)),
    )


def team_number(look: Look) -> Iterator[Finding]:
    """A number of the whole team: nobody is set apart, and everybody moves it by little."""
    if look.team_part < COUNTS:
        return
    people = look.members * look.scenario.teams
    whole = "What counts is" if look.tied else f"{sentence(_part(look.team_part))} of what counts is"
    lots = "; promotions and layoffs that hang on it are drawn by lot" if look.tied else ""
    share = "all of it is one person's" if people == 1 else f"one person moves it by 1/{people}, and others do the rest"
    yield Finding(
        rule="team_number",
        severity=NOTE,
        says=f"{whole} the team's: it sets nobody apart{lots}; {share} (free riding).",
        try_="Keep the unit small and a point worth enough to be felt, and see what people do in other ways.",
    )


RULES: tuple[Callable[[Look], Iterator[Finding]], ...] = (
    *(unmeasured, cheap, cliff, narrow_grades, quota, toothless_audit, falls, noise, off_course, team_number),
)


def wrongly_named(low: int, members: int) -> float:
    """Return the share of the `low` lowest of a team who are not among that share of all teams, by true scores.

    The j-th lowest of N is above the quantile low/N with the chance that fewer than j of N are below it.

    Examples
    --------
    >>> round(wrongly_named(1, 7), 4) == round((6 / 7) ** 7, 4)
    True
    """
    return float(np.mean(bdtr(np.arange(low), members, low / members)))


def _same_grade(width: float, sd: float) -> float:
    """Return the chance that two looks at one work give one grade, luck being normal and work anywhere in a grade."""
    if not sd:
        return 1.0
    x = width / (sd * math.sqrt(2))
    bell = float(density(np.zeros(1))[0] - density(np.full(1, x))[0])
    return float(2 * ndtr(x) - 1 - 2 * bell / x)


def _after_scruples(look: Look) -> Floats:
    """Return points of an hour, gaming with all its craft, less what an average conscience takes: (activity,)."""
    craft = look.scenario.craft
    cost = look.rules.scruple * (0.0 if craft is None else craft.scruples)
    return look.practised - (cost / look.point if look.point > 0 else 0.0)


# ---------------------------------------------------------------- words


def _part(share: float) -> str:
    """Return a share in words, the nearest there are.

    Examples
    --------
    >>> _part(0.66), _part(0.01), _part(0.97)
    ('two thirds', 'next to nothing', 'nearly all')
    """
    if share < 0.035:
        return "next to nothing"
    words = min(PARTS, key=lambda p: abs(p[0] - share))[1]
    return "nearly all" if share > 0.96 else words


def _times(ratio: float, short: bool = False) -> str:
    if ratio < 1.05:
        return "as many" if short else "as many points"
    return f"{ratio:.1f} times" if short else f"{ratio:.1f} times as many points"


def _outweighs(ratio: float) -> str:
    """Say how what gaming brings beyond honest work compares with the penalty."""
    if math.isinf(ratio):
        return "no penalty is to be expected"
    return f"what it brings beyond honest work is {ratio:.1f} times the penalty to be expected"


def _of_ways(look: Look, ways: Sequence[int], times: Floats | None, best: str) -> str:
    """Say how cheap ways compare with the best good work; `times`: as many points, None: good work brings none."""
    first, *others = ways
    much = "points, and no good work does"
    if times is not None:
        much = f"{_times(times[first])} as one of {best}, the good work that scores best"
    says = f"An hour of {_way(look, first)} brings {much}; it is worth {_little(look, first)} to the business."
    if others:
        rest = [look.names[k] + ("" if times is None else f" ({_times(times[k], short=True)})") for k in others]
        says += f" So {'do' if len(rest) > 1 else 'does'} {listed(rest)}."
    return says


def _way(look: Look, k: int) -> str:
    """Return the words for a way to score: what it is, and for gaming what is done to which number."""
    raised = look.each[:, k]
    numbers = [s.label.plain for s, x in zip(look.signals, raised, strict=True) if x >= 2 * COUNTS * raised.max()]
    if not look.rules.gaming[k] or raised.max() <= 0:
        return look.names[k] + (" (open to those who lead)" if look.rules.leading[k] else "")
    return f"{look.names[k]} (splitting or inflating {listed(numbers)}), once practised,"


def _little(look: Look, k: int) -> str:
    if look.worth[k] < 0:
        return "less than nothing"
    return "nothing" if not look.worth[k] else f"{_part(look.worth[k] / look.worth.max())} of the most valuable work"


def _added(signal: str | None) -> str:
    """Say which signal could count too."""
    if signal is None:
        return "Weigh differently what counts already: no signal there is would turn the score that way."
    return f"Let “{signal}” count too."


def _against_cheap(look: Look, *, crafty: bool) -> str:
    """Say what makes cheap points dearer."""
    seen = look.remedy(look.worth)
    ways = [f"let “{seen}” count too"] if seen else []
    if crafty and look.scheme.audit is None:
        ways.append("look behind the numbers now and then (an audit)")
    if crafty and not look.tied:
        ways.append("count for the team what can be inflated alone")
    return sentence(f"{', or '.join([*ways, 'let less hang on the score'])}.")


def _quieter(look: Look) -> str:
    """Say what makes a score less noisy, by what most of its noise is."""
    review, measured = look.scheme.review, look.measurement
    weekly = look.luck - float(measured.blur) ** 2 - float(measured.rater) ** 2
    parts = {
        f"Hold reviews less often than every {review.weeks} weeks, or let more signals count.": weekly,
        "Ask who sees whose work it was, or count for the team what cannot be told apart.": float(measured.blur) ** 2,
        "Let several people rate, and others each time.": float(measured.rater) ** 2,
    }
    return max(parts, key=lambda k: parts[k]) + " Let less hang on single reviews."
