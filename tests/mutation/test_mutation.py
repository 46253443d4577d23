"""Whether mutants are what they should be, and whether the tests of the mechanisms notice them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutation.mutants import mutants
from tests.mutation.score import MECHANISMS, Trial, modules, table
from tests.mutation.trial import ROOT, judges_of

SOURCE = '''
@dataclass(frozen=True)
class A:
    """Says 1 + 1."""

    size: int = 3

    def f(self, x: "Literal[1]") -> float:
        if x < 0 or not self.size:
            raise InvalidInput("x", x, f"above {1 - 1}")
        return -max(x, 2.0) if x == 1 else self.size**x
'''


def test_every_kind_of_mistake_is_made_once_and_what_no_test_should_depend_on_is_left_alone() -> None:
    made = {(m.before, m.after) for m in mutants(SOURCE)}
    assert made >= {
        ("3", "4"),
        ("x < 0", "x <= 0"),
        ("x < 0 or not self.size", "x < 0 and (not self.size)"),
        ("not self.size", "not not self.size"),
        ("x == 1", "x != 1"),
        ("max(x, 2.0)", "min(x, 2.0)"),
        ("-max(x, 2.0)", "+max(x, 2.0)"),
        ("self.size ** x", "self.size * x"),
        ("2.0", "3.0"),
    }
    assert not {b for b, _ in made} & {"True", "1 - 1"}
    assert not any("Says 2" in m.code or "frozen=False" in m.code or "Literal[2]" in m.code for m in mutants(SOURCE))


def test_each_mutant_differs_from_the_source_and_from_the_others() -> None:
    path = ROOT / "sim/rewards/tournament.py"
    codes = [m.code for m in mutants(path.read_text())]
    assert len(codes) > 20 and len(set(codes)) == len(codes)


def test_every_mechanism_has_judges_of_its_own() -> None:
    for module in modules(MECHANISMS):
        assert all((ROOT / test).exists() for test in judges_of(module)), module


def test_the_table_counts_who_noticed() -> None:
    one = mutants("x = 1")[0]
    trials = [Trial(Path("sim/a.py"), one, by) for by in ("own", "own", "contracts", None)]
    assert table(trials).splitlines()[-1].split() == ["all", "4", "2", "1", "75%"]


def test_a_mistake_is_noticed_and_the_right_code_is_not() -> None:
    """In a process that has not loaded the model: a mutant of the smallest rule, and the rule itself."""
    words = """
from pathlib import Path
from tests.mutation.trial import killed, prepare, judges_of
prepare()
module = Path("sim/rewards/salary.py")
right = module.read_text()
wrong = right.replace("self.pay)", "self.pay + 1)")
print(wrong != right, *(killed(module, code, judges_of(module)) for code in (right, wrong)))
"""
    done = subprocess.run([sys.executable, "-c", words], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.split() == ["True", "False", "True"], done.stderr[-2000:]


@pytest.mark.soak
def test_five_of_six_mutants_of_the_mechanisms_are_noticed() -> None:
    seconds = os.environ.get("CROSSPURPOSE_MUTATION_SECONDS", "300")
    words = [sys.executable, "-m", "tests.mutation", seconds, "1"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    share = int(done.stdout.splitlines()[-1].split()[-1].rstrip("%"))
    assert share >= 85, done.stdout[-4000:]
