"""The lowest scores lose the job."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.contest import Contest
from sim.errors import InvalidInput
from sim.rewards.layoff import Layoff
from tests.tolerances import QUADRATURE


def losses(score: list[float], luck: float = 0.0, share: float = 0.25, loss: float = 2.0) -> list[float]:
    paid = Layoff(share=share, loss=loss).reward(np.array([score]), np.full((1, len(score)), luck))
    result: list[float] = paid[0].tolist()
    return result


def test_the_lowest_lose_and_the_others_lose_nothing() -> None:
    assert losses([3.0, 1.0, 4.0, 2.0]) == [0.0, -2.0, 0.0, 0.0]
    assert losses([3.0, 1.0, 4.0, 2.0], share=0.5) == [0.0, -2.0, 0.0, -2.0]


def test_who_ties_at_the_bottom_shares_the_risk() -> None:
    assert losses([1.0, 1.0, 4.0, 1.0]) == pytest.approx([-2 / 3, -2 / 3, 0.0, -2 / 3])


def test_a_fraction_of_a_person_is_laid_off_at_random() -> None:
    assert losses([3.0, 1.0, 4.0, 2.0], luck=0.19, share=0.05) == [0.0, -2.0, 0.0, 0.0]  # 0.2 places
    assert losses([3.0, 1.0, 4.0, 2.0], luck=0.21, share=0.05) == [0.0, 0.0, 0.0, 0.0]


def test_the_risk_falls_with_the_own_score_and_sums_to_the_places() -> None:
    rule, own = Layoff(share=0.3, loss=2.0), np.array([[0.0, 0.5, -1.0, 2.0, 0.3]])
    contest = Contest(members=5, noise=0.8, rivals="exact", exact_up_to=12)
    risk, slope = rule.risk(own, own, contest)
    assert risk.sum() == pytest.approx(1.5, abs=QUADRATURE) and (slope < 0).all()
    assert np.array_equal(np.argsort(risk[0]), np.argsort(-own[0]))
    assert (rule.incentive(own, own, contest) > 0).all()


def test_among_the_lowest_share_is_the_other_side_of_among_the_highest_rest() -> None:
    own = np.array([[0.0, 0.5, -1.0, 2.0, 0.3]])
    contest = Contest(members=5, noise=0.8, rivals="exact", exact_up_to=12)
    risk, _ = Layoff(share=0.4, loss=1.0).risk(own, own, contest)
    assert risk == pytest.approx(1 - contest.chance(own, own, 3)[0], abs=QUADRATURE)


@pytest.mark.parametrize(("key", "options"), [("share", (0.0, 1.0)), ("share", (1.0, 1.0)), ("loss", (0.5, -1.0))])
def test_shares_and_losses_outside_their_range_are_refused(key: str, options: tuple[float, float]) -> None:
    arguments: dict[str, Any] = dict(zip(("share", "loss"), options, strict=True))
    with pytest.raises(InvalidInput) as caught:
        Layoff(**arguments)
    assert caught.value.key == key
