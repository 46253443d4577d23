"""The documentation site: what it says to type works, its reference is not stale, nothing comes from elsewhere."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

from experiments import discover, hold_class, plot, rehearse, serve, validate, verdicts
from experiments.anchors.found import SIZES as ANCHORED
from experiments.claims.judged import SETTINGS
from experiments.cli import FILES, STUDIES, main
from experiments.odd_table import document
from experiments.place import Place
from experiments.reference_pages import fact, facts, pages, said
from tests.browser import chromium as chromiums
from tests.browser.conftest import QUIET
from tests.experiments.test_docs import FEW
from tests.test_loading import nothing_stays_joined

__all__ = ["nothing_stays_joined"]

DOCS = document().parent
BLOCK = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', flags=re.DOTALL | re.MULTILINE)
SIZES: Mapping[str, Any] = {"runs": 2, "points": 4, "weeks": 26, "classes": 2}
ALONE = ("run", "compare", "strength", "sweep", "sensitivity", "persistence", "claims")  # verbs with an executor
SHORT = ("run", "compare", "strength")  # verbs whose two years are cut to weeks in which interventions have begun
FEWER = "schemes=[impressive,lines_of_code,none]"  # where every scheme is compared
OTHERS = ("pip", "dask", "python", "export")  # what sets up a machine
HEAVY = {
    *("index", "tutorials/case_study", "tutorials/sweep_to_publish"),
    *("howto/ask", "howto/intervention", "howto/scheme"),
}
FOLDERS = ("tutorials", "howto")
PAGES = ["../README", "index", *(f"{d}/{p.stem}" for d in FOLDERS for p in sorted((DOCS / d).glob("*.md")))]


def small(words: list[str]) -> list[str]:
    """The same command with fewer runs, points and weeks, in this process."""
    verb, sizes = words[0], dict(SIZES)
    if verb == "persistence":
        sizes["runs"] = 4  # every second one chooses
    told = [(k, equals, sizes.get(k, v)) for k, equals, v in (w.partition("=") for w in words) if k != "workers"]
    kept = [f"{key}{equals}{value}" for key, equals, value in told]
    more = ["executor=serial"] if verb in ALONE else ["section=A"] if words == ["verify"] else []
    if verb in SHORT and not any(k == "weeks" for k, _, _ in told):
        more.append("weeks=40")
    keys = {k for k, _, _ in told}
    if "today" in keys:
        more.append("warmup=20")
    if verb == "compare" and not keys & {"schemes", "vary"}:
        more.append(FEWER)
    return [*kept, *more]


def typed(line: str) -> None:
    """Type a command, smaller; one that waits for people, or needs other machines, is only read."""
    called, *words = shlex.split(line, comments=True)
    program = Path(called).name
    if program == "make":
        done = subprocess.run(["make", "--dry-run", *words], cwd=DOCS.parent, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    elif program == "pytest":
        done = subprocess.run([sys.executable, "-m", "pytest", "-q", *words], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout
    elif program == "crosspurpose" and words[0] == "class":
        hold_class.asked_of(words[1:])
    elif program == "crosspurpose" and words[0] == "serve":
        serve.place_of(words[1:])
    elif program == "crosspurpose" and "executor=dask" not in words:
        assert main(small(words)) == 0, line
    else:
        assert program in (*OTHERS, "crosspurpose"), line


def follow(page: str) -> int:
    """Write, run and type everything that stands on a page, in its order; return how many blocks."""
    known: dict[str, Any] = {}
    found = BLOCK.findall((DOCS / f"{page}.md").read_text(encoding="utf-8"))
    for language, title, text in found:
        if title:
            Path(title).parent.mkdir(parents=True, exist_ok=True)
            Path(title).write_text(text, encoding="utf-8")
        elif language == "python":
            exec(compile(text, page, "exec"), known)
        elif language == "sh":
            for line in filter(None, text.splitlines()):
                typed(line)
        else:
            assert language == "text", f"{page}: a block of {language} that nobody tries"
    return len(found)


@pytest.mark.parametrize("page", [pytest.param(p, marks=[pytest.mark.soak] if p in HEAVY else []) for p in PAGES])
def test_everything_on_the_page_can_be_typed(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(SETTINGS, "quick", FEW)
    assert follow(page) > 0
    capsys.readouterr()


def test_the_reference_says_what_the_project_is_now() -> None:
    there = {p.stem: p.read_text(encoding="utf-8") for p in (DOCS / "reference").glob("*.md")}
    made = pages()
    assert there.keys() == made.keys()
    stale = [name for name, text in made.items() if there[name] != text]
    assert not stale, f"python -m experiments.reference_pages makes {', '.join(stale)} anew"


def test_every_key_of_every_verb_has_meaning_unit_and_range() -> None:
    used = set()
    for verb in STUDIES:
        for key, _, comment in said(verb):
            known = fact(verb, key)
            assert known["unit"] and known["allowed"] and (known.get("meaning") or comment), (verb, key)
            used |= {key, f"{verb}.{key}"}
    assert set(facts()["keys"]) <= used
    assert facts()["writes"].keys() == STUDIES.keys() | FILES.keys()
    assert facts()["words"].keys() == FILES.keys()


def words_of(verb: str) -> set[str]:
    return {word for word in facts()["words"][verb] if word.islower() and word.isidentifier()}


def test_words_of_file_verbs_are_those_that_the_code_takes() -> None:
    assert words_of("class") == hold_class.DEFAULTS.keys()
    assert {k: str(w["usual"]) for k, w in facts()["words"]["class"].items()} == hold_class.DEFAULTS
    assert words_of("rehearse") == {*rehearse.KEYS}
    asked = {f.name: f.default for f in fields(rehearse.Asked) if isinstance(f.default, int) and f.name != "overwrite"}
    assert {k: facts()["words"]["rehearse"][k]["usual"] for k in asked} == asked
    assert words_of("serve") == {*serve.KEYS}
    place = Place()
    assert (facts()["words"]["serve"]["port"]["usual"], facts()["words"]["serve"]["host"]["usual"]) == (
        place.port,
        place.host,
    )
    assert words_of("claims") == {*verdicts.WORDS} and words_of("validate") == {*validate.WORDS}
    assert words_of("plot") == {*plot.WORDS} and words_of("discover") == {*discover.WORDS}
    assert {k: facts()["words"]["validate"][k]["usual"] for k in ANCHORED} == ANCHORED


SWEPT = "scheme.strength=interval(0,1)"


@pytest.mark.parametrize(
    ("words", "key"),
    [
        (["run", f"runs={10**9 + 1}"], "runs"),
        (["run", f"seed={2**128 + 1}"], "seed"),
        (["run", "workers=0"], "workers"),
        (["compare", "matters=1"], "matters"),
        (["compare", "today=none", "warmup=0"], "warmup"),
        (["persistence", "pulse=3"], "pulse"),
        (["persistence", "runs=3"], "runs"),
        (["detect", "scheme=commits", "runs=56"], "runs"),
        (["strength", "strengths=[0,1]"], "strengths"),
        (["sweep", SWEPT, "levels=1"], "levels"),
        (["sensitivity", SWEPT, "levels=3"], "levels"),
        (["optimise", SWEPT, "trials=0"], "trials"),
        (["rehearse", "lesson=target", "classes=100001"], "classes"),
    ],
)
def test_what_lies_outside_a_range_of_the_reference_is_refused(
    words: list[str], key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    assert f"{key}=" in capsys.readouterr().err and not any(tmp_path.iterdir())


class Loads(HTMLParser):
    """Addresses of everything that a page loads by itself; links that a reader may follow are not among them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for name, value in attributes:
            if value and (name in ("src", "srcset", "poster", "data") or (name == "href" and tag == "link")):
                self.found.append(value)
            if value and name == "style":
                self.found += asked_by(value)


