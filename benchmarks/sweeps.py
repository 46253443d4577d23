"""`python -m benchmarks.sweeps [RUNS]`: a sweep of a small team, and how much of its time is not the model.

Three people for a year, 200 runs at each point of a Latin hypercube over strength and attribution, in as many
processes as there are cores. Beside it stands plain Mesa, one run after another at a size it can manage, and what it
would take for as many.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

import sim
from benchmarks.agreement import preset
from benchmarks.plain_mesa import Team
from experiments.cli import main as crosspurpose
from sim.scenario import people_of

POINT = 200  # runs of a point
MESA = 40  # runs of plain Mesa that are timed
WORDS = ["team.size=3", "weeks=52", "aligned=false", "scheme.strength=interval(0,0.8)", "scheme.attribution=plausible"]


def sweep(runs: int) -> dict[str, float]:
    """Run the sweep in a folder that is thrown away, and say what it took."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "sweep"
        words = [*WORDS, f"runs={POINT}", f"points={max(runs // POINT, 1)}", f"out={folder}", "design=latin_hypercube"]
        started = time.perf_counter()
        if crosspurpose(["sweep", *words]):
            raise SystemExit("the sweep failed")
        seconds = time.perf_counter() - started
        manifest = json.loads((folder / "manifest.json").read_text())
        size = sum(p.stat().st_size for p in (folder / "runs").glob("*.parquet"))
    cores = os.cpu_count() or 1
    peak = [resource.getrusage(w).ru_maxrss / 1024 for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return {
        "runs": manifest["computed"],
        "seconds": seconds,
        "runs_per_second": manifest["computed"] / seconds,
        "outside_in_chunks": 100 * (1 - manifest["seconds_model"] / manifest["seconds_chunks"]),
        "outside": 100 * (1 - manifest["seconds_model"] / (seconds * cores)),
        "bytes_per_run": size / manifest["computed"],
        "peak_main_mb": peak[0],
        "peak_worker_mb": peak[1],
    }


def plain_mesa() -> float:
    """Seconds of a member-week of plain Mesa."""
    config = preset()
    started = time.process_time()
    for seed in range(MESA):
        team = Team(config, seed)
        for _ in range(config["weeks"]):
            team.step()
    people = people_of(sim.scenario_from(config)) if "team" in config else 12
    return (time.process_time() - started) / (MESA * config["weeks"] * people)


def main() -> None:
    """Print what a sweep takes."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    found = sweep(runs)
    for name, value in found.items():
        print(f"{name:20} {value:12,.1f}")
    week = plain_mesa()
    alone = week * found["runs"] * 52 * 3
    cores = os.cpu_count() or 1
    print(f"plain Mesa, the frozen preset: {1e6 * week:.1f} µs a member-week; as many: {alone / 60:,.0f} CPU minutes")
    print(f"this sweep, every mechanism on: {found['seconds'] * cores / 60:,.1f} CPU minutes")


if __name__ == "__main__":
    main()
