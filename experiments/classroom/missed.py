"""What to say if a lesson's effect did not show in a class: the reasons that its data support, each with its number."""

from __future__ import annotations

from experiments.classroom import effect
from experiments.classroom.outcome import Outcome
from experiments.classroom.play import TOKENS, Lived
from experiments.classroom.session import Session
from experiments.classroom.standing import unrewarded, workers
from experiments.lessons import Lesson
from experiments.quantity import sentence

HARDLY = 0.5  # tokens of a week, of a mean: less on what is worth nothing is none
EQUAL = 0.5  # tokens of a week by which companies hardly differ


def page(session: Session, found: Outcome) -> list[str]:
    """Return the sentences, the most telling first and the lesson's own last; none where the effect shows.

    Before a round is over there is nothing to be missed, and nothing is said.
    """
    lesson = session.lesson
    seen, _ = effect.visible(lesson, session, found)
    if seen or not found.rounds:
        return []
    everywhere = effect.worlds(lesson, session, found)
    reasons = [
        told(session, found),
        _simulated(session, found),
        _few_rounds(session, found),
        _nobody_gamed(session, found, everywhere),
        _all_gamed(session, found, everywhere),
    ]
    return [*(r for r in reasons if r is not None), *lesson.missed]


def told(session: Session, found: Outcome) -> str:
    """Say in a sentence how large the lesson's effect is in this class, and from when on it counts as visible."""
    lesson = session.lesson
    aim = lesson.effect
    seen, size = effect.visible(lesson, session, found)
    unit = effect.UNITS[aim.measure]
    higher, lower = (side(lesson, s) for s in (aim.higher, aim.lower))
    text = (
        f"{sentence(higher)} against {lower}, {_what(lesson)} in round {found.rounds}: a difference of"
        f" {number(size)} {unit}. It counts as visible from {number(aim.least)} on, so it"
        f" {'did show' if seen else 'did not show'} here."
    )
    unplayed = [c.name for c in lesson.companies[len(found.companies) :]]
    if {aim.higher, aim.lower} & set(unplayed):
        text += f" Nobody of the class lived in {' or '.join(unplayed)}: simulated people did, with the same luck."
    return text


def side(lesson: Lesson, name: str) -> str:
    """Return what one side of the effect is called: a company, or those who hold a card."""
    return f'those with the card "{lesson.cards[name].title}"' if name in lesson.cards else name


def number(x: float) -> str:
    """Return a number for people.

    Examples
    --------
    >>> number(5), number(0.04), number(12.34), number(-0.2)
    ('5', '0.04', '12.3', '-0.2')
    """
    return f"{x:.2g}" if abs(x) < 1 else f"{x:.3g}"


def real(session: Session, found: Outcome) -> tuple[int, int]:
    """Return how many choices people of the class made in the rounds that are over, and how many there were to make."""
    made = sum(r <= found.rounds for r, _ in session.tokens)
    return made, found.rounds * sum(c.score.shape[1] * c.score.shape[2] for c in found.companies)


def _what(lesson: Lesson) -> str:
    """Return what the effect measures, in words."""
    if lesson.effect.of is not None:
        return f'tokens for "{lesson.one.activities[lesson.effect.of].label.plain}"'
    words = {
        "gaming": "tokens for what is counted and is of no use",
        "use": "use of the work",
        "worth": "worth of the work",
    }
    return words[lesson.effect.measure]


def _simulated(session: Session, found: Outcome) -> str | None:
    made, all_of_them = real(session, found)
    if 2 * made >= all_of_them:
        return None
    share, seats = 100 * (1 - made / all_of_them), all_of_them // found.rounds
    return (
        f"Simulated people made {share:.0f} % of all choices: {len(workers(session))} of {seats} seats were yours, and"
        f" {made} choices arrived in time. So the class decided little of this."
    )


def _few_rounds(session: Session, found: Outcome) -> str | None:
    planned = session.lesson.timing(session.setting.minutes).rounds
    if found.rounds >= planned:
        return None
    return f"Rounds played: {found.rounds} of {planned}. What pays is learned from round to round."


def _nobody_gamed(session: Session, found: Outcome, everywhere: list[Lived]) -> str | None:
    lesson = session.lesson
    tokens = [gaming(lesson, w) for w in everywhere[: len(found.companies)]]
    if not effect.idle(lesson) or max(tokens) >= HARDLY:
        return None
    return (
        f"Hardly anybody did what is counted and is of no use: {number(max(tokens))} of {TOKENS} tokens in the last"
        " round, where it was most."
    )


def _all_gamed(session: Session, found: Outcome, everywhere: list[Lived]) -> str | None:
    """Say so where nothing follows from the count in one company, and it was worked at there all the same."""
    lesson = session.lesson
    free = unrewarded(lesson)
    if free is None or free >= len(found.companies) or not effect.idle(lesson):
        return None
    there = gaming(lesson, everywhere[free])
    elsewhere = [gaming(lesson, w) for c, w in enumerate(everywhere) if c != free]
    if there < HARDLY or there < min(elsewhere) - EQUAL:
        return None
    return (
        f"{lesson.companies[free].name} worked at the count too, though nothing followed from it: {number(there)} of"
        f" {TOKENS} tokens for what is of no use, against {number(min(elsewhere))}."
    )


def gaming(lesson: Lesson, company: Lived) -> float:
    """Return the mean tokens of a week in the last round for what is counted and of no use."""
    rows = [list(lesson.one.activities).index(a) for a in effect.idle(lesson)]
    return float(company.effort[-1, rows].sum(axis=0).mean() * TOKENS)
