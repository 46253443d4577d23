"""`crosspurpose new scheme|signal|team|motive NAME [--in DIR]`: files of your own to edit, which run as they are."""

from __future__ import annotations

import keyword
from collections.abc import Sequence
from pathlib import Path
from string import Template

import yaml

from experiments.console import console
from experiments.typed import Parser
from sim import catalogue
from sim.errors import InvalidInput, unknown
from sim.loading import extended, file_of, options

LABEL = """\
label:
  plain: "$words"  # what tables and pictures call it
  neutral: "$words"  # what players read, without judgement
  sentence: "$sentence"  # what it is
  good: neither  # higher, lower or neither: which direction is good for the business
"""

SCHEME = (
    """\
# How people are evaluated. What is not said here is as `crosspurpose run --cfg job` shows it.
"""
    + LABEL
    + """\
weights:  # what a point of each signal counts for; `crosspurpose list signals` shows what there is
  $signal: 1.0
pay: team  # what the score brings: as the team's yaml says, null, or a mapping such as {kind: piece_rate, slope: 0.2}
promotion: team
layoff: team
review:
  weeks: 13  # between reviews
attribution: 0.3  # how hard it is to say whose work it was, at least 0
"""
)

SIGNAL = (
    """\
# What can be observed of a week. A scheme that weighs it makes it count; it is there for all of them.
"""
    + LABEL
    + """\
unit: "points"  # of the numbers below; standardised, it leaves no trace
explicit: true  # whether people are told how it is counted
subjective: false  # whether somebody judges
shared: false  # whether the whole team gets one and the same
loadings:  # what a week spent on each activity adds; what is left out adds nothing (`crosspurpose list activities`)
  deliver: 1.0
  maintain: 0.2
  game: 1.5
noise:
  sd: 1.0  # standard deviation of luck in a week, in the same unit
"""
)

TEAM = (
    """\
# Who is on the team, and what is at stake. What is not said here is as in the team three_persons.
defaults:
  - three_persons
  - _self_
"""
    + LABEL
    + """\
people:  # the weights of what each wants (`crosspurpose list motives`)
  - {name: Ada, motives: {pay: 1.0, safety: 1.0, intrinsic: 0.2}}
  - {name: Ben, motives: {pay: 1.0, promotion: 1.0, intrinsic: 0.2}}
  - {name: Cleo, motives: {pay: 1.0, skill_up: 1.0, intrinsic: 0.2}}
  - {name: Dora, motives: {pay: 1.0, intrinsic: 1.0}}
  - {name: Emil, motives: {pay: 1.0, social: 1.0, intrinsic: 0.2}}
size: null  # seats; more than are named: they are repeated in turn
skill_sd: 0.25  # how much skills differ: standard deviation of the log
risk_aversion: 0.5  # at least 0
promotion:
  share: 0.2  # of the team, at each review: one of five
"""
)

MOTIVE = (
    """\
# What somebody may want, as configured. Its class is in motives/$name.py, which `kind` names.
"""
    + LABEL
    + """\
kind: $name
value: 0.6  # what a week of it is worth to who wants it [utility]
loadings:  # how much a week on each activity gives of it (`crosspurpose list activities`)
  learn: 1.0
  maintain: 0.5
"""
)

CLASS = '''\
"""$title, a motive.

u = v·Σ_k l_k·a_k;  ∂u/∂a_k = v·l_k
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

import numpy as np

from sim.arrays import Floats, weighed
from sim.errors import InvalidInput
from sim.motives.base import Motive
from sim.perception import Known


@final
@dataclass(frozen=True, kw_only=True)
class $cls(Motive):
    """Want some activities for their own sake.

    Parameters
    ----------
    value : float
        v, what a unit of it brings [utility], at least 0.
    loadings : mapping of str to float
        l, how much of it a week on each activity gives.

    References
    ----------
    Ours: the simplest there is. Say here whose idea yours is.
    """

    value: float
    loadings: Mapping[str, float]

    def __post_init__(self) -> None:
        if self.value < 0:
            raise InvalidInput("value", self.value, "at least 0")

    def utility(self, effort: Floats, known: Known) -> Floats:  # (activity, runs, members) -> (runs, members)
        return self.value * weighed(known.along(self.loadings), effort)

    def marginal(self, known: Known) -> Floats:  # its slope at known.effort: (activity, runs, members)
        each = self.value * known.along(self.loadings)
        return np.broadcast_to(each[:, None, None], known.effort.shape)
'''

