"""The command line from end to end: what a user types, and what comes of it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from experiments import cli, listing, study
from experiments.cli import FILES, HELP, SPOKEN, STUDIES, main
from sim.loading import PYTHON, extended, groups
from tests.test_loading import nothing_stays_joined

__all__ = ["nothing_stays_joined"]
SMALL = ["runs=6", "weeks=13", "executor=serial"]


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """Run a bad command: exit status 2, one line in all, nothing written."""
    before = sorted(Path.cwd().rglob("*"))
    assert main(words) == 2
    said = capsys.readouterr()
    lines = (said.out + said.err).splitlines()
    assert len(lines) == 1, lines
    assert sorted(Path.cwd().rglob("*")) == before
    return lines[0]


def test_compare_writes_the_folder_that_the_format_promises(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "schemes=[commits,own_worth,none]", *SMALL, "out=A"]) == 0
    folder = Path("A")
    names = {p.name for p in folder.iterdir()}
    assert {"config.yaml", "manifest.json", "runs.parquet", "weekly", "summary.csv", "plots"} <= names
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["format"] == 1 and manifest["seed"] == 1 and manifest["status"] == "finished"
    runs = pd.read_parquet(folder / "runs.parquet")
    assert list(runs.columns[:2]) == ["scheme", "run"] and len(runs) == 18
    weekly = pd.read_parquet(folder / "weekly")
    assert list(weekly.columns[:3]) == ["scheme", "run", "week"] and len(weekly) == 18 * 13
    columns = "scheme,measure,value,error_low,error_high,luck_low,luck_high,runs"
    assert (folder / "summary.csv").read_text().splitlines()[0] == columns
    assert list((folder / "plots").glob("*.png"))
    said = capsys.readouterr().out
    for word in ("weeks of core work", "displaced", "validity", "debt", "truck factor", "surplus", "Paired", "jointly"):
        assert word in said


def test_a_finished_study_is_printed_again_and_not_computed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ["compare", "schemes=[commits,none]", *SMALL, "out=A"]
    assert main(command) == 0
    first = capsys.readouterr().out

    def never(*_: object) -> str:
        raise AssertionError("nothing may be computed")

    monkeypatch.setattr(study, "compute", never)
    assert main(command) == 0
    assert capsys.readouterr().out.replace("read from", "written to") == first


def test_a_schemes_own_rows_do_not_change_when_others_are_added() -> None:
    assert main(["compare", "schemes=[commits,none]", *SMALL, "out=A"]) == 0
    assert main(["compare", "schemes=[none,impressive,commits]", *SMALL, "out=B"]) == 0
    a, b = (pd.read_csv(f"{x}/summary.csv").query("scheme == 'commits'").reset_index(drop=True) for x in "AB")
    pd.testing.assert_frame_equal(a, b, check_exact=True)
    a, b = (pd.read_parquet(f"{x}/runs.parquet").query("scheme == 'commits'").reset_index(drop=True) for x in "AB")
    pd.testing.assert_frame_equal(a, b, check_exact=True)


def test_the_unit_of_a_signal_leaves_no_trace(in_an_empty_folder: Path) -> None:
    signal_file = in_an_empty_folder / "configs" / "signal" / "coffee.yaml"
    scheme_file = in_an_empty_folder / "configs" / "scheme" / "coffee.yaml"
    for file in (signal_file, scheme_file):
        file.parent.mkdir(parents=True)
    scheme_file.write_text(
        "label: {plain: by coffee, neutral: coffee, sentence: Cups., good: neither}\nweights: {coffee: 1}\n"
    )
    for unit, out in ((1, "A"), (1000, "B")):
        loadings = f"{{deliver: {0.3 * unit}, showcase: {1.7 * unit}, game: {-0.7 * unit}}}"
        signal_file.write_text(f"loadings: {loadings}\nnoise: {{sd: {1.1 * unit}}}\n")
        assert main(["compare", "schemes=[coffee,none]", *SMALL, f"out={out}"]) == 0
    assert Path("A/summary.csv").read_text() == Path("B/summary.csv").read_text()


def test_the_shortest_signal_and_scheme_of_the_how_to_run(
    in_an_empty_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (Path(study.__file__).parent.parent / "docs" / "howto" / "signal.md").read_text(encoding="utf-8")
    blocks = re.findall(r'```yaml title="([^"]+)"\n(.*?)```', page, flags=re.DOTALL)
    for group, (title, text) in zip(("signal", "scheme"), blocks, strict=True):
        assert title == f"configs/{group}/story_points.yaml"
        file = in_an_empty_folder / title
        file.parent.mkdir(parents=True)
        file.write_text(text)
    assert main(["compare", "schemes=[story_points,commits,none]", *SMALL]) == 0
    assert "paid by story points" in capsys.readouterr().out
    assert next(Path("results").glob("compare-three_persons-*")).is_dir()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["compar"], "compare"),
        (["compare", "schemes=[lines_of_cod]"], "did you mean lines_of_code"),
        (["compare", "schemes=[]"], "at least one"),
        (["compare", "scheme="], "one of"),
        (["compare", "scheme=commits"], "schemes="),
        (["compare", "schemes=[commits,commits]"], "once"),
        (["compare", "vary=foo"], "scheme"),
        (["compare", "reference=foo"], "commits"),
        (["compare", "runs=0"], "at least 1"),
        (["compare", "runs=abc"], "whole number"),
        (["compare", "weeks=0"], "at least 1"),
        (["compare", "weeks=5"], "review"),
        (["compare", "seed=-1"], "at least 0"),
        (["compare", "seeed=1"], "did you mean seed"),
        (["compare", "matters=-1"], "matters"),
        (["compare", "executor=cloud"], "processes"),
        (["compare", "--nonsense"], "flags"),
        (["run", "scheme.strenth=1"], "did you mean strength"),
        (["run", "scheme.strength=-1"], "at least 0"),
        (["run", "scheme.strength=inf"], "finite"),
        (["run", "team.people=[]"], "at least one person"),
        (["run", "scheme.weights.commits=0"], "salary"),
        (["run", "++scheme.weights.comits=1"], "did you mean commits"),
        (["run", "++signals.commits.loadings.delivr=1"], "did you mean deliver"),
        (["run", "signals.commits.noise.sd=0", "scheme.attribution=0"], "above 0"),
        (["run", "team.promotion.prize=50"], "stability"),
        (["run", "weeks"], "key=value"),
        (["verify", "cases=nowhere.json"], "nowhere.json"),
        (["verify", "section=Q"], "section"),
        (["run", "++more=1"], "key of the configuration"),
        (["run", "+team@teem=person_a"], "did you mean team"),
        (["run", "signals.commits.noise.sd=1e200"], "ordinary size"),
        (["run", "choice.cost=1e-300"], "ordinary size"),
        (["run", "extend=nowhere"], "a folder that exists"),
        (["compare", "extend=."], "a folder with yaml"),
        (["run", "++extend=."], "without +"),
        (["list", "--extend", "nowhere"], "a folder that exists"),
        (["list", "schemes", "teams"], "list [-h]"),
        (["list", "shemes"], "did you mean schemes"),
    ],
    ids=lambda x: " ".join(x) if isinstance(x, list) else None,
)
def test_bad_input_gets_one_line_and_leaves_nothing(
    words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert says in refused(words, capsys)


def test_a_folder_below_a_file_and_one_of_somebody_else_are_refused(
    in_an_empty_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (in_an_empty_folder / "file").write_text("")
    assert "is a file" in refused(["run", *SMALL, "out=file/x"], capsys)
    (in_an_empty_folder / "thesis").mkdir()
    (in_an_empty_folder / "thesis" / "chapter").write_text("mine")
    assert "new or empty" in refused(["run", *SMALL, "out=thesis", "overwrite=true"], capsys)


def test_another_study_in_the_folder_is_kept_unless_overwritten(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", *SMALL, "out=A"]) == 0
    capsys.readouterr()
    assert "overwrite=true" in refused(["run", *SMALL, "seed=2", "out=A"], capsys)
    assert main(["run", *SMALL, "seed=2", "out=A", "overwrite=true"]) == 0
    assert json.loads(Path("A/manifest.json").read_text())["seed"] == 2


def test_a_full_disk_is_one_line_and_the_same_command_continues(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ["compare", "schemes=[commits,none]", *SMALL, "out=A"]
    write, calls = study.write_parquet, []

    def full(frame: pd.DataFrame, path: Path) -> None:
        calls.append(path)
        if len(calls) > 2:
            raise OSError(28, "No space left on device", str(path))
        write(frame, path)

    with monkeypatch.context() as patch:
        patch.setattr(study, "write_parquet", full)
        assert main(command) == 2
    said = capsys.readouterr()
    assert "disk is full" in said.err and len((said.out + said.err).splitlines()) == 1
    assert main(command) == 0
    assert main(["compare", "schemes=[commits,none]", *SMALL, "out=B"]) == 0
    assert Path("A/summary.csv").read_bytes() == Path("B/summary.csv").read_bytes()


def blocks(process: subprocess.Popen[str]) -> bool:
    return bool(list(Path("A").glob("_runs/part-*.parquet")))


def workers(process: subprocess.Popen[str]) -> bool:
    """Whether processes have been started that are to be workers."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return any(b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes() for child in children)


