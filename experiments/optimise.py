"""`crosspurpose optimise`: the parameters that are best for one objective or several.

    ask       eight points of Optuna, each for every team
    compute   their runs, as one batch of the store, all with the same luck
    tell      in order: the mean of each objective, of the team where it is worst

What is asked depends on the seed and on what was told alone, and what was computed is in the store: stopped or
killed, the same command asks again from the first trial on and finds the runs that are there. Of a point that the
model refuses Optuna learns that it is no good, never a number.

The highest of many noisy means is high partly by luck. So the winners, the best five or with several objectives
those that none beats in all, are run again with other luck, and that is what is reported.

References
----------
Akiba et al. (2019), KDD '19, 2623-2631 (Optuna). Bergstra et al. (2011), NeurIPS 24 (tpe). Deb et al. (2002), IEEE
Trans. Evolutionary Computation 6(2), 182-197 (nsga2). Capen, Clapp & Campbell (1971), J. Petroleum Technology
23(6), 641-653 (the winner's curse).
"""

from __future__ import annotations

import time
import warnings as python_warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from experiments import chunks, pointwise
from experiments.axes import Axis
from experiments.chunks import Held, Recipe
from experiments.console import console, counting
from experiments.design import Point
from experiments.executors import Executor
from experiments.extras import needed
from experiments.outcome import folder_of
from experiments.points import about, finish, named, recipe_of, sound, spent, what_runs
from experiments.sought import Goals, Tried, Value
from experiments.space import Space, space_of
from experiments.store import as_cell, write_csv
from experiments.study import APART
from experiments.survey import Checked, Survey, check_some
from experiments.sweep import check_outcome
from sim.draws import stream
from sim.errors import InvalidInput, RunFailed, unknown
from sim.loading import options

BATCH = 8  # trials that are asked for together
START = 16  # trials at random before the search learns from them
BEST, FRONT = 5, 20  # winners at most, of one objective · of several
FRESH = 4  # times `runs`, of each winner
SAMPLERS = ("tpe", "nsga2")


def main(
    config: dict[str, Any], *, overrides: Sequence[str], choice: Mapping[str, str], command: str, swept: Sequence[str]
) -> int:
    """Search as the command line says; print the winners and write the folder. 1 if some runs failed."""
    optuna = needed("optuna", "analysis", "optimise")
    executor = Executor.of(config)
    executor.reach()
    recipe, goals = recipe_of(config), goals_of(config)
    fresh = _whole("fresh", FRESH * config["runs"] if config["fresh"] is None else config["fresh"])
    trials = _whole("trials", config["trials"])
    if config["sampler"] not in SAMPLERS:
        raise unknown("sampler", str(config["sampler"]), SAMPLERS)
    if not swept:
        raise InvalidInput("optimise", "(no range is given)", "at least one, such as scheme.strength=interval(0.0,3.0)")
    space = _space(overrides, swept, goals)
    corners = [{a.key: a.ends()[end] for a in space.axes} for end in (0, -1)]
    check_some(space, corners, 0, recipe)  # a value that is wrong by itself is said before the search
    same = {
        "verb": "optimise",
        **what_runs(space, config),
        "sought": dict(goals.sign),
        "teams": list(goals.teams),
        **{k: config[k] for k in ("trials", "sampler")},
        "fresh": fresh,
        "search": {"batch": BATCH, "optuna": version("optuna")},
    }
    folder = folder_of(same, config["out"], str(config["study"] or named(space, choice)))
    there, screen, started, seconds = folder.check(bool(config["overwrite"])), console(), time.time(), {"chunks": 0.0}
    manifest = {**about(space, config), "command": command, "trials": trials, "warnings": []}
    if there != "finished":
        folder.begin(manifest, there == "nothing", ("runs",))
    path = folder.path.resolve()
    empty = Survey(path=path, space=space, points=[], checked=[], recipe=recipe)
    sound(empty, screen)
    search = _search(optuna, str(config["sampler"]), goals, recipe.seed)
    try:
        survey, tried, told = _tried(optuna, search, goals, empty, trials, config["runs"], executor, seconds)
    except InvalidInput:
        if not any((path / "runs").glob("*.parquet")):
            folder.leave()
        raise
    winners = _winners(goals, tried)
    again, second = _again(goals, survey, winners, fresh, executor, seconds, screen)
    winners_table = _winners_table(goals, winners, again)
    if there != "finished" or seconds["chunks"]:
        write_csv(_trials_table(goals, tried), path / "trials.csv")
        write_csv(winners_table, path / "winners.csv")
        refused = {str(i): why for i, why in survey.refused.items()}
        full = {**manifest, "warnings": told, "refused": refused, "points": len(survey.points)}
        finish(survey, folder, chunks.held(path, whole=False), {**full, **spent(started, seconds)})
    said = caption(goals, tried, winners, again, config, fresh)
    picture = path / "plots" / "optimise.png"
    if seconds["chunks"] or not picture.exists():
        from experiments.plots.optimise import draw

        draw(picture, goals, tried, winners, again, said)
    screen.print(_rich(goals, space, winners_table))
    screen.print(said, soft_wrap=True)
    for line in [*told, *(f"{part}, as one of its parameters is sought" for part in space.on), *_without(tried)]:
        screen.print(f"note: {line}", soft_wrap=True)
    failed = chunks.held(path, whole=False).failed() + second.failed()
    if failed:
        screen.print(f"{failed} runs failed; their rows in runs/ have the error", soft_wrap=True)
    screen.print(f"\nResults {'written to' if seconds['chunks'] else 'read from'} {folder.path}", soft_wrap=True)
    return int(failed > 0)


