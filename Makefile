# `make help` lists what can be made. Everything happens in .venv, which is made on first use.

# What a Python must be able to do before .venv can be made with it.
CHECK = import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 12))

# The stamp .venv/.installed holds the folder that .venv was made in: an environment that was copied or moved along
# with the project would still run the code of the old place, so it is made anew. So it is when PYTHON=... names
# another Python.
BASE_OF = -c 'import sys; print(sys.base_prefix)'
KEEP := $(shell \
    [ "$$(cat .venv/.installed 2>/dev/null)" = "$$(pwd -P)" ] && \
    .venv/bin/python -c '$(CHECK)' 2>/dev/null && \
    { [ -z "$(PYTHON)" ] || [ "$$("$(PYTHON)" $(BASE_OF) 2>/dev/null)" = "$$(.venv/bin/python $(BASE_OF))" ]; } && \
    echo yes)

# The first Python that passes the check, by being run: a name on the PATH may be a shim that starts nothing.
FIND = try() { "$$1" -c '$(CHECK)' >/dev/null 2>&1 && echo "$$1" && exit; }; \
    if [ -n "$(PYTHON)" ]; then try "$(PYTHON)"; exit; fi; \
    for name in python3.14 python3.13 python3.12 python3 python; do \
        IFS=:; for folder in $$PATH; do try "$${folder:-.}/$$name"; done; unset IFS; \
    done; \
    for python in "$${PYENV_ROOT:-$$HOME/.pyenv}"/versions/*/bin/python; do try "$$python"; done
FOUND = $(shell $(FIND))
NONE = $(if $(PYTHON),PYTHON=$(PYTHON) is not,found no) Python 3.12 or newer with venv and ensurepip; name one with: \
make PYTHON=/path/to/python

export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: help setup run test lint bench soak docs rebuild
.DEFAULT_GOAL = help

help:
	@echo "make run    compare the incentive schemes"
	@echo "make test   check style and types, then run the tests"
	@echo "make lint   check style and types only"
	@echo "make bench  measure the speed"
	@echo "make soak   run the heavy tests at full size"
	@echo "make docs   build the documentation site into build/site"
	@echo "make setup  make .venv with all dependencies; all of the above do it when needed"
	@echo "Any of them takes PYTHON=/path/to/python to choose the Python of .venv (3.12 or newer)."

setup: .venv/.installed

.venv/.installed: pyproject.toml constraints.txt $(if $(KEEP),,rebuild)
	@echo "Installing the dependencies into .venv, about a minute ..."
	@.venv/bin/python -m pip install --quiet --no-input -c constraints.txt -e '.[dev]'
	@pwd -P > $@

rebuild:
	$(eval BASE := $(FOUND))
	$(if $(BASE),,$(error $(NONE)))
	@echo "Making .venv with $(BASE)"
	@"$(BASE)" -m venv --clear .venv

run: setup
	@.venv/bin/crosspurpose compare
	@echo 'To type crosspurpose yourself: export PATH="$$PWD/.venv/bin:$$PATH"'

lint: setup
	.venv/bin/python -m ruff check .
	.venv/bin/python -m ruff format --check .
	.venv/bin/python -m mypy

test: lint
	.venv/bin/python -m pytest -n 2

bench: setup
	.venv/bin/python -m benchmarks

soak: setup
	.venv/bin/python -m pytest -m soak

# Material for MkDocs would print a banner about another project's plans.
docs: setup
	.venv/bin/python -m experiments.reference_pages
	NO_MKDOCS_2_WARNING=1 .venv/bin/python -m mkdocs build --strict --quiet
	@echo "Open build/site/index.html"
