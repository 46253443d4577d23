"""Lint: each rule by hand on a small scheme, what ships and its known flaws, and silence where nothing is wrong."""

from __future__ import annotations

import math
import re
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.cli import main
from experiments.lint import Finding, findings
from experiments.lint.look import looks
from experiments.lint.rules import _same_grade, wrongly_named
from sim.draws import lognormal
from sim.loading import read
from sim.scenario import Scenario
from tests import worlds
from tests.tolerances import ERRORS, ROUNDING

TRUE = {"deliver": 1.0, "maintain": 0.8, "share": 0.6, "learn": 0.3, "showcase": 0.2}
CLEAR: dict[str, Any] = {"signals__own_worth__noise__sd": 0.0, "scheme__attribution": 0.0}
BANDS = [{"share": 0.9, "reward": 0.1}, {"share": 0.1, "reward": 0.0}]
GRADES = {"kind": "rating", "levels": 5, "centre": 0.7, "width": 0.5, "slope": 0.12, "calibrated": False}
SACK = {"kind": "layoff", "share": 0.1, "loss": 1.0}
AUDIT = {"probability": 0.1, "false_positive": 0.02, "false_negative": 0.2, "sensitivity": 0.1, "penalty": 0.45}
RULES = ("unmeasured", "cheap", "cliff", "narrow_grades", "quota", "toothless_audit", "falls", "noise", "off_course")


def small(loadings: dict[str, float], **changes: Any) -> Scenario:
    """A number that is counted without noise, and nothing else."""
    told = {"signals__commits__loadings": loadings, "signals__commits__noise__sd": 0.0, "scheme__attribution": 0.0}
    return worlds.scenario("scheme=commits", **(told | changes))


def true(**changes: Any) -> Scenario:
    """What people truly add, seen without noise."""
    return worlds.scenario("scheme=own_worth", **(CLEAR | changes))


def of(rule: str, scenario: Scenario) -> list[Finding]:
    return [f for f in findings(scenario) if f.rule == rule]


FLAWS = [
    ("commits", "cheap", "inflating commits"),
    ("pull_requests", "cheap", "inflating pull requests"),
    ("tickets", "cheap", "inflating tickets closed"),
    ("velocity", "cheap", "inflating velocity"),
    ("dora", "cheap", "inflating deployments"),
    ("hours", "cheap", "showing off (as many), chasing fashionable technology (as many)"),
    ("headcount", "cheap", "making oneself irreplaceable"),
    ("lines_of_code", "falls", "“Lines of code” falls when time goes into looking after the system"),
    ("lines_of_code", "cheap", "inflating lines of code"),
    ("impressive", "cheap", "showing off brings 4"),
    ("indispensable", "falls", "sharing knowledge"),
    ("promotion_committee", "cheap", "showing off"),
    ("stack_ranking", "quota", "(1 − 1/9)^9 = 35%"),
    ("stack_ranking", "cliff", "whole job"),
    ("manager_rating", "narrow_grades", "another grade"),
    ("no_ratings", "noise", "luck and raters"),
    ("team_outcome", "team_number", "1/9"),
]  # scheme, rule, and what is said


@cache
def shipped(scheme: str) -> tuple[Finding, ...]:
    return tuple(findings(worlds.scenario(f"scheme={scheme}", scheme__power="equal")))


# ---------------------------------------------------------------- each rule by hand


def test_a_number_that_shows_all_good_work_by_its_worth_is_not_found_fault_with() -> None:
    assert findings(small(TRUE)) == []


def test_work_that_is_not_counted_is_found_with_its_part_of_a_healthy_week() -> None:
    week = {"deliver": 0.46, "maintain": 0.8 * 0.24, "share": 0.6 * 0.1, "learn": 0.3 * 0.06, "showcase": 0.2 * 0.06}
    (found,) = of("unmeasured", small(TRUE | {"maintain": 0.0}))
    assert found.severity == "serious" and found.says.startswith("Looking after the system brings no score")
    assert f"{0.8 * 0.24 / sum(week.values()):.0%}" in found.says
    assert "reliability" in found.try_


@pytest.mark.parametrize(("counts", "severities"), [(0.16, []), (0.14, ["worth a look"]), (-0.1, ["serious"])])
def test_work_that_is_hardly_counted_is_worth_a_look_and_what_lowers_the_score_is_serious(
    counts: float, severities: list[str]
) -> None:
    found = of("unmeasured", small(TRUE | {"share": counts}))  # a quarter of its worth is 0.15
    assert [f.severity for f in found] == severities


