/* What a command that works on one card begins with: the configuration, a scan, the card. */
#ifndef GPUROM_CMD_HERE_H
#define GPUROM_CMD_HERE_H

#include "cmd/cmd.h"
#include "pci/selector.h"
#include "plan/config.h"

struct here {
	struct config config;
	struct pci_scan scan;
	size_t unread;		 /* functions that are here, and cannot be read */
	struct pci_card card;	 /* borrows from the scan */
	char addr[PCI_ADDR_BUF]; /* of its display function, for messages */
};

/* The first two of them. EXIT_DONE, or EXIT_FAILED and said why; here_free in both cases. */
int here_look(const struct cmd_env *env, struct here *ret);
/* text: as `resolve` takes it, an earlier name too; what is to be known of that goes to stderr. The
 * rest as above. */
int here_find(const struct cmd_env *env, const char *text, struct here *ret);
void here_free(struct here *h);

static inline const struct pci_fn *here_display(const struct here *h)
{
	return &h->card.fn[h->card.display];
}

#endif
