"""Why a member did what it did: the parts of a decision are those of the run, and add up."""

from __future__ import annotations

import re
import textwrap
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from experiments.explain import Explanation, explanation, main, story, tables, week_to_explain
from experiments.explain.decision import moved
from experiments.plots import style
from experiments.plots.explain import draw
from experiments.quantity import filled
from experiments.tables import as_text
from sim.errors import InvalidInput
from sim.loading import compose
from sim.results import misperceived
from sim.rules import rules_of
from tests import worlds

SECRET = {"beliefs__folklore": {"visibility": 1.0}, "beliefs__sees_through": 0.0}


def explained(
    scheme: str = "commits", week: int = 12, member: str = "Ada", weeks: int = 26, **changes: Any
) -> Explanation:
    scenario = worlds.scenario(f"scheme={scheme}", weeks=weeks, **changes)
    return explanation(scenario, 3, 1, member, week)


@pytest.mark.parametrize("member", ["Ada", "Bea", "Ida"])
def test_the_effort_explained_is_that_of_the_run_to_the_bit(small: sim.Scenario, member: str) -> None:
    run = sim.simulate(small, runs=3, seed=3, members=True, aligned=False).members
    for week in (0, 7, 25):
        found = explanation(small, 3, 2, member, week)
        row = run.loc[(2, week, member)]
        assert found.effort.tolist() == [row[f"effort_{k}"] for k in found.activities]
        assert found.m.tolist() == [row[f"m_{k}"] for k in found.activities]
        if week:
            before = run.loc[(2, week - 1, member)]
            stayed = not run.loc[(2, week - 1, member)]["gone"]
            assert stayed == (found.last.tolist() == [before[f"effort_{k}"] for k in found.activities])


def test_an_agent_gives_the_same_reasons(small: sim.Scenario) -> None:
    model = sim.TeamModel(small, seed=3, run=1)
    for _ in range(10):
        model.step()
    agent = next(a for a in model.agents if a.name == "Cleo")
    why, found = agent.why(), explanation(small, 3, 1, "Cleo", 9)
    assert found.motives == tuple(c for c in why.columns if c not in ("m", "effort"))
    assert why[list(found.motives)].to_numpy().T.tolist() == found.terms.tolist()
    assert why["m"].tolist() == found.m.tolist()
    assert why["effort"].tolist() == found.effort.tolist()


def test_motives_add_up_to_the_marginal_reward() -> None:
    found = explained()
    assert found.terms.sum(axis=0) == pytest.approx(found.m, abs=1e-15)
    assert [found.motives[c] for c in found.held] == ["intrinsic", "pay", "safety"]


def test_effort_goes_the_stated_share_of_the_way() -> None:
    found = explained()
    assert found.effort == pytest.approx(found.last + found.adjustment * (found.wanted - found.last), abs=1e-15)


@pytest.mark.parametrize("scheme", ["commits", "team_outcome", "balanced_scorecard", "stack_ranking"])
def test_who_sees_truly_would_do_the_same_under_true_beliefs(scheme: str) -> None:
    found = explained(scheme, beliefs__rationality="perfect")
    assert found.believed.tolist() == found.truth.tolist()
    assert found.effort.tolist() == found.effort_true.tolist()
    assert found.wanted.tolist() == found.wanted_true.tolist()


def test_true_beliefs_stay_true_where_signals_saturate_and_lag() -> None:
    changes = {"signals__commits__saturation": 3.0, "signals__commits__lag": 2, "scheme__review__patience": 0.98}
    found = explained(beliefs__rationality="perfect", **changes)
    assert found.effort.tolist() == found.effort_true.tolist()
    wrong = explained(beliefs__rationality="fixed_error", **changes)
    assert wrong.effort.tolist() != wrong.effort_true.tolist()


def test_the_truth_is_what_counts_times_what_effort_shows(small: sim.Scenario) -> None:
    found = explanation(small, 3, 1, "Egon", 11)
    week = worlds.lived(rules_of(small), runs=(1,), seed=3)[11]
    true = week.rules.counts * week.known.shows[:, 0, week.rules.names.index("Egon")]
    assert found.truth == pytest.approx(true, rel=1e-15)
    assert misperceived(week)[0][0] > 0
    assert found.believed.tolist() != found.truth.tolist()


