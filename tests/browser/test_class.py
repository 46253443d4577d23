"""A class in browsers: a teacher, a projector and phones live through a lesson, and the server is killed in between."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, Response, Route, expect

from experiments.web.classroom.hub import Hub
from experiments.web.classroom.store import Store
from experiments.web.jobs import Workers
from tests.browser.conftest import SIZES, OpenPage
from tests.browser.spoken import check
from tests.crowd import Held, quick_lesson

HEAVIEST, REQUESTS = 60_000, 4  # of a student's page, with its first state
THUMB = 44  # pixels that a button for a thumb has each way, at least
WAIT = 20_000  # [ms]
FILLED = "e => Math.min(1, (e.clientHeight * e.naturalWidth) / (e.naturalHeight * e.clientWidth))"  # of its width
NEUTRAL, PLAIN = "Work on the numbers", "Gaming the number"


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Held]]:
    """Start a class with short rounds; asked for before `page`, it outlives the pages."""
    monkeypatch.chdir(tmp_path)
    held: list[Held] = []

    def started(rounds: int, seconds: int, *words: str) -> Held:
        quick_lesson(tmp_path, rounds, seconds)
        held.append(Held(tmp_path, "lesson=quick", "minutes=20", *words))
        return held[-1]

    yield started
    for each in held:
        each.stop()


def joined(page: OpenPage, held: Held) -> Page:
    phone = page(SIZES["phone"])
    phone.goto(held.address)
    phone.get_by_role("button", name="Join").click()
    expect(phone.get_by_text("You are in.")).to_be_visible(timeout=WAIT)
    return phone


def lay(phone: Page, more: int, less: int) -> None:
    """Move a token from one thing to another, and wait until the week is kept."""
    things = phone.locator("#things > *")
    things.nth(less).get_by_role("button", name=re.compile("^One less")).click()
    things.nth(more).get_by_role("button", name=re.compile("^One more")).click()
    expect(phone.locator("#saved")).to_have_text("saved ✓", timeout=WAIT)


def button(teacher: Page) -> Locator:
    return teacher.locator("#next")


def go(teacher: Page, kind: str) -> None:
    """Press Next until the lesson is at a step."""
    for _ in range(20):
        if re.search(kind, teacher.locator("#step").inner_text(), re.I):
            return
        before = teacher.locator("#step").inner_text()
        button(teacher).click()
        expect(teacher.locator("#step")).not_to_have_text(before, timeout=WAIT)
    raise AssertionError(f"the lesson does not come to {kind}")


def weeks(held: Held) -> int:
    """Return how many choices the class's file holds."""
    return len(Hub(Store(held.file), Workers(1)).session.tokens)


def test_a_lesson_from_the_first_phone_to_the_last_page(
    start: Callable[..., Held], page: OpenPage, complaints: list[str], tmp_path: Path
) -> None:
    held = start(2, 25)
    screen, teacher = page(SIZES["screen"]), page(SIZES["laptop"])
    screen.goto(f"{held.teacher}screen")
    teacher.goto(held.teacher)
    expect(screen.get_by_text("Waiting for a first phone")).to_be_visible()
    expect(screen.get_by_role("img", name=re.compile("QR code"))).to_be_visible()
    phones = [joined(page, held) for _ in range(3)]
    expect(screen.get_by_text("Badger 3")).to_be_visible(timeout=WAIT)
    check(phones[0], screen, teacher)
    go(teacher, "round 1")
    for i, phone in enumerate(phones):
        expect(phone.get_by_text(NEUTRAL)).to_be_visible(timeout=WAIT)
        lay(phone, more=4 if i else 2, less=0)
    assert weeks(held) == 3
    held.kill()
    held.start()
    teacher.locator("#close").click()
    expect(phones[0].get_by_text(re.compile(r"\d+ points")).first).to_be_visible(timeout=WAIT)
    complaints[:] = [c for c in complaints if "ERR_CONNECTION" not in c and "ERR_EMPTY" not in c]  # it was away
    assert weeks(held) == 3
    go(teacher, "round 2")
    lay(phones[0], more=4, less=0)
    check(phones[0])
    teacher.locator("#close").click()
    go(teacher, "manager")
    expect(screen.get_by_role("img", name="What the manager sees")).to_be_visible(timeout=WAIT)
    for phone in phones:
        assert PLAIN not in phone.inner_text("body")
    go(teacher, "true|truth")
    expect(phones[0].get_by_text("Your part, as it was")).to_be_visible(timeout=WAIT)
    picture = screen.get_by_role("img", name="What it was worth")
    expect(picture).to_be_visible(timeout=WAIT)
    assert picture.evaluate(FILLED) > 0.95
    go(teacher, "what if|paths")
    expect(phones[0].get_by_text("Simulated people holding your card")).to_be_visible(timeout=WAIT)
    expect(phones[0].get_by_text(re.compile(r"than \d+ of 100")).first).to_be_visible(timeout=2 * WAIT)
    go(teacher, "talk|debrief")
    expect(screen.get_by_text("What made you?")).to_be_visible(timeout=WAIT)
    teacher.locator("details#further").evaluate("e => e.open = true")
    check(phones[0], screen, teacher)
    with teacher.expect_download() as got:
        teacher.get_by_role("link", name="Page of this class").click()
    got.value.save_as(tmp_path / "page.html")
    page_of_class = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "Otter 1" in page_of_class
    assert not re.search(r"(src|href)=[\"']?(https?:)?//", page_of_class)


