#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# gpurom history: the life of a card from the record, in order of time.
# shellcheck disable=SC2030,SC2031,SC2154 # what run sets

load lib

store() { echo "$R/var/lib/gpurom"; }
p1=pci0000-uid0-01.1-00
p3=pci0000-uid0-01.3-00
of() { jq -r ".cards[\"$1\"]$2" "$(store)/cards.json"; }
setup() {
	cli_setup
	cd "$T" || return
	rom a.rom 10de:2204 94.02.42.80.01
	rom flashed.rom 10de:2204 94.02.42.80.77
	rom other.rom 10de:2206 94.02.26.40.99
}
teardown() { cli_teardown; }
short() { sha "$1" | cut -c1-12; }
# its_record JQ: the record is made of this life, its times and all.
its_record() {
	jq "$1" "$(store)/cards.json" >edited
	cp edited "$(store)/cards.json"
}

@test "first seen, its ROM, last seen" {
	at 1 1 10de:2204 rom=a.rom | a_boot 1
	its_record "(.. | strings | select(startswith(\"20\") and endswith(\"Z\"))) = \"2021-01-01T00:00:00Z\""
	run --separate-stderr g history 01:00.0
	[ "$status" -eq 0 ]
	same "$stderr" ""
	same "$output" "$p1: 10de:2204 of 1462:3896, here at 0000:01:00.0
  new
  2021-01-01T00:00:00Z  first seen
  2021-01-01T00:00:00Z  ROM 94.02.42.80.01 ($(short a.rom)), complete, $(stat -c %s a.rom) bytes from sysfs: pinned
  2021-01-01T00:00:00Z  last seen at address 0000:01:00.0, bound"
	same "$(writes)" ""
}

