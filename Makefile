# Datenschleuse. Needs Python 3.11, pip and make; sets up all else.
PY ?= python3
BIN := .venv/bin
UV := $(BIN)/uv --system-certs
PIP := $(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes

.PHONY: demo up check test fuzz faults setup lock clean
MINUTES ?= 10
CASES := $(filter-out %/fields.json,$(wildcard tests/vectors/cases/*.json))

demo: setup
	@$(BIN)/python -m gateway.demo

up: setup
	@$(BIN)/python -m gateway.demo --stay

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry . --no-ansi
	$(BIN)/vulture
	$(BIN)/datenschleuse policy check
	$(BIN)/datenschleuse policy test $(CASES)
	$(BIN)/pytest -q -n 2 --dist loadgroup -m "not opa" --ignore tests/policies/test_rego.py --ignore tests/policies/test_replay_of_many.py tests/contracts tests/policies tests/test_rules_about_code.py

test: check
	$(BIN)/pytest -q -n 2 --dist loadgroup
	$(BIN)/python -m gateway.demo

fuzz: setup
	$(BIN)/python -m tests.fuzz --minutes $(MINUTES)

faults: setup
	$(BIN)/python -m tests.faults --minutes $(MINUTES)

setup: .venv/.locked

.venv/.locked: locks/bootstrap.txt locks/dev.txt locks/engine.txt locks/oracle.txt pyproject.toml
	$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	$(PY) -m venv .venv
	$(PIP) -r locks/bootstrap.txt
	$(UV) pip sync -q --python $(BIN)/python --require-hashes locks/dev.txt
	$(UV) pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	$(PIP) --ignore-requires-python --no-deps --only-binary=:all: -r locks/engine.txt -r locks/oracle.txt
	touch $@

lock: setup
	$(UV) pip compile pyproject.toml -q --universal --generate-hashes --no-emit-index-url --no-annotate --no-header -o locks/run.txt
	$(UV) pip compile pyproject.toml -q --universal --generate-hashes --no-emit-index-url --no-annotate --no-header --group dev -c locks/run.txt -o locks/dev.txt

clean:
	rm -rf .venv .demo
