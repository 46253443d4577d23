"""`crosspurpose explain`: why a member of a team did in a week what it did.

    answered_k = Σ_c ω_c·∂u_c/∂a_k + τ·ε_k − objection_k      what the rule of choice answers
    effort     = last + η·(wanted − last)                     wanted: its answer, before inertia
    moved by c = hours of `wanted` that would go elsewhere if motive c were gone
    seen truly : the same decision with r for r̃, all else as it was
    aligned    : the same decision with ‖m‖·f/‖f‖ for m

All three efforts are of one week: from the same last week, with the same inertia and the same luck.
"""

from __future__ import annotations

import math
import textwrap
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from experiments.console import console
from experiments.store import check_folder, digest, write_csv
from experiments.tables import NOTHING, as_text
from sim.arrays import Floats, average, length, lifted, summed, weighed
from sim.decision import StockDecision
from sim.draws import Draws
from sim.engine import aligned, weeks
from sim.errors import InvalidInput, ModelWarning, unknown
from sim.evaluation import bent
from sim.loading import scenario_part
from sim.perception import Known
from sim.record import Week
from sim.rules import Rules, plan_of
from sim.scenario import Phase, Scenario, scenario_from

WIDTH = 80  # columns of the text in a file
COLUMNS = 6  # of numbers, in a table of that width
SEEN = 5e-4  # smallest share of a week that is worth a word: 0.1 % when rounded


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """One decision of one member, taken apart.

    Parameters
    ----------
    member : str
    seed, run, week, weeks : int
        Address of the decision; weeks are counted from 0.
    scheme, rule : str
        Plain label of the scheme in force · class of the rule of choice.
    labels : mapping of str to str
        Activity or motive → plain label.
    activities, motives : tuple of str
    habit, last, wanted, effort : (activity,)
        Habitual week, last week's effort, effort before inertia, effort done [week].
    untried : (activity,)
        Effort if nothing had been tried out [week].
    wanted_true, effort_true : (activity,)
        The same under true beliefs about what adds to the score [week].
    wanted_aligned, effort_aligned : (activity,)
        The same with all marginal rewards turned towards the worth of the work, at their own strength [week].
    terms : (channel, activity)
        Marginal reward by motive, weight included [utility per week of effort].
    m, tried, objection : (activity,)
        Their sum · what experimentation adds · what dislikes and scruples take [utility per week of effort].
    believed, truth : (activity,)
        r̃ and r, what effort adds to the own score [points per week of effort].
    believed_worth, worth : (activity,)
        f̃ and f, what it is worth, skill included [weeks of core work per week of effort].
    weight, utility, utility_habit : (channel,)
        ω · ω·u of the week done, and of the habitual week [utility].
    moved : (channel,)
        Hours that would go elsewhere without the motive [week].
    drawn : (channel,)
        Index of the activity that would lose most of them.
    cost : float
        Cost of the effort done [utility].
    adjustment, experimentation : float
        η, share of the way gone in a week · τ [utility per week of effort].
    counts, scored, tied : bool
        Whether the score counts already · whether anything adds to it · whether it sets nobody apart.
    answers, literal, sampled, reasons : bool
        Whether wants move the effort · whether it is done as it stands · whether it is drawn by lot ·
        whether the member thinks at all about what to do.
    given : bool
        Whether the week is one that the member was given, and decides nothing about.
    since : int or None
        The week since which somebody else has had the seat; None: nobody has.
    """

    member: str
    seed: int
    run: int
    week: int
    weeks: int
    scheme: str
    rule: str
    labels: Mapping[str, str]
    activities: tuple[str, ...]
    motives: tuple[str, ...]
    habit: Floats
    last: Floats
    wanted: Floats
    effort: Floats
    untried: Floats
    wanted_true: Floats
    effort_true: Floats
    wanted_aligned: Floats
    effort_aligned: Floats
    terms: Floats
    m: Floats
    tried: Floats
    objection: Floats
    believed: Floats
    truth: Floats
    believed_worth: Floats
    worth: Floats
    weight: Floats
    utility: Floats
    utility_habit: Floats
    moved: Floats
    drawn: tuple[int, ...]
    cost: float
    adjustment: float
    experimentation: float
    counts: bool
    scored: bool
    tied: bool
    answers: bool
    literal: bool
    sampled: bool
    reasons: bool
    given: bool
    since: int | None

    @property
    def answered(self) -> Floats:
        """What the rule of choice answers: (activity,)."""
        return self.m + self.tried - self.objection

    @property
    def held(self) -> tuple[int, ...]:
        """Places of the motives that the member has."""
        return tuple(int(c) for c in np.flatnonzero(self.weight))

    def called(self, k: int) -> str:
        """Plain label of the k-th activity."""
        return self.labels[self.activities[k]]

    def table(self) -> pd.DataFrame:
        """Return a row per activity: efforts, marginal rewards by motive, beliefs and truth."""
        columns = {
            "habit": self.habit,
            "effort_last": self.last,
            "effort": self.effort,
            "wanted": self.wanted,
            "m": self.m,
            **{f"m_{k}": term for k, term in zip(self.motives, self.terms, strict=True)},
            "objection": self.objection,
            "experimentation": self.tried,
            "believed": self.believed,
            "truth": self.truth,
            "believed_worth": self.believed_worth,
            "worth": self.worth,
            "effort_untried": self.untried,
            "effort_true": self.effort_true,
            "wanted_true": self.wanted_true,
            "effort_aligned": self.effort_aligned,
            "wanted_aligned": self.wanted_aligned,
        }
        names = {"activity": list(self.activities), "label": [self.labels[k] for k in self.activities]}
        return pd.DataFrame({**names, **columns})


