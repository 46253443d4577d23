"""What can be observed of a week.

    signal_im = Σ_k G_mk · skill_i·a_ik + σ_m·ε_im − blame_m·(incidents put down to i)

A shared signal is the team's mean of that, with one noise for the team. A lagged one shows the work
of `lag` weeks ago. One that saturates shows s·(1 − exp(−x/s)) instead of x where x > 0. A common shock
hits all members alike. Incidents of the week lower signals that blame. Standardised, a signal is
divided by sd_m = √(σ_m² + common_m² + G_m' V G_m), V the covariance of effort in the reference team, so that
its unit leaves no trace.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from sim.activities import Label
from sim.errors import InvalidInput, unknown

DIGITS = 12  # significant digits of a standardised number: rounding the rest away hides the unit altogether


@dataclass(frozen=True, kw_only=True)
class Noise:
    """Measurement noise of a signal in one week.

    Parameters
    ----------
    family : str
        `normal`, or `student_t` for heavy tails.
    sd : float
        Standard deviation [unit of the signal], at least 0.
    freedom : float or None
        Degrees of freedom of `student_t`, above 2; None for `normal`.
    common : float
        Standard deviation of a shock that hits all members alike, besides [unit of the signal], at least 0.
    """

    family: str
    sd: float
    freedom: float | None
    common: float

    def __post_init__(self) -> None:
        if self.family not in ("normal", "student_t"):
            raise unknown("family", self.family, ["normal", "student_t"])
        if (self.family == "student_t") != (self.freedom is not None):
            raise InvalidInput("freedom", self.freedom, "above 2 for student_t, null for normal")
        if self.freedom is not None and self.freedom <= 2:
            raise InvalidInput("freedom", self.freedom, "above 2, so that there is a standard deviation")
        for key in ("sd", "common"):
            if getattr(self, key) < 0:
                raise InvalidInput(key, getattr(self, key), "at least 0")


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
    lag : int
        Weeks until work shows in it, at least 0.
    saturation : float or None
        What it cannot exceed however much is done [unit], above 0; None: no bound.
    blame : float
        What each incident of the week takes off it [unit], at least 0: off the own signal as far as it is put down to
        the member, off a shared one an N-th.
    """

    label: Label
    unit: str
    explicit: bool
    subjective: bool
    shared: bool
    loadings: Mapping[str, float]
    noise: Noise
    lag: int
    saturation: float | None
    blame: float

    def __post_init__(self) -> None:
        if self.lag < 0:
            raise InvalidInput("lag", self.lag, "at least 0")
        if self.saturation is not None and self.saturation <= 0:
            raise InvalidInput("saturation", self.saturation, "above 0, or null")
        if self.blame < 0:
            raise InvalidInput("blame", self.blame, "at least 0")

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
        """Standard deviation of a signal over members and weeks of the reference team, blame left out [its unit]."""
        g = signal.along(self.activities)
        spread = 0.0
        for i, row in enumerate(self.covariance):
            for j, v in enumerate(row):
                spread += g[i] * g[j] * v
        return math.sqrt(max(spread, 0.0) + signal.noise.sd**2 + signal.noise.common**2)


def rounded(x: float) -> float:
    """Return x to 12 significant digits."""
    return float(f"{x:.{DIGITS - 1}e}")
