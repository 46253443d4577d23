"""Proxyeconomics: agents compete in a proxy e·cos θ, and what is meant is e·cos(γ − θ).

    U   = V(P − T) + g·cos(γ − θ)·e − e²/τ           P = e·cos θ, T the k-th smallest proxy, k = int(c·N)
    V   = x^0.88 for x ≥ 0, −2.25·(−x)^0.88 below    0 if c = 0

Each step everybody in turn, in a new order, takes the best of a few efforts close to its own, which the others then
see. With probability p each loser (P ≤ T) becomes a child of a winner (P ≥ T): its effort, its practice θ give or take
m, a talent τ of its own. The own entry among the proxies of which T is one follows what is tried:

    T = clip(own, o[k−1], o[k])                      o the others' proxies, sorted from o[1]

`as_published`: own is the proxy of the effort tried before (at first the stored one), children keep the proxy, goal and
utility on record until their turn comes, and k = 0 takes the largest proxy. Mended: own is the proxy of the effort that
is tried, children's records are their own, and with k = 0 nobody competes and nobody loses.

References
----------
Braganza (2022), Proxyeconomics, a theory and model of proxy-based competition and cultural evolution, R. Soc. Open
Sci. 9, 211030. Mended: ours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.arrays import Bools, Floats, Ints, summed
from sim.draws import stream

CHANGES = np.array([-10.0, -5.0, -1.0, -0.5, -0.1, 0.0, 0.1, 0.5, 1.0, 5.0, 10.0])  # of effort that are tried
TURNS = np.radians([5.0, 1.0, 0.0, -1.0, -5.0])  # of practice that are tried, by who may
SAME = 2  # number of the turn that changes nothing
POWER, AVERSION = 0.88, 2.25  # of prospects
WORST = -1000.0  # utility that an effort has to exceed
TALENT, DULL = 10.0, 0.01  # mean talent · talent of who would have less than none
BLOCK = 50  # steps whose chance is drawn at a time


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What is fixed: the parameters, angles in radians.

    Parameters
    ----------
    agents : int
        N.
    rank : int
        k; 0 where nobody competes.
    prospects : bool
        Whether rank matters to people.
    goal : float
        g, what the goal is worth to people.
    angle : float
        γ, between proxy and goal.
    turnover : float
        p, of losers, per step.
    mutation : float
        m.
    spread : float
        s, of talents.
    agency : float
        A, share of turns at which people may choose their practice too.
    stale : bool
        Whether own proxies and children's records are stale.
    """

    agents: int
    rank: int
    prospects: bool
    goal: float
    angle: float
    turnover: float
    mutation: float
    spread: float
    agency: float
    stale: bool

    @staticmethod
    def of(parameters: Mapping[str, Any]) -> Rules:
        """Read them.

        Examples
        --------
        >>> given = dict(c=0.004, N=100, g=1, gamma=45, p=0.1, m=2, s=1, A=0)
        >>> Rules.of({**given, "as_published": True}).rank, Rules.of({**given, "as_published": False}).rank
        (100, 0)
        """
        stale, agents = bool(parameters["as_published"]), int(parameters["N"])
        rank = int(parameters["c"] * agents)
        if rank == 0 and stale:
            rank = agents
        return Rules(
            agents=agents,
            rank=rank,
            prospects=parameters["c"] > 0 and rank > 0,
            goal=float(parameters["g"]),
            angle=float(np.radians(parameters["gamma"])),
            turnover=float(parameters["p"]),
            mutation=float(np.radians(parameters["m"])),
            spread=float(parameters["s"]),
            agency=float(parameters["A"]),
            stale=stale,
        )


@dataclass(frozen=True, kw_only=True)
class State:
    """What moves: (agents, runs) each.

    Parameters
    ----------
    effort, practice, talent : e, θ [radians], τ
    proxy, goal, orthogonal, utility : what is on record
    """

    effort: Floats
    practice: Floats
    talent: Floats
    proxy: Floats
    goal: Floats
    orthogonal: Floats
    utility: Floats


@dataclass(frozen=True, kw_only=True)
class Chance:
    """The chance of one step: (agents, runs) each.

    Parameters
    ----------
    order : whose turn it is, first to last
    free, dies, winner : uniform on [0, 1)
    mutation, talent : standard normal
    """

    order: Ints
    free: Floats
    dies: Floats
    winner: Floats
    mutation: Floats
    talent: Floats


def runs(parameters: Mapping[str, Any], seed: int, numbers: Sequence[int]) -> pd.DataFrame:
    """Return a row per run and step: run, step, and the means over agents that config.yaml lists.

    Parameters
    ----------
    parameters : mapping
        Those of config.yaml.
    seed : int
    numbers : sequence of int
        Which runs.
    """
    rules, steps = Rules.of(parameters), int(parameters["steps"])
    state = start(rules, seed, numbers)
    kept = []
    for chance in draws(rules.agents, steps, seed, numbers):
        state, threshold = efforts(rules, state, chance)
        state = selection(rules, state, threshold, chance)
        kept.append(means(state))
    table = {k: np.stack([row[k] for row in kept], axis=1).ravel() for k in kept[0]}
    index = {"run": np.repeat(np.asarray(numbers), steps), "step": np.tile(np.arange(1, steps + 1), len(numbers))}
    return pd.DataFrame(index | table)


