"""The best strength is found by running the model, whatever the numbers are called and scaled."""

from __future__ import annotations

import pytest

import sim
from sim.errors import InvalidInput


def test_the_peak_of_a_parabola_is_found_to_ten_digits() -> None:
    values, _ = sim.best_strength(sim.load("limit=A0"))
    assert values == pytest.approx([3 / 3.4], rel=1e-10)


def test_several_numbers_are_found_together() -> None:
    names = ("scheme.weights.measure_1", "scheme.weights.measure_2")
    values, _ = sim.best_strength(sim.load("limit=A1"), over=names)
    assert values == pytest.approx([4 / 11, 3 / 11], rel=1e-9)


def test_numbers_of_very_different_size_are_found_together() -> None:
    names = ("scheme.weights.measure_1", "scheme.weights.measure_2")
    scenario = sim.load("limit=A2b", "scheme.weights.measure_2=1")
    values, _ = sim.best_strength(scenario, over=names)
    assert values == pytest.approx([2 / 7, 0.0], abs=1e-8)


def test_a_negative_strength_may_be_best() -> None:
    scenario = sim.load("limit=B1", "activities.task_1.worth=-2")
    values, _ = sim.best_strength(scenario)
    assert values[0] == pytest.approx(-0.7530655685082075)


def test_a_name_may_stand_alone_and_need_not_be_a_strength() -> None:
    values, _ = sim.best_strength(sim.load("limit=E1b"), over="scheme.promotion.prize")
    assert values == pytest.approx([5.317361552716548])


def test_values_that_the_model_refuses_are_not_the_best() -> None:
    scenario = sim.load("limit=E1")
    values, least = sim.best_strength(
        scenario, lambda r: -float(r.measures()["hours"].mean()), over=["scheme.promotion.prize"]
    )
    assert 0 <= values[0] < 1e-2
    assert -1e-2 < least <= 0


def test_the_peak_of_a_team_with_bounded_hours_is_no_lower_than_its_neighbours() -> None:
    scenario = sim.load("scenario=three_persons", "scheme=commits", "weeks=13")

    def surplus(strength: float) -> float:
        changed = scenario.with_({"scheme.strength": strength})
        return float(sim.simulate(changed, runs=4, seed=1, aligned=False).measures()["surplus"].mean())

    values, highest = sim.best_strength(scenario, runs=4)
    assert highest == pytest.approx(surplus(values[0]))
    assert highest >= max(surplus(values[0] * 0.9), surplus(values[0] * 1.1))


def test_a_function_of_the_results_may_be_the_objective() -> None:
    scenario = sim.load("limit=A0")
    values, highest = sim.best_strength(scenario, lambda r: -float((r.measures()["worth"] - 61).mean() ** 2))
    assert values == pytest.approx([0.5], rel=1e-6)
    assert highest == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(
    ("wrong", "key"),
    [
        ({"over": ["scheme.strenth"]}, "scheme.strenth"),
        ({"over": []}, "over"),
        ({"objective": "surpluss"}, "objective"),
        ({"objective": "debt"}, "objective"),
        ({"objective": "worth"}, "objective"),
        ({"start": [1.0, 2.0]}, "start"),
        ({"over": ["team.risk_aversion"], "start": [-1.0]}, "team.risk_aversion"),
    ],
)
def test_what_cannot_be_searched_is_refused(wrong: dict[str, object], key: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        sim.best_strength(sim.load("limit=A0"), **wrong)
    assert caught.value.key == key
