"""The house's rules that can be read off the imports."""

from __future__ import annotations

import ast
import functools
from collections.abc import Collection, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Dependencies point from later rows to earlier ones; modules of one row do not know each other.
ROWS = [
    ["errors", "arrays"],
    ["fields"],
    ["catalogue"],
    ["blame", "contest", "culture", "politics", "prospect", "units", "draws"],
    ["ladder"],
    ["activities"],
    ["goals", "interventions"],
    ["signals"],
    ["rewards"],
    ["perception"],
    ["motives"],
    ["choice"],
    ["decision"],
    ["craft", "learning", "reasoning", "turnover"],
    ["customers", "reporting", "sponsor"],
    ["beliefs", "project", "surroundings"],
    ["evaluation"],
    ["evaluators", "people"],
    ["chart"],
    ["scenario"],
    ["rules"],
    ["state", "record"],
    ["outlook", "review"],
    ["engine"],
    ["succession"],
    ["organisation"],
    ["results"],
    ["census"],
    ["measures"],
    ["simulation"],
    ["optimum", "worlds"],
    ["filed"],
    ["loading", "opening"],
    ["mesa_model"],
]
ORDER = {name: row for row, names in enumerate(ROWS) for name in names}
BACKWARDS = {("results", "measures")}  # `results.measures()` is the public door to them, imported when it is opened
HYDRA = {"hydra", "omegaconf"}
POSIX_ONLY = {"fcntl", "grp", "posix", "pty", "pwd", "resource", "termios", "tty", "syslog", "readline", "curses"}
POSIX_CALLS = {"fork", "forkpty", "getuid", "geteuid", "getpgid", "killpg", "mkfifo", "setsid", "uname", "nice"}


@functools.cache
def files(package: str) -> dict[str, ast.Module]:
    """Syntax of every module of a package, by its path without the ending."""
    return {
        path.relative_to(ROOT).with_suffix("").as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted((ROOT / package).rglob("*.py"))
    }


SIM = files("sim")


def imported(tree: ast.AST) -> Iterator[str]:
    """Dotted names of all that is imported, wherever in the file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are absolute"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def running(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes of a syntax, but for what only type checkers read."""
    yield node
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"):
            yield from running(child)


def known(nodes: Iterator[ast.AST], there: Collection[str]) -> set[str]:
    """Modules among those there are that are imported; a package of which only modules are taken is not."""
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= inner if inner <= {*there} else (inner | {str(node.module)})
    return found & {*there}


def circle(knows: dict[str, set[str]]) -> list[str]:
    """A way from a module back to it; empty where there is none."""
    try:
        TopologicalSorter(knows).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def tops(tree: ast.AST) -> set[str]:
    return {name.split(".")[0] for name in imported(tree)}


def room(module: str) -> str:
    """`sim/rewards/base` and `sim.rewards.base` are of the room `rewards`."""
    parts = module.replace("/", ".").split(".")
    return parts[1] if len(parts) > 1 else ""


def test_every_module_has_its_place_in_the_order() -> None:
    assert {room(m) for m in SIM} - {"__init__"} == set(ORDER)


@pytest.mark.parametrize("module", SIM)
def test_dependencies_point_one_way(module: str) -> None:
    if module == "sim/__init__":
        return
    mine = room(module)
    for name in imported(SIM[module]):
        if name.split(".")[0] == "sim" and room(name) in ORDER and room(name) != mine:
            allowed = ORDER[room(name)] < ORDER[mine] or (mine, room(name)) in BACKWARDS
            allowed = allowed or ORDER[room(name)] == 0 == ORDER[mine]
            assert allowed, f"{module} imports {name}"


def test_the_one_way_back_is_taken_only_when_asked_for() -> None:
    for mine, other in BACKWARDS:
        for node in SIM[f"sim/{mine}"].body:
            assert f"sim.{other}" not in set(imported(node)) or isinstance(node, ast.ClassDef)


def test_no_modules_know_each_other_in_a_circle() -> None:
    """Wherever in a file they import; between pages, what only type checkers read does not count."""
    trees = {m.removesuffix("/__init__").replace("/", "."): tree for m, tree in (SIM | files("experiments")).items()}
    knows = {
        module: known(running(tree) if module.startswith("experiments.web.") else ast.walk(tree), trees) - {module}
        for module, tree in trees.items()
    }
    for mine, other in BACKWARDS:
        knows[f"sim.{mine}"].discard(f"sim.{other}")
    assert circle(knows) == []
    back = circle({**knows, "experiments.store": knows["experiments.store"] | {"experiments.compare"}})
    assert {"experiments.store", "experiments.compare"} <= {*back}, "a circle would be seen"


@pytest.mark.parametrize("module", SIM)
def test_members_of_a_catalogue_do_not_know_each_other(module: str) -> None:
    """Who is added or removed concerns nobody else."""
    folder = module.split("/")[1]
    if module.count("/") < 2 or folder == "measures":
        return
    known = {n for n in imported(SIM[module]) if n.startswith(f"sim.{folder}.")}
    assert all(n.startswith(f"sim.{folder}.base") for n in known), known


