"""Where a claim fails among draws of plausible numbers, in words.

margin      how far the effect of a draw lies beyond the smallest one that counts, on the expected side
screened    the one, two or four numbers whose rank correlation with the margin is largest
told        a tree on these, one or two deep, of least absolute errors: it says "fails" where the median margin is
            not above 0; screening, size and depth are chosen anew within each of FOLDS folds
a region    the parts of the tree on all draws that say "fails", if draws that were held out are told better than by
            guessing what is more common (sign test on those in which the two differ, p < SURE)
leans on    the number with the largest rank correlation with the effect, if its p-value times their number is < SURE
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import binomtest, rankdata, spearmanr

from experiments.boxes import FOLDS, SURE, Box, parts
from experiments.effects import HOLDS, kind_of
from experiments.extras import needed
from sim.arrays import Bools, Floats

FEWEST = 5  # draws in a leaf, and of the rarer kind
GRID = {"screened__k": (1, 2, 4), "tree__max_depth": (1, 2)}


@dataclass(frozen=True, kw_only=True)
class Region:
    """Where a claim fails.

    Parameters
    ----------
    boxes : tuple of Box
    sought : bool
        Whether enough draws hold, and enough fail, to look for it.
    right, guessed : float
        Share of held-out draws that are told right · of those that are as the most common.
    leans_on : str
        The number that goes most with the effect; none where chance could do as well.
    correlation : float
        Its rank correlation with the effect.
    """

    boxes: tuple[Box, ...] = ()
    sought: bool = False
    right: float = 0.0
    guessed: float = 0.0
    leans_on: str = ""
    correlation: float = 0.0

    def words(self) -> str:
        """Say where it fails; nothing where that cannot be told."""
        return " or ".join(b.words() for b in self.boxes)

    def sentence(self) -> str:
        """Say all that was found.

        Examples
        --------
        >>> Region(sought=True, leans_on="hire", correlation=-0.52).sentence()
        'No region of failure stands out. What the effect goes most with is hire (rank correlation −0.52).'
        """
        if self.boxes:
            held = f"of draws that were held out {self.right:.0%} are told right, by guessing {self.guessed:.0%}"
            return f"It fails where {self.words()} ({held})."
        none = "No region of failure stands out" if self.sought else "Too few draws go the other way to say where"
        if not self.leans_on:
            return f"{none}, and the effect goes with no single number."
        size = f"{self.correlation:.2f}".replace("-", "−")
        return f"{none}. What the effect goes most with is {self.leans_on} (rank correlation {size})."


def margins(effects: Floats, expected: str, smallest: float) -> Floats:
    """Return how far effects lie beyond the smallest one that counts: above 0 where a claim holds.

    Examples
    --------
    >>> margins(np.array([0.5, -0.5]), "lower", 0.25)
    array([-0.75,  0.25])
    """
    size = {"higher": effects, "lower": -effects, "either": np.abs(effects), "zero": -np.abs(effects)}[expected]
    return np.asarray(size - (-smallest if expected == "zero" else smallest))


def ranked(x: Floats, y: Floats) -> Floats:
    """Return the size of the rank correlation of every column with `y`, 0 for a column of one value."""
    a, b = rankdata(x, axis=0), rankdata(y)
    a, b = a - a.mean(axis=0), b - b.mean()
    scale = np.sqrt((a**2).sum(axis=0) * (b**2).sum())
    return np.asarray(np.abs(b @ a) / np.where(scale > 0, scale, 1.0))


def region(features: pd.DataFrame, effects: Sequence[float], expected: str, smallest: float, seed: int) -> Region:
    """Look for where among some draws a claim fails.

    Parameters
    ----------
    features : DataFrame
        A row per draw, numbers only.
    effects : (draws,)
        NaN where a draw has none.
    expected, smallest : str, float
        Of the claim.
    seed : int
        Of the folds.
    """
    y = np.asarray(effects, dtype=float)
    known = np.isfinite(y)
    table, y = features[known].reset_index(drop=True), y[known]
    if len(y) < 2 * FEWEST or table.empty:
        return Region()
    x = table.to_numpy(float)
    leans = _leaning(table, x, y)
    margin = margins(y, expected, smallest)
    fails: Bools = np.array([kind_of(v, expected, smallest) != HOLDS for v in y])
    if min(fails.sum(), (~fails).sum()) < FEWEST:
        return Region(leans_on=leans[0], correlation=leans[1])
    boxes, right, guessed = _told(table, x, margin, fails, seed)
    return Region(boxes=boxes, sought=True, right=right, guessed=guessed, leans_on=leans[0], correlation=leans[1])


def _leaning(table: pd.DataFrame, x: Floats, y: Floats) -> tuple[str, float]:
    """Return the number that goes most with the effect, and how; none where chance could do as well."""
    best = int(ranked(x, y).argmax())
    if x[:, best].std() == 0 or y.std() == 0:
        return "", 0.0
    found = spearmanr(x[:, best], y)
    sure = found.pvalue * x.shape[1] < SURE
    return (str(table.columns[best]), float(found.statistic)) if sure else ("", 0.0)


def _told(
    table: pd.DataFrame, x: Floats, margin: Floats, fails: Bools, seed: int
) -> tuple[tuple[Box, ...], float, float]:
    """Return the regions, and how well they tell draws that were held out."""
    selection = needed("sklearn.model_selection", "analysis", "claims")
    search, folds = _search(seed), selection.StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    said = np.empty(len(margin), dtype=bool)
    for seen, held in folds.split(x, fails):
        said[held] = search.fit(x[seen], margin[seen]).predict(x[held]) <= 0
    most = bool(fails.mean() > 0.5)
    right, guessed = float((said == fails).mean()), float((fails == most).mean())
    better, worse = int(np.sum((said == fails) & (fails != most))), int(np.sum((said != fails) & (fails == most)))
    if not better or binomtest(better, better + worse, alternative="greater").pvalue >= SURE:
        return (), right, guessed
    best = search.fit(x, margin).best_estimator_
    names = [str(table.columns[i]) for i in best["screened"].get_support(indices=True)]
    where = parts(best["tree"].tree_, names, lambda value: value <= 0)
    boxes = tuple(Box.of(table, ranges) for ranges in where)
    return boxes, right, guessed


def _search(seed: int) -> Any:
    """Return trees on screened numbers, of which cross-validation chooses."""
    selection, tree = (
        needed("sklearn.model_selection", "analysis", "claims"),
        needed("sklearn.tree", "analysis", "claims"),
    )
    feature = needed("sklearn.feature_selection", "analysis", "claims")
    pipeline = needed("sklearn.pipeline", "analysis", "claims")
    steps = [
        ("screened", feature.SelectKBest(ranked)),
        ("tree", tree.DecisionTreeRegressor(criterion="absolute_error", min_samples_leaf=FEWEST, random_state=seed)),
    ]

    def score(fitted: Any, x: Floats, margin: Floats) -> float:
        return float(np.mean((fitted.predict(x) <= 0) == (margin <= 0)))

    folds = selection.KFold(3, shuffle=True, random_state=seed)
    return selection.GridSearchCV(pipeline.Pipeline(steps), GRID, cv=folds, scoring=score)
