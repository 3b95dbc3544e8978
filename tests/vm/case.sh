#!/bin/sh
# case.sh NAME TREE: boots one case of the file "cases", gpurom from TREE, and checks what became of it.
# Prints "ok NAME what (seconds)", or "not ok" with what was wrong and the end of the console's log.
# Environment: VM_SLOT, which of the CPUs this one may use; see boot.sh for more.
set -eu
. "$(dirname -- "$0")/lib.sh"

name=$1
tree=$2
line=$(grep "^[^#|]*|$name|" "$vm_dir/cases") || die "no such case: $name"
IFS='|' read -r _ _ variant gpurom cards machine check words what <<END
$line
END
out=$build/vm/$name
roms=$build/vm/roms
VM_CPU=$(cpus | sed -n "$((${VM_SLOT:-0} + 1))p")
export VM_CPU
. "$vm_dir/checks.sh"

prepare() {
	rm -rf "$out"
	mkdir -p "$out"
	made=$(sh "$vm_dir/variant.sh" "$variant")
	initrd=$made/initrd
	cp --sparse=always "$made/base.img" "$out/disk.img"
	sh "$vm_dir/overlay.sh" "$vm_dir/guest" "$out/disk.img"
	[ ! -d "$vm_dir/extra/$name" ] || sh "$vm_dir/overlay.sh" "$vm_dir/extra/$name" "$out/disk.img"
	[ "$gpurom" = none ] || sh "$vm_dir/overlay.sh" "$tree" "$out/disk.img"
	[ "$gpurom" != full ] || initrd=$(sh "$vm_dir/guest.sh" "$variant" "$tree")/initrd
}

boot() {
	base=$(sh "$vm_dir/base.sh")
	kernel=$base/vmlinux
	case " $machine " in *' uefi '*) kernel=$(echo "$base"/root/boot/vmlinuz-*) ;; esac # with its EFI stub
	export VM_MACHINE="$machine"
	# shellcheck disable=SC2086 # words
	sh "$vm_dir/boot.sh" "$out" "$kernel" "$initrd" "$vm_dir/cards/$cards.cards" "$roms" $words \
		2>"$out/boot.log" || wrong "$(cat "$out/boot.log" "$out/qemu.log" 2>/dev/null)"
	touch "$out/report.log" "$out/console.log"
	mkdir "$out/store"
	debugfs -R "rdump /var/lib/gpurom $out" "$out/disk.img" >/dev/null 2>&1
	[ ! -d "$out/gpurom" ] || { rmdir "$out/store" && mv "$out/gpurom" "$out/store"; }
	rm -f "$out/disk.img"
}

# Some of the logs may be missing.
complain() {
	set +e
	echo "not $1"
	{
		sed 's/^/   /' "$out/wrong"
		echo "   gpurom in the kernel's log:"
		section kernel | tail -n 25 | sed 's/^/     /'
		echo "   the console's last lines, all of it in $out/console.log:"
		tail -n 12 "$out/console.log" | tr -d '\r' | sed 's/^/     /'
	} 2>/dev/null
}

prepare
: >"$out/wrong"
began=$(date +%s)
boot
expect_healthy
"$check"
result="ok $name  $what ($(($(date +%s) - began)) s)"
if [ -s "$out/wrong" ]; then
	complain "$result" >"$out/result"
else
	echo "$result" >"$out/result"
fi
cat "$out/result"