def test_wrong_beliefs_cost_a_different_week() -> None:
    found = explained(beliefs__rationality="fixed_error", beliefs__error=1.0)
    assert moved(found.wanted_true - found.wanted) > 0.01
    assert moved(found.effort_true - found.effort) == pytest.approx(0.3 * moved(found.wanted_true - found.wanted))


def test_a_secret_scheme_is_misread_and_seen_truly_it_is_not() -> None:
    secret, told = explained(scheme__secret=True, **SECRET), explained()
    assert np.argmax(secret.believed) == secret.activities.index("showcase")
    honest = [k != "game" for k in told.activities]  # what gaming shows depends on how it has been practised
    assert secret.truth[honest] == pytest.approx(told.truth[honest])


def test_turned_to_the_business_members_want_as_much_but_what_is_worth_most() -> None:
    found = explained("impressive", member="Bea")
    gain = found.worth
    assert gain @ found.wanted_aligned > gain @ found.wanted
    aligned_week = explained("own_worth", beliefs__rationality="perfect", member="Bea")
    assert moved(aligned_week.wanted_aligned - aligned_week.wanted) < moved(found.wanted_aligned - found.wanted)


def test_without_its_strongest_motive_the_week_moves_most() -> None:
    found = explained("indispensable")
    most = int(np.argmax(found.moved))
    lacking = worlds.scenario("scheme=indispensable", weeks=26).with_({"weeks": 26})
    people = [dict(p) for p in lacking.config["team"]["people"]]
    people[0] = {**people[0], "motives": {k: v for k, v in people[0]["motives"].items() if k != found.motives[most]}}
    first = explanation(lacking.with_({"team.people": people}), 3, 1, "Ada", 0)
    whole = explanation(lacking, 3, 1, "Ada", 0)
    assert moved(whole.wanted - first.wanted) == pytest.approx(whole.moved[most])


def test_a_scheme_that_is_only_measured_moves_nobody() -> None:
    found = explained(onset=13)
    assert not found.counts and found.effort.tolist() == found.effort_true.tolist()
    assert not found.terms[found.motives.index("pay")].any()
    assert "only measured" in " ".join(story(found))
    assert explained(onset=13, week=13).counts


def test_where_nothing_is_scored_there_is_nothing_to_misjudge() -> None:
    found = explained("none")
    assert not found.scored and not found.truth.any()
    assert "Nothing adds to a score" in " ".join(story(found))


def test_a_score_of_the_team_sets_nobody_apart() -> None:
    found = explained("team_outcome")
    assert found.tied and not found.terms[found.motives.index("promotion")].any()
    assert "sets nobody apart" in " ".join(story(found))


def test_who_answers_nothing_has_no_reasons() -> None:
    found = explained(choice={"kind": "fixed"})
    assert not found.answers and found.effort.tolist() == found.effort_aligned.tolist()
    assert not found.moved.any()
    assert "Fixed, does not answer" in " ".join(story(found))


def test_a_script_is_followed_at_once() -> None:
    script = ({"deliver": 0.4, "learn": 0.6},)
    found = explanation(
        worlds.scenario(
            "scheme=commits", weeks=26, choice={"kind": "scripted", "weeks": list(script), "members": None}
        ),
        3,
        1,
        "Ada",
        5,
    )
    assert found.literal and found.effort.tolist() == found.wanted.tolist() == found.effort_true.tolist()
    assert "what is written down" in " ".join(story(found))


def test_at_depth_0_the_first_week_goes_on_and_deeper_it_is_explained() -> None:
    for level in (0, 1, 2):
        scenario = worlds.scenario(
            "scheme=stack_ranking", weeks=13, beliefs__depth={"level": level, "mean": None, "highest": 4}
        )
        found = explanation(scenario, 3, 1, "Bea", 8)
        assert found.reasons == (level > 0)
        row = sim.simulate(scenario, runs=2, seed=3, members=True, aligned=False).members.loc[(1, 8, "Bea")]
        assert found.effort.tolist() == [row[f"effort_{k}"] for k in found.activities]
        assert ("depth 0" in " ".join(story(found))) == (level == 0)
    mixed = worlds.scenario("scheme=stack_ranking", weeks=13, beliefs__depth={"level": None, "mean": 1.5, "highest": 4})
    perfect = mixed.with_({"beliefs.rationality": "perfect"})
    assert {explanation(mixed, 3, 1, p.name, 8).reasons for p in mixed.team.seats} == {True, False}
    for person in perfect.team.seats:
        found = explanation(perfect, 3, 1, person.name, 8)
        assert found.effort.tolist() == found.effort_true.tolist()


