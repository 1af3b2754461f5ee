# Two commands for everybody: `make run` and `make test`. `make check` is for those who change code.
IS_3_11 := 'import sys; sys.exit(sys.version_info[:2] != (3, 11))'
# Python 3.11 has another name where it is the system's only Python, or an environment's.
PYTHON ?= $(shell for name in python3.11 python3 python; do \
  "$$name" -c $(IS_3_11) 2>/dev/null && echo "$$name" && break; done)
VENV := .venv
BIN := $(VENV)/bin
# Two processes: much of the suite waits for other processes. Each file's tests stay together, since
# they share what is dear to build, and files are taken as they come, so that no long one is last.
WORKERS ?= 2
PARALLEL := -n $(WORKERS) --dist loadfile --no-loadscope-reorder

.PHONY: install run test test-long coverage check tour clean

install: $(VENV)/.installed

# The stamp is younger than what it was made from: nothing to do.
$(VENV)/.installed: pyproject.toml constraints.txt
	@"$(PYTHON)" -c $(IS_3_11) 2>/dev/null \
	  || { echo "Inkthread needs Python 3.11; say where it is: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt torch==2.13.0
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev,postgres]'
	@touch $@

run: install
	@$(BIN)/inkthread run

test: install
	$(BIN)/python -m pytest $(PARALLEL) --durations=10 -m "not long"

test-long: install
	$(BIN)/python -m pytest $(PARALLEL) -m long

# Of the tests' own processes; what the bot and its workers run in theirs is not counted.
coverage: install
	$(BIN)/python -m pytest $(PARALLEL) -q -m "not long" --cov --cov-report=term:skip-covered

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/storage/test_migrate.py

# The README's pictures, anew. Needs chromium.
tour: install
	$(BIN)/python -m tests.tour

clean:
	rm -rf $(VENV) build *.egg-info
