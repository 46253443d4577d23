"""What all workers have in common, here or on a cluster: what they are handed, and what may become of it."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim import catalogue
from sim.errors import ModelWarning

DEATHS = 3  # workers that a task may take with it
AHEAD = 2  # tasks per worker that are handed out
Task = Callable[[], Any]


@dataclass(frozen=True)
class Lost:
    """What became of a task whose workers died."""

    reason: str


def prepared(extensions: Sequence[Path]) -> None:
    """Know the user's own code; whoever started the workers has shown the warnings."""
    warnings.simplefilter("ignore", ModelWarning)
    for folder in extensions:
        catalogue.extend(folder)
