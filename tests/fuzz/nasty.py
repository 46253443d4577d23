"""Values that something has stumbled over before, and ways to spoil a text."""

from __future__ import annotations

import random
import string

NUMBERS = (
    *("nan", ".nan", "inf", "-inf", ".inf", "1e308", "-1e308", "1e-320", "5e-324", "1e400", "0", "-0.0", "-1", "0.5"),
    *("1", "2", "3", "7", "1000000000", "9" * 40, "1" + "0" * 400, "0x1F", "0o17", "1_000", "1,5", "１２", "12:30:45"),
    *("2020-01-01", "1e5", "1.", ".5", "+1", "1/0", "50%"),
)
WORDS = (
    *("", " ", "null", "~", "true", "false", "yes", "off", "None", "NaN", "-", "--", "---", "...", "?", "!", "*", "&"),
    *("*a", "&a b", "!!python/object/apply:os.getcwd []", "!!binary x", "!a", "<<", "%s", "%(a)s", "{0}", "{", "}"),
    *("[", "]", "'", '"', "'''", "\\", "\\n", "`", "$", "${", "${}", "${weeks}", "${nowhere}", "${oc.env:HOME}"),
    *("${oc.env:NO_SUCH}", "${now:%Y}", "$(id)", ";", "|", ">", "#", "@", "=", "==", ":", ",", ",,", "/", "..", "."),
    *(
        "../..",
        "/dev/null",
        "/etc/passwd",
        "/nowhere/x",
        "C:\\x",
        "con",
        "a" * 300,
        "a/" * 200,
        "\t",
        "\n",
        "\r",
        "a\nb",
    ),
    *("é", "日本語", "𝔘𝔫𝔦", "\u202eabc", "\ufeff", "\u0000x", "\u200b", "🙂", "ß", "İ", "\udcff", "\x1b[31m", "\x7f"),
    *("__class__", "__init__", "_base", "_blank", "self", "kind", "name", "scheme", "commits", "Ada", "--help", "-h"),
    *("--cfg", "-m", "--version", "-c", "choice(1,2)", "interval(0,1)", "range(1,3)", "glob(*)", "sort(3,1)"),
    *("plausible", "interval(1,0)", "choice()", "interval(nan,1)", "K/N", "0/0", "1/2", "3:1", "last_0", "[]", "{}"),
    *("[1,2]", "{a: 1}", "{a:1,a:2}", "[null]", "[[1],[2]]", "[{use: teaching}]", "{kind: salary}", "{kind: 3}"),
    *("{true: 1}", "{1: 2}", "{null: 3}", "[" * 60 + "]" * 60, "{a: " * 60 + "1" + "}" * 60, "[" * 3000, "(" * 400),
)


def value(rng: random.Random) -> str:
    """Pick a value that is likely to be wrong."""
    kind = rng.random()
    if kind < 0.35:
        return rng.choice(NUMBERS)
    if kind < 0.85:
        return rng.choice(WORDS)
    return "".join(rng.choice(string.printable + "äπ漢🙂") for _ in range(rng.randrange(1, 12)))


def spoiled(text: str, rng: random.Random) -> str:
    """Spoil a text at one place: a letter dropped, doubled, swapped or put in, or an end cut off."""
    at = rng.randrange(len(text) + 1)
    match rng.randrange(6):
        case 0:
            return text[:at] + text[at + 1 :]
        case 1:
            return text[:at] + text[at : at + 1] + text[at:]
        case 2:
            return text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :]
        case 3:
            return text[:at]
        case 4:
            return text[:at] + value(rng) + text[at:]
        case _:
            return text[:at] + rng.choice(string.printable) + text[at:]
