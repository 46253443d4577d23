"""A boss who leaves is followed by a report, whose seat needs somebody in turn."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from sim.errors import InvalidInput
from sim.ladder import Succession, heir
from sim.organisation import Company, Moment, lived
from sim.scenario import Scenario
from tests import worlds
from tests.test_organisation import BOSSES, whole

PETER = {"select": None, "transfer": "peter", "spread": 0.0}
SENSE = {"select": 1.0, "transfer": "common_sense", "spread": 0.0}


def restless(succession: dict[str, Any] | None, **changes: Any) -> Scenario:
    team = {"turnover__quit": 0.03, "team__layoff": None, "scheme__layoff": None}
    return whole([2, 2], succession=succession, **team, **changes)


def weeks(scenario: Scenario, runs: int = 3) -> tuple[Company, list[Moment]]:
    company = Company.of(scenario)
    return company, list(lived(company, 1, range(runs)))


def skills(moment: Moment) -> np.ndarray:
    return np.concatenate([np.ravel(w.known.skill) for w in moment.weeks])


def test_every_boss_who_leaves_is_followed_and_every_heir_too() -> None:
    """Of whom leaves at a depth, each vacancy moves one person at every depth below but the last."""
    company, moments = weeks(restless(SENSE))
    for moment in moments:
        expected = np.zeros(3)
        for tier, week in zip(company.chart.tiers, moment.weeks, strict=True):
            assert week.gone is not None
            expected += (company.chart.depth - tier.depth) * week.gone.reshape(3, -1).sum(axis=1)
        assert np.array_equal(moment.risen, expected)
    assert sum(m.risen.sum() for m in moments) > 10


def test_by_common_sense_nobody_is_lost_and_nobody_appears_but_who_was_hired() -> None:
    """Without spread, skills are the same people's as where seats are filled from outside, in other seats."""
    quiet = {"project": None, "craft": None, "choice": {"kind": "fixed"}, "turnover__ramp_start": 1.0}
    inside, outside = (weeks(restless(s, **quiet))[1] for s in (SENSE, None))
    for a, b in zip(inside[:2], outside[:2], strict=True):
        assert np.array_equal(np.sort(skills(a)), np.sort(skills(b)))
    first = next(t for t, m in enumerate(inside) if m.risen.any())
    assert not np.array_equal(skills(inside[first + 1]), skills(outside[first + 1]))


def test_the_best_by_the_last_review_follow_and_take_their_motives_along() -> None:
    merit, luck = np.array([[1.0, 3.0, 2.0], [4.0, 3.0, 5.0]]), np.full((2, 3), 0.4)
    assert heir(Succession(select=1.0, transfer="peter", spread=0.0), merit, luck).tolist() == [1, 2]
    assert heir(Succession(select=0.0, transfer="peter", spread=0.0), merit, luck).tolist() == [0, 1]
    _, moments = weeks(restless(SENSE, weeks=60, managers=BOSSES[:1]))
    weight = moments[-1].weeks[1].rules.decision.weight
    names = list(moments[-1].weeks[1].rules.decision.motives)
    assert (weight[names.index("skill_up")] > 0).any()  # bosses wanted to rise, and nothing else


def test_where_another_level_asks_for_other_skill_bosses_are_no_better_than_anybody() -> None:
    found = {}
    for name, rules in {"sense": SENSE, "peter": PETER | {"select": 1.0}}.items():
        _, moments = weeks(restless(rules, weeks=105, team={"team__skill_sd": 0.4}), runs=12)
        found[name] = np.mean([m.weeks[1].known.skill.mean() for m in moments[52:]])
    assert found["sense"] > found["peter"] + 0.05


def test_who_follows_leaves_behind_what_they_know_of_the_project() -> None:
    company, moments = weeks(restless(SENSE, weeks=40))
    last = len(company.chart.tiers) - 1
    for before, after in pairwise(moments):
        stocks = after.weeks[last].stocks
        assert stocks is not None
        if before.weeks[0].gone is not None and before.weeks[0].gone.any():
            fresh = (stocks.knowledge.max(axis=0) < 0.2).reshape(3, -1).any(axis=1)
            assert (fresh | ~before.weeks[0].gone.reshape(3, -1).any(axis=1)).all()


@pytest.mark.parametrize(
    ("changes", "key"),
    [({"select": 1.5}, "select"), ({"transfer": "luck"}, "transfer"), ({"spread": 1.0}, "spread")],
)
def test_numbers_out_of_range_are_refused(changes: dict[str, Any], key: str) -> None:
    with pytest.raises(InvalidInput) as error:
        Succession(**(SENSE | changes))
    assert error.value.key == key


def test_a_run_with_succession_is_the_run_alone() -> None:
    scenario = restless(SENSE | {"spread": 0.3, "select": 0.5})
    batch = worlds.run(scenario, range(4), 3, members=True, aligned=False)
    alone = worlds.run(scenario, [2], 3, members=True, aligned=False)
    assert alone.per_member is not None and batch.per_member is not None
    assert not worlds.same(alone.per_member, {k: v[:, [2]] for k, v in batch.per_member.items()})