def goals_of(config: Mapping[str, Any]) -> Goals:
    """Read what is sought: worth, where nothing is said."""
    given = {"maximise": config["maximise"], "minimise": config["minimise"]}
    if given == {"maximise": None, "minimise": None}:
        given["maximise"] = ["worth"]
    sign: dict[str, int] = {}
    for (key, names), direction in zip(given.items(), (1, -1), strict=True):
        if names is not None and (not isinstance(names, list) or not all(isinstance(n, str) for n in names)):
            raise InvalidInput(key, names, "a list of measures, such as [worth,surplus], or null")
        for name in names or ():
            if name in sign:
                raise InvalidInput(key, name, "each measure once")
            check_outcome(name, config["aligned"], config["shadow"])
            sign[name] = direction
    if not sign:
        raise InvalidInput("maximise", "[]", "at least one measure to maximise or minimise")
    teams = config["teams"]
    if teams is not None and (not isinstance(teams, list) or not teams or len({*map(str, teams)}) < len(teams)):
        raise InvalidInput("teams", teams, "a list of different teams, or null")
    for team in teams or ():
        if team not in options("team"):
            raise unknown("teams", str(team), options("team"))
    kept = config["measures"]
    for name in sign if kept is not None else ():
        if name not in kept:
            raise InvalidInput("measures", kept, f"a list with {name} in it, which is sought")
    return Goals(sign=sign, teams=tuple(teams or ()))


