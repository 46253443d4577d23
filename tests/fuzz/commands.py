"""Command lines: good ones, and what random hands make of them."""

from __future__ import annotations

import random
from collections.abc import Mapping
from functools import cache
from typing import Any

from experiments.cli import FILES, STUDIES
from sim.loading import compose, groups, options
from tests.fuzz import nasty

QUICK = ("runs=1", "weeks=13", "executor=serial")
UNENDING = ("serve", "class")  # they wait for visitors: only ever asked for with a word that must be refused
LONG = ("claims", "validate", "rehearse", "verify")  # they take minutes: likewise
REFUSED = "no_such_key=1"
PATHS = ("S", "C", "nowhere", ".", "q.yaml", "S/manifest.json")  # S and C: a sweep and a comparison, made before
WITH_FOLDER = ("status", "export", "plot", "report", "repro", "discover")


@cache
def keys() -> list[str]:
    """Every dotted name of the standard scenario, and of what verbs take besides."""
    found: list[str] = ["runs", "seed", "out", "executor", "workers", "member", "week", "schemes", "vary", "today"]

    def walk(node: Any, path: str) -> None:
        if path:
            found.append(path)
        if isinstance(node, Mapping):
            for name, child in node.items():
                walk(child, f"{path}.{name}" if path else str(name))

    walk(compose("model", []), "")
    return found


def good(rng: random.Random) -> list[str]:
    """Pick a command that is right and quick."""
    scheme, scenario = rng.choice(options("scheme")), rng.choice(options("scenario"))
    small = [f"scheme={scheme}", *QUICK]
    group = rng.choice(groups())
    verb = rng.choice([*STUDIES, *FILES, "help", "lint", "explain", "run", "run", "list"])
    match verb:
        case "run" | "decompose" | "detect":
            return [verb, *small, *([f"scenario={scenario}"] if rng.random() < 0.3 else [])]
        case "compare":
            return [verb, f"schemes=[{scheme},none]", *QUICK]
        case "explain":
            return [verb, f"scheme={scheme}", "weeks=13", f"week={rng.randrange(14)}", "member=Ada"]
        case "strength":
            return [verb, *small, "strengths=[0,1]"]
        case "persistence":
            return [verb, "runs=1", "weeks=26", "executor=serial"]
        case "lint" | "redteam":
            return [verb, f"scheme={scheme}", "weeks=13", *(["runs=1"] if verb == "redteam" else [])]
        case "sweep" | "sensitivity" | "optimise":
            more = {"sweep": ["points=2"], "sensitivity": ["samples=2"], "optimise": ["trials=2"]}[verb]
            return [verb, "scheme.strength=interval(0,0.8)", *more, *QUICK, *(["plan=true"] if verb == "sweep" else [])]
        case "list":
            return [verb, rng.choice([group, f"{group}s"])]
        case "new":
            return [verb, rng.choice(["scheme", "signal", "team", "motive"]), "mine"]
        case "merge" | "diff":
            return [verb, "M" if verb == "merge" else "C", rng.choice(PATHS)]
        case "replicate":
            return [verb, "proxyeconomics", "runs=1", "workers=1", REFUSED]
        case "help":
            return [verb]
    if verb in WITH_FOLDER:
        return [verb, rng.choice(PATHS)]
    return [verb, *(["lesson=target"] if verb in ("class", "rehearse") else [])]


def spoiled(words: list[str], rng: random.Random) -> list[str]:
    """Change one thing about a command."""
    words = list(words)
    at = rng.randrange(len(words))
    before, sign, _ = words[at].partition("=")
    match rng.randrange(9):
        case 0 | 1:
            words[at] = f"{before}={nasty.value(rng)}" if sign else nasty.value(rng)
        case 2:
            words[at] = nasty.spoiled(words[at], rng)
        case 3:
            del words[at]
        case 4:
            words.insert(at, words[at])
        case 5 | 6:
            words.append(f"{rng.choice(['', '', '', '+', '++', '~'])}{rng.choice(keys())}={nasty.value(rng)}")
        case 7:
            group = rng.choice(groups())
            there = options(group) or ["x"]
            words.append(f"{rng.choice([group, group, group + '@x', '+' + group])}={rng.choice(there)}")
        case _:
            words.insert(at, nasty.value(rng))
    return words


def command(rng: random.Random) -> list[str]:
    """Make a command, right or spoiled up to three times; what would take long has a word that is refused."""
    words = good(rng)
    for _ in range(rng.randrange(4)):
        words = spoiled(words, rng) if words else words
    words = [w.replace("\0", "") for w in words]  # no shell hands these on
    if words and words[0] in (*UNENDING, *LONG):
        words.append(REFUSED)
    return words
