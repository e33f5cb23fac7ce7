# make demo    a whole call in real time, without any account (MODEL=openai: the real model; ARGS=--short)
#              STORY=all-at-once, or another: STORY=list prints them
# make play    phone it yourself, from the browser (MODEL=openai: the real model; ARGS="--lan --no-browser")
# make test    the whole suite (PYTEST="-k name" for some of it)
# make sim     the phone network alone, for any Twilio app: make sim APP=http://127.0.0.1:5000/path
#              (its telephones are at http://127.0.0.1:9000/phones)
# make lint    ruff and mypy (also: make check)
# make mutants what the tests of the core do not notice: every change to it, one at a time (some minutes)
# make model   what one call can reach under a carrier that does anything (ARGS="--troubles 2 --most 25000")
# make away    how long callers hear nothing while the app is dead (some minutes; ARGS="--seconds 3 next_verb")
# make stories every story under every law that touches it, judged by trace and sound (an hour or so;
#              goes on where it stopped, in stories-output; ARGS="--part 2/8 --workers 3" for a piece)
# make chaos   random worlds, in which things die, are cut and go missing (SEEDS=1-250; some hours)
#              KILLS=all: instead, the app killed at every boundary of every story; KILLS=200: at so many
#              (both go on where they stopped, in chaos-output; ARGS="--part 2/8 --seconds 3000" for a piece)
# make soak    twenty minutes of fifty calls at once with restarts: nothing grows (ARGS="--minutes 2 --calls 20")
# make bench   cost and latency of the relay beside its limit in C (ARGS='--peer name=command …': bench/README.md)
# make bench-smoke   a few seconds of that: does the harness work?
# make setup   what the others do first: .venv with everything pinned; needs Python 3.11 to 3.14
#              (3.14: and a C compiler, since pocketsphinx has no wheel for it)

MODEL ?= local
STORY ?=
ARGS ?=
KILLS ?=
SEEDS ?= 1-250
PYTEST ?= -n auto --dist worksteal
# Asked from / and by its own path: a version manager's .python-version is for the host that deploys this.
PYTHONS := python3.13 python3.12 python3.11 python3.14 python3 python
WHERE := import sys; print(sys.executable if (3,11) <= sys.version_info[:2] <= (3,14) else "")
PYTHON ?= $(firstword $(foreach name,$(PYTHONS),$(shell cd / && $(name) -c '$(WHERE)' 2>/dev/null)))
BIN := .venv/bin
READY := .venv/.demo-ready
READY_DEV := .venv/.test-ready
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input -r

.PHONY: demo play test sim mutants model away stories chaos soak crowd bench bench-smoke lint check setup clean

demo: $(READY)
	@$(BIN)/python -m warmtransfer.demo --model $(MODEL) $(if $(STORY),--story $(STORY)) $(ARGS)

play: $(READY)
	@$(BIN)/python -m warmtransfer.demo.play --model $(MODEL) $(ARGS)

test: $(READY_DEV)
	$(BIN)/python -m pytest $(PYTEST)

sim: $(READY)
	@test -n "$(APP)" || { echo "Say where your app is: make sim APP=http://127.0.0.1:5000/path (ARGS=... for more)"; exit 2; }
	$(BIN)/python -m warmtransfer.simulator --app $(APP) $(ARGS)

model: $(READY_DEV)
	$(BIN)/python -m tests.explore.search $(ARGS)

away: $(READY_DEV)
	$(BIN)/python -m tests.calls.away $(ARGS)

stories: $(READY_DEV)
	$(BIN)/python -m tests.stories $(ARGS)

chaos: $(READY_DEV)
	$(BIN)/python -m $(if $(KILLS),tests.chaos.kills --kills $(KILLS),tests.chaos.storm --seeds $(SEEDS)) $(ARGS)

soak: $(READY_DEV)
	$(BIN)/python -m tests.soak.run $(ARGS)

crowd: $(READY_DEV)
	$(BIN)/python -m tests.soak.crowd $(ARGS)

bench: $(READY_DEV)
	$(BIN)/python -m bench.run $(ARGS)

bench-smoke: $(READY)
	$(BIN)/python -m bench.smoke

lint check: $(READY_DEV)
	$(BIN)/ruff check
	$(BIN)/mypy

mutants: $(READY_DEV)
	$(BIN)/python -m tools.mutants $(ARGS)

setup: $(READY_DEV)

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12, 3.13 or 3.14 is needed, and none is on the PATH."; exit 2; }
	$(PYTHON) -m venv .venv

$(READY): requirements.txt requirements-simulator.txt | $(BIN)/python
	@$(BIN)/python -c 'import sys; sys.exit(sys.version_info >= (3, 14))' || command -v $(CC) >/dev/null || \
	  { echo "On Python 3.14 pocketsphinx is built from source: install a C compiler (gcc or clang), or Python 3.13."; exit 2; }
	$(INSTALL) requirements.txt -r requirements-simulator.txt
	@touch $@

$(READY_DEV): requirements-dev.txt $(READY)
	$(INSTALL) requirements-dev.txt
	@touch $@

clean:
	rm -rf .venv demo-output play-output chaos-output stories-output .pytest_cache .mypy_cache .ruff_cache .hypothesis mutants build *.egg-info
	find warmtransfer tests -name __pycache__ -type d -prune -exec rm -rf {} +
