"""Every measure that an answer shows, of every scheme, with its spreads; and its difference to the reference."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from experiments import stats
from experiments.answer.compared import Compared
from experiments.quantity import Quantity
from experiments.tables import percent
from sim.measures import pooled_measures

EFFECTS = (
    *("debt", "truck_factor", "incidents", "documented", "lead_time"),
    *("displaced_share", "craft", "validity", "gini", "hours", "manager_hours"),
)
PEOPLE = ("left", "laid_off", "surplus")


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """Every measure that is shown, of every scheme, with its spreads; and its difference to the reference."""

    values: Mapping[tuple[str, str], Quantity]
    changes: Mapping[tuple[str, str], Quantity]
    verdicts: Mapping[tuple[str, str], str]

    @staticmethod
    def of(compared: Compared) -> Numbers:
        """Take means and paired differences of what is shown."""
        runs = compared.runs
        if runs.empty:
            return Numbers(values={}, changes={}, verdicts={})
        runs = runs[["scheme", "run", *(c for c in runs if _read(str(c)))]]
        summary = stats.summary(runs)
        if not compared.assumed.empty:
            others = compared.assumed
            summary = stats.with_assumptions(summary, others[[c for c in runs if c in others]])
        wanted = [str(m) for m in summary["measure"].unique() if _compared(str(m))]
        differences = stats.differences(runs, compared.reference, wanted, compared.matters)
        keys = list(zip(differences["scheme"], differences["measure"], strict=True))
        return Numbers(
            values=_quantities(summary, "value"),
            changes=_quantities(differences, "difference"),
            verdicts=dict(zip(keys, differences["verdict"], strict=True)),
        )

    def value(self, scheme: str, measure: str) -> Quantity:
        """Return a measure of a scheme."""
        return self.values.get((scheme, measure), Quantity(value=math.nan))

    def change(self, scheme: str, measure: str) -> Quantity:
        """Return how a measure differs from the reference's."""
        return self.changes.get((scheme, measure), Quantity(value=math.nan))

    def verdict(self, scheme: str, measure: str) -> str:
        """Return what that difference comes to, in words; empty for the reference."""
        return self.verdicts.get((scheme, measure), "")


def _compared(measure: str) -> bool:
    """Whether a measure is shown beside its difference to the reference."""
    return measure in ("worth", *EFFECTS, *PEOPLE) or measure.startswith(("effort_", "utility_"))


def _read(measure: str) -> bool:
    """Whether a measure of a run is shown, or one that is shown is made of it."""
    parts = pooled_measures()["validity"][1]
    return _compared(measure) or measure in ("worth_aligned", "worth_year_1", "worth_year_2", "dip", *parts)


def _quantities(frame: pd.DataFrame, value: str) -> dict[tuple[str, str], Quantity]:
    """Return (scheme, measure) → quantity, of a table of `stats`."""
    spreads = ("error", "luck", *(("assumed",) if "assumed_low" in frame else ()))
    shares = {m: percent(str(m)) for m in frame["measure"].unique()}
    found = {}
    for row in frame.to_dict("records"):
        ends = {k: (float(row[f"{k}_low"]), float(row[f"{k}_high"])) for k in spreads}
        own = Quantity(value=float(row[value]), percent=shares[row["measure"]], **ends)
        found[row["scheme"], row["measure"]] = own
    return found
