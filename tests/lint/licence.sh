#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# licence.sh [FOLDER]: every source, script, unit and manual page says its licence in one of its first two lines; in a
# checkout reuse (reuse.software) agrees, which counts what .reuse/dep5 says of all other files. Exit 1 if one does not.
set -u
cd "${1:-$(dirname "$0")/../..}" || exit 1
rc=0

# Made-up input is no source, whatever its name.
files() {
	find . \( -path ./build -o -path ./vendor -o -path ./.git -o -path '*/seeds' -o -path '*/found' \) -prune -o -type f -print
}

by_name='\.([ch]|sh|bash|bats|fish|py|awk|mk|service|timer|rules|preset|cil|[58])$|/Makefile$'
scripts() {
	files | grep -vE "$by_name" | while read -r f; do
		! head -c 2 "$f" | grep -aqF '#!' || printf '%s\n' "$f"
	done
}

for f in $(files | grep -E "$by_name") $(scripts); do
	case $(head -n 2 "$f") in
	*'SPDX-License-Identifier: GPL-2.0-or-later'*) ;;
	*) echo "$f: no SPDX-License-Identifier in its first two lines" && rc=1 ;;
	esac
done

if [ -e .git ] && ! said=$(reuse lint 2>&1); then
	echo "$said" && rc=1
fi
exit "$rc"
