# SPDX-License-Identifier: GPL-2.0-or-later
# The checks of cases/boots.cases.
# shellcheck shell=sh disable=SC2154,SC2016 # case.sh's variables; awk's

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

prepare_keep() {
	put_notes
}

# expect_metrics SECTION: whole, as Prometheus reads it, of this boot's cards.
expect_metrics() {
	section "$1" >"$out/$1.prom"
	/usr/bin/python3 "$top/tests/lib/prometheus.py" <"$out/$1.prom" >"$out/said" 2>&1 ||
		wrong "$1: Prometheus does not read it: $(tail -n 1 "$out/said")"
	grep -qx 'gpurom_cards{state="bound"} 1' "$out/$1.prom" || wrong "$1: not one bound card: $(cat "$out/$1.prom")"
}

# metrics= was not there yet when the image was made: each that knows of images says so.
expect_image_older() {
	cure="of kernel .* has another configuration than .*: run 'update-initramfs -u -k all'"
	expect_in list "^note: the image $cure"
	expect_in report "^note: the image $cure"
	expect_log "the image $cure"
	expect_in doctor '^  wrong .* its image has another configuration'
	expect_in doctor '^ *> update-initramfs -u -k all$'
	expect_in doctor '^status 3$'
	[ "$(section doctor | grep -cE '^  (wrong|attention)')" = 1 ] || wrong "doctor finds more: $(section doctor)"
}

second_kept() {
	expect_functions '$1 ~ /^0000:01/ { $3 = $4 = "vfio-pci" }'
	expect_rom 04 "$out/store" modern.rom
	expect_store 1
	expect_image_older
	expect_bundle
	expect_metrics metrics-first
	expect_metrics metrics
	expect_in metrics-folder '^gpurom.prom 644 root$'
	[ "$(section metrics-folder | wc -l)" = 2 ] || wrong "more than two files: $(section metrics-folder)"
	expect_in metrics-units '^active$'
	expect_in metrics-units '^Result=success$'
	# gpurom(5), EVENTS: what journald itself made of the datagram.
	expect_in events '"GPUROM_EVENT":"card-taken"'
	expect_in events '"GPUROM_CARD":"0000:01:00"'
	expect_in events '"SYSLOG_IDENTIFIER":"gpurom"'
}

# The host has no driver for the display function of the first card.
switched() {
	expect_functions "$all_taken"
	expect_in refused '0000:02:00.0: sleep \(process [0-9]+\) has /dev/vfio/[0-9]+ open'
	expect_in refused '^status 1$'
	expect_in release '^status 0$'
	expect_in release '^keep=path:'
	expect_in release-without '^status 3$'
	expect_in released '^0000:01:00.1 snd_hda_intel \(null\)$'
	expect_in released '^0000:02:00.0 nouveau \(null\)$'
	expect_in released "^0000:02:00  .*  released: by 'gpurom release'"
	expect_in released "^0000:02:00: released by 'gpurom release'"
	[ "$(section take | grep -c '^status 0$')" = 2 ] || wrong "not both taken: $(section take)"
	[ "$(section taken | grep -c '^0000:0[12]:00.[0-3] vfio-pci vfio-pci$')" = 5 ] ||
		wrong "not all on vfio-pci: $(section taken)"
	expect_both_roms
}

# expect_drawn PATTERN PATTERN: in what the guest told of the console, a line like the first is before one
# like the second.
expect_drawn() {
	section drawing | grep -nE -m 1 "$1" | cut -d: -f1 >"$out/first"
	section drawing | grep -nE -m 1 "$2" | cut -d: -f1 >"$out/second"
	[ "$(cat "$out/first" "$out/second" | wc -l)" = 2 ] || wrong "not both told: $1, $2: $(section drawing)"
	[ "$(cat "$out/first")" -lt "$(cat "$out/second")" ] || wrong "not in this order: $1, $2: $(section drawing)"
}

# expect_console_gone DRIVER: that driver has the card, and nothing of the kernel's is drawn on it any more.
expect_console_gone() {
	[ "$(section vga)" = "$1" ] || wrong "the VGA card is on: $(section vga)"
	[ -z "$(section iomem)" ] || wrong "somebody draws still: $(section iomem)"
	expect_drawn 'fb0: EFI VGA|efifb: mode' 'gpurom: 0000:00:1d: the host.s console goes dark'
	expect_drawn 'gpurom: 0000:00:1d: the host.s console goes dark' 'Console: switching to colour dummy'
	expect_drawn 'Console: switching to colour frame' 'Console: switching to colour dummy'
}

console_told() {
	expect_console_gone vfio-pci
	! section drawing | grep 'taken off it' >"$out/seen" || wrong "vfio-pci had done it already: $(cat "$out/seen")"
}

console_taken_off() {
	expect_console_gone pci-stub
	expect_log '0000:00:1d: the console \(efifb\) was taken off it'
	expect_report '^  console: the console \(efifb\) was taken off it'
}

# Each file and link of the store is as it was at the boot before.
expect_store_as_before() {
	for boot in "$before" "$out"; do
		(cd "$boot/store" && find . ! -type d -exec sha256sum {} + | sort)
	done >"$out/stores"
	[ "$(sort -u "$out/stores" | wc -l)" = "$(($(wc -l <"$out/stores") / 2))" ] || wrong "the store has changed"
	[ -s "$out/stores" ] || wrong "there is no store"
}

expect_uninstalled() {
	! grep -q '^== list$' "$out/report.log" || wrong "the program is still there"
	expect_store_as_before
}

image_works_on() {
	expect_uninstalled
	expect_functions "$all_taken"
	expect_no_rival_seen
}

removed() {
	expect_uninstalled
	expect_functions
	[ -z "$(section kernel)$(section run)" ] || wrong "something of gpurom runs: $(section kernel) $(section run)"
}