def started(words: list[str], until: Callable[[subprocess.Popen[str]], bool] = blocks) -> subprocess.Popen[str]:
    """Start a command in a process group of its own, and wait until something is so: that its first block stands."""
    signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # a command started where it is ignored would ignore it too
    process = subprocess.Popen(
        [sys.executable, "-m", "experiments.cli", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # of Windows, where there are no sessions
        start_new_session=True,
    )
    for _ in range(6000):
        if process.poll() is not None or until(process):
            return process
        time.sleep(0.01)
    raise AssertionError("not within a minute")


LONG = ["compare", "schemes=[commits,none]", "runs=2000", "weeks=52", "out=A"]


def test_an_interrupted_or_killed_study_loses_nothing_and_ends_as_an_undisturbed_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    interrupted = started([*LONG, "workers=2"])
    os.killpg(interrupted.pid, signal.SIGINT)
    out, err = interrupted.communicate(timeout=60)
    assert interrupted.returncode == 130
    assert len((out + err).splitlines()) == 1 and "continues" in err
    done = len(list(Path("A/_runs").glob("part-*.parquet")))
    assert done >= 1
    killed = started([*LONG, "workers=1"])
    os.killpg(killed.pid, signal.SIGKILL)
    killed.communicate(timeout=60)
    assert main(LONG) == 0
    assert main([*LONG[:-1], "out=B"]) == 0
    for name in ("runs.parquet", "weekly"):
        a, b = (pd.read_parquet(Path(x) / name) for x in "AB")
        pd.testing.assert_frame_equal(a, b, check_exact=True)
    assert Path("A/summary.csv").read_bytes() == Path("B/summary.csv").read_bytes()


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="asks Linux for the processes there are")
@pytest.mark.parametrize("later", [0.0, 0.1, 0.4])
def test_whoever_is_interrupted_while_workers_start_hears_of_it_once(later: float) -> None:
    interrupted = started([*LONG, "workers=2"], workers)
    time.sleep(later)
    os.killpg(interrupted.pid, signal.SIGINT)
    out, err = interrupted.communicate(timeout=60)
    assert interrupted.returncode == 130
    assert len((out + err).splitlines()) == 1 and "continues" in err


