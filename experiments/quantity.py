"""A number with its three spreads, and how it is written for people.

computing error   95 % interval of a mean; more runs shrink it
luck              middle 80 % of single teams; they do not
assumptions       middle 80 % over what may be true of a real team, luck taken off; neither does it
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

NOTHING = "—"
NONE = (math.nan, math.nan)
YEAR = 52  # [weeks]
TINY = 1e-9  # of a computing error: what rounding leaves of 0


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """A number with its three spreads.

    Parameters
    ----------
    value : float
        NaN where it is undefined.
    error, luck, assumed : (low, high)
        NaN where there is no such spread.
    percent : bool
        Whether it is a share that is read in per cent.

    Examples
    --------
    >>> x = Quantity(value=0.7123, error=(0.7003, 0.7243), luck=(0.6, 0.8))
    >>> x.text, x.luck_text, x.assumed_text
    ('0.71 ±0.01', '0.60 to 0.80', '—')
    """

    value: float
    error: tuple[float, float] = NONE
    luck: tuple[float, float] = NONE
    assumed: tuple[float, float] = NONE
    percent: bool = False

    @property
    def half(self) -> float:
        """Half the interval of computing error."""
        return 0.5 * (self.error[1] - self.error[0])

    @property
    def known(self) -> bool:
        """Whether there is a number at all."""
        return math.isfinite(self.value)

    @property
    def digits(self) -> int:
        """Digits after the point that show the first digit of the computing error, up to three, of per cent one."""
        half, most, usual = (100 * self.half, 1, 0) if self.percent else (self.half, 3, 2)
        return min(max(-math.floor(math.log10(half)), 0), most) if half > TINY else usual

    @property
    def text(self) -> str:
        """Value and computing error."""
        return self.written()

    @property
    def luck_text(self) -> str:
        """Spread of single teams."""
        return self._ends(self.luck)

    @property
    def assumed_text(self) -> str:
        """Spread over assumptions."""
        return self._ends(self.assumed)

    @property
    def difference(self) -> str:
        """The same of a difference: with its sign, and where shares differ, in points.

        Examples
        --------
        >>> Quantity(value=-0.031, error=(-0.05, -0.01), percent=True).difference
        '−3 ±2 points'
        """
        text = self.written("+")
        return f"{text.replace(' %', '')} points" if self.percent and self.known else text

    def written(self, sign: str = "") -> str:
        """Return value and computing error; `sign`: + shows the sign of what is above 0, too."""
        if not self.known:
            return NOTHING
        text = number(self._scale * self.value, self.digits, sign) + (" %" if self.percent else "")
        if not self.half > TINY:  # a single team, or the same in every team
            return text
        return f"{text} ±{_half(self._scale * self.half, self.digits, self.percent)}"

    @property
    def _scale(self) -> float:
        return 100.0 if self.percent else 1.0

    def _ends(self, ends: tuple[float, float]) -> str:
        if not all(map(math.isfinite, ends)):
            return NOTHING
        low, high = (number(self._scale * x, self.digits) for x in ends)
        return f"{low} to {high}" + (" %" if self.percent else "")


def number(value: float, digits: int, sign: str = "") -> str:
    """Return a number as it is read: with a true minus, and zero without a sign.

    Examples
    --------
    >>> number(-0.256, 2), number(0.256, 1, "+"), number(-0.001, 2), number(math.nan, 2)
    ('−0.26', '+0.3', '0.00', '—')
    """
    if not math.isfinite(value):
        return NOTHING
    text = f"{value:{sign}.{digits}f}"
    return (f"{0:.{digits}f}" if not text.strip("+-0.") else text).replace("-", "−")


def _half(half: float, digits: int, percent: bool) -> str:
    """Return half an interval; where it would seem to be 0, that it is less than what is shown, but for per cent."""
    text = f"{half:.{digits}f}"
    return text if text.strip("0.") or percent else f"<{10.0**-digits:g}"


def listed(names: Sequence[str], last: str = "and") -> str:
    """Return names as they stand in a sentence.

    Examples
    --------
    >>> listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"], "or")
    ('a', 'a and b', 'a, b or c')
    """
    return f" {last} ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def some(names: Sequence[str], most: int = 4) -> str:
    """Return names as they stand in a sentence, the first of them where there are too many.

    Examples
    --------
    >>> some(["a", "b", "c", "d", "e", "f"]), some(["a", "b"])
    ('a, b, c and 3 others', 'a and b')
    """
    return listed(names if len(names) <= most else [*names[: most - 1], f"{len(names) - most + 1} others"])


def sentence(text: str) -> str:
    """Return text with a capital letter first."""
    return text[:1].upper() + text[1:]


def filled(sentences: Sequence[str], width: int) -> str:
    """Return sentences in lines of at most `width` characters, each on a new one, no number parted from its sign."""
    whole = [textwrap.fill(line.replace(" %", "\N{NO-BREAK SPACE}%"), width) for line in sentences]
    return "\n".join(whole).replace("\N{NO-BREAK SPACE}", " ")
