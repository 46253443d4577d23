"""From strings to a scenario: the one module that knows Hydra.

The strings are those of the command line. Every signal and motive that has a yaml is part of the
configuration, so a user adds one by adding a file: in the project's `configs/`, in `configs/` of
the folder where the command is typed, or in `configs/` of the folder that `extend=DIR` names. Only the
last may hold Python too (`motives/`, `choice/`, `rewards/`): code is never picked up unasked.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from os import scandir
from pathlib import Path
from pickle import dumps, loads
from typing import TYPE_CHECKING, Any

import yaml

from sim import catalogue, filed
from sim.errors import InvalidInput, nearest, unknown

if TYPE_CHECKING:
    from sim.scenario import Scenario

CATALOGUES = {"signals": "signal", "motives": "motive"}  # all of a group's yaml become entries of one mapping
PYTHON = {"motive": "motives", "choice": "choice", "reward": "rewards"}  # groups whose yaml name members of a catalogue
NAMED = {  # mappings by the names of other parts of the scenario
    **dict.fromkeys(("weights", "announced", "folklore"), "signals"),
    **dict.fromkeys(("loadings", "initial"), "activities"),
    "motives": "motives",
}

FILE = re.compile(r"scenario=.*\.ya?ml")

_extension: Path | None = None  # of the strings that are being read


def configs() -> Path:
    """Return the folder of the configurations that come with the project."""
    package = Path(__file__).resolve().parent
    inside = package / "configs"
    return inside if inside.is_dir() else package.parent / "configs"


def folders() -> list[Path]:
    """Return all folders that are searched, the project's first."""
    own = [Path.cwd() / "configs", *([_extension / "configs"] if _extension else [])]
    return list(dict.fromkeys([configs(), *(f.resolve() for f in own if f.is_dir())]))


def split(words: Sequence[str]) -> tuple[str | None, list[str]]:
    """Split the folder that `extend=DIR` names off the words."""
    given = [w.partition("=")[2] for w in words if w.startswith("extend=")]
    if len(given) > 1:
        raise InvalidInput("extend", given[-1], "given once")
    return given[0] if given else None, [w for w in words if not w.startswith("extend=")]


@contextmanager
def extended(folder: str | None) -> Iterator[Path | None]:
    """Let the user's own folder join what is searched; its Python files join the catalogues, and stay.

    Yields the folder, absolute. `None` and `null` change nothing.
    """
    global _extension
    before = _extension
    if folder not in (None, "null"):
        _extension = _own(str(folder))
    try:
        refuse_doubles()
        if _extension and _extension != before:
            catalogue.extend(_extension)
        yield _extension
    finally:
        _extension = before


def _own(text: str) -> Path:
    """Return the folder that was given, if there is anything in it for us."""
    folder = Path(text).expanduser().resolve()
    if not text or not folder.is_dir():
        raise InvalidInput("extend", text or "(empty)", "a folder that exists, or null")
    places = [*folder.glob("configs/**/*.yaml"), *(p for f in catalogue.FOLDERS for p in folder.glob(f"{f}/*.py"))]
    if not places:
        allowed = f"a folder with yaml in configs/ or Python in {', '.join(catalogue.FOLDERS)}"
        raise InvalidInput("extend", text, allowed)
    return folder


def refuse_doubles() -> None:
    """Refuse a yaml of the user's own that is called like one there is: neither may hide the other."""
    places = folders()
    for i, place in enumerate(places[1:], start=1):
        for path in sorted(p for p in place.glob("*/*.yaml") if (places[0] / p.parent.name).is_dir()):
            name = path.relative_to(place)
            if not re.fullmatch("[A-Za-z0-9_]+", path.stem):
                raise InvalidInput(str(path), path.stem, "a name of letters, digits and underscores")
            there = next((p for before in places[:i] if (p := before / name).is_file()), None)
            if there is not None and there.read_bytes() != path.read_bytes():
                raise InvalidInput(str(path), path.stem, f"another name: {there} has this one")


def options(group: str) -> list[str]:
    """Return the names of the yaml of a group, sorted."""
    found = {p.stem for folder in folders() for p in (folder / group).glob("*.yaml")}
    return sorted(n for n in found if not n.startswith("_"))


