#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# gpurom claim: every function of every selected card is held, and nothing else is written to.

load lib

setup() {
	cli_setup
	rom a.rom 10de:2204
	rom b.rom 10de:2206
}
teardown() { cli_teardown; }

two_cards() {
	onboard
	card 1 10de:2204 rom=a.rom
	card 2 10de:2206 rom=b.rom
}

# Card 1 as it is on a host whose drivers were quicker.
running_card() {
	card 1 10de:2204 rom=a.rom driver=nouveau | sed '/00\.1 10de/s/$/ driver=snd_hda_intel/'
}

# open_by PID NAME NODE: a process that has a device node open.
open_by() {
	mkdir -p "$R/proc/$1/fd"
	echo "$2" >"$R/proc/$1/comm"
	ln -s "$3" "$R/proc/$1/fd/7"
	ln -s /dev/null "$R/proc/$1/fd/0"
}

@test "every function of every selected card is held; it is in the log and in the report" {
	two_cards | machine
	run step claim
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	held 01:00.0 01:00.1 02:00.0 02:00.1
	told "<6>gpurom: 0000:01:00: held, 2 functions, 10de:2204"
	told "<6>gpurom: 0000:02:00: held, 2 functions, 10de:2206"
	same "$(state 01:00) $(state 02:00)" "held held"
}

@test "bridges, the host's graphics and everything else stay untouched" {
	two_cards | machine
	step claim
	untouched 00:02.0 00:01.1 00:01.2
	same "$(driver 00:02.0) $(driver 00:01.1)" "i915 pcieport"
}

@test "a held function is taken by no driver that is asked in" {
	two_cards | machine
	step claim
	printf 0000:01:00.0 >"$R/sys/bus/pci/drivers_probe"
	run sh -c 'printf 0000:01:00.0 >"$1"' sh "$R/sys/bus/pci/drivers/nouveau/bind"
	[ "$status" -ne 0 ]
	held 01:00.0
}

@test "drivers that came first are unbound, after every function is held" {
	running_card | machine
	step claim
	held 01:00.0 01:00.1
	diff - <(writes) <<-'END'
		0000:01:00.0/driver_override gpurom-hold\n
		0000:01:00.1/driver_override gpurom-hold\n
		drivers/nouveau/unbind 0000:01:00.0
		drivers/snd_hda_intel/unbind 0000:01:00.1
	END
	same "$(report '[.cards[0].functions[].was] | join(" ")')" "nouveau snd_hda_intel"
}

@test "claim again: the card is held as before" {
	two_cards | machine
	step claim
	g report --json | jq 'del(.claim_at_us, .claim_us, .cards[].hold_us)' >"$T/once"
	run step claim
	[ "$status" -eq 0 ]
	held 01:00.0 01:00.1 02:00.0 02:00.1
	g report --json | jq 'del(.claim_at_us, .claim_us, .cards[].hold_us)' | diff "$T/once" -
}

@test "claim again once the card is handed over: it stays, and its report too; --force takes it again" {
	two_cards | machine
	boot_steps
	forget_writes
	g report --json | jq .cards >"$T/before"
	g boot
	[ -z "$(writes)" ]
	bound vfio-pci 01:00.0 01:00.1 02:00.0 02:00.1
	g report --json | jq .cards | diff "$T/before" -
	g claim --force
	held 01:00.0 01:00.1 02:00.0 02:00.1
}

@test "switched off: nothing is written to sysfs, nothing is reported, no report" {
	two_cards | machine
	for words in rd.gpurom=0 gpurom=0 gpurom.mode=off "gpurom.mode=full rd.gpurom=0"; do
		cmdline "$words"
		for s in claim capture settle; do
			run step "$s"
			[ "$status" -eq 0 ]
			[ -z "$output" ]
		done
		[ -z "$(writes)" ] || fail "$words: $(writes)"
		[ -z "$(kmsg)" ] || fail "$words: $(kmsg)"
	done
	[ ! -e "$R/run/gpurom/report.json" ]
}

