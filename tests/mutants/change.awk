# SPDX-License-Identifier: GPL-2.0-or-later
# Changes a text in one definition, of a function or a table: the name in the environment as fn, the texts as old
# and new, the C files as arguments. Blanks count only between two words, so that a line that is wrapped anew is
# still the same text. The file that is changed goes to the standard output, whole, its name to "name_to"; without a
# word and with status 1 where the text is not there exactly once.

function word(c) { return c ~ /[A-Za-z0-9_]/ }

# text without its blanks in S; the places that they were at in text in AT.
function squeeze(text,   n, i, c, blank, s) {
	n = length(text)
	s = ""
	size = 0
	for (i = 1; i <= n; i++) {
		c = substr(text, i, 1)
		if (c == " " || c == "\t" || c == "\n") {
			blank = 1
			continue
		}
		if (blank && size && word(last) && word(c)) {
			s = s " "
			at[++size] = i - 1
		}
		s = s c
		at[++size] = i
		blank = 0
		last = c
	}
	return s
}

# In the definition that begins behind the text "before".
function look(   s, p) {
	found_definition = 1
	s = squeeze(body)
	p = index(s, wanted)
	if (!p)
		return
	times++
	if (index(substr(s, p + 1), wanted))
		times++
	file = FILENAME
	from = start + at[p]
	to = start + at[p + length(wanted) - 1]
}

BEGIN {
	wanted = squeeze(ENVIRON["old"])
	name = "(^|[^A-Za-z0-9_])" ENVIRON["fn"] "( ?[(]|\\[| =)"
}

FNR == 1 { offset = 0; inside = 0 }
{
	if (!inside && /^[A-Za-z_]/ && $0 ~ name) {
		inside = 1
		body = ""
		start = offset
	}
	if (inside) {
		body = body $0 "\n"
		if (/^}/) {
			look()
			inside = 0
		} else if (/;$/ && body !~ /[{]/) {
			inside = 0 # a declaration
		}
	}
	offset += length($0) + 1
	whole[FILENAME] = whole[FILENAME] $0 "\n"
}

END {
	if (times != 1) {
		print !found_definition ? "no definition of " ENVIRON["fn"] \
			: "the old text is in " ENVIRON["fn"] " " (times ? "more than once" : "no more") >"/dev/stderr"
		exit 1
	}
	print file >ENVIRON["name_to"]
	printf "%s%s%s", substr(whole[file], 1, from - 1), ENVIRON["new"], substr(whole[file], to + 1)
}
