"""Parts of the space of parameters in which something holds for most points, as boxes: a tree's leaves, if it can tell.

`crosspurpose discover` says how the tree is grown, and after whom.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from experiments.extras import needed
from sim.arrays import Bools, Floats

FOLDS = 5
DEPTHS, LEAVES = (1, 2, 3), (0.02, 0.05, 0.1)  # of the tree · of all points, that a leaf has at least
SURE = 0.05


@dataclass(frozen=True, kw_only=True)
class Box:
    """A part of the space of parameters.

    Parameters
    ----------
    ranges : mapping
        Parameter, or `KEY is VALUE` as 0 or 1 → its lowest and highest value there, infinite where it has none.
    inside : (points,)
    """

    ranges: Mapping[str, tuple[float, float]]
    inside: Bools

    @classmethod
    def of(cls, features: pd.DataFrame, ranges: Mapping[str, tuple[float, float]]) -> Box:
        """Return the box of some ranges, and which rows are inside."""
        within = np.ones(len(features), dtype=bool)
        for name, (low, high) in ranges.items():
            value = features[name].to_numpy(float)
            within &= (value > low) & (value <= high)
        return cls(ranges=ranges, inside=within)

    def words(self) -> str:
        """Say what is in it."""
        return " and ".join(_condition(k, low, high) for k, (low, high) in self.ranges.items()) or "everywhere"


def _condition(key: str, low: float, high: float) -> str:
    """Say what a range means.

    Examples
    --------
    >>> _condition("scheme.strength", 1.2, math.inf), _condition("team is seniors", -math.inf, 0.5)
    ('scheme.strength > 1.2', 'team is not seniors')
    """
    if " is " in key:
        return key if low > -math.inf else key.replace(" is ", " is not ", 1)
    if low > -math.inf and high < math.inf:
        return f"{low:.3g} < {key} ≤ {high:.3g}"
    return f"{key} > {low:.3g}" if low > -math.inf else f"{key} ≤ {high:.3g}"


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a tree makes of some points.

    Parameters
    ----------
    boxes : tuple of Box
        None where held-out points are told no better than by guessing.
    right, guessed : float
        Share of held-out points that are told right · of those that are as the most common.
    weight : mapping of str to float
        How much each feature contributes.
    """

    boxes: tuple[Box, ...]
    right: float
    guessed: float
    weight: Mapping[str, float]


def discovered(features: pd.DataFrame, loses: Bools, seed: int) -> Found:
    """Look for boxes in which most points are lost.

    Parameters
    ----------
    features : DataFrame
        A row per point, numbers only.
    loses : (points,)
    seed : int
        Of the folds.
    """
    tree = needed("sklearn.tree", "analysis", "discover")
    selection = needed("sklearn.model_selection", "analysis", "discover")
    most = bool(loses.mean() > 0.5)
    guessed = float((loses == most).mean())
    if min(loses.sum(), (~loses).sum()) < FOLDS:
        return Found(boxes=(), right=guessed, guessed=guessed, weight={})
    x = features.to_numpy(float)
    folds = selection.StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    search = selection.GridSearchCV(
        tree.DecisionTreeClassifier(random_state=seed),
        {"max_depth": DEPTHS, "min_samples_leaf": LEAVES},
        cv=selection.StratifiedKFold(3, shuffle=True, random_state=seed),
    )
    hit = selection.cross_val_predict(search, x, loses, cv=folds) == loses
    better, worse = (int(np.sum(hit & (loses != most))), int(np.sum(~hit & (loses == most))))
    right = float(hit.mean())
    if not better or binomtest(better, better + worse, alternative="greater").pvalue >= SURE:
        return Found(boxes=(), right=right, guessed=guessed, weight={})
    best = search.fit(x, loses).best_estimator_
    names = [str(name) for name in features]
    weight = dict(zip(names, best.feature_importances_.tolist(), strict=True))
    boxes = tuple(Box.of(features, r) for r in parts(best.tree_, names, lambda value: value.argmax() == 1))
    return Found(boxes=boxes, right=right, guessed=guessed, weight=weight)


def parts(tree: Any, names: Sequence[str], says: Callable[[Floats], Any]) -> list[Mapping[str, tuple[float, float]]]:
    """Return the ranges of the largest parts of a tree in which every leaf says so, by the value that it holds."""

    def agrees(node: int) -> bool:
        if tree.children_left[node] < 0:
            return bool(says(tree.value[node][0]))
        return agrees(tree.children_left[node]) and agrees(tree.children_right[node])

    def below(node: int, ranges: Mapping[str, tuple[float, float]]) -> list[Mapping[str, tuple[float, float]]]:
        if agrees(node):
            return [ranges]
        if tree.children_left[node] < 0:
            return []
        name, cut = names[tree.feature[node]], float(tree.threshold[node])
        low, high = ranges.get(name, (-math.inf, math.inf))
        left = below(tree.children_left[node], {**ranges, name: (low, cut)})
        return left + below(tree.children_right[node], {**ranges, name: (cut, high)})

    return below(0, {})
