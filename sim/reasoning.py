"""Depth of reasoning about rivals.

    level 0   goes on as it was before the first week
    level l   answers what it expects of rivals: Σ_{j<l} p_lj·(score of effort of level j)
    level-k   p_lj = 1 for j = l−1
    Poisson   p_lj = τ^j/j! / Σ_{i<l} τ^i/i!;  people's levels are Poisson(τ), cut off at `highest`

Minds hold what every member would do at every level. Each week all minds but those of level 0 move
by the rule by which people decide, on what they held of each other at the end of last week, so that
level l settles once the levels below have.

References: Camerer, Ho & Chong (2004), Quarterly J. Economics 119(3), 861-898; THEORY H1-H2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from sim.arrays import Floats, Ints, average, weighed
from sim.errors import InvalidInput
from sim.perception import Known


@dataclass(frozen=True, kw_only=True)
class Depth:
    """How many steps people think ahead of each other; `level` or `mean` is given, not both.

    Parameters
    ----------
    level : int or None
        Steps that everybody thinks, at least 0.
    mean : float or None
        τ, mean of the Poisson distribution of steps, above 0.
    highest : int
        Most steps that anybody thinks where `mean` is given, at least 1.
    """

    level: int | None
    mean: float | None
    highest: int

    def __post_init__(self) -> None:
        if (self.level is None) == (self.mean is None):
            raise InvalidInput("level", self.level, "given, or mean given, and not both")
        if self.level is not None and self.level < 0:
            raise InvalidInput("level", self.level, "a whole number, at least 0")
        if self.mean is not None and self.mean <= 0:
            raise InvalidInput("mean", self.mean, "above 0")
        if self.highest < 1:
            raise InvalidInput("highest", self.highest, "a whole number, at least 1")

    @property
    def top(self) -> int:
        """Highest level that occurs."""
        return self.highest if self.level is None else self.level


def mixture(depth: Depth, level: int) -> Floats:
    """Return how likely `level` thinks each level below it to be: (level,), sum 1.

    Examples
    --------
    >>> mixture(Depth(level=None, mean=1.5, highest=4), 3).round(4).tolist()
    [0.2759, 0.4138, 0.3103]
    """
    if depth.mean is None:
        return np.eye(level)[-1] if level else np.empty(0)
    steps = np.arange(1, level)
    weight = np.concatenate([np.ones(min(level, 1)), np.cumprod(depth.mean / steps)])
    return np.asarray(weight / weight.sum())


def levels(depth: Depth, u: Floats) -> Ints:
    """Return how many steps everybody thinks, from uniform chance (runs, members): (runs, members)."""
    if depth.level is not None:
        return np.full(u.shape, depth.level)
    below = np.cumsum(mixture(depth, depth.highest + 1))
    return np.minimum(np.searchsorted(below, u, side="right"), depth.highest)


def begin(depth: Depth, effort: Floats) -> Floats:
    """Return minds (level, activity, runs, members) that all hold the effort from before the first week."""
    return np.repeat(effort[None], depth.top + 1, axis=0)


def imagined(
    depth: Depth, minds: Floats, known: Known, answer: Callable[[Known], Floats], seen: Callable[[Floats], Floats]
) -> tuple[Floats, Floats]:
    """Return the minds after a week, and what each level expects of rivals in it.

    Parameters
    ----------
    depth : Depth
    minds : (level, activity, runs, members)
        What every member would have done last week at every level [week].
    known : Known
        What members know besides.
    answer : function
        The rule by which people decide: Known to effort (activity, runs, members).
    seen : function
        What rivals believe a team of such effort to score: (activity, runs, members) to (runs, members) or (runs, 1).

    Returns
    -------
    minds : (level, activity, runs, members)
    fields : (level, runs, members) or (level, runs, 1)
        Expected scores as `Known.field` has them; level 0 takes the others to be as it is.
    """
    scores = np.stack([seen(mind) for mind in minds])
    views = [weighed(mixture(depth, each), scores[:each]) for each in range(1, len(minds))]
    fields = np.stack([scores[0], *views])
    steps = [answer(replace(known, effort=minds[each], field=fields[each])) for each in range(1, len(minds))]
    return np.stack([minds[0], *steps]), fields


def facing(depth: Depth, known: Known, level: Ints, fields: Floats) -> Known:
    """Return what members know who expect of rivals what their level (runs, members) expects.

    Where levels differ, every member holds all rivals to stand at the mean it expects of the team, and its own
    standing is measured from there: in a comparison nothing else counts. Level 0 keeps to what it does.
    """
    known = replace(known, keeps=level == 0)
    if depth.level is not None:
        return replace(known, field=fields[depth.level])
    mean = average(fields)[level, np.arange(len(level))[:, None]]
    given = 0.0 if known.given_apart is None else known.given_apart
    return replace(known, field=np.zeros((len(level), 1)), given_apart=given - mean)
