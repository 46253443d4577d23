"""Empirical anchors: what was observed of real teams, a yaml each, and what of the model corresponds to it.

    title      a few words
    source     the study, and `short`, how tables call it
    cited_as   how `configs/parameters.yaml` would name it
    use        calibration: the source of a number names it; held_out: none does
    caveat     what to keep in mind
    patterns   name → what was observed of it, fixed before running:
        says        in words, and `published`, the figure as it stands there
        low, high   the range that counts as agreement (null: no end), or `sign`: higher or lower, by more than
                    `smallest`; `because`, on what grounds; `if_outside`, what a miss means for use
        quantity    a measure, or a function of `experiments.anchors.quantities`; `unit`
        statistic   what is made of the runs: mean, share (at most `at`), tail (quantile `at` over the mean), pooled
        base, arms  words as on the command line; `compared`, arm → coefficient: means are added up; `window`, the weeks

`_without.yaml` lists what has no counterpart, `_frozen.yaml` when defaults were set and what has changed since,
`_results.json` what came out at last; the last is written by `crosspurpose validate page=…`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from experiments.diff import changes
from experiments.parameters import parameters
from experiments.store import digest
from sim.errors import InvalidInput, unknown
from sim.fields import construct
from sim.loading import compose, scenario_part

HERE = Path(__file__).parent
RESULTS = HERE / "_results.json"
USES = ("calibration", "held_out")
SIGNS = ("higher", "lower")
STATISTICS = ("mean", "share", "tail", "pooled")
EVERYTHING = tuple(f"{p}=standard" for p in ("organisation", "culture", "sponsor", "customers", "reporting", "audit"))
DEFAULTS: Mapping[str, Any] = {
    "low": None,
    "high": None,
    "sign": None,
    "smallest": 0.0,
    "at": None,
    "base": (),
    "arms": {"team": ()},
    "compared": {"team": 1.0},
    "window": "all",
}


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """One thing that was observed; its fields are those of its yaml."""

    id: str
    says: str
    published: str
    low: float | None
    high: float | None
    sign: str | None
    smallest: float
    because: str
    if_outside: str
    unit: str
    quantity: str
    statistic: str
    at: float | None
    base: tuple[str, ...]
    arms: Mapping[str, tuple[str, ...]]
    compared: Mapping[str, float]
    window: str

    def __post_init__(self) -> None:
        if self.statistic not in STATISTICS:
            raise unknown("statistic", self.statistic, STATISTICS)
        if self.sign is None and self.low is None and self.high is None:
            raise InvalidInput("sign", None, "higher or lower, where there is neither low nor high")
        if self.sign is not None and self.sign not in SIGNS:
            raise unknown("sign", self.sign, SIGNS)
        if (self.at is None) == (self.statistic in ("share", "tail")):
            raise InvalidInput("at", self.at, "a number for a share or a tail, null for the others")
        if self.statistic != "mean" and len(self.compared) > 1:
            raise InvalidInput("compared", dict(self.compared), "one arm, unless means are compared")
        for arm in self.compared:
            if arm not in self.arms:
                raise unknown("compared", arm, self.arms)

    @property
    def words(self) -> dict[str, tuple[str, ...]]:
        """All words of each arm that is compared."""
        return {arm: (*self.base, *self.arms[arm]) for arm in self.compared}

    @property
    def observed(self) -> str:
        """The range that counts as agreement, in words."""
        if self.sign is not None:
            return "positive" if self.sign == "higher" else "negative"
        if self.high is None:
            return f"at least {self.low:g}"
        if self.low is None:
            return f"at most {self.high:g}"
        return f"{self.low:g} to {self.high:g}"

    def agrees(self, low: float, high: float) -> bool:
        """Whether an interval of the model's agrees: it has the sign, or reaches into the range; NaN never does."""
        if self.sign is not None:
            return low > self.smallest if self.sign == "higher" else high < -self.smallest
        return (self.low is None or high >= self.low) and (self.high is None or low <= self.high)


@dataclass(frozen=True, kw_only=True)
class Anchor:
    """A study, and what it observed; its fields are those of its yaml."""

    id: str
    title: str
    source: str
    short: str
    cited_as: tuple[str, ...]
    use: str
    caveat: str
    patterns: Mapping[str, Pattern]

    def __post_init__(self) -> None:
        if self.use not in USES:
            raise unknown("use", self.use, USES)

    def cited_by(self) -> list[str]:
        """Return the numbers of a scenario whose source names it."""
        return [k for k, entry in parameters().items() if any(name in entry["source"] for name in self.cited_as)]


@dataclass(frozen=True, kw_only=True)
class Without:
    """What was observed and has no counterpart in the model, and why."""

    what: str
    source: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Frozen:
    """When defaults were set, the hash of them, what has changed since, and what was changed about the anchors."""

    frozen: str
    numbers: str
    changes: tuple[Mapping[str, str], ...]
    amended: tuple[Mapping[str, str], ...]


def anchors() -> dict[str, Anchor]:
    """Return all anchors that have a counterpart, checked: id → anchor."""
    return {p.stem: read(p) for p in sorted(HERE.glob("*.yaml")) if not p.name.startswith("_")}


def read(path: Path) -> Anchor:
    """Return the anchor of a file, checked."""
    content = _content(path)
    patterns = {k: {**DEFAULTS, "id": k, **v} for k, v in content.pop("patterns").items()}
    found: Anchor = construct(Anchor, {"id": path.stem, "patterns": patterns, **content}, str(path))
    return found


def without() -> list[Without]:
    """Return the anchors that have no counterpart."""
    return [construct(Without, w, "_without.yaml") for w in _content(HERE / "_without.yaml")]


def frozen() -> Frozen:
    """Return when defaults were set, and what has changed since."""
    content = _content(HERE / "_frozen.yaml")
    dated = {k: [{**e, "date": str(e["date"])} for e in content[k]] for k in ("changes", "amended")}
    found: Frozen = construct(Frozen, {**content, **dated, "frozen": str(content["frozen"])}, "_frozen.yaml")
    return found


def numbers() -> str:
    """Return the hash of all numbers of the default scenario with every part switched on."""
    return digest({k: value for k, (_, value) in changes({}, scenario_part(compose("model", EVERYTHING))).items()})[:12]


def written() -> str:
    """Return the hash of all anchors as they are written."""
    files = sorted(p for p in HERE.glob("*.yaml") if p.name != "_frozen.yaml")
    return hashlib.sha256(b"".join(p.name.encode() + p.read_bytes() for p in files)).hexdigest()[:12]


def results() -> dict[str, Any]:
    """Return what came out at last, as `crosspurpose validate page=…` has left it."""
    content: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8"))
    return content


def held_out_score() -> tuple[int, int]:
    """Return how many patterns the model reproduces of those it was not fitted to, and how many those are."""
    own = [row["inside"] for row in results()["patterns"] if row["use"] == "held_out"]
    return sum(own), len(own)


def _content(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))
