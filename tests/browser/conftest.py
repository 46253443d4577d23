"""What tests of pages share: a browser that reaches nothing but this machine, and the server.

def test_the_page_opens(page: OpenPage, server: str) -> None:
    page(PHONE).goto(server)
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Playwright, Route, WebSocketRoute, sync_playwright

from tests.browser import chromium as chromiums
from tests.browser.serving import serving

Size = tuple[int, int]  # [pixel]
OpenPage = Callable[..., Page]
SIZES: dict[str, Size] = {"phone": (390, 844), "laptop": (1280, 800), "screen": (1920, 1080)}
HERE = "127.0.0.1"
QUIET = (  # a browser that does nothing of its own accord
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """Playwright, as long as tests of this folder follow each other: while it runs, no other event loop can."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="package")
def chromium(playwright: Playwright) -> str:
    """Path of a Chromium that starts."""
    path = chromiums.executable(playwright.chromium.executable_path)
    if path is None:
        pytest.fail(chromiums.MISSING, pytrace=False)
    return path


@pytest.fixture(scope="package")
def browser(playwright: Playwright, chromium: str) -> Iterator[Browser]:
    """A browser, shared by all tests: each page has cookies and storage of its own."""
    with playwright.chromium.launch(executable_path=chromium, args=list(QUIET)) as running:
        yield running


@pytest.fixture(params=SIZES)
def size(request: pytest.FixtureRequest) -> Size:
    """Width and height of a phone, a laptop and a large screen, one after the other."""
    return SIZES[request.param]


@pytest.fixture
def elsewhere() -> list[str]:
    """Addresses not on this machine that pages have asked for."""
    return []


@pytest.fixture
def complaints() -> list[str]:
    """What pages have complained of in the console."""
    return []


@pytest.fixture
def page(browser: Browser, elsewhere: list[str], complaints: list[str]) -> Iterator[OpenPage]:
    """Open a page for a visitor of its own: `page((width, height))`.

    It reaches this machine only. When the test is over nothing else may have been asked for, nor an error have been
    written to the console; a test that expects either clears `elsewhere` or `complaints`.
    """
    contexts = []

    def opened(size: Size = SIZES["laptop"]) -> Page:
        width, height = size
        context = browser.new_context(viewport={"width": width, "height": height}, service_workers="block")
        contexts.append(context)
        context.route(_is_elsewhere, lambda route: _refuse(route, elsewhere))
        context.route_web_socket(_is_elsewhere, lambda socket: _hang_up(socket, elsewhere))
        context.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        context.on("weberror", lambda wrong: complaints.append(str(wrong.error)))
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()
    assert not elsewhere, f"pages asked for {elsewhere}"
    assert not complaints, f"pages complained: {complaints}"


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the application, which runs as a process of its own as long as there are tests."""
    command = [sys.executable, "-m", "experiments.cli", "serve", "port=0"]
    with serving(command, tmp_path_factory.mktemp("server")) as address:
        yield address


def _is_elsewhere(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("http", "https", "ws", "wss") and parts.hostname != HERE


def _refuse(route: Route, elsewhere: list[str]) -> None:
    elsewhere.append(route.request.url)
    route.abort()


def _hang_up(socket: WebSocketRoute, elsewhere: list[str]) -> None:
    elsewhere.append(socket.url)
    socket.close()
