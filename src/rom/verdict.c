/* The verdict on a reading: every rule looks at it, the gravest finding decides. */
#include "rom/notrom.h"
#include "rom/rules.h"
#include "rom/verdict.h"
#include <stdarg.h>
#include <stdio.h>

/* The gravest first: verdict_reason names the first of the highest severity. */
static verdict_rule *const rules[] = {
	rule_card,	  rule_shadow, rule_cut,     rule_unended,   rule_damaged,
	rule_checksum,	  rule_start,  rule_version, rule_efi_card,  rule_subsystem,
	rule_class,	  rule_efi,    rule_machine, rule_alignment, rule_boot_part,
	rule_kinds,	  rule_nvidia, rule_tail,    rule_private,   rule_second_copy,
	rule_kernel_walk, rule_no_ids,
};
_Static_assert(sizeof(rules) / sizeof(rules[0]) <= FINDINGS_MAX, "every rule has its place");

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

const struct oprom_image *rule_first_image(const struct reading *r)
{
	const struct oprom_chain *c = &r->facts->chain;

	return c->n ? &c->image[0] : &c->cut;
}

bool rule_efi_usual(const struct reading *r)
{
	return r->facts->version[0] >= '8';
}

enum verdict verdict_judge(struct bytes file, const struct rom *rom,
			   const struct verdict_facts *facts, struct findings *ret)
{
	struct reading r = {file, bytes_sub(file, rom->offset, SIZE_MAX), rom, *facts, ret};
	const struct finding *reason;

	ret->n = 0;
	if (rom->found_by == ROM_FOUND_NOTHING) {
		struct notrom is = notrom_guess(file);

		findings_add(ret, is.code, FINDING_FATAL, "%s", is.text);
		return VERDICT_REJECTED;
	}
	for (size_t k = 0; k < sizeof(rules) / sizeof(rules[0]); k++)
		rules[k](&r);
	reason = verdict_reason(ret);
	if (!reason || reason->severity == FINDING_NOTE)
		return VERDICT_COMPLETE;
	return reason->severity == FINDING_FATAL ? VERDICT_REJECTED : VERDICT_USABLE;
}

const char *verdict_text(enum verdict v)
{
	switch (v) {
	case VERDICT_REJECTED:
		return "rejected";
	case VERDICT_USABLE:
		return "usable";
	case VERDICT_COMPLETE:
		return "complete";
	}
	return "unknown";
}

const char *finding_severity_text(enum finding_severity s)
{
	switch (s) {
	case FINDING_NOTE:
		return "note";
	case FINDING_WARN:
		return "warning";
	case FINDING_FATAL:
		return "fatal";
	}
	return "unknown";
}

const struct finding *verdict_reason(const struct findings *f)
{
	const struct finding *worst = NULL;

	for (size_t k = 0; k < f->n; k++)
		if (!worst || f->f[k].severity > worst->severity)
			worst = &f->f[k];
	return worst;
}
