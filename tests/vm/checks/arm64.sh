# SPDX-License-Identifier: GPL-2.0-or-later
# Checks of arm64.cases; see expect.sh.
# shellcheck shell=sh disable=SC2154 # case.sh's variables

# Linux gives a card its IOMMU group late there, and calls the bridge's window as the device tree does.
taken_on_arm64() {
	taken_first
	! section kernel | grep -q 'no IOMMU group' || wrong "no IOMMU group, says the log: $(section kernel)"
	expect_in doctor ', 0 wrong$'
	expect_in doctor '^  ok .*0000:01:00: its IOMMU group'
}
