"""What this model cannot say, how far it can be trusted, and how every number can be had again."""

from __future__ import annotations

from dataclasses import dataclass

from experiments import anchors
from experiments.answer.compared import Compared

CANNOT = (
    "It is about kinds of people and ways to evaluate, not about anybody by name; nobody should be judged by it.",
    "It has not been fitted to your company: sizes are those of a made-up team, signs and orders are what to look at.",
    "Whether a way to evaluate causes in real teams what it causes here, only a trial in real teams can tell.",
    "What is not in it: law, pay levels, reputation, and whatever makes your people unlike the kinds it knows.",
)


@dataclass(frozen=True, kw_only=True)
class Reproduce:
    """How to get every number again."""

    commands: tuple[str, ...]
    sentences: tuple[str, ...]
    versions: tuple[tuple[str, str], ...]


def patterns() -> str:
    """Say how many observed patterns the model reproduces that it was not fitted to."""
    inside, count = anchors.held_out_score()
    studies = len({row["anchor"] for row in anchors.results()["patterns"] if row["use"] == "held_out"})
    return (
        f"It reproduces {inside} of {count} patterns observed in real teams and experiments that it was not fitted to "
        f"({studies} published studies)."
    )


def reproduce(compared: Compared) -> Reproduce:
    """Say how to get every number again."""
    manifest = compared.kept.manifest
    versions = tuple((str(k), str(v)) for k, v in manifest.get("versions", {}).items())
    return Reproduce(
        commands=(str(manifest["command"]),),
        sentences=(
            f"Seed {compared.kept.config['seed']}, {compared.wanted} runs of each of {len(compared.variants)} schemes, "
            f"{compared.weeks} weeks. The same version, seed and command give the same numbers.",
            "config.yaml in the folder of results holds the scenario with every number; crosspurpose repro FOLDER "
            "computes it again and compares, crosspurpose report FOLDER writes this page.",
            "Added to the command, assumptions=plausible tries other assumptions, decompose=true takes the gap between "
            "what is promised and what is delivered apart, today=NAME puts a scheme in force before.",
        ),
        versions=versions,
    )
