"""A story for the projector: all weeks of one run, what is known of them, and what they look like in words.

    points = 100·score/Σ_m w_m·Σ_k G_mk·a0_k      100: what the usual week scores at skill 1
    use    = 100·worth/Σ_k f_k·a0_k                100: what the usual week brings at once, with nothing in its way

Both are means over the weeks of a review, of a score no further back than the scheme is in force. What is changed on
the way, and that nothing before it moves, is the business of `changes`.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from experiments.classroom.changes import KINDS, checked, plain, plan, refusal, scenario_of
from experiments.classroom.play import LEAST, usual
from experiments.explain import explanation, story
from experiments.words import bare
from sim.arrays import Floats
from sim.draws import Draws
from sim.engine import weeks
from sim.errors import InvalidInput, ModelWarning
from sim.interventions import Intervention
from sim.loading import options, read
from sim.record import Week
from sim.results import kept
from sim.rules import Rules
from sim.scenario import Scenario

View = dict[str, Any]


def offered() -> View:
    """Return the stories that can be played, the schemes and the interventions: names and words."""
    stories = []
    for name in options("scenario"):
        content = read("scenario", name)
        if "plain" in content.get("story", {}) and not _whole(content):
            stories.append({"name": name, **told(content["story"])})
    listed = {}
    for group in KINDS:
        found = [(name, read(group, name)) for name in options(group)]
        listed[f"{group}s"] = [
            {
                "name": name,
                "plain": plain(group, name),
                "sentence": content["label"]["sentence"],
                "benchmark": bool(content.get("benchmark", False)),
            }
            for name, content in found
        ]
    return {"stories": stories, **listed}


def told(words: Mapping[str, Any]) -> View:
    """Return a story in the words that are for people: sentences about the command line are left out.

    Examples
    --------
    >>> told({"plain": "a story", "watch": "Debt. Beside it: scheme=none."})["watch"]
    'Debt.'
    """
    watch = re.split(r"(?<=[.!?])\s+", str(words.get("watch", "")))
    kept_of_it = " ".join(s for s in watch if not re.search(r"[=`_]", s))
    return {k: str(words.get(k, "")) for k in ("plain", "story", "question")} | {"watch": kept_of_it}


def _whole(content: Mapping[str, Any]) -> bool:
    """Whether a scenario's yaml is about an organisation."""
    chosen = [each for each in content.get("defaults", ()) if isinstance(each, Mapping)]
    groups = {str(k).removeprefix("override").strip(" /"): v for each in chosen for k, v in each.items()}
    return groups.get("organisation", "none") != "none" or content.get("organisation") is not None


def lived(scenario: Scenario, seed: int, run: int) -> Iterator[Week]:
    """Yield the weeks of a run of a team, as a study of that seed has them."""
    for key, value in (("seed", seed), ("run", run)):
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise InvalidInput(key, value, "a whole number, at least 0")
    return weeks(plan(scenario), Draws(seed, [run], len(scenario.team.seats)))


