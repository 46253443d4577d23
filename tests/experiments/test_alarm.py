"""An alarm: what it must find where chance is known, how often it is false, and what does not move it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import ndtr, ndtri

from experiments.alarm import TARGET, alarms, enough, evidence, learned, limit, median, share, unnoticed
from sim.draws import stream

CUT = float(ndtri(0.95))


def normal(cause: str, *shape: int) -> np.ndarray:
    return stream(1, 0, f"tests.alarm:{cause}").standard_normal(shape)


def power(worlds: dict[str, np.ndarray], clean: list[str], before: int = 0, splits: int = 3) -> np.ndarray:
    """Share of the target's runs with an alarm by each review."""
    return alarms(worlds, clean, before, level=0.05, seed=1, splits=splits)[TARGET].mean(axis=1)


@pytest.mark.parametrize("shift", [0.5, 1.5, 3.0])
def test_in_one_review_a_shift_of_a_normal_number_is_found_as_often_as_the_best_test_finds_it(shift: float) -> None:
    """Neyman & Pearson: Φ(δ − z)."""
    worlds = {"clean": normal("a", 1, 12000, 1), TARGET: normal("b", 1, 12000, 1) - shift}
    assert power(worlds, ["clean"])[0] == pytest.approx(ndtr(shift - CUT), abs=0.025)  # c itself errs by ±0.01


def test_of_several_features_the_mahalanobis_distance_decides() -> None:
    mix = np.array([[1.0, 0.0, 0.0], [0.8, 0.6, 0.0], [0.0, 0.3, 5.0]])
    shift = np.array([0.0, 0.9, 4.0])
    away = math.sqrt(shift @ np.linalg.solve(mix @ mix.T, shift))
    worlds = {"clean": normal("a", 1, 12000, 3) @ mix.T, TARGET: normal("b", 1, 12000, 3) @ mix.T + shift}
    assert power(worlds, ["clean"])[0] == pytest.approx(ndtr(away - CUT), abs=0.025)


def test_what_a_team_showed_before_is_taken_out_of_what_it_shows_now() -> None:
    """Given the reviews before, what is left to chance is √(1 − ρ²)."""
    rho, shift = 0.9, 0.8
    past, late = normal("past", 2, 12000, 1), normal("late", 1, 12000, 1)
    past[1] = past[0]
    now = rho * past[:1] + math.sqrt(1 - rho**2) * late
    worlds = {"clean": np.concatenate([past, now]), TARGET: np.concatenate([past, now + shift])}
    assert power(worlds, ["clean"], before=2)[0] == pytest.approx(ndtr(shift / math.sqrt(1 - rho**2) - CUT), abs=0.025)
    assert power({k: x[2:] for k, x in worlds.items()}, ["clean"])[0] == pytest.approx(ndtr(shift - CUT), abs=0.025)


def test_over_reviews_it_is_the_cusum_of_a_known_shift() -> None:
    """Page's CUSUM of δ(x − δ/2), its threshold and its power by simulation."""
    shift, reviews = 0.7, 6

    def cusum(x: np.ndarray) -> np.ndarray:
        w, found = np.zeros(x.shape[1]), []
        for ratio in shift * (x - shift / 2):
            w = np.maximum(w, 0) + ratio
            found.append(w)
        return np.maximum.accumulate(np.stack(found))

    c = np.quantile(cusum(normal("many", reviews, 200_000))[-1], 0.95)
    expected = (cusum(normal("more", reviews, 200_000) + shift) > c).mean(axis=1)
    worlds = {"clean": normal("c", reviews, 12000, 1), TARGET: normal("d", reviews, 12000, 1) + shift}
    assert power(worlds, ["clean"]) == pytest.approx(expected, abs=0.025)


def test_at_any_number_of_runs_at_most_one_clean_run_in_twenty_has_an_alarm() -> None:
    """An exact property: among n + 1 that could change places each is as likely to be the highest."""
    false = []
    for i in range(60):
        x = stream(2, i, "tests.alarm").standard_normal((5, enough(0.05), 4))
        worlds = {"clean": x[..., :2], TARGET: x[..., 2:] + 1.0}
        false.append(alarms(worlds, ["clean"], 1, level=0.05, seed=i, splits=2)["clean"][-1].mean())
    assert np.mean(false) == pytest.approx(0.05, abs=4 * np.std(false, ddof=1) / math.sqrt(len(false)))


