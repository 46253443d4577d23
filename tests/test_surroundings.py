"""What is around a team, wired into its weeks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sim
from sim.errors import InvalidInput
from sim.scenario import Scenario
from tests import worlds

ALL = {f"{part}": worlds.read(part, "standard") for part in ("sponsor", "customers", "reporting", "culture")}


def around(*parts: str, **changes: Any) -> Scenario:
    """A team under `commits` with some of what can be around it, as shipped."""
    return worlds.scenario("scheme=commits", **{p: ALL[p] for p in parts or ALL}, **changes)


def test_a_run_with_everything_around_is_the_run_alone() -> None:
    scenario = around(good_intent=False, reporting__bypass=0.2, motives__safety__shared_risk=0.5, weeks=40)
    batch = worlds.run(scenario, range(5), 3, members=True, shadow=True)
    for r in (0, 4):
        alone = worlds.run(scenario, [r], 3, members=True, shadow=True)
        assert not worlds.same(alone.columns, {k: v[:, [r]] for k, v in batch.columns.items()})
        assert alone.twin is not None and batch.twin is not None
        assert not worlds.same(alone.twin.columns, {k: v[:, [r]] for k, v in batch.twin.columns.items()})


def test_who_reports_and_is_not_heard_changes_nothing_of_the_week() -> None:
    """A chain in which nothing comes up, beside a team without one: the same bits."""
    with_it = worlds.run(around("reporting", reporting__base=0.0, reporting__per_debt=0.0), range(3), 1)
    without = worlds.run(worlds.scenario("scheme=commits"), range(3), 1)
    assert not worlds.same({k: with_it.columns[k] for k in without.columns}, without.columns)


def test_what_is_axed_achieves_nothing_from_then_on() -> None:
    found = worlds.run(around("sponsor", weeks=104), range(30), 1, aligned=False).columns
    dead = found["alive"] == 0
    assert dead[-1].any() and (found["worth"][1:][dead[:-1]] == 0).all()
    assert (found["worth"][:-1][found["alive"][1:] == 1] > 0).all()


def test_invisible_work_is_axed_and_a_proof_of_concept_saves_it() -> None:
    lives = []
    for shown in (0.0, 0.3):
        found = worlds.run(around("sponsor", weeks=104, sponsor__shown=shown), range(60), 1, aligned=False)
        lives.append(found.columns["alive"][-1].mean())
    assert lives[0] < 0.3 and lives[1] > 0.8


def test_who_sees_that_the_project_is_at_risk_shows_more() -> None:
    shows = []
    for seen in (0.0, 1.0):
        scenario = around("sponsor", weeks=52, motives__safety__shared_risk=seen)
        shows.append(worlds.run(scenario, range(20), 1, aligned=False).columns["effort_showcase"].mean())
    assert shows[1] > 1.5 * shows[0]


def test_what_meets_no_need_is_worth_nothing_at_once() -> None:
    found, plain = (
        worlds.run(s, range(10), 1, aligned=False).columns
        for s in (around("customers"), worlds.scenario("scheme=commits"))
    )
    assert found["worth"][0] == pytest.approx(plain["worth"][0] - (1 - found["useful"][0]) * _delivered(), rel=1e-9)
    assert (found["worth"].mean(axis=0) < plain["worth"].mean(axis=0)).all()


def _delivered() -> np.ndarray:
    """Worth at once of what a team delivers in its first week: (runs,)."""
    from sim.rules import rules_of

    week = worlds.lived(rules_of(worlds.scenario("scheme=commits")), range(10), 1)[0]
    able = week.effort * week.known.skill
    loading = week.rules.traces.delivered_now
    found: np.ndarray = week.pace * np.einsum("k,krm->rm", loading, able).mean(axis=1)
    return found


def test_fear_keeps_the_status_green_and_without_fear_it_turns_red() -> None:
    bias = []
    for fear in (0.0, 12.0):
        scenario = around("reporting", scheme__layoff=ALL_LAYOFF, weeks=104, reporting__fear=fear, reporting__mum=0.05)
        found = worlds.run(scenario, range(60), 1, aligned=False).measures()
        bias.append(found["status_bias"].mean())
    assert bias[1] > bias[0] + 0.03


ALL_LAYOFF = {"kind": "layoff", "share": 0.1, "loss": 2.0}


def test_who_crosses_the_chain_pays_at_the_next_review() -> None:
    changes = {"reporting__bypass": 1.0, "reporting__mum": 1.0, "reporting__base": 0.5, "reporting__fear": 0.0}
    fixed = {"choice": {"kind": "fixed"}, "turnover": None, "craft": None}
    plain, costly = (
        worlds.run(around("reporting", reporting__face=face, **changes, **fixed), range(5), 1, aligned=False)
        for face in (0.0, 1.8)
    )
    lost = plain.at_reviews("review_score") - costly.at_reviews("review_score")
    crossed = plain.counted("discovered")[:13].sum(axis=0)
    assert lost[0] == pytest.approx(1.8 * crossed / 9, rel=1e-9) and lost[0].min() > 0


def test_a_scenario_without_surroundings_has_none_of_their_columns() -> None:
    found = worlds.run(worlds.scenario("scheme=commits"), [0], 1)
    assert not {"confidence", "needs_met", "true_status", "trust", "custom"} & set(found.columns)
    assert "axed" not in found.measures()


def test_each_department_has_its_measure() -> None:
    found = worlds.run(around("customers"), [0], 1).measures()
    assert {"met_research", "met_operations", "met_risk"} <= set(found.columns)


def test_agents_are_members_of_one_team() -> None:
    from tests.test_organisation import whole

    with pytest.raises(InvalidInput, match="organisation"):
        sim.TeamModel(whole([2]))


def test_agents_live_the_weeks_of_the_batch_whatever_is_around() -> None:
    scenario = around(weeks=13)
    batch = worlds.run(scenario, [0, 1], 3, aligned=False)
    model = sim.TeamModel(scenario, seed=3, run=1)
    while model.running:
        model.step()
    frame = model.datacollector.get_model_vars_dataframe()
    for column in ("worth", "confidence", "needs_met", "custom"):
        assert np.array_equal(frame[column].to_numpy(), batch.columns[column][:, 1], equal_nan=True)