def test_work_of_which_a_healthy_week_holds_next_to_nothing_may_go_unseen() -> None:
    assert of("unmeasured", small(TRUE | {"learn": 0.0, "showcase": 0.0})) == []


@pytest.mark.parametrize(("points", "found"), [(0.99, False), (1.01, True)])
def test_a_bad_way_to_score_is_found_as_soon_as_it_brings_as_much_as_the_best_good_work(
    points: float, found: bool
) -> None:
    assert bool(of("cheap", small(TRUE | {"chase": points}))) is found


def test_a_cheap_way_is_named_with_how_much_more_it_brings() -> None:
    (found,) = of("cheap", small(TRUE | {"fortify": 2.5}))
    assert "making oneself irreplaceable brings 2.5 times as many points as one of core work" in found.says
    assert "less than nothing" in found.says and found.severity == "serious"


def test_work_that_brings_more_points_and_is_worth_as_much_a_point_is_no_cheap_way() -> None:
    assert of("cheap", small(TRUE | {"learn": 1.1})) != []  # 0.3 for 1.1 points
    assert of("cheap", small(TRUE | {"share": 1.5})) == []  # good work itself


def test_gaming_counts_with_all_its_craft_less_its_scruples() -> None:
    number = TRUE | {"game": 0.52}
    (found,) = of("cheap", small(number, craft__scruples=0.0))
    assert "brings 1.3 times as many" in found.says and "commits" in found.says  # 2.5 · 0.52
    assert of("cheap", small(number, craft__ceiling=1.9, craft__scruples=0.0)) == []
    assert of("cheap", small(number, craft__scruples=10.0)) == []
    assert of("cheap", small(TRUE | {"game": 3.0}, craft__scruples=100.0)) == []


def test_where_no_good_work_scores_it_is_said_once() -> None:
    scenario = small({"chase": 1.0})
    assert len(of("unmeasured", scenario)) == 1
    assert "brings points, and no good work does" in of("cheap", scenario)[0].says


def test_a_bonus_at_a_threshold_is_a_cliff_and_many_grades_are_none() -> None:
    bonus = {"kind": "bonus_at_threshold", "bonus": 0.3, "threshold": 0.6}
    (found,) = of("cliff", small(TRUE, scheme__pay=bonus))
    assert found.severity == "serious" and "about all of the pay" in found.says
    assert of("cliff", worlds.scenario("scheme=commits", scheme__pay=GRADES)) == []
    pass_or_fail = GRADES | {"levels": 2}
    assert of("cliff", worlds.scenario("scheme=commits", scheme__pay=pass_or_fail)) != []


def test_a_prize_for_the_first_is_a_cliff_and_a_price_per_point_is_none() -> None:
    one = {"kind": "tournament", "prize": 0.3, "winners": 1, "share": None}
    assert "first places" in of("cliff", small(TRUE, scheme__pay=one))[0].says
    assert of("cliff", small(TRUE, scheme__pay={"kind": "piece_rate", "slope": 3.0})) == []


def test_what_the_team_has_anyway_is_not_the_schemes_fault() -> None:
    assert of("cliff", true(team__layoff=SACK)) == of("quota", true(team__layoff=SACK)) == []
    own = true(scheme__layoff=SACK)
    assert [f.severity for f in of("cliff", own)] == ["serious"] and of("quota", own)


@pytest.mark.parametrize(("members", "percent"), [(5, "33%"), (7, "34%"), (9, "35%"), (12, "35%")])
def test_a_quota_on_a_small_team_names_people_who_are_not_low(members: int, percent: str) -> None:
    found = of("quota", true(scheme__pay={"kind": "ranking", "bands": BANDS}, team__size=members))
    assert f"(1 − 1/{members})^{members} = {percent}" in found[0].says


def test_a_quota_over_many_people_is_not_found_fault_with() -> None:
    assert of("quota", true(scheme__layoff=SACK, team__size=200)) == []


