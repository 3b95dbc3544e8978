#!/bin/sh
# lint.sh: shellcheck on every shell file, clang-format and cppcheck on our C. All three run; exit 1 if any finds something.
set -u
cd "$(dirname "$0")/../.." || exit 1
rc=0

# Shell files, told by suffix or first line; dracut's module-setup.sh is bash by its first line, bats files by name.
shell_files() {
	find .ci dracut-module initramfs-tools etc tests -type f ! -name '*.bats' 2>/dev/null | sort |
		while read -r f; do
			if [ "${f##*.}" = sh ] || head -n 1 "$f" | grep -aqE '^#!.*[/ ](ba|da)?sh( |$)'; then
				printf '%s\n' "$f"
			fi
		done
}

shell_files | xargs -r shellcheck || rc=1
find tests -name '*.bats' | sort | xargs -r shellcheck -s bats || rc=1

find src tests -name '*.[ch]' | sort | xargs -r clang-format --dry-run -Werror || rc=1

# information about paths not taken and unused functions needs the whole program in view: the compilers' warnings do that part.
cppcheck --quiet --std=c11 --language=c -j2 --error-exitcode=1 --inline-suppr \
	--enable=warning,performance,portability -D__linux__ -D_GNU_SOURCE \
	--suppress=missingIncludeSystem --suppress=unmatchedSuppression \
	-Isrc -Itests/unit/lib src tests || rc=1
exit "$rc"
