# SPDX-License-Identifier: GPL-2.0-or-later
# The checks of cases/faults.cases.
# shellcheck shell=sh disable=SC2154,SC2016 # case.sh's variables; awk's

# The functions of the cards that the report has taken, a line each.
taken_functions() {
	section report | awk '/^[0-9a-f]+:[0-9a-f]+:[0-9a-f]+  / { taken = $3 != "left" }
		taken && /^  [0-9a-f]+:[0-9a-f]+:[0-9a-f]+\.[0-7]  / { print $1 }'
}

# The invariants, whatever else a boot was to show. That it reached its end is checked of every boot.
# Nothing that is not taken has changed hands or has an override; what is taken is on vfio-pci, or has no
# driver and an override; a card is taken whole; what the store shows is whole, and nothing in it is gone.
expect_invariants() {
	taken_functions >"$out/taken"
	section functions | awk -v rivals="$vm_dir/cards/$cards.rivals" '
		BEGIN {
			while ((getline <rivals) > 0)
				left[$1] = $0
		}
		NR == FNR { taken[$1]; next }
		{ card = substr($1, 1, 10) }
		card in whole && whole[card] != ($1 in taken) { print $1 ": half of a card" }
		{ whole[card] = $1 in taken }
		!($1 in taken) && $0 != left[$1] { print "touched: " $0 ", it was: " left[$1] }
		$1 in taken && !($3 == "vfio-pci" || $3 == "-") { print "lost: " $0 }
		$1 in taken && !($4 == "vfio-pci" || $4 == "gpurom-hold") { print "open to any driver: " $0 }
		' "$out/taken" - >>"$home/wrong"
	[ -z "$(section others)" ] || wrong "others have an override: $(section others)"
	expect_whole_store
	[ -z "${before:-}" ] || expect_nothing_lost
}

expect_whole_store() {
	[ ! -d "$out/store/roms" ] || find "$out/store/roms" -type f | while read -r rom; do
		[ "$(sha256sum <"$rom" | cut -d' ' -f1).rom" = "${rom##*/}" ] || wrong "$rom is not what its name says"
	done
	find "$out/store" -type l | while read -r link; do
		[ -f "$link" ] || wrong "$link leads nowhere"
	done
	section verify | grep -qx whole || [ -z "$(section store)" ] || wrong "gpurom verify: $(section verify)"
}

expect_nothing_lost() {
	[ ! -d "$before/store/roms" ] || for rom in "$before"/store/roms/*; do
		[ -f "$out/store/roms/${rom##*/}" ] || wrong "lost: ${rom##*/}"
	done
}

# expect_waited CLAIM SETTLE: milliseconds that the boot waited for them, at most. What one emulated CPU needs
# for the rest of its work while it waits is in these numbers; a deadline is not met by less.
expect_waited() {
	section report | sed -n 's/^boot waited \([0-9]*\).* ms for claim, \([0-9]*\).* ms for settle.*/\1 \2/p' >"$out/waited"
	read -r claim settle <"$out/waited" || { wrong "the report does not tell how long the boot waited" && return; }
	[ "$claim" -le "$1" ] || wrong "the boot waited $claim ms for claim, not $1 at most"
	[ "$settle" -le "$2" ] || wrong "the boot waited $settle ms for settle, not $2 at most"
}

# expect_card ADDRESS PATTERN: a line of the report's words about this card.
expect_card() {
	section report | awk -v card="$1" '/^[^ ]/ { on = index($0, card) == 1 } on' >"$out/card"
	grep -qE "$2" "$out/card" || wrong "gpurom report, $1: no line like: $2; but: $(cat "$out/card")"
}

