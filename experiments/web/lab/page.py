"""The page of the scheme lab: three questions, what comes of each scheme, and what can be done with the answer.

The page computes nothing. It shows what a `Trial` has, and passes on what is clicked.
"""

from __future__ import annotations

import html
import logging
import re
import uuid
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from nicegui import events, ui

from experiments.web.doors import NOT_A_JUDGE, styled
from experiments.web.jobs import Busy, Cancelled, Crashed
from experiments.web.lab import conversation as said
from experiments.web.lab import shown, tasks
from experiments.web.lab.conversation import Conversation, Own, Who
from experiments.web.lab.trial import ASSUMING, DONE, LOOKING, RUNNING, Trial
from sim import filed
from sim.errors import InvalidInput, RunFailed
from sim.loading import options, read

if TYPE_CHECKING:
    from experiments.web.app import Room

logger = logging.getLogger(__name__)
CALM = 0.25  # seconds between two looks at what is new
GONE = 15.0  # seconds after which a page that was closed is forgotten
MOST_TRIALS = 100  # pages at once
STAGES = {
    LOOKING: "A first look",
    RUNNING: "Running the teams",
    ASSUMING: "Trying what else may be true of a real team",
}
QUESTIONS = {
    "secure": "… how many want above all to keep this job?",
    "ambitious": "… how many want above all to rise?",
    "restless": "… how many want above all to be worth something elsewhere?",
}


def add(room: Room) -> None:
    """Add the page."""
    pages: set[str] = set()

    @ui.page("/lab", title="Scheme lab · Crosspurpose", reconnect_timeout=GONE)
    def lab() -> None:
        styled()
        if len(pages) >= MOST_TRIALS:
            ui.label("Too many pages are open on this machine at the moment: please try again in a few minutes.")
            return
        owner = uuid.uuid4().hex
        pages.add(owner)
        bench = Bench(room, owner)
        client = ui.context.client

        def gone() -> None:
            pages.discard(owner)
            bench.trial.close()

        client.on_delete(gone)
        bench.build()


