#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# gpurom list: the table for people, and --json.

load lib

setup() {
	cli_setup
	rom a.rom 10de:2204
}
teardown() { cli_teardown; }

two_cards() {
	onboard
	card 1 10de:2204 rom=a.rom driver=nouveau
	card 7 10de:2206
}

@test "the table: cards alone, a line a function" {
	two_cards | machine
	run --separate-stderr g list
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	diff -Z - <(echo "$output") <<-END
		ADDRESS       IDS        CLASS   DRIVER          GROUP  VGA  ROM       CARD        PATH
		0000:00:02.0  8086:3e92  030000  i915            100    yes  no-bar    -           pci0000-uid0-02
		0000:01:00.0  10de:2204  030000  nouveau         1      -    -         -           pci0000-uid0-01.1-00
		0000:01:00.1  10de:1aef  040300  -               1      -
		0000:07:00.0  10de:2206  030000  -               7      -    no-bar    -           pci0000-uid0-01.7-00
		0000:07:00.1  10de:1aef  040300  -               7      -
	END
}

@test "--json: an object a card" {
	two_cards | machine
	g list --json >"$T/out"
	jq -e '. | length == 3' "$T/out"
	jq -e '.[0].boot_vga and (.[1].boot_vga | not)' "$T/out"
	jq -S '.[1]' "$T/out" | diff <(jq -S . <<-'END'
		{"address": "0000:01:00.0", "path": "pci0000-uid0-01.1-00", "identity": null, "boot_vga": false,
		 "answers": true, "rom": "-",
		 "romfile": null, "state": null,
		 "group": [{"address": "0000:00:01.1", "ids": "8086:1901", "class": "060400", "iommu_group": 1,
		  "driver": "pcieport", "role": "harmless"}],
		 "functions": [
		  {"address": "0000:01:00.0", "ids": "10de:2204", "subsystem": "1462:3896",
		   "class": "030000", "driver": "nouveau", "driver_override": null, "iommu_group": 1},
		  {"address": "0000:01:00.1", "ids": "10de:1aef", "subsystem": "1462:3896",
		   "class": "040300", "driver": null, "driver_override": null, "iommu_group": 1}]}
	END
	) -
}

@test "without IOMMU the group is null, and a dash" {
	echo "fn 0000:01:00.0 10de:2204 030200" | machine
	g list --json | jq -e '.[0].functions[0].iommu_group == null'
	run g list
	[[ ${lines[1]} =~ ^0000:01:00.0\ +10de:2204\ +030200\ +-\ +-\ +-\ +no-bar ]]
}

@test "nothing is written, also not to the kernel log" {
	two_cards | machine
	g list >/dev/null
	g list --json >/dev/null
	[ -z "$(writes)" ]
	[ -z "$(kmsg)" ]
	no_files
}

@test "the ROM column through a card's life" {
	two_cards | machine
	rom_column() { g list --json | jq -r '.[] | select(.address == "0000:01:00.0") | .rom'; }
	same "$(rom_column)" -
	step claim
	same "$(g list --json | jq -r '.[1].state')" held
	step capture
	same "$(rom_column)" staged
	same "$(g list --json | jq -r '.[1].state')" bound
	step commit
	same "$(rom_column)" stored
	same "$(g list --json | jq -r '.[1].romfile')" /var/lib/gpurom/by-path/pci0000-uid0-01.1-00.rom
	cmp "$R/var/lib/gpurom/by-path/pci0000-uid0-01.1-00.rom" "$T/a.rom"
	same "$(g list --json | jq -r '.[1].functions[0].driver_override')" vfio-pci
}

@test "the ROM column for what gives none" {
	rom other.rom 10de:1234
	{
		card 1 10de:2204 rom=other.rom
		card 2 10de:2204 rom_eio=1
		card 3 10de:2204 shadow=1
		card 4 10de:2204
	} | machine
	boot_steps
	same "$(g list --json | jq -r 'map(.rom) | join(" ")')" "rejected unread shadow no-bar"
}

@test "a function that vanished does not hide the others" {
	two_cards | sed '/0000:07:00.0/s/$/ vanish=1/' | machine
	run --separate-stderr g list
	[ "$status" -eq 0 ]
	has "$output" 0000:01:00.1
	lacks "$output" 0000:07:00.0
	has "$stderr" "1 PCI functions cannot be read"
}

