"""The answer of a comparison: what is recommended, when nothing is, and what it says besides."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

import sim
from experiments.answer import Answer
from experiments.answer.advice import CHANGE, CHOOSE, FEWEST, KEEP, REFUSED
from experiments.answer.sections import OF
from experiments.assumptions import drawn
from experiments.cli import main as crosspurpose
from experiments.executors import Executor
from experiments.store import Folder
from experiments.study import Study, conduct
from sim.arrays import Floats
from sim.errors import InvalidInput
from sim.scenario import scenario_from

RUNS = 30
Make = Callable[..., Path]


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Half a year under commits, then a year of it, of objectives, or of no evaluation at all."""
    place = tmp_path_factory.mktemp("real") / "a"
    loaded = {n: sim.load(f"scheme={n}", "weeks=78", "scheme.power=equal").config for n in ("commits", "okr", "none")}
    today = {"weeks": 26, "scheme": loaded["commits"]["scheme"]}
    variants = {n: scenario_from({**c, "today": today}) for n, c in loaded.items()}
    study = Study(verb="compare", variants=variants, runs=3, seed=1, members=False)
    serial = Executor(kind="serial", workers=None, scheduler=None)
    folder, command = Folder(place, study.same), "crosspurpose compare today=commits"
    study = replace(study, origin={"comparison": {"reference": "commits", "matters": 0.02}})
    conduct(study, folder, executor=serial, anew=True, command=command, progress=lambda done, of: None)
    return place


