"""What is found is what can be seen by hand, is told only where it is sure, and can be played again."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

import sim
from experiments import redteam
from experiments.cli import main
from experiments.plots.redteam import draw
from experiments.redteam import played as playing
from experiments.redteam import search, table_of
from experiments.redteam.hunt import GAIN, LOSS, Hunt, habitual, hunt, unseen, value, weeks_of
from experiments.redteam.played import play
from experiments.redteam.saved import scenario_text
from experiments.redteam.words import nothing, story, with_error
from sim.errors import InvalidInput
from sim.rules import rules_of
from sim.scenario import Scenario
from tests import worlds

RUNS = 24
TWO = {  # two activities: one is worth 1 and adds 1 to the signal, the other nothing and as much as a test says
    **{f"activities__{k}": None for k in worlds.ACTIVITIES if k not in ("deliver", "game")},
    **{"activities__deliver__worth_now": 1.0, "activities__deliver__habit": 1.0, "activities__game__worth_now": 0.0},
    **{"activities__game__habit": 0.0, "team__size": 3, "scheme__standardise": False, "weeks": 13},
}


def two_activities(game: float, **changes: Any) -> Scenario:
    loadings = {"signals__tickets__loadings": {"deliver": 1.0, "game": game}}
    return worlds.scenario("scheme=tickets", "project=none", **{**worlds.CALM, **TWO, **loadings, **changes})


@cache
def hunted(scheme: str, size: int, seed: int = 1) -> Hunt:
    """A search in a small team: two reviews of lines of code, of anything else one."""
    weeks = 26 if scheme == "lines_of_code" else 13
    scenario = worlds.scenario(f"scheme={scheme}", scheme__power="equal", team__size=size, weeks=weeks)
    return hunt(scenario, "Ada", seed, RUNS)


# ---------------------------------------------------------------- by hand


def test_where_the_other_activity_scores_three_times_as_much_all_of_the_week_goes_there() -> None:
    """It gains 2 points of score and loses 1 of worth for each week of effort, whatever the share: the most is told."""
    scenario = two_activities(game=3.0)
    found = search(scenario, runs=8)
    assert found is not None
    hours = habitual(scenario).sum()
    assert found.week.tolist() == [0.0, hours]
    assert found.loss == pytest.approx([hours] * 3)
    spread = np.sqrt(found.played.spread[0].mean())
    assert found.gain == pytest.approx([2 * hours / spread] * 3)


def test_where_it_scores_less_there_is_nothing() -> None:
    assert search(two_activities(game=0.5), runs=8) is None


def test_what_costs_the_business_nothing_is_no_trick() -> None:
    assert search(two_activities(game=3.0, activities__game__worth_now=1.0), runs=8) is None


def test_a_signal_of_the_whole_team_is_gained_by_a_third_of_it_measured_by_what_teams_differ_by() -> None:
    scenario = two_activities(game=9.0, signals__tickets__shared=True)
    found = search(scenario, runs=8)
    assert found is not None and found.week[1] == habitual(scenario).sum()
    points = found.played.score.mean(axis=(0, 2))
    assert points[1] - points[0] == pytest.approx(8 / 3 * habitual(scenario).sum())
    assert found.played.spread[0].max() == pytest.approx(0, abs=1e-20)
    assert story(found)[1].startswith("The score of the whole team rises by ")


def test_value_is_gain_over_loss_and_nothing_where_nothing_is_lost() -> None:
    found = value(np.ones(3), np.array([0.5, 0.01, -1.0]), np.array([0.5, 0.5, 0.5]), 1.0)
    assert found == pytest.approx([2.0, 10 * 0.1, 0.0])


def test_every_point_of_the_cube_is_a_week_of_whole_per_cents_and_all_hours() -> None:
    x = np.random.default_rng(1).random((8, 500))
    weeks = weeks_of(x, 0.9)
    share = weeks / 0.009
    assert share.min() >= 0 and np.abs(share - share.round()).max() < 1e-9
    assert weeks.sum(axis=1) == pytest.approx(np.full(500, 0.9), abs=1e-12)


# ---------------------------------------------------------------- the batch


def test_each_candidate_meets_the_luck_of_a_scenario_in_which_it_is_given(small: Scenario) -> None:
    honest = habitual(small)
    other = weeks_of(np.random.default_rng(2).random((8, 2)), 1.0)
    played = play(small, 1, np.vstack([honest, other]), 3, (0, 4, 7), ("peer_feedback",))
    people = [dict(p) for p in small.config["team"]["people"]]
    people[1]["week"] = dict(zip(small.activities, other[1].tolist(), strict=True))
    alone = worlds.run(small.with_({"team.people": people}), runs=(0, 4, 7), members=True)
    assert np.array_equal(played.score[:, 2], alone.reviewed["score"][..., 1])
    assert played.worth[2] == pytest.approx(9 * alone.columns["worth"].mean(axis=0), rel=1e-12)
    assert played.debt[2] == pytest.approx(9 * alone.columns["debt"][-1], rel=1e-12)
    assert played.mates[0, 2] == pytest.approx(
        (9 * alone.columns["effort_deliver"].mean(axis=0) - other[1][0]) / 8, rel=1e-12
    )


def test_blocks_of_runs_leave_no_trace(small: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    candidates = np.vstack([habitual(small), np.eye(8)[:2]])
    whole = play(small, 0, candidates, 3, range(5))
    monkeypatch.setattr(playing, "block_of", lambda members: 6)
    parts = play(small, 0, candidates, 3, range(5))
    assert np.array_equal(whole.score, parts.score) and np.array_equal(whole.worth, parts.worth)


def test_a_week_that_somebody_else_has_been_given_stays(small: Scenario) -> None:
    people = [dict(p) for p in small.config["team"]["people"]]
    people[1]["week"] = {"game": 1.0}
    played = play(small.with_({"team.people": people}), 0, habitual(small)[None], 3, (0,))
    assert played.mates[list(small.activities).index("game"), 0, 0] >= 1 / 8


# ---------------------------------------------------------------- what it finds


def test_lines_of_code_are_gamed_and_it_pays_for_who_does_and_costs_the_others() -> None:
    found = hunted("lines_of_code", 3).behaviour
    assert found is not None
    share = dict(zip(found.scenario.activities, found.week, strict=True))
    assert share["game"] > 0.2 and share["maintain"] + share["share"] < 0.15
    assert found.gain[1] > GAIN and found.loss[1] > 0
    place, truly = found.played.place.mean(axis=1), found.played.true_place.mean(axis=1)
    assert place[1] < place[0] and truly[1] > truly[0]


def test_tickets_are_gamed() -> None:
    found = hunted("tickets", 3).behaviour
    assert found is not None and found.week[list(found.scenario.activities).index("game")] > 0.3


@pytest.mark.parametrize(("size", "seed"), [(1, 1), (3, 2)])
def test_who_is_paid_for_true_worth_gains_nothing_by_what_costs_it(size: int, seed: int) -> None:
    found = hunted("own_worth", size, seed)
    assert found.behaviour is None and not found.sure.any()
    assert (found.loss[0] < LOSS * found.person)[found.gain[0] > GAIN].any(), "gains there are, that cost nothing"
    assert "Nothing worth telling" in nothing(found)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("team", ["three_persons", "person_a", "person_b", "person_c"])
def test_who_is_paid_for_true_worth_gains_nothing_in_any_team(team: str, seed: int) -> None:
    scenario = worlds.scenario(
        "scheme=own_worth", f"team={team}", scheme__power="equal", team__size=[2, 9, 20][seed % 3]
    )
    assert search(scenario, seed) is None


def test_where_nothing_counts_there_is_nothing() -> None:
    assert search(worlds.scenario("scheme=none", team__size=2, weeks=13), runs=4) is None


def test_the_same_seed_finds_the_same() -> None:
    scenario = two_activities(game=3.0, team__skill_sd=0.3)
    one, other = (search(scenario, seed=4, runs=8) for _ in range(2))
    assert one is not None and other is not None
    assert one.week.tolist() == other.week.tolist() and one.gain.tolist() == other.gain.tolist()


def test_signals_that_nobody_has_are_not_said_to_show_it(small: Scenario) -> None:
    assert "peer_feedback" in unseen(small)
    assert not {"commits", "own_worth", "team_worth"} & {*unseen(small)}


# ---------------------------------------------------------------- the story


def test_the_story_is_told_in_words_by_the_numbers_of_the_runs() -> None:
    found = hunted("lines_of_code", 3).behaviour
    assert found is not None
    lines = story(found)
    assert 5 <= len(lines) <= 8 and all(line[0].isupper() and line.endswith(".") for line in lines)
    assert not re.search(r"[a-z]_[a-z]", " ".join(lines)) and "nan" not in " ".join(lines)
    game = found.week[list(found.scenario.activities).index("game")] / found.week.sum()
    assert f"{100 * game:.0f} % " in lines[0] and "gaming the number" in lines[0]
    assert with_error(found.gain[0], found.gain[2] - found.gain[0]) in lines[1]
    places = found.played.place.mean(axis=1)
    assert f"place {places[1]:.1f} of 3 instead of {places[0]:.1f}" in lines[1]
    assert f"{with_error(52 * found.loss[0], 52 * (found.loss[2] - found.loss[0]))} weeks of core work" in lines[3]


def test_one_alone_is_compared_with_nobody() -> None:
    found = search(worlds.scenario("scheme=lines_of_code", team__size=1, weeks=13, team__promotion=None), runs=8)
    assert found is not None
    assert "between teams" in story(found)[1] and "nobody else" in " ".join(story(found))


def test_the_table_has_a_row_for_every_week_that_was_run_again() -> None:
    found = hunted("lines_of_code", 3)
    table = table_of(found)
    assert len(table) == 1 + len(found.finalists) and table["told"].sum() == 1
    assert table.loc[0, "gain"] == 0 and table.filter(like="effort_").sum(axis=1).round(9).nunique() == 1
    told = table[table["told"]].iloc[0]
    assert told["sure"] and told["gain_low"] < told["gain"] < told["gain_high"]


# ---------------------------------------------------------------- played again, and on the command line


def test_the_saved_scenario_gives_the_numbers_that_were_told(tmp_path: Path) -> None:
    found = hunted("lines_of_code", 3).behaviour
    assert found is not None
    place = tmp_path / "configs" / "scenario"
    place.mkdir(parents=True)
    (place / "trick.yaml").write_text(scenario_text(found, "trick"), encoding="utf-8")
    scenario = sim.load(f"extend={tmp_path}", "scenario=trick")
    assert [p.name for p in scenario.team.people] == [p.name for p in found.scenario.team.seats]
    results = sim.simulate(scenario, runs=RUNS, seed=1, aligned=False)
    assert np.array_equal(results.reviewed["score"][..., 0], found.played.score[:, 1])
    assert np.array_equal(results.reviewed["reward"][..., 0].sum(axis=0) / 26, found.played.reward[1])
    assert 3 * results.columns["worth"].mean(axis=0) == pytest.approx(found.played.worth[1], rel=1e-12)


def run(words: str, out: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    status = main(["redteam", *words.split(), f"out={out}"])
    said = capsys.readouterr()
    return status, said.out, said.err


def test_the_verb_tells_saves_and_prints_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words, folder = "scheme=lines_of_code team.size=3 weeks=13 runs=8 member=Bea save=plays_it", tmp_path / "R"
    status, out, err = run(words, folder, capsys)
    assert (status, err) == (0, "") and "Bea (paid by lines of code) spends" in out
    assert f"cd {folder} && crosspurpose run scenario=plays_it runs=8 seed=1" in out
    for name in ("behaviour.csv", "story.txt", "manifest.json", "plots/redteam.png", "plots/redteam.csv"):
        assert (folder / name).stat().st_size > 0
    tried = pd.read_csv(folder / "plots" / "redteam.csv")
    assert len(tried) > 200 and {"gain", "loss", "effort_game"} <= {*tried}
    saved = yaml.safe_load((folder / "configs/scenario/plays_it.yaml").read_text(encoding="utf-8"))
    assert set(saved["story"]) == {"plain", "story", "question", "watch"}
    assert [p["name"] for p in saved["team"]["people"] if "week" in p] == ["Bea"]
    assert run(words, folder, capsys) == (status, out, err)


def test_where_there_is_nothing_no_scenario_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run("scheme=none team.size=2 weeks=13 runs=4", tmp_path / "R", capsys)
    assert status == 0 and out.startswith("Nothing worth telling")
    assert (tmp_path / "R" / "behaviour.csv").exists() and not (tmp_path / "R" / "configs").exists()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("organisation=standard", "organisation=given: allowed is none"),
        ("runs=4 save=three_persons member=Bea", "save=three_persons: allowed is another name"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(
    words: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = run(words, tmp_path / "R", capsys)
    assert (status, out) == (2, "") and err.count("\n") == 1 and says in err
    assert not any(tmp_path.iterdir())


def test_a_name_is_one_of_a_file() -> None:
    assert redteam._name(None, "okr") == "redteam_okr"
    for bad in ("../x", "", "a b"):
        with pytest.raises(InvalidInput, match="letters, digits and underscores"):
            redteam._name(bad, "okr")


def test_bad_input_from_python_is_refused(small: Scenario) -> None:
    for bad in ({"runs": 1}, {"seed": -1}, {"member": "Nobody"}):
        with pytest.raises(InvalidInput):
            search(small, **bad)


def test_the_picture_is_drawn_with_and_without_anything_to_tell(tmp_path: Path) -> None:
    for name, found in (("trick", hunted("lines_of_code", 3)), ("nothing", hunted("own_worth", 3, 2))):
        draw(tmp_path / f"{name}.png", found)
        assert (tmp_path / f"{name}.png").read_bytes().startswith(b"\x89PNG")


def test_the_rules_of_the_batch_are_those_of_the_scenario_but_for_the_week(small: Scenario) -> None:
    rules = rules_of(small)
    given = playing._plan(small, 0, np.ones((8, 3)) / 8)[0].decision.given
    assert rules.decision.given is None and given is not None
    assert np.isnan(given.effort[:, :, 1:]).all() and not np.isnan(given.effort[:, :, 0]).any()
