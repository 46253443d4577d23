"""Write the reference pages of the documentation: docs/reference/*.md, nothing of them by hand.

python -m experiments.reference_pages

verbs         keys and what they mean from the yaml of each verb; unit, range and what is written from
              reference_pages.yaml; the words below from the module of the verb
parameters    the generated tables of ODD.md, one for each part of a scenario
all others    the yaml of a group and, where a yaml names a class, what its docstring says
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml

from experiments import lessons
from experiments.cli import FILES, HELP, HOMES, STUDIES
from experiments.odd_table import BEGIN, END, document
from sim import catalogue
from sim.loading import configs, options, read

LEFT_OUT = ("defaults", "hydra", "scheme")  # of a verb's yaml: Hydra's own, and what only passes a key on
PARTS = {  # first word of a parameter → the heading it stands under
    **dict.fromkeys(("weeks", "onset", "today", "good_intent"), "The run"),
    **{"activities": "Activities", "signals": "Signals", "scheme": "Scheme", "team": "Team"},
    **{"motives": "Motives", "choice": "Choice", "conduct": "Conduct", "beliefs": "Beliefs", "craft": "Craft"},
    **{"project": "Project", "turnover": "Turnover", "goals": "Goals", "organisation": "Organisation"},
    **{"politics": "Politics", "culture": "Culture", "sponsor": "Sponsor", "customers": "Customers"},
    **{"reporting": "Reporting", "interventions": "Interventions", "intervener": "Intervener"},
    "reference_team": "Reference team",
}
LINES = {"symptom": "treats a symptom", "function": "changes a function", "perception": "changes what is seen"}
NONE = "—"


def main() -> None:
    """Make all pages anew."""
    folder = document().parent / "reference"
    for name, text in pages().items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8", newline="\n")


def pages() -> dict[str, str]:
    """Return every page of the reference: its name without .md → its text."""
    makers: Mapping[str, Callable[[], str]] = {
        **{"verbs": _verbs, "parameters": _parameters, "measures": _measures, "schemes": _schemes},
        **{"signals": _signals, "scenarios": _scenarios, "interventions": _interventions, "lessons": _lessons},
        "motives": lambda: _members("Motives", "motive", "What a member of a team may want."),
        "rewards": lambda: _members("Reward rules", "reward", "What a score brings whoever has it."),
    }
    note = "<!-- generated: python -m experiments.reference_pages -->"
    return {name: f"{note}\n\n{make().rstrip()}\n" for name, make in makers.items()}


@cache
def facts() -> Mapping[str, Any]:
    """Return what is known of the words of verbs beyond their own yaml."""
    content: dict[str, Any] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
    return content


def said(verb: str) -> Iterator[tuple[str, str, str]]:
    """Yield what the yaml of a study verb says of its own keys: dotted name, value, and comment or nothing."""
    text = (configs() / f"{verb}.yaml").read_text(encoding="utf-8")
    if re.search(r"^  - verb$", text, flags=re.MULTILINE):
        yield from said("verb")
    above = ""
    for line in text.splitlines():
        found = re.fullmatch(r'( *)"?(\w+)"?:(?: ([^#]*?))?(?: *# (.*))?', line)
        if not found:
            continue
        indent, key, value, comment = found.groups(default="")
        above = key if not indent else above
        if above in LEFT_OUT or not value:
            continue
        yield (key if not indent else f"{above}.{key}"), value.strip(), comment


def fact(verb: str, key: str) -> Mapping[str, str]:
    """Return unit, range and perhaps meaning of a study verb's key."""
    keys: Mapping[str, Mapping[str, str]] = facts()["keys"]
    return keys.get(f"{verb}.{key}", keys.get(key, {}))


def _verbs() -> str:
    text = [
        "# Verbs",
        "`crosspurpose VERB …`. Study verbs take `key=value`; besides the keys listed here they take every key of a "
        "[scenario](parameters.md) and every group (`scheme=commits`). File verbs take plain words. Exit status: 0 "
        "done, 1 a check or some runs failed, 2 bad input, 130 interrupted. The default of a folder is one in "
        "`results/`, with an address of what was run.",
    ]
    for group, verbs in HELP.items():
        text += [f"## To {group}", *(_verb(verb) for verb in verbs)]
    return "\n\n".join(text)


def _verb(verb: str) -> str:
    study = verb in STUDIES
    head = _table(
        ["key" if study else "word", "what it is", "default", "unit", "allowed"], _keys(verb) if study else _words(verb)
    )
    parts = [f"### {verb}", _sentence((STUDIES | FILES)[verb]), head, f"*Writes:* {facts()['writes'][verb]}."]
    more = _more(HOMES.get(verb, f"experiments.{verb}"))
    return "\n\n".join([*parts, *([f"```text\n{more}\n```"] if more else [])])


