"""The wheel is whole: what is not in it is not needed, in an empty environment of every Python that it names.

`make soak` installs it and types every verb, with and without the extras.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path
from urllib.request import urlopen

import pytest

from experiments import study
from experiments.cli import FILES, STUDIES, main

ROOT = Path(study.__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
VERSIONS = [c.split()[-1] for c in PROJECT["classifiers"] if re.search(r":: 3\.\d+$", c)]
EXTRAS = ("analysis", "cluster", "web")  # that verbs need
SMALL = ["runs=4", "weeks=26", "executor=serial"]

TYPED = """
list
list lessons
new scheme mine
completion bash
completion words 'crosspurpose run scheme=mi'
run scheme=mine runs=4 weeks=26 workers=2 out=A
compare schemes=[commits,mine] runs=4 weeks=52 executor=serial out=B
explain out=E
decompose schemes=[commits] runs=4 executor=serial out=D
persistence tried=[teaching] runs=4 executor=serial out=P
detect scheme=commits runs=60 executor=serial out=DE
strength scheme=commits strengths=[0.5,1,2] runs=4 weeks=26 executor=serial out=ST
lint scheme=mine
redteam scheme=commits out=R
verify section=A out=V
sweep scheme=commits,none scheme.strength=interval(0.2,2) points=24 pair=scheme runs=2 weeks=26 executor=serial out=S
sweep scheme.strength=0.5,1 runs=4 weeks=26 shard=1/2 executor=serial out=S1
sweep scheme.strength=0.5,1 runs=4 weeks=26 shard=2/2 executor=serial out=S2
merge SM S1 S2
status S
export S
plot S x=scheme.strength
report B
repro A
diff A A
rehearse lesson=target classes=2 students=6 workers=1 out=RE
replicate
replicate peter_principle runs=2 out=PP
claims claim=blended workers=1 out=C
validate anchor=debt_time runs=2 draws=2 workers=1 out=VA
""".strip().splitlines()
WITH = {  # what an extra is needed for
    "discover S": "analysis",
    "sensitivity scheme.strength=interval(0,2) samples=4 runs=2 weeks=26 executor=serial out=SE": "analysis",
    "optimise scheme.strength=interval(0,2) trials=4 runs=2 weeks=26 executor=serial out=O": "analysis",
    "sweep scheme.strength=0.5,1 runs=4 weeks=26 executor=dask workers=1 out=SD": "cluster",
    "serve port=0": "web",
    "class port=0": "web",
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built here and now."""
    folder = tmp_path_factory.mktemp("dist")
    build = "import sys, hatchling.build; hatchling.build.build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", build, str(folder)], cwd=ROOT, check=True, capture_output=True)
    (found,) = folder.glob("*.whl")
    return found


def test_the_wheel_has_every_file_of_the_packages_and_of_configs_and_no_other(wheel: Path) -> None:
    files = [p for part in ("sim", "experiments", "configs") for p in (ROOT / part).rglob("*") if p.is_file()]
    names = {p.relative_to(ROOT).as_posix() for p in files if p.suffix != ".pyc"}
    expected = {re.sub("^configs/", "sim/configs/", n) for n in names} | {"sim/configs/cases.json"}
    with zipfile.ZipFile(wheel) as packed:
        assert {n for n in packed.namelist() if ".dist-info/" not in n} == expected
    assert {Path(n).suffix for n in expected} == {".py", ".yaml", ".json", ".html", ".css", ".js", ".md"}


