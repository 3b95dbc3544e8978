#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Who each card is, from boot to boot: the kernel log, the report, list and the record agree.
# shellcheck disable=SC2030,SC2031,SC2154 # what run sets

load lib

p1=pci0000-uid0-01.1-00
p2=pci0000-uid0-01.2-00
sn1=48-b0-2d-ff-fe-01-02-03
of() { jq -r ".cards[\"$1\"]$2" "$R/var/lib/gpurom/cards.json"; }
shows() { cmp "$R/var/lib/gpurom/by-path/$1.rom" "$2"; }
card_column() { g list | awk -v path="$1" '$NF == path && $(NF - 1) ~ /[a-z]/ { print $(NF - 1) }'; }

setup() {
	cli_setup
	cd "$T" || return
	rom a.rom 10de:2204 94.02.42.80.01
	rom b.rom 10de:2204 94.02.42.80.02
	rom other.rom 10de:2206 94.02.26.40.99
}
teardown() { cli_teardown; }

@test "new, then the same: said once, then nothing" {
	at 1 1 10de:2204 rom=a.rom | a_boot 1
	told "0000:01:00: new"
	same "$(card_column $p1)" new
	has "$(g report)" "  identity: new"
	at 1 1 10de:2204 rom=a.rom | a_boot 2
	untold "0000:01:00: same"
	untold "0000:01:00: new"
	same "$(card_column $p1)" same
	has "$(g report)" "  identity: same"
	has "$(g report)" "  store: ROM 94.02.42.80.01 is the stored one"
}

@test "renumbered: the link is what it was, the old address is remembered" {
	at 1 1 10de:2204 rom=a.rom | a_boot 1
	inode=$(stat -c %i "$R/var/lib/gpurom/by-path/$p1.rom")
	at 5 1 10de:2204 rom=a.rom | a_boot 2
	told "0000:05:00: renumbered: it was 0000:01:00 until 2"
	has "$(g report)" "  identity: renumbered: it was 0000:01:00 until "
	same "$(card_column $p1)" renumbered
	same "$(g list --json | jq -r '.[0].identity')" renumbered
	same "$(of $p1 .address)" 0000:05:00.0
	same "$(of $p1 '.addresses[0].address')" 0000:01:00.0
	same "$(stat -c %i "$R/var/lib/gpurom/by-path/$p1.rom")" "$inode"
	run g commit
	has "$(g report)" "  identity: renumbered: it was 0000:01:00 until "
}

@test "missing: reported at each boot, listed, its link and record stay; back again" {
	{
		at 1 1 10de:2204 rom=a.rom
		at 2 2 10de:2206 rom=other.rom
	} | a_boot 1
	at 1 1 10de:2204 rom=a.rom | a_boot 2
	told "$p2: missing: 10de:2206 was there until 2"
	has "$(g report)" "missing: $p2  10de:2206, at 0000:02:00 until 2"
	same "$(g report --json | jq -r '.missing[0].path')" $p2
	same "$(card_column $p2)" missing
	same "$(g list --json | jq -r ".[] | select(.path == \"$p2\") | .address, .identity" | xargs)" "null missing"
	shows $p2 other.rom
	{
		at 1 1 10de:2204 rom=a.rom
		at 2 2 10de:2206 rom=other.rom
	} | a_boot 3
	same "$(card_column $p2)" same
	same "$(g report --json | jq '.missing | length')" 0
}

@test "import for one card: what is recorded of the others stays, one that is not here is missing" {
	for boot in 1 2; do
		for n in 1 2 3 4; do
			[ "$n$boot" = 42 ] || at $n $n 10de:2204 rom=a.rom
		done | a_boot $boot
	done
	jq -c --arg p $p1 '.cards | del(.[$p])[]' "$R/var/lib/gpurom/cards.json" >before
	g import --card=01:00.0 a.rom
	jq -c --arg p $p1 '.cards | del(.[$p])[]' "$R/var/lib/gpurom/cards.json" >after
	same "$(of pci0000-uid0-01.4-00 .identity)" missing
	diff before after
}

