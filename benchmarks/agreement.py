"""Whether plain Mesa and the engine tell the same story when they are given the same luck."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import yaml

from benchmarks.plain_mesa import Member, Team
from sim.draws import Draws, WeekDraws
from sim.rules import rules_of
from sim.scenario import Scenario, scenario_from
from sim.simulation import simulate_runs

RTOL = 1e-9  # sums are taken in another order, and errors of rounding are carried on for 104 weeks


def preset(weeks: int | None = None) -> dict[str, Any]:
    """Return the frozen preset, over its own horizon or another."""
    config = yaml.safe_load((Path(__file__).parent / "preset.yaml").read_text(encoding="utf-8"))
    return config if weeks is None else config | {"weeks": weeks}


class Luck:
    """The numbers of one run of the engine, by cause and seat, week by week."""

    def __init__(self, scenario: Scenario, seed: int, run: int) -> None:
        rules = rules_of(scenario)
        self.causes = rules.causes
        self.draws = Draws(seed, [run], rules.members)
        self.weeks = self.draws.weekly(rules.causes, rules.weeks)
        self.now: dict[str, list[float]] = {}

    def turn(self) -> None:
        """Go on to the next week."""
        week: WeekDraws = next(self.weeks)
        for causes, numbers in ((self.causes.explore, week.explore), (self.causes.noise, week.noise)):
            self.now |= {cause: each[0].tolist() for cause, each in zip(causes, numbers, strict=True)}

    def of(self, cause: str, seat: int) -> float:
        if cause not in self.now:
            self.now[cause] = self.draws.once(cause)[0].tolist()
        return self.now[cause][seat]


def trajectory(config: dict[str, Any], seed: int, run: int) -> dict[str, list[float]]:
    """Return what plain Mesa collects in run `run`, with the engine's luck."""
    luck = Luck(scenario_from(config), seed, run)

    class Fated(Member):
        def normal(self, cause: str) -> float:
            return luck.of(cause, self.unique_id - 1)

    team = Team(config, seed, Fated)
    for _ in range(config["weeks"]):
        luck.turn()
        team.step()
    return team.datacollector.model_vars


def disagreement(config: dict[str, Any], seed: int, runs: list[int]) -> float:
    """Return the largest difference between plain Mesa and the engine in any column and week of some runs.

    It is relative to the number, or to a thousandth of the largest of its column where that is more.
    """
    engine = simulate_runs(scenario_from(config), runs, seed, aligned=False).columns
    gaps = []
    for r, run in enumerate(runs):
        for name, values in trajectory(config, seed, run).items():
            plain = np.array(values)
            size = np.maximum(np.abs(plain), 1e-3 * np.abs(plain).max())
            gaps.append(np.abs(engine[name][:, r] - plain) / np.where(size > 0, size, 1.0))
    return float(np.max(gaps))
