# `make report` and `make test` are all a newcomer needs: each sets up .venv when it is missing or out of date.

SHELL := /bin/sh
.DEFAULT_GOAL := help

# Which Python makes .venv: the one named in PYTHON=..., else that of the present .venv, else the first that is new enough.
OLDEST_PYTHON := 3, 11
ifdef PYTHON
CANDIDATES := "$(PYTHON)"
ASKED := --this-python
else
CANDIDATES := .venv/bin/python python3.11 python3.12 python3.13 python3.14 python3 python
ASKED :=
endif

# What these name would come before .venv.
unexport PYTHONPATH PYTHONHOME
# Kernels, workers and tests are processes by the dozen: each would compile the same files anew.
unexport PYTHONDONTWRITEBYTECODE

# Passed on: make report ARGS="--scenario base --workers 2", make test ARGS="tests/model -k huff"
ARGS ?=
WORKERS ?= auto
BIN := .venv/bin
# A worker takes the files in the order of tests/conftest.py: the long ones first, not those of many tests.
PYTEST = $(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder --quiet

.PHONY: help report test test-fast coverage mutants bench docs pictures lab hooks lint format lock clean ready

help:  ## list the commands
	@awk -F '## ' '/^[a-z-]+:.*## / { split($$1, name, ":"); printf "make %-10s %s\n", name[1], $$2 }' Makefile

report: ready  ## run the base scenario and print the path of the report
	@$(BIN)/retail-portfolio report $(ARGS)

test: ready  ## run every test
	@$(PYTEST) $(ARGS)

test-fast: ready  ## the tests that need neither a kernel nor a browser, in about a minute
	@$(PYTEST) -m "not slow and not notebook and not browser" $(ARGS)

coverage: ready  ## run every test and say which lines none of them reached
	@$(PYTEST) --cov --cov-report term $(ARGS)

mutants: ready  ## mutation tests of the models
	@$(BIN)/python -m tools.mutants $(ARGS)

bench: ready  ## time what the benchmarks claim (make bench ARGS=--quick checks results only)
	@missed=; for script in benchmarks/*.py; do \
		echo "$$script" >&2; $(BIN)/python "$$script" $(ARGS) || missed="$$missed $$script"; \
	done; \
	if [ -n "$$missed" ]; then echo "does not hold:$$missed" >&2; exit 1; fi

docs: ready  ## build the documentation into build/docs
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict $(ARGS)

pictures: ready  ## take the pictures of README.md from reports/latest (make pictures ARGS="--report DIR")
	@$(BIN)/python -m tools.pictures $(ARGS)

# tools/jupyterlab has it open at the notebooks, with tables and scenarios beside them, and ask nobody
# outside: no news, no look for a newer version. A terminal in it finds the programs of .venv.
lab: ready  ## open the notebooks in JupyterLab
	@PATH="$(CURDIR)/$(BIN):$$PATH" JUPYTER_CONFIG_PATH="$(CURDIR)/tools/jupyterlab:$$JUPYTER_CONFIG_PATH" \
		$(BIN)/jupyter lab --notebook-dir . $(ARGS)

hooks: ready  ## have git check each commit of this checkout, and show how notebooks differ
	@$(BIN)/python -m tools.git_notebooks $(ARGS)

# The hooks of .pre-commit-config.yaml run the same lines; a test compares them.
lint: ready  ## check style, types, floors and notebooks
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/nbstripout --keep-id --verify notebooks/*.ipynb notebooks/scratch/template.ipynb

format: ready  ## put right what a program can: style, imports, outputs left in notebooks
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format
	@$(BIN)/nbstripout --keep-id notebooks/*.ipynb notebooks/scratch/template.ipynb

# One lock for every Python from 3.11.0 on and every system: lines that only some need carry a marker.
lock: ready  ## pin the newest versions that pyproject.toml allows (make lock ARGS="--upgrade-package NAME" for one)
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --extra dev \
		--no-config --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
		$(if $(ARGS),$(ARGS),--upgrade) --output-file requirements.lock pyproject.toml
	@echo "wrote requirements.lock; put changed bounds into environment.yml too"

clean:  ## remove .venv and what the tools left; published reports stay
	@rm -rf .venv .venv.lock build dist htmlcov .coverage .coverage.* .hypothesis \
		.import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find . -name .git -prune -o -type d \( -name __pycache__ -o -name .ipynb_checkpoints \) -prune -exec rm -rf {} +

ready:
	@for python in $(CANDIDATES); do \
		if "$$python" -c 'import sys; sys.exit(sys.version_info < ($(OLDEST_PYTHON)))' >/dev/null 2>&1; then \
			exec "$$python" tools/environment.py $(ASKED); \
		fi; \
	done; \
	echo "Python 3.11 or newer is needed. Tried:" >&2; \
	for python in $(CANDIDATES); do \
		case "$$python" in .venv/*) continue ;; esac; \
		echo "  $$python: $$("$$python" --version 2>/dev/null || echo not found)" >&2; \
	done; \
	echo "Install one, or name it: make report PYTHON=/path/to/python3.11" >&2; \
	exit 1