@test "mode=plan: reported, nothing written to sysfs" {
	two_cards | machine
	cmdline gpurom.mode=plan
	boot_steps
	[ -z "$(writes)" ]
	told "plan: 0000:01:00: take: selected"
	told "plan: 0000:00:02: leave: not selected"
}

@test "a kept card is left, and reported with the word that keeps it" {
	two_cards | machine
	cmdline gpurom.keep=02:00.0
	step claim
	held 01:00.0 01:00.1
	untouched 02:00.0 02:00.1
	told "0000:02:00: left alone: kept for the host: 02:00.0"
}

@test "a function of a card that is kept keeps all of it" {
	two_cards | machine
	cmdline gpurom.keep=02:00.1
	step claim
	untouched 02:00.0 02:00.1
}

@test "of two cards with the same ids only the other one is taken" {
	{
		card 1 10de:2204 rom=a.rom
		card 2 10de:2204 rom=a.rom
	} | machine
	cmdline gpurom.keep=path:pci0000-uid0-01.2-00
	step claim
	held 01:00.0 01:00.1
	untouched 02:00.0 02:00.1
}

@test "vfio-pci.ids= names the card that is kept as well: reported, by the plan before the boot too" {
	{
		card 1 10de:2204 rom=a.rom
		card 2 10de:2204 rom=a.rom
	} | machine
	cmdline "vfio-pci.ids=10de:2204 gpurom.keep=02:00.0"
	has "$(g plan)" "note: left to the host, but vfio-pci.ids="
	step claim
	told "<4>gpurom: 0000:02:00: left to the host, but vfio-pci.ids= on the kernel command line names it"
	same "$(kmsg | grep -c vfio-pci.ids)" 1
	held 01:00.0 01:00.1
	untouched 02:00.0 02:00.1
}

@test "files, then the kernel command line: later wins" {
	two_cards | machine
	mkdir -p "$R/usr/lib/gpurom"
	timeout_is() { step claim && same "$(report .timeout)" "$1"; }
	echo timeout=11 >"$R/usr/lib/gpurom/gpurom.conf"
	timeout_is 11
	echo "timeout = 12 # seconds" >"$R/etc/gpurom.conf"
	timeout_is 12
	echo timeout=13 >"$R/etc/gpurom.conf.d/10-mine.conf"
	timeout_is 13
	echo "gpurom.timeout=14" >"$R/etc/gpurom.conf.d/20-mine.conf"
	echo timeout=99 >"$R/etc/gpurom.conf.d/30-not-read.conf.bak"
	timeout_is 14
	cmdline gpurom.timeout=15
	timeout_is 15
	cmdline gpurom.timeout=15 rd.gpurom.timeout=16
	timeout_is 16
}

@test "outside an initramfs rd. words do not count, the switch does" {
	two_cards | machine
	cmdline gpurom.timeout=15 rd.gpurom.timeout=16
	g claim
	same "$(report .timeout)" 15
	forget_writes
	cmdline rd.gpurom=0
	g claim
	[ -z "$(writes)" ]
}

@test "a root that is an initramfs by itself is known as one" {
	two_cards | machine
	: >"$R/etc/initrd-release"
	cmdline rd.gpurom.timeout=16
	g claim
	same "$(report .timeout)" 16
}

@test "bad words are named in the kernel log with their place, and in the report; the rest holds" {
	two_cards | machine
	printf '%s\n' "# mine" "tmeout=5" "timeout=5" >"$R/etc/gpurom.conf"
	echo "keep" >"$R/etc/gpurom.conf.d/a.conf"
	cmdline "quiet gpurom.devices=nvidia,10de:22x gpurom.trim=tail gpurom.keep=02:00.0"
	step claim
	told "<4>gpurom: /etc/gpurom.conf:2: 'tmeout=5': no such key"
	told "/etc/gpurom.conf.d/a.conf:1: 'keep'"
	told "kernel command line, word 2: 'devices=10de:22x'"
	told "kernel command line, word 3: 'trim=tail': not one of chain, head"
	held 01:00.0 01:00.1
	untouched 02:00.0 02:00.1
	same "$(report .timeout)" 5
	has "$(report '.complaints[]')" "'trim=tail'"
	same "$(report '.complaints | length')" 4
}