@pytest.mark.parametrize(("low", "members"), [(1, 7), (2, 20), (5, 50)])
def test_who_is_wrongly_named_under_a_quota_is_as_often_as_when_it_is_tried(low: int, members: int) -> None:
    truth = np.sort(np.random.default_rng(1).random((8000, members)), axis=1)
    tried = (truth[:, :low] > low / members).mean(axis=1)
    assert abs(tried.mean() - wrongly_named(low, members)) < ERRORS * tried.std() / math.sqrt(len(tried))


@pytest.mark.parametrize("sd", [0.1, 0.5, 2.0])
def test_grades_differ_at_a_second_look_as_often_as_when_it_is_tried(sd: float) -> None:
    rng = np.random.default_rng(2)
    work, looked = rng.random(40_000), sd * rng.standard_normal((2, 40_000))
    same = (np.floor(work + looked[0]) == np.floor(work + looked[1])).mean()
    assert abs(same - _same_grade(1.0, sd)) < ERRORS * math.sqrt(0.25 / 40_000)


def test_grades_narrower_than_luck_are_found_and_wide_ones_are_not() -> None:
    assert of("narrow_grades", worlds.scenario("scheme=commits", scheme__pay=GRADES | {"width": 0.3}))
    assert not of("narrow_grades", worlds.scenario("scheme=commits", scheme__pay=GRADES | {"width": 3.0}))


def test_an_audit_is_found_toothless_exactly_where_gaming_outweighs_its_penalty() -> None:
    """By hand: β = 0.2, game 2.5 · 0.8 = 2 points against 1; found for sure, at once: 0.2·g against penalty."""
    sure = AUDIT | {"probability": 1.0, "false_positive": 0.0, "false_negative": 0.0, "sensitivity": 0.001}
    alone: dict[str, Any] = {"scheme__promotion": None, "scheme__layoff": None, "craft__scruples": 0.0}
    sized = {"scheme__standardise": False}
    for penalty, severities in ((0.21, []), (0.19, ["worth a look"]), (0.0, ["serious"])):
        audited = small(TRUE | {"game": 0.8}, scheme__audit=sure | {"penalty": penalty}, **alone, **sized)
        assert [f.severity for f in of("toothless_audit", audited)] == severities, penalty
    (found,) = of(
        "toothless_audit", small(TRUE | {"game": 0.8}, scheme__audit=sure | {"penalty": 0.1}, **alone, **sized)
    )
    assert "from 21 hours a week on" in found.says and "2.0 times the penalty" in found.says


def test_no_audit_is_no_toothless_one_and_where_gaming_brings_nothing_none_is() -> None:
    assert of("toothless_audit", small(TRUE | {"game": 2.0})) == []
    assert of("toothless_audit", small(TRUE, scheme__audit=AUDIT)) == []


def test_a_number_that_falls_when_the_system_is_looked_after_is_found_and_a_trifle_is_not() -> None:
    (found,) = of("falls", small(TRUE | {"maintain": -0.3}))
    assert "“Commits” falls when time goes into looking after the system" in found.says
    assert of("falls", small(TRUE | {"maintain": -0.1})) == []


def test_a_number_that_counts_against_people_and_rises_with_good_work_falls_in_the_score() -> None:
    both = {"commits": 1.0, "hours": -2.0}
    found = of("falls", worlds.scenario("scheme=commits", scheme__weights=both))
    assert any("hours at work” rises, which counts against people" in f.says.lower() for f in found)


def test_how_much_of_a_score_is_people_is_what_drawn_people_show() -> None:
    (look,) = looks(worlds.scenario("scheme=commits", team__skill_sd=0.5, team__habit_sd=0.4))
    z = np.random.default_rng(3).standard_normal((len(look.habit) + 1, 200_000))
    score = lognormal(z[0], 0.5) * (look.apart * look.habit @ lognormal(z[1:], 0.4))
    assert look.people == pytest.approx(score.var(), rel=0.05)


def test_given_skills_are_part_of_what_sets_people_apart() -> None:
    people = [{"name": n, "motives": {"pay": 1.0}, "skill": s} for n, s in (("Ada", 0.5), ("Ben", 1.5))]
    calm = {"team__people": people, "team__habit_sd": 0.0, "scheme__promotion": None, "scheme__layoff": None}
    (look,) = looks(small(TRUE, **calm))
    assert look.people == pytest.approx(0.25 * look.usual**2, rel=1e-9)


def test_where_people_are_alike_all_of_a_score_is_luck() -> None:
    (found,) = of("noise", worlds.scenario("scheme=commits", team__skill_sd=0.0, team__habit_sd=0.0))
    assert found.says.startswith("Nearly all of what sets two scores")


