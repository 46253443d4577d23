"""What can be read off a scheme before anything is run: its score as arrays, at the healthy week.

    d_k   = Σ_m w_m·v_m·S'_m·G_mk·craft_k      what an hour of activity k adds to the own score
    v_m   = 1/N for a shared signal of N people, else 1;  S'_m: slope of a signal that saturates, at the healthy week
    craft = 1; for gaming that of an average beginner, or the most there is
    β     = strength·Σ_consequences ∂E[reward]/∂score     what a point brings to somebody who stands at the mean
    Var   = (1 + v_s)·(μ² + v_h·Σ_k (d_k·a0_k)²) − μ²     of a week's score between people: skill and habits lognormal
                                                          of variances v_s, v_h about 1, μ = Σ_k d_k·a0_k

The healthy week is the habitual one, a0: what people do when nothing is rewarded. Nothing is run, so
that debt, beliefs and learning have no part in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.special import ndtri

from sim.arrays import Bools, Floats, dot, length
from sim.evaluation import Measurement, Scheme
from sim.organisation import Company
from sim.rewards.base import RewardRule
from sim.rules import Rules, plan_of
from sim.scenario import Scenario
from sim.signals import Signal

FAINT = 1e-9  # smaller than any number that is meant
LITTLE = 0.02  # of a cosine: a turn by less is no remedy
REACH = 2.5  # standard deviations about the mean in which scores of a team lie, but for one in eighty
GRID, CELLS = 401, 100_000  # scores that are tried out, and at most, times members
LOTS = (np.arange(8) + 0.5) / 8  # luck that rounds places, evenly


@dataclass(frozen=True, kw_only=True)
class Look:
    """One scheme as it counts for one sort of people in one stretch of weeks.

    Parameters
    ----------
    scenario : Scenario
        Of the team, in an organisation of the largest teams that build.
    scheme : Scheme
    rules : Rules
        The scheme only measured, so that no contest is refused for lack of luck.
    weight : (signal,)
        w, what counts for these people.
    aside : str
        Whom or when it is about, in words; empty where there is nothing to say.
    """

    scenario: Scenario
    scheme: Scheme
    rules: Rules
    weight: Floats
    aside: str

    # ------------------------------------------------------------ what is worth something

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What activities are called by people: (activity,)."""
        return tuple(a.label.plain for a in self.scenario.activities.values())

    @property
    def worth(self) -> Floats:
        """f: (activity,) [weeks of core work]."""
        return self.rules.worth

    @cached_property
    def habit(self) -> Floats:
        """The healthy week a0: (activity,), all alike where nobody has habits [week]."""
        habit = self.rules.habit
        return habit if habit.any() else np.full(len(habit), 1 / len(habit))

    @cached_property
    def part(self) -> Floats:
        """What each activity brings of all that a healthy week is worth: (activity,), 0 where it harms."""
        good = np.maximum(self.worth, 0) * self.habit
        return good / max(good.sum(), FAINT)

    # ------------------------------------------------------------ what is scored

    @property
    def members(self) -> int:
        """N, people who are compared."""
        return self.rules.members

    @cached_property
    def measurement(self) -> Measurement:
        """The measurement with these people's weights."""
        given = self.rules.measurement
        own = length(np.where(self.of_team, 0.0, self.weight) @ (given.loading * self.rules.crafty))
        return replace(given, weight=self.weight, blur=self.scheme.attribution * own, rater=self.scheme.rater * own)

    @cached_property
    def signals(self) -> tuple[Signal, ...]:
        """Every signal that has a place in the arrays, in their order."""
        return tuple(self.scenario.signals[s] for s in self.rules.signals)

    @cached_property
    def of_team(self) -> Bools:
        """Whether each signal is the team's: (signal,)."""
        return np.array([s.shared for s in self.signals], dtype=bool)

    @cached_property
    def moved(self) -> Floats:
        """v, how much of each signal one member moves: (signal,)."""
        return np.where(self.of_team, 1 / (self.members * self.scenario.teams), 1.0)

    @cached_property
    def steep(self) -> Floats:
        """S', how much of a little more work still shows in each signal at the healthy week: (signal,), in (0, 1]."""
        shown = self.rules.measurement.loading @ (self.rules.crafty * self.habit)
        most = [np.inf if s is None else s for s in self.rules.measurement.saturation]
        return np.exp(-np.maximum(shown, 0) / np.array(most)) if len(most) else np.ones(0)

    def _along(self, weight: Floats, craft: Floats, moved: Floats | float) -> Floats:
        return np.asarray((weight * moved * self.steep) @ (self.rules.measurement.loading * craft))

    @cached_property
    def each(self) -> Floats:
        """What an hour of an activity adds to the score through each signal: (signal, activity), craft a beginner's."""
        return (self.weight * self.moved * self.steep)[:, None] * self.rules.measurement.loading * self.rules.crafty

    @cached_property
    def score(self) -> Floats:
        """d, what an hour adds to the own score, gaming by a beginner: (activity,)."""
        return self._along(self.weight, self.rules.crafty, self.moved)

    @cached_property
    def practised(self) -> Floats:
        """The same for somebody who has learned all there is of gaming: (activity,)."""
        craft = self.scenario.craft
        most = 1.0 if craft is None else max(craft.ceiling, craft.beginner)
        return self._along(self.weight, np.where(self.rules.gaming > 0, most, 1.0), self.moved)

    @cached_property
    def apart(self) -> Floats:
        """d of members' own signals, which set them apart: (activity,)."""
        return self._along(np.where(self.of_team, 0.0, self.weight), self.rules.crafty, 1.0)

    @cached_property
    def team_part(self) -> float:
        """How much of what counts is the team's, by the size of the weights, in [0, 1]."""
        size = np.abs(self.weight) * np.linalg.norm(self.rules.measurement.loading, axis=1) * self.moved
        return float(size[self.of_team].sum() / max(size.sum(), FAINT * FAINT))

    @property
    def tied(self) -> bool:
        """Whether the score sets nobody apart, so that places are drawn by lot."""
        counts = self.of_team[self.weight != 0]
        return bool(len(counts)) and bool(counts.all())

    # ------------------------------------------------------------ how it spreads

    @cached_property
    def people(self) -> float:
        """Variance of a score between members that is their own, by skill and habits [points²]."""
        given = self.rules.skill
        vary = np.expm1(self.rules.skill_sd**2)
        mean = np.where(np.isnan(given), 1.0, given)
        square = float(np.mean(mean**2 + np.where(np.isnan(given), vary, 0.0)))
        usual = self.apart * self.habit
        week = usual.sum() ** 2 + np.expm1(self.rules.habit_sd**2) * dot(usual, usual)
        return float(max(square * week - (mean.mean() * usual.sum()) ** 2, 0.0))

    @cached_property
    def luck(self) -> float:
        """Variance of a review's score about what is expected of a member, the rater's opinion included [points²]."""
        return float(self.measurement.variance_of(self.scheme.review, own=True))

    @cached_property
    def usual(self) -> float:
        """Score of a healthy week [points]."""
        return float(self._along(self.weight, self.rules.crafty, 1.0) @ self.habit)

    @cached_property
    def spread(self) -> float:
        """Standard deviation of the scores that a rule of reward meets, above 0 [points]."""
        whole = self.people + float(self.measurement.variance_of(self.scheme.review))
        return max(np.sqrt(whole), 0.05 * abs(self.usual), FAINT * max(length(self.score), FAINT))

    # ------------------------------------------------------------ what hangs on it

    @cached_property
    def consequences(self) -> dict[str, RewardRule]:
        """What the score brings: pay, promotion, layoff, as far as there is something of it and no lot decides."""
        rules = {k: getattr(self.scheme, k) for k in ("pay", "promotion", "layoff")}
        drawn = {k for k, rule in rules.items() if rule is not None and self.tied and rule.contests(self.members)}
        return {k: rule for k, rule in rules.items() if rule is not None and k not in drawn}

    def of_scheme(self, consequence: str) -> bool:
        """Whether a consequence is the scheme's own, and not what the team has whatever the scheme."""
        said = self.scenario.config["scheme"][consequence]
        return said != "team" or getattr(self.scheme, consequence) != getattr(self.scenario.team, consequence)

    @cached_property
    def point(self) -> float:
        """β, what a point of score brings to somebody who stands at the mean and cares for all of it [utility]."""
        contest = self.rules.stakes.contest
        unknown = np.sqrt(self.people) if self.people else self.spread  # where luck is nil, where rivals stand is not
        noise = np.sqrt(self.luck) or unknown
        contest = replace(contest, members=self.members, noise=noise, tied=False)
        own = np.full((1, 1), self.usual)
        paid = (float(rule.incentive(own, own, contest)[0, 0]) for rule in self.consequences.values())
        return self.scheme.strength * sum(paid)

    def ladder(self, rule: RewardRule) -> Floats:
        """What a member gets from score to score, the others where they are expected to be: (score,) [utility].

        Scores are evenly spaced over those that occur; places that are rounded by lot are as on average.
        """
        steps = int(np.clip(CELLS // self.members, 41, GRID))
        reach = REACH * self.spread
        own = self.usual + np.linspace(-reach, reach, steps)
        others = self.usual + self.spread * ndtri((np.arange(self.members - 1) + 0.5) / max(self.members - 1, 1))
        score = np.column_stack([own, np.broadcast_to(others, (steps, self.members - 1))])
        paid = [rule.reward(score, np.full(score.shape, luck))[:, 0] for luck in LOTS]
        return np.asarray(np.mean(paid, axis=0))

    # ------------------------------------------------------------ what could be added

    def remedy(self, aim: Floats) -> str | None:
        """Return the words for the signal that would help most towards an aim (activity,); None: none would.

        It is given half the say of what counts already, and has to turn the score towards the aim without turning it
        away from the worth. What an oracle sees of worth itself is not for sale.
        """
        now, found, best = _unit(self.score), None, -np.inf
        for name, signal in self.scenario.signals.items():
            loading = np.array(signal.along(self.rules.activities))
            oracle = not signal.shared and abs(_cosine(loading, self.worth)) > 1 - FAINT
            counts = name in self.rules.signals and self.weight[self.rules.signals.index(name)] != 0
            then = now + 0.5 * _unit(loading * self.rules.crafty)
            turned, gain = _cosine(then, aim) - _cosine(now, aim), _cosine(then, self.worth) - _cosine(now, self.worth)
            if not oracle and not counts and turned > LITTLE and gain >= 0 and turned + gain > best:
                found, best = signal.label.plain, turned + gain
        return found


def _unit(x: Floats) -> Floats:
    return x / max(length(x), FAINT * FAINT)


def _cosine(x: Floats, y: Floats) -> float:
    size = length(x) * length(y)
    return dot(x, y) / size if size else 0.0


def looks(scenario: Scenario) -> Iterator[Look]:
    """Yield every scheme that comes to count in a scenario, for every sort of people whom it treats differently."""
    place = _place(scenario)
    seen: list[Scheme] = []
    for rules in plan_of(place, shadow=True):
        scheme = rules.phase.scheme
        if rules.start < place.since or scheme in seen:
            continue
        world = rules.phase.world or place
        when = "" if not seen else f"From week {rules.start} on: "
        seen.append(scheme)
        for role, weight in _weights(world, rules).items():
            aside = when if role is None else f"{when}Of those who are “{role}”: "
            yield Look(scenario=world, scheme=scheme, rules=rules, weight=weight, aside=aside)


def _place(scenario: Scenario) -> Scenario:
    """Return the scenario as it is for a team; in an organisation, for the largest of those that build."""
    if scenario.organisation is None:
        return scenario
    company = Company.of(scenario)
    tiers = [(t.builds, t.people.shape[1], -i) for i, t in enumerate(company.chart.tiers)]
    return company.scenarios[-max(tiers)[2]]


def _weights(scenario: Scenario, rules: Rules) -> dict[str | None, Floats]:
    """Return what counts for everybody: (signal,), by role where roles have numbers of their own."""
    weight = rules.measurement.weight
    if weight.ndim == 1:
        return {None: weight}
    found: dict[str | None, Floats] = {}
    for seat, person in enumerate(scenario.team.seats):
        role = person.role or "nothing in particular"
        found.setdefault(role, weight[:, 0, seat])
    return found
