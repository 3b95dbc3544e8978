# SPDX-License-Identifier: GPL-2.0-or-later
# The checks of cases/rivals.cases.
# shellcheck shell=sh disable=SC2154,SC2016 # case.sh's variables; awk's

# expect_none_seen DRIVER...: not even for a moment had one of these a function of a card's.
expect_none_seen() {
	for driver; do
		grep -aE "\b$driver 0000:0[1-9]:00\." "$out/console.log" >"$out/seen" || continue
		wrong "a rival had a card: $(head -n 1 "$out/seen")"
	done
}

# expect_unbound FUNCTION DRIVER: it was found there, and is not any more.
expect_unbound() {
	expect_report "^  0000:$1 .*vfio-pci \(was $2\)$"
}

expect_decoy_roms() {
	expect_rom 04 "$out/store" modern.rom
	expect_rom 05 "$out/store" pascal.rom
	expect_store 2
}

# Nothing comes before a built-in driver, but that is unbound.
decoys_lose() {
	expect_functions "$all_taken"
	expect_decoy_roms
	expect_none_seen image_listed image_forced image_first root_listed pci-stub
	expect_unbound 02:00.1 serial
}

# The root's own list comes too late here as well.
decoys_unbound() {
	expect_functions "$all_taken"
	expect_decoy_roms
	expect_none_seen root_listed
	expect_unbound 01:00.0 image_listed
	expect_unbound 01:00.1 image_forced
	expect_unbound 01:00.2 image_first
	expect_unbound 01:00.3 pci-stub
	expect_unbound 02:00.1 serial
}

# The third card has what it should before the drivers of the others end; those are the host's in no part, and
# get there when their drivers have ended.
stuck() {
	expect_log '0000:01:00: stuck: stubborn does not let go; held'
	expect_log '0000:02:00: stuck: driver_override of 0000:02:00.1 cannot be written: endless is at work on it'
	waited=$(section report | sed -n 's/^boot waited \([0-9]*\).* ms for claim.*/\1/p')
	[ "${waited:-99999}" -lt 20000 ] || wrong "the boot waited ${waited:-?} ms for claim"
	section kernel | sed -n '/0000:02:00: free by now/q; p' | grep -q '0000:03:00: bound' ||
		wrong "the card whose driver went had to wait for the others"
	expect_none_seen xhci_hcd nouveau
	sed 's/ .*/ vfio-pci vfio-pci/' "$vm_dir/cards/$cards.rivals" >"$out/expected"
	section functions-after >"$out/found"
	expect_same 'functions, when the drivers have ended,' "$out/expected" "$out/found"
	expect_rom 06 "$out/store" geforce8.rom
	expect_rom 04 "$out/store" modern.rom
	expect_rom 05 "$out/store" pascal.rom
	expect_store 3
}

# What becomes of the kept one is vfio-pci's doing; its sound stays with the host.
twin_ids() {
	expect_functions '/^0000:01/ { $3 = $4 = "vfio-pci" } /^0000:02:00.0/ { $3 = "vfio-pci" }'
	expect_rom 04 "$out/store" modern.rom
	expect_store 1
	expect_log '0000:02:00: left alone: kept for the host: 02:00\.0'
	expect_log '0000:02:00: left to the host, but vfio-pci\.ids= on the kernel command line names it'
	[ "$(section kernel | grep -c 'vfio-pci\.ids=')" = 1 ] || wrong "vfio-pci.ids= is not told of just once"
}

expect_only_rom() {
	expect_rom 04 "$out/store" modern.rom
	expect_store 1
}

# The driver's module finds nothing to drive and goes again, also where the root lists it; no unit fails of that.
nvidia_finds_none() {
	expect_functions "$all_taken"
	expect_only_rom
	expect_none_seen nvidia
	section modules | grep -q '^nvidia ' && wrong "NVIDIA's module stays loaded"
	section modules | grep -q '^vfio_pci ' || wrong "no list of modules: $(section modules)"
	grep -aq 'NVRM' "$out/console.log" || wrong "NVIDIA's module was not loaded at all"
}

nvidia_unbound() {
	expect_functions "$all_taken"
	expect_only_rom
	expect_unbound 01:00.0 nvidia
	expect_unbound 01:00.1 snd_hda_intel
}
