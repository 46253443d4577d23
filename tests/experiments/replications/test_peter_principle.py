"""The Peter principle against numbers of another program on the same rules, and in what can be said without any."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from experiments.replications import Published, read
from experiments.replications.peter_principle import MOST, RESPONSIBILITY, SEATS, runs

PETER = read("peter_principle")


def of(**changed: Any) -> dict[str, Any]:
    """All parameters, some of them changed."""
    return PETER.values({k: PETER.parameters[k].checked(k, v) for k, v in changed.items()})


def last(number: int, seed: int = 1, **changed: Any) -> pd.DataFrame:
    values = of(**changed)
    frame = runs(values, seed, range(number))
    return frame[frame["step"] == values["steps"]]


def apart(row: Published, number: int) -> float:
    """How many standard errors a published number and ours are apart."""
    mean, sd = row.values["settled"]
    assert sd is not None and row.runs is not None
    found = last(number, **row.set, steps=row.at)["settled"]
    return float((found.mean() - mean) / math.hypot(found.std(ddof=1) / math.sqrt(number), sd / math.sqrt(row.runs)))


@pytest.mark.parametrize("row", PETER.published[:18:5], ids=lambda r: "-".join(map(str, r.set.values())))
def test_efficiency_settles_where_another_program_has_it(row: Published) -> None:
    assert abs(apart(row, 10)) < 4


@pytest.mark.soak
@pytest.mark.parametrize("row", PETER.published, ids=lambda r: "-".join(map(str, r.set.values())))
def test_every_number_at_hand_comes_out(row: Published) -> None:
    assert abs(apart(row, 50)) < 4
    gain = last(50, **row.set, steps=row.at)["gain"]
    assert abs(gain.mean() - row.values["gain"][0]) < 4 * math.hypot(gain.std(ddof=1) / math.sqrt(50), 0.3)


def plain(chance: np.random.Generator, given: dict[str, Any]) -> float:
    """Mean efficiency over the later half of the years, person by person, as the description has it."""

    def law(mean: float, sd: float, low: float, high: float) -> float:
        while not low <= (x := chance.normal(mean, sd)) <= high:
            if given["draws"] == "clipped":
                return min(max(x, low), high)
        return float(x)

    def somebody() -> list[float]:
        return [law(given["mean"], given["sd"], 1, 10), law(given["age"], given["age_sd"], 18, 60)]

    levels = [[somebody() for _ in range(seats)] for seats in SEATS]
    course = []
    for _ in range(given["steps"]):
        for level in levels:
            for person in level:
                person[1] += 1

        def prune(i: int) -> None:
            levels[i] = [x for x in levels[i] if x[1] <= given["retires"] and x[0] >= given["dismissed"]]

        if given["pruning"] == "first":
            for i in range(6):
                prune(i)
        for i in range(5):
            if given["pruning"] == "interleaved":
                prune(i)
            while len(levels[i]) < SEATS[i] and levels[i + 1]:
                below = sorted(levels[i + 1])
                best = chance.random() < given["p"] if given["strategy"] == "mixed" else given["strategy"] == "best"
                place = int(chance.integers(len(below))) if given["strategy"] == "random" else -1 if best else 0
                old, age = below.pop(place)
                new = old + given["change"] * chance.uniform(-1, 1)
                if given["hypothesis"] == "peter":
                    new = law(given["mean"], given["sd"], 1, 10)
                levels[i + 1] = below
                levels[i].append([min(max(new, 1.0), 10.0), age])
        prune(5)
        levels[5] += [somebody() for _ in range(SEATS[5] - len(levels[5]))]
        held = [sum(x[0] for x in level) for level in levels]
        most = sum(10 * n * r for n, r in zip(SEATS, RESPONSIBILITY, strict=True))
        course.append(100 * sum(c * r for c, r in zip(held, RESPONSIBILITY, strict=True)) / most)
    return float(np.mean(course[len(course) // 2 :]))


@pytest.mark.parametrize(
    "changed",
    [
        {
            "hypothesis": "common_sense",
            "strategy": "mixed",
            "p": 0.3,
            "retires": 45,
            "dismissed": 5,
            "pruning": "first",
        },
        {"strategy": "worst", "draws": "truncated", "sd": 3, "mean": 6, "dismissed": 4.5},
        {"hypothesis": "common_sense", "strategy": "random", "change": 3, "age": 40, "age_sd": 9, "dismissed": 3},
    ],
    ids=["mixed", "worst", "random"],
)
def test_at_other_settings_it_is_what_person_by_person_comes_out(changed: dict[str, Any]) -> None:
    number, chance = 150, np.random.default_rng(3)
    own = last(number, steps=40, **changed)["settled"]
    theirs = np.array([plain(chance, of(steps=40, **changed)) for _ in range(number)])
    error = math.sqrt((own.var(ddof=1) + theirs.var(ddof=1)) / number)
    assert abs(own.mean() - theirs.mean()) < 4 * error
    assert error < 0.2


def test_the_first_year_is_near_what_the_law_of_competence_says() -> None:
    """Nobody is promoted yet where nobody goes: mean competence, of a possible 10."""
    inside = quad(lambda c: c * norm.pdf(c, 7, 2), 1, MOST)[0] + 1 * norm.cdf(1, 7, 2) + MOST * norm.sf(MOST, 7, 2)
    found = last(200, steps=1, dismissed=0, retires=1000)["efficiency"]
    assert abs(found.mean() - 100 * inside / MOST) < 4 * found.std(ddof=1) / math.sqrt(200)


def test_who_promotes_the_best_gains_by_common_sense_and_loses_by_peter() -> None:
    """The order of the published table; gains there are known from memory alone."""
    gain = {
        (h, s): last(10, hypothesis=h, strategy=s, steps=300)["settled"].mean()
        for h in ("common_sense", "peter")
        for s in ("best", "random", "worst")
    }
    assert gain["common_sense", "best"] > gain["common_sense", "random"] + 3 > gain["common_sense", "worst"] + 6
    assert gain["peter", "worst"] > gain["peter", "random"] + 6 > gain["peter", "best"] + 12


def test_a_mixture_is_its_ends_where_it_is_no_mixture() -> None:
    for p, strategy in ((1, "best"), (0, "worst")):
        mixed, pure = (last(3, steps=40, **words) for words in ({"strategy": "mixed", "p": p}, {"strategy": strategy}))
        assert mixed.equals(pure)


def test_an_organisation_is_the_same_alone_among_others_and_at_first() -> None:
    together, alone = runs(of(steps=30), 4, [3, 7, 11]), runs(of(steps=60), 4, [7])
    mine = together[together["run"] == 7].reset_index(drop=True)
    assert mine[["efficiency", "gain"]].equals(alone.head(30)[["efficiency", "gain"]])


def test_responsibility_rises_with_the_level() -> None:
    assert list(RESPONSIBILITY) == sorted(RESPONSIBILITY, reverse=True)
