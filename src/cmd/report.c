// SPDX-License-Identifier: GPL-2.0-or-later
/* gpurom report: what this boot did with each card. */
#include "cmd/cmd.h"

#include "boot/report.h"
#include "cmd/json-form.h"
#include "cmd/options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_functions(const struct boot_card *b)
{
	char addr[PCI_ADDR_BUF];

	for (size_t i = 0; i < b->card.n; i++)
		printf("  %s  %04x:%04x  %s%s%s%s\n", pci_addr_format(b->card.fn[i].addr, addr),
		       b->card.fn[i].ids.vendor, b->card.fn[i].ids.device,
		       b->card.fn[i].driver[0] ? b->card.fn[i].driver : "no driver",
		       b->was[i].driver[0] ? " (was " : "", b->was[i].driver,
		       b->was[i].driver[0] ? ")" : "");
}

static void print_group(const struct boot_card *b)
{
	char text[GROUP_TEXT_MAX];

	for (size_t i = 0; i < b->n_group; i++)
		printf("  group: %s\n", group_text(&b->group[i], text));
}

static void print_ms(const char *before, uint64_t us, const char *after)
{
	uint64_t tenths = (us + 50) / 100;

	printf("%s%llu.%u ms%s", before, (unsigned long long)tenths / 10, (unsigned)(tenths % 10),
	       after);
}

static void print_rom(const struct rom_reading *r)
{
	if (!r->tried)
		return;
	for (size_t i = 0; i < r->n_attempts; i++) {
		const struct rom_attempt *a = &r->attempt[i];

		printf("  rom: %s: %s; ", a->source, a->outcome);
		if (a->size)
			printf("%s, %zu bytes, ", verdict_text(a->verdict), a->size);
		print_ms("", a->us, "\n");
	}
	if (r->rom_size)
		printf("  romfile: from %s, %s, %zu bytes, version %s\n", r->source,
		       verdict_text(r->verdict), r->rom_size,
		       r->version[0] ? r->version : "unknown");
	else
		printf("  romfile: none: %s\n",
		       r->raw_size && r->findings.n ? "the best reading is rejected" : r->outcome);
	for (size_t i = 0; i < r->findings.n; i++)
		printf("    %s: %s\n", r->findings.f[i].code, r->findings.f[i].text);
}

static void print_identity(const struct boot_card *b)
{
	if (b->identity != IDENTITY_UNKNOWN)
		printf("  identity: %s%s%s\n", identity_word(b->identity),
		       b->identity_text[0] ? ": " : "", b->identity_text);
}

static void print_missing(const struct report *r)
{
	char addr[PCI_ADDR_BUF];

	for (size_t i = 0; i < r->n_missing; i++)
		printf("missing: %s  %04x:%04x, at %s until %s\n", r->missing[i].path,
		       r->missing[i].ids.vendor, r->missing[i].ids.device,
		       pci_addr_format_card(r->missing[i].addr, addr), r->missing[i].last_seen);
}

static void print_text(const struct report *r)
{
	char addr[PCI_ADDR_BUF];

	printf("kernel %s, mode %s\n", r->kernel, config_mode_text(r->mode));
	print_ms("boot waited ", r->claim_us, " for claim");
	if (r->settled)
		print_ms(", ", r->settle_us, " for settle");
	printf("%s\n", r->late ? "; late: udev was up before claim" : "");
	for (size_t i = 0; i < r->n_silent; i++)
		printf("%s does not answer\n", pci_addr_format(r->silent[i], addr));
	for (size_t i = 0; i < r->n_bad; i++)
		printf("not understood: %s\n", r->bad[i]);
	for (size_t i = 0; i < r->n; i++) {
		const struct boot_card *b = &r->card[i];

		printf("%s  %s  %s%s%s\n", pci_addr_format_card(b->card.addr, addr), b->card.path,
		       card_state_text(b->state), b->why[0] ? ": " : "", b->why);
		print_functions(b);
		print_group(b);
		if (b->console[0])
			printf("  console: %s\n", b->console);
		print_identity(b);
		print_rom(&b->rom);
		if (b->stored[0])
			printf("  store: %s\n", b->stored);
	}
	print_missing(r);
	printf("store: %s\n", r->stored[0] ? r->stored : "not committed");
}

static int run(const struct cmd_env *env, const struct options *o)
{
	const bool json = o->given['j'];
	struct report r;
	cJSON *object;
	int err, status = EXIT_DONE;

	err = report_load(&env->root, &r);
	if (err < 0)
		return cmd_fail(
			"/" ROOT_REPORT,
			err == -ENOENT
				? "not there: in this boot gpurom took no card, or could not write "
				  "it; dmesg | grep gpurom has the reason, 'gpurom plan' what the "
				  "next would do"
				: strerror(-err));
	if (json) {
		object = report_object(&r);
		if (commands.images)
			object = commands.images->add(env, NULL, object);
		status = json_print("report", object, NULL, EXIT_DONE);
	} else {
		print_text(&r);
		if (commands.images)
			commands.images->print(env, NULL);
	}
	report_free(&r);
	return status;
}

const struct cmd cmd_report = {"report", "[--json]", "what this boot did with each card",
			       .run = run, .options = {{"json", FORM_ARG, 'j'}}};
