"""Who is evaluated together: by role, and as a team, a department or a division."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.errors import InvalidInput
from sim.rules import rules_of
from sim.scenario import Scenario
from tests import worlds
from tests.test_organisation import whole
from tests.tolerances import ROUNDING

DEV = {"motives": {"pay": 1.0, "promotion": 1.0}, "role": "dev"}
OPS = {"motives": {"pay": 1.0, "safety": 1.0}, "role": "ops"}
PEOPLE = [DEV | {"name": f"Dev {i}"} for i in range(3)] + [OPS | {"name": f"Ops {i}"} for i in range(2)]
SILOS = {"dev": {"tickets": 1.0}, "ops": {"commits": 0.5, "visibility": 0.5}}


def siloed(**changes: Any) -> Scenario:
    plain = {"scheme__power": "equal", "team__people": PEOPLE, "scheme__silos": SILOS, "scheme__promotion": None}
    return worlds.scenario("scheme=commits", **(plain | changes))


def test_everybody_is_evaluated_by_what_counts_for_their_role() -> None:
    found = rules_of(siloed())
    for seat, (role, person) in enumerate((p["role"], p) for p in PEOPLE):
        alone = rules_of(siloed(scheme__silos=None, scheme__weights=SILOS[str(role)]))
        for name in found.signals:
            mine = found.measurement.weight[found.signals.index(name), 0, seat]
            theirs = alone.measurement.weight[alone.signals.index(name)] if name in alone.signals else 0.0
            assert mine == pytest.approx(theirs, rel=ROUNDING), (person, name)


def test_where_all_have_one_role_silos_are_the_scheme_of_that_role() -> None:
    """But for the order in which numbers are added."""
    people = [p | {"role": "dev"} for p in PEOPLE]
    one = worlds.run(siloed(team__people=people), range(3), 1, aligned=False)
    other = worlds.run(
        siloed(team__people=people, scheme__silos=None, scheme__weights=SILOS["dev"]), range(3), 1, aligned=False
    )
    for column in ("worth", "score", "debt", "effort_game"):
        assert one.columns[column] == pytest.approx(other.columns[column], rel=1e-9, abs=1e-12)


def test_who_has_no_role_of_the_silos_is_evaluated_by_the_schemes_weights() -> None:
    people = [p | {"role": None} if p["role"] == "ops" else p for p in PEOPLE]
    found = rules_of(siloed(team__people=people))
    weight = found.measurement.weight[found.signals.index("commits"), 0]
    assert (weight[:3] == 0).all() and (weight[3:] > 0).all()


def test_a_run_of_silos_is_the_run_alone() -> None:
    batch = worlds.run(siloed(), range(4), 3, shadow=True)
    alone = worlds.run(siloed(), [2], 3, shadow=True)
    assert not worlds.same(alone.columns, {k: v[:, [2]] for k, v in batch.columns.items()})


def test_roles_do_what_they_are_evaluated_for() -> None:
    found = worlds.run(
        siloed(scheme__silos={"dev": {"tickets": 1.0}, "ops": {"visibility": 1.0}}), range(10), 1, members=True
    )
    assert found.per_member is not None
    shows = found.per_member["effort_showcase"].mean(axis=(0, 1))
    assert shows[3:].min() > 2 * shows[:3].max()


SHARED = {"scheme__weights": {"team_worth": 1.0}, "scheme__power": "as_given"}
QUIET = {"signals__team_worth__noise__sd": 0.0, "scheme__promotion": None, "scheme__layoff": None}


def united(unit: str, **changes: Any) -> Scenario:
    return whole([2, 3], discretion=0.0, scheme__shared_by=unit, **SHARED, **QUIET, **changes)


def scores(unit: str, run: int = 0) -> np.ndarray:
    found = worlds.run(united(unit, choice={"kind": "fixed"}), range(2), 1, members=True, aligned=False)
    assert found.per_member is not None
    builders: np.ndarray = found.per_member["score"][:, run, 9:].reshape(27, 6, 9)
    return builders


def test_a_shared_signal_is_the_mean_of_the_unit() -> None:
    """Two departments of three teams; the whole is one division."""
    team, department, division = (scores(u) for u in ("team", "department", "division"))
    assert all((np.ptp(x, axis=2) == 0).all() for x in (team, department, division))
    for t in (0, 20):
        assert department[t, :3, 0] == pytest.approx(np.full(3, team[t, :3, 0].mean()), rel=1e-9)
        assert department[t, 3:, 0] == pytest.approx(np.full(3, team[t, 3:, 0].mean()), rel=1e-9)
        assert division[t, :, 0] == pytest.approx(np.full(6, team[t, :, 0].mean()), rel=1e-9)


def test_the_larger_the_unit_the_less_anybody_moves_its_score() -> None:
    felt = []
    for unit in ("team", "department", "division"):
        found = worlds.run(united(unit), [0], 1, aligned=False)
        felt.append(np.nanmean(found.columns["incentive"]))
    assert felt[0] > 1.5 * felt[1] > 1.5 * felt[2] > 0


def test_a_run_of_departments_is_the_run_alone() -> None:
    scenario = whole([2, 3], scheme__shared_by="department", scheme__weights={"team_worth": 1.0, "commits": 0.5})
    batch = worlds.run(scenario, range(3), 3)
    alone = worlds.run(scenario, [1], 3)
    assert not worlds.same(alone.columns, {k: v[:, [1]] for k, v in batch.columns.items()})


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"scheme__shared_by": "tribe"}, "scheme.shared_by"),
        ({"scheme__silos": {"dev": {"tikets": 1.0}}}, "scheme.silos.dev"),
    ],
)
def test_units_and_signals_that_do_not_exist_are_refused(changes: dict[str, Any], key: str) -> None:
    with pytest.raises(InvalidInput) as error:
        siloed(**changes)
    assert error.value.key == key
