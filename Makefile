# `make` lists the targets.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help install demo test lint types layers check lock pictures bench clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 12

$(STAMP): requirements.lock pyproject.toml hatch_build.py secretshift/history/_native.c
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "secretshift needs Python 3.11 or newer; set PYTHON=/path/to/python3.11" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

install: $(STAMP) ## make .venv from the lock file, with .venv/bin/secretshift

demo: $(STAMP) ## the main job against an embedded AWS, start to undo
	$(BIN)/secretshift demo --headless

test: $(STAMP) ## the test suite
	$(BIN)/python -m pytest -n 6 --dist worksteal

lint: $(STAMP) ## ruff: lint and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP) ## mypy --strict
	$(BIN)/mypy

layers: $(STAMP) ## imports point downwards only
	$(BIN)/lint-imports

check: lint types layers ## everything but the tests

bench: $(STAMP) ## the measurements (not part of the suite)
	$(BIN)/python -m pytest tests/bench -m bench --benchmark-only
	$(BIN)/python -m tests.bench.tui_speed
	$(BIN)/python -m tests.bench.quality
	$(BIN)/python -m tests.bench.hostile_files

pictures: $(STAMP) ## the pictures of the README and the recording, from the real program
	$(BIN)/python docs/pictures/make.py
	$(BIN)/python docs/pictures/interface.py

lock: ## renew requirements.lock (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --all-extras --group dev pyproject.toml -o requirements.lock

clean: ## remove .venv and caches
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .benchmarks build dist
