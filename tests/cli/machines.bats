#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The machines of tests/machines: one for each shape of a real machine that gpurom once got wrong. First what holds
# for each of them, then one after the other, then the fake kernel that shows them.
# shellcheck disable=SC2154,SC2030,SC2031 # what lib.bash and run set

load lib

setup() { cli_setup; }
teardown() { cli_teardown; }

machines() { find "$top/tests/machines" -name '*.machine' -printf '%f\n' | sed 's/\.machine$//' | sort; }
# The descriptions' words: the addresses of all functions, the names of all host bridges.
words_of() { awk -v statement="$1" '$1 == statement { print $2 }' "$T/machine" | sort; }

# --- what holds for each ---------------------------------------------------------------------------------------

# The fake kernel shows all of the description, which begins with a sentence.
shown() {
	head -n 1 "$T/machine" | grep -qE '^# [A-Z].*[A-Za-z0-9)]\.$' || fail "no first line"
	same "$(ls "$R/sys/bus/pci/devices")" "$(words_of fn)"
	for bridge in $(words_of root); do
		[ -n "$(find "$R/sys/devices" -name "$bridge")" ] || fail "no $bridge"
	done
}
answers() {
	for command in list plan; do
		run -0 --separate-stderr g "$command"
		silent=$(sed -n "s/^fn \(.*\) 10de.* config=ff.*/gpurom: list: \1 does not answer/p" "$T/machine")
		[ "$command" = list ] || silent=
		same "$command: $stderr" "$command: $silent"
		run -0 --separate-stderr g "$command" --json
		same "$command --json: $stderr" "$command --json: $silent"
		jq -e . <<<"$output" >/dev/null || fail "$output"
	done
}
# Each physical function of class 03 is in the list once, and none that the machine does not have.
listed() {
	g list --json | jq -r '.[].functions[].address' | sort >"$T/listed"
	same "$(uniq -d "$T/listed")" ""
	same "$(words_of fn | comm -13 - "$T/listed")" ""
	awk '$1 == "fn" && $4 ~ /^03/ && !/physfn=/ { print $2 }' "$T/machine" | sort >"$T/displays"
	same "$(comm -23 "$T/displays" "$T/listed")" ""
}

@test "each machine: list and plan answer, with valid JSON; they and claim with devices=none write nothing" {
	cmdline gpurom.devices=none
	[ "$(machines | wc -l)" -ge 18 ]
	for name in $(machines); do
		machine_file "$name"
		echo "of $name:" # printed where something is wrong
		shown
		answers
		listed
		no_files
		step claim
		same "$(writes)" ""
		rm -rf "$R/run/gpurom"
	done
}

@test "each machine: claim writes to functions of NVIDIA's alone" {
	for name in $(machines); do
		machine_file "$name"
		rm -rf "$R/run/gpurom"
		forget_writes
		step claim
		# A place is ADDRESS/ATTRIBUTE, or drivers/NAME/unbind with the address as its text.
		writes | grep -oE '[0-9a-f]{4,5}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]' | sort -u >"$T/written"
		while read -r address; do
			grep -q "^fn $address 10de:" "$T/machine" || fail "$name: wrote to $address" "$(writes)"
		done <"$T/written"
	done
}

# --- one after the other ---------------------------------------------------------------------------------------

# taken [ARGUMENT...]: the cards that plan takes.
taken() { g plan --json "$@" | jq -r '[.cards[] | select(.take).address] | join(" ")'; }
# members ADDRESS: "ADDRESS ROLE" of each device in the card's groups.
members() { g list --json | jq -r ".[] | select(.address == \"$1\") | .group[] | .address + \" \" + .role"; }
# domain LINE...: a VM's definition; a LINE is "ADDRESS [MANAGED [ROMFILE]]" of a host device.
domain() {
	echo "<domain type='kvm'><name>vm</name><uuid>11111111-2222-3333-4444-555555555555</uuid><devices>"
	for line; do
		# shellcheck disable=SC2086
		set -- $line
		IFS=:. read -r d b s f <<<"$1"
		echo "<hostdev mode='subsystem' type='pci' managed='${2:-no}'>"
		echo "<source><address domain='0x$d' bus='0x$b' slot='0x$s' function='0x$f'/></source>"
		[ -z "${3-}" ] || echo "<rom file='$3'/>"
		echo "</hostdev>"
	done
	echo "</devices></domain>"
}
check_domain() { domain "$@" | "$(dirname "$GPUROM")/gpurom-domain" --root "$R" check 2>&1 3>&-; }
# whole_boot N: boot N of the machine that is mounted.
whole_boot() {
	rm -rf "$R/run/gpurom"
	mkdir -p "$R/proc/sys/kernel/random"
	echo "boot-$1" >"$R/proc/sys/kernel/random/boot_id"
	boot_steps
	step commit
}

