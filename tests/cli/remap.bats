#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# gpurom remap: a person says which recorded card a card here is; links and record follow.
# shellcheck disable=SC2030,SC2031,SC2154 # what run sets

load lib

store() { echo "$R/var/lib/gpurom"; }
p1=pci0000-uid0-01.1-00
p2=pci0000-uid0-01.2-00
p3=pci0000-uid0-01.3-00
p4=pci0000-uid0-01.4-00
# of PATH JQ: what the record has of the card there.
of() { jq -r ".cards[\"$1\"]$2" "$(store)/cards.json"; }
link() { echo "$(store)/by-path/$1.rom"; }
# shows PATH FILE
shows() { cmp "$(link "$1")" "$2"; }
state_of_store() { (cd "$(store)" && find . -printf '%p %y %i %l\n' | sort && find . -type f -exec sha256sum {} + | sort); }

setup() {
	cli_setup
	cd "$T" || return
	rom a.rom 10de:2204 94.02.42.80.01
	rom b.rom 10de:2204 94.02.42.80.02
	rom other.rom 10de:2206 94.02.26.40.99
}
teardown() { cli_teardown; }

twins() {
	at 1 1 10de:2204 rom="$1"
	at 2 2 10de:2204 rom="$2"
}
swapped() {
	twins a.rom b.rom | a_boot 1
	twins b.rom a.rom | a_boot 2
	same "$(of $p1 .identity) $(of $p2 .identity)" "ambiguous ambiguous"
	shows $p1 a.rom
}
same_again() {
	same "$(of "$1" .identity) $(of "$1" .maybe)" "same null"
}

@test "twins that were swapped: each gets its own ROM and past back" {
	swapped
	run --separate-stderr g remap $p2 $p1
	[ "$status" -eq 0 ]
	same "$stderr" ""
	same "$output" "$p2 and $p1: the two cards changed places; each keeps its ROMs and its history"
	shows $p1 b.rom
	shows $p2 a.rom
	same_again $p1
	same_again $p2
	same "$(of $p1 .identity_text)" "remapped from $p2"
	same "$(of $p1 .rom.version) $(of $p2 .rom.version)" "94.02.42.80.02 94.02.42.80.01"
	same "$(of $p1 '.paths[].path') $(of $p2 '.paths[].path')" "$p2 $p1"
	same "$(of $p1 .address) $(of $p2 .address)" "0000:01:00.0 0000:02:00.0"
	same "$(of $p1 '.addresses[].address') $(of $p2 '.addresses[].address')" "0000:02:00.0 0000:01:00.0"
	# The reading is of what stands there.
	same "$(of $p1 .reading.sha256)" "$(sha b.rom)"
	g verify
	twins b.rom a.rom | a_boot 3
	same_again $p1
	same_again $p2
	untold "ROM changed"
	shows $p1 b.rom
}

@test "not swapped: the card is itself, and so is the other then" {
	swapped
	run g remap $p1 $p1
	same "$status $output" "0 $p1: the card there, 0000:01:00.0, is itself"
	same_again $p1
	same_again $p2
	shows $p1 a.rom
	shows $p2 b.rom
	twins b.rom a.rom | a_boot 3
	same_again $p1
	same_again $p2
	shows $p1 a.rom
}

@test "moved, and its ROM was not read: the ROM goes with it, and the old link leads on" {
	at 1 1 10de:2204 rom=a.rom | a_boot 1
	first=$(of $p1 .first_seen)
	at 1 3 10de:2204 rom=a.rom rom_eio=1 | a_boot 2
	same "$(of $p3 .identity) $(of $p3 '.maybe[]')" "ambiguous $p1"
	run g remap $p1 01:00.0
	same "$status $output" "0 $p3: the card there, 0000:01:00.0, is the one of $p1; it keeps its ROMs and its history"
	same_again $p3
	same "$(of $p1 '')" null
	same "$(of $p3 .first_seen) $(of $p3 .last_boot)" "$first boot-2"
	same "$(of $p3 '.paths[].path')" $p1
	shows $p3 a.rom
	shows $p1 a.rom
	g verify
	at 1 3 10de:2204 rom=a.rom | a_boot 3
	same_again $p3
	shows $p3 a.rom
	# Again: it is that already.
	state_of_store >before
	run g remap $p1 $p3
	has "$output" "is itself"
	diff <(sed '/cards.json/d' before) <(state_of_store | sed '/cards.json/d')
}