def groups() -> list[str]:
    """Return the names of the groups, sorted."""
    return sorted({p.name for folder in folders() for p in folder.iterdir() if p.is_dir()})


def read(group: str, name: str) -> dict[str, Any]:
    """Return one yaml of a group as it stands."""
    return filed.read(file_of(group, name))


def file_of(group: str, name: str) -> Path:
    """Return the file of an option; a name is a word, and no path."""
    for folder in folders() if re.fullmatch(r"\w+", name) else ():
        if (path := folder / group / f"{name}.yaml").is_file():
            return path
    raise unknown(group, name, options(group))


def register() -> None:
    """Tell Hydra which yaml the catalogues consist of."""
    from hydra.core.config_store import ConfigStore

    for mapping, group in CATALOGUES.items():
        base = {"_base": None} if any((f / group / "_base.yaml").is_file() for f in folders()) else {}
        without = left_out(group)
        entries = [{f"/{group}@{mapping}.{n}": [*base, n]} for n in options(group) if n not in without]
        ConfigStore.instance().store(group="catalogue", name=mapping, node={"defaults": entries}, package="_global_")


def left_out(group: str) -> dict[str, InvalidInput]:
    """Return what is wrong with each of the user's yaml that names Python nobody has asked for: it is left out."""
    found = {}
    for name in options(group) if group in PYTHON else ():
        file = file_of(group, name)
        kind = None if file.is_relative_to(configs()) else read(group, name).get("kind")
        if kind is not None and kind not in (there := catalogue.kinds(PYTHON[group])):
            allowed = f"one of {', '.join(there)}, or of the Python in the folder that extend=DIR names"
            found[name] = InvalidInput(f"{file}: kind", kind, allowed, nearest(str(kind), there))
    return found


def search_path() -> list[str]:
    """Return the override that tells Hydra of the folders of the user's own, if there are any."""
    own = [quoted(f"file://{folder.as_posix()}") for folder in folders()[1:]]
    return [f"hydra.searchpath=[{','.join(own)}]"] if own else []


def quoted(text: str) -> str:
    """Return a text in Hydra's words, whatever is in it but interpolations."""
    return "'" + text.replace("'", "\\'") + "'"


def load(*overrides: str) -> Scenario:
    """Return the scenario that strings such as `scheme=commits` or `weeks=52` describe.

    `extend=DIR` adds a folder of the user's own; its Python files run, and stay in the catalogues of this process.

    Raises
    ------
    InvalidInput
        For a string that names or sets something that does not exist or is not allowed.

    Examples
    --------
    >>> load("scenario=three_persons", "scheme=commits").scheme.weights
    {'commits': 1.0}
    """
    from sim.scenario import scenario_from

    folder, words = split(overrides)
    with extended(folder):
        found = compose("model", from_files(words))
        return scenario_from({k: v for k, v in found.items() if k != "question"})


def from_files(words: Sequence[str]) -> list[str]:
    """Let `scenario=FILE.yaml` mean the scenario in that file, wherever it lies."""
    return [f"scenario={_filed(Path(w.partition('=')[2]))}" if FILE.fullmatch(w) else w for w in words]


def _filed(path: Path) -> str:
    """Make a scenario of a file, and return how it is called."""
    if not path.is_file():
        raise InvalidInput(
            "scenario", str(path), "a file that exists, or a name", nearest(path.stem, options("scenario"))
        )
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise InvalidInput("scenario", str(path), "a text file") from None
    return enter_scenario(path.stem, filed.content(text, str(path)))


def enter_scenario(name: str, content: Mapping[str, Any]) -> str:
    """Make a scenario of what stands in a scenario file, and return how it is called: by its name and what is in it."""
    from hydra.core.config_store import ConfigStore

    for group, option in filed.overridden(content, name).items():
        if group not in groups():
            raise unknown(f"{name}: defaults", group, groups())
        if option not in options(group):
            raise unknown(f"{name}: {group}", option, options(group))
    address = hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()[:8]
    called = f"{re.sub(r'[^A-Za-z0-9_]+', '_', name)}_{address}"
    try:
        ConfigStore.instance().store(group="scenario", name=called, node=dict(content), package="_global_")
    except Exception as error:
        raise in_one_line(error) from None
    return called


