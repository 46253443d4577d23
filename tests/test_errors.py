"""Errors: one line that names the key, the value, what is allowed and the nearest name."""

from __future__ import annotations

import pickle

import pytest

from sim.errors import InvalidInput, nearest, unknown


def test_an_error_names_key_value_allowed_and_the_nearest_name() -> None:
    assert str(InvalidInput("scheme", "comits", "one of commits", "commits")) == (
        "scheme=comits: allowed is one of commits; did you mean commits?"
    )


def test_the_nearest_name_is_suggested_only_where_one_is_near() -> None:
    assert nearest("lines_of_cod", ["commits", "lines_of_code"]) == "lines_of_code"
    assert nearest("xyzzy", ["commits", "lines_of_code"]) is None
    assert unknown("scheme", "comits", ["commits"]).nearest == "commits"


@pytest.mark.parametrize("value", ["two\nlines", [[1.0, 2.0]] * 200, "x" * 500, {"a": 1}, None, 1.5])
def test_an_error_is_always_one_short_line(value: object) -> None:
    line = str(InvalidInput("key", value, "something else"))
    assert len(line.splitlines()) == 1 and len(line) < 150


def test_an_error_survives_the_way_from_a_worker_process() -> None:
    error = pickle.loads(pickle.dumps(InvalidInput("runs", 0, "at least 1", "run")))
    assert (error.key, error.value, error.allowed, error.nearest) == ("runs", 0, "at least 1", "run")
