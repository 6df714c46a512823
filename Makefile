# allclear: `make run` to see it work, `make test` to know that it does.
.DEFAULT_GOAL := help

# Each prints a table beside rivals, and writes .build/bench/NAME.json.
BENCHMARKS := bench-http bench-detect bench-scale bench-footprint bench-startup

.PHONY: help setup run test test-image lint image-root $(BENCHMARKS) bench bench-steady bench-wait soak faults

# A target that imports what its list in Package.swift does not name fails to build.
SWIFT_FLAGS := --explicit-target-dependency-import-check error

# More tests at a time than this only wait for each other, and for their servers.
TEST_FLAGS := --experimental-maximum-parallelization-width 4

# As .ci/image-root builds the program.
IMAGE_FLAGS := -c release --static-swift-stdlib --scratch-path .build-image $(SWIFT_FLAGS) \
	-Xswiftc -use-ld=lld -Xlinker --icf=safe -Xlinker -z -Xlinker pack-relative-relocs

# Where image-root puts its folders.
DIR ?= .build-image/root

help: ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## /make \1\t/p' $(MAKEFILE_LIST) | expand -t 22

setup: ## install what building and testing need (as root; else print the line that does)
	@.ci/setup

run: ## start PostgreSQL, Redis and the gateway in throw-away folders, until Ctrl-C
	@.ci/setup run
	swift build $(SWIFT_FLAGS)
	@exec swift run --skip-build $(SWIFT_FLAGS) playground

test: ## run all tests; SANITIZE=thread: under the thread sanitizer, without the real servers
	@.ci/setup test
ifdef SANITIZE
	@mkdir -p .build-$(SANITIZE)
	clang -O1 -shared -fPIC -o .build-$(SANITIZE)/mutex-order.so .ci/mutex-order.c
	ALLCLEAR_SKIP_REAL=1 LD_PRELOAD=$(CURDIR)/.build-$(SANITIZE)/mutex-order.so \
	swift test --sanitize=$(SANITIZE) --scratch-path .build-$(SANITIZE) $(SWIFT_FLAGS) $(TEST_FLAGS)
else
	swift test $(SWIFT_FLAGS) $(TEST_FLAGS)
endif

test-image: image-root ## run the image's root file system against real servers (as root)
	@.ci/setup test
	ALLCLEAR_IMAGE_ROOT=$(abspath $(DIR)) swift test $(SWIFT_FLAGS) $(TEST_FLAGS) --filter 'ImageTests|ExampleRunTests'

lint: ## check format, file length, imports
	@.ci/setup build
	.ci/lint
	swift build $(SWIFT_FLAGS)

image-root: ## make the image's root file system in DIR=folder, without a container engine
	@.ci/setup image
	.ci/image-root $(DIR)

bench: ## the five benchmarks below, one after the other (15 min, on a machine that does nothing else)
	@for name in $(BENCHMARKS); do $(MAKE) --no-print-directory $$name || exit 1; done

bench-http: ## what an answer of /ready costs beside libmicrohttpd, HAProxy, nginx; RUNS=7 REQUESTS=1000000
bench-detect: ## how soon a killed, returning, hanging Redis is noticed beside HAProxy, blackbox_exporter; RUNS=20
bench-scale: ## what a check costs among many, beside HAProxy; RUNS=2 SECONDS=4 CHECKS="10 100 1000 5000 10000"
bench-footprint: ## memory, CPU, threads of idle gateways beside HAProxy, blackbox_exporter; sizes on disk; SECONDS=60
bench-startup: ## how long from start to listening and to a true answer, beside three rivals; RUNS=30

$(BENCHMARKS):
	@.ci/setup bench
	swift build $(IMAGE_FLAGS) --product allclear
	swift build $(IMAGE_FLAGS) --product bench-libmicrohttpd
	swift build $(IMAGE_FLAGS) --product $@
	@exec .build-image/release/$@

bench-steady: ## 200 checks, half of them to black holes, for MINUTES=n: do memory, descriptors and periods stay level?
	@.ci/setup run
	swift build -c release $(SWIFT_FLAGS)
	MINUTES=$(or $(MINUTES),10) swift run -c release --skip-build $(SWIFT_FLAGS) bench-steady

bench-wait: ## RUNS=n starts of PostgreSQL and Redis: who lets go when they answer, who too early, who late? (5 min)
	@.ci/setup bench
	swift build $(IMAGE_FLAGS) --product allclear
	swift build $(IMAGE_FLAGS) --product bench-wait
	RUNS=$(or $(RUNS),10) .build-image/release/bench-wait

soak: ## servers fail at random, clients come and go for MINUTES=60: is every change told in time, and does nothing grow? SEED=n
	@.ci/setup bench
	swift build $(IMAGE_FLAGS) --product allclear
	swift build $(IMAGE_FLAGS) --product bench-soak
	@exec .build-image/release/bench-soak

faults: ## put the program through all that may go wrong around it, row by row (3 min; as root for all rows); ROWS="2 18": these
	@.ci/setup faults
	swift build -c release $(SWIFT_FLAGS) --product allclear
	swift build -c release $(SWIFT_FLAGS) --product faults
	@exec swift run -c release --skip-build $(SWIFT_FLAGS) faults $(ROWS)
