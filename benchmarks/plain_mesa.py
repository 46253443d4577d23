"""The benchmark's preset in plain Mesa: one object per member, as Mesa's own examples are written.

It knows the preset's yaml and nothing of `sim`. The week is that of `sim.engine`, as far as the preset
needs it: linear pay and caring about the work, water-filling, uniform reviews, no project.
"""

from __future__ import annotations

import math
from typing import Any

import mesa


def fill(x: list[float], usual: float, choice: dict[str, Any]) -> list[float]:
    """Effort above one common level: solved with free hours, and again where these leave their bounds."""
    rivalry, ordered = choice["rivalry"], sorted(x, reverse=True)
    level, pool = -rivalry / (1 - rivalry) * usual, 0.0
    for j, largest in enumerate(ordered, start=1):
        if largest <= level:
            break
        pool += largest
        level = rivalry * (pool - usual) / (1 - rivalry + rivalry * j)
    effort = [max(0.0, each - level) for each in x]
    hours = sum(effort)
    bound = min(max(hours, choice["h_min"]), choice["h_max"])
    if bound == hours:
        return effort
    level, pool = -math.inf, 0.0
    for j, largest in enumerate(ordered, start=1):
        if largest <= level:
            break
        pool += largest
        level = (pool - bound) / j
    return [max(0.0, each - level) for each in x]


class Member(mesa.Agent):
    """Somebody who wants pay and cares about the work."""

    def __init__(self, model: Team, motives: dict[str, float]) -> None:
        super().__init__(model)
        config, team = model.config, model.config["team"]
        error = config["beliefs"]["error"]
        self.motives = motives
        self.skill = self.lognormal("skill", team["skill_sd"])
        self.habit = [
            a["habit"] * self.lognormal(f"habit:{k}", team["habit_sd"]) for k, a in model.activities.items()
        ]
        self.slope = [0.0] * len(model.activities)  # what a unit of effort is believed to add to the score
        for name, weight in config["scheme"]["weights"].items():
            for k, activity in enumerate(model.activities):
                each = weight * model.signals[name]["loadings"].get(activity, 0.0)
                if each:
                    wrong = error * self.normal(f"belief:{name}:{activity}")
                    self.slope[k] += self.skill * each * (1 + wrong)
        self.usual = sum(self.habit)
        self.effort = fill(self.habit, self.usual, config["choice"])
        self.worth = self.score = self.so_far = self.reward = self.surplus = 0.0

    def normal(self, cause: str) -> float:
        """A standard normal number."""
        return self.random.gauss(0.0, 1.0)

    def lognormal(self, cause: str, sd: float) -> float:
        return math.exp(sd * self.normal(cause) - 0.5 * sd * sd)

    def choose(self) -> None:
        """Perceive what each activity brings, try a little, and move towards the best week."""
        model, choice, conduct = self.model, self.model.config["choice"], self.model.config["conduct"]
        pay, care = self.motives["pay"] * model.incentive, self.motives["intrinsic"] * self.skill
        steep = choice["cost"] * (1 - choice["rivalry"])
        wanted = []
        for k, (name, activity) in enumerate(model.activities.items()):
            m = pay * self.slope[k] + care * activity["worth"] - activity["distaste"]
            m += conduct["experimentation"] * self.normal(model.explore[name])
            wanted.append(self.habit[k] + m / steep)
        best = fill(wanted, self.usual, choice)
        share = conduct["adjustment"]
        self.effort = [a + share * (b - a) for a, b in zip(self.effort, best, strict=True)]

    def work(self) -> None:
        """Leave worth and signals, and what the week cost oneself."""
        model = self.model
        able = {name: self.skill * a for name, a in zip(model.activities, self.effort, strict=True)}
        self.worth = sum(model.activities[name]["worth_now"] * a for name, a in able.items())
        self.score = 0.0
        for name, weight in model.config["scheme"]["weights"].items():
            signal = model.signals[name]
            seen = sum(g * able[activity] for activity, g in signal["loadings"].items())
            self.score += weight * (seen + signal["noise"]["sd"] * self.normal(model.noise[name]))
        self.so_far += self.score / model.review_weeks
        self.reward = 0.0
        choice = model.config["choice"]
        away = [a - h for a, h in zip(self.effort, self.habit, strict=True)]
        apart = (1 - choice["rivalry"]) * sum(d * d for d in away)
        cost = 0.5 * choice["cost"] * (apart + choice["rivalry"] * sum(away) ** 2)
        self.surplus = sum(model.activities[name]["worth"] * a for name, a in able.items()) - cost - model.risk

    def be_reviewed(self) -> None:
        """Be paid for the score of the window."""
        self.reward = model_weeks * self.model.incentive * self.so_far if (model_weeks := self.model.review_weeks) else 0
        self.so_far = 0.0


class Team(mesa.Model):
    """A team under one evaluation scheme."""

    def __init__(self, config: dict[str, Any], rng: int | None = None, member: type[Member] = Member) -> None:
        super().__init__(rng=rng)
        self.config, scheme, people = config, config["scheme"], config["team"]["people"]
        self.activities, self.signals = config["activities"], config["signals"]
        self.explore = {name: f"explore:{name}" for name in self.activities}
        self.noise = {name: f"signal:{name}" for name in self.signals}
        self.review_weeks = scheme["review"]["weeks"]
        self.incentive = scheme["strength"] * scheme["pay"]["slope"]
        spread = sum((w * self.signals[name]["noise"]["sd"]) ** 2 for name, w in scheme["weights"].items())
        self.risk = 0.5 * config["team"]["risk_aversion"] * self.incentive**2 * spread
        self.weeks = 0
        size = config["team"]["size"]
        member.create_agents(self, size, [people[i % len(people)]["motives"] for i in range(size)])
        reporters = {
            "worth": lambda team: team.agents.agg("worth", sum) / size,
            "score": lambda team: team.agents.agg("score", sum) / size,
            "reward": lambda team: team.agents.agg("reward", sum) / size,
            "surplus": lambda team: team.agents.agg("surplus", sum) / size,
            "hours": lambda team: sum(sum(a.effort) for a in team.agents) / size,
        }
        for k, name in enumerate(self.activities):
            reporters[f"effort_{name}"] = lambda team, k=k: sum(a.effort[k] for a in team.agents) / size
        self.datacollector = mesa.DataCollector(model_reporters=reporters)

    def step(self) -> None:
        """One week: all choose on what they knew, work, and are reviewed when it is time."""
        self.weeks += 1
        self.agents.shuffle_do("choose")
        self.agents.do("work")
        if self.weeks % self.review_weeks == 0:
            self.agents.do("be_reviewed")
        self.datacollector.collect(self)
