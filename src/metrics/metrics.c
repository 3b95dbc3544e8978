// SPDX-License-Identifier: GPL-2.0-or-later
#include "metrics/metrics.h"

#include <string.h>

/* --- the format ------------------------------------------------------------------------------ */

static void family(FILE *out, const char *name, const char *help)
{
	fprintf(out, "# HELP gpurom_%s %s\n# TYPE gpurom_%s gauge\n", name, help, name);
}

/* A label's value has three escapes. */
void metrics_label(FILE *out, const char *before, const char *name, const char *value)
{
	fprintf(out, "%s%s=\"", before, name);
	for (; *value; value++) {
		if (*value == '\\' || *value == '"')
			putc('\\', out);
		if (*value == '\n')
			fputs("\\n", out);
		else
			putc(*value, out);
	}
	putc('"', out);
}

static void number(FILE *out, const char *name, const char *help, size_t value)
{
	family(out, name, help);
	fprintf(out, "gpurom_%s %zu\n", name, value);
}

static void seconds(FILE *out, unsigned us)
{
	fprintf(out, " %u.%06u\n", us / 1000000, us % 1000000);
}

/* One sample of a count by words. */
static void counted(FILE *out, const char *name, const char *by, const char *word, size_t n)
{
	fprintf(out, "gpurom_%s{", name);
	metrics_label(out, "", by, word);
	fprintf(out, "} %zu\n", n);
}

/* The labels that name a card, which all metrics of a card have, up to the last of them. */
static void card_labels(FILE *out, const char *name, const struct metrics_card *c)
{
	fprintf(out, "gpurom_%s{", name);
	metrics_label(out, "", "address", c->address);
	metrics_label(out, ",", "path", c->path);
}

/* --- time ------------------------------------------------------------------------------------ */

/* Days from 1970-01-01 to that day of the Gregorian calendar. */
static int64_t days_to(int64_t year, unsigned month, unsigned day)
{
	static const unsigned before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
	const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	const int64_t y = year - 1;

	return y * 365 + y / 4 - y / 100 + y / 400 - 719162 + before[month - 1] +
	       (leap && month > 2) + day - 1;
}

int64_t metrics_time(const char *text)
{
	static const char form[] = "0000-00-00T00:00:00Z";
	static const struct {
		unsigned least, most;
	} range[] = {{1970, 9999}, {1, 12}, {1, 31}, {0, 23}, {0, 59}, {0, 60}};
	unsigned part[sizeof(range) / sizeof(range[0])] = {0};
	size_t n = 0;

	for (size_t i = 0; i < sizeof(form); i++) {
		const bool digit = text[i] >= '0' && text[i] <= '9';

		if (form[i] == '0' ? !digit : text[i] != form[i])
			return -1;
		if (digit)
			part[n] = part[n] * 10 + (unsigned)(text[i] - '0');
		else if (form[i] && (part[n] < range[n].least || part[n] > range[n].most))
			return -1;
		else
			n++;
	}
	return ((days_to(part[0], part[1], part[2]) * 24 + part[3]) * 60 + part[4]) * 60 + part[5];
}

/* --- the metrics ----------------------------------------------------------------------------- */

static void write_states(FILE *out, const struct metrics *m)
{
	family(out, "cards", "Cards in the report of this boot, by state.");
	for (size_t s = 0; s < METRICS_STATES_MAX && m->states[s]; s++) {
		size_t n = 0;

		for (size_t i = 0; i < m->n; i++)
			n += strcmp(m->card[i].state, m->states[s]) == 0;
		counted(out, "cards", "state", m->states[s], n);
	}
}

static void write_verdicts(FILE *out, const struct metrics *m)
{
	size_t n[VERDICT_COMPLETE + 1] = {0}, none = 0;

	for (size_t i = 0; i < m->n; i++) {
		if (m->card[i].has_verdict)
			n[m->card[i].verdict]++;
		else
			none++;
	}
	family(out, "roms",
	       "Cards in the report of this boot, by the verdict on the ROM that it read.");
	for (size_t v = 0; v <= VERDICT_COMPLETE; v++)
		counted(out, "roms", "verdict", verdict_words[v], n[v]);
	counted(out, "roms", "verdict", "none", none);
}

