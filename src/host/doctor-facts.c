// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/doctor-facts.h"

#include "record/resolve.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void add_recorded(const struct host *h, const struct doctor_only *only,
			 struct doctor_facts *ret)
{
	for (const struct record_card *c = h->rec.cards; c; c = c->next) {
		struct doctor_recorded *to;

		if (only && strcmp(only->path, c->path) != 0)
			continue;
		if (ret->n_recorded == DOCTOR_RECORDED_MAX) {
			ret->lost_recorded++;
			continue;
		}
		to = &ret->recorded[ret->n_recorded++];
		memcpy(to->path, c->path, sizeof(to->path));
		memcpy(to->text, c->identity_text, sizeof(to->text));
		to->identity = c->identity;
		to->present = record_present(&h->scan, c);
	}
}

/* gpurom-domain is installed beside this program; "" where it is not. */
static void find_program(char ret[PATH_MAX])
{
	ssize_t n = readlink("/proc/self/exe", ret, PATH_MAX - 20);
	char *slash;

	ret[n > 0 ? n : 0] = '\0';
	slash = strrchr(ret, '/');
	if (slash)
		strcpy(slash + 1, "gpurom-domain");
	if (!slash || access(ret, X_OK) < 0)
		ret[0] = '\0';
}

void doctor_gather(const struct host *h, int scan_error, const struct doctor_only *only,
		   struct doctor_facts *ret)
{
	char program[PATH_MAX] = "";

	*ret = (struct doctor_facts){.no_pci = scan_error != 0, .one_card = only != NULL};
	doctor_gather_host(h, ret);
	doctor_gather_kernels(h, ret);
	if (!scan_error)
		doctor_gather_cards(h, only, ret);
	ret->record_error = scan_error ? 0 : h->unknown;
	ret->skipped = h->trouble.skipped;
	snprintf(ret->skipped_first, sizeof(ret->skipped_first), "%s", h->trouble.first);
	add_recorded(h, only, ret);
	if (!ret->other_root)
		find_program(program);
	doctor_gather_vms(h->root, program, ret);
	if (!scan_error)
		doctor_gather_mappings(h, ret);
}
