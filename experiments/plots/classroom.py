"""What a class has made of its companies, for a projector: pictures as wide as a screen, each from its own table.

    manager   score by round: what whoever only counts would see
    truth     score beside use by round; by card, where a lesson compares cards
    validity  rank correlation of score and contribution, and where it broke
    tokens    what weeks were spent on
    paths     the same choices by other rules, and simulated people in their place
    twin      before the class went back, beside now

A company in which nobody of the class lives is drawn as simulated people live in it, and is named so.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.classroom import effect
from experiments.classroom.outcome import Outcome, motive
from experiments.classroom.play import TOKENS, Lived
from experiments.classroom.session import Seat, Session
from experiments.classroom.standing import over_rounds, seat_of, unrewarded, workers
from experiments.classroom.views import mean
from experiments.plots import style
from experiments.plots.compare import spread_out
from experiments.quantity import sentence
from sim.arrays import Floats

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, HEIGHT = style.WIDTH, style.WIDTH * 9 / 16  # of a screen [inch]
TITLE, TEXT, PANEL, SMALL = 26, 19, 17, 15  # [points]; at 1920 pixels a point is two pixels
LETTER = 0.17  # mean width of a bold letter of the size TEXT [inch]
ENDS = 2.4  # room for names at the ends of lines [inch]
HALF = 0.5  # of what the number was good for: below it, it has broken
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
Look = tuple[str, Any, str]
End = tuple[float, str]  # value, name
Paths = Mapping[int, Mapping[str, Any]]
PICTURES = ("manager", "truth", "validity", "tokens", "paths", "twin")


def figure(name: str, session: Session, found: Outcome, paths: Paths | None = None) -> Figure:
    """Return a picture of a class after a round or more; `twin` takes a class that went back."""
    drawn = _truth_by_card if name == "truth" and _cards(session) else DRAWN[name]
    return drawn(table(name, session, found, paths), session)


def table(name: str, session: Session, found: Outcome, paths: Paths | None = None) -> pd.DataFrame:
    """Return what is behind a picture, a row per thing that is drawn."""
    if name == "paths":
        return _paths_table(session, found, paths or {})
    if name == "twin":
        return _twin_table(session, found)
    if name == "truth" and _cards(session):
        return _by_card_table(session, found)
    return TABLES[name](session, found)


def caption(name: str, session: Session) -> str:
    """Return what a picture shows, in a sentence or two."""
    if name == "truth" and _cards(session):
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


# --- tables


def _played(session: Session, found: Outcome) -> Iterator[tuple[str, Lived]]:
    """Yield the companies that the class lives in."""
    for company, lived in zip(session.lesson.companies, found.companies, strict=False):
        yield company.name, lived


def _everywhere(session: Session, found: Outcome) -> Iterator[tuple[str, Lived]]:
    """Yield all companies of the lesson."""
    everywhere = effect.worlds(session.lesson, session, found)
    for c, (company, lived) in enumerate(zip(session.lesson.companies, everywhere, strict=True)):
        yield company.name if c < len(found.companies) else f"{company.name} (simulated)", lived


def _by_round(named: Iterator[tuple[str, Lived]], **columns: Callable[[Lived], Floats]) -> pd.DataFrame:
    """Return a row per company and round."""
    parts = []
    for name, lived in named:
        values = {key: take(lived) for key, take in columns.items()}
        parts.append(pd.DataFrame({"round": range(1, len(lived.score) + 1), "company": name, **values}))
    return pd.concat(parts, ignore_index=True)


def _score(lived: Lived) -> Floats:
    return lived.score.mean(axis=(1, 2))


def _use(lived: Lived) -> Floats:
    return lived.contribution.mean(axis=(1, 2))


def _manager_table(session: Session, found: Outcome) -> pd.DataFrame:
    return _by_round(_played(session, found), score=_score)


def _truth_table(session: Session, found: Outcome) -> pd.DataFrame:
    return _by_round(_everywhere(session, found), score=_score, use=_use)


def _by_card_table(session: Session, found: Outcome) -> pd.DataFrame:
    """Return what those do who hold a card, and of what use it is, over all companies."""
    lesson = session.lesson
    everywhere = effect.worlds(lesson, session, found)
    parts = []
    for wish in dict.fromkeys(p.motive for p in lesson.one.team.seats):
        holders = [p.motive == wish for p in lesson.one.team.seats]
        use = np.mean([w.contribution[..., holders].mean(axis=(1, 2)) for w in everywhere], axis=0)
        columns = {"measured": effect.side(lesson, everywhere, wish), "use": use}
        card = short(lesson.cards[wish].title)
        parts.append(pd.DataFrame({"round": range(1, found.rounds + 1), "card": card, **columns}))
    return pd.concat(parts, ignore_index=True)


def _validity_table(session: Session, found: Outcome) -> pd.DataFrame:
    """Return validity by company and round, and the round in which it broke: 0, never, where nothing hangs on it."""
    result = _by_round(_everywhere(session, found), validity=lambda w: mean(w.validity))
    courses = [part["validity"].to_numpy(float) for _, part in result.groupby("company", sort=False)]
    free = unrewarded(session.lesson)
    references = [_first(course) if free is None else courses[free] for course in courses]
    broke = [broken(*each) for each in zip(courses, references, strict=True)]
    return result.assign(broke=np.repeat(broke, found.rounds))


def broken(course: Floats, reference: Floats) -> int:
    """Return the first round from which validity stays below half of a reference, 0 where it never does.

    One round does not make it stay: two at least. Rounds in which either has no value say nothing, and nothing is below
    half of a reference that is itself not above 0.

    Parameters
    ----------
    course, reference : (rounds,)

    Examples
    --------
    >>> one = np.ones(4)
    >>> broken(np.array([0.9, 0.3, 0.6, 0.4]), one), broken(np.array([0.9, 0.3, np.nan, 0.4]), one), broken(one, one)
    (0, 2, 0)
    """
    known = np.flatnonzero(~np.isnan(course) & ~np.isnan(reference))
    below = (reference[known] > 0) & (course[known] < HALF * reference[known])
    last = int(np.argmin(below[::-1])) if not below.all() else len(below)  # rounds at the end that are below
    return int(known[len(known) - last]) + 1 if last >= 2 else 0


def _first(course: Floats) -> Floats:
    """Return the first value there is, in every round."""
    known = course[~np.isnan(course)]
    return np.full(course.shape, known[0] if len(known) else np.nan)


def _tokens_table(session: Session, found: Outcome) -> pd.DataFrame:
    kinds = session.lesson.one.activities
    rows = [list(kinds).index(a) for a in session.lesson.activities]
    parts = []
    for name, lived in _everywhere(session, found):
        for k, activity in zip(rows, session.lesson.activities, strict=True):
            tokens = lived.effort[:, k].mean(axis=(1, 2)) * TOKENS
            columns = {"company": name, "activity": kinds[activity].label.plain, "tokens": tokens}
            parts.append(pd.DataFrame({"round": range(1, found.rounds + 1), **columns}))
    return pd.concat(parts, ignore_index=True)


def _paths_table(session: Session, found: Outcome, paths: Paths) -> pd.DataFrame:
    """Return mean points of those whose paths are known: own, by other rules, and of simulated people.

    By company (`group`); by card where the lesson has one company, and simulated people live in it too.
    """
    lesson, rows = session.lesson, []
    known = [(seat_of(session, i), paths[i]) for i in workers(session) if "simulated" in paths.get(i, {})]
    alone = len(lesson.companies) == 1
    groups: dict[str, list[tuple[Seat, Mapping[str, Any]]]] = {}
    for seat, said in sorted(known, key=lambda each: each[0].company):
        title = short(lesson.cards[motive(lesson, seat)].title) if alone else lesson.companies[seat.company].name
        groups.setdefault(title, []).append((seat, said))
    for group, members in groups.items():
        company, there = lesson.companies[members[0][0].company].name, str(members[0][1]["simulated"]["company"])
        own = [over_rounds(found.companies[s.company].score)[s.team, s.place] for s, _ in members]
        bars = [(company, f"{group}: own choices", "own", own)]
        if not alone:
            same = [said["same_choices"]["points"] for _, said in members]
            bars.append((there, f"the same choices by {there}'s rules", "same choices", same))
        people = [said["simulated"]["points"] for _, said in members]
        bars.append((there, f"simulated people in {there}", "simulated", people))
        for rules, label, path, points in bars:
            value = float(over_rounds(np.array(points, float)))
            rows.append({"group": group, "rules": rules, "path": path, "bar": label, "points": value})
    return pd.DataFrame(rows, columns=["group", "rules", "path", "bar", "points"])


def _twin_table(session: Session, found: Outcome) -> pd.DataFrame:
    parts = []
    for when, companies in (("now", found.companies), ("before", found.twin or ())):
        named = zip((c.name for c in session.lesson.companies), companies, strict=False)
        parts += [_by_round(iter([each]), score=_score, use=_use).assign(when=when) for each in named]
    return pd.concat(parts, ignore_index=True)


TABLES = {
    "manager": _manager_table,
    "truth": _truth_table,
    "validity": _validity_table,
    "tokens": _tokens_table,
}


# --- pictures


def _manager(rows: pd.DataFrame, session: Session) -> Figure:
    drawn = _screen(f"What the manager sees: {session.lesson.number}", caption("manager", session))
    ax = _room(drawn, 1.1, WIDTH - ENDS - 0.2)
    _lines(ax, rows, "company", "score", _looks(session))
    ax.set_ylabel("points", size=TEXT, color=style.INK)
    return drawn


def _truth(rows: pd.DataFrame, session: Session) -> Figure:
    drawn = _screen("What was counted, and what it was worth", caption("truth", session))
    for i, (column, title) in enumerate(
        (("score", f"the number: {session.lesson.number}"), ("use", "use of the work"))
    ):
        ax = _panel(drawn, i, 2, 0, 1, title)
        _lines(ax, rows, "company", column, _looks(session))
    return drawn


def _truth_by_card(rows: pd.DataFrame, session: Session) -> Figure:
    drawn = _screen("The same yardstick, other cards", caption("truth", session))
    cards = dict(zip(dict.fromkeys(rows["card"]), CARDS, strict=False))
    for i, (column, title) in enumerate((("measured", _measured(session)), ("use", "use of the work"))):
        ax = _panel(drawn, i, 2, 0, 1, title)
        _lines(ax, rows, "card", column, cards)
    return drawn


def _validity(rows: pd.DataFrame, session: Session) -> Figure:
    drawn = _screen("Does the number still tell whose work is of use?", caption("validity", session))
    ax = _room(drawn, 1.1, WIDTH - ENDS - 0.2)
    looks = _looks(session)
    least = float(np.nanmin(rows["validity"].to_numpy(float), initial=0.0))
    _lines(ax, rows, "company", "validity", looks, low=min(-0.1, least), high=1.0)
    ax.axhline(0, color=style.PALE, linewidth=1.2)
    ax.set_ylabel("rank correlation", size=TEXT, color=style.INK)
    for _, row in rows[rows["round"] == rows["broke"]].iterrows():
        colour = looks[row["company"]][0]
        ax.plot(row["round"], row["validity"], "o", markersize=26, markerfacecolor="none", markeredgecolor=colour)
        _write(
            ax,
            f"broke in round {row['round']}",
            colour,
            (row["round"], row["validity"]),
            (0, -26),
            ha="center",
            va="top",
        )
    return drawn


def _tokens(rows: pd.DataFrame, session: Session) -> Figure:
    drawn = _screen(f"What the {TOKENS} tokens went to", caption("tokens", session))
    most = float(rows["tokens"].max())
    activities = list(dict.fromkeys(rows["activity"]))
    across = 3 if len(activities) > 4 else 2
    down = -(-len(activities) // across)
    for i, activity in enumerate(activities):
        ax = _panel(drawn, i % across, across, i // across, down, activity, ends=0.3, right=1.9)
        own = rows[rows["activity"] == activity]
        _lines(ax, own, "company", "tokens", _looks(session), high=most, named=i % across == across - 1)
    return drawn


def _paths(rows: pd.DataFrame, session: Session) -> Figure:
    from matplotlib.colors import to_rgb

    drawn = _screen(f"What if? {sentence(session.lesson.number)}, in points", caption("paths", session))
    if rows["points"].isna().all():
        drawn.text(0.5, 0.5, "There is nothing to compare with.", size=TITLE, ha="center", color=style.PALE)
        return drawn
    ax = _room(drawn, 6.1, WIDTH - 1.3, bottom=1.15)
    looks = _looks(session)
    y = np.arange(len(rows)) + 0.6 * pd.factorize(rows["group"])[0]
    for at, (_, row) in zip(y, rows.iterrows(), strict=True):
        value, colour = 0.0 if np.isnan(row["points"]) else row["points"], looks[row["rules"]][0]
        face = {"own": colour, "same choices": "white", "simulated": (*to_rgb(colour), 0.25)}[row["path"]]
        (bar,) = ax.barh(at, value, 0.8, facecolor=face, edgecolor=colour, linewidth=2.5)
        if row["path"] == "same choices":
            bar.set_hatch("//")
        words = "none" if np.isnan(row["points"]) else f"{row['points']:.0f}"
        ax.annotate(words, (max(value, 0), at), (8, 0), textcoords="offset points", va="center", size=TEXT)
    ax.set_yticks(y, ["\n".join(style.folded(words, 38, 2)) for words in rows["bar"]])
    ax.tick_params(axis="y", labelsize=TEXT)
    ax.grid(axis="y", visible=False)
    ax.set_ylim(max(float(y[-1]) + 0.7, 5.0), -0.7)  # few bars are no thicker than some
    ax.set_xlim(min(0.0, float(rows["points"].min())), None)
    return drawn


def _twin(rows: pd.DataFrame, session: Session) -> Figure:
    drawn = _screen("Now, and before the class went back (dashed)", caption("twin", session))
    companies, looks = list(dict.fromkeys(rows["company"])), _looks(session)
    last = int(rows["round"].max())
    for row, (column, title) in enumerate((("score", "the number"), ("use", "use of the work"))):
        low, high = float(np.nanmin(rows[column], initial=0.0)), float(np.nanmax(rows[column], initial=1.0))
        for i, company in enumerate(companies):
            ax = _panel(drawn, i, len(companies), row, 2, f"{company}: {title}", ends=0.3)
            colour, _, marker = looks[company]
            own = rows[rows["company"] == company]
            styles = {"now": (colour, "-", marker), "before": (style.PALE, (0, (3, 1.5)), "")}
            _lines(ax, own, "when", column, styles, low=low, high=high, last=last, named=False)
    return drawn


DRAWN: Mapping[str, Callable[[pd.DataFrame, Session], Figure]] = {
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


def short(title: str) -> str:
    """Return what a card is called beside a line.

    Examples
    --------
    >>> short("Person A: you want to stay"), short("You want to rise")
    ('Person A', 'You want to rise')
    """
    return title.split(":")[0]


def _cards(session: Session) -> bool:
    """Whether the lesson compares those who hold cards."""
    return session.lesson.effect.higher in session.lesson.cards


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


# --- what all pictures share


def _screen(title: str, note: str) -> Figure:
    """Return an empty screen with its title and a note at its foot."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    drawn = Figure(figsize=(WIDTH, HEIGHT), dpi=style.DPI, facecolor="white")
    FigureCanvasAgg(drawn)
    left = style.MARGIN / WIDTH
    drawn.text(left, 1 - 0.25 / HEIGHT, style.plain(title), size=TITLE, weight="bold", va="top", color=style.INK)
    lines = style.folded(note, 118, 2)
    drawn.text(left, 0.18 / HEIGHT, "\n".join(lines), size=SMALL, va="bottom", color=style.PALE, linespacing=1.15)
    return drawn


