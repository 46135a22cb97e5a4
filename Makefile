# Two commands matter: `make run` serves the demo, `make test` proves it. Both set up what they need.
# Debian's own, where it can do: others are often compiled without profiles (docs/adr/0064).
DEBIAN_PYTHON := /usr/bin/python3
PYTHON ?= $(shell $(DEBIAN_PYTHON) -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2> /dev/null && echo $(DEBIAN_PYTHON) || echo python3)
VENV := .venv
BIN := $(VENV)/bin
TOOLS := $(VENV)/tools/bin
STATIC := src/guichet/web/static/build
export UV_PYTHON_DOWNLOADS := never
export GUICHET_STATE ?= var

.PHONY: run test tests-compiled check coverage mutation bench fuzz wheel release test-release test-installation test-containers containers load docs docs-fr docs-en demo-tour gallery clean test-system bench-system lock

run: $(VENV)/.base $(STATIC)/.ok $(VENV)/.catalogues
	@$(BIN)/guichet demo run

# Tests are compiled on one core while the other waits for what the front end is made of.
test: test-system
	@$(MAKE) --no-print-directory -j2 $(STATIC)/.ok tests-compiled
	@tests/run

tests-compiled: $(VENV)/.dev $(VENV)/.catalogues
	@tests/compile

# Each judge is a target of its own: `make` runs two of them at a time, and says which one spoke.
CHECKS := check-types check-rules check-frontend check-audit check-bandit check-style check-shape
.PHONY: $(CHECKS) audit sbom
check: test-system $(VENV)/.dev $(VENV)/.tools $(STATIC)/.ok $(VENV)/.catalogues
	@$(MAKE) --no-print-directory -j2 --output-sync=target $(CHECKS)

check-types:
	$(BIN)/mypy

check-style:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint src --lint --quiet

check-shape:
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m pytest -q tests/test_shape.py tests/test_contracts.py tests/test_catalogues.py

check-frontend:
	cd frontend && PATH="$(CURDIR)/$(BIN):$$PATH" npm run --silent check

check-bandit:
	$(TOOLS)/bandit -q -c pyproject.toml -r src client/src verify/src

# Our own rules, first on examples that they must find or let be. Nothing is fetched or told.
SEMGREP := SEMGREP_SEND_METRICS=off $(TOOLS)/semgrep scan --metrics off --disable-version-check
check-rules:
	@$(SEMGREP) --test tests/rules > .cache/rules.txt 2>&1 || { cat .cache/rules.txt; exit 1; }
	$(SEMGREP) --quiet --error --config tests/rules/python.yaml --config tests/rules/browser.yaml src client/src verify/src frontend/src

check-audit:
	$(BIN)/python tests/kit/audit.py --soft

# Asks advisory databases over the network, and fails where none answers.
audit: $(VENV)/.dev $(VENV)/.tools frontend/node_modules/.ok
	$(BIN)/python tests/kit/audit.py

bench: bench-system $(VENV)/.dev $(STATIC)/.ok $(VENV)/.catalogues
	$(BIN)/python -m benchmarks $(PARTS)

# What runs, by name, version and digest (CycloneDX): from the locks, judged by its schema.
sbom: $(VENV)/.dev
	@PYTHONPATH=tests $(BIN)/python -m kit.sbom dist

# Every line and branch of what decides, reads and signs; nearly all of the rest (docs/adr/0050).
coverage: test-system $(VENV)/.dev $(STATIC)/.ok $(VENV)/.catalogues
	@tests/coverage

# Beside the suite: changes in the rules that a test must see, part by part (tests/kit/mutation.py).
mutation: $(VENV)/.dev
	@test -x .cache/mutation/env/bin/python || $(BIN)/uv venv -q .cache/mutation/env
	@$(BIN)/uv pip install -q --python .cache/mutation/env/bin/python --require-hashes -r requirements/mutation.txt
	$(BIN)/python tests/kit/mutation.py .cache/mutation .cache/mutation/env/bin/mutmut $(PARTS)

# Beside the suite: one reader (TARGET=list names them), for as long as wanted, from where it ended.
fuzz: FUZZ_SECONDS ?= 300
fuzz: TARGET ?= responder
fuzz: $(VENV)/.dev
	@$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements/fuzz.txt
	PYTHONPATH=src:tests:verify/src $(BIN)/python tests/fuzz/run.py $(TARGET) .cache/fuzz -max_total_time=$(FUZZ_SECONDS) -max_len=16384

# What a machine without this folder, Node or a compiler installs (docs/how-to/installer.md).
WHEEL_PARTS := build/lib build/bdist.*
wheel: $(VENV)/.base $(STATIC)/.ok $(VENV)/.catalogues
	@rm -rf $(WHEEL_PARTS) dist
	@$(BIN)/python -m pip wheel -q --no-deps --no-build-isolation --no-index -w dist .
	@cp requirements/base.txt dist/requirements.txt
	@rm -rf $(WHEEL_PARTS) && ls dist

# A version of the last commit, in dist/: built, listed, sealed by the authority that RELEASE_STATE
# holds (docs/adr/0054, docs/how-to/verifier-une-version.md). What hinders it is told before anything
# is built; front end and catalogues are built anew, for nothing else tells what the last were made of.
release: $(VENV)/.dev
	@PYTHONPATH=tests $(BIN)/python -m kit.release
	@rm -f $(STATIC)/.ok $(VENV)/.catalogues
	@$(MAKE) --no-print-directory $(STATIC)/.ok docs
	@PYTHONPATH=tests $(BIN)/python -m kit.release dist