class Bench:
    """What one browser sees of the lab.

    Parameters
    ----------
    room : Room
    owner : str
        The browser's name among those who compute.
    """

    def __init__(self, room: Room, owner: str) -> None:
        self.room = room
        self.trial = Trial(owner, room.workers, room.folder / owner, self._note)
        self.own: list[Own] = []
        self.new = True
        self.warned: dict[str, Any] = {}

    def _note(self) -> None:
        self.new = True

    # --- the three questions

    def build(self) -> None:
        """Lay out the page."""
        with ui.element("main").classes("page"):
            ui.link("Back to the first page", "/")
            _heading("h1", "What will it make people do?")
            ui.label("Three questions about how people are evaluated, and who they are. There are no wrong answers.")
            self._today()
            self._considered()
            self._who()
            with ui.row().classes("controls items-center"):
                self.compare = ui.button("Compare", on_click=self._compare).props("unelevated size=lg")
                self.cancel = ui.button("Cancel", on_click=self._cancel).props("flat")
            self._file()
            with ui.element("div").props('aria-live="polite"'):
                self.trouble = ui.column().classes("trouble")
                self.progress = ui.column().classes("w-full")
            self.warnings = ui.column().classes("w-full")
            self.results = ui.html("", sanitize=False).classes("w-full")
            self.after = ui.column().classes("w-full")
            ui.label(NOT_A_JUDGE).classes("small")
        self._rest()
        self._show()
        ui.timer(CALM, self._show_news)

    def _today(self) -> None:
        _heading("h2", "How are people evaluated today?")
        self.today = ui.select(said.ready_made(), value="manager_rating", label="Today", on_change=self._offer)
        self.today.classes("w-full")

    def _considered(self) -> None:
        _heading("h2", "What are you considering?")
        ui.label("One to six. Today's way is always compared with them.").classes("small")
        known = said.ready_made()
        self.boxes: dict[str, Any] = {}
        with ui.element("div").props('role="group" aria-label="What are you considering?"'):
            for name in said.IN_USE:
                self._box(name, known[name])
            with ui.expansion("More ways").classes("w-full"):
                for name, label in known.items():
                    if name not in said.IN_USE:
                        self._box(name, label)
            self.added = ui.element("div")
        for name in ("okr", "stack_ranking"):
            self.boxes[name].value = True
        with ui.expansion("One of your own, in plain words").classes("w-full"):
            self._of_ones_own()

    def _box(self, name: str, label: str) -> None:
        box = ui.checkbox(label)
        if name in options("scheme"):
            box.tooltip(str(read("scheme", name)["label"]["sentence"]))
        self.boxes[name] = box

    def _of_ones_own(self) -> None:
        signals = {n: str(read("signal", n)["label"]["plain"]) for n in options("signal")}
        name = ui.input("What you call it").props(f"maxlength={said.LONGEST}").classes("w-full")
        counts = {how: ui.select(signals, multiple=True, label=f"What counts {how}") for how in said.IMPORTANCE}
        pay = ui.select(list(said.PAY), value="by the score", label="What people are paid by")
        out = ui.select(list(said.OUT), value="nobody because of it", label="Who must go because of it")
        rhythm = ui.select(list(said.RHYTHM), value="every quarter", label="How often")
        for each in (*counts.values(), pay, out, rhythm):
            each.classes("w-full")

        def take() -> None:
            listed = {signal: how for how, chosen in counts.items() for signal in chosen.value or []}
            try:
                made = Own(name=name.value, counts=listed, pay=pay.value, out=out.value, rhythm=rhythm.value)
                if len(self.own) == said.CONSIDERED[1]:
                    raise InvalidInput("schemes of your own", len(self.own) + 1, f"at most {said.CONSIDERED[1]}")
            except InvalidInput as error:
                self._complain(str(error))
                return
            self._complain("")
            self.own.append(made)
            key = f"own_{len(self.own)}"
            with self.added:
                self._box(key, made.name.strip())
            self.boxes[key].value = True
            self.today.set_options(
                {**said.ready_made(), **{f"own_{i}": o.name.strip() for i, o in enumerate(self.own, 1)}}
            )

        ui.button("Add this way", on_click=take).props("outline")

    def _who(self) -> None:
        _heading("h2", "Who works here?")
        ui.label("Ranges are enough; what lies within them is what we call assumptions. No records of people.")
        self.kind = ui.radio({False: "A team", True: "An organisation"}, value=False, on_change=self._rest).props(
            "inline"
        )
        with ui.element("div"):
            self.size = _range("People in a team", said.SEATS, (9, 9))
        self.larger = ui.element("div").classes("w-full")
        with self.larger:
            self.engineers = _slider("People in all teams together", said.ENGINEERS, 175)
            self.levels = _slider("Levels of those who lead, from the head to those who lead a team", said.LEVELS, 3)
            self.rated_by = ui.select(list(said.RATED_BY), value="boss", label="Who says what counts").classes("w-full")
        _heading("h3", "Of ten people …")
        self.wishes = {key: _range(text, said.TEN, getattr(Who(), key)) for key, text in QUESTIONS.items()}
        self.title = ui.input("What to call your question (or leave it empty)").props("maxlength=160").classes("w-full")

    def _file(self) -> None:
        with ui.expansion("Or take up a scenario file").classes("w-full"):
            ui.label(
                "A yaml file that this page or `crosspurpose compare` has used; nothing in it is run as a program."
            )
            ui.upload(
                label="A scenario file",
                auto_upload=True,
                max_file_size=filed.LARGEST,
                max_files=100,
                on_upload=self._uploaded,
                on_rejected=lambda: self._complain(f"This file is too large: at most {filed.LARGEST // 1000} kB."),
            ).props('accept=".yaml,.yml"')

    def _rest(self) -> None:
        self.larger.set_visibility(self.kind.value is True)

    def _offer(self) -> None:
        box = self.boxes.get(self.today.value)
        if box is not None:
            box.value = False

    def _answers(self) -> Conversation:
        """Return what has been answered, checked as strictly as the command line's words."""
        who = Who(
            organisation=self.kind.value is True,
            size=_ends(self.size),
            engineers=int(self.engineers.value),
            levels=int(self.levels.value),
            rated_by=self.rated_by.value,
            **{key: _ends(each) for key, each in self.wishes.items()},
        )
        return Conversation(
            today=self.today.value,
            considered=tuple(n for n, box in self.boxes.items() if box.value and n != self.today.value),
            own=tuple(self.own),
            who=who,
            title=self.title.value or "",
        )

    # --- what is clicked

    def _compare(self) -> None:
        try:
            talk = self._answers()
            text = talk.text()
        except InvalidInput as error:
            self._complain(str(error))
            return
        self._complain("")
        self.warned = {}
        own = {f"own_{i}" for i in range(1, len(self.own) + 1)}
        names = [n for n in dict.fromkeys((talk.today, *talk.considered, *said.REFERENCE)) if n not in own]
        known = partial(self.room.library.of, self.trial.owner, talk.words(), [*names, "_blank"])
        self.trial.begin(text, known)

    def _cancel(self) -> None:
        self.trial.cancel()
        self.new = True

    async def _uploaded(self, event: events.UploadEventArguments) -> None:
        try:
            text = (await event.file.read()).decode("utf-8")
        except UnicodeDecodeError:
            self._complain("This is not a text file.")
            return
        self._complain("")
        self.warned = {}
        self.trial.begin(text)

    def _complain(self, text: str) -> None:
        self.trial.problem = text
        self.new = True

    # --- what is shown

    def _show_news(self) -> None:
        if self.new:
            self._show()

    def _show(self) -> None:
        self.new = False
        trial = self.trial
        self.cancel.set_visibility(trial.busy)
        self.trouble.clear()
        self.trouble.set_visibility(bool(trial.problem))
        with self.trouble:
            ui.label(trial.problem)
            if trial.file and not trial.busy and trial.stage != DONE:
                ui.button("Try again", on_click=trial.again).props("flat")
        self.progress.clear()
        with self.progress:
            if trial.busy and trial.stage in STAGES:
                share = trial.done / trial.of if trial.of else 0.0
                waiting = (
                    ", others are being served first" if not trial.done and self.room.workers.load()[0] > 20 else ""
                )
                ui.label(f"{STAGES[trial.stage]}: {trial.done} of {trial.of or '…'}{waiting}")
                ui.linear_progress(share, show_value=False).props(f'aria-label="{STAGES[trial.stage]}"')
        ready = trial.prepared
        if trial.answer:
            self.results.set_content(trial.answer)
        elif ready is not None and trial.glances:
            self.results.set_content(shown.look(ready.labels, ready.today, trial.glances, ready.left_out))
        elif trial.stage == LOOKING:
            self.results.set_content("")
        self._offers()

    def _offers(self) -> None:
        """Offer what can be done with what there is."""
        ready, stage = self.trial.prepared, (self.trial.prepared, bool(self.trial.answer), self.trial.stage)
        if getattr(self, "_offered", None) == stage:
            return
        self._offered = stage
        self.after.clear()
        if ready is None:
            self.warnings.clear()
            return
        if not self.warned:
            self.warned = {"": []}
            ui.timer(0, self._lint, once=True)
        with self.after:
            if self.trial.answer:
                ui.switch("Show what is so, beside what a manager sees", on_change=self._reveal)
                with ui.row().classes("controls"):
                    ui.button("Download the brief", on_click=self._brief).props("unelevated")
                    ui.button("Download the scenario file", on_click=self._download).props("outline")
                    if stage[2] == DONE and not self._organised():
                        ui.button("Why?", on_click=self.trial.why).props("outline")
                if not self._organised():
                    self._one_member(ready)
                    self._red_team(ready)

    def _organised(self) -> bool:
        ready = self.trial.prepared
        return ready is None or any(s.organisation for s in ready.study.variants.values())

    def _reveal(self, event: events.ValueChangeEventArguments[bool | None]) -> None:
        self.results.classes(add="truth" if event.value else "", remove="" if event.value else "truth")

    async def _lint(self) -> None:
        ready = self.trial.prepared
        if ready is None:
            return
        found = {}
        for name in ready.ranked:
            config = ready.study.variants[name].config
            answer = await self._asked(partial(tasks.linted, config))
            if answer is not None:
                found[ready.labels[name]] = answer
        self.warned = found
        self.warnings.clear()
        with self.warnings:
            _heading("h2", "Before anything is run")
            ui.html(shown.warned(found), sanitize=False).classes("w-full")

    def _one_member(self, ready: tasks.Prepared) -> None:
        with ui.expansion("Why did one of them do that?").classes("w-full"):
            scheme = ui.select({n: ready.labels[n] for n in ready.ranked}, value=ready.ranked[0], label="Under")
            people = [p.name for p in ready.study.variants[ready.ranked[0]].team.seats]
            member = ui.select(people, value=people[0], label="Who")
            place = ui.html("", sanitize=False)

            async def tell() -> None:
                config, seed = ready.study.variants[scheme.value].config, ready.study.seed
                lines = await self._asked(partial(tasks.explained, config, seed, member.value))
                if lines:
                    place.set_content(shown.told(lines))

            for each in (scheme, member):
                each.classes("w-full")
            ui.button("Tell me", on_click=tell).props("outline")

    def _red_team(self, ready: tasks.Prepared) -> None:
        with ui.expansion("What is the worst that a high score could be bought with?").classes("w-full"):
            scheme = ui.select({n: ready.labels[n] for n in ready.ranked}, value=ready.ranked[0], label="Under")
            scheme.classes("w-full")
            place = ui.column().classes("w-full")

            async def attack() -> None:
                place.clear()
                with place:
                    ui.label("Looking for it, about a quarter of a minute …")
                config, name = ready.study.variants[scheme.value].config, "red_team"
                found = await self._asked(partial(tasks.attacked, config, ready.study.seed, name), wrapped=True)
                place.clear()
                with place:
                    if found is None:
                        return
                    if found[0] is None:
                        ui.label("Nothing worth telling was found: no week raises the score and costs the business.")
                        return
                    lines, text = found[0]
                    ui.html(shown.told(lines), sanitize=False)
                    save = partial(ui.download.content, text, f"{name}.yaml")
                    ui.button("Download it as a scenario", on_click=save).props("outline")

            ui.button("Look for it", on_click=attack).props("outline")

    async def _brief(self) -> None:
        page = await self._asked(partial(tasks.brief, self.trial.folder))
        if page is not None:
            ui.download.content(page, "brief.html", "text/html")

    def _download(self) -> None:
        ui.download.content(self.trial.file, tasks.FILE, "application/yaml")

    async def _asked(self, task: Callable[[], Any], wrapped: bool = False) -> Any:
        """Return what a task returns, in a list of one if wrapped; None where it failed, which is then said."""
        try:
            found = await self.trial.ask(task)
        except Cancelled:
            return None
        except (InvalidInput, RunFailed, Crashed, Busy, OSError) as error:
            self._complain(str(error))
            return None
        except Exception:
            logger.exception("a task of the lab failed")
            self._complain("Something went wrong here that should not; the rest of the page goes on.")
            return None
        return [found] if wrapped else found


