"""Who reports to whom: a tree with one head."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.chart import BOARD, by_name, chart_of, regular
from sim.errors import InvalidInput

spans = st.lists(st.integers(1, 4), max_size=3).map(tuple)


@st.composite
def trees(draw: st.DrawFn) -> np.ndarray:
    """Any tree: everybody reports to somebody numbered before, then all are shuffled."""
    people = draw(st.integers(1, 40))
    parent = np.array([BOARD] + [draw(st.integers(0, i - 1)) for i in range(1, people)])
    place = np.array(draw(st.permutations(range(people))))
    shuffled = np.empty(people, dtype=np.int64)
    shuffled[place] = np.where(parent == BOARD, BOARD, place[parent])
    return shuffled


@given(trees())
def test_everybody_sits_in_one_group_that_reports_to_their_boss(parent: np.ndarray) -> None:
    chart = chart_of(parent)
    seated = np.concatenate([tier.people.ravel() for tier in chart.tiers])
    assert sorted(seated) == list(range(len(parent)))
    for tier in chart.tiers:
        assert (parent[tier.people] == tier.boss[:, None]).all()


@given(trees())
def test_a_group_is_one_deeper_than_its_boss(parent: np.ndarray) -> None:
    chart = chart_of(parent)
    depth = np.empty(len(parent), dtype=np.int64)
    for tier in chart.tiers:
        depth[tier.people] = tier.depth
    for tier in chart.tiers[1:]:
        assert (depth[tier.boss] == tier.depth - 1).all()
    assert chart.depth == depth.max() and [t.depth for t in chart.tiers] == sorted(t.depth for t in chart.tiers)


@given(trees())
def test_a_group_builds_if_somebody_in_it_leads_nobody(parent: np.ndarray) -> None:
    leads = np.isin(np.arange(len(parent)), parent)
    for tier in chart_of(parent).tiers:
        assert ((~leads[tier.people]).any(axis=1) == tier.builds).all()


@given(spans, st.integers(1, 5))
def test_a_regular_organisation_has_the_product_of_its_spans_at_each_depth(spans: tuple[int, ...], team: int) -> None:
    chart = chart_of(regular(spans, team))
    sizes = np.cumprod([1, *spans, team])
    assert [tier.people.size for tier in chart.tiers] == sizes.tolist()
    assert chart.people == sizes.sum() and chart.depth == len(spans) + 1


@pytest.mark.parametrize(
    ("reports_to", "words"),
    [
        ({"Ann": None, "Bob": None}, ["Bob.reports_to", "Ann is the head already"]),
        ({"Ann": None, "Bob": "Cat", "Cat": "Bob"}, ["Bob.reports_to=Cat", "circle"]),
        ({"Ann": "Bob", "Bob": "Ann"}, ["Ann.reports_to=Bob", "circle"]),
        ({"Ann": "Ann"}, ["circle"]),
        ({"Ann": None, "Bob": "Anne"}, ["Bob.reports_to=Anne", "did you mean Ann?"]),
    ],
)
def test_two_heads_circles_and_orphans_are_refused_in_one_line(reports_to: dict[str, str], words: list[str]) -> None:
    with pytest.raises(InvalidInput) as error:
        by_name(reports_to)
    assert "\n" not in str(error.value)
    for word in words:
        assert word in str(error.value)


def test_names_become_numbers_in_their_order() -> None:
    assert by_name({"Ann": "Bob", "Bob": None, "Cat": "Ann"}).tolist() == [1, BOARD, 0]
