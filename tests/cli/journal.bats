#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The events that systemd's journal gets: which, and with which fields. gpurom(5), EVENTS.
# shellcheck disable=SC2030,SC2031,SC2154 # what run sets

load lib

DOMAIN=$(dirname "$GPUROM")/gpurom-domain
p1=pci0000-uid0-01.1-00

setup() {
	cli_setup
	rom a.rom 10de:2204 94.02.42.80.01
	rom flashed.rom 10de:2204 94.02.42.80.77
	listen
}
teardown() {
	[ ! -e "$T/listener.pid" ] || kill "$(cat "$T/listener.pid")" || :
	cli_teardown
}

# A journald: each datagram becomes a line of JSON in $T/journal.
listen() {
	mkdir -p "$R/run/systemd/journal"
	rm -f "$R/run/systemd/journal/socket"
	: >"$T/journal"
	(cd "$R/run/systemd/journal" && exec /usr/bin/python3 -c '
import json, socket, struct, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind("socket")
out = open(sys.argv[1], "a")
while True:
    d, fields = s.recv(65536), {}
    while d:
        line, _, d = d.partition(b"\n")
        name, eq, value = line.partition(b"=")
        if not eq:
            n = struct.unpack("<Q", d[:8])[0]
            value, d = d[8:8 + n], d[9 + n:]
        fields[name.decode()] = value.decode()
    print(json.dumps(fields), file=out, flush=True)
' "$T/journal") 3>&- &
	echo $! >"$T/listener.pid"
	for ((i = 0; i < 500; i++)); do
		[ ! -e "$R/run/systemd/journal/socket" ] || return 0
		sleep 0.01
	done
	return 1
}
# boot N, of the machine on standard input: the events of its commit alone.
boot() {
	: >"$T/journal"
	a_boot "$1"
}
settled() { # until the listener has read what was sent
	local before=-1
	while [ "$before" != "$(stat -c %s "$T/journal")" ]; do
		before=$(stat -c %s "$T/journal")
		sleep 0.1
	done
}
events() {
	settled
	jq -r .GPUROM_EVENT "$T/journal" | sort | xargs
}
# event KIND FIELD...: of the one event of that kind.
event() {
	settled
	jq -r --arg k "$1" 'select(.GPUROM_EVENT == $k) | [.[$ARGS.positional[]]] | join(" ")' "$T/journal" --args "${@:2}"
}

@test "a new ROM, then a changed one: the card, its record, and an id for each kind" {
	card 1 10de:2204 rom=a.rom | boot 1
	same "$(events)" "card-taken rom-stored"
	id=$(jq -r ".cards[\"$p1\"].id" "$R/var/lib/gpurom/cards.json")
	[ -n "$id" ]
	same "$(event rom-stored GPUROM_CARD GPUROM_PATH GPUROM_ID PRIORITY SYSLOG_IDENTIFIER)" "0000:01:00 $p1 $id 6 gpurom"
	same "$(event card-taken GPUROM_CARD GPUROM_ID MESSAGE)" "0000:01:00 $id 0000:01:00: bound, 10de:2204"
	has "$(event rom-stored MESSAGE)" "0000:01:00: ROM 94.02.42.80.01 stored: "
	told "<6>gpurom: $(event rom-stored MESSAGE)"
	card 1 10de:2204 rom=flashed.rom | boot 2
	same "$(events)" "card-taken rom-changed"
	same "$(event rom-changed GPUROM_ID PRIORITY)" "$id 4"
	told "<4>gpurom: $(event rom-changed MESSAGE)"
}

@test "another card in the place, and one that has gone" {
	{ card 1 10de:2204 rom=a.rom && card 2 10de:1eb8 rombar=1; } | boot 1
	card 1 10de:2206 | boot 2
	same "$(events)" "card-missing card-replaced card-taken"
	same "$(event card-missing GPUROM_CARD PRIORITY)" "0000:02:00 4"
	same "$(event card-replaced GPUROM_CARD PRIORITY)" "0000:01:00 4"
}

@test "a store that cannot be written; a card that no driver takes" {
	: >"$R/var/lib/gpurom"
	card 1 10de:2204 rom=a.rom native=none | boot 1
	has "$(events)" store-failed
	told "<4>gpurom: $(event store-failed MESSAGE)"
	echo driver=nosuch >"$R/etc/gpurom.conf"
	rm "$R/var/lib/gpurom"
	card 1 10de:2204 rom=a.rom | boot 2
	has "$(events)" card-not-taken
	same "$(event card-not-taken GPUROM_CARD PRIORITY)" "0000:01:00 4"
}

@test "what became of a card is said once a boot, and again when it is something else" {
	card 1 10de:2204 rom=a.rom | boot 1
	has "$(events)" card-taken
	: >"$T/journal"
	step commit
	g commit
	same "$(events)" ""
	g release 01:00
	step commit
	same "$(events)" card-released
	g take 01:00
	step commit
	same "$(events)" "card-released card-taken"
	card 1 10de:2204 rom=a.rom | boot 2
	same "$(events)" card-taken
}

@test "what the journal did not take is said again; nothing is kept that is no text" {
	kill "$(cat "$T/listener.pid")"
	rm "$T/listener.pid" "$R/run/systemd/journal/socket"
	card 1 10de:2204 rom=a.rom | a_boot 1
	[ ! -e "$R/run/gpurom/events" ]
	listen
	step commit
	same "$(events)" card-taken
	has "$(cat "$R/run/gpurom/events")" "state 0000:01:00 card-taken 0000:01:00: bound, 10de:2204"
	: >"$T/journal"
	for junk in "" "x" "state 0000:01:00 card-ta"; do
		printf '%s' "$junk" >"$R/run/gpurom/events"
		step commit
	done
	same "$(events)" "card-taken card-taken card-taken"
}

@test "release and take" {
	card 1 10de:2204 rom=a.rom | boot 1
	: >"$T/journal"
	g release 01:00
	has "$(events)" card-released
	: >"$T/journal"
	g take 01:00
	has "$(events)" card-taken
}

@test "libvirt's hook: a VM that is refused, and one that is warned of" {
	at 1 1 10de:2204 rom=a.rom | boot 1
	at 4 1 10de:2204 rom=a.rom | boot 2
	id=$(jq -r ".cards[\"$p1\"].id" "$R/var/lib/gpurom/cards.json")
	sed "s/0123456789ab/$id/" "$BATS_TEST_DIRNAME/domain/win11.xml" >"$T/vm.xml"
	: >"$T/journal"
	run --separate-stderr -3 "$DOMAIN" --root "$R" check <"$T/vm.xml" 3>&-
	same "$(events)" ""
	run --separate-stderr -3 "$DOMAIN" --root "$R" check --hook <"$T/vm.xml" 3>&-
	has "$(events)" vm-refused
	lacks "$(events)" vm-warned
	has "$(event vm-refused GPUROM_VM GPUROM_CARD GPUROM_VM_UUID)" "win11 0000:01:00 "
	has "$stderr" "$(event vm-refused MESSAGE | head -n 1)"
	lacks "$(kmsg)" win11
	echo guard=warn >"$R/etc/gpurom.conf"
	: >"$T/journal"
	run -0 "$DOMAIN" --root "$R" check --hook <"$T/vm.xml" 3>&-
	has "$(events)" vm-warned
	lacks "$(events)" vm-refused
	told "<4>gpurom: $(event vm-warned MESSAGE | head -n 1)"
}

# The image's program is never the one that speaks to a journal.
@test "the page has the id of each kind, and no other; the image's program has none" {
	sed -n 's/^	\[EVENT_.*{"\([a-z-]*\)", "\([0-9a-f]*\)",.*/\1 \2/p' "$top/src/sys/journal.c" | sort >"$T/code"
	[ "$(wc -l <"$T/code")" -gt 10 ]
	sed -n '/^\.Sh EVENTS/,/^\.Sh /s/^\.It \([a-z-]*\) Ta \([0-9a-f]*\)$/\1 \2/p' "$top/man/gpurom.5" | sort >"$T/page"
	diff "$T/code" "$T/page"
	run ! grep -qaF "$(head -n 1 "$T/code" | cut -d' ' -f2)" "$GPUROM_INITRAMFS"
	grep -qaF "$(head -n 1 "$T/code" | cut -d' ' -f2)" "$GPUROM"
}

@test "a card that had gone: each take is said, in the same words; so is its coming back by itself" {
	# The machine of before goes without a word to gpurom.
	for _ in 1 2; do
		card 1 10de:2204 rom=a.rom driver=nouveau | machine
		: >"$T/journal"
		g take 01:00
		same "$(event card-taken MESSAGE)" "0000:01:00: bound, 10de:2204"
		: >"$T/journal"
		g take 01:00 # it is taken already
		step commit
		same "$(events)" ""
	done
	for _ in 1 2; do
		card 1 10de:2204 rom=a.rom | machine
		: >"$T/journal"
		step late 0000:01:00.0
		same "$(event card-taken MESSAGE)" "0000:01:00: bound, 10de:2204"
	done
}