def _room(drawn: Figure, left: float, right: float, *, bottom: float = 1.65, top: float = HEIGHT - 1.15) -> Axes:
    """Return axes between these distances from the lower left corner [inch]."""
    ax = style.room(drawn, left, bottom, right, top)
    ax.tick_params(labelsize=TEXT)
    return ax


def _panel(
    drawn: Figure,
    column: int,
    columns: int,
    row: int,
    rows: int,
    title: str,
    *,
    ends: float = 1.85,
    right: float = 0.35,
) -> Axes:
    """Return one of several axes that share the screen.

    Parameters
    ----------
    ends, right : float
        Room beside each, and beside the last besides [inch].
    """
    side, gutter, heading, foot = 0.35, 0.75, 0.55, 0.5
    wide, tall = (WIDTH - side - right) / columns, (HEIGHT - 1.95) / rows
    left, ceiling = side + column * wide, HEIGHT - 0.95 - row * tall
    size = TEXT if columns < 3 else PANEL
    ax = _room(drawn, left + gutter, left + wide - ends, bottom=ceiling - tall + foot, top=ceiling - heading)
    words = "\n".join(style.folded(title, int(wide / (LETTER * size / TEXT)), 2))
    at = (left + 0.1) / WIDTH, (ceiling - heading + 0.14) / HEIGHT
    drawn.text(*at, words, size=size, weight="bold", va="bottom", color=style.INK, linespacing=1.0)
    ax.locator_params(axis="y", nbins=4)
    if row < rows - 1:
        ax.tick_params(labelbottom=False)
    return ax


