"""Every yaml: it composes, builds, runs, says what it is, and can be chosen."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
import yaml

from experiments.labels import labelled, mislabelled
from sim.catalogue import kinds
from sim.draws import Draws
from sim.engine import weeks as weeks_of
from sim.loading import CATALOGUES, compose, configs, groups, options, scenario_part, verb_keys
from sim.measures import per_run, pooled_measures
from sim.rules import rules_of
from sim.scenario import KEYS, scenario_from
from tests import worlds

VERB = ["executor", "extend", "out", "overwrite", "scheduler", "seed", "workers"]
SWEPT = ["aligned", "measures", "runs", "shadow", "study", "window"]
SWEEP = ["cap", "crn", "design", "file", "levels", "outcome", "pair", "plan", "points", "precision", "precision_of"]
SWEEP += ["retry", "shard"]
SENSITIVITY = ["crn", "levels", "method", "num_resamples", "outcome", "retry", "samples", "second_order", "yes"]
TOP = [*KEYS, "question"]
EXPECTED = {
    "model": sorted(TOP),
    "run": sorted([*TOP, *VERB, "members", "runs"]),
    "compare": sorted(
        [
            *TOP,
            *VERB,
            "assumptions",
            "decompose",
            "draws",
            "matters",
            "members",
            "options",
            "own_best",
            "power",
            "reference",
            "runs",
            "schemes",
            "shadow",
            "vary",
            "warmup",
        ]
    ),
    "strength": sorted([*TOP, *VERB, "members", "runs", "power", "schemes", "strengths"]),
    "decompose": sorted([*TOP, *VERB, "power", "q", "runs", "schemes", "window"]),
    "detect": sorted([*TOP, *VERB, "besides", "clean", "false_alarms", "reviews", "runs"]),
    "persistence": sorted([*TOP, *VERB, "after", "members", "outcome", "pulse", "runs", "smallest", "start", "tried"]),
    "sweep": sorted([*TOP, *VERB, *SWEPT, *SWEEP, "yes"]),
    "sensitivity": sorted([*TOP, *VERB, *SWEPT, *SENSITIVITY]),
    "optimise": sorted([*TOP, *VERB, *SWEPT, "fresh", "maximise", "minimise", "sampler", "teams", "trials"]),
    "lint": sorted([*TOP, "extend", "power", "schemes"]),
    "redteam": sorted([*TOP, "extend", "member", "out", "overwrite", "power", "runs", "save", "seed"]),
    "explain": sorted([*TOP, "extend", "member", "week", "run", "seed", "out"]),
}
GROUPS = ["activity", "audit", "choice", "craft", "culture", "customers", "goals", "intervention", "limit", "measure"]
GROUPS += ["motive", "organisation", "politics", "project", "remedies", "reporting", "reward", "scenario"]
GROUPS += ["scheme", "signal", "sponsor", "team", "turnover"]
PARTS = ("plain", "neutral", "sentence", "good")
YAML = sorted(p.relative_to(configs()).as_posix() for p in configs().rglob("*.yaml"))
PACKAGES = {"activity": "activity@activities", "reward": "scheme.pay"}  # where a group's choice stands in the words
CHOSEN = [g for g in GROUPS if g not in ("intervention", "measure", "remedies", *CATALOGUES.values())]


def read(path: str) -> dict[str, Any]:
    content = yaml.safe_load((configs() / path).read_text(encoding="utf-8"))
    return content or {}


def test_the_groups_are_those_that_are_known() -> None:
    assert groups() == GROUPS


@pytest.mark.parametrize("verb", EXPECTED)
def test_a_configuration_has_the_keys_it_should_and_no_other(verb: str) -> None:
    """A group or key that is mistyped somewhere shows up here as a key of its own."""
    assert sorted(compose(verb, ())) == EXPECTED[verb]


def chosen() -> list[Any]:
    """Of the options of each group every second one, the first among them; `make soak`: all."""
    numbered = [(i, g, name) for g in CHOSEN for i, name in enumerate(options(g))]
    return [pytest.param(g, name, marks=pytest.mark.soak if i % 2 else ()) for i, g, name in numbered]


@pytest.mark.parametrize(("group", "name"), chosen(), ids=lambda x: str(x))
def test_every_option_of_every_group_composes_to_the_same_keys(group: str, name: str) -> None:
    config = worlds.composed(f"{PACKAGES.get(group, group)}={name}")
    assert sorted(config) == sorted(KEYS)
    scenario_from(scenario_part(config))


@pytest.mark.parametrize("name", options("limit"))
def test_every_limit_runs(name: str) -> None:
    scenario = worlds.scenario(f"limit={name}")
    rules = rules_of(scenario)
    if rules.members > 1000:
        rules = rules_of(scenario.with_({"team.size": 50}))
    *_, last = weeks_of(rules, Draws(1, [0], rules.members), rules.decision)
    assert (last.effort >= 0).all()
    assert not scenario.scheme.standardise and scenario.scheme.power == "as_given"
    week = getattr(scenario.choice, "size", None)  # of a rule that is about a week of given length
    assert scenario.choice.hours in ((0.0, float("inf")), (week, week))


def pairs() -> list[Any]:
    """Every scheme in every scenario: of the pairs every eighth, so that each is met by some; `make soak`: all."""
    numbered = [(i + j, a, b) for i, a in enumerate(worlds.SCHEMES) for j, b in enumerate(worlds.SCENARIOS)]
    return [pytest.param(a, b, marks=pytest.mark.soak if n % 8 else ()) for n, a, b in numbered]


@pytest.mark.parametrize(("scheme", "scenario"), pairs())
def test_every_scheme_runs_in_every_scenario(scheme: str, scenario: str) -> None:
    results = worlds.run(worlds.scenario(f"scenario={scenario}", f"scheme={scheme}", weeks=13), [0])
    measures = results.measures()
    assert measures.shape[0] == 1 and measures["worth"].notna().all()


def projects() -> list[Any]:
    """Every scheme with every project: each scheme with some, each project with some; `make soak`: all."""
    numbered = [(i + j, a, b) for i, a in enumerate(worlds.SCHEMES) for j, b in enumerate(options("project"))]
    return [pytest.param(a, b, marks=pytest.mark.soak if n % 2 else ()) for n, a, b in numbered]


@pytest.mark.parametrize(("scheme", "project"), projects())
def test_every_scheme_runs_at_equal_power_with_and_without_a_project(scheme: str, project: str) -> None:
    changes = {"weeks": 13, "scheme__power": "equal"}
    worlds.run(worlds.scenario(f"scheme={scheme}", f"project={project}", **changes), [0])


def test_choosing_the_team_of_a_scenario_is_choosing_the_scenario() -> None:
    assert set(options("team")) <= set(worlds.SCENARIOS)
    for name in options("team"):
        a, b = worlds.composed(f"scenario={name}"), worlds.composed(f"team={name}")
        assert {k: v for k, v in a.items() if k != "story"} == {k: v for k, v in b.items() if k != "story"}


def complete(label: dict[str, Any]) -> bool:
    texts = all(isinstance(label.get(k), str) and label[k].strip() for k in PARTS)
    return texts and label["good"] in ("higher", "lower", "neither") and label["sentence"].endswith(".")


@pytest.mark.parametrize("group", ["measure", "motive", "remedies", "scheme", "signal", "team"])
def test_every_yaml_says_in_words_of_its_own_what_it_is(group: str) -> None:
    seen: dict[str, str] = {}
    for name in options(group):
        content = read(f"{group}/{name}.yaml")
        label = content.get("label", content if group == "measure" else {})
        assert complete(label), f"{group}/{name}: {label}"
        assert label["plain"] not in seen, f"{name} and {seen.get(label['plain'])} are called the same"
        seen[label["plain"]] = name


@pytest.mark.parametrize("name", options("activity"))
def test_every_activity_says_what_it_is(name: str) -> None:
    for activity, content in read(f"activity/{name}.yaml").items():
        if activity != "defaults":
            assert complete(content["label"]), activity


def test_labels_do_not_judge_players() -> None:
    """What players read is neutral: it repeats no plain label that judges."""
    for activity, content in read("activity/standard.yaml").items():
        if content["label"]["good"] == "lower":
            assert content["label"]["neutral"] != content["label"]["plain"], activity


@pytest.mark.parametrize("name", options("scenario"))
def test_every_scenario_tells_its_story(name: str) -> None:
    assert set(read(f"scenario/{name}.yaml")["story"]) == {"plain", "story", "question", "watch"}


@pytest.mark.parametrize("name", options("limit"))
def test_every_limit_says_what_it_is(name: str) -> None:
    assert worlds.composed(f"limit={name}")["story"]["plain"]


def kinds_named(value: Any, folder: str) -> set[str]:
    """Every `kind` below a part of a configuration that a catalogue has."""
    if isinstance(value, dict):
        own = {value["kind"]} if value.get("kind") in kinds(folder) else set()
        return own.union(*(kinds_named(v, folder) for v in value.values()))
    return set().union(*(kinds_named(v, folder) for v in value)) if isinstance(value, list) else set()


@pytest.mark.parametrize(
    ("folder", "groups"),
    [("motives", ("motive",)), ("choice", ("choice", "limit")), ("rewards", ("team", "scheme", "limit"))],
)
def test_no_member_of_a_catalogue_is_out_of_a_yamls_reach(folder: str, groups: tuple[str, ...]) -> None:
    paths = [p for p in YAML if p.split("/")[0] in groups]
    reached: set[str] = set().union(*(kinds_named(read(p), folder) for p in paths))
    assert reached == set(kinds(folder)), f"each is used by a yaml in configs/ of {', '.join(groups)}"


def test_every_measure_has_words_and_all_words_belong_to_a_measure() -> None:
    small = {"organisation__spans": [2, 2], "organisation__palette": ["commits"]}
    results = worlds.run(worlds.scenario("scheme=commits", weeks=13), [0], shadow=True)
    around = worlds.run(worlds.scenario("scenario=case_study", weeks=13), [0], aligned=False)
    whole = worlds.run(worlds.scenario("scenario=organisation_200", weeks=13, **small), [0], aligned=False)
    measured = {k for r in (results, around, whole) for k in per_run(r)}
    measured = {k for k in measured if "effort_" not in k and not k.startswith(("utility_", "met_", "blocked_by_"))}
    measured |= {f"utility_{motive}" for motive in options("motive")}
    of_all_teams = set(
        labelled(results.reviews.reset_index().assign(scheme="commits"), pd.DataFrame({"scheme": ["commits"]}))[
            "measure"
        ]
    )
    there = measured | set(pooled_measures()) | of_all_teams
    assert set(options("measure")) == there, "each has a yaml in configs/measure"


def test_every_signal_loads_on_activities_that_exist() -> None:
    for name in options("signal"):
        loadings = read(f"signal/{name}.yaml")["loadings"]
        assert loadings == "worth" or set(loadings) <= set(worlds.ACTIVITIES), name


def test_only_limits_allow_a_strength_below_zero() -> None:
    for path in YAML:
        allowed = path.startswith("limit/")
        assert allowed or "allow_negative: true" not in (configs() / path).read_text(encoding="utf-8"), path


@pytest.mark.parametrize("path", YAML)
def test_no_yaml_is_code(path: str) -> None:
    text = (configs() / path).read_text(encoding="utf-8")
    assert "_target_" not in text and "!!python" not in text and "\t" not in text


@pytest.mark.parametrize("path", [p for p in YAML if p.split("/")[0] not in ("limit", "scenario")])
def test_no_yaml_repeats_a_key(path: str) -> None:
    """YAML takes the last of two equal keys in silence."""

    class Strict(yaml.SafeLoader):
        pass

    def mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[Any, Any]:
        keys = [loader.construct_object(k) for k, _ in node.value]
        assert len(keys) == len(set(keys)), f"{path}: {keys}"
        return loader.construct_mapping(node, deep=True)

    Strict.add_constructor("tag:yaml.org,2002:map", mapping)
    yaml.load((configs() / path).read_text(encoding="utf-8"), Loader=Strict)


def test_the_keys_that_are_suggested_are_those_there_are() -> None:
    for verb in ("run", "compare"):
        assert set(EXPECTED[verb]) - {"activities", "signals", "motives"} <= set(verb_keys(verb))


def test_the_three_persons_share_everything_but_their_motives() -> None:
    teams = {name: {k: v for k, v in read(f"team/{name}.yaml").items()} for name in options("team")}
    stakes = [{k: v for k, v in team.items() if k not in ("label", "people")} for team in teams.values()]
    assert all(s == stakes[0] for s in stakes)
    assert all(len(team["people"]) == 9 for team in teams.values())


def anybodys() -> dict[str, Any]:
    """What anybody of good intent may do, not only bosses."""
    activities = read("activity/standard.yaml")
    return {name: a for name, a in activities.items() if not a["ill"] and not a.get("leads")}


def test_a_healthy_habit_fills_the_week() -> None:
    total = sum(a["habit"] for a in anybodys().values())
    assert total == pytest.approx(1.0)


def test_the_reference_team_covers_the_standard_activities() -> None:
    reference = read("reference.yaml")["reference_team"]
    assert reference["activities"] == list(anybodys())
    rows = reference["covariance"]
    for i, row in enumerate(rows):
        assert row == [r[i] for r in rows] and row[i] > 0


@pytest.mark.parametrize("scenario", worlds.SCENARIOS)
def test_every_scenario_runs_by_its_name(scenario: str) -> None:
    measures = worlds.run(worlds.scenario(f"scenario={scenario}", weeks=26), [0, 1], shadow=True).measures()
    assert measures.shape[0] == 2 and measures["worth"].notna().all() and measures["displaced_share"].notna().all()


def wrongly_called_low(scenario: str, runs: int) -> float:
    reviews = worlds.run(worlds.scenario(f"scenario={scenario}", weeks=13), range(runs), aligned=False).reviews
    return float(mislabelled(reviews.reset_index()).mean())


def test_a_rating_that_correlates_46_per_cent_with_the_truth_calls_seven_of_ten_low_by_mistake() -> None:
    reviews = worlds.run(worlds.scenario("scenario=who_is_low", weeks=13), range(40), aligned=False).reviews
    by_team = reviews.reset_index().groupby("run")
    assert by_team.apply(lambda r: r["score"].corr(r["contribution"])).mean() == pytest.approx(0.46, abs=0.02)
    assert wrongly_called_low("who_is_low", 40) == pytest.approx(0.70, abs=0.04)


def test_in_teams_of_seven_a_third_are_called_low_by_mistake_though_every_rating_is_true() -> None:
    assert wrongly_called_low("teams_of_seven", 1500) == pytest.approx((6 / 7) ** 7, abs=0.04)


def test_only_where_intent_is_bad_is_time_spent_on_being_liked_and_validity_lost() -> None:
    sweet = worlds.run(worlds.scenario("scenario=flattery", weeks=52), range(24), aligned=False).measures().mean()
    straight = worlds.scenario("scenario=flattery", weeks=52, good_intent=True)
    plain = worlds.run(straight, range(24), aligned=False).measures().mean()
    assert sweet["effort_flatter"] > 0.05
    assert "effort_flatter" not in plain
    assert sweet["rank_covariance"] < plain["rank_covariance"]