@test "no display controller: said, and not a failure" {
	echo "fn 0000:00:1f.0 8086:a304 060100" | machine
	run --separate-stderr g list
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	same "$stderr" "gpurom: list: no display controller is here"
	same "$(g list --json)" "[]"
}

@test "no PCI at all: said, exit 1" {
	run --separate-stderr g list
	[ "$status" -eq 1 ]
	has "$stderr" "the PCI buses cannot be read"
}

# pci_ids FOLDER: a small pci.ids there.
pci_ids() {
	mkdir -p "$R/usr/share/$1"
	printf '%b\n' '# a comment' '1000  Other' '\t2204  Wrong' '10de  NVIDIA Corporation' '\t2203  GA102 [RTX 3090 Ti]' \
		'# of 2204' '\t2204  GA102 [GeForce RTX 3090]' '\t\t1462 3895  Other board' '\t\t1462 3896  SUPRIM X' \
		'\t2206  GA102 [GeForce RTX 3080] with a name \x1b[31m' '8086  Intel' '\t3e92  UHD Graphics 630' \
		>"$R/usr/share/$1/pci.ids"
}

# in_terminal COLUMNS COMMAND...: what it prints on a terminal of that width.
in_terminal() {
	local n=$1
	shift
	COLUMNS=$n script -qec "$(printf '%q ' "$@")" /dev/null </dev/null | tr -d '\r'
}
widest() { LC_ALL=C.UTF-8 wc -L; }

@test "MODEL: of hwdata's pci.ids or of misc's, with the board's name; nothing else of the row changes" {
	two_cards | machine
	g list >"$T/without"
	pci_ids misc
	g list >"$T/with"
	sed 's/  *MODEL$//; s/   *\(UHD\|GA102\).*//' "$T/with" | diff "$T/without" -
	grep -q 'PATH  *MODEL$' "$T/with"
	grep -q '^0000:01:00.0 .*-01.1-00  GA102 \[GeForce RTX 3090\], SUPRIM X$' "$T/with"
	grep -qF 'with a name ?[31m' "$T/with"
	[ "$(grep -c GA102 "$T/with")" -eq 2 ]
	same "$(g list --json | jq -r '.[1].model')" "GA102 [GeForce RTX 3090], SUPRIM X"
	mv "$R/usr/share/misc" "$R/usr/share/hwdata"
	g list | diff "$T/with" -
	: >"$R/usr/share/hwdata/pci.ids"
	same "$(g list --json | jq -r '.[1].model')" null
}

@test "--columns: these, in this order; --noheadings: rows alone" {
	two_cards | machine
	pci_ids hwdata
	same "$(g list --columns=PATH,address --noheadings | tail -n +2 | head -n 1)" "pci0000-uid0-01.1-00  0000:01:00.0"
	same "$(g list --columns=ADDRESS,MODEL | head -n 2)" "ADDRESS       MODEL
0000:00:02.0  UHD Graphics 630"
	same "$(g list --noheadings)" "$(g list | sed 1d)"
	for bad in NOSUCH "ADDRESS," "" ADDRESS,ADDRESS; do
		run --separate-stderr g list "--columns=$bad"
		same "$status $output" "2 "
		has "$stderr" "gpurom: list: --columns takes each once"
	done
	run g list --json --noheadings
	[ "$status" -eq 2 ]
}

@test "a terminal is never overrun; a narrow one cuts MODEL, then leaves columns out; a pipe is not cut" {
	two_cards | machine
	pci_ids hwdata
	[ "$(g list | widest)" -gt 120 ]
	for n in 1 10 30 60 80 100 110 300; do
		in_terminal $n "$GPUROM" --root "$R" list >"$T/$n"
		[ "$(widest <"$T/$n")" -le $n ] || fail "$n:" "$(cat "$T/$n")"
		! grep -nE ' $' "$T/$n" || fail "blanks at $n"
	done
	grep -q 'SUPRIM X$' "$T/300"
	grep -q 'GA102.*…$' "$T/100"
	has "$(head -n 1 "$T/100")" "PATH"
	lacks "$(head -n 1 "$T/80")" "CLASS"
	has "$(cat "$T/80")" "pci0000-uid0-01.1-00"
	# What was asked for is not left out.
	has "$(in_terminal 60 "$GPUROM" --root "$R" list --columns=CLASS,VGA,PATH,MODEL | head -n 1)" "CLASS   VGA  PATH"
}
