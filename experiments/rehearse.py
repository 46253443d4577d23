"""`crosspurpose rehearse lesson=NAME`: in how many classes of scripted students the lesson's effect shows.

Each class is a class as it would be: students come in, take seats, choose round by round, and their companies are
lived. Three of ten are honest, two choose anything, one never chooses, the rest look after themselves
(`experiments.classroom.players`). A class has people and luck of its own, which follow from the seed and the number of
the class: fewer classes are the first of more. Its effect is that of `experiments.classroom.effect`, and shows where it
reaches what the lesson asks for.

    classes.csv        a row per class and round: the effect, whether it shows, and the class's own seed
    rehearse.csv       a row per round: in how many it shows, and how the effect is distributed
    plots/rehearse.png

The same command prints again what is there.
"""

from __future__ import annotations

import re
import shlex
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from rich import box
from rich.table import Table
from scipy.stats import binomtest

from experiments.classroom.effect import UNITS, threshold
from experiments.classroom.players import MIX
from experiments.classroom.session import LARGEST_CLASS, Setting
from experiments.classroom.together import effects, seed_of
from experiments.console import console, progress
from experiments.executors import Executor, Lost, map_chunks
from experiments.lessons import SHIPS, Lesson, files, lesson
from experiments.outcome import folder_of
from experiments.quantity import sentence
from experiments.store import model_version, source, versions, write_csv
from experiments.study import MOST
from sim.arrays import Floats
from sim.errors import InvalidInput, RunFailed, nearest, unknown

