"""Prizes for the highest scores, shared by those who tie."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from sim.contest import Contest
from sim.errors import InvalidInput
from sim.rewards.tournament import Tournament

CALM = np.zeros((1, 4))


def prizes(score: list[float], luck: float = 0.0, **rule: Any) -> list[float]:
    tournament = Tournament(**({"prize": 6.0, "winners": None, "share": None} | rule))
    paid: list[float] = tournament.reward(np.array([score]), np.full((1, len(score)), luck))[0].tolist()
    return paid


def test_the_best_win_and_the_others_get_nothing() -> None:
    assert prizes([1.0, 4.0, 3.0, 2.0], winners=1) == [0.0, 6.0, 0.0, 0.0]
    assert prizes([1.0, 4.0, 3.0, 2.0], winners=2) == [0.0, 6.0, 6.0, 0.0]


def test_who_ties_for_a_prize_shares_it() -> None:
    assert prizes([1.0, 4.0, 4.0, 4.0], winners=1) == [0.0, 2.0, 2.0, 2.0]
    assert prizes([9.0, 4.0, 4.0, 1.0], winners=2) == [6.0, 3.0, 3.0, 0.0]
    assert prizes([4.0, 4.0, 4.0, 4.0], winners=2) == [3.0, 3.0, 3.0, 3.0]


def test_more_prizes_than_people_leave_nobody_out_and_are_not_paid_twice() -> None:
    assert prizes([1.0, 2.0], winners=5) == [6.0, 6.0]


def test_a_share_of_the_team_is_rounded_by_luck_so_that_its_mean_is_right() -> None:
    assert prizes([1.0, 2.0, 3.0, 4.0], luck=0.49, share=0.375) == [0.0, 0.0, 6.0, 6.0]  # 1.5 places
    assert prizes([1.0, 2.0, 3.0, 4.0], luck=0.51, share=0.375) == [0.0, 0.0, 0.0, 6.0]
    paid = [sum(prizes([1.0, 2.0, 3.0, 4.0], luck=u, share=0.375)) for u in np.arange(0.05, 1, 0.1)]
    assert np.mean(paid) == 6.0 * 1.5


@pytest.mark.parametrize("members", [9, 18, 36])
def test_one_of_nine_is_always_one_of_nine_though_a_ninth_has_no_last_digit(members: int) -> None:
    rule = Tournament(prize=1.0, winners=None, share=0.1111111111)
    assert rule.places(members) == members / 9
    score = np.arange(float(members))[None, :]
    for u in (0.0, 0.5, 1 - 1e-12):
        assert rule.reward(score, np.full((1, members), u)).sum() == members / 9


def test_the_prize_is_the_stake() -> None:
    assert Tournament(prize=6.0, winners=1, share=None).contests(9) == ((6.0, 1.0),)


@pytest.mark.parametrize(
    ("key", "options"),
    [
        ("prize", {"prize": -1.0, "winners": 1, "share": None}),
        ("winners", {"prize": 1.0, "winners": 0, "share": None}),
        ("winners", {"prize": 1.0, "winners": None, "share": None}),
        ("winners", {"prize": 1.0, "winners": 1, "share": 0.2}),
        ("share", {"prize": 1.0, "winners": None, "share": 0.0}),
        ("share", {"prize": 1.0, "winners": None, "share": 1.0}),
    ],
)
def test_prizes_that_make_no_sense_are_refused(key: str, options: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as caught:
        Tournament(**options)
    assert caught.value.key == key


def test_what_is_expected_is_the_prize_times_the_chance_and_its_slope() -> None:
    own, rule = np.array([[0.0, 0.0]]), Tournament(prize=3.0, winners=1, share=None)
    two = Contest(members=2, noise=1.0, rivals="exact", exact_up_to=12)
    assert rule.expected(own, own, two) == pytest.approx(np.array([[1.5, 1.5]]), abs=1e-8)
    assert rule.incentive(own, own, two) == pytest.approx(np.full((1, 2), 3 / (2 * math.sqrt(math.pi))), abs=1e-8)
    assert rule.cover(own, own, two) == pytest.approx(np.zeros((1, 2)), abs=1e-8)
    behind = np.array([[-1.0, 0.0]])
    assert rule.cover(behind, behind, two)[0, 0] > 0 > rule.cover(behind, behind, two)[0, 1]
