"""Results that stand in a folder, opened as tables that may be larger than memory.

    manifest    what was run, how and with what
    points      the points of a sweep, a row each; None for anything else
    runs        a row per run, a column per measure; so are weekly, reviews, members, levels, knowledge,
                where they were kept; of `replicate` a row per point, run and step

Nothing but names and types is read until rows are asked for. Files that are being written, which are hidden, are not
looked at. Rows come in the order of the files; a sweep writes its own as they are done, each row says its point and
run.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

import yaml

from sim.errors import InvalidInput, nearest

if TYPE_CHECKING:
    import pandas as pd

TABLES = ("runs", "weekly", "reviews", "members", "levels", "knowledge")
PARTS = "_runs"  # of runs, while a study is unfinished
Where = Mapping[str, Any]  # column → its value, or a list of values


@final
@dataclass(frozen=True, kw_only=True)
class Table:
    """A table in files that have the same kind of rows.

    Parameters
    ----------
    name : str
    files : tuple of Path
    """

    name: str
    files: tuple[Path, ...]

    @cached_property
    def _dataset(self) -> Any:
        import pyarrow as pa
        import pyarrow.dataset as ds
        import pyarrow.parquet as pq

        schemas = []
        for file in self.files:
            try:
                schemas.append(pq.read_schema(file).remove_metadata())
            except (pa.ArrowException, OSError) as error:
                reason = str(error).splitlines()[0]
                raise InvalidInput(self.name, str(file), f"a file that can be read ({reason})") from None
        schema = pa.unify_schemas(schemas, promote_options="permissive")
        return ds.dataset([str(f) for f in self.files], schema=schema, format="parquet")

    @property
    def columns(self) -> list[str]:
        """Names of the columns, those of all files together."""
        return [str(n) for n in self._dataset.schema.names]

    def __len__(self) -> int:
        """How many rows there are."""
        return int(self._dataset.count_rows())

    def head(self, n: int = 5) -> pd.DataFrame:
        """Return the first rows."""
        found: pd.DataFrame = self._dataset.head(n).to_pandas()
        return found

    def to_pandas(self, columns: Sequence[str] | None = None, where: Where | None = None) -> pd.DataFrame:
        """Return rows, in memory.

        Parameters
        ----------
        columns : sequence of str or None
            Which; None: all.
        where : mapping or None
            Column → the value, or the list of values, that the rows have.
        """
        found: pd.DataFrame = self._dataset.to_table(**self._asked(columns, where)).to_pandas()
        return found

    def batches(
        self, rows: int = 100_000, columns: Sequence[str] | None = None, where: Where | None = None
    ) -> Iterator[pd.DataFrame]:
        """Yield rows, so many at most at a time."""
        if isinstance(rows, bool) or not isinstance(rows, int) or rows < 1:
            raise InvalidInput("rows", rows, "a whole number, at least 1")
        for batch in self._dataset.to_batches(batch_size=rows, **self._asked(columns, where)):
            if batch.num_rows:
                yield batch.to_pandas()

    def _asked(self, columns: Sequence[str] | None, where: Where | None) -> dict[str, Any]:
        """Return what to ask the files for; refuse columns that they do not have."""
        import pyarrow.compute as pc

        for name in [*(columns or ()), *(where or {})]:
            if name not in self.columns:
                allowed = f"a column of {self.name}: see .columns"
                raise InvalidInput("columns", name, allowed, nearest(name, self.columns))
        chosen = None
        for name, value in (where or {}).items():
            among = list(value) if isinstance(value, list | tuple | set | range) else [value]
            one = pc.field(name).isin(among)
            chosen = one if chosen is None else chosen & one
        return {"columns": None if columns is None else list(columns), "filter": chosen}


@final
@dataclass(frozen=True, kw_only=True)
class Opened:
    """Results of a study; its tables are attributes.

    Parameters
    ----------
    path : Path
    manifest : dict
    tables : mapping of str to Table
        Those that there are.
    """

    path: Path
    manifest: dict[str, Any]
    tables: Mapping[str, Table]

    @cached_property
    def points(self) -> pd.DataFrame | None:
        """The points of a sweep, a row each and a column per parameter; None for anything else."""
        import pandas as pd

        file = self.path / "points.csv"
        if not file.exists():
            return None
        frame = pd.read_csv(file, dtype=str, keep_default_na=False)
        found = {k: [from_cell(text) for text in column] for k, column in frame.items()}
        return pd.DataFrame(found)

    def __getattr__(self, name: str) -> Table:
        """Return a table."""
        if name not in TABLES:
            raise AttributeError(f"results have no {name!r}; their tables are {', '.join(TABLES)}")
        if name not in self.tables:
            raise InvalidInput("table", name, f"one that is in {self.path}: {', '.join(self.tables) or 'none yet'}")
        return self.tables[name]


def open(folder: str | Path) -> Opened:
    """Open the results that stand in a folder.

    Parameters
    ----------
    folder : str or Path
        What `crosspurpose run`, `compare`, `strength`, `sweep` … wrote, finished or not.

    Examples
    --------
    >>> import sim, tempfile
    >>> place = Path(tempfile.mkdtemp())
    >>> _ = (place / "manifest.json").write_text('{"verb": "run", "format": 1, "same": ""}')
    >>> results = sim.simulate(sim.load("weeks=13"), runs=3, seed=1)
    >>> results.measures().reset_index().to_parquet(place / "runs.parquet")
    >>> found = open(place)
    >>> len(found.runs), found.runs.columns[:2], found.points is None
    (3, ['run', 'worth'], True)
    >>> found.runs.to_pandas(columns=["run"], where={"run": [0, 2]})["run"].tolist()
    [0, 2]
    """
    path = Path(folder).expanduser()
    try:
        manifest = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        manifest = None
    if not isinstance(manifest, dict) or "same" not in manifest:
        raise InvalidInput("folder", str(folder), "a folder with results of crosspurpose, with its manifest.json")
    files = {name: _files(path, name) for name in TABLES}
    tables = {k: Table(name=k, files=v) for k, v in files.items() if v}
    return Opened(path=path, manifest=manifest, tables=tables)


def _files(path: Path, name: str) -> tuple[Path, ...]:
    """Files of a table, in order: one, or all that stand in its folder."""
    one = path / f"{name}.parquet"
    if one.exists():
        return (one,)
    rooms = (name, PARTS) if name == "runs" else (name,)
    found = (sorted(f for f in (path / room).glob("*.parquet") if not f.name.startswith(".")) for room in rooms)
    return next((tuple(f) for f in found if f), ())


def from_cell(text: str) -> Any:
    """Read a value from the text of a cell: as JSON, else as yaml reads it.

    Examples
    --------
    >>> [from_cell(t) for t in ("commits", "0.1", "true", "null", '"true"')]
    ['commits', 0.1, True, None, 'true']
    """
    try:
        return json.loads(text)
    except ValueError:
        return yaml.safe_load(text)