def explanation(scenario: Scenario, seed: int, run: int, member: str, week: int) -> Explanation:
    """Live run `run` of a scenario up to a week and take a member's decision apart.

    Raises
    ------
    InvalidInput
        For a member who is not on the team, a week after the last, or a number below 0.

    Examples
    --------
    >>> import sim
    >>> found = explanation(sim.load("scheme=commits", "weeks=13"), seed=1, run=0, member="Ada", week=6)
    >>> bool(found.m[0] == found.terms.cumsum(axis=0)[-1, 0])
    True
    """
    if scenario.organisation is not None:
        raise InvalidInput("organisation", "given", "null: what is explained is a member of one team")
    names = [p.name for p in scenario.team.seats]
    if member not in names:
        raise unknown("member", member, names)
    for key, value in (("seed", seed), ("run", run)):
        if not _whole(value) or value < 0:
            raise InvalidInput(key, value, "a whole number, at least 0")
    if not _whole(week) or not 0 <= week < scenario.weeks:
        raise InvalidInput("week", week, f"a whole number from 0 to {scenario.weeks - 1}")
    seat, since = names.index(member), None
    for passed in weeks(plan_of(scenario), Draws(seed, [run], len(names))):
        if passed.known.week == week:
            break
        if passed.gone is not None and passed.gone[0, seat]:
            since = passed.known.week + 1
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ModelWarning)  # the plan above has given them
        clear = plan_of(replace(scenario, beliefs=replace(scenario.beliefs, rationality="perfect")))
    true = next(rules for rules in clear if rules.start == passed.rules.start)
    said = scenario.config["motives"]
    labels = _apart({k: str((said[k].get("label") or {}).get("plain", k)) for k in scenario.motives})
    return _explained(
        passed,
        true,
        seat,
        seed=seed,
        run=run,
        weeks=scenario.weeks,
        scheme=_in_force(scenario, week).scheme.label.plain.removesuffix(" (benchmark)"),
        labels=labels | _apart({k: a.label.plain for k, a in scenario.activities.items()}),
        since=since,
    )


