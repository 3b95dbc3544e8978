#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# --json=2: one object, "version" first, with what --json prints.

load lib

setup() {
	cli_setup
	rom a.rom 10de:2204
	{ onboard && card 1 10de:2204 rom=a.rom; } | a_boot 1
}
teardown() { cli_teardown; }

both() { # COMMAND...: of an object
	g "$@" --json >"$T/first" || [ $? = 3 ]
	g "$@" --json=2 >"$T/second" || [ $? = 3 ]
	same "$(jq -c 'keys_unsorted[0], .version' "$T/second")" $'"version"\n2'
	same "$(jq 'del(.version)' "$T/second")" "$(jq 'del(.version)' "$T/first")"
}

@test "objects get a version, and keep their keys" {
	both plan
	both report
	both history 01:00.0
	both gc --dry-run
}

@test "the arrays of list and verify are under a key" {
	same "$(g list --json=2 | jq -c keys_unsorted)" '["version","cards"]'
	same "$(g list --json=2 | jq .cards)" "$(g list --json | jq .)"
	same "$(g verify --json=2 | jq -c keys_unsorted)" '["version","stores"]'
	same "$(g verify --json=2 | jq .stores)" "$(g verify --json | jq .)"
}

# A ROM has a version of its own.
@test "show and verify FILE are under a key" {
	same "$(g show "$T/a.rom" --json=2 | jq -c keys_unsorted)" '["version","rom"]'
	same "$(g show "$T/a.rom" --json=2 | jq .rom)" "$(g show "$T/a.rom" --json | jq .)"
	same "$(g verify "$T/a.rom" --json=2 | jq -c keys_unsorted)" '["version","file"]'
	same "$(g verify "$T/a.rom" --json=2 | jq .file)" "$(g verify "$T/a.rom" --json | jq .)"
}

@test "--json and --json=1 are as before" {
	same "$(g list --json=1)" "$(g list --json)"
	same "$(g list --json | jq -r type)" array
	same "$(g verify --json | jq -r type)" array
	same "$(g report --json | jq .version)" 1
}

@test "another form is refused" {
	run -2 g list --json=3
	has "$output" "--json= is 1 or 2"
	run -2 g snippet 01:00.0 --libvirt --json=2
}

@test "Ansible's local fact is the cards" {
	mkdir "$T/bin"
	printf '#!/bin/sh\nexec %s --root %s "$@"\n' "$GPUROM" "$R" >"$T/bin/gpurom"
	chmod 755 "$T/bin/gpurom"
	# shellcheck disable=SC2154 # of lib.bash
	PATH=$T/bin:$PATH run -0 "$top/etc/ansible/gpurom.fact"
	same "$(jq -r '.cards[] | select(.ids? or .functions) | .state // empty' <<<"$output")" bound
}
