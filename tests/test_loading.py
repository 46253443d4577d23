"""From strings to a scenario, with what a user has in a folder of their own."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import sim
from sim import catalogue
from sim.errors import InvalidInput
from sim.loading import compose, configs, extended, folders, left_out, options, quoted, split

MOTIVE = '''
from dataclasses import dataclass
from typing import final

import numpy as np

from sim.motives.base import Motive


@final
@dataclass(frozen=True, kw_only=True)
class Tidy(Motive):
    """Want a tidy place."""

    value: float

    def utility(self, effort, known):
        return np.zeros(effort.shape[1:])

    def marginal(self, known):
        return np.zeros(known.effort.shape)
'''
LABEL = "label: {plain: x, neutral: x, sentence: X., good: neither}\n"
WANTED = "++team.people.0.motives.tidy=1"


@pytest.fixture(autouse=True)
def nothing_stays_joined() -> Iterator[None]:
    """Let what a test lets join the catalogues go again: a user's process does not need that."""
    yield
    for folder in catalogue.FOLDERS:
        package = importlib.import_module(f"sim.{folder}")
        for place in package.__path__[1:]:
            for file in Path(place).glob("*.py"):
                sys.modules.pop(f"sim.{folder}.{file.stem}", None)
        del package.__path__[1:]


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a motive, a signal and a scheme; the command is typed elsewhere."""
    files = {
        "motives/tidy.py": MOTIVE,
        "configs/motive/tidy.yaml": f"{LABEL}kind: tidy\nvalue: 1.0\n",
        "configs/signal/cups.yaml": f"{LABEL}loadings: {{deliver: 1.0}}\n",
        "configs/scheme/by_cups.yaml": f"{LABEL}weights: {{cups: 1.0}}\n",
    }
    for name, text in files.items():
        file = tmp_path / "lab" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "lab"


def refused(*words: str) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        sim.load(*words)
    assert len(str(caught.value).splitlines()) == 1
    return caught.value


def test_what_is_in_the_folder_is_part_of_the_scenario_and_stays_with_it(own: Path) -> None:
    for folder in (str(own), "lab", "./lab/../lab"):
        scenario = sim.load(f"extend={folder}", "scheme=by_cups", WANTED)
        assert scenario.scheme.weights == {"cups": 1.0}
        assert type(scenario.motives["tidy"]).__name__ == "Tidy"
    assert scenario.with_({"motives.tidy.value": 2.0}).motives["tidy"].value == 2.0
    assert sim.simulate(scenario.with_({"weeks": 13}), runs=1).measures()["worth"].notna().all()
    assert catalogue.extensions() == [own]


def test_its_yaml_is_there_for_those_strings_only(own: Path) -> None:
    sim.load("extend=lab", "scheme=by_cups")
    assert "by_cups" not in options("scheme")
    assert refused("scheme=by_cups").key == "scheme"
    with extended("lab") as folder:
        assert folder == own and "by_cups" in options("scheme") and folders() == [configs(), own / "configs"]


def test_two_paths_to_one_folder_make_one_scenario(own: Path, tmp_path: Path) -> None:
    by_cups = sim.load("extend=lab", "scheme=by_cups")
    (tmp_path / "my lab, it's [here]").mkdir()
    (own / "configs").rename(tmp_path / "my lab, it's [here]" / "configs")
    assert sim.load("extend=my lab, it's [here]", "scheme=by_cups").config == by_cups.config


def test_code_is_never_picked_up_unasked(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Yaml of the folder one stands in counts; Python of it does not, and who wants it is told."""
    monkeypatch.chdir(own)
    assert list(left_out("motive")) == ["tidy"]
    assert "tidy" not in sim.load("scheme=by_cups").config["motives"]
    error = refused(WANTED)
    assert error.key.endswith("tidy.yaml: kind") and error.value == "tidy" and "extend=DIR" in error.allowed
    assert sim.load("extend=.", WANTED).motives["tidy"]


def test_a_yaml_names_no_folder_with_code(own: Path) -> None:
    mine = own / "configs" / "scenario" / "mine.yaml"
    mine.parent.mkdir()
    mine.write_text(f"# @package _global_\nextend: {own}\n")
    assert refused("extend=lab", "scenario=mine").key == "extend"


