"""Interventions: what they may change, for how long, who may, and what it costs whom."""

from __future__ import annotations

import dataclasses
import string
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.errors import InvalidInput
from sim.interventions import BOUNDS, FIXED, LINES, STOCKS, Line
from sim.loading import options, read
from sim.rules import Rules, plan_of
from sim.scenario import Scenario
from tests import worlds
from tests.tolerances import ROUNDING

ALL = tuple(options("intervention"))
WORDS = {"plain": "a word", "neutral": "a word", "sentence": "A word with somebody.", "good": "neither"}
WORD: dict[str, Any] = {
    "name": "word",
    "label": WORDS,
    "kind": "change_rule",
    "start": 4,
    "mode": "pulse",
    "weeks": 6,
    "authority": 0.3,
    "hours": 0.2,
    "lines": [{"line": "symptom", "set": {"project.interest": 0.3}}],
}
SEEN = ("motives.safety.shared_risk", "motives.intrinsic.surrogation")  # what people see of what they want
INTEREST = read("project", "standard")["interest"]
ADA = {"name": "Ada", "authority": 0.5}


def done(*entries: Mapping[str, Any], **changes: Any) -> Scenario:
    """The three persons for two reviews, with something done about it by Ada."""
    plain = {"weeks": 26, "intervener": ADA, "interventions": [WORD | dict(e) for e in entries]}
    return worlds.scenario("scheme=commits", **(plain | changes))


def refused(*entries: Mapping[str, Any], **changes: Any) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        done(*entries, **changes)
    assert len(str(caught.value).splitlines()) == 1
    return caught.value


def setting(key: str, value: object) -> dict[str, Any]:
    return {"lines": [{"line": "symptom", "set": {key: value}}]}


def used(name: str, **changes: Any) -> Scenario:
    """The case study with one intervention from week 5 on, by somebody who may do anything."""
    config = read("intervention", name) | {"name": name, "start": 5}
    plain = {"weeks": 40, "interventions": [config], "intervener__authority": 1.0}
    return worlds.scenario("scenario=case_study", **(plain | changes))


def alike(a: Any, b: Any) -> bool:
    """Whether two rules, or parts of them, are the same to the bit, but for the stretch of weeks they are of."""
    if isinstance(a, np.ndarray):
        return bool(np.array_equal(a, b, equal_nan=True))
    if isinstance(a, Mapping):
        return a.keys() == b.keys() and all(alike(a[k], b[k]) for k in a)
    if dataclasses.is_dataclass(a) and not isinstance(a, type):
        names = [f.name for f in dataclasses.fields(a) if f.name != "phase"]
        return type(a) is type(b) and all(alike(getattr(a, k), getattr(b, k)) for k in names)
    return bool(a == b)


def at(plan: tuple[Rules, ...], week: int) -> Rules:
    return max((r for r in plan if r.start <= week), key=lambda r: r.start)


@pytest.mark.parametrize("name", ALL)
def test_every_intervention_says_what_it_is_what_it_takes_and_what_each_line_is_for(name: str) -> None:
    config = read("intervention", name)
    label = config["label"]
    assert label["plain"] and label["neutral"] and label["sentence"].endswith(".")
    assert [read("intervention", n)["label"]["plain"] for n in ALL].count(label["plain"]) == 1
    assert all(line["line"] in LINES for line in config["lines"])
    assert config["hours"] > 0 or config["authority"] > 0.5, "nothing is done for nothing"
    found = used(name)
    assert not found.refused and found.interventions[0].in_force(5, 40)


@pytest.mark.parametrize("name", ALL)
def test_no_intervention_says_what_people_should_want_or_dare(name: str) -> None:
    for line in read("intervention", name)["lines"]:
        for key in {k for how in BOUNDS for k in line.get(how) or {}}:
            assert key in SEEN or key.split(".")[0] != "motives"
            assert not key.startswith("team.") and "aversion" not in key and "people" not in key
        assert set(line.get("add") or {}) <= set(STOCKS)


