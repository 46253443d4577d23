"""A sweep: a measure against one parameter, or over two; and the boxes in which one value loses to another."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.plots import style
from experiments.plots.panels import columns_for, panels
from sim.arrays import Floats

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ORDER = (0, 6, 2, 5, 7, 1, 8, 4)  # of colours
BANDS = 15  # steps of colour of a map that is interpolated
DASHED = (0, (3, 2))
LINE: Mapping[str, Any] = {"color": style.INK, "linewidth": 4}  # where a difference changes sign
THEORY: Mapping[str, Any] = {"color": style.COLOURS[5], "linewidth": 2.2, "linestyle": DASHED}  # seen over that line
UNDATED: Mapping[str, Any] = {".pdf": {"CreationDate": None}, ".svg": {"Date": None}}  # the same bytes every day
Plain = tuple[Floats, Floats, Floats]  # x (n,), y (m,) and values (m, n)


def save(figure: Figure, path: Path) -> None:
    """Write a picture whole or not at all, in the format that its name ends with."""
    import matplotlib

    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with warnings.catch_warnings(), matplotlib.rc_context({"svg.hashsalt": "crosspurpose"}):
            warnings.filterwarnings("ignore", message="Glyph .* missing from")
            figure.savefig(temporary, format=path.suffix[1:], dpi=style.DPI, metadata=UNDATED.get(path.suffix))
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _height(count: int) -> float | None:
    """Return how high the panel of a page is [inch]; None: as pages with many have it."""
    return 4.6 if count == 1 else None


def _below_title(figure: Figure) -> float:
    """Where the space below the title of a page begins [inch]."""
    return float(figure.get_size_inches()[1]) - style.MARGIN - 0.5


def response(
    *,
    rows: pd.DataFrame | None,
    table: pd.DataFrame,
    theory: pd.DataFrame,
    colours: Sequence[str],
    facets: Sequence[str],
    names: Sequence[str] | None,
    log: bool,
    labels: tuple[str, str, str],
    caption: str,
) -> Figure:
    """Draw a measure against a parameter.

    Parameters
    ----------
    rows : DataFrame or None
        Single points, where they are drawn too: facet, colour, x, value.
    table : DataFrame
        facet, colour, x, value, error_low, error_high, luck_low, luck_high.
    theory : DataFrame
        facet, colour, x, theory; no row: there is none.
    names : sequence of str or None
        Of the places 0, 1, … of x; None: x is a number.
    labels : (parameter, measure, unit)
    """
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    paint = {c: style.COLOURS[ORDER[i % len(ORDER)]] for i, c in enumerate(colours)}
    key: list[Artist] = []
    if len(colours) > 1:
        key += [Line2D([], [], color=paint[c], linewidth=2.5, label="\n".join(style.folded(c, 26))) for c in colours]
    key += [
        Patch(color=style.PALE, alpha=0.45, linewidth=0, label="computing error"),
        Patch(color=style.PALE, alpha=0.15, linewidth=0, label="luck"),
    ]
    if len(theory):
        key.append(Line2D([], [], color=style.INK, linewidth=1.8, linestyle=DASHED, label="theory"))
    parameter, measure, unit = labels
    title = f"{measure[:1].upper()}{measure[1:]} against {parameter}"
    right = max(2.4, 1.2 + style.CHARACTER * max(len(line) for k in key for line in str(k.get_label()).split("\n")))
    figure, axes = panels(facets, title, caption, height=_height(len(facets)), left=1.25, right=right)
    style.key(figure, key, _below_title(figure) - 0.3, columns=1, left=style.WIDTH - right + 0.05, long=1.6)
    for ax, facet in zip(axes, facets, strict=True):
        for i, colour in enumerate(colours):
            own = table[(table["facet"] == facet) & (table["colour"] == colour)]
            beside = 0.0 if names is None else (i - (len(colours) - 1) / 2) * 0.6 / len(colours)
            _curve(ax, own.assign(x=own["x"] + beside), paint[colour], joined=names is None)
            if rows is not None:
                single = rows[(rows["facet"] == facet) & (rows["colour"] == colour)]
                ax.vlines(
                    single["x"], single["error_low"], single["error_high"], color=paint[colour], alpha=0.1, zorder=1
                )
                ax.plot(single["x"], single["value"], ".", color=paint[colour], markersize=4, alpha=0.4, zorder=1)
            if len(theory):
                said = theory[(theory["facet"] == facet) & (theory["colour"] == colour)]
                ax.plot(said["x"], said["theory"], color=style.INK, linewidth=1.8, linestyle=DASHED, zorder=4)
        if log:
            ax.set_xscale("log")
        if names is not None:
            wide = ax.get_position().width * style.WIDTH / len(names)
            words = [
                "\n".join(style.folded(n.replace("_", " "), max(5, int(wide / style.CHARACTER) + 1))) for n in names
            ]
            ax.set_xticks(range(len(names)), words)
            ax.set_xlim(-0.5, len(names) - 0.5)
    _common(axes, "y")
    _called(axes, parameter if names is None else "", unit or measure)
    return figure


def _called(axes: Sequence[Axes], x: str, y: str) -> None:
    """Name the axes of a page of panels: x below the lowest, y beside the first."""
    below = columns_for(len(axes))
    for ax in axes[-below:]:
        ax.set_xlabel(x, size=style.TEXT, color=style.INK)
    high = axes[0].get_position().height * float(axes[0].get_figure(root=True).get_size_inches()[1])  # type: ignore[union-attr]
    lines = style.folded(y, max(12, int(high / style.CHARACTER)))
    axes[0].set_ylabel("\n".join(lines), size=style.TEXT, color=style.INK)


def _curve(ax: Axes, own: pd.DataFrame, colour: str, joined: bool) -> None:
    """Draw one curve with its bands and bars; single values where it is not joined."""
    x, value = own["x"].to_numpy(float), own["value"].to_numpy(float)
    half = np.nan_to_num((own["error_high"] - own["error_low"]).to_numpy(float) / 2)
    if joined:
        ax.fill_between(x, own["luck_low"], own["luck_high"], color=colour, alpha=0.12, linewidth=0)
        ax.fill_between(x, own["error_low"], own["error_high"], color=colour, alpha=0.35, linewidth=0)
    else:
        ax.vlines(x, own["luck_low"], own["luck_high"], color=colour, alpha=0.15, linewidth=14)
    ax.errorbar(
        x,
        value,
        yerr=half,
        fmt="o-" if joined else "o",
        color=colour,
        markersize=5,
        linewidth=2,
        elinewidth=2,
        capsize=3,
    )


def _common(axes: Sequence[Axes], which: str) -> None:
    """Give panels one range."""
    limits = [getattr(ax, f"get_{which}lim")() for ax in axes]
    for ax in axes:
        getattr(ax, f"set_{which}lim")(min(a for a, _ in limits), max(b for _, b in limits))


def mapped(
    *,
    table: pd.DataFrame,
    theory: Mapping[str, Plain],
    kind: str,
    edges: tuple[Floats, Floats] | None,
    facets: Sequence[str],
    log: tuple[bool, bool],
    labels: tuple[str, str, str, str],
    against: str | None,
    caption: str,
) -> Figure:
    """Draw a measure, or a difference, over two parameters.

    Parameters
    ----------
    table : DataFrame
        facet, x, y, value, error_low, error_high; of a difference `itself`: whether it is to the same point.
    theory : mapping
        Facet → what theory says of the difference.
    kind : str
        `grid`, `bins` with edges, or `sampled`.
    labels : (x, y, measure, unit)
    against : str or None
        What the difference is to, in words; None: there is none.
    """
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch
    from matplotlib.ticker import MaxNLocator

    x, y, measure, unit = labels
    name = f"{measure[:1].upper()}{measure[1:]}"
    title = f"{name} by {x} and {y}" if against is None else f"{name}, against {against}"
    key: list[Artist] = []
    if against is not None:
        key = [
            Line2D([], [], **LINE, label="the difference changes sign"),
            *([Line2D([], [], **THEORY, label="the same by theory")] if theory else []),
            Patch(facecolor="none", edgecolor=style.PALE, hatch="///", label="no clear difference"),
        ]
    top = len(facets) if facets != [""] else 1
    figure, axes = panels(facets, title, caption, height=_height(top), left=1.25, right=2.0, lines=key)
    value = table["value"].to_numpy(float)
    most = float(np.nanmax(np.abs(value))) or 1.0
    low, high = (float(np.nanmin(value)), float(np.nanmax(value))) if against is None else (-most, most)
    look = {"cmap": "cividis" if against is None else "RdBu", "vmin": low, "vmax": high if high > low else low + 1.0}
    for ax, facet in zip(axes, facets, strict=True):
        own = table[table["facet"] == facet]
        drawn = _sampled(ax, own, look) if kind == "sampled" else _cells(ax, own, look, edges, log)
        if against is not None:
            _signs(ax, own, kind, edges, log)
        if facet in theory:
            for line in zeros(*theory[facet]):
                ax.plot(*line.T, **THEORY)
        for which, on in zip("xy", log, strict=True):
            if on:
                getattr(ax, f"set_{which}scale")("log")
        ax.set_axisbelow(False)
        ax.grid(visible=False)
    _called(axes, x, y)
    box = axes[-1].get_position()
    wide = style.WIDTH
    bar = figure.colorbar(
        drawn, ticks=MaxNLocator(6), cax=figure.add_axes(((wide - 1.75) / wide, box.y0, 0.22 / wide, box.height))
    )
    bar.outline.set_visible(False)
    bar.ax.tick_params(labelsize=style.TEXT, colors=style.INK, length=0)
    words = unit or measure
    bar.set_label("\n".join(style.folded(words if against is None else f"difference [{words}]", 36)), size=style.TEXT)
    return figure


def _plain(own: pd.DataFrame, column: str) -> Plain:
    """Return a column over the grid of x and y, NaN where no point is."""
    wide = own.pivot(index="y", columns="x", values=column).astype(float)
    return wide.columns.to_numpy(float), wide.index.to_numpy(float), wide.to_numpy(float)


def _around(middle: Floats, log: bool) -> Floats:
    """Return the edges of cells around their middles: half-way to the next, as far beyond the ends."""
    m = np.log(middle) if log else middle
    if len(m) == 1:
        edges = np.array([m[0] - 0.5, m[0] + 0.5])
    else:
        between = (m[1:] + m[:-1]) / 2
        edges = np.concatenate([[2 * m[0] - between[0]], between, [2 * m[-1] - between[-1]]])
    return np.asarray(np.exp(edges) if log else edges)


def _cells(
    ax: Axes, own: pd.DataFrame, look: Mapping[str, Any], edges: tuple[Floats, Floats] | None, log: tuple[bool, bool]
) -> Any:
    """Draw a cell per place."""
    x, y, z = _plain(own, "value")
    across, up = edges or (_around(x, log[0]), _around(y, log[1]))
    return ax.pcolormesh(across, up, np.ma.masked_invalid(_full(x, y, z, edges)), **look)


def _full(x: Floats, y: Floats, z: Floats, edges: tuple[Floats, Floats] | None) -> Floats:
    """Return values over all cells, where bins without a point are missing."""
    if edges is None:
        return z
    whole = np.full((len(edges[1]) - 1, len(edges[0]) - 1), np.nan)
    column, row = (np.searchsorted(e, v) - 1 for e, v in ((edges[0], x), (edges[1], y)))
    whole[np.ix_(row, column)] = z
    return whole


def _sampled(ax: Axes, own: pd.DataFrame, look: Mapping[str, Any]) -> Any:
    """Draw a surface through points that are no grid, and the points."""
    levels = np.linspace(look["vmin"], look["vmax"], BANDS)
    drawn = ax.tricontourf(own["x"], own["y"], own["value"], levels=levels, cmap=look["cmap"])
    ax.plot(own["x"], own["y"], ".", color=style.INK, markersize=3)
    return drawn


def _signs(ax: Axes, own: pd.DataFrame, kind: str, edges: tuple[Floats, Floats] | None, log: tuple[bool, bool]) -> None:
    """Draw where a difference changes sign, and hatch where its interval includes 0."""
    clear = np.maximum(own["error_low"], -own["error_high"])  # above 0 where it does not
    if kind == "sampled":
        ax.tricontour(
            own["x"], own["y"], own["value"], levels=[0.0], colors=LINE["color"], linewidths=LINE["linewidth"]
        )
        least = float(np.nanmin(clear))
        if least <= 0:
            ax.tricontourf(own["x"], own["y"], clear, levels=[least - 1, 0.0], colors="none", hatches=["///"])
        return
    x, y, unclear = _plain(own.assign(unclear=(clear <= 0).astype(float)), "unclear")
    across, up = edges or (_around(x, log[0]), _around(y, log[1]))
    here = np.ma.masked_where(_full(x, y, unclear, edges) != 1.0, np.ones((len(up) - 1, len(across) - 1)))
    if here.count():
        ax.pcolor(across, up, here, facecolor="none", edgecolor=style.PALE, hatch="///", linewidth=0)
    for line in flips(own):
        ax.plot(*line.T, **LINE)


def flips(own: pd.DataFrame) -> list[Floats]:
    """Return the lines along which a difference on a grid changes sign: (points, 2) each, x and y.

    Places that are compared with themselves have no sign.
    """
    return zeros(*_plain(own.assign(value=own["value"].where(~own["itself"].astype(bool))), "value"))


def zeros(x: Floats, y: Floats, z: Floats) -> list[Floats]:
    """Return the lines along which z (y, x) is 0, by linear interpolation: (points, 2) each; NaN is left out."""
    from contourpy import contour_generator

    if min(z.shape) < 2:
        return []
    return [np.asarray(line) for line in contour_generator(x, y, np.ma.masked_invalid(z)).lines(0.0)]


def boxes(
    *,
    table: pd.DataFrame,
    found: Sequence[Mapping[str, tuple[float, float]]],
    axes: tuple[str, str | None],
    names: Mapping[str, Sequence[str]],
    title: str,
    labels: tuple[str, str],
    caption: str,
) -> Figure:
    """Draw points by whether one value loses, and the boxes in which it mostly does.

    Parameters
    ----------
    table : DataFrame
        A column per drawn parameter, `difference` and `loses`.
    found : sequence of mapping
        Parameter → the lowest and highest value in the box.
    axes : (x, y)
        Parameters that are drawn; y None: the difference.
    names : mapping
        Parameter → the names of its places 0, 1, …
    labels : (loses, does not)
        What the colours mean.
    """
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch, Rectangle

    x, y = axes[0], axes[1] or "difference"
    key: list[Artist] = [
        Line2D([], [], marker="o", linestyle="", color=style.VERMILLION, label=labels[0]),
        Line2D([], [], marker="o", linestyle="", color=style.COLOURS[1], label=labels[1]),
        Patch(facecolor="none", edgecolor=style.INK, linewidth=2.5, label="a box"),
    ]
    figure, (ax,) = panels([""], title, caption, height=4.8, left=1.25, lines=key)
    size = 8.0 if len(table) < 300 else 4.0
    for loses, colour in ((False, style.COLOURS[1]), (True, style.VERMILLION)):
        own = table[table["loses"] == loses]
        ax.plot(own[x], own[y], "o", color=colour, markersize=size, alpha=0.8, markeredgewidth=0)
    for which, key_of in (("x", x), ("y", y)):
        if key_of in names:
            getattr(ax, f"set_{which}ticks")(range(len(names[key_of])), names[key_of])
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    for box in found:
        (a, b), (c, d) = box.get(x, (left, right)), box.get(y, (bottom, top))
        a, b, c, d = max(a, left), min(b, right), max(c, bottom), min(d, top)
        ax.add_patch(Rectangle((a, c), b - a, d - c, fill=False, edgecolor=style.INK, linewidth=2.5, zorder=5))
    ax.set_xlim(left, right)
    ax.set_ylim(bottom, top)
    ax.set_xlabel(x, size=style.TEXT, color=style.INK)
    ax.set_ylabel(y, size=style.TEXT, color=style.INK)
    return figure