@test "what was read of the newcomer is kept beside" {
	twins a.rom a.rom | a_boot 1
	at 3 3 10de:2204 rom=b.rom | a_boot 2
	at 3 3 10de:2204 rom=b.rom | machine
	g remap $p2 $p3
	shows $p3 a.rom
	same "$(of $p3 .rom.sha256) $(of $p3 '.other_roms[].sha256')" "$(sha a.rom) $(sha b.rom)"
	same "$(of $p3 '.other_roms[].pinned') $(of $p3 .rom.pinned.by)" "null first"
	same "$(of $p1 .identity)" missing
	g verify
	g pin $p3
	shows $p3 b.rom
}

@test "all paths changed at once: one by one, and no ROM goes astray" {
	twins a.rom a.rom | a_boot 1
	{
		at 3 3 10de:2204 rom=a.rom
		at 4 4 10de:2204 rom=a.rom
	} | a_boot 2
	same "$(of $p3 .identity) $(of $p4 .identity)" "ambiguous ambiguous"
	g remap $p1 $p4
	same_again $p4
	same "$(of $p3 .identity) $(of $p3 '.maybe | join(" ")')" "ambiguous $p2"
	same "$(of $p3 .identity_text)" "may be the card of $p2: 'gpurom remap $p2 $p3' settles it"
	g remap $p2 $p3
	same_again $p3
	same "$(jq -r '.cards | keys | join(" ")' "$(store)/cards.json")" "$p3 $p4"
	shows $p3 a.rom
	{
		at 3 3 10de:2204 rom=a.rom
		at 4 4 10de:2204 rom=a.rom
	} | a_boot 3
	same_again $p3
	same_again $p4
}

@test "the last candidate is another's: the card is new" {
	twins a.rom a.rom | a_boot 1
	{
		at 3 3 10de:2204 rom=a.rom
		at 4 4 10de:2204 rom=a.rom
	} | a_boot 2
	jq ".cards[\"$p3\"].maybe = [\"$p1\"]" "$(store)/cards.json" >edited
	cp edited "$(store)/cards.json"
	g remap $p1 $p4
	same "$(of $p3 .identity) $(of $p3 .maybe) $(of $p3 .identity_text)" "new null "
}

@test "a card that another model displaced is found in what is recorded before it" {
	at 1 1 10de:2204 rom=a.rom | a_boot 1
	{
		at 1 1 10de:2206 rom=other.rom
		at 3 3 10de:2204 rom=a.rom rom_eio=1
	} | a_boot 2
	same "$(of $p1 .ids) $(of $p1 '.previous[0].ids')" "10de:2206 10de:2204"
	g remap $p1 $p3
	shows $p1 other.rom
	shows $p3 a.rom
	same "$(of $p1 .ids) $(of $p1 '.previous | length')" "10de:2206 0"
	same "$(of $p3 .rom.sha256) $(of $p3 '.paths[].path')" "$(sha a.rom) $p1"
	g verify
}

@test "another card's record at the new place becomes the past of that place" {
	{
		at 1 1 10de:2204 rom=a.rom
		at 3 3 10de:2204 rom=b.rom
	} | a_boot 1
	at 3 3 10de:2204 rom=b.rom | a_boot 2
	g remap $p1 $p3
	shows $p3 a.rom
	same "$(of $p3 .rom.sha256) $(of $p3 '.previous[0].rom.sha256')" "$(sha a.rom) $(sha b.rom)"
	[ -e "$(store)/roms/$(sha b.rom).rom" ]
	g verify
	same "$(g gc)" "/var/lib/gpurom: nothing to remove: each file is referred to"
}

