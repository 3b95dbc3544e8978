#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# etc/schema says what each command prints with --json, and gpurom(5) names each key. All outputs of the tests of this
# folder are validated when they have ended (setup_suite.bash).
# shellcheck disable=SC2154,SC2030,SC2031 # what lib sets; what run sets

load lib

setup() { cli_setup; }
teardown() { cli_teardown; }

schemas() { python3 "$top/tests/lib/schemas.py" "$@"; }

# kept STATUS COMMAND TEXT: as recorded keeps it.
kept() {
	mkdir -p "$T/kept"
	echo "$3" >"$T/kept/$2"
	echo "$1 --root $T $2 --json" >"$T/kept/$2.args"
}

# Commands whose --json is for programs: snippet's is for QEMU.
commands() { "$GPUROM" --help | sed -n '/^exit status/q; s/^  \([a-z]*\) .*--json.*/\1/p' | grep -vx snippet; }

# What to give to COMMAND, so that it prints JSON. A new command needs a line here.
words_of() {
	case $1 in
	list | plan | report | verify | gc | doctor) ;;
	show) echo "$T/a.rom" ;;
	history | take | release) echo 01:00.0 ;;
	*) fail "$1: no test prints its --json" ;;
	esac
}

@test "each command with --json has a schema, and prints what that says" {
	rom a.rom 10de:2204
	{ onboard && card 1 10de:2204 rom=a.rom; } | a_boot 1
	JSON_OUTPUTS=$T/kept
	mkdir "$JSON_OUTPUTS"
	[ "$(commands | wc -l)" -gt 7 ]
	for command in $(commands); do
		words=$(words_of "$command")
		for form in --json --json=2; do
			# shellcheck disable=SC2086 # none, or one
			g "$command" $words $form >"$T/out" || [ $? = 3 ]
			[ -s "$T/out" ] || fail "$command prints nothing"
		done
	done
	run -0 schemas "$top/etc/schema" "$T/kept"
	same "$output" ""
}

@test "there is no schema of a command that has no --json" {
	same "$(basename -s .json "$top"/etc/schema/*.json | grep -vxE 'cards|defs' | sort)" "$(commands | sort)"
}

@test "gpurom(5) names each key of each schema" {
	run -0 schemas --keys "$top/etc/schema"
	[ "${#lines[@]}" -gt 200 ]
	for line in "${lines[@]}"; do
		grep -qw -- "${line##* }" "$top/man/gpurom.5" || fail "gpurom(5) has no $line"
	done
}

@test "the files of the store and of /run are as their schemas say" {
	rom a.rom 10de:2204
	{ onboard && card 1 10de:2204 rom=a.rom; } | a_boot 1
	kept 0 cards "$(cat "$R/var/lib/gpurom/cards.json")"
	kept 0 report "$(cat "$R/run/gpurom/report.json")"
	run -0 schemas "$top/etc/schema" "$T/kept"
	same "$output" ""
}

# wrong COMMAND TEXT MESSAGE
wrong() {
	rm -rf "$T/kept"
	kept 0 "$1" "$2"
	run -1 schemas "$top/etc/schema" "$T/kept"
	has "$output" "gpurom --root $T $1 --json: "
	has "$output" "$3"
}

@test "a wrong output is found" {
	gc='{"store": "/s", "dry_run": true, "files": [], "bytes": 0}'
	kept 0 gc "$gc"
	run -0 schemas "$top/etc/schema" "$T/kept"
	wrong gc "${gc/bytes/byte}" "byte"
	wrong gc "${gc/0/-1}" "-1"
	wrong gc "${gc/true/\"yes\"}" "yes"
	wrong gc '{"store": "/s", "dry_run": true, "files": [{"file": "f"}], "bytes": 0}' "'size' is a required property"
	wrong gc "${gc%\}}" "no JSON"
	wrong gc "" "no JSON"
	wrong list '[{"address": "0000:01:00.0"}]' '$[0]'
	wrong frobnicate "{}" "no schema"
}

@test "a mistake in a command, and a failure that prints nothing, are no outputs" {
	kept 2 gc "usage"
	kept 1 list ""
	run -0 schemas "$top/etc/schema" "$T/kept"
}

@test "a wrong output fails the run of the tests" {
	BATS_SUITE_TMPDIR=$T
	unset JSON_OUTPUTS
	# shellcheck source=setup_suite.bash
	. "$BATS_TEST_DIRNAME/setup_suite.bash"
	setup_suite
	printf '#!/bin/sh\necho "{}"\n' >"$T/gpurom"
	chmod 755 "$T/gpurom"
	GPUROM=$T/gpurom
	teardown_suite
	g gc --json >"$T/out"
	same "$(cat "$T/out")" "{}"
	run -1 teardown_suite
	has "$output" "gc --json: "
}

# All of these folders are one run of bats, which setup_suite.bash belongs to (tests/check).
@test "each test that prints JSON has it kept, also those of glue, builds and the store" {
	# shellcheck disable=SC2016 # as it stands there
	run -1 grep -rnE --include='*.bats' --include='*.bash' \
		'^[^|]*(\$GPUROM|\$\{GPUROM\}|gpurom)" [^|]*--json' "$top"/tests "$top"/packaging
	same "$output" ""
	# Outside this folder one file prints any, in one way.
	run grep -rlwE --include='*.bats' --include='*.bash' -e --json "$top"/tests/glue "$top"/tests/build "$top"/tests/crash
	same "$output" "$top/tests/glue/manual.bats"
	# shellcheck disable=SC2016 # as it stands there
	has "$(cat "$top/tests/glue/manual.bats")" 'recorded --root "$R" plan "$@"'
}
