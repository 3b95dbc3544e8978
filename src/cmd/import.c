// SPDX-License-Identifier: GPL-2.0-or-later
/* gpurom import: a ROM file of another origin becomes a card's romfile, if it is the card's. */
#include "cmd/cmd.h"

#include "boot/bind.h"
#include "boot/capture.h"
#include "boot/commit.h"
#include "cmd/import-match.h"
#include "cmd/options.h"
#include "cmd/read-now.h"
#include "store/record-file.h"
#include "sys/file.h"
#include "util/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STAGED_MODE 0755
#define WHY_MAX 400

struct import_job {
	const struct cmd_env *env;
	const char *file, *card;
	unsigned allowed;
	bool replace;
	struct named_card target;
	struct import_match match;
	struct reading reading; /* the file, as if it had been read from the card */
	struct boot_card boot;
	struct commit_result result;
};

/* --- the card -------------------------------------------------------------------------------- */

/* From the report, or, where this boot has not taken the card, from the scan. */
static void fill_boot_card(struct import_job *j)
{
	const struct pci_card *c = &j->target.card;
	const struct boot_card *b;

	bind_begin_card(c, &j->boot);
	(void)host_add(&j->target.host, HOST_REPORT);
	b = host_boot_card(&j->target.host, c->addr);
	if (b && memcmp(&pci_card_display(&b->card)->ids, &pci_card_display(c)->ids,
			sizeof(struct pci_ids)) == 0)
		j->boot = *b;
}

/* --- the file -------------------------------------------------------------------------------- */

/* Prints all that differs. EXIT_DONE where nothing does, or it is allowed. */
static int check_match(const struct import_job *j)
{
	const struct import_match *f = &j->match;
	unsigned refused = f->differs & ~j->allowed;
	char list[64] = "", why[WHY_MAX];

	for (size_t i = 0; i < IMPORT_FIELDS; i++) {
		if (!(f->differs & 1u << i))
			continue;
		fprintf(stderr, "%s: %s%s\n", j->file, f->text[i],
			refused & 1u << i ? "" : " (allowed)");
		snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%s", *list ? "," : "",
			 import_field_word(i));
	}
	if (!refused)
		return EXIT_DONE;
	snprintf(why, sizeof(why),
		 "not the ROM of %s: nothing was stored; --allow-mismatch=%s takes it all the same",
		 j->target.addr, list);
	return cmd_fail(j->file, why);
}

static int check_verdict(const struct import_job *j)
{
	const struct finding *f = verdict_reason(&j->match.judged.findings);
	char why[WHY_MAX];

	if (j->reading.keep.n)
		return EXIT_DONE;
	snprintf(why, sizeof(why), "rejected: %s", f ? f->text : "no complete option ROM");
	return cmd_fail(j->file, why);
}

static int check_file(struct import_job *j)
{
	struct reading *r = &j->reading;
	int err = cmd_read_rom(j->file, &r->raw.bytes, &r->raw.n);

	if (err != EXIT_DONE)
		return err;
	import_match_judge((struct bytes){r->raw.bytes, r->raw.n},
			   pci_card_display(&j->target.card), j->allowed, &j->match);
	r->source = SOURCE_FILE;
	r->judged = j->match.judged;
	r->keep = judge_keep((struct bytes){r->raw.bytes, r->raw.n}, &r->judged,
			     j->target.host.config.trim);
	print_findings(j->file, &j->match.judged.findings);
	err = check_match(j);
	return err == EXIT_DONE ? check_verdict(j) : err;
}

/* --- the store ------------------------------------------------------------------------------- */

static int print_refusal(const struct import_job *j, const struct rom_choice *c)
{
	char why[WHY_MAX];

	if (c->outcome == ROM_WORSE)
		snprintf(
			why, sizeof(why),
			"%s, where the stored ROM, %s, is %s: not imported; --replace takes it all "
			"the same",
			verdict_text(j->boot.rom.verdict), rom_version_text(c->shown.version),
			verdict_text(c->shown.verdict));
	else if (j->result.is_volatile && c->outcome == ROM_KEPT)
		snprintf(why, sizeof(why),
			 "%s cannot be written (%s), and shows a ROM of this card: not imported; "
			 "--replace makes %s show it until the next boot",
			 j->target.host.config.store, strerror(-j->result.why), STORE_VOLATILE);
	else
		snprintf(why, sizeof(why), "not imported: %s",
			 c->trouble[0] ? c->trouble : "it could not be staged in /" ROOT_STAGED);
	return cmd_fail(j->file, why);
}