def test_a_phones_page_is_light_and_fits_a_thumb(start: Callable[..., Held], page: OpenPage) -> None:
    held = start(1, 60)
    phone, asked = page(SIZES["phone"]), list[Response]()
    phone.on("response", lambda answer: asked.append(answer))
    phone.goto(held.address)
    phone.get_by_role("button", name="Join").wait_for()
    first = [r for r in asked if r.ok][:REQUESTS]
    assert len({r.url for r in asked}) <= REQUESTS
    assert sum(len(r.body()) for r in first) <= HEAVIEST
    phone.get_by_role("button", name="Join").click()
    teacher = page()
    teacher.goto(held.teacher)
    expect(phone.get_by_text("You are in.")).to_be_visible(timeout=WAIT)
    go(teacher, "round 1")
    phone.locator("#things button").first.wait_for(timeout=WAIT)
    for each in phone.locator("#things button").all():
        box = each.bounding_box()
        assert box is not None and min(box["width"], box["height"]) >= THUMB
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_manager_begins_with_what_counts_and_a_worker_with_what_was_laid_last(
    start: Callable[..., Held], page: OpenPage
) -> None:
    held = start(3, 60, "managers=true", "halves=3")
    manager, _, worker, other = (joined(page, held) for _ in range(4))
    teacher = page()
    teacher.goto(held.teacher)
    go(teacher, "round 1")
    expect(manager.get_by_text("What should count in round 2?")).to_be_visible(timeout=WAIT)
    assert [int(n) for n in manager.locator("#things .n").all_inner_texts()] == [10, 0, 0]
    check(manager, worker)
    same = worker.locator("#same")
    expect(same).to_have_text("Take this week as it is")
    same.click()
    for r, words in ((2, "Same as last round"), (3, "Same as in round 1")):
        go(teacher, f"round {r}")
        expect(same).to_have_text(words, timeout=WAIT)
    lines = [p.locator("#company").evaluate("e => getComputedStyle(e).borderBottom") for p in (worker, other)]
    assert re.findall(r"px (\w+) (.*)\)", lines[0]) == [("solid", "rgb(0, 114, 178")]
    assert re.findall(r"px (\w+) (.*)\)", lines[1]) == [("dashed", "rgb(213, 94, 0")]


def test_a_long_question_with_many_answers_fits_the_screen(start: Callable[..., Held], page: OpenPage) -> None:
    held = start(1, 60)
    joined(page, held)
    teacher, screen = page(), page((1280, 720))
    teacher.goto(held.teacher)
    go(teacher, "predict")

    def longer(route: Route) -> None:
        said = route.fetch().json()
        said["guess"] |= {"ask": "What do you think comes of it? " * 5, "answers": ["Where something is changed"] * 5}
        route.fulfill(json=said)

    screen.route("**/screen/state", longer)
    screen.goto(f"{held.teacher}screen")
    expect(screen.locator("#answers li")).to_have_count(5, timeout=WAIT)
    boxes = [screen.locator(each).bounding_box() for each in ("header", "#ask", "#answers", "#foot")]
    for above, below in pairwise(boxes):
        assert above is not None and below is not None and above["y"] + above["height"] <= below["y"] + 1


def test_ten_groups_are_typed_in_a_minute(start: Callable[..., Held], page: OpenPage) -> None:
    held = start(1, 60)
    teacher = page()
    teacher.goto(held.teacher)
    teacher.locator("details#further").evaluate("e => e.open = true")
    teacher.locator("#many").fill("10")
    teacher.locator("#paper").click()
    go(teacher, "round 1")
    teacher.locator("#grid input").first.click()
    began = time.monotonic()
    teacher.keyboard.type("422110" * 10, delay=100)
    expect(teacher.locator("#grid tr.ten")).to_have_count(10, timeout=WAIT)
    assert time.monotonic() - began < 60
    assert weeks(held) == 10


@pytest.mark.soak
def test_forty_phones_in_browsers_live_through_six_rounds(start: Callable[..., Held], page: OpenPage) -> None:
    held = start(6, 60)
    teacher = page()
    teacher.goto(held.teacher)
    phones = [joined(page, held) for _ in range(40)]
    seconds: list[float] = []
    for r in range(1, 7):
        go(teacher, f"round {r}")
        for i, phone in enumerate(phones):
            if (i + r) % 10:  # one in ten is away, and comes back
                began = time.monotonic()
                phone.locator("#same").click(timeout=WAIT)
                expect(phone.locator("#saved")).to_have_text("saved ✓", timeout=WAIT)
                seconds.append(time.monotonic() - began)
        teacher.locator("#close").click()
        assert weeks(held) == 36 * r
    print(f"a choice is kept after {np.median(seconds):.2f} s, 95th percentile {np.quantile(seconds, 0.95):.2f} s")
