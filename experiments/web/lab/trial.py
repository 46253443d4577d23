"""One comparison of one browser, from the question to the last spread; the page shows how far it is.

    looking       few runs of each scheme, urgent
    running       the study itself, round by round; after each the answer so far
    assuming      the same with other plausible numbers in every run
    done          nothing more is computed unless it is asked for

Everything is computed by worker processes, into a folder that is `crosspurpose compare`'s own.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from experiments import study as studies
from experiments.study import Block, Study
from experiments.web.jobs import Busy, Cancelled, Crashed, Workers
from experiments.web.lab import tasks
from experiments.web.lab.conversation import REFERENCE, ready_made
from experiments.web.lab.tasks import Compositions, Glance, Prepared
from sim.errors import InvalidInput, RunFailed

logger = logging.getLogger(__name__)

IDLE, LOOKING, RUNNING, ASSUMING, DONE = "idle", "looking", "running", "assuming", "done"
SERVER = "the server itself"  # who wants what all browsers need
STRUCTURES: tuple[tuple[str, ...], ...] = ((), ("organisation=standard", "reporting=standard"))


class Library:
    """Configurations of schemes, kept for all browsers: it takes Hydra a third of a second to compose one.

    Parameters
    ----------
    workers : Workers
    """

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._found: dict[tuple[tuple[str, ...], str], dict[str, Any]] = {}

    async def fill(self) -> None:
        """Compose all ready-made schemes, before anybody asks: one by one, so that who asks is soon served."""
        names = ["_blank", *REFERENCE, *ready_made()]
        wanted = [(words, name) for words in STRUCTURES for name in names]
        each = (self._compose(SERVER, words, [name], urgent=False) for words, name in wanted)
        await asyncio.gather(*each, return_exceptions=True)

    async def of(self, owner: str, words: Sequence[str], schemes: Sequence[str]) -> Compositions:
        """Return the configuration of each scheme, with some words more."""
        key = tuple(words)
        missing = [s for s in schemes if (key, s) not in self._found]
        await asyncio.gather(*(self._compose(owner, key, [s], urgent=True) for s in missing))
        return {s: self._found[key, s] for s in schemes}

    async def _compose(self, owner: str, words: tuple[str, ...], schemes: Sequence[str], urgent: bool) -> None:
        found = await self._workers.run(owner, partial(tasks.composed, words, schemes), urgent=urgent)
        self._found |= {(words, s): config for s, config in found.items()}


class Trial:
    """A comparison on its way.

    Parameters
    ----------
    owner : str
        The browser it is for.
    workers : Workers
    folder : Path
        Where its results go; it is the trial's own.
    changed : callable
        Is called, without arguments, whenever there is something new to show.
    """

    def __init__(self, owner: str, workers: Workers, folder: Path, changed: Callable[[], None]) -> None:
        self.owner, self.folder = owner, folder
        self._workers, self._changed = workers, changed
        self._work: asyncio.Task[None] | None = None
        self.stage, self.problem = IDLE, ""
        self.done = self.of = 0  # tasks of the stage
        self.prepared: Prepared | None = None
        self.glances: dict[str, Glance] = {}
        self.answer = ""  # what there is to show of it, as HTML
        self.file = ""

    @property
    def busy(self) -> bool:
        """Whether something is being computed."""
        return self._work is not None and not self._work.done()

    def begin(self, text: str, known: Callable[[], Any] | None = None) -> None:
        """Start on a scenario file.

        Parameters
        ----------
        text : str
        known : callable or None
            Returns an awaitable of the configurations of all its schemes, if the file is the lab's own.
        """
        self.cancel()
        self.stage, self.problem, self.prepared, self.answer, self.file = LOOKING, "", None, "", text
        self.done = self.of = 0
        self.glances = {}
        self._start(self._run(text, known))

    def again(self) -> None:
        """Go on after something went wrong; what is done is kept."""
        if self.busy or self.stage == DONE:
            return
        if self.prepared is None:
            self.begin(self.file)
            return
        self.problem = ""
        self._start(self._compute(self.prepared))

    def why(self) -> None:
        """Take the gap apart between what each score promises and what comes; the answer then says it."""
        if self.prepared is not None and not self.busy:
            self.problem = ""
            self._start(self._take_apart(self.prepared))

    def cancel(self) -> None:
        """Let go of what is being computed; what was shown stays."""
        self._workers.cancel(self.owner)
        if self._work is not None:
            self._work.cancel()
            self._work = None
        if self.stage != DONE:
            self.stage = IDLE

    def close(self) -> None:
        """Let go of everything, the folder too."""
        self.cancel()
        shutil.rmtree(self.folder, ignore_errors=True)

    async def ask(self, task: Callable[[], Any]) -> Any:
        """Return what a task returns that somebody waits for at the page."""
        return await self._workers.run(self.owner, task, urgent=True)

    def _start(self, what: Any) -> None:
        self._work = asyncio.create_task(self._watched(what))
        self._changed()

    async def _watched(self, what: Any) -> None:
        """Do it, and turn what goes wrong into one sentence."""
        try:
            await what
        except Cancelled:
            pass
        except InvalidInput as error:
            self.problem, self.stage = str(error), IDLE
        except (Crashed, Busy, RunFailed) as error:
            self.problem = f"{str(error)[:1].upper()}{str(error)[1:]}."
        except OSError as error:
            self.problem = f"The machine that computes this could not store a result ({error.strerror})."
        except Exception:
            logger.exception("a comparison failed")
            self.problem = "Something went wrong here that should not; what is shown stays as it is."
        finally:
            self._changed()

    async def _run(self, text: str, known: Callable[[], Any] | None) -> None:
        configurations: Mapping[str, Any] | None = None if known is None else await known()
        ready = await self.ask(partial(tasks.prepared, text, self.folder, configurations))
        self.prepared = ready
        self.of = len(ready.ranked)
        self._changed()
        await asyncio.gather(*(self._look(ready, name) for name in ready.ranked))
        await self._compute(ready)

    async def _look(self, ready: Prepared, name: str) -> None:
        config, seed = ready.study.variants[name].config, ready.study.seed
        self.glances[name] = await self.ask(partial(tasks.glanced, config, seed))
        self.done += 1
        self._changed()

    async def _compute(self, ready: Prepared) -> None:
        """Run what is not there yet."""
        self.stage, self.done = RUNNING, 0
        self.of = sum(len(r) for r in ready.rounds)
        for blocks in ready.rounds:
            await self._blocks(ready.study, self.folder, blocks)
            await self._answer()
        await self._finish(ready.study, self.folder, [b for r in ready.rounds for b in r])
        if ready.others is not None:
            self.stage, self.done, self.of = ASSUMING, 0, len(ready.draws)
            beside = self.folder / "assumptions"
            await self._blocks(ready.others, beside, ready.draws)
            await self._finish(ready.others, beside, ready.draws)
            await self._answer()
        self.stage = DONE

    async def _blocks(self, study: Study, folder: Path, blocks: Sequence[Block]) -> None:
        """Compute some blocks; those that are there already are not computed again."""
        self._changed()
        how = (study.seed, study.members, study.shadow, study.assumed)

        async def compute(block: Block) -> None:
            if not (folder / "_runs" / f"{block.name}.parquet").exists() and not (folder / "runs.parquet").exists():
                config = study.variants[block.scheme].config
                await self._workers.run(self.owner, partial(studies.compute, folder, config, block, *how))
            self.done += 1
            self._changed()

        await asyncio.gather(*(compute(b) for b in blocks))

    async def _finish(self, study: Study, folder: Path, blocks: Sequence[Block]) -> None:
        await self.ask(partial(tasks.finished, study, folder, sorted(b.name for b in blocks)))

    async def _answer(self) -> None:
        self.answer = await self._workers.run(self.owner, partial(tasks.answered, self.folder))
        self._changed()

    async def _take_apart(self, ready: Prepared) -> None:
        await self._workers.run(self.owner, partial(tasks.taken_apart, ready.study, self.folder, ready.labels))
        await self._answer()