@pytest.fixture
def make(real: Path, tmp_path: Path) -> Make:
    """Return a maker of folders in which each scheme's worth is what a test wants it to be."""
    rows = pd.read_parquet(real / "runs.parquet").groupby("scheme").first()[["run", "effort_deliver"]]

    def table(worth: Mapping[str, Floats]) -> pd.DataFrame:
        parts = []
        for name, x in worth.items():
            own = pd.DataFrame([rows.loc[name if name in rows.index else "okr"]] * len(x), index=range(len(x)))
            own = own.assign(
                worth=x, worth_aligned=1.0, surplus=1.0, debt=0.0, left=0.0, scheme=name, run=range(len(x))
            )
            parts.append(own)
        return pd.concat(parts, ignore_index=True)

    def made(
        worth: Mapping[str, Floats],
        assumed: Mapping[str, Floats] | None = None,
        today: bool = False,
        change: Callable[[dict[str, Any]], None] = lambda config: None,
    ) -> Path:
        place = tmp_path / "made"
        config = yaml.safe_load((real / "config.yaml").read_text(encoding="utf-8"))
        known = config["variants"]
        config["variants"] = {n: copy.deepcopy(known.get(n, known["okr"])) for n in worth}
        config["runs"] = max(map(len, worth.values()))
        for variant in config["variants"].values():
            variant["today"] = variant["today"] if today else None
        change(config)
        for room, content in {place: worth, place / "assumptions": assumed}.items():
            if content is not None:
                room.mkdir()
                manifest = json.loads((real / "manifest.json").read_text(encoding="utf-8"))
                manifest["comparison"] = {"reference": "commits", "matters": 0.02}
                (room / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
                (room / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
                table(content).to_parquet(room / "runs.parquet")
        return place

    return made


def around(mean: float, spread: float = 0.1, seed: int = 0, runs: int = RUNS) -> Floats:
    """Worth of so many teams: luck of one seed is the same luck."""
    return mean + spread * np.random.default_rng(seed).standard_normal(runs)


def test_a_scheme_that_is_surely_better_by_more_than_matters_is_recommended(make: Make) -> None:
    found = Answer.of(make({"commits": around(0.5), "okr": around(0.6)}))
    assert found.advice.kind == CHOOSE and found.advice.scheme == "okr"
    assert [p.scheme for p in found.places] == ["okr", "commits"] and found.places[1].against_first == "worse"


@pytest.mark.parametrize(("okr", "kind", "scheme"), [(0.6, CHANGE, "okr"), (0.4, KEEP, "commits")])
def test_to_keep_what_there_is_can_be_the_recommendation(make: Make, okr: float, kind: str, scheme: str) -> None:
    found = Answer.of(make({"commits": around(0.5), "okr": around(okr)}, today=True))
    assert (found.advice.kind, found.advice.scheme) == (kind, scheme)


def test_schemes_that_cannot_be_told_apart_are_named_and_none_is_recommended(make: Make) -> None:
    found = Answer.of(make({"commits": around(0.5, seed=1), "okr": around(0.51, seed=2)}, today=True))
    assert found.advice.kind == REFUSED and {*found.advice.among} == {"commits", "okr"}
    assert "cannot be told apart" in found.advice.headline and "paid by commits" in found.advice.headline
    assert any("Nothing here shows that a change would be better" in r for r in found.advice.reasons)


def test_a_sure_difference_that_is_too_small_to_matter_is_no_reason_to_choose(make: Make) -> None:
    found = Answer.of(make({"commits": around(0.5), "okr": around(0.505) + around(0, 0.001, seed=3)}))
    assert found.advice.kind == REFUSED and "too little to matter" in found.advice.headline


def test_of_few_teams_nothing_is_recommended(make: Make) -> None:
    found = Answer.of(make({"commits": around(0.5)[: FEWEST - 1], "okr": around(0.9)[: FEWEST - 1]}))
    assert found.advice.kind == REFUSED and "too few" in found.advice.headline


def test_a_benchmark_is_never_recommended_and_takes_no_place(make: Make) -> None:
    found = Answer.of(make({"none": around(0.9), "commits": around(0.5), "okr": around(0.6)}))
    assert found.advice.scheme == "okr" and [b.scheme for b in found.benchmarks] == ["none"]
    assert "none" not in {p.scheme for p in found.places}


def test_one_scheme_under_two_names_is_not_ranked_against_itself(make: Make) -> None:
    found = Answer.of(make({"okr": around(0.6), "ours": around(0.6), "commits": around(0.5)}))
    assert found.advice.kind == REFUSED and "one way to evaluate under different names" in found.advice.headline
    assert [p.place for p in found.places] == [1, 1, 3]
    assert len({s.label for s in found.schemes}) == 3, "they bear one label, and yet can be told apart"


def test_where_other_assumptions_turn_the_order_too_often_nothing_is_recommended(make: Make) -> None:
    worth = {"commits": around(0.5), "okr": around(0.6)}
    often = np.where(np.arange(RUNS) % 5 < 2, -0.2, 0.2)
    found = Answer.of(make(worth, {"commits": around(0.5), "okr": around(0.5) + often}))
    assert found.draws is not None and found.draws.turned["commits"] == pytest.approx(0.4)
    assert found.draws.first["okr"] == pytest.approx(0.6)
    assert found.advice.kind == REFUSED and "assumptions that nobody has measured" in found.advice.headline


def test_where_they_turn_it_seldom_it_stands(make: Make) -> None:
    worth = {"commits": around(0.5), "okr": around(0.6)}
    seldom = np.where(np.arange(RUNS) % 5 < 1, -0.2, 0.2)
    found = Answer.of(make(worth, {"commits": around(0.5), "okr": around(0.5) + seldom}))
    assert found.advice.scheme == "okr" and "80 % of draws" in found.advice.reasons[1]


def test_the_assumption_that_the_difference_goes_with_is_named_and_none_where_it_goes_with_chance(
    make: Make, real: Path
) -> None:
    config = yaml.safe_load((real / "config.yaml").read_text(encoding="utf-8"))
    scenario = scenario_from({**config["variants"]["okr"], "today": None})
    cost = np.array([drawn(scenario, config["seed"], r).config["choice"]["cost"] for r in range(RUNS)])
    gap = 0.2 + 0.1 * (cost - cost.mean()) / cost.std()
    found = Answer.of(make({"commits": around(0.5), "okr": around(0.6)}, {"commits": 0 * gap, "okr": gap}))
    assert (
        found.draws is not None
        and "effort away from the habit costs" in found.draws.leans_on
        and found.draws.correlation > 0.9
    )
    assert found.premises[0].key == "choice.cost"


def test_a_difference_that_goes_with_no_assumption_leans_on_none(make: Make) -> None:
    gap = around(0.2, 0.1, seed=8)
    found = Answer.of(make({"commits": around(0.5), "okr": around(0.6)}, {"commits": 0 * gap, "okr": gap}))
    assert found.draws is not None and not found.draws.leans_on
    assert any("chance" in line for line in found.draws.sentences)


def test_another_yardstick_may_turn_the_answer(make: Make) -> None:
    place = make({"commits": around(0.5), "okr": around(0.6)})
    runs = pd.read_parquet(place / "runs.parquet")
    runs.loc[runs["scheme"] == "okr", "debt"] = 26.0 + 0.01 * np.arange(
        RUNS
    )  # half a week a week, of the 78 that count
    runs.to_parquet(place / "runs.parquet")
    (flip,) = (f for f in Answer.of(place).flips if "debt" in f.question)
    assert flip.turns and flip.first == ("commits",)


def test_a_folder_in_which_not_all_is_computed_is_preliminary_and_says_what_lacks(make: Make) -> None:
    place = make({"commits": around(0.5), "okr": around(0.6)})
    runs = pd.read_parquet(place / "runs.parquet")
    (place / "runs.parquet").unlink()
    empty = Answer.of(place)
    assert empty.count == 0 and "nothing has been computed" in empty.advice.headline and not empty.places
    (place / "_runs").mkdir()
    first, second = (f.reset_index(drop=True) for _, f in runs.groupby("scheme"))
    first.to_parquet(place / "_runs" / "part-00000.parquet")
    half = Answer.of(place)
    assert half.advice.kind == REFUSED and "objectives and key results" in half.preliminary
    second[second["run"] < 25].to_parquet(place / "_runs" / "part-00001.parquet")
    most = Answer.of(place)
    assert (most.count, most.wanted) == (25, RUNS) and most.preliminary and most.advice.scheme == "okr"


def test_years_time_and_courses_are_those_of_the_runs(real: Path) -> None:
    found, runs = Answer.of(real), pd.read_parquet(real / "runs.parquet").groupby("scheme").mean(numeric_only=True)
    for year in found.years:
        assert year.first.value == pytest.approx(runs.loc[year.scheme, "worth_year_1"], rel=1e-12)
        assert year.dip.value == pytest.approx(runs.loc[year.scheme, "dip"], rel=1e-12)
        assert year.second_weeks == 0 and not year.second.known
    for use in found.time:
        assert sum(s.time.value for s in use.shares) == pytest.approx(runs.loc[use.scheme, "hours"], rel=1e-9)
    for course in found.course:
        assert course.weeks == (13, 26, 39, 52, 65, 78)
        counted = [q.value for q in course.worth[2:]]
        assert np.mean(counted) == pytest.approx(runs.loc[course.scheme, "worth"], rel=1e-9)
    commits = next(c for c in found.course if c.scheme == "commits")
    assert [q.known for q in commits.score] == [False, False, True, True, True, True]
    assert commits.score[2].value == pytest.approx(commits.worth[2].value)


def test_who_scores_nobody_labels_nobody_and_a_perfect_score_is_wrong_too(real: Path) -> None:
    found = Answer.of(real)
    assert {m.scheme for m in found.mislabelled} == {"commits", "okr"}
    rng = np.random.default_rng(0)
    people = rng.standard_normal((20_000, 9))  # nine in a team, one of whom must be called low
    wrong = np.mean(people.min(axis=1) > np.quantile(people, 1 / 9))
    assert found.mislabelled[0].perfect == pytest.approx(OF * wrong, abs=0.3)
    assert found.mislabelled[0].by_lot == pytest.approx(OF * 8 / 9)


def test_an_organisation_has_an_answer_without_who_is_mislabelled_and_says_so(make: Make) -> None:
    def organised(config: dict[str, Any]) -> None:
        for variant in config["variants"].values():
            variant["organisation"] = {"spans": [2]}

    found = Answer.of(make({"commits": around(0.5), "okr": around(0.6)}, change=organised))
    assert not found.mislabelled and any("organisation" in line for line in found.missing)
    assert found.one == "organisation" and found.advice.scheme == "okr"


@pytest.mark.soak
def test_a_real_organisation_has_an_answer(tmp_path: Path) -> None:
    place = tmp_path / "o"
    words = ["organisation=standard", "organisation.spans=[2]", "schemes=[okr,tickets]", "runs=2", "weeks=13"]
    assert crosspurpose(["compare", *words, "shadow=false", "executor=serial", f"out={place.as_posix()}"]) == 0
    found = Answer.of(place)
    assert not found.mislabelled and len(found.places) == 2 and found.advice.kind == REFUSED


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda c: c.update(assumed=True), "tries assumptions"),
        (lambda c: c["variants"]["okr"].update(weeks=5), "compares by scheme, weeks"),
        (lambda c: c.update(variants={}, bases=[]), "a folder that `crosspurpose compare` wrote"),
    ],
)
def test_what_is_no_comparison_of_schemes_is_refused(
    make: Make, change: Callable[[dict[str, Any]], None], words: str
) -> None:
    with pytest.raises(InvalidInput, match=words):
        Answer.of(make({"commits": around(0.5), "okr": around(0.6)}, change=change))
