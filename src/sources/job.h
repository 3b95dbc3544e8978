/* One reading of a card's ROM, and what the sources share for it. */
#ifndef GPUROM_SOURCES_JOB_H
#define GPUROM_SOURCES_JOB_H

#include "rom/reading.h"
#include "sys/root.h"
#include "sys/sysfs.h"

#include <signal.h>

/* What a reading changes and puts back, so that another process can where a reader was killed. */
struct source_before {
	int count;			    /* of `enable`, -1 unknown */
	bool power_auto;		    /* `power/control` */
	uint32_t prom_register, prom_value; /* offset in BAR 0, what it held; offset 0: untouched */
};

struct source_job {
	const struct root *root;
	const struct attr_ops *k;
	struct pci_addr addr;
	struct pci_ids ids;
	bool bound; /* a driver has it: power and decode are that driver's affair */
	unsigned long long until_us; /* CLOCK_BOOTTIME: nothing is begun after it (-ETIMEDOUT) */
	/* Set by a signal's handler: nothing is begun after it either (-EINTR); NULL: never. */
	const volatile sig_atomic_t *stop;
	/* Told before the first write to the card that a killed reader could leave behind; NULL: a
	 * reader that is not killed. < 0: not noted down, nothing is written. */
	int (*remember)(void *ctx, const struct source_before *before);
	/* Told now and then: bytes read, of how many (0: not known); NULL: nobody asks. */
	void (*progress)(void *ctx, size_t done, size_t whole);
	void *ctx;
};

struct source_bytes {
	uint8_t *bytes; /* the caller frees; NULL where nothing was read */
	size_t n;
	char outcome[ROM_OUTCOME_MAX]; /* "read", or what was met and what cures it */
};

/* Each fills ret->bytes and ret->n, or returns -errno; source_read() frees and tells then. A
 * sentence put into ret->outcome with the failure is kept. */
typedef int source_reader(const struct source_job *j, struct source_bytes *ret);

source_reader source_read_sysfs, source_read_efi, source_read_prom, source_read_vfio;

/* source_read_vfio through other system calls than the real ones. */
struct vfio_ops;
int source_read_vfio_by(const struct vfio_ops *v, const struct source_job *j,
			struct source_bytes *ret);

/* Of the attribute `enable`; -1 unknown. */
int job_enable_count(const struct attr_ops *k, struct pci_addr a);
/* What is to be put back after a reading that is to come. */
struct source_before job_look(const struct attr_ops *k, struct pci_addr a);

/* Runs fn while the card is in D0 with memory decode on (not where j->bound: it is its driver's
 * then), and puts both back. */
int job_awake(const struct source_job *j, struct source_bytes *ret, source_reader *fn);

/* True once j->until_us has passed, or a signal has set j->stop. */
bool job_late(const struct source_job *j);

/* A signal has set j->stop. */
bool job_stopped(const struct source_job *j);

/* Tells the job's owner how far it is. */
void job_progress(const struct source_job *j, size_t done, size_t whole);

/* Puts a sentence into ret->outcome (as printf, cut to fit) and returns err. */
int job_fail(struct source_bytes *ret, int err, const char *text, ...)
	__attribute__((format(printf, 3, 4)));

#endif
