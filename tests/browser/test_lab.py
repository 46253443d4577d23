"""The scheme lab in a browser: what a leader can do there with a mouse or without, what is shown, and what is not."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from sim.loading import options, read
from tests.browser.conftest import SIZES, OpenPage
from tests.browser.spoken import faint, headings, reached

SECONDS = 1000  # [ms]
SWITCH = {"today": "manager_rating", "schemes": ["okr", "own_1"], "warmup": 13, "onset": None}
SHARP = "<script>window.harmed = 1</script><b>bold</b> {{7*7}}"  # a name that must do no harm, and is long
NAME = f"Ranglistenverfahren {SHARP} für Entwicklungsverantwortliche mit vierteljährlichem Urteil"
HERE = """(e => e === document.body ? "" : e.ariaLabel || e.closest("[role=slider]")?.ariaLabel || e.innerText)(
  document.activeElement)"""
MARKED = """(e => e.closest(".q-field--focused") !== null || getComputedStyle(e).outlineStyle !== "none"
  || getComputedStyle(e).boxShadow.includes("5px"))(document.activeElement)"""
OPEN = "document.querySelectorAll('details').forEach(each => each.open = true)"


def study(name: str = "mine", story: str = "a small question", **question: Any) -> dict[str, Any]:
    """Return a small scenario file, with a scheme of one's own that has a name."""
    label = {"plain": name, "neutral": name, "sentence": "A scheme of one's own.", "good": "neither"}
    own = {"own_1": {"label": label, "weights": {"lines_of_code": 1.0}}}
    asked = {"schemes": ["manager_rating", "okr", "own_1"], "own": own, "onset": 13, "runs": 6, "seed": 1}
    return {"story": {"plain": story, "question": "?"}, "weeks": 39, "question": {**asked, **question}}


def text_of(content: object) -> str:
    return yaml.safe_dump(content, allow_unicode=True)


def lab(shown: Page, server: str) -> Page:
    shown.goto(f"{server}lab")
    shown.get_by_role("button", name="Compare").wait_for()
    return shown


def take_up(shown: Page, content: str | bytes, name: str = "question.yaml") -> None:
    """Open a scenario file."""
    if shown.get_by_role("button", name="Change the question").is_visible():
        shown.get_by_role("button", name="Change the question").click()
    raw = content if isinstance(content, bytes) else content.encode()
    shown.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/yaml", "buffer": raw})


def finish(shown: Page, seconds: float = 120) -> None:
    """Wait until everything is computed."""
    expect(shown.get_by_role("status")).to_have_text("The answer is complete.", timeout=seconds * SECONDS)


def kept(shown: Page, button: Callable[[], None], folder: Path) -> str:
    """Return the text of what a button downloads."""
    with shown.expect_download() as waiting:
        button()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path.read_text(encoding="utf-8")


def check_brief(brief: str, page: OpenPage, folder: Path) -> None:
    """See that a brief refers to nothing outside itself, and shows without a network."""
    assert not re.search(r"""(?:src|href)\s*=\s*["']?\s*(?:https?:)?//""", brief)
    (folder / "forwarded.html").write_text(brief, encoding="utf-8")
    reader, wanted = page(), []
    reader.context.set_offline(True)
    reader.on("request", lambda request: wanted.append(request.url))
    reader.goto((folder / "forwarded.html").as_uri())
    expect(reader.get_by_role("heading", level=1)).to_contain_text("People are evaluated by")
    assert [url for url in wanted if not url.startswith(("file:", "data:"))] == []


def serving_process() -> psutil.Process:
    """Return the process of the server; its folder of temporary files is where it works."""
    return next(p for p in psutil.Process().children() if "serve" in p.cmdline())


def workers() -> list[psutil.Process]:
    living = [p for p in serving_process().children() if p.status() != psutil.STATUS_ZOMBIE]
    return [p for p in living if any("spawn_main" in word for word in p.cmdline())]