@test "two cards of one group go along: plan, list, snippet and the report name the other" {
	whole="0000:46:00.0 10de:1db4 class 030200, in IOMMU group 12: it is taken as well, and only one VM can have both"
	machine_file group-two-gpus
	has "$(g plan)" "note: $whole"
	has "$(g list)" "0000:45:00: $whole"
	has "$(g snippet 45:00 --libvirt)" "$whole"
	has "$(members 0000:45:00.0)" "0000:46:00.0 along"
	has "$(members 0000:45:00.0)" "0000:44:08.0 harmless"
	# the host's driver has a card that is kept: that one blocks
	lacks "$(g plan --cmdline gpurom.keep=46:00)" "only one VM"
	boot_steps
	told "0000:45:00: $whole"
	has "$(g report)" "group: $whole"
	same "$(report '[.cards[].group[] | .address + " " + .role] | join(", ")')" "0000:46:00.0 along, 0000:45:00.0 along"
}

@test "a disk of the host in the group: plan, list, snippet, log, report and the guard name it" {
	whole="0000:02:00.0 144d:a804 on nvme, in IOMMU group 1: no VM can get the card while a driver of the host has this device"
	machine_file group-nvme
	has "$(g plan)" "note: $whole"
	has "$(g plan --json | jq -r '.cards[] | select(.take).group[] | select(.role == "blocks").address')" 0000:02:00.0
	has "$(g list)" "0000:01:00: $whole"
	has "$(g snippet 01:00 --qemu)" "$whole"
	boot_steps
	step commit
	told "0000:01:00: $whole"
	has "$(g report)" "group: $whole"
	run check_domain 0000:01:00.0 0000:01:00.1
	same "$status" 3
	has "$output" "vm: 0000:01:00.0: $whole; give it to this VM as well, or take it off its driver"
	run check_domain 0000:01:00.0 0000:01:00.1 "0000:02:00.0 yes"
	same "$status $output" "0 "
}

@test "before drivers are bound the class decides: claim in the initramfs names the disk" {
	sed 's/ driver=nvme//' "$top/tests/machines/group-nvme.machine" >"$T/machine"
	mount_machine
	# no driver, no block
	lacks "$(g plan)" "no VM can get the card"
	step claim
	told "0000:01:00: 0000:02:00.0 144d:a804 class 010802, in IOMMU group 1: no VM can get the card"
}

@test "a bridge that is on another driver than pcieport blocks" {
	machine_file group-bridge-driver
	has "$(g plan)" "note: 0000:03:00.0 10b5:8112 on shpchp, in IOMMU group 9: no VM can get the card"
	same "$(members 0000:04:01.0)" $'0000:03:00.0 blocks\n0000:00:1c.0 harmless'
}

@test "no alarm for a dummy host bridge, nor for a sibling that is on vfio-pci" {
	for name in group-dummy-host-bridge group-vfio-sibling; do
		machine_file "$name"
		lacks "$(g plan)" "in IOMMU group"
		lacks "$(g list)" "in IOMMU group"
		same "$(g list --json | jq -r '[.[].group[].role] | unique | join(" ")')" harmless
		rm -rf "$R/run/gpurom"
		step claim
		untold "in IOMMU group"
	done
}

@test "virtual functions are no cards, and never taken, whatever devices= says" {
	machine_file vfs-ari
	same "$(g list --json | jq -r '[.[].functions[].address] | join(" ")')" 0000:61:00.0
	same "$(g list --json | jq -c '.[0].virtual_functions')" '{"enabled":8,"in_use":2}'
	has "$(g list)" "0000:61:00: 8 virtual functions, 2 in use"
	has "$(g plan)" "note: 8 virtual functions, 2 in use"
	same "$(taken --cmdline gpurom.keep=61:00)" ""
	same "$(taken --cmdline 'gpurom.devices=61:01.3,61:00.4,10de:2236 gpurom.keep=61:00.0')" ""
	has "$(g plan --cmdline gpurom.devices=61:01.3)" \
		"doubtful: '61:01.3' matches only the virtual function 0000:61:01.3, 10de:2236, class 030200"
	same "$(g snippet 61:00 --qemu | grep -c 'host=')" 1
	run ! g snippet 61:00.5 --qemu
	has "$output" "0000:61:00.5 is a virtual function of 0000:61:00.0"
	same "$(writes)" ""
}