TOGETHER = 20  # classes that are lived as one batch
KEYS = ("lesson", "classes", "students", "minutes", "seed", "workers", "out", "overwrite")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is to be rehearsed.

    Parameters
    ----------
    lesson : str
    classes : int
        At least 1.
    students : int
        Of a class, from 1 to the largest class.
    minutes : int
        A length that the lesson has.
    seed : int
        At least 0.
    workers : int or None
        Processes; None: one per core.
    out : str or None
        A folder; None: one below `results`.
    overwrite : bool
    """

    lesson: str
    classes: int = 200
    students: int = 24
    minutes: int = 50
    seed: int = 1
    workers: int | None = None
    out: str | None = None
    overwrite: bool = False

    @property
    def setting(self) -> Setting:
        """How its classes are run, but for their own seeds."""
        return Setting(lesson=self.lesson, minutes=self.minutes, seed=self.seed)


def main(words: Sequence[str]) -> int:
    """Rehearse as the command line says; print the table and write the folder."""
    wanted = asked(words)
    given = lesson(wanted.lesson)
    folder = folder_of(_same(given, wanted), wanted.out, wanted.lesson)
    if folder.check(wanted.overwrite) != "finished":
        started = time.monotonic()
        manifest = {
            "verb": "rehearse",
            "command": shlex.join(["crosspurpose", "rehearse", *words]),
            "seed": wanted.seed,
            "versions": {**versions(), "source": source()},
        }
        folder.begin(manifest, anew=True, rooms=())
        classes = rehearsed(wanted)
        write_csv(classes, folder.path / "classes.csv")
        write_csv(summary(classes, given.effect.least), folder.path / "rehearse.csv")
        from experiments.plots.rehearse import draw

        picture, summary_csv = folder.path / "plots" / "rehearse.png", folder.path / "rehearse.csv"
        draw(picture, classes, summary_csv, given, wanted.setting, wanted.students)
        folder.write_manifest({**manifest, "seconds": round(time.monotonic() - started, 3), "status": "finished"})
    table = pd.read_csv(folder.path / "rehearse.csv")
    screen = console()
    screen.print(_printed(table, given, wanted), "")
    for line in in_words(table, given):
        screen.print(line, soft_wrap=True)
    screen.print(f"\nResults written to {folder.path}", soft_wrap=True)
    return 0


def asked(words: Sequence[str]) -> Asked:
    """Read the command's words.

    Examples
    --------
    >>> asked(["lesson=target", "classes=50"]).classes
    50
    """
    given: dict[str, str] = {}
    for each in words:
        key, equals, value = each.partition("=")
        if not equals or key not in KEYS:
            raise InvalidInput("argument", each, f"key=value with one of {', '.join(KEYS)}", nearest(key, KEYS))
        if key in given:
            raise InvalidInput(key, value, "given once")
        given[key] = value
    name = given.get("lesson", "")
    if name not in files():
        raise unknown("lesson", name or "(missing)", files())
    if (wanted := given.get("overwrite", "false")) not in ("true", "false"):
        raise unknown("overwrite", wanted, ["true", "false"])
    if given.get("out") == "":
        raise InvalidInput("out", "(empty)", "a folder")
    found = Asked(
        lesson=name,
        classes=_whole(given, "classes", 1, 100_000),
        students=_whole(given, "students", 1, LARGEST_CLASS),
        minutes=_whole(given, "minutes", 1, 1000),
        seed=_whole(given, "seed", 0, MOST["seed"]),
        workers=_whole(given, "workers", 1, 1000) if "workers" in given else None,
        out=given.get("out"),
        overwrite=wanted == "true",
    )
    lesson(name).timing(found.minutes)
    return found


def _whole(given: Mapping[str, str], key: str, least: int, most: int) -> int:
    default = next(f.default for f in fields(Asked) if f.name == key)
    text = given.get(key, str(default))
    if not re.fullmatch(r"\d{1,40}", text, re.ASCII) or not least <= int(text) <= most:
        raise InvalidInput(key, text or "(empty)", f"a whole number from {least} to {most}")
    return int(text)


def _same(given: Lesson, wanted: Asked) -> dict[str, Any]:
    """Return what a rehearsal is: two that agree in this have the same numbers."""
    return {
        "verb": "rehearse",
        "lesson": asdict(given),
        "worlds": [dict(given.scenario(c).config) for c in range(len(given.companies))],
        "classes": wanted.classes,
        "students": wanted.students,
        "minutes": wanted.minutes,
        "seed": wanted.seed,
        "mix": dict(MIX),
        "model": model_version(),
    }


# --- the classes


def rehearsed(wanted: Asked) -> pd.DataFrame:
    """Play all classes: a row per class and round, in order."""
    blocks = [range(n, min(n + TOGETHER, wanted.classes)) for n in range(0, wanted.classes, TOGETHER)]
    tasks = [partial(effects, wanted.setting, wanted.students, block) for block in blocks]
    found: dict[int, Floats] = {}
    with progress(f"{wanted.classes} classes of {wanted.students} students") as show:
        show(0, wanted.classes)
        for i, sizes in map_chunks(Executor(workers=wanted.workers), tasks):
            if isinstance(sizes, Lost):
                raise RunFailed(sizes.reason)
            found[i] = sizes
            show(sum(map(len, found.values())), wanted.classes)
    sizes = np.concatenate([found[i] for i in range(len(blocks))])
    least = lesson(wanted.lesson).effect.least
    return pd.DataFrame(
        {
            "class": np.repeat(np.arange(len(sizes)), sizes.shape[1]),
            "seed": np.repeat([seed_of(wanted.seed, n) for n in range(len(sizes))], sizes.shape[1]),
            "round": np.tile(np.arange(1, sizes.shape[1] + 1), len(sizes)),
            "effect": sizes.ravel(),
            "visible": sizes.ravel() >= least,
        }
    )


# --- in tables and words


def summary(classes: pd.DataFrame, least: float) -> pd.DataFrame:
    """Return a row per round: in how many classes the effect shows, its exact 95 % interval, and the quartiles."""
    rows = []
    for number, those in classes.groupby("round"):
        size = those["effect"].to_numpy()
        shows = int((size >= least).sum())
        interval = binomtest(shows, len(size)).proportion_ci(0.95, method="exact")
        low, quarter, middle, three, high = np.quantile(size, [0, 0.25, 0.5, 0.75, 1])
        rows.append(
            {
                **{"round": number, "classes": len(size), "visible": shows, "share": shows / len(size)},
                **{"share_low": float(interval.low), "share_high": float(interval.high), "min": low},
                **{"quarter": quarter, "median": middle, "three_quarters": three, "max": high},
            }
        )
    return pd.DataFrame(rows)


def _printed(table: pd.DataFrame, given: Lesson, wanted: Asked) -> Table:
    size = f"{wanted.minutes} minutes, {wanted.students} students; effect in {UNITS[given.effect.measure]}"
    shown = Table(title=f"{sentence(given.label.plain)}: {size}", title_justify="left", title_style="bold")
    shown.box, shown.show_edge = box.SIMPLE_HEAD, False
    for heading in ("round", "shows in", "share", "95 %", "least", "quarter", "median", "three quarters", "most"):
        shown.add_column(heading, justify="right")
    for row in table.to_dict("records"):
        shown.add_row(
            str(row["round"]),
            f"{row['visible']} of {row['classes']}",
            f"{100 * row['share']:.0f} %",
            f"{100 * row['share_low']:.0f} to {100 * row['share_high']:.0f} %",
            *(f"{row[k]:.1f}" for k in ("min", "quarter", "median", "three_quarters", "max")),
        )
    return shown


def in_words(table: pd.DataFrame, given: Lesson) -> list[str]:
    """Say what should show, in how many classes it does, and whether that is enough."""
    last = table.iloc[-1]
    shows, classes = int(last["visible"]), int(last["classes"])
    found = (
        f"It shows in the last round in {shows} of {classes} classes ({100 * last['share']:.0f} %; exact 95 % interval "
        f"{100 * last['share_low']:.0f} to {100 * last['share_high']:.0f} %)"
    )
    asked_for = f"{SHIPS * 100:g} of 100"
    ships = shows >= SHIPS * classes
    verdict = (
        f": the lesson ships ({asked_for} are asked for)." if ships else f", fewer than the {asked_for} asked for."
    )
    mix = (
        f"Of ten students {MIX['honest']} are honest, {MIX['random']} lay tokens anywhere, {MIX['absent']} never "
        f"chooses, and {MIX['own']} look after themselves. One class is one class: yours may be among the others."
    )
    return [f"What should show: {threshold(given)}.", found + verdict, mix]
