"""What is printed is what the lessons and the seeds say, and it is not stale."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from experiments.classroom.outcome import motive
from experiments.classroom.pack import (
    HOME,
    MOST_GROUPS,
    PAPER,
    blocks,
    deals,
    filled,
    key,
    packs,
    page,
    plan,
    rehearsal,
    shortened,
)
from experiments.classroom.session import Event, Setting, after, begun
from experiments.lessons import files, lesson

NAMES = sorted(path.stem for path in packs())
NUMBER = re.compile(r"-?\d+\.\d+|-?\d+")
LAST = {True: 0.11, False: 1.01}  # a last digit printed, by whether there is a point: other machines round otherwise


def told_apart(text: str) -> tuple[list[str], list[str]]:
    """The words of a text and its numbers; a minus is part of its number."""
    return NUMBER.split(text), NUMBER.findall(text)


def assert_alike(made: str, kept: str) -> None:
    (words, numbers), (known, there) = told_apart(made), told_apart(kept)
    assert words == known, "make the packs anew: python -m experiments.classroom.pack"
    for x, y in zip(numbers, there, strict=True):
        assert ("." in x) == ("." in y) and abs(float(x) - float(y)) <= LAST["." in x], (x, y)


def test_every_lesson_has_a_pack() -> None:
    assert set(NAMES) == {name for name, path in files().items() if path.parent.name == "lessons"}
    index = (HOME / "README.md").read_text(encoding="utf-8")
    assert all(f"({name}.md)" in index and f"({name}.html)" in index for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_page_to_print_is_rebuilt_from_its_lesson_and_seed(name: str) -> None:
    assert_alike(page(lesson(name)), (HOME / f"{name}.html").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", NAMES)
def test_the_plans_and_the_key_to_read_are_rebuilt_too(name: str) -> None:
    text = (HOME / f"{name}.md").read_text(encoding="utf-8")
    made = blocks(lesson(name))
    assert all(f"<!-- {part} -->" in text for part in made)
    assert_alike(filled(text, made), text)


@pytest.mark.parametrize("name", NAMES)
def test_the_questions_to_read_are_those_of_the_lesson(name: str) -> None:
    text = " ".join((HOME / f"{name}.md").read_text(encoding="utf-8").split())
    assert all(f"- {question}" in text for question in lesson(name).questions)


def test_a_number_that_has_changed_is_noticed_and_another_last_digit_is_not() -> None:
    assert_alike("use 23, tokens 5.2", "use 24, tokens 5.1")
    with pytest.raises(AssertionError):
        assert_alike("use 23", "use 26")
    with pytest.raises(AssertionError):
        assert_alike("tokens 5.2", "tokens 5.5")


@pytest.mark.parametrize("name", NAMES)
def test_a_page_to_print_needs_nothing_else(name: str) -> None:
    text = page(lesson(name))
    assert not re.search(r"https?://|src=|url\(|<script|<link|@import", text)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("groups", [PAPER, 9, 10, 15, MOST_GROUPS])
def test_groups_get_the_card_of_the_seat_that_the_class_gives_them(name: str, groups: int) -> None:
    given = lesson(name)
    session = begun(Setting(lesson=name, minutes=50, seed=5, halves=PAPER), given)
    for kind, said in (("mode", {"mode": "paper", "groups": groups}), ("next", {"step": 0})):
        session = after(session, Event(at=0.0, kind=kind, said=said))
    (deal,) = [d for d in deals(given) if d.least <= groups <= d.most]
    for (company, title), player in zip(deal.groups[:groups], session.players, strict=True):
        assert player.seat is not None
        assert company == given.companies[player.seat.company].name
        assert title == given.cards[motive(given, player.seat)].title


@pytest.mark.parametrize("name", NAMES)
def test_there_is_a_card_for_each_group_whatever_their_number(name: str) -> None:
    given = lesson(name)
    text = page(given)
    for card in given.cards.values():
        needed = max(sum(title == card.title for _, title in d.groups) for d in deals(given))
        assert text.count(f"<h3>{card.title}</h3>") >= needed


def test_a_tally_sheet_has_ten_boxes_a_round_and_neutral_labels_in_the_order_of_the_grid() -> None:
    given = lesson("target")
    sheet = page(given).split('<section id="tally">')[1].split("</section>")[0]
    for half in sheet.split('<div class="tally">')[1:]:
        rows = half.split("<tbody>")[1].split("</tbody>")[0].split("<tr>")[1:]
        assert [row.count("<td></td>") for row in rows] == [10 + 6] * 6
        labels = re.findall(r"<li><b>([A-F])</b> (.*)</li>", half)
        assert labels == [("ABCDEF"[i], given.one.activities[a].label.neutral) for i, a in enumerate(given.activities)]
    assert "gaming" not in sheet and "irreplaceable" not in sheet


def test_what_gives_the_lesson_away_stands_on_the_teachers_pages_alone() -> None:
    given = lesson("target")
    shared = "".join(
        page(given).split(f'<section id="{part}">')[1].split("</section>")[0] for part in ("cards", "notes")
    )
    assert given.companies[0].told in shared
    for secret in [c.reveal for c in given.companies] + [given.effect.says]:
        assert secret not in shared


def test_the_key_compares_what_the_lesson_compares() -> None:
    assert {row.who for row in key(lesson("target"))} == {"Blue", "Orange"}
    assert {row.who for row in key(lesson("persons"))} == {c.title for c in lesson("persons").cards.values()}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("minutes", [20, 50])
def test_a_plan_has_no_gap_and_its_short_form_takes_as_long(name: str, minutes: int) -> None:
    parts = plan(lesson(name), minutes)
    assert [p.begins for p in parts[1:]] == pytest.approx([p.begins + p.minutes for p in parts[:-1]])
    assert sum(p.minutes for p in shortened(parts)) == pytest.approx(sum(p.minutes for p in parts))


@pytest.mark.soak
@pytest.mark.parametrize("name", NAMES)
def test_the_rehearsals_that_are_told_are_those_that_are_played(name: str) -> None:
    text = (HOME / f"{name}.md").read_text(encoding="utf-8")
    assert_alike(filled(text, {"rehearsal": rehearsal(lesson(name))}), text)


@pytest.mark.soak
@pytest.mark.parametrize("name", NAMES)
def test_each_part_prints_on_sheets_of_a4_and_the_start_guide_on_one(name: str, tmp_path: Path) -> None:
    sync_api = pytest.importorskip("playwright.sync_api")
    from tests.browser.chromium import found

    file = tmp_path / "pack.html"
    file.write_text(page(lesson(name)), encoding="utf-8")
    with sync_api.sync_playwright() as playing:
        browser = playing.chromium.launch(
            executable_path=found(playing.chromium.executable_path), args=["--no-sandbox", "--disable-gpu"]
        )
        tab = browser.new_page()
        tab.goto(file.as_uri())
        sheets = len(re.findall(rb"/Type\s*/Page\b", tab.pdf(prefer_css_page_size=True)))
        tab.emulate_media(media="print")
        tab.set_viewport_size({"width": 703, "height": 1032})  # 186 × 273 mm at 96 dots an inch
        tall = {
            s: tab.locator(f"#{s}").bounding_box()["height"] for s in ("start", "deal", "tally", "key", "questions")
        }
        browser.close()
    assert sheets == 8, "two of cards, one of each other part"
    assert max(tall.values()) <= 1032