@test "a whole life in order of time: renumbered, flashed, pinned, imported, moved" {
	at 1 1 10de:2204 rom=a.rom | a_boot 1
	its_record ".cards[\"$p1\"] |= (.first_seen = \"2021-01-01T00:00:00Z\" | .last_seen = \"2022-01-01T00:00:00Z\"
		| .rom.first_seen = \"2021-01-01T00:00:00Z\" | .rom.pinned.when = \"2021-01-01T00:00:00Z\")"
	at 4 1 10de:2204 rom=flashed.rom | a_boot 2
	its_record ".cards[\"$p1\"] |= (.last_seen = \"2024-01-01T00:00:00Z\" | .other_roms[0].first_seen = \"2023-01-01T00:00:00Z\")"
	g pin $p1
	cp a.rom saved.rom
	printf '\x01' | dd of=saved.rom bs=1 seek=1024 conv=notrunc status=none
	g import --card=$p1 --replace saved.rom
	g pin $p1 "$(short flashed.rom)"
	its_record ".cards[\"$p1\"].rom.pinned.when = \"2024-06-01T00:00:00Z\"
		| .cards[\"$p1\"].other_roms |= map(if .imported then .first_seen = \"2024-03-01T00:00:00Z\" else . end)"
	at 4 3 10de:2204 rom=flashed.rom | a_boot 3
	run g history $p3
	[ "$status" -eq 0 ]
	size=$(stat -c %s a.rom)
	same "${lines[0]}" "$p3: 10de:2204 of 1462:3896, here at 0000:04:00.0"
	has "${lines[1]}" "  moved: it was at $p1 until "
	same "$(sed -n '3,$p' <<<"$output" | sed '$d')" "  2021-01-01T00:00:00Z  first seen
  2021-01-01T00:00:00Z  ROM 94.02.42.80.01 ($(short a.rom)), complete, $size bytes from sysfs
  2022-01-01T00:00:00Z  last seen at address 0000:01:00.0
  2023-01-01T00:00:00Z  ROM 94.02.42.80.77 ($(short flashed.rom)), complete, $size bytes from sysfs: pinned
  2024-01-01T00:00:00Z  last seen at path $p1
  2024-03-01T00:00:00Z  ROM 94.02.42.80.01 ($(short saved.rom)), usable, $size bytes from file, imported from saved.rom
  2024-06-01T00:00:00Z  ROM 94.02.42.80.77 ($(short flashed.rom)) pinned by a person"
	has "${lines[-1]}" "Z  last seen at address 0000:04:00.0, bound"
}

@test "cards that stood there before, and what an import was allowed" {
	at 1 1 10de:2204 rom=a.rom | a_boot 1
	at 1 1 10de:2206 rom=other.rom | a_boot 2
	run g history 01:00.0
	has "$output" "until then another card was here: 10de:2204 of 1462:3896, ROM 94.02.42.80.01 ($(short a.rom))"
	g import --card=01:00.0 --allow-mismatch=device --replace a.rom
	has "$(g history 01:00.0)" "imported from a.rom, its device differs"
}

@test "a card that is not here: by its path, and by its old address" {
	at 1 1 10de:2204 rom=a.rom | a_boot 1
	at 3 3 10de:2206 rom=other.rom | a_boot 2
	for name in $p1 01:00.0; do
		run --separate-stderr g history "$name"
		[ "$status" -eq 0 ]
		same "${lines[0]}" "$p1: 10de:2204 of 1462:3896, not here now"
		same "${lines[1]}" "  missing"
	done
}

@test "--json: the events, and the record's object whole" {
	at 1 1 10de:2204 rom=a.rom | a_boot 1
	run --separate-stderr g history 01:00.0 --json
	[ "$status" -eq 0 ]
	same "$(jq -r '[.path, .address, .identity] | join(" ")' <<<"$output")" "$p1 0000:01:00.0 new"
	same "$(jq -r '[.events[].event] | join(" ")' <<<"$output")" "first-seen rom last-seen"
	same "$(jq -r '.events[1].sha256' <<<"$output")" "$(sha a.rom)"
	same "$(jq -cS .record <<<"$output")" "$(jq -cS ".cards[\"$p1\"]" "$(store)/cards.json")"
	at 3 3 10de:2206 rom=other.rom | machine
	same "$(g history $p1 --json | jq .address)" null
}

@test "control bytes of the record do not reach the terminal" {
	at 1 1 10de:2204 rom=a.rom | a_boot 1
	its_record ".cards[\"$p1\"].rom.version = \"a\\u001b[31mb\""
	run g history 01:00.0
	has "$output" "ROM a?[31mb"
}

# plain COMMAND...: prints no control character, C1 neither: U+009B begins a terminal's command as ESC [ does.
plain() {
	local out
	out=$("$@" 2>&1) || :
	[ -n "$out" ]
	! LC_ALL=C.UTF-8 grep -qP '[\x00-\x08\x0b-\x1f\x7f-\x{9f}]' <<<"$out" || fail "not plain: $*" "$(cat -v <<<"$out")"
	LC_ALL=C.UTF-8 grep -qP 'gpu.*\?' <<<"$out" || fail "not the name: $*" "$out"
}

@test "the name of an imported file commands no terminal, wherever it is shown" {
	at 1 1 10de:2204 rom=a.rom | a_boot 1
	local odd
	odd=$(printf 'gpu\302\2332J\033[31m\233\177.rom')
	cp flashed.rom "$T/$odd"
	g import --card=01:00.0 "$T/$odd"
	same "$(jq -r '[.. | .imported? | select(.) | .file] | first' "$(store)/cards.json")" 'gpu??2J?[31m??.rom'
	plain g history 01:00.0
	# A record that another program wrote, a file that another put there.
	jq --arg odd "$(printf 'gpu\302\2332J')" '(.. | .imported? | select(.) | .file) = $odd' "$(store)/cards.json" >"$T/edited"
	cp "$T/edited" "$(store)/cards.json"
	plain g history 01:00.0
	plain g history 01:00.0 --json
	touch "$(store)/roms/$odd"
	plain g verify
	plain g verify --json
	# A file of the configuration, in the log and where a person asks.
	printf '\0' >"$R/etc/gpurom.conf.d/$odd.conf"
	plain g plan
	plain g plan --json
	: >"$R/dev/kmsg"
	step claim
	plain kmsg
}

@test "nothing recorded of the card; no store; a record of a newer gpurom" {
	onboard | machine
	run -1 g history 00:02.0
	same "$output" "gpurom: /var/lib/gpurom: no store there: nothing was ever stored"
	{
		onboard
		at 1 1 10de:2204 rom=a.rom
	} | a_boot 1
	run -1 g history 00:02.0
	has "$output" "the record does not have this card"
	run -1 g history 07:00.0
	has "$output" "no such card"
	echo '{"version": 77}' >"$(store)/cards.json"
	run -1 g history 01:00.0
	has "$output" "written by a newer gpurom"
}

@test "usage" {
	for words in "" "a b" "--what a"; do
		# shellcheck disable=SC2086 # words
		run -2 --separate-stderr g history $words
		has "$stderr" "usage: gpurom history CARD [--json]"
	done
}
