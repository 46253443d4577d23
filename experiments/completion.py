"""`crosspurpose completion bash|zsh|fish`: a script that lets the shell complete verbs, keys and names after TAB.

    bash    eval "$(crosspurpose completion bash)"      in ~/.bashrc
    zsh     eval "$(crosspurpose completion zsh)"       in ~/.zshrc, after compinit
    fish    crosspurpose completion fish | source       in ~/.config/fish/config.fish

The script asks `crosspurpose completion words LINE`, which prints what the last word of a line may become. Names are
those that `crosspurpose list` shows, with yaml of one's own; no Python of one's own is run. Where nothing fits, as
after keys that take a path, the shell completes files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from experiments.reference_pages import facts
from sim.errors import unknown
from sim.loading import configs, groups, options

HERE = Path(__file__).parent
SCRIPTS = {
    "bash": """\
_crosspurpose() {
    local line="${COMP_LINE:0:COMP_POINT}" found
    local last="${line##* }"
    local shown="${last%"${last##*[=:]}"}"  # bash completes what stands after = and :
    COMPREPLY=()
    while IFS= read -r found; do
        COMPREPLY+=("${found#"$shown"}")
        [[ $found == *[=.] || $found == *"["* ]] && compopt -o nospace 2>/dev/null
    done < <("${COMP_WORDS[0]}" completion words "$line" 2>/dev/null)
    return 0
}
complete -o default -F _crosspurpose crosspurpose""",
    "zsh": """\
_crosspurpose() {
    local -a found
    found=(${(f)"$($words[1] completion words "${(j: :)words[1,CURRENT-1]} $PREFIX" 2>/dev/null)"})
    if (( $#found )); then
        compadd -S '' -- ${(M)found:#(*[=.]|*'['*)}
        compadd -- ${found:#(*[=.]|*'['*)}
    else
        compset -P '*='
        _files
    fi
}
compdef _crosspurpose crosspurpose""",
    "fish": "complete -c crosspurpose -a '(crosspurpose completion words (commandline -cp | string collect))'",
}
GROUPS = {  # keys that take names of a group of another name; `vary`: of the one that is varied
    **{"schemes": "scheme", "today": "scheme", "teams": "team", "tried": "intervention"},
    **{"options": "vary", "reference": "vary", "persistence.outcome": ""},
    **dict.fromkeys(("outcome", "measures", "maximise", "minimise"), "measure"),
}
FOLDERS = {"lesson": "lessons", "study": "studies", "claim": "claims", "anchor": "anchors"}  # where their names are
WORDS = re.compile(r"\w+(?:, (?:or )?\w+)+")  # what the reference says is allowed, where it is a few words


def main(words: Sequence[str]) -> int:
    """Print a script, or what the last word of a line may become."""
    match words:
        case ["words", line]:
            for found in candidates(line):
                print(found)
        case [shell] if shell in SCRIPTS:
            print(SCRIPTS[shell])
        case ["-h" | "--help"]:
            print(__doc__)
        case _:
            raise unknown("completion", " ".join(words) or "(empty)", SCRIPTS)
    return 0


def candidates(line: str) -> list[str]:
    """Return what the last word of a line may become, sorted; an empty word stands after the line's last space.

    Examples
    --------
    >>> candidates("crosspurpose comp")
    ['compare', 'completion']
    >>> candidates("crosspurpose compare schemes=[commits,own_w")
    ['schemes=[commits,own_worth']
    """
    from experiments.cli import FILES, STUDIES

    *before, word = line.split(" ")
    said = [w for w in before if w][1:]
    found: list[str] = []
    if not said:
        found = [*STUDIES, *FILES]
    elif said[0] in STUDIES | FILES and "=" in word:
        key, _, value = word.partition("=")
        *known, last = re.split(r"[\[,]", value)  # of a list
        begun = word.removesuffix(last)
        found = [f"{begun}{name}" for name in _names(said, key) if name not in known]
    elif said[0] in STUDIES | FILES:
        taken = [w.partition("=")[0] for w in said]
        found = [w for w in _words(said, word) if w.rstrip("=") not in taken]
    return sorted({f for f in found if f.startswith(word)})


def _words(said: Sequence[str], word: str) -> Iterator[str]:
    """Yield what may stand where a word has no =: `key=`, `key.` where its name goes on, or a name."""
    verb, words = said[0], facts()["words"]
    if verb not in words:
        steps = word.count(".") + 1
        for name in _dotted(verb, word):
            step = ".".join(name.split(".")[:steps])
            yield f"{step}=" if step == name else f"{step}."
        return
    places = [w for w in words[verb] if w.isupper() and w != "KEY"]
    if places and len(said) == 1:
        yield from (names := _names(said, places[0]))
        if not names:
            return  # a path comes first, which the shell completes
    yield from (f"{w}=" if w.isidentifier() else w for w in words[verb] if w.islower())


def _dotted(name: str, word: str) -> Iterator[str]:
    """Yield the keys of a verb's yaml and of those it builds on; keys within a group once the word has come to it."""
    content = _yaml(configs() / f"{name}.yaml")
    for base in content.pop("defaults", ()):
        if isinstance(base, str):
            yield from _dotted(base, word) if base != "_self_" else ()
            continue
        ((place, option),) = base.items()
        group, _, at = place.partition("@")
        if group in groups():
            yield place
            if word.startswith(f"{at or group}.") and option and group != "scenario":
                yield from _leaves(_yaml(configs() / group / f"{option}.yaml"), f"{at or group}.")
    yield from _leaves({k: v for k, v in content.items() if k != "hydra"})


def _leaves(tree: Mapping[str, Any], above: str = "") -> Iterator[str]:
    for key, value in tree.items():
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, f"{above}{key}.")
        else:
            yield f"{above}{key}"


def _names(said: Sequence[str], key: str) -> list[str]:
    """Return the names that a key, or the place of a file verb, takes; none where it takes numbers, texts or paths."""
    verb, given = said[0], dict(w.partition("=")[::2] for w in said[1:])
    own = [Path(), *([Path(given["extend"]).expanduser()] if given.get("extend") else [])]
    group = GROUPS.get(f"{verb}.{key}", GROUPS.get(key, key.partition("@")[0]))
    group = given.get("vary", "scheme") if group == "vary" else group
    if group in groups():
        return [*options(group), *(name for place in own for name in _stems(place / "configs" / group))]
    if key in FOLDERS:
        return [name for place in (HERE, *own) for name in _stems(place / FOLDERS[key])]
    if (verb, key) == ("list", "GROUP"):
        from experiments.listing import called

        return [*called()]
    if (verb, key) == ("replicate", "NAME"):
        return [p.parent.name for p in (HERE / "replications").glob("*/config.yaml")]
    known = facts()["words"].get(verb) or facts()["keys"]
    allowed = known.get(f"{verb}.{key}", known.get(key, {})).get("allowed", "")
    return [w for w in re.findall(r"\w+", allowed) if w != "or"] if WORDS.fullmatch(allowed) else []


def _stems(folder: Path) -> list[str]:
    return [p.stem for p in folder.glob("*.yaml") if not p.stem.startswith("_")]


def _yaml(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    return content
