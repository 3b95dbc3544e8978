#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# case.sh NAME TREE: boots one case of the folder "cases", gpurom from TREE, and checks what became of it.
# A case of several boots has a folder for each, NAME, NAME/2, NAME/3; the first that goes wrong is the last.
# Prints "ok NAME what (seconds)", or "not ok" with what was wrong and the end of the console's log.
# Environment: VM_SLOT, which of the CPUs this one may use; VM_TIER, where it is not "night" the boots that are
# the night's alone are left out; see boot.sh for more.
set -eu
. "$(dirname -- "$0")/lib.sh"

name=$1
tree=$2
rows=$(grep -hE "^[^#|]*\|$name\|" "$vm_dir"/cases/*.cases) || die "no such case: $name"
[ "${VM_TIER:-night}" = night ] || rows=$(printf '%s\n' "$rows" | grep -v '^+night|')
home=$build/vm/$name
roms=$build/vm/roms
out=$home # of the boot that is on; the first one's is the case's own
VM_CPU=$(cpus | sed -n "$((${VM_SLOT:-0} + 1))p")
export VM_CPU
# shellcheck source=/dev/null
for checks in "$vm_dir"/checks/*.sh; do
	. "$checks"
done

# put FOLDER: over the guest's root, where there is such a folder.
put() {
	[ ! -d "$1" ] || sh "$vm_dir/overlay.sh" "$1" "$out/disk.img"
}

# What the hook noted of the image: on the disk of a host that has made it itself. For a case's own preparation.
put_notes() {
	put "$(sh "$vm_dir/guest.sh" "$variant" "$tree")/notes"
}

# into_image FOLDER: over what is in the image, as the kernel unpacks it: a second archive behind the first.
into_image() {
	[ "$initrd" = "$out/initrd" ] || cp "$initrd" "$out/initrd"
	initrd=$out/initrd
	truncate -s %4 "$initrd"
	(cd "$1" && find . -mindepth 1 -printf '%P\n' | sort | cpio --quiet -o -H newc -R 0:0) >>"$initrd"
}

# The kernel modules that are built for the tests, in the root and in the image.
add_modules() {
	for modules in $(modules_of "$machine"); do
		modules=$(sh "$vm_dir/modules.sh" "$modules")
		put "$modules"
		into_image "$modules"
	done
}

# The first boot's folder and disk; what the case is called and which image it boots.
prepare() {
	IFS='|' read -r _ _ variant gpurom _ machine _ _ title <<-END
		$rows
	END
	rm -rf "$home"
	mkdir -p "$home"
	: >"$home/wrong"
	made=$(sh "$vm_dir/variant.sh" "$variant")
	tree=$tree$(tree_suffix "$variant")
	initrd=$made/initrd
	cp --sparse=always "$made/base.img" "$out/disk.img"
	put "$vm_dir/guest"
	put "$vm_dir/extra/$name"
	[ "$gpurom" = none ] || put "$tree"
	[ "$gpurom" != full ] || initrd=$(sh "$vm_dir/guest.sh" "$variant" "$tree")/initrd
	add_modules
	[ ! -d "$vm_dir/extra/$name.initrd" ] || into_image "$vm_dir/extra/$name.initrd"
	own=prepare_$(echo "$name" | tr - _)
	! command -v "$own" >/dev/null || "$own"
}

# Takes off the disk what "make uninstall" takes away.
uninstall() {
	rm -rf "$home/left"
	cp -a "$tree" "$home/left"
	make -s -C "$top" uninstall DESTDIR="$home/left" PREFIX=/usr
	(cd "$tree" && find . ! -type d -printf '%P\n') | while read -r file; do
		[ -e "$home/left/$file" ] || [ -L "$home/left/$file" ] || echo "rm \"/$file\""
	done | debugfs -w -f - "$out/disk.img" >/dev/null 2>&1
	rm -rf "$home/left"
}

release() {
	basename "$(sh "$vm_dir/base.sh" "$(suite_of "$variant")")"/root/lib/modules/*
}

# What is otherwise than at the boot before.
change() {
	case $1 in
	none) initrd=$made/initrd && uninstall ;;
	image) uninstall ;;
	disk) initrd=$out/initrd && debugfs -R "dump /boot/initrd.img-$(release) $initrd" "$out/disk.img" >/dev/null 2>&1 ;;
	esac
}

# The disk goes on to the folder of the boot that is next; $before has what the last one left.
move_on() {
	before=$out
	out=$home/$boots
	mkdir "$out"
	mv "$before/disk.img" "$out"
	put "$vm_dir/extra/$name.$boots"
	change "$1"
}

boot() {
	# shellcheck disable=SC2046 # words
	base=$(sh "$vm_dir/base.sh" $(base_of "$variant"))
	kernel=$base/vmlinux
	case " $machine " in *' uefi '*) kernel=$(echo "$base"/root/boot/vmlinuz-*) ;; esac # with its EFI stub
	! is_arm64 "$variant" || machine="$machine arm64"
	export VM_MACHINE="$machine"
	# shellcheck disable=SC2086 # words
	sh "$vm_dir/boot.sh" "$out" "$kernel" "$initrd" "$vm_dir/cards/$cards.cards" "$roms" $words \
		2>"$out/boot.log" || wrong "$(cat "$out/boot.log" "$out/qemu.log" 2>/dev/null)"
	touch "$out/report.log" "$out/console.log"
	mkdir "$out/store"
	debugfs -R "rdump /var/lib/gpurom $out" "$out/disk.img" >/dev/null 2>&1
	[ ! -d "$out/gpurom" ] || { rmdir "$out/store" && mv "$out/gpurom" "$out/store"; }
}

# Some of the logs may be missing.
complain() {
	set +e
	echo "not $1"
	{
		[ "$boots" = 1 ] || echo "   boot $boots: $what"
		sed 's/^/   /' "$home/wrong"
		echo "   gpurom in the kernel's log:"
		section kernel | tail -n 25 | sed 's/^/     /'
		echo "   the console's last lines, all of it in $out/console.log:"
		tail -n 12 "$out/console.log" | tr -d '\r' | sed 's/^/     /'
	} 2>/dev/null
}

prepare
began=$(date +%s)
boots=0
while IFS='|' read -r _ _ _ now cards machine check words what <&3; do
	boots=$((boots + 1))
	[ "$boots" = 1 ] || move_on "$now"
	boot
	expect_healthy
	"$check"
	[ ! -s "$home/wrong" ] || break
done 3<<END
$rows
END
rm -f "$out/disk.img" "$home/initrd"
result="ok $name  $title ($(($(date +%s) - began)) s)"
if [ -s "$home/wrong" ]; then
	complain "$result" >"$home/result"
else
	echo "$result" >"$home/result"
fi
cat "$home/result"
