# `make demo` and `make test` need nothing but Python 3.11 or newer: each makes .venv and installs what it uses.
PYTHON ?= python3
BIN := .venv/bin
PYTEST := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -n auto

.PHONY: help demo test lint check-all bench docs clean

help:  ## List what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: .venv/demo.installed  ## Train the bundled Fashion-MNIST sample, save a model and a plot
	@mkdir -p demo
	$(BIN)/rosenblatt train --epochs 15 --seed 1 --save demo/model.safetensors --plot demo/history.png

test: .venv/dev.installed  ## Run the tests, the doctests, and the code in docs, examples and notebooks
	$(PYTEST) -m "not slow"

lint: .venv/dev.installed  ## Check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

check-all: .venv/dev.installed lint  ## Everything, the long runs on full data too (set ROSENBLATT_DATA)
	$(PYTEST)

bench: .venv/dev.installed  ## Measure speed beside the peers that are installed
	$(BIN)/python -m benchmarks

docs: .venv/dev.installed  ## Remake what is generated: API reference, pictures, notebooks
	$(BIN)/python tools/make_api_reference.py
	$(BIN)/python tools/make_pictures.py
	$(BIN)/python tools/make_notebooks.py

clean:  ## Remove what was made
	rm -rf .venv demo build dist .pytest_cache .mypy_cache .ruff_cache

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("rosenblatt needs Python 3.11 or newer: make PYTHON=python3.11 ..." if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip

.venv/demo.installed: pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --editable '.[all]'
	@touch $@

.venv/dev.installed: pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@ .venv/demo.installed