@pytest.mark.parametrize("name", ALL)
def test_under_an_intervention_people_want_and_dare_what_they_did(name: str) -> None:
    plan = plan_of(used(name))
    before, during = at(plan, 0), at(plan, 5)
    assert during.start == 5
    assert alike(before.decision.weight, during.decision.weight)
    assert before.risk_aversion == during.risk_aversion and alike(before.decision.choice, during.decision.choice)
    for motive, wanted in before.decision.motives.items():
        wants = during.decision.motives[motive]
        for field in dataclasses.fields(wanted):
            assert f"motives.{motive}.{field.name}" in SEEN or getattr(wants, field.name) == getattr(wanted, field.name)


@pytest.mark.parametrize("name", ALL)
def test_an_intervention_moves_something_beyond_the_hours_it_takes(name: str) -> None:
    config = read("intervention", name) | {"name": name, "start": 26, "mode": "held"}
    idle = config | {"kind": "change_rule"} | setting("project.interest", INTEREST)
    patient = {"customers__fuse": 100.0} if name in ("trunk_then_branches", "flexible_interface") else {}  # no standoff
    found, empty = (
        worlds.run(used(name, weeks=78, interventions=[each], **patient), range(4), aligned=False).columns
        for each in (config, idle)
    )
    assert worlds.same(found, empty)
    assert all(np.array_equal(found[k][:26], empty[k][:26], equal_nan=True) for k in found)


@given(st.lists(st.text(string.ascii_lowercase + "_", min_size=1, max_size=12), max_size=3))
def test_whatever_else_lies_within_motives_is_refused(path: list[str]) -> None:
    key = ".".join(["motives", *path])
    if key not in SEEN:
        with pytest.raises(InvalidInput, match="not what people want"):
            Line(line="perception", set={key: 1.0}, at_least=None, at_most=None, add=None)


