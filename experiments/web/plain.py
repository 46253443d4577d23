"""What plain pages share: how a file of theirs is sent, and how what comes back is read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fastapi import Request, Response

KINDS = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
}


class Malformed(ValueError):
    """What came is no request of these pages."""


def page(file: Path, cache: str = "no-cache") -> Response:
    """Return a file of a page; `cache` is its Cache-Control."""
    return Response(file.read_bytes(), media_type=KINDS[file.suffix], headers={"Cache-Control": cache})


async def sent(request: Request, most: int) -> dict[str, Any]:
    """Return the mapping that was sent as JSON, of a stated length up to so many bytes; `Malformed` for all else."""
    size = request.headers.get("content-length", "")
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if not size.isdigit() or int(size) > most or kind != "application/json":
        raise Malformed
    try:
        found = json.loads(await request.body(), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Malformed from None
    if not isinstance(found, dict):
        raise Malformed
    return found


def _no_number(name: str) -> None:
    """Refuse NaN and infinity, which Python reads and JSON does not have."""
    raise ValueError(name)
