"""One mutant put before the tests of its module, in a process of its own; no file is changed."""

from __future__ import annotations

import importlib
import os
import resource
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType

ROOT = Path(__file__).parents[2]
SHARED = ("numpy", "scipy.optimize", "scipy.special", "scipy.stats", "scipy.integrate", "pandas", "omegaconf", "hydra")
TOOLS = ("pytest", "hypothesis", "hypothesis.internal.conjecture.engine", "yaml")


class Instead(SourceFileLoader):
    """Give another code to whoever imports one module."""

    def __init__(self, module: str, path: Path, code: str) -> None:
        super().__init__(module, str(path))
        self.module, self.code = module, code

    def find_spec(self, fullname: str, path: object, target: object = None) -> ModuleSpec | None:
        """Answer for that module alone."""
        return spec_from_file_location(fullname, self.path, loader=self) if fullname == self.module else None

    def get_code(self, fullname: str) -> CodeType:
        """Compile the other code, and keep nothing of it."""
        return compile(self.code, self.path, "exec")


def prepare() -> None:
    """Load what every trial needs and no mutant touches, so that a trial begins at once."""
    for name in (*SHARED, *TOOLS):
        importlib.import_module(name)
    if any(name.split(".")[0] == "sim" for name in sys.modules):
        raise RuntimeError("the model is loaded already: mutants would not be seen")


CONTRACTS = "tests/test_contracts.py"  # what every member of a catalogue keeps to


def judges_of(module: Path) -> list[str]:
    """Name the tests of a module: its doctests, and the file that mirrors it; all of the folder for a base class."""
    inside = module.relative_to("sim")
    folder = Path("tests") / inside.parent
    mirror = folder if module.stem == "base" else folder / f"test_{module.stem}.py"
    return [str(module), str(mirror)]


def killed(module: Path, code: str, tests: Sequence[str], seconds: int = 60) -> bool:
    """Tell whether some test fails, or the tests need more than so many seconds of computing, with this code.

    Parameters
    ----------
    module : Path
        Of the module, from the root of the project.
    code : str
        What is imported in its place.
    """
    child = os.fork()
    if child == 0:
        status = 1
        try:
            status = _tried(module, code, tests, seconds)
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0


def _tried(module: Path, code: str, tests: Sequence[str], seconds: int) -> int:
    import pytest

    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    os.chdir(ROOT)
    sys.dont_write_bytecode = True
    name = ".".join(module.with_suffix("").parts)
    sys.meta_path.insert(0, Instead(name, ROOT / module, code))
    importlib.import_module(name)  # before pytest, which would read the file itself for its doctests
    loaded = "ignore::pytest.PytestAssertRewriteWarning"  # the tools are there before pytest can look at them
    return int(pytest.main(["-x", "-q", "-p", "no:xdist", "-p", "no:cacheprovider", "-W", loaded, *tests]))
