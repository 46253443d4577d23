"""What can go wrong, as one line: the key, the value, what is allowed, the nearest valid name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class InvalidInput(ValueError):
    """An input that the model does not accept.

    Parameters
    ----------
    key : str
        The dotted name of the input, as a user would type it.
    value : object
        What was given.
    allowed : str
        What would have been accepted.
    nearest : str or None
        The closest valid name, for a mistyped one.

    Examples
    --------
    >>> str(InvalidInput("runs", 0, "a whole number, at least 1"))
    'runs=0: allowed is a whole number, at least 1'
    """

    def __init__(self, key: str, value: object, allowed: str, nearest: str | None = None) -> None:
        self.key, self.value, self.allowed, self.nearest = key, value, allowed, nearest
        super().__init__(key, value, allowed, nearest)

    def __str__(self) -> str:
        words: dict[object, str] = {None: "null", True: "true", False: "false"}
        special = self.value is None or isinstance(self.value, bool)
        shown = words[self.value] if special else str(self.value) if isinstance(self.value, str) else repr(self.value)
        shown = " ".join(shown.split())
        shown = shown if len(shown) <= 80 else shown[:77] + "..."
        line = f"{self.key}={shown}: allowed is {self.allowed}"
        return line + (f"; did you mean {self.nearest}?" if self.nearest else "")


class RunFailed(RuntimeError):
    """A run that could not be finished, with the run's number and the reason."""


class ModelWarning(UserWarning):
    """Something about the model that a reader of the results should know."""


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Return the valid name that is closest to a mistyped one, if any is close.

    Examples
    --------
    >>> nearest("lines_of_cod", ["commits", "lines_of_code"])
    'lines_of_code'
    """
    return next(iter(difflib.get_close_matches(str(name), list(names), n=1, cutoff=0.5)), None)


def unknown(key: str, value: str, names: Iterable[str]) -> InvalidInput:
    """Build the error for a name that does not exist."""
    known = sorted(names)
    shown = ", ".join(known) if len(known) <= 24 else ", ".join(known[:24]) + ", ..."
    return InvalidInput(key, value, f"one of {shown or 'nothing'}", nearest(value, known))
