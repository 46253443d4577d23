"""What can be observed of a week.

    signal_im = Σ_k G_mk · skill_i·a_ik + σ_m·ε_im

A shared signal is the team's mean of that, with one noise for the team. Standardised, a signal is
divided by sd_m = √(σ_m² + G_m' V G_m), V the covariance of effort in the reference team, so that
its unit leaves no trace.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from sim.activities import Label
from sim.errors import InvalidInput

DIGITS = 12  # significant digits of a standardised number: rounding the rest away hides the unit altogether


@dataclass(frozen=True, kw_only=True)
class Noise:
    """Measurement noise of a signal in one week.

    Parameters
    ----------
    family : str
        `normal`.
    sd : float
        Standard deviation [unit of the signal], at least 0.
    """

    family: str
    sd: float

    def __post_init__(self) -> None:
        if self.family != "normal":
            raise InvalidInput("family", self.family, "normal")
        if self.sd < 0:
            raise InvalidInput("sd", self.sd, "at least 0")


@dataclass(frozen=True, kw_only=True)
class Signal:
    """Something observable that activities produce in a week.

    Parameters
    ----------
    label : Label
    unit : str
        What one unit of it is.
    explicit : bool
        Whether it is a number that is announced and counted.
    subjective : bool
        Whether it passes through a person's judgement.
    shared : bool
        Whether it is observed of the team and the same for all.
    loadings : mapping of str to float
        G, what a week of effort on each activity adds [unit]; activities left out add nothing.
    noise : Noise
    """

    label: Label
    unit: str
    explicit: bool
    subjective: bool
    shared: bool
    loadings: Mapping[str, float]
    noise: Noise

    def along(self, activities: tuple[str, ...]) -> list[float]:
        """Return the loadings in the order of `activities`."""
        return [self.loadings.get(k, 0.0) for k in activities]


@dataclass(frozen=True, kw_only=True)
class Reference:
    """How effort varies over members and weeks of the reference team.

    Parameters
    ----------
    activities : tuple of str
    covariance : (activity, activity) nested tuples [week²]
    """

    activities: tuple[str, ...]
    covariance: tuple[tuple[float, ...], ...]

    def __post_init__(self) -> None:
        n = len(self.activities)
        if [len(row) for row in self.covariance] != [n] * n:
            allowed = f"{n} rows of {n} numbers, one for each of its activities"
            raise InvalidInput("covariance", self.covariance, allowed)

    def sd(self, signal: Signal) -> float:
        """Standard deviation of a signal over members and weeks of the reference team [its unit]."""
        g = signal.along(self.activities)
        spread = 0.0
        for i, row in enumerate(self.covariance):
            for j, v in enumerate(row):
                spread += g[i] * g[j] * v
        return math.sqrt(max(spread, 0.0) + signal.noise.sd**2)


def rounded(x: float) -> float:
    """Return x to 12 significant digits."""
    return float(f"{x:.{DIGITS - 1}e}")
