/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The verdict on a reading, and the findings that are its reasons. rom/rules.h makes them. */
#ifndef GPUROM_ROM_VERDICT_H
#define GPUROM_ROM_VERDICT_H

#include "pci/card.h"
#include "rom/rom.h"

enum verdict {
	VERDICT_REJECTED,
	VERDICT_USABLE, /* whole, with findings that a person should know */
	VERDICT_COMPLETE,
};

enum finding_severity {
	FINDING_NOTE,  /* no effect on the verdict */
	FINDING_WARN,  /* complete becomes usable */
	FINDING_FATAL, /* rejected */
};

#define FINDINGS_MAX 24 /* not fewer than rules, each of which adds one at most */
#define FINDING_CODE_MAX 24
#define FINDING_TEXT_MAX 200

/* code is a stable word for programs ("wrong-device"); text is a sentence for people, with what to
 * do if something can be done. Plain data: the jail sends it from another process. */
struct finding {
	char code[FINDING_CODE_MAX];
	enum finding_severity severity;
	char text[FINDING_TEXT_MAX];
};

struct findings {
	struct finding f[FINDINGS_MAX];
	size_t n;
};

/* Adds a finding, text as for printf, cut to fit. If there is no room, it replaces the last one. */
void findings_add(struct findings *f, const char *code, enum finding_severity severity,
		  const char *text, ...) __attribute__((format(printf, 4, 5)));

/* "complete", "usable", "rejected". */
extern const char *const verdict_words[VERDICT_COMPLETE + 1];
const char *verdict_text(enum verdict v);

/* "note", "warning", "fatal". */
extern const char *const finding_words[FINDING_FATAL + 1];
const char *finding_severity_text(enum finding_severity s);

/* The finding that decided: the first of the highest severity, or NULL. */
const struct finding *verdict_reason(const struct findings *f);

#endif
