#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# gpurom verify: the store, a file, a card against the store; and never a write to any of them.
# shellcheck disable=SC2030,SC2031,SC2154 # what run sets

load lib

store() { echo "$R/var/lib/gpurom"; }
by_path=pci0000-uid0-01.1-00

a_boot() {
	rm -rf "$R/run/gpurom"
	machine
	boot_steps
	step commit
	forget_writes
}
setup() {
	cli_setup
	rom a.rom 10de:2204 94.02.42.80.01
	rom flashed.rom 10de:2204 94.02.42.80.77
	rom other.rom 10de:2206 94.02.26.40.99
	head -c 4096 /dev/zero | cat "$T/a.rom" - >"$T/long.rom"
	cd "$T" || return
}
teardown() { cli_teardown; }
one_card() { card 1 10de:2204 rom=a.rom "$@"; }
a_sha() { sha "$T/a.rom"; }
rom_a() { echo "$(store)/roms/$(a_sha).rom"; }
# Every name, size, time and byte of the store.
state_of_store() { find "$(store)" -printf '%p %y %s %T@ %l\n' | sort && find "$(store)" -type f -exec sha256sum {} + | sort; }
# The card after its boot, given back to nobody: what `verify CARD` reads.
now_with() { card 1 10de:2204 "$@" | machine; }

@test "the store, whole: a line, exit 0, and not a byte written" {
	card 1 10de:2204 rom=long.rom | a_boot
	state_of_store >before
	run --separate-stderr g verify
	[ "$status" -eq 0 ]
	same "$output" "/var/lib/gpurom: 1 romfiles, 1 raw, 2 links, 1 cards: whole"
	same "$stderr" ""
	run g verify --json
	[ "$status" -eq 0 ]
	same "$(jq -c '.[] | [.store, .romfiles, .raw, .links, .cards, .faults, .foreign]' <<<"$output")" \
		'["/var/lib/gpurom",1,1,2,1,[],[]]'
	diff before <(state_of_store)
	same "$(writes)" ""
}

# fault NAME FAULT TEXT: one line, exit 3, and the same as JSON.
fault() {
	run g verify
	[ "$status" -eq 3 ]
	has "$output" "/var/lib/gpurom/$1: "
	has "$output" "$3"
	has "$output" "cards: "
	lacks "$output" whole$'\n'
	run g verify --json
	[ "$status" -eq 3 ]
	same "$(jq -r --arg n "$1" '.[].faults[] | select(.name == $n) | .fault' <<<"$output")" "$2"
}

@test "a romfile with a flipped bit: it, and each link to it" {
	one_card | a_boot
	printf '\x01' | dd of="$(rom_a)" bs=1 seek=100 conv=notrunc status=none
	fault "roms/$(a_sha).rom" damaged "its bytes do not have the digest in its name"
	fault "by-path/$by_path.rom" dangling "leads to no whole romfile"
	fault by-id/10de-2204-1462-3896.rom dangling "leads to no whole romfile"
	same "$(jq '.[].faults | length' <<<"$output")" 3
	run g verify
	has "$output" "1 romfiles, 0 raw, 2 links, 1 cards: 3 problems"
	# What it says is so: the next boot puts it right.
	one_card | a_boot
	g verify
}

@test "a romfile that is gone: the links, and the record" {
	one_card | a_boot
	rm "$(rom_a)"
	fault "roms/$(a_sha).rom" missing "cards.json has it for the card at $by_path"
	fault "by-path/$by_path.rom" dangling "leads to no whole romfile"
	one_card | a_boot
	g verify
}

@test "a romfile kept beside that is gone" {
	one_card | a_boot
	card 1 10de:2204 rom=flashed.rom | a_boot
	rm "$(store)/roms/$(sha flashed.rom).rom"
	fault "roms/$(sha flashed.rom).rom" missing "cards.json has it"
}

@test "a romfile of the card before that is gone" {
	one_card | a_boot
	card 1 10de:2206 rom=other.rom | a_boot
	g verify
	rm "$(rom_a)"
	fault "roms/$(a_sha).rom" missing "cards.json has it"
}

@test "a raw reading that is cut short" {
	card 1 10de:2204 rom=long.rom | a_boot
	truncate -s 100 "$(store)/raw/$(sha long.rom).bin"
	fault "raw/$(sha long.rom).bin" damaged "its bytes do not have the digest in its name"
	card 1 10de:2204 rom=long.rom | a_boot
	g verify
}

@test "a link of a place that no record explains" {
	one_card | a_boot
	ln -s "../roms/$(a_sha).rom" "$(store)/by-path/pci0000-uid0-01.7-00.rom"
	fault by-path/pci0000-uid0-01.7-00.rom unexplained "by cards.json no card that is or was there has this ROM"
	touch "$(store)/cards.json.corrupt-1"
	fault by-path/pci0000-uid0-01.7-00.rom unexplained "It stays while cards.json.corrupt-1 is there"
	one_card | a_boot
	[ -L "$(store)/by-path/pci0000-uid0-01.7-00.rom" ]
	rm "$(store)/cards.json.corrupt-1"
	one_card | a_boot
	[ ! -L "$(store)/by-path/pci0000-uid0-01.7-00.rom" ]
	g verify
}