static void write_cards(FILE *out, const struct metrics *m)
{
	char ids[16];

	family(out, "card_info", "What this boot did with a card.");
	for (size_t i = 0; i < m->n; i++) {
		const struct metrics_card *c = &m->card[i];

		snprintf(ids, sizeof(ids), "%04x:%04x", c->ids.vendor, c->ids.device);
		card_labels(out, "card_info", c);
		metrics_label(out, ",", "ids", ids);
		metrics_label(out, ",", "state", c->state);
		metrics_label(out, ",", "verdict",
			      c->has_verdict ? verdict_text(c->verdict) : "none");
		metrics_label(out, ",", "identity", identity_word(c->identity));
		fputs("} 1\n", out);
	}
	family(out, "card_rom_changed",
	       "1 if the card's flash has another ROM than its links show, and nobody pinned one.");
	for (size_t i = 0; i < m->n; i++) {
		card_labels(out, "card_rom_changed", &m->card[i]);
		fprintf(out, "} %d\n", m->card[i].rom_changed);
	}
}

static void write_card_times(FILE *out, const struct metrics *m)
{
	family(out, "card_read_seconds", "How long this boot read the card's ROM.");
	for (size_t i = 0; i < m->n; i++) {
		card_labels(out, "card_read_seconds", &m->card[i]);
		putc('}', out);
		seconds(out, m->card[i].read_us);
	}
	family(out, "card_handover_seconds", "How long the hand-over to the card's driver took.");
	for (size_t i = 0; i < m->n; i++) {
		card_labels(out, "card_handover_seconds", &m->card[i]);
		putc('}', out);
		seconds(out, m->card[i].handover_us);
	}
}

static void write_boot(FILE *out, const struct metrics *m)
{
	family(out, "claim_seconds", "How long this boot waited for claim.");
	if (m->report) {
		fputs("gpurom_claim_seconds", out);
		seconds(out, m->claim_us);
	}
	family(out, "settle_seconds", "How long this boot waited for settle.");
	if (m->report && m->settled) {
		fputs("gpurom_settle_seconds", out);
		seconds(out, m->settle_us);
	}
	number(out, "committed", "1 if the store has what this boot read.", m->committed);
	number(out, "complaints", "Words of the configuration that claim did not understand.",
	       m->complaints);
	number(out, "silent_functions", "PCI functions that did not answer claim.", m->silent);
}

static void write_record(FILE *out, const struct record *r)
{
	size_t n[IDENTITY_AMBIGUOUS + 1] = {0};
	int64_t last = -1;

	for (const struct record_card *c = r ? r->cards : NULL; c; c = c->next) {
		int64_t seen = metrics_time(c->seen.last_seen);

		n[c->identity]++;
		last = seen > last ? seen : last;
	}
	family(out, "recorded_cards", "Recorded cards, by what the last commit found them to be.");
	for (size_t i = IDENTITY_NEW; r && i <= IDENTITY_AMBIGUOUS; i++)
		counted(out, "recorded_cards", "identity", identity_words[i], n[i]);
	family(out, "last_commit_timestamp_seconds", "When commit last saw a card.");
	if (last >= 0)
		fprintf(out, "gpurom_last_commit_timestamp_seconds %lld\n", (long long)last);
}

static void write_images(FILE *out, const struct metrics *m)
{
	family(out, "image_info",
	       "Whether the image of an installed kernel has the installed gpurom and its "
	       "configuration.");
	for (size_t i = 0; i < m->n_images; i++) {
		fputs("gpurom_image_info{", out);
		metrics_label(out, "", "kernel", m->image[i].kernel);
		metrics_label(out, ",", "state", m->image[i].state);
		fputs("} 1\n", out);
	}
}

void metrics_write(FILE *out, const struct metrics *m)
{
	family(out, "build_info", "The version of gpurom that wrote these metrics.");
	fputs("gpurom_build_info{", out);
	metrics_label(out, "", "version", m->version);
	fputs("} 1\n", out);
	number(out, "report", "1 if this boot has a report: gpurom ran in it.", m->report);
	write_boot(out, m);
	write_states(out, m);
	write_verdicts(out, m);
	write_cards(out, m);
	write_card_times(out, m);
	write_record(out, m->record);
	write_images(out, m);
}
