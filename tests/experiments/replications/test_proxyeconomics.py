"""Proxyeconomics against a plain reading of its description, against itself, and against what was published."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.replicate import beside, summary
from experiments.replications import read
from experiments.replications.plan import Plan
from experiments.replications.proxyeconomics import CHANGES, TURNS, Chance, Rules, draws, runs, start

PROXY = read("proxyeconomics")
CAUSES = ("order", "free", "dies", "winner", "mutation", "talent")


def of(**changed: Any) -> dict[str, Any]:
    """All parameters, some of them changed."""
    return PROXY.values({k: PROXY.parameters[k].checked(k, v) for k, v in changed.items()})


@functools.cache
def at_end(number: int = 20, seed: int = 1, **changed: Any) -> pd.DataFrame:
    """The last step of some runs."""
    frame = runs(of(**changed), seed, range(number))
    return frame[frame["step"] == frame["step"].max()].reset_index(drop=True)


class Plain:
    """One run as its description has it, agent by agent, with the chance that the model draws."""

    def __init__(self, parameters: dict[str, Any], seed: int, run: int) -> None:
        self.given, self.rules, self.seed, self.run = parameters, Rules.of(parameters), seed, run
        begun = start(self.rules, seed, [run])
        agents = range(self.rules.agents)
        self.practice, self.talent = [float(begun.practice[i, 0]) for i in agents], begun.talent[:, 0].tolist()
        self.effort, self.proxy, self.goal, self.utility = ([0.0 for _ in agents] for _ in range(4))

    def threshold(self, proxies: list[float]) -> float:
        """The k-th smallest of a list; as published, the number 0 from the end is the last one."""
        return sorted(proxies)[int(self.given["c"] * len(proxies)) - 1]

    def choose(self, i: int, free: bool) -> None:
        """Try every angle and effort in turn, and take the first that is best."""
        rules, listed, best, kept = self.rules, list(self.proxy), -1000.0, (0.0, self.practice[i])
        for turn in TURNS.tolist() if free else [0.0]:
            angle = self.practice[i] + turn
            for effort in (self.effort[i] + CHANGES).tolist():
                if effort <= 0:
                    continue
                aimed = math.cos(angle) * effort
                if not rules.stale:
                    listed[i] = aimed
                found = rules.goal * math.cos(rules.angle - angle) * effort - effort**2 / self.talent[i]
                if rules.prospects:
                    x = aimed - self.threshold(listed)
                    found += x**0.88 if x >= 0 else -2.25 * (-x) ** 0.88
                listed[i] = aimed
                if found > best:
                    best, kept = found, (effort, angle)
        self.effort[i], self.practice[i] = kept
        self.utility[i] = best
        self.record(i)

    def record(self, i: int) -> None:
        """Put proxy and goal on record."""
        self.proxy[i] = math.cos(self.practice[i]) * self.effort[i]
        self.goal[i] = math.cos(self.rules.angle - self.practice[i]) * self.effort[i]

    def select(self, chance: Chance) -> None:
        """Let losers become children, in the order of their numbers."""
        rules = self.rules
        if rules.rank == 0:
            return
        threshold = self.threshold(self.proxy)
        losers = [i for i, p in enumerate(self.proxy) if p <= threshold]
        winners = [i for i, p in enumerate(self.proxy) if p >= threshold]
        hit = [i for i in losers if chance.dies[i, 0] < rules.turnover]
        for i in hit:
            parent = winners[int(chance.winner[i, 0] * len(winners))]
            self.effort[i] = self.effort[parent]
            self.practice[i] = self.practice[parent] + rules.mutation * float(chance.mutation[i, 0])
            talent = 10 + rules.spread * float(chance.talent[i, 0])
            self.talent[i] = 0.01 if talent < 0 else talent
        for i in hit if not rules.stale else ():
            self.record(i)
            x = self.proxy[i] - threshold
            felt = (x**0.88 if x >= 0 else -2.25 * (-x) ** 0.88) if rules.prospects else 0.0
            self.utility[i] = felt + rules.goal * self.goal[i] - self.effort[i] ** 2 / self.talent[i]

    def course(self) -> list[list[float]]:
        """Effort, proxy, goal, utility and talent, mean over agents, step by step."""
        rows = []
        for chance in draws(self.rules.agents, self.given["steps"], self.seed, [self.run]):
            for i in chance.order[:, 0].tolist():
                self.choose(i, bool(chance.free[i, 0] < self.rules.agency))
            self.select(chance)
            kept = (self.effort, self.proxy, self.goal, self.utility, self.talent)
            rows.append([math.fsum(x) / len(x) for x in kept])
        return rows


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"as_published": False},
        {"A": 1, "g": 3},
        {"A": 0.5, "gamma": 100, "as_published": False},
        {"A": 0.5, "m": 30, "p": 0.5},
        {"c": 0},
        {"c": 0.03},
        {"c": 0.03, "as_published": False},
        {"c": 1},
        {"c": 0.29, "N": 31, "p": 1},
        {"N": 2, "c": 0.5},
        {"s": 12, "g": 8, "p": 0.6},
    ],
    ids=str,
)
def test_everything_is_as_if_one_agent_were_looked_at_after_the_other(changed: dict[str, Any]) -> None:
    """Also where a talent is next to nothing, an effort is hardly there, and nobody or everybody loses."""
    given = of(**{"N": 25, "steps": 12, **changed})
    found = runs(given, 7, [4])[["effort", "proxy", "goal", "utility", "talent"]].to_numpy()
    np.testing.assert_allclose(found, Plain(given, 7, 4).course(), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("changed", [{}, {"A": 0.5, "as_published": False}], ids=str)
def test_a_run_is_the_same_to_the_bit_alone_and_among_others(changed: dict[str, Any]) -> None:
    given = of(N=23, steps=15, **changed)
    together = runs(given, 3, range(9))
    for run in (0, 5, 8):
        alone = runs(given, 3, [run])
        pd.testing.assert_frame_equal(alone, together[together["run"] == run].reset_index(drop=True), check_exact=True)


def test_a_longer_study_begins_with_the_shorter_one() -> None:
    long, short = runs(of(N=10, steps=70), 1, [0, 1]), runs(of(N=10, steps=52), 1, [0, 1])
    pd.testing.assert_frame_equal(long[long["step"] <= 52].reset_index(drop=True), short, check_exact=True)


def test_chance_is_the_same_at_all_parameters() -> None:
    """So that settings are compared with the same luck."""
    first, other = next(draws(8, 3, 5, [2])), next(draws(8, 1, 5, [1, 2]))
    for cause in CAUSES:
        np.testing.assert_array_equal(getattr(first, cause)[:, 0], getattr(other, cause)[:, 1])


def test_without_anything_to_win_or_want_nobody_works() -> None:
    assert (at_end(3, c=0, g=0, steps=5)["effort"] == at_end(3, c=0, g=0, steps=9)["effort"]).all()
    assert (at_end(3, c=0, g=0, p=0, steps=9)["effort"] < 0.11).all()  # the smallest change that is tried


def test_without_competition_effort_is_what_the_goal_is_worth() -> None:
    """U = g·e − e²/τ is highest at e = gτ/2 = 5, found to within the smallest change."""
    found = at_end(4, c=0, p=0, gamma=0, s=0, steps=30)
    np.testing.assert_allclose(found[["effort", "goal", "utility"]], [[5.0, 5.0, 2.5]] * 4, atol=0.051)


def test_mended_nobody_loses_where_the_share_that_loses_is_less_than_one_agent() -> None:
    kept, mended = (at_end(6, c=0.004, as_published=flag) for flag in (True, False))
    begun = start(Rules.of(of()), 1, range(6)).practice.mean(axis=0)
    np.testing.assert_allclose(np.radians(mended["theta"]), begun, rtol=0.02)
    assert kept["theta"].std() > 2 * mended["theta"].std()


def compared(number: int | None, seed: int) -> pd.DataFrame:
    """Every published number with its standard error, beside what as many runs give here."""
    tables = []
    for row in PROXY.published:
        assert row.at is not None
        given = {**row.set, "steps": row.at}
        n = number or row.runs or 20
        frame = runs(of(**given), seed, range(n))
        frame.insert(0, "point", 0)
        plan = Plan(replication=PROXY, fixed=of(**given), axes=(), points=[{}], runs=n, seed=seed)
        table = beside(plan, summary(frame, [*PROXY.outcomes]))
        tables.append(table[table["step"] == row.at].assign(row=str(row.set)))
    return pd.concat(tables).dropna(subset="published").drop_duplicates(["row", "step", "outcome"])


def check(table: pd.DataFrame) -> None:
    """All within four standard errors, and together no further away than chance has them."""
    apart = table["apart"].dropna()
    assert len(apart) == 43
    assert apart.abs().max() < 4.0, table.loc[table["apart"].abs() >= 4.0].to_string()
    assert (apart.abs() > 2.0).mean() < 0.15
    assert abs(apart.mean()) < 0.6


def test_every_row_of_the_published_table_comes_out() -> None:
    table = compared(None, seed=1)
    check(table)
    rough = table[table["apart"].isna()].set_index("row")  # numbers without their error
    assert (rough["value"] - rough["published"]).abs().max() < 0.25 and len(rough) == 3


@pytest.mark.soak
def test_every_row_comes_out_with_ten_times_the_runs() -> None:
    check(compared(300, seed=2))


def test_selection_alone_drives_practice_to_the_proxy_and_the_goal_bounds_it() -> None:
    theta = [at_end(20, g=g)["theta"].mean() for g in (0, 1, 5)]
    assert 0 < theta[0] < theta[1] < theta[2] < 45 and theta[0] < 5.5


def test_both_mechanisms_together_differ_from_each_alone() -> None:
    selected, wanted, both = at_end(20, g=0), at_end(20, p=0), at_end(20)
    assert selected["theta"].mean() + 1 < both["theta"].mean() < wanted["theta"].mean() - 10


def test_the_goal_falls_with_its_angle_and_is_worked_against_beyond_a_right_one() -> None:
    goal = [at_end(10, gamma=gamma)["goal"].mean() for gamma in (0, 45, 90, 135, 180)]
    assert goal == sorted(goal, reverse=True) and goal[2] > 0 > goal[3]


def test_competition_helps_the_goal_at_first_and_later_too_much_of_it_harms() -> None:
    frames = {c: runs(of(c=c), 1, range(20)) for c in (0.1, 0.5, 0.9)}
    early, late = ([f[f["step"] == step]["goal"].mean() for f in frames.values()] for step in (10, 100))
    assert early == sorted(early)
    assert late[1] > late[0] + 0.5 and late[1] > late[2] + 0.5


def test_mending_the_quirks_leaves_the_shape_and_moves_the_numbers() -> None:
    kept, mended = (at_end(40, as_published=flag) for flag in (True, False))
    assert 0.15 < mended["goal"].mean() - kept["goal"].mean() < 0.6
    assert abs(mended["theta"].mean() - kept["theta"].mean()) < 1.5
