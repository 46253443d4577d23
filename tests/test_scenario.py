"""A scenario: composed from words, changed by name, checked as a whole."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

import sim
from sim.errors import InvalidInput
from sim.loading import options
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
    return Person(name=name, motives=motives, skill=None, role=None, reports_to=None)


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


def phases(scenario: Scenario) -> list[tuple[int, int, bool]]:
    """When each phase begins, since when its scheme is in force, and whether chance decides."""
    return [(p.start, p.since, p.by_lot) for p in scenario.phases]


def test_a_scheme_counts_from_the_first_week_on_unless_something_else_is_said(small: Scenario) -> None:
    assert phases(small) == [(0, 0, False)] and small.since == 0
    assert phases(small.with_({"onset": 13})) == [(0, 0, True), (13, 13, False)]
    assert small.with_({"onset": 13}).since == 13


def test_before_the_scheme_under_study_comes_todays(small: Scenario) -> None:
    today = small.with_({"scheme.weights": {"tickets": 1.0}, "scheme.strength": 0.5}).config["scheme"]
    scenario = small.with_({"weeks": 65, "onset": 13, "today": {"weeks": 26, "scheme": today}})
    assert phases(scenario) == [(0, 0, False), (26, 26, True), (39, 39, False)] and scenario.since == 39
    assert [p.scheme.strength for p in scenario.phases] == [0.5, 1.0, 1.0]
    assert scenario.scheme.weights == {"commits": 1.0} and scenario.phases[0].scheme.weights == {"tickets": 1.0}


def test_dated_changes_count_from_the_week_in_which_the_scheme_begins(small: Scenario) -> None:
    changes = [{"week": 26, "set": {"strength": 2.0}}, {"week": 13, "set": {"review.weeks": 4, "weights.hours": 0.5}}]
    scenario = small.with_({"weeks": 65, "onset": 13, "scheme.changes": changes})
    assert [p.start for p in scenario.phases] == [0, 13, 26, 39]
    assert [p.scheme.review.weeks for p in scenario.phases[:3]] == [13, 13, 4]
    assert scenario.phases[2].scheme.weights == {"commits": 1.0, "hours": 0.5}
    assert scenario.phases[3].scheme.strength == 2.0 and scenario.phases[2].scheme.strength == 1.0
    assert scenario.scheme.weights == {"commits": 1.0} and scenario.config["scheme"]["weights"] == {"commits": 1.0}


def test_what_a_dated_change_sets_stays_so_when_the_next_one_comes(small: Scenario) -> None:
    """`values from then on`."""
    changes = [{"week": 13, "set": {"strength": 2.0}}, {"week": 26, "set": {"weights.hours": 0.5}}]
    last = small.with_({"weeks": 52, "scheme.changes": changes}).phases[-1].scheme
    assert last.weights == {"commits": 1.0, "hours": 0.5} and last.strength == 2.0


def test_two_changes_of_one_week_are_one(small: Scenario) -> None:
    changes = [{"week": 13, "set": {"strength": 2.0}}, {"week": 13, "set": {"weights.hours": 0.5}}]
    scenario = small.with_({"weeks": 39, "scheme.changes": changes})
    last = scenario.phases[-1].scheme
    assert (last.strength, last.weights) == (2.0, {"commits": 1.0, "hours": 0.5})
    assert len(worlds.run(scenario, [0], aligned=False).columns["worth"]) == 39


def test_a_change_after_the_end_changes_nothing(small: Scenario) -> None:
    late = small.with_({"scheme.changes": [{"week": 26, "set": {"strength": 2.0}}]})
    assert phases(late) == phases(small)


def test_yardsticks_that_rotate_take_turns_each_alone_for_so_many_reviews(small: Scenario) -> None:
    rotation = {"every": 2, "among": ["commits", "tickets", "hours"]}
    changes = {"weeks": 30, "onset": 2, "scheme.review.weeks": 2, "scheme.rotation": rotation, "scheme.weights": {}}
    scenario = small.with_(changes)
    turns = [(p.start, next(iter(p.scheme.weights))) for p in scenario.phases]
    names = ["commits", "tickets", "hours"]
    assert turns == [(0, "commits"), *((2 + 4 * i, names[i % 3]) for i in range(7))]
    assert all(list(p.scheme.weights.values()) == [1.0] for p in scenario.phases)


def test_a_scheme_needs_the_time_of_one_review_in_each_phase(small: Scenario) -> None:
    for changes in (
        {"onset": 5},
        {"scheme.changes": [{"week": 20, "set": {"strength": 2.0}}]},
        {"today": {"weeks": 5, "scheme": small.with_({"scheme.strength": 3.0}).config["scheme"]}},
    ):
        with pytest.raises(InvalidInput) as caught:
            small.with_(changes)
        assert caught.value.key == "scheme.review.weeks", changes


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"onset": 26}, "onset"),
        ({"onset": -1}, "onset"),
        ({"onset": 1.5}, "onset"),
        ({"today": {"weeks": 26}}, "today"),
        ({"today": {"weeks": 0, "scheme": {}}}, "today.weeks"),
        ({"good_intent": 1}, "good_intent"),
    ],
)
def test_a_calendar_that_makes_no_sense_is_refused(small: Scenario, changes: dict[str, Any], key: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        small.with_(changes)
    assert caught.value.key == key


def test_only_where_intent_is_bad_does_anybody_flatter_or_undermine(small: Scenario) -> None:
    bad = small.with_({"good_intent": False})
    assert set(bad.activities) - set(small.activities) == {k for k, a in bad.activities.items() if a.ill}
    assert "flatter" in bad.activities and tuple(bad.activities)[:8] == tuple(small.activities)


@pytest.mark.parametrize("name", options("reward"))
def test_every_rule_of_reward_can_be_placed_in_a_scheme_by_name(name: str) -> None:
    where = "layoff" if name == "layoff" else "pay"
    scenario = sim.load(f"+reward@scheme.{where}={name}", "weeks=13")
    rule = getattr(scenario.scheme, where)
    assert type(rule).__module__ == f"sim.rewards.{worlds.read('reward', name)['kind']}"
    assert worlds.run(scenario, [0], aligned=False).columns["worth"].all()
