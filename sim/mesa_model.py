"""One run as Mesa agents: the same week, through the same seam.

    class Stubborn(sim.Member):
        def choose(self, m):
            return {"deliver": 1.0}  # a week of core work, whatever it brings

    model = sim.TeamModel(scenario, seed=1, run=17, members={"Ada": Stubborn})
    while model.running:
        model.step()
    model.datacollector.get_model_vars_dataframe()

Each week the stock rule is evaluated once for the whole team; every member is handed its row of each
phase and answers, with that row or with something of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import mesa
import numpy as np
import pandas as pd

from sim.arrays import Floats
from sim.draws import Draws
from sim.engine import weeks
from sim.errors import InvalidInput, unknown
from sim.people import Person
from sim.perception import Known
from sim.record import Week
from sim.results import columns_of, kept
from sim.rules import plan_of
from sim.scenario import Scenario

Answer = Floats | Mapping[str, float]
TOLERANCE = 1e-9  # hours by which a sum of efforts may miss a bound, for rounding [week]


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What one member knows when a week begins.

    Parameters
    ----------
    week : int
    activities : tuple of str
    effort, habit, slope, worth : (activity,)
        As in `Known`: own effort of last week, the habitual week, what a unit of effort is believed
        to add to the score, and to be worth.
    skill, score : float
        Own skill · own expected score.
    """

    week: int
    activities: tuple[str, ...]
    effort: Floats
    habit: Floats
    slope: Floats
    worth: Floats
    skill: float
    score: float


class Member(mesa.Agent):
    """A member of the team. Override `perceive`, `weigh` or `choose` to decide otherwise.

    Attributes
    ----------
    name : str
    seat : int
        Place in the arrays of the model.
    motives : dict of str to float
        ω, how much the member cares about each motive.
    motive : str
        The motive that weighs most.
    seen : Seen
        What the member knows this week.
    """

    model: TeamModel
    seen: Seen

    def __init__(self, model: TeamModel, seat: int, person: Person) -> None:
        super().__init__(model)
        self.seat, self.name = seat, person.name
        self.motives, self.motive = dict(person.motives), person.motive
        self.stock: Floats = np.empty(0)

    def perceive(self) -> Floats:
        """Marginal utility of each activity, by motive: (channel, activity)."""
        return self.stock

    def weigh(self, terms: Floats) -> Answer:
        """Marginal reward of each activity, from the terms (channel, activity): (activity,)."""
        return self.stock

    def choose(self, m: Floats) -> Answer:
        """Effort of the week, from marginal rewards m (activity,): (activity,), or by name with 0 for the rest."""
        return self.stock

    def why(self) -> pd.DataFrame:
        """Return the last decision: for each activity what every motive said, the sum m, and the effort."""
        last = self.model.last
        if last is None:
            raise InvalidInput("week", 0, "a week that has been lived; step the model first")
        motives = self.model.rules.decision.motives
        terms = {k: self.motives.get(k, 0.0) * last.terms[c, :, 0, self.seat] for c, k in enumerate(motives)}
        chosen = {"m": last.m[:, 0, self.seat], "effort": last.effort[:, 0, self.seat]}
        return pd.DataFrame(terms | chosen, index=pd.Index(last.known.activities, name="activity"))


class TeamModel(mesa.Model):
    """Run `run` of a scenario, week by week, as agents.

    Parameters
    ----------
    scenario : Scenario
    seed, run : int
        The address of the run: with stock members it equals run `run` of `sim.simulate(…, seed=seed)` to the bit.
    members : mapping of str to Member class, or None
        Who of the team decides in a way of their own.

    Attributes
    ----------
    last : Week or None
        The last week.
    datacollector : mesa.DataCollector
        Its model variables are the columns of `results.weekly`.
    """

    running: bool

    def __init__(
        self,
        scenario: Scenario,
        seed: int = 1,
        run: int = 0,
        members: Mapping[str, type[Member]] | None = None,
    ) -> None:
        for key, value in (("seed", seed), ("run", run)):
            if not isinstance(value, int) or isinstance(value, bool) or value < 0:
                raise InvalidInput(key, value, "a whole number, at least 0")
        if scenario.organisation is not None:
            raise InvalidInput("organisation", "given", "null: agents are the members of one team")
        super().__init__(rng=seed)
        self.plan = plan_of(scenario)
        self.rules = self.plan[0]
        own = dict(members or {})
        for name in own:
            if name not in self.rules.names:
                raise unknown("members", name, self.rules.names)
        for seat, person in enumerate(scenario.team.seats):
            own.get(person.name, Member)(self, seat, person)
        draws = Draws(seed, [run], self.rules.members)
        self._weeks = weeks(self.plan, draws, _Agents(self))
        self.last: Week | None = None
        self._columns: dict[str, Floats] = {}
        reporters = {name: _reporter(name) for name in columns_of(scenario)}
        self.datacollector = mesa.DataCollector(model_reporters=reporters)

    def step(self) -> None:
        """Live one week."""
        if not self.running:
            raise InvalidInput("week", self.rules.weeks, f"below {self.rules.weeks}, where the run ends")
        self.running = False  # a week that is refused is the last: Mesa takes no step after an error
        self.last = next(self._weeks)
        self._columns = kept(self.last)
        self.datacollector.collect(self)
        self.running = self.last.known.week + 1 < self.rules.weeks