@test "before commit ran: by the scan alone; a link that shows another card's ROM goes" {
	at 1 1 10de:2204 rom=a.rom | a_boot 1
	{
		at 1 1 10de:2206 rom=other.rom
		at 3 3 10de:2204 rom=a.rom
	} | machine
	g remap $p1 $p3
	shows $p3 a.rom
	[ ! -L "$(link $p1)" ]
	same "$(of $p3 .address) $(of $p3 '.addresses[].address') $(of $p1 '')" "0000:03:00.0 0000:01:00.0 null"
	g verify
}

@test "by an old address; by one of several cards: refused" {
	{
		at 1 1 10de:2204 rom=a.rom
		at 2 2 10de:2206 rom=other.rom
	} | a_boot 1
	at 4 3 10de:2204 rom=a.rom rom_eio=1 | a_boot 2
	g remap 01:00.0 $p3
	same "$(of $p3 '.paths[].path')" $p1
	jq ".cards[\"$p2\"].addresses = [{address: \"0000:01:00.0\", last_seen: \"2020\"}]" "$(store)/cards.json" >edited
	cp edited "$(store)/cards.json"
	run -1 g remap 01:00.0 $p3
	has "$output" "gpurom: 01:00.0: several recorded cards had that name: take a path name"
}

@test "another model, a card that is not here, one that is not recorded: refused, nothing changed" {
	{
		at 1 1 10de:2204 rom=a.rom
		at 2 2 10de:2206 rom=other.rom
	} | a_boot 1
	at 2 2 10de:2206 rom=other.rom | a_boot 2
	state_of_store >before
	run -1 g remap $p1 $p2
	has "$output" "gpurom: $p2: is 10de:2206 of 1462:3896, and the card of $p1 10de:2204 of 1462:3896: not the same model"
	run -1 g remap $p2 $p1
	has "$output" "gpurom: $p1: the card of $p1 is not here"
	run -1 g remap $p4 $p2
	has "$output" "gpurom: $p4: the record has no card of that name"
	run -1 g remap "x$p1" $p2
	has "$output" "gpurom: x$p1: the record has no card of that name; did you mean $p1? 'gpurom list' lists the paths"
	diff before <(state_of_store)
}

@test "no room for the record: the links are as they were" {
	swapped
	find "$(store)/by-path" -printf '%p %l\n' | sort >before
	cp "$(store)/cards.json" old.json
	(
		trap '' XFSZ
		ulimit -f 1
		g remap $p2 $p1
	) >out 2>&1 || :
	has "$(cat out)" "gpurom: /var/lib/gpurom: File too large"
	diff before <(find "$(store)/by-path" -printf '%p %l\n' | sort)
	cmp old.json "$(store)/cards.json"
	g remap $p2 $p1
}

@test "a link that is not ours, a damaged ROM, a read-only disk: nothing changed" {
	swapped
	state_of_store >before
	mount --bind "$(store)" "$(store)"
	mount -o remount,ro,bind "$(store)"
	run g remap $p2 $p1
	umount "$(store)"
	same "$status" 1
	has "$output" "cannot be written (Read-only file system)"
	diff before <(state_of_store)
	rom_file="$(store)/roms/$(sha b.rom).rom"
	printf '\x01' | dd of="$rom_file" bs=1 seek=100 conv=notrunc status=none
	run -1 g remap $p2 $p1
	has "$output" "roms/$(sha b.rom).rom, the ROM of the card, is damaged: nothing was changed"
	cp b.rom "$rom_file"
	rm "$(link $p2)"
	echo mine >"$(link $p2)"
	cp "$(store)/cards.json" before
	run -1 g remap $p2 $p1
	has "$output" "by-path/$p2.rom was not made by gpurom: nothing was changed"
	cmp before "$(store)/cards.json"
	shows $p1 a.rom
}

@test "usage" {
	for words in "" $p1 "a b c" --what; do
		# shellcheck disable=SC2086 # words
		run -2 --separate-stderr g remap $words
		has "$stderr" "usage: gpurom remap OLD NEW"
	done
}
