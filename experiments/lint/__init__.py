"""`crosspurpose lint`: what is wrong with a scheme before anything is run.

Reasons, in plain words and with numbers, to look again at a scheme: `experiments.lint.rules` has them, one by one. Of
several schemes (`schemes=[a,b]`) each gets a table of its own. Nothing is run and nothing written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from experiments.console import console
from experiments.lint.rules import LOOK, NOTE, SERIOUS, Finding, findings
from experiments.variants import POWERS, named_once, variants
from sim.errors import InvalidInput, unknown
from sim.loading import options, scenario_part
from sim.scenario import Scenario, scenario_from

__all__ = ["Finding", "findings", "main"]

STYLES = {SERIOUS: "bold red", LOOK: "yellow", NOTE: "dim"}


def main(config: dict[str, Any], *, overrides: Sequence[str], choice: Mapping[str, str], command: str) -> int:
    """Print what looks wrong with the schemes that the command line names."""
    if config["power"] not in POWERS:
        raise unknown("power", str(config["power"]), POWERS)
    screen = console()
    for name, scenario in _scenarios(config, overrides, choice).items():
        screen.print(table(name, scenario, findings(scenario)))
    return 0


def table(name: str, scenario: Scenario, found: Sequence[Finding]) -> RenderableType:
    """Return what was found of a scheme, for people."""
    title = f"{scenario.scheme.label.plain} ({name})"
    if not found:
        return Text(f"{title}\nNothing found.\n")
    shown = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    shown.add_column("how serious", no_wrap=True)
    shown.add_column("what", ratio=3)
    shown.add_column("what to try", ratio=2)
    for each in found:
        shown.add_row(Text(each.severity, STYLES[each.severity]), Text(each.says), Text(each.try_))
    return shown


def _scenarios(config: dict[str, Any], overrides: Sequence[str], choice: Mapping[str, str]) -> dict[str, Scenario]:
    """Return the scenario of each scheme that is asked for, by its name."""
    given = config["schemes"]
    if given is None:
        return {choice["scheme"]: scenario_from(scenario_part(config))}
    names = named_once("schemes", given, options("scheme"))
    if (other := next((o for o in overrides if o.split("=")[0] == "scheme"), None)) is not None:
        raise InvalidInput("scheme", other.partition("=")[2], "left out where schemes=[...] are given")
    base = [o for o in overrides if o.split("=")[0] != "schemes"]
    return variants("lint", "scheme", names, base)
