"""Being thought able.

    y_s = ability + Σ_k l_k·a_k + noise          what the market sees of one in period s; it pays what it expects
    K_s = 1/(1 + q_s),  q_{s+1} = 1/(K_s + r)    how far it follows a surprise · how sure it is, in periods watched
    F_t = K_t·Σ_{s=t+1}^{T} β^{s−t}·Π_{j=t+1}^{s−1} (1 − K_j)    what a unit of output in period t brings later
    u = F_t·v·Σ_k l_k·a_k;  ∂u/∂a_k = F_t·v·l_k

q_1 = h_1/h_ε is `prior`, r = σ_δ²/σ_ε² `drift`; where ability stays as it is, F_t = Σ_s β^{s−t}·h_ε/(h_1 + (s−1)·h_ε).
A career without end is one in its middle, where q rests: F = β(1−μ)/(1−βμ), μ = 1 − K = 1 + r/2 − √(r²/4 + r).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import final

import numpy as np

from sim.arrays import Floats, weighed
from sim.errors import InvalidInput
from sim.motives.base import Motive
from sim.perception import Known

LONGEST = 100_000  # [periods] a career; as many as a run has weeks at most


@final
@dataclass(frozen=True, kw_only=True)
class Career(Motive):
    """Want the market outside to think one able, since it pays the ability that it believes in.

    The market knows what effort to expect of everybody and is not misled on average; each works so as not to
    disappoint it. Its wage of a week is ability as it is believed at the end of the period before, so that what a
    week adds to the mean of its period is paid in as many weeks of each later one.

    Parameters
    ----------
    loadings : mapping of str to float
        l, what the market sees of a week on each activity [unit of ability].
    value : float
        v, what it pays for a unit of ability [utility per week], at least 0.
    patience : float
        β, weight of the next period against this one, in (0, 1).
    every : int
        Weeks in a period, at the end of which the market forms its opinion, at least 1.
    horizon : int or None
        T, periods in a career that begins with the run, from 1 to 100000; after the last one nothing is at stake.
        None: without end, and the opinion as settled as it gets.
    prior : float
        h_1/h_ε, how sure the market is at the beginning, in periods of watching, at least 0; not read where the
        career has no end.
    drift : float
        r, variance of how ability changes in a period, as a share of that of the noise, at least 0.

    References
    ----------
    Holmström (1999), Review of Economic Studies 66(1), 169-182; THEORY F. With an end and a drift at once: ours, the
    same filter before it rests.
    """

    loadings: Mapping[str, float]
    value: float
    patience: float
    every: int
    horizon: int | None
    prior: float
    drift: float

    def __post_init__(self) -> None:
        for key in ("value", "prior", "drift"):
            if getattr(self, key) < 0:
                raise InvalidInput(key, getattr(self, key), "at least 0")
        if not 0 < self.patience < 1:
            raise InvalidInput("patience", self.patience, "above 0 and below 1")
        if self.every < 1:
            raise InvalidInput("every", self.every, "at least 1")
        if self.horizon is not None and not 1 <= self.horizon <= LONGEST:
            raise InvalidInput("horizon", self.horizon, f"between 1 and {LONGEST}, or null")

    def returns(self, week: int) -> float:
        """Return F of the period of a week, counted from 0: what being a unit better in it brings later.

        Examples
        --------
        >>> two = Career(loadings={}, value=1, patience=0.9, every=1, horizon=2, prior=1, drift=0)
        >>> two.returns(0), two.returns(1), two.returns(2)
        (0.45, 0.0, 0.0)
        """
        if self.horizon is None:
            return self._settled
        period = week // self.every
        return self._course[period] if period < self.horizon else 0.0

    def utility(self, effort: Floats, known: Known) -> Floats:
        return self.returns(known.week) * self.value * weighed(known.along(self.loadings), effort)

    def marginal(self, known: Known) -> Floats:
        each = self.returns(known.week) * self.value * known.along(self.loadings)
        return np.broadcast_to(each[:, None, None], known.slope.shape)

    @property
    def _settled(self) -> float:
        """F where the opinion is as settled as it gets."""
        doubt = self.drift / 2 + math.sqrt(self.drift**2 / 4 + self.drift)  # 1/q
        gain = doubt / (1 + doubt)
        return self.patience * gain / (1 - self.patience * (1 - gain))

    @cached_property
    def _course(self) -> tuple[float, ...]:
        """F of each period of a career: how far surprises are followed, from the first on; what comes of it, back."""
        gains, sure = [], self.prior
        for _ in range(self.horizon or 0):
            gains.append(1 / (1 + sure))
            sure = 1 / (gains[-1] + self.drift)
        found, later = [], 0.0
        for gain in reversed(gains):
            found.append(gain * later)
            later = self.patience * (1 + (1 - gain) * later)
        return tuple(reversed(found))
