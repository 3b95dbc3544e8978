#!/bin/sh
# layers.sh OBJECT...: core turns bytes into facts. It may call memory and string functions and format
# into what it is given; a call of anything else (files, time, processes, the heap in a parser) is an error.
set -eu

# (gcc itself makes a strcpy of some snprintf.)
allowed='^(__stack_chk_fail|_GLOBAL_OFFSET_TABLE_'
allowed="$allowed|mem(cpy|move|set|cmp|chr|mem|rchr)|st[rp]cpy|str(n?len|n?cmp|n?casecmp|r?chr|chrnul|str|s?pn|cspn|pbrk|tok_r|to[u]?l+)"
allowed="$allowed|v?snprintf|v?fprintf|fput[cs]|putc|fwrite|ferror|fflush"
allowed="$allowed|is(alnum|alpha|digit|xdigit|print|space|upper|lower)|to(lower|upper)|qsort|bsearch)\$"

# What the objects define among themselves is theirs to call.
own=$(nm --defined-only "$@" | awk 'NF == 3 { print $3 }')
bad=$(nm -A -u "$@" | awk -v own="$own" -v ok="$allowed" '
	BEGIN { n = split(own, names, "\n"); for (i = 1; i <= n; i++) mine[names[i]] = 1 }
	!($NF in mine) && $NF !~ ok { print $1, $NF }')
if [ -n "$bad" ]; then
	printf 'core may not call:\n%s\n' "$bad" >&2
	exit 1
fi
