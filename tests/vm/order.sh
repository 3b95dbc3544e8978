#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# order.sh VARIANT TREE: prints the file that tells what comes before what in the image that guest.sh makes,
# and in the root it is made in, as the tools of that root have it, a fact a line:
#
#	image: SCRIPT before SCRIPT...  in the order the image's own shell runs them
#	image: UNIT before UNIT         the second is never started until the first has been; or "not before"
#	root: UNIT before UNIT          the same of the real root
#	image: TEXT, root: TEXT         what "systemd-analyze verify" has to say of gpurom's units
#
# An order is proven by a unit that wants the contrary: systemd must then find a cycle.
set -eu
. "$(dirname -- "$0")/lib.sh"

variant=$1
tree=$(realpath -- "$2")

in_order() {
	tr '\n' ' ' | sed 's/^/image: /; s/ *$/\n/; s/\([^ ]\) /\1 before /2'
}

# mkinitramfs writes them down, sorted. 00-board is initrd.sh's.
init_top() {
	in_root "$root" unmkinitramfs /boot/initrd /image
	find "$image" -path '*/scripts/init-top/ORDER' -exec cat {} + |
		grep -v /00-board | sed -n 's,^/scripts/init-top/\([^ ]*\) .*,\1,p' | in_order
}

# Without the archive that may come first and has kernel modules alone.
unpack() {
	mkdir "$image"
	in_root "$root" sh -c 'cd /image && lsinitrd --unpack /boot/initrd'
}

# "source_hook cmdline" runs them as the shell sorts their names.
hooks() {
	set -- "$image"/lib/dracut/hooks/cmdline/*.sh
	[ -e "$1" ] || set -- "$image"/var/lib/dracut/hooks/cmdline/*.sh
	printf '%s\n' "$@" | sed 's,.*/,,' | in_order
}

# analyze FOLDER UNIT...: of the folder below ROOT that is a system's root.
analyze() {
	folder=$1
	shift
	in_root "$root" systemd-analyze verify --man=no --root="$folder" "$@" 2>&1 || true
}

# of_gpurom: of what the checker says. What Debian's own units miss in a small root is not ours.
of_gpurom() {
	grep gpurom | sed "s/^/$name: /" || true
}

# service FOLDER NAME LINE...: a unit of the test's own.
service() {
	file=$root$1/etc/systemd/system/$2.service
	shift 2
	mkdir -p "${file%/*}"
	printf '%s\n' '[Unit]' "$@" '[Service]' Type=oneshot ExecStart=true >"$file"
}

# before A B: prints the fact. $folder is the root, $start what is started in it.
before() {
	service "$folder" contrary DefaultDependencies=no "Before=$1.service" "After=$2"
	requires=$root$folder/etc/systemd/system/${start%% *}.requires
	mkdir "$requires"
	ln -s ../contrary.service "$requires/"
	# shellcheck disable=SC2086 # a list
	if analyze "$folder" $start | grep -q 'ordering cycle'; then
		echo "$name: $1 before $2"
	else
		echo "$name: $1 not before $2"
	fi
	rm -r "$root$folder/etc/systemd/system/contrary.service" "$requires"
}

units_of_image() {
	name=image folder=/image start='initrd.target initrd-cleanup.service'
	analyze /image initrd.target gpurom-claim.service gpurom-capture.service gpurom-settle.service | of_gpurom
	for unit in systemd-modules-load systemd-udevd systemd-udev-trigger dracut-cmdline dracut-pre-udev; do
		before gpurom-claim "$unit.service"
	done
	before gpurom-settle initrd-cleanup.service
	before gpurom-capture systemd-udevd.service
}

# Those whose packages are not in this root are there for the checker alone.
units_of_root() {
	name=root folder=/ start=multi-user.target
	analyze / multi-user.target gpurom-early.service gpurom-commit.service | of_gpurom
	for unit in systemd-modules-load systemd-udevd systemd-udev-trigger; do
		before gpurom-early "$unit.service"
	done
	mkdir -p "$root/etc/systemd/system/multi-user.target.wants"
	for unit in libvirtd virtqemud libvirt-guests pve-guests; do
		service / "$unit"
		ln -s "../$unit.service" "$root/etc/systemd/system/multi-user.target.wants/"
		before gpurom-commit "$unit.service"
	done
	before gpurom-commit systemd-udevd.service
}

facts() {
	case $(generator_of "$variant") in
	initramfs-tools | klibc) init_top ;;
	dracut) unpack && units_of_image ;;
	dracut-shell) unpack && hooks ;;
	esac
	units_of_root
}

make_order() {
	root=$1/root
	image=$root/image
	cp -al "$base/root" "$root"
	cp -a --remove-destination "$tree/." "$root/"
	cp --remove-destination "$guest/initrd" "$root/boot/initrd"
	facts >"$1/order"
	rm -rf "$root"
}

base=$(sh "$vm_dir/variant.sh" "$variant")
guest=$(sh "$vm_dir/guest.sh" "$variant" "$tree")
# Another build of the program changes no order.
key=$({ cat "$0" "$vm_dir/guest.sh" && echo "$base" && contents "$tree" | grep -v -e ' \./usr/bin/gpurom$' -e ' \./usr/lib/gpurom/gpurom-initramfs$'; } | digest)
[ -d "$cache/order-$variant-$key" ] || as_root "$@"
cached "order-$variant-$key" make_order
echo "$made/order"
