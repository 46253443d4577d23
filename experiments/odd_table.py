"""Write the tables of docs/ODD.md: parameters, with what is known of them, and what ships.

    python -m experiments.odd_table

What is known stands in `configs/parameters.yaml`, values stand in their own yaml; the tables between
the two marks in ODD.md are put together from both, and nothing there is written by hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from experiments.parameters import Entry, parameters
from sim.loading import compose, configs, options, scenario_part

BEGIN, END = "<!-- generated: python -m experiments.odd_table -->", "<!-- end of generated tables -->"
TEXTS = ("label", "story", "unit", "name", "role")  # parts of a dotted name under which words for people stand
MANY = 4  # different values from which on they stand in a table of their own

SETTINGS = (  # numbers of the code that are no parameters: module, name, what it is
    ("sim.contest", "STEP", "nodes of a contest's integral lie this far apart [σ]"),
    ("sim.contest", "COARSE", "members up to which they do; beyond, the distance falls as 1/√N"),
    ("sim.contest", "REACH", "how far an integral reaches beyond the outermost score [σ]"),
    ("sim.contest", "MOST_NODES", "nodes at most; scores further apart are refused"),
    ("sim.contest", "FAR", "reach of the table of chances against the mean [σ]"),
    ("sim.contest", "CELLS", "its cells, a cubic each"),
    ("sim.motives.safety", "WORST", "relief at least, in the exponent of a risk: any risk is certainty long before"),
    ("sim.prospect", "EDGE", "probabilities are kept this far from 0 and 1"),
    ("sim.signals", "DIGITS", "significant digits of a standardised number"),
    ("sim.draws", "PROTOCOL", "number of the protocol of chance; raised when the same address gives another number"),
    ("sim.draws", "KEPT", "bytes of drawn numbers that a process keeps at most"),
    ("sim.draws", "BLOCK", "weeks that are drawn at a time where all of them are more than that"),
    ("sim.simulation", "MEMBER_RUNS", "members × runs of a block; results do not depend on it"),
    ("sim.simulation", "LARGEST", "bytes of results that are kept in memory"),
    ("sim.optimum", "STEP", "step of differences, of a number's size"),
    ("sim.optimum", "ROUNDS", "steps of Newton at most"),
    ("sim.optimum", "SETTLED", "of a number's size, a step that is none"),
    ("sim.optimum", "FARTHEST", "sizes from 0 that are searched"),
)


def document() -> Path:
    """Return the path of ODD.md."""
    return configs().parent / "docs" / "ODD.md"


def leaves(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the dotted name and value of every number, switch and word of a configuration; no words for people.

    Examples
    --------
    >>> list(leaves({"team": {"people": [{"name": "Ada", "skill": None}], "size": 3}}))
    [('team.people.0.skill', None), ('team.size', 3)]
    """
    if isinstance(value, Mapping):
        inner: Iterator[tuple[Any, Any]] = iter(value.items())
    elif isinstance(value, list | tuple):
        inner = iter(enumerate(value))
    else:
        yield key, value
        return
    for step, part in inner:
        said_elsewhere = (key == "reference_team" and step == "activities") or (
            key.startswith("interventions.") and step in ("set", "at_least", "at_most", "add")
        )
        if step not in TEXTS and not said_elsewhere:
            yield from leaves(part, f"{key}.{step}" if key else str(step))


def matches(pattern: str, key: str) -> bool:
    """Whether a dotted name is one that a pattern stands for.

    Examples
    --------
    >>> matches("activities.*.worth", "activities.learn.worth"), matches("activities.*", "activities.a.b")
    (True, False)
    """
    wanted, given = pattern.split("."), key.split(".")
    return len(wanted) == len(given) and all(w in ("*", g) for w, g in zip(wanted, given, strict=True))


def shipped() -> list[dict[str, Any]]:
    """Compose every scenario, and the standard one under every scheme."""
    words = [(f"scenario={name}",) for name in options("scenario")]
    words += [(f"scheme={name}",) for name in options("scheme")]
    return [scenario_part(composed(*each)) for each in words]


@cache
def composed(*words: str) -> Mapping[str, Any]:
    """Return a configuration, composed once; not to be changed."""
    return compose("model", words)


