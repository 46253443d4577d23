"""Tables for people, in a terminal or a file: values with both spreads, differences, ranking.

A cell holds `value ±computing error`, below it the luck of single teams `low…high`, and where other
assumptions were run, their spread `(low…high)`. What is undefined is shown as "—", never as 0. Tables
that are too wide for the terminal are cut into parts.
"""

from __future__ import annotations

import io
import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from rich import box
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from experiments import stats
from experiments.words import BENCHMARK, bare, words_of

NOTHING = "—"
OTHERS = ("team", "organisation", "scenario")  # which vary who the people are
SWITCH = ("worth_year_1", "worth_year_2", "dip")  # where a scheme follows another
VALUES = (
    "worth",
    *SWITCH,
    "worth_of_aligned",
    "displaced_share",
    "effective_alignment",
    "validity",
    "decay",  # where it is measured
    "mislabelled",
    "debt",
    "truck_factor",
    "left",
    "surplus",
    "incentive",
)
COMPARED = ("displaced_share", "effective_alignment", "validity", "decay", "debt", "truck_factor", "surplus")
OF_A_RUN = {
    "What the business gets": (
        "worth",
        *SWITCH,
        "worth_of_aligned",
        "misalignment_price",
        "debt",
        "knowledge",
        "documented",
        "orphaned",
        "truck_factor",
        "incidents",
        "features",
        "backlog",
        "lead_time",
        "cost",
    ),
    "What the yardstick does": (
        "displaced_share",
        "gaming_share",
        "wasted_share",
        "effective_alignment",
        "congruence",
        "validity",
        "validity_shadow",
        "decay",
        "proxy_inflation",
        "mislabelled",
        "mislabelled_promoted",
        "craft",
        "perception_gap",
        "incentive",
        "score",
    ),
    "What it is like for people": ("surplus", "reward", "gini", "hours", "promoted", "laid_off", "left", "caught"),
}
CELL, NAME = 13, 20  # columns of a terminal that a value takes, and at least a scheme's name
SHORT = {stats.UNCLEAR: "unclear", stats.SMALL: "too small", stats.UNDEFINED: ""}


@dataclass(frozen=True, kw_only=True)
class About:
    """What a reader must know beside the numbers.

    Parameters
    ----------
    labels : mapping of str to str
        Scheme → plain label.
    activities : mapping of str to str
        Activity → plain label.
    benchmarks : collection of str
        Schemes that are reference lines, never ranked.
    reference : str
        The scheme that the others are compared with.
    runs, seed, weeks : int
    power : str
        `equal`, `as_given` or `own_best`.
    strength : mapping of str to float
        Scheme → factor on its incentive.
    matters : float
        Smallest difference of worth that matters, as a share of the aligned team's worth.
    smallest : float
        The same in weeks of core work per person-week; NaN if undefined.
    since : int
        The week from which the schemes count.
    today : str or None
        The scheme that all others follow; None where nothing is switched.
    varied : str
        What differs between the variants, in a word.
    one : str
        What a run is of: a `team` or an `organisation`.
    """

    labels: Mapping[str, str]
    activities: Mapping[str, str]
    benchmarks: Collection[str]
    reference: str
    runs: int
    seed: int
    weeks: int
    power: str
    strength: Mapping[str, float]
    matters: float
    smallest: float
    since: int = 0
    today: str | None = None
    varied: str = "scheme"
    one: str = "team"

    def label(self, scheme: str) -> str:
        """Plain label of a scheme, without a remark that it is a benchmark: tables say that themselves."""
        return bare(self.labels.get(scheme, scheme))

    def titled(self, scheme: str) -> str:
        """Plain label of a scheme, with that remark."""
        return self.label(scheme) + (BENCHMARK if scheme in self.benchmarks else "")

    def named(self, scheme: str) -> str:
        """Plain label and what to type for it."""
        label = self.label(scheme)
        return label if label == scheme else f"{label} ({scheme})"

    @property
    def many(self) -> str:
        """What several runs are of."""
        return f"{self.one}s"

    def setting(self) -> str:
        """Runs, seed, weeks, power and strengths in one sentence."""
        usual, _ = Counter(self.strength.values()).most_common(1)[0]
        others = [f"{k} {v:g}" for k, v in self.strength.items() if v != usual]
        strength = f"strength {usual:g}" + (f" (but {', '.join(others)})" if others else "")
        if self.power == "own_best":
            strength = "strengths " + ", ".join(f"{k} {v:.2f}" for k, v in self.strength.items())
        what = {"equal": "schemes differ in direction only", "as_given": "weights as each scheme says"}
        what["own_best"] = "each scheme at the strength where its own worth peaks"
        power = f"power {self.power} ({what[self.power]})" if self.power in what else f"power {self.power}"
        runs = f"{self.runs} {self.one if self.runs == 1 else self.many}"
        return f"{runs} of {self.weeks} weeks, seed {self.seed}; {power}, {strength}."


