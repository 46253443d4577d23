"""Pictures are drawn for few and many schemes and activities, each with its table."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim
from experiments import stats, tables
from experiments.plots import motives, style
from experiments.plots.compare import MANY, _course, draw, draw_more, spread_out, touching
from experiments.plots.timeline import timeline as course
from experiments.plots.validity import PARTS


def study(
    schemes: int, activities: int = 8, runs: int = 10, weeks: int = 30
) -> tuple[pd.DataFrame, pd.DataFrame, tables.About]:
    """Runs and weeks of made-up schemes, the last two of them benchmarks if there are more than two."""
    rng = np.random.default_rng(schemes)
    names = [f"scheme_{i}" for i in range(schemes)]
    people = [f"activity_{k}" for k in range(activities)]
    rows, weekly = [], []
    for i, name in enumerate(names):
        worth = rng.normal(0.5 + 0.02 * i, 0.05, runs)
        effort = {f"effort_{p}": np.full(runs, 1 / activities) for p in people}
        aligned = {f"aligned_{k}": v for k, v in effort.items()}
        columns = {"worth": worth, "debt": 2 - worth, "worth_aligned": worth + 0.1, **effort, **aligned}
        rows.append(pd.DataFrame({"scheme": name, "run": range(runs), **columns}))
        run, week = np.divmod(np.arange(runs * weeks), weeks)
        score = np.zeros(len(run)) if i == schemes - 1 else 2 * worth[run] * (1 + week / weeks)
        weekly.append(pd.DataFrame({"scheme": name, "run": run, "week": week, "worth": worth[run], "score": score}))
    about = tables.About(
        labels={n: f"rated by a thing in $ of a rather long name, number {i}" for i, n in enumerate(names)},
        activities={p: f"an activity that is called {p}" for p in people},
        benchmarks=set(names[-2:]) if schemes > 2 else set(),
        reference=names[-1],
        runs=runs,
        seed=1,
        weeks=weeks,
        power="equal",
        strength=dict.fromkeys(names, 1.0),
        matters=0.02,
        smallest=0.01,
    )
    return pd.concat(rows, ignore_index=True), pd.concat(weekly, ignore_index=True), about


def pictures(folder: Path, runs: pd.DataFrame, weekly: pd.DataFrame, about: tables.About) -> list[Path]:
    ranking = stats.ranking(runs, about.benchmarks, about.reference)
    return draw(folder, runs, weekly, stats.summary(runs), ranking, about)


def more(folder: Path, runs: pd.DataFrame, weekly: pd.DataFrame, about: tables.About) -> list[Path]:
    """Draw what needs stocks, a shadow and other assumptions."""
    stocks = dict.fromkeys(("debt", "knowledge", "documented"), 0.5)
    parts = {f"{s}{p}": weekly["worth"] for s in ("", "shadow_") for p in PARTS}
    summary = stats.with_assumptions(stats.summary(runs), runs.assign(worth=3 * runs["worth"]))
    return draw_more(folder, weekly.assign(**stocks, **parts), summary, replace(about, since=13), {})


def test_more_pictures_are_drawn_where_there_is_something_to_draw(tmp_path: Path) -> None:
    runs, weekly, about = study(3)
    assert [p.stem for p in more(tmp_path, runs, weekly, about)] == ["validity", "stocks", "spreads"]
    bare = draw_more(tmp_path, weekly.assign(debt=np.nan), stats.summary(runs), about, {})
    assert bare == []


def test_a_score_is_shown_from_where_its_scheme_counts_where_it_follows_another() -> None:
    _, weekly, _ = study(2, weeks=40)
    course = _course(weekly[weekly["scheme"] == "scheme_0"], 18)
    first = course["score_median"].first_valid_index()
    assert first is not None and course["week"][first] == 24  # the first four weeks after week 18, of 20 to 23
    assert course["worth_median"].notna().all()
    alone = weekly[(weekly["scheme"] == "scheme_0") & weekly["week"].between(20, 23)]
    assert course["score_scale"][0] == pytest.approx(alone["worth"].mean() / alone["score"].mean())


def test_labels_fold_evenly_and_lose_no_word() -> None:
    text = "keep: the manager's rating, 1 to 5"
    assert style.folded(text, 30) == ["keep: the manager's", "rating, 1 to 5"]
    for width in range(9, 40):
        lines = style.folded(text, width, 9)
        assert " ".join(lines) == text and max(map(len, lines)) <= width


@pytest.mark.parametrize(("schemes", "activities"), [(1, 2), (2, 8), (15, 20)])
def test_four_pictures_and_their_tables_are_written(tmp_path: Path, schemes: int, activities: int) -> None:
    paths = pictures(tmp_path / "plots", *study(schemes, activities))
    assert [p.name for p in paths] == ["time.png", "effort.png", "ranking.png", "debt.png"]
    for path in paths:
        assert path.read_bytes().startswith(b"\x89PNG")
        table = pd.read_csv(path.with_suffix(".csv"))
        assert table["scheme"].nunique() == schemes
    assert not [p for p in (tmp_path / "plots").iterdir() if p.suffix not in (".png", ".csv")]


def test_a_project_without_debt_has_no_picture_of_it(tmp_path: Path) -> None:
    runs, weekly, about = study(3)
    paths = pictures(tmp_path, runs.assign(debt=np.nan), weekly, about)
    assert [p.stem for p in paths] == ["time", "effort", "ranking"]


def test_a_single_run_of_a_single_week_can_be_drawn(tmp_path: Path) -> None:
    assert len(pictures(tmp_path, *study(3, runs=1, weeks=1))) == 4


def test_no_words_leave_the_page_and_type_is_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def check(figure: object, path: Path) -> None:
        from matplotlib.figure import Figure
        from matplotlib.text import Text

        assert isinstance(figure, Figure)
        drawn = figure.get_tightbbox()
        width, height = figure.get_size_inches()
        assert drawn.x0 >= 0 and drawn.x1 <= width, path.name
        assert drawn.y0 >= 0 and drawn.y1 <= height, path.name
        assert min(t.get_size() for t in figure.findobj(Text) if t.get_text()) >= 14

    monkeypatch.setattr(style, "save", check)
    for schemes in (1, 2, 7, 23):
        pictures(tmp_path, *study(schemes, 4 + schemes))
        more(tmp_path, *study(schemes))
    *_, about = study(6)
    monkeypatch.setattr(motives, "RUNS", 2)
    scenarios = dict.fromkeys(about.labels, sim.load("weeks=13"))
    picture = motives.motives(scenarios, list(about.labels), about, about.seed)
    assert picture is not None
    check(picture[0], tmp_path / "motives.png")


def test_many_schemes_are_named_by_numbers_and_few_by_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, list[str]] = {}

    def look(figure: object, path: Path) -> None:
        from matplotlib.figure import Figure
        from matplotlib.patches import ConnectionPatch
        from matplotlib.text import Text

        assert isinstance(figure, Figure)
        lines = ["line"] * len(figure.findobj(ConnectionPatch))
        seen[path.stem] = lines + [t.get_text() for t in figure.findobj(Text)]

    monkeypatch.setattr(style, "save", look)
    pictures(tmp_path, *study(MANY))
    assert seen["debt"].count("line") == MANY
    pictures(tmp_path, *study(23))
    assert seen["debt"].count("line") == 0
    assert {str(i + 1) for i in range(23)} <= set(", ".join(seen["debt"]).split(", "))


def test_points_that_touch_share_a_label() -> None:
    points = np.array([[0.0, 0.0], [5.0, 0.0], [0.8, 0.0], [1.6, 0.0]])
    assert touching(points, 1.0) == [[0, 2, 3], [1]]
    assert touching(points, 0.5) == [[0], [1], [2], [3]]


def test_the_score_is_scaled_to_begin_at_worth() -> None:
    _, weekly, _ = study(2, weeks=40)
    course = _course(weekly[weekly["scheme"] == "scheme_0"])
    assert course["score_median"].iloc[0] == pytest.approx(course["worth_median"].iloc[0])
    assert course["score_median"].iloc[-1] > 1.5 * course["worth_median"].iloc[-1]
    assert course["week"].tolist()[0] == 4
    assert course["week"].tolist()[-1] == 40


def test_a_score_that_is_not_above_zero_is_not_scaled() -> None:
    _, weekly, _ = study(2)
    course = _course(weekly[weekly["scheme"] == "scheme_1"])
    assert course["score_scale"].isna().all()
    assert course["score_median"].isna().all()
    assert course["worth_median"].notna().all()


def test_names_beside_a_picture_do_not_overlap() -> None:
    rng = np.random.default_rng(1)
    sizes = rng.uniform(0.2, 0.8, 12).tolist()
    wanted = sorted(rng.uniform(4.9, 5.1, 12).tolist(), reverse=True)
    places = spread_out(wanted, sizes, 0.0, 8.0)
    for i in range(11):
        assert places[i] - sizes[i] / 2 >= places[i + 1] + sizes[i + 1] / 2 - 1e-12
    assert places[0] + sizes[0] / 2 <= 8 and places[-1] - sizes[-1] / 2 >= 0


def test_what_is_refused_says_so_on_its_bar() -> None:
    scenario = sim.load(
        "scenario=case_study", "remedies=functional", "intervener.authority=0.4", "weeks=60", "scheme=impressive"
    )
    weekly = sim.simulate(scenario, 2, 1).weekly.reset_index().assign(scheme="a")
    *_, about = study(1)
    drawn = course(weekly, scenario, "a", about)
    assert drawn is not None
    words = {t.get_text() for ax in drawn[0].axes for t in ax.texts}
    assert words == {"refused: takes authority 0.9, has 0.4"}
    assert drawn[1]["week"].iloc[-1] == 60 and "blocks_risk" in drawn[1]
    alone = sim.load("scenario=case_study", "weeks=60")
    nothing = course(weekly, alone, "a", about)
    assert nothing is not None and "What happens, week by week" in nothing[0].texts[0].get_text()