def _lines(
    ax: Axes,
    rows: pd.DataFrame,
    by: str,
    column: str,
    looks: Mapping[str, Look],
    *,
    low: float = 0.0,
    high: float = 0.0,
    last: int = 0,
    named: bool = True,
) -> None:
    """Draw a line for each, with its name at the end.

    Parameters
    ----------
    low, high : float
        What the axis reaches at least, besides 0.
    last : int
        The round that it ends with, at least.
    """
    ends: list[End] = []
    for name, own in rows.groupby(by, sort=False):
        colour, dashes, marker = looks[str(name)]
        x, y = own["round"].to_numpy(float), own[column].to_numpy(float)
        ax.plot(x, y, color=colour, linestyle=dashes, marker=marker, linewidth=4, markersize=10, clip_on=False)
        known = np.flatnonzero(~np.isnan(y))
        if len(known):
            ends.append((float(y[known[-1]]), str(name)))
    values = rows[column].to_numpy(float)
    bottom, ceiling = float(np.nanmin(values, initial=min(low, 0.0))), float(np.nanmax(values, initial=max(high, 0.0)))
    ax.set_ylim(bottom, ceiling + 0.06 * max(ceiling - bottom, 1.0 if ceiling == bottom else 0.0))
    rounds = max(last, int(rows["round"].max()))
    ax.set_xlim(0.85, rounds + 0.15)
    ax.set_xticks(range(1, rounds + 1))
    if ax.xaxis.get_tick_params()["labelbottom"]:
        ax.set_xlabel("round", size=TEXT, color=style.INK)
    if named:
        _name(ax, ends, looks, rounds)


def _name(ax: Axes, ends: Sequence[End], looks: Mapping[str, Look], last: int) -> None:
    """Write names to the right of the last round, apart from each other."""
    tall = ax.get_window_extent().height / style.DPI  # [inch]
    low, high = ax.get_ylim()
    line = TEXT * 1.15 / 72 / tall * (high - low)  # of text, in the unit of the axis
    ordered = sorted(ends, key=lambda e: -e[0])
    words = ["\n".join(style.folded(name, 12, 4)) for _, name in ordered]
    sizes = [(w.count("\n") + 1) * line for w in words]
    places = spread_out([y for y, _ in ordered], sizes, low - line, high + line)
    for (_, name), text, y in zip(ordered, words, places, strict=True):
        _write(ax, text, looks[name][0], (last + 0.15, y), (12, 0), va="center")


def _write(ax: Axes, text: str, colour: str, at: tuple[float, float], by: tuple[float, float], **where: Any) -> None:
    """Write into axes, so far from a point [points]."""
    ax.annotate(
        text,
        at,
        by,
        textcoords="offset points",
        size=TEXT,
        weight="bold",
        linespacing=1.0,
        color=colour,
        annotation_clip=False,
        **where,
    )