@test "a card kept for the host is not missing" {
	{
		at 1 1 10de:2204 rom=a.rom
		at 2 2 10de:2206 rom=other.rom
	} | a_boot 1
	cmdline gpurom.keep=10de:2206
	{
		at 1 1 10de:2204 rom=a.rom
		at 2 2 10de:2206 rom=other.rom
	} | a_boot 2
	untold missing
	same "$(of $p2 .identity)" new
	shows $p2 other.rom
}

@test "moved, by its serial number: the ROM comes along though it cannot be read" {
	at 1 1 10de:2204 rom=a.rom dsn=$sn1 slot=4 | a_boot 1
	same "$(of $p1 .serial) $(of $p1 .slot)" "$sn1 4"
	same "$(g list --json | jq -r '.[0].serial + " " + .[0].slot')" "$sn1 4"
	at 1 2 10de:2204 rom=a.rom rom_eio=1 dsn=$sn1 | a_boot 2
	told "0000:01:00: moved: it was at $p1 until 2"
	told "its serial number says so"
	shows $p2 a.rom
	same "$(of $p2 '.paths[0].path') $(of $p1 '')" "$p1 null"
	same "$(of $p2 .slot)" null
}

# A link that nobody can explain is no word on a card that came from elsewhere.
@test "moved, its own ROM unknown: it is not shown with what was left at its new place" {
	at 1 1 10de:2204 rom=a.rom rom_eio=1 dsn=$sn1 | a_boot 1
	store=$R/var/lib/gpurom
	cp b.rom "$store/roms/$(sha b.rom).rom"
	ln -s "../roms/$(sha b.rom).rom" "$store/by-path/$p2.rom"
	at 1 2 10de:2204 rom=a.rom rom_eio=1 dsn=$sn1 | a_boot 2
	same "$(of $p2 .identity) $(of $p2 '.rom.sha256')" "moved null"
	[ ! -e "$store/by-path/$p2.rom" ]
}

@test "a card in a place that another one has left is not shown with that one's ROM" {
	at 1 1 10de:2204 rom=a.rom dsn=$sn1 | a_boot 1
	at 1 2 10de:2204 rom=a.rom dsn=$sn1 | a_boot 2
	{
		at 1 2 10de:2204 rom=a.rom dsn=$sn1
		at 2 1 10de:2204 rom=b.rom rom_eio=1 dsn=48-b0-2d-ff-fe-01-02-04
	} | a_boot 3
	shows $p2 a.rom
	same "$(of $p1 '.rom.sha256')" null
	[ ! -e "$R/var/lib/gpurom/by-path/$p1.rom" ]
}

# A card of slot 3 goes to slot 1, and is replaced there by another.
p3=pci0000-uid0-01.3-00
sold() {
	local x=dsn=48-b0-2d-00-00-00-00-01
	at 3 3 10de:2204 rom=a.rom ${1:+$x} | a_boot 1
	at 1 1 10de:2204 rom=a.rom ${1:+$x} | a_boot 2
	told "0000:01:00: moved"
	shows $p3 a.rom
	if [ "$1" ]; then rom y.rom 10de:2204 94.02.42.80.09; else cp other.rom y.rom; fi
	y="1 1 10de:${1:-2206} rom=y.rom ${1:+dsn=48-b0-2d-00-00-00-00-02}"
	# shellcheck disable=SC2086 # words
	at $y | a_boot 3
	told "by-path/$p3.rom: removed: "
	[ ! -L "$R/var/lib/gpurom/by-path/$p3.rom" ]
	g verify
}

# third_card MODEL: by its serial number, or "".
third_card() {
	sold "$1"
	for z in rombar=1 rom=b.rom; do
		{
			# shellcheck disable=SC2086 # words
			at $y
			at 3 3 10de:2204 $z ${1:+dsn=48-b0-2d-00-00-00-00-03}
		} | a_boot 4
		[ $z != rombar=1 ] || [ ! -e "$R/var/lib/gpurom/by-path/$p3.rom" ]
	done
	shows $p3 b.rom
	g verify
}

@test "a third card in the slot that a sold card left shows its own ROM, or none" {
	third_card 2204
}

