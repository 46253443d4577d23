"""The words of measures and of options, from their yaml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.loading import options, read

BENCHMARK = " (benchmark)"  # what the labels of lines to compare with end with
OF_EACH = {  # measures that each department has: whose words hold
    "met_": ("needs_met", "needs met of {}"),
    "blocked_by_": ("blocked_weeks", "weeks of standoff by {}"),
}


def words_of(measure: str) -> Mapping[str, Any]:
    """Return the words of a measure: label, range, unit and the rest.

    Examples
    --------
    >>> words_of("debt")["label"]["good"], words_of("met_research")["label"]["plain"]
    ('lower', 'needs met of research')
    """
    for start, (general, name) in OF_EACH.items():
        if measure.startswith(start) and measure not in options("measure"):
            found, called = read("measure", general), name.format(measure.removeprefix(start))
            return {**found, "label": {**found["label"], "plain": called, "neutral": called}}
    return read("measure", measure)


def plain_label(group: str, name: str) -> str:
    """Return what an option is called by people; its name where its yaml does not say."""
    entry = read(group, name)
    label = entry.get("label") or entry.get("story") or {}
    return str(label.get("plain", name))


def bare(label: str) -> str:
    """Return the label of a scheme without the remark that it is a line to compare with.

    Examples
    --------
    >>> bare("own worth (benchmark)")
    'own worth'
    """
    return label.removesuffix(BENCHMARK)
