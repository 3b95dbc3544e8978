#!/bin/sh
# Prints the path of a qemu-system-x86_64 that has vfio-user-pci (10.1 or later): a wrapper around
# the one of trixie-backports, unpacked in the cache with all its libraries. Nothing is installed.
# usr/share/OVMF beside it holds UEFI firmware.
set -eu
. "$(dirname -- "$0")/lib.sh"

# An apt of its own, that knows two suites and believes that nothing is installed.
own_apt() {
	d=$1/apt
	mkdir -p "$d/lists/partial" "$d/archives/partial"
	: >"$d/status"
	keys=/usr/share/keyrings/debian-archive-keyring.gpg
	for suite in trixie trixie-backports; do
		echo "deb [signed-by=$keys] $(mirror) $suite main"
	done >"$d/sources.list"
	shift
	apt-get -o Dir::State="$d" -o Dir::State::status="$d/status" -o Dir::Cache="$d" \
		-o Dir::Etc::SourceList="$d/sources.list" -o Dir::Etc::SourceParts=- \
		-o Dir::Etc::Preferences=- -o Dir::Etc::PreferencesParts=- \
		-o APT::Install-Recommends=false -o APT::Sandbox::User=root "$@"
}

make_qemu() {
	out=$1
	own_apt "$out" update
	own_apt "$out" -t trixie-backports install -y --download-only qemu-system-x86 ovmf
	for deb in "$out"/apt/archives/*.deb; do
		dpkg-deb -x "$deb" "$out"
	done
	rm -rf "$out/apt" "$out/usr/share/doc" "$out/usr/share/man"
	cat >"$out/qemu" <<-'END'
		#!/bin/sh
		here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
		lib=$here/usr/lib/x86_64-linux-gnu
		export QEMU_MODULE_DIR="$lib/qemu"
		exec "$lib/ld-linux-x86-64.so.2" --library-path "$lib" "$here/usr/bin/qemu-system-x86_64" \
			-L "$here/usr/share/qemu" -L "$here/usr/share/seabios" "$@"
	END
	chmod +x "$out/qemu"
	"$out/qemu" -device help | grep vfio-user-pci
}

cached "qemu-$(digest <"$0")" make_qemu
echo "$made/qemu"
