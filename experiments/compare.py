"""`crosspurpose compare`: one scenario under several schemes, or under the options of any group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from experiments.console import console
from experiments.outcome import outcome
from experiments.study import Study
from experiments.variants import chosen, variants
from sim.errors import InvalidInput, unknown
from sim.loading import read
from sim.scenario import Scenario


def main(config: dict[str, Any], *, overrides: Sequence[str], choice: Mapping[str, str], command: str) -> int:
    """Compare as the command line says; print the tables and write the folder."""
    group, names = chosen(config, overrides)
    explicit = any(o.startswith("reference=") for o in overrides)
    reference = reference_of(config["reference"], names, explicit)
    matters = config["matters"]
    if not isinstance(matters, int | float) or isinstance(matters, bool) or not 0 <= matters < 1:
        raise InvalidInput("matters", matters, "a share of the aligned team's worth, at least 0 and below 1")
    scenarios = variants("compare", group, names, overrides)
    done = compare(scenarios, config, choice["scenario"], command)
    return 0


def reference_of(wanted: object, names: Sequence[str], explicit: bool) -> str:
    """Return the variant that the others are compared with; the first where the default one is left out."""
    if str(wanted) in names:
        return str(wanted)
    if explicit:
        raise unknown("reference", str(wanted), names)
    return names[0]