@test "a physical function that has virtual ones: left alone without --force, and they are never written to" {
	machine_file vfs-ari
	g claim
	told "0000:61:00: left: it has 8 virtual functions, 2 in use, which would go"
	same "$(writes)" ""
	g claim --force
	has "$(writes)" "0000:61:00.0/driver_override gpurom-hold"
	untouched 61:00.4 61:00.5 61:01.1
	machine_file vfs-none-yet
	rm -r "$R/run/gpurom"
	g claim
	held c1:00.0
}

@test "the guard judges a virtual function by itself" {
	machine_file vfs-ari
	mkdir -p "$R/var/lib/gpurom"
	run check_domain 0000:61:00.5
	same "$status $output" "0 "
	run check_domain "0000:61:00.4 yes"
	same "$status $output" "0 "
	run check_domain 0000:61:00.4
	same "$status" 3
	has "$output" "vm: 0000:61:00.4: this virtual function is on nvidia, and with managed='no' a VFIO driver must have it"
	run check_domain "0000:61:00.5 no /var/lib/gpurom/by-path/pci0000-uidpc03-03.1-00.rom"
	same "$status" 3
	has "$output" "vm: 0000:61:00.5: a virtual function has no ROM"
	# one of many does not make the physical function's card the VM's
	run check_domain 0000:61:00.5 0000:61:01.1
	same "$status $output" "0 "
}

@test "the guard: a function that is left out and has a group of its own is a warning, else a fault" {
	card 1 10de:2204 rombar=1 | sed '/:00.1 /s/group=1/group=11/' | machine
	boot_steps
	step commit
	{
		card 1 10de:2204 rombar=1 driver=vfio-pci | sed '/:00.1 /s/group=1/group=11 driver=snd_hda_intel/'
	} | machine
	run check_domain 0000:01:00.0
	same "$status" 0
	has "$output" "vm: 0000:01:00.1: warning: the VM does not get this function of the card, which has an IOMMU group of its own"
	{
		card 1 10de:2204 rombar=1 driver=vfio-pci | sed '/:00.1 /s/$/ driver=snd_hda_intel/'
	} | machine
	run check_domain 0000:01:00.0
	same "$status" 3
	lacks "$output" warning
}

@test "a function of another vendor on the device number: the card is left whole, and nothing is touched" {
	machine_file foreign-functions
	has "$(g plan)" "0000:01:00: leave: selected, but a device of another vendor has the same device number"
	step claim
	told "0000:01:00: left alone: selected, but a device of another vendor"
	same "$(writes)" ""
}

@test "a name depends on the host bridges, not on other cards; the name by the _UID still finds" {
	machine_file uid-twice-one-empty
	name=$(g list --json | jq -r '.[0].path')
	same "$name" pci0000-bus00-02.0-00
	same "$(taken --cmdline gpurom.keep=path:pci0000-uid0-02.0-00)" ""
	same "$(g resolve pci0000-uid0-02.0-00)" "$(g resolve 0000:04:00.0)"
	machine_file uid-twice
	same "$(g list --json | jq -r '.[0].path')" "$name"
	# keep= keeps all that it could mean, devices= takes none of them
	same "$(taken --cmdline gpurom.keep=path:pci0000-uid0-02.0-00)" ""
	same "$(taken --cmdline gpurom.devices=path:pci0000-uid0-02.0-00)" ""
	has "$(g plan --cmdline gpurom.devices=path:pci0000-uid0-02.0-00)" "selected by a path name that another card has as well"
	run ! g resolve pci0000-uid0-02.0-00
	same "$(taken --cmdline gpurom.devices="path:$name")" 0000:04:00.0
	# virtual functions give no names
	machine_file vfs-virtual-bus
	same "$(g list --json | jq -r '[.[].path] | join(" ")')" pci0000-uidpc06-01.1-00
}

@test "a record by the _UID, of an earlier gpurom, follows the card to its name of now" {
	sed '/pci0000:80/d' "$top/tests/machines/uid-twice-one-empty.machine" >"$T/machine"
	mount_machine
	whole_boot 1
	same "$(jq -r '.cards | keys[]' "$R/var/lib/gpurom/cards.json")" pci0000-uid0-02.0-00
	machine_file uid-twice-one-empty
	whole_boot 2
	same "$(jq -r '.cards | keys[]' "$R/var/lib/gpurom/cards.json")" pci0000-bus00-02.0-00
	same "$(report '[.missing[].path] | join(" ")')" ""
	same "$(report '.cards[0].identity')" same
	has "$(g resolve pci0000-uid0-02.0-00)" 0000:04:00.0
}

