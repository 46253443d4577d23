"""The benchmark's preset in plain Mesa: one object per member, as Mesa's own examples are written.

It reads the preset's yaml and knows nothing of `sim`. The week is that of `sim.engine`, as far as the
preset needs it: linear pay and caring about the work, water-filling, reviews of equal weeks, no project.
"""

from __future__ import annotations

import math
from typing import Any

import mesa


class Member(mesa.Agent):
    """Somebody who wants pay and cares about the work."""

    def __init__(self, model: Team, motives: dict[str, float]) -> None:
        super().__init__(model)
        team, error = model.config["team"], model.config["beliefs"]["error"]
        self.motives = motives
        self.skill = self.lognormal("skill", team["skill_sd"])
        self.habit = [a["habit"] * self.lognormal(f"habit:{k}", team["habit_sd"]) for k, a in model.activities.items()]
        self.slope = [0.0] * len(model.activities)  # what a unit of effort is believed to add to the score
        for name, weight in model.weights.items():
            for k, (activity, loading) in enumerate(zip(model.activities, model.loadings[name], strict=True)):
                if weight and loading:
                    wrong = error * self.normal(f"belief:{name}:{activity}")
                    self.slope[k] += self.skill * weight * loading * (1 + wrong)
        self.usual = sum(self.habit)
        self.effort = self.fill(self.habit)
        self.worth = self.score = self.window = self.reward = self.surplus = 0.0

    def normal(self, cause: str) -> float:
        """Return a standard normal number; the cause only says what for."""
        return self.random.gauss(0.0, 1.0)

    def lognormal(self, cause: str, sd: float) -> float:
        return math.exp(sd * self.normal(cause) - 0.5 * sd * sd)

    def choose(self) -> None:
        """Perceive what each activity brings, try a little, and move towards the best week."""
        model = self.model
        pay, care = self.motives["pay"] * model.incentive, self.motives["intrinsic"] * self.skill
        x = []
        for k, cause in enumerate(model.explore):
            m = pay * self.slope[k] + care * model.worth[k] + model.experimentation * self.normal(cause)
            x.append(self.habit[k] + m / (model.cost * (1 - model.rivalry)))
        best, share = self.fill(x), model.adjustment
        self.effort = [a + share * (b - a) for a, b in zip(self.effort, best, strict=True)]

    def fill(self, x: list[float]) -> list[float]:
        """Fill activities down to one level: with free hours, and again where these leave their bounds."""
        rivalry, ordered = self.model.rivalry, sorted(x, reverse=True)
        level, pool = -rivalry / (1 - rivalry) * self.usual, 0.0
        for j, largest in enumerate(ordered, start=1):
            if largest <= level:
                break
            pool += largest
            level = rivalry * (pool - self.usual) / (1 - rivalry + rivalry * j)
        effort = [max(0.0, each - level) for each in x]
        hours = sum(effort)
        bound = min(max(hours, self.model.h_min), self.model.h_max)
        if bound == hours:
            return effort
        level, pool = -math.inf, 0.0
        for j, largest in enumerate(ordered, start=1):
            if largest <= level:
                break
            pool += largest
            level = (pool - bound) / j
        return [max(0.0, each - level) for each in x]

    def work(self) -> None:
        """Leave worth and signals, at a cost to oneself."""
        model = self.model
        able = [self.skill * a for a in self.effort]
        self.worth = sum(f * a for f, a in zip(model.worth, able, strict=True))
        self.score = 0.0
        for name, weight in model.weights.items():
            seen = sum(g * a for g, a in zip(model.loadings[name], able, strict=True))
            self.score += weight * (seen + model.sd[name] * self.normal(f"signal:{name}"))
        self.window += self.score / model.review_weeks
        self.reward = 0.0
        away = [a - habit for a, habit in zip(self.effort, self.habit, strict=True)]
        apart, more = sum(d * d for d in away), sum(away)
        cost = 0.5 * model.cost * ((1 - model.rivalry) * apart + model.rivalry * more * more)
        self.surplus = self.worth - cost - model.risk

    def be_reviewed(self) -> None:
        """Be paid for the score of the window."""
        self.reward = self.model.review_weeks * self.model.incentive * self.window
        self.window = 0.0


class Team(mesa.Model):
    """A team under one evaluation scheme."""

    def __init__(self, config: dict[str, Any], rng: int, member: type[Member] = Member) -> None:
        super().__init__(rng=rng)
        self.config, self.weeks = config, 0
        team, scheme, choice, conduct = (config[key] for key in ("team", "scheme", "choice", "conduct"))
        self.activities, self.weights = config["activities"], scheme["weights"]
        self.worth = [a["worth"] for a in self.activities.values()]
        self.explore = [f"explore:{k}" for k in self.activities]
        self.loadings, self.sd = {}, {}
        for name, signal in config["signals"].items():
            self.loadings[name] = [signal["loadings"].get(k, 0.0) for k in self.activities]
            self.sd[name] = signal["noise"]["sd"]
        self.cost, self.rivalry = choice["cost"], choice["rivalry"]
        self.h_min, self.h_max = choice["h_min"], choice["h_max"]
        self.adjustment, self.experimentation = conduct["adjustment"], conduct["experimentation"]
        self.review_weeks = scheme["review"]["weeks"]
        self.incentive = scheme["strength"] * scheme["pay"]["slope"]
        variance = sum((weight * self.sd[name]) ** 2 for name, weight in self.weights.items())
        self.risk = 0.5 * team["risk_aversion"] * self.incentive**2 * variance
        people, self.size = team["people"], team["size"]
        motives = [people[i % len(people)]["motives"] for i in range(self.size)]
        member.create_agents(self, self.size, motives)
        self.effort = [0.0] * len(self.activities)
        reporters = {name: lambda team, name=name: team.mean(name) for name in ("worth", "score", "reward")}
        reporters |= {"surplus": lambda team: team.mean("surplus"), "hours": lambda team: sum(team.effort)}
        for k, name in enumerate(self.activities):
            reporters[f"effort_{name}"] = lambda team, k=k: team.effort[k]
        self.datacollector = mesa.DataCollector(model_reporters=reporters)

    def mean(self, attribute: str) -> float:
        return self.agents.agg(attribute, sum) / self.size

    def step(self) -> None:
        """Let a week pass: all choose on what they knew, work, and are reviewed when it is time."""
        self.weeks += 1
        self.agents.shuffle_do("choose")
        self.agents.do("work")
        if self.weeks % self.review_weeks == 0:
            self.agents.do("be_reviewed")
        self.effort = [sum(each) / self.size for each in zip(*self.agents.get("effort"), strict=True)]
        self.datacollector.collect(self)
