"""From yaml to object: a name in a yaml becomes the one class of the module of that name.

Members live in `sim/<folder>/`, and in `<folder>/` of every folder that has been given as `extend=DIR`
in this process. A yaml says `kind: name` and can reach nothing else.
"""

from __future__ import annotations

import dataclasses
import hashlib
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from sim.errors import InvalidInput, unknown
from sim.fields import construct

FOLDERS = ("motives", "choice", "rewards")  # what users can add members to
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def kinds(folder: str) -> list[str]:
    """Names of the members of the catalogue `sim.<folder>`, sorted."""
    return sorted(set(_names(_places(folder))) - {"base"})


def file_of(folder: str, kind: str) -> Path:
    """Return the file of a member."""
    return next(p for place in _places(folder) if (p := Path(place) / f"{kind}.py").is_file())


def final_class(folder: str, kind: str) -> type[Any]:
    """Return the one final dataclass that the module `sim.<folder>.<kind>` defines."""
    file = file_of(folder, kind)
    try:
        module = importlib.import_module(f"sim.{folder}.{kind}")
    except (Exception, SystemExit) as error:
        if str(file.parent) == _places(folder)[0]:
            raise
        said = f"{error.msg} in line {error.lineno}" if isinstance(error, SyntaxError) else str(error)
        raise InvalidInput(str(file), f"{type(error).__name__}: {said}", "Python that can be imported") from None
    own = [x for x in vars(module).values() if isinstance(x, type) and x.__module__ == module.__name__]
    found = [x for x in own if getattr(x, "__final__", False) and dataclasses.is_dataclass(x)]
    if len(found) != 1:
        raise InvalidInput(str(file), f"{len(found)} of them", "a module with exactly one final dataclass")
    (cls,) = found
    if not any(c.__module__ == f"sim.{folder}.base" for c in cls.__mro__) or inspect.isabstract(cls):
        raise InvalidInput(str(file), cls.__name__, f"a class with all methods of the one in sim/{folder}/base.py")
    return cls


def build(folder: str, config: object, key: str) -> Any:
    """Construct the member of a catalogue that `config["kind"]` names."""
    if not isinstance(config, Mapping) or "kind" not in config:
        raise InvalidInput(f"{key}.kind", None, f"one of {', '.join(kinds(folder))}")
    if config["kind"] not in kinds(folder):
        raise unknown(f"{key}.kind", str(config["kind"]), kinds(folder))
    rest = {k: v for k, v in config.items() if k != "kind"}
    return construct(final_class(folder, config["kind"]), rest, key)


def extend(root: Path) -> None:
    """Let the Python files of `root/motives`, `root/choice` and `root/rewards` join the catalogues of this process.

    Raises
    ------
    InvalidInput
        For a file that is called like a member there is, or that does not define one.
    """
    importlib.invalidate_caches()
    _listed.cache_clear()
    for folder in FOLDERS:
        place = root / folder
        files = {p.stem: p for p in sorted(place.glob("*.py")) if not p.stem.startswith("_")}
        others = [p for p in _places(folder) if p != str(place)]
        for kind, file in files.items():
            if not NAME.fullmatch(kind):
                raise InvalidInput(str(file), kind, "a name of letters, digits and underscores")
            if kind in _names(others):
                raise InvalidInput(str(file), kind, f"another name: {file_of(folder, kind)} has this one")
        if files and str(place) not in _places(folder):
            _places(folder).append(str(place))
        for kind in files:
            final_class(folder, kind)


def extensions() -> list[Path]:
    """Return the folders that have joined the catalogues of this process, the first one first."""
    return list(dict.fromkeys(Path(p).parent for folder in FOLDERS for p in _places(folder)[1:]))


def code() -> dict[str, str]:
    """Return what the Python files that have joined contain, as hashes by name: the same wherever they lie."""
    files = [p for folder in FOLDERS for place in _places(folder)[1:] for p in sorted(Path(place).glob("*.py"))]
    return {f"{p.parent.name}/{p.name}": hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def _places(folder: str) -> Any:
    """Return where the modules of a catalogue lie, the project's own place first: a list that Python searches."""
    return importlib.import_module(f"sim.{folder}").__path__


def _names(places: Iterable[str]) -> list[str]:
    return _listed(tuple(places))


@cache  # asked for every scenario; what joins later is looked at when it joins
def _listed(places: tuple[str, ...]) -> list[str]:
    return [m.name for m in pkgutil.iter_modules(places) if not m.ispkg and not m.name.startswith("_")]
