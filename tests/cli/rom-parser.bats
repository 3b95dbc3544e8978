#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# show --format=rom-parser, and the program under the name rom-parser: what awilliam's rom-parser prints.
# shellcheck disable=SC2154 # bats sets stderr
bats_require_minimum_version 1.5.0

setup() {
	top=$(realpath "$BATS_TEST_DIRNAME/../..")
	GPUROM=$(realpath "${GPUROM:-$top/build/gpurom}")
	MKROM=$(realpath "${MKROM:-$top/build/tests/mkrom}")
	cd "$BATS_TEST_TMPDIR" || return
	ln -sf "$GPUROM" rom-parser
}

# says STATUS: of the description on standard input, exactly this (the last argument), nothing on
# standard error, the same under both names.
says() {
	"$MKROM" /dev/stdin f.rom
	printf '%b' "$2" >want
	for how in "./rom-parser" "$GPUROM show --format=rom-parser"; do
		rc=0
		# shellcheck disable=SC2086 # words
		$how f.rom >got 2>err || rc=$?
		diff -u --text want got
		[ "$rc" -eq "$1" ]
		[ ! -s err ]
	done
}

x86='\tPCIR: type 0 (x86 PC-AT), vendor: 10de, device: 2204, class: 030000\n\tPCIR: revision 0, vendor revision: 0\n'
efi='\tPCIR: type 3 (EFI), vendor: 10de, device: 2204, class: 030000\n\tPCIR: revision 3, vendor revision: 0\n'

@test "two images" {
	says 0 "Valid ROM signature found @0h, PCIR offset 170h\n${x86}Valid ROM signature found @800h, PCIR offset 1ch\n${efi}\t\tEFI: Signature Valid, Subsystem: Boot, Machine: X64\n\tLast image\n" <<-END
		image x86
		image efi last
	END
}

@test "what is before the ROM is skipped, what follows the last image is not read" {
	says 0 "Valid ROM signature found @a00h, PCIR offset 170h\n${x86}\tLast image\n" <<-END
		fill 0xa00
		image x86 last
		image efi last
	END
}

@test "ids, class and revisions, lower case, the class alone with leading zeros; other types" {
	says 255 'Valid ROM signature found @0h, PCIR offset 20h\n\tPCIR: type e0, vendor: 0abc, device: 00de, class: 0a0b0c\n\tPCIR: revision 0, vendor revision: 4a01\nError, ran off the end\n' <<-END
		image 0xe0 ids=0abc:00de class=0a0b0c blocks=1
		poke 0x32 014a
	END
}

@test "subsystems and machines, known and not" {
	while read -r driver machine text; do
		says 0 "Valid ROM signature found @0h, PCIR offset 1ch\n${efi}\t\tEFI: Signature Valid, ${text}\n\tLast image\n" \
			<<<"image efi driver=$driver machine=$machine last"
	done <<-END
		0x0b 0x014c Subsystem: Boot, Machine: IA-32
		0x0c 0x0200 Subsystem: Runtime, Machine: Itanium
		0x0c 0x0ebc Subsystem: Runtime, Machine: EFI Byte Code
		0x0b 0x01c2 Subsystem: Boot, Machine: ARM
		0x0b 0xaa64 Subsystem: Boot, Machine: ARM 64-bit
		0x0a 0x1f Subsystem: Unknown (a), Machine: Unknown (1f)
	END
}

@test "an EFI signature that is wrong" {
	says 0 "Valid ROM signature found @0h, PCIR offset 1ch\n${efi}\t\tEFI: Signature NOT Valid\n\tLast image\n" \
		<<<"image efi efi-signature=0x10ef1 last"
}

@test "any indicator but 0 ends it" {
	says 0 "Valid ROM signature found @0h, PCIR offset 170h\n${x86}\tLast image\n" <<<"image x86 indicator=0x01"
}

@test "no image is the last, or none is there: ran off the end" {
	says 255 "Valid ROM signature found @0h, PCIR offset 170h\n${x86}Error, ran off the end\n" <<<"image x86"
	says 255 'Error, ran off the end\n' <<<"fill 0x401"
	says 255 'Error, ran off the end\n' <<<"raw 55"
}