@pytest.mark.parametrize(("luck", "words"), [(2.0, "Two thirds"), (4.0, "Four fifths")])
def test_luck_is_told_in_words(luck: float, words: str) -> None:
    """Luck is so much of the variance of people."""
    (look,) = looks(small(TRUE, scheme__standardise=False))
    weekly = math.sqrt(13 * luck * look.people)
    (found,) = of("noise", small(TRUE, scheme__standardise=False, signals__commits__noise__sd=weekly))
    assert found.says.startswith(words)


def test_the_angle_between_score_and_worth_is_that_of_the_two() -> None:
    f = (1.0, 0.8, 0.6, 0.3, 0.2, -0.2, -0.4, -0.1)
    (found,) = of("off_course", small({"showcase": 1.0}))
    assert f"{math.degrees(math.acos(0.2 / math.hypot(*f))):.0f}°" in found.says and found.severity == "serious"


def test_a_number_of_the_team_is_noted_as_one_that_sets_nobody_apart() -> None:
    (found,) = of("team_number", small(TRUE, signals__commits__shared=True, team__size=7))
    assert found.severity == "note" and "1/7" in found.says and "free riding" in found.says
    assert of("noise", small(TRUE, signals__commits__shared=True, signals__commits__noise__sd=5.0)) == []


def test_where_nothing_hangs_on_a_score_nothing_is_wrong_with_it() -> None:
    nothing = {"scheme__promotion": None, "scheme__layoff": None, "scheme__pay": None}
    assert findings(worlds.scenario("scheme=lines_of_code", **nothing)) == []
    assert findings(worlds.scenario("scheme=lines_of_code", scheme__strength=0.0)) == []


# ---------------------------------------------------------------- what ships


@pytest.mark.parametrize(("scheme", "rule", "says"), FLAWS)
def test_every_ready_made_scheme_is_found_with_the_flaw_it_is_known_for(scheme: str, rule: str, says: str) -> None:
    assert any(f.rule == rule and says in f.says for f in shipped(scheme)), shipped(scheme)


def test_who_counts_people_managed_is_told_of_empires_where_there_are_people_to_manage() -> None:
    whole = read("organisation", "standard")
    with_bosses = findings(worlds.scenario("scheme=headcount", organisation=whole))
    assert any("building an empire (open to those who lead) brings" in f.says for f in with_bosses)
    assert not any("empire" in f.says for f in shipped("headcount"))


def test_an_audit_that_ships_does_not_outweigh_gaming() -> None:
    assert of("toothless_audit", worlds.scenario("scheme=commits", scheme__audit=AUDIT)) != []


@pytest.mark.parametrize("team", ["three_persons", "person_a", "person_b", "person_c"])
def test_nothing_is_wrong_with_true_worth_seen_without_noise_whoever_is_on_the_team(team: str) -> None:
    base = true(team__people=read("team", team)["people"])
    for size in range(3, 13):
        power = "equal" if size % 2 else "as_given"
        assert findings(base.with_({"team.size": size, "scheme.power": power})) == []


@pytest.mark.parametrize("part", ["organisation", "good_intent", "project", "goals"])
def test_nor_in_an_organisation_nor_where_intent_is_bad_nor_without_a_project(part: str) -> None:
    other = {"good_intent": False, "project": None}
    assert findings(true(**{part: other[part] if part in other else read(part, "standard")})) == []


def each_scheme() -> list[Any]:
    """Every scheme; in `make test` those whose flaws are named above."""
    named = {scheme for scheme, *_ in FLAWS}
    return [pytest.param(s, marks=() if s in named else pytest.mark.soak) for s in worlds.SCHEMES]


@pytest.mark.parametrize("scheme", each_scheme())
def test_findings_are_in_plain_words_and_in_order(scheme: str) -> None:
    found = shipped(scheme)
    order = [("serious", "worth a look", "note").index(f.severity) for f in found]
    assert order == sorted(order)
    for each in found:
        text = f"{each.says} {each.try_}"
        assert not re.search(r"_|nan|inf\b|\b(deliver|maintain|showcase|chase|fortify|own_worth)\b", text), text
        assert each.says.endswith(".") and each.try_.endswith(".") and each.rule in (*RULES, "team_number")


