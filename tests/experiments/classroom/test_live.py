"""The live scenario: what is changed on the way, what of a run is told, and why, without browser or network."""

from __future__ import annotations

import gzip
import json
import re
from typing import Any

import numpy as np
import pytest

import sim
from experiments.classroom import live
from experiments.classroom.changes import Unfit, scenario_of
from experiments.explain import explanation
from experiments.web.live import routes
from sim.errors import InvalidInput
from sim.loading import options
from sim.scenario import Scenario
from sim.simulation import simulate_runs

SEED, RUN, WEEK = 7, 3, 20
SHORT = "weeks=39"
STORIES = ["three_persons", "devops", "case_study", "bearer_of_bad_news"]
CHANGES = [{"scheme": "team_outcome"}, {"scheme": "none"}, {"intervention": "rewrite"}]


def lived(scenario: Scenario) -> dict[str, Any]:
    """Return every number of a run."""
    found = simulate_runs(scenario, [RUN], SEED, members=True, aligned=False)
    assert found.per_member is not None
    return found.columns | {f"member_{k}": v for k, v in found.per_member.items()}


def differ(one: dict[str, Any], other: dict[str, Any], before: int | None = None) -> list[str]:
    """Return the names of numbers that are not the same to the bit, up to a week."""
    return [k for k in one if not np.array_equal(one[k][:before], other[k][:before], equal_nan=True)]


@pytest.mark.parametrize("change", CHANGES, ids=lambda c: str(*c.values()))
@pytest.mark.parametrize("story", STORIES)
def test_what_is_changed_changes_nothing_before_and_something_after(story: str, change: dict[str, str]) -> None:
    words = [f"scenario={story}", SHORT]
    twin, changed = lived(sim.load(*words)), lived(scenario_of(words, [{"week": WEEK, **change}]))
    assert not differ(twin, changed, WEEK)
    assert "worth" in differ(twin, changed)


@pytest.mark.soak
@pytest.mark.parametrize("story", [s["name"] for s in live.offered()["stories"]])
def test_no_change_of_the_catalogues_reaches_back_in_any_story(story: str) -> None:
    words = [f"scenario={story}"]
    twin = lived(sim.load(*words))
    refused = live.frames(words, SEED, RUN)["refused"]
    changes = [{"scheme": name} for name in options("scheme")]
    changes += [{"intervention": name} for name in options("intervention") if name not in refused]
    for change in changes:
        assert not differ(twin, lived(scenario_of(words, [{"week": 31, **change}])), 31), change


@pytest.mark.parametrize("story", STORIES)
def test_a_scheme_from_the_first_week_on_is_the_scheme_of_the_scenario(story: str) -> None:
    words = [f"scenario={story}", SHORT]
    changed = scenario_of(words, [{"week": 0, "scheme": "stack_ranking"}])
    assert not differ(lived(sim.load(*words, "scheme=stack_ranking")), lived(changed))


@pytest.mark.parametrize("story", STORIES)
def test_a_scheme_on_the_way_is_what_the_engine_makes_of_a_scheme_that_changes(story: str) -> None:
    words = [f"scenario={story}", SHORT]
    whole = sim.load(*words, "scheme=tickets").config["scheme"]
    engines = sim.load(*words).with_({"scheme.changes": [{"week": WEEK, "set": {k: whole[k] for k in whole}}]})
    assert not differ(lived(engines), lived(scenario_of(words, [{"week": WEEK, "scheme": "tickets"}])))


def test_a_scheme_can_change_in_any_week_and_again_a_week_later() -> None:
    changes = [{"week": 1, "scheme": "tickets"}, {"week": 2, "scheme": "hours"}, {"week": 38, "scheme": "commits"}]
    found = live.frames(["scenario=three_persons", SHORT], SEED, RUN, changes)
    assert [each["week"] for each in found["schemes"]] == [0, 1, 2, 38]


def test_what_else_is_done_holds_under_a_scheme_that_comes_later_or_before() -> None:
    """Nobody has to go from week 20 on, though the rankings from week 5 and 30 on would have it otherwise."""
    words = ["scenario=bearer_of_bad_news", "weeks=52"]
    schemes = [{"week": 5, "scheme": "tickets"}, {"week": 30, "scheme": "stack_ranking"}]
    alone = scenario_of(words, schemes)
    both = scenario_of(words, [*schemes, {"week": 20, "intervention": "no_forced_cut"}])
    in_force = {p.start: p.scheme for p in both.phases}
    assert list(in_force) == [0, 5, 20, 30]
    assert [s.layoff is None for s in in_force.values()] == [False, False, True, True]
    assert [s.label.plain for s in in_force.values()] == [
        "stack ranking, the lowest tenth out",
        "paid by tickets closed",
        "paid by tickets closed",
        "stack ranking, the lowest tenth out",
    ]
    assert in_force[30].pay == {p.start: p.scheme for p in alone.phases}[30].pay
    assert not differ(lived(alone), lived(both), 20)