def asked_by(style: str) -> list[str]:
    """Addresses that a style sheet asks for."""
    return re.findall(r"""(?:url\(|@import )["']?([^"')\s]+)""", style)


def loads(page: str) -> list[str]:
    parser = Loads()
    parser.feed(page)
    return parser.found


def elsewhere(address: str) -> bool:
    return re.match(r"(\w+:)?//", address) is not None


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The site, built without a single warning."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "-d", str(folder)]
    quiet = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=DOCS.parent, env=quiet, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    yield folder


def test_no_page_and_no_style_of_the_site_loads_anything_from_elsewhere(site: Path) -> None:
    assert [a for a in loads('<img src="//x.org/a"><link href="b"><a href="http://y.org">') if elsewhere(a)] == [
        "//x.org/a"
    ]
    found = sorted(site.rglob("*.html"))
    assert len(found) > len(PAGES) + len(pages())
    asked = {(p.name, a) for p in found for a in loads(p.read_text(encoding="utf-8"))}
    asked |= {(p.name, a) for p in site.rglob("*.css") for a in asked_by(p.read_text(encoding="utf-8"))}
    assert not [pair for pair in asked if elsewhere(pair[1])]


def test_pages_to_print_do_not_hide_behind_pages_to_read(site: Path) -> None:
    for lesson in ("target", "persons", "repair"):
        printed = (site / "teaching" / "print" / f"{lesson}.html").read_text(encoding="utf-8")
        assert printed == (DOCS / "teaching" / f"{lesson}.html").read_text(encoding="utf-8")
        assert f'href="print/{lesson}.html"' in (site / "teaching" / f"{lesson}.html").read_text(encoding="utf-8")


def test_the_site_is_searched_from_its_files_without_a_network(site: Path) -> None:
    asked: list[str] = []
    wrong: list[str] = []
    with sync_playwright() as playwright:
        path = chromiums.executable(playwright.chromium.executable_path)
        if path is None:
            pytest.fail(chromiums.MISSING, pytrace=False)
        with playwright.chromium.launch(executable_path=path, args=list(QUIET)) as browser:
            page = browser.new_context(offline=True).new_page()
            page.on("request", lambda request: asked.append(request.url))
            page.on("pageerror", lambda error: wrong.append(str(error)))
            page.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
            page.goto((site / "index.html").as_uri())
            page.locator("input.md-search__input").click()
            page.keyboard.type("indispensability")
            first = page.locator(".md-search-result__link").first
            first.wait_for()
            assert "indispensability" in page.locator(".md-search-result__list").inner_text().lower()
            first.click()
            page.wait_for_url(lambda url: "index.html" not in url)
            assert page.locator("h1").first.is_visible()
    assert asked and not [url for url in asked if not url.startswith(("file:", "data:"))]
    assert not wrong
