"""Run a scenario many times: in blocks that fit the caches, each with the same bits as alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from sim import organisation
from sim.arrays import Floats
from sim.census import Census, of_organisation, of_team
from sim.decision import Decide
from sim.draws import Draws
from sim.engine import weeks
from sim.errors import InvalidInput, RunFailed
from sim.organisation import Company
from sim.results import Results, columns_of, joined
from sim.rules import Rules, plan_of
from sim.scenario import Scenario, people_of

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
        columns += (9 + 2 * len(scenario.activities)) * people_of(scenario)
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
    block = block_of(people_of(scenario))
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
        twin = _batch(scenario, numbers, seed, aligned=True)
    if shadow:
        shade = _batch(scenario, numbers, seed, shadow=True)
    own = _batch(scenario, numbers, seed, members, decide)
    if shade is not None:  # whom the score does not touch is paid what the others get on average
        shade.columns["reward"] = own.columns["reward"].copy()
    return replace(own, twin=twin, shadow=shade)


def _batch(
    scenario: Scenario,
    numbers: Sequence[int],
    seed: int,
    members: bool = False,
    decide: Decide | None = None,
    **arm: bool,
) -> Results:
    names = columns_of(scenario)
    columns = {name: np.full((scenario.weeks, len(numbers)), np.nan) for name in names}
    people: dict[str, Floats] = {}
    reviews: list[tuple[int, dict[str, Floats]]] = []
    levels: list[dict[str, Floats]] = []
    knowledge: Floats | None = None
    lives = _team if scenario.organisation is None else _organisation
    rules, everybody, lived = lives(scenario, numbers, seed, members, decide, **arm)
    for t, census in enumerate(lived):
        for name, values in census.columns.items():
            columns[name][t] = values
        if census.reviewed and t >= scenario.since:
            reviews.append((t, census.reviewed))
            levels.append(census.levels)
        for name, values in census.members.items():
            if name not in people:
                people[name] = np.empty((scenario.weeks, *values.shape))
            people[name][t] = values
        knowledge = census.knowledge
    if not np.isfinite(columns["worth"]).all():
        run = numbers[int(np.flatnonzero(~np.isfinite(columns["worth"]).all(axis=0))[0])]
        raise RunFailed(f"run {run} of seed {seed}: worth is not finite")
    return Results(
        scenario=scenario,
        seed=seed,
        runs=np.array(numbers),
        columns=columns,
        per_member=people if members else None,
        reviewed={k: np.stack([each[k] for _, each in reviews]) for k in (reviews[0][1] if reviews else ())},
        review_weeks=tuple(t for t, _ in reviews),
        levels={k: np.stack([each[k] for each in levels]) for k in (levels[0] if levels else ())},
        knowledge=knowledge,
        names=everybody,
        scored=rules.scored if rules.scored.ndim == 1 else rules.scored.mean(axis=(1, 2)),
        worth_loading=rules.worth,
        twin=None,
        shadow=None,
    )


Lives = tuple[Rules, tuple[str, ...], Iterator[Census]]  # rules under study, names, and what is kept week by week


def _team(
    scenario: Scenario, numbers: Sequence[int], seed: int, members: bool, decide: Decide | None, **arm: bool
) -> Lives:
    plan = plan_of(scenario, **arm)
    rules = next(r for r in plan if r.start >= scenario.since)
    lived = weeks(plan, Draws(seed, numbers, rules.members), decide)
    return rules, rules.names, (of_team(passed, members) for passed in lived)


def _organisation(
    scenario: Scenario, numbers: Sequence[int], seed: int, members: bool, decide: Decide | None, **arm: bool
) -> Lives:
    company = Company.of(scenario)
    rules = next(r for r in plan_of(company.scenarios[0], **arm) if r.start >= scenario.since)
    moments = organisation.lived(company, seed, numbers, decide=decide, **arm)
    return rules, company.names, (of_organisation(company.chart, m, members) for m in moments)


def _check(runs: int, seed: int) -> None:
    for key, value, least in (("runs", runs, 1), ("seed", seed, 0)):
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise InvalidInput(key, value, f"a whole number, at least {least}")
