#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# gpurom show: every described ROM gives what stands beside its description.
# shellcheck disable=SC2154 # bats sets stderr
bats_require_minimum_version 1.5.0
load recorded

setup() {
	top=$(realpath "$BATS_TEST_DIRNAME/../..")
	GPUROM=$(realpath "${GPUROM:-$top/build/gpurom}")
	MKROM=$(realpath "${MKROM:-$top/build/tests/mkrom}")
	export GPUROM MKROM
	rom=$top/tests/rom
	cd "$BATS_TEST_TMPDIR" || return
}

mkrom() { # NAME: makes NAME.rom here, of rom/good or rom/bad
	"$MKROM" "$rom"/*/"$1.txt" "$1.rom"
}

@test "sound ROMs: as described" {
	"$rom/replay.sh" "$rom"/good/*.txt
}

@test "defective ROMs, one for each defect: as described" {
	"$rom/replay.sh" "$rom"/bad/*.txt
}

@test "every described ROM has its expectation, and no expectation is left over" {
	for txt in "$rom"/*/*.txt; do [ -s "${txt%.txt}.out" ]; done
	for out in "$rom"/*/*.out; do [ -s "${out%.out}.txt" ]; done
}

@test "replay notices a difference" {
	cp "$rom/good/desktop.txt" "$rom/good/desktop.out" .
	"$rom/replay.sh" desktop.txt
	sed -i 's/10de:2206/10de:2207/' desktop.txt
	run "$rom/replay.sh" desktop.txt
	[ "$status" -eq 1 ]
	[[ $output == *"+  image 0 "*"10de:2207"* ]]
}

@test "digests are those of the bytes" {
	mkrom nvgi-v2
	run "$GPUROM" show nvgi-v2.rom
	[ "$status" -eq 0 ]
	[[ $output == *"file        6656 bytes, sha256 $(sha256sum <nvgi-v2.rom | cut -c1-64)"* ]]
	[[ $output == *"romfile     4096 bytes, sha256 $(tail -c 4096 nvgi-v2.rom | sha256sum | cut -c1-64)"* ]]
}

@test "--json: the facts of a whole ROM" {
	mkrom flash-private
	recorded show --json flash-private.rom >got
	jq -e '.found_by == "none" and .rom_offset == 0 and .complete and .efi and .x86_checksum_ok
		and .size == 13312 and .trimmed_size == 4096 and .gop == "60008"
		and .subsystem == "1462:3896" and .version == "94.02.26.40.99"
		and .sign_on == "PG132 SKU 30 VGA BIOS MSINV389MH.103" and .board == "2000G1320030"
		and .build_date == "08/25/20" and .date == "09/02/20"
		and .verdict == "complete" and [.findings[].code] == ["tail", "private-images"]
		and .sha256 == .head_trimmed_sha256 and .sha256 != .trimmed_sha256
		and .images == [
			{offset: 0, length: 2048, type: 0, vendor: "10de", device: "2206", class_: "030000", last: false},
			{offset: 2048, length: 2048, type: 3, vendor: "10de", device: "2206", class_: "000000", last: true}]' got
}

@test "--json: sums, private images, IFR header, map" {
	mkrom flash-private
	recorded show --json flash-private.rom >got
	jq -e '.sums == [{pcir_length: 0, size_byte: 0, npde_length: 0},
			{pcir_length: 0, size_byte: null, npde_length: null}]
		and .private_images == [
			{offset: 4096, length: 4096, type: 224, signature: "VN", sum: 0},
			{offset: 8192, length: 1024, type: 112, signature: "VN", sum: 0}]
		and .ifr == null
		and .map == [
			{offset: 0, length: 2048, kind: "x86"}, {offset: 2048, length: 2048, kind: "efi"},
			{offset: 4096, length: 4096, kind: "private"}, {offset: 8192, length: 1024, kind: "private"},
			{offset: 9216, length: 4096, kind: "ff"}]' got
	mkrom nvgi-v2
	recorded show --json nvgi-v2.rom >got
	sum=$(head -c 128 nvgi-v2.rom | od -An -v -tu1 | awk '{ for (i = 1; i <= NF; i++) s += $i } END { print s % 256 }')
	jq -e --argjson sum "$sum" '.ifr == {version: 2, fixed_size: 16, total_size: 128, subsystem: "1462:3281",
		rom_offset: 2560, sum: $sum}' got
	mkrom 17-size-byte-sum
	recorded show --json 17-size-byte-sum.rom |
		jq -e '.sums[0] | .pcir_length != 0 and .size_byte == 0 and .npde_length == null'
}

@test "--json: the map of every described ROM covers it, without gap or overlap" {
	for txt in "$rom"/*/*.txt; do
		"$MKROM" "$txt" f.rom
		[ "$(stat -c %s f.rom)" -le $((16 << 20)) ] || continue
		recorded show --json f.rom >>shown || [ $? -eq 3 ]
		echo "$txt" >>names
	done
	jq 'reduce .map[] as $s (0; if $s.offset == . and $s.length > 0 then . + $s.length else -1e9 end) == .size' shown >answers
	[ "$(wc -l <answers)" = "$(wc -l <names)" ]
	! paste answers names | grep -v '^true' || false
}

