# SPDX-License-Identifier: GPL-2.0-or-later
# The checks of cases/sources.cases.
# shellcheck shell=sh disable=SC2154,SC2016 # case.sh's variables; awk's

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

prepare_vfio() {
	put_notes
}

# Nothing is to be done on this host.
expect_doctor_content() {
	expect_in doctor '^status 0$'
	expect_in doctor ', 0 attention, 0 wrong$'
	! section list | grep '^note' >"$out/seen" || wrong "list: $(cat "$out/seen")"
	for seen in 'host: on' 'interrupts are remapped' '2 functions on vfio-pci' \
		'its IOMMU group, [0-9]+, is free for a VM' 'stored and whole: /var/lib/gpurom/by-path/.*.rom' \
		'has vfio-pci .it runs, and is the newest.' 'its image has this program and this configuration' \
		'kernel lockdown is integrity: the source prom cannot read ROMs'; do
		expect_in doctor "^  ok .*$seen"
	done
}

flash_through_vfio() {
	from_flash
	expect_report '^  rom: prom: .*(not permitted|lockdown)'
	expect_readings vfio
	expect_doctor_content
	expect_bundle
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
