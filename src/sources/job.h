/* What the sources share; for them alone. */
#ifndef GPUROM_SOURCES_JOB_H
#define GPUROM_SOURCES_JOB_H

#include "sources/source.h"

/* Each fills ret->bytes and ret->n, or returns -errno; romread() frees and tells then. A sentence
 * put into ret->outcome with the failure is kept. */
typedef int romreader(const struct romread_job *j, struct romread *ret);

romreader romread_sysfs, romread_efi, romread_prom, romread_vfio;

/* romread_vfio through other system calls than the real ones. */
struct vfio_ops;
int romread_vfio_by(const struct vfio_ops *v, const struct romread_job *j, struct romread *ret);

/* Runs fn while the card is in D0 with memory decode on (not where j->bound: it is its driver's
 * then), and puts both back. */
int romread_awake(const struct romread_job *j, struct romread *ret, romreader *fn);

/* True once j->until_us has passed, or a signal has set j->stop. */
bool romread_late(const struct romread_job *j);

/* Tells the job's owner how far it is. */
void romread_progress(const struct romread_job *j, size_t done, size_t whole);

/* Puts a sentence into ret->outcome (as printf, cut to fit) and returns err. */
int romread_fail(struct romread *ret, int err, const char *text, ...)
	__attribute__((format(printf, 3, 4)));

/* BAR 0's PROM register back to what it held, through resource0; nothing where before has none. */
void romread_prom_put_right(const struct root *root, struct pci_addr a,
			    const struct romread_before *before);

#endif
