#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# gpurom metrics: of what a boot did, and of what the store has.
# shellcheck disable=SC2154,SC2030,SC2031 # what lib.bash and run set

load lib

setup() { cli_setup; }
teardown() { cli_teardown; }

parsed() { /usr/bin/python3 "$top/tests/lib/prometheus.py"; }
metric() { sed -n "s|^gpurom_$1 ||p" "$T/metrics"; }
two_boots() { # the flash of card 1 is another one in the second
	rom a.rom 10de:2204
	rom b.rom 10de:2204 94.02.59.00.11
	{ onboard && card 1 10de:2204 "rom=a.rom" && card 2 10de:2204; } | a_boot 1
	{ onboard && card 1 10de:2204 "rom=${1:-b}.rom"; } | a_boot 2
}

@test "without report and record: clean, and nothing is there" {
	onboard | machine
	g metrics >"$T/metrics"
	parsed <"$T/metrics"
	same "$(metric report)" 0
	lacks "$(cat "$T/metrics")" $'\ngpurom_claim_seconds'
	lacks "$(cat "$T/metrics")" $'\ngpurom_last_commit'
}

@test "cards by state, verdict and identity; a ROM that changed, until somebody pins one" {
	two_boots
	g metrics >"$T/metrics"
	parsed <"$T/metrics"
	same "$(metric report)" 1
	same "$(metric committed)" 1
	same "$(metric 'cards{state="bound"}')" 1
	same "$(metric 'cards{state="stuck"}')" 0
	same "$(metric 'roms{verdict="complete"}')" 1
	same "$(metric 'recorded_cards{identity="same"}')" 1
	same "$(metric 'recorded_cards{identity="missing"}')" 1
	same "$(metric 'card_rom_changed{address="0000:01:00",path="pci0000-uid0-01.1-00"}')" 1
	has "$(grep card_info "$T/metrics")" 'ids="10de:2204",state="bound",verdict="complete",identity="same"'
	[[ $(metric claim_seconds) =~ ^[0-9]+\.[0-9]{6}$ ]]
	[[ $(metric settle_seconds) =~ ^[0-9]+\.[0-9]{6}$ ]]
	[ $(($(date +%s) - $(metric last_commit_timestamp_seconds))) -lt 60 ]
	changed='card_rom_changed{address="0000:01:00",path="pci0000-uid0-01.1-00"}'
	# Also where it is the ROM of before that somebody wants.
	for rom in b a; do
		g pin 01:00.0 "$(sha "$T/$rom.rom")"
		g metrics >"$T/metrics"
		same "$(metric "$changed")" 0
	done
}

@test "the image of each kernel, and whether it is the current one" {
	onboard | machine
	mkdir -p "$R/lib/modules/6.1.0-9-amd64/kernel" "$R/usr/lib/gpurom" "$T/image/usr/bin" "$R/var/lib"
	echo "a program" >"$R/usr/lib/gpurom/gpurom-initramfs"
	cp "$R/usr/lib/gpurom/gpurom-initramfs" "$T/image/usr/bin/gpurom"
	g note-image --kernel 6.1.0-9-amd64 --by dracut --image "$T/image" --program /usr/lib/gpurom/gpurom-initramfs
	g metrics >"$T/metrics"
	parsed <"$T/metrics"
	same "$(metric 'image_info{kernel="6.1.0-9-amd64",state="current"}')" 1
	echo "another build" >"$R/usr/lib/gpurom/gpurom-initramfs"
	g metrics >"$T/metrics"
	same "$(metric 'image_info{kernel="6.1.0-9-amd64",state="stale-program"}')" 1
	lacks "$(cat "$T/metrics")" 'state="current"'
}

@test "a ROM that is the stored one has not changed" {
	two_boots a
	g metrics >"$T/metrics"
	same "$(metric 'card_rom_changed{address="0000:01:00",path="pci0000-uid0-01.1-00"}')" 0
}

@test "it touches no device, and writes nothing" {
	two_boots
	g metrics >"$T/metrics"
	same "$(writes)" ""
	run -0 strace -f -o "$T/trace" -e trace=openat,openat2 "$GPUROM" --root "$R" metrics
	lacks "$(grep -vF O_PATH "$T/trace")" '"sys/'
}

@test "--publish: gpurom.prom in the folder, for everybody to read, and nothing else there" {
	mkdir -p "$R/srv/metrics"
	echo "metrics=/srv/metrics/" >"$R/etc/gpurom.conf"
	two_boots
	umask 077
	run -0 g metrics --publish
	same "$output" ""
	same "$(ls -A "$R/srv/metrics")" gpurom.prom
	same "$(stat -c %a "$R/srv/metrics/gpurom.prom")" 644
	g metrics >"$T/metrics"
	cmp "$T/metrics" "$R/srv/metrics/gpurom.prom"
}

# node_exporter may read at any time.
@test "--publish: a new file is renamed over the old one" {
	mkdir -p "$R/srv"
	echo "metrics=/srv" >"$R/etc/gpurom.conf"
	onboard | machine
	g metrics --publish
	exec 8<"$R/srv/gpurom.prom"
	two_boots
	g metrics --publish
	has "$(cat <&8)" "gpurom_report 0"
	has "$(cat "$R/srv/gpurom.prom")" "gpurom_report 1"
}

@test "--publish: without metrics= nothing is written or said, and the exit status is 3" {
	two_boots
	before=$(find "$R" -path "$R/sys" -prune -o -newer "$T/machine" -print | sort)
	run -3 g metrics --publish
	same "$output" ""
	same "$(find "$R" -path "$R/sys" -prune -o -newer "$T/machine" -print | sort)" "$before"
	echo "metrics=none" >"$R/etc/gpurom.conf"
	run -3 g metrics --publish
}

@test "--publish: a folder that is not there is not made, and the message says what to do" {
	onboard | machine
	echo "metrics=/srv/metrics" >"$R/etc/gpurom.conf"
	run -1 g metrics --publish
	has "$output" "gpurom: /srv/metrics: no such folder (metrics= of the configuration): make it"
	[ ! -e "$R/srv" ]
}

@test "a bad folder is named, and no metrics are written" {
	onboard | machine
	for bad in srv / /a/../b "/a b" ""; do
		echo "metrics=$bad" >"$R/etc/gpurom.conf"
		has "$(g plan)" "not an absolute folder"
		run -3 g metrics --publish
	done
}
