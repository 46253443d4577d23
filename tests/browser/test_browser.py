"""What tests of pages stand on: a page shows, what it asks for elsewhere is caught, and a server is seen to its end."""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

import pytest
from playwright.sync_api import Error

from tests.browser import chromium as chromiums
from tests.browser.conftest import OpenPage, Size
from tests.browser.serving import serving

SERVER = """
import http.server

server = http.server.HTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
print(f"Ready at http://127.0.0.1:{server.server_port}/ for you")
try:
    server.serve_forever()
except KeyboardInterrupt:
    %s
"""
NOWHERE = "http://somewhere.invalid/picture.png"


def test_a_page_shows_in_the_size_that_is_asked_for(page: OpenPage, size: Size) -> None:
    shown = page(size)
    shown.goto("data:text/html,<title>One</title><h1 style='width:100vw;height:100vh;margin:0'>Two</h1>")
    box = shown.get_by_role("heading", name="Two").bounding_box()
    assert shown.title() == "One"
    assert box is not None and (box["width"], box["height"]) == size


def test_what_a_page_asks_for_elsewhere_is_refused_and_known(
    page: OpenPage, elsewhere: list[str], complaints: list[str]
) -> None:
    shown = page()
    shown.goto(f"data:text/html,<img src='{NOWHERE}'>")
    shown.evaluate("new Promise(done => new WebSocket('wss://example.invalid/talk').onclose = () => done())")
    with pytest.raises(Error, match="ERR_FAILED"):
        shown.goto("https://example.invalid/")
    assert elsewhere == [NOWHERE, "wss://example.invalid/talk", "https://example.invalid/"]
    assert complaints
    elsewhere.clear()
    complaints.clear()


def test_what_a_page_complains_of_is_known(page: OpenPage, complaints: list[str]) -> None:
    shown = page()
    shown.goto(
        "data:text/html,<script>console.error('this');console.log('no');setTimeout(() => {throw 'that'})</script>"
    )
    shown.wait_for_timeout(50)
    assert [text for text in ("this", "that", "no") if any(text in c for c in complaints)] == ["this", "that"]
    complaints.clear()


def test_a_page_reaches_the_server_which_then_stops(page: OpenPage, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<link rel=icon href=data:,><p>Served</p>")
    with serving([sys.executable, "-c", SERVER % "pass"], tmp_path) as address:
        shown = page()
        shown.goto(address)
        assert shown.inner_text("p") == "Served"
    with pytest.raises(Error):
        shown.goto(address)


def test_a_server_that_ends_with_a_traceback_fails_the_test(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="Traceback"), serving([sys.executable, "-c", SERVER % "raise"], tmp_path):
        pass


def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import sys; sys.stderr.write('no room'); sys.exit(3)"]
    with pytest.raises(AssertionError, match="status 3: no room"), serving(command, tmp_path):
        pass


def test_a_browser_that_does_not_start_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, status in (("chromium", 1), ("google-chrome", 0)):
        script = tmp_path / name
        script.write_text(f"#!/bin/sh\nexit {status}\n")
        script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert chromiums.found(str(tmp_path / "nothing")) == str(tmp_path / "google-chrome")


def test_where_no_browser_can_be_had_everything_is_tried_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []
    monkeypatch.setattr(chromiums, "succeeds", lambda command, seconds: bool(tried.append(" ".join(command))))
    monkeypatch.setattr(chromiums.tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(chromiums, "ways_to_install", lambda: [[["playwright"]], [["update"], ["install"]]])
    monkeypatch.setenv("PATH", "")
    assert chromiums.executable("own") is None
    assert [command for command in tried if command != "own --version"] == ["playwright", "update", "install"]


def test_two_do_not_install_at_once_and_who_died_is_forgotten(tmp_path: Path) -> None:
    inside, most = [], []

    def one() -> None:
        with chromiums.alone(tmp_path / "lock"):
            inside.append(1)
            most.append(len(inside))
            time.sleep(0.05)
            inside.pop()

    threads = [threading.Thread(target=one) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1, 1, 1]
    dead = tmp_path / "dead"
    dead.mkdir()
    os.utime(dead, (0, 0))
    with chromiums.alone(dead):
        assert dead.exists()
    assert not dead.exists()