def trials() -> set[str]:
    """Return the folders of comparisons that pages have open."""
    return {each.name for room in Path(serving_process().cwd()).glob("crosspurpose-*") for each in room.iterdir()}


@pytest.fixture(scope="module")
def finished(browser: Browser, server: str) -> Iterator[Page]:
    """A page with a small finished answer, that has a sharp name in it; tests leave it as they found it."""
    context: BrowserContext = browser.new_context(viewport={"width": 1280, "height": 800})
    shown = lab(context.new_page(), server)
    take_up(shown, text_of(study(NAME, SHARP, **SWITCH, assumptions="plausible", draws=2)), "<i>name.yaml")
    finish(shown)
    yield shown
    context.close()


# --- with a mouse, and without


def test_a_leader_clicks_from_the_first_page_to_a_brief(page: OpenPage, server: str, tmp_path: Path) -> None:
    shown = page()
    shown.goto(server)
    shown.get_by_role("link", name="For leaders").click()
    for name in ("paid by lines of code", "stack ranking", "objectives and key results"):
        shown.get_by_role("checkbox", name=name).click()
    shown.get_by_role("button", name="Compare").click()
    expect(shown.get_by_role("heading", name="A first look")).to_be_visible(timeout=60 * SECONDS)
    expect(shown.locator(".advice")).to_be_visible(timeout=120 * SECONDS)
    shown.get_by_role("button", name="Cancel").click()
    brief = kept(shown, shown.get_by_role("button", name="Download the brief").click, tmp_path)
    asked = yaml.safe_load(kept(shown, shown.get_by_role("button", name="Download the scenario").click, tmp_path))
    assert asked["question"]["today"] == "manager_rating"
    assert asked["question"]["schemes"] == ["lines_of_code", "own_worth", "none"]
    check_brief(brief, page, tmp_path)


def test_the_keyboard_alone_does_for_everything(page: OpenPage, server: str, tmp_path: Path) -> None:
    shown = page()
    shown.goto(server)
    keys = shown.keyboard

    def go(name: str, key: str = "Enter") -> None:
        """Tab to what bears a name, and press a key there."""
        for _ in range(120):
            keys.press("Tab")
            if name in shown.evaluate(HERE).replace("\xa0", " "):
                assert shown.evaluate(MARKED), f"nobody sees that {name} has the focus"
                keys.press(key)
                return
        raise AssertionError(f"Tab does not lead to {name}")

    go("For leaders")
    shown.get_by_role("button", name="Compare").wait_for()
    go("Today", "ArrowDown")
    expect(shown.get_by_role("option").first).to_be_visible()
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(shown.get_by_role("combobox", name="Today")).to_have_value(re.compile("calibrated|stack ranking"))
    for name in ("stack ranking", "objectives and key results", "the four keys of delivery"):
        go(name, "Space")
    expect(shown.get_by_role("checkbox", name="the four keys of delivery")).to_be_checked()
    go("Describe one of your own")
    go("What you call it", "Shift")
    keys.type("ours")
    go("What counts a lot")
    expect(shown.get_by_role("option").first).to_be_visible()
    keys.press("ArrowDown")
    keys.press("Enter")
    keys.press("Escape")
    go("Add this way")
    expect(shown.get_by_role("checkbox", name="ours")).to_be_checked()
    go("People in a team", "ArrowLeft")
    expect(shown.get_by_text("People in a team: 8")).to_be_visible()
    go("Compare")
    expect(shown.get_by_role("heading", name="A first look")).to_be_visible(timeout=60 * SECONDS)
    assert "dora" in yaml.safe_load(kept(shown, lambda: go("Download the scenario"), tmp_path))["question"]["schemes"]
    go("Cancel")
    expect(shown.get_by_role("button", name="Go on")).to_be_visible()
    go("Change the question")
    go("Or open a scenario file")
    with shown.expect_file_chooser() as choosing:
        go("Choose a file")
    (tmp_path / "small.yaml").write_text(text_of(study(**SWITCH)), encoding="utf-8")
    choosing.value.set_files(tmp_path / "small.yaml")
    finish(shown)
    go("Show what is so")
    expect(shown.get_by_text("What the business gets has").first).to_be_visible()
    assert "“mine”" in kept(shown, lambda: go("Download the brief"), tmp_path)
    assert shown.evaluate("document.activeElement.innerText") == "Download the brief"