def percent(measure: str) -> bool:
    """Whether a measure is a share, shown in per cent.

    Examples
    --------
    >>> percent("displaced_share"), percent("debt"), percent("effort_deliver")
    (True, False, True)
    """
    return measure.startswith(("effort_", "aligned_effort_")) or unit_of(measure).startswith("share")


def unit_of(measure: str) -> str:
    """Return the unit of a measure in words."""
    return str(words_of(measure)["unit"])


def as_text(table: RenderableType, width: int = 100) -> str:
    """Return a table as plain text, for a file."""
    console = Console(file=io.StringIO(), width=width, color_system=None, highlight=False)
    with console.capture() as capture:
        console.print(table)
    return "\n".join(line.rstrip() for line in capture.get().splitlines()) + "\n"


class Spread(NamedTuple):
    """A number with its computing error and its luck."""

    value: float
    error_low: float
    error_high: float
    luck_low: float
    luck_high: float

    @property
    def half(self) -> float:
        """Half the interval of the computing error."""
        return 0.5 * (self.error_high - self.error_low)


def values_table(summary: pd.DataFrame, about: About, width: int = 100) -> RenderableType:
    """Return table 1: every scheme's values, best worth first, benchmarks at the bottom.

    Parameters
    ----------
    summary : DataFrame
        Of `stats.summary`.
    about : About
    width : int
        Columns of the terminal.
    """
    found = spreads(summary, "value")
    order = by_worth(found)
    cells = {m: _column([found[s, m] for s in order], m) for m in _there(found, VALUES)}
    if about.today is None:
        cells = {m: c for m, c in cells.items() if m not in SWITCH}
    meaning = "; ".join(f"{_short(m)}: {_plain(m)}" for m in cells if _short(m) != _plain(m))
    third = ""
    if "assumed_low" in summary:
        _add_assumptions(cells, summary, order)
        third = (
            "In parentheses: assumptions, the middle 80 % over what may be true of a real team, luck taken off; "
            "it does not shrink either. "
        )
    caption = (
        f"Upper line: mean ± computing error (half the 95 % interval of the mean, each {about.varied} by itself; "
        f"more runs shrink it). Lower line: luck, the middle 80 % of single {about.many}; it does not shrink. "
        f"{third}{NOTHING} undefined. Validity and effective alignment are pooled over runs and have no luck. "
        + about.setting()
    )
    tables = _parts(f"Table 1. What each {about.varied} brings", cells, order, about, width)
    return _spaced(*tables, _note(caption), _note(f"In plain words: {meaning}."))


def differences_table(differences: pd.DataFrame, about: About, width: int = 100) -> RenderableType:
    """Return table 2: differences to the reference, worth first, then the other measures.

    Parameters
    ----------
    differences : DataFrame
        Of `stats.differences`.
    about : About
    width : int
        Columns of the terminal.
    """
    if differences.empty:
        return _note("Table 2. Nothing to compare: there is only the reference.")
    found = spreads(differences, "difference")
    order = by_worth(found)
    verdict = _strings(differences, "verdict")
    share = {(s, m): float(v) for (s, m), v in _strings(differences, "share_better").items()}
    worth = [found[s, "worth"] for s in order]
    digits = _digits([w.half for w in worth])
    columns = {
        "difference of worth": _column(worth, "worth", sign="+", luck=False),
        "luck": [Text(_luck(w, digits, "+")) for w in worth],
        f"{about.many} that do better, %": [Text(_number(100 * share[s, "worth"], 0)) for s in order],
        "verdict": [_verdict(verdict[s, "worth"]) for s in order],
    }
    title = f"Table 2. Difference to: {about.named(about.reference)}"
    first = _table(title, columns, order, about, width - len(columns) * (CELL + 2) - 6)
    there = _there(found, COMPARED)
    missing = [m for m in there if all(math.isnan(found[s, m].value) for s in order)]
    cells = {}
    for measure in (m for m in there if m not in missing):
        cells[measure] = _column([found[s, measure] for s in order], measure, sign="+", luck=False)
        for cell, s in zip(cells[measure], order, strict=True):
            word = verdict[s, measure]
            cell.append("\n").append_text(_verdict(SHORT.get(word, word)))
    rest = _parts("The same for other measures", cells, order, about, width)
    who = "the same luck" if about.varied in OTHERS else "the same people with the same luck"
    caption = (
        f"Paired: {who} under both. ± computing error: "
        f"{stats.method(len(order))}, for each measure; luck: middle 80 % of single {about.many}. "
    )
    if not math.isnan(about.smallest):
        caption += (
            f"Too small to matter: surely less than {_number(about.smallest, 3)} weeks of core work per "
            f"person-week, {100 * about.matters:.3g} % of the aligned team's worth. "
        )
    if any(v == stats.UNCLEAR for (_, m), v in verdict.items() if m in cells):
        caption += f"{SHORT[stats.UNCLEAR]}: {stats.UNCLEAR}. "
    if missing:
        caption += f"Undefined, so not compared: {', '.join(_short(m) for m in missing)}. "
    return _spaced(first, *rest, _note(caption + about.setting()))


