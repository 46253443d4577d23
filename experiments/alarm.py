r"""When a change shows in what is recorded: a sequential test, learned on some teams, judged on others.

A team of a world (the one under study, or one of those that are clean) shows features x_r at review r, and x_0, the
mean of what it showed at the reviews before anything hung on the score.

    y_r   = x_r − B(x_0 − x̄_0)                               what was there before, taken out by regression
    ℓ_w,r = −½(y_r − μ_w,r)'Σ⁻¹(y_r − μ_w,r)                 log-likelihood of world w
    W_k,r = max(0, W_k,r−1) + ℓ_target,r − ℓ_k,r              CUSUM against the clean world k
    V_r   = min_k W_k,r                                      against all of them: a generalised likelihood ratio
    alarm at the first r with V_r > c
    c     = the largest over k of the ⌈(1 − α)(n + 1)⌉-th lowest max_r V_r of n clean teams

B, μ and Σ are learned on a third of the runs, c on the clean worlds of another, and the last is judged: of a further
clean team, exchangeable with those that set c, the chance of an alarm is at most α at any n. The thirds take turns,
and that for many random splits, so that every run is judged by numbers that it had no part in. Who learns on the
target world knows what the change looks like: nobody who only sees x finds it much sooner.

References
----------
Wald (1945), Ann. Math. Statist. 16(2), 117-186: the ratio, review after review. Page (1954), Biometrika 41, 100-115:
CUSUM. Healy (1987), Technometrics 29(4), 409-412: for a shift of several means it is the CUSUM of the likelihood ratio.
Lorden (1971), Ann. Math. Statist. 42(6), 1897-1908: generalised likelihood ratios. Barnard (1963), J. R. Statist. Soc.
B 25, 294: c from the ranks of simulated runs. Wilson (1927), J. Amer. Statist. Assoc. 22, 209-212.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from experiments.stats import LEVEL
from sim.arrays import Floats
from sim.draws import stream

TARGET = "target"  # the world whose change is to be found
CLEAN = ("shadow", "aligned")  # worlds in which an alarm is false
NOTHING, CHANCE = "(nothing)", "(chance)"  # recorded besides what counts: nothing, and what says nothing
PARTS = 3  # learn, calibrate, judge


@dataclass(frozen=True, kw_only=True)
class Learned:
    """What is known of the worlds.

    Parameters
    ----------
    before : int
        Reviews before anything hung on the score.
    centre : (feature,)
        x̄_0, or nothing without reviews before.
    slope : (feature, feature)
        B', likewise.
    mean : mapping of str to (reviews, feature)
        μ of each world, at the reviews after.
    precision : (feature, feature)
        Σ⁻¹; of what does not vary, 0.
    """

    before: int
    centre: Floats
    slope: Floats
    mean: Mapping[str, Floats]
    precision: Floats

    def told_apart(self, x: Floats) -> Floats:
        """Return y: (reviews, runs, feature) of all reviews to those of the ones after."""
        return np.asarray(x[self.before :] - (_history(x, self.before) - self.centre) @ self.slope)

    def fits(self, world: str, y: Floats) -> Floats:
        """Return ℓ of a world: (reviews, runs, feature) to (reviews, runs)."""
        off = y - self.mean[world][:, None]
        return np.asarray(-0.5 * np.einsum("trf,fg,trg->tr", off, self.precision, off))


def _history(x: Floats, before: int) -> Floats:
    """Return x_0: (runs, feature), without features where there were no reviews before."""
    return np.asarray(x[:before].mean(axis=0)) if before else x[0, :, :0]


def learned(worlds: Mapping[str, Floats], clean: Sequence[str], before: int) -> Learned:
    """Learn what worlds look like.

    Parameters
    ----------
    worlds : mapping of str to (reviews, runs, feature)
    clean : sequence of str
        Those that say how features vary.
    before : int
        Reviews before anything hung on the score, in which all worlds are the same.
    """
    past = {w: _history(worlds[w], before) for w in clean}
    centre = past[clean[0]].mean(axis=0)
    late = {w: worlds[w][before:] for w in clean}
    known = np.concatenate([np.tile(past[w] - past[w].mean(axis=0), (len(late[w]), 1)) for w in clean])
    shown = np.concatenate([(x - x.mean(axis=1, keepdims=True)).reshape(-1, x.shape[-1]) for x in late.values()])
    slope = np.linalg.pinv(known) @ shown
    left = shown - known @ slope
    spread = left.T @ left / len(left)
    size = np.sqrt(np.diag(spread))
    size[size <= 1e-9] = np.inf
    precision = np.linalg.pinv(spread / np.outer(size, size), rcond=1e-9, hermitian=True) / np.outer(size, size)
    first = Learned(before=before, centre=centre, slope=slope, mean={}, precision=precision)
    mean = {w: first.told_apart(x).mean(axis=1) for w, x in worlds.items()}
    return Learned(before=before, centre=centre, slope=slope, mean=mean, precision=precision)


def evidence(x: Floats, known: Learned, clean: Sequence[str]) -> Floats:
    """Return V, the evidence for the target world against every clean one: (reviews, runs).

    Examples
    --------
    >>> mean = {TARGET: np.array([[2.0], [2.0]]), "clean": np.zeros((2, 1))}
    >>> known = Learned(before=0, centre=np.zeros(0), slope=np.zeros((0, 1)), mean=mean, precision=np.eye(1))
    >>> evidence(np.array([[[2.0], [0.0]], [[2.0], [3.0]]]), known, ["clean"]).tolist()
    [[2.0, -2.0], [4.0, 4.0]]
    """
    y = known.told_apart(x)
    target = known.fits(TARGET, y)
    found = np.full(target.shape, np.inf)
    for world in clean:
        cusum = np.zeros(target.shape[1])
        for t, ratio in enumerate(target - known.fits(world, y)):
            cusum = np.maximum(cusum, 0.0) + ratio
            found[t] = np.minimum(found[t], cusum)
    return found


def enough(level: float) -> int:
    """Return the fewest runs that can be split for a test at that level.

    Examples
    --------
    >>> enough(0.05)
    57
    """
    return PARTS * math.ceil(round(1 / level - 1, 9))


def limit(highest: Floats, level: float) -> float:
    """Return c, which a further one exceeds with a chance of at most `level`: of (runs,).

    Examples
    --------
    >>> limit(np.arange(19.0), 0.05), limit(np.arange(39.0), 0.05)
    (18.0, 37.0)
    """
    return float(np.sort(highest)[math.ceil(round((1 - level) * (len(highest) + 1), 9)) - 1])


def alarms(
    worlds: Mapping[str, Floats],
    clean: Sequence[str],
    before: int,
    *,
    level: float,
    seed: int,
    splits: int,
) -> dict[str, Floats]:
    """Return, for every world, in which share of the splits a run has had its alarm by a review.

    Parameters
    ----------
    worlds : mapping of str to (reviews, runs, feature)
        `TARGET`, the clean ones and any others, on the same people and luck.
    clean : sequence of str
        Worlds in which an alarm is false.
    before : int
        Reviews before anything hung on the score.
    level : float
        α, in (0, 1).
    seed, splits : int
        Of random splits into thirds, and how many.

    Returns
    -------
    mapping of str to (reviews, runs)
        Of the reviews after, in [0, 1], never falling.
    """
    reviews, runs = worlds[TARGET].shape[0] - before, worlds[TARGET].shape[1]
    found = {w: np.zeros((reviews, runs)) for w in worlds}
    for split in range(splits):
        place = stream(seed, split, "detect:split").permutation(runs) % PARTS
        for turn in range(PARTS):
            learn, calibrate, judge = (place == (turn + i) % PARTS for i in range(PARTS))
            known = learned({w: worlds[w][:, learn] for w in (TARGET, *clean)}, clean, before)
            highest = [evidence(worlds[w][:, calibrate], known, clean).max(axis=0) for w in clean]
            c = max(limit(h, level) for h in highest)
            for w, x in worlds.items():
                over = evidence(x[:, judge], known, clean) > c
                found[w][:, judge] += np.logical_or.accumulate(over, axis=0)
    return {w: x / splits for w, x in found.items()}


def unnoticed(alarm: Floats) -> Floats:
    """Return how many reviews pass without an alarm, of those looked at: (reviews, runs) to (runs,)."""
    return np.asarray(np.cumsum(1 - alarm, axis=0)[-1])


def share(x: Floats) -> tuple[float, float, float]:
    """Return the mean of shares over runs and Wilson's interval: (runs,).

    A mean over splits varies less from run to run than a yes or no: the interval is rather too wide than too narrow.

    Examples
    --------
    >>> [round(v, 3) for v in share(np.zeros(100))]
    [0.0, 0.0, 0.037]
    """
    n, p, z = len(x), float(x.mean()), float(ndtri(0.5 + LEVEL / 2))
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(max(p * (1 - p), 0.0) / n + z * z / (4 * n * n))
    return p, max(middle - half, 0.0), min(middle + half, 1.0)


def median(alarm: Floats) -> tuple[float, float, float]:
    """Return the review by which half of the runs have had their alarm, and its interval; ∞: by none looked at.

    The interval is that of Brookmeyer & Crowley (1982): where the interval of the share lies about one half.

    Examples
    --------
    >>> median(np.repeat([[0.1], [0.45], [0.9], [1.0]], 50, axis=1))
    (3.0, 2.0, 3.0)
    """
    shares = np.array([share(x) for x in alarm])

    def first(x: Floats) -> float:
        reached = np.flatnonzero(x >= 0.5)
        return float(reached[0] + 1) if len(reached) else math.inf

    return first(shares[:, 0]), first(shares[:, 2]), first(shares[:, 1])
