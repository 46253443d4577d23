"""How gains, losses and their probabilities are felt (prospect theory).

    v(x) = x^α for gains,  −λ(−x)^α for losses
    w(p) = p^γ / (p^γ + (1−p)^γ)^{1/γ},  γ unequal for gains and losses

λ = α = γ = 1 is expected utility.

References: Tversky & Kahneman (1992), J. Risk and Uncertainty 5, 297-323.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.arrays import Floats
from sim.errors import InvalidInput

EDGE = 1e-6  # probabilities are kept this far from 0 and 1, where the weight's slope is infinite


@dataclass(frozen=True, kw_only=True)
class Prospect:
    """Values and decision weights.

    Parameters
    ----------
    alpha : float
        Curvature of value, in (0, 1].
    loss_aversion : float
        λ, how much more a loss counts than a gain, at least 0.
    gamma_gain, gamma_loss : float
        Curvature of the decision weights, in [0.28, 1]; below that the weight is not increasing.

    Examples
    --------
    >>> tk = Prospect(alpha=0.88, loss_aversion=2.25, gamma_gain=0.61, gamma_loss=0.69)
    >>> round(tk.value([-3000, 4500], [0.5, 0.5]), 1)
    -482.6
    """

    alpha: float
    loss_aversion: float
    gamma_gain: float
    gamma_loss: float

    def __post_init__(self) -> None:
        if not 0 < self.alpha <= 1:
            raise InvalidInput("alpha", self.alpha, "above 0 and at most 1")
        if self.loss_aversion < 0:
            raise InvalidInput("loss_aversion", self.loss_aversion, "at least 0")
        for key in ("gamma_gain", "gamma_loss"):
            if not 0.28 <= getattr(self, key) <= 1:
                raise InvalidInput(key, getattr(self, key), "between 0.28 and 1")

    def weight(self, p: Floats, gamma: float) -> Floats:
        """Decision weight w(p) of probabilities of any shape; 0 and 1 keep theirs."""
        return p**gamma / (p**gamma + (1 - p) ** gamma) ** (1 / gamma)

    def weight_slope(self, p: Floats, gamma: float) -> Floats:
        """Slope w'(p), p kept within [1e-6, 1 − 1e-6]."""
        q = np.clip(p, EDGE, 1 - EDGE)
        both = q**gamma + (1 - q) ** gamma
        return self.weight(q, gamma) * (gamma / q - (q ** (gamma - 1) - (1 - q) ** (gamma - 1)) / both)

    def loss(self, size: float, p: Floats) -> Floats:
        """Felt value, at most 0, of losing `size` with probability p."""
        return -self.loss_aversion * size**self.alpha * self.weight(np.clip(p, EDGE, 1 - EDGE), self.gamma_loss)

    def loss_slope(self, size: float, p: Floats) -> Floats:
        """Felt value per unit of probability of losing `size`, at most 0."""
        return -self.loss_aversion * size**self.alpha * self.weight_slope(p, self.gamma_loss)

    def value(self, outcomes: Sequence[float], probabilities: Sequence[float]) -> float:
        """Felt value of a lottery: rank-dependent, gains from the best, losses from the worst.

        Parameters
        ----------
        outcomes, probabilities : sequences of equal length
            Money or utility · probabilities that sum to 1.
        """
        x, p = np.asarray(outcomes, dtype=float), np.asarray(probabilities, dtype=float)
        felt = 0.0
        for side, gamma in ((1, self.gamma_gain), (-1, self.gamma_loss)):
            chosen = np.argsort(-side * x)
            chosen = chosen[side * x[chosen] > 0]
            reached = np.minimum(np.cumsum(p[chosen]), 1.0)
            weights = np.diff(self.weight(np.concatenate([[0.0], reached]), gamma))
            sizes = np.abs(x[chosen]) ** self.alpha * (1.0 if side > 0 else -self.loss_aversion)
            felt += float(weights @ sizes)
        return felt
