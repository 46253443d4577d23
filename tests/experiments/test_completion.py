"""What a shell offers after TAB: asked of the words themselves, and of a real bash that has read the script."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from experiments import completion
from experiments.cli import FILES, STUDIES, main
from experiments.completion import candidates
from experiments.reference_pages import facts
from sim.loading import groups, options

OWN = "label: {plain: x, neutral: x, sentence: X., good: neither}\nweights: {commits: 1}\n"


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def offered(words: str) -> list[str]:
    return candidates(f"crosspurpose {words}")


@pytest.mark.parametrize(
    ("words", "some"),
    [
        ("", ["compare", "list", "serve"]),
        ("ex", ["explain", "export"]),
        ("compare sche", ["scheme.", "scheme=", "schemes="]),
        ("compare scheme.stre", ["scheme.strength="]),
        ("compare own_best.", ["own_best.highest=", "own_best.runs="]),
        ("run team.risk", ["team.risk_aversion="]),
        ("run scenario=person_", ["scenario=person_a", "scenario=person_b", "scenario=person_c"]),
        ("run activity@", ["activity@activities="]),
        ("run activity@activities=", ["activity@activities=standard"]),
        ("compare power=", ["power=as_given", "power=equal", "power=own_best"]),
        ("compare schemes=[commits,own_w", ["schemes=[commits,own_worth"]),
        ("compare vary=team options=[person_", ["options=[person_a", "options=[person_b", "options=[person_c"]),
        ("sweep scheme=commits,own_w", ["scheme=commits,own_worth"]),
        ("sweep study=aud", ["study=audit_map"]),
        ("sweep outcome=displaced", ["outcome=displaced_share"]),
        ("class lesson=t", ["lesson=target"]),
        ("claims claim=one_t", ["claim=one_table"]),
        ("validate anchor=debt", ["anchor=debt_time"]),
        ("replicate peter", ["peter_principle"]),
        ("list sche", ["schemes"]),
        ("list stu", ["studies"]),
        ("new ", ["motive", "scheme", "signal", "team"]),
        ("completion ", ["bash", "fish", "zsh"]),
    ],
)
def test_a_word_becomes_what_may_stand_there(words: str, some: list[str]) -> None:
    found = offered(words)
    assert set(some) <= set(found)
    assert all(f.startswith(words.rpartition(" ")[2]) for f in found)


@pytest.mark.parametrize(
    "words", ["run out=", "run weeks=", "status ", "plot ", "report re", "nonsense ", "run scenario=./"]
)
def test_where_a_path_or_a_number_stands_the_shell_is_left_alone(words: str) -> None:
    assert offered(words) == []


def test_nothing_is_offered_twice_in_a_line() -> None:
    assert "seed=" in offered("compare se") and "seed=" not in offered("compare seed=3 se")
    assert "schemes=[commits,commits" not in offered("compare schemes=[commits,com")


def test_every_verb_offers_its_own_words() -> None:
    for verb in STUDIES:
        assert "extend=" in offered(f"{verb} "), verb
    for verb in FILES:
        words = {f"{w}=" for w in facts()["words"][verb] if w.islower() and w.isidentifier()}
        assert words <= set(offered(f"{verb} there ")), verb


def test_keys_that_are_said_to_take_names_are_keys_and_take_them() -> None:
    known = {*facts()["keys"], "today", *(w for words in facts()["words"].values() for w in words)}
    assert {*completion.GROUPS, *completion.FOLDERS} <= known
    assert {*completion.GROUPS.values()} <= {*groups(), "vary", ""}
    for verb, key in {"class": "lesson", "sweep": "study", "claims": "claim", "validate": "anchor"}.items():
        assert offered(f"{verb} {key}="), key


def test_what_is_offered_is_accepted(capsys: pytest.CaptureFixture[str]) -> None:
    assert [w.removeprefix("scheme=") for w in offered("run scheme=")] == options("scheme")
    for group in offered("list "):
        assert group == "extend=" or main(["list", group]) == 0
    capsys.readouterr()


def test_yaml_of_ones_own_is_offered_and_its_python_is_not_run(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "mine"):
        file = place / "configs" / "scheme" / f"by_{place.name[:4]}.yaml"
        file.parent.mkdir(parents=True)
        file.write_text(OWN)
    (tmp_path / "mine" / "motives").mkdir()
    (tmp_path / "mine" / "motives" / "bad.py").write_text("raise SystemExit('run')\n")
    here = f"scheme=by_{tmp_path.name[:4]}"
    assert offered("run scheme=by_") == [here]
    assert offered("run extend=mine scheme=by_") == sorted([here, "scheme=by_mine"])


def test_a_shell_that_is_not_known_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "fsh"]) == 2
    assert "did you mean fish" in capsys.readouterr().err
    assert main(["completion"]) == 2
    assert "one of bash, fish, zsh" in capsys.readouterr().err


ASK = """
eval "$(crosspurpose completion bash)"
for line in "$@"; do
    COMP_LINE="$line" COMP_POINT=${#line} COMP_WORDS=(crosspurpose)
    _crosspurpose
    echo "${COMPREPLY[*]}"
done
complete -p crosspurpose
"""


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash here")
def test_bash_completes_what_stands_after_the_last_equals_sign(tmp_path: Path) -> None:
    program = tmp_path / "bin" / "crosspurpose"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m experiments.cli "$@"\n')
    program.chmod(0o755)
    root = Path(completion.__file__).parent.parent
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    lines = ["crosspurpose completi", "crosspurpose class lesson=re", "crosspurpose compare schemes=[commits,own_w"]
    done = subprocess.run(
        ["bash", "-c", ASK, "bash", *lines],
        env={**os.environ, "PATH": path, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    *replies, said = done.stdout.splitlines()
    assert replies == ["completion", "repair", "[commits,own_worth"]
    assert said == "complete -o default -F _crosspurpose crosspurpose"
