#include "overrides.h"

#include "deadline.h"

#include <string.h>
#include <sys/mman.h>

/* What the child has read so far is in memory that it shares. */
struct shared {
	size_t at; /* the function that is being read */
	char text[][PCI_DRIVER_MAX];
};

struct work {
	const struct attr_ops *k;
	const struct pci_fn *fn;
	size_t n;
	struct shared *to;
};

static int read_from(void *arg)
{
	const struct work *w = arg;
	struct shared *to = w->to;
	char text[PCI_DRIVER_MAX];

	for (; to->at < w->n; to->at++)
		if (sysfs_get(w->k, w->fn[to->at].addr, "driver_override", text, sizeof(text)) == 0)
			memcpy(to->text[to->at], text, sizeof(text));
	return 0;
}

void overrides_read(const struct attr_ops *k, struct pci_fn *fn, size_t n)
{
	size_t size = sizeof(struct shared) + n * sizeof(((struct shared *)0)->text[0]);
	struct work w = {.k = k, .fn = fn, .n = n};

	w.to = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (w.to == MAP_FAILED)
		return;
	/* Zeroed by the kernel: what is not read is "". */
	for (unsigned spent = 0; spent < OVERRIDES_ALL_MS && w.to->at < n;
	     spent += OVERRIDES_ONE_MS)
		if (deadline_run(OVERRIDES_ONE_MS, read_from, &w) < 0)
			w.to->at++;
	for (size_t i = 0; i < n; i++)
		memcpy(fn[i].override, w.to->text[i], sizeof(fn[i].override));
	munmap(w.to, size);
}
