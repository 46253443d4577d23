"""The three questions of the scheme lab as a form: how people are evaluated, what is considered, who works here."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from nicegui import ui

from experiments.web.doors import heading
from experiments.web.lab import conversation as said
from experiments.web.lab.conversation import Conversation, Own, Who
from sim.errors import InvalidInput
from sim.loading import options, read

QUESTIONS = {
    "secure": "… how many want above all to keep this job?",
    "ambitious": "… how many want above all to rise?",
    "restless": "… how many want above all to be worth something elsewhere?",
}

# Quasar names what is around a slider; what has the focus is the end that is moved.
SPEAKS = """
for (const slider of document.querySelectorAll(".q-slider")) {
  const ends = [...slider.querySelectorAll("[tabindex]")];
  const words = ends.length > 1 ? [", at least", ", at most"] : [""];
  const tell = () => slider.dataset.now.split(" ").forEach((value, i) => ends[i].setAttribute("aria-valuenow", value));
  ends.forEach((end, i) => {
    const {name, low, high} = slider.dataset;
    const said = {role: "slider", "aria-label": name + words[i], "aria-valuemin": low, "aria-valuemax": high};
    Object.entries(said).forEach(([key, value]) => end.setAttribute(key, value));
  });
  tell();
  new MutationObserver(tell).observe(slider, {attributeFilter: ["data-now"]});
}
"""


class Form:
    """The questions, as controls of the page that is being built.

    Parameters
    ----------
    complain : callable
        Is told in a sentence what is wrong with an answer; nothing where nothing is.
    """

    def __init__(self, complain: Callable[[str], None]) -> None:
        self._complain = complain
        self._own: list[Own] = []
        self._boxes: dict[str, Any] = {}
        self._ask_today()
        self._ask_considered()
        self._ask_who()
        self._follow_today()
        self._follow_kind()
        ui.run_javascript(SPEAKS)

    @property
    def own(self) -> list[str]:
        """The schemes of one's own, as they are numbered."""
        return [f"own_{i}" for i in range(1, len(self._own) + 1)]

    def answers(self) -> Conversation:
        """Return what has been answered, checked as strictly as the command line's words."""
        who = Who(
            organisation=self._kind.value is True,
            size=_ends(self._size),
            engineers=int(self._engineers.value),
            levels=int(self._levels.value),
            rated_by=self._rated_by.value,
            **{key: _ends(each) for key, each in self._wishes.items()},
        )
        return Conversation(
            today=self._today.value,
            considered=tuple(n for n, box in self._boxes.items() if box.value and n != self._today.value),
            own=tuple(self._own),
            who=who,
            title=self._title.value or "",
        )

    # --- how people are evaluated today

    def _ask_today(self) -> None:
        heading("h2", "How are people evaluated today?")
        self._today = ui.select(
            said.ready_made(), value="manager_rating", label="Today", on_change=self._follow_today
        ).classes("field")

    def _follow_today(self) -> None:
        """Today's scheme is no choice: it is compared anyway."""
        for name, box in self._boxes.items():
            if name == self._today.value:
                box.value = False
            box.set_enabled(name != self._today.value)

    # --- what is considered

    def _ask_considered(self) -> None:
        heading("h2", "What are you considering?")
        ui.label("One to six. Today's way is always compared with them.").classes("small")
        known = said.ready_made()
        others = [n for n in known if n not in said.IN_USE]
        with ui.element("div").props('role="group" aria-label="What are you considering?"'):
            with ui.element("div").classes("choices"):
                for name in known:
                    if name not in others:
                        self._box(name, known[name])
            self._added = ui.element("div").classes("choices")
            with fold("More ways"), ui.element("div").classes("choices"):
                for name in others:
                    self._box(name, known[name])
        for name in ("okr", "stack_ranking"):
            self._boxes[name].value = True
        with fold("What each of them means"), ui.element("dl").classes("meanings"):
            for name, label in known.items():
                heading("dt", label)
                heading("dd", str(read("scheme", name)["label"]["sentence"]))
        with fold("Describe one of your own"):
            self._ask_own()

    def _box(self, name: str, label: str) -> None:
        self._boxes[name] = ui.checkbox(label)

    def _ask_own(self) -> None:
        signals = {n: str(read("signal", n)["label"]["plain"]) for n in options("signal")}
        with ui.element("div").classes("fields"):
            name = ui.input("What you call it").props(f"maxlength={said.LONGEST}")
            counts = {how: ui.select(signals, multiple=True, label=f"What counts {how}") for how in said.IMPORTANCE}
            pay = ui.select(list(said.PAY), value="by the score", label="What people are paid by")
            out = ui.select(list(said.OUT), value="nobody because of it", label="Who must go because of it")
            rhythm = ui.select(list(said.RHYTHM), value="every quarter", label="How often")

        def take() -> None:
            listed = {signal: how for how, chosen in counts.items() for signal in chosen.value or []}
            try:
                self._take(Own(name=name.value, counts=listed, pay=pay.value, out=out.value, rhythm=rhythm.value))
            except InvalidInput as error:
                self._complain(str(error))
                return
            self._complain("")
            name.value = ""
            for each in counts.values():
                each.value = []

        ui.button("Add this way", on_click=take).props("outline no-caps")

    def _take(self, made: Own) -> None:
        """Add a scheme of one's own to what can be chosen."""
        name = made.name.strip()
        if len(self._own) == said.CONSIDERED[1]:
            raise InvalidInput("ways of your own", len(self._own) + 1, f"at most {said.CONSIDERED[1]}")
        if name in self._named().values():
            raise InvalidInput("what you call it", name, "a name that no other way has")
        self._own.append(made)
        key = self.own[-1]
        with self._added:
            self._box(key, name)
        self._boxes[key].value = True
        self._today.set_options(self._named())

    def _named(self) -> dict[str, str]:
        mine = (o.name.strip() for o in self._own)
        return {**said.ready_made(), **dict(zip(self.own, mine, strict=True))}

    # --- who works here

    def _ask_who(self) -> None:
        heading("h2", "Who works here?")
        ui.label("A range is enough: what lies within it is what we call assumptions. No records of people.").classes(
            "small"
        )
        self._kind = ui.radio({False: "A team", True: "An organisation"}, value=False, on_change=self._follow_kind)
        self._kind.props('inline aria-label="A team or an organisation"')
        with ui.element("div").classes("fields"):
            self._size = _range("People in a team:", said.SEATS, (9, 9))
        self._larger = ui.element("div").classes("fields")
        with self._larger:
            self._engineers = _slider("People in all teams together:", said.ENGINEERS, 175)
            self._levels = _slider("Levels of leaders, from the head to the team leads:", said.LEVELS, 3)
            self._rated_by = ui.select(list(said.RATED_BY), value="boss", label="Who says what counts")
        heading("h3", "Of ten people …")
        with ui.element("div").classes("fields"):
            self._wishes = {key: _range(text, said.TEN, getattr(Who(), key)) for key, text in QUESTIONS.items()}
            self._title = ui.input("What to call your question, if you like").props(f"maxlength={2 * said.LONGEST}")

    def _follow_kind(self) -> None:
        self._larger.set_visibility(self._kind.value is True)


