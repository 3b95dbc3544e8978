#!/bin/sh
# neighbours.sh install|uninstall [DESTDIR [SYSCONFDIR]]: what gpurom changes of other programs', where they
# are there: a line for AppArmor, a module for SELinux, a link for Proxmox VE. Called by "make install" and
# "make uninstall"; may be called again when one of them came later.
set -eu

dest=${2-}
conf=$dest${3-/etc}
profile=$conf/apparmor.d/abstractions/libvirt-qemu
ours=$conf/apparmor.d/local/abstractions/libvirt-qemu
line='include if exists <abstractions/libvirt-qemu.d> # by gpurom; "make uninstall" takes this line away'
kvm=$dest/usr/share/kvm
module=${PREFIX:-/usr}/share/selinux/packages/gpurom.cil

# libvirt 9 (Debian 12) does not look into the folder of drop-ins by itself.
apparmor_install() {
	[ -e "$profile" ] || return 0
	! grep -qs 'libvirt-qemu\.d[>/]' "$profile" "$ours" || return 0
	mkdir -p "${ours%/*}"
	echo "$line" >>"$ours"
}

# The file stays, empty or not: that profile does not load without it.
apparmor_uninstall() {
	grep -qsxF "$line" "$ours" || return 0
	{ grep -vxF "$line" "$ours" || :; } >"$ours.new"
	cat "$ours.new" >"$ours"
	rm "$ours.new"
}

# A policy is the running machine's.
selinux() {
	[ -z "$dest" ] || return 0
	command -v semodule >/dev/null 2>&1 || return 0
	semodule "$@" || {
		echo "SELinux: 'semodule $*' failed; virtual machines may not be able to read romfiles" >&2
		return 0
	}
	[ ! -d /var/lib/gpurom ] || restorecon -R /var/lib/gpurom || :
}

is_ours() {
	case $(readlink "$1") in */by-path) ;; *) return 1 ;; esac
}

proxmox_install() {
	[ -d "$kvm" ] || return 0
	if [ -e "$kvm/gpurom" ] || [ -L "$kvm/gpurom" ]; then
		return 0 # another store's, or not ours: commit tells
	fi
	ln -s /var/lib/gpurom/by-path "$kvm/gpurom"
}

proxmox_uninstall() {
	! is_ours "$kvm/gpurom" || rm "$kvm/gpurom"
}

case ${1-} in
install)
	apparmor_install
	selinux -i "$module"
	proxmox_install
	;;
uninstall)
	apparmor_uninstall
	selinux -r gpurom
	proxmox_uninstall
	;;
*)
	sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2
	exit 2
	;;
esac