# The sentences of the report are those that a person sees.
broken() {
	expect_functions "$all_taken"
	expect_invariants
	for slot in 04 08 0b; do
		expect_rom $slot "$out/store" modern.rom
	done
	for slot in 06 07; do
		expect_rom $slot "$out/store" geforce8.rom
	done
	expect_store 2
	expect_card 0000:02:00 'prom: read 3 times, no two the same.*rejected'
	expect_card 0000:02:00 'flaky: .*none can be trusted'
	expect_card 0000:03:00 'prom: read 3 times, two the same'
	expect_card 0000:04:00 'second-copy: the file has the same ROM again at 0x10000'
	expect_card 0000:05:00 'sysfs: read; complete'
	expect_card 0000:06:00 'sysfs: no option ROM behind the ROM BAR .*memory decode off'
	expect_card 0000:06:00 'prom: the card does not answer: BAR 0 reads ffffffff'
	expect_card 0000:07:00 'prom: the card has left the bus'
	expect_card 0000:08:00 'sysfs: read; complete'
	expect_card 0000:09:00 'wrong-device: ROM of another card: 10de:0402, this is 10de:2204'
	expect_card 0000:0a:00 'sysfs: no option ROM behind the ROM BAR'
	expect_card 0000:0b:00 'romfile: none'
	expect_card 0000:0c:00 'romfile: none: no ROM BAR'
	grep -qx 'vanished.0: gone' "$out/pcicard.log" || wrong "the card that was to vanish is still there"
	expect_waited 5000 59000
}

home_made() {
	taken
	expect_invariants
}

# The register that hides the flash is as it was, though who read it was stopped.
slow() {
	expect_functions "$all_taken"
	expect_invariants
	expect_rom 05 "$out/store" modern.rom
	expect_store 1
	expect_card 0000:01:00 "prom: not done by the deadline; gpurom.timeout= gives it longer"
	expect_card 0000:01:00 'romfile: none'
	expect_hidden slow.0
	expect_waited 5000 9000
}

# expect_hidden FUNCTION: its flash was shown, and hidden again: by a write, or by the reset that vfio-pci makes.
expect_hidden() {
	grep -qx "$1: written: 88050 = 00000000" "$out/pcicard.log" || wrong "$1: the flash was not shown"
	grep "^$1: .*: 88050 = " "$out/pcicard.log" | tail -n 1 | grep -q ' = 00000001$' ||
		wrong "$1: the flash is not hidden again"
}

# The kept twins are their drivers'. Nouveau, which reads a ROM before it binds, knows no card like kept-2.
twins() {
	expect_functions '$1 !~ /^0000:0[15]/ { $3 = $4 = "vfio-pci" }'
	expect_invariants
	expect_log '0000:01:00: left alone'
	expect_log '0000:05:00: left alone'
	! grep -q '^kept-2.0: the ROM is read' "$out/pcicard.log" || wrong "the kept card's ROM was read"
	grep -q '^apart.0: the ROM is read' "$out/pcicard.log" || wrong "its twin's ROM was not read"
	for slot in 05 06; do
		expect_rom $slot "$out/store" geforce8.rom
	done
	expect_rom 07 "$out/store" modern.rom
	expect_store 2
	[ "$(section groups | grep '^0000:04:00' | cut -d' ' -f2 | sort -u | wc -l)" = 2 ] ||
		wrong "the functions are in one IOMMU group: $(section groups)"
	expect_waited 5000 59000
}

driverless() {
	expect_functions '{ $3 = "-"; $4 = "vfio-pci" }'
	expect_invariants
	expect_no_rival_seen
	expect_both_roms
	expect_log 'IOMMU'
	expect_card 0000:01:00 'driverless: .*no IOMMU group'
}

taken_without_rom() {
	expect_functions "$all_taken"
	expect_invariants
	expect_rom 05 "$out/store" geforce8.rom
	expect_store 1
	expect_log '0000:01:00.*ROM BAR'
}

# The guest's own word for what lies in /run: it is gone when the guest is.
kept_in_run() {
	expect_functions "$all_taken"
	expect_invariants
	expect_no_store
	for rom in modern.rom geforce8.rom; do
		section run | grep -q "^store/roms/.* $(sha256sum <"$roms/$rom" | cut -d' ' -f1)$" ||
			wrong "$rom is not in /run/gpurom/store"
	done
}

