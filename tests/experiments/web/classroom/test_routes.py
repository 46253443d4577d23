"""Who may ask a class for what: attempts, and the answer that each gets."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from experiments.classroom.session import Setting
from experiments.web.classroom import routes
from experiments.web.classroom.hub import Hub
from experiments.web.classroom.store import Store
from experiments.web.jobs import Workers
from tests.classes import CHOICE

TOKEN = "the-teachers-token"
SCRIPT = "<script>alert(1)</script>"


class Browser:
    """Somebody's browser: it keeps its cookies, and asks the application itself."""

    def __init__(self, app: FastAPI) -> None:
        self.cookies = httpx.Cookies()
        self._app = app

    def get(self, path: str) -> httpx.Response:
        return asyncio.run(self._ask("GET", path))

    def post(self, path: str, **sent: Any) -> httpx.Response:
        return asyncio.run(self._ask("POST", path, **sent))

    async def _ask(self, method: str, path: str, **sent: Any) -> httpx.Response:
        transport = httpx.ASGITransport(self._app)
        async with httpx.AsyncClient(transport=transport, base_url="http://here", cookies=self.cookies) as client:
            answer = await client.request(method, path, **sent)
            self.cookies = client.cookies
            return answer


class Class:
    """A class behind its routes, whose clock is set by hand."""

    def __init__(self, path: Path, **setting: Any) -> None:
        self.path, self.now = path, 1000.0
        store = Store(path)
        if store.begun() is None:
            store.set(Setting(lesson="target", minutes=50, seed=3, **setting), TOKEN, self.now)
        self.hub = Hub(store, Workers(1), lambda: self.now)
        self.app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
        self.app.middleware("http")(routes.guard())
        self.app.include_router(routes.players(self.hub))
        self.app.include_router(routes.teacher(self.hub, TOKEN, lambda: {"address": "http://here/"}))
        self.teacher = self.browser()

    def browser(self) -> Browser:
        return Browser(self.app)

    def student(self) -> Browser:
        browser = self.browser()
        assert browser.post("/join", json={}).json() == {"ok": True}
        return browser

    def do(self, kind: str, **said: Any) -> dict[str, Any]:
        return self.teacher.post(f"/teach/{TOKEN}/do", json={"kind": kind, "said": said}).json()

    def to_round(self, r: int) -> None:
        while (self.hub.session.now.kind, self.hub.session.now.round) != ("play", r):
            assert self.do("next", step=self.hub.session.step) == {"ok": True}


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Class]:
    yield Class(tmp_path / "class.sqlite")


@pytest.fixture
def begun(held: Class) -> tuple[Class, Browser, Browser]:
    """A class of two in its first round."""
    ada, ben = held.student(), held.student()
    held.to_round(1)
    return held, ada, ben


def chosen(held: Class) -> list[tuple[int, ...]]:
    return list(held.hub.session.tokens.values())


def test_a_choice_that_is_confirmed_is_in_the_file(begun: tuple[Class, Browser, Browser]) -> None:
    held, ada, _ = begun
    assert ada.post("/choose", json={"round": 1, "tokens": CHOICE}).json() == {"ok": True}
    again = Class(held.path)
    assert chosen(again) == [tuple(CHOICE)]
    assert again.hub.token == TOKEN


def test_a_server_that_was_killed_goes_on_with_the_same_people(begun: tuple[Class, Browser, Browser]) -> None:
    held, ada, _ = begun
    again = Class(held.path)
    browser = again.browser()
    browser.cookies.set("seat", ada.cookies["seat"])
    assert browser.get("/state").json()["name"] == ada.get("/state").json()["name"]
    assert browser.post("/choose", json={"round": 1, "tokens": CHOICE}).json() == {"ok": True}


def test_what_is_sent_again_is_kept_once(begun: tuple[Class, Browser, Browser]) -> None:
    held, ada, _ = begun
    for _ in range(5):
        assert ada.post("/choose", json={"round": 1, "tokens": CHOICE}).json() == {"ok": True}
    assert len([e for e in Store(held.path).events() if e.kind == "chose"]) == 1


def test_a_choice_after_the_deadline_is_refused_in_words(begun: tuple[Class, Browser, Browser]) -> None:
    held, ada, _ = begun
    held.now += 90 + 2
    answer = ada.post("/choose", json={"round": 1, "tokens": CHOICE})
    assert (answer.status_code, answer.json()) == (409, {"ok": False, "why": "the round is closed"})
    assert not chosen(held)


