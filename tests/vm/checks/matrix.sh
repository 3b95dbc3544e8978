# SPDX-License-Identifier: GPL-2.0-or-later
# The checks of cases/matrix.cases.
# shellcheck shell=sh disable=SC2154,SC2016,SC2034 # case.sh's variables, some of which are set here; awk's

# installed_by SCRIPT ARGUMENT...: disk and image are those of the folder that it prints.
installed_by() {
	made=$(sh "$@")
	initrd=$made/initrd
	cp --sparse=always "$made/base.img" "$out/disk.img"
	put "$vm_dir/guest"
	put "$vm_dir/extra/$name"
}

# by_packages FILE...: installed in a root that has an image without gpurom.
by_packages() {
	installed_by "$vm_dir/packages.sh" "$variant" "$@"
}

prepare_rpm() {
	make -s -C "$top" rpm >"$home/rpm.log" 2>&1 || die "make rpm failed: $(tail -n 5 "$home/rpm.log")"
	by_packages "$top"/build/rpm/gpurom-[0-9]*."$(uname -m)".rpm "$top"/build/rpm/gpurom-guard-[0-9]*."$(uname -m)".rpm
}

prepare_deb() {
	make -s -C "$top" deb >"$home/deb.log" 2>&1 || die "make deb failed: $(tail -n 5 "$home/deb.log")"
	by_packages "$top"/build/deb/gpurom_*_*.deb "$top"/build/deb/gpurom-guard_*_*.deb
	[ "$name${VM_TIER:-night}" != debnight ] || put_next_version
}

prepare_trixie_deb() {
	prepare_deb
}

# From the tarball of a release, as somebody has it who has nothing but the README.
prepare_five_minutes() {
	make -s -C "$top" vendor dist >"$home/dist.log" 2>&1 || die "no tarball: $(tail -n 5 "$home/dist.log")"
	installed_by "$vm_dir/readme.sh" "$variant" "$top/build/dist/gpurom-$(cat "$top/VERSION").tar.gz"
}

prepare_trixie_five_minutes() {
	prepare_five_minutes
}

# What the README has typed after the reboot says what it promises, and nothing is wrong.
five_minutes() {
	taken_first
	expect_in five-minutes '^status 0$'
	expect_in five-minutes '^0000:01:00\.0 +vfio-pci +[0-9]+ +stored '
	expect_in five-minutes '^\[ *[0-9.]+\] .*gpurom: '
	expect_in five-minutes '^<hostdev '
	expect_in doctor ', 0 wrong$'
}

# The same packages as those of the version 1.0.1, in /debs, for the boots that only the night has.
put_next_version() {
	mkdir -p "$home/next/debs"
	for deb in "$top"/build/deb/gpurom_*_*.deb "$top"/build/deb/gpurom-guard_*_*.deb; do
		dpkg-deb -R "$deb" "$home/next/tree"
		sed -i 's/1\.0\.0-1/1.0.1-1/g' "$home/next/tree/DEBIAN/control"
		grep -rlF 1.0.0 "$home"/next/tree/usr/bin "$home"/next/tree/usr/lib/gpurom 2>/dev/null | xargs -r sed -i 's/1\.0\.0/1.0.1/g'
		dpkg-deb --root-owner-group -b "$home/next/tree" "$home/next/debs" >/dev/null
		rm -r "$home/next/tree"
	done
	put "$home/next"
}

# The image is the old version's, all else the new one's: the cards are taken, and who looks hears of the image.
upgraded_old_image() {
	taken
	expect_in list '^note: the image of kernel .* has another gpurom than the installed one: run .update-initramfs -u -k all'
	expect_in image '^  wrong .* its image has another build of gpurom than the installed one'
	expect_in upgrade '^status installed$'
}

upgraded() {
	taken
	! section list | grep -q '^note: the image' || wrong "$(section list)"
	expect_in image '^  ok .* its image has this program and this configuration'
	[ "$(section removal | grep -cx 'status 0')" = 2 ] || wrong "removal: $(section removal)"
	[ -z "$(section left)" ] || wrong "left behind: $(section left)"
}

rivals_win() {
	expect_functions
	expect_no_store
}

# As if it were not installed: no word of it, nothing in /run either, and commit had no reason to begin.
off() {
	rivals_win
	[ -z "$(section kernel)" ] || wrong "gpurom spoke: $(section kernel | head -n 1)"
	[ -z "$(section run)" ] || wrong "something is in /run/gpurom: $(section run)"
	[ "$(unit gpurom-commit)" = '0 0' ] || wrong "gpurom-commit.service ran: $(unit gpurom-commit)"
}

taken() {
	expect_functions "$all_taken"
	expect_no_rival_seen
	expect_both_roms
}

taken_first() {
	taken
	expect_was '{ $3 = "-" }'
	expect_in_time
	expect_before gpurom-commit libvirtd
	expect_order
}

prepare_klibc() {
	put_notes
}

prepare_dracut_shell() {
	put_notes
}

# expect_remade COMMAND: gpurom finds the image right, then names this command for it, which makes it right again.
expect_remade() {
	expect_in image '^  ok .* its image has this program and this configuration'
	expect_in image-anew '^  ok .* its image has this program and this configuration'
	for whole in image image-anew; do
		[ "$(section $whole | wc -l)" = 1 ] || wrong "$whole: $(section $whole)"
	done
	expect_in image-changed "^list: the image of kernel .* has another configuration than .*: run '$1'"
	expect_in image-changed "^report: the image of kernel .*: run '$1'"
	expect_in image-changed '^  wrong .* its image has another configuration'
	expect_in made "^$1: 0$"
}

taken_first_update_initramfs() {
	taken_first
	expect_remade 'update-initramfs -u -k all'
}

