"""Something of one's own: what `new` writes runs as it is, and `list` says whose it is."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from experiments import new
from experiments.cli import main
from sim import catalogue

SMALL = ["runs=2", "weeks=13", "executor=serial"]


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder without anything; what joins the catalogues in a test goes again."""
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    for folder in catalogue.FOLDERS:
        package = importlib.import_module(f"sim.{folder}")
        for place in package.__path__[1:]:
            for file in Path(place).glob("*.py"):
                sys.modules.pop(f"sim.{folder}.{file.stem}", None)
        del package.__path__[1:]


def refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """Type something bad: status 2, one line in all, nothing written."""
    capsys.readouterr()
    before = sorted(Path.cwd().rglob("*"))
    assert main(words) == 2
    said = capsys.readouterr()
    (line,) = (said.out + said.err).splitlines()
    assert sorted(Path.cwd().rglob("*")) == before
    return line


@pytest.mark.parametrize(
    ("groups", "then"),
    [
        (["scheme"], ["compare", "schemes=[coffee,none]"]),
        (["signal", "scheme"], ["compare", "schemes=[coffee,none]"]),
        (["team"], ["compare", "schemes=[none]", "team=coffee"]),
        (["motive"], ["run", "extend=.", "++team.people.0.motives.coffee=1.0"]),
    ],
    ids=lambda x: "+".join(x),
)
def test_what_is_written_runs_at_once(groups: list[str], then: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    for group in groups:
        assert main(["new", group, "coffee"]) == 0
    said = capsys.readouterr().out
    for path in sorted(p for p in Path.cwd().rglob("*") if p.is_file()):
        assert str(path.relative_to(Path.cwd())) in said
    assert main([*then, *SMALL]) == 0
    assert next(Path("results").iterdir()).is_dir()


def test_a_scheme_weighs_the_signal_of_its_own_name_where_there_is_one() -> None:
    main(["new", "scheme", "tea"])
    main(["new", "signal", "coffee"])
    main(["new", "scheme", "coffee"])
    weights = {n: yaml.safe_load(Path(f"configs/scheme/{n}.yaml").read_text())["weights"] for n in ("tea", "coffee")}
    assert weights == {"tea": {"tickets": 1.0}, "coffee": {"coffee": 1.0}}


@pytest.mark.parametrize("group", list(new.YAML))
def test_every_key_that_is_written_is_explained(group: str) -> None:
    main(["new", group, "coffee"])
    lines = Path(f"configs/{group}/coffee.yaml").read_text().splitlines()
    assert lines[0].startswith("# ")
    top = [x for x in lines if x[:1].isalpha() and not x.startswith(("label:", "defaults:", "noise:", "review:"))]
    assert top and all("#" in x or x.split(":")[0] in ("promotion", "layoff", "kind") for x in top)


def test_python_is_never_picked_up_unasked(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "motive", "mastery"]) == 0
    Path("motives/mastery.py").write_text("raise RuntimeError('run unasked')\n")
    assert main(["run", *SMALL]) == 0
    assert main(["list", "motives"]) == 0
    assert "RuntimeError: run unasked" in refused(["run", "extend=.", *SMALL], capsys)
    assert "mastery" in refused(["run", "++team.people.0.motives.mastery=1.0", *SMALL], capsys)


def test_the_test_that_comes_with_a_motive_passes_and_can_fail() -> None:
    assert main(["new", "motive", "mastery", "--in", "mine"]) == 0
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "mine/tests"]
    good = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert good.returncode == 0 and "2 passed" in good.stdout, good.stdout
    code = Path("mine/motives/mastery.py")
    code.write_text(code.read_text().replace("each = self.value * ", "each = -self.value * "))
    bad = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert bad.returncode == 1 and "2 failed" in bad.stdout, bad.stdout


def test_a_motive_is_written_in_the_words_of_the_house() -> None:
    main(["new", "motive", "being_seen"])
    tree = ast.parse(Path("motives/being_seen.py").read_text())
    (cls,) = (n for n in tree.body if isinstance(n, ast.ClassDef))
    assert cls.name == "BeingSeen" and "References" in (ast.get_docstring(cls) or "")


@pytest.mark.parametrize(
    "name",
    ["", "1st", "a-b", "a b", "a/b", "../a", "é", "_a", "null", "true", "yes", "nan", "class", "1e5", "a.b", "commits"],
)
def test_a_name_that_is_none_is_refused(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "name" in refused(["new", "scheme", name], capsys)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["new"], "new scheme|signal|team|motive NAME"),
        (["new", "scheme"], "NAME"),
        (["new", "schem", "x"], "did you mean scheme"),
        (["new", "motive", "base"], "another name"),
        (["new", "motive", "pay"], "another name"),
        (["new", "scheme", "x", "y"], "y"),
        (["list", "--extend", "nowhere"], "a folder that exists"),
        (["list", "motives", "extend=."], "a folder with yaml in configs/"),
    ],
    ids=lambda x: " ".join(x) if isinstance(x, list) else None,
)
def test_words_that_make_no_sense_are_refused(words: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert says in refused(words, capsys)


@pytest.mark.parametrize("group", list(new.YAML))
def test_nothing_is_overwritten(group: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["new", group, "coffee"])
    kept = {p: p.read_bytes() for p in Path.cwd().rglob("*") if p.is_file()}
    assert "nothing is overwritten" in refused(["new", group, "coffee"], capsys)
    assert {p: p.read_bytes() for p in Path.cwd().rglob("*") if p.is_file()} == kept
    for path in list(kept)[1:]:
        path.unlink()
        if path.is_relative_to(Path.cwd() / "configs"):
            continue
        assert "nothing is overwritten" in refused(["new", group, "coffee"], capsys)


def test_list_says_whose_each_thing_is_and_where_it_stands(capsys: pytest.CaptureFixture[str]) -> None:
    main(["new", "scheme", "coffee"])
    main(["new", "motive", "mastery", "--in", "mine"])
    capsys.readouterr()
    assert main(["list", "schemes"]) == 0
    lines = capsys.readouterr().out.splitlines()
    rows = {line.split()[0]: line.split()[1] for line in lines if line[:1].strip()}
    assert rows.pop("coffee") == "yours" and set(rows.values()) == {"ours"}
    assert any(line.strip() == str(Path("configs/scheme/coffee.yaml")) for line in lines)
    assert main(["list", "motives"]) == 0
    assert "mastery" not in capsys.readouterr().out
    assert main(["list", "motives", "--extend", "mine"]) == main(["list", "motives", "extend=mine"]) == 0
    said = [line.strip() for line in capsys.readouterr().out.splitlines()]
    for file in ("mine/configs/motive/mastery.yaml", "mine/motives/mastery.py"):
        assert said.count(str(Path(file))) == 2


@pytest.mark.parametrize("group", ["rewards", "choices", "crafts", "turnovers", "motives", "signals", "activities"])
def test_list_has_a_row_for_all_there_is(group: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", group]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines() if line[:1].strip()]
    folder = {"choices": "choice", "rewards": "rewards", "motives": "motives"}.get(group)
    assert rows and all(row[1] == "ours" for row in rows)
    assert folder is None or set(catalogue.kinds(folder)) <= {row[0] for row in rows}


def test_list_needs_neither_hydra_nor_pandas() -> None:
    code = (
        "import sys; from experiments.cli import main; main(['list']);"
        "print([m for m in ('hydra', 'omegaconf', 'pandas', 'numpy', 'scipy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
