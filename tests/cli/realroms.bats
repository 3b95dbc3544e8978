#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Real ROMs, whose facts another program found. They are nobody's to give away, so that they lie
bats_require_minimum_version 1.5.0
load recorded
# beside the checkout (or in $GPUROM_ROMS) or nowhere.

setup() {
	top=$(realpath "$BATS_TEST_DIRNAME/../..")
	GPUROM=$(realpath "${GPUROM:-$top/build/gpurom}")
	roms=${GPUROM_ROMS:-$top/../shared/roms}
	expected=$roms/expected.json
	[ -f "$expected" ] || skip "no real ROMs in $roms (set GPUROM_ROMS)"
	cd "$BATS_TEST_TMPDIR" || return
	jq -r 'keys_unsorted[]' "$expected" >files
	[ "$(wc -l <files)" -eq 64 ]
}

@test "show --json: every key of 64 of 64, with the same value" {
	while read -r f; do
		recorded show --json "$roms/$f" | jq -c --arg f "$f" '{key: $f, value: .}' >>got
	done <files
	[ "$(wc -l <got)" -eq 64 ]
	jq -c --slurpfile e "$expected" '.key as $f | .value as $got | $e[0][$f] | to_entries[]
		| .key as $k | select(($got | has($k) | not) or $got[$k] != .value)
		| [$f, $k, "expected", .value, "got", $got[$k]]' got | tee wrong
	[ ! -s wrong ]
}

trim_all() { # KEY OPTION: trims every file and compares digests
	right=0
	jq -r --arg key "$1" 'to_entries[] | "\(.value | if .complete then .[$key] else "none" end) \(.key)"' "$expected" >wanted
	while read -r want f; do
		rm -f out
		rc=0
		"$GPUROM" trim "$2" "$roms/$f" out >said 2>&1 || rc=$?
		if [ "$want" = none ]; then
			[ "$rc" = 1 ] && [ ! -e out ] && [ -s said ] && right=$((right + 1)) && continue
		elif [ "$rc" = 0 ] && [ "$(sha256sum <out | cut -c1-64)" = "$want" ]; then
			right=$((right + 1)) && continue
		fi
		echo "$f: exit $rc, expected $want: $(cat said)"
	done <wanted
	echo "$right of 64"
	[ "$right" -eq 64 ]
}

@test "trim: the bytes of trimmed_sha256, or an error and no file, 64 of 64" {
	trim_all trimmed_sha256 --tail=cut
}

@test "trim --tail=keep: the bytes of head_trimmed_sha256, or an error and no file, 64 of 64" {
	trim_all head_trimmed_sha256 --tail=keep
}

@test "show --json: the map covers each file, and holds its images, 64 of 64" {
	while read -r f; do
		recorded show --json "$roms/$f" >>got || [ $? = 3 ] # not all of them are
	done <files
	jq '(reduce .map[] as $s (0; if $s.offset == . then . + $s.length else -1e9 end)) as $to
			| $to == .size and (.rom_offset as $r | [.images[].offset + $r] - [.map[].offset] == [])' got >answers
	[ "$(wc -l <answers)" -eq 64 ]
	! paste answers files | grep -v '^true' || false
}

# The fact sheet of the formats has these: a Turing laptop's flash, two copies; a Blackwell board's.
@test "show --json: private images, IFR header and second copy of a flash that is known" {
	recorded show --json "$roms/AvieDv--TU117.rom" >got
	jq -e '[.private_images[] | [.type, .length]] == [[224, 52224], [224, 135168], [112, 6656]]
		and .ifr.version == 3 and .ifr.subsystem == "103c:860e" and .ifr.total_size == 812
		and (.map | any(.kind == "copy" and .offset == 344064))
		and (.findings | any(.code == "second-copy" and (.text | contains("the file has the same ROM again at 0x58600"))))' got
	recorded show --json "$roms/gjbauer--Asus.RTX5060Ti.16384.250318_2.rom" |
		jq -e '[.private_images[] | [.type, .length, .signature]] == [[224, 64000, "type e0"], [224, 650240, "VN"]]'
}

@test "a sound ROM of a card that is in there is complete for that card" {
	jq -r 'to_entries[] | select(.value | .complete and .x86_checksum_ok) |
		"\(.value.images | map(select(.type == 0))[0] | "\(.vendor):\(.device)") \(.key)"' "$expected" >sound
	while read -r ids f; do
		recorded show --json --card="$ids" "$roms/$f" >>got
	done <sound
	jq '.verdict == "complete" or (.verdict == "usable" and [.findings[].code] - ["tail", "private-images", "second-copy"] == ["version-differs"])' got >answers
	[ "$(wc -l <answers)" = "$(wc -l <sound)" ]
	[ "$(wc -l <sound)" -gt 30 ]
	! paste answers sound | grep -v '^true' || false
}