WRONG = {
    "negative effort": {"round": 1, "tokens": [-5, 15, 0, 0, 0, 0]},
    "more than a week": {"round": 1, "tokens": [9, 9, 0, 0, 0, 0]},
    "half a token": {"round": 1, "tokens": [0.5, 9.5, 0, 0, 0, 0]},
    "text": {"round": 1, "tokens": ["10", 0, 0, 0, 0, 0]},
    "too many activities": {"round": 1, "tokens": [10, 0, 0, 0, 0, 0, 0]},
    "nothing": {"round": 1, "tokens": None},
    "another round": {"round": 2, "tokens": CHOICE},
    "a round that is over": {"round": 0, "tokens": CHOICE},
}


@pytest.mark.parametrize("sent", WRONG.values(), ids=WRONG)
def test_a_choice_that_is_none_is_refused(begun: tuple[Class, Browser, Browser], sent: Any) -> None:
    held, ada, _ = begun
    answer = ada.post("/choose", json=sent)
    assert answer.status_code == 409
    assert answer.json()["ok"] is False
    assert not chosen(held)


FORGED = {
    "for another player": b'{"round": 1, "tokens": [10,0,0,0,0,0], "player": 1}',
    "a number that is none": b'{"round": 1, "tokens": [NaN,10,0,0,0,0]}',
    "infinity": b'{"round": 1, "tokens": [Infinity,0,0,0,0,0]}',
    "a list": b"[1, 2]",
    "no json": b"round=1",
    "nothing": b"",
    "very deep": b"[" * 900 + b"]" * 900,
    "not even text": b"\xff\xfe\x00",
    "a key too few": b'{"round": 1}',
}


@pytest.mark.parametrize("body", FORGED.values(), ids=FORGED)
def test_a_forged_message_is_refused(begun: tuple[Class, Browser, Browser], body: bytes) -> None:
    held, ada, _ = begun
    answer = ada.post("/choose", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["ok"]) == (400, False)
    assert not chosen(held)


def test_a_form_of_another_site_is_refused(begun: tuple[Class, Browser, Browser]) -> None:
    held, ada, _ = begun
    answer = ada.post("/choose", content=b'{"round": 1}', headers={"content-type": "text/plain"})
    assert answer.status_code == 400
    assert not chosen(held)


def test_what_is_huge_is_refused_before_it_is_read(begun: tuple[Class, Browser, Browser]) -> None:
    held, ada, _ = begun
    assert ada.post("/choose", json={"round": 1, "tokens": [10] * 100_000}).status_code == 413
    assert ada.post("/choose", content=in_parts()).status_code == 413  # of no stated length
    assert not chosen(held)


async def in_parts() -> AsyncIterator[bytes]:
    yield b"x" * 10


def test_whoever_sends_without_end_has_to_wait(begun: tuple[Class, Browser, Browser]) -> None:
    held, ada, ben = begun
    answers = [ada.post("/choose", json={"round": 1, "tokens": CHOICE}).status_code for _ in range(routes.BURST + 1)]
    assert answers == [200] * routes.BURST + [429]
    assert ben.post("/choose", json={"round": 1, "tokens": CHOICE}).status_code == 200
    held.now += routes.WINDOW + 1
    assert ada.post("/choose", json={"round": 1, "tokens": CHOICE}).status_code == 200


def test_a_room_full_of_phones_may_join_at_once_and_no_more(held: Class) -> None:
    for _ in range(60):
        held.student()
    flood = [held.browser().post("/join", json={}).status_code for _ in range(routes.JOINS)]
    assert set(flood) == {200, 409, 429}


@pytest.mark.parametrize("key", ["", "wrong", "group 1", "../../etc/passwd", "x" * 2000, "'; drop table events; --"])
def test_wrong_and_expired_keys_are_nobodys(begun: tuple[Class, Browser, Browser], key: str) -> None:
    held, _, _ = begun
    browser = held.browser()
    browser.cookies.set("seat", key)
    assert browser.get("/state").json()["role"] == "nobody"
    assert browser.post("/choose", json={"round": 1, "tokens": CHOICE}).status_code == 403
    assert not chosen(held)


def test_a_key_of_ones_own_making_is_not_taken(held: Class) -> None:
    browser = held.browser()
    browser.cookies.set("seat", "chosen by me")
    assert browser.post("/join", json={}).json() == {"ok": True}
    assert "chosen by me" not in held.hub.session.by_key


