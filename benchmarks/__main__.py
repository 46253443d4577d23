"""`make bench`: the engine against plain Mesa and against drawing alone.

Rates are member-weeks per CPU second, medians of repetitions that take turns, so that whatever else
the machine does meets all of them. What is timed is what a user calls:

- plain Mesa: a team made and stepped over its weeks, with its DataCollector and Python's own random
  numbers (drawing from the engine's streams would slow it down);
- the engine: `simulate_runs` of a batch, with all columns it keeps, the aligned team left out; and again, with the
  numbers that are still there from the last time, as they are for the next scheme that is compared;
- the floor: the same streams made and the same numbers drawn through `sim.draws`, and nothing else.

Organisations of growing size follow, one run of each, to show how time grows with people.
"""

from __future__ import annotations

import cProfile
import pstats
import statistics
import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import sim
from benchmarks import history
from benchmarks.agreement import RTOL, disagreement, preset
from benchmarks.plain_mesa import Team
from sim.draws import KEEPS, Draws
from sim.rules import rules_of
from sim.scenario import Scenario, people_of, scenario_from
from sim.simulation import simulate_runs

REPEATS = 15
BATCHES = (1, 32, 256)
LEAST = 0.2  # [CPU s] of one measurement: short jobs are repeated within it
Job = Callable[[], object]
FIVE_YEARS = 260  # [weeks]
ORGANISATIONS = ([4], [4, 4], [6, 6, 6], [7, 7, 7, 7])  # reports at each depth; teams of seven below
FULL = ("scenario=three_persons", "scheme=lines_of_code")


def step(config: dict[str, Any], teams: int) -> None:
    """Let teams of plain Mesa live through their weeks."""
    for seed in range(teams):
        team = Team(config, seed)
        for _ in range(config["weeks"]):
            team.step()


def anew(job: Job) -> Job:
    """Return the job with nothing that has been drawn before."""

    def alone() -> None:
        KEEPS.empty()
        job()

    return alone


def draw(scenario: Scenario, runs: int) -> None:
    """Draw what the engine draws, and do nothing with it."""
    rules = rules_of(scenario)
    draws = Draws(1, range(runs), rules.members)
    for cause in ("skill", *(f"habit:{k}" for k in rules.activities)):
        draws.once(cause)
    for m, signal in enumerate(rules.signals):
        for k, activity in enumerate(rules.activities):
            if rules.believed[m, k]:
                draws.once(f"belief:{signal}:{activity}")
    for _ in draws.weekly(rules.causes, rules.weeks):
        pass


def simulate(scenario: Scenario, runs: int) -> None:
    """Run one batch."""
    simulate_runs(scenario, range(runs), 1, aligned=False)


def cpu_seconds(job: Job, least: float) -> float:
    """CPU seconds of one job, repeated until the measurement is long enough."""
    start, times = time.process_time(), 0
    while (passed := time.process_time() - start) < least:
        job()
        times += 1
    return passed / times


def rates(jobs: dict[str, tuple[int, Job]], repeats: int = REPEATS, least: float = LEAST) -> dict[str, float]:
    """Return the member-weeks per CPU second of jobs, given the member-weeks of each."""
    seconds: dict[str, list[float]] = {name: [] for name in jobs}
    for turn in range(repeats):
        print(f"  timing, turn {turn + 1} of {repeats}", flush=True)
        for name, (_, job) in jobs.items():
            job()  # imports, caches, and what is drawn
            seconds[name].append(cpu_seconds(job, least))
    return {name: size / statistics.median(seconds[name]) for name, (size, _) in jobs.items()}


def profile(scenario: Scenario, runs: int, lines: int) -> None:
    """Print where a batch spends its time: share of the whole, with and without what is called."""
    profiler = cProfile.Profile()
    profiler.runcall(simulate, scenario, runs)
    found: dict[Any, Any] = pstats.Stats(profiler).stats
    whole = max(entry[3] for entry in found.values())
    rows = sorted(found.items(), key=lambda row: -row[1][3])
    print("  total   own  calls  function")
    for (file, _, name), (_, calls, own, total, _) in rows[:lines]:
        where = "" if file == "~" else f"{Path(file).parent.name}/{Path(file).name}: "
        print(f"  {total / whole:5.0%} {own / whole:5.0%} {calls:6d}  {where}{name}")


def organisations() -> None:
    """Print how the time of an organisation grows with its people."""
    print("\norganisations of five years, one run each")
    print(f"{'people':>8} {'levels':>7} {'CPU s':>7} {'µs per person-week':>19}")
    for spans in ORGANISATIONS:
        words = ("scenario=organisation_200", f"organisation.spans={spans}", f"weeks={FIVE_YEARS}")
        scenario = sim.load(*words)
        start = time.process_time()
        simulate(scenario, 1)
        passed, people = time.process_time() - start, people_of(scenario)
        each = 1e6 * passed / (people * FIVE_YEARS)
        print(f"{people:8,d} {len(spans) + 2:7d} {passed:7.2f} {each:19.2f}", flush=True)


def main() -> None:
    warnings.simplefilter("ignore")
    config = preset()
    small, full = scenario_from(config), sim.load(*FULL)
    # Agreement first: what does something else is not worth timing.
    print("agreement of plain Mesa and the engine on the preset ...", flush=True)
    gap = disagreement(config, 1, [0, 17])
    print(f"  largest relative difference {gap:.1e}", flush=True)
    if not gap <= RTOL:
        raise SystemExit(f"plain Mesa and the engine differ by {gap:.1e}, more than {RTOL:.0e}: nothing is timed")

    size, full_size = 12 * small.weeks, len(full.team.seats) * full.weeks
    jobs: dict[str, tuple[int, Job]] = {"plain_mesa": (4 * size, partial(step, config, 4))}
    for runs in BATCHES:
        jobs[f"engine_{runs}"] = (runs * size, anew(partial(simulate, small, runs)))
        jobs[f"full_week_{runs}"] = (runs * full_size, anew(partial(simulate, full, runs)))
    for name, scenario, each in (("engine", small, size), ("full_week", full, full_size)):
        jobs[f"{name}_256_again"] = (256 * each, partial(simulate, scenario, 256))
    jobs["floor_256"] = (256 * size, anew(partial(draw, small, 256)))
    jobs["full_week_floor_256"] = (256 * full_size, anew(partial(draw, full, 256)))
    rate = rates(jobs)

    print("\nmember-weeks per CPU second")
    for name, value in rate.items():
        print(f"  {name:20s} {value:12,.0f}")
    organisations()
    for name, scenario in (("preset", small), ("full week (contests, project)", full)):
        print(f"\nprofile of the {name}, 256 runs")
        profile(scenario, 256, 26)
    print("\nratios (aims: engine_256/plain_mesa 100 or more, floor_256/engine_256 3 or less)")
    pairs = [(f"engine_{n}", "plain_mesa") for n in BATCHES] + [(f"full_week_{n}", "plain_mesa") for n in BATCHES]
    pairs += [("engine_256_again", "plain_mesa"), ("full_week_256_again", "plain_mesa")]
    pairs += [("floor_256", "plain_mesa"), ("floor_256", "engine_256"), ("full_week_floor_256", "full_week_256")]
    pairs += [("engine_256", "engine_1"), ("engine_256", "engine_32"), ("engine_256", "full_week_256")]
    for above, below in pairs:
        print(f"{above}/{below} {rate[above] / rate[below]:.2f}")
    history.record(rate, sim.__version__)
    print(f"\nwritten into {history.FILE}")


if __name__ == "__main__":
    main()