@test "no PCIR where the pointer leads: its four bytes as they are" {
	says 255 'Valid ROM signature found @200h, PCIR offset 170h\nInvalid PCIR signature: \x01\x00\xffR\n' <<-END
		fill 0x200
		image x86 last
		poke 0x170 0100ff52
	END
	says 255 'Valid ROM signature found @0h, PCIR offset 0h\nInvalid PCIR signature: U\xaa\x04\xcb\n' <<-END
		image x86 last
		poke 0x18 0000
	END
}

@test "a header or PCIR that the end of the file cuts: ran off the end" {
	says 255 'Error, ran off the end\n' <<<"raw 55aa"
	found='Valid ROM signature found @0h, PCIR offset'
	for n in 0x10 0x19; do
		printf 'image x86 last\ntruncate %s\n' $n | says 255 'Error, ran off the end\n'
	done
	for n in 0x1a 0x170 0x171 0x173 0x174 0x185; do
		printf 'image x86 last\ntruncate %s\n' $n | says 255 "$found 170h\nError, ran off the end\n"
	done
	printf 'image x86 last\ntruncate 0x186\n' | says 0 "$found 170h\n${x86}\tLast image\n"
	printf 'image x86 last\npoke 0x18 ffff\n' | says 255 "$found ffffh\nError, ran off the end\n"
	printf 'image x86 last\npoke 0x18 fdff\ntruncate 2048\n' | says 255 "$found fffdh\nError, ran off the end\n"
}

@test "an empty file, one that is not there, a folder, one too large: said, exit 255" {
	: >empty
	mkdir folder
	truncate -s 17M large
	while read -r f text; do
		run --separate-stderr ./rom-parser "$f"
		[ "$status" -eq 255 ]
		[ "$output" = "$text" ]
		[ -z "$stderr" ]
	done <<-END
		empty Error, zero sized ROM file
		missing Unable to stat ROM file: No such file or directory
		folder Unable to open ROM file: Is a directory
		large Unable to mmap ROM file: File too large
	END
}

@test "it opens for reading alone: a program that runs cannot be opened for writing" {
	cp "$(command -v sleep)" f.rom
	./f.rom 60 3>&- &
	pid=$!
	run ./rom-parser f.rom
	kill "$pid"
	[ "$status" -eq 255 ]
	[ "$output" = "Error, ran off the end" ]
}

@test "its usage, whatever the number of words, exit 0" {
	for words in "" "f f" "--help f g"; do
		# shellcheck disable=SC2086 # words
		run --separate-stderr ./rom-parser $words
		[ "$status" -eq 0 ]
		[ "$output" = "usage: ./rom-parser [ROM image file]" ]
		[ -z "$stderr" ]
	done
	run --separate-stderr ./rom-parser --help
	[ "$status" -eq 255 ]
	[ "$output" = "Unable to stat ROM file: No such file or directory" ]
}

@test "show: a format that is none, or with what it does not go with, exit 2" {
	"$MKROM" /dev/stdin f.rom <<<"image x86 last"
	for words in "--format=json" "--format=rom-parser --json" "--format=rom-parser --card=10de:2204"; do
		# shellcheck disable=SC2086 # words
		run --separate-stderr "$GPUROM" show $words f.rom
		[ "$status" -eq 2 ]
		[ -z "$output" ]
		[[ $stderr == *"--format"* ]]
	done
}

@test "a full disk behind stdout is reported, exit 1" {
	"$MKROM" /dev/stdin f.rom <<<"image x86 last"
	for words in f.rom ""; do
		# shellcheck disable=SC2086 # words
		run bash -c "./rom-parser $words >/dev/full"
		[ "$status" -eq 1 ]
		[[ $output == "gpurom: standard output: "* ]]
	done
}

@test "real ROMs: the bytes and exit status of rom-parser, 64 of 64" {
	roms=${GPUROM_ROMS:-$top/../shared/roms}
	[ -d "$roms" ] || skip "no real ROMs in $roms (set GPUROM_ROMS)"
	right=0
	while read -r f sum exit; do
		rc=0
		./rom-parser "$roms/$f" >got || rc=$?
		[ "$rc $(sha256sum <got | cut -c1-64)" = "$exit $sum" ] || { echo "$f: exit $rc" && head -n 20 got && false; }
		right=$((right + 1))
	done < <(grep -v '^#' "$BATS_TEST_DIRNAME/rom-parser.sums")
	[ "$right" -eq 64 ]
}