def test_an_interruption_that_a_library_hides_is_one_still(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def hides(words: list[str]) -> int:
        try:
            try:
                raise KeyboardInterrupt
            finally:
                raise AttributeError("half undone")
        except AttributeError as error:
            raise ValueError("half undone") from error

    monkeypatch.setattr(cli, "_dispatch", hides)
    assert main(["run"]) == 130
    assert capsys.readouterr().err.startswith("crosspurpose: interrupted")


def test_verify_says_which_number_is_wrong(capsys: pytest.CaptureFixture[str], in_an_empty_folder: Path) -> None:
    assert main(["verify", "section=B2", "out=V"]) == 0
    table = pd.read_csv("V/verify.csv")
    assert list(table.columns) == ["id", "quantity", "expected", "found", "tolerance", "verdict"]
    assert set(table["verdict"]) == {"pass"}
    case = {"id": "B2.mine", "inputs": {"f": [3, 1], "g": [2, 2], "r": 0.5, "sigma2": 1}, "closed": {"b": 0.889 * 1.02}}
    (in_an_empty_folder / "mine.json").write_text(json.dumps({"cases": [case]}))
    assert main(["verify", "cases=mine.json", "out=W"]) == 1
    assert "1 fail" in capsys.readouterr().out


def test_help_names_every_verb_once() -> None:
    grouped = [verb for verbs in HELP.values() for verb in verbs]
    assert sorted(grouped) == sorted([*STUDIES, *FILES])


@pytest.mark.parametrize("verb", SPOKEN)
def test_verbs_of_words_alone_say_what_they_take(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    for flag in ("-h", "--help"):
        assert main([verb, flag]) == 0
        assert f"crosspurpose {verb}" in capsys.readouterr().out


def test_list_and_help_and_version_answer(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["list"], ["list", "schemes"], ["list", "motive"], [], ["--help"], ["--version"]):
        assert main(words) == 0
    said = capsys.readouterr().out
    assert "lines_of_code" in said and "skill_up" in said and "compare" in said


def test_a_users_own_motive_is_known_to_every_worker_and_its_content_is_part_of_the_study(
    in_an_empty_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", "motive", "mastery", "--in", "lab"]) == 0
    command = ["run", "runs=300", "weeks=13", "workers=2", "++team.people.0.motives.mastery=1.0", "out=A"]
    assert main([*command, "extend=lab"]) == 0
    assert pd.read_parquet("A/runs.parquet")["utility_mastery"].notna().all()
    capsys.readouterr()
    file = in_an_empty_folder / "lab" / "motives" / "mastery.py"
    file.write_text(file.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")
    assert main([*command, "extend=lab"]) == 2
    assert "another study" in capsys.readouterr().err


def test_where_a_users_own_folder_lies_is_no_part_of_the_study(
    in_an_empty_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", "signal", "cups", "--in", "lab"]) == main(["new", "scheme", "cups", "--in", "lab"]) == 0
    assert main(["compare", "schemes=[cups,none]", *SMALL, "out=A", "extend=lab"]) == 0
    (in_an_empty_folder / "lab").rename(in_an_empty_folder / "moved here")
    capsys.readouterr()
    assert main(["compare", "schemes=[cups,none]", *SMALL, "out=A", "extend=moved here"]) == 0
    assert "read from" in capsys.readouterr().out


def test_list_says_whose_each_thing_is_and_where_it_stands(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "motive", "mastery", "--in", "lab"]) == main(["new", "scheme", "cups"]) == 0
    capsys.readouterr()
    for words in (["list", "motives", "--extend", "lab"], ["list", "extend=lab", "motive"]):
        assert main(words) == 0
        lines = [line.split() for line in capsys.readouterr().out.splitlines()]
        i = next(i for i, words in enumerate(lines) if words[0] == "mastery")
        assert (
            lines[i][1] == "yours"
            and ["lab/configs/motive/mastery.yaml"] in lines
            and ["lab/motives/mastery.py"] in lines
        )
        assert next(words for words in lines if words[0] == "pay")[1] == "ours"
    assert main(["list"]) == 0
    said = capsys.readouterr().out
    assert "cups (yours)" in said and "tournament" in said


def test_the_short_list_names_what_the_long_ones_do(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["new", "motive", "mastery", "--in", "lab"], ["new", "scheme", "cups"]):
        assert main(words) == 0
    with extended("lab"):
        for group in (*groups(), *PYTHON):
            assert list(listing.names(group).items()) == [(e.name, bool(e.files)) for e in listing.entries(group)]
        assert listing.names("motive")["mastery"] and not listing.names("motive")["pay"]


def test_the_short_list_reads_no_yaml_but_the_activities(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    read = listing.read
    monkeypatch.setattr(listing, "read", lambda group, name: asked.append(group) or read(group, name))
    assert main(["list"]) == 0
    assert set(asked) == {"activity"}


def test_verify_knows_a_folder_of_the_users_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "signal", "cups", "--in", "lab"]) == 0
    assert main(["verify", "section=B2", "extend=lab", "out=V"]) == 0
    assert set(pd.read_csv("V/verify.csv")["verdict"]) == {"pass"}
    capsys.readouterr()
    assert "a folder that exists" in refused(["verify", "section=B2", "extend=nowhere"], capsys)


def test_list_and_new_start_without_numpy_pandas_or_hydra() -> None:
    code = "import sys; from experiments.cli import main; main(['list']); main(['new', 'team', 'five']); "
    code += "print(sorted({'numpy', 'pandas', 'hydra', 'omegaconf', 'scipy'} & {*sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_list_says_what_a_yaml_without_a_label_says_of_itself(capsys: pytest.CaptureFixture[str]) -> None:
    for group in ("organisation", "politics", "culture", "sponsor", "customers", "reporting", "goals", "remedies"):
        assert main(["list", group]) == 0
        for line in capsys.readouterr().out.splitlines():
            assert len(line.split(maxsplit=2)) == 3, line  # name, whose, and what it is
    assert main(["list", "interventions"]) == 0
    assert "tests and a build pipeline" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("configs/scheme/mine.yaml", b"\xff", ["lint", "scheme=mine"]),
        ("configs/team/mine.yaml", b"weeks: !!int x", ["lint", "team=mine"]),
        ("configs/team/mine.yaml", b"defaults: 3", ["explain", "team=mine"]),
        ("configs/team/mine.yaml", b"- null", ["run", "team=mine"]),
        ("configs/customers/mine.yaml", b"# @p", ["lint", "customers=mine"]),
        ("configs/motive/mine.yaml", b"a: &x [*x]", ["run", "runs=1"]),
        ("mine.yaml", b"good_intent: 2020-01-01", ["lint", "scenario=mine.yaml"]),
        ("mine.yaml", b"story: {plain: '${}'}", ["lint", "scenario=mine.yaml"]),
        ("configs/motive/mine.yaml", b"weeks: !!int x", ["list", "motives"]),
        ("mine.yaml", b"", ["status", "~nobody-of-this-name"]),
    ],
)
def test_an_odd_file_or_folder_is_one_line(
    file: str,
    text: bytes,
    words: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).write_bytes(text)
    assert main(words) == 2
    said = capsys.readouterr().err.strip()
    assert said.startswith("crosspurpose: ") and "\n" not in said and "internal error" not in said