@test "a link that is gone, and one that shows another ROM" {
	one_card | a_boot
	card 1 10de:2204 rom=flashed.rom | a_boot
	ln -sf "../roms/$(sha flashed.rom).rom" "$(romfile 1)"
	fault "by-path/$by_path.rom" differs "cards.json says $(a_sha | cut -c1-12)..."
	rm "$(romfile 1)"
	fault "by-path/$by_path.rom" missing "the next boot makes it anew"
	one_card | a_boot
	g verify
}

@test "a record that is corrupt, or a newer gpurom's" {
	one_card | a_boot
	echo '{"version": 7}' >"$(store)/cards.json"
	fault cards.json unread "written by a newer gpurom"
	echo '{' >"$(store)/cards.json"
	fault cards.json damaged "corrupt"
	one_card | a_boot
	run g verify
	[ "$status" -eq 0 ]
	has "$output" "cards.json.corrupt-1: a record that was corrupt, put aside"
}

@test "what is not ours is reported, and no fault" {
	one_card | a_boot
	echo x >"$(store)/roms/my.rom"
	echo x >"$(store)/raw/README"
	echo x >"$(store)/by-path/file.rom"
	ln -s /etc/passwd "$(store)/by-path/passwd.rom"
	mkdir "$(store)/by-id/folder"
	echo x >"$(store)/notes"
	echo x >"$(store)/roms/.tmp.1.1"
	run g verify
	[ "$status" -eq 0 ]
	for name in roms/my.rom raw/README by-path/file.rom by-path/passwd.rom by-id/folder notes; do
		has "$output" "/var/lib/gpurom/$name: not made by gpurom"
	done
	lacks "$output" .tmp.
	has "$output" ": whole"
	same "$(g verify --json | jq '.[].foreign | length')" 6
}

@test "a romfile that is a link is none" {
	one_card | a_boot
	mv "$(rom_a)" elsewhere
	ln -s "$T/elsewhere" "$(rom_a)"
	fault "roms/$(a_sha).rom" damaged "its bytes do not have the digest in its name"
}

@test "the volatile store is looked at, too" {
	rmdir "$R/var/lib"
	: >"$R/var/lib"
	one_card | a_boot
	run --separate-stderr g verify
	[ "$status" -eq 1 ]
	has "$output" "/run/gpurom/store: 1 romfiles, 0 raw, 2 links, 1 cards: whole"
	has "$stderr" "gpurom: /var/lib/gpurom: Not a directory"
	rm "$R/var/lib"
	run --separate-stderr g verify
	[ "$status" -eq 0 ]
	has "$stderr" "/var/lib/gpurom: no store there: everything is in /run/gpurom/store"
	echo x >>"$R/run/gpurom/store/roms/$(a_sha).rom"
	run g verify
	[ "$status" -eq 3 ]
	# Once it has moved, what is left there is no fault.
	rm -r "$R/run/gpurom/store"
	one_card | a_boot
	run g verify
	[ "$status" -eq 0 ]
}

@test "a card whose links moved away from the volatile store" {
	rmdir "$R/var/lib"
	: >"$R/var/lib"
	one_card | a_boot
	rm "$R/var/lib"
	step commit
	run g verify
	[ "$status" -eq 0 ]
	same "$(grep -c whole <<<"$output")" 2
}

@test "no store at all, or one that is no folder: exit 1" {
	one_card | machine
	run -1 g verify
	has "$output" "gpurom: /var/lib/gpurom: no store there"
	: >"$(store)"
	run -1 g verify
	has "$output" "gpurom: /var/lib/gpurom: Not a directory"
}

@test "FILE: what it is, that it is stored, and whose it is" {
	card 1 10de:2204 rom=long.rom | a_boot
	run g verify ./a.rom
	[ "$status" -eq 0 ]
	has "$output" "10de:2204, 94.02.42.80.01, EFI image"
	has "$output" "verdict     complete"
	has "$output" "stored      /var/lib/gpurom/roms/$(a_sha).rom"
	has "$output" "card        $by_path: its links show it"
	# Not trimmed yet, and by a name without '/'.
	run g verify long.rom
	[ "$status" -eq 0 ]
	has "$output" "stored      /var/lib/gpurom/roms/$(a_sha).rom, trimmed"
	has "$output" "stored      /var/lib/gpurom/raw/$(sha long.rom).bin"
	run g verify "$(romfile 1)"
	[ "$status" -eq 0 ]
	run g verify flashed.rom
	[ "$status" -eq 0 ]
	has "$output" "stored      no"
	lacks "$output" card
}

@test "FILE: kept beside, and of the card before" {
	one_card | a_boot
	card 1 10de:2204 rom=flashed.rom | a_boot
	run g verify flashed.rom
	has "$output" "card        $by_path: kept beside the one that its links show"
	card 1 10de:2206 rom=other.rom | a_boot
	run g verify a.rom
	has "$output" "card        $by_path: of a card that was there before"
	same "$(g verify --json a.rom | jq -c '[.verdict, .name_ok, [.cards[] | .use], [.stored[].trimmed]]')" \
		'["complete",null,["previous"],[false]]'
}

