"""What a verb shows while it works and when it is done."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from experiments.outcome import Outcome


def console() -> Console:
    """Return a console for results: as wide as the terminal, or 100 columns where there is none."""
    return Console(file=sys.stdout, highlight=False, width=None if sys.stdout.isatty() else 100)


@contextmanager
def progress(text: str) -> Iterator[Callable[[int, int], None]]:
    """Show on stderr how far a study is; yields a function of blocks done and blocks in all."""
    screen = Console(file=sys.stderr)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as bar:
        task = bar.add_task(text, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def said(screen: Console, done: Outcome) -> None:
    """Say where the results stand."""
    word = "written to" if done.computed else "read from"
    screen.print(f"\nResults {word} {done.folder.path}", soft_wrap=True)
