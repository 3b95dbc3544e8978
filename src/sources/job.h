/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A job is to read one card's ROM; what the sources share for it. */
#ifndef GPUROM_SOURCES_JOB_H
#define GPUROM_SOURCES_JOB_H

#include "rom/reading.h"
#include "sys/root.h"
#include "sys/sysfs.h"

#include <signal.h>

/* What a reading changes on the card, as it was before: whoever kills a reader restores the card
 * from it (source_put_right). Filled by job_card_state; the register by prom's reader. */
struct source_before {
	int count;			    /* of `enable`, -1 unknown */
	bool power_auto;		    /* `power/control` */
	uint32_t prom_register, prom_value; /* offset in BAR 0, its value; offset 0: not changed */
};

/* What to read, and until when. Filled by boot/capture.c and cmd/read-now.c; read by the sources.
 */
struct source_job {
	const struct root *root;
	const struct attr_ops *k;
	struct pci_addr addr;
	struct pci_ids ids;
	bool bound;		     /* a driver is bound: power and decode are left to it */
	unsigned long long until_us; /* deadline_now_us(): nothing is begun after it (-ETIMEDOUT) */
	/* Set by a signal's handler: nothing is begun after it either (-EINTR); NULL: never. */
	const volatile sig_atomic_t *stop;
	/* Called before the first write to the card that a killed reader could leave behind; saves
	 * *before where it outlives the reader. NULL: nobody kills the reader. Where it returns
	 * -errno nothing is written to the card. */
	int (*remember)(void *ctx, const struct source_before *before);
	/* Called now and then: bytes read, of how many (0: not known). May be NULL. */
	void (*progress)(void *ctx, size_t done, size_t whole);
	void *ctx;
};

/* The bytes of a source, or why there are none. Filled by its reader and by source_read; read by
 * attempt.c. */
struct source_bytes {
	uint8_t *bytes; /* the caller frees; NULL where nothing was read */
	size_t n;
	char outcome[ROM_OUTCOME_MAX]; /* "read", or what went wrong and what helps */
};

/* Each sets ret->bytes and ret->n and returns 0, or returns -errno, best with a sentence in
 * ret->outcome (by job_fail). source_read() frees the bytes of a failure, and sets an outcome where
 * there is none. */
typedef int source_reader(const struct source_job *j, struct source_bytes *ret);

source_reader source_read_sysfs, source_read_efi, source_read_prom, source_read_vfio;

/* source_read_vfio, with system calls from v. */
struct vfio_ops;
int source_read_vfio_by(const struct vfio_ops *v, const struct source_job *j,
			struct source_bytes *ret);

/* The value of the attribute `enable`; -1 unknown. */
int job_enable_count(const struct attr_ops *k, struct pci_addr a);
/* The card as it is before a reading, but for prom's register. */
struct source_before job_card_state(const struct attr_ops *k, struct pci_addr a);

/* Runs fn while the card is in D0 with memory decode on, and restores both; where j->bound, just
 * runs fn. */
int job_awake(const struct source_job *j, struct source_bytes *ret, source_reader *fn);

/* True once j->until_us has passed, or job_stopped(). */
bool job_late(const struct source_job *j);

/* True once a signal has set j->stop. */
bool job_stopped(const struct source_job *j);

/* Calls j->progress where there is one. */
void job_progress(const struct source_job *j, size_t done, size_t whole);

/* Puts a sentence into ret->outcome (as printf, cut to fit) and returns err. */
int job_fail(struct source_bytes *ret, int err, const char *text, ...)
	__attribute__((format(printf, 3, 4)));

#endif
