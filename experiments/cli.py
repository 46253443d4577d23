"""The command line: `crosspurpose VERB …`.

Study verbs take `key=value` through Hydra; file verbs take plain words. Exit status: 0 done, 1 a
check or some runs failed, 2 bad input, 130 interrupted. Every error is one line on stderr.
"""

from __future__ import annotations

import errno
import importlib
import inspect
import io
import os
import shlex
import sys
import tempfile
import traceback
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import InvalidInput, RunFailed, nearest

if TYPE_CHECKING:
    from omegaconf import DictConfig

STUDIES = {
    "run": "one scenario, many runs",
    "compare": "one scenario under several evaluation schemes (the main job)",
    "explain": "why a member did what it did in a week",
    "decompose": "the gap between what a score promised and what came, by its causes",
    "persistence": "what is left of each intervention when it is over",
    "detect": "after how many reviews gaming shows in what is recorded, and which signal would help",
    "sweep": "many points of a space of parameters, many runs of each",
    "sensitivity": "which parameters an outcome depends on (Morris, Sobol')",
    "optimise": "the parameters that are best for one objective or several",
    "strength": "worth against the strength of a scheme",
    "lint": "what is wrong with a scheme before anything is run",
    "redteam": "the behaviour that raises a scheme's score most for the worth that it costs",
    "verify": "the model in its theory limits against closed forms",
}
FILES = {
    "serve": "pages for leaders and teachers, on this machine and without internet",
    "class": "a lesson for a class, on phones or on paper, without internet",
    "rehearse": "a lesson played by scripted classes: in how many of them its effect is visible",
    "report": "a page to forward: the answer of a comparison, as one file",
    "status": "how far a sweep is, and what failed",
    "merge": "folders of one sweep made on several machines, as one",
    "export": "results as tables (csv) and a paragraph on methods",
    "plot": "a picture of a sweep: curves, or a map of two parameters",
    "claims": "every claim of the text, put to the test",
    "validate": "what was observed of real teams, beside what the model says",
    "replicate": "published simulations, at any of their parameters",
    "discover": "where one value of a paired sweep loses to another, as a box in words",
    "repro": "whether results come out the same again, to the bit",
    "diff": "what two results differ in, and what that did to the numbers",
    "list": "what there is to choose from",
    "new": "a scheme, signal, team or motive of your own, as files to edit",
    "completion": "lets the shell complete verbs, keys and names after TAB",
}
SPOKEN = ("serve", "class", "rehearse")  # file verbs of key=value alone, whose docstring is their help
HELP = {  # how help puts them together
    "start": ("compare", "run", "explain", "list", "new", "completion"),
    "study": (
        *("sweep", "plot", "discover", "sensitivity", "optimise", "strength"),
        *("decompose", "persistence", "detect", "claims", "validate", "replicate"),
    ),
    "keep": ("status", "merge", "export", "repro", "diff"),
    "show": ("serve", "class", "rehearse", "report", "lint", "redteam"),
    "check": ("verify",),
}
INTERRUPTED = "interrupted; the same command continues where it stopped"
SWEPT = ("sweep", "sensitivity", "optimise")  # study verbs that take ranges
HOMES = {
    "claims": "experiments.verdicts",
    "class": "experiments.hold_class",
    "list": "experiments.listing",
    "new": "experiments.new",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a verb and return the exit status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    _widen_output()
    try:
        return _dispatch(words)
    except KeyboardInterrupt:
        return _fail(INTERRUPTED, 130)
    except InvalidInput as error:
        return _fail(str(error), 2)
    except RunFailed as error:
        return _fail(f"failed: {error}", 1)
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - the reader has gone; nothing more can be said
        return 0
    except OSError as error:
        return _fail(_system(error), 2)
    except (UnicodeDecodeError, RecursionError) as error:
        return _fail(f"a file is not what it should be: {error} (yaml is text in UTF-8, not nested too deeply)", 2)
    except Exception as error:
        if _interrupted(error):
            return _fail(INTERRUPTED, 130)
        if "home directory" in str(error):
            return _fail(f"{error}: ~NAME is the folder of a user that there is not", 2)
        if type(error).__module__.startswith("pyarrow"):
            return _fail(f"a file of results is damaged: {error}", 2)
        if os.environ.get("CROSSPURPOSE_DEBUG"):
            traceback.print_exc()
        return _fail(f"internal error: {type(error).__name__}: {error} (CROSSPURPOSE_DEBUG=1 shows where)", 1)


def _interrupted(error: BaseException | None) -> bool:
    """Whether an error came of an interruption, which a library was in the middle of something at and hid."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None


def _dispatch(words: list[str]) -> int:
    if not words or words[0] in ("-h", "--help", "help"):
        _help()
        return 0
    if words[0] == "--version":
        import sim

        print(f"crosspurpose {sim.__version__}")
        return 0
    verb, rest = words[0], words[1:]
    if verb in FILES:
        module = importlib.import_module(HOMES.get(verb, f"experiments.{verb}"))
        if verb in SPOKEN and rest in (["-h"], ["--help"]):
            print(inspect.getdoc(module))
            return 0
        return int(module.main(rest))
    if verb in STUDIES:
        from sim import loading

        with loading.extended(loading.split(rest)[0]) as folder:
            return _study(verb, rest, folder)
    raise InvalidInput("verb", verb, f"one of {', '.join([*STUDIES, *FILES])}", nearest(verb, [*STUDIES, *FILES]))


def _study(verb: str, words: list[str], extension: Path | None) -> int:
    """Compose the verb's configuration through Hydra and run it; with --multirun, once per job."""
    from sim import loading

    flags = [w for w in words if w.startswith("-") or "=" not in w]
    stray = [w for w in flags if not w.startswith("-") and not any(f.startswith("-") for f in flags)]
    if stray:
        raise InvalidInput("argument", stray[0], "key=value", nearest(stray[0], loading.verb_keys(verb)))
    command = shlex.join(["crosspurpose", verb, *words])
    words = loading.from_files(words)
    there = "null" if extension is None else loading.quoted(str(extension))
    words = [f"extend={there}" if w.startswith("extend=") else w for w in words]
    ranges: dict[str, Any] = {}
    if verb in SWEPT:
        from experiments.studies import expanded

        words, ranges = expanded(verb, words, extension)
    loading.checked([w for w in words if "=" in w and not w.startswith("-")])
    loading.register()
    composed = _by_hydra(verb, words, flags) if flags or any("hydra." in w for w in words) else _once(verb, words)
    jobs: list[dict[str, Any]] = []
    for config, runtime in composed:
        try:
            found = loading.plain(config)
        except Exception as error:
            raise loading.in_one_line(error) from None
        if found.pop("extend", None) not in (None, str(extension)):
            allowed = "extend=DIR on the command line, without +; a yaml brings no code"
            raise InvalidInput("extend", config["extend"], allowed)
        for key in set(found) - {*loading.top_keys(verb)}:
            raise InvalidInput(key, "(unknown key)", "a key of the configuration", nearest(key, loading.top_keys(verb)))
        choice = {k: v for k, v in runtime.runtime.choices.items() if isinstance(v, str)}
        overrides = [o for o in runtime.overrides.task if not o.startswith("hydra.")]
        jobs.append({"config": found, "overrides": overrides, "choice": choice})
    do: Callable[..., int] = importlib.import_module(f"experiments.{verb}").main
    return max((do(job.pop("config"), command=command, **{**job, **ranges}) for job in jobs), default=0)


def _once(verb: str, words: Sequence[str]) -> list[tuple[DictConfig, Any]]:
    """Compose a configuration: it, and what Hydra knows of how it came about."""
    from hydra import compose, initialize_config_dir
    from omegaconf import open_dict

    from sim import loading

    try:
        with initialize_config_dir(str(loading.configs()), version_base="1.3"):
            config = compose(verb, overrides=[*loading.search_path(), *words], return_hydra_config=True)
    except Exception as error:
        raise loading.in_one_line(error) from None
    runtime = config.hydra
    with open_dict(config):
        del config["hydra"]
    return [(config, runtime)]


def _by_hydra(verb: str, words: Sequence[str], flags: Sequence[str]) -> list[tuple[DictConfig, Any]]:
    """Let Hydra do what its flags say; with --multirun there is a configuration per job, with --help none."""
    import hydra
    from hydra.core.global_hydra import GlobalHydra
    from hydra.core.hydra_config import HydraConfig

    from sim import loading

    composed: list[tuple[DictConfig, Any]] = []

    def collect(config: DictConfig) -> None:
        composed.append((config, HydraConfig.get()))

    os.environ["HYDRA_FULL_ERROR"] = "1"
    entry = hydra.main(version_base="1.3", config_path=str(loading.configs()), config_name=verb)(collect)
    first = next((i for i, w in enumerate(words) if "=" in w and not w.startswith("-")), 0)
    sweep = [f"hydra.sweep.dir={Path(tempfile.gettempdir()).as_posix()}"] if {"-m", "--multirun"} & {*words} else []
    before = sys.argv
    sys.argv = [f"crosspurpose {verb}", *words[:first], *loading.search_path(), *sweep, *words[first:]]
    try:
        with redirect_stderr(io.StringIO()):  # a bad flag gets one line, not Hydra's usage
            entry()
    except SystemExit as stop:
        if stop.code not in (None, 0):
            raise InvalidInput("flags", " ".join(flags), "Hydra's flags, all before or all after key=value") from None
    except Exception as error:
        raise loading.in_one_line(error) from None
    finally:
        sys.argv = before
        GlobalHydra.instance().clear()
    return composed


def _help() -> None:
    print("crosspurpose: what people do under an evaluation scheme, and what the business gets\n")
    print("  crosspurpose compare                          the three persons under every scheme")
    print("  crosspurpose compare schemes=[commits,none] runs=400 seed=3 out=A")
    print("  crosspurpose run scenario=person_a scheme=indispensable\n")
    known = STUDIES | FILES
    for group, verbs in HELP.items():
        print(group)
        for verb in verbs:
            print(f"  {verb:12} {known[verb]}")
        print()
    print("crosspurpose VERB --help shows the keys, or the words, of a verb.")


def _fail(line: str, status: int) -> int:
    print(f"crosspurpose: {' '.join(line.split())}", file=sys.stderr)
    return status


def _system(error: OSError) -> str:
    place = f"{error.filename}: " if error.filename else ""
    text = str(error)
    if error.errno == errno.ENOSPC or "No space left" in text:
        return f"{place}the disk is full; free some space and the same command continues"
    return f"{place}{error.strerror or text}"


def _widen_output() -> None:
    """Let tables be printed where the system's own encoding has no Greek letters or dashes."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure: Any = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


if __name__ == "__main__":
    sys.exit(main())
