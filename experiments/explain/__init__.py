"""`crosspurpose explain`: why a member of a team did in a week what it did.

    answered_k = Σ_c ω_c·∂u_c/∂a_k + τ·ε_k − objection_k      what the rule of choice answers
    effort     = last + η·(wanted − last)                     wanted: its answer, before inertia
    moved by c = hours of `wanted` that would go elsewhere if motive c were gone
    seen truly : the same decision with r for r̃, all else as it was
    aligned    : the same decision with ‖m‖·f/‖f‖ for m

All three efforts are of one week: from the same last week, with the same inertia and the same luck.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.text import Text

from experiments.console import console
from experiments.explain.decision import Explanation, explanation, week_to_explain
from experiments.explain.tables import tables
from experiments.explain.words import story
from experiments.quantity import filled
from experiments.store import check_folder, digest, write_csv
from experiments.tables import as_text
from sim.errors import InvalidInput, ModelWarning
from sim.loading import scenario_part
from sim.scenario import scenario_from

__all__ = ["Explanation", "explanation", "main", "story", "tables", "week_to_explain"]

WIDTH = 80  # columns of the text in a file


def main(config: dict[str, Any], *, overrides: Sequence[str], choice: Mapping[str, str], command: str) -> int:
    """Explain as the command line says; print the story and its tables, write them, the numbers and the picture."""
    scenario = scenario_from(scenario_part(config))
    member = scenario.team.seats[0].name if config["member"] is None else str(config["member"])
    week = week_to_explain(scenario) if config["week"] is None else config["week"]
    out = config["out"]
    if out is not None and not str(out):
        raise InvalidInput("out", "(empty)", "a folder, or null")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ModelWarning)
        found = explanation(scenario, config["seed"], config["run"], member, week)
    address = digest({"scenario": scenario.config, "seed": found.seed, "run": found.run, "of": [member, week]})
    name = choice.get("limit") or choice["scenario"]
    folder = Path("results") / f"explain-{name}-{address[:8]}" if out is None else Path(str(out))
    check_folder(folder)

    from experiments.plots.explain import draw

    lines = story(found)
    write_csv(found.table(), folder / "explain.csv")
    draw(folder / "explain.png", found)
    below = tables(found)
    (folder / "explain.txt").write_text(f"{filled(lines, WIDTH)}\n\n{as_text(below, WIDTH)}", encoding="utf-8")
    screen = console()
    for warned in caught:
        screen.print(f"note: {warned.message}", soft_wrap=True)
    screen.print(Text(filled(lines, screen.width)), Text(), below, sep="\n")
    screen.print(f"\nResults written to {folder}", soft_wrap=True)
    return 0
