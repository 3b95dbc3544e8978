#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# units.sh install|uninstall DESTDIR UNIT_DIR SYSCONFDIR UNIT...: enables units (files of this tree) as "systemctl
# enable" does, by links in /etc, so that "systemctl disable" works. Called by "make install" before it copies the units
# to UNIT_DIR: a unit that is there already was enabled once, and is as its administrator left it. Packages do not call
# this: they have presets, or debhelper. No systemctl, because it may be missing where a package's tree is made.
set -eu
umask 022

what=$1
dest=$2
units=$3
wants=$2$4/systemd/system
shift 4

# Versions before 1.0 had this link in UNIT_DIR, where nobody can disable it.
old_link() {
	[ -L "$dest$units/$target.wants/$unit" ]
}

install_one() {
	if [ ! -e "$dest$units/$unit" ] || old_link; then
		mkdir -p "$wants/$target.wants"
		ln -sfn "$units/$unit" "$link"
	fi
	! old_link || rm -f "$dest$units/$target.wants/$unit"
}

uninstall_one() {
	[ "$(readlink "$link")" != "$units/$unit" ] || rm -f "$link"
	rmdir "${link%/*}" 2>/dev/null || :
}

for file; do
	unit=${file##*/}
	# shellcheck disable=SC2013 # names of units
	for target in $(sed -n 's/^WantedBy=//p' "$file"); do
		link=$wants/$target.wants/$unit
		"${what}_one"
	done
done
