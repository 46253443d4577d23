"""`crosspurpose list [GROUP] [--extend DIR]`: what there is to choose from and whose it is, without Hydra."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from experiments import lessons, replications
from experiments import studies as study
from experiments.console import console
from experiments.typed import Parser
from sim import catalogue
from sim.errors import unknown
from sim.loading import PYTHON, configs, extended, file_of, groups, options, read

STUDY = "study"
REPLICATION = "replication"
LESSON = "lesson"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Something that can be chosen.

    Parameters
    ----------
    name : str
    plain, sentence : str
        What people call it, and what it is.
    files : tuple of Path
        Where it stands, if it is the user's own; nothing for what comes with the project.
    """

    name: str
    plain: str
    sentence: str
    files: tuple[Path, ...]

    @property
    def whose(self) -> str:
        """Whose it is, in a word."""
        return "yours" if self.files else "ours"


def main(words: Sequence[str]) -> int:
    """Print the groups, or the options of one."""
    parser = Parser(prog="crosspurpose list", description=__doc__, allow_abbrev=False)
    parser.add_argument("group", nargs="?", help="schemes, motives, signals, ... (singular or plural)")
    parser.add_argument("--extend", metavar="DIR", help="a folder of your own; extend=DIR is the same")
    given = parser.parse_args([f"--{w}" if w.startswith("extend=") else w for w in words])
    with extended(given.extend) as folder:
        _print(given.group, {STUDY: studied(folder), REPLICATION: replicated(), LESSON: taught()})
    return 0


def _print(group: str | None, others: Mapping[str, Sequence[Entry]]) -> None:
    screen = console()
    there = called()
    if group is None:
        for plural, name in there.items():
            whose = {e.name: e.whose == "yours" for e in others[name]} if name in others else names(name)
            shown = [f"{n} (yours)" if own else n for n, own in whose.items()]
            screen.print(f"[bold]{plural}[/bold]: {', '.join(shown)}", soft_wrap=True)
        return
    found = [name for plural, name in there.items() if group in (name, plural)]
    if not found:
        raise unknown("list", group, there)
    rows = others[found[0]] if found[0] in others else entries(found[0])
    width = max((len(e.name) for e in rows), default=0)
    for entry in rows:
        screen.print(f"[bold]{entry.name:{width}}[/bold]  {entry.whose:5}  {entry.plain}".rstrip(), soft_wrap=True)
        below = [] if entry.sentence == entry.plain else [entry.sentence]
        for line in [*below, *(_short(f) for f in entry.files)]:
            screen.print(f"{'':{width}}         {line}", soft_wrap=True, style="dim", markup=False)


def called() -> dict[str, str]:
    """Return the groups there are: what several of one are called → its name."""
    return {_plural(name): name for name in sorted({*groups(), *PYTHON, STUDY, REPLICATION, LESSON})}


def names(group: str) -> dict[str, bool]:
    """Names of the entries of a group, and whether each is the user's own; no yaml is read where its name is enough."""
    if group == "activity":
        return {e.name: e.whose == "yours" for e in entries(group)}
    found = {n: not file_of(group, n).is_relative_to(configs()) for n in options(group)}
    if group in PYTHON:
        found = {k: bool(_own(PYTHON[group], k)) for k in catalogue.kinds(PYTHON[group])} | found
        return dict(sorted(found.items()))
    return found


def entries(group: str) -> list[Entry]:
    """Every option of a group (for `activity` every activity), and members of a catalogue without a yaml so called."""
    found: list[Entry] = []
    for option in options(group):
        config, file = read(group, option), file_of(group, option)
        files: tuple[Path, ...] = () if file.is_relative_to(configs()) else (file,)
        if group == "activity":
            labelled = {k: v.get("label") for k, v in config.items() if isinstance(v, dict)}
        else:
            labelled = {option: config.get("label", config.get("story"))}
            if group in PYTHON and config.get("kind") in catalogue.kinds(PYTHON[group]):
                files += _own(PYTHON[group], config["kind"])
        for name, label in labelled.items():
            words = label if isinstance(label, dict) else {"plain": heading(file)}
            sentence = words.get("sentence", words.get("question", words.get("plain", "")))
            found.append(Entry(name=name, plain=str(words.get("plain", "")), sentence=str(sentence), files=files))
    for kind in catalogue.kinds(PYTHON[group]) if group in PYTHON else ():
        if kind not in {e.name for e in found}:
            folder = PYTHON[group]
            sentence = _docstring(catalogue.file_of(folder, kind))
            found.append(Entry(name=kind, plain=sentence, sentence=sentence, files=_own(folder, kind)))
    return sorted(found, key=lambda e: e.name) if group in PYTHON else found


def studied(extension: Path | None) -> list[Entry]:
    """Every study of `sweep`, `sensitivity` and `optimise`, and what it asks."""
    ours = Path(study.__file__).parent
    found = []
    for name, file in study.studies(extension).items():
        about = str(study.read(name, extension).get("about", ""))
        own = () if file.parent == ours else (file,)
        found.append(Entry(name=name, plain=about, sentence=about, files=own))
    return sorted(found, key=lambda e: e.name)


def replicated() -> list[Entry]:
    """Every published simulation that `replicate` runs, and what it shows."""
    about = {name: replications.read(name).about for name in replications.names()}
    return [Entry(name=name, plain=text, sentence=text, files=()) for name, text in about.items()]


def taught() -> list[Entry]:
    """Every lesson of `class`, and what it is about."""
    found = []
    for name, file in lessons.files().items():
        label = lessons.read(file).label
        own = () if file.parent == lessons.folders()[0] else (file,)
        found.append(Entry(name=name, plain=label.plain, sentence=label.sentence, files=own))
    return found


def heading(file: Path) -> str:
    """Return what a yaml says of itself in its first comment; that it switches something off, if it says no more."""
    lines = [x for x in file.read_text(encoding="utf-8").splitlines() if x and not x.startswith("# @package")]
    said = list(itertools.takewhile(lambda x: x.startswith("#"), lines))
    if said:
        return " ".join(x.lstrip("# ") for x in said)
    return "there is nothing of the kind" if len(lines) == 1 and lines[0].endswith(": null") else ""


def _own(folder: str, kind: str) -> tuple[Path, ...]:
    """The file of a member of a catalogue, if it is the user's own."""
    file = catalogue.file_of(folder, kind)
    return (file,) if file.parent.parent in catalogue.extensions() else ()


def _docstring(file: Path) -> str:
    """First line of the docstring of the last class of a file, which is not run for it."""
    classes = [n for n in ast.parse(file.read_text(encoding="utf-8")).body if isinstance(n, ast.ClassDef)]
    return ((ast.get_docstring(classes[-1]) or "") if classes else "").partition("\n")[0]


def _short(path: Path) -> str:
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def _plural(group: str) -> str:
    irregular = {"activity": "activities", "choice": "choices", STUDY: "studies"}
    return irregular.get(group, group if group.endswith("s") else f"{group}s")
