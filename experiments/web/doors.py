"""The first page, and what is for teachers so far: the stories there are."""

from __future__ import annotations

from pathlib import Path

from nicegui import ui

from sim.loading import options, read

STYLE = (Path(__file__).parent / "lab" / "style.css").read_text(encoding="utf-8")
NOT_A_JUDGE = (
    "It is an instrument for thinking about ways to evaluate people, not for judging anybody by name. Nothing that is "
    "entered here leaves this machine, and nothing is kept when the page is closed."
)


def styled() -> None:
    """Give the page its looks; its language and its width are the browser's to know."""
    ui.add_css(STYLE)


def add() -> None:
    """Add the pages."""

    @ui.page("/", title="Crosspurpose")
    def first() -> None:
        styled()
        with ui.element("main").classes("page"):
            ui.html("<h1>What will people do when they are evaluated by that?</h1>", sanitize=False)
            ui.label("Crosspurpose simulates teams week by week: what people do under a way to evaluate them, what the")
            ui.label("business gets, and how wrong the yardstick becomes.")
            _door("/lab", "For leaders", "Compare ways to evaluate people, and forward a page about it.")
            _door("/stories", "For teachers", "Stories to tell and to play: who is in them, and what to watch.")
            ui.label(NOT_A_JUDGE).classes("small")

    @ui.page("/stories", title="Stories · Crosspurpose")
    def stories() -> None:
        styled()
        with ui.element("main").classes("page"):
            ui.link("Back to the first page", "/")
            ui.html("<h1>Stories</h1>", sanitize=False)
            for name in options("scenario"):
                story = read("scenario", name).get("story", {})
                if "plain" not in story:
                    continue
                with ui.element("section"):
                    with ui.element("h2"):
                        ui.label(str(story["plain"]))
                    for key, before in (("story", ""), ("question", "The question: ")):
                        if key in story:
                            ui.label(f"{before}{story[key]}")


def _door(address: str, title: str, text: str) -> None:
    with ui.link(target=address).classes("door"):
        with ui.element("h2"):
            ui.label(title)
        ui.label(text)
