#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# gpurom bundle: the unpacked bundle gives the answers of the machine, and holds none of its secrets.
# shellcheck disable=SC2154,SC2030,SC2031 # what lib.bash and run set

load lib

setup() {
	cli_setup
	mkdir -p "$R"/proc/sys/kernel/random "$R/etc/modprobe.d" "$T/b"
	echo hypervisor-seven >"$R/proc/sys/kernel/hostname"
	echo 0123456789abcdef0123456789abcdef >"$R/etc/machine-id"
	echo 6.1.0-test >"$R/proc/sys/kernel/osrelease"
	B=$T/b/gpurom-bundle
}
teardown() { cli_teardown; }

serial=48-b0-2d-ff-fe-12-34-56

# A boot of two cards whose ROMs are in the store, one with a serial number.
two_cards() {
	rom a.rom 10de:2204
	{
		onboard
		card 1 10de:2204 rom=a.rom dsn=$serial
		card 2 10de:1eb8 rombar=1
		echo "slot 7 0000:01:00"
	} | a_boot 1
}
unpack() { # [OPTION...]
	rm -rf "$B" "$T/b.tar"
	g bundle "$T/b.tar" "$@"
	tar -C "$T/b" -xf "$T/b.tar"
}
# every COMMAND...: what it prints and says, of the machine and of the bundle, is the same.
every() {
	local where
	for where in "$R" "$B"; do
		"$GPUROM" --root "$where" "$@" >"$T/$(basename "$where").said" 2>&1 3>&- || echo "exit $?" >>"$T/$(basename "$where").said"
	done
	sed -i "s,$B,$R,g" "$T/gpurom-bundle.said"
	diff "$T/root.said" "$T/gpurom-bundle.said" || fail "the answers of '$*' differ"
	[ -s "$T/root.said" ] || fail "'$*' says nothing"
}
same_answers() {
	local command
	for command in list plan report; do
		every "$command"
		every "$command" --json
	done
	every --initramfs plan
	for a in "$@"; do
		every snippet "$a" --libvirt
		every snippet "$a" --qemu
		every snippet "$a" --proxmox
		every resolve "$a"
		every history "$a"
	done
}
# in_bundle TEXT...: the file names and the bytes of the bundle that have it.
in_bundle() {
	local text
	for text; do
		grep -rlaiF -- "$text" "$B" || :
		find "$B" -iname "*$text*"
	done
}

@test "the unpacked bundle gives the same answers; with --serials byte for byte" {
	two_cards
	rm "$R/proc/sys/kernel/hostname" # the snippets name the host
	mkdir -p "$R/usr/share/misc" "$R/lib/modules/6.1.0-test" "$R/lib/modules/6.1.0-old" "$T/image"
	: >"$R/lib/modules/6.1.0-test/modules.dep"
	: >"$R/lib/modules/6.1.0-old/modules.dep"
	printf '%b\n' '1462  Micro-Star' '\t0001  Not in it' '10de  NVIDIA' '\t0008  Not in it' '\t\t1462 3896  Not in it' \
		'# of Petra Example' '' '\t2204  GA102 [GeForce RTX 3090]' '\t\t1462 3896  SUPRIM' '8086  Intel' '\t3e92  UHD' \
		'ffff  Not in it' 'C 03  Not in it' '\t00  Not in it' >"$R/usr/share/misc/pci.ids"
	g note-image --kernel 6.1.0-old --by initramfs-tools --image "$T/image"
	unpack --serials
	has "$(g list)" "GeForce RTX 3090], SUPRIM"
	has "$(g list)" UHD
	has "$(g list)" "6.1.0-old"
	lacks "$(cat "$B/usr/share/misc/pci.ids")" "Not in it"
	lacks "$(cat "$B/usr/share/misc/pci.ids")" Petra
	same_answers 0000:01:00 02:00 path:pci0000-uid0-01.1-00
	has "$(cat "$T/root.said")" .
	has "$(recorded --root "$B" list --json)" "$serial"
	has "$("$GPUROM" --root "$B" resolve slot:7)" 0000:01:00.0
}

