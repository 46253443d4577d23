"""The description of the model is complete, and its tables are those of the yaml."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from experiments.odd_table import BEGIN, END, document, tables
from experiments.parameters import parameters
from sim.catalogue import kinds
from sim.loading import configs, options, read
from sim.measures import pooled_measures
from sim.results import WEEKLY
from tests import worlds

GROUPS = ("activity", "choice", "motive", "project", "scenario", "scheme", "signal", "team")
CASES = Path(__file__).parent / "theory" / "cases.json"
NOT_SAID = "docs/ODD.md does not name these in what is written by hand"


@cache
def text() -> str:
    return document().read_text(encoding="utf-8")


@cache
def by_hand() -> str:
    """The description without its generated tables."""
    return text().split(BEGIN)[0] + text().split(END)[1]


@cache
def mentioned() -> frozenset[str]:
    """All words of code in what is written by hand, in backticks or in blocks."""
    code = " ".join(re.findall(r"```.*?```|`[^`\n]+`", by_hand(), flags=re.DOTALL))
    return frozenset(re.findall(r"\w+", code))


def keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield str(key)
            yield from keys(part)
    elif isinstance(value, list):
        for part in value:
            yield from keys(part)


def yaml_of_scenarios() -> Iterator[Path]:
    for name in ("model", "reference"):
        yield configs() / f"{name}.yaml"
    for group in GROUPS:
        yield from sorted((configs() / group).glob("*.yaml"))


def test_the_generated_tables_are_up_to_date() -> None:
    made = text().split(BEGIN)[1].split(END)[0].strip()
    stale = made != tables()  # the texts themselves are too long to show
    assert not stale, "run: python -m experiments.odd_table"


def test_every_parameter_is_described() -> None:
    assert [p for p in parameters() if f"| `{p}` |" not in text()] == [], "run: python -m experiments.odd_table"


def test_every_key_of_the_configuration_is_described() -> None:
    named = {step for pattern in parameters() for step in pattern.split(".")}  # each stands in the tables
    for path in yaml_of_scenarios():
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        content.pop("defaults", None)
        assert [k for k in keys(content) if k not in mentioned() | named] == [], path.name


@pytest.mark.parametrize("folder", ["motives", "choice", "rewards"])
def test_every_member_of_a_catalogue_is_described(folder: str) -> None:
    assert [k for k in kinds(folder) if k not in mentioned()] == [], NOT_SAID


@pytest.mark.parametrize("group", ["signal", "scheme", "scenario", "motive"])
def test_everything_that_can_be_chosen_is_described(group: str) -> None:
    assert [name for name in options(group) if name not in mentioned()] == [], NOT_SAID


def test_every_activity_is_described() -> None:
    assert [name for name in read("activity", "standard") if name not in mentioned()] == []


def test_every_measure_and_every_weekly_column_is_described() -> None:
    results = worlds.run(worlds.scenario("scheme=commits", weeks=13), runs=(0,))
    named = [k for k in map(str, results.measures()) if not k.startswith(("effort_", "aligned_effort_"))]
    named += [*pooled_measures(), *WEEKLY]
    assert [k for k in named if k not in mentioned()] == [], NOT_SAID


def test_every_column_of_a_member_is_described() -> None:
    results = worlds.run(worlds.scenario("scheme=commits", weeks=13), runs=(0,), members=True)
    named = [k for k in map(str, results.members) if not k.startswith(("effort_", "m_"))]
    assert [k for k in named if k not in mentioned()] == []


def test_every_case_of_theory_is_named() -> None:
    content = json.loads(CASES.read_text(encoding="utf-8"))
    cases = content["cases"] if isinstance(content, dict) else content
    named = re.findall(r"\w+", by_hand().split("## 12 Verification")[1].split("## 13")[0])
    assert [c["id"] for c in cases if c["id"].split(".")[0] not in named] == []


def test_every_module_that_is_named_exists() -> None:
    root = document().parent.parent
    paths = set(re.findall(r"(?:sim|experiments|configs|tests)/[\w./]*", by_hand()))
    assert len(paths) > 20
    assert [p for p in sorted(paths) if not (root / p.rstrip(".")).exists()] == []


def test_links_within_the_description_lead_somewhere() -> None:
    heads = re.findall(r"^#+ (.+)$", by_hand(), flags=re.MULTILINE)
    anchors = {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}
    assert [a for a in re.findall(r"\]\(#([^)]+)\)", by_hand()) if a not in anchors] == []
