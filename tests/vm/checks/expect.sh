# SPDX-License-Identifier: GPL-2.0-or-later
# What a boot must have led to. Sourced by case.sh; $out holds what the guest left (report.log,
# console.log, store/), $before the boot before this one, $cards and $roms what it was given. Each fault is
# a line from "wrong".
# shellcheck shell=sh disable=SC2154,SC2016 # case.sh's variables; awk's

wrong() {
	echo "$*" >>"$home/wrong"
}

section() {
	sed -n "/^== $1\$/,/^== /{ /^== /d; p; }" "$out/report.log"
}

# expect_json SECTION COMMAND: it is as etc/schema has it of what that command prints.
expect_json() {
	mkdir -p "$out/json"
	section "$1" >"$out/json/$1"
	echo "0 $2 --json" >"$out/json/$1.args"
	python3 "$top/tests/lib/schemas.py" "$top/etc/schema" "$out/json" >"$out/json.wrong" 2>&1 ||
		wrong "$1: $(head -n 5 "$out/json.wrong")"
}

expect_same() {
	diff -u --label "expected $1" --label "found $1" "$2" "$3" >>"$home/wrong" || true
}

# expect_in SECTION PATTERN: a line of that section is like it.
expect_in() {
	section "$1" | grep -qE -- "$2" || wrong "not in $1: $2: $(section "$1")"
}

# expect_functions [AWK]: the functions as their rivals leave them, changed by AWK ($3: driver, $4: override).
expect_functions() {
	awk "${1:-} { print }" "$vm_dir/cards/$cards.rivals" >"$out/expected"
	section functions >"$out/found"
	expect_same functions "$out/expected" "$out/found"
}

# shellcheck disable=SC2034 # the checks'
all_taken='{ $3 = $4 = "vfio-pci" }'

expect_log() {
	section kernel | grep -qE "$1" || wrong "kernel log: no line like: $1"
}

# expect_rom SLOT FOLDER ROM: the file FOLDER has for the card in SLOT is ROM, byte for byte.
expect_rom() {
	set -- "$1" "$2" "$3" "$2"/by-path/*-"$1".0-00.rom
	if [ ! -f "$4" ] || [ $# -ne 4 ]; then
		wrong "no romfile for the card in slot $1: $(ls "$2/by-path" 2>&1)"
	elif ! cmp -s "$roms/$3" "$4"; then
		wrong "$4 is not $3: $(cmp "$roms/$3" "$4" 2>&1)"
	fi
}

# Exactly so many ROMs, and a record of them; the guest's own gpurom finds the store whole.
expect_store() {
	section verify | grep -qx whole || wrong "gpurom verify: $(section verify)"
	[ -s "$out/store/cards.json" ] || wrong "no cards.json in the store"
	n=$(find "$out/store/roms" -type f 2>/dev/null | wc -l)
	[ "$n" = "$1" ] || wrong "$n files in roms/, not $1"
}

expect_both_roms() {
	expect_rom 04 "$out/store" modern.rom
	expect_rom 05 "$out/store" geforce8.rom
	expect_store 2
}

# expect_raw ROM: these bytes were kept as they came.
expect_raw() {
	set -- "$1" "$out/store/raw/$(sha256sum <"$roms/$1" | cut -d' ' -f1).bin"
	cmp -s "$roms/$1" "$2" || wrong "no $2, which is $1, but: $(ls "$out/store/raw" 2>&1)"
}

# expect_readings SOURCE...: the only card's sources that gave bytes, in the order they were asked; what the
# last of them gave is what the record tells of.
expect_readings() {
	section report | sed -n 's/^  rom: \([a-z]*\): .* bytes, .*/\1/p' >"$out/found"
	printf '%s\n' "$@" >"$out/expected"
	expect_same sources "$out/expected" "$out/found"
	tr -d ' \t\n' <"$out/store/cards.json" | grep -qF '"source":"'"$(tail -n 1 "$out/expected")"'"' ||
		wrong "cards.json names another source than the last of: $*"
}

expect_report() {
	section report | grep -qiE "$1" || wrong "gpurom report: no line like: $1"
}

expect_nothing_published() {
	expect_store 0
	find "$out/store" -type l >"$out/found"
	[ ! -s "$out/found" ] || wrong "published: $(cat "$out/found")"
}

# The register that shows the flash was used, and at last put back to what it was: see prom.h.
expect_flash_hidden() {
	sed -n 's/^a\.0: written: 88050 = //p' "$out/pcicard.log" >"$out/found"
	[ "$(head -n 1 "$out/found")" = 00000000 ] || wrong "the flash was not shown"
	[ "$(tail -n 1 "$out/found")" = 00000001 ] || wrong "the flash was not hidden again"
}

expect_no_store() {
	[ -z "$(section store)" ] || wrong "something was stored: $(section store)"
}

# Not even for a moment: nothing but vfio-pci spoke of the functions.
expect_no_rival_seen() {
	grep -aE '(nouveau|snd_hda_intel|xhci_hcd) 0000:0[12]:00' "$out/console.log" >"$out/seen" || return 0
	wrong "a rival had a card: $(head -n 1 "$out/seen")"
}

# Of every boot: it came to its end, and nothing broke on the way.
expect_healthy() {
	grep -q '^== end$' "$out/report.log" || wrong "the guest's report has no end"
	grep -aE 'Kernel panic|BUG:|Oops|ordering cycle|Call Trace' "$out/console.log" >"$out/seen" &&
		wrong "$(head -n 1 "$out/seen")"
	[ -z "$(section failed)" ] || wrong "failed units: $(section failed)"
}

# What the guest's own vm-ask left there: the bundle, unpacked, answers as the guest itself did.
expect_bundle() {
	expect_in bundle '^status 0$'
	expect_json doctor-json doctor
	for file in bundle.tar answers; do
		debugfs -R "dump /var/$file $out/$file" "$out/disk.img" >/dev/null 2>&1
	done
	tar -C "$out" -xf "$out/bundle.tar" || wrong "no bundle that tar unpacks"
	sh "$vm_dir/guest/usr/local/sbin/vm-answers" "$build/gpurom" --root "$out/gpurom-bundle" >"$out/bundle.answers"
	expect_same "answers of the bundle" "$out/answers" "$out/bundle.answers"
	[ ! -e "$out/gpurom-bundle/left-out" ] || wrong "left out of the bundle: $(cat "$out/gpurom-bundle/left-out")"
}