@test "a file that cannot be read could keep any card: only those named one by one are taken" {
	two_cards | machine
	mkdir "$R/etc/gpurom.conf"
	step claim
	untouched 01:00.0 01:00.1 02:00.0 02:00.1
	told "/etc/gpurom.conf: cannot be read"
	cmdline gpurom.devices=02:00.0
	step claim
	untouched 01:00.0 01:00.1
	held 02:00.0 02:00.1
}

# doubtful: whatever gpurom.conf holds, no card is taken, and the kernel log says why in these words.
doubtful() {
	: >"$R/dev/kmsg"
	forget_writes
	within 5000 step claim
	told "$1"
	told "a configuration file cannot be read, and no devices="
	same "$(writes)" ""
}

@test "a damaged file is not used at all: its keep= may be what was lost" {
	two_cards | machine
	printf 'timeout=5\n\0\0\0\0\nkeep=01:00\n' >"$R/etc/gpurom.conf"
	doubtful "<4>gpurom: /etc/gpurom.conf:2: a byte that no text file has"
	has "$(g plan)" "/etc/gpurom.conf:2: a byte that no text file has"
	has "$(g plan)" "0000:01:00: leave: a configuration file cannot be read"
	lacks "$(g plan)" "at most 5 s"
	# Bytes of UTF-16, of a terminal's escape, of a disk; a Mac's line ends hide all behind a '#'.
	printf 'k\0e\0e\0p\0=\0' >"$R/etc/gpurom.conf"
	doubtful "/etc/gpurom.conf:1: a byte"
	printf 'timeout=5\n\nkeep=\033[A01:00' >"$R/etc/gpurom.conf"
	doubtful "/etc/gpurom.conf:3: a byte"
	printf '# mine\rkeep=01:00\r' >"$R/etc/gpurom.conf"
	doubtful "/etc/gpurom.conf:1: a byte"
	# Not these: tabs, a PC's line ends, a comment in Latin-1.
	printf '#\tf\374r den Schirm\r\nkeep=01:00\r\n' >"$R/etc/gpurom.conf"
	step claim
	untouched 01:00.0 01:00.1
	held 02:00.0 02:00.1
}

@test "what is no file waits for nobody and is doubtful: FIFO, folder, a link that leads nowhere, a device" {
	two_cards | machine
	local odd=$R/etc/gpurom.conf.d/50-odd.conf
	for make in "mkfifo $odd" "mkdir $odd" "ln -s /nowhere $odd" "ln -s /dev/zero $odd" "ln -s $odd $odd"; do
		$make
		doubtful "/etc/gpurom.conf.d/50-odd.conf: cannot be read"
		rm -r "$odd"
	done
	rmdir "$R/etc/gpurom.conf.d"
	for make in "mkfifo" "ln -s /nowhere" "touch"; do
		$make "$R/etc/gpurom.conf.d"
		doubtful "/etc/gpurom.conf.d: cannot be read"
		rm "$R/etc/gpurom.conf.d"
	done
	ln -s /nowhere "$R/etc/gpurom.conf"
	doubtful "/etc/gpurom.conf: cannot be read"
	# A link to a file is a file.
	echo keep=01:00 >"$R/etc/kept"
	ln -sf kept "$R/etc/gpurom.conf"
	step claim
	untouched 01:00.0 01:00.1
	held 02:00.0 02:00.1
}

@test "of cards in doubt the kernel command line alone says more, and not a file before or after" {
	two_cards | machine
	echo devices=01:00 >"$R/etc/gpurom.conf"
	printf '\0' >"$R/etc/gpurom.conf.d/50-damaged.conf"
	printf '%s\n' devices=02:00 keep=none >"$R/etc/gpurom.conf.d/60-whole.conf"
	doubtful "/etc/gpurom.conf.d/50-damaged.conf:1:"
	# keep= alone does not say which cards are to be taken.
	cmdline gpurom.keep=01:00
	doubtful "/etc/gpurom.conf.d/50-damaged.conf:1:"
	rm "$R/etc/gpurom.conf.d/60-whole.conf"
	# Words that name more than one card may name one that was kept.
	cmdline gpurom.devices=nvidia
	step claim
	same "$(writes)" ""
	cmdline gpurom.devices=02:00
	step claim
	untouched 01:00.0 01:00.1
	held 02:00.0 02:00.1
}

