"""Fitting in: it costs to spend the week otherwise than the others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.errors import InvalidInput
from sim.motives.social import Social
from sim.perception import Known
from sim.scenario import Scenario
from tests import worlds
from tests.tolerances import ROUNDING


@pytest.fixture(scope="module")
def known(small: Scenario) -> Known:
    return worlds.known_of(small, week=4)


def test_one_is_drawn_to_what_the_others_did_on_average(known: Known) -> None:
    others = np.stack([np.delete(known.effort, i, axis=-1).mean(axis=-1) for i in range(9)], axis=-1)
    by_hand = 0.7 * (others - known.effort)
    assert Social(pull=0.7).marginal(known) == pytest.approx(by_hand, rel=ROUNDING, abs=ROUNDING)
    cost = -0.35 * ((known.effort - others) ** 2).sum(axis=0)
    assert Social(pull=0.7).utility(known.effort, known) == pytest.approx(cost, rel=1e-10)


def test_nothing_is_better_than_to_do_as_the_others(known: Known) -> None:
    best = Social(pull=0.7).utility(known.others, known)
    assert not best.any()
    assert (Social(pull=0.7).utility(known.others + 0.1, known) < best).all()


def test_among_people_who_do_the_same_nobody_is_drawn_anywhere(known: Known) -> None:
    alike = replace(known, effort=np.full(known.effort.shape, 0.125))
    assert not Social(pull=0.7).marginal(alike).any()


def test_who_works_alone_has_nobody_to_fit_in_with(known: Known) -> None:
    alone = replace(known, effort=known.effort[..., :1], skill=known.skill[..., :1])
    assert not Social(pull=0.7).marginal(alone).any()


def test_people_who_want_nothing_else_end_up_alike(small: Scenario) -> None:
    people = [{"name": n, "motives": {"social": 1.0}, "skill": None} for n in ("Ada", "Ben", "Cem")]
    spread = {}
    for pull in (0.0, 0.4, 1.2):
        motive = {**small.config["motives"]["social"], "pull": pull}
        scenario = small.with_({"team.people": people, "conduct.experimentation": 0.0, "motives.social": motive})
        spread[pull] = worlds.known_of(scenario, week=25).effort.std(axis=-1).mean()
    assert spread[1.2] < spread[0.4] < spread[0.0]


def test_a_pull_below_zero_is_refused() -> None:
    with pytest.raises(InvalidInput) as caught:
        Social(pull=-0.1)
    assert caught.value.key == "pull"
