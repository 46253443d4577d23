"""Which week raises a member's score most for the worth that it costs: candidates by the same luck, and a search.

    gain_c = (score_c − score_h)/spread        spread: standard deviation of scores within the team, the honest twin's
    loss_c = worth_h − worth_c                 of the whole team, per week [weeks of core work]
    lost_c = f'(skill∘h) − f'(skill∘c)         what the member's own work is worth less
    value  = gain/max(loss, FLOOR·person) · min(1, max(0, min(loss, lost))/(FLOOR·person))

The *honest twin* h sits in the same seat and does its habitual week, week after week: what it would do if nothing were
rewarded. A candidate has the same hours, so that a gain comes from where hours go and not from more of them. All others
decide as ever. All weeks meet the same people and the same luck, in one batch. What raises the score by work that is
worth more is no trick, whatever it costs elsewhere: hence `lost`. Where the score sets nobody apart it is the team's,
and the spread is that of teams.

Shares of the week are searched by differential evolution on some luck, by value; the best, and of those that are hardly
worse the ones that gain most, as far as they differ, are run again on other luck. What is told must surely raise the
score by more than GAIN and cost more than LOSS of a person's worth. Of those whose value is not surely below the best
it is the one that gains most.

References
----------
Storn & Price (1997), J. Global Optimization 11, 341-359. GAIN: a small effect after Cohen (1988), Statistical Power
Analysis. LOSS and FLOOR, ours: two hours and half a day of a person's week.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import differential_evolution

from experiments.redteam.played import Played, play
from experiments.stats import joint_intervals
from experiments.study import APART
from sim.arrays import Bools, Floats, Ints
from sim.draws import stream
from sim.errors import InvalidInput, unknown
from sim.scenario import Scenario

GAIN = 0.2  # smallest gain that is worth telling [spread]
LOSS = 0.05  # smallest loss, of a person's worth
FLOOR = 0.1  # what a smaller loss is taken for, of a person's worth
LUCK = 6  # runs at each candidate of the search
CROWD, GENERATIONS = 32, 7  # candidates of a generation, at least, and generations after the first
FINALISTS = 5  # candidates that are run again
HARDLY_WORSE = 0.9  # share of the highest value
UNLIKE = 0.1  # share of the week by which they differ
SLIVER = 0.02  # a smaller share of the week is none
STEEP = 3.0  # of the scale on which shares are searched, on which small ones are far apart
Progress = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """A week that raises a score and costs worth, beside the honest twin's.

    Parameters
    ----------
    scenario : Scenario
    member : str
    seed, runs : int
        Runs 0 to `runs` − 1 of the seed are those that it is told from.
    honest, week : (activity,)
        Effort of the honest twin · of the week that was found [week].
    signals : tuple of str
        Those that do not count and are seen of single members, in the order of `played.shown`.
    played : Played
        Of two candidates, the honest twin first.
    gain, loss : (3,)
        Mean, low, high of a joint 95 % interval: gain [spread], loss [weeks of core work per week].
    """

    scenario: Scenario
    member: str
    seed: int
    runs: int
    honest: Floats
    week: Floats
    signals: tuple[str, ...]
    played: Played
    gain: Floats
    loss: Floats


@dataclass(frozen=True, kw_only=True)
class Hunt:
    """A search, and what it found.

    Parameters
    ----------
    scenario, member, seed, runs, honest, signals
        As in `Behaviour`.
    tried : (tried, activity)
        Weeks of the search [week].
    tried_gain, tried_loss : (tried,)
        By the luck of the search.
    finalists : (finalist, activity)
        The best of them that differ, run again.
    played : Played
        Of the honest twin and the finalists.
    gain, loss, lost : (3, finalist)
        Mean, low, high; the intervals hold jointly at 95 %.
    person : float
        Worth of an average member of the honest twin's team, per week [weeks of core work].
    """

    scenario: Scenario
    member: str
    seed: int
    runs: int
    honest: Floats
    signals: tuple[str, ...]
    tried: Floats
    tried_gain: Floats
    tried_loss: Floats
    finalists: Floats
    played: Played
    gain: Floats
    loss: Floats
    lost: Floats
    person: float

    @property
    def value(self) -> Floats:
        """Gain per worth lost of the finalists: (finalist,) [spread per week of core work per week]."""
        return value(self.gain[0], self.loss[0], self.lost[0], self.person)

    @property
    def sure(self) -> Bools:
        """Which finalists are worth telling: (finalist,)."""
        return np.asarray((self.gain[1] > GAIN) & (self.loss[1] > LOSS * self.person) & (self.lost[1] > 0))

    @property
    def winner(self) -> int | None:
        """The finalist that is told, None where nothing is worth telling."""
        if not self.sure.any():
            return None
        able = np.flatnonzero(self.sure)
        best = able[np.argmax(self.value[able])]
        level = [i for i in able if i == best or not self._surely_below(int(i), int(best))]
        return int(level[int(np.argmax(self.gain[0, level]))])

    def _surely_below(self, one: int, best: int) -> bool:
        """Whether a finalist gains less per worth lost than another, by its linear error (delta method)."""
        gain, loss, _ = _against_honest(self.played)
        floor = FLOOR * self.person
        ratio, off = [], []
        for i in (one, best):
            price = max(float(self.loss[0, i]), floor)
            ratio.append(float(self.gain[0, i]) / price)
            slope = ratio[-1] if price > floor else 0.0
            off.append((gain[i] - slope * loss[i]) / price)
        change = off[1] - off[0]
        around = joint_intervals((change - change.mean() + ratio[1] - ratio[0])[:, None])
        return bool(around[1, 0] > 1e-9 * ratio[1])

    @property
    def behaviour(self) -> Behaviour | None:
        """What is told, None where nothing is worth telling."""
        won = self.winner
        if won is None:
            return None
        return Behaviour(
            scenario=self.scenario,
            member=self.member,
            seed=self.seed,
            runs=self.runs,
            honest=self.honest,
            week=self.finalists[won],
            signals=self.signals,
            played=self.played.only([0, won + 1]),
            gain=self.gain[:, won],
            loss=self.loss[:, won],
        )


def value(gain: Floats, loss: Floats, lost: Floats, person: float) -> Floats:
    """Return what the search looks for the most of: gain per worth lost, nothing where no worth is lost.

    Parameters
    ----------
    gain, loss, lost : (candidate,)
    person : float
        Worth of a person [weeks of core work per week], above 0.

    Examples
    --------
    >>> gain, loss = np.array([1.0, 1.0, 1.0, -1.0]), np.array([0.5, 0.05, -0.2, 0.5])
    >>> value(gain, loss, loss, person=1.0).tolist()
    [2.0, 5.0, 0.0, -10.0]
    """
    floor = FLOOR * person
    harm = np.clip(np.minimum(loss, lost) / floor, 0.0, 1.0)
    return np.where(gain > 0, gain / np.maximum(loss, floor) * harm, gain / floor)


def hunt(scenario: Scenario, member: str, seed: int, runs: int, progress: Progress = lambda done, of: None) -> Hunt:
    """Search for the week of a member that raises the score most for the worth that it costs.

    Parameters
    ----------
    member : str
        On the team.
    seed, runs : int
        Runs of the seed in which the best are run again; the search has a seed of its own.
    progress : function of generations done and in all

    Raises
    ------
    InvalidInput
        For an organisation, or somebody who is not on the team.
    """
    seat, signals = seat_of(scenario, member), unseen(scenario)
    honest = habitual(scenario)
    tried, gain, loss, lost, person = _searched(scenario, seat, honest, seed + APART, progress)
    best = _unlike(tried[_ranked(value(gain, loss, lost, person), gain)], honest.sum())
    played = play(scenario, seat, np.vstack([honest, best]), seed, range(runs), signals)
    each = np.stack(_against_honest(played))  # gain, loss and lost: (3, finalist, runs)
    intervals = joint_intervals(each.reshape(-1, runs).T).reshape(3, 3, len(best))
    return Hunt(
        scenario=scenario,
        member=member,
        seed=seed,
        runs=runs,
        honest=honest,
        signals=signals,
        tried=tried,
        tried_gain=gain,
        tried_loss=loss,
        finalists=best,
        played=played,
        gain=intervals[:, 0],
        loss=intervals[:, 1],
        lost=intervals[:, 2],
        person=_person(played, len(scenario.team.seats)),
    )


def seat_of(scenario: Scenario, member: str) -> int:
    """Return the seat of a member; refuse an organisation, and who is not on the team."""
    if scenario.organisation is not None:
        raise InvalidInput("organisation", "given", "none: it is a member of one team who does something else")
    names = [p.name for p in scenario.team.seats]
    if member not in names:
        raise unknown("member", member, names)
    return names.index(member)


def unseen(scenario: Scenario) -> tuple[str, ...]:
    """Return the signals that can be recorded of single members and do not count under the scheme."""
    schemes = [p.scheme for p in scenario.phases if p.start >= scenario.since]
    counts = {s for each in schemes for w in (each.weights, *(each.silos or {}).values()) for s, x in w.items() if x}
    said = scenario.config["signals"]
    oracles = {n for n in scenario.signals if said[n]["loadings"] == "worth"}  # nobody has them
    traces = [n for n, s in scenario.signals.items() if any(s.loadings.values()) and s.noise.sd and not s.shared]
    return tuple(n for n in traces if n not in counts | oracles)


def habitual(scenario: Scenario) -> Floats:
    """Return the habitual week, of hours that the rule of choice has: (activity,) [week]."""
    habit = np.array([a.habit for a in scenario.activities.values()])
    hours = float(np.clip(habit.sum(), *scenario.choice.hours))
    return np.asarray(habit * (hours / habit.sum())) if habit.any() else np.full(len(habit), hours / len(habit))


def weeks_of(x: Floats, hours: float) -> Floats:
    """Turn points of the unit cube into weeks, shares in whole per cent: (activity, candidate) to the transposed.

    Examples
    --------
    >>> weeks_of(np.array([[0.5, 0.99], [0.5, 0.001]]), 1.0).tolist()
    [[0.5, 0.5], [1.0, 0.0]]
    """
    raw = np.square(np.log1p(-np.minimum(x.T, 0.999)))
    raw = np.where(raw.any(axis=1, keepdims=True), raw, 1.0)
    share = raw / raw.sum(axis=1, keepdims=True)
    share = np.where(share < SLIVER, 0.0, share)
    share = 100 * share / share.sum(axis=1, keepdims=True)
    whole = np.floor(share)
    for each, rest in zip(whole, share - whole, strict=True):  # the largest remainders are rounded up
        each[np.argsort(-rest, kind="stable")[: round(100 - each.sum())]] += 1
    return np.asarray(hours * whole / 100)


def _points(shares: Floats) -> Floats:
    """Return points of the unit cube that stand for shares of the week: (candidate, activity) both."""
    return np.asarray(-np.expm1(-STEEP * np.sqrt(shares / shares.sum(axis=1, keepdims=True))))


def _begin(honest: Floats, seed: int) -> Floats:
    """Return the first generation: the honest week, half and all of it spent on each activity, and random ones."""
    k = len(honest)
    usual, one = honest / honest.sum(), np.eye(k)
    rest = stream(seed, 0, "redteam:begin").dirichlet(np.full(k, 0.5), max(CROWD - 2 * k - 1, 5))
    return _points(np.vstack([usual, 0.5 * usual + 0.5 * one, one, np.maximum(rest, 1e-12)]))


def _searched(
    scenario: Scenario, seat: int, honest: Floats, seed: int, progress: Progress
) -> tuple[Floats, Floats, Floats, Floats, float]:
    """Return all weeks that were tried (tried, activity), their gain, loss and lost (tried,), and a person's worth."""
    hours, tried, found = float(honest.sum()), list[Floats](), list[Floats]()
    person = np.nan

    def badness(x: Floats) -> Floats:
        nonlocal person
        candidates = weeks_of(x, hours)
        played = play(scenario, seat, np.vstack([honest, candidates]), seed, range(LUCK))
        person = _person(played, len(scenario.team.seats))
        each = np.stack([d.mean(axis=1) for d in _against_honest(played)])
        tried.append(candidates)
        found.append(each)
        progress(len(tried), GENERATIONS + 1)
        return -value(each[0], each[1], each[2], person)

    settings: dict[str, Any] = {"rng": stream(seed, 0, "redteam:search"), "polish": False, "tol": 0.0}
    differential_evolution(
        badness,
        [(0.0, 1.0)] * len(honest),
        init=_begin(honest, seed),
        maxiter=GENERATIONS,
        vectorized=True,
        updating="deferred",
        **settings,
    )
    gain, loss, lost = np.concatenate(found, axis=1)
    return np.concatenate(tried), gain, loss, lost, person


