"""Ready-made scenarios: each runs, and what its story says shows in numbers, by modest sizes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from experiments.variants import variants
from sim.arrays import Floats
from sim.chart import chart_of, regular
from sim.loading import options
from sim.results import Results
from sim.scenario import people_of
from tests import worlds

REMEDIES = tuple(options("remedies"))
OURS = (
    *("bearer_of_bad_news", "but_not_for_me", "case_study", "central_planning", "devops", "not_my_job"),
    *("organisation_200", "smothered", "standoff"),
)


@cache
def lived(*words: str, runs: int = 24) -> Results:
    return worlds.run(sim.load(*words), range(runs), aligned=False)


def mean(*words: str, runs: int = 24) -> Mapping[str, float]:
    measures: pd.DataFrame = lived(*words, runs=runs).measures()
    return {str(k): float(v) for k, v in measures.mean().items()}


def weekly(column: str, *words: str, runs: int = 24) -> Floats:
    """Mean over runs, week by week: (weeks,)."""
    found: Floats = lived(*words, runs=runs).columns[column].mean(axis=1)
    return found


@pytest.mark.parametrize("name", OURS)
def test_every_scenario_runs_and_tells_a_story_of_its_own(name: str) -> None:
    scenario = sim.load(f"scenario={name}", "weeks=20")
    measures = worlds.run(scenario, [0, 1], shadow=True).measures()
    assert len(measures) == 2 and measures["worth"].notna().all()
    story = scenario.config["story"]
    assert story["question"].endswith("?") and all(story[k].endswith(".") for k in ("story", "watch"))
    assert 52 <= sim.load(f"scenario={name}").weeks <= 156


@pytest.mark.parametrize("name", REMEDIES)
def test_every_remedy_can_be_tried_on_the_case_study(name: str) -> None:
    scenario = sim.load("scenario=case_study", f"remedies={name}")
    assert not scenario.refused and scenario.intervener.name == "Noor"
    assert {i.start for i in scenario.interventions} <= set(range(8, 40))
    assert worlds.run(scenario.with_({"weeks": 40}), [0, 1], aligned=False).measures()["worth"].notna().all()


def test_remedies_are_of_the_kind_that_they_are_called_by() -> None:
    def lines(name: str) -> set[str]:
        found = sim.load("scenario=case_study", f"remedies={name}").interventions
        return {line.line for each in found for line in each.lines}

    assert (lines("none"), lines("symptomatic"), lines("functional")) == (set(), {"symptom"}, {"function"})
    assert "perception" in lines("perceptual") and "function" not in lines("perceptual")
    assert lines("all") == {"symptom", "function", "perception"}


def test_remedies_can_be_compared() -> None:
    found = variants("compare", "remedies", REMEDIES, ["scenario=case_study"], {"onset": 0})
    assert tuple(found) == REMEDIES and not found["none"].interventions


def test_who_leads_nobody_may_not_change_what_people_are_evaluated_for() -> None:
    scenario = sim.load("scenario=case_study", "remedies=functional", "intervener.authority=0.4")
    assert scenario.refused == ("incentive_to_care", "no_forced_cut")
    same = worlds.run(scenario, [0, 1], aligned=False).columns
    assert not worlds.same(same, worlds.run(sim.load("scenario=case_study"), [0, 1], aligned=False).columns)


# the case study

CASE = "scenario=case_study"


def test_the_case_study_has_every_role() -> None:
    scenario = sim.load(CASE)
    assert scenario.sponsor and scenario.reporting and scenario.politics and scenario.culture and scenario.customers
    departments = scenario.customers.departments
    assert len(departments) == 3 and [d.name for d in departments if d.first] == ["research"]
    assert scenario.intervener.name in [p.name for p in scenario.team.seats]
    assert max(scenario.team.seats, key=lambda p: p.motives.get("safety", 0.0)).name == "Viktor"


def test_what_changes_what_people_see_does_more_for_the_project_than_what_treats_its_troubles() -> None:
    none, symptoms, perception = (mean(CASE, f"remedies={r}") for r in ("none", "symptomatic", "perceptual"))
    assert symptoms["worth"] > none["worth"] + 0.03
    assert perception["worth"] > symptoms["worth"] + 0.03
    assert perception["needs_met"] > symptoms["needs_met"] + 0.3
    assert perception["blocked_weeks"] < symptoms["blocked_weeks"] - 20 < none["blocked_weeks"] - 20
    assert perception["debt"] < 0.6 * none["debt"] and perception["truck_factor"] > none["truck_factor"] + 1


def test_a_better_yardstick_does_not_save_a_project_that_nobody_sees() -> None:
    """Fewer show off once it does not pay; with a proof of concept beside, the same yardstick is for the better."""
    none, function = mean(CASE, "remedies=none"), mean(CASE, "remedies=functional")
    assert function["debt"] < 0.7 * none["debt"] and function["effort_showcase"] < 0.5 * none["effort_showcase"]
    assert function["axed"] > none["axed"] + 0.3
    words = "interventions=[incentive_to_care,no_forced_cut,proof_of_concept]"
    shown = mean(CASE, words, "intervener.authority=1")
    assert shown["axed"] < 0.3 and shown["worth"] > none["worth"] + 0.03


def test_all_together_do_most_for_the_project_and_nothing_for_whoever_did_it() -> None:
    none, everything = mean(CASE, "remedies=none"), mean(CASE, "remedies=all")
    assert everything["worth"] > 1.5 * none["worth"] and everything["needs_met"] > 0.7 and everything["axed"] == 0
    assert everything["intervener_rank"] > none["intervener_rank"] + 0.5


def test_under_the_first_users_hand_other_needs_wait() -> None:
    found, free = mean(CASE), mean(CASE, "customers.capture=0")
    assert found["met_research"] > found["met_operations"] + 0.05 and found["met_research"] > found["met_risk"] + 0.05
    assert free["met_operations"] > max(free["met_research"] + 0.1, found["met_operations"] + 0.2)
    heard = mean(CASE, "interventions=[proof_of_concept,one_table,catch_ups]")
    table = mean(CASE, "interventions=[proof_of_concept,one_table]")
    assert heard["met_operations"] > table["met_operations"] + 0.02 and heard["ownership"] > table["ownership"] + 0.05


def test_who_waits_behind_the_first_user_is_who_blocks() -> None:
    found = mean(CASE)
    assert found["blocked_by_operations"] > 52 and found["blocked_by_risk"] > 52
    assert found["blocked_by_research"] < found["blocked_by_operations"]


# smothered


def test_a_project_whose_work_cannot_be_seen_is_axed_and_lives_when_something_is_shown() -> None:
    hidden, shown = mean("scenario=smothered"), mean("scenario=smothered", "interventions=[proof_of_concept]")
    assert 0.3 < hidden["axed"] < 0.8 and shown["axed"] < 0.05
    assert shown["worth"] > hidden["worth"] + 0.05, "net of the hours"
    assert shown["intervener_rank"] > hidden["intervener_rank"]
    assert mean("scenario=smothered", "scheme=impressive")["axed"] < hidden["axed"] / 3


def test_what_maintenance_does_can_be_shown_too() -> None:
    told = mean(
        "scenario=smothered", "interventions=[{use: visible_maintenance, start: 8}]", "intervener.authority=0.4"
    )
    assert told["axed"] < mean("scenario=smothered")["axed"] - 0.2


# standoff


def test_a_standoff_is_broken_from_above_and_comes_back() -> None:
    nothing = weekly("blocked", "scenario=standoff")
    ordered = weekly("blocked", "scenario=standoff", "interventions=[escalate]")
    assert nothing[13:52].min() > 0.9
    assert ordered[26:39].max() == 0 and ordered[42:52].mean() > 0.8


def test_at_one_table_it_does_not_come_back() -> None:
    table = weekly("blocked", "scenario=standoff", "interventions=[one_table]")
    assert table[13:26].mean() > 0.9 and table[45:].max() < 0.05
    left = weekly("blocked", "scenario=standoff", "interventions=[{use: one_table, mode: pulse}]")
    assert left[52:65].mean() > 0.8, "as soon as nobody asks them to the table, they block again"
    ordered, open_ = (mean("scenario=standoff", f"interventions=[{i}]") for i in ("escalate", "one_table"))
    assert open_["acceptance"] > ordered["acceptance"] + 0.05 and open_["needs_met"] > ordered["needs_met"]


def test_strict_turns_meet_fewer_needs_than_a_trunk_with_branches() -> None:
    assert mean("scenario=standoff", "customers.turns=8")["needs_met"] < mean("scenario=standoff")["needs_met"] - 0.1


# bad news


def green_while_red(*words: str) -> float:
    columns = lived("scenario=bearer_of_bad_news", *words).columns
    red, told = columns["true_status"], columns["reported_status"]
    return float(1 - (red * told).sum() / red.sum())


def test_under_fear_the_board_stays_green_and_without_it_does_not() -> None:
    assert green_while_red() > 0.65 > 0.45 > green_while_red("scheme=none")
    afraid, safe = mean("scenario=bearer_of_bad_news"), mean("scenario=bearer_of_bad_news", "scheme=none")
    assert afraid["status_bias"] > 0.1 > 0.05 > abs(safe["status_bias"])
    assert afraid["found_at"] > 2 * safe["found_at"] and afraid["surprises"] > 3 * safe["surprises"]


def test_it_is_the_cut_that_makes_people_silent_and_a_channel_helps_as_long_as_it_is_open() -> None:
    assert green_while_red("scheme.layoff=null") < 0.45
    assert green_while_red("interventions=[{use: open_channel, mode: held}]") < green_while_red() - 0.02
    assert green_while_red("interventions=[no_forced_cut]") < green_while_red() - 0.1


# rot, walls, plans


def test_what_is_nobodys_number_rots_and_rots_again_after_a_rewrite() -> None:
    owned, reached = mean("scenario=not_my_job"), mean("scenario=not_my_job", "project.elsewhere=0.5")
    assert owned["debt"] > reached["debt"] + 0.3 and owned["orphaned"] > reached["orphaned"] + 0.02
    assert mean("scenario=not_my_job", "scheme=devops_shared")["debt"] < 0.7 * owned["debt"]
    rot, anew = weekly("debt", "scenario=not_my_job"), weekly("debt", "scenario=not_my_job", "interventions=[rewrite]")
    least = anew[26:40].min()
    assert least < rot[30] - 1 and anew[-1] > least + 0.3


def test_with_shared_objectives_there_are_fewer_incidents_and_less_waits() -> None:
    walls = mean("scenario=devops")
    for words in ("scheme=devops_shared", "interventions=[shared_objectives]"):
        shared = mean("scenario=devops", words)
        assert shared["incidents"] < walls["incidents"] - 0.02 and shared["debt"] < walls["debt"] - 0.2
        assert shared["backlog"] < walls["backlog"] and shared["worth"] > walls["worth"] + 0.01


def test_power_over_a_plan_does_not_make_up_for_what_is_known_below() -> None:
    plan, power, known = (
        mean("scenario=central_planning", *words, runs=4)
        for words in ((), ("scheme.strength=2",), ("organisation.evaluators.loss=0",))
    )
    assert plan["alignment_trench"] < plan["alignment_board"] - 0.2
    assert known["alignment_trench"] > plan["alignment_trench"] + 0.1
    assert power["worth"] < plan["worth"] + 0.02 and power["debt"] > plan["debt"]
    assert power["alignment_trench"] == pytest.approx(plan["alignment_trench"], abs=0.05)


def test_two_hundred_people_sit_in_twenty_five_teams_and_each_step_down_costs_some_of_the_aim() -> None:
    scenario = sim.load("scenario=organisation_200")
    chart = chart_of(regular((5, 5), 7))
    assert people_of(scenario) == chart.people == 206 and len(chart.tiers[-1].people) == 25
    assert chart.tiers[-1].people.size + 25 == 200
    found = mean("scenario=organisation_200", runs=3)
    assert found["alignment_trench"] < found["alignment_board"] - 0.05


# but not for me


def rank(*words: str, **motives: float) -> Floats:
    scenario = sim.load("scenario=but_not_for_me", *words)
    if motives:
        people: Any = [dict(p) for p in scenario.config["team"]["people"]]
        people[-1]["motives"] = motives
        scenario = scenario.with_({"team.people": people})
    found: Floats = worlds.run(scenario, range(40), aligned=False).measures()["intervener_rank"].to_numpy()
    return found


def test_where_appearances_count_who_repairs_comes_last_and_who_shows_off_in_the_same_seat_does_not() -> None:
    shows = {"promotion": 1.0, "pay": 1.0, "intrinsic": 0.1}
    assert rank().mean() > rank(**shows).mean() + 2
    assert abs(rank("scheme=own_worth").mean() - rank("scheme=own_worth", **shows).mean()) < 0.7
    members = worlds.run(sim.load("scenario=but_not_for_me"), range(24), aligned=False)
    added = members.reviewed["contribution"]
    assert added[..., -1].mean() > np.delete(added, -1, axis=2).mean() + 0.05, "and she adds more than the others"