# Where what is to be kept is not clear, only a card that is named by itself is taken.
words_named() {
	expect_functions '$1 ~ /^0000:01/ { $3 = $4 = "vfio-pci" }'
	expect_invariants
	expect_rom 04 "$out/store" modern.rom
	expect_store 1
	expect_log "keep: '03:00:00:0' keeps no graphics card: it matches nothing on this host"
	for word in upwards everything 10de:0402:zz ../vfio rumour beard soon ./here colour 'no setting at all' \
		devcies sideways nobody a/b ether hair 'timeout=0' nowhere; do
		section kernel | grep -qF "$word" || wrong "kernel log: '$word' is not named"
		section report | grep -F 'not understood' | grep -qF "$word" || wrong "report: '$word' is not named"
	done
}

run_was_full() {
	expect_functions "$all_taken"
	expect_no_store
	expect_log '/run/gpurom/report.json: cannot be written: No space left on device; ROMs stay unread'
	expect_log '0000:01:00: bound'
}

# The report is what claim could write; what came after is in the kernel's log alone.
run_got_full() {
	expect_functions "$all_taken"
	expect_invariants
	expect_log '0000:01:00: the report cannot be written: No space left on device'
	expect_log '0000:01:00: bound'
	expect_log '0000:02:00: bound'
	! section kernel | grep 'does not return' >"$out/seen" || wrong "$(cat "$out/seen")"
	section kernel | awk -F '[][ ]+' '/: held,/ { held = $2 } /bound,|stuck|settle:/ { last = $2 }
		END { if (last - held > 15) print "the boot waited from " held " to " last }' >>"$home/wrong"
}

# What lies behind each round.
killed() {
	grep '^round ' "$out/report.log" >"$out/rounds"
	[ "$(cut -d' ' -f2 "$out/rounds" | sort -u | wc -l)" = 12 ] || wrong "not 12 rounds: $(cat "$out/rounds")"
	awk '$(NF - 1) != "vfio-pci" || $NF != "vfio-pci"' "$out/rounds" >"$out/astray"
	[ ! -s "$out/astray" ] || wrong "not handed over: $(cat "$out/astray")"
	expect_functions "$all_taken"
	expect_invariants
	expect_rom 04 "$out/store" geforce8.rom
	expect_rom 05 "$out/store" geforce8.rom
	expect_hidden a.0
	expect_hidden b.0
}

prepare_kexec() {
	mkdir -p "$home/over/boot" "$home/over/usr/bin"
	cp "$(sh "$vm_dir/base.sh")"/root/boot/vmlinuz-* "$home/over/boot/vmlinuz"
	cp "$initrd" "$home/over/boot/initrd"
	cp "$build/tests/kexec" "$home/over/usr/bin/"
	put "$home/over"
	rm -rf "$home/over"
}

# By what the first kernel left on the disk, and the second one's report.
again() {
	debugfs -R 'cat /first' "$out/disk.img" >"$out/first.log" 2>/dev/null
	[ "$(grep -c '^0000:0[12]:00\.. [^ ]* vfio-pci vfio-pci$' "$out/first.log")" = 5 ] ||
		wrong "the first kernel did not leave all on vfio-pci: $(cat "$out/first.log")"
	[ "$(grep -ac 'Linux version' "$out/console.log")" = 2 ] || wrong "not two kernels"
	taken
	expect_invariants
	expect_card 0000:01:00 'ROM .* is the stored one'
	expect_card 0000:02:00 'ROM .* is the stored one'
}

# Below the mount nothing was stored; in it, all.
stored_late() {
	expect_functions "$all_taken"
	expect_invariants
	[ ! -d "$out/store/roms" ] || wrong "stored before /var was mounted: $(ls "$out/store/roms")"
	for rom in modern.rom geforce8.rom; do
		section store | grep -q "^roms/.* $(sha256sum <"$roms/$rom" | cut -d' ' -f1)$" ||
			wrong "$rom is not in /var/lib/gpurom"
	done
	section verify | grep -qx whole || wrong "gpurom verify: $(section verify)"
}
