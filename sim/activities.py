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
    documents : float
        How much of what the member knows gets written down for all, at least 0.
    delivers : float
        Features that users asked for [weeks of core work], at least 0.
    gaming : bool
        Whether what it adds to signals is a craft, learned by doing and by watching.
    scruple : float
        How much a person's scruples object to it, at least 0.
    obscures : float
        How much noise it adds to the member's own signals, as a share, at least 0.
    displays : float
        How much of it outsiders can see, at least 0.
    sabotages : float
        What it takes off the rivals' scores together, as a share of what a week where it counts most adds to one,
        at least 0.
    favours : float
        How much of it is favours that an evaluator returns, at least 0.
    leads : bool
        Whether only those who lead others can do it: it exists only in an organisation.
    ill : bool
        Whether it takes ill intent: it exists only where `good_intent` is false.
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
    documents: float
    delivers: float
    gaming: bool
    scruple: float
    obscures: float
    displays: float
    sabotages: float
    favours: float
    leads: bool
    ill: bool

    def __post_init__(self) -> None:
        for key in (
            "habit",
            "debt",
            "repays",
            "practice",
            "teaches",
            "hoards",
            "documents",
            "delivers",
            "scruple",
            "obscures",
            "displays",
            "sabotages",
            "favours",
        ):
            if getattr(self, key) < 0:
                raise InvalidInput(key, getattr(self, key), "at least 0")
