"""What theory says of a contract, as a function of its parameters: a curve to draw beside what the model does.

A worker who is paid b for measures with loadings G, noise Σ and risk aversion r, at a quadratic cost C around a₀
(THEORY, master formula, sections A to C), with an audit of chance p, penalty P and sensitivity k on gaming g:

    a     = max(0, a₀ + C⁻¹(G'b − 1_gaming · pP(1 − α − β)·exp(−g/k)/k)),   g = effort on gaming
    worth   = f'a            surplus = f'a − ½(a − a₀)'C(a − a₀) − ½ r b'Σb

The bound at 0 is exact for tasks that do not compete. Where a limit is none of a contract, there is no curve.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.optimize import brentq

from sim.arrays import Floats

CONTRACTS = ("A", "B", "C")  # sections of THEORY whose limits are contracts of one worker
MEASURES = ("worth", "surplus")


def predicted(config: Mapping[str, Any], limit: str | None, measure: str) -> float | None:
    """Return what theory says of a measure in a limit, None where it says nothing.

    Parameters
    ----------
    config : mapping
        The configuration of the scenario.
    limit : str or None
        The limit it is of.
    measure : str

    Examples
    --------
    >>> from sim import load
    >>> round(predicted(load("limit=B3", "scheme.strength=1").config, "B3", "surplus"), 6)
    40.375
    """
    if limit is None or limit[0] not in CONTRACTS or measure not in MEASURES:
        return None
    pay, strength = config["scheme"]["pay"] or config["team"]["pay"], float(config["scheme"]["strength"])
    pay = config["team"]["pay"] if pay == "team" else pay
    if not isinstance(pay, Mapping) or pay.get("kind") != "piece_rate":
        return None
    names = list(config["activities"])
    each = [config["activities"][n] for n in names]
    f, a0, gaming = (np.array([a.get(k, 0.0) for a in each], float) for k in ("worth", "habit", "gaming"))
    weights = {k: w for k, w in config["scheme"]["weights"].items() if w}
    signals = [config["signals"][k] for k in weights]
    rate = strength * float(pay["slope"]) * np.array(list(weights.values()), float)
    loadings = np.array(
        [f if s["loadings"] == "worth" else [s["loadings"].get(n, 0.0) for n in names] for s in signals]
    )
    sd = np.array([s["noise"]["sd"] for s in signals], float)
    given = config["scheme"]["correlation"]
    correlation = np.eye(len(sd)) if given is None else np.array(given, float)
    cost = np.array(config["choice"].get("matrix") or np.eye(len(names)), float)
    a = _effort(a0, np.linalg.inv(cost), rate @ loadings if len(rate) else 0 * f, gaming, config["scheme"]["audit"])
    if measure == "worth":
        return float(f @ a)
    risk = float(config["team"]["risk_aversion"]) * (rate * sd) @ correlation @ (rate * sd) if len(rate) else 0.0
    return float(f @ a - 0.5 * (a - a0) @ cost @ (a - a0) - 0.5 * risk)


def _effort(a0: Floats, inverse: Floats, m: Floats, gaming: Floats, audit: Mapping[str, float] | None) -> Floats:
    """Return the effort that the worker settles at: (activity,)."""
    if audit is None or not gaming.any():
        return np.maximum(a0 + inverse @ m, 0.0)
    power = 1 - audit["false_positive"] - audit["false_negative"]
    height, k = audit["probability"] * audit["penalty"] * power / audit["sensitivity"], audit["sensitivity"]

    def answer(g: float) -> Floats:
        return np.maximum(a0 + inverse @ (m - gaming * height * np.exp(-g / k)), 0.0)

    def excess(g: float) -> float:
        return float(gaming @ answer(g)) - g

    most = float(gaming @ np.maximum(a0 + inverse @ m, 0.0))
    return answer(0.0 if excess(0.0) <= 0 else brentq(excess, 0.0, most + 1e-9))
