# Two commands matter: `make demo` and `make test`. Both need only Python (3.11 or newer) and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

RELEASE ?= dist

.PHONY: demo test check docs gallery validate bench release schemas constraints clean

demo: $(STAMP)
	$(BIN)/osea design examples/osea_r1/study.yaml --quick --out out/osea-r1

test: $(STAMP)
	$(BIN)/python -m pytest -n auto --dist loadfile

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/lint-imports

# The documentation site, from the pages and the sources; no network, warnings are errors → out/site/index.html
docs: $(STAMP)
	$(BIN)/python docs/site/make_site.py

# The gallery's pictures, made again by the examples.
gallery: $(STAMP)
	$(BIN)/python docs/site/gallery.py

validate: $(STAMP)
	$(BIN)/osea validate --write docs/validation.md

# docs/benchmarks.md from the tables of all benchmarks; RUN="thermo flight" or RUN=all runs those first.
bench: $(STAMP)
	$(BIN)/python benchmarks/book.py $(if $(RUN),--run $(RUN))

# Wheel, sdist and bill of materials, the wheel tried in a clean environment.
release: $(STAMP)
	.ci/release $(RELEASE)

# The JSON Schemas of the definition files, from the models; a test holds them current.
schemas: $(STAMP)
	$(BIN)/osea schema --out standard/schemas
	$(BIN)/osea data schemas --out standard/launch-data

# The versions that were tested, as they are installed now.
constraints: $(STAMP)
	{ echo "# Tested versions, made by 'make constraints'; pip takes them by -c. pyproject.toml says what is needed."; \
	  $(BIN)/python -m pip list --disable-pip-version-check --format=freeze --exclude osea-rocket --exclude pip; } > constraints.txt
	touch $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "OSEA-Rocket needs Python 3.11 or newer; this is " + sys.version.split()[0] + " (set PYTHON=python3.12, say)")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	mkdir -p $(VENV)/static && ln -sfn ../.. $(VENV)/static/osea_rocket
	touch $(STAMP)

clean:
	rm -rf $(VENV) build dist out *.egg-info
