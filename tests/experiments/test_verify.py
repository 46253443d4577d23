"""What `verify` makes of files of cases, good and bad."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.cases import Case, read_cases, shipped_cases
from experiments.limits import Sampled, sampled
from experiments.verify import compared, verify
from sim.errors import InvalidInput

TASK = {"id": "A0.task", "inputs": {"v": 2.0}, "closed": {"b": 2.0}}


@pytest.fixture
def written(tmp_path: Path) -> Any:
    """Write cases, or any text, to a file."""

    def write(content: object) -> Path:
        path = tmp_path / "cases.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return path

    return write


def verdicts(path: Path) -> dict[str, str]:
    table = verify(path)
    return dict(zip(table["quantity"], table["verdict"], strict=True))


def test_the_table_has_a_row_for_each_number(written: Any) -> None:
    table = verify(written([{**TASK, "closed": {"b": 2.0, "a": [2.0]}}]))
    assert list(table.columns) == ["id", "quantity", "expected", "found", "tolerance", "verdict"]
    assert list(table["quantity"]) == ["b", "a[0]"]
    assert table["found"].tolist() == pytest.approx([2.0, 2.0])
    assert set(table["verdict"]) == {"pass"}


def test_a_file_may_be_a_list_or_name_it(written: Any) -> None:
    assert verdicts(written({"kinds": {}, "cases": [TASK]})) == {"b": "pass"}


def test_a_section_is_the_beginning_of_an_id(written: Any) -> None:
    cases = [TASK, {**TASK, "id": "A0b.x"}, {**TASK, "id": "B0.x"}]
    assert [c.id for c in read_cases(written(cases), "A0")] == ["A0.task", "A0b.x"]


def test_an_unknown_id_is_unsupported(written: Any) -> None:
    table = verify(written([{**TASK, "id": "Z9.none"}]))
    assert table["verdict"].tolist() == ["unsupported"]
    assert math.isnan(table["found"][0])
    assert "Z9" in table.attrs["reasons"]["Z9.none"]


def test_an_unknown_quantity_is_unsupported_and_the_others_are_compared(written: Any) -> None:
    found = verdicts(written([{**TASK, "closed": {"b": 2.0, "mood": 1.0, "a": 3.0}}]))
    assert found == {"b": "pass", "mood": "unsupported", "a": "fail"}


def test_an_unknown_column_is_unsupported(written: Any) -> None:
    inputs = {"columns": ["b*", "mood"], "rows_theta_deg_sigma": [[0, 0]]}
    case = {"id": "B1.x", "inputs": inputs, "closed": {"rows": [[1.0, 1.0]]}}
    assert verdicts(written([case])) == {"rows[0].b*": "pass", "rows[0].mood": "unsupported"}


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ({"id": "E7.x", "inputs": {"dW": 9, "p": 0.1}, "closed": {"s": 2.0}}, "below 1"),
        ({"id": "E1.x", "inputs": {"sigma": 0}, "closed": {"a": 1.0}}, "contest needs luck"),
        ({"id": "E1.x", "inputs": {"c": -1}, "closed": {"a": 1.0}}, "positive definite"),
        ({"id": "E4.x", "inputs": {"p": 0.1}, "closed": {"a": 1.0}}, "inputs.q=(missing)"),
        ({"id": "A0.x", "inputs": {"v": "much"}, "closed": {"b": 1.0}}, "inputs.v=much"),
        ({"id": "A0.x", "inputs": {"sigma2": -1}, "closed": {"b": 1.0}}, "inputs.sigma2=-1"),
        ({"id": "A1.x", "inputs": {"f": [1, 1], "C": [[1]]}, "closed": {"b": [1, 1]}}, "inputs.C=[[1]]"),
        ({"id": "B3.x", "inputs": {"f": [1], "g0": [1, 2], "m": [1]}, "closed": {"rows": []}}, "inputs.g0"),
        ({"id": "C1.x", "inputs": {"f": [1]}, "closed": {"b": [1]}}, "inputs.G=(missing)"),
        ({"id": "C1.x", "inputs": {"G": [[1, 2], [3]]}, "closed": {"b": [1]}}, "inputs.G"),
        ({"id": "E2.x", "inputs": {"rows_N_k": [[2.5, 1]]}, "closed": {"rows": [[1, 1]]}}, "whole numbers"),
        ({"id": "G3b.x", "inputs": {"tau": [1], "nu": 2}, "closed": {"EV": [1]}}, "inputs.nu=2"),
        ({"id": "G1.x", "inputs": {"q": [1.5]}, "closed": {"rows": [[1, 1, 1, 1]]}}, "inputs.q=1.5"),
        ({"id": "G6.x", "inputs": {"f": [1], "g": [1, 2], "h": [1]}, "closed": {"b": 1}}, "inputs.g"),
        (
            {"id": "G8.x", "inputs": {"f": [1, 1], "g": [1, 2], "Sigma_a": [[1, 2], [2, 1]]}, "closed": {"obs": 1}},
            "semid",
        ),
        ({"id": "K1.x", "inputs": {"beta": 1.0, "delta": 0.1}, "closed": {"l": 1}}, "patience"),
        ({"id": "K2.x", "inputs": {"p": 1.0, "k": 2.0}, "closed": {"n": 1}}, "inputs.k=2"),
        ({"id": "K3.x", "inputs": {"rows_k_q": [[1, 0.9]]}, "closed": {"p": [0.9]}}, "between 0 and 0.5"),
        ({"id": "W1.x", "inputs": {"delta": 1.0}, "closed": {"a": 1}}, "below 1"),
        ({"id": "H5b.x", "inputs": {"F": "much"}, "closed": {"F": 1.0}}, "inputs.F=much"),
        ({"id": "H5.x", "inputs": {"p": [0.5], "gamma_plus": 0.1}, "closed": {"w_plus": [1]}}, "0.28"),
    ],
)
def test_inputs_that_the_model_does_not_take_fail_with_a_reason(case: dict[str, Any], said: str, written: Any) -> None:
    table = verify(written([case]))
    assert set(table["verdict"]) <= {"fail"}
    assert said in table.attrs["reasons"][case["id"]]


def test_tolerance_is_relative_to_the_largest_of_a_list(written: Any) -> None:
    rows = [[0.0, 1.0], [0.0, 3.0]]
    case = {"id": "A2.x", "inputs": {"rows_kappa_f2": rows}, "closed": {"b1": [1.0, 50.0]}}
    table = verify(written([case]))
    assert table["tolerance"].tolist() == pytest.approx([50e-4, 50e-4])


def test_tolerance_is_relative_to_the_largest_of_a_column(written: Any) -> None:
    case = {"id": "B1.x", "inputs": {"rows_theta_deg_sigma": [[0, 0], [90, 0]]}}
    table = verify(written([{**case, "closed": {"rows": [[1.0, 0.5, 1.0], [0.0, 0.0, 0.0]]}}]))
    assert table["tolerance"].tolist() == pytest.approx([1e-4, 0.5e-4, 1e-4] * 2)
    assert set(table["verdict"]) == {"pass"}


def test_tolerance_never_falls_below_that_of_a_thousandth(written: Any) -> None:
    table = verify(written([{"id": "A0.x", "inputs": {"v": 0.0}, "closed": {"b": 0.0}}]))
    assert table["tolerance"].tolist() == pytest.approx([1e-7])
    assert table["verdict"].tolist() == ["pass"]


def test_a_published_number_is_compared_with_its_reference_or_loosely(written: Any) -> None:
    case = {"id": "A0.x", "inputs": {"v": 2.0}, "kind": "ref", "closed": {"b": 2.5, "a": 2.003}}
    table = verify(written([{**case, "reference": {"b": 2.0}}]))
    assert table["expected"].tolist() == [2.0, 2.003]
    assert table["tolerance"].tolist() == pytest.approx([2e-4, 2e-3 * 2.003])
    assert set(table["verdict"]) == {"pass"}


def test_a_sampled_number_passes_within_four_standard_errors_that_are_small(written: Any) -> None:
    case = {"id": "K3.x", "inputs": {"rows_k_q": [[1, 0.2], [2, 0.2]]}, "closed": {"p": [0.2, 0.04]}}
    table = verify(written([case]))
    assert set(table["verdict"]) == {"pass"}
    assert (table["tolerance"] < 4 * 0.005 * 0.2).all()
    assert (table["tolerance"] > 1e-4 * 0.2).all()
    assert table["found"][0] != 0.2


def test_a_sampled_number_whose_error_is_large_does_not_pass() -> None:
    case = Case(id="K3.x", inputs={}, closed={"p": 0.2})
    for error, verdict in ((0.0009, "pass"), (0.0011, "fail")):
        (row,) = compared(case, {"p": Sampled(value=0.2, error=error)}, failed=False)
        assert row["verdict"] == verdict


def test_the_mean_of_what_hardly_ever_happens_is_uncertain_by_one_event() -> None:
    (never,) = sampled([iter([np.zeros(10**6)])], step=0.25)
    assert (never.value, never.error) == (0.0, 0.25e-6)


def test_a_table_of_other_length_does_not_pass(written: Any) -> None:
    case = {"id": "E3.x", "inputs": {"p": [0.5]}, "closed": {"beta": [0.39894228, 0.39894228]}}
    assert verdicts(written([case])) == {"beta[0]": "pass", "beta[1]": "unsupported"}


def test_progress_names_each_case_before_it_runs(written: Any) -> None:
    told: list[tuple[str, int, int]] = []
    verify(written([TASK, {**TASK, "id": "A0.again"}]), progress=lambda *news: told.append(news))
    assert told == [("A0.task", 0, 2), ("A0.again", 1, 2)]


def test_the_cases_that_come_with_the_project_are_found() -> None:
    assert len(read_cases(shipped_cases())) == 57


@pytest.mark.parametrize(
    ("content", "key"),
    [
        ("{", "cases"),
        ("[]", "cases"),
        ("{}", "cases"),
        ("3", "cases"),
        ("[" * 100_000, "cases"),
        ([3], "cases[0]"),
        ([{"inputs": {}, "closed": {}}], "cases[0].id"),
        ([{"id": "A0.x", "closed": {}}], "A0.x.inputs"),
        ([{"id": "A0.x", "inputs": {}}], "A0.x.closed"),
        ([{"id": "A0.x", "inputs": {}, "closed": {"b": "much"}}], "A0.x.closed.b"),
        ([{"id": "A0.x", "inputs": {}, "closed": {"b": [None]}}], "A0.x.closed.b.0"),
        ([{"id": "A0.x", "inputs": {}, "closed": {"b": True}}], "A0.x.closed.b"),
        ('[{"id": "A0.x", "inputs": {}, "closed": {"b": NaN}}]', "cases"),
        ('[{"id": "A0.x", "inputs": {"r": -Infinity}, "closed": {}}]', "cases"),
        ('[{"id": "A0.x", "inputs": {"r": 1e999}, "closed": {}}]', "A0.x.inputs.r"),
        ('[{"id": "A0.x", "inputs": {"r": 1' + "0" * 400 + '}, "closed": {}}]', "A0.x.inputs.r"),
    ],
)
def test_what_is_not_a_file_of_cases_is_refused_in_one_line(content: object, key: str, written: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_cases(written(content))
    assert caught.value.key == key
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("path", ["nowhere.json", "."])
def test_a_file_that_cannot_be_read_is_refused(path: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="a file that can be read"):
        read_cases(tmp_path / path)


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cases.json"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidInput, match="a file in JSON"):
        read_cases(path)


def test_a_section_that_no_case_has_is_refused(written: Any) -> None:
    with pytest.raises(InvalidInput, match="section=Q: allowed is the beginning of one of A0"):
        read_cases(written([TASK]), "Q")
