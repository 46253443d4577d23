"""What the business wants decides what work is worth, and people learn of it by contact."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.errors import InvalidInput
from sim.goals import Goals
from sim.loading import read
from sim.rules import rules_of
from sim.scenario import Scenario
from tests import worlds
from tests.tolerances import ROUNDING

STANDARD = read("goals", "standard")


def wanting(weights: dict[str, float] | None = None, **changes: Any) -> Scenario:
    goals = STANDARD | ({} if weights is None else {"weights": weights})
    contact = changes.pop("contact", None)
    goals = goals | ({} if contact is None else {"contact": contact})
    return worlds.scenario("scheme=commits", goals=goals, **changes)


def test_wanted_equally_goals_give_the_worths_of_the_table() -> None:
    plain, found = rules_of(worlds.scenario("scheme=commits")), rules_of(wanting())
    assert found.worth == pytest.approx(plain.worth, abs=ROUNDING)
    assert found.traces.worth_now == pytest.approx(plain.traces.worth_now, abs=ROUNDING)


def test_who_wants_stability_alone_has_maintenance_worth_most() -> None:
    found = wanting({"stability": 2.0, "growth": 0.0})
    worth = {k: a.worth for k, a in found.activities.items()}
    assert max(worth, key=lambda k: worth[k]) == "maintain"
    assert worth == pytest.approx({k: STANDARD["loadings"]["stability"].get(k, 0.0) for k in worth}, abs=ROUNDING)


def test_what_counts_is_how_goals_weigh_against_each_other() -> None:
    a, b = (rules_of(wanting({"growth": g, "stability": s})) for g, s in ((1.0, 2.0), (3.0, 6.0)))
    assert a.worth == pytest.approx(b.worth, rel=ROUNDING)


def test_what_people_think_the_work_is_worth_gets_clearer_with_contact() -> None:
    gaps = []
    for contact in (0.0, 0.05):
        weeks = worlds.lived(rules_of(wanting(contact=contact, beliefs__worth_error=0.5, turnover=None)))
        known = weeks[-1].known
        gaps.append(np.abs(known.worth / known.skill - weeks[-1].rules.worth[:, None, None]).max())
    assert gaps[0] > 0.3 and gaps[1] == pytest.approx(gaps[0] * 0.95 ** (len(weeks) - 1), rel=1e-9)


def test_people_follow_goals_that_move_as_fast_as_contact_lets_them() -> None:
    label = {"plain": "x", "neutral": "x", "sentence": "X.", "good": "neither"}
    move = {"name": "turn", "label": label, "kind": "change_rule", "start": 10, "mode": "held", "weeks": 1}
    line = {"line": "function", "set": {"goals.weights": {"growth": 0.0, "stability": 1.0}}}
    move |= {"authority": 1.0, "hours": 0.0, "lines": [line]}
    scenario = wanting({"growth": 1.0, "stability": 0.0}, contact=0.1, interventions=[move], weeks=26)
    believed = [w.known.worth[1, 0, 0] / w.known.skill[0, 0] for w in _weeks(scenario)]
    assert believed[10] == pytest.approx(0.3, rel=1e-9)
    assert believed[15] == pytest.approx(1.6 - 1.3 * 0.9**5, rel=1e-9)


def _weeks(scenario: Scenario) -> list[Any]:
    from sim.draws import Draws
    from sim.engine import weeks
    from sim.rules import plan_of

    return list(weeks(plan_of(scenario), Draws(1, [0], len(scenario.team.seats))))


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"weights": {"growth": 0.0}}, "goals.weights"),
        ({"weights": {}}, "goals.weights"),
        ({"weights": {"growth": -1.0}}, "goals.weights.growth"),
        ({"weights": {"fame": 1.0}}, "goals.loadings.fame"),
        ({"contact": 1.5}, "goals.contact"),
        ({"loadings": {"growth": {"sing": 1.0}}, "weights": {"growth": 1.0}}, "goals.loadings.growth"),
    ],
)
def test_goals_that_cannot_be_are_refused_in_one_line(changes: dict[str, Any], key: str) -> None:
    with pytest.raises(InvalidInput) as error:
        worlds.scenario("scheme=commits", goals=STANDARD | changes)
    assert error.value.key == key and "\n" not in str(error.value)


def test_goals_are_a_part_like_others() -> None:
    assert Goals(weights={"a": 1.0}, loadings={"a": {}}, contact=0.0).worth("anything") == 0.0


def test_contact_may_be_none_or_complete() -> None:
    for contact in (0.0, 1.0):
        scenario = wanting(contact=contact)
        assert scenario.goals is not None and scenario.goals.contact == contact