@test "a slot holds the cards of a board with a switch of its own" {
	machine_file board-switch
	same "$(taken --cmdline gpurom.devices=slot:6)" "0000:05:00.0 0000:06:00.0"
	lacks "$(g plan --cmdline gpurom.devices=slot:6)" "a bridge"
	same "$(taken --cmdline gpurom.keep=slot:6)" ""
	same "$(g list --json | jq -r '[.[].slot] | join(" ")')" "6 6"
}

@test "a keep= that keeps no graphics card is loud: in plan and in the log" {
	machine_file board-switch
	for word in "slot:2:it matches nothing on this host" "boot-vga:it matches nothing on this host" \
		"03:00.0:it matches 0000:03:00.0, 10b5:8747, class 060400"; do
		cmdline "gpurom.keep=${word%:it*}"
		rm -rf "$R/run/gpurom"
		text="keep: '${word%:it*}' keeps no graphics card: it${word##*:it}"
		has "$(g plan)" "doubtful: $text"
		has "$(g plan --json | jq -r '.doubts[]')" "$text"
		step claim
		told "$text"
	done
}

@test "configuration space that reads FF: it does not answer, and is handed over unread" {
	machine_file config-ff
	run --separate-stderr g list
	has "$stderr" "0000:01:00.0 does not answer"
	lacks "$(g plan)" bridge
	has "$(g plan)" "it does not answer: gpurom holds it by what the kernel knows of it, and hands it over unread"
	same "$(taken)" 0000:01:00.0
	boot_steps
	told "0000:01:00.0 does not answer"
	bound vfio-pci 01:00.0
	lacks "$(writes)" "0000:01:00.0/rom"
}

@test "NVSwitches are counted, with their group and the way to hand them over; class 0680 alone makes none" {
	machine_file nvswitch
	for command in list plan; do
		same "$(g "$command" | grep -c ': NVSwitch, 10de:22a3, IOMMU group 12, no driver$')" 2
		has "$(g "$command")" "driverctl set-override"
	done
	same "$(g plan --json | jq -c '[.nvswitches[].address]')" '["0000:03:00.0","0000:04:00.0"]'
	has "$(g plan --cmdline gpurom.devices=10de:)" "0000:03:00: leave: selected, but an NVSwitch: 'driverctl set-override'"
	machine_file nforce
	lacks "$(g list; g plan)" NVSwitch
	has "$(g plan --cmdline gpurom.devices=10de:03ef)" "no function of it is a display controller"
}

@test "an address without domain that is a card's in several domains" {
	machine_file four-domains
	text="'01:00' matches graphics cards in 4 PCI domains: write the domain too, as in 0002:01:00"
	has "$(g plan --cmdline gpurom.devices=01:00)" "doubtful: $text"
	cmdline gpurom.devices=01:00
	step claim
	told "$text"
	lacks "$(g plan --cmdline gpurom.devices=0002:01:00)" doubtful
}

# --- bundles of machines ---------------------------------------------------------------------------------------

