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

expect_same() {
	diff -u --label "expected $1" --label "found $1" "$2" "$3" >>"$home/wrong" || true
}

# expect_functions [AWK]: the functions as their rivals leave them, changed by AWK ($3: driver, $4: override).
expect_functions() {
	awk "${1:-} { print }" "$vm_dir/cards/$cards.rivals" >"$out/expected"
	section functions >"$out/found"
	expect_same functions "$out/expected" "$out/found"
}

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

rivals_win() {
	expect_functions
	expect_no_store
}

taken() {
	expect_functions "$all_taken"
	expect_no_rival_seen
	expect_both_roms
}

taken_late() {
	expect_functions "$all_taken"
	expect_both_roms
}

# A driver that takes long to go (15 seconds, to the end of its patience with a card that never answers):
# the boot does not wait for it, the other card has what it should, and commit finishes what was left.
late() {
	expect_log '0000:02:00: stuck: nouveau'
	expect_log '0000:02:00: free by now'
	waited=$(section report | sed -n 's/^boot waited \([0-9]*\).* ms for claim.*/\1/p')
	[ "${waited:-99999}" -lt 12000 ] || wrong "the boot waited ${waited:-?} ms for claim"
	expect_functions "$all_taken"
	expect_both_roms
}

driverless() {
	expect_functions '{ $3 = "-"; $4 = "vfio-pci" }'
	expect_no_rival_seen
	expect_both_roms
	expect_log 'IOMMU'
}

taken_without_rom() {
	expect_functions "$all_taken"
	expect_rom 05 "$out/store" geforce8.rom
	expect_store 1
	expect_log '0000:01:00.*ROM BAR'
}

nothing_to_do() {
	expect_functions
	expect_no_store
}

planned() {
	expect_functions
	expect_no_store
	expect_log '0000:01:00'
	expect_log '0000:02:00'
}

second_kept() {
	expect_functions '$1 ~ /^0000:01/ { $3 = $4 = "vfio-pci" }'
	expect_rom 04 "$out/store" modern.rom
	expect_store 1
}

# The guest's own word for what lies in /run: it is gone when the guest is.
kept_in_run() {
	expect_functions "$all_taken"
	expect_no_store
	for rom in modern.rom geforce8.rom; do
		section run | grep -q "^store/roms/.* $(sha256sum <"$roms/$rom" | cut -d' ' -f1)$" ||
			wrong "$rom is not in /run/gpurom/store"
	done
}

words_named() {
	taken
	expect_log 'devcies'
	expect_log 'sideways'
}

# one_rom_kept [ROM]
one_rom_kept() {
	expect_functions "$all_taken"
	expect_no_rival_seen
	expect_rom 04 "$out/store" "${1:-modern.rom}"
	expect_store 1
}

from_flash() {
	one_rom_kept
	expect_raw flash-window.rom
	expect_flash_hidden
}

flash_through_bar() {
	from_flash
	expect_report '^  rom: sysfs: no option ROM behind the ROM BAR'
	expect_readings prom
}

flash_beside_shadow() {
	from_flash
	expect_report '^  rom: sysfs: .*shadow'
	expect_readings prom
}

flash_through_vfio() {
	from_flash
	expect_report '^  rom: prom: .*(not permitted|lockdown)'
	expect_readings vfio
}

rom_through_vfio() {
	one_rom_kept
	expect_readings vfio
}

firmware_copy() {
	grep -qa 'the ROM of the card was run' "$out/console.log" || wrong "the firmware did not run the card's ROM"
	one_rom_kept driver.rom
	expect_readings efi
}

# The romfile is all that there was: nothing raw to keep beside it.
shadow_published() {
	expect_functions "$all_taken"
	expect_no_rival_seen
	expect_rom 04 "$out/store" modern-x86.rom
	expect_store 1
	expect_readings shadow
}

shadow_distrusted() {
	expect_functions "$all_taken"
	expect_no_rival_seen
	expect_nothing_published
	expect_raw modern-x86.rom
	expect_report '^  rom: shadow: .*rejected, 62976 bytes'
	grep -qE '"source":[[:space:]]*"shadow"' "$out/store/cards.json" || wrong "cards.json does not name the shadow"
}
