"""What the business wants: growth, margin, cash flow, market share, stability, in parts that may move.

    f_k = Σ_g ω_g·L_gk/Σ_g ω_g                        what a week of an activity is worth to such a business
    worth_now_k ← worth_now_k + f_k − f⁰_k              f⁰: what its yaml says; the difference counts at once
    f̃_ik ← f̃_ik + contact·(f_k − f̃_ik)                 what people think: users' and the market's word clears it

Nobody is told ω. What people believe begins with their errors (`beliefs.worth_error`), and follows goals that move as
fast as contact lets it. Those who evaluate pass on weights, not goals (`sim.evaluators`).

References: goals that are many, and what they ask of measures: Feltham & Xie (1994), Accounting Review 69(3), 429-453.
How goals weigh activities is ours; five equal goals give the worths of the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sim.activities import Activity
from sim.errors import InvalidInput


@dataclass(frozen=True, kw_only=True)
class Goals:
    """What the business wants.

    Parameters
    ----------
    weights : mapping of str to float
        ω, how much of each goal it wants, at least 0, not all 0.
    loadings : mapping of str to mapping of str to float
        L, what a week of each activity does for each goal [weeks of core work]; activities left out do nothing.
    contact : float
        How fast what people think the work is worth comes nearer to what it is [per week], in [0, 1].
    """

    weights: Mapping[str, float]
    loadings: Mapping[str, Mapping[str, float]]
    contact: float

    def __post_init__(self) -> None:
        for goal, weight in self.weights.items():
            if weight < 0:
                raise InvalidInput(f"weights.{goal}", weight, "at least 0")
            if goal not in self.loadings:
                raise InvalidInput(f"loadings.{goal}", None, "given for each goal that has a weight")
        if not any(self.weights.values()):
            raise InvalidInput("weights", dict(self.weights), "at least one goal above 0")
        if not 0 <= self.contact <= 1:
            raise InvalidInput("contact", self.contact, "between 0 and 1")

    def worth(self, activity: str) -> float:
        """Return f of an activity.

        Examples
        --------
        >>> two = Goals(weights={"growth": 3.0, "calm": 1.0}, loadings={"growth": {"sell": 1.0}, "calm": {}}, contact=0)
        >>> two.worth("sell"), two.worth("rest")
        (0.75, 0.0)
        """
        total = sum(self.weights.values())
        return sum(w * self.loadings[g].get(activity, 0.0) for g, w in self.weights.items()) / total

    def of(self, activities: Mapping[str, Activity]) -> dict[str, Activity]:
        """Return activities that are worth what these goals make of them."""
        return {
            k: replace(a, worth=self.worth(k), worth_now=a.worth_now + self.worth(k) - a.worth)
            for k, a in activities.items()
        }
