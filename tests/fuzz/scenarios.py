"""Whole scenarios for Hypothesis: any team, scheme, rule and part that there may be, and ways to make them wrong."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from sim.loading import options
from tests import worlds

PARTS = ("organisation", "sponsor", "customers", "reporting", "culture", "politics", "goals", "craft", "turnover")
EVERYTHING = (*(f"{part}=standard" for part in PARTS), "audit=standard", "good_intent=false", "organisation.spans=[2]")
SIGNALS = tuple(options("signal"))
DONE = ("teaching", "open_channel", "tracing", "add_tests", "giving_credit")
NEEDS = {
    "open_channel": "reporting",
    "add_tests": "project",
    "teaching": "project",
}  # the part that an intervention changes
MOTIVES = ("safety", "promotion", "skill_up", "pay", "intrinsic", "career", "norm", "social")
CLOSED = (  # mappings in which every name is one that the model knows
    *("activities.deliver", "signals.commits", "signals.commits.noise", "motives.safety", "team", "team.pay", "scheme"),
    *("scheme.review", "scheme.halo", "scheme.audit", "choice", "conduct", "beliefs", "beliefs.learning", "craft"),
    *("project", "project.incidents", "turnover", "goals", "organisation", "organisation.evaluators", "politics"),
    *("culture", "sponsor", "customers", "reporting", "intervener"),
)


def intervention(name: str, start: int) -> Any:
    """An intervention from some week on, as it stands in a configuration."""
    return {**worlds.composed("scheme=commits", f"interventions=[{name}]")["interventions"][0], "start": start}


def number(low: float, high: float) -> st.SearchStrategy[float]:
    """Numbers of ordinary size, with six decimals: what is next to nothing is refused."""
    return st.floats(low, high).map(lambda x: min(max(round(x, 6), low), high))


PAY = st.one_of(
    st.builds(lambda b: {"kind": "piece_rate", "slope": b}, number(0, 0.5)),
    st.builds(lambda b: {"kind": "team_share", "slope": b}, number(0, 2)),
    st.builds(lambda b, own: {"kind": "mixed", "slope": b, "own": own}, number(0, 0.5), number(0, 1)),
    st.builds(lambda b, c: {"kind": "relative", "slope": b, "comparison": c}, number(0, 0.5), number(0, 1)),
    st.builds(lambda b: {"kind": "salary", "pay": b}, number(0, 1)),
    st.builds(lambda b, c: {"kind": "bonus_at_threshold", "bonus": b, "threshold": c}, number(0, 0.4), number(-1, 2)),
    st.just({"kind": "ranking", "bands": [{"share": 0.5, "reward": 0.2}, {"share": 0.5, "reward": 0.0}]}),
    st.builds(
        lambda levels, calibrated: {
            **{"kind": "rating", "levels": levels, "centre": 0.7, "width": 1.0},
            **{"slope": 0.1, "calibrated": calibrated},
        },
        st.integers(2, 6),
        st.booleans(),
    ),
    st.builds(
        lambda b, f, a: {"kind": "target", "slope": b, "foresight": f, "adjustment": a, "stretch": 0.1, "start": 0.6},
        *(number(0, 0.4), number(0, 0.9), number(0, 1)),
    ),
)
CHOICE = st.one_of(
    st.builds(
        lambda cost, rivalry: {"kind": "water_filling", "cost": cost, "rivalry": rivalry, "h_min": 0.8, "h_max": 1.1},
        *(number(1, 4), number(0, 0.9)),
    ),
    st.builds(
        lambda cost: {"kind": "water_filling", "cost": cost, "rivalry": 0.5, "h_min": None, "h_max": None}, number(1, 4)
    ),
    st.builds(
        lambda shape, cost: {"kind": "budget", "shape": shape, "size": 0.9, "cost": cost},
        *(st.sampled_from(["ball", "simplex"]), number(1, 4)),
    ),
    st.builds(
        lambda sampled: {"kind": "logit", "sharpness": 4.0, "size": 1.0, "sampled": sampled},
        st.booleans(),
    ),
    st.just({"kind": "fixed"}),
)
SINGLE = ("commits", "lines_of_code", "tickets", "visibility", "novelty", "own_worth")  # signals of one person's work
OWN = st.dictionaries(st.sampled_from(SINGLE), number(0.1, 1), min_size=1, max_size=3)
WEIGHTS = st.dictionaries(
    st.sampled_from(SIGNALS), number(-1, 1).filter(lambda w: abs(w) > 0.05), min_size=1, max_size=4
)
PERSON = st.dictionaries(st.sampled_from(MOTIVES), number(0.01, 1.5), min_size=1, max_size=4)


@st.composite
def scenarios(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a valid configuration, but for contests that may be too steep: parts on or off, up to 40 weeks."""
    config = copy.deepcopy(worlds.composed("scheme=commits", *EVERYTHING))
    for part in draw(st.lists(st.sampled_from([*PARTS, "project"]), unique=True)):
        config[part] = None
    weeks = draw(st.integers(2, 40))
    possible = [name for name in DONE if NEEDS.get(name) is None or config[NEEDS[name]] is not None]
    config |= {
        "weeks": weeks,
        "onset": draw(st.sampled_from([0, 0, weeks // 2])),
        "good_intent": draw(st.booleans()),
        "choice": draw(CHOICE),
        "interventions": [
            intervention(name, draw(st.integers(0, weeks - 1)))
            for name in draw(st.lists(st.sampled_from(possible), unique=True, max_size=2))
        ],
    }
    people = [{"name": f"p{i}", "motives": m} for i, m in enumerate(draw(st.lists(PERSON, min_size=2, max_size=5)))]
    config["team"] |= {
        "people": [{**p, "skill": draw(st.one_of(st.none(), number(0.3, 3)))} for p in people],
        "pay": draw(PAY),
        "skill_sd": draw(st.sampled_from([0.0, 0.35])),
        "habit_sd": draw(st.sampled_from([0.0, 0.25])),
    }
    config["scheme"] |= {
        "weights": draw(WEIGHTS),
        "strength": draw(number(0, 2)),
        "rivals": draw(st.sampled_from(["exact", "crowd"])),
        "power": draw(st.sampled_from(["as_given", "equal"])),
        "review": config["scheme"]["review"] | {"weeks": draw(st.integers(1, min(13, weeks - config["onset"])))},
        "audit": draw(st.sampled_from([None, config["scheme"]["audit"]])),
    }
    config["beliefs"]["rationality"] = draw(st.sampled_from(["perfect", "announced", "fixed_error", "learned"]))
    config["conduct"]["adjustment"] = draw(number(0.05, 1))
    return config


ODD: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1000, 1000),
    st.sampled_from([10**400, 10**9, float("nan"), float("inf"), -float("inf"), 1e-300]),
    st.floats(-1e6, 1e6),
    st.text(max_size=8),
    st.sampled_from(["commits", "deliver", "p0", "piece_rate", "\n", "nan", "💥", "a" * 500]),
    st.lists(st.one_of(st.none(), st.floats(-9, 9), st.text(max_size=3)), max_size=3),
    st.dictionaries(st.one_of(st.text(max_size=3), st.integers(), st.none()), st.floats(), max_size=2),
    st.just([[[[{}]]]]),
    st.binary(max_size=2),
    st.just(object),
)


def places(config: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """List the paths of all values in a configuration."""
    children = config.items() if isinstance(config, Mapping) else enumerate(config) if isinstance(config, list) else ()
    return [*([path] if path else []), *(p for k, v in children for p in places(v, (*path, k)))]


def put(config: Any, path: tuple[Any, ...], value: Any) -> Any:
    """Return the configuration with another value at one place."""
    if not path:
        return value
    if isinstance(config, list):
        return [put(v, path[1:], value) if i == path[0] else v for i, v in enumerate(config)]
    return {**config, path[0]: put(config[path[0]], path[1:], value)}
