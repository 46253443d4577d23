"""`crosspurpose class`: what its words ask for, and which class goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments.classroom.session import Event
from experiments.hold_class import FORGOTTEN, asked_of, opened
from sim.errors import InvalidInput


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("lesson=taget", "did you mean target"),
        ("minutes=35", "one of 20, 50"),
        ("minutes=-1", "minutes=-1: allowed is a whole number"),
        ("port=99999", "port=99999: allowed is a whole number from 0 to 65535"),
        ("managers=yes", "managers=yes: allowed is one of false, true"),
        ("halves=1", "halves=1: allowed is"),
        ("seed=½", "seed=½: allowed is"),
        ("leson=target", "did you mean lesson"),
        ("target", "key=value"),
    ],
)
def test_class_refuses_in_one_line(word: str, said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        asked_of([word])
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_word_is_given_once() -> None:
    with pytest.raises(InvalidInput, match="given once"):
        asked_of(["port=1", "port=2"])


def test_a_class_that_is_not_over_goes_on_and_an_old_one_is_put_aside(tmp_path: Path) -> None:
    asked = asked_of([f"file={tmp_path / 'mine.sqlite'}", "seed=5"])
    first = opened(asked, now=0.0)
    token = first.begun()
    first.add(Event(at=60.0, kind="joined", said={"key": "k"}))
    first.close()
    same = opened(asked_of([f"file={tmp_path / 'mine.sqlite'}", "seed=6"]), now=61.0)
    assert same.begun() == token
    assert [e.kind for e in same.events()] == ["joined"]
    same.close()
    later = opened(asked, now=61.0 + FORGOTTEN)
    assert later.begun() != token
    assert not list(later.events())
    later.close()
    new = opened(asked_of([f"file={tmp_path / 'mine.sqlite'}", "new=true"]), now=62.0 + FORGOTTEN)
    assert not list(new.events())
    new.close()
    assert len(list(tmp_path.glob("mine*.sqlite"))) == 3  # nothing is thrown away
