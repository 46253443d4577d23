"""Fuzz of the command line: `python -m tests.fuzz SECONDS [SEED]`; every finding is a line of JSON."""

from __future__ import annotations

import sys

from tests.fuzz.campaign import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