@pytest.mark.parametrize("story", STORIES)
def test_what_is_shown_is_what_the_engine_computes(story: str) -> None:
    words, change = [f"scenario={story}", SHORT], [{"week": WEEK, "scheme": "tickets"}]
    found, engines = live.frames(words, SEED, RUN, change), lived(scenario_of(words, change))
    names = list(sim.load(*words).activities)
    for name in ("score", "worth", "debt", "backlog", "incidents"):
        np.testing.assert_allclose(found[name], engines[name][:, 0], atol=1e-4)
    np.testing.assert_allclose(found["effort"], np.array([engines[f"effort_{k}"][:, 0] for k in names]).T, atol=1e-4)
    each = np.array([engines[f"member_effort_{k}"][:, 0] for k in names]).transpose(1, 2, 0)
    np.testing.assert_allclose(found["each"], each, atol=0.0051)
    for review in found["reviews"]:
        np.testing.assert_allclose(review["score"], engines["member_review_score"][review["week"], 0], atol=1e-4)
    rises = [np.flatnonzero(x > 0.5).tolist() for x in engines["member_promoted"][:, 0].T]
    assert found["rises"] == rises and any(rises)
    gone = [(np.flatnonzero(x) + 1).tolist() for x in engines["member_gone"][:, 0].T]
    assert found["newcomers"] == gone


def test_who_knows_a_part_at_the_end_is_who_knows_it_in_the_results() -> None:
    words = ["scenario=not_my_job", SHORT]
    scenario = sim.load(*words)
    found = live.frames(words, SEED, RUN)["knowledge"]
    engines = simulate_runs(scenario, [RUN], SEED, aligned=False).knowledge
    assert engines is not None and scenario.project is not None
    knows = (engines[:, 0] >= scenario.project.knows).T
    assert np.array_equal(np.array(found["of"][-1]) >= found["knows"], knows) and knows.any() and not knows.all()


def test_a_hundred_points_are_the_usual_week_of_people_who_never_change_it() -> None:
    """Seven people of fixed weeks, whose score is what they add: both stand at the mean of skill times habit."""
    words = ["scenario=teams_of_seven", SHORT, "team.skill_sd=0", "team.habit_sd=0"]
    found = live.frames(words, SEED, RUN)
    np.testing.assert_allclose(found["points"], 100.0)
    np.testing.assert_allclose(found["use"], 100.0)
    shared = live.frames([*words, "scheme=team_outcome", "signals.team_worth.noise.sd=0"], SEED, RUN)
    np.testing.assert_allclose(np.mean(shared["points"]), 100.0, atol=20)


def test_nobody_has_points_where_nothing_counts_and_they_begin_anew_with_a_scheme() -> None:
    words = ["scenario=three_persons", SHORT, "scheme=none"]
    found = live.frames(words, SEED, RUN, [{"week": WEEK, "scheme": "commits"}])
    assert found["points"][:WEEK] == [None] * WEEK and None not in found["points"][WEEK:]
    scored = live.frames(["scenario=three_persons", SHORT], SEED, RUN, [{"week": WEEK, "scheme": "tickets"}])
    ratio = scored["score"][WEEK] / scored["points"][WEEK]  # the first week of a scheme is a mean of one
    assert scored["score"][WEEK + 1] + scored["score"][WEEK] == pytest.approx(
        2 * ratio * scored["points"][WEEK + 1], 1e-3
    )


def test_the_news_holds_nothing_that_only_the_truth_would_tell() -> None:
    words = ["scenario=bearer_of_bad_news"]
    found, engines = live.frames(words, SEED, RUN), lived(sim.load(*words))
    hears = [t for t, lines in enumerate(found["news"]) if any("hears of a problem" in line for line in lines)]
    assert hears == np.flatnonzero(engines["discovered"][:, 0]).tolist() and hears
    turns = [t for t, lines in enumerate(found["news"]) if any("reported status" in line for line in lines)]
    reported = np.concatenate([[0.0], engines["reported_status"][:, 0]])
    assert turns == np.flatnonzero(np.diff(reported)).tolist()


def test_the_news_says_what_begins_and_what_ends() -> None:
    changes = [{"week": 2, "intervention": "add_tests"}, {"week": 4, "scheme": "tickets"}]
    news = live.frames(["scenario=three_persons", SHORT], SEED, RUN, changes)["news"]
    assert "Begins: tests and a build pipeline." in news[2]
    assert "From now on: paid by tickets closed." in news[4]
    assert "Ends: tests and a build pipeline." in news[15]
    assert not any("scheme from week" in line for lines in news for line in lines)


@pytest.mark.parametrize("story", ["case_study", "not_my_job"])
def test_two_years_are_less_than_a_megabyte_and_hold_no_number_that_json_has_not(story: str) -> None:
    text = json.dumps(live.frames([f"scenario={story}"], SEED, RUN), allow_nan=False)
    assert len(text) < 400_000


