# `make demo` and `make test` need Python 3.11 or newer and a C++ compiler: each makes .venv and installs what it uses.
# Without a compiler the library computes on NumPy, and the tests of the C++ engine are left out.
PYTHON ?= python3
BIN := .venv/bin
COMPILER := $(shell command -v $${CXX:-c++} || command -v g++ || command -v clang++)
PYTEST := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -n auto

.PHONY: help demo test lint check-all bench bench-playground peers docs clean native native-test native-sanitize native-arm
.NOTPARALLEL:  # parts of one installation are not to be made at the same time; each is parallel in itself

help:  ## List what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

demo: .venv/demo.installed native  ## Train the bundled Fashion-MNIST sample, save a model and a plot
	@mkdir -p demo
	$(BIN)/rosenblatt train --epochs 15 --seed 1 --save demo/model.safetensors --plot demo/history.png

test: .venv/dev.installed native native-test  ## Run the tests, the doctests, and the code in docs, examples and notebooks
	$(PYTEST) -m "not slow"

lint: .venv/dev.installed  ## Check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

check-all: .venv/dev.installed lint native native-test native-sanitize native-arm  ## Everything, the long runs on full data too (set ROSENBLATT_DATA)
	$(PYTEST)

# The peers that are large or old: without them, the tests that need them are left out and counted.
KERASES := 3.0.5 3.8.0

peers: .venv/peers.installed  ## Install PyTorch and older versions of Keras, for the tests of files that come and go

.venv/peers.installed: .venv/dev.installed
	$(BIN)/python -m pip install --quiet torch==2.13.0
	for version in $(KERASES); do \
	    $(BIN)/python -m pip install --quiet --no-deps --target .venv/keras-$$version keras==$$version dm-tree attrs wrapt || exit 1; \
	done
	@touch $@

bench: .venv/dev.installed native  ## Measure speed beside the peers that are installed
	$(BIN)/python -m benchmarks

bench-playground: .venv/dev.installed native  ## Measure the playground in Chromium, ten minutes of training included
	$(BIN)/python -m benchmarks.playground --soak 10

docs: .venv/dev.installed native  ## Remake what is generated: API reference, pictures, notebooks
	$(BIN)/python tools/make_api_reference.py
	$(BIN)/python tools/make_pictures.py
	$(BIN)/python tools/make_notebooks.py

clean:  ## Remove what was made
	rm -rf .venv demo build dist .pytest_cache .mypy_cache .ruff_cache src/rosenblatt/engines/_native.*.so

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("rosenblatt needs Python 3.11 or newer: make PYTHON=python3.11 ..." if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip

# The C++ engine is not built by pip here but below, so that after a change only what changed is compiled.
INSTALL := ROSENBLATT_PURE_PYTHON=1 $(BIN)/python -m pip install --quiet --editable

.venv/demo.installed: pyproject.toml | .venv/bin/python
	$(INSTALL) '.[all,build]'
	@touch $@

.venv/dev.installed: pyproject.toml | .venv/bin/python
	$(INSTALL) '.[dev]'
	@touch $@ .venv/demo.installed

# --- The C++ engine ---------------------------------------------------------------------------------

CMAKE := $(BIN)/cmake -S native -G Ninja -D CMAKE_MAKE_PROGRAM=$(CURDIR)/$(BIN)/ninja \
    -D ROSENBLATT_WERROR=$(if $(CI),ON,OFF)

ifneq ($(COMPILER),)
native: build/native/CMakeCache.txt  ## Build the C++ engine into src, where the editable install finds it
	$(BIN)/cmake --build build/native --target _native

native-test: build/native/CMakeCache.txt  ## Test the C++ engine, each instruction set that this machine has
	$(BIN)/cmake --build build/native
	$(BIN)/ctest --test-dir build/native --output-on-failure --no-tests=error
else
native native-test:
	@echo "There is no C++ compiler: rosenblatt computes on NumPy, and $@ is left out. Debian has one as g++."
endif

build/native/CMakeCache.txt: .venv/demo.installed
	$(CMAKE) --fresh -B build/native -D ROSENBLATT_PYTHON=ON -D ROSENBLATT_IN_TREE=ON \
	    -D Python_EXECUTABLE=$(CURDIR)/$(BIN)/python

native-sanitize: .venv/demo.installed  ## Test it under AddressSanitizer, UndefinedBehaviorSanitizer and ThreadSanitizer
	$(CMAKE) -B build/address -D ROSENBLATT_SANITIZE=address,undefined
	$(BIN)/cmake --build build/address
	$(BIN)/ctest --test-dir build/address --output-on-failure --no-tests=error
	$(CMAKE) -B build/thread -D ROSENBLATT_SANITIZE=thread
	$(BIN)/cmake --build build/thread --target test_team test_network
	$(BIN)/ctest --test-dir build/thread --output-on-failure --no-tests=error --tests-regex '^(team|network)$$'

ifneq ($(and $(shell command -v aarch64-linux-gnu-g++),$(shell command -v qemu-aarch64)),)
native-arm: .venv/demo.installed  ## Test it on 64-bit ARM, which qemu emulates
	$(CMAKE) -B build/arm --toolchain cmake/aarch64.cmake
	$(BIN)/cmake --build build/arm
	$(BIN)/ctest --test-dir build/arm --output-on-failure --no-tests=error
else
native-arm:
	@echo "Left out: the C++ engine on 64-bit ARM, which needs Debian's g++-aarch64-linux-gnu and qemu-user."
endif
