/* A worker has its card by a lock that dies with it: whoever gets the lock knows that no worker
 * is left. Held through fork by the worker's own children. */
#ifndef GPUROM_BOOT_CARDLOCK_H
#define GPUROM_BOOT_CARDLOCK_H

#include "pci/addr.h"
#include "sys/root.h"

/* A descriptor, to be closed to give the lock back; -EAGAIN where another has it. */
int cardlock_take(const struct root *root, struct pci_addr a);

#endif