def start(rules: Rules, seed: int, numbers: Sequence[int]) -> State:
    """Return agents who do nothing yet, their practices anywhere between proxy and goal."""
    practice = [stream(seed, r, "proxyeconomics:start:practice").random(rules.agents) for r in numbers]
    talent = [stream(seed, r, "proxyeconomics:start:talent").standard_normal(rules.agents) for r in numbers]
    nothing = np.zeros((rules.agents, len(numbers)))
    return State(
        effort=nothing,
        practice=rules.angle * np.stack(practice, axis=1),
        talent=talents(rules, np.stack(talent, axis=1)),
        proxy=nothing,
        goal=nothing,
        orthogonal=nothing,
        utility=nothing,
    )


def talents(rules: Rules, z: Floats) -> Floats:
    """Turn standard normal numbers into talents."""
    found = TALENT + rules.spread * z
    return np.where(found < 0, DULL, found)


def draws(agents: int, steps: int, seed: int, numbers: Sequence[int]) -> Iterator[Chance]:
    """Yield the chance of each step: a longer study begins with the shorter one."""
    causes = {"order": True, "free": True, "dies": True, "winner": True, "mutation": False, "talent": False}
    by = {k: [stream(seed, run, f"proxyeconomics:{k}") for run in numbers] for k in causes}
    for first in range(0, steps, BLOCK):
        shape = (min(BLOCK, steps - first), agents)
        block = {
            k: np.stack([g.random(shape) if uniform else g.standard_normal(shape) for g in by[k]], axis=-1)
            for k, uniform in causes.items()
        }
        order = np.argsort(block.pop("order"), axis=1, kind="stable")
        for i in range(shape[0]):
            yield Chance(order=order[i], **{k: drawn[i] for k, drawn in block.items()})


