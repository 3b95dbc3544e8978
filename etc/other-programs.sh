#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# other-programs.sh install|uninstall [DESTDIR [SYSCONFDIR]]: what gpurom changes of other programs', where they
# are there: a line for AppArmor, a module for SELinux, a link for Proxmox VE. Called by "make install" and
# "make uninstall"; may be called again when one of them came later.
set -eu
umask 022

dest=${2-}
conf=$dest${3-/etc}
profile=$conf/apparmor.d/abstractions/libvirt-qemu
ours=$conf/apparmor.d/local/abstractions/libvirt-qemu
line='include if exists <abstractions/libvirt-qemu.d> # by gpurom; "make uninstall" takes this line away'
kvm=$dest/usr/share/kvm
module=${PREFIX:-/usr}/share/selinux/packages/gpurom.cil

# What makes AppArmor look into the folder of drop-ins: "#include" is no comment, "# include" is.
include='^[[:space:]]*#\{0,1\}include\([[:space:]]\{1,\}if[[:space:]]\{1,\}exists\)\{0,1\}[[:space:]]*[<"][^>"]*libvirt-qemu\.d[/>"]'

# Our line away, also where an earlier version glued it to the end of another, or an editor gave it a
# carriage return.
without_line() {
	awk -v ours="$line" '{
		text = $0
		sub(/\r$/, "", text)
		n = length(text) - length(ours)
		if (n < 0 || substr(text, n + 1) != ours)
			print
		else if (n > 0)
			print substr(text, 1, n)
	}' "$ours"
}

# Writes the file only where it changes. It stays, empty or not: libvirt 9 has a profile that does not
# load without it.
put_ours() {
	cmp -s "$ours.new" "$ours" || cat "$ours.new" >"$ours"
	rm "$ours.new"
}

# libvirt 9 (Debian 12) does not look into the folder by itself.
apparmor_install() {
	[ -e "$profile" ] || return 0
	[ -e "$ours" ] || ! grep -qs "$include" "$profile" || return 0
	mkdir -p "${ours%/*}"
	: >"$ours.new"
	[ ! -e "$ours" ] || without_line >"$ours.new"
	grep -qs "$include" "$profile" "$ours.new" || echo "$line" >>"$ours.new"
	put_ours
}

apparmor_uninstall() {
	grep -qsF "$line" "$ours" || return 0
	without_line >"$ours.new"
	put_ours
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
	sed -n '3,/^set/s/^# \{0,1\}//p' "$0" >&2
	exit 2
	;;
esac
