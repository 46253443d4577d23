"""`crosspurpose detect`: after how many reviews gaming shows in what is recorded, and what else should be recorded.

Three worlds of the same people and the same luck, measurement noise included: the scheme as it is (`target`); only
measured (`shadow`); and paid alike, with everybody's wishes turned towards what is worth something (`aligned`). At each
review an evaluator has the signals that count, and perhaps one more that does not: of each the team's mean, and how
unequal its members are. `experiments.alarm` has the test. An alarm is false in the shadow and in the aligned team,
where people work more and otherwise than before but do not game: who takes only the first for clean takes effort for
gaming.

    runs.parquet   a row per run: gaming in each world, which no alarm ever sees
    recorded/      what the alarm sees, a row per world, run and review: mean_… and spread_… of every signal
    detect.csv     a row per signal that might be recorded besides: what it buys

The same command continues where it stopped, and prints again what is there.
"""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich.table import Table

from experiments.alarm import CHANCE, CLEAN, NOTHING, PARTS, TARGET, alarms, enough, median, share, unnoticed
from experiments.console import console, progress
from experiments.executors import Executor
from experiments.outcome import Outcome, check_settings, folder_of, said
from experiments.stats import joint_intervals
from experiments.store import write_csv, write_parquet
from experiments.study import Block, Study, work
from experiments.study import check as check_study
from experiments.variants import MEASURED, measured_first
from experiments.words import plain_label
from sim.arrays import Floats, average
from sim.draws import Draws, stream
from sim.engine import weeks
from sim.errors import InvalidInput, ModelWarning, nearest, unknown
from sim.loading import scenario_part
from sim.results import kept
from sim.rules import plan_of
from sim.scenario import Scenario, people_of, scenario_from

WORLDS: Mapping[str, Mapping[str, bool]] = {TARGET: {}, **{w: {w: True} for w in CLEAN}}
SAYS = {"shadow": "teams that are only measured", "aligned": "teams that do what is worth most"}
SPLITS = 20  # random splits of the runs into those that teach, set the alarm, and are judged
BATCHES = 4  # blocks of this verb in a block of others
UNEQUAL = 3  # members of a team from whom on it is looked at how unequal they are


def main(config: dict[str, Any], *, overrides: Sequence[str], choice: Mapping[str, str], command: str) -> int:
    """Run as the command line says; print the table and write the folder."""
    config = {**config, "members": False}
    check_settings(config)
    scenario = timed(config)
    own, extra = recorded_by(scenario), extras(scenario, config["besides"])
    clean, level = _clean(config["clean"]), _level(config["false_alarms"], config["runs"])
    study = Study(
        verb="detect", variants={choice["scheme"]: scenario}, runs=config["runs"], seed=config["seed"], members=False
    )
    asked = {"besides": extra, "clean": clean, "false_alarms": level}
    done = recorded(study, [*own, *extra], asked, config, choice["scenario"], command)
    label = plain_label("scheme", choice["scheme"])
    words = {s: scenario.signals[s].label.plain for s in extra} | {
        NOTHING: "only what counts",
        CHANCE: "mere chance (control)",
    }
    if done.computed or not (done.folder.path / "plots" / "detect.png").exists():
        from experiments.plots.detect import draw

        worlds, before = _read(done.folder.rows("recorded", done.blocks, study.runs), scenario.since)
        test = partial(alarms, before=before, level=level, seed=study.seed, splits=SPLITS)
        found = {s: test(_seen(worlds, [*own, s], study.seed), clean) for s in (NOTHING, *extra, CHANCE)}
        table, curves = table_of(found, scenario), curves_of(found)
        if "aligned" in clean:  # the same test of somebody who does not think of honest effort
            naive = test(_seen(worlds, own, study.seed), ["shadow"])
            table["accused"], table["accused_low"], _ = share(naive["aligned"][-1])
        else:
            table["accused"], table["accused_low"] = table["aligned"], table["aligned_low"]
        write_csv(table, done.folder.path / "detect.csv")
        write_csv(curves, done.folder.path / "plots" / "detect.csv")
        names = [scenario.signals[s].label.plain for s in own]
        draw(done.folder.path / "plots" / "detect.png", table, curves, words, label, names, clean, level, study)
    table = pd.read_csv(done.folder.path / "detect.csv")
    screen = console()
    for line in done.warnings:
        screen.print(f"note: {line}", soft_wrap=True)
    screen.print(_printed(table, words, label))
    for line in in_words(table, words, label, clean, level, done.runs):
        screen.print(line, soft_wrap=True)
    said(screen, done)
    return 0