@test "in doubt, devices= and keep= of the kernel command line are all there is to know" {
	two_cards | machine
	printf '\0' >"$R/etc/gpurom.conf"
	cmdline gpurom.devices=nvidia gpurom.keep=01:00
	step claim
	untouched 01:00.0 01:00.1
	held 02:00.0 02:00.1
}

@test "a key with a byte that no key has may be keep=" {
	two_cards | machine
	printf '\302\240keep=01:00\n' >"$R/etc/gpurom.conf" # a no-break space, from a web page
	step claim
	same "$(writes)" ""
	told "has a byte that no key has"
	echo devices=02:00 >>"$R/etc/gpurom.conf"
	step claim
	untouched 01:00.0 01:00.1
	held 02:00.0 02:00.1
}

@test "a kernel command line that cannot be read may switch gpurom off: no card is taken" {
	two_cards | machine
	rm "$R/proc/cmdline"
	boot_steps
	[ -z "$(writes)" ]
	told "/proc/cmdline: cannot be read"
	g --cmdline quiet claim
	held 01:00.0 02:00.0
}

@test "no usable word in devices=: no card is taken" {
	two_cards | machine
	cmdline gpurom.devices=10de22
	step claim
	[ -z "$(writes)" ]
	told "so no card is taken"
	told "no card is selected"
}

@test "a word of keep= that is not understood: in doubt for the host" {
	two_cards | machine
	cmdline gpurom.keep=0000:2:0
	step claim
	cmdline "gpurom.keep=0200.0"
	forget_writes
	step claim
	untouched 01:00.0 02:00.0
	told "a word of keep= is not understood"
}

@test "a holder of a device node is named, and its card left; others are claimed" {
	{
		running_card
		card 2 10de:2206 rom=b.rom
	} | machine
	open_by 4321 Xorg /dev/dri/card1
	run g claim
	[ "$status" -eq 0 ]
	untouched 01:00.0 01:00.1
	same "$(driver 01:00.0)" nouveau
	held 02:00.0 02:00.1
	told "0000:01:00: left: 0000:01:00.0: Xorg (pid 4321) has /dev/dri/card1 open: stop it first, or claim --force"
	same "$(state 01:00)" left
	boot_steps
	untouched 01:00.0 01:00.1
	bound vfio-pci 02:00.0 02:00.1
}

@test "the name that a holder gave itself commands no terminal" {
	running_card | machine
	open_by 4321 "$(printf 'a\033[2J\302\233b')" /dev/dri/card1
	g claim
	told "0000:01:00.0: a?[2J??b (pid 4321)"
	has "$(g report)" "a?[2J??b (pid 4321)"
	same "$(report '.cards[0].why' | grep -c 'a?\[2J??b (pid 4321)')" 1
}

@test "--force takes it all the same" {
	running_card | machine
	open_by 4321 Xorg /dev/dri/card1
	g claim --force
	held 01:00.0 01:00.1
}

@test "nodes that are not the card's are nobody's business" {
	running_card | machine
	open_by 4321 Xorg /dev/dri/card0
	open_by 4322 sshd /dev/dri/card10
	g claim
	held 01:00.0 01:00.1
}

@test "NVIDIA's own node, which sysfs does not show" {
	card 1 10de:2204 rom=a.rom driver=nvidia | machine
	mkdir -p "$R/proc/driver/nvidia/gpus/0000:01:00.0"
	printf 'Model: \t\t NVIDIA GeForce RTX 3090\nDevice Minor: \t 3\n' \
		>"$R/proc/driver/nvidia/gpus/0000:01:00.0/information"
	open_by 77 python3 /dev/nvidia3
	g claim
	untouched 01:00.0 01:00.1
	told "python3 (pid 77) has /dev/nvidia3 open"
}