@pytest.mark.parametrize(
    "key",
    [
        *("motives.safety.prospect.loss_aversion", "motives.safety.base", "motives.intrinsic", "motives"),
        *("team.people", "team.people.0.motives.safety", "team", "team.risk_aversion", "organisation.managers"),
        *("organisation", "team.size", "customers.needs", "reporting.hops", "project.modules", "choice.kind"),
        *("project", "project.documentation", "sponsor", "activities.fortify.worth", "activities.fortify.distaste"),
        *("activities.game.scruple", "activities.fortify", "signals.commits.noise.sd", "weeks", "good_intent"),
    ],
)
def test_wants_whole_parts_and_what_was_before_the_first_week_are_out_of_reach(key: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        Line(line="function", set=None, at_least={key: 1.0}, at_most=None, add=None)
    assert caught.value.key == f"at_least.{key}" and len(str(caught.value).splitlines()) == 1


def test_what_people_see_of_what_they_want_is_not() -> None:
    for key in SEEN:
        assert done(setting(key, 0.1)).phases[1].world is not None


def test_every_key_that_is_fixed_is_one_that_there_is() -> None:
    config: Any = worlds.composed("scenario=organisation_200", "sponsor=standard", "customers=standard")
    config = config | {"culture": read("culture", "standard")}
    for key in FIXED:
        where = config
        for step in key.split("."):
            assert step in where, key
            where = where[step]


@pytest.mark.parametrize(
    ("changes", "key", "words"),
    [
        ({"start": -1}, "interventions[0].start", "at least 0"),
        ({"start": 26}, "interventions.word.start", "below 26"),
        ({"weeks": 0}, "interventions[0].weeks", "cannot end before it starts"),
        ({"mode": "for ever"}, "interventions[0].mode", "pulse"),
        ({"kind": "change_people"}, "interventions[0].kind", "change_rule"),
        ({"authority": 1.2}, "interventions[0].authority", "between 0 and 1"),
        ({"authority": -0.1}, "interventions[0].authority", "between 0 and 1"),
        ({"hours": 1.0}, "interventions[0].hours", "below 1"),
        ({"lines": []}, "interventions[0].lines", "at least one"),
        ({"lines": [{"line": "cure", "set": {"project.interest": 0.1}}]}, "interventions[0].lines[0].line", "function"),
        ({"lines": [{"line": "symptom"}]}, "interventions[0].lines[0].set", "at least one key"),
        ({"lines": [{"line": "symptom", "add": {"debt": 1.0}}]}, "interventions[0].lines[0].add", "null"),
        ({"kind": "change_stock"}, "interventions[0].lines[0].set", "null"),
        (
            {"kind": "change_stock", "lines": [{"line": "symptom", "add": {"dept": 1.0}}]},
            "interventions[0].lines[0].add",
            "did you mean debt?",
        ),
        (setting("project.intrest", 0.1), "interventions.word.set.project.intrest", "did you mean interest?"),
        (setting("customers.side", 0.1), "interventions.word.set.customers.side", "in use"),
        (setting("project.interest", -1.0), "project.interest", "at least 0"),
        ({"unti": 5}, "interventions[0].unti", "only name"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_line(changes: dict[str, Any], key: str, words: str) -> None:
    error = refused(changes)
    assert error.key == key and words in str(error)


@pytest.mark.parametrize(
    ("intervener", "key", "words"),
    [
        ({"name": "Adda", "authority": 0.5}, "intervener.name", "did you mean Ada?"),
        ({"name": "Ada", "authority": 1.5}, "intervener.authority", "between 0 and 1"),
        ({"name": "Ada", "authority": -0.5}, "intervener.authority", "between 0 and 1"),
    ],
)
def test_whoever_intervenes_is_on_the_team_and_may_do_something_from_0_to_1(
    intervener: dict[str, Any], key: str, words: str
) -> None:
    error = refused({}, intervener=intervener)
    assert error.key == key and words in str(error)


def test_interventions_have_names_of_their_own_and_a_week_between_them() -> None:
    assert refused({}, {}).key == "interventions.word"
    many = [{"name": f"word {i}", "hours": 0.3} | setting(f"project.{k}", 0.1) for i, k in enumerate(("rot", "effect"))]
    done(*many)
    more = {"name": "word 2", "hours": 0.4} | setting("project.hard", 1.0)
    assert "1 of a week in week 4" in str(refused(*many, more))
    done(*many, more | {"start": 12})


def test_two_at_a_time_do_not_set_one_key() -> None:
    error = refused({}, {"name": "other", "start": 9})
    assert error.key == "interventions.other.set.project.interest" and "word" in str(error)
    done({}, {"name": "other", "start": 10})


def test_an_intervention_that_there_is_not_is_refused_by_name() -> None:
    with pytest.raises(InvalidInput, match="did you mean escalate"):
        sim.load("interventions=[escalade]")


def test_a_pulse_is_undone_to_the_bit_and_what_is_held_stays() -> None:
    pulse = plan_of(done({}))
    assert [r.start for r in pulse] == [0, 4, 10]
    assert at(pulse, 4).project != at(pulse, 0).project
    assert alike(at(pulse, 0), at(pulse, 10)) and not alike(at(pulse, 0), at(pulse, 9))
    held = plan_of(done({"mode": "held"}))
    assert [r.start for r in held] == [0, 4]
    assert alike(at(held, 25), at(pulse, 9))


@pytest.mark.parametrize("name", [n for n in ALL if read("intervention", n)["kind"] != "change_stock"])
def test_every_intervention_of_ours_can_be_a_pulse_that_is_undone(name: str) -> None:
    config = read("intervention", name) | {"name": name, "start": 5, "mode": "pulse", "weeks": 8}
    plan = plan_of(used(name, interventions=[config]))
    assert alike(at(plan, 0), at(plan, 13)) and not alike(at(plan, 0), at(plan, 12))


@pytest.mark.parametrize(("how", "value"), [("at_least", 0.05), ("at_most", 0.9), ("set", INTEREST)])
def test_what_asks_for_less_than_there_is_changes_nothing_to_the_bit(how: str, value: float) -> None:
    found = plan_of(done({"lines": [{"line": "perception", how: {"project.interest": value}}], "hours": 0.0}))
    idle = plan_of(done({"lines": [{"line": "perception", "set": {"project.interest": INTEREST}}], "hours": 0.0}))
    assert alike(at(found, 5).project, at(idle, 5).project)


@pytest.mark.parametrize(("how", "value"), [("at_least", 0.3), ("at_most", 0.05)])
def test_what_asks_for_more_moves_the_number_there_and_no_further(how: str, value: float) -> None:
    plan = plan_of(done({"lines": [{"line": "perception", how: {"project.interest": value}}]}))
    found = [at(plan, week).project for week in (0, 5, 12)]
    assert [None if p is None else p.interest for p in found] == [INTEREST, value, INTEREST]


def test_only_numbers_have_bounds() -> None:
    error = refused({"lines": [{"line": "function", "at_least": {"scheme.layoff": 0.5}}]})
    assert "interventions.word.at_least.scheme.layoff" in str(error)


def test_what_sets_a_key_to_what_it_is_changes_nothing_to_the_bit() -> None:
    for key, value in {"project.interest": INTEREST, "beliefs.sees_through": 0.5, "scheme.strength": 1.0}.items():
        found = worlds.run(done(setting(key, value) | {"hours": 0.0}))
        free = worlds.run(done())
        assert not worlds.same(found.columns, free.columns), key


def test_what_people_are_told_moves_what_they_believe_at_once() -> None:
    hoped = {"scheme__announced": {"peer_feedback": 1.0}, "conduct__experimentation": 0.0, "beliefs__error": 0.0}
    open_book = setting("beliefs.sees_through", 1.0) | {"kind": "change_belief", "hours": 0.0, "mode": "held"}
    lived = worlds.run(done(open_book, **hoped)).columns["perception_angle"], worlds.run(done(**hoped)).columns
    at_review = slice(12, 13)
    assert lived[0][at_review].mean() < 1e-6 < 5.0 < lived[1]["perception_angle"][at_review].mean()


def test_a_stock_is_added_to_once_and_stays_in_its_range() -> None:
    paid = {"kind": "change_stock", "lines": [{"line": "symptom", "add": {"debt": -1.0}}], "hours": 0.0}
    found, free = (
        worlds.run(s).columns["debt"] for s in (done(paid, project__incidents=None), done(project__incidents=None))
    )
    assert np.array_equal(found[:4], free[:4])
    assert (free[4] - found[4] > 0.7).all() and (free[25] - found[25] < free[4] - found[4]).all()
    wiped = paid | {"lines": [{"line": "symptom", "add": {"debt": -99.0}}]}
    assert (worlds.run(done(wiped)).columns["debt"] >= 0).all()


def test_without_the_authority_nothing_is_done_and_the_scenario_says_so() -> None:
    high = done({"authority": 0.6})
    assert high.refused == ("word",) and len(high.phases) == 1
    assert not worlds.same(worlds.run(high).columns, worlds.run(done()).columns)
    assert done({"authority": 0.5}).refused == ()


def test_hours_are_the_interveners_own_and_nobody_elses() -> None:
    busy, free = (
        worlds.run(done(*each, choice={"kind": "fixed"}), members=True, aligned=False)
        for each in ([setting("project.interest", INTEREST)], [])
    )
    assert busy.per_member is not None and free.per_member is not None
    then, first, seat = busy.per_member["worth"][4], free.per_member["worth"][4], busy.names.index("Ada")
    assert then[:, seat] == pytest.approx(0.8 * first[:, seat], rel=ROUNDING)
    assert np.array_equal(np.delete(then, seat, axis=1), np.delete(first, seat, axis=1))
    score = [r.per_member["score"][4:10, :, seat].mean() for r in (busy, free) if r.per_member is not None]
    assert score[0] < score[1]


def test_nobody_misses_the_hours_of_somebody_from_outside() -> None:
    idle = setting("project.interest", INTEREST)
    found = worlds.run(done(idle, intervener={"name": None, "authority": 1.0}))
    assert not worlds.same(found.columns, worlds.run(done()).columns)


def test_what_an_activity_shows_and_what_a_signal_sees_can_be_changed() -> None:
    assert at(plan_of(used("tracing")), 5).obscures != pytest.approx(at(plan_of(used("tracing")), 0).obscures)
    seen = plan_of(used("visible_maintenance"))
    maintain = seen[0].activities.index("maintain")
    shown = [around.displays[maintain] for around in (at(seen, 0).around, at(seen, 5).around) if around is not None]
    assert shown == [0.0, 0.4]
    credit = plan_of(used("giving_credit"))
    visible = credit[0].signals.index("visibility")
    assert (
        at(credit, 0).measurement.loading[visible, maintain] == 0 < at(credit, 5).measurement.loading[visible, maintain]
    )


def test_a_whole_organisation_can_be_helped_too() -> None:
    taught = read("intervention", "teaching") | {"name": "teaching", "start": 5}
    small = {"weeks": 40, "organisation__spans": [2, 2]}
    found, free = (
        worlds.run(worlds.scenario("scenario=organisation_200", **small, interventions=i), [0, 1], aligned=False)
        for i in ([taught], [])
    )
    assert (found.columns["debt"][-1] < free.columns["debt"][-1] - 0.1).all()


def test_in_an_explicit_chart_hours_are_the_interveners_own() -> None:
    people = [
        {"name": name, "motives": {"pay": 1.0}, "skill": 1.0, "reports_to": boss}
        for name, boss in (("Top", None), ("Lead", "Top"), ("Dev", "Lead"), ("Dave", "Lead"), ("Noor", "Lead"))
    ]
    chart: dict[str, Any] = {"organisation__spans": None, "team__people": people, "weeks": 13}
    chart |= {"choice": {"kind": "fixed"}, "intervener": {"name": "Noor", "authority": 1.0}}
    idle = [WORD | setting("project.interest", INTEREST)]
    busy, free = (
        worlds.run(
            worlds.scenario("scenario=organisation_200", "team.size=null", **chart, interventions=i),
            aligned=False,
            members=True,
        )
        for i in (idle, [])
    )
    assert busy.per_member is not None and free.per_member is not None
    then, first = busy.per_member["worth"][4], free.per_member["worth"][4]
    noor = busy.names.index("Noor")
    assert then[:, noor] == pytest.approx(0.8 * first[:, noor], rel=ROUNDING)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A folder with an intervention of the user's own."""
    file = tmp_path / "configs" / "intervention" / "coffee.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(
        "label: {plain: more coffee, neutral: coffee, sentence: There is coffee., good: neither}\n"
        "kind: change_structure\nstart: 8\nmode: held\nweeks: 1\nauthority: 0.0\nhours: 0.05\n"
        "lines:\n  - {line: symptom, set: {project.teaching: 0.1}}\n"
    )
    return tmp_path


def test_a_user_adds_an_intervention_as_one_yaml(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = sim.load(f"extend={own}", "interventions=[coffee]")
    monkeypatch.chdir(own)
    here = sim.load("interventions=[coffee]")
    for scenario in (before, here):
        project = at(plan_of(scenario), 8).project
        assert scenario.interventions[0].name == "coffee" and project is not None and project.teaching == 0.1


def test_a_named_intervention_comes_with_what_is_said_besides(own: Path) -> None:
    found = sim.load(
        f"extend={own}",
        "interventions=[escalate,{use: coffee, start: 9, mode: pulse, weeks: 3},{use: coffee, name: again, start: 30}]",
        "customers=standard",
    )
    assert [(i.name, i.start, i.end(104)) for i in found.interventions] == [
        ("escalate", 26, 39),
        ("coffee", 9, 12),
        ("again", 30, 104),
    ]
