"""A scenario that is saved as a yaml composes to the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import sim
from experiments.redteam.saved import as_yaml, different
from tests import worlds

CASES: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "an option and a number": (("scheme=tickets",), {"scheme__power": "equal", "weeks": 39}),
    "weights and a choice of one's own": (
        ("scheme=commits",),
        {
            "scheme__weights": {"tickets": 0.5, "lines_of_code": 0.5},
            "choice": {"kind": "quadratic", "matrix": [[3.0 * (i == j) for j in range(8)] for i in range(8)]},
        },
    ),
    "parts that are off, and people who are others": (
        ("scheme=own_worth", "project=none"),
        {"team__people": [{"name": "Zoë: 1", "motives": {"pay": 1.0}, "week": {"deliver": 1.0}}], "team__pay": None},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_was_saved_is_what_is_loaded(case: str, tmp_path: Path) -> None:
    words, changes = CASES[case]
    config = worlds.scenario(*words, **changes).config
    place = tmp_path / "configs" / "scenario"
    place.mkdir(parents=True)
    text = as_yaml(config, case)
    (place / "mine.yaml").write_text(text, encoding="utf-8")
    assert text.startswith(f"# @package _global_\n# {case}\n")
    assert sim.load(f"extend={tmp_path}", "scenario=mine").config == config


def test_only_what_differs_is_said() -> None:
    assert different({"a": 1, "b": {"c": 1, "d": 2}}, {"a": 1, "b": {"c": 2, "d": 2}}) == {"b": {"c": 2}}
    assert len(as_yaml(worlds.scenario("scheme=tickets").config | {"story": {}}, "x").splitlines()) == 5