def _reporter(name: str) -> Callable[[TeamModel], float]:
    return lambda model: float(model._columns[name][0]) if name in model._columns else float("nan")


class _Agents:
    """The seam of the week, answered by agents."""

    def __init__(self, model: TeamModel) -> None:
        self.stock = model.rules.decision
        self.agents = model.agents
        self.week = 0
        self.activities = model.rules.activities

    def perceive(self, known: Known) -> Floats:
        self.week = known.week
        score = known.score
        for member in self.agents:
            own = (slice(None), 0, member.seat)
            member.seen = Seen(
                week=known.week,
                activities=known.activities,
                effort=known.effort[own],
                habit=known.habit[own],
                slope=known.slope[own],
                worth=known.worth[own],
                skill=float(known.skill[0, member.seat]),
                score=float(score[0, member.seat]),
            )
        stock = self.stock.perceive(known)
        return self._gather(stock, "perceive", lambda member: (), stock.shape[:2])

    def weigh(self, terms: Floats) -> Floats:
        stock = self.stock.weigh(terms)
        return self._gather(stock, "weigh", lambda member: (terms[:, :, 0, member.seat],), stock.shape[:1])

    def choose(self, known: Known, m: Floats) -> Floats:
        stock = self.stock.choose(known, m)
        effort = self._gather(stock, "choose", lambda member: (m[:, 0, member.seat],), stock.shape[:1])
        self._check_hours(effort)
        return effort

    def _gather(self, stock: Floats, phase: str, given: Callable[[Member], tuple[Any, ...]], shape: Any) -> Floats:
        """Hand each member its row of the stock rule, and collect the answers."""
        answers = np.empty(stock.shape)

        def ask(member: Member) -> None:
            member.stock = stock[..., 0, member.seat].copy()
            answers[..., 0, member.seat] = self._checked(member, phase, getattr(member, phase)(*given(member)), shape)

        self.agents.do(ask)
        return answers

    def _checked(self, member: Member, phase: str, answer: Answer, shape: tuple[int, ...]) -> Floats:
        key = f"{member.name}.{phase} in week {self.week}"
        if isinstance(answer, Mapping):
            for name in answer:
                if name not in self.activities:
                    raise unknown(key, name, self.activities)
        try:
            listed = [answer.get(k, 0.0) for k in self.activities] if isinstance(answer, Mapping) else answer
            values = np.asarray(listed, dtype=np.float64)
        except (TypeError, ValueError):
            raise InvalidInput(key, str(answer), f"an array of numbers of shape {shape}") from None
        if values.shape != shape:
            raise InvalidInput(key, f"an array of shape {values.shape}", f"shape {shape}")
        if not np.isfinite(values).all():
            raise InvalidInput(key, values.tolist(), "finite numbers")
        return values

    def _check_hours(self, effort: Floats) -> None:
        low, high = self.stock.choice.hours
        for member in self.agents:
            own = effort[:, 0, member.seat]
            key = f"{member.name}.choose in week {self.week}"
            if own.min() < 0:
                raise InvalidInput(key, own.tolist(), "efforts of at least 0")
            if not low - TOLERANCE <= own.sum() <= high + TOLERANCE:
                raise InvalidInput(
                    key, f"{own.sum():.6g} weeks in all", f"between {low:g} and {high:g}, the hours of a week"
                )