def _apart(labels: dict[str, str]) -> dict[str, str]:
    """Return labels of which no two are the same: a name is added where it must be.

    Examples
    --------
    >>> _apart({"a": "a task", "b": "a task", "c": "rest"})
    {'a': 'a task (a)', 'b': 'a task (b)', 'c': 'rest'}
    """
    listed = list(labels.values())
    return {k: v if listed.count(v) == 1 else f"{v} ({k})" for k, v in labels.items()}


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _explained(passed: Week, true: Rules, seat: int, **about: Any) -> Explanation:
    """Take the decision of a seat in a week apart; `true`: the rules of a team that sees truly."""
    rules, known, decision = passed.rules, passed.known, passed.rules.decision
    own = (..., 0, seat)
    done = passed.effort[own]
    reasons = known.keeps is None or not known.keeps[0, seat]
    at_once = replace(decision, conduct=replace(decision.conduct, adjustment=1.0, status_quo=0.0))
    careful = replace(decision, conduct=replace(decision.conduct, experimentation=0.0))

    def answer(rule: StockDecision, seen: Known, m: Floats) -> Floats:
        return rule.choose(seen, m)[own]

    seen = seeing_truly(known, rules, true)
    m_true = decision.weigh(decision.perceive(seen))
    m_aligned = aligned(passed.m, rules.worth)
    wanted = answer(at_once, known, passed.m)
    weight = decision.weight[:, seat]
    terms = passed.terms[own] * weight[:, None]
    lacking = [wanted - answer(at_once, known, passed.m - passed.terms[c] * w) for c, w in enumerate(weight)]
    motives = decision.motives.values()
    nothing, unset = np.zeros(done.shape), np.full(passed.effort.shape, np.nan)
    explores = len(known.explore) > 0 and decision.conduct.experimentation > 0 and not decision.choice.drawn
    idle = answer(at_once, known, np.zeros(passed.m.shape))
    return Explanation(
        member=rules.names[seat],
        week=known.week,
        rule=type(decision.choice).__name__,
        activities=rules.activities,
        motives=tuple(decision.motives),
        habit=known.habit[own],
        last=known.effort[own],
        wanted=wanted,
        effort=done,
        untried=answer(careful, known, passed.m),
        wanted_true=answer(at_once, seen, m_true),
        effort_true=answer(decision, seen, m_true),
        wanted_aligned=answer(at_once, known, m_aligned),
        effort_aligned=answer(decision, known, m_aligned),
        terms=terms,
        m=passed.m[own],
        tried=decision.conduct.experimentation * known.explore[own] if explores else nothing,
        objection=nothing if known.objection is None else np.broadcast_to(known.objection, passed.m.shape)[own],
        believed=known.slope[own],
        truth=seen.slope[own],
        believed_worth=known.worth[own],
        worth=rules.worth * known.skill[own],
        weight=weight,
        utility=np.array([w * u.utility(passed.effort, known)[own] for w, u in zip(weight, motives, strict=True)]),
        utility_habit=np.array([w * u.utility(known.habit, known)[own] for w, u in zip(weight, motives, strict=True)]),
        moved=np.array([moved(x) for x in lacking]),
        drawn=tuple(int(np.argmax(x)) for x in lacking),
        cost=float(decision.choice.effort_cost(passed.effort, known.habit)[own]),
        adjustment=decision.conduct.adjustment,
        experimentation=decision.conduct.experimentation,
        counts=not rules.stakes.by_lot,
        scored=bool(rules.counts.any()),
        tied=rules.tied,
        answers=not passed.m[own].any() or not np.array_equal(wanted, idle),
        literal=decision.choice.literal,
        sampled=decision.choice.drawn,
        reasons=reasons,
        given=decision.given is not None and not np.isnan(decision.given.instead(unset, known.week)[own]).any(),
        **about,
    )


def seeing_truly(known: Known, rules: Rules, true: Rules) -> Known:
    """Return what members would know who see what adds to the score, all else as it was.

    Rivals are judged by the same true weights; what is expected of their effort stays, and so does overconfidence.

    Parameters
    ----------
    known : Known
    rules, true : Rules
        In force · the same of a team of perfect beliefs.
    """
    evident = known.effort * known.shows
    slope = lifted(summed(true.believed)) * known.shows
    if rules.measurement.bends:
        slope = slope + bent(rules.measurement, evident)[1] * known.shows
    if known.spares is not None:
        slope = slope + true.blame * known.spares
    apart = slope
    if true.told_pooled is not None:
        apart = np.zeros(slope.shape) if rules.tied else slope - lifted(true.told_pooled) * known.shows
    field = known.field + average(weighed(true.told - rules.told, evident))[:, None]
    return replace(known, slope=slope, apart=apart, field=field)


def moved(change: Floats) -> float:
    """Return how much of a week goes elsewhere in a change of effort (activity,).

    Examples
    --------
    >>> moved(np.array([0.25, -0.125, -0.125]))
    0.25
    """
    return float(max(change[change > 0].sum(), -change[change < 0].sum()))


