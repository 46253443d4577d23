"""Run a scenario many times: in blocks that fit the caches, each with the same bits as alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from sim.arrays import Floats
from sim.decision import Decide
from sim.draws import Draws
from sim.engine import weeks
from sim.errors import InvalidInput, RunFailed
from sim.evaluation import Verdict
from sim.results import OF_A_REVIEW, Results, columns_of, joined, kept, kept_of_members
from sim.rules import Rules, plan_of
from sim.scenario import Scenario

MEMBER_RUNS = 3072  # members × runs of a block: 256 runs of 12 people fit the caches
LARGEST = 2_000_000_000  # bytes of results that `simulate` keeps in memory


def block_of(members: int) -> int:
    """Return how many runs of a team of that size make a block."""
    return max(1, MEMBER_RUNS // members)


def simulate(
    scenario: Scenario,
    runs: int = 200,
    seed: int = 1,
    *,
    members: bool = False,
    aligned: bool = True,
    shadow: bool = False,
    decide: Decide | None = None,
) -> Results:
    """Run a scenario and keep every week of every run.

    Parameters
    ----------
    scenario : Scenario
    runs : int
        Number of runs, at least 1; they are numbered from 0.
    seed : int
        At least 0. A run is addressed by (seed, run).
    members : bool
        Whether to keep every week of every member too.
    aligned : bool
        Whether to run the aligned team beside it, which some measures need.
    shadow : bool
        Whether to run the same team with the scheme only measured, which some measures need.
    decide : Decide or None
        How members decide; None: the stock rule.

    Raises
    ------
    InvalidInput
        For a value out of range, or results that will not fit into memory.
    """
    _check(runs, seed)
    columns = (45 + len(scenario.activities)) * (1 + aligned + shadow)
    if members:
        columns += (9 + 2 * len(scenario.activities)) * len(scenario.team.seats)
    size = 8 * runs * scenario.weeks * columns
    if size > LARGEST:
        raise InvalidInput(
            "runs",
            runs,
            f"what fits {LARGEST / 1e9:g} GB, and this is {size / 1e9:.1f} GB of results: iterate"
            f" sim.simulate_chunks, or use `crosspurpose run runs={runs}`",
        )
    return joined(
        list(simulate_chunks(scenario, runs, seed, members=members, aligned=aligned, shadow=shadow, decide=decide))
    )


def simulate_chunks(
    scenario: Scenario,
    runs: int = 200,
    seed: int = 1,
    *,
    members: bool = False,
    aligned: bool = True,
    shadow: bool = False,
    decide: Decide | None = None,
) -> Iterator[Results]:
    """Yield the results of `simulate` block by block, so that memory does not grow with runs."""
    _check(runs, seed)
    block = block_of(len(scenario.team.seats))
    blocks = (range(first, min(first + block, runs)) for first in range(0, runs, block))
    return (
        simulate_runs(scenario, numbers, seed, members=members, aligned=aligned, shadow=shadow, decide=decide)
        for numbers in blocks
    )


def simulate_runs(
    scenario: Scenario,
    numbers: Sequence[int],
    seed: int,
    *,
    members: bool = False,
    aligned: bool = True,
    shadow: bool = False,
    decide: Decide | None = None,
) -> Results:
    """Run the runs of these numbers as one batch."""
    twin = shade = None
    if aligned:
        twin = _batch(scenario, plan_of(scenario, aligned=True), numbers, seed)
    if shadow:
        shade = _batch(scenario, plan_of(scenario, shadow=True), numbers, seed)
    own = _batch(scenario, plan_of(scenario), numbers, seed, members, decide)
    if shade is not None:  # whom the score does not touch is paid what the others get on average
        shade.columns["reward"] = own.columns["reward"].copy()
    return replace(own, twin=twin, shadow=shade)


def _batch(
    scenario: Scenario,
    plan: Sequence[Rules],
    numbers: Sequence[int],
    seed: int,
    members: bool = False,
    decide: Decide | None = None,
) -> Results:
    rules = next(r for r in plan if r.start >= scenario.since)
    draws = Draws(seed, numbers, rules.members)
    names = columns_of(rules.activities, rules.decision.motives)
    columns = {name: np.full((rules.weeks, len(draws.runs)), np.nan) for name in names}
    people: dict[str, Floats] = {}
    reviews: list[tuple[int, Verdict]] = []
    for t, passed in enumerate(weeks(plan, draws, decide)):
        for name, values in kept(passed).items():
            columns[name][t] = values
        if passed.verdict is not None and t >= scenario.since:
            reviews.append((t, passed.verdict))
        if members:
            for name, values in kept_of_members(passed).items():
                if name not in people:
                    people[name] = np.empty((rules.weeks, *values.shape))
                people[name][t] = values
    if not np.isfinite(columns["worth"]).all():
        run = draws.runs[int(np.flatnonzero(~np.isfinite(columns["worth"]).all(axis=0))[0])]
        raise RunFailed(f"run {run} of seed {seed}: worth is not finite")
    return Results(
        scenario=scenario,
        seed=seed,
        runs=np.array(draws.runs),
        columns=columns,
        per_member=people if members else None,
        reviewed={k: np.stack([getattr(v, k) for _, v in reviews]) for k in OF_A_REVIEW} if reviews else {},
        review_weeks=tuple(t for t, _ in reviews),
        names=rules.names,
        scored=rules.scored,
        worth_loading=rules.worth,
        twin=None,
        shadow=None,
    )


def _check(runs: int, seed: int) -> None:
    for key, value, least in (("runs", runs, 1), ("seed", seed, 0)):
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise InvalidInput(key, value, f"a whole number, at least {least}")