@test "doctor of the bundle does not call a romfile damaged whose content the bundle leaves out" {
	two_cards
	unpack
	run "$GPUROM" --root "$B" doctor
	has "$output" "  unseen     0000:01:00: stored: /var/lib/gpurom/by-path/pci0000-uid0-01.1-00.rom; a bundle does not"
	lacks "$output" damaged
	: >"$(romfile 1)"
	has "$(g doctor || :)" damaged
	rm "$B"/var/lib/gpurom/roms/*
	has "$("$GPUROM" --root "$B" doctor || :)" damaged
}

@test "without --serials another number stands for each, everywhere the same" {
	two_cards
	echo "keep=serial:$serial" >"$R/etc/gpurom.conf"
	unpack
	same "$(in_bundle "$serial")" ""
	made_up=$(recorded --root "$B" list --json | jq -r '.[] | select(.address == "0000:01:00.0") | .serial')
	[[ $made_up =~ ^([0-9a-f]{2}-){7}[0-9a-f]{2}$ ]]
	[ "$made_up" != "$serial" ]
	same "$(jq -r '.cards[].serial // empty' "$B/var/lib/gpurom/cards.json")" "$made_up"
	same "$(cat "$B/etc/gpurom.conf")" "keep=serial:$made_up"
	same "$("$GPUROM" --root "$B" list | sed "s/$made_up/$serial/")" "$(g list)"
	same "$("$GPUROM" --root "$B" plan | sed "s/$made_up/$serial/")" "$(g plan)"
	# the bytes of the capability, low byte first
	same "$(LC_ALL=C grep -rlaP '\x56\x34\x12\xfe\xff\x2d\xb0\x48' "$B" || :)" ""
	# the same in the next bundle of this host, another for another host
	cp "$B/etc/gpurom.conf" "$T/first"
	unpack
	cmp "$B/etc/gpurom.conf" "$T/first"
	echo fedcba9876543210fedcba9876543210 >"$R/etc/machine-id"
	unpack
	run ! cmp -s "$B/etc/gpurom.conf" "$T/first"
	same "$(in_bundle fedcba9876543210fedcba9876543210)" ""
}

@test "no ROM bytes, no name of the host, no comment, no foreign word of the command line, no id of the machine" {
	two_cards
	cmdline "root=UUID=11112222 ds=nocloud;h=hypervisor-seven quiet gpurom.timeout=5 gpurom.metrics=/hypervisor-seven luks.name=secretdisk vfio-pci.ids=10de:1eb8 -- gpurom.mode=plan"
	printf '# of Petra Example\ntimeout=8 # hypervisor-seven\nstore="/var/lib/gpurom"\ntmeout=1\nmetrics=/srv/hypervisor-seven\n' >"$R/etc/gpurom.conf"
	mkdir -p "$R/etc/kernel/install.conf.d"
	printf 'MACHINE_ID=0123456789abcdef\nlayout=uki\n' >"$R/etc/kernel/install.conf"
	printf 'MACHINE_ID=0123456789abcdef\nlayouts=1\n layout = "uki"\n' >"$R/etc/kernel/install.conf.d/a.conf"
	printf '# of Petra Example\noptions vfio-pci ids=10de:1eb8\noptions mlx5_core secret=1\n' >"$R/etc/modprobe.d/a.conf"
	{
		echo "6,1,1,-;Command line: root=UUID=11112222 vfio secretdisk"
		echo "6,2,1,-;systemd[1]: Hostname set to <hypervisor-seven>."
		echo "6,3,1,-;nvidia hypervisor-seven: GPU-11112222-3333-4444-5555-666677778888 serial $serial"
	} >>"$R/dev/kmsg"
	rm "$R/proc/sys/kernel/hostname"
	every=$(g plan)
	echo hypervisor-seven >"$R/proc/sys/kernel/hostname"
	unpack
	same "$("$GPUROM" --root "$B" plan)" "$every"
	has "$every" "gpurom.conf:4"
	same "$(in_bundle hypervisor-seven Petra 11112222 nocloud secretdisk mlx5 0123456789abcdef0123456789abcdef "$serial")" ""
	same "$(cat "$B/etc/kernel/install.conf")" layout=uki
	same "$(cat "$B/etc/kernel/install.conf.d/a.conf")" ' layout = "uki"'
	same "$(cat "$B/etc/modprobe.d/a.conf")" "options vfio-pci ids=10de:1eb8"
	has "$(cat "$B/proc/cmdline")" "- - quiet gpurom.timeout=5 gpurom.metrics=/xxxxxxxxxxxxxxxx - vfio-pci.ids=10de:1eb8 -- gpurom.mode=plan"
	has "$(cat "$B/kernel.log")" "nvidia xxxxxxxxxxxxxxxx: GPU-00000000-0000-0000-0000-000000000000"
	has "$(cat "$B/kernel.log")" "gpurom: "
	# the romfile has its size, and nothing else
	rom=$(find "$R/var/lib/gpurom/roms" -name '*.rom')
	same "$(stat -c %s "$B/${rom#"$R"/}")" "$(stat -c %s "$rom")"
	same "$(tr -d '\0' <"$B/${rom#"$R"/}" | wc -c)" 0
	same "$(LC_ALL=C grep -rlaP '\x55\xaa' "$B" || :)" ""
	same "$(writes)" ""
}

@test "a configuration that cannot be read is in doubt in the bundle, too" {
	two_cards
	printf 'devices=nvidia\n\1\n' >"$R/etc/gpurom.conf"
	ln -s nowhere "$R/etc/gpurom.conf.d/a.conf"
	rm "$R/proc/sys/kernel/hostname"
	unpack
	every plan
	has "$(g plan)" "gpurom.conf:2"
	has "$(g plan)" "gpurom.conf.d/a.conf"
}

@test "a variant driver that the kernel has is in the bundle: the kernel's release is the bundle's" {
	two_cards
	mkdir -p "$R/lib/modules/6.1.0-test"
	{
		echo "alias vfio_pci:v000010DEd00002204sv*sd*bc*sc*i* nvgrace_gpu_vfio_pci"
		echo "alias pci:v00008086d00001901sv*sd*bc*sc*i* other"
	} >"$R/lib/modules/6.1.0-test/modules.alias"
	{
		echo "kernel/drivers/vfio/pci/nvgrace-gpu-vfio-pci.ko: kernel/x.ko"
		echo "kernel/net/other.ko:"
	} >"$R/lib/modules/6.1.0-test/modules.dep"
	unpack
	every plan
	has "$(g plan)" nvgrace
	same "$(grep -rl other "$B/lib" || :)" ""
}

@test "a device that never answers costs its own time alone; the bundle says that it is left out" {
	{
		card 1 10de:2204 rombar=1 config_hang=1
		card 2 10de:1eb8 rombar=1 all_hang=1
		card 3 10de:1eb8 rombar=1
	} | machine
	within 60000 g bundle "$T/b.tar" 2>"$T/err"
	# Who waits for a device cannot be killed: after its first attribute nobody asks for another.
	[ "$(pgrep -fc "bundle $T/b.tar")" -le 6 ]
	tar -C "$T/b" -xf "$T/b.tar"
	has "$(cat "$T/err")" "could not be read"
	grep -q '/0000:01:00.0/config: does not answer' "$B/left-out"
	grep -q '/0000:02:00.0/vendor: does not answer' "$B/left-out"
	same "$(cat "$(find "$B/sys" -path '*0000:03:00.0/vendor')")" 0x10de
	same "$(recorded --root "$B" list --json 2>/dev/null | jq -r '[.[].address] | join(" ")')" "0000:01:00.0 0000:03:00.0"
	same "$(writes)" ""
}

@test "each machine of tests/machines: list and plan answer the same" {
	rm "$R/proc/sys/kernel/hostname"
	for machine in "$top"/tests/machines/*.machine; do
		machine_file "$(basename "$machine" .machine)"
		echo "of $machine:"
		unpack --serials
		every list
		every plan --json
	done
}

@test "each real machine: plan answers the same" {
	machines=${GPUROM_MACHINES:-$top/../shared/machines}
	[ -d "$machines/machines" ] || skip "no machines in $machines (set GPUROM_MACHINES)"
	n=0
	PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$machines python3 - "$machines" "$T/real" <<-'END'
		import glob, os, sys, mktree
		for path in glob.glob(sys.argv[1] + "/machines/*.zoo"):
		    roots, functions, rest = mktree.parse(path)
		    mktree.build(roots, functions, rest, sys.argv[2] + "." + os.path.basename(path))
	END
	for tree in "$T"/real.*; do
		rm -rf "$R"
		mv "$tree" "$R"
		echo "of $tree:"
		unpack --serials
		every plan
		n=$((n + 1))
	done
	[ "$n" -ge 48 ]
}

@test "two bundles of one machine are the same bytes; zstd packs the same" {
	two_cards
	g bundle "$T/1.tar"
	sleep 1.1
	g bundle "$T/2.tar"
	cmp "$T/1.tar" "$T/2.tar"
	g bundle - >"$T/3.tar" 2>"$T/err"
	cmp "$T/1.tar" "$T/3.tar"
	has "$(cat "$T/err")" "no serial number"
	command -v zstd >/dev/null || skip "no zstd"
	g bundle "$T/1.tar.zst"
	zstd -qdc "$T/1.tar.zst" | cmp - "$T/1.tar"
	same "$(find /tmp -maxdepth 1 -name 'gpurom-bundle.*' -user "$(id -u)" -mmin -1 | wc -l)" 0
}

@test "a file that is there stays without --force; a name that says nothing, no tar, no zstd: in words" {
	two_cards
	echo mine >"$T/b.tar"
	run -1 g bundle "$T/b.tar"
	has "$output" "exists already"
	same "$(cat "$T/b.tar")" mine
	g bundle "$T/b.tar" --force
	tar -tf "$T/b.tar" gpurom-bundle/README
	run -2 g bundle "$T/b.txt"
	has "$output" "must end in .tar or .tar.zst"
	PATH=/nowhere run -1 "$GPUROM" --root "$R" bundle "$T/c.tar"
	has "$output" "tar is not installed"
	mkdir "$T/bin"
	ln -s "$(command -v tar)" "$T/bin/tar"
	PATH=$T/bin run -1 "$GPUROM" --root "$R" bundle "$T/c.tar.zst"
	has "$output" "zstd is not installed"
	printf '#!/bin/sh\nexit 1\n' >"$T/bin/tar.new"
	chmod 755 "$T/bin/tar.new"
	mv "$T/bin/tar.new" "$T/bin/tar"
	PATH=$T/bin:$PATH run -1 "$GPUROM" --root "$R" bundle "$T/c.tar"
	has "$output" "GNU tar"
	[ ! -e "$T/c.tar" ]
}

@test "ended by Ctrl-C, or by a service manager: no folder is left" {
	two_cards
	mkdir "$T/bin"
	printf '#!/bin/sh\necho $$ >%s/tar-runs\nexec sleep 60\n' "$T" >"$T/bin/tar"
	chmod 755 "$T/bin/tar"
	for signal in INT TERM HUP; do
		rm -f "$T/tar-runs"
		ls -d /tmp/gpurom-bundle.* >"$T/before" 2>/dev/null || :
		# env: of a shell's background job the interrupt is ignored.
		PATH=$T/bin:$PATH env --default-signal "$GPUROM" --root "$R" bundle "$T/b.tar" 3>&- &
		pid=$!
		until [ -s "$T/tar-runs" ]; do sleep 0.1; done
		[ "$(ls -d /tmp/gpurom-bundle.* 2>/dev/null)" != "$(cat "$T/before")" ]
		kill -$signal $pid
		rc=0
		wait $pid || rc=$?
		same "$rc" $((128 + $(kill -l $signal)))
		kill "$(cat "$T/tar-runs")"
		same "$(ls -d /tmp/gpurom-bundle.* 2>/dev/null)" "$(cat "$T/before")"
		[ ! -e "$T/b.tar" ]
	done
}