def test_the_wheel_says_which_pythons_and_extras_it_takes_and_brings_the_program(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        texts = {Path(n).name: packed.read(n).decode() for n in packed.namelist() if ".dist-info/" in n}
    said = Parser().parsestr(texts["METADATA"])
    assert said["Requires-Python"] == ">=3.12" and "crosspurpose = experiments.cli:main" in texts["entry_points.txt"]
    assert {*EXTRAS, "docs", "dev"} == {*said.get_all("Provides-Extra", [])}
    assert f"{sys.version_info.major}.{sys.version_info.minor}" in VERSIONS


def test_the_packages_run_where_there_is_nothing_else_of_the_project(wheel: Path, tmp_path: Path) -> None:
    packages, here = tmp_path / "packages", tmp_path / "here"
    here.mkdir()
    zipfile.ZipFile(wheel).extractall(packages)
    program = "import sim, experiments.cli as cli, sys; print(sim.__file__); sys.exit(cli.main())"
    for words in (
        ["list", "schemes"],
        ["compare", "schemes=[commits,none]", *SMALL, "out=B"],
        ["verify", "section=A0"],
    ):
        done = subprocess.run(
            [sys.executable, "-c", program, *words],
            cwd=here,
            env={**os.environ, "PYTHONPATH": str(packages)},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        assert Path(done.stdout.splitlines()[0]).is_relative_to(packages)
    assert (here / "B" / "summary.csv").is_file() and list((here / "B" / "plots").glob("*.png"))


@pytest.mark.parametrize(("line", "extra"), [each for each in WITH.items() if each[0] != "discover S"])
def test_a_verb_without_its_library_says_in_a_line_what_to_install(
    line: str, extra: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for library in ("SALib", "optuna", "sklearn", "distributed", "nicegui", "fastapi", "segno"):
        for loaded in [m for m in sys.modules if m.partition(".")[0] == library]:
            monkeypatch.delitem(sys.modules, loaded)
        monkeypatch.setitem(sys.modules, library, None)  # cannot be imported
    assert main(shlex.split(line)) == 2
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1 and f"crosspurpose[{extra}]" in said
    assert not list(tmp_path.iterdir())


def python_of(version: str) -> str:
    """A Python of that version that can make environments; the test is skipped where there is none."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    on_path = shutil.which(f"python{version}")
    check = "import sys, venv, ensurepip; print('{}.{}'.format(*sys.version_info))"
    for python in [sys.executable, on_path, *sorted(map(str, pyenv.glob(f"{version}.*/bin/python")))]:
        done = subprocess.run([python or "false", "-c", check], capture_output=True, text=True)
        if done.returncode == 0 and done.stdout.strip() == version:
            return str(python)
    pytest.skip(f"there is no Python {version} here")


def typed(program: Path, line: str, folder: Path) -> tuple[int, str, str]:
    """Exit status and what is said, of a verb typed in a folder; pages are interrupted once they can be reached."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL_ENV"))}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    process = subprocess.Popen([program, *shlex.split(line)], cwd=folder, env=clean, **pipes)
    first = ""
    if line.split()[0] in ("serve", "class"):
        while "http://" not in first and (more := process.stdout.readline()):
            first += more
        if (address := re.search(r"http://\S+", first)) is not None:
            with urlopen(address[0], timeout=300) as page:
                assert page.status == 200
        process.send_signal(signal.SIGINT)
    out, error = process.communicate(timeout=900)
    return process.returncode, first + out, error


@pytest.mark.soak
@pytest.mark.parametrize("version", VERSIONS)
def test_every_verb_does_its_work_in_an_empty_environment(version: str, wheel: Path, tmp_path: Path) -> None:
    lines = [*TYPED, *WITH]
    assert {shlex.split(line)[0] for line in lines} == STUDIES.keys() | FILES.keys()
    environment, here = tmp_path / "environment", tmp_path / "here"
    here.mkdir()
    subprocess.run([python_of(version), "-m", "venv", str(environment)], check=True)
    programs = environment / ("Scripts" if os.name == "nt" else "bin")

    def install(what: str) -> None:
        words = ["-m", "pip", "install", "--quiet", "--no-input", "-c", str(ROOT / "constraints.txt"), what]
        subprocess.run([programs / "python", *words], check=True, capture_output=True)

    install(str(wheel))
    for line in TYPED:
        status, out, error = typed(programs / "crosspurpose", line, here)
        assert status == 0 and (out or error), f"{line}: {error}"
    assert (here / "A" / "runs.parquet").is_file()
    for line, extra in WITH.items():
        status, _, error = typed(programs / "crosspurpose", line, here)
        assert status == 2 and f"crosspurpose[{extra}]" in error and len(error.splitlines()) == 1, f"{line}: {error}"
    install(f"{wheel}[{','.join(EXTRAS)}]")
    for line in WITH:
        status, out, error = typed(programs / "crosspurpose", line, here)
        assert status == 0 and out, f"{line}: {error}"