@test "each bundle of a machine (gpurom bundle) gives the answers that are recorded beside it" {
	n=0
	for bundle in "$top"/tests/machines/*.tar.zst; do
		GPUROM=$GPUROM sh "$top/tests/lib/answers.sh" "$bundle" >"$T/answers"
		diff -u "${bundle%.tar.zst}.answers" "$T/answers" || fail "other answers of $bundle"
		lacks "$(tar -tf "$bundle")" left-out
		n=$((n + 1))
	done
	[ "$n" -ge 2 ]
}

# --- the fake kernel -------------------------------------------------------------------------------------------

# refused LINE...: as a description fakesys ends with an error that names its last line.
refused() {
	printf '%s\n' "$@" >"$T/wrong"
	run -1 "$FAKESYS" "$T/wrong" "$LOG" "$R/sys"
	has "$output" "fakesys: line $#: "
}

@test "fakesys refuses what it does not know, and what names nothing before it" {
	f="fn 0000:01:00.0 10de:2204 030000"
	refused "$f wings=2"
	refused "$f config=00"
	refused "$f header=3"
	refused "$f subsystem=1462"
	refused "$f physfn=0000:01:00.0"
	refused "$f physfn=0000:02:00.0"
	refused "$f" "fn 0000:01:00.1 10de:2204 030000 physfn=0000:01:00.0" "fn 0000:01:00.2 10de:2204 030000 physfn=0000:01:00.1"
	refused "root pci0000:00 uid=0" "root pci0000:00 uid=1"
	refused "root pci0000:00 name=0"
	refused "root pci10000:00 below=0000:00:0e.0"
	refused "slot 1"
	refused "slot 1 0000:01:00 0000:02:00"
	refused "$f slot=1" "slot 1 0000:02:00"
	refused "socket 1"
}

@test "fakesys: physfn leads to the physical function, virtfnN from it; sriov_numvfs counts them" {
	machine_file vfs-ari
	same "$(basename "$(readlink "$(fn 61:01.3)/physfn")")" 0000:61:00.0
	same "$(readlink "$(fn 61:00.4)/physfn")" ../0000:61:00.0
	same "$(grep SLOT "$(fn 61:00.0)/virtfn5/uevent")" PCI_SLOT_NAME=0000:61:01.1
	same "$(find "$(fn 61:00.0)/" -name 'virtfn*' | wc -l)" 8
	same "$(cat "$(fn 61:00.0)/sriov_numvfs" "$(fn 61:00.0)/sriov_totalvfs")" $'8\n32'
	[ ! -e "$(fn 61:00.4)/sriov_numvfs" ]
	[ ! -e "$(fn 61:00.0)/physfn" ]
	same "$(od -An -tx1 -N4 "$(fn 61:00.4)/config")" " ff ff ff ff"
	machine_file vfs-virtual-bus
	same "$(realpath "$(fn c2:00.1)/..")" "$(realpath "$(fn c1:00.0)/..")"
	same "$(cat "$(fn c0:01.1)/secondary_bus_number")" 193
	machine_file vfs-none-yet
	same "$(cat "$(fn c1:00.0)/sriov_numvfs" "$(fn c1:00.0)/sriov_totalvfs")" $'0\n32'
	[ ! -e "$(fn c1:00.0)/virtfn0" ]
}

@test "fakesys: vfio-pci refuses a function that has virtual ones" {
	machine_file vfs-ari
	for address in 0000:61:00.0 0000:61:00.4; do
		echo vfio-pci >"$R/sys/bus/pci/devices/$address/driver_override"
		echo "$address" >"$R/sys/bus/pci/drivers/nvidia/unbind"
		echo "$address" >"$R/sys/bus/pci/drivers_probe"
	done
	same "$(driver 61:00.0) $(driver 61:00.4)" "- vfio-pci"
}

@test "fakesys: configuration space reads FF, and ids, class and header type stay" {
	machine_file config-ff
	same "$(od -An -v -tx1 -w1 "$(fn 01:00.0)/config" | sort -u)" " ff"
	same "$(cat "$(fn 01:00.0)/vendor" "$(fn 01:00.0)/class")" $'0x10de\n0x030200'
	grep -qx PCI_ID=10DE:1C8D "$(fn 01:00.0)/uevent"
	[ ! -e "$(fn 01:00.0)/secondary_bus_number" ]
}

@test "fakesys: secondary_bus_number is there for header types 1 and 2, whatever the class" {
	machine <<-END
		fn 0000:00:00.0 8086:3e30 060000
		fn 0000:00:01.0 8086:1901 060400
		fn 0000:00:02.0 10de:22a3 068000 header=1
		fn 0000:00:03.0 8086:1234 060400 header=0
		fn 0000:00:04.0 104c:ac56 060700 header=2
	END
	for i in 0 1 2 3 4; do
		printf '%s' "$(od -An -tx1 -j14 -N1 "$(fn 00:0$i.0)/config")"
		[ ! -e "$(fn 00:0$i.0)/secondary_bus_number" ] || printf b
	done >"$T/types"
	same "$(cat "$T/types")" " 00 01b 01b 00 02b"
}

@test "fakesys: slots, of a bridge and of nothing; host bridges, empty and below a function" {
	machine_file board-switch
	same "$(cat "$R/sys/bus/pci/slots/6/address" "$R/sys/bus/pci/slots/2/address")" $'0000:03:00\n0000:02:00'
	machine_file uid-twice-one-empty
	same "$(cat "$R/sys/devices/pci0000:00/firmware_node/uid" "$R/sys/devices/pci0000:80/firmware_node/uid")" $'0\n0'
	machine_file vmd
	same "$(realpath --relative-to="$R/sys/devices" "$(realpath "$R/sys/bus/pci/devices/10000:e1:00.0")")" \
		pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0/10000:e1:00.0
	[ ! -e "$R/sys/bus/pci/devices/0000:00:0e.0/pci10000:e0/firmware_node" ]
}

@test "fakesys: a group leads to its devices" {
	machine_file group-nvme
	same "$(find "$R/sys/kernel/iommu_groups/1/devices/" -type l | wc -l)" 5
	same "$(cat "$R/sys/kernel/iommu_groups/1/devices/0000:02:00.0/class")" 0x010802
}
