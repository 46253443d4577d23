"""A page to forward: one file, nothing from elsewhere, words for people."""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import yaml

import sim
from experiments.answer import Answer
from experiments.executors import Executor
from experiments.report import main, page
from experiments.store import Folder
from experiments.study import Study, conduct
from sim.errors import InvalidInput
from sim.loading import options
from sim.scenario import scenario_from
from sim.worlds import PARTS


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small comparison with everything beside it that a page can show."""
    place = tmp_path_factory.mktemp("page") / "a"
    for assumed in (False, True):
        compared(place / "assumptions" if assumed else place, ["commits", "own_worth"], runs=2, assumed=assumed)
    (place / "decompose").mkdir()
    row: dict[str, object] = {"scheme": "commits", "chosen": 1.0, "misfits": False}
    for name, value in {"gap": 0.4, **dict.fromkeys(PARTS, 0.0), "adversarial": 0.4}.items():
        row |= {name: value, f"{name}_error_low": value - 0.1, f"{name}_error_high": value + 0.1}
    pd.DataFrame([row]).to_csv(place / "decompose" / "decompose.csv", index=False)
    return place


@pytest.fixture(scope="module")
def written(folder: Path) -> str:
    """The page of that comparison."""
    return page(Answer.of(folder))


def compared(place: Path, names: Sequence[str], runs: int, assumed: bool) -> None:
    """Run a small comparison without the tables and pictures of its own: a quarter under the first scheme, then all."""
    loaded = {n: sim.load(f"scheme={n}", "weeks=39", "scheme.power=equal").config for n in names}
    today = {"weeks": 13, "scheme": loaded[names[0]]["scheme"]}
    variants = {n: scenario_from({**c, "today": today}) for n, c in loaded.items()}
    study = Study(verb="compare", variants=variants, runs=runs, seed=1, members=False, assumed=assumed)
    study = replace(study, origin={"comparison": {"reference": names[0], "matters": 0.02}})
    serial = Executor(kind="serial", workers=None, scheduler=None)
    folder, command = Folder(place, study.same), f"crosspurpose compare today={names[0]}"
    conduct(study, folder, executor=serial, anew=not assumed, command=command, progress=lambda done, of: None)


def seen(text: str) -> str:
    """What a reader sees of a page outside the block of commands; labels that a narrow screen shows included."""
    body = text[text.index("<body>") :]
    start = body.index('<div id="reproduce">')
    body = body[:start] + body[body.index("</div>", start) :]
    labels = " ".join(re.findall(r'(?:data-label|alt)="([^"]*)"', body))
    return html.unescape(f"{re.sub(r'<[^>]*>', ' ', body)} {labels}")


def test_the_same_folder_gives_the_same_page(folder: Path, written: str) -> None:
    assert page(Answer.of(folder)) == written


def test_a_page_asks_for_nothing_from_elsewhere(written: str) -> None:
    assert not re.findall(r"https?:|//[\w.]+/|@import|url\(|<script|<link", written)
    sources = re.findall(r'src="([^"]{0,30})', written)
    assert len(sources) == 3 and all(s.startswith("data:image/svg+xml;base64,") for s in sources)


def test_every_picture_has_words_and_a_table(written: str) -> None:
    pictures = re.findall(r'<img src="[^"]*" alt="([^"]+)"', written)
    assert len(pictures) == 3 and all("the table below" in alt for alt in pictures)
    after = re.split(r"<figure", written)[1:]
    assert all("<table" in part for part in after)


def test_no_name_that_only_a_program_needs_is_seen(folder: Path, written: str) -> None:
    config = yaml.safe_load((folder / "config.yaml").read_text(encoding="utf-8"))["variants"]["commits"]
    ids = {*options("scheme"), *options("measure"), *options("signal"), *options("motive"), *config["activities"]}
    ids |= {f"effort_{a}" for a in config["activities"]}
    words = set(re.findall(r"\w+", seen(written)))
    assert {i for i in ids if "_" in i} & words == set()
    assert not {w for w in words if "_" in w}
    assert "nan" not in words and "None" not in words


def test_activities_are_called_so_that_nobody_is_offended(written: str) -> None:
    text = seen(written).partition("What all this rests on")[0]
    assert "“work on the numbers”" in text
    assert "work on the numbers" in text and "own a component alone" in text
    for word in ("gaming the number", "showing off", "irreplaceable", "lazy"):
        assert word not in text


def test_names_are_text_and_never_part_of_the_page(folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "b"
    shutil.copytree(folder, place)
    text = (place / "config.yaml").read_text(encoding="utf-8")
    (place / "config.yaml").write_text(text.replace("paid by commits", "<script>alert(1)</script>"), "utf-8")
    found = page(Answer.of(place))
    assert "<script" not in found and "&lt;script&gt;alert(1)" in found


def test_a_page_is_written_beside_the_results_or_where_it_is_wanted(
    folder: Path, tmp_path: Path, written: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(folder)]) == 0 and (folder / "brief.html").read_text(encoding="utf-8") == written
    assert main([str(folder), f"out={tmp_path / 'x' / 'page.html'}"]) == 0
    assert (tmp_path / "x" / "page.html").read_bytes() == (folder / "brief.html").read_bytes()
    assert "page.html written" in " ".join(capsys.readouterr().out.split())


def test_a_page_of_an_unfinished_comparison_says_that_it_is_preliminary(folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "c"
    shutil.copytree(folder, place)
    (place / "runs.parquet").unlink()
    found = page(Answer.of(place))
    assert 'class="preliminary"' in found and "0 of 2 runs are computed" in seen(found)


def test_what_is_no_comparison_is_refused_in_one_line(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "r")
    manifest = (folder / "manifest.json").read_text(encoding="utf-8")
    (tmp_path / "r" / "manifest.json").write_text(manifest.replace('"verb": "compare"', '"verb": "run"'), "utf-8")
    for place in (tmp_path / "nothing", tmp_path / "r", folder / "assumptions"):
        with pytest.raises(InvalidInput, match="folder"):
            main([str(place)])
    with pytest.raises(InvalidInput, match="a file"):
        main([str(folder), f"out={tmp_path}"])
    with pytest.raises(InvalidInput, match="folder"):
        main([])