def test_all_that_tab_reaches_has_a_name_and_sliders_say_their_ends(page: OpenPage, server: str) -> None:
    shown = page()
    for path in ("", "teachers", "lab"):
        shown.goto(server + path)
        shown.get_by_role("heading", level=1).wait_for()
        shown.wait_for_timeout(500)
        if path == "lab":
            shown.evaluate(OPEN)
            shown.get_by_role("radio", name="An organisation").click()
            expect(shown.get_by_role("slider", name="People in all teams together")).to_be_visible()
        found = reached(shown)
        assert [each for each in found if not each[1]] == []
        assert headings(shown)
    ends = [shown.get_by_role("slider", name=f"People in a team, {which}") for which in ("at least", "at most")]
    for end, value in zip(ends, ("8", "10"), strict=True):
        assert ("slider", f"People in a team, {'at least' if value == '8' else 'at most'}") in found
        end.press("ArrowLeft" if value == "8" else "ArrowRight")
        expect(end).to_have_attribute("aria-valuenow", value)
    assert len([role for role, _ in found if role == "slider"]) == 10
    boxes = shown.locator(".q-checkbox__bg").evaluate_all("all => all.map(e => e.getBoundingClientRect().width)")
    assert len(boxes) > 20 and len(set(boxes)) == 1


# --- what is shown


def test_no_page_shows_how_the_model_calls_a_thing(page: OpenPage, server: str, finished: Page) -> None:
    groups = ("scheme", "signal", "motive", "measure", "scenario", "intervention", "reward", "team")
    ids = {n for g in groups for n in options(g)} | {n for each in options("activity") for n in read("activity", each)}
    raw = {n for n in ids if "_" in n} | {"own_1", "own_2"}
    assert {"lines_of_code", "manager_rating", "truck_factor"} <= raw
    shown = page()
    texts = []
    for path in ("", "teachers", "lab"):
        shown.goto(server + path)
        shown.get_by_role("heading", level=1).wait_for()
        shown.evaluate(OPEN)
        texts.append(shown.inner_text("body"))
    for combobox in shown.get_by_role("combobox").all():
        texts.append(combobox.input_value())
    finished.evaluate(OPEN)
    texts.append(finished.inner_text("body"))
    found = {n for n in raw for text in texts if re.search(rf"\b{n}\b", text)}
    assert not found
    assert min(map(len, texts[:3])) > 300 and NAME in texts[-1]


def test_what_is_so_is_hidden_until_it_is_asked_for(finished: Page) -> None:
    line, said = finished.locator("polyline.true").first, finished.get_by_text("What the business gets has").first
    expect(said).to_be_hidden()
    assert line.evaluate("e => getComputedStyle(e).display") == "none"
    finished.get_by_role("button", name="Show what is so").click()
    expect(said).to_be_visible()
    assert line.evaluate("e => getComputedStyle(e).display") != "none"
    finished.get_by_role("button", name="Show only what a manager sees").click()
    expect(said).to_be_hidden()


def test_every_section_has_a_heading_in_order_and_one_landmark(finished: Page) -> None:
    levels = [
        int(h.evaluate("e => e.tagName")[1]) for h in finished.locator("h1:visible, h2:visible, h3:visible").all()
    ]
    assert levels[:2] == [1, 2] and all(b <= a + 1 for a, b in pairwise(levels))
    expect(finished.get_by_role("main")).to_have_count(1)
    assert finished.evaluate("document.documentElement.lang").startswith("en")
    for name in ("spend their time on", "What the business gets", "What comes with it", "flip", "labelled low"):
        expect(finished.get_by_role("heading", name=re.compile(name)).first).to_be_visible()


