# Two commands matter: `make demo` and `make test`. Both set up what they need; second runs start at once.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime-ready
DEV := $(VENV)/.dev-ready
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet
# Where it is set, each of the hundreds of processes that tests start would compile the program anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test lint types rules unit test-slow test-postgresql crash crash-postgresql tour lock clean bench

demo: $(RUNTIME)
	@$(BIN)/newsletter demo

test: lint types rules unit

lint: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(DEV)
	$(BIN)/mypy

rules: $(DEV)
	$(BIN)/lint-imports

unit: $(DEV)
	$(BIN)/pytest -n 3 --dist worksteal -m "not slow" --cov --cov-report=term:skip-covered

test-slow: $(DEV)
	$(BIN)/pytest -m "slow or hypothesis" --hypothesis-profile=searching

# The same suite with a real PostgreSQL in the place of SQLite's files; what is about those files alone is left out.
test-postgresql: $(DEV)
	$(BIN)/pytest -n 2 --dist worksteal -m "not slow and not browser" --store postgresql

# A table of ratios beside named references; ten minutes at most. Uses Postfix's smtp-sink and smtp-source if they can be had.
bench: $(DEV)
	@$(BIN)/python benchmarks/bench.py

# The pictures of docs/studio.md and of the operator's pages, of the sample workspace at a fixed moment; needs a Chromium.
tour: $(DEV)
	$(BIN)/python docs/pictures/tour.py
	$(BIN)/python docs/pictures/operator_tour.py

# Hash-locked: pip refuses anything that is not byte for byte what the lock names.
$(RUNTIME): requirements.lock pyproject.toml
	@echo "Setting up $(VENV), once: half a minute or so"
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): $(RUNTIME) requirements-dev.lock
	@echo "Adding what the tests need, once"
	@$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@

# Kills workers by the hundred while they send to a sink, and ends with one line: who got nothing, or two mails.
KILLS ?= 100
RECIPIENTS ?= 5000
TRANSPORT ?= http
DESIGN ?= ours

crash: $(DEV)
	@PYTHONPATH=tests:. $(BIN)/python tests/crash/crash_run.py --kills $(KILLS) --recipients $(RECIPIENTS) \
	  --transport $(TRANSPORT) --design $(DESIGN)

# The same with four workers that share a PostgreSQL: one is killed every two seconds, and the server once in the middle.
crash-postgresql: $(DEV)
	@$(BIN)/python benchmarks/workers.py --recipients $(RECIPIENTS) --kill 2 --restart

# Needs uv (https://docs.astral.sh/uv/). What the program needs is locked first, and held while the rest is.
lock:
	uv pip compile --quiet pyproject.toml --extra build --generate-hashes --no-header --no-emit-index-url \
	  --python-version 3.11 --output-file requirements.lock
	uv pip compile --quiet pyproject.toml --extra dev --extra build --generate-hashes --no-header --no-emit-index-url \
	  --constraint requirements.lock --python-version 3.11 --output-file requirements-dev.lock

clean:
	rm -rf $(VENV) dist .coverage* .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
