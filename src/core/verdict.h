/* Is this reading worth keeping for this card? One pure function, and the words for it. */
#ifndef GPUROM_VERDICT_H
#define GPUROM_VERDICT_H

#include "pcidev.h"
#include "rom.h"

enum verdict {
	VERDICT_REJECTED,
	VERDICT_USABLE, /* whole, with findings a person should know */
	VERDICT_COMPLETE,
};

enum finding_severity {
	FINDING_NOTE,  /* no effect on the verdict */
	FINDING_WARN,  /* complete becomes usable */
	FINDING_FATAL, /* rejected */
};

#define FINDINGS_MAX 16 /* a rule finds one thing at most, and there are not more rules */
#define FINDING_TEXT_MAX 200

/* code is a stable word for programs ("wrong-device"), static; text a sentence for people. */
struct finding {
	const char *code;
	enum finding_severity severity;
	char text[FINDING_TEXT_MAX];
};

struct findings {
	struct finding f[FINDINGS_MAX];
	size_t n;
};

/* ids NULL: nothing is known of the card (a file). Findings are set, never appended. */
enum verdict verdict_judge(struct bytes file, const struct rom *rom, const struct pci_ids *ids,
			   struct findings *ret);

/* "complete", "usable", "rejected". */
const char *verdict_text(enum verdict v);

/* The finding that decided: the first of the highest severity, or NULL. */
const struct finding *verdict_reason(const struct findings *f);

#endif
