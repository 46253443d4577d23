"""What survives the climb: progress, bad news and colours, hop by hop (THEORY I).

All three are sampled. A run begins with a problem or without; progress differs from week to week by what
people happen to do.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import count, tee

import sim
from experiments.cases import Case
from experiments.limits import ROOM, Found, Quantities, limit, sampled
from sim.arrays import Floats
from sim.errors import InvalidInput
from sim.results import Results
from sim.simulation import simulate_chunks

BLOCK = 128  # runs at a time, each of which is regressed by itself
READINGS = 50  # weeks in which a colour is read, once all who can know of a problem do


def i2(case: Case) -> Quantities:
    """Progress that is passed on in part, and blurred: what the top hears, regressed on what was achieved."""
    spread = case.number("s_theta", 1.0)
    if spread <= 0:
        raise InvalidInput("inputs.s_theta", spread, "above 0")
    scenario = limit("I2").with_(
        {
            "activities.task_1.habit": ROOM * spread,
            "conduct.experimentation": spread,
            "reporting.hops": case.count("n"),
            "reporting.retention": case.number("alpha"),
            "reporting.noise": math.sqrt(case.variance("sigma2")),
        }
    )

    def samples(share: bool) -> Iterator[Floats]:
        """Yield each run's variance around the line, or the share of all variance that the line explains."""
        for seed in count(1):
            columns = sim.simulate(scenario, runs=BLOCK, seed=seed, aligned=False).columns
            left, whole = _around_line(columns["worth"], columns["reported_progress"])
            yield 1 - left / whole if share else left

    return {"var": lambda: sampled([samples(False)])[0], "r2": lambda: sampled([samples(True)])[0]}


def _around_line(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Return the variance of y (weeks, runs) around its line in x, and around its mean, unbiased: (runs,) both."""
    x, y = x - x.mean(axis=0), y - y.mean(axis=0)
    rest = y - (x * y).sum(axis=0) / (x * x).sum(axis=0) * x
    return (rest**2).sum(axis=0) / (len(y) - 2), (y**2).sum(axis=0) / (len(y) - 1)


def i3(case: Case) -> Quantities:
    """Bad news that is dropped for good: how often it arrives, and how often silence hides trouble.

    The lower part of a long chain is a short one: all lengths are read off the longest.
    """
    prior = case.number("pi")
    if not 0 < prior < 1:
        raise InvalidInput("inputs.pi", prior, "above 0 and below 1")
    chains = [(m, case.whole("rows_m_n", n)) for m, n in case.rows("rows_m_n", 2).tolist()]
    longest = max(n for _, n in chains)
    scenario = limit("I3").with_({"weeks": longest, "reporting.hops": longest, "reporting.start": prior})

    def climbs(m: float) -> Iterator[tuple[Floats, Floats]]:
        """Yield whether there is trouble, and how far the news has got in the end: (runs,) both."""
        for chunk in simulate_chunks(scenario.with_({"reporting.mum": m}), 10**9, aligned=False):
            yield chunk.columns["open"][-1], chunk.columns["reached"][-1]

    def rows() -> Found:
        copies = {m: iter(tee(climbs(m), 2 * len(chains))) for m, _ in chains}
        arrives = sampled([_arrives(next(copies[m]), n) for m, n in chains], step=1.0)
        trouble = sampled([_hidden(next(copies[m]), n) for m, n in chains], step=1.0)
        return [{"arrives": a, "trouble": b} for a, b in zip(arrives, trouble, strict=True)]

    return {"rows": rows}


def _arrives(climbs: Iterator[tuple[Floats, Floats]], hops: int) -> Iterator[Floats]:
    """Yield, of those in trouble, who has been heard so many hops above: (samples,)."""
    return ((reached[trouble > 0] >= hops).astype(float) for trouble, reached in climbs if trouble.any())


def _hidden(climbs: Iterator[tuple[Floats, Floats]], hops: int) -> Iterator[Floats]:
    """Yield, of those of whom nothing is heard there, who is in trouble: (samples,)."""
    return (trouble[reached < hops] for trouble, reached in climbs if (reached < hops).any())


def i4(case: Case) -> Quantities:
    """Colours that are mistaken at every hop: how often the top sees the right one."""
    hops = case.count("n")
    scenario = limit("I4").with_(
        {"weeks": hops + READINGS, "reporting.hops": hops, "reporting.garbling": case.number("e")}
    )

    def right(results: Results) -> Floats:
        told, true = (results.columns[name][hops:] for name in ("reported_status", "true_status"))
        return (told == true).astype(float).ravel()

    chunks = simulate_chunks(scenario, 10**9, aligned=False)
    return {"p": lambda: sampled([map(right, chunks)], step=1.0)[0]}


def i5(case: Case) -> Quantities:
    """Goals that every boss understands a little differently: how well what is asked for in the end points at them."""
    return {"cos": lambda: sampled([_turned("I5", case)])[0]}


def i5b(case: Case) -> Quantities:
    """The same, squared: what of the efficiency of incentives is left."""
    return {"cos2": lambda: sampled([(x * x for x in _turned("I5b", case))])[0]}


def _turned(name: str, case: Case) -> Iterator[Floats]:
    """Yield the cosine of what is asked for at the bottom of the chain with what is worth something: (runs,)."""
    base, tasks = limit(name).config, case.count("K")
    if tasks < 2:
        raise InvalidInput("inputs.K", tasks, "at least 2: there is no other direction")
    names = [f"task_{k + 1}" for k in range(tasks)]
    task, measure = base["activities"]["task_1"], base["signals"]["measure_1"]
    scenario = limit(name).with_(
        {
            "activities": {k: task | {"worth": float(i == 0), "worth_now": float(i == 0)} for i, k in enumerate(names)},
            "signals": {f"measure_{i + 1}": measure | {"loadings": {k: 1.0}} for i, k in enumerate(names)},
            "organisation.palette": [f"measure_{i + 1}" for i in range(tasks)],
            "organisation.spans": [1] * (case.count("n") - 1),
            "organisation.evaluators.loss": case.number("theta_deg"),
        }
    )
    for chunk in simulate_chunks(scenario, 10**9, aligned=False):
        yield chunk.columns["alignment_trench"][-1]
