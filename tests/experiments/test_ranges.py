"""Ranges that the reference writes are those of the code: just outside each is refused, and where it is cheap to ask,
its ends are taken."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from experiments import rehearse, serve, study
from experiments.cli import FILES, STUDIES, main
from experiments.hold_class import asked_of
from experiments.reference_pages import fact, facts, said
from sim.errors import RunFailed

SWEPT = ["scheme.strength=interval(0,1)"]
WITH = {  # what a verb or a key needs besides to be looked at
    **dict.fromkeys(("sweep", "sensitivity", "optimise"), SWEPT),
    "rehearse": ["lesson=target"],
    "replicate": ["peter_principle"],
    "compare.warmup": ["today=none"],
    "compare.own_best.highest": ["power=own_best", "schemes=[commits,none]"],
    "compare.own_best.runs": ["power=own_best", "schemes=[commits,none]"],
}
RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
NUMBER = r"(\d[\d ]*[⁰¹²³⁴⁵⁶⁷⁸⁹]*(?: − 1)?)(?=$|[,;])"
FIRST = NUMBER.partition("(?=")[0]


def number(text: str) -> int:
    """A number as the reference writes it."""
    digits, power, less = re.fullmatch(r"([\d ]+?)([⁰¹²³⁴⁵⁶⁷⁸⁹]*)( − 1)?", text).groups()
    value = int(digits.replace(" ", ""))
    return (value ** int(power.translate(RAISED)) if power else value) - bool(less)


def ends(allowed: str) -> tuple[list[float], list[float]]:
    """The ends of a range in words that still belong to it, and numbers just outside."""
    step = 1 if allowed.startswith("whole") else 0.001
    inside: list[float] = []
    outside: list[float] = []
    if found := re.search(rf"(?:^|, ){FIRST} to {NUMBER}", allowed):
        low, high = map(number, found.groups())
        inside, outside = [low, high], [low - step, high + step]
    elif found := re.search(rf"≥ {NUMBER}", allowed):
        inside, outside = [number(found[1])], [number(found[1]) - step]
    elif found := re.search(rf"above {NUMBER}", allowed):
        outside = [number(found[1])]
    if found := re.search(rf"below {NUMBER}", allowed):
        outside.append(number(found[1]))
    if found := re.search(rf"at most {NUMBER}", allowed):
        inside, outside = [*inside, number(found[1])], [*outside, number(found[1]) + step]
    return inside, outside


def ranges() -> dict[str, tuple[str, str, str]]:
    """Every range of the reference, once: a name → a verb that has it, its key, and the words."""
    found: dict[str, tuple[str, str, str]] = {}
    for verb in STUDIES:
        for key, _, _ in said(verb):
            own = f"{verb}.{key}"
            found.setdefault(own if own in facts()["keys"] else key, (verb, key, fact(verb, key)["allowed"]))
    for verb in FILES:
        for key, known in facts()["words"][verb].items():
            found[f"{verb}.{key}"] = (verb, key, known["allowed"])
    repro = {"repro.runs"}  # needs a folder of results; its own test looks at it
    return {n: each for n, each in found.items() if ends(each[2])[1] and n not in repro}


RANGES = ranges()
SOME = [
    pytest.param(name, marks=pytest.mark.soak if i % 2 else ()) for i, name in enumerate(RANGES)
]  # `make soak`: all


def line(verb: str, key: str, value: float) -> list[str]:
    more = WITH.get(f"{verb}.{key}", WITH.get(verb, []))
    return [verb, *more, f"{key}={f'[0,1,{value}]' if key == 'strengths' else value}"]


def test_words_become_numbers() -> None:
    assert [number(t) for t in ("100 000", "10⁹", "2⁶³ − 1")] == [100_000, 10**9, 2**63 - 1]
    assert ends("whole, 2 to 10⁶") == ([2, 10**6], [1, 10**6 + 1])
    assert ends("above 0, at most 1, or null") == ([1], [0, 1.001])
    assert ends("≥ 0, below 1") == ([0], [-0.001, 1])
    assert ends("a path, or null") == ([], [])
    assert len(RANGES) > 40


@pytest.mark.parametrize("name", SOME)
def test_what_lies_just_outside_a_range_is_refused(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    verb, key, allowed = RANGES[name]
    for value in ends(allowed)[1]:
        assert main(line(verb, key, value)) == 2, value
        assert f"{key.split('.')[-1]}=" in capsys.readouterr().err
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["seed", "onset", "draws", "matters"])
def test_the_ends_of_a_range_are_taken(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    def begun(*_: object, **__: object) -> None:
        raise RunFailed("begun")

    monkeypatch.setattr(study, "compute", begun)
    _, key, allowed = RANGES[name]
    for value in ends(allowed)[0]:
        assert main(["compare", "schemes=[commits,none]", "executor=serial", f"{key}={value}"]) == 1, value
        assert capsys.readouterr().err == "crosspurpose: failed: begun\n"


def test_pages_and_classes_take_the_ends_of_their_ranges() -> None:
    for name, (verb, key, allowed) in RANGES.items():
        read = {"serve": serve.place_of, "class": asked_of, "rehearse": rehearse.asked}.get(verb)
        for value in ends(allowed)[0] if read else ():
            assert read is not None and read(line(verb, key, value)[1:]), name
