"""The lab's conversation: what answers come to, and that the page and the command line have the same numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from experiments.store import digest
from experiments.web.lab import conversation as said
from experiments.web.lab import tasks
from experiments.web.lab.conversation import Conversation, Own, Who
from sim import filed
from sim.errors import InvalidInput
from sim.loading import options
from sim.scenario import people_of
from sim.simulation import simulate_runs

OURS = Own(name="Our <b>way</b>", counts={"tickets": "some", "peer_feedback": "a lot"}, out="the lowest tenth")
SMALL = Who(organisation=True, engineers=40, size=(5, 7), levels=2)
TALKS = [
    Conversation(considered=("stack_ranking",)),
    Conversation(
        today="own_1", considered=("okr",), own=(OURS,), who=Who(size=(3, 30), secure=(0, 10)), reference=False
    ),
    Conversation(considered=("dora",), who=SMALL, reference=False),
]


@pytest.mark.parametrize("talk", TALKS, ids=["team", "own", "organisation"])
def test_the_lab_and_the_command_line_run_the_same_study(talk: Conversation, tmp_path: Path) -> None:
    """What the lab composes by itself, for speed, is what Hydra makes of the file that it offers."""
    names = [*talk.asks()["schemes"], talk.today]
    known = tasks.composed(
        talk.words(), [n for n in dict.fromkeys([*names, "_blank"]) if n in options("scheme") or n == "_blank"]
    )
    quick = tasks.prepared(talk.text(), tmp_path / "quick", known)
    by_hydra = tasks.prepared(talk.text(), tmp_path / "hydra")
    assert digest(quick.study.same) == digest(by_hydra.study.same)
    assert list(quick.study.variants) == list(dict.fromkeys([talk.today, *talk.asks()["schemes"]]))


@given(
    size=st.tuples(st.integers(3, 30), st.integers(3, 30)).map(lambda x: (min(x), max(x))),
    ends=st.lists(st.integers(0, 10), min_size=6, max_size=6),
)
def test_wishes_lie_within_the_ranges_that_were_said(size: tuple[int, int], ends: list[int]) -> None:
    ranges = {k: (min(ends[2 * i : 2 * i + 2]), max(ends[2 * i : 2 * i + 2])) for i, k in enumerate(said.KINDS)}
    if sum(low for low, _ in ranges.values()) > 10:
        with pytest.raises(InvalidInput):
            Who(size=size, **ranges)
        return
    config = Who(size=size, **ranges).config()
    people, n = config["team"]["people"], size[1]
    assert len({p["name"] for p in people}) == n and size[0] <= config["team"]["size"] <= size[1]
    for key, motive in said.KINDS.items():
        weights = [p["motives"].get(motive, 0.0) for p in people]
        drawable = [f"team.people.{i}.motives.{motive}" in config["ranges"] for i in range(n)]
        surely = sum(w == 1.0 and not d for w, d in zip(weights, drawable, strict=True))
        perhaps = sum(w == 1.0 or d for w, d in zip(weights, drawable, strict=True))
        low, high = ranges[key]
        assert surely <= low * n / 10 + 1e-9
        assert perhaps <= -(-high * n // 10) or perhaps <= max(1, round(high * n / 10 + 0.5))
        assert sum(w == 1.0 for w in weights) <= high * n / 10 + 1


@pytest.mark.parametrize(
    "answers",
    [
        {"today": "nobody"},
        {"considered": ()},
        {"considered": ("okr", "okr")},
        {"considered": ("manager_rating",)},
        {"considered": ("own_1",)},
        {"considered": tuple(said.IN_USE[1:8])},
        {"title": "x" * 200},
        {"title": 3},
    ],
)
def test_answers_are_checked(answers: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        Conversation(**answers)


@pytest.mark.parametrize(
    "who",
    [
        {"size": (2, 5)},
        {"size": (5, 31)},
        {"size": (9, 5)},
        {"size": [5, 9]},
        {"size": (5.0, 9)},
        {"secure": (0, 11)},
        {"secure": (4, 4), "ambitious": (4, 4), "restless": (4, 4)},
        {"engineers": 9},
        {"levels": 5},
        {"rated_by": "nobody"},
        {"organisation": "yes"},
    ],
)
def test_who_works_here_is_checked(who: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        Who(**who)


@pytest.mark.parametrize(
    "own",
    [
        {"name": "", "counts": {"tickets": "some"}},
        {"name": "x" * 81, "counts": {"tickets": "some"}},
        {"name": "x", "counts": {}},
        {"name": "x", "counts": {"nothing": "some"}},
        {"name": "x", "counts": {"tickets": "very"}},
        {"name": "x", "counts": {"tickets": "some"}, "pay": "gold"},
    ],
)
def test_a_scheme_of_ones_own_is_checked(own: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        Own(**own)


@pytest.mark.parametrize("pay", list(said.PAY))
@pytest.mark.parametrize("out", list(said.OUT))
def test_every_scheme_in_plain_words_can_be_run(pay: str, out: str, tmp_path: Path) -> None:
    own = Own(name="x", counts={"visibility": "a lot"}, pay=pay, out=out)
    talk = Conversation(considered=("own_1",), own=(own,), reference=False)
    known = tasks.composed((), ["manager_rating", "_blank"])
    study = tasks.prepared(talk.text(), tmp_path, known).study
    short = study.variants["own_1"].with_({"weeks": 65})
    assert simulate_runs(short, [0], 1, aligned=False).measures()["worth"][0] > 0


def test_an_organisation_has_about_the_people_that_were_said() -> None:
    for engineers in (10, 40, 175, 500):
        for levels in (2, 3, 4):
            who = Who(organisation=True, engineers=engineers, size=(7, 7), levels=levels)
            built = who.people - sum(said.math.prod(who.spans[:i]) for i in range(len(who.spans) + 1))
            assert abs(built - engineers) <= 0.25 * engineers + 7
            assert len(who.spans) == levels - 1


def test_the_people_that_are_told_are_the_people_that_are_simulated(tmp_path: Path) -> None:
    talk = TALKS[2]
    known = tasks.composed(talk.words(), [talk.today, *talk.asks()["schemes"]])
    study = tasks.prepared(talk.text(), tmp_path, known).study
    assert people_of(next(iter(study.variants.values()))) == talk.who.people


def test_the_file_is_plain_yaml_that_says_how_to_use_it() -> None:
    text = TALKS[1].text()
    assert "crosspurpose compare scenario=" in text
    assert filed.content(text, "it", strict=True) == yaml.safe_load(text)


@pytest.mark.parametrize(
    "text",
    [
        "executor: dask",
        "out: /tmp",
        "extend: /tmp",
        "hydra: {}",
        "_target_: os.system",
        "team: {size: 1000000}",
        "organisation: {spans: [100, 100, 100]}",
        "project: {modules: 100000}",
        "weeks: 5000",
        "question: {runs: 1000000}",
        "team: {people: [{name: A, motives: {_target_: 1}}]}",
        "signals: {commits: {kind: x}}",
        "weeks: .inf",
        "weeks: -3",
        "weeks: true",
    ],
)
def test_a_file_from_anybody_is_checked_as_strictly_as_the_command_line(text: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        tasks.prepared(text, tmp_path / "x")
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "x").exists()