def _keys(verb: str) -> Iterator[list[str]]:
    """Rows of a study verb."""
    for key, value, comment in said(verb):
        known = fact(verb, key)
        yield [f"`{key}`", known.get("meaning", comment), f"`{value}`", known["unit"], known["allowed"]]


def _words(verb: str) -> Iterator[list[str]]:
    """Rows of a file verb."""
    for word, known in facts()["words"][verb].items():
        usual = f"`{known['usual']}`" if known["usual"] != "" else NONE
        yield [f"`{word}`", known["meaning"], usual, known["unit"], known["allowed"]]


def _more(module: str) -> str:
    """What a module says of itself after the first line; nothing of it is run."""
    found = find_spec(module)
    assert found is not None and found.origin is not None
    text = Path(found.origin).read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(text)) or "").partition("\n")[2].strip("\n")


def _parameters() -> str:
    text = [
        "# Parameters",
        "Every number and switch of a scenario, by its name on the command line (`*` stands for any one name or "
        "place). *Allowed* is what the code accepts, *ships as* what the ready-made scenarios have, *plausible* what "
        "may be true of a real team: the range that `assumptions=plausible` and sweeps draw from. *Held* numbers are "
        "settings and are not drawn. The equations are in [the description of the model](../ODD.md).",
    ]
    head, *rows = _odd("").splitlines()[0:1] + _odd("").splitlines()[2:]
    line = "| " + " | ".join("---" for _ in head.strip("| ").split(" | ")) + " |"
    for part in dict.fromkeys(PARTS.values()):
        own = [row for row in rows if PARTS[re.split(r"[.`]", row)[1]] == part]
        text.append("\n".join([f"## {part}\n", head, line, *own]))
    for title in ("Activities as shipped", "Settings of the computation: numbers of the code that describe no team"):
        text += [f"## {title}", _odd(title)]
    return "\n\n".join(text)


def _odd(title: str) -> str:
    """Return a generated table of ODD.md, by its heading; nothing: the first, of parameters."""
    generated = document().read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]
    parts = re.split(r"^#### (.*)$", generated, flags=re.MULTILINE)
    tables = {"": parts[0], **dict(zip(parts[1::2], parts[2::2], strict=True))}
    return tables[title].strip()


def _measures() -> str:
    from sim.measures import pooled_measures

    pooled = pooled_measures()
    rows = [
        [
            *(f"`{name}`", m["label"]["plain"], _sentence(m["label"]["sentence"]), m["unit"]),
            *(_good(m["label"]["good"]), "all runs" if name in pooled else "each run"),
        ]
        for name, m in _all("measure")
    ]
    text = (
        "What is told of every run, or of all runs together where it takes many to say it. A measure can be the "
        "`outcome` of a sweep or of a claim. Some are there only with a sponsor, customers and so on. "
        "Besides these there are `effort_ACTIVITY` and `aligned_effort_ACTIVITY` (weeks of effort per person-week, of "
        "the team and of the aligned team), and with customers `met_DEPARTMENT` and `blocked_by_DEPARTMENT`. Exact "
        "definitions are in [section 9 of the description](../ODD.md#9-observation)."
    )
    return f"# Measures\n\n{text}\n\n" + _table(["name", "in words", "what it is", "unit", "better", "of"], rows)


def _good(direction: str) -> str:
    return NONE if direction == "neither" else direction


def _labelled(group: str) -> str:
    rows = [[f"`{name}`", s["label"]["plain"], _sentence(s["label"]["sentence"])] for name, s in _all(group)]
    return _table(["name", "in words", "what it is"], rows)


def _schemes() -> str:
    text = "Ways to evaluate people: signals, what they count for, and what hangs on the score. `scheme=NAME` chooses."
    rules = f"*team*: as the yaml of the team says.\n\n{_odd('Schemes as shipped')}"
    return f"# Schemes\n\n{text}\n\n{_labelled('scheme')}\n\n## What they consist of\n\n{rules}"


def _signals() -> str:
    text = "What can be observed of a week. A signal matters to people when a scheme weighs it."
    title = "Signals as shipped: loadings and weekly noise"
    return f"# Signals\n\n{text}\n\n{_labelled('signal')}\n\n## What a week of each activity adds\n\n{_odd(title)}"


def _scenarios() -> str:
    text = ["# Scenarios", "Stories to begin with; `scenario=NAME` chooses. Each has a question and what to watch."]
    for name, content in _all("scenario"):
        story = content.get("story", {})
        parts = [story.get("story"), story.get("question"), story.get("watch") and f"*Watch:* {story['watch']}"]
        text += [f"## {_heading(name, story.get('plain', name))}", *(str(p) for p in parts if p)]
    return "\n\n".join([*text, "## Who is on the teams", _odd("Scenarios as shipped")])