def ranking_table(ranking: pd.DataFrame, about: About, width: int = 100) -> RenderableType:
    """Return table 3: the ranking by worth and how firm it is, then what it means in words.

    Parameters
    ----------
    ranking : DataFrame
        Of `stats.ranking`.
    about : About
    width : int
        Columns of the terminal.
    """
    if ranking.empty:
        return _note("Table 3. Nothing to rank: fewer than two that are not benchmarks.")
    order = [str(s) for s in ranking["scheme"]]
    digits = _digits(list(0.5 * (ranking["error_high"] - ranking["error_low"])))
    columns = {
        "worth": [Text(_number(v, digits)) for v in ranking["value"]],
        f"best in, % of {about.many}": [Text(_number(100 * v, 0)) for v in ranking["share_best"]],
        "probability that its mean is highest": [Text(_number(v, 2)) for v in ranking["probability_highest"]],
        "against the next": [_verdict(str(v)) if v else Text(NOTHING) for v in ranking["verdict"]],
    }
    caption = (
        "Probability: bootstrap over runs. Against the next: "
        f"{stats.method(math.comb(len(order), 2))}; benchmarks are not ranked."
    )
    name = width - len(columns) * (CELL + 2) - 6
    table = _table("Table 3. Ranking by worth", columns, order, about, name)
    return _spaced(table, _note(caption), Text("\n".join(ranking_lines(ranking, about))))


def ranking_lines(ranking: pd.DataFrame, about: About) -> list[str]:
    """Say in sentences which scheme comes first and which cannot be told from it."""
    if ranking.empty:
        return []
    first = ranking.iloc[0]
    share = _number(100 * float(first["share_best"]), 0)
    lines = [f"First: {about.named(str(first['scheme']))}, best in {share} % of {about.many}."]
    rest = ranking.iloc[1:]
    for verdict, words in (
        (stats.UNCLEAR, "Not distinguishable from it"),
        (stats.SMALL, "Too small a difference to matter"),
    ):
        found = [about.named(str(s)) for s in rest.loc[rest["against_best"] == verdict, "scheme"]]
        if found:
            lines.append(f"{words}: {', '.join(found)}.")
    return lines if len(lines) > 1 else [*lines, f"Every other {about.varied} does worse than it."]


def run_table(summary: pd.DataFrame, about: About) -> RenderableType:
    """Return the tables of a single scheme: a row per measure, then where the week goes.

    Parameters
    ----------
    summary : DataFrame
        Of `stats.summary`, one scheme.
    about : About
    """
    scheme = str(summary["scheme"].iloc[0])
    found = {measure: spread for (_, measure), spread in spreads(summary, "value").items()}
    values = _empty(about.named(scheme))
    values.add_column("", min_width=24, max_width=48)
    for header in ("mean ±\ncomputing error", "luck"):
        values.add_column(header, justify="right", max_width=16)
    values.add_column("unit", style="dim")
    for section, measures in OF_A_RUN.items():
        values.add_section()
        values.add_row(Text(section, style="italic"))
        for measure in (m for m in measures if m in found):
            unit = "%" if percent(measure) else unit_of(measure)
            values.add_row(Text(_plain(measure)), *_pair(found[measure], measure), unit)
    week = _empty("Where the week goes [% of a full week]")
    week.add_column("", min_width=24, max_width=48)
    for header in ("mean ±\ncomputing error", "luck", "aligned team"):
        week.add_column(header, justify="right", max_width=16)
    for activity, label in about.activities.items():
        if (name := f"effort_{activity}") in found:
            aligned = found.get(f"aligned_{name}")
            share = NOTHING if aligned is None else _number(100 * aligned.value, 1)
            week.add_row(Text(label), *_pair(found[name], name), share)
    caption = (
        "± computing error: half the 95 % interval of the mean, which more runs shrink. "
        f"Luck: the middle 80 % of single {about.many}, which they do not. {NOTHING} undefined. {about.setting()}"
    )
    return _spaced(values, week, _note(caption))


