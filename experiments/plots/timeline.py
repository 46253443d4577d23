"""What is done about it and when, and below it what comes of it, week by week."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from experiments.plots import style
from experiments.plots.panels import called
from experiments.stats import LUCK
from experiments.tables import About
from sim.interventions import Intervention
from sim.scenario import Scenario

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

GUTTER = 4.3  # where the weeks begin [inch]
BAR, PANEL, BETWEEN = 0.31, 1.3, 0.28  # height of an intervention's row, of a panel, and between two [inch]
LETTERS = 37  # of a name
TYPES = {"symptom": style.VERMILLION, "function": style.BLUE, "perception": style.GREEN}
HATCHES = {"symptom": "", "function": "///", "perception": "..."}
DEPARTMENTS = (  # colour and line of each
    (style.BLUE, "-"),
    (style.VERMILLION, (0, (4, 2))),
    (style.GREEN, (0, (1, 1))),
    (style.COLOURS[5], (0, (6, 2, 1, 2))),
    (style.COLOURS[7], (0, (3, 1, 1, 1))),
    (style.COLOURS[1], "-"),
    (style.INK, (0, (4, 2))),
)


@dataclass(frozen=True, kw_only=True)
class Course:
    """A line of a panel.

    Parameters
    ----------
    column : str
        Of the weekly rows.
    label : str
        Empty: the panel has this line alone.
    colour : str
    line : Any
        Style of the line, as Matplotlib takes it.
    """

    column: str
    label: str
    colour: str
    line: Any


@dataclass(frozen=True, kw_only=True)
class Panel:
    """What is drawn below the interventions, in one frame.

    Parameters
    ----------
    title : str
    unit : str
    share : bool
        Whether it is drawn in per cent, from 0 to 100.
    courses : tuple of Course
    """

    title: str
    unit: str
    share: bool
    courses: tuple[Course, ...]

    @property
    def height(self) -> float:
        """Of the frame [inch]: what is named beside it has room."""
        named = sum(1 for c in self.courses if c.label)
        return max(PANEL, (named + 1.6) * style.LINE)


def by_department(title: str, column: str, departments: Sequence[str]) -> Panel:
    """Return a panel with a line for each department."""
    courses = (
        Course(column=f"{column}_{name}", label=name, colour=colour, line=line)
        for name, (colour, line) in zip(departments, itertools.cycle(DEPARTMENTS), strict=False)
    )
    return Panel(title=title, unit="share", share=True, courses=tuple(courses))


def panels_of(scenario: Scenario, columns: Collection[str]) -> list[Panel]:
    """Return what there is to be seen of a scenario from week to week, of the columns there are."""

    def one(column: str, title: str, unit: str, share: bool, colour: str) -> Panel:
        return Panel(
            title=title, unit=unit, share=share, courses=(Course(column=column, label="", colour=colour, line="-"),)
        )

    found = [one("worth", "worth", "weeks of core work per person-week", False, style.BLUE)]
    departments = [] if scenario.customers is None else [d.name for d in scenario.customers.departments]
    if departments:
        found.append(one("needs_met", "needs met", "share", True, style.GREEN))
        found.append(one("blocked", "common work held up", "share of teams", True, style.VERMILLION))
    if departments and {f"blocks_{d}" for d in departments} <= set(columns):
        found[-1] = by_department("common work held up by", "blocks", departments)
    if scenario.sponsor is not None:
        courses = (
            Course(column="confidence", label="the sponsor's confidence", colour=style.BLUE, line="-"),
            Course(column="alive", label="projects not stopped", colour=style.INK, line=(0, (4, 2))),
        )
        found.append(Panel(title="sponsor", unit="share", share=True, courses=courses))
    if departments:
        found.append(by_department("priority that is felt", "felt", departments))
    return found


def interventions_of(scenario: Scenario) -> pd.DataFrame:
    """Return what is done about it: a row each, by its start; who lacks the authority is refused."""
    rows = [
        {
            "name": i.name,
            "label": i.label.plain,
            "kind": i.kind,
            "lines": " ".join(dict.fromkeys(line.line for line in i.lines)),
            "start": i.start,
            "end": i.end(scenario.weeks),
            "mode": i.mode,
            "authority": i.authority,
            "hours": i.hours,
            "refused": i.name in scenario.refused,
        }
        for i in _by_start(scenario)
    ]
    return pd.DataFrame(rows)


def _by_start(scenario: Scenario) -> list[Intervention]:
    return sorted(scenario.interventions, key=lambda i: i.start)


def timeline(weekly: pd.DataFrame, scenario: Scenario, scheme: str, about: About) -> tuple[Figure, pd.DataFrame] | None:
    """Return the picture of one variant and its table; None where nothing is done and nobody is around.

    Parameters
    ----------
    weekly : DataFrame
        scheme, run, week and the columns of a week.
    scenario : Scenario
    scheme : str
        The variant.
    about : About
    """
    if not scenario.interventions and scenario.customers is None and scenario.sponsor is None:
        return None
    own, shown = weekly[weekly["scheme"] == scheme], panels_of(scenario, set(weekly.columns))
    table = _table(own, [c.column for p in shown for c in p.courses])
    caption = (
        f"Lines: means over {about.many}; bands: luck, the middle 80 % of single {about.many} (worth: trailing means "
        "of 4 weeks). "
        + (_said(scenario) if scenario.interventions else "Nothing is done about it. ")
        + about.setting()
    )
    rows = _by_start(scenario)
    bars = len(rows) * BAR + (0.75 if rows else 0.0)
    below = sum(p.height + BETWEEN for p in shown)
    what = "What is done, and what comes of it" if rows else "What happens, week by week"
    title = style.folded(f"{what}: {called(scheme, scenario, about)}", style.HEADING, 1)[0]
    figure, _, top = style.page(bars + below + 2.15, title, caption)
    ceiling = top - (0.45 if rows else 0.1)
    if rows:
        ax = style.room(figure, GUTTER, ceiling - len(rows) * BAR, style.WIDTH - 0.4, ceiling)
        _bars(figure, ax, rows, scenario)
        style.key(figure, _key(rows, scenario), top, columns=4)
        ceiling -= len(rows) * BAR + BETWEEN
    for i, panel in enumerate(shown):
        ax = style.room(figure, GUTTER, ceiling - panel.height, style.WIDTH - 0.4, ceiling)
        _panel(figure, ax, panel, table, ceiling)
        for each in rows:
            if each.name not in scenario.refused:
                ax.axvline(each.start, color=TYPES[each.lines[0].line], linewidth=1, linestyle=(0, (1, 2)), zorder=1)
        _weeks(ax, about.weeks, labelled=i + 1 == len(shown))
        ceiling -= panel.height + BETWEEN
    return figure, table


def _said(scenario: Scenario) -> str:
    """Explain bars."""
    said = "Bars: what is done, from its first to its last week; dotted: its start. "
    if scenario.refused:
        who = scenario.intervener.name or "the intervener"
        said += f"Struck through: refused, since it takes more authority than {who} has. "
    return said


def _table(own: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Mean and luck of columns by week; worth is smoothed over four weeks in every run first."""
    own = own.sort_values(["run", "week"])
    smooth = own.groupby("run")["worth"].rolling(4, min_periods=1).mean().to_numpy()
    weeks = own.assign(worth=smooth).groupby("week")
    found = pd.DataFrame({"week": sorted(own["week"].unique() + 1)})
    for column in dict.fromkeys(columns):
        found[column] = weeks[column].mean().to_numpy()
        found[f"{column}_low"], found[f"{column}_high"] = (weeks[column].quantile(q).to_numpy() for q in LUCK)
    return found


