#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# gpurom pin: which of a card's ROMs the links and the record show, by a person's word.
# shellcheck disable=SC2030,SC2031,SC2154 # what run sets

load lib

store() { echo "$R/var/lib/gpurom"; }
name=pci0000-uid0-01.1-00
this_card() { jq -r ".cards[\"$name\"]$1" "$(store)/cards.json"; }
state_of_store() { (cd "$(store)" && find . -printf '%p %y %i %l\n' | sort && find . -type f -exec sha256sum {} + | sort); }
# A card that was flashed between its first and its second boot.
flashed_card() {
	card 1 10de:2204 rom=a.rom | a_boot 1
	card 1 10de:2204 rom=flashed.rom | a_boot 2
}
head_of() { sha "$1" | cut -c1-"${2:-8}"; }
setup() {
	cli_setup
	cd "$T" || return
	rom a.rom 10de:2204 94.02.42.80.01
	rom flashed.rom 10de:2204 94.02.42.80.77
	rom other.rom 10de:2206 94.02.26.40.99
}
teardown() { cli_teardown; }

@test "the ROM that was read last: links, record, and the one before is kept beside" {
	flashed_card
	run --separate-stderr g pin 01:00.0
	[ "$status" -eq 0 ]
	same "$stderr" ""
	same "$output" "$name: ROM 94.02.42.80.77 ($(head_of flashed.rom 12)) is pinned: /var/lib/gpurom/by-path/$name.rom shows it; 94.02.42.80.01 ($(head_of a.rom 12)), which it showed before, is kept beside"
	cmp flashed.rom "$(romfile 1)"
	same "$(this_card .rom.sha256) $(this_card .rom.pinned.by)" "$(sha flashed.rom) person"
	[[ $(this_card .rom.pinned.when) == 20??-??-??T??:??:??Z ]]
	same "$(this_card '.other_roms | map(.sha256) | join(" ")')" "$(sha a.rom)"
	same "$(this_card '.other_roms[0].pinned')" null
	cmp flashed.rom "$(store)/by-id/$(this_card .by_id).rom"
	same "$(writes)" ""
	g verify
	# The boots after it leave it so, and have nothing to tell.
	card 1 10de:2204 rom=flashed.rom | a_boot 3
	cmp flashed.rom "$(romfile 1)"
	untold "ROM changed"
}

@test "a ROM by its first digits, there and back" {
	flashed_card
	before=$(this_card .by_id)
	g pin $name "$(head_of flashed.rom 6)"
	cmp flashed.rom "$(romfile 1)"
	upper=$(sha a.rom | tr a-f A-F)
	g pin 01:00.0 "$upper"
	cmp a.rom "$(romfile 1)"
	same "$(this_card .rom.sha256) $(this_card '.other_roms | map(.sha256) | join(" ")')" \
		"$(sha a.rom) $(sha flashed.rom)"
	same "$(this_card .by_id)" "$before"
	g verify
}

@test "pinned already: said, and nothing changes; the first time by a person it is kept whose word it is" {
	flashed_card
	same "$(this_card .rom.pinned.by)" first
	run g pin $name "$(head_of a.rom)"
	same "$status $output" "0 $name: ROM 94.02.42.80.01 ($(head_of a.rom 12)) is pinned already, from now on as your choice"
	same "$(this_card .rom.pinned.by)" person
	state_of_store >before
	run g pin $name "$(head_of a.rom)"
	same "$status $output" "0 $name: ROM 94.02.42.80.01 ($(head_of a.rom 12)) is pinned already"
	diff before <(state_of_store)
}

@test "a person's word ends the telling of a change, until there is another" {
	flashed_card
	told "ROM changed since"
	g pin 01:00.0 "$(head_of a.rom)"
	card 1 10de:2204 rom=flashed.rom | a_boot 3
	untold "ROM changed"
	told "0000:01:00: ROM 94.02.42.80.01 is the pinned one; the card has 94.02.42.80.77, as when it was pinned"
	rom again.rom 10de:2204 94.02.42.80.88
	card 1 10de:2204 rom=again.rom | a_boot 4
	told "ROM changed since"
	cmp a.rom "$(romfile 1)"
}

@test "a link that is gone is made anew" {
	flashed_card
	g pin $name "$(head_of a.rom)"
	rm "$(romfile 1)"
	g pin $name "$(head_of a.rom)"
	cmp a.rom "$(romfile 1)"
}

@test "a card that is not here, by its path" {
	flashed_card
	card 2 10de:2206 rom=other.rom | a_boot 3
	g pin $name "$(head_of flashed.rom)"
	cmp flashed.rom "$(romfile 1)"
	same "$(this_card .rom.sha256)" "$(sha flashed.rom)"
}

@test "none of its ROMs, several of them, another card's: nothing changes" {
	{
		card 1 10de:2204 rom=a.rom
		card 2 10de:2206 rom=other.rom
	} | a_boot 1
	card 1 10de:2206 rom=other.rom | a_boot 2
	state_of_store >before
	run -1 g pin $name 0123456789
	has "$output" "gpurom: $name: none of its ROMs begins with these digits; 'gpurom history $name' lists its ROMs"
	# Of the card that stood there before.
	run -1 g pin $name "$(head_of a.rom)"
	has "$output" "none of its ROMs begins with these digits"
	diff before <(state_of_store)
	jq ".cards[\"$name\"].other_roms = [{sha256: (\"abcdef1\" + \"0\" * 57)}, {sha256: (\"abcdef2\" + \"0\" * 57)}]" \
		"$(store)/cards.json" >edited
	cp edited "$(store)/cards.json"
	run -1 g pin $name abcdef
	has "$output" "several of its ROMs begin with these digits: give more"
	run -1 g pin $name abcdef2
	has "$output" "roms/abcdef2$(printf '%057d' 0).rom is not there: nothing was changed"
	cmp edited "$(store)/cards.json"
}

