"""`crosspurpose list [GROUP]`: what there is to choose from, without Hydra."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import NoReturn

from experiments.console import console
from sim.errors import InvalidInput, unknown
from sim.loading import groups, options, read


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        raise InvalidInput("list", message, "at most one group, such as schemes")


def main(words: Sequence[str]) -> int:
    """Print the groups, or the options of one."""
    parser = _Parser(prog="crosspurpose list", description=__doc__)
    parser.add_argument("group", nargs="?", help="schemes, motives, signals, … (singular or plural)")
    group = parser.parse_args(list(words)).group
    screen = console()
    if group is None:
        for name in groups():
            screen.print(f"[bold]{_plural(name)}[/bold]: {', '.join(options(name))}", soft_wrap=True)
        return 0
    found = [g for g in groups() if group in (g, _plural(g))]
    if not found:
        raise unknown("list", group, [_plural(g) for g in groups()])
    rows = entries(found[0])
    width = max(len(k) for k, _, _ in rows)
    for option, plain, sentence in rows:
        screen.print(f"[bold]{option:{width}}[/bold]  {plain}", soft_wrap=True)
        if sentence and sentence != plain:
            screen.print(f"{'':{width}}  [dim]{sentence}[/dim]", soft_wrap=True)
    return 0


def entries(group: str) -> list[tuple[str, str, str]]:
    """Id, plain label and sentence of every option of a group; of every activity for `activity`."""
    found = []
    for option in options(group):
        config = read(group, option)
        label = config.get("label", config.get("story"))
        if group == "activity":
            found += [(k, v["label"]["plain"], v["label"]["sentence"]) for k, v in config.items()]
        elif isinstance(label, dict):
            found.append((option, label.get("plain", ""), label.get("sentence", label.get("question", ""))))
        else:
            found.append((option, "", ""))
    return found


def _plural(group: str) -> str:
    irregular = {"activity": "activities", "choice": "choices"}
    return irregular.get(group, group if group.endswith("s") else f"{group}s")