def test_chance_is_told_apart() -> None:
    found = explained()
    assert moved(found.effort - found.untried) > 0
    calm = explained(conduct__experimentation=0.0)
    assert calm.effort.tolist() == calm.untried.tolist() and not calm.tried.any()
    assert "took no part" in " ".join(story(calm))


def test_a_change_that_is_not_worth_the_trouble_is_not_made() -> None:
    found = explained(conduct__status_quo=5.0, conduct__initial={"deliver": 1.0})
    assert found.effort.tolist() == found.last.tolist()
    assert "not worth the trouble" in " ".join(story(found))


def test_a_newcomer_is_told_from_whom_the_seat_had_before() -> None:
    scenario = worlds.scenario("scheme=commits", weeks=26)
    gone = sim.simulate(scenario, runs=30, seed=3, members=True, aligned=False).members["gone"]
    leavers = gone[gone > 0]
    assert len(leavers)
    number, week, member = next(where for where in leavers.index if where[1] < 25)
    later = week + 1
    found = explanation(scenario, 3, number, member, later)
    assert found.since == later and "somebody else's since" in " ".join(story(found))
    assert explanation(scenario, 3, number, member, week).since != later


STORIES: dict[str, dict[str, Any]] = {
    "commits": {},
    "impressive": {"member": "Egon"},
    "none": {"member": "Finn"},
    "team_outcome": {},
    "peer_review": {"week": 0},
    "tickets": {"choice": {"kind": "fixed"}},
    "hours": {"choice": {"kind": "logit", "sharpness": 4.0, "size": 1.0, "sampled": True}},
    "own_worth": {"conduct__adjustment": 1.0, "beliefs__rationality": "perfect"},
}


@pytest.mark.parametrize("scheme", STORIES)
def test_a_story_has_four_to_eight_sentences_in_plain_words(scheme: str) -> None:
    found = explained(scheme, **STORIES[scheme])
    lines = story(found)
    assert 4 <= len(lines) <= 8
    for line in lines:
        assert line.endswith(".") and "nan" not in line and "-0" not in line and "None" not in line
        assert not any(f" {k} " in line for k in ("deliver", "maintain", "fortify", "game", "pay", "skill_up"))
    assert max(map(len, filled(lines, 80).splitlines())) <= 80
    everything = replace(found, weight=np.ones(len(found.motives)), objection=np.ones(len(found.activities)))
    wide, narrow = (as_text(tables(everything), width) for width in (200, 80))
    assert re.findall(r"-?\d+\.\d+", narrow) == re.findall(r"-?\d+\.\d+", wide)  # nothing is cut off


def test_activities_of_one_label_are_told_apart_by_their_names() -> None:
    scenario = sim.load("limit=C1")
    found = explanation(scenario, 1, 0, "worker", scenario.weeks - 1)
    assert [found.called(k) for k in (0, 1)] == ["a task (task_1)", "a task (task_2)"]


def test_no_number_is_parted_from_its_sign() -> None:
    assert filled(["x" * 76 + " 12 %"], 80) == "x" * 76 + "\n12 %"
    assert textwrap.fill("x" * 74 + " 12 %", 80).endswith("%")


def test_the_week_explained_unless_one_is_named_ends_a_review_in_the_second_half() -> None:
    assert week_to_explain(worlds.scenario("scheme=commits")) == 64
    assert week_to_explain(worlds.scenario("scheme=commits", weeks=26)) == 25
    assert week_to_explain(worlds.scenario("scheme=commits", weeks=104, onset=60)) == 72
    assert week_to_explain(worlds.scenario("scheme=commits", weeks=20)) == 12
    begun = "interventions=[{use: teaching, start: 3}]"  # an intervention moves no review
    assert week_to_explain(worlds.scenario("scheme=commits", begun, weeks=13)) == 12


