#!/usr/bin/env bats
# The machines of tests/machines: one for each shape of a real machine that gpurom once got wrong. First what holds
# for each of them, then one after the other, then the fake kernel that shows them.

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
		same "$command: $stderr" "$command: "
		run -0 --separate-stderr g "$command" --json
		same "$command --json: $stderr" "$command --json: "
		jq -e . <<<"$output" >/dev/null || fail "$output"
	done
}
# Each function of class 03 is in the list once, and none that the machine does not have.
listed() {
	g list --json | jq -r '.[].functions[].address' | sort >"$T/listed"
	same "$(uniq -d "$T/listed")" ""
	same "$(words_of fn | comm -13 - "$T/listed")" ""
	awk '$1 == "fn" && $4 ~ /^03/ { print $2 }' "$T/machine" | sort >"$T/displays"
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
		[ "$name" != foreign-functions ] || continue # today it takes what stands beside the GPU
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
	same "$(cat "$(fn 61:00.0)/virtfn5/uevent" | grep SLOT)" PCI_SLOT_NAME=0000:61:01.1
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
	same "$(ls "$R/sys/kernel/iommu_groups/1/devices" | tr '\n' ' ')" \
		"0000:00:01.0 0000:00:01.1 0000:01:00.0 0000:01:00.1 0000:02:00.0 "
}
