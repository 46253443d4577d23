"""Who comes first by a yardstick of success, as far as that can be said.

first     the best mean, and all that cannot be told from it or differ from it by too little to matter
alike     schemes that give the same in every team: one scheme under several names
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments import stats
from experiments.answer.compared import Compared

OPEN = (stats.UNCLEAR, stats.SMALL)


@dataclass(frozen=True, kw_only=True)
class Places:
    """The order of the schemes that can be chosen.

    Parameters
    ----------
    table : DataFrame
        Of `stats.ranking`; empty where there is nothing to rank.
    first : tuple of str
        The best, and those that may as well be.
    alike : mapping of str to tuple of str
        Scheme → the others that give the same in every team.
    """

    table: pd.DataFrame
    first: tuple[str, ...]
    alike: Mapping[str, tuple[str, ...]]

    @property
    def order(self) -> list[str]:
        """Schemes, the best mean first."""
        return [str(s) for s in self.table["scheme"]]

    @property
    def second(self) -> str | None:
        """The best of those that are not the first under another name."""
        return next((s for s in self.order[1:] if s not in self.alike[self.order[0]]), None)

    def against_first(self, scheme: str) -> str:
        """Return the verdict on a scheme against the first."""
        return str(self.table.set_index("scheme").loc[scheme, "against_best"])


def places(compared: Compared, measure: str = "worth", values: pd.Series | None = None) -> Places:
    """Rank the schemes that can be chosen by a measure, or by values in the unit of worth.

    Parameters
    ----------
    compared : Compared
    measure : str
    values : Series or None
        In the order of the runs; in the place of worth.
    """
    runs = compared.runs if values is None else compared.runs.assign(worth=values)
    there = [c for c in ("scheme", "run", "worth_aligned", measure) if c in runs]
    runs = runs[there]
    if runs.empty:
        return Places(table=pd.DataFrame(columns=list(stats.RANKING)), first=(), alike={})
    table = stats.ranking(runs, compared.benchmarks, compared.reference, compared.matters, measure)
    order = [str(s) for s in table["scheme"]]
    near = table["against_best"].isin(OPEN).to_numpy()
    first = tuple(s for i, s in enumerate(order) if i == 0 or near[i])
    return Places(table=table, first=first, alike=alike(compared, order))


def alike(compared: Compared, among: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the schemes that give the same worth in every single team."""
    worth = {s: compared.runs.loc[compared.runs["scheme"] == s, "worth"].to_numpy() for s in among}
    return {s: tuple(o for o in among if o != s and np.array_equal(worth[s], worth[o])) for s in among}
