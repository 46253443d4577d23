"""Everybody does what is written down, week by week."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.choice.scripted import Scripted
from sim.draws import Draws
from sim.engine import weeks
from sim.errors import InvalidInput
from sim.rules import rules_of
from sim.scenario import Scenario
from tests import worlds

SCRIPT = [{"deliver": 0.5, "share": 0.25}, {"game": 1.0}, {"learn": 0.125}]


def scripted(members: dict[str, Any] | None = None, script: list[dict[str, float]] | None = None) -> Scenario:
    choice = {"kind": "scripted", "weeks": SCRIPT if script is None else script, "members": members}
    return worlds.scenario("scheme=commits", choice=choice, scheme__review__weeks=5, weeks=5)


def efforts(scenario: Scenario) -> list[np.ndarray]:
    return [passed.effort for passed in worlds.lived(rules_of(scenario))]


def test_each_week_is_done_as_written_at_once_and_the_last_one_goes_on() -> None:
    scenario = scripted()
    names = tuple(scenario.activities)
    for week, effort in zip((0, 1, 2, 2, 2), efforts(scenario), strict=True):
        expected = np.array([SCRIPT[week].get(k, 0.0) for k in names])
        assert (effort == expected[:, None, None]).all()


def test_a_member_may_have_a_script_of_its_own() -> None:
    """Ben sits fourth."""
    scenario = scripted(members={"Ben": [{"maintain": 0.75}]})
    plain, own = efforts(scripted()), efforts(scenario)
    others = [i for i in range(9) if i != 3]
    for a, b in zip(plain, own, strict=True):
        assert np.array_equal(a[..., others], b[..., others])
        assert b[list(scenario.activities).index("maintain"), :, 3].tolist() == [0.75] * 3
        assert b[..., 3].sum(axis=0).tolist() == [0.75] * 3


def test_experiments_likings_and_inertia_do_not_stir_a_script() -> None:
    restless = scripted().with_({"conduct.experimentation": 3.0, "conduct.adjustment": 0.1, "conduct.status_quo": 9.0})
    for a, b in zip(efforts(scripted()), efforts(restless), strict=True):
        assert np.array_equal(a, b)


@pytest.mark.parametrize("script", [[], *([{"deliver": bad}] for bad in (-0.1, float("nan"), float("inf")))])
def test_a_script_without_weeks_or_with_impossible_effort_is_refused(script: list[dict[str, float]]) -> None:
    with pytest.raises(InvalidInput) as caught:
        Scripted(weeks=tuple(script), members=None)
    assert caught.value.key in ("weeks", "weeks[0].deliver")
    with pytest.raises(InvalidInput) as caught:
        Scripted(weeks=({"deliver": 1.0},), members={"Ben": tuple(script)})
    assert caught.value.key.startswith("members.Ben")


def test_a_script_for_nobody_or_of_nothing_is_refused_by_name() -> None:
    with pytest.raises(InvalidInput) as caught:
        efforts(scripted(members={"Benn": [{"deliver": 1.0}]}))
    assert caught.value.key == "choice.members" and caught.value.nearest == "Ben"
    with pytest.raises(InvalidInput) as caught:
        efforts(scripted(script=[{"delivr": 1.0}]))
    assert caught.value.key == "choice.weeks[0]" and caught.value.nearest == "deliver"


def test_a_slip_in_a_later_week_of_one_member_is_told_before_the_first() -> None:
    late = [{"deliver": 1.0}, {"deliver": 1.0}, {"delivr": 1.0}]
    with pytest.raises(InvalidInput) as caught:
        next(weeks(rules := rules_of(scripted(members={"Ben": late})), Draws(1, [0], rules.members)))
    assert caught.value.key == "choice.members.Ben[2]" and caught.value.nearest == "deliver"


def test_nothing_may_be_written_down_for_an_activity() -> None:
    idle = scripted(script=[{"deliver": 0.0, "share": 1.0}])
    assert all(not effort[0].any() for effort in efforts(idle))