def test_each_role_with_a_number_of_its_own_is_looked_at_by_itself() -> None:
    found = findings(worlds.scenario("scenario=devops", "scheme=devops_siloed"))
    of_dev = [f for f in found if f.says.startswith("Of those who are “dev”: ")]
    of_ops = [f for f in found if f.says.startswith("Of those who are “ops”: ")]
    assert any(f.rule == "cheap" for f in of_dev) and not any(f.rule == "cheap" for f in of_ops)
    assert any(f.rule == "team_number" for f in of_ops) and not any(f.rule == "team_number" for f in of_dev)


def test_what_a_scheme_becomes_later_is_looked_at_too() -> None:
    changes = [{"week": 26, "set": {"weights": {"lines_of_code": 1.0}}}]
    found = findings(worlds.scenario("scheme=own_worth", **(CLEAR | {"scheme__changes": changes})))
    assert found and all(f.says.startswith("From week 26 on: ") for f in found)


# ---------------------------------------------------------------- properties


@settings(max_examples=15, deadline=None)
@given(st.floats(0.01, 3.0), st.floats(1.0, 20.0), st.sampled_from(["attribution", "rater", "signal"]))
def test_more_noise_never_takes_away_the_finding_that_noise_drowns_people(
    start: float, factor: float, which: str
) -> None:
    key = "signals.commits.noise.sd" if which == "signal" else f"scheme.{which}"
    base = worlds.scenario("scheme=commits", scheme__attribution=0.1)
    if of("noise", base.with_({key: start})):
        assert of("noise", base.with_({key: factor * start}))


@settings(max_examples=15, deadline=None)
@given(st.floats(1e-4, 1e4))
def test_on_true_worth_the_size_of_the_weights_changes_no_finding(factor: float) -> None:
    base = worlds.scenario("scheme=own_worth")
    assert findings(base.with_({"scheme.weights": {"own_worth": factor}})) == findings(base) != []


def test_the_unit_of_a_number_changes_no_finding() -> None:
    base = worlds.scenario("scheme=tickets")
    signal = base.config["signals"]["tickets"]
    scaled = {k: 1000 * g for k, g in signal["loadings"].items()}
    other = base.with_({"signals.tickets": {**signal, "loadings": scaled, "noise": {**signal["noise"], "sd": 1000.0}}})
    assert findings(other) == findings(base)


def test_a_number_that_saturates_counts_for_less_where_it_is_nearly_full() -> None:
    (free,) = looks(small(TRUE))
    (full,) = looks(small(TRUE, signals__commits__saturation=0.5))
    assert full.score == pytest.approx(full.steep[0] * free.score, rel=ROUNDING) and full.steep[0] < 0.5


# ---------------------------------------------------------------- the command


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_command_prints_a_table_for_each_scheme_and_writes_nothing(
    empty: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        main(["lint", "schemes=[lines_of_code,own_worth]", "signals.own_worth.noise.sd=0", "scheme.attribution=0"]) == 0
    )
    said = capsys.readouterr().out
    assert said.index("paid by lines of code (lines_of_code)") < said.index("(own_worth)\nNothing found.")
    assert "serious" in said and not list(empty.iterdir())


def test_a_scheme_and_signal_of_ones_own_are_looked_at_like_any_other(
    empty: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for group, text in (
        (
            "signal",
            "label: {plain: cups of coffee, neutral: cups, sentence: Cups., good: neither}\nloadings: {chase: 1}\n",
        ),
        ("scheme", "label: {plain: by coffee, neutral: cups, sentence: Cups., good: neither}\nweights: {coffee: 1}\n"),
    ):
        (empty / "configs" / group).mkdir(parents=True)
        (empty / "configs" / group / "coffee.yaml").write_text(text)
    assert main(["lint", "scheme=coffee"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "by coffee (coffee)" in said and "serious" in said


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["schemes=[comits]"], "did you mean commits"),
        (["schemes=[]"], "at least one"),
        (["schemes=[commits,commits]"], "once"),
        (["scheme=commits", "schemes=[tickets]"], "left out"),
        (["power=equl"], "did you mean equal"),
    ],
)
def test_a_bad_word_gets_one_line(words: list[str], says: str, empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", *words]) == 2
    said = capsys.readouterr()
    assert not said.out and len(said.err.splitlines()) == 1 and says in said.err