def frames(words: Sequence[str], seed: int, run: int, changes: Sequence[Mapping[str, Any]] = ()) -> View:
    """Return all weeks of a run as plain data.

    Parameters
    ----------
    words : sequence of str
        Of a scenario, as on the command line.
    seed, run : int
        The run's address, at least 0.
    changes : sequence of mapping
        See `scenario_of`.

    Returns
    -------
    mapping
        Lists over weeks where nothing else is said; what the story does not have is None.

        story, people, activities : words · name, motive and role of each seat · what a week can be spent on
        schemes : week, plain and sentence of each scheme that comes into force, the first in week 0
        changes : week, kind, name and plain of each change
        refused : intervention → why it cannot be had here, as a sentence
        effort : (week, activity) mean of the team [week];  each : (week, member, activity) [week]
        score, worth : as they are [points of the scheme · weeks of core work], of the week, mean of the team
        points, use : the same as means over a review, see the module
        reviews : week, and the score of each member
        debt, backlog, incidents : at the end of the week [weeks of work per member · in the week]
        knowledge : knows, above which somebody carries a part alone, and of (week, member, part) [%]
        status : reported and true (1: red), and hidden (1: a problem of which the top does not know)
        sponsor : confidence, the threshold below which the project is stopped, and alive (1: it is not)
        departments : name, met [share], and blocks (1: it holds up the common work)
        rises, newcomers : of each seat the weeks in which its member rose · from which somebody else sits there
        news : sentences about each week

    Examples
    --------
    >>> found = frames(["scenario=three_persons", "weeks=13"], seed=1, run=0)
    >>> found["people"][0], found["news"][12][0]
    ({'name': 'Ada', 'motive': 'keeping the job', 'role': None}, 'Review: the highest score is Cleo’s.')
    """
    scenario = scenario_of(words, changes)
    passed = list(lived(scenario, seed, run))
    columns = [kept(week) for week in passed]

    def series(name: str) -> list[float] | None:
        return [_rounded(c[name][0]) for c in columns] if name in columns[0] else None

    each = [w.effort[:, 0].T for w in passed]  # (member, activity)
    seats = scenario.team.seats
    rises, newcomers = _careers(passed)
    return {
        "story": told(scenario.config["story"]),
        "seed": seed,
        "run": run,
        "weeks": scenario.weeks,
        "since": scenario.since,
        "people": [{"name": p.name, "motive": _motive(scenario, p.motive), "role": p.role} for p in seats],
        "intervener": scenario.intervener.name,
        "activities": [a.label.plain for a in scenario.activities.values()],
        "schemes": _schemes(passed),
        "changes": [{"week": c.week, "kind": c.kind, "name": c.name, "plain": c.plain} for c in checked(changes)],
        "refused": {name: why for name in options("intervention") if (why := refusal(scenario, name)) is not None},
        "effort": [[_rounded(x) for x in week.mean(axis=0)] for week in each],
        "each": [[[round(float(x), 2) for x in member] for member in week] for week in each],
        "score": series("score"),
        "worth": series("worth"),
        **_points(passed, columns),
        "reviews": [
            {"week": w.known.week, "score": [_rounded(x) for x in w.verdict.score[0]]}
            for w in passed
            if w.verdict is not None and _counts(w.rules)
        ],
        "debt": series("debt"),
        "backlog": series("backlog"),
        "incidents": series("incidents"),
        "knowledge": _knowledge(scenario, passed),
        "status": None
        if scenario.reporting is None
        else {"reported": series("reported_status"), "true": series("true_status"), "hidden": series("hidden")},
        "sponsor": None
        if scenario.sponsor is None
        else {
            "confidence": series("confidence"),
            "alive": series("alive"),
            "threshold": scenario.sponsor.threshold,
        },
        "departments": None
        if scenario.customers is None
        else [
            {"name": d.name, "met": series(f"met_{d.name}"), "blocks": series(f"blocks_{d.name}")}
            for d in scenario.customers.departments
        ],
        "rises": rises,
        "newcomers": newcomers,
        "news": _news(scenario, passed, columns),
    }


def _rounded(x: float) -> float:
    return round(float(x), 4)


def _motive(scenario: Scenario, name: str) -> str:
    """Return what somebody wants most, in words."""
    label = scenario.config["motives"].get(name, {}).get("label") or {}
    return str(label.get("plain", "nothing in particular" if name == "none" else name))


def _counts(rules: Rules) -> bool:
    """Whether anything adds to a score."""
    return any(rules.measurement.counts)


def _schemes(passed: Sequence[Week]) -> list[View]:
    """Return what people are told to be evaluated by, from which week on."""
    found: list[View] = []
    for week in passed:
        label = week.rules.phase.scheme.label
        words = {"plain": bare(label.plain), "sentence": label.sentence}
        if not found or any(found[-1][k] != v for k, v in words.items()):
            found.append({"week": week.known.week, **words})
    return found


def _points(passed: Sequence[Week], columns: Sequence[Mapping[str, Floats]]) -> dict[str, list[float | None]]:
    """Return score and worth in points, means over a review: points is None where nothing counts."""
    score = np.array([c["score"][0] for c in columns])
    worth = np.array([c["worth"][0] for c in columns])
    points: list[float | None] = []
    use: list[float | None] = []
    for t, week in enumerate(passed):
        rules = week.rules
        first = max(0, t - rules.review.weeks + 1)
        common = usual(rules) if _counts(rules) else None
        points.append(
            None if common is None else _rounded(100 * score[max(first, rules.since) : t + 1].mean() / common)
        )
        brings = float(rules.traces.worth_now @ rules.habit)
        use.append(_rounded(100 * worth[first : t + 1].mean() / brings) if brings > LEAST else None)
    return {"points": points, "use": use}


def _knowledge(scenario: Scenario, passed: Sequence[Week]) -> View | None:
    """Return who knows what, rounded down so that who knows enough does so in the numbers too."""
    if scenario.project is None:
        return None
    levels = [w.stocks.knowledge[:, 0].T for w in passed if w.stocks is not None]  # (member, part)
    return {
        "knows": round(100 * scenario.project.knows),
        "of": [np.floor(100 * level + LEAST).astype(int).tolist() for level in levels],
    }


