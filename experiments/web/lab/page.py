"""The page of the scheme lab: three questions, what comes of each scheme, and what can be done with the answer.

The page computes nothing. It shows what a `Trial` has, and passes on what is clicked.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from nicegui import events, ui

from experiments.web.doors import NOT_A_JUDGE, heading, styled
from experiments.web.jobs import Busy, Cancelled, Crashed
from experiments.web.lab import conversation as said
from experiments.web.lab import shown, tasks
from experiments.web.lab.form import Form, fold
from experiments.web.lab.trial import ASSUMING, DONE, LOOKING, RUNNING, Trial
from sim import filed
from sim.errors import InvalidInput, RunFailed

if TYPE_CHECKING:
    from experiments.web.app import Room

logger = logging.getLogger(__name__)
CALM = 0.25  # seconds between two looks at what is new
GONE = 15.0  # seconds after which a page that was closed is forgotten
MOST_TRIALS = 100  # pages at once
CROWD = 20  # tasks waiting from which on somebody is told why nothing moves
RED_TEAM = "red_team.yaml"
LOOKS_WRONG = "What looks wrong before anything is run"
STAGES = {
    LOOKING: "A first look",
    RUNNING: "Simulating",
    ASSUMING: "Trying what else may be true of a real team",
    DONE: "Working it out",
}
SPOKEN = {  # what whoever does not see the page is told
    LOOKING: "Computing a first look.",
    RUNNING: "A first look is there; the answer is being computed.",
    ASSUMING: "An answer is there; other assumptions are being tried.",
    DONE: "The answer is complete.",
}
KEEPS = """
(() => {  // a new answer leaves open what was open, and the focus where it was
  const open = new Set();
  let at = null;
  document.addEventListener("toggle", e => {
    const key = e.target.dataset?.key;
    if (key) open[e.target.open ? "add" : "delete"](key);
  }, true);
  const note = e => { at = e.target.closest?.(".results [data-key]")?.dataset.key ?? null; };
  document.addEventListener("focusin", note);
  document.addEventListener("pointerdown", note);
  const found = key => document.querySelector(`.results [data-key="${CSS.escape(key)}"]`);
  new MutationObserver(() => {
    for (const key of open) found(key)?.setAttribute("open", "");
    const lost = document.activeElement === document.body ? at && found(at) : null;
    (lost?.querySelector("summary") ?? lost)?.focus({preventScroll: true});
  }).observe(document.querySelector(".results"), {childList: true});
})();
"""
CHOOSE_A_FILE = """
<q-btn type="a" flat no-caps icon="upload_file" label="Choose a file, or drop it here" @click="props.pickFiles">
  <q-uploader-add-trigger />
