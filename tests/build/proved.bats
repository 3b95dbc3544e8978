#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What was proved before is not proved again with --changed, until something that the proof hangs on is otherwise.
# The tools are stand-ins: they prove whatever they are given, and refute the broken gate.
# shellcheck disable=SC2154,SC2016 # what run sets; scripts that are written down

top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)

setup() {
	T=$BATS_TEST_TMPDIR/tree
	mkdir -p "$T/tests" "$T/src" "$T/tools" "$T/bin" "$T/build/tests"
	cp -r "$top/tests/hostile" "$top/tests/rom" "$T/tests/"
	mkdir -p "$T/packaging"
	cp -r "$top/packaging/deps" "$T/packaging/"
	cp -r "$top/src/util" "$top/src/pci" "$top/src/rom" "$T/src/"
	cp "$top/Makefile" "$T/"
	# Three proofs and a few ROMs are enough here.
	sed -i '/^\(bytes\|image\|walk\|fits\|sums\|npde\|nvgi-sum\)|/d' "$T/tests/hostile/prove/run"
	find "$T/tests/rom/good" "$T/tests/rom/bad" -name '[1-9a-z]*.txt' ! -name 'desktop*' -delete
	cp "$top/tests/tests.mk" "$T/tests/"
	export XDG_CACHE_HOME=$BATS_TEST_TMPDIR/cache PATH=$T/bin:$PATH
}

a_cbmc() {
	echo "echo $T/tools" >"$T/tests/hostile/prove/cbmc.sh"
	for tool in goto-cc goto-instrument; do
		printf '#!/bin/sh\nfor f; do :; done\n: >"$f"\n' >"$T/tools/$tool"
	done
	cat >"$T/tools/cbmc" <<-'END'
		#!/bin/sh
		case $1 in
		--version) echo "${CBMC_VERSION:-6.1}" ;;
		*.broken) echo 'VERIFICATION FAILED' && exit 10 ;;
		*) echo '** 0 of 5 failed' ;;
		esac
	END
	chmod +x "$T"/tools/*
}
proves() { sh "$T/tests/hostile/prove/run" "$@"; }

@test "a proof is made again where a source, a header, the harness or the tool has changed, and only then" {
	a_cbmc
	all=$(proves | tail -n 1)
	[ "$all" = "3 passed, 0 failed" ]
	run proves --changed
	[ "${lines[-1]}" = "0 passed, 0 failed" ]
	[ "$(grep -c '^skip .*: proved before (20..-..-..)$' <<<"$output")" = 3 ]
	[ "$(proves | tail -n 1)" = "$all" ]
	echo >>"$T/src/rom/setupdata.c"
	[ "$(proves --changed | grep '^ok ' | cut -d, -f1)" = "ok setupdata" ]
	echo >>"$T/tests/hostile/prove/nvgi.c"
	[ "$(proves --changed | grep -c '^ok ')" = 1 ]
	echo >>"$T/src/util/bytes.h"
	[ "$(proves --changed | tail -n 1)" = "$all" ]
	export CBMC_VERSION=6.2
	[ "$(proves --changed | tail -n 1)" = "$all" ]
}

@test "a proof that failed leaves no stamp" {
	a_cbmc
	sed -i 's/^\*) .*/*) echo "x FAILURE" \&\& exit 10 ;;/' "$T/tools/cbmc"
	run proves
	[ "${lines[-1]}" = "0 passed, 3 failed" ]
	run proves --changed
	[ "${lines[-1]}" = "0 passed, 3 failed" ]
}

# A mutate that finds each planted defect, and nothing else unless "found" is there.
a_mutate() {
	printf '#!/bin/sh\ncp "$1" "$2"\n' >"$T/build/tests/mkrom"
	cat >"$T/bin/make" <<-'END'
		#!/bin/sh
		mkdir -p build/mutate
		printf '%s\n' '#!/bin/sh' 'case $* in *--plant*) echo "mutation 1 of: x; the file: y"; exit 1 ;; esac' \
			'[ ! -e found ]' >build/mutate/mutate
		chmod +x build/mutate/mutate build/tests/mkrom
	END
	chmod +x "$T/bin/make"
}
mutates() { GPUROM_ROMS=/nonexistent sh "$T/tests/hostile/mutate/run" "$@"; }

@test "damaged ROMs are tried again where a source, a ROM, the seed or the count is another, and only then" {
	a_mutate
	[ "$(mutates | tail -n 1)" = "8 passed, 0 failed" ]
	run mutates --changed
	[ "${lines[-1]}" = "0 passed, 0 failed" ]
	[[ $output == *"skip: 300000 mutations of "*" ROMs, nothing found before (20"* ]]
	[ "$(mutates | tail -n 1)" = "8 passed, 0 failed" ]
	[ "$(mutates --changed --seed 2 | tail -n 1)" = "8 passed, 0 failed" ]
	echo >>"$T/src/rom/vbios.c"
	[ "$(mutates --changed | tail -n 1)" = "8 passed, 0 failed" ]
	echo one-more >"$T/tests/rom/good/one-more.txt"
	[ "$(mutates --changed | tail -n 1)" = "8 passed, 0 failed" ]
}

@test "what was found is looked for again" {
	a_mutate
	touch "$T/found"
	run mutates
	[ "${lines[-1]}" = "6 passed, 2 failed" ]
	run mutates --changed
	[ "${lines[-1]}" = "6 passed, 2 failed" ]
}
