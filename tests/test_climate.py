"""Politics and culture in the week: where they are absent, what they read, and what they move."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sim.arrays import average
from sim.politics import lasting
from sim.rules import rules_of
from tests import worlds
from tests.tolerances import ROUNDING

STILL: dict[str, Any] = {"choice": {"kind": "fixed"}, "weeks": 39, "good_intent": False, "turnover": None}


def test_where_nobody_means_ill_there_is_no_politics() -> None:
    scenario = worlds.scenario()
    assert scenario.politics is not None and rules_of(scenario).politics is None
    assert rules_of(worlds.scenario(good_intent=False)).politics is not None
    assert rules_of(worlds.scenario(good_intent=False, politics=None)).politics is None


def test_little_trust_leaves_people_knowing_less_and_getting_less_done() -> None:
    weeks = {x: worlds.lived(rules_of(worlds.scenario(**STILL, politics__trust=x)))[-1] for x in (0.0, 1.0)}
    little, much = (weeks[x].stocks for x in (0.0, 1.0))
    assert little is not None and much is not None
    assert (average(little.knowledge) <= average(much.knowledge)).all()
    assert (weeks[0.0].pace < weeks[1.0].pace).all()
    assert np.array_equal(weeks[0.0].effort, weeks[1.0].effort)


def test_favours_return_in_the_scores_of_reviews_where_people_judge() -> None:
    """With steady flattery a score ends up by `lasting` higher per unit of it."""
    for scheme, judged in (("impressive", True), ("tickets", False)):
        usual = STILL | {"weeks": 156, "activities__flatter__habit": 0.2}
        rules = rules_of(worlds.scenario(f"scheme={scheme}", **usual))
        assert (rules.judged > 0) == judged and rules.politics is not None
        none = replace(rules, politics=None)
        with_, without = (worlds.lived(r, [0])[-1].verdict for r in (rules, none))
        assert with_ is not None and without is not None
        more = with_.score - without.score
        flatter = rules.activities.index("flatter")
        effort = worlds.lived(rules, [0])[-1].effort[flatter]
        by_hand = effort * lasting(rules.politics, rules.favours, rules.judged)[flatter]
        assert more == pytest.approx(by_hand, rel=1e-4, abs=ROUNDING)


def test_a_scheme_that_rewards_what_counts_makes_it_the_custom_to_care() -> None:
    customs = {}
    for scheme in ("impressive", "own_worth"):
        rules = rules_of(worlds.scenario(f"scheme={scheme}", "culture=standard", weeks=156))
        known = worlds.lived(rules, [0])[-1].known
        assert known.culture is not None and known.culture.shape == (1, 1)
        customs[scheme] = known.culture[0, 0]
    assert customs["impressive"] < 0.2 and customs["own_worth"] > 0.8


def test_a_run_has_the_same_climate_alone_and_in_a_batch() -> None:
    rules = rules_of(worlds.scenario("scheme=impressive", "culture=standard", good_intent=False, weeks=30))
    batch, alone = worlds.lived(rules, [0, 1, 2])[-1], worlds.lived(rules, [1])[-1]
    assert np.array_equal(alone.effort, batch.effort[:, [1]]) and np.array_equal(alone.worth, batch.worth[[1]])
    assert batch.known.culture is not None and alone.known.culture is not None
    assert np.array_equal(alone.known.culture, batch.known.culture[[1]])