# Beside the suite: a version built in two clones of the last commit, with all that builds it, and an
# installation from a registry last minutes.
test-release: $(VENV)/.dev
	@test -x .cache/release/bin/python || $(BIN)/uv venv -q .cache/release
	@$(BIN)/uv pip install -q --python .cache/release/bin/python --require-hashes -r requirements/release.txt
	@PYTHONPATH=tests $(BIN)/python tests/check_release.py $(CURDIR)/.cache/release/bin/pipx

# Beside the suite: the guides that change a whole machine, on one of their own, under systemd; only
# root may make one (docs/adr/0051).
test-installation: test-system $(VENV)/.dev $(STATIC)/.ok $(VENV)/.catalogues
	@tests/system-packages requirements/apt-installation.txt
	@$(BIN)/python -m pytest -q tests/check_guides.py
	@PYTHONPATH=tests $(BIN)/python tests/check_installation.py

# Beside the suite: the guide of containers by Debian 13's engine, on a machine of its own; only root
# may make one (docs/adr/0043). The first run makes it and the images, in minutes.
test-containers: test-system $(VENV)/.dev
	@tests/system-packages requirements/apt-containers.txt
	@$(BIN)/python -m pytest -q tests/check_compose.py

# Beside the suite: Helm's engine and the schemas of Kubernetes weigh 100 MB (docs/adr/0043).
containers: $(VENV)/.uv
	@test -x .cache/containers/bin/python || $(BIN)/uv venv -q .cache/containers
	@$(BIN)/uv pip install -q --python .cache/containers/bin/python --require-hashes -r requirements/deploy.txt
	@.cache/containers/bin/python tests/check_containers.py

# A whole counter and its people (benchmarks/crowd), locust in an environment of its own.
load: PEOPLE ?= 200
load: MINUTES ?= 5
load: test-system $(VENV)/.dev $(STATIC)/.ok $(VENV)/.catalogues
	@test -x .cache/load/bin/python || $(BIN)/uv venv -q .cache/load
	@$(BIN)/uv pip install -q --python .cache/load/bin/python --require-hashes -r requirements/load.txt
	$(BIN)/python -m benchmarks.crowd $(PEOPLE) $(MINUTES) .cache/load/bin/locust

# The documentation's site, build/docs/fr and build/docs/en (docs/adr/0046). Warnings are errors.
DOCS := $(VENV)/docs/bin
docs: $(VENV)/.base $(VENV)/.docs docs/site/node_modules/.ok $(VENV)/.catalogues
	@rm -rf build/docs build/docs-source
	@GUICHET_STATE=build/docs-source/state $(BIN)/guichet reference build/docs-source
	@$(BIN)/node docs/site/draw.mjs build/docs-source/*/reference/*.md
	@$(MAKE) --no-print-directory -j2 --output-sync=target docs-fr docs-en
	@cp docs/site/entrance.html build/docs/index.html
	@$(DOCS)/python docs/site/check_links.py build/docs
	@echo "build/docs/index.html"

docs-fr docs-en: docs-%:
	@$(DOCS)/python docs/site/stage.py $* build/docs-source/$*
	@GUICHET_DOCS_LANGUAGE=$* $(DOCS)/sphinx-build -q -W --keep-going -c docs/site -d build/docs-source/.read-$* build/docs-source/$* build/docs/$*

# Every page at three widths, light and dark, side by side: what a change of style is reviewed by.
gallery: test-system $(VENV)/.dev $(STATIC)/.ok $(VENV)/.catalogues
	@GALLERY=$(CURDIR)/build/gallery $(BIN)/python -m pytest -q tests/apps/walk/test_every_page.py
	@echo "build/gallery/index.html"

# The whole product in pictures, on a fresh state; docs/screenshots keeps the few that pages show.
demo-tour: test-system $(VENV)/.dev $(STATIC)/.ok $(VENV)/.catalogues
	@PYTHONPATH=tests $(BIN)/python -m browser.tour build/demo-tour docs/screenshots

clean:
	rm -rf $(VENV) var .cache build dist docs/site/node_modules frontend/node_modules $(STATIC) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	find src '(' -name '*.mo' -o -name '*.mo.*' ')' -delete

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

# What judges the code holds back libraries that the code wants newer: an environment of its own.
$(VENV)/.tools: $(VENV)/.uv requirements/tools.txt
	@echo "[2c] Tools of \`make check\`"
	@test -x $(TOOLS)/python || $(PYTHON) -m venv $(VENV)/tools
	@$(BIN)/uv pip install -q --python $(TOOLS)/python --require-hashes -r requirements/tools.txt
	@mkdir -p .cache
	@touch $@

$(VENV)/.docs: $(VENV)/.uv requirements/docs.txt
	@echo "[2d] What builds the documentation"
	@test -x $(DOCS)/python || $(PYTHON) -m venv $(VENV)/docs
	@$(BIN)/uv pip install -q --python $(DOCS)/python --require-hashes -r requirements/docs.txt
	@touch $@

docs/site/node_modules/.ok: $(VENV)/.base docs/site/package.json docs/site/package-lock.json
	@cd docs/site && PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --silent --no-audit --no-fund
	@touch $@

frontend/node_modules/.ok: $(VENV)/.uv frontend/package.json frontend/package-lock.json
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
	cd requirements && for n in bootstrap base otel dsfr dev tools docs deploy load fuzz mutation release bench-django-ca; do ../$(BIN)/uv pip compile -q --upgrade --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --python-version 3.11 $$n.in -o $$n.txt; done
