/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One card changes hands while the host runs, because a person says so: to the host's drivers
 * (release), or to those of VMs (take). What each does first, it undoes if it cannot go on; what a
 * driver could keep from returning is done in children, which hold none of the locks. */
#ifndef GPUROM_BOOT_SWITCH_H
#define GPUROM_BOOT_SWITCH_H

#include "boot/report.h"
#include "plan/plan.h"

#include <stdbool.h>

#define SWITCH_WHY_MAX 500
#define SWITCH_HOLDERS_MS 10000 /* for finding out who uses one function; longer: refused */
#define SWITCH_PROBE_MS 20000	/* for the host's drivers, loading them included */

/* The caller fills it in, and holds LATE_REPORT_LOCK and, from before the scan on, LATE_HOLD_LOCK
 * (boot/late.h), and the card's lock. */
struct switch_job {
	const struct root *root;
	const struct config *config; /* as it is now */
	const struct pci_scan *scan; /* made under the locks */
	const struct pci_card *card; /* of the scan, with a display function */
	bool force;		     /* also where it has virtual functions */
	struct report *report;	     /* of late_load_report; changed and saved */
	char why[SWITCH_WHY_MAX];    /* returned: the reason for people, "" none */
};

enum switch_result {
	SWITCH_DONE,
	SWITCH_ALREADY, /* it is there: nothing was written to it */
	SWITCH_REFUSED, /* nothing was written to it, why says what to do */
	SWITCH_UNDONE,	/* it failed, and all is as before */
	SWITCH_STUCK,	/* a driver does not finish, or another one has it; the report says so */
};

/* Gives the card to the host's drivers: functions that have an override, a vfio driver or none are
 * held, unbound, their overrides cleared, and probed; of those that no driver takes then, the
 * modules are loaded that udev would load (sys/modules.h). A function that a driver of the host has
 * stays as it is. DONE: the card's state is RELEASED, and its functions' drivers are read back. */
enum switch_result switch_release(struct switch_job *j);

/* Holds the card and unbinds its drivers as claim does, also one that the configuration keeps.
 * DONE: its state is HELD, and settle_capture and a commit must follow, as after late_claim. */
enum switch_result switch_take(struct switch_job *j);

#endif