@test "a guest's card on vfio-pci: the group's node" {
	card 1 10de:2204 rom=a.rom driver=vfio-pci | machine
	open_by 88 qemu-system-x86 /dev/vfio/1
	g claim
	untouched 01:00.0 01:00.1
	same "$(driver 01:00.0)" vfio-pci
	told "qemu-system-x86 (pid 88) has /dev/vfio/1 open"
}

@test "an override that cannot be written: the card is left as it was found" {
	running_card | sed '/00\.1 10de/s/$/ override_eio=1/' | machine
	run step claim
	[ "$status" -eq 0 ]
	same "$(driver 01:00.0) $(override 01:00.0)" "nouveau (null)"
	same "$(driver 01:00.1) $(override 01:00.1)" "snd_hda_intel (null)"
	lacks "$(writes)" unbind
	same "$(state 01:00)" left
	told "0000:01:00: left: driver_override cannot be written: "
}

@test "an unbind that never returns: bounded, reported, and the other cards go on" {
	{
		running_card | sed '/00\.1 10de/s/$/ unbind_hang=1/'
		card 2 10de:2206 rom=b.rom driver=nouveau
	} | machine
	within 15000 step claim
	same "$(state 01:00) $(state 02:00)" "stuck held"
	told "0000:01:00: stuck: snd_hda_intel does not let go"
	held 02:00.0 02:00.1
	same "$(driver 01:00.0)" -
	within 8000 step capture
	within 8000 step settle
	bound vfio-pci 02:00.0 02:00.1
	same "$(state 01:00)" stuck
}

@test "the first function's driver hangs: the others are unbound all the same" {
	running_card | sed '/00\.0 10de/s/$/ unbind_hang=1/' | machine
	within 15000 step claim
	same "$(state 01:00)" stuck
	told "0000:01:00: stuck: nouveau does not let go"
	held 01:00.1
}

@test "a driver that slips in between the scan and the hold is unbound too" {
	card 1 10de:2204 rom=a.rom slips_in=1 | machine
	step claim
	held 01:00.0 01:00.1
	same "$(report '.cards[0].functions[0].was')" nouveau
	step capture
	bound vfio-pci 01:00.0 01:00.1
	same "$(rom_of 01:00 verdict)" complete
}

@test "a driver whose probe never ends: bounded, reported, and the other cards go on" {
	{
		card 1 10de:2204 rom=a.rom busy=1
		card 2 10de:2206 rom=b.rom
	} | machine
	within 15000 step claim
	same "$(state 01:00) $(state 02:00)" "stuck held"
	told "0000:01:00: stuck: driver_override of 0000:01:00.0 cannot be written: a driver is at work on it"
	held 01:00.1 02:00.0 02:00.1
	within 8000 g list >/dev/null
	within 8000 g plan >/dev/null
}

@test "a driver at work whose device nodes cannot be asked for: bounded, reported" {
	card 1 10de:2204 rom=a.rom driver=nouveau | sed '/00\.0 10de/s/$/ busy=1/' | machine
	within 18000 step claim
	same "$(state 01:00)" stuck
	told "0000:01:00: stuck: driver_override of 0000:01:00.0 cannot be written: nouveau is at work on it"
	held 01:00.1
}

@test "a driver whose probe never ends: the other functions are held, and taken from theirs" {
	running_card | sed '/00\.1 10de/s/driver=.*/busy=1/' | machine
	within 15000 step claim
	same "$(state 01:00)" stuck
	told "0000:01:00: stuck: driver_override of 0000:01:00.1 cannot be written"
	held 01:00.0
	same "$(driver 01:00.0)" -
}

@test "no ROM BAR, a shadow, no IOMMU, boot VGA: reported before anything is done" {
	{
		echo "fn 0000:01:00.0 10de:2331 030200 group=1"
		echo "fn 0000:02:00.0 10de:2204 030000 shadow=1"
	} | machine
	step claim
	told "0000:01:00: no ROM BAR"
	told "0000:02:00: its ROM is a shadow"
	told "0000:02:00: no IOMMU group"
	told "0000:02:00: the host's console goes dark"
	held 01:00.0 02:00.0
}

