"""The Peter principle: a pyramid that fills its posts from the level below.

The ladder of `sim.ladder`, with the seats, laws and responsibilities of the original:

    each year   everybody is a year older; who is too old or falls below `dismissed` goes
    vacancies   filled from the level immediately below, from the top down; at the bottom by newcomers
    who         the best, the worst, or anybody of that level; with `mixed`, the best with probability p, else the worst
    new post    common sense: competence + U(−1, 1); Peter: a draw from N(7, 2) that has nothing to do with it
    settled     mean efficiency over the later half of the years so far; gain: that less efficiency at the start

References
----------
Pluchino, Rapisarda & Garofalo (2010), The Peter principle revisited: a computational study, Physica A 389(3), 467-472.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sim.ladder import Ladder, Law, efficiency, years

SEATS = (1, 5, 11, 21, 41, 81)  # the top level first
RESPONSIBILITY = (1.0, 0.9, 0.8, 0.6, 0.4, 0.2)
MOST = 10.0  # points of competence
SELECT = {"best": 1.0, "worst": 0.0, "random": None}


def ladder(parameters: Mapping[str, Any]) -> Ladder:
    """Return the ladder that parameters describe."""
    truncated = parameters["draws"] == "truncated"
    return Ladder(
        seats=SEATS,
        select=SELECT.get(parameters["strategy"], parameters["p"]),
        transfer=parameters["hypothesis"],
        spread=parameters["change"],
        retire_after=parameters["retires"],
        dismiss_below=parameters["dismissed"],
        interleaved=parameters["pruning"] == "interleaved",
        competence=Law(mean=parameters["mean"], sd=parameters["sd"], low=1.0, high=MOST, truncated=truncated),
        age=Law(mean=parameters["age"], sd=parameters["age_sd"], low=18.0, high=60.0, truncated=truncated),
    )


def runs(parameters: Mapping[str, Any], seed: int, numbers: Sequence[int]) -> pd.DataFrame:
    """Return a row per run and step (a year), with the outcomes that config.yaml lists.

    Parameters
    ----------
    parameters : mapping
        Those of config.yaml.
    seed : int
    numbers : sequence of int
        Which organisations.
    """
    steps = int(parameters["steps"])
    course = [efficiency(staff, RESPONSIBILITY, MOST) for staff in years(ladder(parameters), seed, numbers, steps)]
    start, found = course[0], np.stack(course[1:])
    total = np.cumsum(np.vstack([np.zeros(len(numbers)), found]), axis=0)
    year = np.arange(1, steps + 1)
    settled = (total[year] - total[year // 2]) / (year - year // 2)[:, None]
    outcomes = {"efficiency": found, "settled": settled, "gain": settled - start}
    index = {"run": np.repeat(np.asarray(numbers), steps), "step": np.tile(year, len(numbers))}
    return pd.DataFrame(index | {k: x.T.ravel() for k, x in outcomes.items()})