@test "FILE: rejected, and damaged under its name: exit 3" {
	one_card | a_boot
	head -c 3000 a.rom >cut.rom
	run g verify cut.rom
	[ "$status" -eq 3 ]
	has "$output" "verdict     rejected"
	has "$output" "fatal"
	# A tail does not spoil the ROM, only the name.
	echo x >>"$(rom_a)"
	run g verify "$(romfile 1)"
	[ "$status" -eq 3 ]
	has "$output" "damaged     its name has the digest of other bytes"
	run g verify --json "$(romfile 1)"
	[ "$status" -eq 3 ]
	same "$(jq -r .name_ok <<<"$output")" false
}

@test "FILE: not there, too large" {
	one_card | machine
	run -1 g verify ./missing
	has "$output" "gpurom: ./missing: No such file"
	truncate -s $(((16 << 20) + 1)) big
	run -1 g verify big
	has "$output" "gpurom: big: larger than any ROM"
}

@test "CARD: the stored ROM is the card's" {
	one_card | a_boot
	state_of_store >before
	now_with rom=a.rom
	run --separate-stderr g verify 01:00.0
	[ "$status" -eq 0 ]
	same "$output" "0000:01:00.0: /var/lib/gpurom/by-path/$by_path.rom is what the card has: 94.02.42.80.01, sha256 $(a_sha)"
	balanced 01:00.0
	diff before <(state_of_store)
	# Stored by the one way of trimming, read by the other.
	now_with rom=long.rom
	echo trim=head >"$R/etc/gpurom.conf"
	g verify 01:00.0
	rm -r "$(store)"
	card 1 10de:2204 rom=long.rom | a_boot
	cmp long.rom "$(romfile 1)"
	now_with rom=long.rom
	rm "$R/etc/gpurom.conf"
	g verify 01:00.0
}

@test "CARD: flashed since: both versions, and where they differ" {
	one_card | a_boot
	now_with rom=flashed.rom
	run --separate-stderr g verify 01:00.0
	[ "$status" -eq 3 ]
	has "$output" "/var/lib/gpurom/by-path/$by_path.rom differs from what the card has: "
	has "$output" "bytes differ, at 0x$(printf %x $(($(cmp a.rom flashed.rom | sed 's/.*byte \([0-9]*\),.*/\1/') - 1)))"
	has "$output" "stored      94.02.42.80.01, 6144 bytes, sha256 $(a_sha)"
	has "$output" "card        94.02.42.80.77, 6144 bytes, sha256 $(sha flashed.rom)"
	run --separate-stderr g verify --json 01:00.0
	[ "$status" -eq 3 ]
	same "$(jq -r '[.same, .different_bytes, .first_differences[0], .card.version, .stored.version] | map(tostring) | join(" ")' <<<"$output")" \
		"false $(cmp -l a.rom flashed.rom | wc -l) $(($(cmp -l a.rom flashed.rom | head -1 | awk '{print $1}') - 1)) 94.02.42.80.77 94.02.42.80.01"
}

@test "CARD: nothing is stored, or what is stored is damaged: exit 3" {
	one_card | machine
	run --separate-stderr g verify 01:00.0
	[ "$status" -eq 3 ]
	has "$output" "nothing is stored for this card"
	same "$(g verify --json 01:00.0 2>/dev/null | jq -c '[.same, .stored, .damaged]')" '[false,null,false]'
	one_card | a_boot
	echo x >>"$(rom_a)"
	now_with rom=a.rom
	run --separate-stderr g verify 01:00.0
	[ "$status" -eq 3 ]
	has "$output" "by-path/$by_path.rom is damaged"
	same "$(g verify --json 01:00.0 2>/dev/null | jq -c '[.same, .damaged]')" '[false,true]'
}

@test "CARD: cannot be read, or what is read is none: exit 1" {
	one_card | a_boot
	now_with rom=a.rom rom_eio=1
	run -1 g verify 01:00.0
	has "$output" "nothing could be read"
	now_with rom=other.rom
	run -1 g verify 01:00.0
	has "$output" "gpurom: 0000:01:00.0: ROM of another card"
	run -1 g verify 05:00.0
	has "$output" "no such card"
}

@test "CARD: refused as dump refuses" {
	one_card driver=nouveau | machine
	run -1 g verify 01:00.0
	has "$output" "not asked: the driver nouveau has the card"
	run -1 g verify --source=sysfs 01:00.0
	same "$(writes)" ""
	run -3 g verify --source=sysfs --while-bound 01:00.0
	has "$output" "nothing is stored for this card"
}

@test "usage" {
	one_card | machine
	touch file
	for words in "a b" "--what" "--source=file 01:00.0" "--source=efi" "--while-bound" "--while-bound file" \
		"--source=efi ./x"; do
		# shellcheck disable=SC2086 # words
		run -2 --separate-stderr g verify $words
		has "$stderr" "usage: gpurom verify"
	done
}
