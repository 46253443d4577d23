"""Mutation testing: `python -m tests.mutation SECONDS [SEED] [MODULE …]`."""

from __future__ import annotations

import sys

from tests.mutation.score import MECHANISMS, Trial, score, table


def main(words: list[str]) -> int:
    """Try mutants and print the survivors and a table."""
    seconds = float(words[0]) if words else 600.0
    seed = int(words[1]) if len(words) > 1 else 1
    trials = score(words[2:] or MECHANISMS, seconds, seed, _told)
    print(table(trials))
    return 0


def _told(trial: Trial) -> None:
    if trial.by is None:
        print(trial, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
