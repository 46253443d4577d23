"""What a week can be spent on, and what that is worth."""

from __future__ import annotations

from dataclasses import dataclass

from sim.errors import InvalidInput


@dataclass(frozen=True, kw_only=True)
class Label:
    """Words for people.

    Parameters
    ----------
    plain : str
        What it is called in tables and pictures ("make oneself irreplaceable").
    neutral : str
        What players read, without judgement ("own a component alone").
    sentence : str
        One sentence that says what it is.
    good : str
        `higher`, `lower` or `neither`: which direction is good for the business.
    """

    plain: str
    neutral: str
    sentence: str
    good: str

    def __post_init__(self) -> None:
        if self.good not in ("higher", "lower", "neither"):
            raise InvalidInput("good", self.good, "higher, lower or neither")


@dataclass(frozen=True, kw_only=True)
class Activity:
    """Something a week can be spent on. Every number is per week of effort of a member of skill 1.

    Parameters
    ----------
    label : Label
    worth : float
        f, what the business truly gains in all, later effects included [weeks of core work].
    worth_now : float
        What it gains in the same week [weeks of core work].
    habit : float
        Share of a week that goes here when nothing is rewarded, a0 [week], at least 0.
    distaste : float
        Cost of a unit of effort beyond the common cost [utility].
    debt : float
        Technical debt it leaves behind [weeks of work], at least 0.
    repays : float
        How much of it goes into paying debt off [week per week], at least 0.
    practice : float
        How much the member gets to know of the own modules by it, at least 0.
    teaches : float
        How much others get to know of what the member knows, at least 0.
    hoards : float
        How much others lose track of the member's modules, at least 0.
    """

    label: Label
    worth: float
    worth_now: float
    habit: float
    distaste: float
    debt: float
    repays: float
    practice: float
    teaches: float
    hoards: float

    def __post_init__(self) -> None:
        for key in ("habit", "debt", "repays", "practice", "teaches", "hoards"):
            if getattr(self, key) < 0:
                raise InvalidInput(key, getattr(self, key), "at least 0")
