"""The live scenario in a browser: a story runs, is asked why, is changed, and its twin goes on."""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from experiments.classroom import live
from tests.browser.conftest import SIZES, OpenPage, Size
from tests.browser.serving import serving
from tests.browser.spoken import check, faint, reached

SERVER = """
import contextlib, socket, uvicorn
from fastapi import FastAPI, Request
from experiments.web.live.routes import router

app = FastAPI()
app.include_router(router(), prefix="/live")

@app.middleware("http")
async def strict(request: Request, proceed):
    answer = await proceed(request)
    answer.headers["Content-Security-Policy"] = (
        "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; base-uri 'none'"
    )
    return answer

door = socket.create_server(("127.0.0.1", 0))
print(f"http://127.0.0.1:{door.getsockname()[1]}/", flush=True)
with contextlib.suppress(KeyboardInterrupt):
    uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[door])
"""
STORIES = ["three_persons", "case_study", "bearer_of_bad_news", "devops"]
CUT = """() => {  // texts that are cut off, or that lie outside the window, in the pictures
  const found = [];
  for (const text of document.querySelectorAll(".panel svg text")) {
    const box = text.getBoundingClientRect(), room = text.closest("svg").getBoundingClientRect();
    const aside = box.left < room.left - 1 || box.right > room.right + 1;
    if (aside || box.top < room.top - 4 || box.bottom > room.bottom + 4) found.push(text.textContent);
  }
  return found;
}"""


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server that has nothing but the live scenario."""
    with serving([sys.executable, "-c", SERVER], tmp_path_factory.mktemp("stage")) as address:
        yield f"{address}live/"


def opened(page: Page, stage: str, words: str) -> Page:
    page.goto(f"{stage}#{words}")
    page.locator("#stage").wait_for()
    return page


def asked(stage: str, address: str, content: object, **headers: str) -> tuple[int, Any]:
    """Return status and content of an answer."""
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    request = urllib.request.Request(stage + address, raw, {"Content-Type": "application/json", **headers})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def test_a_story_runs_is_asked_why_and_is_changed_without_a_mouse(page: OpenPage, stage: str) -> None:
    shown = page(SIZES["laptop"])
    shown.goto(stage)
    shown.get_by_label("Search").fill("yardstick")
    expect(shown.locator("#stories").get_by_role("button")).to_have_count(1)
    shown.keyboard.press("Tab")
    shown.keyboard.press("Enter")
    expect(shown.get_by_role("dialog")).to_contain_text("Nine people of one team build software")
    shown.get_by_role("button", name="Begin").press("Enter")
    clock = shown.locator("#clock")
    expect(clock).to_have_text("Week 1 of 104")
    shown.keyboard.press("Space")
    expect(clock).not_to_have_text("Week 1 of 104")
    shown.keyboard.press("Space")
    week = int(clock.inner_text().split()[1])
    for _ in range(24):
        shown.keyboard.press("ArrowRight")
    shown.keyboard.press("ArrowLeft")
    expect(clock).to_have_text(f"Week {week + 23} of 104")

    card = shown.get_by_role("button", name="Egon")
    card.focus()
    card.press("Enter")
    sentences = live.why(["scenario=three_persons"], 1, 0, (), week + 22, "Egon")
    for each in sentences:
        expect(shown.locator("#why-says")).to_contain_text(each)
    shown.keyboard.press("Escape")
    expect(shown.locator("#why")).to_be_hidden()

    shown.get_by_role("button", name="Change something").press("Enter")
    shown.get_by_label("Evaluate people another way").select_option("none")
    shown.locator("#do-scheme").press("Enter")
    expect(shown.locator("#altered")).to_contain_text(f"From week {week + 24}: not evaluated.")
    expect(shown.locator("path.twin").first).to_have_attribute("stroke-dasharray", "7.6 6.08")
    shown.keyboard.press("ArrowRight")
    expect(shown.locator("#rule")).to_contain_text("Nobody is evaluated")
    number = shown.get_by_role("region", name="The number, and what it is worth")
    expect(number).to_contain_text("Nobody has a number")


def test_what_was_true_is_shown_when_it_is_asked_for(page: OpenPage, stage: str) -> None:
    shown = opened(page(SIZES["screen"]), stage, "scenario=bearer_of_bad_news&seed=1&run=0")
    shown.get_by_role("slider").fill("40")
    told = live.frames(["scenario=bearer_of_bad_news"], 1, 0)
    assert told["status"]["true"][39] == 1 and told["status"]["reported"][39] == 0
    top = shown.get_by_role("region", name="What the top is told")
    worth = shown.get_by_role("region", name="The number, and what it is worth")
    expect(top).to_contain_text("Told: green.")
    expect(top).not_to_contain_text("Truly")
    expect(worth).to_contain_text("the worth is hidden")
    shown.get_by_role("button", name="Show what was true").click()
    expect(top).to_contain_text("Truly: red")
    expect(worth).to_contain_text(f"the worth {round(told['use'][39])}")
    expect(top.get_by_role("img")).to_have_accessible_name("What the top is told. " + top.locator("p").inner_text())


def test_what_cannot_be_done_here_says_why(page: OpenPage, stage: str) -> None:
    shown = opened(page(), stage, "scenario=case_study&seed=1&run=0")
    shown.get_by_role("button", name="Change something").click()
    choice = shown.get_by_label("Do something about it")
    choice.select_option("incentive_to_care")
    expect(shown.get_by_text("takes more authority than Noor has")).to_be_visible()
    expect(shown.locator("#do-intervention")).to_be_disabled()
    for name in ("rewrite", "small_releases"):
        if not shown.locator("#change").is_visible():
            shown.get_by_role("button", name="Change something").click()
        choice.select_option(name)
        shown.locator("#do-intervention").click()
        expect(shown.locator("#change")).to_be_hidden()
    shown.get_by_role("button", name="Change something").click()
    choice.select_option("rewrite")
    shown.locator("#do-intervention").click()
    expect(shown.get_by_role("alert")).to_have_text("“rewrite what rots” has been begun already.")
    shown.get_by_role("button", name="Take it back").first.click()
    expect(shown.locator("#altered")).not_to_contain_text("rewrite what rots")
    expect(shown.locator("#altered")).to_contain_text("small releases, often")
    shown.reload()
    expect(shown.locator("#altered")).to_contain_text("small releases, often")


def test_all_of_a_story_fits_the_projector_and_nothing_is_cut(page: OpenPage, stage: str, size: Size) -> None:
    shown = page(size)
    shown.goto(stage)
    shown.locator("#stories button").first.wait_for()
    check(shown)
    for story in STORIES:
        shown.goto("about:blank")
        opened(shown, stage, f"scenario={story}&seed=1&run=0&change=30+scheme+team_outcome")
        shown.get_by_role("button", name="Show what was true").click()
        for week in ("1", "52", "104"):
            shown.get_by_role("slider").fill(week)
            wide, high = shown.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
            assert wide <= size[0]
            assert size == SIZES["phone"] or high <= size[1]
            assert shown.locator(".panel svg text").count() > 20 and shown.evaluate(CUT) == []
    check(shown)
    for opener in ("Change something", "The story", "ask why"):
        shown.get_by_role("button", name=opener).first.click()
        assert faint(shown) == [] and all(name for _, name in reached(shown))
        shown.keyboard.press("Escape")


def test_names_are_text_whatever_stands_in_them(page: OpenPage, stage: str) -> None:
    """A story of a user's own can have any name in it."""
    shown = page()

    def sharp(route: Any) -> None:
        found = live.frames(["scenario=case_study"], 1, 0)
        found["people"][0]["name"] = "<img src=x onerror=window.harmed=1>"
        found["activities"][0] = found["schemes"][0]["sentence"] = "<b>bold</b>"
        found["news"][0] = ["<script>window.harmed = 1</script>"]
        route.fulfill(json={"ok": True, **found})

    shown.route("**/frames", sharp)
    opened(shown, stage, "scenario=case_study&seed=1&run=0")
    expect(shown.locator("#cards")).to_contain_text("<img src=x")
    expect(shown.locator("#rule")).to_have_text("<b>bold</b>")
    expect(shown.locator("#news")).to_contain_text("<script>")
    assert shown.evaluate("window.harmed") is None


