#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# layers.sh ARCHIVES ROOM pure|heap|edge SEEN...: a room may call itself and the rooms that it sees. A pure room turns
# bytes into facts: beside that it may call memory and string functions, format into what it is given, and hash; a call
# of anything else (files, time, processes, the heap in a parser) is an error. One of the kind heap may also allocate.
set -eu
objects=$1 room=$2 kind=$3
shift 3

# (gcc itself makes a strcpy of some snprintf.)
allowed='^(__stack_chk_fail|_GLOBAL_OFFSET_TABLE_'
allowed="$allowed|mem(cpy|move|set|cmp|chr|mem|rchr)|st[rp]cpy|str(n?len|n?cmp|n?casecmp|r?chr|chrnul|str|s?pn|cspn|pbrk|tok_r|to[u]?l+)"
allowed="$allowed|v?snprintf|v?fprintf|fput[cs]|putc|fwrite|ferror|fflush"
allowed="$allowed|is(alnum|alpha|digit|xdigit|print|space|upper|lower)|to(lower|upper)|strverscmp|fnmatch|qsort|bsearch|SHA256(Data|_Data))\$"
heap='^(malloc|calloc|realloc|reallocarray|free|strn?dup)$'

{
	for seen in "$room" "$@"; do
		nm --defined-only "$objects/$seen.a" | awk 'NF == 3 { print "seen", $3 }'
	done
	nm --defined-only "$objects"/*.a | awk 'NF == 3 { print "ours", $3 }'
	nm -A -u "$objects/$room.a" | awk '{ n = split($1, part, ":"); print "call", part[n - 1], $NF }'
} | awk -v ok="$allowed" -v heap="$heap" -v kind="$kind" -v room="$room" '
	function may(name) { return kind == "edge" || name ~ ok || kind == "heap" && name ~ heap }
	$1 == "seen" { seen[$2] = 1 }
	$1 == "ours" { ours[$2] = 1 }
	$1 == "call" && !($3 in seen) && ($3 in ours || !may($3)) { print room " may not call:", $2, $3; bad = 1 }
	END { exit bad }' >&2