taken_first_dracut() {
	taken_first
	expect_remade 'dracut --regenerate-all --force'
}

# As a boot loader puts both into memory, each at a multiple of four bytes.
extra_cpio() { # FIRST SECOND, one of which is the archive
	sh "$tree/usr/lib/gpurom/gpurom-cpio" --conf="$tree/etc/gpurom.conf" "$home/gpurom.cpio" || die "no archive"
	cp "$1" "$home/initrd"
	truncate -s %4 "$home/initrd"
	cat "$2" >>"$home/initrd"
	initrd=$home/initrd
}

prepare_extra_cpio() {
	extra_cpio "$initrd" "$home/gpurom.cpio"
}

prepare_extra_cpio_dracut() {
	extra_cpio "$home/gpurom.cpio" "$initrd"
}

# What the archive's gpurom has read is the report that commit found: gpurom-early had nothing to do.
taken_beside() {
	taken
	expect_was '{ $3 = "-" }'
	expect_in_time
	expect_before gpurom-commit libvirtd
	[ "$(unit gpurom-early)" = '0 0' ] || wrong "gpurom-early.service ran: $(unit gpurom-early)"
	! section kernel | grep -e init: -e 'another configuration' >"$out/seen" || wrong "$(cat "$out/seen")"
}

# initrd: the folder from which the firmware boots, see boot.sh.
prepare_uki() {
	initrd=$(sh "$vm_dir/uki.sh" "$variant" "$tree")
}

prepare_uki_addon() {
	initrd=$(sh "$vm_dir/uki.sh" "$variant" "$tree" gpurom.keep=02:00.0)
}

# By firmware and the image alone: QEMU had no kernel to give.
expect_uki() {
	expect_in_time
	expect_before gpurom-commit libvirtd
	grep -qa 'EFI v2' "$out/console.log" || wrong "no UEFI firmware started the kernel"
	[ ! -e "$out/cmdline" ] || wrong "QEMU gave a kernel"
}

taken_uki() {
	taken
	expect_was '{ $3 = "-" }'
	expect_uki
}

addon_read() {
	expect_functions '$1 ~ /^0000:01/ { $3 = $4 = "vfio-pci" }'
	expect_log '0000:02:00: left alone'
	expect_rom 04 "$out/store" modern.rom
	expect_store 1
	expect_uki
}

taken_late() {
	expect_functions "$all_taken"
	expect_both_roms
}

# In the real root, whose udevd waits; but a driver may have come with that of the image. That one may even
# be up still, and be told: "udevadm control --exit" does not wait for its workers (systemd's manager_exit).
taken_early() {
	taken_late
	expect_was
	expect_claim_timed
	for unit in systemd-modules-load systemd-udevd systemd-udev-trigger; do
		expect_before gpurom-early "$unit"
	done
	expect_before gpurom-commit libvirtd
}

# unit NAME: when it began and when it was done, microseconds since the kernel began; 0 for never.
unit() {
	section units | sed -n "s/^$1\\.service //p"
}

# expect_before A B: A was done before B began.
expect_before() {
	echo "$(unit "$1") $(unit "$2")" | awk '{ exit !(NF == 4 && $2 > 0 && $2 <= $3) }' ||
		wrong "$1 began and was done at $(unit "$1"), $2 at $(unit "$2")"
}

expect_claim_timed() {
	expect_report '^boot waited [0-9.]+ ms for claim'
}

expect_in_time() {
	expect_claim_timed
	! section report | grep '; late' >"$out/seen" || wrong "$(cat "$out/seen")"
}

# expect_was [AWK]: the drivers that claim found are the rivals, changed by AWK ($3: driver).
expect_was() {
	awk "${1:-} { print \$1, \$3 }" "$vm_dir/cards/$cards.rivals" >"$out/expected"
	section report | sed -nE 's/^  ([0-9a-f]{4}:[0-9a-f:.]+)  [0-9a-f:]{9}  [^(]*(\(was (.*)\))?$/\1 \3/p' |
		sed 's/ $/ -/' >"$out/found"
	expect_same 'drivers at claim' "$out/expected" "$out/found"
}

# What must come before what, in the image as it was built and in the real root: see order.sh.
expect_order() {
	order=$(sh "$vm_dir/order.sh" "$variant" "$tree" 2>&1) || wrong "$order"
	case $variant in
	*dracut-shell) first='00-gpurom-claim\.sh before (.* )?01-parse-kernel\.sh' ;;
	*dracut) first= ;;
	*) first='00-gpurom before (.* )?udev' ;;
	esac
	[ -z "$first" ] || grep -qE "^image: $first( |\$)" "$order" || wrong "the image's order: $(head -n 1 "$order")"
	{
		[ -n "$first" ] || order_of_units image <<-END
			gpurom-claim before systemd-modules-load systemd-udevd systemd-udev-trigger dracut-cmdline dracut-pre-udev
			gpurom-settle before initrd-cleanup
			gpurom-capture not before systemd-udevd
		END
		order_of_units root <<-END
			gpurom-early before systemd-modules-load systemd-udevd systemd-udev-trigger
			gpurom-commit before libvirtd virtqemud libvirt-guests pve-guests
			gpurom-commit not before systemd-udevd
		END
	} >"$out/expected"
	grep -vE "^image: ${first:-nothing}" "$order" >"$out/found"
	expect_same order "$out/expected" "$out/found"
}

# A fact a line of those that standard input has many in one.
order_of_units() {
	sed -E "s/^([^ ]+) ((not )?before) /\\1 \\2 | /" | while IFS='|' read -r fact units; do
		for unit in $units; do
			echo "$1: $fact$unit.service"
		done
	done
}
