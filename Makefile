# Mainspring: what a person types. `make help` lists the targets; CONTRIBUTING.md says more.

SWIFT ?= swift
RELEASE = .build/release
FORMATTED = Package.swift Sources Tests Benchmarks Plugins Fuzz Examples
FUZZ_SECONDS ?= 60
PREFIX ?= /usr/local
# The host carries Swift's runtime, so that it runs where there is no toolchain.
HOST_BUILD = $(SWIFT) build -c release --static-swift-stdlib

.DEFAULT_GOAL := help
.PHONY: help demo quickstart build install uninstall test bench lint format sanitize fuzz clean \
	setup-build setup-quickstart setup-test setup-bench

help: ## lists these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: build ## builds, then plays the demo: jobs over HTTP, a kill -9, and the job that fires all the same
	@$(RELEASE)/DemoHost --story

quickstart: build setup-quickstart ## runs the quickstart's apps with one command, in Swift, then in Python (about a minute)
	@Tools/quickstart $(RELEASE)/mainspring Examples/quickstart/swift Examples/quickstart/python

build: setup-build ## builds the release binaries and says where they are
	$(HOST_BUILD) --product mainspring
	$(HOST_BUILD) --product DemoHost
	$(HOST_BUILD) --product generate-manual
	$(SWIFT) build -c release --product job-service
	$(SWIFT) build -c release --product job-scheduler
	@echo
	@echo "Built: $(RELEASE)/mainspring  the host (try: $(RELEASE)/mainspring serve --help)"
	@echo "       $(RELEASE)/DemoHost    the embedding example (try: make demo)"
	@echo "       $(RELEASE)/job-service, job-scheduler    the quickstart's apps (try: make quickstart)"

install: ## installs what make build built below PREFIX (/usr/local), in a root of its own with DESTDIR
	@Tools/install $(RELEASE) '$(PREFIX)' '$(DESTDIR)'

uninstall: ## takes the same files away again
	@Tools/install --remove $(RELEASE) '$(PREFIX)' '$(DESTDIR)'

# One build, then one run of everything: unit, property, conformance and real-process tests.
test: setup-test ## builds in debug and runs every test (about ten minutes)
	$(HOST_BUILD) --product mainspring
	$(HOST_BUILD) --product generate-manual
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build --disable-xctest

bench: build setup-bench ## measures the host against bare C servers, the wheel against libuv's timers, schedules against libc's
	$(HOST_BUILD) --product WheelBench
	$(HOST_BUILD) --product ScheduleBench
	Benchmarks/run

lint: ## checks format and the rules between the rooms; changes nothing
	$(SWIFT) format lint --strict --recursive $(FORMATTED)
	@Tools/lint-rooms

format: ## rewrites the sources in the project's format
	$(SWIFT) format --in-place --recursive $(FORMATTED)

# Backtraces are off: a crash under a sanitizer can hang in the backtracer.
sanitize: setup-test ## runs the Reactor and store tests under the thread sanitizer
	SWIFT_BACKTRACE=enable=no $(SWIFT) test --disable-xctest --sanitize thread --scratch-path .build-tsan \
		--filter '^ReactorTests\.' --filter '^JobsRuntimeTests\..*Store'

fuzz: setup-test ## fuzzes each parser for a minute (FUZZ_SECONDS) from its saved inputs
	@SWIFT=$(SWIFT) Tools/fuzz $(FUZZ_SECONDS)

clean: ## removes everything that was built
	rm -rf .build .build-tsan .build-fuzz

setup-build:
	@Tools/install-packages build

setup-quickstart:
	@Tools/install-packages quickstart

setup-test:
	@Tools/install-packages build test

setup-bench:
	@Tools/install-packages build bench
