"""From yaml to object: one class per module, every key and type checked."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from sim.catalogue import build, final_class, kinds
from sim.errors import InvalidInput
from sim.fields import construct

MEMBERS = [(folder, kind) for folder in ("motives", "choice", "rewards") for kind in kinds(folder)]


@dataclass(frozen=True, kw_only=True)
class Inner:
    number: float


@dataclass(frozen=True, kw_only=True)
class Outer:
    number: float
    whole: int
    switch: bool
    word: str
    perhaps: float | None
    inner: Inner
    row: tuple[float, ...]
    table: tuple[tuple[float, ...], ...]
    named: Mapping[str, float]

    def __post_init__(self) -> None:
        if self.whole < 0:
            raise InvalidInput("whole", self.whole, "at least 0")


GOOD: dict[str, Any] = {
    "number": 1,
    "whole": 2.0,
    "switch": True,
    "word": "x",
    "perhaps": None,
    "inner": {"number": 3},
    "row": [1, 2.5],
    "table": [[1, 2], [3, 4]],
    "named": {"a": 1},
}


def test_the_catalogues_hold_a_member_for_each_file() -> None:
    assert {"career", "intrinsic", "norm", "pay", "promotion", "safety", "skill_up", "social"} <= set(kinds("motives"))
    assert {"logit", "quadratic", "water_filling"} <= set(kinds("choice"))
    assert {"salary", "piece_rate", "tournament", "layoff"} <= set(kinds("rewards"))


@pytest.mark.parametrize(("folder", "kind"), MEMBERS)
def test_a_member_is_one_final_frozen_class_whose_numbers_live_in_yaml(folder: str, kind: str) -> None:
    cls = final_class(folder, kind)
    assert getattr(cls, "__final__", False), f"{cls.__name__} is not @final"
    assert cls.__dataclass_params__.frozen
    for field in dataclasses.fields(cls):
        assert field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        assert field.kw_only
    assert cls.__name__.lower() == kind.replace("_", "")
    assert cls.__doc__


@pytest.mark.parametrize(("folder", "kind"), MEMBERS)
def test_every_parameter_is_described(folder: str, kind: str) -> None:
    cls = final_class(folder, kind)
    for field in dataclasses.fields(cls):
        assert field.name in (cls.__doc__ or ""), f"{cls.__name__}.{field.name} is not in the docstring"


def test_plain_data_becomes_the_types_of_the_fields() -> None:
    made = construct(Outer, GOOD, "o")
    assert made == Outer(
        number=1.0,
        whole=2,
        switch=True,
        word="x",
        perhaps=None,
        inner=Inner(number=3.0),
        row=(1.0, 2.5),
        table=((1.0, 2.0), (3.0, 4.0)),
        named={"a": 1.0},
    )
    assert isinstance(made.number, float) and isinstance(made.whole, int)


@pytest.mark.parametrize(
    ("field", "value", "key"),
    [
        ("number", "1", "o.number"),
        ("number", True, "o.number"),
        ("number", None, "o.number"),
        ("number", float("nan"), "o.number"),
        ("number", float("-inf"), "o.number"),
        ("number", 1e101, "o.number"),
        ("number", -1e-101, "o.number"),
        ("number", 10**400, "o.number"),
        ("whole", 10**101, "o.whole"),
        ("row", [1.0, 1e200], "o.row[1]"),
        ("whole", 2.5, "o.whole"),
        ("whole", False, "o.whole"),
        ("whole", -1, "o.whole"),
        ("switch", 1, "o.switch"),
        ("switch", "yes", "o.switch"),
        ("word", 3, "o.word"),
        ("perhaps", "x", "o.perhaps"),
        ("inner", 3, "o.inner"),
        ("inner", {}, "o.inner.number"),
        ("inner", {"number": "x"}, "o.inner.number"),
        ("row", 1.0, "o.row"),
        ("row", [1, "x"], "o.row[1]"),
        ("table", [[1, 2], 3], "o.table[1]"),
        ("named", [1], "o.named"),
        ("named", {"a": "x"}, "o.named.a"),
    ],
)
def test_a_value_of_another_type_is_refused_by_its_full_name(field: str, value: object, key: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        construct(Outer, GOOD | {field: value}, "o")
    assert caught.value.key == key


@pytest.mark.parametrize("number", [0.0, 1e100, -1e-100, 3])
def test_a_number_of_ordinary_size_is_taken_as_it_is(number: float) -> None:
    assert construct(Outer, GOOD | {"number": number}, "o").number == number


def test_a_mistyped_key_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(InvalidInput) as caught:
        construct(Outer, GOOD | {"numbr": 1}, "o")
    assert (caught.value.key, caught.value.nearest) == ("o.numbr", "number")


def test_a_missing_key_is_named() -> None:
    with pytest.raises(InvalidInput) as caught:
        construct(Outer, {k: v for k, v in GOOD.items() if k != "word"}, "o")
    assert caught.value.key == "o.word" and caught.value.allowed == "a text"


@pytest.mark.parametrize("config", [3, None, "pay", [], {}, {"slope": 1.0}])
def test_a_member_without_a_kind_is_refused(config: object) -> None:
    with pytest.raises(InvalidInput) as caught:
        build("rewards", config, "scheme.pay")
    assert caught.value.key == "scheme.pay.kind"


def test_a_mistyped_kind_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(InvalidInput) as caught:
        build("rewards", {"kind": "piecerate", "slope": 1.0}, "scheme.pay")
    assert (caught.value.key, caught.value.nearest) == ("scheme.pay.kind", "piece_rate")


@pytest.mark.parametrize("kind", ["base", "os", "..arrays", "os.path", "__init__", "../motives/pay", "", 3, None])
def test_a_yaml_cannot_reach_code_outside_its_catalogue(kind: object) -> None:
    with pytest.raises(InvalidInput):
        build("rewards", {"kind": kind}, "x")


def test_base_classes_are_abstract() -> None:
    for folder in ("motives", "choice", "rewards"):
        for kind in kinds(folder):
            base = final_class(folder, kind).__mro__[1]
            assert base.__module__ == f"sim.{folder}.base"
            assert typing.cast(Any, base).__abstractmethods__
