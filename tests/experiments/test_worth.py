"""f as the running model has it against the table that members, alignment and the oracle use."""

from __future__ import annotations

import math

import pytest
import yaml

from experiments.worth import measured
from sim.loading import configs, read

MEASURED = yaml.safe_load((configs() / "worth.yaml").read_text(encoding="utf-8"))
GIVEN = {k: a["worth"] for k, a in read("activity", "standard").items() if not a["ill"] and not a.get("leads")}


def test_every_activity_of_a_team_of_good_intent_has_been_measured() -> None:
    assert list(MEASURED) == list(GIVEN)


@pytest.mark.parametrize("activity", GIVEN)
def test_the_running_model_gives_the_worth_that_the_table_says_to_a_fifth(activity: str) -> None:
    found = MEASURED[activity]["worth"]
    assert found == pytest.approx(GIVEN[activity], rel=0.2)
    assert found * GIVEN[activity] > 0


def test_activities_have_the_same_order_by_measured_worth() -> None:
    assert sorted(GIVEN, key=lambda k: MEASURED[k]["worth"]) == sorted(GIVEN, key=lambda k: GIVEN[k])


def test_the_file_holds_what_the_model_gives_now() -> None:
    found = measured(range(1000, 1016))
    for activity, each in found.items():
        error = math.hypot(each.std(ddof=1) / 4, MEASURED[activity]["standard_error"])
        assert abs(each.mean() - MEASURED[activity]["worth"]) < 4.5 * error, activity