def _whole(key: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise InvalidInput(key, value, "a whole number, at least 1")
    return value


def _space(words: Sequence[str], swept: Sequence[str], goals: Goals) -> Space:
    """Return the space of what is sought, and of the teams where there are some."""
    if not goals.teams:
        return space_of("optimise", words, swept)
    typed = next((w for w in (*words, *swept) if w.partition("=")[0] == "team"), None)
    if typed is not None:
        raise InvalidInput("team", typed.partition("=")[2], "one of team=... and teams=[...], not both")
    return space_of("optimise", words, [*swept, f"team=choice({','.join(goals.teams)})"])


def _search(optuna: Any, kind: str, goals: Goals, seed: int) -> Any:
    """Return a study of Optuna, in memory, whose questions follow from the seed and the answers."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    number = int(stream(seed, 0, "optimise").integers(2**31))
    with python_warnings.catch_warnings():
        python_warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        if kind == "tpe":
            sampler = optuna.samplers.TPESampler(
                seed=number, n_startup_trials=START, multivariate=True, constant_liar=True
            )
        else:
            sampler = optuna.samplers.NSGAIISampler(seed=number, population_size=2 * BATCH)
    directions = ["maximize" if s > 0 else "minimize" for s in goals.sign.values()]
    return optuna.create_study(directions=directions, sampler=sampler)


def _distribution(optuna: Any, axis: Axis) -> Any:
    """Return what Optuna draws from: the numbers of an interval, the places of values in order, or of any values."""
    of = optuna.distributions
    if axis.values is not None:
        places = range(len(axis.values))
        return of.IntDistribution(0, places[-1]) if axis.number else of.CategoricalDistribution(tuple(places))
    if axis.whole:
        return of.IntDistribution(int(axis.low), int(axis.high))
    return of.FloatDistribution(axis.low, axis.high, log=axis.log)


def _tried(
    optuna: Any,
    search: Any,
    goals: Goals,
    survey: Survey,
    trials: int,
    runs: int,
    executor: Executor,
    seconds: dict[str, float],
) -> tuple[Survey, list[Tried], list[str]]:
    """Ask, compute and tell until all trials are done; return their points, what became of each, and warnings."""
    axes = [a for a in survey.space.axes if not (goals.teams and a.key == "team")]
    asked_of = {a.key: _distribution(optuna, a) for a in axes}
    tried: list[Tried] = []
    told: dict[str, int] = {}
    with counting("searching", "trials") as show:
        while len(tried) < trials:
            asked = [search.ask(asked_of) for _ in range(min(BATCH, trials - len(tried)))]
            chosen = [
                {a.key: t.params[a.key] if a.values is None else a.values[t.params[a.key]] for a in axes} for t in asked
            ]
            survey, warned = _with(survey, [p for c in chosen for p in goals.points(c)])
            for text, count in warned.items():
                told[text] = told.get(text, 0) + count
            first = len(survey.points) - len(asked) * goals.across
            of, _ = _values(goals, survey, range(first, len(survey.points)), runs, executor, seconds)
            for trial, point in zip(asked, chosen, strict=True):
                own = _outcome(goals, survey, len(tried), point, of)
                if own.values:
                    search.tell(trial, [own.values[m][0] for m in goals.sign])
                else:
                    search.tell(trial, state=optuna.trial.TrialState.PRUNED)
                tried.append(own)
            show(len(tried), trials, 0)
    if not any(t.values for t in tried):
        raise InvalidInput("trials", trials, f"ranges with a point that can be run; of the first: {tried[0].why}")
    return survey, tried, [f"{n} of {len(survey.points)} points: {text}" for text, n in sorted(told.items())]


def _with(survey: Survey, points: Sequence[Point]) -> tuple[Survey, dict[str, int]]:
    """Return a survey with more points, which come last and are checked, and what the model warns about."""
    known, told = check_some(survey.space, points, len(survey.points), survey.recipe)
    both: list[Checked] = [*survey.checked, *known]
    return replace(survey, points=[*survey.points, *points], checked=both), told


def _values(
    goals: Goals, survey: Survey, points: Sequence[int], runs: int, executor: Executor, seconds: dict[str, float]
) -> tuple[dict[tuple[int, str], Value], Held]:
    """Return the objectives of points, computing what is missing: (point, measure) → value."""
    wanted = [p for p in points if p not in survey.refused]
    cells, held = survey.cells({p: (0, runs) for p in wanted}), chunks.held(survey.path, whole=False)
    if any(not held.has(c) for c in cells):
        survey.write_points()
        survey.complete(cells, executor, lambda done, of, failed: None, held, seconds)
        held = chunks.held(survey.path, whole=False)
    table = pointwise.summary(survey.frames(held, wanted))
    there = {str(m) for m in table["measure"]}
    for measure in goals.sign:
        if there and measure not in there:
            raise unknown("maximise" if goals.sign[measure] > 0 else "minimise", measure, there)
    columns = [table[c].tolist() for c in ("point", "measure", "value", "error_low", "error_high")]
    return {(int(p), m): (v, low, high) for p, m, v, low, high in zip(*columns, strict=True)}, held


def _outcome(goals: Goals, survey: Survey, number: int, chosen: Point, of: Mapping[tuple[int, str], Value]) -> Tried:
    """Return what became of a trial."""
    points = range(number * goals.across, (number + 1) * goals.across)
    why = next((survey.refused[p] for p in points if p in survey.refused), "")
    missing = [m for m in goals.sign if any((p, m) not in of for p in points)]
    if why or missing:
        return Tried(number=number, chosen=chosen, values={}, team={}, why=why or f"no run has {missing[0]}")
    worst = {m: goals.worst(m, [of[p, m] for p in points]) for m in goals.sign}
    team = {m: goals.teams[place] for m, (place, _) in worst.items()} if goals.teams else {}
    return Tried(number=number, chosen=chosen, values={m: v for m, (_, v) in worst.items()}, team=team)


def _winners(goals: Goals, tried: Sequence[Tried]) -> list[Tried]:
    """Return the best trials at different points, or a spread of those that no other beats in all objectives."""
    known = {repr(t.chosen): t for t in reversed(tried) if t.values}
    first, sign = next(iter(goals.sign.items()))
    best = sorted(known.values(), key=lambda t: (-sign * t.values[first][0], t.number))
    if len(goals.sign) == 1:
        return best[:BEST]
    front = [best[i] for i in goals.unbeaten([t.values for t in best])]
    places = np.linspace(0, len(front) - 1, min(FRONT, len(front))).round().astype(int)
    return [front[i] for i in places.tolist()]


def _again(
    goals: Goals,
    survey: Survey,
    winners: Sequence[Tried],
    runs: int,
    executor: Executor,
    seconds: dict[str, float],
    screen: Console,
) -> tuple[list[Tried], Held]:
    """Run the winners with other luck, in the folder `fresh`; return what became of them there, in the same order."""
    path: Path = survey.path / "fresh"
    recipe: Recipe = replace(survey.recipe, seed=survey.recipe.seed + APART)
    empty = Survey(path=path, space=survey.space, points=[], checked=[], recipe=recipe)
    sound(empty, screen)
    points = [p for w in winners for p in goals.points(w.chosen)]
    with counting("the winners again, with other luck", "points") as show:
        show(0, len(points), 0)
        fresh, _ = _with(empty, points)
        of, held = _values(goals, fresh, range(len(points)), runs, executor, seconds)
    found = [replace(_outcome(goals, fresh, i, w.chosen, of), number=w.number) for i, w in enumerate(winners)]
    if not any(t.values for t in found):
        raise RunFailed(f"no winner can be run again: {found[0].why}")
    return found, held


def _trials_table(goals: Goals, tried: Sequence[Tried]) -> pd.DataFrame:
    """Return a row per trial: its parameters, what the search saw, and what went wrong."""
    rows = []
    for t in tried:
        seen = {m: t.values[m] if t.values else (np.nan, np.nan, np.nan) for m in goals.sign}
        each = {f"{m}{end}": x for m, v in seen.items() for end, x in zip(("", "_low", "_high"), v, strict=True)}
        row = {"trial": t.number, **{k: as_cell(v) for k, v in t.chosen.items()}, **each}
        rows.append({**row, **{f"{m}_team": team for m, team in t.team.items()}, "why": t.why})
    return pd.DataFrame(rows)


def _winners_table(goals: Goals, winners: Sequence[Tried], again: Sequence[Tried]) -> pd.DataFrame:
    """Return a row per winner, the best with other luck first: parameters, and each objective then and in the search.

    `unbeaten`: whether, with other luck too, none of the winners beats it in all objectives.
    """
    own = _trials_table(goals, again)
    for m in goals.sign:
        searched = [w.values[m][0] for w in winners]
        own.insert(1 + list(own.columns).index(f"{m}_high"), f"{m}_searched", searched)
    known = [i for i, t in enumerate(again) if t.values]
    best = {known[i] for i in goals.unbeaten([again[i].values for i in known])}
    own["unbeaten"] = [i in best for i in range(len(again))]
    first, sign = next(iter(goals.sign.items()))
    return own.sort_values(first, ascending=sign < 0, kind="stable", ignore_index=True)


def _rich(goals: Goals, space: Space, table: pd.DataFrame) -> Table:
    """Return the winners as a table for the screen."""
    several = len(goals.sign) > 1
    title = "None of these is beaten in all objectives" if several else f"The best {len(table)} trials"
    title = f"{title}, run again with other luck (in brackets: what the search saw)"
    rich = Table(title=title, title_justify="left", title_style="bold")
    axes = [a.key for a in space.axes if not (goals.teams and a.key == "team")]
    for column in ("trial", *axes):
        rich.add_column(column, overflow="fold")
    for m in goals.sign:
        rich.add_column(f"{m} ± 95 %", justify="right")
    for row in table.to_dict("records"):
        halves = {m: (row[f"{m}_high"] - row[f"{m}_low"]) / 2 for m in goals.sign}
        around = {m: "" if np.isnan(half) else f" ± {half:.2g}" for m, half in halves.items()}
        found = [f"{row[m]:.4g}{around[m]} ({row[f'{m}_searched']:.4g})" for m in goals.sign]
        rich.add_row(str(row["trial"]), *(_short(row[k]) for k in axes), *found)
    return rich


def _short(cell: str) -> str:
    try:
        return f"{float(cell):.4g}"
    except ValueError:
        return str(cell)


def caption(
    goals: Goals,
    tried: Sequence[Tried],
    winners: Sequence[Tried],
    again: Sequence[Tried],
    config: Mapping[str, Any],
    fresh: int,
) -> str:
    """Say in plain words what was sought and found, and what the search itself saw."""
    sought = " and ".join(f"{'most' if s > 0 else 'least'} {m}" for m, s in goals.sign.items())
    worst = f", each of the worst of {len(goals.teams)} teams (winners.csv names it)" if goals.teams else ""
    said = f"Sought: {sought}{worst}; {len(tried)} trials with {config['runs']} runs"
    said += f", {config['sampler']}, seed {config['seed']}."
    first = next(iter(goals.sign))
    then, now = winners[0].values[first][0], again[0].values.get(first)
    if now is not None:
        half = "" if np.isnan(now[1]) else f" ± {(now[2] - now[1]) / 2:.4g}"
        best = "The trial that was best there" if len(goals.sign) == 1 else f"The one with the best {first} there"
        said += f" {best} had {first} {then:.4g} in the search, and with other luck {now[0]:.4g}{half} ({fresh} runs)."
    return f"{said} What a search picks tends to look better there than it is: use the figures with other luck."


def _without(tried: Sequence[Tried]) -> list[str]:
    """Say how many trials have no value, and why the first of them."""
    found = [t for t in tried if not t.values]
    if not found:
        return []
    text = f"{len(found)} of {len(tried)} trials cannot be run and count for nothing"
    return [f"{text}; trial {found[0].number}: {found[0].why}"]
