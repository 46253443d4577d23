"""What a verb shows while it works and when it is done."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


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


@contextmanager
def counting(text: str, unit: str) -> Iterator[Callable[[int, int, int], None]]:
    """Show on stderr how many are done, how fast, and how many failed; yields a function of done, in all, failed."""
    screen = Console(file=sys.stderr)
    columns = (
        *(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn(unit)),
        *(TextColumn("{task.fields[rate]}"), TimeRemainingColumn(), TextColumn("{task.fields[failures]}")),
    )
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as bar:
        task = bar.add_task(text, total=None, rate="", failures="")
        started, before = time.monotonic(), -1

        def show(done: int, of: int, failed: int) -> None:
            nonlocal before
            before = done if before < 0 else before
            passed = max(time.monotonic() - started, 1e-9)
            rate = f"{(done - before) / passed:.0f}/s" if done > before else ""
            words = f"[red]{failed} failed[/red]" if failed else ""
            bar.update(task, completed=done, total=of, rate=rate, failures=words)

        yield show