def fold(text: str) -> Any:
    """Return what opens when its title is chosen."""
    with ui.element("details").classes("fold") as found:
        heading("summary", text)
    return found


def _ends(control: Any) -> tuple[int, int]:
    value = control.value
    try:
        return int(value["min"]), int(value["max"])
    except (KeyError, TypeError, ValueError):
        raise InvalidInput("a range", re.sub(r"\s+", " ", str(value))[:40], "a lower and an upper end") from None


def _range(text: str, ends: tuple[int, int], value: tuple[int, int]) -> Any:
    """Return a slider with two ends, below what it asks and says."""
    with ui.element("div").classes("slider"):
        label = ui.label()
        found = ui.range(min=ends[0], max=ends[1], value={"min": value[0], "max": value[1]})
    return _saying(found, label, text, ends, lambda: _ends(found))


def _slider(text: str, ends: tuple[int, int], value: int) -> Any:
    """Return a slider below what it asks and says."""
    with ui.element("div").classes("slider"):
        label = ui.label()
        found = ui.slider(min=ends[0], max=ends[1], value=value)
    return _saying(found, label, text, ends, lambda: (int(found.value),))


def _saying(control: Any, label: Any, text: str, ends: tuple[int, int], now: Callable[[], tuple[int, ...]]) -> Any:
    """Have a slider say its value, in its label and to whoever does not see it."""

    def say() -> None:
        label.set_text(f"{text} {'\u00a0to\u00a0'.join(map(str, dict.fromkeys(now())))}")
        control.props["data-now"] = " ".join(map(str, now()))

    name = text.strip(" …:?")
    its = ("aria-valuenow", "aria-valuemin", "aria-valuemax", "aria-orientation")  # a group has none of them
    control.props.update({"role": "group", "aria-label": name, "snap": True, **dict.fromkeys(its)})
    control.props.update({"data-name": name, "data-low": str(ends[0]), "data-high": str(ends[1])})
    control.on_value_change(say)
    say()
    return control