TEST = '''\
"""$title: its slope is that of its utility, and who wants it acts on it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import sim
from sim.arrays import weighed
from sim.draws import Draws
from sim.engine import weeks
from sim.record import Week
from sim.rules import rules_of

FOLDER = Path(__file__).resolve().parent.parent


def scenario(weight: float) -> sim.Scenario:
    """Nine people of whom the first wants it so much."""
    return sim.load(f"extend={FOLDER}", "weeks=13", f"++team.people.0.motives.$name={weight}")


def last_week(weight: float) -> Week:
    """What the last week leaves."""
    rules = rules_of(scenario(weight))
    *_, last = weeks(rules, Draws(1, range(4), rules.members), rules.decision)
    return last


def test_the_marginal_is_the_slope_of_the_utility() -> None:
    motive, known = scenario(1.0).motives["$name"], last_week(1.0).known
    for k in range(len(known.activities)):
        step = np.zeros(known.effort.shape)
        step[k] = 1e-6
        rise = motive.utility(known.effort + step, known) - motive.utility(known.effort - step, known)
        assert motive.marginal(known)[k] == pytest.approx(rise / 2e-6, rel=1e-5, abs=1e-7)


def test_who_wants_it_spends_more_of_the_week_on_it() -> None:
    with_it, without = last_week(1.0), last_week(0.0)
    gives = with_it.known.along(scenario(1.0).motives["$name"].loadings)
    first = [weighed(gives, week.effort)[:, 0] for week in (with_it, without)]
    assert (first[0] > first[1]).all()
'''

YAML = {"scheme": SCHEME, "signal": SIGNAL, "team": TEAM, "motive": MOTIVE}
SENTENCES = {
    "scheme": "People are paid, promoted and laid off by it.",
    "signal": "What is counted of a week.",
    "team": "Five people who want different things.",
    "motive": "Wants some activities for their own sake.",
}


def main(words: Sequence[str]) -> int:
    """Write the files, say which, and what to type next."""
    parser = Parser(prog="crosspurpose new", description=__doc__, allow_abbrev=False)
    parser.add_argument("group", metavar="scheme|signal|team|motive")
    parser.add_argument("name", metavar="NAME", help="letters, digits and underscores")
    parser.add_argument("--in", metavar="DIR", dest="folder", default=".", help="your own folder; default: this one")
    given = parser.parse_args(list(words))
    if given.group not in YAML:
        raise unknown("new", given.group, YAML)
    folder = Path(given.folder).expanduser()
    files = written(given.group, given.name, folder)
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    screen = console()
    for path in files:
        screen.print(f"wrote {path}", soft_wrap=True, markup=False)
    screen.print("\nIt runs as it is. Next:", soft_wrap=True)
    for command in following(given.group, given.name, folder):
        screen.print(f"  {command}", soft_wrap=True, markup=False)
    return 0


def written(group: str, name: str, folder: Path) -> dict[Path, str]:
    """Return the files that something new consists of, by path; nothing is written, and nothing there is replaced."""
    _check_name(name)
    signal = name if name in options("signal") or (folder / f"configs/signal/{name}.yaml").is_file() else "tickets"
    words = name.replace("_", " ")
    cls = "".join(part[:1].upper() + part[1:] for part in name.split("_"))
    values = {"name": name, "words": words, "title": words[0].upper() + words[1:], "cls": cls, "signal": signal}
    texts = {folder / "configs" / group / f"{name}.yaml": YAML[group]}
    if group == "motive":
        texts |= {folder / "motives" / f"{name}.py": CLASS, folder / "tests" / f"test_{name}.py": TEST}
    for path in texts:
        if path.exists():
            raise InvalidInput(f"new {group}", name, f"another name: {path} exists, and nothing is overwritten")
    with extended(None):
        if name in options(group):
            raise InvalidInput(f"new {group}", name, f"another name: {file_of(group, name)} has this one")
    if group == "motive" and name in ("base", *catalogue.kinds("motives")):
        raise InvalidInput("new motive", name, "another name: sim/motives has this one")
    return {path: Template(t).substitute(values, sentence=SENTENCES[group]) for path, t in texts.items()}


def following(group: str, name: str, folder: Path) -> list[str]:
    """Return what to type next."""
    here = folder.resolve() == Path.cwd().resolve()
    place = f'"{folder}"' if " " in str(folder) else str(folder)
    extend = "" if here and group != "motive" else f" extend={place}"  # code is never picked up unasked
    if group == "scheme":
        return [f'crosspurpose compare{extend} "schemes=[{name},none]"']
    if group == "team":
        return [f'crosspurpose compare{extend} team={name} "schemes=[commits,none]"']
    if group == "signal":
        there = "" if here else f" --in {place}"
        return [f"crosspurpose new scheme {name}{there}", f'crosspurpose compare{extend} "schemes=[{name},none]"']
    return [f"crosspurpose run{extend} ++team.people.0.motives.{name}=1.0", f"pytest {folder / 'tests'}"]


def _check_name(name: str) -> None:
    """Refuse what yaml, Python or the command line would read as something else than a name."""
    try:
        other = yaml.safe_load(name) != name
    except yaml.YAMLError:
        other = True
    if not catalogue.NAME.fullmatch(name) or other or keyword.iskeyword(name) or name.lower() in ("nan", "inf", "null"):
        allowed = "a name of letters, digits and underscores that begins with a letter and is no word of yaml or Python"
        raise InvalidInput("new", name or "(empty)", allowed)
