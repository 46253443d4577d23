"""Nobody responds: measurement without response."""

from __future__ import annotations

import numpy as np
import pytest

from sim.choice.fixed import Fixed
from sim.measures import pooled_measures
from sim.rules import rules_of
from tests import worlds


def test_whatever_is_rewarded_everyone_keeps_to_the_habitual_week() -> None:
    habit = worlds.frozen(np.random.default_rng(1).uniform(0, 1, (3, 2, 4)))
    effort = Fixed().respond(np.full(habit.shape, 9.0), habit)
    assert np.array_equal(effort, habit) and effort is not habit
    assert not Fixed().effort_cost(effort, habit).any() and Fixed().softness(np.ones(3)) == 0


def test_two_schemes_leave_the_same_work_behind() -> None:
    a, b = (
        worlds.run(worlds.scenario(f"scheme={s}", "choice=fixed", "turnover=none", weeks=26))
        for s in ("commits", "impressive")
    )
    for column in ("worth", "debt", "knowledge", "effort_game"):
        assert np.array_equal(a.columns[column], b.columns[column])
    assert not np.array_equal(a.columns["score"], b.columns["score"])


def test_every_week_is_the_habitual_one() -> None:
    rules = rules_of(worlds.scenario("scheme=commits", "choice=fixed", weeks=13))
    for passed in worlds.lived(rules):
        assert passed.effort == pytest.approx(passed.known.habit, rel=1e-12)


def test_where_nobody_responds_no_number_inflates_and_no_yardstick_decays() -> None:
    """Lotteries instead of the score change who leaves, so nobody leaves here."""
    scenario = worlds.scenario("scheme=commits", "choice=fixed", "turnover=none", weeks=26)
    means = worlds.run(scenario, range(5), shadow=True).measures().mean()
    for name in ("proxy_inflation", "decay"):
        function, parts = pooled_measures()[name]
        assert function(*(means[p] for p in parts)) == pytest.approx(0.0, abs=1e-12), name
