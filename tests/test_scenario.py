"""A scenario: composed from words, changed by name, checked as a whole."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

import sim
from sim.errors import InvalidInput
from sim.rewards.piece_rate import PieceRate
from sim.rewards.salary import Salary
from sim.rules import rules_of
from sim.scenario import Person, Scenario, Team, scenario_from
from tests import worlds


def team(*people: Person, size: int | None = None) -> Team:
    return Team(
        people=people, size=size, skill_sd=0, habit_sd=0, risk_aversion=0, pay=None, promotion=None, layoff=None
    )


def person(name: str, **motives: float) -> Person:
    return Person(name=name, motives=motives, skill=None)


def test_the_same_words_as_on_the_command_line_make_a_scenario() -> None:
    scenario = sim.load("scenario=person_a", "scheme=impressive", "weeks=52", "scheme.strength=0.5")
    assert scenario.weeks == 52 and scenario.scheme.strength == 0.5
    assert scenario.scheme.weights == {"visibility": 1.0}
    assert {p.motive for p in scenario.team.people} == {"safety"}


def test_the_order_of_words_does_not_matter() -> None:
    words = ["scheme=impressive", "weeks=52", "scenario=person_a"]
    assert sim.load(*words).config == sim.load(*reversed(words)).config


def test_a_change_leaves_the_scenario_it_came_from_as_it_was(small: Scenario) -> None:
    before = pickle.dumps(small.config)
    changed = small.with_({"activities.deliver.worth": 5.0, "weeks": 30})
    assert changed.activities["deliver"].worth == 5.0 and changed.weeks == 30
    assert small.activities["deliver"].worth == 1.0 and pickle.dumps(small.config) == before


def test_changes_add_up_and_later_ones_win(small: Scenario) -> None:
    twice = small.with_({"scheme.strength": 2.0}).with_({"weeks": 39})
    assert (twice.scheme.strength, twice.weeks) == (2.0, 39)
    assert twice.config == small.with_({"weeks": 39, "scheme.strength": 2.0}).config


def test_a_whole_branch_can_be_changed_at_once(small: Scenario) -> None:
    assert small.with_({"scheme.pay": {"kind": "salary", "pay": 2.0}}).scheme.pay == Salary(pay=2.0)
    assert small.with_({"scheme.weights": {"tickets": 2.0}}).scheme.weights == {"tickets": 2.0}


def test_what_the_caller_changes_later_does_not_change_the_scenario(small: Scenario) -> None:
    weights = {"tickets": 2.0}
    scenario = small.with_({"scheme.weights": weights})
    weights["tickets"] = 99.0
    assert scenario.scheme.weights == {"tickets": 2.0}
    assert scenario.with_({}).scheme.weights == {"tickets": 2.0}


def test_consequences_come_from_the_team_unless_the_scheme_says_otherwise(small: Scenario) -> None:
    assert small.scheme.pay == small.team.pay == PieceRate(slope=0.2)
    own = small.with_({"scheme.pay": {"kind": "piece_rate", "slope": 0.7}})
    assert own.scheme.pay == PieceRate(slope=0.7) and own.team.pay == PieceRate(slope=0.2)
    assert small.with_({"scheme.promotion": None}).scheme.promotion is None


def test_an_activity_set_to_nothing_is_gone_and_may_still_be_loaded_on(small: Scenario) -> None:
    without = small.with_({"activities.game": None})
    assert "game" not in without.activities and "game" in without.signals["commits"].loadings
    results = worlds.run(without.with_({"weeks": 13}))
    assert "effort_game" not in results.columns


def test_an_activity_can_be_added_with_what_it_loads_on(small: Scenario) -> None:
    pray = {**small.config["activities"]["learn"], "worth": 0.0, "worth_now": 0.0}
    more = small.with_({"activities.pray": pray, "signals.commits.loadings.pray": 0.7})
    assert rules_of(more).scored[-1] > 0 and tuple(more.activities)[-1] == "pray"


def test_a_signal_and_a_scheme_can_be_made_of_plain_data_alone(small: Scenario) -> None:
    points = {
        **small.config["signals"]["tickets"],
        "loadings": {"deliver": 1.0, "share": 0.2, "game": 1.0},
    }
    scenario = small.with_({"signals.story_points": points, "scheme.weights": {"story_points": 1.0}})
    assert worlds.run(scenario.with_({"weeks": 13})).columns["score"].all()


def test_the_oracle_loads_worth_itself_whatever_that_is(small: Scenario) -> None:
    assert small.signals["own_worth"].loadings["deliver"] == 1.0
    assert small.with_({"activities.deliver.worth": 3.0}).signals["own_worth"].loadings["deliver"] == 3.0


def test_without_a_project_the_oracle_sees_what_work_is_worth_at_once(small: Scenario) -> None:
    """f = worth_now with stocks off (MODEL 3), for everybody who uses f."""
    scenario = small.with_({"project": None, "scheme.weights": {"own_worth": 1.0}})
    f = rules_of(scenario).worth.tolist()
    assert f == [a.worth_now for a in scenario.activities.values()]
    assert scenario.signals["own_worth"].along(tuple(scenario.activities)) == f


def test_only_motives_that_somebody_has_are_channels() -> None:
    assert set(worlds.scenario("scenario=person_a").motives) == {"safety", "pay", "intrinsic"}


def test_the_motive_of_a_person_is_the_heaviest_the_first_of_equals() -> None:
    assert person("a", pay=0.5, safety=1.0).motive == "safety"
    assert person("a", safety=1.0, pay=1.0).motive == "safety"
    assert person("a").motive == "none"


def test_seats_repeat_the_people_named_in_turn_with_a_number() -> None:
    seats = team(person("Ada", pay=1.0), person("Ben", safety=1.0), size=5).seats
    assert [p.name for p in seats] == ["Ada", "Ben", "Ada 2", "Ben 2", "Ada 3"]
    assert [p.motive for p in seats] == ["pay", "safety"] * 2 + ["pay"]
    assert [p.name for p in team(person("Ada"), person("Ben"), size=1).seats] == ["Ada"]


def test_no_two_seats_share_a_name_however_people_are_called() -> None:
    """`Ada 2` may be a person's own name; the results address members by name."""
    try:
        seats = team(person("Ada"), person("Ada 2"), size=4).seats
    except InvalidInput:
        return
    assert len({p.name for p in seats}) == 4


def test_a_scenario_travels_to_a_worker_as_plain_data(small: Scenario) -> None:
    again: Any = scenario_from(pickle.loads(pickle.dumps(dict(small.config))))
    assert again == small


def test_people_who_want_nothing_keep_their_habits() -> None:
    people = [{"name": "Ada", "motives": {}, "skill": None}, {"name": "Ben", "motives": {"pay": 0.0}, "skill": None}]
    scenario = worlds.scenario("scheme=commits", team__people=people, conduct__experimentation=0.0, weeks=13)
    results = worlds.run(scenario, members=True)
    assert results.per_member is not None
    for k in scenario.activities:
        effort = results.per_member[f"effort_{k}"]
        assert effort == pytest.approx(effort[[0]].repeat(13, axis=0), rel=1e-9, abs=1e-12)


def test_a_team_without_any_motive_at_all_keeps_its_habits() -> None:
    people = [{"name": "Ada", "motives": {}, "skill": None}]
    scenario = worlds.scenario("scheme=none", team__people=people, conduct__experimentation=0.0, weeks=13)
    assert (worlds.run(scenario).columns["hours"] > 0).all()
