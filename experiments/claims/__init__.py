"""Claims that are put to the test, a yaml each, here or in `claims/` of the user's own folder.

    title      a few words
    claim      what is claimed, in our words
    fails_if   what would speak against it
    base       words that hold for every arm, as on the command line
    arms       name → the words that set it apart
    outcome    the measure that decides, and `window`, the weeks that it looks at
    compared   arm → coefficient: the effect is their sum; `over`, in the same way, what it is a share of
    expected   higher, lower, zero (nothing happens) or either
    smallest   the smallest effect of interest, in the unit of the effect, and `because`, on what grounds
    runs       of every arm of the test and the control, at least: more than a setting has, where the effect is small
               beside its spread
    control    where the mechanism should be idle: base, arms, compared, over, outcome, window, where they are others
    tables     what the tables alone say: trace of an activity → weight; null: nothing
    definition whether the outcome is what the arms switch, so that it is checked and not tested
    second     further effects that are told and decide nothing: a list of name, outcome, compared, over
    mechanisms name → keys of the scenario and what switches them off, besides those that every claim tries

Fixed before any run; what follows from it is computed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Any

from experiments.effects import EXPECTED, parts_of
from sim import filed
from sim.errors import InvalidInput, nearest, unknown
from sim.fields import construct
from sim.scenario import Scenario

MECHANISMS = Path(__file__).parent / "_mechanisms.yaml"


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Arms, and what is made of them.

    Parameters
    ----------
    base : tuple of str
    arms : mapping of str to tuple of str
    outcome, window : str
    compared : mapping of str to float
    over : mapping of str to float or None
    """

    base: tuple[str, ...]
    arms: Mapping[str, tuple[str, ...]]
    outcome: str
    window: str
    compared: Mapping[str, float]
    over: Mapping[str, float] | None

    def __post_init__(self) -> None:
        if not self.compared or not any(self.compared.values()):
            raise InvalidInput("compared", dict(self.compared), "an arm with a coefficient that is not 0")
        for key in ("compared", "over"):
            for arm in getattr(self, key) or {}:
                if arm not in self.arms:
                    raise unknown(key, arm, self.arms)

    @property
    def words(self) -> dict[str, tuple[str, ...]]:
        """All words of each arm."""
        return {name: (*self.base, *own) for name, own in self.arms.items()}


@dataclass(frozen=True, kw_only=True)
class Second:
    """An effect that is told beside the one that decides."""

    name: str
    outcome: str
    compared: Mapping[str, float]
    over: Mapping[str, float] | None


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A claim and how it can fail; its fields are those of its yaml."""

    id: str
    title: str
    claim: str
    fails_if: str
    test: Comparison
    expected: str
    smallest: float
    because: str
    control: Comparison | None
    tables: Mapping[str, float] | None
    definition: bool
    second: tuple[Second, ...]
    mechanisms: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    runs: int = 0

    def __post_init__(self) -> None:
        if self.expected not in EXPECTED:
            raise unknown("expected", self.expected, EXPECTED)
        if self.smallest <= 0:
            raise InvalidInput("smallest", self.smallest, "above 0")
        if self.runs < 0:
            raise InvalidInput("runs", self.runs, "at least 0")
        if self.control is None and not self.definition and self.expected != "either":
            raise InvalidInput("control", None, "a comparison in which the mechanism is idle")

    @cached_property
    def measures(self) -> tuple[str, ...]:
        """What has to be kept of every run."""
        own = [self.test.outcome, *(s.outcome for s in self.second)]
        return tuple(dict.fromkeys(p for name in own for p in parts_of(name)))


DEFAULTS: Mapping[str, Any] = {
    "control": None,
    "tables": None,
    "definition": False,
    "second": [],
    "mechanisms": {},
    "runs": 0,
    "over": None,
    "window": "all",
    "base": [],
}


def folders(extension: Path | None = None) -> list[Path]:
    """Return the folders that are searched for claims."""
    own = [Path.cwd() / "claims", *([extension / "claims"] if extension else [])]
    return [Path(__file__).parent, *(f for f in own if f.is_dir())]


def files(extension: Path | None = None) -> dict[str, Path]:
    """Return the claims there are: id → file."""
    found = {p.stem: p for folder in folders(extension) for p in sorted(folder.glob("*.yaml"))}
    return {name: path for name, path in found.items() if not name.startswith("_")}


def claims(extension: Path | None = None) -> dict[str, Claim]:
    """Return all claims, checked."""
    return {name: read(path) for name, path in files(extension).items()}


def read(path: Path) -> Claim:
    """Return the claim of a file, checked."""
    content = filed.read(path)
    parts = [f.name for f in fields(Comparison)]
    known = [f.name for f in fields(Claim) if f.name not in ("id", "test")] + parts
    for key in content:
        if key not in known:
            raise InvalidInput(f"{path}: {key}", "(unknown key)", f"one of {', '.join(known)}", nearest(key, known))
    given = {**{k: v for k, v in DEFAULTS.items() if k in known}, **content}
    test = {k: given.get(k) for k in parts if k in given}
    rest = {k: v for k, v in given.items() if k not in parts}
    if rest["control"] is not None:
        own = {**test, **rest["control"]}
        rest["control"] = {k: own[k] for k in own if k in parts or k in rest["control"]}
    rest["second"] = [{"over": None, **s} if isinstance(s, Mapping) else s for s in rest["second"]]
    found: Claim = construct(Claim, {"id": path.stem, "test": test, **rest}, str(path))
    return found


def mechanisms() -> dict[str, dict[str, Any]]:
    """Return what every claim tries to do without: name → keys and what switches them off."""
    return filed.read(MECHANISMS)


def without(scenarios: Mapping[str, Scenario], changes: Mapping[str, Any]) -> dict[str, Scenario] | None:
    """Return the arms with a mechanism switched off; None where that changes nothing, or cannot be done."""
    found = {}
    for arm, scenario in scenarios.items():
        own = {key: value for key, value in changes.items() if _has(scenario.config, key)}
        try:
            found[arm] = scenario.with_(own)
        except InvalidInput:
            return None
    alike = all(dict(found[a].config) == dict(scenarios[a].config) for a in found)
    return None if alike else found


def _has(config: Mapping[str, Any], key: str) -> bool:
    """Whether a configuration has a key."""
    here: Any = config
    for step in key.split("."):
        if not isinstance(here, Mapping) or step not in here:
            return False
        here = here[step]
    return True