def sets_apart(played: Played) -> bool:
    """Whether scores differ within the honest twin's team: not where they are the team's, or there is nobody else."""
    return bool(np.sqrt(played.spread[0].mean()) > 1e-9 * (1 + np.abs(played.score[:, 0]).max()))


def _against_honest(played: Played) -> tuple[Floats, Floats, Floats]:
    """Return gain, loss and lost of all candidates but the first: (candidate, runs) each."""
    score = played.score.mean(axis=0)
    spread = float(np.sqrt(played.spread[0].mean()))
    if not sets_apart(played):
        spread = float(played.score[:, 0].std(axis=1).mean())
    gain = (score[1:] - score[0]) / spread if spread > 0 else np.zeros(score[1:].shape)
    return gain, played.worth[0] - played.worth[1:], played.own[0] - played.own[1:]


def _person(played: Played, members: int) -> float:
    """Worth of an average member of the honest twin's team; a hair above 0 where there is none."""
    return max(float(played.worth[0].mean()) / members, 1e-9)


def _ranked(values: Floats, gain: Floats) -> Ints:
    """Return the order in which weeks are run again: the best, those hardly worse by gain, the rest by value.

    Examples
    --------
    >>> _ranked(np.array([2.0, 0.5, 1.9, 1.9]), np.array([0.1, 3.0, 1.0, 2.0])).tolist()
    [0, 3, 2, 1]
    """
    highest, best = values.max(), np.arange(len(values)) == np.argmax(values)
    return np.lexsort((-gain, -np.where(values >= HARDLY_WORSE * highest, highest, values), ~best))


def _unlike(tried: Floats, hours: float) -> Floats:
    """Return the first weeks (tried, activity) of which no two are nearly the same: (finalist, activity)."""
    best: list[Floats] = []
    for week in tried:
        if all(0.5 * np.abs(week - other).sum() >= UNLIKE * hours for other in best):
            best.append(week)
        if len(best) == FINALISTS:
            break
    return np.array(best)
