"""Write configs/worth.yaml: f as the running model has it, beside the column `worth` of the activities.

    python -m experiments.worth

    f_k = Σ_t (1 − discount)^t · [worth_t(a + h) − worth_t(a − h)] / 2h,   t = 0 … 259

a is what the aligned team of `three_persons` does, week by week; h is a pulse of work on one activity
in week 52 of its run, the healthy reference state. Everything else stays what it was, on common draws,
and nobody leaves, so that what differs is what the pulse did to the project.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

import sim
from sim.arrays import Floats, average
from sim.draws import Draws
from sim.engine import weeks
from sim.loading import configs
from sim.perception import Known
from sim.rules import Rules, plan_of

RUNS, SEED = 400, 0
START, AFTER = 52, 260  # [weeks] until the pulse, and in which its gains are counted
DISCOUNT = 0.002  # per week
PULSE = 0.05  # [weeks of work]
BATCH = 100  # runs at a time


class _Replay:
    """A team that does what is given, whatever it knows."""

    def __init__(self, rules: Rules, effort: Sequence[Floats]) -> None:
        self.stock, self.effort = rules.decision, effort

    def perceive(self, known: Known) -> Floats:
        return np.zeros((len(self.stock.motives), *known.effort.shape))

    def weigh(self, terms: Floats) -> Floats:
        return np.zeros(terms.shape[1:])

    def choose(self, known: Known, m: Floats) -> Floats:
        return self.effort[known.week]


def measured(runs: Sequence[int], seed: int = SEED) -> dict[str, Floats]:
    """Return what a week of work on each activity brings in each run: activity → (runs,)."""
    scenario = sim.load("scenario=three_persons", "scheme=own_worth", f"weeks={START + AFTER}", "turnover=none")
    plan = plan_of(scenario, aligned=True)
    rules = plan[-1]
    usual, skill = [], np.ones((len(runs), rules.members))
    for passed in weeks(plan, Draws(seed, runs, rules.members)):
        usual.append(passed.effort)
        skill = passed.known.skill
    weight = (1 - DISCOUNT) ** np.arange(AFTER)

    def gain(effort: Sequence[Floats]) -> Floats:
        lived = weeks(plan, Draws(seed, runs, rules.members), _Replay(rules, effort))
        worth = np.stack([average(passed.worth) for passed in lived])[START:]
        return np.asarray(np.cumsum(weight[:, None] * worth, axis=0)[-1])

    found = {}
    for k, name in enumerate(rules.activities):
        sides = []
        for side in (PULSE, -PULSE):
            pulsed = usual[START].copy()
            pulsed[k] += side / skill
            sides.append(gain([*usual[:START], pulsed, *usual[START + 1 :]]))
        found[name] = (sides[0] - sides[1]) / (2 * PULSE)
    return found


def main() -> None:
    """Measure, and write the file."""
    parts = [measured(range(first, min(first + BATCH, RUNS))) for first in range(0, RUNS, BATCH)]
    lines = [
        "# Written by `python -m experiments.worth`: what a week of work on each activity brings in the running model,",
        f"# in a healthy aligned team: a pulse in week {START}, gains of {AFTER} weeks at {DISCOUNT:.1%} a week,",
        f"# {RUNS} runs, nobody leaving.",
    ]
    for name in parts[0]:
        each = np.concatenate([p[name] for p in parts])
        error = each.std(ddof=1) / math.sqrt(len(each))
        lines.append(f"{name}: {{worth: {each.mean():.4f}, standard_error: {error:.4f}}}")
    (configs() / "worth.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