REFUSED = [
    ("three_persons", [{"week": 5, "intervention": "open_channel"}], "nothing in this story"),
    ("case_study", [{"week": 5, "intervention": "incentive_to_care"}], "more authority than Noor"),
    ("three_persons", [{"week": 104, "scheme": "tickets"}], "in the weeks 1 to 104"),
    ("three_persons", [{"week": -1, "scheme": "tickets"}], "weeks 1 to 104"),
    ("three_persons", [{"week": 5, "scheme": "tickets"}, {"week": 5, "scheme": "hours"}], "the same week"),
    ("three_persons", [{"week": 5, "intervention": "add_tests"}, {"week": 9, "intervention": "add_tests"}], "already"),
    (
        "devops",
        [{"week": 5, "intervention": "shared_objectives"}, {"week": 9, "intervention": "incentive_to_care"}],
        "not both at once",
    ),
    ("organisation_200", [], "whole organisation"),
    ("three_persons", [{"week": t, "scheme": "hours"} for t in range(13)], "12 changes at most"),
]


@pytest.mark.parametrize(("story", "changes", "says"), REFUSED, ids=[says for *_, says in REFUSED])
def test_what_a_story_does_not_allow_is_refused_in_a_sentence(
    story: str, changes: list[dict[str, Any]], says: str
) -> None:
    with pytest.raises(Unfit) as refused:
        scenario_of([f"scenario={story}"], changes)
    assert says in str(refused.value) and str(refused.value).endswith(".")
    assert "_" not in str(refused.value)


WRONG: list[Any] = [
    {"week": 5, "scheme": "nothing_like_it"},
    {"week": 5, "intervention": "tickets"},
    {"week": 5, "scheme": "../scheme/tickets"},
    {"week": 5, "scheme": "_blank"},
    {"week": 5.0, "scheme": "tickets"},
    {"week": True, "scheme": "tickets"},
    {"week": 5},
    {"week": 5, "scheme": "tickets", "intervention": "add_tests"},
    {"week": 5, "scheme": ["tickets"]},
    {"week": 5, "scheme": "tickets", "set": {"scheme.strength": 2}},
]


@pytest.mark.parametrize("change", WRONG, ids=str)
def test_only_what_the_catalogues_have_can_be_done(change: Any) -> None:
    with pytest.raises(InvalidInput):
        scenario_of(["scenario=three_persons"], [change])


def test_why_is_about_the_changed_week_and_counts_weeks_from_one() -> None:
    words, changes = ["scenario=three_persons", SHORT], [{"week": WEEK, "scheme": "tickets"}]
    before, after = (live.why(words, SEED, RUN, changes, week, "Ada") for week in (WEEK - 1, WEEK))
    assert before == live.why(words, SEED, RUN, (), WEEK - 1, "Ada")
    assert before[0].startswith(f"In week {WEEK} Ada (paid by commits)")
    assert after[0].startswith(f"In week {WEEK + 1} Ada (paid by tickets closed)")
    found = explanation(scenario_of(words, changes), SEED, RUN, "Ada", WEEK)
    shown = live.frames(words, SEED, RUN, changes)["each"][WEEK][0]
    np.testing.assert_allclose(shown, found.effort, atol=0.0051)


def test_stories_are_told_without_a_word_of_the_command_line() -> None:
    offered = live.offered()
    assert {s["name"] for s in offered["stories"]} >= set(STORIES)
    words = [s[k] for s in offered["stories"] for k in ("plain", "story", "question", "watch")]
    words += [
        each[k] for group in ("schemes", "interventions") for each in offered[group] for k in ("plain", "sentence")
    ]
    assert not [text for text in words if re.search(r"[=`_]", text)]
    assert not {s["name"] for s in offered["stories"]} & {"central_planning", "organisation_200"}
    assert {s["name"] for s in offered["schemes"] if s["benchmark"]} == {"none", "own_worth"}


ASKED = {"scenario": "three_persons", "seed": 1, "run": 0}


@pytest.mark.parametrize(
    "wrong",
    [
        {"scenario": "../scenario/three_persons"},
        {"scenario": ["three_persons"]},
        {"scheme": "_blank"},
        {"seed": -1},
        {"seed": 1.5},
        {"seed": True},
        {"run": 10**9},
        {"run": None},
        {"changes": {}},
        {"changes": ["tickets"]},
        {"changes": [{"week": 3, "scheme": "no_such"}]},
        {"words": ["extend=/tmp"]},
    ],
    ids=str,
)
def test_a_question_names_only_what_there_is(wrong: dict[str, Any]) -> None:
    assert routes.question(ASKED).words == ["scenario=three_persons"]
    with pytest.raises((routes.Malformed, InvalidInput)):
        routes.question(ASKED | wrong)


def test_an_answer_is_the_run_that_was_asked_for() -> None:
    asked = routes.question({**ASKED, "scheme": "tickets", "changes": [{"week": 30, "scheme": "hours"}]})
    answer = json.loads(gzip.decompress(routes._frames(asked)))
    assert answer.pop("ok") is True
    told = live.frames(["scenario=three_persons", "scheme=tickets"], 1, 0, [{"week": 30, "scheme": "hours"}])
    assert answer == told
