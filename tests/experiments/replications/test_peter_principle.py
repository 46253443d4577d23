"""The Peter principle against numbers of another program on the same rules, and in what can be said without any."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from experiments.replications import Published, read
from experiments.replications.peter_principle import MOST, RESPONSIBILITY, runs

PETER = read("peter_principle")
SETTLED = [row for row in PETER.published if "settled" in row.values]
MIXED = [row for row in PETER.published if "gain" in row.values]


def of(**changed: Any) -> dict[str, Any]:
    """All parameters, some of them changed."""
    return PETER.values({k: PETER.parameters[k].checked(k, v) for k, v in changed.items()})


def last(number: int, seed: int = 1, **changed: Any) -> pd.DataFrame:
    values = of(**changed)
    frame = runs(values, seed, range(number))
    return frame[frame["step"] == values["steps"]]


def apart(row: Published, number: int, error: float) -> float:
    """How many standard errors a published number and ours are apart."""
    ((name, (value, _)),) = row.values.items()
    found = last(number, **row.set, steps=row.at)[name]
    return float((found.mean() - value) / math.hypot(found.std(ddof=1) / math.sqrt(number), error))


@pytest.mark.parametrize("row", SETTLED[::5], ids=lambda r: "-".join(map(str, r.set.values())))
def test_efficiency_settles_where_another_program_has_it(row: Published) -> None:
    assert abs(apart(row, 12, 0.06)) < 4


@pytest.mark.soak
@pytest.mark.parametrize("row", SETTLED + MIXED, ids=lambda r: "-".join(map(str, r.set.values())))
def test_every_number_at_hand_comes_out(row: Published) -> None:
    assert abs(apart(row, 50, 0.06 if "settled" in row.values else 0.4)) < 4


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
