"""Write configs/reference.yaml: how effort varies over members and weeks of the reference team.

    python -m experiments.reference

The reference team is `three_persons` under the scheme `none`: people as they are, moved by nothing
that is measured. The motive of safety reads a standardised signal, so the covariance is iterated
until it reproduces itself, and rounded to four digits.
"""

from __future__ import annotations

import numpy as np

import sim
from sim.arrays import Floats
from sim.loading import configs

RUNS, SEED, WEEKS = 200, 0, 52


def covariance(scenario: sim.Scenario) -> Floats:
    """Covariance of effort over runs, weeks and members: (activity, activity) [week²]."""
    people = sim.simulate(scenario, RUNS, SEED, members=True, aligned=False).per_member
    assert people is not None
    return np.round(np.cov([people[f"effort_{k}"].ravel() for k in scenario.activities]), 6)


def main() -> None:
    """Iterate, and write the file."""
    scenario = sim.load("scenario=three_persons", "scheme=none", f"weeks={WEEKS}")
    names = list(scenario.activities)
    for _ in range(10):
        now = covariance(scenario)
        before = scenario.config["reference_team"]["covariance"]
        scenario = scenario.with_({"reference_team": {"activities": names, "covariance": now.tolist()}})
        if np.allclose(now, before, rtol=0, atol=1e-6):
            break
    lines = [
        "# Written by `python -m experiments.reference`: covariance of effort [week²] over members and",
        "# weeks of three_persons under `none`. Signals are standardised with it.",
        "reference_team:",
        f"  activities: [{', '.join(names)}]",
        "  covariance:",
        *("    - [" + ", ".join(f"{v:.6f}" for v in row) + "]" for row in now),
    ]
    (configs() / "reference.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
