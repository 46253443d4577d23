"""Crosspurpose: what people do under an evaluation scheme, and what the business gets.

>>> import sim
>>> scenario = sim.load("scenario=three_persons", "scheme=lines_of_code", "weeks=26")
>>> results = sim.simulate(scenario, runs=4, seed=1)
>>> len(results.weekly)
104
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from sim.errors import InvalidInput, ModelWarning, RunFailed

if TYPE_CHECKING:
    from sim.loading import load
    from sim.mesa_model import Member, TeamModel
    from sim.opening import open
    from sim.optimum import best_strength
    from sim.results import Results
    from sim.scenario import Scenario, scenario_from
    from sim.simulation import simulate, simulate_chunks

__version__ = "0.1.0"

__all__ = [
    "InvalidInput",
    "Member",
    "ModelWarning",
    "Results",
    "RunFailed",
    "Scenario",
    "TeamModel",
    "best_strength",
    "load",
    "open",
    "scenario_from",
    "simulate",
    "simulate_chunks",
]

_HOMES = {
    "load": "loading",
    "Member": "mesa_model",
    "TeamModel": "mesa_model",
    "open": "opening",
    "best_strength": "optimum",
    "Results": "results",
    "Scenario": "scenario",
    "scenario_from": "scenario",
    "simulate": "simulation",
    "simulate_chunks": "simulation",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for, and no more: the command line starts fast."""
    if name in _HOMES:
        return getattr(importlib.import_module(f"sim.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'sim' has no attribute {name!r}")
