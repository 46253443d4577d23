"""A decision in numbers: efforts, marginal rewards, beliefs and motives."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from experiments.explain.decision import Explanation
from experiments.tables import NOTHING
from sim.arrays import Floats

COLUMNS = 6  # of numbers, in a table of that width


def tables(found: Explanation) -> Group:
    """Return what the story says in numbers: efforts, marginal rewards, beliefs, motives."""
    rows, kept = [found.labels[k] for k in found.activities], list(found.held)
    efforts = [
        ("by habit", found.habit),
        ("last week", found.last),
        ("wanted", found.wanted),
        ("done", found.effort),
        ("if seen truly", found.effort_true),
        ("if aligned", found.effort_aligned),
    ]
    named = [found.labels[found.motives[c]] for c in kept]
    rewards = [(name, found.terms[c]) for name, c in zip(named, kept, strict=True)]
    rewards += [("dislike, scruples", -found.objection)] if found.objection.any() else []
    rewards += [("tried out", found.tried)] if found.tried.any() else []
    rewards += [("all together", found.answered)]
    beliefs = [
        ("score, believed", found.believed),
        ("score, truly", found.truth),
        ("worth, believed", found.believed_worth),
        ("worth, truly", found.worth),
    ]
    motives = [
        ("weight", found.weight),
        ("utility of this week", found.utility),
        ("of the habitual week", found.utility_habit),
        ("hours it moves", found.moved),
    ]
    parts = [
        *_tables("The week [% of a full week]", rows, [(k, 100 * v) for k, v in efforts], 1),
        *_tables("What a week of effort would bring, by motive [utility]", rows, rewards, 3),
        *_tables("What it adds to the score [points] and is worth [weeks of core work]", rows, beliefs, 2),
        *_tables(f"What {found.member} wants", named, [(k, v[kept]) for k, v in motives], 3),
    ]
    note = (
        f"Run {found.run} of seed {found.seed}, week {found.week} of 0 to {found.weeks - 1}. Wanted: before inertia. "
        "If seen truly: with true beliefs about the score, all else the same. If aligned: with the same drive turned "
        "to the worth of the work. Both from the same last week, with the same inertia and luck. Where hours are "
        "full, only differences between activities move the week. Hours it moves: of the week wanted, what would go "
        f"elsewhere without the motive. Effort away from habit cost {_number(found.cost, 3)} utility."
    )
    return Group(*[x for part in parts for x in (part, Text())], Text(note, style="dim"))


def _tables(title: str, rows: Sequence[str], columns: Sequence[tuple[str, Floats]], digits: int) -> list[Table]:
    """Rows of numbers, in as many tables as the columns need."""
    parts, result = math.ceil(len(columns) / COLUMNS), []
    for i in range(parts):
        some = columns[i * len(columns) // parts : (i + 1) * len(columns) // parts]
        table = Table(
            title=Text(title if not i else f"{title} (continued)", style="bold"),
            title_justify="left",
            box=box.SIMPLE_HEAD,
            show_edge=False,
            padding=(0, 1, 0, 0),
        )
        table.add_column("", max_width=30)
        for head, _ in some:
            table.add_column(Text(head), justify="right", max_width=10)
        for k, row in enumerate(rows):
            table.add_row(Text(row), *[_number(float(values[k]), digits) for _, values in some])
        if not rows:
            table.add_row("nothing", *[NOTHING] * len(some))
        result.append(table)
    return result


def _number(value: float, digits: int) -> str:
    """Format a number, zero without a sign.

    Examples
    --------
    >>> _number(-0.0001, 3), _number(0.25, 1)
    ('0.000', '0.2')
    """
    text = f"{value:.{digits}f}"
    return text if text.strip("-0.") else f"{0:.{digits}f}"