def efforts(rules: Rules, state: State, chance: Chance) -> tuple[State, Floats]:
    """Let everybody choose in turn; return also the threshold T of the proxies that result: (runs,).

    What an effort yields but for its rank does not depend on the others and is found for all at once. The sorted
    proxies are kept sorted: without v, entry j is o[j] = s[j] if s[j] < v else s[j+1]; with w, it is
    clip(w, o[j−1], o[j]).
    """
    effort, practice, talent, proxy = (
        np.take_along_axis(x, chance.order, axis=0) for x in (state.effort, state.practice, state.talent, state.proxy)
    )  # (turn, runs)
    agents, runs = effort.shape
    tried = effort[:, None] + CHANGES[:, None]  # (turn, change, runs)
    angle = practice[:, None] + (TURNS[:, None] if rules.agency > 0 else 0.0)  # (turn, angle, runs)
    free = np.take_along_axis(chance.free, chance.order, axis=0) < rules.agency
    aimed = np.cos(angle)[:, :, None] * tried[:, None]  # P′: (turn, angle, change, runs)
    rest = rules.goal * np.cos(rules.angle - angle)[:, :, None] * tried[:, None]
    rest = rest - (tried * tried / talent[:, None])[:, None]
    allowed = np.broadcast_to((tried > 0)[:, None], aimed.shape)
    if rules.agency > 0:
        allowed = allowed & (free[:, None] | (np.arange(len(TURNS)) == SAME)[:, None])[:, :, None]
    rest = np.where(allowed, rest, -np.inf)
    own = before(aimed, allowed, proxy, free) if rules.stale else aimed
    flat = (agents, -1, runs)
    aimed, rest, own, angle = aimed.reshape(flat), rest.reshape(flat), own.reshape(flat), angle.reshape(flat)

    column, ranked = np.arange(runs), np.sort(proxy, axis=0)
    best, utility, aim = np.empty((agents, runs), dtype=np.int64), np.empty((agents, runs)), proxy.copy()
    for t in range(agents):
        others = np.where(ranked[:-1] < proxy[t], ranked[:-1], ranked[1:])
        value = rest[t]
        if rules.prospects:
            value = value + prospect(aimed[t] - within(own[t], others, rules.rank))
        best[t] = choice = value.argmax(axis=0)
        utility[t] = most = value[choice, column]
        aim[t] = np.where(most > WORST, aimed[t, choice, column], 0.0)
        ranked[0], ranked[-1] = np.minimum(aim[t], others[0]), np.maximum(aim[t], others[-1])
        ranked[1:-1] = np.minimum(np.maximum(aim[t], others[:-1]), others[1:])

    some = utility > WORST
    changed = np.take_along_axis(tried, (best % len(CHANGES))[:, None], axis=1)[:, 0]
    turned = np.take_along_axis(angle, (best // len(CHANGES))[:, None], axis=1)[:, 0]
    by_turn = {
        "effort": np.where(some, changed, 0.0),
        "practice": np.where(some, turned, practice),
        "proxy": aim,
        "utility": np.where(some, utility, WORST),
    }
    place = np.argsort(chance.order, axis=0, kind="stable")
    found = {k: np.take_along_axis(x, place, axis=0) for k, x in by_turn.items()}
    threshold = ranked[rules.rank - 1] if rules.rank else np.full(runs, -np.inf)
    return State(talent=state.talent, **found, **across(rules, found["effort"], found["practice"])), threshold


def across(rules: Rules, effort: Floats, practice: Floats) -> dict[str, Floats]:
    """Return the goal and what of effort lies across the proxy."""
    return {"goal": np.cos(rules.angle - practice) * effort, "orthogonal": np.sin(practice) * effort}


def before(aimed: Floats, allowed: Bools, proxy: Floats, free: Bools) -> Floats:
    """Return the proxy of what was tried before: (turn, angle, change, runs); at first the one on record.

    Efforts of 0 and less are not tried; as efforts rise, these come first at each angle, and the last is always tried.
    """
    found = np.empty_like(aimed)
    found[:, 0, 0] = proxy
    found[:, 1:, 0] = np.where(free[:, None], aimed[:, :-1, -1], proxy[:, None])
    found[:, :, 1:] = np.where(allowed[:, :, :-1], aimed[:, :, :-1], found[:, :, :1])
    return found


def within(own: Floats, others: Floats, rank: int) -> Floats:
    """Return the rank-th smallest of all proxies: (tried, runs).

    Parameters
    ----------
    own : (tried, runs)
    others : (agents − 1, runs)
        Sorted.
    rank : int
        From 1 to the number of agents.

    Examples
    --------
    >>> others = np.array([[1.0], [2.0], [5.0]])
    >>> [within(np.array([[3.0]]), others, k).item() for k in (1, 2, 3, 4)]
    [1.0, 2.0, 3.0, 5.0]
    """
    found = own
    if rank > 1:
        found = np.maximum(found, others[rank - 2])
    if rank <= len(others):
        found = np.minimum(found, others[rank - 1])
    return found


def prospect(x: Floats) -> Floats:
    """Return what being so far above the threshold is worth to people, or below.

    Examples
    --------
    >>> prospect(np.array([1.0, 0.0, -1.0]))
    array([ 1.  ,  0.  , -2.25])
    """
    return np.where(x >= 0, 1.0, -AVERSION) * np.abs(x) ** POWER


def selection(rules: Rules, state: State, threshold: Floats, chance: Chance) -> State:
    """Let losers become children of winners.

    Who wins and loses is settled before; a child takes what its winner has by then, which may be a child itself.
    """
    hit = (state.proxy <= threshold) & (chance.dies < rules.turnover)
    wins = state.proxy >= threshold
    winners = np.argsort(~wins, axis=0, kind="stable")  # their numbers, rising, before those of all others
    parent = np.take_along_axis(winners, (chance.winner * wins.sum(axis=0)).astype(np.int64), axis=0)
    effort, practice, column = state.effort.copy(), state.practice.copy(), np.arange(len(threshold))
    shift = rules.mutation * chance.mutation
    for i in np.flatnonzero(hit.any(axis=1)):
        effort[i] = np.where(hit[i], effort[parent[i], column], effort[i])
        practice[i] = np.where(hit[i], practice[parent[i], column] + shift[i], practice[i])
    talent = np.where(hit, talents(rules, chance.talent), state.talent)
    record = {k: getattr(state, k) for k in ("proxy", "goal", "orthogonal", "utility")}
    if not rules.stale:
        fresh = {"proxy": np.cos(practice) * effort, **across(rules, effort, practice)}
        felt = prospect(fresh["proxy"] - threshold) if rules.prospects else 0.0
        fresh["utility"] = felt + rules.goal * fresh["goal"] - effort * effort / talent
        record = {k: np.where(hit, fresh[k], was) for k, was in record.items()}
    return State(effort=effort, practice=practice, talent=talent, **record)


def means(state: State) -> dict[str, Floats]:
    """Return the means over agents, that of practice as a direction [degrees]: (runs,) each."""
    agents = len(state.effort)
    along, aside = summed(np.cos(state.practice)), summed(np.sin(state.practice))
    return {
        "effort": summed(state.effort) / agents,
        "theta": np.degrees(np.arctan2(aside, along)),
        "proxy": summed(state.proxy) / agents,
        "goal": summed(state.goal) / agents,
        "orthogonal": summed(state.orthogonal) / agents,
        "utility": summed(state.utility) / agents,
        "talent": summed(state.talent) / agents,
    }