def spreads(frame: pd.DataFrame, value: str, second: str = "luck") -> dict[tuple[str, str], Spread]:
    """Return (scheme, measure) → numbers; `second`: `assumed` in the place of luck."""
    columns = [value, "error_low", "error_high", f"{second}_low", f"{second}_high"]
    numbers = frame[columns].to_numpy(dtype=np.float64).tolist()
    return {key: Spread(*row) for key, row in zip(_keys(frame), numbers, strict=True)}


def _strings(frame: pd.DataFrame, column: str) -> dict[tuple[str, str], str]:
    return dict(zip(_keys(frame), map(str, frame[column]), strict=True))


def _keys(frame: pd.DataFrame) -> list[tuple[str, str]]:
    return [(str(s), str(m)) for s, m in zip(frame["scheme"], frame["measure"], strict=True)]


def by_worth(found: Mapping[tuple[str, str], Spread]) -> list[str]:
    """Schemes, the highest worth (or difference of worth) first."""
    return sorted((s for s, m in found if m == "worth"), key=lambda s: -found[s, "worth"].value)


def _there(found: Mapping[tuple[str, str], Spread], measures: Sequence[str]) -> list[str]:
    known = {m for _, m in found}
    return [m for m in measures if m in known]


def _short(measure: str) -> str:
    return str(words_of(measure)["label"]["neutral"])


def _plain(measure: str) -> str:
    return str(words_of(measure)["label"]["plain"])


def _note(text: str) -> Text:
    return Text(text, style="dim")


def _spaced(*parts: RenderableType) -> Group:
    """Parts below each other, a line between."""
    return Group(*[x for part in parts for x in (part, Text())][:-1])


def _verdict(verdict: str) -> Text:
    return Text(verdict, style={stats.BETTER: "green", stats.WORSE: "red"}.get(verdict, ""))


def _number(value: float, digits: int, sign: str = "") -> str:
    """Format a number; undefined as a dash, zero without a sign.

    Examples
    --------
    >>> _number(0.256, 2, "+"), _number(float("nan"), 2), _number(-0.001, 2, "+")
    ('+0.26', '—', '0.00')
    """
    if math.isnan(value):
        return NOTHING
    text = f"{value:{sign}.{digits}f}"
    return f"{0:.{digits}f}" if not text.strip("+-0.") else text


def _digits(halves: Sequence[float]) -> int:
    """Digits after the point that show the first digit of a column's smaller computing errors.

    Examples
    --------
    >>> _digits([0.02, 0.03]), _digits([2.0]), _digits([0.0])
    (2, 0, 2)
    """
    above = [h for h in halves if h > 0]
    if not above:
        return 2
    return min(max(-math.floor(math.log10(float(np.quantile(above, 0.25)))), 0), 5)


def _column(spreads: Sequence[Spread], measure: str, sign: str = "", luck: bool = True) -> list[Text]:
    """Cells of one measure: value ±error, below it luck."""
    scaled = [_scaled(s, measure) for s in spreads]
    digits = _digits([s.half for s in scaled])
    cells = [Text(_number(s.value, digits, sign) + _error(s.half, digits)) for s in scaled]
    for cell, spread in zip(cells, scaled, strict=True):
        if luck and not math.isnan(spread.luck_low):
            cell.append(f"\n{_luck(spread, digits, sign)}", style="dim")
    return cells


def _add_assumptions(cells: Mapping[str, list[Text]], summary: pd.DataFrame, order: Sequence[str]) -> None:
    """Write the third spread into the cells of measures that have one."""
    found = spreads(summary, "value", "assumed")
    for measure, column in cells.items():
        scaled = [_scaled(found[s, measure], measure) for s in order]
        digits = _digits([s.half for s in scaled])
        for cell, spread in zip(column, scaled, strict=True):
            if not math.isnan(spread.luck_low):
                cell.append(f"\n({_luck(spread, digits)})", style="dim")


