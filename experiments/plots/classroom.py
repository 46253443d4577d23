"""What a class has made of its companies, for a projector: a picture for each table of `pictured`.

A picture that is kept has its title; one that a page shows below a title of its own has none.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from experiments.classroom.outcome import Outcome
from experiments.classroom.pictured import Paths, by_card, table
from experiments.classroom.play import TOKENS
from experiments.classroom.session import Session
from experiments.classroom.standing import unrewarded
from experiments.plots import projector, style
from experiments.plots.projector import SIDE, TEXT, TITLE, WIDTH, Look, Sheet
from experiments.quantity import sentence

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COMPANIES = (  # colour, line and marker of each
    (style.BLUE, "-", "o"),
    (style.VERMILLION, (0, (4, 1.5)), "s"),
    (style.GREEN, (0, (1, 1.2)), "^"),
)
CARDS = (
    ("#AA4499", "-", "o"),
    ("#8A5A00", (0, (4, 1.5)), "s"),
    ("#333333", (0, (1, 1.2)), "^"),
    ("#56B4E9", (0, (6, 1.5, 1, 1.5)), "D"),
)
PICTURES = ("manager", "truth", "validity", "tokens", "paths", "twin")


def figure(name: str, session: Session, found: Outcome, paths: Paths | None = None, *, titled: bool = True) -> Figure:
    """Return a picture of a class after a round or more; `twin` takes a class that went back."""
    on = projector.sheet(title(name, session), caption(name, session), titled=titled)
    draw = _truth_by_card if name == "truth" and by_card(session) else DRAWN[name]
    draw(on, table(name, session, found, paths), session)
    return on.figure


def title(name: str, session: Session) -> str:
    """Return what a picture is called."""
    if name == "truth" and by_card(session):
        return "The same yardstick, other cards"
    return {
        "manager": f"What the manager sees: {session.lesson.number}",
        "truth": "What was counted, and what it was worth",
        "validity": "Does the number still tell whose work is of use?",
        "tokens": f"What the {TOKENS} tokens went to",
        "paths": f"What if? {sentence(session.lesson.number)}, in points",
        "twin": "Now, and before the class went back (dashed)",
    }[name]


def caption(name: str, session: Session) -> str:
    """Return what a picture shows, in a sentence or two."""
    if name == "truth" and by_card(session):
        return CAPTIONS["by_card"]
    if name == "validity":
        return f"{CAPTIONS[name]} {_broken_when(session)}"
    return CAPTIONS[name]


def svg(drawn: Figure, name: str = "") -> str:
    """Return a picture as an SVG element: the same text for the same picture; `name` sets its ids apart on a page."""
    import matplotlib

    text = io.StringIO()
    with matplotlib.rc_context({"svg.hashsalt": "crosspurpose", "svg.fonttype": "path"}):
        drawn.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    whole = text.getvalue()
    element = whole[whole.index("<svg") :].strip()
    if not name:
        return element
    for before, after in ((r'\bid="', f'id="{name}-'), (r'href="#', f'href="#{name}-'), (r"url\(#", f"url(#{name}-")):
        element = re.sub(before, after, element)
    return element


# --- pictures


def _manager(on: Sheet, rows: pd.DataFrame, session: Session) -> None:
    ax = projector.course(on, list(rows["company"].unique()), "points")
    projector.lines(ax, rows, "company", "score", _looks(session))


def _truth(on: Sheet, rows: pd.DataFrame, session: Session) -> None:
    _side_by_side(
        on,
        rows,
        "company",
        {"score": f"the number: {session.lesson.number}", "use": "use of the work"},
        _looks(session),
    )


def _truth_by_card(on: Sheet, rows: pd.DataFrame, session: Session) -> None:
    cards = dict(zip(dict.fromkeys(rows["card"]), CARDS, strict=False))
    _side_by_side(on, rows, "card", {"measured": _measured(session), "use": "use of the work"}, cards)


def _side_by_side(on: Sheet, rows: pd.DataFrame, by: str, titles: Mapping[str, str], looks: Mapping[str, Look]) -> None:
    """Draw columns of a table beside each other, with the same names."""
    names = list(rows[by].unique())
    for i, (column, heading) in enumerate(titles.items()):
        ax = projector.panel(on, (0, i), (1, len(titles)), heading, names=names, all_named=True)
        projector.lines(ax, rows, by, column, looks)


def _validity(on: Sheet, rows: pd.DataFrame, session: Session) -> None:
    ax = projector.course(on, list(rows["company"].unique()), "rank correlation")
    looks = _looks(session)
    least = float(np.nanmin(rows["validity"].to_numpy(float), initial=0.0))
    projector.lines(ax, rows, "company", "validity", looks, low=min(-0.1, least), high=1.0)
    ax.axhline(0, color=style.PALE, linewidth=1.2)
    for _, row in rows[rows["round"] == rows["broke"]].iterrows():
        colour, at = looks[row["company"]][0], (row["round"], row["validity"])
        ax.plot(*at, "o", markersize=26, markerfacecolor="none", markeredgecolor=colour)
        projector.write(ax, f"broke in round {row['round']}", colour, at, (0, -26), ha="center", va="top")


def _tokens(on: Sheet, rows: pd.DataFrame, session: Session) -> None:
    most = float(rows["tokens"].max())
    activities, names = list(dict.fromkeys(rows["activity"])), list(rows["company"].unique())
    across = 3 if len(activities) > 4 else 2
    shape = -(-len(activities) // across), across
    for i, activity in enumerate(activities):
        place = i // across, i % across
        ax = projector.panel(on, place, shape, activity, names=names)
        own = rows[rows["activity"] == activity]
        named = place[1] == across - 1
        projector.lines(ax, own, "company", "tokens", _looks(session), high=most, named=named)


def _paths(on: Sheet, rows: pd.DataFrame, session: Session) -> None:
    from matplotlib.colors import to_rgb

    if rows["points"].isna().all():
        on.figure.text(0.5, 0.5, "There is nothing to compare with.", size=TITLE, ha="center", color=style.PALE)
        return
    words = [style.folded(bar, 38, 2) for bar in rows["bar"]]
    longest = max(len(line) for lines in words for line in lines)
    ax = projector.room(on, SIDE + 0.87 * projector.LETTER * longest, WIDTH - 1.0)
    looks = _looks(session)
    y = np.arange(len(rows)) + 0.6 * pd.factorize(rows["group"])[0]
    for at, (_, row) in zip(y, rows.iterrows(), strict=True):
        value, colour = 0.0 if np.isnan(row["points"]) else row["points"], looks[row["rules"]][0]
        face = {"own": colour, "same choices": "white", "simulated": (*to_rgb(colour), 0.25)}[row["path"]]
        (bar,) = ax.barh(at, value, 0.8, facecolor=face, edgecolor=colour, linewidth=2.5)
        if row["path"] == "same choices":
            bar.set_hatch("//")
        told = "none" if np.isnan(row["points"]) else f"{row['points']:.0f}"
        ax.annotate(told, (max(value, 0), at), (8, 0), textcoords="offset points", va="center", size=TEXT)
    ax.set_yticks(y, ["\n".join(lines) for lines in words])
    ax.tick_params(axis="y", labelsize=TEXT)
    ax.grid(axis="y", visible=False)
    ax.set_ylim(max(float(y[-1]) + 0.7, 5.0), -0.7)  # few bars are no thicker than some
    ax.set_xlim(min(0.0, float(rows["points"].min())), None)
    ax.set_xlabel("points", size=TEXT, color=style.INK)


def _twin(on: Sheet, rows: pd.DataFrame, session: Session) -> None:
    companies, looks = list(dict.fromkeys(rows["company"])), _looks(session)
    last = int(rows["round"].max())
    for row, (column, heading) in enumerate((("score", "the number"), ("use", "use of the work"))):
        low, high = float(np.nanmin(rows[column], initial=0.0)), float(np.nanmax(rows[column], initial=1.0))
        for i, company in enumerate(companies):
            ax = projector.panel(on, (row, i), (2, len(companies)), f"{company}: {heading}")
            colour, _, marker = looks[company]
            own = rows[rows["company"] == company]
            styles = {"now": (colour, "-", marker), "before": (style.PALE, (0, (3, 1.5)), "")}
            projector.lines(ax, own, "when", column, styles, low=low, high=high, last=last, named=False)


DRAWN: Mapping[str, Callable[[Sheet, pd.DataFrame, Session], None]] = {
    "manager": _manager,
    "truth": _truth,
    "validity": _validity,
    "tokens": _tokens,
    "paths": _paths,
    "twin": _twin,
}
CAPTIONS = {
    "manager": "Mean score by round. 100: the habitual week of somebody of average skill.",
    "truth": "Means by round, in points. 100: the habitual week of somebody of average skill whom nothing holds up.",
    "by_card": "Means by round over all who hold a card. Points of use: 100 is the habitual week of somebody of average"
    " skill whom nothing holds up.",
    "validity": "1: the score puts people in the order of what their work is worth; 0: it says nothing about it. With"
    " few people it jumps by luck.",
    "tokens": "Mean tokens of a week by round, of everybody in a company.",
    "paths": "Means over the class and all rounds. The same people, with the same luck, in all bars.",
    "twin": "Means by round, in points. Dashed: what was played before the class went back. 100: the habitual week of"
    " somebody of average skill whom nothing holds up.",
}


def _broken_when(session: Session) -> str:
    """Say when validity is called broken."""
    free = unrewarded(session.lesson)
    what = "of the first round's" if free is None else f"of {session.lesson.companies[free].name}'s in the same round"
    return f"Broke: from then on, for two rounds or more, it is below half {what}."


def _measured(session: Session) -> str:
    """Return what the effect compares, as the title of a panel."""
    aim = session.lesson.effect
    if aim.of is not None:
        return f"tokens: {session.lesson.one.activities[aim.of].label.plain}"
    return {"gaming": "tokens: counted, of no use", "use": "use of the work", "worth": "worth of the work"}[aim.measure]


def _looks(session: Session) -> dict[str, Look]:
    """Return how companies look, those that are simulated too."""
    named = dict(zip((c.name for c in session.lesson.companies), COMPANIES, strict=False))
    return named | {f"{name} (simulated)": look for name, look in named.items()}