@test "no reading, or one that was not kept" {
	card 1 10de:2204 rom=a.rom rom_eio=1 | a_boot 1
	run -1 g pin 01:00.0
	has "$output" "its last reading gave no ROM"
	card 1 10de:2204 rom=a.rom | a_boot 2
	cp flashed.rom usable.rom
	printf '\x01' | dd of=usable.rom bs=1 seek=1024 conv=notrunc status=none
	card 1 10de:2204 rom=usable.rom | a_boot 3
	told "a worse ROM was read"
	run -1 g pin 01:00.0
	has "$output" "was not kept, since it is worse"
	cmp a.rom "$(romfile 1)"
}

@test "a damaged romfile, and one that is not the card's, are not shown" {
	flashed_card
	rom_file="$(store)/roms/$(sha flashed.rom).rom"
	printf '\x01' | dd of="$rom_file" bs=1 seek=100 conv=notrunc status=none
	run -1 g pin 01:00.0
	has "$output" "roms/$(sha flashed.rom).rom is damaged: nothing was changed"
	cmp a.rom "$(romfile 1)"
	cp other.rom "$(store)/roms/$(sha other.rom).rom"
	jq ".cards[\"$name\"].other_roms += [{sha256: \"$(sha other.rom)\"}]" "$(store)/cards.json" >edited
	cp edited "$(store)/cards.json"
	run -1 g pin 01:00.0 "$(sha other.rom)"
	has "$output" "is not this card's ROM by today's rules"
	cmp a.rom "$(romfile 1)"
}

@test "what a person imported as another card's, and was allowed, can be pinned" {
	card 1 10de:2204 rom=a.rom | a_boot 1
	g import --card=01:00.0 --allow-mismatch=device --replace other.rom
	g pin 01:00.0 "$(head_of a.rom)"
	cmp a.rom "$(romfile 1)"
	g pin 01:00.0 "$(head_of other.rom)"
	cmp other.rom "$(romfile 1)"
}

@test "a file in the link's place that is not ours: left alone, reported" {
	flashed_card
	rm "$(romfile 1)"
	echo mine >"$(romfile 1)"
	state_of_store >before
	run -1 g pin 01:00.0
	has "$output" "by-path/$name.rom was not made by gpurom: nothing was changed"
	diff before <(state_of_store)
}

@test "the volatile store does not show the old one" {
	flashed_card
	mkdir -p "$R/run/gpurom/store"
	cp -a "$(store)/by-path" "$(store)/roms" "$R/run/gpurom/store"
	g pin 01:00.0
	same "$(g list --json | jq -r '.[0].romfile')" "/var/lib/gpurom/by-path/$name.rom"
}

@test "no room for the record: the links are as they were" {
	flashed_card
	find "$(store)/by-path" -printf '%p %l\n' | sort >before
	cp "$(store)/cards.json" old.json
	(
		trap '' XFSZ
		ulimit -f 1
		g pin 01:00.0
	) >out 2>&1 || :
	has "$(cat out)" "gpurom: /var/lib/gpurom: File too large"
	diff before <(find "$(store)/by-path" -printf '%p %l\n' | sort)
	cmp old.json "$(store)/cards.json"
	g pin 01:00.0
}

@test "a read-only disk, no room, a record that cannot be read: the old state" {
	flashed_card
	state_of_store >before
	mount --bind "$(store)" "$(store)"
	mount -o remount,ro,bind "$(store)"
	run g pin 01:00.0
	umount "$(store)"
	same "$status $output" "1 gpurom: /var/lib/gpurom: cannot be written (Read-only file system): make it writable, then try again"
	diff before <(state_of_store)
	echo '{' >"$(store)/cards.json"
	run -1 g pin 01:00.0
	has "$output" "corrupt: nothing was changed; 'gpurom commit' sets it aside"
	cmp a.rom "$(romfile 1)"
}

@test "a card that the record does not have, one that is not here, and another in its place" {
	{
		card 1 10de:2204 rom=a.rom
		onboard
	} | a_boot 1
	run -1 g pin 00:02.0
	has "$output" "the record does not have this card"
	run -1 g pin 07:00.0
	has "$output" "no such card"
	card 1 10de:2206 rom=other.rom | machine
	run -1 g pin 01:00.0
	has "$output" "the record has another card there"
	cmp a.rom "$(romfile 1)"
}

@test "usage" {
	card 1 10de:2204 rom=a.rom | a_boot 1
	for words in "" "01:00.0 12345" "01:00.0 1234567x" "01:00.0 $(sha a.rom)0" "a b c" --what; do
		# shellcheck disable=SC2086 # words
		run -2 --separate-stderr g pin $words
		has "$stderr" "usage: gpurom pin CARD [HASH]"
	done
}
