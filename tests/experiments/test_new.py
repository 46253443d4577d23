"""`crosspurpose new`: what it writes runs at once, and nothing that stands there is touched."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml

from experiments.cli import main
from tests.test_loading import nothing_stays_joined

SMALL = ["runs=4", "weeks=13", "executor=serial", "out=A"]
__all__ = ["nothing_stays_joined"]


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def files() -> list[str]:
    return sorted(p.as_posix() for p in Path().rglob("*") if p.is_file() and "__pycache__" not in p.parts)


def said(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert main(words) == 0
    return capsys.readouterr().out


def following(text: str) -> list[list[str]]:
    """The commands that a user is told to type next, without the program's name."""
    return [shlex.split(line)[1:] for line in text.splitlines() if line.startswith("  crosspurpose ")]


@pytest.mark.parametrize("group", ["scheme", "team"])
def test_what_is_written_is_compared_by_the_command_that_is_named(
    group: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = said(["new", group, "of_mine"], capsys)
    assert files() == [f"configs/{group}/of_mine.yaml"] and files()[0] in text
    (command,) = following(text)
    assert main([*command, *SMALL]) == 0
    assert len(pd.read_parquet("A/runs.parquet")) == 8


def test_a_signal_is_counted_by_the_scheme_of_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    scheme, compare = following(said(["new", "signal", "story_points"], capsys))
    assert main(scheme) == 0
    written = yaml.safe_load(Path("configs/scheme/story_points.yaml").read_text(encoding="utf-8"))
    assert written["weights"] == {"story_points": 1.0}
    assert main([*compare, *SMALL]) == 0


def test_a_motive_runs_and_its_own_test_passes(capsys: pytest.CaptureFixture[str]) -> None:
    text = said(["new", "motive", "mastery"], capsys)
    assert files() == ["configs/motive/mastery.yaml", "motives/mastery.py", "tests/test_mastery.py"]
    (command,) = following(text)
    assert "extend=." in command and main([*command, *SMALL]) == 0
    assert "utility_mastery" in pd.read_parquet("A/runs.parquet")
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", "tests"], capture_output=True, text=True)
    assert done.returncode == 0 and "2 passed" in done.stdout, done.stdout


def test_a_folder_elsewhere_is_named_in_what_to_type_next(capsys: pytest.CaptureFixture[str]) -> None:
    (command,) = following(said(["new", "scheme", "of_mine", "--in", "my lab"], capsys))
    assert files() == ["my lab/configs/scheme/of_mine.yaml"]
    assert "extend=my lab" in command and main([*command, *SMALL]) == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["scheme", "commits"], "another name"),
        (["motive", "pay"], "another name"),
        (["motive", "base"], "another name"),
        (["scheme", "of-mine"], "letters"),
        (["scheme", "../of_mine"], "letters"),
        (["scheme", "1st"], "letters"),
        (["scheme", "_mine"], "letters"),
        (["scheme", "größe"], "letters"),
        (["scheme", "null"], "yaml"),
        (["team", "yes"], "yaml"),
        (["motive", "class"], "Python"),
        (["scheme", ""], "letters"),
        (["shceme", "of_mine"], "did you mean scheme"),
        (["scheme"], "NAME"),
        ([], "NAME"),
    ],
)
def test_a_name_that_is_none_or_taken_is_refused_and_nothing_written(
    words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", *words]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert says in line and not files()


def test_nothing_is_overwritten(capsys: pytest.CaptureFixture[str]) -> None:
    test = Path("tests/test_mastery.py")
    test.parent.mkdir()
    test.write_text("# mine\n")
    assert main(["new", "motive", "mastery"]) == 2
    assert "nothing is overwritten" in capsys.readouterr().err
    assert files() == ["tests/test_mastery.py"] and test.read_text() == "# mine\n"


def test_what_is_written_repeats_what_holds_anyway_except_where_it_is_meant_to_differ() -> None:
    """The numbers in a new scheme are those of the model: writing them down changes nothing."""
    from experiments.new import written
    from sim.loading import compose

    (text,) = written("scheme", "of_mine", Path()).values()
    model = compose("model", ["scheme=tickets"])["scheme"]
    for key, value in yaml.safe_load(text).items():
        if key == "review":
            assert value["weeks"] == model["review"]["weeks"]
        elif key in ("attribution", "weights"):
            assert value == model[key]