def test_of_two_clean_worlds_neither_has_more_false_alarms_and_what_is_like_one_of_them_is_not_found() -> None:
    idle, busy = normal("idle", 4, 1500, 2), normal("busy", 4, 1500, 2) + np.array([2.0, 0.0])
    worlds = {"idle": idle, "busy": busy, TARGET: normal("t", 4, 1500, 2) + np.array([2.0, 0.0])}
    assert power(worlds, ["idle"])[-1] > 0.9  # who does not know that work may grow calls it so
    found = alarms(worlds, ["idle", "busy"], 0, level=0.05, seed=1, splits=3)
    assert found[TARGET][-1].mean() < 0.08  # ± 3 · 0.0056 of runs, and of c
    worlds[TARGET] = normal("t", 4, 1500, 2) + np.array([2.0, 2.0])
    found = alarms(worlds, ["idle", "busy"], 0, level=0.05, seed=1, splits=3)
    assert found[TARGET][-1].mean() > 0.9
    assert max(found[w][-1].mean() for w in ("idle", "busy")) < 0.08


def test_a_feature_that_is_mere_chance_does_not_help_and_one_that_never_varies_changes_nothing() -> None:
    worlds = {"clean": normal("a", 4, 300, 1), TARGET: normal("b", 4, 300, 1) + 0.8}
    alone = alarms(worlds, ["clean"], 1, level=0.05, seed=1, splits=8)
    noise = normal("noise", 4, 300, 1)
    more = alarms(
        {w: np.concatenate([x, noise], axis=-1) for w, x in worlds.items()}, ["clean"], 1, level=0.05, seed=1, splits=8
    )
    gain = unnoticed(alone[TARGET]) - unnoticed(more[TARGET])
    assert gain.mean() < 2 * gain.std(ddof=1) / math.sqrt(len(gain))
    still = {w: np.concatenate([x, np.full(x.shape, 3.0)], axis=-1) for w, x in worlds.items()}
    np.testing.assert_allclose(alarms(still, ["clean"], 1, level=0.05, seed=1, splits=8)[TARGET], alone[TARGET])


def test_units_of_features_leave_no_trace() -> None:
    worlds = {"clean": normal("a", 4, 90, 2), TARGET: normal("b", 4, 90, 2) + 0.8}
    scaled = {w: x * [1e-6, 1e5] + [3.0, -1.0] for w, x in worlds.items()}
    plain, other = (alarms(w, ["clean"], 1, level=0.05, seed=1, splits=4) for w in (worlds, scaled))
    np.testing.assert_allclose(plain[TARGET], other[TARGET])


def test_nothing_given_is_written_to_and_alarms_never_stop() -> None:
    worlds = {"clean": normal("a", 5, 60, 2), TARGET: normal("b", 5, 60, 2) + 0.5}
    for x in worlds.values():
        x.setflags(write=False)
    found = alarms(worlds, ["clean"], 2, level=0.05, seed=1, splits=2)
    assert found[TARGET].shape == (3, 60)
    assert all((np.diff(x, axis=0) >= 0).all() and x.min() >= 0 and x.max() <= 1 for x in found.values())


def test_evidence_of_a_world_against_itself_is_none() -> None:
    x = normal("a", 3, 40, 2)
    known = learned({"clean": x, TARGET: x}, ["clean"], 1)
    assert np.abs(evidence(x, known, ["clean"])).max() < 1e-12


def test_the_limit_is_a_rank_and_half_of_the_teams_are_half() -> None:
    assert limit(np.array([3.0, 1.0, 2.0]), 0.5) == 2.0 and enough(0.5) == 3 and enough(0.1) == 27
    assert median(np.zeros((4, 50))) == (math.inf,) * 3
    assert median(np.ones((4, 50))) == (1.0, 1.0, 1.0)
    assert unnoticed(np.array([[0.0, 0.5], [1.0, 0.5]])).tolist() == [1.0, 1.0]
    low, high = share(np.repeat([0.0, 1.0], [80, 20]))[1:]
    assert (low, high) == (pytest.approx(0.1334, abs=1e-4), pytest.approx(0.2888, abs=1e-4))  # Wilson's, published
