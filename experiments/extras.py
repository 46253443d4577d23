"""Libraries that only some verbs need: imported when used, and one clear line where they are missing."""

from __future__ import annotations

import importlib
from types import ModuleType

from sim.errors import InvalidInput


def needed(module: str, extra: str, what: str) -> ModuleType:
    """Import a library that comes with an extra of the distribution."""
    try:
        return importlib.import_module(module)
    except ImportError:
        missing = module.split(".")[0]
        raise InvalidInput(
            what, f"({missing} is not installed)", f"after: pip install 'crosspurpose[{extra}]'"
        ) from None
