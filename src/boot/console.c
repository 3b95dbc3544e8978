#include "boot/console.h"

#include "sys/deadline.h"
#include "sys/framebuffer.h"
#include "sys/log.h"

#include <stdio.h>
#include <string.h>

#define RELEASE_MS 2000 /* settle gives 5000 for the hand-over that this is the end of */

struct work {
	const struct root *root;
	struct pci_addr addr;
	struct iomem_framebuffer f;
};

static int release(void *arg)
{
	const struct work *w = arg;

	return framebuffer_release(w->root, w->addr, &w->f);
}

static void tell(struct work *w, int r, struct boot_card *b)
{
	char addr[PCI_ADDR_BUF];

	if (r == 0)
		snprintf(b->console, sizeof(b->console), "the console (%s) was taken off it",
			 w->f.name);
	else
		snprintf(
			b->console, sizeof(b->console),
			"the console (%s) keeps some of its memory, and a VM may be refused it: %s; "
			"initcall_blacklist=sysfb_init on the kernel command line prevents that",
			w->f.name, strerror(-r));
	pci_addr_format_card(b->addr, addr);
	if (r == 0)
		log_info(w->root, "%s: %s", addr, b->console);
	else
		log_warn(w->root, "%s: %s", addr, b->console);
}

void console_release(const struct root *root, struct boot_card *b)
{
	struct work w = {.root = root};

	for (size_t i = 0; i < b->n; i++) {
		w.addr = b->fn[i].addr;
		if (framebuffer_find(root, w.addr, &w.f))
			tell(&w, deadline_run(RELEASE_MS, release, &w), b);
	}
}
