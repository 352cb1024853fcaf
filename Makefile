# Requires GNU make, cargo, a C compiler, Python 3.10+ and Go 1.26+. `make preflight` reports what is missing and how to install it.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

CARGO ?= cargo
CARGO_DENY_VERSION := 0.20.2
CARGO_MUTANTS_VERSION := 27.1.0
TOOLS := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/ecs-express-operator/tools
TARGET := $(or $(CARGO_TARGET_DIR),target)
CRDS := crds/expressservices.yaml
CHART_CRDS := charts/ecs-express-operator/files/expressservices.yaml
VERSION := $(shell awk -F '"' '/^version = / { print $$2; exit }' Cargo.toml)
IMAGE ?= ecs-express-operator:$(VERSION)
export PATH := $(PATH):$(TOOLS)/bin

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

# Builds that preflight checks as well. Only the tests need Python.
BUILDS := tests/controlplane/build tests/clients/build
demo bench test-tools: BUILDS := tests/controlplane/build
mutants mutants-all: BUILDS :=

.PHONY: demo
demo: preflight ## Start a real Kubernetes API, an emulated ECS and the operator on this machine (ONCE=1: walk through, check, exit)
	@$(CARGO) build -p ecs-express-operator -p ecs-express-emulator -p controlplane --bins
	@exec $(TARGET)/debug/demo

.PHONY: test
test: preflight ## Run all tests, against a real Kubernetes API server (built once, about 10 minutes) and with real AWS clients
	@tests/controlplane/build helm4 >/dev/null && tests/controlplane/build helm3 >/dev/null
	@assets=$$(tests/controlplane/build) && venv=$$(tests/clients/build) && \
	export CONTROLPLANE_ASSETS="$$assets" CLIENTS_VENV="$$venv" && $(CARGO) test --workspace

# The tests that `make test` leaves out because they take minutes, one line for each.
.PHONY: test-tools
test-tools: preflight ## Run the long tests: kill the operator at every call of each lifecycle
	@tests/controlplane/build helm4 >/dev/null && assets=$$(tests/controlplane/build) && export CONTROLPLANE_ASSETS="$$assets"; \
	$(CARGO) test --test e2e -- --ignored --nocapture processes::sweep

.PHONY: bench
bench: preflight ## Measure the release build and print a table, in about half an hour (PAGE=docs/benchmarks.md writes it there)
	@host=$$(rustc -vV | sed -n 's/^host: //p'); \
	assets=$$(tests/controlplane/build) && export CONTROLPLANE_ASSETS="$$assets"; \
	RUSTFLAGS='-C target-feature=+crt-static' $(CARGO) build --release --target "$$host" -p ecs-express-operator -p bench --bins; \
	exec "$(TARGET)/$$host/release/bench" $(if $(PAGE),--write '$(PAGE)')

.PHONY: sim
sim: ## Simulate the operator: each request with each single fault, chains of specs, then SEEDS=10000 random scenarios FROM=0
	@$(CARGO) build --profile simulation -p simulation --bin sim
	@$(TARGET)/simulation/sim histories
	@$(TARGET)/simulation/sim sweep
	@$(TARGET)/simulation/sim sweep --operators 2 --first-of-each-state
	@$(TARGET)/simulation/sim sequences
	@$(TARGET)/simulation/sim seeds --from $(or $(FROM),0) --count $(or $(SEEDS),10000)

.PHONY: fuzz
fuzz: ## Fuzz what reads foreign bytes, each target for SECONDS=60 (TARGET=name: one of tests/fuzz/corpus; needs a C++ compiler)
	@tests/fuzz/run $(or $(SECONDS),60) $(if $(filter command line,$(origin TARGET)),$(TARGET))

.PHONY: mutants
mutants: preflight ## Show that the tests notice each deliberate bug of tests/mutants (goes on where it stopped; ARGS=--list shows the outcomes)
	@$(CARGO) run --quiet -p mutants -- $(ARGS)

# The outcomes are outside the checkout, and --iterate leaves out what was noticed before, so that an interrupted run goes on.
CARGO_MUTANTS_OUTPUT := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/ecs-express-operator/cargo-mutants

.PHONY: mutants-all
mutants-all: preflight cargo-mutants ## Change src/core in every place and src/controller in a quarter of them, and list what no test notices (many hours)
	@mkdir -p '$(CARGO_MUTANTS_OUTPUT)/core' '$(CARGO_MUTANTS_OUTPUT)/controller'; missed=; \
	$(CARGO) mutants --iterate --output '$(CARGO_MUTANTS_OUTPUT)/core' --file 'src/core/**/*.rs' || missed=yes; \
	$(CARGO) mutants --iterate --output '$(CARGO_MUTANTS_OUTPUT)/controller' --file 'src/controller/**/*.rs' \
	  --shard 0/4 --sharding round-robin || missed=yes; \
	echo 'what no test noticed: $(CARGO_MUTANTS_OUTPUT)/*/mutants.out/missed.txt'; [ -z "$$missed" ]

.PHONY: lint
lint: cargo-deny ## Check formatting, clippy, the API documentation, and the dependency tree
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --quiet --no-deps --workspace
	$(CARGO) deny check bans licenses sources

.PHONY: crds
crds: ## Generate crds/ and the chart's copy from the Rust types
	@mkdir -p $(dir $(CRDS))
	@$(CARGO) run --quiet -- crd >$(CRDS).new
	@mv $(CRDS).new $(CRDS)
	@cp $(CRDS) $(CHART_CRDS)

.PHONY: check-crds
check-crds: ## Fail if crds/ or the chart's copy differs from the Rust types
	@for file in $(CRDS) $(CHART_CRDS); do \
	  $(CARGO) run --quiet -- crd | diff -u $$file - || { echo "$$file is stale: run \`make crds\`" >&2; exit 1; }; \
	done

.PHONY: image
image: ## Build the container image with docker, podman or buildah (IMAGE=name:tag)
	@for tool in docker podman buildah; do if $$tool info >/dev/null 2>&1; then \
	  exec $$tool build --tag '$(IMAGE)' --build-arg VERSION='$(VERSION)' \
	    --build-arg REVISION="$$(git rev-parse HEAD 2>/dev/null || true)" .; \
	fi; done; echo 'image: none of docker, podman and buildah works here: install one of them, or start its service' >&2; exit 1

.PHONY: docs
docs: ## Generate the reference and the messages in docs/
	@UPDATE_DOCS=1 $(CARGO) test --quiet --test docs -- reference:: conditions::

.PHONY: preflight
preflight: ## Report what is missing on this machine, and how to install it
	@missing=; \
	lack() { missing=yes; echo "preflight: $$1 is missing: $$2" >&2; }; \
	command -v $(CARGO) >/dev/null || lack cargo 'install rustup, which takes the toolchain from rust-toolchain.toml'; \
	command -v cc >/dev/null || lack 'a C compiler (cc)' "install Debian's package build-essential, or Xcode's command line tools"; \
	for build in $(BUILDS); do "$$build" --check || missing=yes; done; \
	[ -z "$$missing" ]

.PHONY: cargo-deny
cargo-deny:
	@command -v cargo-deny >/dev/null || $(CARGO) install --locked cargo-deny --version $(CARGO_DENY_VERSION) --root '$(TOOLS)'

.PHONY: cargo-mutants
cargo-mutants:
	@command -v cargo-mutants >/dev/null || $(CARGO) install --locked cargo-mutants --version $(CARGO_MUTANTS_VERSION) --root '$(TOOLS)'