@pytest.mark.parametrize("folder", ["nowhere", "", "empty", "lab/motives/tidy.py"])
def test_a_folder_that_is_none_or_holds_nothing_is_refused(own: Path, folder: str) -> None:
    Path("empty").mkdir()
    assert refused(f"extend={folder}").key == "extend"


def test_one_folder_at_a_time(own: Path) -> None:
    assert split(["a=1", "extend=x", "b=2"]) == ("x", ["a=1", "b=2"])
    assert refused("extend=lab", "extend=lab").allowed == "given once"
    assert sim.load("extend=null").weeks == 104 and not catalogue.extensions()


@pytest.mark.parametrize("name", ["scheme/commits", "signal/_base", "motive/pay"])
def test_a_yaml_does_not_hide_one_of_the_project(own: Path, name: str) -> None:
    file = own / "configs" / f"{name}.yaml"
    file.write_text("weights: {tickets: 1.0}\n")
    error = refused("extend=lab")
    assert error.key == str(file) and "another name" in error.allowed
    file.write_bytes((configs() / f"{name}.yaml").read_bytes())
    assert sim.load("extend=lab").weeks == 104  # a copy hides nothing


def test_a_yaml_has_a_plain_name(own: Path) -> None:
    (own / "configs" / "scheme" / "by-cups.yaml").write_text("")
    assert refused("extend=lab").value == "by-cups"


def test_a_yaml_that_is_none_is_named_with_its_line(own: Path) -> None:
    file = own / "configs" / "scheme" / "by_cups.yaml"
    file.write_text("weights: {cups: 1.0\n")
    error = refused("extend=lab", "scheme=by_cups")
    assert error.key == str(file) and "line 2" in str(error.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("def f(:\n", "SyntaxError"),
        ("import nowhere_to_be_found\n", "ModuleNotFoundError"),
        ("raise SystemExit\n", "SystemExit"),
        ("number = 1\n", "0 of them"),
        (MOTIVE + MOTIVE.replace("Tidy", "Tidier"), "2 of them"),
        (MOTIVE.replace("(Motive)", ""), "Tidy"),
        (MOTIVE.replace("def marginal", "def marginl"), "Tidy"),
    ],
)
def test_python_that_defines_no_member_is_named(own: Path, text: str, says: str) -> None:
    file = own / "motives" / "tidy.py"
    file.write_text(text)
    error = refused("extend=lab")
    assert error.key == str(file) and says in str(error.value)


@pytest.mark.parametrize("kind", ["pay", "base", "of-mine"])
def test_python_does_not_hide_a_member_and_has_a_plain_name(own: Path, kind: str) -> None:
    (own / "motives" / f"{kind}.py").write_text(MOTIVE)
    error = refused("extend=lab")
    assert error.value == kind and "name" in error.allowed


def test_two_folders_of_one_process_do_not_hide_each_other(own: Path, tmp_path: Path) -> None:
    sim.load("extend=lab")
    other = tmp_path / "other" / "motives" / "tidy.py"
    other.parent.mkdir(parents=True)
    other.write_text(MOTIVE)
    assert refused("extend=other").key == str(other)


def test_what_code_is_depends_on_its_content_and_not_on_its_place(own: Path, tmp_path: Path) -> None:
    assert catalogue.code() == {}
    catalogue.extend(own)
    before = catalogue.code()
    assert list(before) == ["motives/tidy.py"]
    (own / "motives" / "tidy.py").write_text(MOTIVE + "# more\n")
    assert catalogue.code() != before


def test_what_is_quoted_comes_back_as_it_was(own: Path) -> None:
    text = "it's a place, [really]: \\n"
    assert compose("model", [f"++story.x={quoted(text)}"])["story"]["x"] == text


def test_what_is_composed_is_kept_until_a_file_changes_and_nobody_shares_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "configs" / "scheme" / "by_cups.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(f"{LABEL}weights: {{commits: 1.0}}\n")
    first, again = (compose("model", ["scheme=by_cups"]) for _ in range(2))
    assert first == again and first["scheme"]["weights"] == {"commits": 1.0}
    first["scheme"]["weights"]["commits"] = 9.0
    assert compose("model", ["scheme=by_cups"]) == again
    file.write_text(f"{LABEL}weights: {{tickets: 0.25}}\n")
    assert compose("model", ["scheme=by_cups"])["scheme"]["weights"] == {"tickets": 0.25}
    file.unlink()
    with pytest.raises(InvalidInput, match="by_cups"):
        compose("model", ["scheme=by_cups"])