static int print_outcome(const struct import_job *j, const struct rom_choice *c)
{
	const char *addr = j->target.addr, *store = j->result.store, *path = c->card->card.path;
	const char *version = rom_version_text(c->shown.version);

	switch (c->outcome) {
	case ROM_NEW:
		printf("%s: ROM %s imported: %s/by-path/%s.rom\n", addr, version, store, path);
		return EXIT_DONE;
	case ROM_SAME:
		printf("%s: ROM %s is the stored one: nothing to import\n", addr, version);
		return EXIT_DONE;
	case ROM_CHANGED:
		printf("%s: ROM %s imported, and kept beside %s, which the links go on to show; "
		       "--replace makes them show it\n",
		       addr, rom_version_text(c->beside.version), version);
		return EXIT_DONE;
	case ROM_REPLACED:
		printf("%s: ROM %s imported: %s/by-path/%s.rom shows it in the place of %s "
		       "(%.12s), which is kept beside\n",
		       addr, version, store, path, rom_version_text(c->beside.version),
		       c->beside.sha256);
		if (c->shown.verdict < c->beside.verdict)
			fprintf(stderr, "%s: warning: it is %s, the one before was %s\n", addr,
				verdict_text(c->shown.verdict), verdict_text(c->beside.verdict));
		return EXIT_DONE;
	case ROM_SKIPPED:
	case ROM_WORSE:
	case ROM_KEPT:
	case ROM_NONE:
		break;
	}
	return print_refusal(j, c);
}

static int print_result(const struct import_job *j)
{
	const struct commit_result *r = &j->result;
	const struct rom_choice *c = &r->card[0];
	char why[WHY_MAX];

	if (r->is_volatile)
		fprintf(stderr, "gpurom: %s: %s; what is new is in %s, until the next boot\n",
			j->target.host.config.store,
			r->why == -ENOTSUP ? RECORD_FILE " was written by a newer gpurom"
					   : strerror(-r->why),
			r->store);
	if (r->set_aside[0])
		fprintf(stderr,
			"gpurom: %s/" RECORD_FILE ": corrupt; put aside as %s and begun anew\n",
			r->store, r->set_aside);
	if (c->replaced)
		fprintf(stderr, "%s: %s\n", j->target.addr,
			c->identity_text[0] ? c->identity_text : "another card was here before");
	if (c->foreign) {
		snprintf(why, sizeof(why), "stored, but %s; move it away, then import again",
			 c->trouble);
		return cmd_fail(j->target.addr, why);
	}
	return print_outcome(j, c);
}

static int store(struct import_job *j)
{
	const char *slash = strrchr(j->file, '/');
	struct record_import import = {.there = true};
	const struct rom_wish wish = {.replace = j->replace, .import = &import};
	size_t n = 0;
	int err;

	snprintf(import.file, sizeof(import.file), "%s", slash ? slash + 1 : j->file);
	text_clean(import.file, ""); /* it is shown on terminals */
	for (size_t i = 0; i < IMPORT_FIELDS; i++)
		if (j->match.differs & 1u << i)
			strcpy(import.mismatch[n++], import_field_word(i));
	err = commit_import(&j->env->root, j->target.host.config.store, &j->boot, &wish,
			    &j->result);
	if (err < 0)
		return cmd_fail(j->target.host.config.store,
				err == -EBUSY ? "another gpurom keeps it locked" : strerror(-err));
	return print_result(j);
}

/* Stages the file as capture stages a reading. */
static int stage(struct import_job *j)
{
	const struct rom_attempt from = {.source = "file", .outcome = "imported"};
	int err = dir_make(j->env->root.fd, ROOT_STAGED, STAGED_MODE);

	if (err < 0)
		return cmd_fail("/" ROOT_STAGED, strerror(-err));
	j->boot.rom = (struct rom_reading){.tried = true};
	reading_describe(&j->reading, &from, &j->boot.rom);
	staging_put(&j->env->root, &j->reading, &j->boot.rom);
	return EXIT_DONE;
}

static int import(struct import_job *j)
{
	int r = named_card_find(j->env, j->card, 0, &j->target);

	if (r != EXIT_DONE)
		return r;
	r = check_file(j);
	if (r != EXIT_DONE)
		return r;
	fill_boot_card(j);
	r = stage(j);
	return r == EXIT_DONE ? store(j) : r;
}

static const char *refuse(const struct options *before, int letter, const char *word)
{
	unsigned allowed;

	(void)before;
	return letter == 'a' && !import_fields_parse(word, &allowed)
		       ? "--allow-mismatch is of vendor, device, subsystem, class, with commas between"
		       : NULL;
}

static int run(const struct cmd_env *env, const struct options *o)
{
	static struct import_job j; /* a hundred kilobytes */
	int r;

	j.env = env;
	j.file = o->args[0];
	j.card = o->given['c'];
	j.replace = o->given['r'];
	if (o->given['a'])
		(void)import_fields_parse(o->given['a'], &j.allowed);
	if (!j.card)
		return cmd_usage(&cmd_import, cmd_import.arguments.needs);
	r = import(&j);
	reading_free(&j.reading);
	host_free(&j.target.host);
	return r;
}

const struct cmd cmd_import = {
	.name = "import",
	.args = "FILE --card=CARD [--allow-mismatch=WHAT[,WHAT]] [--replace]",
	.help = "stores a ROM file as a card's, if it is the card's",
	.run = run,
	.options = {{"card", ONE_ARG, 'c'},
		    {"allow-mismatch", ONE_ARG, 'a'},
		    {"replace", NO_ARG, 'r'}},
	.arguments = {1, 1, "a file and --card=CARD, please"},
	.refuse = refuse,
};
