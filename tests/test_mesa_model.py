"""One run as agents: the same week, and members who decide for themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mesa
import numpy as np
import pytest

import sim
from sim.errors import InvalidInput
from sim.mesa_model import Member, TeamModel
from sim.scenario import Scenario
from tests import worlds
from tests.tolerances import ROUNDING


class Stubborn(sim.Member):
    """A member in ten lines: a week of core work, whatever it brings."""

    def choose(self, m: np.ndarray) -> dict[str, float]:
        return {"deliver": 1.0}


class Blind(Member):
    """Sees that nothing brings anything."""

    def perceive(self) -> np.ndarray:
        return np.zeros(self.stock.shape)


class Purist(Member):
    """Weighs only what the work is worth."""

    def weigh(self, terms: np.ndarray) -> np.ndarray:
        return 0.7 * self.seen.worth


def stepped(scenario: Scenario, weeks: int = 1, **members: type[Member]) -> TeamModel:
    model = TeamModel(scenario, seed=1, run=2, members=members)
    for _ in range(weeks):
        model.step()
    return model


def effort(model: TeamModel) -> np.ndarray:
    """Effort of the last week: (activity, member)."""
    assert model.last is not None
    found: np.ndarray = model.last.effort[:, 0]
    return found


def test_it_is_a_mesa_model_of_mesa_agents(small: Scenario) -> None:
    model = TeamModel(small)
    assert isinstance(model, mesa.Model) and all(isinstance(a, mesa.Agent) for a in model.agents)
    assert [a.name for a in model.agents] == [p.name for p in small.team.seats]


def test_members_have_motives_and_are_grouped_by_the_heaviest(small: Scenario) -> None:
    groups = dict(TeamModel(small).agents.groupby("motive"))
    assert {k: [m.name for m in g] for k, g in groups.items()} == {
        "safety": ["Ada", "Ben", "Cem"],
        "promotion": ["Bea", "Egon", "Hugo"],
        "skill_up": ["Cleo", "Finn", "Ida"],
    }
    (ada,) = TeamModel(small).agents.select(lambda a: a.name == "Ada")
    assert ada.motives == {"safety": 1.0, "pay": 1.0, "intrinsic": 0.2}


def test_the_collector_has_the_columns_of_weekly(small: Scenario) -> None:
    model = stepped(small, weeks=3)
    frame = model.datacollector.get_model_vars_dataframe()
    assert list(frame.columns) == list(worlds.run(small, [2], 1).weekly.columns) and len(frame) == 3


def test_a_step_is_a_week_and_the_model_stops_at_the_horizon(small: Scenario) -> None:
    model = TeamModel(small.with_({"weeks": 13}), seed=1)
    weeks = 0
    while model.running:
        model.step()
        weeks += 1
    assert weeks == 13
    with pytest.raises(InvalidInput) as caught:
        model.step()
    assert caught.value.key == "week" and "13" in str(caught.value)


@pytest.mark.parametrize("phase", [Stubborn, Blind, Purist])
def test_one_who_decides_otherwise_leaves_the_others_choice_of_that_week_untouched(
    small: Scenario, phase: type[Member]
) -> None:
    plain, other = effort(stepped(small)), effort(stepped(small, Ben=phase))
    assert not np.array_equal(plain[:, 3], other[:, 3])
    others = [i for i in range(9) if i != 3]
    assert np.array_equal(plain[:, others], other[:, others])


def test_overriding_choose_has_its_effect_at_once(small: Scenario) -> None:
    assert effort(stepped(small, Ada=Stubborn))[:, 0].tolist() == [1.0] + [0.0] * 7


def test_overriding_choose_has_its_effect_whatever_the_depth_of_reasoning(small: Scenario) -> None:
    """Level 0 keeps the stock rule still, and nobody else."""
    model = stepped(small.with_({"beliefs.depth": {"level": 0, "mean": None, "highest": 1}}), 3, Ada=Stubborn)
    assert model.last is not None
    assert effort(model)[:, 0].tolist() == [1.0] + [0.0] * 7
    assert np.array_equal(effort(model)[:, 1:], model.last.known.effort[:, 0, 1:])


def test_overriding_perceive_alone_has_its_effect_through_the_stock_weighing_and_choice(small: Scenario) -> None:
    quiet = small.with_({"conduct.experimentation": 0.0})
    blind, plain = stepped(quiet, Ada=Blind), stepped(quiet)
    assert blind.last is not None and plain.last is not None
    assert not blind.last.m[:, 0, 0].any() and plain.last.m[:, 0, 0].any()
    known = blind.last.known
    assert known.objection is not None and known.objection[-1].min() > 0  # scruples about gaming
    idle = small.choice.respond(-known.objection[:, :, [0]], known.habit[:, :, [0]])
    expected = known.effort[:, 0, 0] + 0.3 * (idle[:, 0, 0] - known.effort[:, 0, 0])
    assert effort(blind)[:, 0] == pytest.approx(expected, rel=ROUNDING)


def test_overriding_weigh_alone_has_its_effect_through_the_stock_choice(small: Scenario) -> None:
    model = stepped(small, Ada=Purist)
    assert model.last is not None
    assert model.last.m[:, 0, 0] == pytest.approx(0.7 * model.last.known.worth[:, 0, 0], rel=ROUNDING)
    assert not np.array_equal(effort(model)[:, 0], effort(stepped(small))[:, 0])


def test_a_member_who_answers_with_the_stock_row_changes_no_bit(small: Scenario) -> None:
    class Echo(Member):
        def perceive(self) -> np.ndarray:
            return super().perceive()

        def weigh(self, terms: np.ndarray) -> np.ndarray:
            return np.asarray(super().weigh(terms))

        def choose(self, m: np.ndarray) -> np.ndarray:
            return np.asarray(super().choose(m))

    names = [p.name for p in small.team.seats]
    echo = stepped(small, weeks=26, **dict.fromkeys(names, Echo))
    plain = stepped(small, weeks=26)
    assert np.array_equal(effort(echo), effort(plain))


def test_a_member_cannot_change_the_stock_rule_of_others_by_writing_into_its_row(small: Scenario) -> None:
    class Vandal(Member):
        def perceive(self) -> np.ndarray:
            self.stock[:] = 9.0
            return np.zeros(self.stock.shape)

    assert np.array_equal(effort(stepped(small, Ada=Vandal)), effort(stepped(small, Ada=Blind)))


def test_others_feel_a_deviator_a_week_later_and_not_before(small: Scenario) -> None:
    plain, other = stepped(small, weeks=2), stepped(small, weeks=2, Ben=Stubborn)
    others = [i for i in range(9) if i != 3]
    assert not np.array_equal(effort(plain)[:, others], effort(other)[:, others])


def test_a_member_sees_what_it_knows(small: Scenario) -> None:
    model = stepped(small, weeks=4)
    assert model.last is not None
    known = model.last.known
    for member in model.agents:
        seen, own = member.seen, (slice(None), 0, member.seat)
        assert seen.week == 3 and seen.activities == tuple(small.activities)
        assert np.array_equal(seen.effort, known.effort[own]) and np.array_equal(seen.habit, known.habit[own])
        assert np.array_equal(seen.slope, known.slope[own]) and np.array_equal(seen.worth, known.worth[own])
        assert seen.skill == known.skill[0, member.seat]
        assert seen.score == pytest.approx(float(seen.slope @ seen.effort), rel=ROUNDING)


def test_why_adds_up_to_what_was_wanted_and_shows_what_was_done(small: Scenario) -> None:
    model = stepped(small, weeks=3)
    for member in model.agents:
        why = member.why()
        assert list(why.index) == list(small.activities) and list(why.columns)[-2:] == ["m", "effort"]
        motives = [c for c in why.columns if c not in ("m", "effort")]
        assert set(member.motives) <= set(motives)
        assert why[motives].sum(axis=1).to_numpy() == pytest.approx(why["m"].to_numpy(), rel=1e-9, abs=ROUNDING)
        assert np.array_equal(why["effort"].to_numpy(), effort(model)[:, member.seat])


def test_why_before_the_first_week_is_refused(small: Scenario) -> None:
    (ada,) = TeamModel(small).agents.select(lambda a: a.name == "Ada")
    with pytest.raises(InvalidInput, match="step the model first"):
        ada.why()


def answering(phase: str, answer: Callable[[Member], Any]) -> type[Member]:
    return type("Odd", (Member,), {phase: lambda self, *_: answer(self)})


BAD: dict[str, tuple[str, Callable[[Member], Any]]] = {
    "negative_effort": ("choose", lambda a: {"deliver": 1.2, "game": -0.2}),
    "effort_that_is_not_a_number": ("choose", lambda a: a.stock * np.nan),
    "infinite_effort": ("choose", lambda a: {"deliver": float("inf")}),
    "too_few_activities": ("choose", lambda a: a.stock[:-1]),
    "a_table_for_a_row": ("choose", lambda a: np.tile(a.stock, (2, 1))),
    "a_single_number": ("choose", lambda a: 1.0),
    "nothing": ("choose", lambda a: None),
    "words": ("choose", lambda a: "all week"),
    "words_by_name": ("choose", lambda a: {"deliver": "all week"}),
    "more_than_all_hours": ("choose", lambda a: {"deliver": 1.2}),
    "less_than_contract_hours": ("choose", lambda a: {"deliver": 0.7}),
    "an_unknown_activity": ("choose", lambda a: {"delivr": 1.0}),
    "wants_that_are_not_numbers": ("weigh", lambda a: a.stock * np.nan),
    "wants_of_wrong_length": ("weigh", lambda a: np.ones(3)),
    "wants_of_an_unknown_activity": ("weigh", lambda a: {"naps": 1.0}),
    "terms_of_wrong_shape": ("perceive", lambda a: np.ones(8)),
    "terms_that_are_not_numbers": ("perceive", lambda a: a.stock * np.inf),
    "terms_by_name": ("perceive", lambda a: {"deliver": 1.0}),
}


@pytest.mark.filterwarnings("ignore:invalid value encountered in multiply")
@pytest.mark.parametrize("case", BAD)
def test_an_answer_that_makes_no_sense_is_refused_naming_member_and_week(small: Scenario, case: str) -> None:
    phase, answer = BAD[case]
    late = {"week": 2}
    odd = answering(phase, lambda a: answer(a) if a.seen.week == late["week"] else a.stock)
    model = TeamModel(small, seed=1, members={"Ben": odd})
    model.step()
    model.step()
    with pytest.raises(InvalidInput) as caught:
        model.step()
    line = str(caught.value)
    assert line.startswith(f"Ben.{phase} in week 2=") and len(line.splitlines()) == 1


def test_a_mistyped_activity_gets_the_nearest_name(small: Scenario) -> None:
    odd = answering("choose", lambda a: {"delivr": 1.0})
    with pytest.raises(InvalidInput) as caught:
        TeamModel(small, members={"Ben": odd}).step()
    assert caught.value.nearest == "deliver"


def test_a_refused_week_is_the_last(small: Scenario) -> None:
    """Mesa takes no step after an error: a loop over `running` must end rather than turn in place."""
    model = TeamModel(small, members={"Ben": answering("choose", lambda a: {"deliver": 9.0})})
    with pytest.raises(InvalidInput):
        model.step()
    assert not model.running


def test_hours_at_the_very_bound_are_within_it(small: Scenario) -> None:
    third = answering("choose", lambda a: {"deliver": 1.1 / 3, "maintain": 1.1 / 3, "share": 1.1 / 3})
    assert effort(stepped(small, Ada=third))[:, 0].sum() == pytest.approx(1.1)


def test_all_members_may_be_of_ones_own(small: Scenario) -> None:
    names = [p.name for p in small.team.seats]
    model = stepped(small, weeks=5, **dict.fromkeys(names, Stubborn))
    assert (effort(model)[0] == 1).all() and not effort(model)[1:].any()


def test_a_member_who_does_not_exist_is_refused_with_the_nearest_name(small: Scenario) -> None:
    with pytest.raises(InvalidInput) as caught:
        TeamModel(small, members={"Adda": Stubborn})
    assert (caught.value.key, caught.value.nearest) == ("members", "Ada")


@pytest.mark.parametrize(("key", "value"), [("seed", -1), ("seed", 1.5), ("seed", True), ("run", -1), ("run", "3")])
def test_an_address_that_is_none_is_refused(small: Scenario, key: str, value: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        TeamModel(small, **{key: value})
    assert caught.value.key == key


def test_seed_zero_is_a_seed(small: Scenario) -> None:
    model = TeamModel(small, seed=0, run=1)
    model.step()
    assert np.array_equal(effort(model), worlds.lived(model.rules, [1], seed=0)[0].effort[:, 0])


def test_mesas_own_generator_is_not_what_decides(small: Scenario) -> None:
    model = TeamModel(small, seed=1, run=2)
    model.rng.random(1000)
    model.random.random()
    model.step()
    assert np.array_equal(effort(model), effort(stepped(small)))
