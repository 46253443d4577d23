"""Bad input at the Python interface: exactly one InvalidInput, one line, with key, value, allowed and nearest.

What concerns the command line (verbs, folders, full disks) is tested with `experiments`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

import sim
from sim.errors import InvalidInput, ModelWarning
from sim.mesa_model import TeamModel
from sim.optimum import best_strength
from sim.rules import rules_of, stability
from sim.scenario import Scenario
from sim.simulation import simulate, simulate_chunks
from tests import worlds


def refused(do: Callable[[], Any]) -> InvalidInput:
    """The one InvalidInput of an input, checked to be one line that says what it must."""
    with pytest.raises(InvalidInput) as caught:
        do()
    error, line = caught.value, str(caught.value)
    assert len(line.splitlines()) == 1 and len(line) < 600, line
    assert line.startswith(f"{error.key}=") and f": allowed is {error.allowed}" in line
    assert error.key and error.allowed
    assert error.nearest is None or line.endswith(f"did you mean {error.nearest}?")
    assert error.__cause__ is None
    return error


# words as on the command line: words, key, nearest

CHART, GOALS = "organisation=standard", ("growth", "margin", "cash_flow", "market_share", "stability")


def people(**reports_to: str | None) -> str:
    """Words for a team whose people say whom they report to."""
    each = (f"{{name: {k}, motives: {{pay: 1}}, reports_to: {boss or 'null'}}}" for k, boss in reports_to.items())
    return f"team.people=[{', '.join(each)}]"


WORDS = [
    (("schem=commits",), "schem", "scheme"),
    (("teem=person_a",), "teem", "team"),
    (("scheme=comits",), "scheme", "commits"),
    (("scheme=line_of_code",), "scheme", "lines_of_code"),
    (("scenario=three_person",), "scenario", "three_persons"),
    (("team=person_d",), "team", None),
    (("choice=water",), "choice", "water_filling"),
    (("limit=A99",), "limit", None),
    (("activity@activities=standrd",), "activity", "standard"),
    (("weks=10",), "weks", "weeks"),
    (("weeeks=10",), "weeeks", "weeks"),
    (("scheme.strenght=2",), "scheme.strenght", "strength"),
    (("scheme.review.weaks=2",), "scheme.review.weaks", "weeks"),
    (("conduct.experimentaton=0",), "conduct.experimentaton", "experimentation"),
    (("scheme.nonsense.deeper=1",), "scheme.nonsense", None),
    (("weeks=abc",), "weeks", None),
    (("weeks=",), "weeks", None),
    (("weeks=0",), "weeks", None),
    (("weeks=-5",), "weeks", None),
    (("weeks=1.5",), "weeks", None),
    (("weeks=null",), "weeks", None),
    (("weeks=true",), "weeks", None),
    (("scheme.strength=much",), "scheme.strength", None),
    (("scheme.strength=nan",), "scheme.strength", None),
    (("scheme.strength=inf",), "scheme.strength", None),
    (("scheme.strength=-1",), "scheme.strength", None),
    (("scheme=",), "scheme", None),
    (("scheme=null",), None, None),
    (("team=",), "team", None),
    (("scheme=[commits]",), None, None),
    (("nothing",), None, None),
    (("=3",), None, None),
    (("weeks=[1,2",), None, None),
    (("weeks=${nowhere}",), None, None),
    (("weeks=${oc.env:NO_SUCH_VARIABLE}",), None, None),
    (("+more=1",), "more", None),
    (("~weeks",), "weeks", None),
    (("~scheme",), None, None),
    (("scheme.weights={comits: 1}",), "scheme.weights.comits", None),
    (("+scheme.weights.visiblity=1",), "scheme.weights", "visibility"),
    (("++scheme.weights={comits:1}",), "scheme.weights", "commits"),
    (("scheme.weights.comits=1",), "scheme.weights.comits", "commits"),
    (("scheme.weights.tickts=1",), "scheme.weights.tickts", "tickets"),
    (("signals.commits.loadings.delver=1",), "signals.commits.loadings.delver", "deliver"),
    (("team.people.0.motives.safty=1",), "team.people[0].motives.safty", "safety"),
    (("activity@activites=standard",), "activity@activites", "activities"),
    (("activity=standard",), "activity", "activity@activities"),
    (("signal@signals.tickets=tickts",), "signal", "tickets"),
    (("teem@team=person_a",), "group", "team"),
    (("+team@teem=person_a",), "teem", "team"),
    (("extend=nowhere",), "extend", None),
    (("signals.commits.noise.sd=1e200",), "signals.commits.noise.sd", None),
    (("choice.cost=1e-300",), "choice.cost", None),
    (("scheme.review.weeks=1" + 300 * "0",), "scheme.review.weeks", None),
    (("beliefs.rationality=perfekt",), "beliefs.rationality", "perfect"),
    (("scheme.power=eqal",), "scheme.power", "equal"),
    (("scheme.review.weeks=105",), "scheme.review.weeks", None),
    (("weeks=12",), "scheme.review.weeks", None),
    (("team.people=[]",), "team.people", None),
    (("team.size=0",), "team.size", None),
    (("choice.rivalry=1",), "choice.rivalry", None),
    (("choice.kind=water_fillin",), "choice.kind", "water_filling"),
    (("project.hard=0",), "project.hard", None),
    (("activities.deliver.habit=-0.1",), "activities.deliver.habit", None),
    (("team.people.x.name=1",), "configuration", None),
    ((CHART, "organisation.spans=null", people(A=None, B="C", C="B")), "team.people[1].reports_to", None),
    ((CHART, "organisation.spans=null", people(A=None, Bo="A", C="Bob")), "team.people[2].reports_to", "Bo"),
    ((CHART, "organisation.spans=null", people(A=None, B=None)), "team.people[1].reports_to", None),
    ((people(A=None, B="A"),), "team.people[1].reports_to", None),
    ((CHART, "organisation.spans=[2,0]"), "organisation.spans[1]", None),
    ((CHART, "organisation.managers=[]"), "organisation.managers", None),
    ((CHART, "organisation.managers=[{name: A, motives: {}}, {name: A, motives: {}}]"), "organisation.managers", None),
    ((CHART, "organisation.palette=[comits]"), "organisation.palette", "commits"),
    ((CHART, "organisation.evaluators.candour=2"), "organisation.evaluators.candour", None),
    (("interventions=[{use: teaching, start: -1}]",), "interventions[0].start", None),
    (("interventions=[{use: teaching, start: 104}]",), "interventions.teaching.start", None),
    (("interventions=[{use: teaching, weeks: 0}]",), "interventions[0].weeks", None),
    (("interventions=[teeching]",), "intervention", "teaching"),
    (("intervener.name=Zoe",), "intervener.name", None),
    (("intervener.authority=1.5",), "intervener.authority", None),
    (
        ("customers=standard", "customers.needs=[{name: a, work: 1, after: [a], of: null}]"),
        "customers.needs.a.after",
        None,
    ),
    (("goals=standard", "goals.weights={" + ", ".join(f"{g}: 0" for g in GOALS) + "}"), "goals.weights", None),
    (("remedies=al",), "remedies", "all"),
    (("scenario=bounded_week", "choice=fixed"), "choice", None),
    (("choice=fixed", "+choice.rivalry=0.3"), "choice.rivalry", None),
]


@pytest.mark.parametrize(("words", "key", "near"), WORDS, ids=[" ".join(w[0]) for w in WORDS])
def test_words_that_make_no_sense_are_refused_in_one_line(
    words: tuple[str, ...], key: str | None, near: str | None
) -> None:
    error = refused(lambda: sim.load(*words))
    assert key is None or error.key == key
    assert near is None or error.nearest == near, str(error)


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (
            ("scenario=smothered", "sponsor=none"),
            "sponsor=none: allowed is standard with scenario=smothered, which sets sponsor.expects",
        ),
        (
            ("choice=logit", "scenario=bounded_week"),
            "choice=logit: allowed is water_filling with scenario=bounded_week, which sets choice.rivalry",
        ),
    ],
)
def test_an_option_that_does_not_have_what_the_scenario_sets_is_refused_with_those_that_do(
    words: tuple[str, ...], line: str
) -> None:
    assert str(refused(lambda: sim.load(*words))) == line


# values by name: changes, key, nearest

NAN, INF = math.nan, math.inf
TOURNAMENT = {"kind": "tournament", "prize": 1.0, "winners": 1, "share": None}
CHANGES: dict[str, tuple[dict[str, Any], str, str | None]] = {
    "unknown_top": ({"weeeks": 20}, "weeeks", "weeks"),
    "unknown_branch": ({"schem.strength": 2.0}, "schem.strength", "scheme"),
    "unknown_leaf": ({"scheme.strenght": 2.0}, "scheme.strenght", "strength"),
    "unknown_step": ({"scheme.revew.weeks": 2}, "scheme.revew.weeks", "review"),
    "leaf_of_a_leaf": ({"weeks.long": 2}, "weeks.long", None),
    "unknown_review_key": ({"scheme.review.week": 2}, "scheme.review.week", "weeks"),
    "unknown_activity_key": ({"activities.deliver.wort": 2.0}, "activities.deliver.wort", "worth"),
    "unknown_activity": ({"activities.delivr.worth": 2.0}, "activities.delivr.worth", "deliver"),
    "weeks_zero": ({"weeks": 0}, "weeks", None),
    "weeks_text": ({"weeks": "ten"}, "weeks", None),
    "weeks_fraction": ({"weeks": 10.5}, "weeks", None),
    "weeks_true": ({"weeks": True}, "weeks", None),
    "weeks_none": ({"weeks": None}, "weeks", None),
    "review_longer_than_horizon": ({"weeks": 12}, "scheme.review.weeks", None),
    "nan_worth": ({"activities.deliver.worth": NAN}, "activities.deliver.worth", None),
    "infinite_loading": ({"signals.commits.loadings.deliver": INF}, "signals.commits.loadings.deliver", None),
    "nan_weight": ({"scheme.weights.commits": NAN}, "scheme.weights.commits", None),
    "nan_in_a_list": ({"choice": {"kind": "quadratic", "matrix": [[NAN]]}}, "choice.matrix[0][0]", None),
    "nan_habit": ({"team.habit_sd": NAN}, "team.habit_sd", None),
    "nan_where_nobody_looks": ({"story": {"x": NAN}}, "story.x", None),
    "nan_initial": ({"conduct.initial": {"deliver": NAN}}, "conduct.initial.deliver", None),
    "too_large_to_be_a_number": ({"activities.deliver.worth": 10**400}, "activities.deliver.worth", None),
    "text_for_number": ({"scheme.strength": "2"}, "scheme.strength", None),
    "list_for_number": ({"scheme.strength": [2]}, "scheme.strength", None),
    "none_for_number": ({"scheme.strength": None}, "scheme.strength", None),
    "true_for_number": ({"scheme.strength": True}, "scheme.strength", None),
    "number_for_text": ({"beliefs.rationality": 3}, "beliefs.rationality", None),
    "number_for_truth": ({"scheme.standardise": 1}, "scheme.standardise", None),
    "text_for_scheme": ({"scheme": "commits"}, "scheme", None),
    "none_for_scheme": ({"scheme": None}, "scheme", None),
    "none_for_team": ({"team": None}, "team", None),
    "none_for_choice": ({"choice": None}, "choice.kind", None),
    "none_for_conduct": ({"conduct": None}, "conduct", None),
    "none_for_activities": ({"activities": None}, "activities", None),
    "list_for_signals": ({"signals": []}, "signals", None),
    "text_for_motives": ({"motives": "pay"}, "motives", None),
    "number_for_project": ({"project": 3}, "project", None),
    "no_activities": ({"activities": {}}, "activities", None),
    "text_for_weights": ({"scheme.weights": "commits"}, "scheme.weights", None),
    "unknown_signal_weighed": ({"scheme.weights": {"comits": 1.0}}, "scheme.weights", "commits"),
    "unknown_signal_announced": ({"scheme.announced": {"comits": 1.0}}, "scheme.announced", "commits"),
    "unknown_activity_loaded": ({"signals.commits.loadings.delivr": 1.0}, "signals.commits.loadings", "deliver"),
    "unknown_loadings_word": ({"signals.own_worth.loadings": "wort"}, "signals.own_worth.loadings", None),
    "unknown_activity_in_motive": ({"motives.skill_up.loadings.lern": 1.0}, "motives.skill_up.loadings", "learn"),
    "unknown_signal_in_motive": (
        {"motives.safety.signal": "indispensible"},
        "motives.safety.signal",
        "indispensability",
    ),
    "unknown_activity_at_the_start": ({"conduct.initial": {"delivr": 1.0}}, "conduct.initial", "deliver"),
    "negative_effort_at_the_start": ({"conduct.initial": {"deliver": -1.0}}, "conduct.initial.deliver", None),
    "unknown_motive": ({"team.people": [{"name": "A", "motives": {"safty": 1.0}}]}, "team.people[0].motives", "safety"),
    "negative_motive": (
        {"team.people": [{"name": "A", "motives": {"pay": -1.0}}]},
        "team.people[0].motives.pay",
        None,
    ),
    "skill_zero": (
        {"team.people": [{"name": "A", "motives": {"pay": 1.0}, "skill": 0}]},
        "team.people[0].skill",
        None,
    ),
    "person_without_name": ({"team.people": [{"motives": {"pay": 1.0}}]}, "team.people[0].name", None),
    "person_without_motives": ({"team.people": [{"name": "A"}]}, "team.people[0].motives", None),
    "person_that_is_a_word": ({"team.people": ["Ada"]}, "team.people[0]", None),
    "person_with_a_typo": (
        {"team.people": [{"name": "A", "motives": {}, "skil": 1}]},
        "team.people[0].skil",
        "skill",
    ),
    "nobody": ({"team.people": []}, "team.people", None),
    "people_that_are_a_word": ({"team.people": "Ada"}, "team.people", None),
    "two_of_one_name": (
        {"team.people": [{"name": "A", "motives": {"pay": 1.0}}] * 2},
        "team.people",
        None,
    ),
    "size_zero": ({"team.size": 0}, "team.size", None),
    "size_fraction": ({"team.size": 2.5}, "team.size", None),
    "negative_spread": ({"team.skill_sd": -0.1}, "team.skill_sd", None),
    "team_typo": ({"team.sise": 3}, "team.sise", "size"),
    "no_weights": ({"scheme.weights": {}}, "scheme.weights", None),
    "weights_all_zero": ({"scheme.weights": {"commits": 0.0}}, "scheme.weights", None),
    "weights_that_cancel": (
        {"scheme.power": "equal", "scheme.weights": {"commits": 1.0, "twin": -1.0}},
        "scheme.weights",
        None,
    ),
    "unknown_kind_of_pay": ({"scheme.pay": {"kind": "piece_rat", "slope": 1.0}}, "scheme.pay.kind", "piece_rate"),
    "pay_without_kind": ({"scheme.pay": {"slope": 1.0}}, "scheme.pay.kind", None),
    "pay_that_is_a_word": ({"scheme.pay": "teem"}, "scheme.pay.kind", None),
    "pay_with_a_typo": ({"scheme.pay": {"kind": "piece_rate", "slop": 1.0}}, "scheme.pay.slop", "slope"),
    "pay_without_its_number": ({"scheme.pay": {"kind": "piece_rate"}}, "scheme.pay.slope", None),
    "layoff_of_another_kind": ({"scheme.layoff": TOURNAMENT}, "scheme.layoff.kind", None),
    "promotion_of_another_kind": ({"scheme.promotion": {"kind": "salary", "pay": 1.0}}, "scheme.promotion.kind", None),
    "prize_negative": ({"scheme.promotion": TOURNAMENT | {"prize": -1.0}}, "scheme.promotion.prize", None),
    "no_winners": ({"scheme.promotion": TOURNAMENT | {"winners": 0}}, "scheme.promotion.winners", None),
    "share_above_one": (
        {"scheme.promotion": TOURNAMENT | {"winners": None, "share": 1.5}},
        "scheme.promotion.share",
        None,
    ),
    "share_of_layoff": ({"scheme.layoff": {"kind": "layoff", "share": 0.0, "loss": 1.0}}, "scheme.layoff.share", None),
    "rivals": ({"scheme.rivals": "exactly"}, "scheme.rivals", "exact"),
    "correlation_of_wrong_size": ({"scheme.correlation": [[1.0, 0.0], [0.0, 1.0]]}, "scheme.correlation", None),
    "correlation_that_is_ragged": ({"scheme.correlation": [[1.0, 0.2], [0.2]]}, "scheme.correlation", None),
    "correlation_that_is_impossible": (
        {"scheme.weights": {"commits": 1.0, "tickets": 1.0}, "scheme.correlation": [[1.0, 1.5], [1.5, 1.0]]},
        "scheme.correlation",
        None,
    ),
    "correlation_that_is_a_covariance": (
        {"scheme.weights": {"commits": 1.0, "tickets": 1.0}, "scheme.correlation": [[4.0, 0.5], [0.5, 9.0]]},
        "scheme.correlation",
        None,
    ),
    "noise_negative": ({"signals.commits.noise.sd": -1.0}, "signals.commits.noise.sd", None),
    "noise_of_another_family": ({"signals.commits.noise.family": "cauchy"}, "signals.commits.noise.family", None),
    "a_direction_that_is_none": ({"signals.commits.label.good": "up"}, "signals.commits.label.good", None),
    "contest_without_luck": (
        {"signals.commits.noise.sd": 0.0, "scheme.attribution": 0.0},
        "scheme.promotion with noise of the score",
        None,
    ),
    "contest_too_steep": (
        {"scheme.promotion": TOURNAMENT | {"prize": 500.0}},
        "scheme.promotion with stability s",
        None,
    ),
    "quadratic_that_is_ragged": ({"choice": {"kind": "quadratic", "matrix": [[1.0, 0.0]]}}, "choice.matrix", None),
    "quadratic_of_wrong_size": (
        {"choice": {"kind": "quadratic", "matrix": [[1.0, 0.0], [0.0, 1.0]]}},
        "choice.matrix",
        None,
    ),
    "rivalry_of_one": ({"choice.rivalry": 1.0}, "choice.rivalry", None),
    "hours_turned_around": ({"choice.h_min": 1.2}, "choice.h_max", None),
    "adjustment_zero": ({"conduct.adjustment": 0.0}, "conduct.adjustment", None),
    "error_negative": ({"beliefs.error": -0.1}, "beliefs.error", None),
    "project_without_modules": ({"project.modules": 0}, "project.modules", None),
    "friction_of_one": ({"project.friction": 1.0}, "project.friction", None),
    "standardised_without_reference": ({"reference_team": None}, "reference_team", None),
    "reference_of_wrong_shape": (
        {"reference_team": {"activities": ["deliver"], "covariance": [[1.0, 0.0], [0.0, 1.0]]}},
        "reference_team.covariance",
        None,
    ),
    "reference_that_is_ragged": (
        {"reference_team": {"activities": ["deliver", "game"], "covariance": [[1.0, 0.0], [0.0]]}},
        "reference_team.covariance",
        None,
    ),
    "text_of_two_lines": ({"beliefs.rationality": "per\nfect"}, "beliefs.rationality", "perfect"),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_value_that_makes_no_sense_is_refused_in_one_line_before_anything_runs(small: Scenario, case: str) -> None:
    changes, key, near = CHANGES[case]
    twin = {k: g for k, g in small.config["signals"]["commits"].items()}
    scenario = small.with_({"signals.twin": twin})
    error = refused(lambda: rules_of(scenario.with_(changes)))
    assert error.key == key, str(error)
    assert near is None or error.nearest == near, str(error)


@pytest.mark.parametrize("key", ["weeks", "scheme", "team", "activities", "choice", "project", "reference_team"])
def test_a_part_that_is_missing_is_named(small: Scenario, key: str) -> None:
    config = {k: v for k, v in small.config.items() if k != key}
    assert refused(lambda: sim.scenario_from(config)).key == key


@pytest.mark.parametrize("value", [0, -1, 1.5, "ten", None, True, NAN])
@pytest.mark.parametrize("key", ["runs", "seed"])
def test_runs_and_seed_must_be_whole_numbers(calm: Scenario, key: str, value: Any) -> None:
    if key == "seed" and value == 0 and value is not True:
        assert len(simulate(calm, runs=1, seed=0).runs) == 1
        return
    assert refused(lambda: simulate(calm, **{"runs": 1, "seed": 1} | {key: value})).key == key
    assert refused(lambda: list(simulate_chunks(calm, **{"runs": 1, "seed": 1} | {key: value}))).key == key


def test_chunks_are_refused_when_asked_for_and_not_when_first_used(calm: Scenario) -> None:
    assert refused(lambda: simulate_chunks(calm, runs=0)).key == "runs"


def test_results_that_do_not_fit_are_refused_before_they_are_computed(calm: Scenario) -> None:
    error = refused(lambda: simulate(calm, runs=10**9))
    assert error.key == "runs" and "crosspurpose run" in error.allowed


def test_a_measure_or_number_that_does_not_exist_cannot_be_optimised(calm: Scenario) -> None:
    assert refused(lambda: best_strength(calm, "surpls")).nearest == "surplus"
    assert refused(lambda: best_strength(calm, over=("scheme.strenght",))).nearest == "strength"


def test_a_member_or_week_that_does_not_exist_is_refused(calm: Scenario) -> None:
    assert refused(lambda: TeamModel(calm, members={"Adda": sim.Member})).nearest == "Ada"
    model = TeamModel(calm)
    while model.running:
        model.step()
    assert refused(model.step).key == "week"


def test_a_contest_that_is_none_warns_and_runs() -> None:
    with pytest.warns(ModelWarning, match="brings no incentive"):
        results = worlds.run(worlds.scenario("scheme=commits", team__size=1, scheme__layoff=None, weeks=13), [0])
    assert len(results.weekly) == 13


def test_undamped_play_that_may_oscillate_warns_and_a_contest_without_equilibrium_is_refused() -> None:
    def scenario(prize: float) -> Scenario:
        rule = {"kind": "tournament", "prize": prize, "winners": 1, "share": None}
        changes = {"conduct__adjustment": 1.0, "scheme__layoff": None, "scheme__promotion": rule}
        return worlds.scenario("scheme=commits", **changes)

    per_prize = stability(rules_of(scenario(1e-9)), 1.0, 1)
    rules_of(scenario(0.45 / per_prize))
    with pytest.warns(ModelWarning, match="may oscillate"):
        rules_of(scenario(0.75 / per_prize))
    assert refused(lambda: rules_of(scenario(1.01 / per_prize))).key == "scheme.promotion with stability s"


def test_an_attribute_that_sim_does_not_have_is_an_ordinary_error() -> None:
    with pytest.raises(AttributeError, match="simulat"):
        _ = sim.simulat