def checked(overrides: Sequence[str]) -> None:
    """Refuse strings that are not overrides, a key given twice, and a group without a name or one that does not fit."""
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException

    seen: set[str] = set()
    chosen: dict[str, str] = {}
    for text in overrides:
        try:
            (override,) = OverridesParser.create().parse_overrides([text])
            if not override.key_or_group:
                raise ValueError(text)
        except (HydraException, ValueError):
            allowed = "key=value in Hydra's words (quote lists and braces in the shell)"
            raise InvalidInput("argument", text or "(empty)", allowed) from None
        key, value = override.key_or_group, override.value()
        if key in seen:
            raise InvalidInput(key, text.partition("=")[2], "given once")
        chooses = key in groups() and not override.is_delete() and not override.is_sweep_override()
        if chooses and (not isinstance(value, str) or not value):
            raise unknown(key, str(value), options(key))
        if chooses and isinstance(value, str) and value in options(key):
            chosen[key] = value
        seen.add(key)
    if "scenario" in chosen:
        _refuse_unfit(chosen)


def _refuse_unfit(chosen: Mapping[str, str]) -> None:
    """Refuse an option without what the chosen scenario sets of its group: nothing at all, or of another kind."""
    scenario = chosen["scenario"]
    for group, sets in read("scenario", scenario).items():
        if group not in chosen or not isinstance(sets, Mapping) or _has(group, chosen[group], sets):
            continue
        fit = " or ".join(o for o in options(group) if _has(group, o, sets))
        keys = ", ".join(f"{group}.{k}" for k in sets)
        raise InvalidInput(group, chosen[group], f"{fit} with scenario={scenario}, which sets {keys}")


def _has(group: str, option: str, keys: Mapping[str, Any]) -> bool:
    """Whether an option has keys that are set in it, as far as its yaml says."""
    content = read(group, option)
    entry = content.get(group, content)
    if entry is None:
        return False
    return "defaults" in content or "kind" in keys or "kind" not in entry or {*keys} <= {*entry}


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """One word of the command line, `KEY=VALUE` or `KEY=RANGE`, read.

    Parameters
    ----------
    key : str
    new : bool
        Whether the key may be missing so far (+key, ++key).
    placed : bool
        Whether it says where in the configuration a group belongs (group@place).
    kind : str
        `value`, `choice`, `range`, `interval` or `glob`.
    value : object
        The value · the values · (start, stop, step) · (low, high) · (what fits, what does not).
    tags : frozenset of str
    """

    key: str
    new: bool
    placed: bool
    kind: str
    value: Any
    tags: frozenset[str] = frozenset()


def spoken(word: str) -> Spoken | None:
    """Read a word in Hydra's grammar; None if it cannot be read.

    Examples
    --------
    >>> spoken("scheme.strength=interval(0,3)").value
    (0.0, 3.0)
    """
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.core.override_parser.types import ChoiceSweep, Glob, IntervalSweep, RangeSweep
    from hydra.errors import HydraException

    try:
        (override,) = OverridesParser.create().parse_overrides([word])
    except HydraException:
        return None
    value: Any = override.value()
    kind, found, tags = "value", _plain_value(value), frozenset[str]()
    if isinstance(value, ChoiceSweep):
        kind, found = "choice", tuple(_plain_value(v) for v in value.list)
    elif isinstance(value, RangeSweep):
        kind, found = "range", (value.start, value.stop, value.step)
    elif isinstance(value, IntervalSweep):
        kind, found, tags = "interval", (value.start, value.end), frozenset(value.tags)
    elif isinstance(value, Glob):
        kind, found = "glob", (tuple(value.include), tuple(value.exclude))
    new, placed = override.is_add() or override.is_force_add(), bool(override.package)
    return Spoken(key=override.key_or_group, new=new, placed=placed, kind=kind, value=found, tags=tags)


