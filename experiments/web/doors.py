"""The first page, that for teachers (lessons, live scenarios, stories), and what all pages look like."""

from __future__ import annotations

import html
from pathlib import Path

from nicegui import ui

from experiments import lessons
from experiments.lessons import Lesson
from experiments.quantity import sentence
from sim.loading import options, read

STYLE = (Path(__file__).parent / "lab" / "style.css").read_text(encoding="utf-8")
INK = "#005a8e"  # of what can be clicked
NOT_A_JUDGE = (
    "It is an instrument for thinking about ways to evaluate people, not for judging anybody by name. Nothing that is "
    "entered here leaves this machine, and nothing is kept when the page is closed."
)


def styled() -> ui.element:
    """Return the room for a page's content, with its looks; it lies within the landmark `main`."""
    ui.colors(primary=INK)
    ui.add_css(STYLE)
    return ui.element("div").classes("page")


def heading(tag: str, text: str) -> ui.html:
    """Return a heading, or whatever a tag makes of it; the text is text, whatever stands in it."""
    return ui.html(html.escape(text), sanitize=False, tag=tag)


def add() -> None:
    """Add the pages."""

    @ui.page("/", title="Crosspurpose")
    def first() -> None:
        with styled().classes("first"):
            heading("h1", "What will people do when they are evaluated by that?")
            ui.label(
                "Crosspurpose simulates teams week by week: what people do under a way to evaluate them, what the "
                "business gets, and how wrong the yardstick becomes."
            ).classes("lead")
            with ui.element("div").classes("doors"):
                _door("/lab", "For leaders", "Compare ways to evaluate people, and forward a page about it.")
                _door("/teachers", "For teachers", "Hold a lesson, and show a story week by week.")
            ui.label(NOT_A_JUDGE).classes("small")

    @ui.page("/teachers", title="For teachers · Crosspurpose")
    def teachers() -> None:
        with styled():
            ui.link("Back to the first page", "/")
            heading("h1", "For teachers")
            with ui.element("div").classes("doors"):
                _door("/live/", "Live scenario", "A story for the projector: weeks that run, and what if.")
            heading("h2", "Lessons")
            ui.label(
                "A class lives through it on phones, in groups, or on paper, in 20 or 50 minutes. One command on the "
                "machine with the projector starts it, and says where everybody goes."
            )
            with ui.element("div").classes("stories"):
                for name, file in lessons.files().items():
                    _lesson(name, lessons.read(file))
            heading("h2", "Stories")
            ui.label("Each is a small world, and a question to think about.")
            with ui.element("div").classes("stories"):
                for name in options("scenario"):
                    _story({k: str(v) for k, v in read("scenario", name).get("story", {}).items()})


def _lesson(name: str, lesson: Lesson) -> None:
    with ui.element("article").classes("story"):
        heading("h3", sentence(lesson.label.plain))
        ui.label(lesson.label.sentence)
        heading("code", f"crosspurpose class lesson={name}")


def _door(address: str, title: str, text: str) -> None:
    with ui.link(target=address).classes("door"):
        heading("h2", title)
        ui.label(text)


def _story(told: dict[str, str]) -> None:
    if "plain" not in told:
        return
    with ui.element("article").classes("story"):
        heading("h3", sentence(told["plain"]))
        if "story" in told:
            ui.label(told["story"])
        if "question" in told:
            ui.label(told["question"]).classes("asked")