def test_a_phone_whose_answer_was_lost_joins_once(held: Class) -> None:
    once = "a word that a phone has made up"
    first = held.browser().post("/join", json={"once": once})
    again = held.browser().post("/join", json={"once": once})
    assert first.cookies["seat"] == again.cookies["seat"]
    assert len(held.hub.session.players) == 1
    for short in ("", "1", None, 5, []):
        assert held.browser().post("/join", json={"once": short}).json() == {"ok": True}
    assert len(held.hub.session.players) == 6


@pytest.mark.parametrize(
    "path",
    [
        "/teach/",
        "/teach/wrong/",
        "/teach/wrong/state",
        f"/teach/{TOKEN}x/state",
        f"/teach/{TOKEN[:-1]}/state",
        "/teach/wrong/screen/state",
        "/teach/wrong/download/class.csv",
        "/state/1",
        "/player/1",
        "/docs",
        "/openapi.json",
        "/static/../pyproject.toml",
        f"/teach/{TOKEN}/download/../class.sqlite",
        f"/teach/{TOKEN}/download/class.sqlite",
        f"/teach/{TOKEN}/screen/picture/truth.svg",
    ],
)
def test_there_is_nothing_at_any_address_that_is_not_given(begun: tuple[Class, Browser, Browser], path: str) -> None:
    held, ada, _ = begun
    nowhere = held.browser().get("/no-such-page")
    for browser in (held.browser(), ada):
        answer = browser.get(path)
        assert answer.status_code == nowhere.status_code == 404
        assert TOKEN not in answer.text
        assert not {"players", "names"} & set(json.loads(answer.text or "{}"))


def test_students_cannot_do_what_the_teacher_does(begun: tuple[Class, Browser, Browser]) -> None:
    held, ada, _ = begun
    step = held.hub.session.step
    for path in ("/do", "/teach/do", "/teach/wrong/do"):
        assert ada.post(path, json={"kind": "next", "said": {"step": step}}).status_code in (404, 405)
    for kind in ("chose", "joined", "guessed", "set", "_to", "__init__", "win"):
        assert held.teacher.post(f"/teach/{TOKEN}/do", json={"kind": kind, "said": {}}).status_code == 400
    assert held.hub.session.step == step


def test_a_script_comes_back_as_a_text(tmp_path: Path) -> None:
    held = Class(tmp_path / "class.sqlite", texts=True)
    ada = held.student()
    held.to_round(1)
    assert ada.post("/write", json={"text": SCRIPT}).json() == {"ok": True}
    assert held.hub.session.texts == ((0, SCRIPT),)
    state = ada.get("/state")
    assert state.headers["content-type"] == "application/json"
    assert "script-src" not in state.headers["content-security-policy"]  # default-src 'self': no script in a page
    assert state.headers["x-content-type-options"] == "nosniff"


def test_no_page_or_answer_tells_a_student_of_others_or_of_the_truth(
    begun: tuple[Class, Browser, Browser],
) -> None:
    _, ada, ben = begun
    ben.post("/choose", json={"round": 1, "tokens": CHOICE})
    others = [ben.cookies["seat"], TOKEN, ben.get("/state").json()["name"], '"truth"', '"validity"', '"use"']
    for path in ("/", "/state", "/student.css", "/student.js"):
        answer = ada.get(path)
        assert answer.status_code == 200
        assert not [secret for secret in others if path == "/state" and secret in answer.text]
        assert TOKEN not in answer.text


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(held: Class) -> None:
    said = held.browser().post("/join", json={}).headers["set-cookie"].lower()
    assert "httponly" in said
    assert "samesite=strict" in said


def test_a_picture_is_fetched_anew_only_when_it_is_another(tmp_path: Path) -> None:
    held = Class(tmp_path / "class.sqlite", texts=True)
    ada = held.student()
    held.to_round(1)
    ada.post("/choose", json={"round": 1, "tokens": CHOICE})
    assert held.do("jump") == {"ok": True} and held.do("next", step=held.hub.session.step) == {"ok": True}
    held.hub.pictures = {"truth": "<svg>1</svg>", "tokens": "<svg>2</svg>"}

    def addresses() -> dict[str, str]:
        return dict(held.teacher.get(f"/teach/{TOKEN}/screen/state").json()["pictures"])

    before = addresses()
    ada.post("/write", json={"text": "something else"})
    held.student()
    assert addresses() == before
    held.hub.pictures["truth"] = "<svg>3</svg>"
    assert [name for name, at in addresses().items() if at != before[name]] == ["truth"]
    answer = held.teacher.get(f"/teach/{TOKEN}/screen/{addresses()['truth']}")
    assert (answer.text, answer.headers["content-type"]) == ("<svg>3</svg>", "image/svg+xml")
    assert "max-age" in answer.headers["cache-control"]