def _interventions() -> str:
    text = [
        "# Interventions",
        "What somebody can do about it: `'interventions=[NAME]'`, or `{use: NAME, start: 30, mode: held}` for another "
        "time. A *pulse* ends after its weeks, what is *held* goes on. Authority runs from 0 to 1; who has less is "
        "refused. Hours are shares of the intervener's week.",
    ]
    rows = [
        [
            *(f"`{name}`", x["label"]["plain"], _sentence(x["label"]["sentence"])),
            ", ".join(dict.fromkeys(LINES[line["line"]] for line in x["lines"])),
            *(x["mode"], x["start"], x["weeks"], x["authority"], x["hours"]),
        ]
        for name, x in _all("intervention")
    ]
    numbers = ["mode", "start [week]", "lasts [weeks]", "authority", "hours [share]"]
    return "\n\n".join([*text, _table(["name", "in words", "what it is", "kind", *numbers], rows)])


def _lessons() -> str:
    text = [
        "# Lessons",
        "What a class can live through: `crosspurpose class lesson=NAME`. [For teachers](../teaching/README.md).",
    ]
    for name, file in lessons.files().items():
        if file.parent != Path(lessons.__file__).parent:
            continue
        lesson = lessons.read(file)
        lengths = ", ".join(f"{m} minutes ({t.rounds} rounds of {t.seconds} s)" for m, t in lesson.minutes.items())
        text += [
            f"## {_heading(name, lesson.label.plain)}",
            _sentence(lesson.label.sentence),
            f"- *Counted:* {lesson.number}\n- *Companies:* {', '.join(c.reveal for c in lesson.companies)}\n"
            f"- *Lengths:* {lengths}\n- *What should show:* {lesson.effect.says}",
        ]
    return "\n\n".join(text)


def _members(title: str, group: str, about: str) -> str:
    """A page of a group whose yaml name classes of a catalogue."""
    folder = {"motive": "motives", "reward": "rewards"}[group]
    kinds = catalogue.kinds(folder)
    text = [f"# {title}", about]
    named: dict[str, list[tuple[str, Mapping[str, Any]]]] = {kind: [] for kind in kinds}
    for name, content in _all(group):
        named[content["kind"]].append((name, content))
    for kind, chosen in named.items():
        module = import_module(f"sim.{folder}.{kind}")
        cls = catalogue.final_class(folder, kind)
        summary, sections = docstring(cls.__doc__ or "")
        words = [c["label"]["plain"] for n, c in sorted(chosen, key=lambda each: each[0] != kind)]
        text += [f"## {_heading(kind, *words[:1] or [kind])}", summary]
        text += [f"- `{n}`: {c['label']['plain']}. {_sentence(c['label']['sentence'])}" for n, c in chosen]
        if chosen:
            fields = [(f, [str(c.get(f, "")) for _, c in chosen]) for f in cls.__dataclass_fields__ if f != "loadings"]
            means = dict(_fields(sections.get("Parameters", "")))
            rows = [[f"`{f}`", means.get(f, NONE), *(_plain(v) for v in values)] for f, values in fields]
            text.append(_table(["field", "what it is", *(f"`{n}`" for n, _ in chosen)], rows) if rows else "")
        formula = inspect.cleandoc(module.__doc__ or "").partition("\n")[2].strip("\n")
        text += [f"```text\n{formula}\n```"] if formula else []
        text += [f"*Source:* {' '.join(sections['References'].split())}"] if "References" in sections else []
    return "\n\n".join(t for t in text if t)


def docstring(text: str) -> tuple[str, dict[str, str]]:
    """Split a numpydoc text into what it says first and its sections.

    Examples
    --------
    >>> first, sections = docstring("Pay.\\n\\nParameters\\n----------\\nslope : float\\n    b.\\n")
    >>> first, list(sections)
    ('Pay.', ['Parameters'])
    """
    parts = re.split(r"^(\w[\w ]*)\n-{3,}\n", inspect.cleandoc(text) + "\n", flags=re.MULTILINE)
    return parts[0].strip(), dict(zip(parts[1::2], (p.strip("\n") for p in parts[2::2]), strict=True))


def _fields(section: str) -> Iterator[tuple[str, str]]:
    """Yield name and meaning of each parameter of a section."""
    for names, meaning in re.findall(r"^([\w, ]+?) : [^\n]*\n((?:    .*\n?)*)", section + "\n", flags=re.MULTILINE):
        for name in names.split(", "):
            yield name, " ".join(meaning.split()) or NONE


def _all(group: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the project's own yaml of a group."""
    for name in options(group):
        if (configs() / group / f"{name}.yaml").is_file():
            yield name, read(group, name)


def _heading(name: str, plain: str) -> str:
    return f"{plain[:1].upper()}{plain[1:]} (`{name}`)"


def _sentence(text: str) -> str:
    text = f"{text[:1].upper()}{text[1:]}"
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _plain(value: str) -> str:
    return "null" if value == "None" else value.lower() if value in ("True", "False") else value or NONE


def _table(head: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(_cell(c) for c in line) + " |" for line in lines)


def _cell(content: object) -> str:
    return str(content).replace("|", "\\|").replace("<", "&lt;")


if __name__ == "__main__":
    main()