def test_no_page_is_wider_than_its_window_nor_is_a_text_faint(page: OpenPage, server: str, finished: Page) -> None:
    shown = page()
    for size in (*SIZES.values(), (640, 400)):  # the last is a laptop at twice the size
        for each, path in ((shown, ""), (shown, "teachers"), (shown, "lab"), (finished, None)):
            each.set_viewport_size({"width": size[0], "height": size[1]})
            if path is not None:
                each.goto(server + path)
                each.get_by_role("heading", level=1).wait_for()
            each.evaluate(f"{OPEN}; document.body.classList.add('truth')")
            assert each.evaluate("document.documentElement.scrollWidth <= innerWidth"), (size, path)
            if size == SIZES["laptop"]:
                assert faint(each) == []
    finished.evaluate("document.body.classList.remove('truth')")
    finished.set_viewport_size({"width": 1280, "height": 800})


def test_a_new_answer_leaves_open_what_was_open(page: OpenPage, server: str) -> None:
    shown = lab(page(), server)
    take_up(shown, text_of(study(runs=20)))
    opened = shown.locator("details.effect").first
    opened.locator("summary").click(timeout=120 * SECONDS)
    expect(shown.locator(".preliminary")).to_be_visible()
    expect(shown.locator(".q-linear-progress__model--determinate")).to_be_visible()
    expect(shown.locator(".preliminary")).to_have_count(0, timeout=60 * SECONDS)
    assert opened.evaluate("e => e.open && e.contains(document.activeElement)")


# --- what anybody may send


BAD: dict[str, tuple[str | bytes, str]] = {  # each is told by other words than the one before
    "binary": (bytes(range(256)) * 20, "This is not a text file."),
    "huge": (b"story: " + b"x" * 300_000, "at most 200 kB"),
    "interpolation": ("story: {plain: '${oc.env:HOME}'}", "interpolation"),
    "bomb": ("a: &a [1, 1]\nb: &b [*a, *a]\nc: [*b, *b]", "without aliases"),
    "target": (text_of({**study(), "team": {"_target_": "os.system"}}), "_target_"),
    "unknown": (text_of({**study(), "wekes": 3}), "wekes"),
    "use": (text_of({**study(), "interventions": [{"use": "../../secret"}]}), "secret"),
    "defaults": (text_of({**study(), "defaults": [{"override /team": "../../hidden"}]}), "hidden"),
    "types": (text_of({**study(), "weeks": "many"}), "weeks"),
    "list": ("- 1\n- 2", "a mapping"),
    "runs": (text_of(study(runs=10**9)), "at most"),
}


def test_a_bad_file_is_answered_with_one_sentence(page: OpenPage, server: str) -> None:
    shown = lab(page(), server)
    alert = shown.get_by_role("alert")
    for kind, (content, said) in BAD.items():
        take_up(shown, content, f"{kind}.yaml")
        expect(alert, kind).to_contain_text(said, timeout=60 * SECONDS)
        text = alert.inner_text()
        assert "\n" not in text and len(text) < 600 and "Traceback" not in text and "HOME" not in text, text
        expect(shown.get_by_role("button", name="Compare"), kind).to_be_visible()
    complained = (Path(serving_process().cwd()) / "complained.txt").read_text(encoding="utf-8")
    assert "Traceback" not in complained and "secret" not in complained and "hidden" not in complained


def test_a_name_is_text_whatever_stands_in_it(finished: Page) -> None:
    for name in (NAME, "<i>name.yaml"):
        expect(finished.get_by_text(name).first).to_be_visible()
    assert finished.evaluate("window.harmed") is None
    expect(finished.locator(".page script, .page b:text-is('bold'), .question i")).to_have_count(0)


# --- what becomes of who computes