def timed(config: Mapping[str, Any]) -> Scenario:
    """Return the scenario with the weeks in which it is only measured, and as many reviews as are asked for."""
    wanted, reviews, onset = scenario_part(config), config["reviews"], config["onset"]
    if onset is None:
        onset = 0
        if config["today"] is None:
            onset = measured_first(config["weeks"]) if reviews is None else MEASURED
    if reviews is None:
        scenario = scenario_from({**wanted, "onset": onset})
    else:
        if not isinstance(reviews, int) or isinstance(reviews, bool) or reviews < 1:
            raise InvalidInput("reviews", reviews, "a whole number, at least 1, or null")
        rhythm = config["scheme"]["review"]["weeks"]
        before = (config["today"] or {}).get("weeks", 0)
        if all(isinstance(n, int) for n in (rhythm, before, onset)):
            wanted = {**wanted, "weeks": before + onset + reviews * rhythm}
        scenario = scenario_from({**wanted, "onset": onset})
    if scenario.organisation is not None:
        raise InvalidInput("organisation", "given", "none: the alarm is about a single team")
    return scenario


def recorded_by(scenario: Scenario) -> list[str]:
    """Return the signals that count under the scheme, whenever and for whomever."""
    phases = [p.scheme for p in scenario.phases if p.start >= scenario.since]
    each = [w for s in phases for w in (s.weights, *(s.silos or {}).values())]
    own = list(dict.fromkeys(name for weights in each for name, weight in weights.items() if weight))
    if not own:
        raise InvalidInput("scheme.weights", dict(scenario.scheme.weights), "a signal that counts")
    return own


def extras(scenario: Scenario, given: object) -> list[str]:
    """Return the signals that might be recorded besides, each one that leaves a trace of work."""
    own = recorded_by(scenario)
    traces = [n for n, s in scenario.signals.items() if any(s.loadings.values()) and n not in own]
    if given is None:
        return sorted(traces)
    listed = [given] if isinstance(given, str) else given
    if not isinstance(listed, list):
        raise InvalidInput("besides", str(given), f"a list of {', '.join(sorted(traces))}", None)
    for name in listed:
        if name in own:
            raise InvalidInput("besides", str(name), "a signal that does not count under the scheme anyway")
        if name not in traces:
            raise unknown("besides", str(name), traces)
        if listed.count(name) > 1:
            raise InvalidInput("besides", str(name), "each name once")
    return [str(n) for n in listed]


def _clean(given: object) -> list[str]:
    listed = [given] if isinstance(given, str) else given
    if not isinstance(listed, list) or not listed or len({*map(str, listed)}) < len(listed):
        raise InvalidInput("clean", str(given), f"a list of at least one of {', '.join(CLEAN)}")
    for name in listed:
        if name not in CLEAN:
            raise InvalidInput("clean", str(name), f"one of {', '.join(CLEAN)}", nearest(str(name), CLEAN))
    return [w for w in CLEAN if w in listed]


def _level(given: object, runs: int) -> float:
    if not isinstance(given, int | float) or isinstance(given, bool) or not 0 < given < 1:
        raise InvalidInput("false_alarms", given, "a share, above 0 and below 1")
    if runs < enough(given):
        raise InvalidInput("runs", runs, f"at least {enough(given)}: {PARTS} thirds, of which one sets the alarm")
    return float(given)


def watched(scenario: Scenario, names: Sequence[str]) -> Scenario:
    """Return the scenario with these signals on record, though nothing hangs on them: no other number changes."""
    folklore = dict(scenario.beliefs.folklore or {})
    return scenario.with_({"beliefs.folklore": folklore | {n: 0.0 for n in names if n not in folklore}})


