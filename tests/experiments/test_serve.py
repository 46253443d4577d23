"""`crosspurpose serve`: what it takes, and what stands in its way."""

from __future__ import annotations

import socket
from collections.abc import Sequence

import pytest

from experiments.cli import main
from experiments.place import Place, listening
from experiments.serve import place_of
from sim.errors import InvalidInput


def test_without_words_it_serves_this_machine_alone() -> None:
    assert place_of([]) == Place(host="127.0.0.1", port=8080, open=False)


@pytest.mark.parametrize(
    ("words", "key"),
    [
        (["port=80000"], "port"),
        (["port=-1"], "port"),
        (["port=8080.0"], "port"),
        (["port="], "port"),
        (["port=1", "port=2"], "port"),
        (["open=perhaps"], "open"),
        (["host="], "host"),
        (["host=no.such.host.invalid"], "host"),
        (["prot=8080"], "argument"),
        (["8080"], "argument"),
        (["--port", "8080"], "argument"),
    ],
)
def test_what_it_cannot_serve_is_said_in_one_line(
    words: Sequence[str], key: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if key == "host" and words != ["host="]:
        with pytest.raises(InvalidInput, match="host"):
            listening(place_of(words))
        return
    assert main(["serve", *words]) == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.startswith(f"crosspurpose: {key}=") and said.err.count("\n") == 1


def test_a_port_that_is_taken_is_said_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["serve", f"port={port}"]) == 2
    assert f"port={port}" in capsys.readouterr().err


def test_port_0_is_any_that_is_free() -> None:
    with listening(Place(port=0)) as door:
        assert door.getsockname()[1] > 0