def _heading(tag: str, text: str) -> None:
    ui.html(f"<{tag}>{html.escape(text)}</{tag}>", sanitize=False)


def _ends(control: Any) -> tuple[int, int]:
    value = control.value
    try:
        return int(value["min"]), int(value["max"])
    except (KeyError, TypeError, ValueError):
        raise InvalidInput("a range", re.sub(r"\s+", " ", str(value))[:40], "a lower and an upper end") from None


def _range(text: str, ends: tuple[int, int], value: tuple[int, int]) -> Any:
    label = ui.label()
    found = ui.range(min=ends[0], max=ends[1], value={"min": value[0], "max": value[1]})
    found.props(f'snap aria-label="{html.escape(text)}"').classes("w-full")

    def told() -> None:
        low, high = _ends(found)
        label.set_text(f"{text} {low}" if low == high else f"{text} {low} to {high}")

    found.on_value_change(told)
    told()
    return found


def _slider(text: str, ends: tuple[int, int], value: int) -> Any:
    label = ui.label()
    found = ui.slider(min=ends[0], max=ends[1], value=value)
    found.props(f'aria-label="{html.escape(text)}"').classes("w-full")

    def told() -> None:
        label.set_text(f"{text}: {int(found.value)}")

    found.on_value_change(told)
    told()
    return found
