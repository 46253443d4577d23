"""What is drawn and written of a class, in a worker process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from experiments.classroom.outcome import Outcome
from experiments.classroom.session import Session


def picture(name: str, session: Session, found: Outcome, paths: Mapping[int, Mapping[str, Any]]) -> str | None:
    """Return a picture as SVG, to be shown below its title; None where there is nothing to draw."""
    from experiments.plots import classroom

    if name == "twin" and found.twin is None:
        return None
    return classroom.svg(classroom.figure(name, session, found, paths, titled=False))


def said(session: Session, found: Outcome) -> dict[str, Any]:
    """Return whether what the lesson shows happened today, in words, and what to say if it did not."""
    from experiments.classroom import missed

    return {"happened": missed.told(session, found), "missed": missed.page(session, found)}


def file(name: str, session: Session, found: Outcome, paths: Mapping[int, Mapping[str, Any]]) -> bytes:
    """Return a file to keep."""
    from experiments.classroom import kept, page

    if name == "class.csv":
        return kept.csv(session, found)
    if name == "class.parquet":
        return kept.parquet(session, found)
    return page.written(session, found, paths).encode()
