#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The tiers of tests/check, and what it makes of its steps; the steps themselves are stand-ins here.
# shellcheck disable=SC2154,SC2086,SC2016 # what run sets; no word for the first tier; scripts that are written down

bats_require_minimum_version 1.5.0

top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)

# Each list once: it takes a second.
list() {
	[ -e "$BATS_TEST_TMPDIR/list$1" ] || sh "$top/tests/check" --list "$@" >"$BATS_TEST_TMPDIR/list$1"
	cat "$BATS_TEST_TMPDIR/list$1"
}
steps() { list "$@" | sed -n 's/^\([a-z-]\{1,\}\) .*/\1/p' | sort; }
cases() { list "$@" | sed -n 's/^    \([a-z0-9-]\{1,\}\) .*/\1/p' | sort; }

# A checkout in which every step is a line in "calls"; make, bats and taskset are in front of the real ones.
stand_ins() {
	T=$BATS_TEST_TMPDIR/tree
	mkdir -p "$T/packaging/deps" "$T/tests/vm" "$T/tests/crash" "$T/tests/hostile/prove" "$T/tests/hostile/mutate" "$T/tests/mutants" "$T/bin"
	cp "$top/tests/check" "$T/tests/"
	cp "$top/tests/vm/lib.sh" "$T/tests/vm/"
	cp "$top/packaging/deps/cache.sh" "$T/packaging/deps/"
	for tool in make bats; do
		printf '#!/bin/sh\necho "%s $*" >>../calls\necho "ok 1 that"\n' $tool >"$T/bin/$tool"
	done
	printf '#!/bin/sh\nshift 2\nexec "$@"\n' >"$T/bin/taskset"
	chmod +x "$T"/bin/*
	: >"$T/packaging/deps/packages.sh"
	for script in vm/run crash/run crash/every crash/kills crash/years hostile/prove/run hostile/mutate/run mutants/run demo vm/soak; do
		stand_in $script 'echo "1 passed, 0 failed"'
	done
	export PATH=$T/bin:$PATH XDG_CACHE_HOME=$BATS_TEST_TMPDIR/cache
	calls=$BATS_TEST_TMPDIR/calls
	: >"$calls"
}
stand_in() { printf 'echo "%s $*" >>../calls\n%s\n' "$1" "$2" >"$T/tests/$1"; }
check() { (cd "$T" && sh tests/check "$@"); }

@test "each tier has the steps and boots of the tier before it" {
	for pair in "'' --all" "--all --night" "--night --soak"; do
		eval "set -- $pair"
		list $1 >/dev/null && list $2 >/dev/null
		[ -z "$(comm -23 <(steps $1) <(steps $2))" ]
		[ -z "$(comm -23 <(cases $1) <(cases $2))" ]
		[ "$(steps $1)" != "$(steps $2)" ]
	done
	[ "$(cases | wc -l)" = 3 ]
	[ "$(cases --night)" = "$(grep -hv '^[#+]' "$top"/tests/vm/cases/*.cases | cut -d'|' -f2 | sort)" ]
}

@test "the control of the power cuts and what the rivals do without gpurom are in --all" {
	cases --all | grep -qx base-initramfs-tools
	grep -q 'crash/run cuts/ext4 cuts/ext4/nosync' "$top/tests/check"
}

@test "the last lines are the steps, the slowest first, and the count" {
	stand_ins
	stand_in vm/run 'sleep 2; echo "5 passed, 0 failed"'
	run check
	[ "$status" -eq 0 ]
	[[ ${lines[-1]} =~ ^[0-9]+\ passed,\ 0\ failed$ ]]
	printf '%s\n' "${lines[@]}" | grep -E '^ +[0-9]+ s  ' >"$BATS_TEST_TMPDIR/table"
	[ "$(head -n 1 "$BATS_TEST_TMPDIR/table" | awk '{ print $3 }')" = vm ]
	[ "$(wc -l <"$BATS_TEST_TMPDIR/table")" = "$(steps | wc -l)" ]
}

@test "a step that fails fails the run; one that is skipped is no pass" {
	stand_ins
	stand_in crash/every 'echo "3 passed, 1 failed"; exit 1'
	stand_in hostile/prove/run 'echo "skip any: proved before (2026-01-01)"; echo "0 passed, 0 failed"'
	run check --all
	[ "$status" -eq 1 ]
	[[ ${lines[-1]} == *", 1 failed" ]]
	[[ $output == *"skipped: any: proved before (2026-01-01)"* ]]
	[[ $output == *"skipped: 1"* ]]
}

@test "a step beside others is counted, too" {
	stand_ins
	stand_in crash/run 'sleep 1; echo "3 passed, 2 failed"; exit 1'
	run check --all
	[ "$status" -eq 1 ]
	[[ ${lines[-1]} == *", 2 failed" ]]
}

@test "a case that passes only the second time is shown" {
	stand_ins
	stand_in vm/run 'echo "ok early  as it must (3 s), passed the second time: flaky; the first: x"; echo "1 passed, 0 failed"'
	run check
	[ "$status" -eq 0 ]
	[[ $output == *"  early passed the second time: flaky"* ]]
}

@test "a part by itself; a part that is none" {
	stand_ins
	run check --night kills
	[ "$status" -eq 0 ]
	[ "$(grep -v '^make' "$calls")" = "crash/kills 10" ]
	run check --night kill
	[ "$status" -eq 1 ]
	[[ $output == *"no such step: kill"* ]]
}

@test "a night that was broken off goes on, in the same checkout only; the next night begins anew" {
	stand_ins
	stand_in demo 'touch ../at-demo; [ -e ../go ] || sleep 15'
	(cd "$T" && exec setsid sh tests/check --night >/dev/null) &
	pid=$!
	for _ in $(seq 200); do
		[ ! -e "$BATS_TEST_TMPDIR/at-demo" ] || break
		sleep 0.1
	done
	kill -KILL -- "-$pid"
	wait "$pid" || true
	touch "$BATS_TEST_TMPDIR/go"
	: >"$calls"
	run check --night
	[ "$status" -eq 0 ]
	grep -q '^demo' "$calls"
	! grep -q '^crash/kills' "$calls" || false
	[[ $output == *"kills"*"before it was broken off"* ]]
	: >"$calls"
	check --night >/dev/null
	grep -q '^crash/kills' "$calls"
	grep -q '^hostile/prove/run $' "$calls" # never by what was proved before
}

@test "a change of the checkout: the night begins anew" {
	stand_ins
	stand_in demo 'exit 1'
	run check --night
	[ "$status" -eq 1 ]
	stand_in demo 'echo whole'
	: >"$calls"
	check --night >/dev/null
	grep -q '^crash/kills' "$calls"
}
