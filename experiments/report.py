"""`crosspurpose report FOLDER [out=FILE]`: the answer of a comparison as one page that can be forwarded.

The page is a single HTML file that needs nothing else: it opens without a network, on a phone or a projector, and its
first part prints on one sheet of A4. The same folder gives the same file. `out` is `brief.html` in the folder if it is
not given.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from experiments.answer import Answer
from experiments.answer.asked import UNIT
from experiments.answer.ranking import Place
from experiments.console import console, progress
from experiments.quantity import sentence
from experiments.store import check_folder
from experiments.typed import Parser
from sim.errors import InvalidInput

HERE = Path(__file__).parent / "brief"  # template and style
PAGE = "brief.html"
MOST = 5  # schemes on the first sheet
TOLD = 3  # of them whose use of time is told there
FIRST = 8  # assumptions that are always open


def main(words: Sequence[str]) -> int:
    """Write the page."""
    parser = Parser(prog="crosspurpose report", description=(__doc__ or "").split("\n\n")[0], allow_abbrev=False)
    parser.add_argument("folder", help="a folder of results of crosspurpose compare")
    parser.add_argument("--out", metavar="FILE", help="where the page goes; out=FILE")
    given = parser.parse_args([f"--{w}" if w.startswith("out=") else w for w in words])
    out = Path(given.folder).expanduser() / PAGE if given.out is None else Path(given.out).expanduser()
    if out.is_dir() or given.out == "":
        raise InvalidInput("out", str(given.out), "a file, such as brief.html")
    with progress(f"reading {given.folder}") as show:
        show(0, 2)
        answer = Answer.of(given.folder)
        check_folder(out.parent)
        show(1, 2)
        text = page(answer)
    write(text, out)
    screen = console()
    if answer.preliminary:
        screen.print(f"note: {answer.preliminary}", soft_wrap=True)
    screen.print(answer.advice.headline, soft_wrap=True)
    screen.print(f"{out} written", soft_wrap=True)
    return 0


def page(answer: Answer) -> str:
    """Return the page of an answer: HTML that refers to nothing outside itself."""
    from experiments.plots.brief import pictures

    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"upper_first": sentence, "lower_first": lambda text: text[:1].lower() + text[1:]}
    shown = on_first_sheet(answer)
    drawn = pictures(answer, shown, UNIT, answer.since)
    return environment.get_template("page.html").render(
        answer=answer,
        shown=shown,
        more=len(answer.places) - len(shown),
        pictures={name: data_uri(svg) for name, svg in drawn.items()},
        style=(HERE / "style.css").read_text(encoding="utf-8"),
        unit=UNIT,
        first=FIRST,
        told=TOLD,
    )


def on_first_sheet(answer: Answer) -> list[Place]:
    """Return the schemes that the first sheet shows: the best, and always today's."""
    today = {s.name for s in answer.schemes if s.today}
    best = [p for p in answer.places if p.scheme not in today][: MOST - len(today)]
    return [p for p in answer.places if p in best or p.scheme in today]


def data_uri(svg: str) -> str:
    """Return a picture as an address that holds it."""
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def write(text: str, path: Path) -> None:
    """Write a page whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_text(text, encoding="utf-8", newline="\n")
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
