"""What comes of each of several weeks that a member does, by the same people and the same luck, in one batch."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from sim.arrays import Floats, total, weighed
from sim.decision import Given
from sim.draws import Causes, Draws, WeekDraws
from sim.engine import weeks
from sim.errors import ModelWarning
from sim.evaluation import Verdict, shows
from sim.record import Week
from sim.rules import Rules, plan_of
from sim.scenario import Scenario
from sim.simulation import block_of
from sim.units import places


@dataclass(frozen=True, kw_only=True)
class Played:
    """What came of each candidate, in the weeks in which the scheme counts.

    Parameters
    ----------
    worth, own_worth : (candidate, runs)
        Realised worth of the team · of the member's own work, per week [weeks of core work].
    own : (candidate, runs)
        f'(skill∘a) of the member, per week [weeks of core work].
    debt : (candidate, runs)
        Of the whole team, at the end [weeks of work]; NaN without a project.
    score : (reviews, candidate, runs)
        The member's score at each review [points].
    spread : (candidate, runs)
        Variance of scores within the team, mean over reviews [points²]; 0 for one alone.
    place, true_place : (candidate, runs)
        Place by score · by true contribution, 1 for the first, mean over reviews.
    reward, others : (candidate, runs)
        All that reviews bring the member · all others together, per week [utility].
    promoted, caught : (candidate, runs)
        Share of reviews at which the member is promoted · found out by an audit.
    shown : (signal, candidate, runs)
        What the member's work adds to each signal that was asked for, per week [its unit].
    mates : (activity, candidate, runs)
        Mean effort of the others [week]; 0 where there are none.
    """

    worth: Floats
    own_worth: Floats
    own: Floats
    debt: Floats
    score: Floats
    spread: Floats
    place: Floats
    true_place: Floats
    reward: Floats
    others: Floats
    promoted: Floats
    caught: Floats
    shown: Floats
    mates: Floats

    def only(self, candidates: Sequence[int]) -> Played:
        """Return what came of some of the candidates."""
        return Played(**{f.name: getattr(self, f.name)[..., list(candidates), :] for f in fields(Played)})


class Shared(Draws):
    """The luck of some runs that several candidates meet: the rows of one candidate stand together.

    Parameters
    ----------
    times : int
        Candidates.
    """

    def __init__(self, seed: int, runs: Sequence[int], members: int, times: int) -> None:
        super().__init__(seed, [*runs] * times, members)
        self.times, self.one = times, Draws(seed, runs, members)

    def once(self, cause: str) -> Floats:
        return np.tile(self.one.once(cause), (self.times, 1))

    def weekly(self, causes: Causes, weeks: int) -> Iterator[WeekDraws]:
        for chance in self.one.weekly(causes, weeks):
            yield WeekDraws(**{f.name: np.tile(getattr(chance, f.name), (1, self.times, 1)) for f in fields(WeekDraws)})


def play(
    scenario: Scenario,
    seat: int,
    candidates: Floats,
    seed: int,
    runs: Sequence[int],
    signals: Sequence[str] = (),
) -> Played:
    """Let a member do each of several weeks, by the same luck.

    Parameters
    ----------
    seat : int
        Of the member.
    candidates : (candidate, activity)
        Effort of each week [week].
    runs : sequence of int
        Their numbers.
    signals : sequence of str
        Whose traces are kept.
    """
    size = max(1, block_of(len(scenario.team.seats)) // len(candidates))
    blocks = [runs[first : first + size] for first in range(0, len(runs), size)]
    parts = [_block(scenario, seat, candidates, seed, block, signals) for block in blocks]
    return Played(**{f.name: np.concatenate([getattr(p, f.name) for p in parts], axis=-1) for f in fields(Played)})


def _block(
    scenario: Scenario, seat: int, candidates: Floats, seed: int, runs: Sequence[int], signals: Sequence[str]
) -> Played:
    plan = _plan(scenario, seat, np.repeat(candidates.T, len(runs), axis=1))
    luck = Shared(seed, runs, plan[0].members, len(candidates))
    by_week: dict[str, Floats] = {}
    by_review: dict[str, Floats] = {}
    scores: list[Floats] = []
    for week in weeks(plan, luck):
        if week.known.week < scenario.since:
            continue
        _add(by_week, _of_week(week, seat, scenario, signals))
        if week.verdict is not None:
            _add(by_review, _of_review(week.verdict, seat))
            scores.append(week.verdict.score[:, seat])
    counted, nothing = scenario.weeks - scenario.since, np.full(luck.rows, np.nan)
    found = {k: v / counted for k, v in by_week.items()}
    found |= {k: v / (counted if k in ("reward", "others") else len(scores)) for k, v in by_review.items()}
    found["debt"] = nothing if week.stocks is None else week.stocks.debt * plan[0].members
    found["score"] = np.stack(scores)
    return Played(**{k: v.reshape(*v.shape[:-1], len(candidates), len(runs)) for k, v in found.items()})


def _plan(scenario: Scenario, seat: int, effort: Floats) -> list[Rules]:
    """Return the rules of a batch in which a seat has a given week in each row: effort (activity, rows)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ModelWarning)
        plan = plan_of(scenario)
    before = plan[0].decision.given
    known = np.full((len(effort), plan[0].members), np.nan) if before is None else before.effort
    given = np.repeat(known[:, None], effort.shape[1], axis=1)
    given[:, :, seat] = effort
    weeks_given = Given(effort=given, since=scenario.since)
    return [replace(rules, decision=replace(rules.decision, given=weeks_given)) for rules in plan]


def _add(sums: dict[str, Floats], values: dict[str, Floats]) -> None:
    for name, value in values.items():
        sums[name] = sums[name] + value if name in sums else value


def _of_week(week: Week, seat: int, scenario: Scenario, signals: Sequence[str]) -> dict[str, Floats]:
    """Return what is kept of a week: (rows,), and of signals (signal, rows)."""
    evident, shown = week.evident[:, :, seat], [scenario.signals[s] for s in signals]
    traces = [shows(weighed(s.along(week.rules.activities), evident), s.saturation) for s in shown]
    return {
        "worth": total(week.worth),
        "own_worth": week.worth[:, seat],
        "own": week.gain[:, seat],
        "shown": np.array(traces).reshape(len(signals), evident.shape[1]),
        "mates": (total(week.effort) - week.effort[:, :, seat]) / max(week.effort.shape[2] - 1, 1),
    }


def _of_review(verdict: Verdict, seat: int) -> dict[str, Floats]:
    """Return what is kept of a review: (rows,) each."""
    return {
        "spread": verdict.score.var(axis=1, ddof=1) if verdict.score.shape[1] > 1 else np.zeros(len(verdict.score)),
        "place": _place(verdict.score)[:, seat],
        "true_place": _place(verdict.contribution)[:, seat],
        "reward": verdict.reward[:, seat],
        "others": total(verdict.reward) - verdict.reward[:, seat],
        "promoted": verdict.promoted[:, seat],
        "caught": verdict.caught[:, seat],
    }


def _place(x: Floats) -> Floats:
    """Return everybody's place, 1 for the highest; who are level share theirs: (rows, members) both."""
    ahead, level = places(x)
    return ahead + (level + 1) / 2
