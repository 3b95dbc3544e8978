# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# For tests of the shipping program on a made-up machine: tests/fakesys mounted at $R/sys. A test file
# calls cli_setup and cli_teardown, describes its machine on the standard input of `machine`, and reads
# what was written to sysfs from `writes`.

bats_require_minimum_version 1.5.0

# shellcheck source=recorded.bash
. "${BASH_SOURCE[0]%/*}/recorded.bash"

top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
GPUROM=$(realpath "${GPUROM:-$top/build/gpurom}")
GPUROM_INITRAMFS=${GPUROM_INITRAMFS:-$(dirname "$GPUROM")/gpurom-initramfs}
FAKESYS=${FAKESYS:-$top/build/tests/fakesys}
MKROM=${MKROM:-$top/build/tests/mkrom}

cli_setup() {
	T=$BATS_TEST_TMPDIR
	R=$T/root
	LOG=$T/writes
	mkdir -p "$R"/{sys,proc,dev,run,etc/gpurom.conf.d,var/lib}
	: >"$R/dev/kmsg"
	: >"$LOG"
	cmdline "quiet"
}

# A process that sleeps in a write for ever wakes when fakesys goes.
cli_teardown() {
	[ -e "$T/fakesys.pid" ] || return 0
	kill -KILL "$(cat "$T/fakesys.pid")" || :
	rm "$T/fakesys.pid"
	umount -l "$R/sys" 2>/dev/null || fusermount3 -uz "$R/sys"
}

# mount_silent FOLDER: it is a file system, of the same machine, whose process is there and does not run. end_silent: no more.
mount_silent() {
	local i
	silent=$R$1
	"$FAKESYS" "$T/machine" "$T/silent.writes" "$silent" >"$T/silent.out" 2>&1 3>&- &
	echo $! >"$T/silent.pid"
	for ((i = 0; i < 500; i++)); do
		[ ! -d "$silent/bus" ] || break
		sleep 0.01
	done
	kill -STOP "$(cat "$T/silent.pid")"
}

end_silent() {
	[ -e "$T/silent.pid" ] || return 0
	kill -KILL "$(cat "$T/silent.pid")"
	rm "$T/silent.pid"
	umount -l "$silent" 2>/dev/null || fusermount3 -uz "$silent"
}

# rom FILE IDS [VERSION [BLOCKS]]: a whole ROM, an x86 and an EFI image.
rom() {
	"$MKROM" /dev/stdin "$T/$1" <<-END
		image x86 ids=$2 blocks=${4:-8} date=09/02/20
		npde flags=1 subsystem=1462:3896
		bit
		token i ${3:-94.02.26.40.99} built=08/25/20 board=2000G1320030
		token B ${3:-94.02.26.40.99}
		image efi ids=$2 class=000000 blocks=4 last
		npde version=0x100 gop=0x60008 flags=0
	END
}

# kernel_module NAME [VENDOR DEVICE]: this kernel has that module; with ids (capitals), a vfio driver for them.
kernel_module() {
	local dir
	dir=$R/lib/modules/$(uname -r)
	mkdir -p "$dir"
	echo "kernel/drivers/vfio/pci/$1.ko.xz: kernel/drivers/vfio/pci/vfio-pci-core.ko.xz" >>"$dir/modules.dep"
	[ -z "${2-}" ] || echo "alias vfio_pci:v0000$2d0000$3sv*sd*bc*sc*i* ${1//-/_}" >>"$dir/modules.alias"
	echo "alias vfio_pci:v*d*sv*sd*bc*sc*i* vfio_pci" >>"$dir/modules.alias"
}
# A modprobe for `module` lines of a machine; logs its words.
modprobe_there() {
	mkdir -p "$R/sbin"
	printf '#!/bin/sh\necho "$*" >>%s/modprobe\nprintf "$2" >%s/sys/load 2>/dev/null\n' "$T" "$R" >"$R/sbin/modprobe"
	chmod 755 "$R/sbin/modprobe"
}

# card N IDS [key=value...]: lines of a graphics card with its sound on bus N (1 to 7), behind a bridge of
# its own, both in IOMMU group N. The keys are the display function's.
card() {
	local n=$1 ids=$2
	shift 2
	cat <<-END
		fn 0000:00:01.$n 8086:1901 060400 driver=pcieport group=$n
		fn 0000:0$n:00.0 $ids 030000 parent=0000:00:01.$n subsystem=1462:3896 group=$n native=nouveau $*
		fn 0000:0$n:00.1 10de:1aef 040300 parent=0000:00:01.$n subsystem=1462:3896 group=$n native=snd_hda_intel
	END
}

# The host's own graphics, which nobody selects.
onboard() {
	echo "fn 0000:00:02.0 8086:3e92 030000 group=100 native=i915 driver=i915 boot_vga=1"
}

# Mounts the machine that the standard input describes; again: in place of the one before. At the end
# of a pipe this is a process of its own, so the process id is kept in a file.
machine() {
	{
		echo "root pci0000:00 uid=0"
		cat
	} >"$T/machine"
	mount_machine
}

# machine_file NAME: mounts the machine of tests/machines/NAME.machine.
machine_file() {
	cp "$top/tests/machines/$1.machine" "$T/machine"
	mount_machine
}