def values(scenarios: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """Return the different values that each pattern has in some scenarios."""
    found: dict[str, list[Any]] = {pattern: [] for pattern in parameters()}
    for scenario in scenarios:
        for key, value in leaves(scenario):
            for pattern, seen in found.items():
                if matches(pattern, key) and value not in seen:
                    seen.append(value)
    return found


def tables() -> str:
    """Return the generated part of ODD.md."""
    scenarios, standard = shipped(), scenario_part(composed())
    parts = [
        _parameters(values(scenarios)),
        "#### Activities as shipped\n\n" + _activities(standard),
        "#### Signals as shipped: loadings and weekly noise\n\n" + _signals(standard),
        "#### Schemes as shipped\n\n" + _schemes(),
        "#### Scenarios as shipped\n\n" + _scenarios(),
        "#### Reference team: covariance of effort (week²)\n\n" + _reference(standard),
        "#### Settings of the computation: numbers of the code that describe no team\n\n" + _settings(),
    ]
    return "\n\n".join(parts)


def renewed(text: str) -> str:
    """Return the text of ODD.md with its generated part made anew."""
    before, rest = text.split(BEGIN)
    return before + BEGIN + "\n\n" + tables() + "\n\n" + END + rest.split(END)[1]


def _row(*cells: object) -> str:
    return "| " + " | ".join(str(c).replace("|", "\\|") for c in cells) + " |"


def _table(head: list[str], rows: list[list[object]]) -> str:
    return "\n".join([_row(*head), _row(*("---" for _ in head)), *(_row(*row) for row in rows)])


def _shown(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.4g}" if isinstance(value, int | float) else str(value)


def is_range(entry: Entry) -> bool:
    """Whether an entry allows a range of numbers rather than a list of words."""
    allowed = entry["allowed"]
    return len(allowed) == 2 and all(
        x is None or (isinstance(x, int | float) and not isinstance(x, bool)) for x in allowed
    )


def _allowed(entry: Entry) -> str:
    if not is_range(entry):
        return ", ".join(_shown(x) for x in entry["allowed"])
    (low, high), open_ = entry["allowed"], entry.get("open", [])
    if low is not None and high is not None:
        left, right = "(" if "low" in open_ else "[", ")" if "high" in open_ else "]"
        text = f"{left}{_shown(low)}, {_shown(high)}{right}"
    elif low is not None:
        text = ("> " if "low" in open_ else "≥ ") + _shown(low)
    else:
        text = "any number"
    return text + (", whole" if entry.get("whole") else "") + (", or null" if entry.get("nullable") else "")


def _plausible(entry: Entry) -> str:
    plausible = entry["plausible"]
    if plausible is None:
        return "—"
    if "size" in plausible:
        return f"× {plausible['size']}, sd {plausible['sd']:g}; zeros ± {plausible['zeros']:g}"
    if "low" in plausible:
        return " · ".join(_shown(plausible[k]) for k in ("low", "likely", "high"))
    return "held"


def _parameters(found: dict[str, list[Any]]) -> str:
    rows: list[list[object]] = []
    for pattern, entry in parameters().items():
        seen = found[pattern]
        ships = "not used" if not seen else " / ".join(map(_shown, seen)) if len(seen) < MANY else "tables below"
        known = [entry["meaning"], entry["unit"], _allowed(entry), ships, _plausible(entry), entry["source"]]
        rows.append([f"`{pattern}`", *known])
    head = ["key", "meaning", "unit", "allowed", "ships as", "plausible: low · likely · high", "source"]
    return _table(head, rows)


def _activities(scenario: Mapping[str, Any]) -> str:
    numbers = [k for k in next(iter(scenario["activities"].values())) if k != "label"]
    rows: list[list[object]] = [
        [f"`{name}`", a["label"]["plain"], *(_shown(a[k]) for k in numbers)]
        for name, a in scenario["activities"].items()
    ]
    return _table(["activity", "in words", *(f"`{k}`" for k in numbers)], rows)


def _signals(scenario: Mapping[str, Any]) -> str:
    activities = list(scenario["activities"])
    rows: list[list[object]] = []
    for name, s in scenario["signals"].items():
        flags = ", ".join(k for k in ("explicit", "subjective", "shared") if s[k]) or "—"
        given = s["loadings"]
        cells = ["f" if given == "worth" else _shown(given.get(k, 0)) for k in activities]
        rows.append([f"`{name}`", flags, s["unit"], *cells, _shown(s["noise"]["sd"])])
    return _table(["signal", "kind", "unit", *(f"`{k}`" for k in activities), "noise sd"], rows)


def _schemes() -> str:
    rows: list[list[object]] = []
    for name in options("scheme"):
        scheme = composed(f"scheme={name}")["scheme"]
        weights = ", ".join(f"{k} {_shown(w)}" for k, w in scheme["weights"].items()) or "—"
        rules = [_rule(scheme[k]) for k in ("pay", "promotion", "layoff")]
        benchmark = "benchmark" if scheme["benchmark"] else ""
        rows.append([f"`{name}`", scheme["label"]["plain"], weights, *rules, benchmark])
    return _table(["scheme", "in words", "weights", "pay", "promotion", "layoff", ""], rows)


def _rule(rule: Any) -> str:
    if not isinstance(rule, Mapping):
        return _shown(rule)
    return ", ".join(_shown(v) if k == "kind" else f"{k} {_shown(v)}" for k, v in rule.items() if v is not None)


def _scenarios() -> str:
    rows: list[list[object]] = []
    for name in options("scenario"):
        config = composed(f"scenario={name}")
        kinds: dict[str, int] = {}
        for person in config["team"]["people"]:
            mix = ", ".join(f"{k} {_shown(w)}" for k, w in person["motives"].items())
            kinds[mix] = kinds.get(mix, 0) + 1
        people = "; ".join(f"{n} × ({mix})" for mix, n in kinds.items())
        if config["team"]["size"] is not None:
            people += f"; repeated to fill {config['team']['size']} seats"
        rules = [_rule(config["team"][k]) for k in ("pay", "promotion", "layoff")]
        scheme = config["scheme"]["label"]["plain"]
        rows.append([f"`{name}`", config["story"]["plain"], people, *rules, scheme, config["choice"]["kind"]])
    return _table(["scenario", "in words", "people", "pay", "promotion", "layoff", "scheme", "choice"], rows)


def _reference(scenario: Mapping[str, Any]) -> str:
    team = scenario["reference_team"]
    rows: list[list[object]] = [
        [f"`{name}`", *(f"{v:.6f}" for v in row)]
        for name, row in zip(team["activities"], team["covariance"], strict=True)
    ]
    return _table(["", *(f"`{name}`" for name in team["activities"])], rows)


def _settings() -> str:
    rows: list[list[object]] = [
        [f"`{name}`", f"`{module}`", f"{getattr(import_module(module), name):g}", what]
        for module, name, what in SETTINGS
    ]
    return _table(["name", "module", "value", "what it is"], rows)


def main() -> None:
    """Make the generated part of ODD.md anew."""
    path = document()
    path.write_text(renewed(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
