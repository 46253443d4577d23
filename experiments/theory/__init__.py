"""The limits of theory, a function per case id: inputs → quantities, each read off the running model.

A function turns inputs into overrides on `configs/limit/<id>.yaml`. Units and conventions change on the
way (an angle becomes two vectors, r becomes risk aversion); no solution is written here: optimal
slopes are found by optimising over the model, best answers by letting a member answer. E3, E3b, G2b,
H5, H5b, H6c and the columns `beta` and `dw` ask the very class that the week calls.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from experiments.cases import Case
from experiments.limits import Quantities
from experiments.theory import careers, chain, contests, contracts, goodhart, perception, sabotage, stocks, teams

LIMITS: Mapping[str, Callable[[Case], Quantities]] = {
    "A0": contracts.a0,
    "A1": contracts.a1,
    "A2": contracts.a2,
    "A2b": contracts.a2b,
    "B1": contracts.b1,
    "B2": contracts.b2,
    "B3": contracts.b3,
    "C1": contracts.c1,
    "C2": contracts.c2,
    "C3": contracts.c3,
    "C4": contracts.c1,
    "C5": contracts.c1,
    "D1": teams.d1,
    "D2": teams.d2,
    "D3": teams.d3,
    "D4": teams.d4,
    "D6": teams.d6,
    "E1": contests.e1,
    "E1b": contests.e1b,
    "E2": contests.e2,
    "E2b": contests.e2b,
    "E3": contests.e3,
    "E3b": contests.e3b,
    "E4": contests.e4,
    "E5": sabotage.e5,
    "E6": sabotage.e6,
    "E7": contests.e7,
    "F1": careers.f1,
    "F2": careers.f2,
    "F3": careers.f3,
    "G1": goodhart.g1,
    "G2": goodhart.g2,
    "G2b": goodhart.g2b,
    "G3": goodhart.g3,
    "G3b": goodhart.g3b,
    "G6": goodhart.g6,
    "G8": goodhart.g8,
    "G8b": goodhart.g8b,
    "H2": perception.h2,
    "H3": perception.h3,
    "H3b": perception.h3b,
    "H5": perception.h5,
    "H5b": perception.h5b,
    "H6": perception.h6,
    "H6c": perception.h6c,
    "H7": perception.h7,
    "H8": perception.h8,
    "H9": perception.h9,
    "I2": chain.i2,
    "I3": chain.i3,
    "I4": chain.i4,
    "I5": chain.i5,
    "I5b": chain.i5b,
    "K1": stocks.k1,
    "K2": stocks.k2,
    "K3": stocks.k3,
    "W1": stocks.w1,
}
COLUMNS = {
    "B1": ("b*", "surplus", "efficiency"),
    "B3": ("efficiency", "b*", "share of cost spent gaming"),
    "D1": ("a", "surplus per head", "ratio to first best"),
    "E2": ("beta", "a"),
    "F2": ("mu", "a"),
    "G1": ("i(q)", "E[V|sel]", "E[P-V|sel]", "Var[V|sel]"),
    "I3": ("arrives", "trouble"),
    "H6c": ("w", "w/q", "dw", "multiplier"),
}
