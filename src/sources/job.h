/* One reading of a card's ROM, and what the sources share for it. */
#ifndef GPUROM_SOURCES_JOB_H
#define GPUROM_SOURCES_JOB_H

#include "rom/reading.h"
#include "sys/root.h"
#include "sys/sysfs.h"

#include <signal.h>

/* What a reading changes on the card, as it was before: whoever kills a reader puts it back by this
 * (source_put_right). Filled by job_look and, as to the register, by the reader of prom. */
struct source_before {
	int count;			    /* of `enable`, -1 unknown */
	bool power_auto;		    /* `power/control` */
	uint32_t prom_register, prom_value; /* offset in BAR 0, its value; offset 0: not changed */
};

/* What is to be read, and until when. Filled by who wants a ROM, boot/capture.c and cmd/read-now.c;
 * the sources read it. */
struct source_job {
	const struct root *root;
	const struct attr_ops *k;
	struct pci_addr addr;
	struct pci_ids ids;
	bool bound; /* a driver has it: power and decode are that driver's affair */
	unsigned long long until_us; /* CLOCK_BOOTTIME: nothing is begun after it (-ETIMEDOUT) */
	/* Set by a signal's handler: nothing is begun after it either (-EINTR); NULL: never. */
	const volatile sig_atomic_t *stop;
	/* Called before the first write to the card that a killed reader could leave behind, and
	 * keeps *before where the reader's end does not reach it; NULL: the reader is not killed.
	 * Negative: it could not be kept, and nothing is written to the card. */
	int (*remember)(void *ctx, const struct source_before *before);
	/* Called now and then: bytes read, of how many (0: not known); NULL: nobody asks. */
	void (*progress)(void *ctx, size_t done, size_t whole);
	void *ctx;
};

/* What a source gave, or why not. Filled by its reader and by source_read; attempt.c judges it. */
struct source_bytes {
	uint8_t *bytes; /* the caller frees; NULL where nothing was read */
	size_t n;
	char outcome[ROM_OUTCOME_MAX]; /* "read", or what was met and what cures it */
};

/* Each fills ret->bytes and ret->n, or returns -errno, best with a sentence in ret->outcome (by
 * job_fail). source_read() frees the bytes of a failure, and words the outcome of one that has no
 * sentence. */
typedef int source_reader(const struct source_job *j, struct source_bytes *ret);

source_reader source_read_sysfs, source_read_efi, source_read_prom, source_read_vfio;

/* source_read_vfio through other system calls than the real ones. */
struct vfio_ops;
int source_read_vfio_by(const struct vfio_ops *v, const struct source_job *j,
			struct source_bytes *ret);

/* Of the attribute `enable`; -1 unknown. */
int job_enable_count(const struct attr_ops *k, struct pci_addr a);
/* How the card is now, for after a reading; the register is prom's to add. */
struct source_before job_look(const struct attr_ops *k, struct pci_addr a);

/* Runs fn while the card is in D0 with memory decode on (not where j->bound: it is its driver's
 * then), and puts both back. */
int job_awake(const struct source_job *j, struct source_bytes *ret, source_reader *fn);

/* True once j->until_us has passed, or a signal has set j->stop. */
bool job_late(const struct source_job *j);

/* A signal has set j->stop. */
bool job_stopped(const struct source_job *j);

/* Calls j->progress where there is one. */
void job_progress(const struct source_job *j, size_t done, size_t whole);

/* Puts a sentence into ret->outcome (as printf, cut to fit) and returns err. */
int job_fail(struct source_bytes *ret, int err, const char *text, ...)
	__attribute__((format(printf, 3, 4)));

#endif
