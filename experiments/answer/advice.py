"""What to do, or why that cannot be said.

Nothing is recommended where

    nothing was computed yet, or of too few teams           fewer than FEWEST or WHOLE
    there is nothing to choose                               one scheme, or one under several names
    the first cannot be told from others                     by joint intervals of the paired differences
    it differs from them by too little to matter             `matters`, a share of the aligned team's worth
    other assumptions turn the order too often               more than TURNS of the draws, luck taken off

A benchmark is never recommended: it is no candidate. To keep today's scheme is a recommendation like any other.
"""

from __future__ import annotations

from dataclasses import dataclass

from experiments import stats
from experiments.answer.compared import Compared
from experiments.answer.flips import Draws
from experiments.answer.places import Places
from experiments.quantity import Quantity, number, some
from experiments.stats import smallest_that_matters

FEWEST = 20  # teams: of fewer, the middle 80 % rests on two or less at either end, and a t-interval on luck
WHOLE = 8  # organisations: each is of many teams already, so that their means differ little by luck
TURNS = 1 / 3  # of draws: whoever acts on an order that holds in two cases of three is wrong in every third
KEEP, CHANGE, CHOOSE, REFUSED = "keep", "change", "choose", "refused"


@dataclass(frozen=True, kw_only=True)
class Advice:
    """A recommendation, or the refusal to make one.

    Parameters
    ----------
    kind : str
        `keep` today's scheme, `change` to another, `choose` one where none is in force, or `refused`.
    scheme : str or None
        Which; None where it is refused.
    among : tuple of str
        Schemes that are first, or may as well be.
    headline : str
        In a sentence.
    reasons : tuple of str
        Sentences: why, or why not.
    """

    kind: str
    scheme: str | None
    among: tuple[str, ...]
    headline: str
    reasons: tuple[str, ...]


def advice(compared: Compared, by_worth: Places, draws: Draws | None, gained: Quantity) -> Advice:
    """Recommend a scheme, or refuse to.

    Parameters
    ----------
    compared : Compared
    by_worth : Places
    draws : Draws or None
        What becomes of the order under other assumptions, if that was tried.
    gained : Quantity
        Worth of the first scheme less that of what the others are compared with [weeks of core work per person-week].
    """
    against = _too_little(compared) or _too_close(compared, by_worth) or _too_uncertain(compared, draws)
    if against:
        return Advice(kind=REFUSED, scheme=None, among=by_worth.first, headline=against[0], reasons=tuple(against[1:]))
    scheme = by_worth.order[0]
    name = f"“{compared.labels[scheme]}”"
    kind = CHOOSE if compared.today is None else KEEP if scheme == compared.today else CHANGE
    words = {KEEP: f"Keep {name}.", CHOOSE: f"Of these, choose {name}."}
    words[CHANGE] = f"Change to {name}."
    reasons = [_why(compared, by_worth, gained, kind), _how_firm(compared, draws)]
    return Advice(kind=kind, scheme=scheme, among=by_worth.first, headline=words[kind], reasons=tuple(reasons))


def _too_little(compared: Compared) -> list[str]:
    """Refuse where there is too little to go by."""
    head = "No recommendation"
    missing = [n for n in compared.variants if n not in compared.schemes]
    if not compared.schemes:
        return [f"{head} yet: nothing has been computed."]
    if missing:
        names = some([f"“{compared.labels[n]}”" for n in missing])
        return [f"{head} yet: {names} {'is' if len(missing) == 1 else 'are'} still to be computed."]
    if len(compared.candidates) < 2:
        return [f"{head}: there is no choice, for fewer than two of these can be chosen.", "Reference lines cannot be."]
    least = WHOLE if compared.organised else FEWEST
    if compared.count < least:
        who = f"{compared.many[:-1]} is" if compared.count == 1 else f"{compared.many} are"
        few = f"{compared.count} simulated {who} too few"
        return [f"{head}: {few} to tell luck from merit.", f"At least {least} are needed; more sharpen the answer."]
    return []


def _too_close(compared: Compared, by_worth: Places) -> list[str]:
    """Refuse where the first is not alone."""
    if len(by_worth.first) < 2:
        return []
    first, *rest = by_worth.first
    name = {s: f"“{compared.labels[s]}”" for s in by_worth.first}
    more: list[str] = []
    head = f"No single recommendation: {some([*name.values()])}"
    same = [s for s in rest if s in by_worth.alike[first]]
    small = [s for s in rest if s not in same and by_worth.against_first(s) == stats.SMALL]
    unclear = [s for s in rest if s not in same and by_worth.against_first(s) == stats.UNCLEAR]
    if len(same) == len(rest):
        head += " give the same in every team: they are one way to evaluate under different names."
    elif unclear:
        head += " cannot be told apart."
        more = ["More simulated teams may tell them apart, if there is a difference to tell."]
    else:
        head += " differ by too little to matter."
    lines = [head, *more]
    if same and len(same) < len(rest):
        lines.append(f"{some([name[s] for s in (first, *same)])} give the same in every team.")
    if small and unclear:
        lines.append(
            f"Between {name[first]} and {some([name[s] for s in small])} the difference is too small to matter."
        )
    if compared.today in by_worth.first:
        lines.append("Nothing here shows that a change would be better than to keep what there is.")
    elif compared.today is not None:
        lines.append(_better_than_today(compared))
    return lines


def _better_than_today(compared: Compared) -> str:
    today = f"“{compared.labels[compared.today or '']}”"
    return f"The first of them is surely better than {today}, which is in force today; which one to choose is open."


def _too_uncertain(compared: Compared, draws: Draws | None) -> list[str]:
    """Refuse where the order hangs on what nobody knows."""
    if draws is None or draws.turned[draws.rival] <= TURNS:
        return []
    better, worse = (f"“{compared.labels[s]}”" for s in (draws.better, draws.rival))
    return [
        f"No recommendation: whether {better} or {worse} is better hangs on assumptions that nobody has measured.",
        f"At the model's own numbers {better} is ahead; but in {100 * draws.turned[draws.rival]:.0f} % of the draws of "
        f"plausible numbers the order turns, luck taken off. More than {100 * TURNS:.0f} % is too often to act on.",
    ]


def _why(compared: Compared, by_worth: Places, gained: Quantity, kind: str) -> str:
    """Say what the recommendation rests on."""
    share = f"{100 * float(by_worth.table['share_best'].iloc[0]):.0f} % of {compared.many}"
    than = (
        "today's scheme, and under any other that can be chosen" if kind == CHANGE else "any other that can be chosen"
    )
    lead = f"In this model the business gets surely more than under {than}; it is best in {share}."
    if kind == KEEP or not gained.known:
        return lead
    against = f"Against “{compared.labels[compared.reference]}”"
    told = f"{lead} {against}: {gained.difference} weeks of core work per person-week."
    small = smallest_that_matters(compared.runs, compared.reference, compared.matters)
    if gained.error[0] <= small:
        told += f" It may be less than {number(small, 3)}, which would be too little to matter."
    return told


def _how_firm(compared: Compared, draws: Draws | None) -> str:
    if draws is None:
        return "How far this hangs on assumptions that nobody has measured was not looked at."
    better, rival = (f"“{compared.labels[s]}”" for s in (draws.better, draws.rival))
    return (
        f"Over plausible assumptions {better} stays ahead of {rival}, which overtakes it most often, in "
        f"{100 * (1 - draws.turned[draws.rival]):.0f} % of draws, luck taken off."
    )
