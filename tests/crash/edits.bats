#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# A person's edit of the store that dies: behind each of its system calls from the end on, as long as the
# store shows anything of it. A reader finds whole files behind whole links, and the record before or the one
# after; the same command again leads to the end, and verify finds nothing.
# shellcheck disable=SC2154 # what run sets

load ../cli/lib

p1=pci0000-uid0-01.1-00
p2=pci0000-uid0-01.2-00
p3=pci0000-uid0-01.3-00
sysfail=$BATS_TEST_DIRNAME/../../build/tests/sysfail

setup() {
	cli_setup
	cd "$T" || return
	rom a.rom 10de:2204 94.02.42.80.01
	rom b.rom 10de:2204 94.02.42.80.02
	rom c.rom 10de:2204 94.02.42.80.03
	store=$R/var/lib/gpurom
}
teardown() { cli_teardown; }

# Names, links and bytes, but what a writer keeps for itself; the record without the time of day.
state() {
	(
		cd "$store" || return
		find . -type l -printf '%p %l\n' | sort
		find roms raw -type f ! -name '.tmp.*' -exec sha256sum {} + | sort
		record
	)
}
record() { jq -S 'walk(if type == "object" then del(.when, .last_seen, .first_seen) else . end)' "$store/cards.json"; }

whole() {
	local file digest
	for file in "$store"/by-path/*.rom "$store"/by-id/*.rom "$store"/roms/*.rom; do
		[ -e "$file" ] || [ -L "$file" ] || continue
		digest=$(basename "$(readlink -f "$file")" .rom)
		same "$(sha "$file")" "$digest" || fail "$1: $file"
	done
}

# dies COMMAND...: as at the top. Between two calls that may change the disk nothing is new to see.
dies() {
	local k quiet=0 seen=0 before after
	cp -a "$store" "$T/before"
	before=$(state)
	"$sysfail" list "$GPUROM" --root "$R" "$@" >/dev/null 2>"$T/calls"
	after=$(state)
	[ "$after" != "$before" ]
	for k in $(grep -E '^[0-9]+ (rename|unlink|symlink|link|mkdir|write|fsync|fchmod)' "$T/calls" | cut -d' ' -f1 | tac); do
		rm -rf "$store"
		cp -a "$T/before" "$store"
		run "$sysfail" "killed@$k" "$GPUROM" --root "$R" "$@"
		[ "$status" -eq 137 ]
		seen=$((seen + 1))
		whole "call $k"
		if [ "$(state)" = "$before" ]; then quiet=$((quiet + 1)); fi
		if [ "$(state)" != "$after" ]; then g "$@" >/dev/null || fail "call $k: not again"; fi
		[ "$(state)" = "$after" ] || diff <(state) <(echo "$after") || fail "call $k"
		g verify >/dev/null || fail "call $k: $(g verify)"
		[ "$quiet" -lt 3 ] || break
	done
	[ "$seen" -gt 4 ]
}

@test "pin" {
	at 1 1 10de:2204 rom=a.rom | a_boot 1
	at 1 1 10de:2204 rom=b.rom | a_boot 2
	dies pin $p1
}

@test "remap: twins that were swapped" {
	{
		at 1 1 10de:2204 rom=a.rom
		at 2 2 10de:2204 rom=b.rom
	} | a_boot 1
	{
		at 1 1 10de:2204 rom=b.rom
		at 2 2 10de:2204 rom=a.rom
	} | a_boot 2
	dies remap $p2 $p1
}

@test "remap: a card that moved" {
	at 1 1 10de:2204 rom=a.rom | a_boot 1
	at 3 3 10de:2204 rom=a.rom rom_eio=1 | a_boot 2
	dies remap $p1 $p3
}

@test "forget" {
	{
		at 1 1 10de:2204 rom=a.rom
		at 2 2 10de:2204 rom=b.rom
	} | a_boot 1
	at 1 1 10de:2204 rom=a.rom | a_boot 2
	dies forget $p2
}

@test "gc" {
	at 1 1 10de:2204 rom=a.rom | a_boot 1
	for f in b c; do
		cp "$T/$f.rom" "$store/roms/$(sha "$T/$f.rom").rom"
		cp "$T/$f.rom" "$store/raw/$(sha "$T/$f.rom").bin"
	done
	dies gc
}

@test "import" {
	at 1 1 10de:2204 rom=a.rom | a_boot 1
	dies import "$T/b.rom" --card=01:00.0 --replace
}
