#include "cmd/livetell.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINE_CLEAR "\r\033[K" /* ECMA-48: erase to the end of the line */

static void count(const char *source, size_t done, size_t whole)
{
	if (whole)
		fprintf(stderr, "\r%s: %zu of %zu KiB", source, done / 1024, whole / 1024);
	else
		fprintf(stderr, "\r%s: %zu KiB", source, done / 1024);
}

static void tell_attempts(const char *addr, const struct rom_reading *r)
{
	for (size_t i = 0; i < r->n_attempts; i++) {
		const struct rom_attempt *a = &r->attempt[i];

		if (a->size)
			fprintf(stderr, "%s: %s: %s, %zu bytes: %s\n", addr, a->source, a->outcome,
				a->size, verdict_text(a->verdict));
		else
			fprintf(stderr, "%s: %s: %s\n", addr, a->source, a->outcome);
	}
}

void livetell_findings(const char *of, const struct findings *f)
{
	for (size_t i = 0; i < f->n; i++)
		fprintf(stderr, "%s: %s: %s\n", of, finding_severity_text(f->f[i].severity),
			f->f[i].text);
}

static int fail(const struct here *h, const struct live *l, int err)
{
	char text[ROM_OUTCOME_MAX + ROM_SOURCE_MAX + 32];

	if (err == -EINTR) {
		fprintf(stderr, "gpurom: %s: stopped; what was changed is put back\n", h->addr);
		raise(l->signal);
		return EXIT_FAILED;
	}
	if (err == -ENODATA) {
		snprintf(text, sizeof(text), "nothing could be read: %s: %s", l->told.source,
			 l->told.outcome);
		return cmd_fail(h->addr, text);
	}
	return cmd_fail(h->addr, l->why);
}

int livetell_read(const struct cmd_env *env, const struct here *h, const struct live_wish *w,
		  struct live *ret)
{
	const bool terminal = isatty(STDERR_FILENO);
	int err = live_read(&env->root, h, w, terminal ? count : NULL, ret);

	if (terminal)
		fputs(LINE_CLEAR, stderr);
	tell_attempts(h->addr, &ret->told);
	if (ret->why[0] && (err == 0 || err == -ENODATA))
		fprintf(stderr, "%s: %s\n", h->addr, ret->why);
	if (err < 0)
		return fail(h, ret, err);
	livetell_findings(h->addr, &ret->told.findings);
	return EXIT_DONE;
}

bool livetell_option(int letter, const char *word, struct live_wish *w)
{
	if (letter == 'b') {
		w->while_bound = true;
		return true;
	}
	w->only = true;
	return letter == 's' && source_parse(word, &w->source);
}
