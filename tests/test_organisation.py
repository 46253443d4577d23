"""Evaluators who are evaluated, from the head down."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sim
from sim.errors import InvalidInput
from sim.organisation import Company
from sim.scenario import Scenario, people_of
from tests import worlds

BOSSES = [
    {"name": "Max", "motives": {"promotion": 1.0, "pay": 1.0}},
    {"name": "Mia", "motives": {"safety": 1.0, "pay": 1.0}},
    {"name": "Moe", "motives": {"skill_up": 1.0, "pay": 1.0}},
]
RESTLESS = {"succession": {"select": 1.0, "transfer": "common_sense", "spread": 0.3}, "turnover__quit": 0.02}
PALETTE = ["commits", "visibility", "novelty", "indispensability", "tickets", "peer_feedback"]
SAYS_ALL = {"beliefs__rationality": "perfect"}


def around(spans: list[int] | None, **changes: Any) -> dict[str, Any]:
    rules = dict(discretion=1.0, bend=1.0, caution=0.0, loss=0.0, clears=0.0, candour=1.0, foresight=0, adaptation=None)
    own = {k: changes.pop(k) for k in list(changes) if k in rules}
    found = {
        "spans": spans,
        "managers": BOSSES,
        "own_part": 0.5,
        "palette": PALETTE,
        "evaluators": rules | own,
        "succession": None,
    }
    return found | changes


def whole(spans: list[int] | None, weeks: int = 27, team: dict[str, Any] | None = None, **changes: Any) -> Scenario:
    parts = ("project", "choice", "craft", "turnover")
    other = {k: changes.pop(k) for k in list(changes) if "__" in k or k in parts}
    return worlds.scenario(
        "scheme=commits", organisation=around(spans, **changes), weeks=weeks, **other, **(team or {})
    )


def levels(scenario: Scenario, runs: int = 3) -> np.ndarray:
    """What is asked for at each depth at the last review, mean over runs."""
    found: np.ndarray = worlds.run(scenario, range(runs), 1, aligned=False).levels["asked"][-1].mean(axis=0)
    return found


def test_without_motives_of_their_own_and_with_perfect_perception_bosses_pass_on_what_is_asked_of_them() -> None:
    none = [{"name": "Nob", "motives": {}}]
    found = levels(whole([2, 2, 2], managers=none, **SAYS_ALL))
    activities = dict(worlds.composed("scheme=commits")["activities"])
    activities["recruit"] = activities["recruit"] | {"leads": False}
    alone = worlds.scenario("scheme=commits", weeks=27, activities=activities, **SAYS_ALL)
    one = sim.simulate(alone, 1).measures()["congruence"].iloc[0]
    assert found == pytest.approx(np.full(5, one), rel=1e-9)


def test_bosses_who_want_nothing_but_pay_pass_it_on_too() -> None:
    paid = [{"name": "Pam", "motives": {"pay": 1.0}}]
    found = levels(whole([2, 2], managers=paid, **SAYS_ALL))
    assert found == pytest.approx(np.full(4, found[0]), rel=1e-9)


def test_each_level_of_bosses_with_motives_of_their_own_lowers_what_is_left() -> None:
    found = levels(whole([3, 3, 3], **SAYS_ALL), runs=4)
    assert (np.diff(found[1:]) < -0.005).all()


def test_the_more_they_bend_it_the_less_is_left() -> None:
    left = [levels(whole([3, 3], bend=b, **SAYS_ALL))[-1] for b in (0.0, 0.3, 1.0)]
    assert left[0] > left[1] + 0.01 > left[2] + 0.02


def test_without_discretion_everybody_is_evaluated_by_the_scheme() -> None:
    found = levels(whole([3, 3], discretion=0.0, bend=5.0, **SAYS_ALL))
    assert found == pytest.approx(np.full(4, found[0]), rel=1e-9)


def test_only_what_signals_say_can_be_asked_for() -> None:
    """With nothing but commits to count, whatever bosses want is commits."""
    found = levels(whole([3, 3], palette=[], **SAYS_ALL))
    assert np.abs(found) == pytest.approx(np.full(4, found[0]), rel=1e-9)


def test_a_run_of_an_organisation_is_the_run_alone() -> None:
    rules = {"discounts": 1.0, "recovers": 0.2, "faith": 0.3, "doubts": 0.0}
    scenario = whole(
        [2, 3], loss=20.0, clears=0.2, caution=0.1, candour=0.5, foresight=1, adaptation=rules, weeks=40, **RESTLESS
    )
    batch = worlds.run(scenario, range(4), 3, members=True, shadow=True)
    for r in (0, 3):
        alone = worlds.run(scenario, [r], 3, members=True, shadow=True)
        assert not worlds.same(alone.columns, {k: v[:, [r]] for k, v in batch.columns.items()})
        assert alone.per_member is not None and batch.per_member is not None
        assert not worlds.same(alone.per_member, {k: v[:, [r]] for k, v in batch.per_member.items()})
        assert (
            alone.twin is not None and batch.twin is not None and alone.shadow is not None and batch.shadow is not None
        )
        assert not worlds.same(alone.twin.columns, {k: v[:, [r]] for k, v in batch.twin.columns.items()})
        assert not worlds.same(alone.shadow.columns, {k: v[:, [r]] for k, v in batch.shadow.columns.items()})


def test_everybody_is_counted_once_with_a_name_of_their_own() -> None:
    scenario = whole([2, 3])
    company = Company.of(scenario)
    assert company.chart.people == people_of(scenario) == 1 + 2 + 6 + 6 * 9 == len(set(company.names))
    found = worlds.run(scenario, [0], 1, members=True)
    assert found.per_member is not None and found.per_member["worth"].shape == (27, 1, 63)
    assert found.names == company.names


def test_what_is_kept_of_people_is_their_mean_and_leavers_are_counted() -> None:
    found = worlds.run(whole([2, 3]), range(2), 1, members=True, aligned=False)
    assert found.per_member is not None
    for column in ("worth", "score"):
        assert found.columns[column] == pytest.approx(found.per_member[column].mean(axis=-1), rel=1e-10)
    assert np.array_equal(found.columns["left"], found.per_member["gone"].sum(axis=-1))


def test_a_boss_shows_what_the_people_below_did_last_week() -> None:
    """Who shows nothing of their own depends on them alone; who shows only their own, not at all."""
    quiet: dict[str, Any] = {f"signals__{s}__noise__sd": 0.0 for s in PALETTE}
    quiet |= {"choice": {"kind": "fixed"}, "project": None, "craft": None, "turnover": None}
    quiet |= {"team__skill_sd": 0.0, "team__habit_sd": 0.0, "discretion": 0.0}
    for part in (0.0, 1.0):
        scenario = whole([2], own_part=part, **quiet)
        found = worlds.run(scenario, [0], 1, members=True, aligned=False)
        assert found.per_member is not None
        score = found.per_member["score"][:, 0]
        head, boss, member = score[:, 0], score[:, 1], score[:, 3]
        if part:
            assert head == pytest.approx(member, rel=1e-9)
        else:
            assert boss[0] == 0 and head[1] == 0 and boss[2:] == pytest.approx(member[1:-1], rel=1e-9)


def test_people_of_the_team_can_be_the_whole_organisation() -> None:
    people = [
        {"name": "Ann", "motives": {"pay": 1.0}, "reports_to": None},
        {"name": "Bob", "motives": {"promotion": 1.0}, "reports_to": "Ann"},
        {"name": "Cat", "motives": {"safety": 1.0}, "reports_to": "Bob"},
        {"name": "Dan", "motives": {"skill_up": 1.0}, "reports_to": "Bob"},
        {"name": "Eve", "motives": {"skill_up": 1.0}, "reports_to": "Ann"},
    ]
    scenario = whole(None, team={"team__people": people})
    company = Company.of(scenario)
    assert company.names == ("Ann", "Bob", "Cat", "Dan", "Eve")
    assert [t.people.tolist() for t in company.chart.tiers] == [[[0]], [[1, 4]], [[2, 3]]]
    found = worlds.run(scenario, range(2), 1)
    assert np.isfinite(found.columns["worth"]).all() and found.levels["asked"].shape[-1] == 3


def test_who_looks_up_the_chain_believes_more_of_what_is_wanted_there() -> None:
    """What the board counts is far from what bosses count here; who looks two steps up believes more in the board."""
    gaps = []
    for foresight in (0, 2):
        scenario = whole(
            [2, 2], foresight=foresight, bend=2.0, beliefs__rationality="announced", beliefs__sees_through=0.0
        )
        found = worlds.run(scenario, range(3), 1, aligned=False)
        gaps.append(np.nanmean(found.columns["perception_gap"]))
    assert gaps[1] > 1.5 * gaps[0]


def test_bosses_who_are_disappointed_leave_the_number_that_is_gamed() -> None:
    """The trust of bosses who put faith in numbers does not move, and neither does what they count."""
    rules = {"discounts": 8.0, "recovers": 0.0, "faith": 0.0, "doubts": 0.0}
    weight = []
    for faith in (0.0, 1.0):
        scenario = whole([2], weeks=79, adaptation=rules | {"faith": faith}, caution=0.3, craft__learning=2.0)
        found = worlds.run(scenario, range(4), 1, aligned=False).columns["effort_game"][-13:].mean()
        weight.append(found)
    assert weight[0] < weight[1]


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"spans": [2, 0]}, "organisation.spans[1]"),
        ({"managers": []}, "organisation.managers"),
        ({"own_part": 1.5}, "organisation.own_part"),
        ({"palette": ["comits"]}, "organisation.palette"),
        ({"bend": -1.0}, "organisation.evaluators.bend"),
        ({"managers": [{"name": "X", "motives": {"greed": 1.0}}]}, "organisation.managers[0].motives"),
    ],
)
def test_an_organisation_that_cannot_be_is_refused_in_one_line(changes: dict[str, Any], key: str) -> None:
    with pytest.raises(InvalidInput) as error:
        whole(changes.pop("spans", [2]), **changes)
    assert error.value.key == key and "\n" not in str(error.value)


def test_whom_somebody_reports_to_needs_an_organisation() -> None:
    with pytest.raises(InvalidInput, match="reports_to"):
        worlds.scenario(
            "scheme=commits",
            team__people=[{"name": "Ann", "motives": {}}, {"name": "B", "motives": {}, "reports_to": "Ann"}],
        )


def test_bosses_who_fear_for_their_seat_keep_from_the_top_what_those_who_do_not_pass_on() -> None:
    """Nobody below fears anything: what is lost is lost on the way."""

    def told(fear: float) -> float:
        scenario = worlds.scenario(
            *("scenario=organisation_200", "scheme=stack_ranking", "team.size=4"),
            weeks=40,
            organisation__spans=[3, 3],
            organisation__managers=[{"name": "Boss", "motives": {"pay": 1.0, "safety": fear}}],
            team__people=[{"name": "A", "motives": {"pay": 1.0}}],
            reporting__base=0.2,
            reporting__mum=0.1,
            reporting__breaks=0.0,
        )
        columns = worlds.run(scenario, range(4), aligned=False).columns
        return float(columns["reported_status"].mean() / columns["true_status"].mean())

    assert told(0.0) > told(3.0) + 0.3
