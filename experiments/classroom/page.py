"""A class as one page that can be kept and printed: it needs no network, and nothing besides itself."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

import sim
from experiments.classroom import effect, kept, missed, pictured, views
from experiments.classroom.outcome import Outcome
from experiments.classroom.session import Session
from experiments.classroom.standing import workers
from experiments.plots import classroom
from experiments.quantity import sentence

HERE = Path(__file__).parent
MODES = {
    "phones": "on phones",
    "groups": "on one phone per group",
    "paper": "on tally sheets",
    "rehearsal": "in rehearsal",
}


def written(session: Session, found: Outcome, paths: Mapping[int, Mapping[str, Any]] | None = None) -> str:
    """Return the page of a class after a round or more, as HTML; `paths` as `standing.paths` has them."""
    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["upper_first"] = sentence
    lesson = session.lesson
    made, all_of_them = missed.real(session, found)
    seen, _ = effect.visible(lesson, session, found)
    counts = list(session.guesses.values())
    return environment.get_template("page.html").render(
        lesson=lesson,
        setting=session.setting,
        mode=MODES[session.mode],
        people=len(session.players),
        workers=len(workers(session)),
        teams=session.teams,
        seats=session.seats[0],
        rounds=found.rounds,
        planned=lesson.timing(session.setting.minutes).rounds,
        companies=lesson.companies[: len(found.companies)],
        made=made,
        all_of_them=all_of_them,
        simulated=simulated_by_round(session, found),
        seen=seen,
        told=missed.told(session, found),
        reasons=missed.page(session, found)[1:],
        pictures=[_picture(n, session, found, paths) for n in shown(session, found, paths)],
        boards=views.boards(session, found),
        guesses=[(a, counts.count(i)) for i, a in enumerate(lesson.guess.answers)],
        texts=[text for _, text in session.texts] if session.setting.texts else [],
        words=words(session, found.rounds),
        again=f"crosspurpose class lesson={lesson.id} minutes={session.setting.minutes} seed={session.setting.seed}",
        table=cells(kept.table(session, found)),
        version=sim.__version__,
    )


def shown(session: Session, found: Outcome, paths: Mapping[int, Mapping[str, Any]] | None) -> list[str]:
    """Return the names of the pictures that there is something for."""
    nothing = {"twin"} if found.twin is None else set()
    if not paths or pictured.table("paths", session, found, paths).empty:
        nothing.add("paths")
    return [name for name in classroom.PICTURES if name not in nothing]


def words(session: Session, rounds: int) -> list[tuple[str, str]]:
    """Return each company that somebody lives in, and the command that lives it with simulated people in all seats."""
    lesson, seed = session.lesson, session.setting.seed
    found = []
    for c, company in enumerate(lesson.companies[: session.companies]):
        said = (*lesson.world, *company.words, *session.changes(c, rounds), f"weeks={rounds * lesson.weeks}")
        found.append(
            (company.name, shlex.join(["crosspurpose", "run", *said, f"runs={session.teams}", f"seed={seed}"]))
        )
    return found


def simulated_by_round(session: Session, found: Outcome) -> list[int]:
    """Return how many seats simulated people decided for, round by round."""
    seats = sum(c.score.shape[1] * c.score.shape[2] for c in found.companies)
    chose = [r for r, _ in session.tokens]
    return [seats - chose.count(r) for r in range(1, found.rounds + 1)]


def by_round(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table of a picture with a column per round, where there are rounds, and a row per line of it."""
    if "round" not in table:
        return table
    if "broke" in table:
        broke = [f"in round {r}" if r else "no" for r in table["broke"]]
        table = table.assign(broke=broke)
    numbers = [c for c in table.select_dtypes("float").columns if c != "round"]
    named = [c for c in table.columns if c not in ("round", *numbers)]
    long = table.melt([*named, "round"], numbers, var_name="what")
    keys = named if len(numbers) == 1 else [*named, "what"]
    wide = long.set_index([*keys, "round"])["value"].unstack("round", sort=False)
    return wide.rename(columns=lambda r: f"round {r}").reset_index()


def cells(table: pd.DataFrame) -> dict[str, list[Any]]:
    """Return a table as words: `columns`, and `rows` of cells, numbers with as many decimals as are of use."""
    rows = [[_cell(x) for x in row] for row in table.itertuples(index=False)]
    return {"columns": [sentence(str(c)) for c in table.columns], "rows": rows}


def _cell(x: Any) -> str:
    if isinstance(x, float):
        return "–" if pd.isna(x) else f"{x:.0f}" if x == round(x) or abs(x) >= 10 else f"{x:.2f}"
    return str(x)


def _picture(
    name: str, session: Session, found: Outcome, paths: Mapping[int, Mapping[str, Any]] | None
) -> dict[str, Any]:
    drawn = classroom.svg(classroom.figure(name, session, found, paths), name)
    return {
        "name": name,
        "svg": Markup(drawn),  # made by Matplotlib, which escapes what it writes
        "alt": classroom.caption(name, session),
        "table": cells(by_round(pictured.table(name, session, found, paths))),
    }