@test "--json: no checksum of an x86 image is good where there is none" {
	mkrom efi-only
	recorded show --json efi-only.rom | jq -e '.x86_checksum_ok == null and .x86_boot_checksum_ok == null and .efi'
	mkrom x86-only
	recorded show --json x86-only.rom | jq -e '.x86_checksum_ok and .x86_boot_checksum_ok and (.efi | not)'
	mkrom 01-last-byte-lost
	recorded show --json 01-last-byte-lost.rom |
		jq -e 'if any(.images[]; .type == 0) then .x86_checksum_ok != null else .x86_checksum_ok == null end'
}

@test "--json: what is not known is null, and no ROM is exit status 3" {
	mkrom 02-all-ff
	run recorded show --json 02-all-ff.rom
	[ "$status" -eq 3 ]
	echo "$output" >got
	jq -e '.found_by == null and .rom_offset == null and .images == [] and .complete == false
		and .version == null and .subsystem == null and .gop == null and .trimmed_size == null
		and .trimmed_sha256 == null and .head_trimmed_sha256 == null and .x86_checksum_ok == null
		and .verdict == "rejected" and .findings[0].code == "all-ff"
		and .findings[0].severity == "fatal"' got
}

@test "--json: a chain without end has no romfile, but its facts" {
	mkrom 07-no-last-shadow
	recorded show --json 07-no-last-shadow.rom >got
	jq -e '.complete == false and .found_by == "none" and .trimmed_size == null
		and .trimmed_sha256 == null and .head_trimmed_sha256 == .sha256
		and (.images | length) == 1 and .findings[0].code == "no-last-image"' got
}

@test "--card judges for that card" {
	mkrom desktop
	recorded show --json --card=10de:2206 desktop.rom | jq -e '.verdict == "complete"'
	recorded show --json --card=10DE:2204 desktop.rom |
		jq -e '.verdict == "rejected" and .findings[0].code == "wrong-device"'
	recorded show --json --card=10de:2206:1458:403f desktop.rom |
		jq -e '.verdict == "usable" and .findings[0].code == "subsystem-differs"'
}

@test "a file is named relative to here, whatever the root" {
	mkdir -p tree sub
	mkrom desktop
	mv desktop.rom sub/
	"$GPUROM" --root tree show sub/desktop.rom
}

@test "usage: wrong words end with 2 and write nothing to stdout" {
	touch f
	for words in "" "f f" "--nonsense f" "--card=10de f" "--card=10de:2206:1458 f" "--card=10de:2206x f"; do
		# shellcheck disable=SC2086 # words
		run --separate-stderr "$GPUROM" show $words
		[ "$status" -eq 2 ]
		[ -z "$output" ]
		[[ $stderr == *usage* ]]
	done
}

@test "what cannot be read is reported, exit 1" {
	run --separate-stderr "$GPUROM" show missing.rom
	[ "$status" -eq 1 ]
	[[ $stderr == "gpurom: missing.rom: No such file or directory"* ]]
	mkdir folder
	run --separate-stderr "$GPUROM" show folder
	[ "$status" -eq 1 ]
	[[ $stderr == "gpurom: folder: "* ]]
}

@test "a full disk behind stdout is reported, exit 1" {
	mkrom desktop
	run bash -c "'$GPUROM' show desktop.rom >/dev/full"
	[ "$status" -eq 1 ]
	[[ $output == "gpurom: standard output: "* ]]
}
