# Two commands for everybody: `make run` and `make test`. `make check` is for those who change code.
IS_3_11 := 'import sys; sys.exit(sys.version_info[:2] != (3, 11))'
# Python 3.11 has another name where it is the system's only Python, or an environment's.
PYTHON ?= $(shell for name in python3.11 python3 python; do \
  "$$name" -c $(IS_3_11) 2>/dev/null && echo "$$name" && break; done)
VENV := .venv
BIN := $(VENV)/bin

.PHONY: install run test test-long check clean

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
	$(BIN)/python -m pytest -m "not long"

test-long: install
	$(BIN)/python -m pytest -m long

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/storage/test_migrate.py

clean:
	rm -rf $(VENV) build *.egg-info