def _plain_value(value: Any) -> Any:
    """Return a value of Hydra's grammar as plain data."""
    if isinstance(value, dict):
        return {str(k): _plain_value(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain_value(v) for v in value]
    return getattr(value, "text", value)  # a quoted text


def compose(name: str, overrides: Sequence[str]) -> dict[str, Any]:
    """Compose a configuration by name from strings, resolved, as plain data."""
    return compose_with_followers(name, overrides)[0]


def compose_with_followers(name: str, overrides: Sequence[str]) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """Compose a configuration, and say which of its keys are given as another key: that one → those that follow it."""
    checked(overrides)
    made: tuple[dict[str, Any], dict[str, list[str]]] = loads(_composed(name, tuple(overrides), _state()))
    return made


@lru_cache(maxsize=1024)
def _composed(name: str, overrides: tuple[str, ...], state: object) -> bytes:
    """Return what is composed, packed, so that each who asks has a copy: it takes Hydra a third of a second."""
    from hydra import compose as hydra_compose
    from hydra import initialize_config_dir

    register()
    try:
        with initialize_config_dir(str(configs()), version_base="1.3"):
            found = hydra_compose(name, overrides=[*search_path(), *overrides], return_hydra_config=False)
        return dumps((plain(found), _followers(found)))
    except Exception as error:
        raise in_one_line(error) from None


def _state() -> object:
    """Return all that a composition hangs on besides its words: the files there are, and the members of catalogues."""
    files = (entry for folder in folders() for place in (folder, *folder.iterdir()) for entry in _files(place))
    return tuple(files), tuple(tuple(catalogue.kinds(where)) for where in PYTHON.values())


def _files(folder: Path) -> list[tuple[str, int, int]]:
    """Return each yaml of a folder, with when it was written and its size."""
    if not folder.is_dir():
        return []
    return [(e.path, e.stat().st_mtime_ns, e.stat().st_size) for e in scandir(folder) if e.name.endswith(".yaml")]


def _followers(config: Any) -> dict[str, list[str]]:
    """Find the keys whose value is `${key}` or, next to it, `${.key}`."""
    from omegaconf import OmegaConf

    found: dict[str, list[str]] = {}

    def look(where: Any, path: list[str]) -> None:
        for key, value in where.items() if isinstance(where, Mapping) else enumerate(where):
            if isinstance(value, Mapping | list):
                look(value, [*path, str(key)])
            elif isinstance(value, str) and (given := re.fullmatch(r"\$\{(\.?)([\w.]+)\}", value)):
                target = ".".join([*path, given[2]]) if given[1] else given[2]
                found.setdefault(target, []).append(".".join([*path, str(key)]))

    look(OmegaConf.to_container(config, resolve=False), [])
    return found


CONSEQUENCES = ("pay", "promotion", "layoff")  # of a score: a rule of reward each, which may be named


def plain(config: Any) -> dict[str, Any]:
    """Return a composed configuration as plain data, interpolations resolved; without words of remedies."""
    from omegaconf import OmegaConf

    resolved = OmegaConf.to_container(config, resolve=True, throw_on_missing=True)
    assert isinstance(resolved, dict)
    found = {str(k): v for k, v in resolved.items() if k != "label"}
    for name, error in left_out("motive").items():
        if name in _wanted(found):
            raise error
    return named(found)


def named(found: dict[str, Any]) -> dict[str, Any]:
    """Put in, where a configuration names a yaml of an intervention or of a rule of reward, what stands in it."""
    if isinstance(found.get("interventions"), list):
        found["interventions"] = [_used(entry) for entry in found["interventions"]]
    for part in ("scheme", "team"):
        for consequence in CONSEQUENCES:
            named = (found.get(part) or {}).get(consequence)
            if isinstance(named, str) and named != "team":
                found[part][consequence] = read("reward", named)
    return found


def _used(entry: object) -> object:
    """Return an intervention that is named as its yaml has it, with whatever is said besides."""
    named = {"use": entry} if isinstance(entry, str) else entry
    if not isinstance(named, Mapping) or "use" not in named:
        return entry
    own = {k: v for k, v in named.items() if k != "use"}
    return {"name": str(named["use"]), **read("intervention", str(named["use"])), **own}


def _wanted(config: Mapping[str, Any]) -> list[str]:
    """Return the names of the motives that somebody on the team has."""
    try:
        return [str(m) for person in config["team"]["people"] for m in person["motives"]]
    except (KeyError, TypeError):  # not a team; that is said where the scenario is built
        return []


def scenario_part(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a verb's configuration is the scenario."""
    from sim.scenario import KEYS

    return {k: config[k] for k in KEYS if k in config}


def in_one_line(error: Exception) -> Exception:
    """Turn what composing raises into an InvalidInput: of Hydra, and of what it does with a file of no plain data.

    What the system says comes back as it is.
    """
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException

    if found := re.fullmatch(r"Index '(.*)' \(str\) is not an int", str(error)):
        return InvalidInput("configuration", found[1], "the number of an entry, from 0, where there is a list")
    if not isinstance(error, HydraException | OmegaConfBaseException | yaml.YAMLError):
        if isinstance(error, InvalidInput | OSError | MemoryError):
            return error
        said = (str(error) or type(error).__name__).split("\n")[0]
        return InvalidInput("configuration", said, "yaml of plain data in every file of your own that is used")
    cause: BaseException = error
    text = str(error)
    while cause.__cause__ is not None:
        cause = cause.__cause__
        text += "\n" + str(cause)
    if found := re.search(r"Could not (?:find|load) '([\w/.-]+)/([^'/]*)'", text):
        return unknown(found[1], found[2], options(found[1]))
    if found := re.search(r"config group '([^']+)' does not exist", text):
        return unknown("group", found[1], groups())
    if isinstance(cause, yaml.MarkedYAMLError) and cause.problem_mark is not None:
        mark = cause.problem_mark
        return InvalidInput(mark.name, f"{cause.problem or cause.context} in line {mark.line + 1}", "valid yaml")
    if found := re.search(r"Key '([^']+)' is not in struct(?:.|\n)*?full_key: (\S+)", text):
        return _no_key(found[2])
    if found := re.search(r"[Cc]ould not (?:override|append to config)[^']*'([^']+)'", text):
        return _no_key(found[1])
    if found := re.search(r"Multiple values for ([\w@/]+)", text):
        return InvalidInput(found[1], "(given twice)", f"{found[1]}=NAME, without +")
    if found := re.search(r"Missing mandatory value: (\S+)", text):
        return InvalidInput(found[1], "(missing)", "given")
    return InvalidInput("configuration", text.strip().split("\n")[0], "a valid configuration")


def _no_key(key: str) -> InvalidInput:
    """Say where in the configuration a key went wrong, and what is nearest there."""
    from sim.scenario import KEYS

    path = re.sub(r"\[(\d+)\]", r".\1", key).split(".")
    top = compose("model", ())
    where: Any = {**dict.fromkeys(verb_keys()), **top}
    for depth, step in enumerate(path):
        names = [str(i) for i in range(len(where))] if isinstance(where, list) else list(where or ())
        if step not in names:
            there = ".".join(path[:depth]) or "the configuration"
            known = top.get(NAMED.get(path[depth - 1], "")) or () if depth else ()
            close = None if step in known else nearest(step, [*names, *known])
            new = "" if close or depth == 0 else f" (a new one is written ++{key}=value)"
            return InvalidInput(key, "(unknown key)", f"a key of {there}{new}", close)
        where = where[int(step)] if isinstance(where, list) else where[step]
        if not isinstance(where, Mapping | list):
            where = ()
    if path[0] not in KEYS and path[0] not in groups():
        return InvalidInput(key, "(unknown key)", "a key of this verb, as `crosspurpose VERB --help` shows them")
    if path[0] not in KEYS:
        allowed = "a key of the scenario; its signals and motives are all there, by name"
        return InvalidInput(key, "(unknown key)", allowed, "activity@activities" if key == "activity" else None)
    return InvalidInput(key, "(mapping)", f"its entries one by one, or new ones as ++{key}.NAME=value")


def verb_keys(verb: str = "*") -> list[str]:
    """Return the words that can stand first in a key of a verb (or of any): its keys, and the groups."""
    return sorted({*top_keys(verb), *groups()})


def top_keys(verb: str = "*") -> list[str]:
    """Return the keys that the configuration of a verb (or of any) has at the top."""
    from sim.scenario import KEYS

    keys = list(KEYS)
    for path in [*configs().glob(f"{verb}.yaml"), configs() / "model.yaml", configs() / "verb.yaml"]:
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        keys += [k for k in content if k not in ("defaults", "hydra")]
    return sorted(set(keys))