@pytest.fixture(scope="module")
def composed() -> dict[str, Any]:
    """The verb's configuration of a short run."""
    return compose("explain", ["weeks=26"])


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"member": "Adda"}, "did you mean Ada"),
        ({"week": 26}, "a whole number from 0 to 25"),
        ({"week": -1}, "a whole number from 0 to 25"),
        ({"week": 3.5}, "a whole number"),
        ({"week": True}, "a whole number"),
        ({"run": -1}, "run=-1: allowed is a whole number, at least 0"),
        ({"run": "x"}, "a whole number"),
        ({"seed": -1}, "at least 0"),
        ({"out": ""}, "a folder"),
    ],
    ids=str,
)
def test_bad_input_is_refused_in_one_line_and_nothing_is_written(
    given: dict[str, Any], says: str, composed: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    config = {**composed, **given}
    with pytest.raises(InvalidInput, match=says):
        main(config, overrides=[], choice={"scenario": "three_persons"}, command="crosspurpose explain")
    assert not list(tmp_path.rglob("*"))


def test_the_verb_prints_the_story_and_writes_numbers_words_and_a_picture(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = compose("explain", ["weeks=26", "member=Hugo", f"out={tmp_path / 'A'}"])
    assert main(config, overrides=[], choice={"scenario": "three_persons"}, command="crosspurpose explain") == 0
    said = capsys.readouterr().out
    text = (tmp_path / "A" / "explain.txt").read_text(encoding="utf-8")
    assert "In week 25 Hugo (paid by commits)" in said and "In week 25 Hugo" in text
    assert max(map(len, text.splitlines())) <= 80
    table = pd.read_csv(tmp_path / "A" / "explain.csv")
    found = explanation(sim.load("weeks=26"), 1, 0, "Hugo", 25)
    pd.testing.assert_frame_equal(table, found.table(), check_exact=True)
    assert (tmp_path / "A" / "explain.png").read_bytes().startswith(b"\x89PNG")


def test_no_words_of_the_picture_leave_the_page_and_type_is_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from matplotlib.figure import Figure
    from matplotlib.text import Text

    drawn: list[Figure] = []
    monkeypatch.setattr(style, "save", lambda figure, path: drawn.append(figure))
    one = explained()
    few = explained("none", member="Finn")
    long = replace(
        one, member="Somebody of a long name", labels={k: f"{v} $ and other things" for k, v in one.labels.items()}
    )
    everything = replace(one, weight=np.ones(len(one.motives)), terms=np.ones(one.terms.shape))
    for found in (one, few, long, everything):
        draw(tmp_path / "explain.png", found)
    for figure in drawn:
        box, (width, height) = figure.get_tightbbox(), figure.get_size_inches()
        assert box.x0 >= 0 and box.x1 <= width and box.y0 >= 0 and box.y1 <= height
        assert min(t.get_size() for t in figure.findobj(Text) if t.get_text()) >= 14


def test_a_week_that_was_given_is_no_decision() -> None:
    base = sim.load("scheme=commits", "weeks=13", "turnover=none")
    people = [dict(p) for p in base.config["team"]["people"]]
    people[0]["week"] = {"deliver": 0.5, "game": 0.5}
    scenario = base.with_({"team.people": people})
    ada, bea = (explanation(scenario, 1, 0, who, 6) for who in ("Ada", "Bea"))
    assert (ada.given, bea.given) == (True, False)
    assert "Ada was given that week, and does it whatever it brings." in story(ada)
    assert not [line for line in story(bea) if "given that week" in line]


def test_a_scheme_that_weighs_by_role_is_explained() -> None:
    found = explanation(sim.load("scenario=devops", "weeks=26"), 1, 0, "Agnes", 20)
    assert np.isfinite(found.truth).all() and found.truth.any()


def test_beliefs_are_held_against_the_rules_in_force_that_week() -> None:
    """An intervention begins without another review count; what is true changes with it."""
    words = ("scenario=three_persons", "scheme=impressive", "turnover=none", "weeks=39", "beliefs.rationality=perfect")
    helped = sim.load(*words, "interventions=[{use: giving_credit, start: 20}]")
    for week in (10, 30):
        found = explanation(helped, 1, 0, "Ada", week)
        np.testing.assert_allclose(found.believed, found.truth, atol=1e-12)