@test "late: udev was up before claim" {
	two_cards | machine
	step claim
	same "$(report .late)" false
	for socket in control io.systemd.Udev; do
		for name in systemd-udevd udevd; do
			rm -rf "$R/run/udev" "$R/proc/77"
			mkdir -p "$R/run/udev" "$R/proc/77"
			: >"$R/run/udev/$socket"
			echo "77 ($name) S 1 77 77 0 -1 4194560" >"$R/proc/77/stat"
			g claim
			same "$(report .late)" true
		done
	done
}

@test "late: a socket of udev's that systemd keeps for it is not udev" {
	two_cards | machine
	mkdir -p "$R/run/udev" "$R/proc/1"
	: >"$R/run/udev/control"
	echo "1 (systemd) S 0 1 1 0 -1 4194560" >"$R/proc/1/stat"
	step claim
	same "$(report .late)" false
}

@test "late: the image's udev that has ended, and that nobody has waited for, is not up" {
	two_cards | machine
	mkdir -p "$R/run/udev" "$R/proc/77"
	: >"$R/run/udev/control"
	echo "77 (systemd-udevd) Z 1 77 77 0 -1 4227084" >"$R/proc/77/stat"
	step claim
	same "$(report .late)" false
}

@test "a function that vanished: reported, the other cards are taken" {
	two_cards | sed '/02:00.0/s/$/ vanish=1/' | machine
	step claim
	held 01:00.0 01:00.1
	untouched 02:00.0 02:00.1
	told "1 PCI functions cannot be read and are left alone"
}

@test "no card, no PCI: reported in a line, exit 0" {
	onboard | machine
	run step claim
	[ "$status" -eq 0 ]
	told "no card is selected (1 PCI functions seen)"
	cli_teardown
	run step claim
	[ "$status" -eq 0 ]
	told "the PCI buses cannot be read, no card is taken"
	[ -z "$output" ]
}

@test "without a kernel log it is reported on standard error" {
	two_cards | machine
	rm "$R/dev/kmsg"
	run g claim
	[ "$status" -eq 0 ]
	has "$output" "gpurom: 0000:01:00: held"
}

@test "/run that cannot be written: reported, exit 0, every step after it too, and no card stays held" {
	two_cards | machine
	rmdir "$R/run"
	: >"$R/run"
	for s in claim capture settle commit boot; do
		run step "$s"
		[ "$status" -eq 0 ] || fail "$s: exit $status"
	done
	told "/run/gpurom/report.json: cannot be written: Not a directory; ROMs stay unread"
	bound vfio-pci 01:00.0 01:00.1 02:00.0 02:00.1
}

@test "words that match nothing here are reported" {
	two_cards | machine
	cmdline gpurom.keep=07:00.0
	step claim
	told "keep: '07:00.0' keeps no graphics card: it matches nothing on this host"
	held 01:00.0 02:00.0
	has "$(g plan)" "doubtful: keep: '07:00.0' keeps no graphics card"
	has "$(g plan --cmdline gpurom.devices=07:00.0)" "doubtful: '07:00.0' matches nothing on this host"
}

@test "the report has the program's version and the digest of the configuration files, not of the command line" {
	card 1 10de:2204 | machine
	echo timeout=7 >"$R/etc/gpurom.conf"
	step claim
	same "gpurom $(report .program)" "$("$GPUROM" --version)"
	first=$(report .config_digest)
	[[ $first =~ ^[0-9a-f]{64}$ ]]
	rm -r "$R/run/gpurom"
	cmdline "quiet gpurom.timeout=9"
	step claim
	same "$(report .config_digest)" "$first"
	rm -r "$R/run/gpurom"
	echo timeout=8 >"$R/etc/gpurom.conf"
	step claim
	[ "$(report .config_digest)" != "$first" ]
}
