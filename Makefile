# Two commands matter: `make run` serves the demo, `make test` proves it. Both set up what they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STATIC := src/guichet/web/static/build
export UV_PYTHON_DOWNLOADS := never
export GUICHET_STATE ?= var

.PHONY: run test check bench fuzz clean test-system bench-system lock

run: $(VENV)/.base $(STATIC)/.ok $(VENV)/.catalogues
	@$(BIN)/guichet demo run

test: test-system $(VENV)/.dev $(STATIC)/.ok $(VENV)/.catalogues
	@tests/run

check: $(VENV)/.dev $(STATIC)/.ok $(VENV)/.catalogues
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/djlint src --lint --quiet
	cd frontend && PATH="$(CURDIR)/$(BIN):$$PATH" npm run --silent check
	$(BIN)/python -m pytest -q tests/test_shape.py tests/test_contracts.py tests/test_catalogues.py

bench: bench-system $(VENV)/.dev $(STATIC)/.ok $(VENV)/.catalogues
	$(BIN)/python -m benchmarks $(PARTS)

# Beside the suite: for as long as wanted, from where the last run ended.
fuzz: FUZZ_SECONDS ?= 300
fuzz: $(VENV)/.dev
	@$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements/fuzz.txt
	PYTHONPATH=src:tests $(BIN)/python tests/fuzz_requests.py .cache/fuzz -max_total_time=$(FUZZ_SECONDS) -max_len=16384

clean:
	rm -rf $(VENV) var .cache build dist frontend/node_modules $(STATIC) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	find src -name '*.mo' -delete

$(VENV)/.uv: requirements/bootstrap.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Guichet needs Python 3.11 or newer."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python's venv module is missing. On Debian: apt-get install python3-venv"; exit 1; }
	@echo "[1/5] Virtual environment"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	@touch $@

# One environment: `test` adds its tools to what `run` installed and never removes them again.
$(VENV)/.base: $(VENV)/.uv requirements/base.txt pyproject.toml
	@echo "[2/5] Python dependencies"
	@$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements/base.txt
	@$(BIN)/uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.base requirements/dev.txt
	@echo "[2b] Development dependencies"
	@$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements/dev.txt
	@touch $@

frontend/node_modules/.ok: $(VENV)/.base frontend/package.json frontend/package-lock.json
	@echo "[3/5] Front-end dependencies"
	@cd frontend && PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --silent --no-audit --no-fund
	@touch $@

$(STATIC)/.ok: frontend/node_modules/.ok $(shell find frontend/src -type f 2>/dev/null) frontend/build.mjs
	@echo "[4/5] Front end"
	@cd frontend && PATH="$(CURDIR)/$(BIN):$$PATH" npm run --silent build
	@touch $@

$(VENV)/.catalogues: $(VENV)/.base $(shell find src -name '*.po' 2>/dev/null)
	@echo "[5/5] Languages"
	@$(BIN)/python -m guichet.web.catalogues
	@touch $@

test-system:
	@tests/system-packages

bench-system:
	@tests/system-packages requirements/apt-bench.txt

lock: $(VENV)/.uv
	cd requirements && for n in bootstrap base dev fuzz bench-django-ca; do ../$(BIN)/uv pip compile -q --upgrade --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --python-version 3.11 $$n.in -o $$n.txt; done