def _careers(passed: Sequence[Week]) -> tuple[list[list[int]], list[list[int]]]:
    """Return of each seat the weeks in which its member rose, and those from which somebody else sits there."""
    seats = range(passed[0].worth.shape[1])
    rose = [[w.known.week for w in passed if w.verdict is not None and w.verdict.promoted[0, i] > 0.5] for i in seats]
    new = [[w.known.week + 1 for w in passed if w.gone is not None and w.gone[0, i]] for i in seats]
    return rose, new


# --- in words


def _news(scenario: Scenario, passed: Sequence[Week], columns: Sequence[Mapping[str, Floats]]) -> list[list[str]]:
    """Return what there is to tell of each week; nothing that only the truth would tell."""
    lines: list[list[str]] = [[] for _ in passed]
    for begun in _schemes(passed)[1:]:
        lines[begun["week"]].append(f"From now on: {begun['plain']}.")
    for each in scenario.interventions:
        if each.name in options("intervention") and each.name not in scenario.refused:
            _tell_of(each, lines)
    for t, (week, now) in enumerate(zip(passed, columns, strict=True)):
        lines[t] += _of_people(week)
        before = columns[t - 1] if t else {}
        lines[t] += _of_surroundings(scenario, now, before)
    return lines


def _tell_of(each: Intervention, lines: list[list[str]]) -> None:
    lines[each.start].append(f"Begins: {each.label.plain}.")
    if (end := each.end(len(lines))) < len(lines):
        lines[end].append(f"Ends: {each.label.plain}.")


def _of_people(week: Week) -> list[str]:
    """Return who has the highest score, who rises and who goes."""
    names, verdict, found = week.rules.names, week.verdict, []
    if verdict is not None and _counts(week.rules) and not week.rules.tied and len(names) > 1:
        found.append(f"Review: the highest score is {names[int(np.argmax(verdict.score[0]))]}’s.")
    if verdict is not None and (rose := [n for n, x in zip(names, verdict.promoted[0], strict=True) if x > 0.5]):
        found.append(f"{_listed(rose)} {'rises' if len(rose) == 1 else 'rise'}.")
    if week.gone is not None and week.gone.any():
        out = np.zeros(len(names)) if verdict is None else verdict.laid_off[0]
        for name, gone, forced in zip(names, week.gone[0], out, strict=True):
            if gone:
                found.append(f"{name} {'has to go' if forced > 0.5 else 'leaves'}. Somebody new takes the seat.")
    return found


def _of_surroundings(scenario: Scenario, now: Mapping[str, Floats], before: Mapping[str, Floats]) -> list[str]:
    """Return what the top is told, what the sponsor does and who holds things up, where that is new."""

    def turned(name: str, start: float) -> bool | None:
        is_so, was_so = now[name][0] > 0.5, before.get(name, np.array([start]))[0] > 0.5
        return None if is_so == was_so else bool(is_so)

    found = []
    if scenario.reporting is not None:
        if now["discovered"][0] > 0.5:
            how = "by surprise" if now["surprise"][0] > 0.5 else "from below"
            found.append(f"The top hears of a problem, {how}.")
        if (red := turned("reported_status", 0.0)) is not None:
            found.append(f"The reported status turns {'red' if red else 'green'}.")
    if scenario.sponsor is not None and turned("alive", 1.0) is False:
        found.append("The sponsor stops the project.")
    for each in () if scenario.customers is None else scenario.customers.departments:
        if (blocks := turned(f"blocks_{each.name}", 0.0)) is not None:
            found.append(f"{each.name.capitalize()} {'holds up' if blocks else 'no longer holds up'} the common work.")
    return found


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def why(
    words: Sequence[str], seed: int, run: int, changes: Sequence[Mapping[str, Any]], week: int, member: str
) -> list[str]:
    """Say why a member did in a week what it did.

    Parameters
    ----------
    words, seed, run, changes
        As in `frames`.
    week : int
        Counted from 0; in the sentences weeks are counted from 1, as people do.
    member : str
        A name of the team.

    Examples
    --------
    >>> why(["scenario=three_persons", "weeks=13"], 1, 0, (), 6, "Ada")[0][:32]
    'In week 7 Ada (paid by commits) '
    """
    scenario = scenario_of(words, changes)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ModelWarning)
        found = explanation(scenario, seed, run, member, week)
    rule = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", found.rule).lower()
    since = None if found.since is None else found.since + 1
    return story(replace(found, week=week + 1, since=since, rule=rule))