def test_a_killed_worker_costs_at_most_a_click(page: OpenPage, server: str) -> None:
    shown = lab(page(), server)
    take_up(shown, text_of(study(runs=40)))
    expect(shown.locator(".progress")).to_contain_text("Simulating", timeout=120 * SECONDS)
    for each in workers():
        os.kill(each.pid, signal.SIGKILL)
    again = shown.get_by_role("button", name="Try again")
    done = shown.get_by_text("The answer is complete.")
    for _ in range(6):
        expect(again.or_(done).first).to_be_visible(timeout=120 * SECONDS)
        if not again.is_visible():
            break
        expect(shown.get_by_role("alert")).to_contain_text("died")
        again.click()
        shown.wait_for_timeout(1000)
    finish(shown)
    expect(shown.get_by_role("alert")).to_be_hidden()


def test_a_closed_page_leaves_neither_folder_nor_work(browser: Browser, server: str) -> None:
    before = trials()
    context = browser.new_context()
    shown = lab(context.new_page(), server)
    take_up(shown, text_of(study(runs=1000)))
    expect(shown.locator(".progress")).to_contain_text("Simulating", timeout=120 * SECONDS)
    assert len(trials() - before) == 1
    context.close()
    until = time.monotonic() + 60
    while trials() - before and time.monotonic() < until:
        time.sleep(0.2)
    assert not trials() - before
    while working() > 0.2 and time.monotonic() < until:  # who was replaced gets ready
        pass
    assert time.monotonic() < until


def working() -> float:
    """Return how many processors the workers take now."""

    def used() -> float:
        return sum(sum(p.cpu_times()[:2]) for p in workers())

    first = used()
    time.sleep(1)
    return used() - first


# --- at full size


@pytest.mark.soak
def test_thirty_browsers_at_once_each_see_their_own(browser: Browser, server: str) -> None:
    contexts = [browser.new_context() for _ in range(30)]
    names = [f"scheme of browser {i:02d}" for i in range(30)]
    pages = [lab(context.new_page(), server) for context in contexts]
    began = time.monotonic()
    for shown, name in zip(pages, names, strict=True):
        take_up(shown, text_of(study(name, assumptions="plausible", draws=2)))
    most = 0.0
    for shown, name in zip(pages, names, strict=True):
        finish(shown, 900)
        most = max(most, memory())
        text = shown.inner_text("body")
        assert name in text and not [other for other in names if other != name and other in text]
    print(f"\nthirty browsers: {time.monotonic() - began:.0f} s, at most {most:.0f} MB")
    assert most < 4000
    for context in contexts:
        context.close()


def memory() -> float:
    """Return what the server and its workers hold in memory [MB]."""
    process = serving_process()
    return sum(p.memory_info().rss for p in (process, *process.children(recursive=True))) / 1e6


@pytest.mark.soak
@pytest.mark.parametrize("kind", ["A team", "An organisation"])
def test_the_first_look_comes_at_once_and_the_answer_soon(page: OpenPage, server: str, kind: str) -> None:
    shown = lab(page(), server)
    shown.wait_for_timeout(30 * SECONDS)  # the server has composed its schemes
    shown.get_by_role("radio", name=kind).click()
    shown.get_by_role("checkbox", name="paid by lines of code").click()
    began = time.monotonic()
    shown.get_by_role("button", name="Compare").click()
    looked = since(began, shown.locator("tbody tr:nth-child(4)").first)
    answered = since(began, shown.locator(".advice"))
    expect(shown.get_by_role("status")).to_have_text(re.compile("other assumptions|complete"), timeout=600 * SECONDS)
    precise = time.monotonic() - began
    finish(shown, 900)
    whole = time.monotonic() - began
    print(f"\n{kind}: look {looked:.1f} s, answer {answered:.1f} s, precise {precise:.0f} s, all {whole:.0f} s")
    assert looked < 20 and precise < 240


def since(began: float, what: Locator) -> float:
    """Return how long it took something to appear [s]."""
    expect(what).to_be_visible(timeout=600 * SECONDS)
    return time.monotonic() - began