def test_a_question_that_is_none_is_answered_in_a_sentence(stage: str) -> None:
    good = {"scenario": "three_persons", "seed": 1, "run": 0}
    assert asked(stage, "frames", good)[1]["ok"] is True
    malformed: list[Any] = [b"{", b"[]", b"[" * 10_000, {}, {**good, "seed": -1}, {**good, "more": 1}]
    malformed += [{**good, "scenario": "../run"}, {**good, "changes": [{"week": 1, "scheme": "x"}]}]
    for content in malformed:
        status, answer = asked(stage, "frames", content)
        assert (status, answer["ok"]) == (400, False) and answer["why"].endswith(".")
    assert asked(stage, "frames", b" " * 20_001)[0] == 400
    assert asked(stage, "frames", good, **{"Content-Type": "text/plain"})[0] == 400
    assert asked(stage, "why", {**good, "week": 3, "member": "Nobody"})[0] == 400
    assert asked(stage, "why", {**good, "week": 104, "member": "Ada"})[0] == 400
    whole = asked(stage, "frames", {**good, "scenario": "organisation_200"})
    assert whole[0] == 200 and "whole organisation" in whole[1]["why"]


def test_the_page_is_small_and_the_weeks_come_packed(stage: str) -> None:
    for name, most in (("", 8_000), ("live.css", 12_000), ("live.js", 40_000)):
        with urllib.request.urlopen(stage + name) as answer:
            assert len(answer.read()) < most
    body = json.dumps({"scenario": "case_study", "seed": 1, "run": 0}).encode()
    headers = {"Content-Type": "application/json", "Accept-Encoding": "gzip"}
    with urllib.request.urlopen(urllib.request.Request(f"{stage}frames", body, headers)) as answer:
        assert answer.headers["Content-Encoding"] == "gzip" and len(answer.read()) < 40_000