@pytest.mark.parametrize("module", SIM)
def test_sim_does_not_know_what_is_built_on_it(module: str) -> None:
    assert not tops(SIM[module]) & {"experiments", "tests", "benchmarks"}


@pytest.mark.parametrize("module", SIM)
def test_only_loading_knows_hydra_in_sim(module: str) -> None:
    assert module == "sim/loading" or not tops(SIM[module]) & HYDRA


def test_only_the_command_line_knows_hydra_in_experiments() -> None:
    knowing = {m for m, tree in files("experiments").items() if tops(tree) & HYDRA}
    assert knowing <= {"experiments/cli", "experiments/variants"}


@pytest.mark.parametrize("module", SIM)
def test_only_draws_makes_random_generators(module: str) -> None:
    tree = SIM[module]
    assert "random" not in tops(tree) and "secrets" not in tops(tree)
    if module == "sim/draws":
        return
    assert not any(n.startswith("numpy.random") for n in imported(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "random":
            assert not (isinstance(node.value, ast.Name) and node.value.id in ("np", "numpy")), module


@pytest.mark.parametrize("module", SIM)
def test_only_mesa_model_knows_mesa(module: str) -> None:
    assert module == "sim/mesa_model" or "mesa" not in tops(SIM[module])


@pytest.mark.parametrize("module", SIM)
def test_sim_runs_on_any_system(module: str) -> None:
    assert not tops(SIM[module]) & POSIX_ONLY
    for node in ast.walk(SIM[module]):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "os":
            assert node.attr not in POSIX_CALLS
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and not node.value.count("\n"):
            assert not node.value.startswith(("/tmp", "/dev", "/proc", "/usr", "~/")), node.value


WRITING = {"print", "open", "input", "breakpoint", "exec", "eval"}
WRITING_METHODS = {
    "write_text",
    "write_bytes",
    "to_csv",
    "to_parquet",
    "to_json",
    "savefig",
    "mkdir",
    "unlink",
    "rename",
}


@pytest.mark.parametrize("module", SIM)
def test_sim_prints_nothing_and_writes_nothing(module: str) -> None:
    assert not tops(SIM[module]) & {"matplotlib", "rich", "pyarrow", "shutil", "tempfile", "subprocess", "sys"} - (
        {"sim/fields": {"sys"}, "sim/opening": {"pyarrow"}}.get(module, set())
    )
    for node in ast.walk(SIM[module]):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name):
                assert node.func.id not in WRITING, f"{module}: {node.func.id}"
            if isinstance(node.func, ast.Attribute):
                assert node.func.attr not in WRITING_METHODS, f"{module}: {node.func.attr}"


def test_the_page_to_read_first_is_short() -> None:
    assert len((ROOT / "sim" / "engine.py").read_text(encoding="utf-8").splitlines()) < 150


@pytest.mark.parametrize("module", SIM)
def test_every_module_and_every_public_name_says_what_it_is(module: str) -> None:
    tree = SIM[module]
    assert ast.get_docstring(tree), module
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{module}.{node.name}"


@pytest.mark.parametrize("module", SIM)
def test_the_weekly_step_knows_no_user_assertions(module: str) -> None:
    """No `assert` about what users give: that is InvalidInput's. What remains narrows a type for the checker."""
    for node in ast.walk(SIM[module]):
        if isinstance(node, ast.Assert):
            text = ast.unparse(node.test)
            assert text.endswith("is not None") or text.startswith("isinstance("), f"{module}: assert {text}"


NAMES = {  # of activities and schemes, in configs
    path.stem for path in (ROOT / "configs" / "scheme").glob("*.yaml")
} | {"deliver", "maintain", "share", "learn", "showcase", "chase", "fortify", "game", "flatter", "undermine"}
OTHER_SENSES = {
    "share": {"sim/rewards/tournament", "sim/rewards/layoff"},
    "none": {"sim/people"},
    "hours": {"sim/evaluation", "sim/results", "sim/measures/people", "sim/interventions"},
}


@pytest.mark.parametrize("module", SIM)
def test_mechanisms_ask_for_roles_and_never_for_the_name_of_an_activity_or_scheme(module: str) -> None:
    """`share` of a team and the motive `none` of who has none are other words spelt alike."""
    tree = SIM[module]
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            name = node.value.strip("_.:=' ")
            assert name not in NAMES or module in OTHER_SENSES.get(name, ()), f"{module}:{node.lineno} {name}"


def test_the_public_interface_is_imported_only_when_asked_for() -> None:
    """`import sim` is quick: it imports neither numpy nor Hydra nor Mesa."""
    import subprocess
    import sys

    code = "import sim, sys; print(sorted({'numpy', 'hydra', 'mesa', 'pandas'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"
