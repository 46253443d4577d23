"""Yaml files: good ones, and what random hands make of them."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import yaml

from sim.loading import configs
from tests.fuzz import nasty

GROUPS = ("scenario", "scheme", "signal", "motive", "team", "intervention", "organisation", "customers", "reward")
BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{b}: &{b} [*{a}, *{a}, *{a}, *{a}, *{a}, *{a}, *{a}, *{a}]\n" for a, b in zip("abcdefg", "bcdefgh", strict=True)
)
TEXTS = (
    "",
    "\n",
    "#",
    "a",
    "- a",
    "3",
    "null",
    "---\n---\n",
    "a: 1\na: 2\n",
    "\ta: 1\n",
    "a: [1\n",
    "a: 'x\n",
    "? a\n",
    "a: &x 1\nb: *x\n",
    "a: &x [*x]\n",
    "<<: {weeks: 3}\n",
    "weeks: *nowhere\n",
    "1: 2\n",
    "null: 3\n",
    "[a]: 3\n",
    "{a: 1}: 3\n",
    "weeks: !!int x\n",
    "!!python/object/apply:os.getcwd []\n",
    "weeks: !x 3\n",
    "%YAML 9.9\n---\na: 1\n",
    "\ufeffweeks: 13\n",
    "weeks: 13\r\nonset: 0\r\n",
    "weeks: ${weeks}\n",
    "weeks: ${oc.env:HOME}\n",
    "defaults: 3\n",
    "defaults: [a]\n",
    "defaults: [{override /team: nobody}]\n",
    "# @package _global_\ndefaults:\n  - override /team: person_a\nweeks: 13\n",
    "# @package team\nsize: 3\n",
    BOMB,
    "a: " + "[" * 2000 + "]" * 2000 + "\n",
    "a: " + "{a: " * 300 + "1" + "}" * 300 + "\n",
    "weeks: 2020-01-01\n",
    "weeks: 0x1F\n",
    "question: {schemes: [commits, none], runs: 1}\nweeks: 13\n",
    "question: 3\n",
    "_target_: os.getcwd\n",
    "\x00",
    "\x85",
    "a: \x07\n",
)


def text(group: str, rng: random.Random) -> bytes:
    """Make a file of a group: one that there is, spoiled as a tree or as a text, or one of the odd ones."""
    if rng.random() < 0.15:
        return _bytes(rng.choice(TEXTS), rng)
    source = rng.choice(sorted((configs() / group).glob("*.yaml"))).read_text(encoding="utf-8")
    head = "# @package _global_\n" if group == "scenario" else ""
    if rng.random() < 0.6:
        tree = yaml.safe_load(source)
        for _ in range(rng.randrange(1, 4)):
            tree = _grafted(tree, rng)
        source = head + yaml.safe_dump(tree, allow_unicode=True, sort_keys=False)
    else:
        for _ in range(rng.randrange(1, 4)):
            source = nasty.spoiled(source, rng)
    return _bytes(source, rng)


def _bytes(source: str, rng: random.Random) -> bytes:
    raw = source.encode("utf-8", "surrogatepass" if rng.random() < 0.5 else "replace")
    return raw + (b"" if rng.random() < 0.95 else rng.choice([b"\xff\xfe", b"\x80"]))


def _grafted(tree: Any, rng: random.Random) -> Any:
    """Put something else at one place of a tree."""
    if isinstance(tree, dict) and tree and rng.random() < 0.85:
        key = rng.choice(list(tree))
        if rng.random() < 0.1:
            return {(nasty.spoiled(str(k), rng) if k == key else k): v for k, v in tree.items()}
        if rng.random() < 0.05:
            return {k: v for k, v in tree.items() if k != key}
        return tree | {key: _grafted(tree[key], rng)}
    if isinstance(tree, list) and tree and rng.random() < 0.85:
        at = rng.randrange(len(tree))
        return [_grafted(v, rng) if i == at else v for i, v in enumerate(tree)]
    try:
        return yaml.safe_load(nasty.value(rng))
    except (yaml.YAMLError, ValueError, RecursionError):
        return nasty.value(rng).encode("utf-8", "replace").decode()


def spoil(folder: Path, rng: random.Random) -> str:
    """Spoil one file of a folder of results, or take it away; return what was done."""
    path = rng.choice(sorted(p for p in folder.rglob("*") if p.is_file()))
    raw = path.read_bytes()
    match rng.randrange(5):
        case 0:
            path.unlink()
        case 1:
            path.write_bytes(raw[: rng.randrange(len(raw) + 1)])
        case 2:
            path.write_bytes(b"")
        case 3 if path.suffix in (".json", ".yaml", ".csv"):
            path.write_bytes(_bytes(nasty.spoiled(raw.decode(), rng), rng))
        case _:
            at = rng.randrange(len(raw) + 1)
            path.write_bytes(raw[:at] + rng.randbytes(3) + raw[at + 3 :])
    return f"{path.relative_to(folder)}"