@test "the same, where no card reports a serial number" {
	third_card ""
}

@test "a link that a record of an older gpurom does not explain is not taken for a card's" {
	at 2 2 10de:2206 rom=other.rom | a_boot 1
	cp a.rom "$R/var/lib/gpurom/roms/$(sha a.rom).rom"
	ln -s "../roms/$(sha a.rom).rom" "$R/var/lib/gpurom/by-path/$p3.rom"
	{
		at 2 2 10de:2206 rom=other.rom
		at 3 3 10de:2204 rombar=1
	} | a_boot 2
	[ ! -e "$R/var/lib/gpurom/by-path/$p3.rom" ]
	has "$(g list)" unread
	g verify
}

@test "rejected readings: the newest three are kept, and it is reported" {
	for i in 1 2 3 4 5; do
		head -c 4196 a.rom | sed "s/\x00\x00\x00\x00/\x00\x00\x00$i/" >cut.rom
		printf "%s" "$i" | dd of=cut.rom bs=1 seek=4100 conv=notrunc status=none
		truncate -s 4196 cut.rom
		at 1 1 10de:2204 rom=cut.rom | a_boot "$i"
		told "no ROM to store; a VM may need none; what was read is kept as raw/"
	done
	told ", was removed: the newest 3 of a card stay"
	same "$(find "$R/var/lib/gpurom/raw" -type f | wc -l)" 3
	same "$(of $p1 '.raws | length')" 3
	g verify
}

@test "the ROM changed: both kept, the links stay, reported until it is pinned" {
	at 1 1 10de:2204 rom=a.rom | a_boot 1
	at 1 1 10de:2204 rom=b.rom | a_boot 2
	told "ROM changed since 2"
	has "$(g report)" "was 94.02.42.80.01, is 94.02.42.80.02 now"
	has "$(g report)" "'gpurom pin $p1' makes them show it"
	shows $p1 a.rom
	at 1 1 10de:2204 rom=b.rom | a_boot 3
	told "ROM changed since 2"
	g pin $p1
	shows $p1 b.rom
	at 1 1 10de:2204 rom=b.rom | a_boot 4
	untold "ROM changed"
	shows $p1 b.rom
}

@test "an older record: upgraded, and kept as it was" {
	at 1 1 10de:2204 rom=a.rom | a_boot 1
	jq '.version = 1 | .cards[] |= del(.identity, .identity_text, .rom.pinned)' \
		"$R/var/lib/gpurom/cards.json" >"$T/v1"
	cp "$T/v1" "$R/var/lib/gpurom/cards.json"
	at 1 1 10de:2204 rom=a.rom | a_boot 2
	same "$(jq .version "$R/var/lib/gpurom/cards.json")" 2
	cmp "$T/v1" "$R/var/lib/gpurom/cards.json.v1"
	same "$(of $p1 .identity)" same
	g verify
}

@test "a newer record: refused, nothing written, what was read is in /run" {
	at 1 1 10de:2204 rom=a.rom | a_boot 1
	jq '.version = 99' "$R/var/lib/gpurom/cards.json" >"$T/v99"
	cp "$T/v99" "$R/var/lib/gpurom/cards.json"
	before=$(cd "$R/var/lib/gpurom" && find . -printf '%p %i %s %T@\n' | sort)
	at 1 1 10de:2204 rom=b.rom | a_boot 2
	told "cards.json was written by a newer gpurom"
	same "$(cd "$R/var/lib/gpurom" && find . ! -name .lock -printf '%p %i %s %T@\n' | sort)" \
		"$(echo "$before" | grep -v '^\./\.lock ')"
	cmp "$R/run/gpurom/store/by-path/$p1.rom" b.rom
}

@test "a device that cannot be woken does not keep a ROM from the store" {
	at 1 1 10de:2204 rom=a.rom | machine
	boot_steps
	{
		at 1 1 10de:2204 rom=a.rom
		echo "fn 0000:00:1f.0 8086:1111 010802 driver=nvme config_hang=1"
	} | machine
	within 20000 step commit
	shows $p1 a.rom
	same "$(of $p1 .identity)" new
}