def _weeks(ax: Axes, weeks: int, *, labelled: bool) -> None:
    ax.set_xlim(0, weeks)
    step = next((s for s in (13, 26, 52, 104, 260) if weeks <= 8 * s), weeks // 4)
    ax.set_xticks(range(0, weeks + 1, step))
    ax.tick_params(labelbottom=labelled)
    if labelled:
        ax.set_xlabel("week", size=style.TEXT, color=style.INK)


def _bars(figure: Figure, ax: Axes, rows: Sequence[Intervention], scenario: Scenario) -> None:
    """Draw when what is done; of several types of lines, each has its part of the bar."""
    names = [style.folded(i.label.plain, LETTERS, 1)[0] for i in rows]
    for y, each in enumerate(rows):
        end, types = each.end(scenario.weeks), list(dict.fromkeys(line.line for line in each.lines))
        out = each.name in scenario.refused
        for part, kind in enumerate([types[0]] if out else types):
            tall = 0.7 / (1 if out else len(types))
            ax.barh(
                y - 0.35 + part * tall,
                end - each.start,
                tall,
                each.start,
                align="edge",
                facecolor="white" if out else TYPES[kind],
                edgecolor=style.PALE if out else "white",
                linestyle=(0, (2, 2)) if out else "-",
                hatch="" if out else HATCHES[kind],
                linewidth=1.2 if out else 0,
            )
        if out:
            left = 2 * each.start <= scenario.weeks  # words have more room after the start than before it
            words = f"refused: takes authority {each.authority:g}, has {scenario.intervener.authority:g}"
            x = each.start + (0.01 if left else -0.01) * scenario.weeks
            ax.text(x, y, words, ha="left" if left else "right", va="center", size=style.TEXT, color=style.PALE)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.set_yticks(range(len(rows)), names)
    ax.grid(axis="y", visible=False)
    _weeks(ax, scenario.weeks, labelled=False)
    for label, each in zip(ax.get_yticklabels(), rows, strict=True):
        if each.name in scenario.refused:
            label.set_color(style.PALE)
            _strike(figure, label)


def _strike(figure: Figure, text: Text) -> None:
    """Draw a line through words."""
    from matplotlib.lines import Line2D

    box = text.get_window_extent().transformed(figure.transFigure.inverted())
    y = 0.5 * (box.y0 + box.y1)
    figure.add_artist(Line2D([box.x0, box.x1], [y, y], color=style.INK, linewidth=1.4))


def _key(rows: Sequence[Intervention], scenario: Scenario) -> list[Any]:
    """Name the types of lines there are."""
    from matplotlib.patches import Patch

    there = {line.line for i in rows if i.name not in scenario.refused for line in i.lines}
    words = {
        "symptom": "treats a symptom",
        "function": "changes what people are evaluated for",
        "perception": "changes what they see",
    }
    found = [
        Patch(facecolor=c, hatch=HATCHES[k], edgecolor="white", linewidth=0, label=words[k])
        for k, c in TYPES.items()
        if k in there
    ]
    if scenario.refused:
        found.append(Patch(facecolor="white", edgecolor=style.PALE, linestyle=(0, (2, 2)), label="refused"))
    return found


def _panel(figure: Figure, ax: Axes, panel: Panel, table: pd.DataFrame, ceiling: float) -> None:
    """Draw courses, with their names at the left."""
    from matplotlib.lines import Line2D

    height, scale = float(figure.get_size_inches()[1]), 100 if panel.share else 1
    for course in panel.courses:
        x, column = table["week"], course.column
        if len(panel.courses) == 1 and not panel.share:
            low, high = scale * table[f"{column}_low"], scale * table[f"{column}_high"]
            ax.fill_between(x, low, high, color=course.colour, alpha=0.2, linewidth=0)
        ax.plot(x, scale * table[column], color=course.colour, linestyle=course.line, linewidth=2.5)
    if panel.share:
        ax.set_ylim(0, 105)
        ax.set_yticks([0, 50, 100], ["0 %", "50 %", "100 %"])
    else:
        ax.set_ylim(min(0.0, ax.get_ylim()[0]), None)
        ax.locator_params(axis="y", nbins=3)
    unit = "%" if panel.share else panel.unit
    words = [*style.folded(panel.title, 30, 1), *style.folded(f"[{unit}]", 30, 2)] if not panel.share else [panel.title]
    for i, line in enumerate(words):
        y = (ceiling - 0.14 - i * style.LINE) / height
        weight = "bold" if not i else "normal"
        figure.text(style.MARGIN / style.WIDTH, y, line, size=style.TEXT, va="center", weight=weight, color=style.INK)
    named = [c for c in panel.courses if c.label]
    for i, course in enumerate(named):
        y = (ceiling - 0.14 - (i + 1) * style.LINE) / height
        left = style.MARGIN / style.WIDTH
        figure.add_artist(
            Line2D([left, left + 0.035], [y, y], color=course.colour, linestyle=course.line, linewidth=2.5)
        )
        figure.text(left + 0.043, y, course.label, size=style.TEXT, va="center", color=style.INK)
