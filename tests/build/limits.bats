#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# A unit's TimeoutStartSec= ends the program wherever it is; before that the program is to have met each of
# its own deadlines. Each limit is computed here from the constants in the sources. (Each ExecStart= gets
# the whole of it: systemd.service(5), TimeoutStartSec=. Here they share it.)

# constants: "NAME VALUE", a line each, of every time in the sources.
constants() {
	find src -name '*.[ch]' -print0 | sort -z | xargs -0 sed -e ':a' -e '/\\$/{N;s/\\\n//;ta' -e '}' |
		sed -nE 's/^#define ([A-Z_]+_(MS|US|SECONDS|TIMEOUT_MAX))[[:space:]]+([0-9]+)(ull)?([^0-9a-zA-Z].*)?$/\1 \3/p'
}

# value NAME: of one that is there once.
value() {
	local found
	found=$(constants | sed -n "s/^$1 //p")
	[[ $found =~ ^[0-9]+$ ]] || { echo "$1: not one number: $found" >&3; return 1; }
	echo "$found"
}

# limit UNIT: in milliseconds.
limit() {
	echo $(($(sed -n 's/^TimeoutStartSec=\([0-9]*\)$/\1/p' "$1") * 1000))
}

# longer UNIT MS
longer() {
	[ "$(limit "$1")" -gt "$2" ] || { echo "$1: $(limit "$1") ms, its deadlines add up to $2 ms"; return 1; }
}

setup() {
	cards=$(sed -n 's/^#define PLAN_TAKE_MAX \([0-9]*\).*/\1/p' src/plan/plan.h)
	[ "$cards" -ge 16 ]
	scan=$(value PCISCAN_ALL_MS)
	probe=$(value BIND_PROBE_MS)
	# The scan, all cards, each put back.
	claim=$((scan + $(value CLAIM_CARDS_MS) + cards * $(value BIND_UNDO_MS)))
	# All cards at once: waits for the worker, ends it, goes on with a claim that was ended, hands over.
	look=$(value HELD_ALL_MS)
	settle=$((1000 * $(value CONFIG_TIMEOUT_MAX) + $(value KILL_MS) + look + $(value RESUME_ONE_MS) + probe))
	# Twice, where cards are handed over late: the store's lock and /run's, the scan for each of the two
	# and for what the store shows already. Before them the claim that was ended is gone on with; between them
	# each card is looked at, and handed over, or read and settled.
	# Behind another one that changes the report.
	lock=$(value LATE_LOCK_MS)
	commit=$((lock + cards * look + $(value RESUME_ALL_MS) + 2 * (2 * $(value COMMIT_LOCK_MS) + 3 * scan) +
		cards * (look + probe) + settle))
}

@test "each unit's limit is longer than all deadlines inside it" {
	longer dracut-module/50gpurom/gpurom-claim.service "$claim"
	longer dracut-module/50gpurom/gpurom-settle.service "$settle"
	longer etc/systemd/gpurom-early.service $((claim + settle))
	longer etc/systemd/gpurom-commit.service "$commit"
	# One card, which is claimed, put back or given back, settled and committed; before that the rule's own lock.
	longer etc/systemd/gpurom-late@.service $((lock + $(value LATE_HOLD_LOCK_MS) + scan + $(value LATE_CARD_MS) +
		$(value BIND_UNDO_MS) + probe + settle + commit))
}

# Type=exec: its start is over when the program runs. What comes before is modprobe, which has no deadline.
@test "capture's limit is for its start alone" {
	grep -qx Type=exec dracut-module/50gpurom/gpurom-capture.service
	[ "$(limit dracut-module/50gpurom/gpurom-capture.service)" -gt 0 ]
}

# It reads the report and the record, and touches no device.
@test "the limit of what writes metrics is there for a slow folder" {
	[ "$(limit etc/systemd/gpurom-metrics.service)" -gt 0 ]
}

# A rule that takes longer than udev's limit for an event, 180 seconds (udev.conf(5)), loads the driver no more.
@test "udev's rule is over well before udev ends it" {
	[ $(($(value LATE_HOLD_LOCK_MS) + scan + $(value LATE_CARD_MS))) -lt 60000 ]
}

# gpurom-init, the first process of an extra archive, ends what does not return, and then a copy that nobody waits for.
@test "the extra archive's init waits longer than all deadlines of gpurom boot" {
	[ "$(value INIT_BOOT_MS)" -gt $((claim + settle)) ]
	[ "$(value CARRY_MS)" -gt 0 ]
}

@test "no unit is forgotten here" {
	# shellcheck disable=SC2044 # names without blanks
	for unit in $(find etc dracut-module -name '*.service'); do
		grep -q "longer $unit \|limit $unit)" "$BATS_TEST_FILENAME"
	done
}

@test "the manual page's seconds of CPU for the parser's process are the code's" {
	tr '\n' ' ' <man/gpurom.8 | grep -q "seccomp strict, no open file, $(value JAIL_CPU_SECONDS) seconds of CPU)"
}

# Whoever adds one says here where it counts: above, or why it needs no place there.
@test "no deadline in the sources is forgotten here" {
	# Inside of another: of one function, one driver, one look at another process, one poll.
	inside="BIND_HOLD_MS BIND_UNBIND_MS HOLDERS_MS HELD_ONE_MS RELEASE_MS MODULES_LOAD_MS
		PCISCAN_KERNEL_MS PCISCAN_CONFIG_MS POLL_MS BEGIN_MS LOCK_STEP_MS PROGRESS_US CARRY_LOOK_MS"
	# No unit's: the hooks of libvirt and Proxmox VE; seconds of CPU, which a ROM that is none may use up.
	other="HOOK_MS HOOK_POLL_MS PVE_FILE_MS JAIL_CPU_SECONDS"
	# No unit's: commands that a person types, each of which says how long it may take.
	typed="SWITCH_HOLDERS_MS SWITCH_PROBE_MS UNBIND_MS LOCK_MS FILE_MS FUNCTION_MS DOCTOR_ATTRS_MS DOCTOR_ATTRS_ALL_MS
		DOCTOR_VM_MS DOCTOR_VMS_ALL_MS NEXT_KERNEL_MS"
	for name in $(constants | cut -d' ' -f1); do
		grep -qw "$name" <<<"$inside $other $typed" || grep -qE "value ${name}( |\))" "$BATS_TEST_FILENAME" ||
			{ echo "$name: of which unit?"; false; }
	done
}