def _pair(spread: Spread, measure: str) -> tuple[str, str]:
    """Value ±error, and luck, of one measure of one scheme."""
    scaled = _scaled(spread, measure)
    digits = _digits([scaled.half])
    return _number(scaled.value, digits) + _error(scaled.half, digits), _luck(scaled, digits)


def _scaled(spread: Spread, measure: str) -> Spread:
    return Spread(*[100 * x for x in spread]) if percent(measure) else spread


def _error(half: float, digits: int) -> str:
    """Half an interval, to its first digit where it would seem to be 0.

    Examples
    --------
    >>> _error(0.021, 2), _error(0.004, 2), _error(0.0, 2), _error(math.nan, 2)
    (' ±0.02', ' ±0.004', ' ±0', '')
    """
    if math.isnan(half):
        return ""
    text = f"{half:.{digits}f}"
    if not text.strip("0."):
        text = f"{half:.1g}"
    return f" ±{text}"


def _luck(spread: Spread, digits: int, sign: str = "") -> str:
    if math.isnan(spread.luck_low):
        return NOTHING
    fewer = max(digits - 1, 0)
    return f"{_number(spread.luck_low, fewer, sign)}…{_number(spread.luck_high, fewer, sign)}"


def _parts(title: str, cells: Mapping[str, list[Text]], order: Sequence[str], about: About, width: int) -> list[Table]:
    """Cut columns into tables that fit the width, as even as can be."""
    parts = math.ceil(len(cells) / max(1, (width - 2 - NAME) // (CELL + 2)))
    names, tables = list(cells), []
    name = width - 2 - math.ceil(len(names) / max(parts, 1)) * (CELL + 2)
    for i in range(parts):
        chosen = names[i * len(names) // parts : (i + 1) * len(names) // parts]
        heads = {_head(m): cells[m] for m in chosen}
        tables.append(_table(title if not i else f"{title} (continued)", heads, order, about, name))
    return tables


def _head(measure: str) -> str:
    return f"{_short(measure)}\n[{'%' if percent(measure) else unit_of(measure)}]"


def verify_table(table: pd.DataFrame, width: int = 100) -> RenderableType:
    """Every quantity of the theory limits: expected, found, verdict; what does not pass stands out."""
    shown = _empty("The model in its theory limits")
    for head in ("case", "quantity", "verdict"):
        shown.add_column(head, justify="left", max_width=width // 3)
    for head in ("expected", "found", "tolerance"):
        shown.add_column(head, justify="right")
    for row in table.itertuples(index=False):
        style = {"pass": "green", "fail": "bold red"}.get(str(row.verdict), "yellow")
        numbers = (f"{row.expected:.6g}", _number_or_dash(row.found), f"{row.tolerance:.1g}")
        shown.add_row(Text(str(row.id)), Text(str(row.quantity)), Text(str(row.verdict), style=style), *numbers)
    return shown


def _number_or_dash(value: object) -> str:
    number = float(str(value))
    return "—" if math.isnan(number) else f"{number:.6g}"


def _empty(title: str) -> Table:
    return Table(
        title=Text(title, style="bold"),
        title_justify="left",
        box=box.SIMPLE_HEAD,
        show_edge=False,
        padding=(0, 1, 0, 0),
    )


def _table(title: str, columns: Mapping[str, list[Text]], order: Sequence[str], about: About, name: int) -> Table:
    """Schemes as rows, benchmarks at the bottom in a section; `name`: width of the first column."""
    table = _empty(title)
    table.add_column("", max_width=max(NAME, min(2 * NAME, name)))
    for head in columns:
        words = head == "verdict" or head.startswith("against")
        table.add_column(Text(head), justify="left" if words else "right", max_width=20 if words else CELL)
    ranked = [i for i, s in enumerate(order) if s not in about.benchmarks]
    others = [i for i, s in enumerate(order) if s in about.benchmarks]
    for i in ranked:
        table.add_row(_name(order[i], about), *[c[i] for c in columns.values()])
    if others:
        table.add_section()
        table.add_row(Text("Benchmarks, not ranked", style="italic"))
        for i in others:
            table.add_row(_name(order[i], about), *[c[i] for c in columns.values()])
    return table


def _name(scheme: str, about: About) -> Text:
    label = about.label(scheme)
    return Text(label) if label == scheme else Text(label).append(f"\n{scheme}", style="dim")
