"""What a comparison asks, of whom and for how long, and what its spreads are, in sentences."""

from __future__ import annotations

import math

from experiments import stats
from experiments.answer.compared import Compared
from experiments.quantity import listed, sentence, some

UNIT = "weeks of core work per person-week"
MANY = 4  # schemes that a question names one by one


def question(compared: Compared) -> str:
    """Return what is asked."""
    names = [f"“{compared.labels[n]}”" for n in compared.variants if n not in compared.benchmarks]
    if compared.today is not None:
        before, *others = names
        if not others:
            return f"People are evaluated by {before} today. How does that go on?"
        ways = listed(others, "or") if len(others) <= MANY else f"one of {len(others)} others"
        return f"People are evaluated by {before} today. Should that stay, or give way to {ways}?"
    if len(names) < 2:
        return f"What do people do under {names[0]}, and what does the business get?" if names else "What is there?"
    if len(names) > MANY:
        return f"Which of these {len(names)} ways to evaluate people serves the business best?"
    return f"Which of these ways to evaluate people serves the business best: {listed(names, 'or')}?"


def setting(compared: Compared) -> str:
    """Say whom this is about, and for how long."""
    first, counted = compared.first, compared.weeks - compared.since
    label = first["team"]["label"]
    who = "An organisation of several levels" if compared.organised else sentence(str(label["plain"]))
    said = str(label["sentence"])
    more = f" ({said[:1].lower()}{said[1:].rstrip('.')})" if said and not compared.organised else ""
    if compared.today is not None:
        before = f"{compared.since} weeks under what is in force today, the same for all, then {counted} weeks"
    elif compared.since:
        before = f"{compared.since} weeks in which the score is only measured, then {counted} weeks in which it counts"
    else:
        before = f"{counted} weeks"
    power = " All push equally hard; they differ in what they push for." if _equal(compared) else ""
    return f"{who}{more}, simulated {compared.count} times under each way to evaluate: {before}.{power}"


def _equal(compared: Compared) -> bool:
    schemes = [v["scheme"] for v in compared.variants.values()]
    return len(schemes) > 1 and all(s["power"] == "equal" and s["strength"] == schemes[0]["strength"] for s in schemes)


def spreads(compared: Compared) -> str:
    """Say what the three spreads are."""
    many = compared.many
    text = (
        f"± is computing error (95 %), which more simulated {many} shrink. Luck is the middle 80 % of single {many}; "
        "it does not shrink."
    )
    if compared.assumed.empty:
        return text
    return (
        f"{text} Assumptions is the middle 80 % over what may be true of a real team; neither does that, and the mean "
        "may lie outside of it, as most of what may be otherwise makes teams worse."
    )


def preliminary(compared: Compared) -> str:
    """Say why this is not the last word; nothing if it is."""
    if compared.whole:
        return ""
    missing = [n for n in compared.variants if n not in compared.schemes]
    text = f"Preliminary: {compared.count} of {compared.wanted} runs are computed"
    if missing and compared.schemes:
        text += f", and none yet of {some([f'“{compared.labels[n]}”' for n in missing])}"
    return f"{text}. What is said here may change."


def smallest(compared: Compared) -> float:
    """Return the smallest difference that matters [weeks of core work per person-week]."""
    if compared.runs.empty:
        return math.nan
    return stats.smallest_that_matters(compared.runs, compared.reference, compared.matters)
