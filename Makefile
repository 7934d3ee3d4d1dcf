# Accordance: what one can do here. `make` alone prints the list.
#
# Needs Python 3.11 or newer (with its venv module and header files), a C compiler and make.
# Another Python: make test PYTHON=python3.13

PYTHON ?= python3
ALL    ?=
ARGS   ?=
N      ?=
ONLY   ?=
CASE   ?= cases/backtest/g4s-olympics-2012-t1-scale-up.facts.yaml

# durable-rules is compiled at installation; from Python 3.13 on its C code needs this define,
# before that it changes nothing.
override CPPFLAGS += -DPyEval_CallObject=PyObject_CallObject
export CPPFLAGS

# pyenv puts commands such as python3.13 on the path that fail until a version is chosen; then
# the interpreter itself is taken.
INTERPRETER := $(shell $(PYTHON) -c 'import sys; print(sys.executable)' 2>/dev/null \
  || ls -d "$$(pyenv root 2>/dev/null)"/versions/*/bin/$(PYTHON) 2>/dev/null | tail -n 1)
VERSION := $(if $(INTERPRETER),$(shell "$(INTERPRETER)" -c \
  'import sys; print("%d.%d" % sys.version_info[:2] if sys.version_info >= (3, 11) else "")'))
VENV := .venv/$(VERSION)
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SPARK := $(VENV)/.spark

.DEFAULT_GOAL := help
.PHONY: help demo test backtest crosscheck lint format docs bench clean browser java python

help: ## list what one can do
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo "  PYTHON=python3.13  use another Python (3.11 or newer)"
	@echo "  ALL=1              install and require what tests would otherwise skip"
	@echo "  ARGS='-k table'    hand arguments on to the test suite"
	@echo "  N=50               how often make crosscheck tries the laws (10)"
	@echo "  ONLY=peers         one part of make bench: check, sweep, portfolio, impact or peers"
	@echo "  N=1000000          with how many records make bench sweeps"

demo: $(READY) ## set up, then check one real partnership and print the report
	@$(BIN)/accordance check $(CASE) --fail-on never

test: $(READY) $(if $(ALL),browser java $(SPARK)) ## set up, then run the test suite
	@ACCORDANCE_ALL=$(ALL) $(BIN)/python -m pytest -q -n auto --dist loadfile $(ARGS)

backtest: $(READY) ## run documented collaborations against the strategy, as found and blind
	@$(BIN)/accordance test cases/backtest

crosscheck: $(READY) java $(SPARK) ## try the laws N times as often, on examples that no run has seen
	@ACCORDANCE_CROSSCHECK=$(or $(N),10) $(BIN)/python -m pytest -q tests/laws tests/sweep/test_many_pairs.py tests/sweep/test_grounds.py tests/sweep/test_on_spark.py $(ARGS)

lint: $(READY) ## ruff (rules and format) and mypy --strict
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(READY) ## put the code into ruff's format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(READY) ## write the pages anew that are made from the rules and the program
	@$(BIN)/accordance rules --pages docs/rules
	@$(BIN)/python -m accordance.workbench.coverage docs/coverage.md
	@$(BIN)/python -m accordance.feel.truth_tables docs/logic.md
	@$(BIN)/python -m accordance.workbench.lint.diagnostics docs/lint

bench: $(READY) $(VENV)/.bench ## measure; every figure is a ratio within one run
	@$(BIN)/python -u -m benchmarks $(ONLY) $(if $(N),--records $(N)) $(ARGS)

clean: ## remove the virtual environments and caches
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis dist build

# The engines that make bench compares with; one that cannot be installed here is left out.
$(VENV)/.bench: $(READY) pyproject.toml constraints.txt
	@$(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["bench"], sep="\n")' \
	  | while read -r engine; do \
	    $(BIN)/python -m pip install --quiet --prefer-binary -c constraints.txt "$$engine" \
	      || echo "make: $$engine cannot be installed here; it is left out" >&2; \
	  done
	@touch $@

# What tests in a browser need; without `make test ALL=1` those tests are skipped where it lacks.
browser:
	@tests/browser/install.sh

# What tests on Spark need, likewise; some 320 MB.
java:
	@tests/sweep/install_java.sh

$(SPARK): $(READY)
	@$(BIN)/python -m pip install --quiet --no-build-isolation -c constraints.txt -e '.[spark]'
	@touch $@

python:
	@test -n "$(INTERPRETER)" || { echo "make: no $(PYTHON) here; name one with PYTHON=..." >&2; exit 1; }
	@test -n "$(VERSION)" || { echo "make: $(PYTHON) is older than 3.11; name another with PYTHON=python3.12" >&2; exit 1; }

$(READY): pyproject.toml constraints.txt | python
	@echo "setting up $(VENV) (once; a few minutes at most)"
	@"$(INTERPRETER)" -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet -c constraints.txt setuptools wheel hatchling
	@$(BIN)/python -m pip install --quiet --no-build-isolation -c constraints.txt -e '.[dev]'
	@$(BIN)/python -m compileall -q engine # so that a command starts quickly, also where Python may write none
	@touch $@
