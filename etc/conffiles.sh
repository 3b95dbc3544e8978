#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# conffiles.sh install|uninstall DESTDIR COPIES FROM:TO:MODE...: files that an administrator may change, as a
# package manager has them. What was changed or removed stays so. A copy of each file as it was installed is
# kept in the folder COPIES: it tells what was changed, and is there to be compared. Called by "make install"
# and "make uninstall".
set -eu
umask 022

what=$1
dest=$2
copies=$2$3
shift 3

# Whoever laid a link here has the file elsewhere.
unchanged() {
	[ ! -L "$file" ] && { cmp -s "$file" "$copy" || cmp -s "$file" "$from"; }
}

is_there() {
	[ -e "$file" ] || [ -L "$file" ]
}

install_one() {
	if ! is_there && [ -e "$copy" ]; then
		echo "not installed again, it was removed: $file (it is $copy)"
	elif ! is_there || unchanged; then
		install -D -m "$mode" "$from" "$file"
	else
		echo "kept as it is, it was changed: $file (the one of this version is $copy)"
	fi
	install -D -m 644 "$from" "$copy"
}

uninstall_one() {
	if is_there && ! unchanged; then
		echo "kept, it was changed: $file"
	else
		rm -f "$file"
	fi
	rm -f "$copy"
	(cd "${copies%/*/*}" && folder=${copy#"${copies%/*/*}/"} && rmdir -p "${folder%/*}") 2>/dev/null || :
}

for f; do
	from=${f%%:*}
	mode=${f##*:}
	to=${f#*:}
	file=$dest${to%:*}
	copy=$copies${to%:*}
	"${what}_one"
done
