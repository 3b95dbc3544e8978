// SPDX-License-Identifier: GPL-2.0-or-later
#include "rom/verdict.h"

#include <stdarg.h>
#include <stdio.h>

void findings_add(struct findings *f, const char *code, enum finding_severity severity,
		  const char *text, ...)
{
	struct finding *one;
	va_list ap;

	if (f->n == FINDINGS_MAX)
		f->n--;
	one = &f->f[f->n++];
	snprintf(one->code, sizeof(one->code), "%s", code);
	one->severity = severity;
	va_start(ap, text);
	vsnprintf(one->text, sizeof(one->text), text, ap);
	va_end(ap);
}

const char *const verdict_words[] = {[VERDICT_REJECTED] = "rejected",
				     [VERDICT_USABLE] = "usable",
				     [VERDICT_COMPLETE] = "complete"};

const char *const finding_words[] = {
	[FINDING_NOTE] = "note", [FINDING_WARN] = "warning", [FINDING_FATAL] = "fatal"};

const char *verdict_text(enum verdict v)
{
	return v <= VERDICT_COMPLETE ? verdict_words[v] : "unknown";
}

const char *finding_severity_text(enum finding_severity s)
{
	return s <= FINDING_FATAL ? finding_words[s] : "unknown";
}

const struct finding *verdict_reason(const struct findings *f)
{
	const struct finding *worst = NULL;

	for (size_t k = 0; k < f->n; k++)
		if (!worst || f->f[k].severity > worst->severity)
			worst = &f->f[k];
	return worst;
}
