# SPDX-License-Identifier: GPL-2.0-or-later
# Shared by the benches that boot guests, which source it: the guests' cards, and one boot. They set $home and $out.
# shellcheck shell=sh
# shellcheck disable=SC2154 # as said

# Both libraries ask where they are.
bench_dir=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
vm_dir=${bench_dir%/bench}/vm
# shellcheck source=../vm/lib.sh
. "$vm_dir/lib.sh"
# shellcheck source=lib.sh
. "$bench_dir/lib.sh"

# So many cards, as tests/fake/card/describe.h has the language.
cards_of() {
	for card in $(seq "$1"); do
		cat <<-END
			card c$card
			function 0
				id 10de:2204
				subsystem 1462:3880
				class 030000
				bar 0 16M
				bar 1 256M wide
				bar 3 32M wide
				rom card.rom 128K
				register 0 172000a1
			function 1
				id 10de:1aef
				subsystem 1462:3880
				class 040300
				bar 0 16K
			function 2
				id 10de:1ad6
				subsystem 1462:3880
				class 0c0330
				bar 0 256K wide
				xhci
			function 3
				id 10de:1ad7
				subsystem 1462:3880
				class 0c8000
				bar 0 4K
		END
	done
}

make_roms() {
	mkdir -p "$home/roms"
	"$tools/mkrom" "$bench_dir/card.rom.txt" "$home/roms/card.rom"
}

accel() {
	sh "$vm_dir/kvm.sh" "$(sh "$vm_dir/base.sh")/vmlinux"
}

# A section of the guest's report.
section() {
	sed -n "/^== $1\$/,/^== /{ /^== /d; p; }" "$out/report.log"
}

# boot_once INITRD CARDS WORDS: a boot of Debian 12's kernel with the disk $out/disk.img, on the CPU of VM_SLOT. What
# came of it is in $out/report.log.
boot_once() {
	VM_CPU=$(cpus | sed -n "$((${VM_SLOT:-0} + 1))p") sh "$vm_dir/boot.sh" "$out" "$(sh "$vm_dir/base.sh")/vmlinux" \
		"$1" "$2" "$home/roms" "$3" || true
	rm "$out/disk.img"
	touch "$out/report.log"
}

# Turns, one a line of the standard input, two at a time where there are two CPUs: calls "$0 WORD LINE".
two_at_a_time() {
	xargs -P "$(cpus | head -n 2 | wc -l)" -L 1 --process-slot-var=VM_SLOT sh "$0" "$1"
}
