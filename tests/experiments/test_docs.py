"""What the documentation says to type works, with fewer runs and points than it says."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from pathlib import Path

import pytest

from experiments import study
from experiments.claims.judged import SETTINGS, Setting
from experiments.cli import main
from experiments.hold_class import asked_of

ROOT = Path(study.__file__).parent.parent
SMALLER: dict[str, object] = {"points": 8, "runs": 2, "weeks": 26, "samples": 4, "trials": 4}
LARGE = {"D": ["points=24"]}  # by the folder: what needs more to say anything
STUDIES = ("sweep", "plot", "discover", "export", "repro", "diff", "merge", "status", "sensitivity", "optimise", "list")
CAUSES = ("claims", "decompose", "compare", "detect", "persistence", "validate", "replicate")
FEW = Setting(runs=8, without=2, draws=2, each=2, tried=1, flips=2)


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


def test_what_is_to_be_typed_means_the_same_in_every_shell() -> None:
    """A bracket outside of quotes is a pattern or a fault, and where zsh is asked directly a comment is words."""
    pages = [ROOT / "README.md", *(p for p in (ROOT / "docs").rglob("*.md") if p.name != "TESTING.md")]
    lines = [line for p in pages for b in blocks(p.read_text(encoding="utf-8"), "sh") for line in b.splitlines()]
    bare = {line: re.sub(r"""'[^']*'|"[^"]*\"""", "", line) for line in lines}
    assert len(bare) > 80 and not [line for line, rest in bare.items() if re.search(r"[][(){}<>*?~#;&|]", rest)]


def typed(text: str, verbs: Sequence[str]) -> list[list[str]]:
    """The commands of a page, without those that need other machines."""
    lines = [line for block in blocks(text, "sh") for line in block.replace("\\\n", " ").splitlines()]
    split = [shlex.split(line, comments=True) for line in lines]
    known = [w[1:] for w in split if w[:1] == ["crosspurpose"] and w[1] in verbs]
    return [words for words in known if not any(w.startswith("scheduler=") for w in words)]


def smaller(words: list[str]) -> list[str]:
    """The same command with fewer runs, and so on; of few runs the red team can tell nothing."""
    if words[0] == "redteam":
        return words
    out = next((w.removeprefix("out=") for w in words if w.startswith("out=")), "")
    said = {w.partition("=")[0] for w in words}
    sizes: dict[str, object] = {key: size for key, size in SMALLER.items() if key in said}
    if words[0] not in (
        "plot",
        "discover",
        "export",
        "repro",
        "diff",
        "merge",
        "status",
        "list",
        "replicate",
        "lint",
        "report",
    ):
        sizes["executor"] = "serial"
    if words[0] == "detect":
        sizes["runs"] = 60
    if words[0] == "persistence":
        sizes |= {"runs": 4, "tried": "[teaching,giving_credit]"}
    if words[0] == "validate":
        sizes |= {"runs": 4, "draws": 2, "anchor": "debt_time,knowledge_loss"}
    if words[0] == "optimise":
        sizes |= {k: SMALLER[k] for k in ("trials", "runs", "weeks")}
    if words[0] == "sensitivity":
        sizes |= {"samples": SMALLER["samples"]}
    kept = [w for w in words if w.partition("=")[0] not in sizes]
    if "study=audit_map" in words:
        kept.append("levels=3")
    more = LARGE.get(out, [])
    return [*kept, *(f"{k}={v}" for k, v in sizes.items() if k not in {m.partition("=")[0] for m in more}), *more]


def follow(page: str, monkeypatch: pytest.MonkeyPatch, folder: Path, verbs: Sequence[str] = STUDIES) -> int:
    """Type everything that a page says of some verbs, in its order; return how many commands."""
    monkeypatch.chdir(folder)
    commands = [smaller(words) for words in typed(page, verbs)]
    for words in commands:
        assert main(words) == 0, words
    return len(commands)


def sweeps() -> tuple[str, str]:
    """The page about sweeps, in two: its commands at a glance, and the rest."""
    head, _, tail = (ROOT / "docs" / "SWEEPS.md").read_text(encoding="utf-8").partition("## At a glance\n")
    glance, _, rest = tail.partition("\n## ")
    return glance, head + rest


def test_everything_on_the_page_about_sweeps_can_be_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = sweeps()[1]
    (tmp_path / "studies").mkdir()
    (yaml,) = blocks(page, "yaml")
    (tmp_path / "studies" / "mine.yaml").write_text(
        yaml.replace("points: 64", "points: 4").replace("runs: 100", "runs: 2")
    )
    assert follow(page, monkeypatch, tmp_path) > 15
    opened, *_ = blocks(page, "python")
    exec(compile(opened, "SWEEPS.md", "exec"), {})
    capsys.readouterr()


def test_what_the_page_about_sweeps_says_at_a_glance_can_be_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(LARGE, "S", ["points=24"])
    assert follow(sweeps()[0], monkeypatch, tmp_path) == 7
    capsys.readouterr()


def test_everything_on_the_page_about_claims_and_causes_can_be_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (ROOT / "docs" / "CLAIMS_AND_CAUSES.md").read_text(encoding="utf-8")
    monkeypatch.setitem(SETTINGS, "quick", FEW)
    (tmp_path / "claims").mkdir()
    (claim,) = blocks(page, "yaml")
    (tmp_path / "claims" / "lines_cost_upkeep.yaml").write_text(claim)
    assert follow(page, monkeypatch, tmp_path, CAUSES) == 11
    assert "### lines_cost_upkeep" in (tmp_path / "MY_CLAIM.md").read_text(encoding="utf-8")
    capsys.readouterr()


@pytest.mark.parametrize("page", ["README.md", "docs/teaching/README.md"])
def test_what_is_said_to_teachers_can_be_typed(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    rehearsed = [[w for w in words if not w.startswith("classes=")] for words in typed(text, ["rehearse"])]
    for words in rehearsed:
        assert main([*words, "classes=3"]) == 0, words
    held = [asked_of(words[1:]) for words in typed(text, ["class"])]
    assert held and rehearsed
    assert all(asked.setting.lesson == "target" for asked in held)
    capsys.readouterr()


LEADERS = ("lint", "compare", "report")


def lead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verbs: Sequence[str]) -> int:
    """Type what the page for leaders says of some verbs, with the scenario file that stands on it."""
    page = (ROOT / "docs" / "LEADERS.md").read_text(encoding="utf-8")
    (question,) = blocks(page, "yaml")
    (tmp_path / "question.yaml").write_text(question.replace("runs: 24", "runs: 2"))
    monkeypatch.setitem(SMALLER, "draws", 2)
    return follow(page, monkeypatch, tmp_path, verbs)


def test_everything_on_the_page_for_leaders_can_be_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lead(tmp_path, monkeypatch, LEADERS) == 4
    page = (tmp_path / "brief.html").read_text(encoding="utf-8")
    assert "<h1>" in page and "http" not in page.partition('id="reproduce"')[0].replace("http://www.w3.org", "")
    said = capsys.readouterr().out
    assert "tickets and colleagues" in said and "serious" in said


@pytest.mark.soak
def test_what_the_page_for_leaders_says_of_the_red_team_can_be_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lead(tmp_path, monkeypatch, ("redteam", "run")) == 2
    capsys.readouterr()
