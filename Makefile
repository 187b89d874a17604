# The same commands here and in CI. `make demo` is the first thing to try.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
STAMPS := $(VENV)/.stamps
TARGET ?= fr
SAMPLE ?= seeds/defence-visit/article.txt

.PHONY: demo check test bench image format clean
.DEFAULT_GOAL := demo

demo: $(STAMPS)/base ## install the program and translate a sample article
	@$(BIN)/dragoman translate $(SAMPLE) --to $(TARGET)

check: $(STAMPS)/dev ## formatting, lint, types, architecture
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: $(STAMPS)/dev ## the whole suite
	$(BIN)/python -m pytest $(PYTEST_ARGS)

bench: $(STAMPS)/bench ## speed and memory tables, written to benchmarks/results
	$(BIN)/python benchmarks/run.py

image: ## container image; IMAGE_BUILDER=docker or buildah, IMAGE_ARGS as container/build --help says
	./container/build $(IMAGE_ARGS)

format: $(STAMPS)/dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(STAMPS)/%: pyproject.toml | $(BIN)/python
	@mkdir -p $(STAMPS)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e $(if $(filter base,$*),.,".[$*]")
	@touch $@