def week_to_explain(scenario: Scenario) -> int:
    """Return the first week of the second half that a review closes; the scheme under study counts by then."""
    later = range(max(scenario.weeks // 2, scenario.since), scenario.weeks)
    return next(t for t in later if (p := _in_force(scenario, t)).scheme.review.due(t - p.start))


def _in_force(scenario: Scenario, week: int) -> Phase:
    return next(p for p in reversed(scenario.phases) if p.start <= week)


# --- in words


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


def folded(lines: Sequence[str], width: int) -> str:
    """Return sentences in lines of at most `width` characters, no number parted from its sign."""
    whole = [textwrap.fill(line.replace(" %", "\N{NO-BREAK SPACE}%"), width) for line in lines]
    return "\n".join(whole).replace("\N{NO-BREAK SPACE}", " ")


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


# --- in tables


def tables(found: Explanation) -> Group:
    """Return what the story says in numbers: efforts, marginal rewards, beliefs, motives."""
    rows, kept = [found.labels[k] for k in found.activities], list(found.held)
    efforts = [
        ("by habit", found.habit),
        ("last week", found.last),
        ("wanted", found.wanted),
        ("done", found.effort),
        ("if seen truly", found.effort_true),
        ("if aligned", found.effort_aligned),
    ]
    named = [found.labels[found.motives[c]] for c in kept]
    rewards = [(name, found.terms[c]) for name, c in zip(named, kept, strict=True)]
    rewards += [("dislike, scruples", -found.objection)] if found.objection.any() else []
    rewards += [("tried out", found.tried)] if found.tried.any() else []
    rewards += [("all together", found.answered)]
    beliefs = [
        ("score, believed", found.believed),
        ("score, truly", found.truth),
        ("worth, believed", found.believed_worth),
        ("worth, truly", found.worth),
    ]
    motives = [
        ("weight", found.weight),
        ("utility of this week", found.utility),
        ("of the habitual week", found.utility_habit),
        ("hours it moves", found.moved),
    ]
    parts = [
        *_tables("The week [% of a full week]", rows, [(k, 100 * v) for k, v in efforts], 1),
        *_tables("What a week of effort would bring, by motive [utility]", rows, rewards, 3),
        *_tables("What it adds to the score [points] and is worth [weeks of core work]", rows, beliefs, 2),
        *_tables(f"What {found.member} wants", named, [(k, v[kept]) for k, v in motives], 3),
    ]
    note = (
        f"Run {found.run} of seed {found.seed}, week {found.week} of 0 to {found.weeks - 1}. Wanted: before inertia. "
        "If seen truly: with true beliefs about the score, all else the same. If aligned: with the same drive turned "
        "to the worth of the work. Both from the same last week, with the same inertia and luck. Where hours are "
        "full, only differences between activities move the week. Hours it moves: of the week wanted, what would go "
        f"elsewhere without the motive. Effort away from habit cost {_number(found.cost, 3)} utility."
    )
    return Group(*[x for part in parts for x in (part, Text())], Text(note, style="dim"))


def _tables(title: str, rows: Sequence[str], columns: Sequence[tuple[str, Floats]], digits: int) -> list[Table]:
    """Rows of numbers, in as many tables as the columns need."""
    parts, result = math.ceil(len(columns) / COLUMNS), []
    for i in range(parts):
        some = columns[i * len(columns) // parts : (i + 1) * len(columns) // parts]
        table = Table(
            title=Text(title if not i else f"{title} (continued)", style="bold"),
            title_justify="left",
            box=box.SIMPLE_HEAD,
            show_edge=False,
            padding=(0, 1, 0, 0),
        )
        table.add_column("", max_width=30)
        for head, _ in some:
            table.add_column(Text(head), justify="right", max_width=10)
        for k, row in enumerate(rows):
            table.add_row(Text(row), *[_number(float(values[k]), digits) for _, values in some])
        if not rows:
            table.add_row("nothing", *[NOTHING] * len(some))
        result.append(table)
    return result


def _number(value: float, digits: int) -> str:
    """Format a number, zero without a sign.

    Examples
    --------
    >>> _number(-0.0001, 3), _number(0.25, 1)
    ('0.000', '0.2')
    """
    text = f"{value:.{digits}f}"
    return text if text.strip("-0.") else f"{0:.{digits}f}"


# --- the verb


def main(config: dict[str, Any], *, overrides: Sequence[str], choice: Mapping[str, str], command: str) -> int:
    """Explain as the command line says; print the story and its tables, write them, the numbers and the picture."""
    scenario = scenario_from(scenario_part(config))
    member = scenario.team.seats[0].name if config["member"] is None else str(config["member"])
    week = week_to_explain(scenario) if config["week"] is None else config["week"]
    out = config["out"]
    if out is not None and not str(out):
        raise InvalidInput("out", "(empty)", "a folder, or null")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ModelWarning)
        found = explanation(scenario, config["seed"], config["run"], member, week)
    address = digest({"scenario": scenario.config, "seed": found.seed, "run": found.run, "of": [member, week]})
    name = choice.get("limit") or choice["scenario"]
    folder = Path("results") / f"explain-{name}-{address[:8]}" if out is None else Path(str(out))
    check_folder(folder)

    from experiments.plots.explain import draw

    lines = story(found)
    write_csv(found.table(), folder / "explain.csv")
    draw(folder / "explain.png", found)
    below = tables(found)
    (folder / "explain.txt").write_text(f"{folded(lines, WIDTH)}\n\n{as_text(below, WIDTH)}", encoding="utf-8")
    screen = console()
    for warned in caught:
        screen.print(f"note: {warned.message}", soft_wrap=True)
    screen.print(Text(folded(lines, screen.width)), Text(), below, sep="\n")
    screen.print(f"\nResults written to {folder}", soft_wrap=True)
    return 0
