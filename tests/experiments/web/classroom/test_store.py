"""The file of a class: nothing that was confirmed is lost."""

from __future__ import annotations

import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from experiments.classroom.session import Event, Setting
from experiments.web.classroom.store import Store
from sim.errors import InvalidInput

SETTING = Setting(lesson="target", minutes=50, seed=3, texts=True)


def test_what_is_kept_comes_back_in_its_order(tmp_path: Path) -> None:
    events = [Event(at=float(i), kind="chose", said={"player": i, "tokens": [10, 0], "text": "ö<b>"}) for i in range(5)]
    store = Store(tmp_path / "class.sqlite")
    assert (store.begun(), store.latest()) == (None, None)
    store.set(SETTING, "secret", 0.5)
    for event in events:
        store.add(event)
    store.close()
    again = Store(tmp_path / "class.sqlite")
    assert list(again.events()) == events
    assert again.begun() == (SETTING, "secret")
    assert again.latest() == 4.0
    assert {p.name for p in tmp_path.iterdir()} >= {"class.sqlite"}


def test_only_its_owner_may_read_the_file(tmp_path: Path) -> None:
    Store(tmp_path / "class.sqlite").set(SETTING, "secret", 0.0)
    for path in tmp_path.iterdir():
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path.name


def test_an_event_is_there_when_the_process_is_killed_right_after(tmp_path: Path) -> None:
    program = """
        import os, signal, sys
        from pathlib import Path
        from experiments.classroom.session import Event
        from experiments.web.classroom.store import Store
        store = Store(Path(sys.argv[1]))
        for i in range(100):
            store.add(Event(at=float(i), kind="chose", said={"player": i}))
            if i == 73:
                os.kill(os.getpid(), signal.SIGKILL)
    """
    path = tmp_path / "class.sqlite"
    subprocess.run([sys.executable, "-c", textwrap.dedent(program), str(path)], check=False)
    assert [e.said["player"] for e in Store(path).events()] == list(range(74))


@pytest.mark.parametrize("made", ["a text", "a folder"])
def test_a_file_that_is_none_is_refused_in_one_line(tmp_path: Path, made: str) -> None:
    path = tmp_path / "class.sqlite"
    if made == "a text":
        path.write_text("this is no class\n" * 100)
    else:
        path.mkdir()
    with pytest.raises(InvalidInput, match="a file of a class"):
        Store(path)
    assert path.exists()
