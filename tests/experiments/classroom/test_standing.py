"""What the debrief compares a seat with, known in its limits."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from functools import partial

import numpy as np
import pytest

from experiments.classroom import standing
from experiments.classroom.outcome import Outcome, outcome
from experiments.classroom.play import TOKENS
from experiments.classroom.session import Seat, Session
from sim.draws import Causes, Draws, WeekDraws
from tests.classes import CHOICE, LESSON, at_round, do

ROUNDS = 2


def chosen(session: Session, tokens: Callable[[int, Seat], tuple[float, ...]]) -> Session:
    """Return the class after everybody chose, round by round."""
    seats = [p.seat for p in session.players if p.seat is not None and not p.seat.manager]
    every = {(r, seat): tokens(r, seat) for r in range(1, ROUNDS + 1) for seat in seats}
    return replace(session, tokens=every)


def alike(session: Session) -> Session:
    """Return the same class in which both companies have the words of the second."""
    same = tuple(replace(c, words=LESSON.companies[1].words) for c in LESSON.companies)
    return replace(session, lesson=replace(LESSON, companies=same))


def on(activity: str) -> tuple[int, ...]:
    return tuple(TOKENS if a == activity else 0 for a in LESSON.activities)


@pytest.fixture(scope="module")
def nobody() -> Session:
    """Eighteen people in two companies, who have chosen nothing."""
    return at_round(ROUNDS + 1)


@pytest.fixture(scope="module")
def found(nobody: Session) -> Outcome:
    return outcome(nobody, ROUNDS)


def test_a_class_that_chose_nothing_is_the_simulated_one(nobody: Session, found: Outcome) -> None:
    simulated = standing.simulated(nobody, ROUNDS)
    for c, lived in enumerate(found.companies):
        for f in fields(lived):
            np.testing.assert_array_equal(getattr(lived, f.name), getattr(simulated[c], f.name))


def test_the_same_choices_score_the_same_where_the_rules_are_the_same(nobody: Session) -> None:
    session = alike(chosen(nobody, lambda r, seat: on("game") if seat.place == 2 else tuple(CHOICE)))
    found = outcome(session, ROUNDS)
    moved = standing.same_choices(session, ROUNDS)
    assert set(moved) == {(0, 1), (1, 0)}
    for (own, _), lived in moved.items():
        np.testing.assert_array_equal(lived.score, found.companies[own].score)


def test_other_rules_reach_those_who_did_not_choose(nobody: Session) -> None:
    """In one place of two somebody decides; the others find themselves where nothing follows from the count."""
    some = {k: v for k, v in chosen(nobody, lambda r, seat: tuple(CHOICE)).tokens.items() if k[1].place % 2}
    session = replace(nobody, tokens=some)
    own, moved = outcome(session, ROUNDS).companies[0], standing.same_choices(session, ROUNDS)[0, 1]
    np.testing.assert_array_equal(own.effort[..., 1::2], moved.effort[..., 1::2])
    assert not np.array_equal(own.effort[..., ::2], moved.effort[..., ::2])


def test_whoever_games_everything_is_high_by_the_number_and_low_by_use(nobody: Session) -> None:
    seat = nobody.players[0].seat
    session = chosen(nobody, lambda r, s: on("game") if s == seat else tuple(CHOICE))
    stands = standing.percentile(session, outcome(session, ROUNDS), 0)
    assert stands["score"] is not None and stands["score"] > 90
    assert stands["use"] is not None and stands["use"] < 10


def test_the_path_of_simulated_people_lies_among_theirs(nobody: Session, found: Outcome) -> None:
    rows = [list(LESSON.one.activities).index(a) for a in LESSON.activities]

    def as_lived(r: int, seat: Seat) -> tuple[float, ...]:
        effort = found.companies[seat.company].effort[r - 1, :, seat.team, seat.place]
        return tuple(effort[rows] * TOKENS)

    who = 4
    session = chosen(nobody, lambda r, s: as_lived(r, s))
    session = replace(session, tokens={k: v for k, v in session.tokens.items() if k[1] == session.players[who].seat})
    stands = standing.percentile(session, outcome(session, ROUNDS), who)
    assert all(x is not None and 0 < x < 100 for x in stands.values())


def test_a_percentile_is_the_same_whenever_it_is_computed(nobody: Session) -> None:
    session = chosen(nobody, lambda r, s: tuple(CHOICE))
    found = outcome(session, ROUNDS)
    ask = partial(standing.percentile, session, found, 3, players=40)
    assert ask() == pickle.loads(pickle.dumps(ask))()


def test_only_habits_and_attempts_of_one_seat_differ_in_a_crowd() -> None:
    seed, run, seat, times = 9, 2, 3, 5
    crowd, one = standing.Crowd(seed, run, 4, seat, times), Draws(seed, [run], 4)
    others = np.arange(4) != seat
    for cause in ("skill", "habit:deliver", "worth:deliver", "craft", "belief:tickets:game"):
        drawn = crowd.once(cause)
        assert (drawn[:, others] == one.once(cause)[:, others]).all()
        own = cause.startswith(("habit:", "worth:"))
        assert len(np.unique(drawn[:, seat])) == (times if own else 1)
    fourth = Draws(seed, [standing.FIRST + 3], 4)
    assert crowd.once("habit:deliver")[3, seat] == fourth.once("habit:deliver")[0, seat]
    causes = Causes(explore=("explore:deliver",), noise=("signal:tickets",), lot=("lot:layoff",))
    for met, alone, his in zip(*(d.weekly(causes, 60) for d in (crowd, one, fourth)), strict=True):
        assert (met.explore[:, :, others] == alone.explore[:, :, others]).all()
        assert met.explore[0, 3, seat] == his.explore[0, 0, seat]
        for f in fields(WeekDraws):
            if f.name != "explore":
                np.testing.assert_array_equal(*np.broadcast_arrays(getattr(met, f.name), getattr(alone, f.name)))


def test_pieces_can_be_sent_elsewhere_and_make_up_the_whole(nobody: Session) -> None:
    session = chosen(nobody, lambda r, s: tuple(CHOICE))
    session = replace(session, players=session.players[:3])
    found = outcome(session, ROUNDS)
    pieces = standing.tasks(session, found)
    assert len(pieces) == 1 + 3
    said: dict[int, dict[str, object]] = {}
    for piece in pickle.loads(pickle.dumps(pieces)):
        for who, more in piece().items():
            said.setdefault(who, {}).update(more)
    assert said == standing.paths(session, found)
    one = said[1]
    assert set(one) == {"percentile", "same_choices", "simulated"}
    names = [c.name for c in LESSON.companies]
    same = one["same_choices"]
    assert isinstance(same, Mapping) and same["company"] == names[0] != names[session.players[1].seat.company]
    assert same["own_points"] == pytest.approx(found.companies[1].score[:, 0, 0].mean())
    assert (same["own_pay"], same["pay"] > 0) == (
        0.0,
        True,
    )  # where nothing follows from the count nobody is paid by it


def test_nothing_is_asked_before_a_round_is_over_nor_of_a_manager(nobody: Session) -> None:
    assert standing.tasks(nobody, outcome(nobody, 0)) == []
    managed = at_round(2, managers=True)
    assert standing.workers(managed) == list(range(2, 18))
    with pytest.raises(ValueError, match="no week of their own"):
        standing.percentile(managed, outcome(managed, 1), 0)


def test_a_small_class_is_compared_with_the_company_that_it_does_not_live_in() -> None:
    session = do(at_round(1, people=3), 110.0, "chose", player=0, round=1, tokens=CHOICE)
    said = standing.paths(session, outcome(session, 1))
    assert {p["simulated"]["company"] for p in said.values()} == {LESSON.companies[1].name}


def test_where_there_is_no_other_company_simulated_people_are_in_the_own() -> None:
    session = at_round(2, people=2)
    cards = list(LESSON.cards)
    effect = replace(LESSON.effect, higher=cards[0], lower=cards[1])
    session = replace(session, lesson=replace(LESSON, companies=LESSON.companies[:1], effect=effect))
    found = outcome(session, 1)
    said = standing.paths(session, found)
    assert [set(p) for p in said.values()] == [{"percentile", "simulated"}] * 2
    assert said[1]["simulated"]["points"] == pytest.approx(found.companies[0].score[0, 0, 1])


def test_means_are_of_the_rounds_that_have_a_value() -> None:
    x = np.array([[1.0, np.nan], [np.nan, np.nan], [4.0, np.nan]])
    np.testing.assert_array_equal(standing.over_rounds(x), [2.5, np.nan])
