#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# foreign.sh ARCH TEST...: runs unit tests that were built for another architecture, under QEMU, which emulates
# one program of it; prints TAP. Those of foreign.list need what QEMU does not emulate: they must fail, and are printed as
# skipped; one of them that passes is a failure, so that the list stays true. What fails is run once more.
set -u
list=${0%.sh}.list
qemu=qemu-$1-static
shift

command -v "$qemu" >/dev/null || {
	echo "foreign.sh: no $qemu here (Debian: qemu-user-static)" >&2
	exit 1
}
# LeakSanitizer traces its own process, which QEMU does not let it; fake stacks make a test ten times as slow there.
export CMOCKA_MESSAGE_OUTPUT=TAP ASAN_OPTIONS=detect_leaks=0:detect_stack_use_after_return=0
output=$(mktemp) shown=$(mktemp)
trap 'rm -f "$output" "$shown"' EXIT

# run TEST: what it prints, into $shown; cmocka's exit status is the number of tests that failed.
run() {
	rc=0
	timeout 600 "$qemu" "$1" >"$output" 2>&1 </dev/null || rc=$?
	awk -v program="${1##*/}" -v rc="$rc" '
		FILENAME == ARGV[1] { if (!/^#/) listed[$1 " " $2] = 1; next }
		/^(not )?ok / { name = $NF; known = (program " " name) in listed; seen[name] = 1 }
		/^not ok / { bad++ }
		/^not ok / && known { print "ok - " program " " name " # SKIP not under QEMU: foreign.list"; next }
		/^ok / && known { print "not ok - " program " " name ": passed, and foreign.list says that it cannot"; wrong = 1; next }
		/^not ok / { wrong = 1 }
		{ print }
		END {
			for (l in listed) {
				split(l, w)
				if (w[1] == program && !(w[2] in seen)) {
					print "not ok - " l ": foreign.list names it, and it was not run"
					wrong = 1
				}
			}
			if (rc != bad + 0) { print "not ok - " program " ended with status " rc; wrong = 1 }
			exit wrong
		}' "$list" "$output" >"$shown"
}

# What has deadlines may be too slow where the machine has other work: once more.
failed=0
for test; do
	run "$test" || { echo "# ${test##*/} once more:" && sed 's/^/# /' "$shown" && run "$test"; } || failed=$((failed + 1))
	cat "$shown"
done
[ "$failed" = 0 ]
