"""Turnover: who leaves, and what a newcomer can do.

    h_i = min(½, quit·e^{pull·outside_i})                    hazard of quitting in a week
    P(i leaves) = 1 − (1 − h_i)·(1 − laid_off_i)
    ability_i = 1 − (1 − ramp_start)·e^{−tenure_i/ramp_weeks}   factor on skill

outside_i is what another employer would offer, laid_off_i the share of a layoff that member i suffers:
1 or 0, a fraction for those who tie for the last place, who then leave with that chance. A seat that is
left is filled at once by somebody new, who knows no module (`sim.project.forget`).
Hence a module that k members know loses all of them in a week with probability h^k.

References: about 13 % of people in technology quit in a year, a hazard of 0.0027 a week (THEORY J);
newcomers level off within some months, up to twelve in large projects, and improve for three years:
Zhou & Mockus (2010), FSE, 137-146; replacing somebody costs 21 % of a year's salary at the median,
11 weeks: Boushey & Glynn (2012), Center for American Progress; orphaned modules, THEORY K3. The forms are
ours: proportional hazards (Cox 1972), and the learning curve with a constant rate.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sim.arrays import Bools, Floats, average
from sim.errors import InvalidInput

SETTLED = math.inf  # [weeks] tenure of those who were there before the first week: they have nothing to catch up
HIGHEST = 0.5  # hazard of quitting in a week, however good the offer


@dataclass(frozen=True, kw_only=True)
class Turnover:
    """Who leaves, and what a newcomer can do.

    Parameters
    ----------
    quit : float
        Hazard of quitting where the outside option is 0 [per week], in [0, 0.5].
    pull : float
        How much a unit of the outside option adds to the logarithm of the hazard, at least 0.
    ramp_start : float
        Skill of a newcomer on the first day, as a share of what it will be, in (0, 1].
    ramp_weeks : float
        Weeks in which all but 1/e of what is missing is caught up, above 0.
    cost : float
        What it takes to replace a leaver [weeks of work], at least 0.
    """

    quit: float
    pull: float
    ramp_start: float
    ramp_weeks: float
    cost: float

    def __post_init__(self) -> None:
        if not 0 <= self.quit <= HIGHEST:
            raise InvalidInput("quit", self.quit, f"between 0 and {HIGHEST:g}")
        for key in ("pull", "cost"):
            if not 0 <= getattr(self, key) < math.inf:
                raise InvalidInput(key, getattr(self, key), "at least 0")
        if not 0 < self.ramp_start <= 1:
            raise InvalidInput("ramp_start", self.ramp_start, "above 0 and at most 1")
        if not 0 < self.ramp_weeks < math.inf:
            raise InvalidInput("ramp_weeks", self.ramp_weeks, "above 0")


def hazard(turnover: Turnover, outside: Floats) -> Floats:
    """Return everyone's hazard of quitting this week: (runs, members), in [0, 0.5].

    Parameters
    ----------
    outside : (runs, members)
        Outside option, in the unit of the motive that measures it; 0: what everybody can get.
    """
    if turnover.quit == 0:
        return np.zeros(outside.shape)
    most = math.log(HIGHEST / turnover.quit)  # where the hazard has reached its height
    felt = np.asarray(np.exp(np.minimum(turnover.pull * outside, most)))
    return np.minimum(turnover.quit * felt, HIGHEST)


def leaving(turnover: Turnover, outside: Floats, laid_off: Floats, luck: Floats) -> Bools:
    """Return who leaves at the end of the week: (runs, members).

    Who is laid off for certain leaves, whatever the luck; a share of a layoff is a chance of it.

    Parameters
    ----------
    outside : (runs, members)
    laid_off : (runs, members)
        Share of a layoff, in [0, 1].
    luck : (runs, members)
        Uniform on [0, 1).

    Examples
    --------
    >>> calm = Turnover(quit=0.1, pull=0, ramp_start=0.4, ramp_weeks=13, cost=11)
    >>> nobody, luck = np.zeros((1, 3)), np.array([[0.05, 0.2, 0.2]])
    >>> leaving(calm, nobody, np.array([[0.0, 0.0, 1.0]]), luck)
    array([[ True, False,  True]])
    """
    stays = (1 - hazard(turnover, outside)) * (1 - laid_off)
    return np.asarray(luck < 1 - stays)


def ability(turnover: Turnover, tenure: Floats) -> Floats:
    """Return the factor on skill of members who have been there for so many weeks: (runs, members), in (0, 1].

    Examples
    --------
    >>> ramp = Turnover(quit=0.002, pull=1, ramp_start=0.4, ramp_weeks=13, cost=11)
    >>> ability(ramp, np.array([[0.0, 13.0, SETTLED]])).round(3)
    array([[0.4  , 0.779, 1.   ]])
    """
    return np.asarray(1 - (1 - turnover.ramp_start) * np.exp(-tenure / turnover.ramp_weeks))


def replacement(turnover: Turnover, gone: Bools) -> Floats:
    """Return what replacing this week's leavers costs [weeks of work per member]: (runs,).

    Parameters
    ----------
    gone : (runs, members)
    """
    return turnover.cost * average(gone.astype(np.float64))