def reviewed(
    scenario: Scenario, numbers: Sequence[int], seed: int, names: Sequence[str], world: str
) -> tuple[list[int], Floats, Floats]:
    """Return what each review has on record in a world, and what there was of gaming.

    Returns
    -------
    weeks : list of int
        In which a review was held.
    signals : (review, signal, runs, members)
        Means over the window, as the scheme counts its weeks.
    gaming : (runs,)
        Share of hours, from the week on from which the scheme counts.
    """
    plan = plan_of(watched(scenario, names), **WORLDS[world])
    at = [plan[0].signals.index(n) for n in names]
    held, windows, gaming = list[int](), list[Floats](), list[Floats]()
    window = np.zeros(0)
    for t, week in enumerate(weeks(plan, Draws(seed, numbers, plan[0].members))):
        review, place = week.rules.review, t - week.rules.since
        seen = float(review.shares[place % review.weeks]) * week.signals[at]
        window = seen if place % review.weeks == 0 else window + seen
        if review.due(place):
            held.append(t)
            windows.append(window)
        if t >= scenario.since:
            gaming.append(kept(week)["gaming_share"])
    return held, np.stack(windows), np.asarray(np.cumsum(gaming, axis=0)[-1] / len(gaming))


def features(signals: Floats) -> tuple[Floats, Floats]:
    """Return means of a team and logarithms of its standard deviations: (…, members) to (…), NaN where there is none.

    Examples
    --------
    >>> mean, spread = features(np.array([[1.0, 2.0, 3.0], [4.0, 4.0, 4.0]]))
    >>> mean.tolist(), spread.tolist()
    ([2.0, 4.0], [0.0, nan])
    """
    mean, members = average(signals), signals.shape[-1]
    if members < UNEQUAL:
        return mean, np.full(mean.shape, np.nan)
    off = np.sort(signals - mean[..., None], axis=-1)  # in an order that does not depend on seats
    spread = np.sqrt(np.cumsum(off * off, axis=-1)[..., -1] / (members - 1))
    small = spread <= 1e-9 * (1 + np.abs(mean))
    return mean, np.log(np.where(small, np.nan, spread))


