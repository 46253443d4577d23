"""A class as a page to keep, and its pictures: whole, safe, and drawn for classes of every kind."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from experiments.classroom import effect, page, pictured, standing
from experiments.classroom.outcome import Outcome, luck, outcome
from experiments.classroom.play import lived
from experiments.classroom.session import Session
from experiments.plots import classroom
from sim.loading import load
from tests.classes import CHOICE, LESSON, at_round, do

EVIL = "<script>alert('&')</script>"


def two_rounds(people: int = 18, **setting: bool) -> Session:
    """Return a class after two rounds, of the first of which it has a twin."""
    session = at_round(2, people=people, **setting)
    session = do(session, 210.0, "chose", player=0, round=2, tokens=CHOICE)
    session = do(session, 220.0, "rewound", round=1)
    for r in (1, 2):
        session = do(session, 230.0, "chose", player=1, round=r, tokens=CHOICE)
        for _ in range(2):
            session = do(session, 230.0, "next", step=session.step)
    return session


@pytest.fixture(scope="module")
def session() -> Session:
    return two_rounds(texts=True)


@pytest.fixture(scope="module")
def found(session: Session) -> Outcome:
    return outcome(session, 2)


@pytest.fixture(scope="module")
def paths(session: Session, found: Outcome) -> dict[int, dict[str, object]]:
    return standing.tasks(session, found)[0]()


@pytest.fixture(scope="module")
def text(session: Session, found: Outcome, paths: dict[int, dict[str, object]]) -> str:
    return page.written(session, found, paths)


class Reader(HTMLParser):
    """Gathers what a page would fetch, its ids, its tags and what is left open."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.ids += [str(v) for k, v in attrs if k == "id"]
        self.fetched += [str(v) for k, v in attrs if k in ("src", "href", "xlink:href") and not str(v).startswith("#")]
        if tag not in ("meta", "br", "img", "link"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if self.open and self.open[-1] == tag:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_whole_and_needs_nothing_else(text: str) -> None:
    reader = Reader()
    reader.feed(text)
    assert (reader.open, reader.fetched) == ([], [])
    assert "script" not in reader.tags and "link" not in reader.tags and "@import" not in text
    assert len(reader.ids) == len(set(reader.ids))
    assert reader.tags.count("svg") == len(classroom.PICTURES)


def test_the_page_says_what_was_played_what_it_shows_and_what_not(session: Session, text: str) -> None:
    for words in ("2 rounds of 6 planned", "18 players", "no proof", LESSON.effect.says, *LESSON.questions, "Seed 7"):
        assert words in text
    assert "2 of 36 were made by players" in text
    assert "Simulated people decided 34 of 36 times" in text
    assert not any(p.key in text for p in session.players)


def test_names_of_activities_and_motives_are_words_for_people(text: str) -> None:
    for raw in ("skill_up", "lines_of_code", "peer_feedback", "scheme.pay"):
        assert raw not in text.replace(" ".join(LESSON.companies[1].words), "")


def test_what_people_write_is_text_and_only_where_it_is_allowed(session: Session, found: Outcome) -> None:
    wrote = replace(session, texts=((0, EVIL),), lesson=replace(LESSON, questions=(EVIL,), number=EVIL))
    written = page.written(wrote, found)
    assert "<script" not in written
    assert written.count("&lt;script&gt;") >= 3
    forbidden = replace(session, texts=((0, EVIL),), setting=replace(session.setting, texts=False))
    assert "alert" not in page.written(forbidden, found)


@pytest.mark.parametrize("managers", [False, True])
def test_the_words_on_the_page_are_those_that_the_company_was_lived_by(managers: bool) -> None:
    """Also where a manager has changed what counts."""
    session = at_round(1, managers=managers)
    if managers:
        session = do(session, 110.0, "weighed", player=1, round=2, tokens=[2, 5, 3])
    session = do(session, 110.0, "chose", player=3, round=1, tokens=CHOICE)
    for _ in range(3):
        session = do(session, 300.0, "next", step=session.step)
    found = outcome(session, 2)
    for c, (_, command) in enumerate(page.words(session, 2)):
        words = [w for w in shlex.split(command)[2:] if not w.startswith(("runs=", "seed="))]
        again = lived(load(*words), luck(session), session.chosen(c, 2), LESSON.weeks)
        np.testing.assert_array_equal(again.score, found.companies[c].score)
    assert ("2 of them managing" in page.written(session, found)) == managers


def test_a_page_is_written_without_paths_and_for_a_class_of_one_company() -> None:
    session = at_round(2, people=3)
    written = page.written(session, outcome(session, 1))
    assert written.count("<svg") == 4
    assert "(simulated)" in written
    assert f"Nobody of the class lived in {LESSON.companies[1].name}" in written


@pytest.mark.parametrize("name", classroom.PICTURES)
def test_pictures_are_large_and_the_same_each_time(
    name: str, session: Session, found: Outcome, paths: dict[int, dict[str, object]]
) -> None:
    drawn = classroom.figure(name, session, found, paths)
    width, height = drawn.get_size_inches()
    assert width / height == pytest.approx(16 / 9)
    pixels_each_point = 1920 / (72 * width)
    sizes = [t.get_fontsize() for t in drawn.findobj(lambda a: hasattr(a, "get_fontsize")) if t.get_text().strip()]
    assert min(sizes) * pixels_each_point > 20 * 96 / 72
    svg = classroom.svg(drawn)
    assert svg == classroom.svg(classroom.figure(name, session, found, paths))
    assert svg.startswith("<svg") and not re.search(r'href="(?!#)', svg)


@pytest.mark.parametrize("name", classroom.PICTURES)
def test_a_picture_below_a_pages_title_has_none_and_is_read_from_the_last_row(
    name: str, session: Session, found: Outcome, paths: dict[int, dict[str, object]]
) -> None:
    kept, shown = (classroom.figure(name, session, found, paths, titled=titled) for titled in (True, False))
    title = classroom.title(name, session)
    assert title in [t.get_text() for t in kept.texts] and title not in [t.get_text() for t in shown.texts]
    assert classroom.caption(name, session).split()[0] in shown.texts[0].get_text()
    for drawn, wide, high in ((kept, 1920, 1080), (shown, 1224, 720)):  # a page of 1280 pixels has margins
        sizes = [t.get_fontsize() for t in drawn.findobj(lambda a: hasattr(a, "get_fontsize")) if t.get_text().strip()]
        assert min(sizes) * wide / (72 * drawn.get_size_inches()[0]) >= high / 40


@pytest.mark.parametrize("name", classroom.PICTURES)
def test_nothing_that_is_written_on_a_picture_is_cut_off(
    name: str, session: Session, found: Outcome, paths: dict[int, dict[str, object]]
) -> None:
    long = replace(session, lesson=replace(LESSON, number="how impressive the work looks to others"))
    below = tuple(replace(company, validity=-0.9 * np.ones_like(company.validity)) for company in found.companies)
    for titled in (True, False):
        drawn = classroom.figure(name, long, replace(found, companies=below), paths, titled=titled)
        drawn.draw_without_rendering()  # which puts the words of axes in their place
        (width, height), box = drawn.get_size_inches(), drawn.get_tightbbox()
        assert min(box.x0, box.y0, width - box.x1, height - box.y1) >= 0, (titled, box)


def test_pictures_show_what_their_tables_say(session: Session, found: Outcome) -> None:
    table = pictured.table("truth", session, found)
    for c, company in enumerate(LESSON.companies):
        own = table[table["company"] == company.name]
        np.testing.assert_allclose(own["use"], found.companies[c].contribution.mean(axis=(1, 2)))
    (left, right) = classroom.figure("truth", session, found).axes
    for ax, column in ((left, "score"), (right, "use")):
        drawn = [line.get_ydata() for line in ax.lines]
        np.testing.assert_allclose(np.ravel(drawn), table[column])


def test_tokens_of_a_company_add_up_to_what_its_people_did(session: Session, found: Outcome) -> None:
    table = pictured.table("tokens", session, found)
    own = table[(table["company"] == LESSON.companies[0].name) & (table["round"] == 2)]
    rows = [list(LESSON.one.activities).index(a) for a in LESSON.activities]
    assert own["tokens"].sum() == pytest.approx(found.companies[0].effort[1, rows].sum(axis=0).mean() * 10)


def test_bars_are_means_over_those_who_live_in_a_company(
    session: Session, found: Outcome, paths: dict[int, dict[str, dict[str, float]]]
) -> None:
    table = pictured.table("paths", session, found, paths)
    assert len(table) == 6
    there = [i for i, p in enumerate(session.players) if p.seat is not None and p.seat.company == 1]
    for row, path, key in (
        (3, "same_choices", "own_points"),
        (4, "same_choices", "points"),
        (5, "simulated", "points"),
    ):
        assert table["points"][row] == pytest.approx(np.mean([paths[i][path][key] for i in there]))
    assert table["points"][3] == pytest.approx(found.companies[1].score.mean())


def test_where_there_is_one_company_bars_are_by_card() -> None:
    cards = list(LESSON.cards)
    session = at_round(2, people=9)
    aim = replace(LESSON.effect, higher=cards[0], lower=cards[1])
    session = replace(session, lesson=replace(LESSON, companies=LESSON.companies[:1], effect=aim))
    found = outcome(session, 1)
    table = pictured.table("paths", session, found, standing.tasks(session, found)[0]())
    assert table["path"].tolist() == ["own", "simulated"] * 3
    assert set(table["group"]) == {pictured.short(c.title) for c in LESSON.cards.values()}
    np.testing.assert_allclose(table["points"][::2], table["points"][1::2])  # nobody chose


def test_a_lesson_of_cards_shows_cards_and_the_very_effect(session: Session, found: Outcome) -> None:
    first, second = list(LESSON.cards)[:2]
    aim = replace(LESSON.effect, measure="gaming", higher=first, lower=second)
    session = replace(session, lesson=replace(LESSON, effect=aim))
    table = pictured.table("truth", session, found)
    last = table[table["round"] == 2].set_index("card")["measured"]
    size = last[pictured.short(LESSON.cards[first].title)] - last[pictured.short(LESSON.cards[second].title)]
    assert size == pytest.approx(effect.effect(session.lesson, session, found))
    assert len(classroom.figure("truth", session, found).axes) == 2


def without_reviews(found: Outcome, rounds: int) -> Outcome:
    """Return what was lived as if the first rounds had had no review."""
    companies = []
    for company in found.companies:
        score, validity = company.score.copy(), company.validity.copy()
        score[:rounds], validity[:rounds] = np.nan, np.nan
        companies.append(replace(company, score=score, validity=validity))
    return replace(found, companies=tuple(companies))


@pytest.mark.parametrize("rounds", [1, 2])
def test_rounds_without_a_review_leave_a_gap(rounds: int, session: Session, found: Outcome) -> None:
    gappy = without_reviews(found, rounds)
    for name in ("manager", "truth", "validity", "tokens", "twin"):
        drawn = classroom.figure(name, session, gappy)
        assert classroom.svg(drawn)
        if name == "validity":
            known = [np.isfinite(line.get_ydata()).sum() for line in drawn.axes[0].lines[:2]]
            assert known == [2 - rounds] * 2


def test_a_round_without_a_review_has_dashes_on_the_page(session: Session, found: Outcome) -> None:
    assert "<td>–</td>" in page.written(session, without_reviews(found, 1))


def test_validity_breaks_where_it_stays_below_half_of_the_measured_companys() -> None:
    session = at_round(5)
    found = outcome(session, 4)
    course = np.array([[0.8, 0.3, 0.2, 0.1], [0.8, 0.7, 0.6, 0.1]])
    companies = [
        replace(company, validity=np.repeat(values[:, None], session.teams, axis=1))
        for company, values in zip(found.companies, course, strict=True)
    ]
    table = pictured.table("validity", session, replace(found, companies=tuple(companies)))
    assert (table["broke"] == 0).all()  # in the last round neither is better
    companies[1] = replace(companies[1], validity=np.full((4, session.teams), 0.7))
    table = pictured.table("validity", session, replace(found, companies=tuple(companies)))
    assert dict(zip(table["company"], table["broke"], strict=True)) == {
        LESSON.companies[0].name: 2,
        LESSON.companies[1].name: 0,
    }
    drawn = classroom.figure("validity", session, replace(found, companies=tuple(companies)))
    assert "broke in round 2" in [t.get_text() for t in drawn.axes[0].texts]


def test_without_a_measured_company_the_first_round_is_what_validity_is_held_against() -> None:
    session = at_round(4)
    same = tuple(replace(c, words=()) for c in LESSON.companies)
    session = replace(session, lesson=replace(LESSON, companies=same))
    found = outcome(session, 3)
    fallen = np.repeat(np.array([0.8, 0.3, 0.2])[:, None], session.teams, axis=1)
    found = replace(found, companies=tuple(replace(c, validity=fallen) for c in found.companies))
    table = pictured.table("validity", session, found)
    assert (table["broke"] == 2).all()
    assert "the first round's" in classroom.caption("validity", session)


def test_a_cell_is_as_exact_as_it_is_of_use() -> None:
    cells = page.cells(pd.DataFrame({"a": [1.0, 0.123, 123.4, np.nan], "b": ["x", 2, 3, 4]}))
    assert cells["columns"] == ["A", "B"]
    assert [row[0] for row in cells["rows"]] == ["1", "0.12", "123", "–"]


def test_a_table_of_rounds_has_a_column_for_each(session: Session, found: Outcome) -> None:
    long = pictured.table("truth", session, found)
    wide = page.by_round(long)
    assert list(wide) == ["company", "what", "round 1", "round 2"]
    assert wide[["round 1", "round 2"]].to_numpy().sum() == pytest.approx(long[["score", "use"]].to_numpy().sum())
    gappy = page.by_round(pictured.table("validity", session, without_reviews(found, 2)))
    assert len(gappy) == 2 and gappy["round 1"].isna().all()
    broke = pd.DataFrame({"round": [1, 2] * 2, "company": list("AABB"), "validity": [0.5] * 4, "broke": [0, 0, 2, 2]})
    assert page.by_round(broke).to_numpy().tolist() == [["A", "no", 0.5, 0.5], ["B", "in round 2", 0.5, 0.5]]