</q-btn>
"""
GO = "document.getElementById('{}')?.focus()"
SHOW_TROUBLE = "setTimeout(() => document.querySelector('.trouble')?.scrollIntoView({block: 'nearest'}), 100)"
FORGET = "document.body.classList.remove('truth')"


def add(room: Room) -> None:
    """Add the page."""
    pages: set[str] = set()

    @ui.page("/lab", title="Scheme lab · Crosspurpose", reconnect_timeout=GONE)
    def lab() -> None:
        with styled():
            if len(pages) >= MOST_TRIALS:
                ui.label("Too many pages are open on this machine at the moment: please try again in a few minutes.")
                return
            owner = uuid.uuid4().hex
            pages.add(owner)
            bench = Bench(room, owner)

            def gone() -> None:
                pages.discard(owner)
                bench.trial.close()

            ui.context.client.on_delete(gone)
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
        self.new = True
        self.folded = self.wants_why = False
        self.offered: tasks.Prepared | None = None  # for which further questions are offered
        self.linted: tasks.Prepared | None = None  # in which it is looked for what is wrong
        self.why: ui.button | None = None

    def _note(self) -> None:
        self.new = True

    # --- how it is laid out

    def build(self) -> None:
        """Lay out the page."""
        ui.link("Back to the first page", "/")
        heading("h1", "What will it make people do?")
        with ui.element("div") as self.questions:
            ui.label(
                "Three questions about how people are evaluated, and who they are. There are no wrong answers."
            ).classes("lead")
            self.form = Form(self._complain)
            ui.button("Compare", on_click=self._compare).props("unelevated no-caps size=lg")
            self._ask_for_file()
        with ui.element("div").classes("question") as self.question:
            self.asked = ui.label()
            ui.button("Change the question", on_click=self._unfold).props("outline no-caps")
        self._build_progress()
        with ui.element("section").props('aria-labelledby="answer"') as self.answer:
            heading("h2", "The answer").props('id="answer" tabindex="-1"')
            with ui.element("div").classes("controls"):
                self.to_forward = ui.button("Download the brief", on_click=self._brief).props("unelevated no-caps")
                ui.button("Download the scenario file", on_click=self._download).props("outline no-caps")
            self.results = ui.html("", sanitize=False).classes("results")
            self.after = ui.element("section").props('aria-label="Ask further"')
            with ui.element("details").classes("fold") as self.warnings:
                self.warnings_title = heading("summary", LOOKS_WRONG)
                self.findings = ui.html("", sanitize=False)
        ui.label(NOT_A_JUDGE).classes("small foot")
        ui.run_javascript(KEEPS)
        self._show()
        ui.timer(CALM, self._show_news)

    def _ask_for_file(self) -> None:
        with fold("Or open a scenario file"):
            ui.label("One that was downloaded here, or that somebody sent you. Nothing in it is run as a program.")
            self.upload = ui.upload(
                auto_upload=True,
                max_file_size=filed.LARGEST,
                on_upload=self._uploaded,
                on_rejected=self._rejected,
            ).props('accept=".yaml,.yml" flat bordered')
            self.upload.add_slot("header", CHOOSE_A_FILE)

    def _build_progress(self) -> None:
        with ui.element("div").classes("trouble").props('role="alert"') as self.trouble:
            self.problem = ui.label()
        with ui.element("div").classes("progress") as self.progress:
            self.stage = ui.label()
            self.bar = ui.linear_progress(0, show_value=False).props("rounded size=.6rem")
            ui.button("Cancel", on_click=self._cancel).props("outline no-caps")
        self.retry = ui.button("Try again", on_click=self.trial.again).props("unelevated no-caps")
        self.spoken = ui.label().classes("unseen").props('role="status"')

    # --- what is clicked

    def _compare(self) -> None:
        try:
            talk = self.form.answers()
            text = talk.text()
        except InvalidInput as error:
            self._complain(str(error))
            return
        names = [n for n in dict.fromkeys((talk.today, *talk.considered, *said.REFERENCE)) if n not in self.form.own]
        known = partial(self.room.library.of, self.trial.owner, talk.words(), [*names, "_blank"])
        self._begin(text, talk.question(), known)

    def _begin(self, text: str, asked: str, known: Callable[[], Any] | None = None) -> None:
        """Start a comparison, and go where its answer will stand."""
        self.folded = True
        self.asked.set_text(asked)
        self.trial.begin(text, known)
        self._show()
        ui.run_javascript(f"{FORGET}; {GO.format('answer')}")

    def _unfold(self) -> None:
        self.folded = False
        self._show()

    def _cancel(self) -> None:
        self.trial.cancel()
        self._show()
        ui.run_javascript(GO.format("answer"))

    async def _uploaded(self, event: events.UploadEventArguments) -> None:
        self.upload.reset()
        try:
            text = (await event.file.read()).decode("utf-8")
        except UnicodeDecodeError:
            self._complain("This is not a text file.")
            return
        self._begin(text, f"The question of the file {PurePath(event.file.name).name}")

    def _rejected(self) -> None:
        self._complain(f"This is no scenario file: a yaml file of at most {filed.LARGEST // 1000} kB.")

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
        if trial.problem and trial.prepared is None and not trial.busy:
            self.folded = False
        self.questions.set_visibility(not self.folded)
        self.question.set_visibility(self.folded)
        self._show_progress()
        ready = trial.prepared
        self.answer.set_visibility(trial.busy or ready is not None)
        if trial.answer:
            self.results.set_content(trial.answer)
        elif ready is not None and trial.glances:
            self.results.set_content(shown.look(ready.labels, ready.today, trial.glances, ready.left_out))
        elif trial.stage == LOOKING:
            self.results.set_content("")
        self._offer()

    def _show_progress(self) -> None:
        trial = self.trial
        self.trouble.set_visibility(bool(trial.problem))
        if trial.problem and trial.problem != self.problem.text:
            ui.run_javascript(SHOW_TROUBLE)
        self.problem.set_text(trial.problem)
        stopped = bool(trial.file) and not trial.busy and trial.stage != DONE and self.folded
        self.retry.set_visibility(stopped)
        self.retry.set_text("Try again" if trial.problem else "Go on")
        self.progress.set_visibility(trial.busy)
        if not trial.busy:
            self.spoken.set_text(SPOKEN[DONE] if trial.stage == DONE else "")
            return
        crowded = not trial.done and self.room.workers.load()[0] > CROWD
        counted = trial.of > 0 and trial.stage != DONE
        number = f": {trial.done} of {trial.of}" if counted else " …"
        self.stage.set_text(f"{STAGES[trial.stage]}{number}{' (others are being served first)' if crowded else ''}")
        self.bar.set_value(trial.done / trial.of if counted else 0.0)
        self.bar.props["aria-label"], self.bar.props["indeterminate"] = STAGES[trial.stage], not counted
        self.spoken.set_text("Working it out." if trial.stage == DONE else SPOKEN[trial.stage])

    def _offer(self) -> None:
        """Offer what can be done with what there is."""
        trial, ready = self.trial, self.trial.prepared
        self.to_forward.set_visibility(bool(trial.answer))
        self.after.set_visibility(bool(trial.answer))
        if ready is None:
            self.warnings.set_visibility(False)
            return
        if self.linted is not ready and trial.stage != LOOKING:  # the first look is waited for
            self.linted = ready
            self.warnings_title.set_content(LOOKS_WRONG)
            self.findings.set_content("")
            with self.answer:
                ui.timer(0, partial(self._lint, ready), once=True)
        self.warnings.set_visibility(self.linted is ready)
        if trial.answer and self.offered is not ready:
            self.offered, self.why = ready, None
            self.after.clear()
            with self.after:
                self._ask_further(ready)
        if self.why is not None:
            self.why.set_enabled(trial.stage == DONE and not trial.busy)
        if self.wants_why and not trial.busy:
            self.wants_why = False
            ui.run_javascript(GO.format("why"))

    def _ask_further(self, ready: tasks.Prepared) -> None:
        heading("h3", "Ask further")
        if any(s.organisation for s in ready.study.variants.values()):
            ui.label("Why less is delivered than promised, and why somebody did something, can be asked of a team.")
            return
        self.why = ui.button("Why is less delivered than promised?", on_click=self._why).props("outline no-caps")
        self._one_member(ready)
        self._red_team(ready)

    def _why(self) -> None:
        self.wants_why = True
        self.trial.why()

    async def _lint(self, ready: tasks.Prepared) -> None:
        """Look for what is wrong with each scheme, and say in the title whether anything is."""
        found = {}
        for name in ready.ranked:
            answer = await self._asked(partial(tasks.linted, ready.study.variants[name].config))
            if answer:
                found[ready.labels[name]] = answer[0]
        if self.linted is ready:
            serious = sum(f.severity == "serious" for each in found.values() for f in each)
            more = f": {serious} serious" if serious else ""
            self.warnings_title.set_content(f"{LOOKS_WRONG}{more}")
            self.findings.set_content(shown.warned(found))

    def _one_member(self, ready: tasks.Prepared) -> None:
        with fold("Why did one of them do that?"):
            with ui.element("div").classes("fields"):
                scheme = ui.select({n: ready.labels[n] for n in ready.ranked}, value=ready.ranked[0], label="Under")
                people = [p.name for p in ready.study.variants[ready.ranked[0]].team.seats]
                member = ui.select(people, value=people[0], label="Who")
            place = ui.element("div").props('aria-live="polite"')

            async def tell() -> None:
                config, seed = ready.study.variants[scheme.value].config, ready.study.seed
                task = partial(tasks.explained, config, seed, member.value)
                found = await self._waited(place, "One moment …", task)
                if found:
                    with place:
                        ui.html(shown.told(found[0]), sanitize=False)

            ui.button("Tell me", on_click=tell).props("outline no-caps")

    def _red_team(self, ready: tasks.Prepared) -> None:
        with fold("What is the worst that a high score could be bought with?"):
            with ui.element("div").classes("fields"):
                scheme = ui.select({n: ready.labels[n] for n in ready.ranked}, value=ready.ranked[0], label="Under")
            place = ui.element("div").props('aria-live="polite"')

            async def attack() -> None:
                config = ready.study.variants[scheme.value].config
                task = partial(tasks.attacked, config, ready.study.seed, RED_TEAM.partition(".")[0])
                found = await self._waited(place, "Looking for it, about a quarter of a minute …", task)
                if found:
                    with place:
                        _show_attack(found[0])

            ui.button("Look for it", on_click=attack).props("outline no-caps")

    # --- what workers are asked

    async def _brief(self) -> None:
        found = await self._asked(partial(tasks.brief, self.trial.folder))
        if found:
            ui.download.content(found[0], "brief.html", "text/html")

    def _download(self) -> None:
        ui.download.content(self.trial.file, tasks.FILE, "application/yaml")

    async def _waited(self, place: ui.element, waiting: str, task: Callable[[], Any]) -> tuple[Any, ...]:
        """Say that something is on its way while it is, and return it as `_asked` does."""
        place.clear()
        with place:
            ui.label(waiting)
        found = await self._asked(task)
        place.clear()
        return found

    async def _asked(self, task: Callable[[], Any]) -> tuple[Any, ...]:
        """Return what a task returns, in a tuple of one; an empty one where it failed, which is then said."""
        try:
            return (await self.trial.ask(task),)
        except Cancelled:
            pass
        except (InvalidInput, RunFailed, Crashed, Busy, OSError) as error:
            self._complain(str(error))
        except Exception:
            logger.exception("a task of the lab failed")
            self._complain("Something went wrong here that should not; the rest of the page goes on.")
        return ()


def _show_attack(found: tuple[list[str], str] | None) -> None:
    """Show what raises a score and costs the business, if anything does."""
    if found is None:
        ui.label("Nothing worth telling was found: no week raises the score and costs the business.")
        return
    lines, text = found
    ui.html(shown.told(lines), sanitize=False)
    save = partial(ui.download.content, text, RED_TEAM, "application/yaml")
    ui.button("Download it as a scenario", on_click=save).props("outline no-caps")