mount_machine() { # of $T/machine
	local pid i
	cli_teardown
	"$FAKESYS" "$T/machine" "$LOG" "$R/sys" >"$T/fakesys.out" 2>&1 3>&- &
	pid=$!
	echo "$pid" >"$T/fakesys.pid"
	for ((i = 0; i < 500; i++)); do
		[ ! -d "$R/sys/bus" ] || return 0
		kill -0 "$pid" || break
		sleep 0.01
	done
	echo "fakesys does not run (it needs /dev/fuse): $(cat "$T/fakesys.out")"
	return 1
}

cmdline() { echo "$*" >"$R/proc/cmdline"; }
g() {
	case " $* " in
	*" --json"*) recorded --root "$R" "$@" ;;
	*) "$GPUROM" --root "$R" "$@" 3>&- ;;
	esac
}
# A step of the boot, whose exit status is 0 whatever it meets: those of the initramfs by the program that is in it.
step() {
	case $1 in
	claim | capture | settle | boot) "$GPUROM_INITRAMFS" --root "$R" --initramfs "$@" 3>&- ;;
	*) g --initramfs "$@" ;;
	esac
}
boot_steps() { step claim && step capture && step settle; }

# What was written to sysfs, in order, a line each: "0000:01:00.0/enable 1\n"
writes() { cut -d' ' -f2- "$LOG"; }
no_files() { [ -z "$(find "$R/run" "$R/var" ! -type d)" ]; }
forget_writes() { : >"$LOG"; }
kmsg() { cat "$R/dev/kmsg"; }
# Told in the kernel log, in these words.
told() { grep -qF -- "$1" "$R/dev/kmsg" || fail "not told: $1" "$(kmsg)"; }
untold() { ! grep -qF -- "$1" "$R/dev/kmsg" || fail "told: $1" "$(kmsg)"; }

# iommu_cure TEXT: it says how to turn on this machine's IOMMU, not another architecture's.
iommu_cure() {
	case $(uname -m) in
	x86_64) has "$1" "intel_iommu=on" ;;
	*) has "$1" SMMU && lacks "$1" intel_iommu ;;
	esac
}

fail() {
	printf '%s\n' "$@"
	return 1
}
same() { [ "$1" = "$2" ] || fail "is:" "$1" "should be:" "$2"; }
has() { [[ $1 == *"$2"* ]] || fail "'$2' is not in:" "$1"; }
lacks() { [[ $1 != *"$2"* ]] || fail "'$2' is in:" "$1"; }

fn() { echo "$R/sys/bus/pci/devices/0000:$1"; }
driver() { basename "$(readlink "$(fn "$1")/driver" || echo -)"; }
override() { cat "$(fn "$1")/driver_override"; }
# bound DRIVER FUNCTION...: on that driver, by its override.
bound() {
	local want=$1 f
	shift
	for f; do
		same "$f $(driver "$f") $(override "$f")" "$f $want $want"
	done
}
# held FUNCTION...: no driver has it, none can.
held() {
	local f
	for f; do
		same "$f $(driver "$f") $(override "$f")" "$f - gpurom-hold"
	done
}
# untouched FUNCTION...: nobody wrote to any attribute of it.
untouched() {
	local f
	for f; do
		lacks "$(writes)" "0000:$f"
	done
}
# balanced FUNCTION...: the ROM is off, nobody counts on the device being enabled.
balanced() {
	local f
	for f; do
		same "$f $(cat "$(fn "$f")/enable")" "$f 0"
		same "$f $(cat <"$(fn "$f")/rom" 2>&1)" "$f cat: -: Invalid argument"
	done
}
report() { g report --json | jq -r "$1"; }
state() { report ".cards[] | select(.address | startswith(\"0000:$1\")) | .state"; }
# Of the card at this address: a field of what is told of its ROM.
rom_of() { report ".cards[] | select(.address | startswith(\"0000:$1\")) | .rom.$2"; }
sha() { sha256sum "$1" | cut -d' ' -f1; }
# What a VM definition names for card N.
romfile() { echo "$R/var/lib/gpurom/by-path/pci0000-uid0-01.$1-00.rom"; }
now_ms() { echo $(($(date +%s%N) / 1000000)); }
# within MS COMMAND...: it is done by then, and with success. One that is not is left running: it sleeps in
# fakesys, and ends with it.
within() {
	local limit=$(($(now_ms) + $1)) pid
	shift
	"$@" 3>&- &
	pid=$!
	while kill -0 "$pid" 2>/dev/null; do
		[ "$(now_ms)" -lt "$limit" ] || fail "not done in time: $*" || return 1
		sleep 0.02
	done
	wait "$pid"
}

# A whole boot of the machine on standard input, its boot id "boot-$1": claim to commit, nothing of the
# boot before in /run.
a_boot() {
	rm -rf "$R/run/gpurom"
	: >"$R/dev/kmsg"
	mkdir -p "$R/proc/sys/kernel/random"
	echo "boot-$1" >"$R/proc/sys/kernel/random/boot_id"
	machine
	boot_steps
	step commit
	forget_writes
}
# at BUS PORT IDS [key=value...]: a card on that bus behind the root port 00:01.PORT.
at() {
	local bus=$1 port=$2 ids=$3
	shift 3
	cat <<-END
		fn 0000:00:01.$port 8086:1901 060400 driver=pcieport group=$port
		fn 0000:0$bus:00.0 $ids 030000 parent=0000:00:01.$port subsystem=1462:3896 group=$port $*
		fn 0000:0$bus:00.1 10de:1aef 040300 parent=0000:00:01.$port subsystem=1462:3896 group=$port
	END
}