def compute(path: Path, config: Mapping[str, Any], block: Block, seed: int, names: Sequence[str]) -> None:
    """Compute the worlds of a block; write what is on record, and then the runs, as the sign that it is whole."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ModelWarning)
        scenario = scenario_from(config)
    rows, gamed = [], {}
    for world in WORLDS:
        held, signals, gamed[f"gaming_{world}"] = reviewed(scenario, block.numbers, seed, names, world)
        mean, spread = features(signals)
        index = pd.MultiIndex.from_product([[world], held, list(block.numbers)], names=["world", "week", "run"])
        columns = {f"mean_{n}": mean[:, i].ravel() for i, n in enumerate(names)}
        columns |= {f"spread_{n}": spread[:, i].ravel() for i, n in enumerate(names)}
        rows.append(pd.DataFrame(columns, index=index))
    write_parquet(pd.concat(rows).reset_index(), path / "recorded" / f"{block.name}.parquet")
    runs = pd.DataFrame({"scheme": block.scheme, "run": list(block.numbers), **gamed})
    write_parquet(runs, path / "_runs" / f"{block.name}.parquet")


def recorded(
    study: Study,
    names: Sequence[str],
    asked: Mapping[str, Any],
    config: Mapping[str, Any],
    name: str,
    command: str,
) -> Outcome:
    """Run the worlds of a study into the folder that the configuration names, or continue or reread it."""
    found = check_study(study)
    folder = folder_of({**study.same, **asked}, config["out"], name)
    there, blocks = folder.check(bool(config["overwrite"])), study.blocks(BATCHES)
    order = [b.name for b in blocks]
    if there == "finished":
        runs = pd.read_parquet(folder.path / "runs.parquet")
        return Outcome(folder=folder, runs=runs, blocks=order, warnings=found, computed=False)
    manifest = study.manifest(command, found)
    folder.begin(manifest, there == "nothing", ("recorded", "_runs"))
    started, done = time.time(), folder.done()
    todo = [b for b in blocks if b.name not in done]
    path = folder.path.resolve()
    tasks = [partial(compute, path, study.variants[b.scheme].config, b, study.seed, list(names)) for b in todo]
    people = people_of(next(iter(study.variants.values())))
    with progress(f"{study.runs} runs of {people} people in {len(WORLDS)} worlds") as show:
        work(todo, tasks, Executor.of(config), lambda n: show(len(blocks) - len(todo) + n, len(blocks)))
    runs = folder.finish(order, {**manifest, "duration": round(time.time() - started, 1)})
    return Outcome(folder=folder, runs=runs, blocks=order, warnings=found, computed=True)


def _read(rows: pd.DataFrame, since: int) -> tuple[dict[str, dict[str, Floats]], int]:
    """Return what the reviews had on record, world → column → (reviews, runs), and how many were held before."""
    found = {}
    for world, own in rows.sort_values(["week", "run"], kind="stable").groupby("world"):
        held = own["week"].nunique()
        columns = [c for c in own.columns if c not in ("world", "week", "run")]
        found[str(world)] = {c: own[c].to_numpy(dtype=np.float64).reshape(held, -1) for c in columns}
    return found, int((rows["week"].drop_duplicates() < since).sum())


def _seen(worlds: Mapping[str, Mapping[str, Floats]], names: Sequence[str], seed: int) -> dict[str, Floats]:
    """Return what an evaluator sees who has these signals on record: world → (reviews, runs, feature)."""
    columns = [f"{kind}_{n}" for n in names for kind in ("mean", "spread") if n not in (NOTHING, CHANCE)]
    defined = [c for c in columns if all(np.isfinite(w[c]).all() for w in worlds.values())]
    found = {w: np.stack([x[c] for c in defined], axis=-1) for w, x in worlds.items()}
    if CHANCE in names:
        reviews, runs, _ = found[TARGET].shape
        luck = np.stack([stream(seed, r, "detect:chance").standard_normal((reviews, 2)) for r in range(runs)], axis=1)
        found = {w: np.concatenate([x, luck], axis=-1) for w, x in found.items()}
    return found


def table_of(found: Mapping[str, Mapping[str, Floats]], scenario: Scenario) -> pd.DataFrame:
    """Return a row for each signal that might be recorded besides: when the alarm goes off, and what the signal buys.

    The one that buys most stands first, `NOTHING` before all and `CHANCE` last. `earlier` is by how many reviews less
    gaming passes unnoticed, `more` how many more teams are found out; their intervals hold jointly over all signals.

    Parameters
    ----------
    found : mapping of str to mapping of str to (reviews, runs)
        Signal → world → as of `alarms`.
    """
    last = {s: unnoticed(x[TARGET]) for s, x in found.items()}
    others = [s for s in found if s != NOTHING]
    earlier = joint_intervals(np.column_stack([last[NOTHING] - last[s] for s in others]))
    more = joint_intervals(np.column_stack([found[s][TARGET][-1] - found[NOTHING][TARGET][-1] for s in others]))
    first = {NOTHING: -math.inf, CHANCE: math.inf}
    place = {s: first.get(s, -gain) for s, gain in zip([NOTHING, *others], [0.0, *earlier[0].tolist()], strict=True)}
    rows = []
    for signal in sorted(found, key=lambda s: place[s]):
        worlds = found[signal]
        row: dict[str, Any] = {"signal": signal, "oracle": _oracle(scenario, signal), "reviews": len(worlds[TARGET])}
        row |= dict(zip(("median", "median_low", "median_high"), median(worlds[TARGET]), strict=True))
        row |= dict(zip(("power", "power_low", "power_high"), share(worlds[TARGET][-1]), strict=True))
        row["unnoticed"] = float(last[signal].mean())
        for name, gains in (("earlier", earlier), ("more", more)):
            gain = gains[:, others.index(signal)] if signal in others else np.full(3, np.nan)
            row |= dict(zip((name, f"{name}_low", f"{name}_high"), gain.tolist(), strict=True))
        for world in CLEAN:
            row |= dict(zip((world, f"{world}_low", f"{world}_high"), share(worlds[world][-1]), strict=True))
        rows.append(row)
    return pd.DataFrame(rows)


def _oracle(scenario: Scenario, signal: str) -> bool:
    """Whether a signal is worth itself, seen through noise."""
    return signal in scenario.signals and scenario.config["signals"][signal]["loadings"] == "worth"


def curves_of(found: Mapping[str, Mapping[str, Floats]]) -> pd.DataFrame:
    """Return which share of teams has had its alarm by each review: a row per signal, world and review."""
    rows = [
        (signal, world, r + 1, *share(x))
        for signal, worlds in found.items()
        for world, alarm in worlds.items()
        for r, x in enumerate(alarm)
    ]
    return pd.DataFrame(rows, columns=["signal", "world", "review", "share", "low", "high"])


def _printed(table: pd.DataFrame, words: Mapping[str, str], label: str) -> Table:
    shown = Table(
        title=f"When gaming shows: {label}",
        title_justify="left",
        caption=f"Reviews looked at: {table['reviews'].iloc[0]}. False alarms: of teams only measured · of aligned "
        "ones. Earlier: less gaming that passes unnoticed, joint 95 % intervals of paired differences. "
        "* worth itself through noise: for comparison, it cannot be had.",
        caption_justify="left",
    )
    for name in ("recorded besides", "reviews", "found out", "false alarms", "earlier by", "more found out"):
        shown.add_column(name, justify="left" if name == "recorded besides" else "right")
    for row in table.to_dict("records"):
        r = {str(k): v for k, v in row.items()}
        gain = ["", ""]
        if not math.isnan(r["earlier"]):
            gain = [f"{round(r[k], 2) + 0.0:+.2f} ± {r[f'{k}_high'] - r[k]:.2f}" for k in ("earlier", "more")]
        shown.add_row(
            words[r["signal"]] + " *" * r["oracle"],
            _within(r["median"]),
            f"{r['power']:.0%}",
            f"{r['shadow']:.1%} · {r['aligned']:.1%}",
            *gain,
            end_section=r["signal"] == NOTHING,
        )
    return shown


def _within(review: float) -> str:
    return "—" if math.isinf(review) else f"{review:.0f}"


def in_words(
    table: pd.DataFrame, words: Mapping[str, str], label: str, clean: Sequence[str], level: float, runs: pd.DataFrame
) -> list[str]:
    """Say when gaming shows, what would buy the most, and what an alarm cannot say."""
    own, n = table.iloc[0], table["reviews"].iloc[0]
    game, measured, *_ = (runs[f"gaming_{w}"] for w in (TARGET, *CLEAN))
    _, more, _ = joint_intervals((game - measured).to_numpy()[:, None])[:, 0]
    within = f"{own['power']:.0%} (95 %: {own['power_low']:.0%} to {own['power_high']:.0%})"
    if math.isinf(own["median"]):
        when = f"no alarm in half of the teams by review {n}, one in {within}."
    else:
        between = f"95 %: {_within(own['median_low'])} to {_within(own['median_high'])}"
        when = f"an alarm in half of the teams by review {own['median']:.0f} ({between}), in {within} by review {n}."
    lines = [f"{label}: {game.mean():.0%} of the hours go into gaming, {measured.mean():.0%} if only measured; {when}"]
    if not more > 0:
        lines.append(
            "There is not surely more gaming than where nothing hangs on the score: what an alarm finds here, if "
            "anything, is work that counts for more than it is worth."
        )
    extra = table[(table["signal"] != NOTHING) & (table["signal"] != CHANCE)]
    sure = extra[(extra["earlier_low"] > 0) & ~extra["oracle"]]
    if len(sure):
        best = sure.iloc[0]
        lines.append(
            f"What buys the most: {words[best['signal']]}, by {best['earlier']:.2f} reviews less unnoticed "
            f"({best['earlier_low']:.2f} to {best['earlier_high']:.2f}), found out in {best['power']:.0%}."
        )
    elif len(extra):
        lines.append("What buys the most: no signal is surely of any help.")
    if "aligned" in clean:
        text = f"Set on {SAYS['shadow']} alone, it would go off in {own['accused']:.0%} of {SAYS['aligned']}"
    else:
        text = f"It goes off in {own['accused']:.0%} of {SAYS['aligned']}"
    lines.append(text + (": it takes effort for gaming." if own["accused_low"] > level else "."))
    lines.append(
        "An alarm says that a team's record is unlike that of honest teams. It does not say who, nor why: whoever "
        "believes that the measure is what is wanted, and serves it in good faith, leaves the same record."
    )
    return lines
