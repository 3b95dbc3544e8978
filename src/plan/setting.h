/* One KEY=VALUE, wherever it stood: what each key takes, and what is said of a bad value. */
#ifndef GPUROM_PLAN_SETTING_H
#define GPUROM_PLAN_SETTING_H

#include "plan/config.h"

struct setting {
	const char *place;  /* for complaints */
	const char *key;    /* without "gpurom.": "devices"; "" is the switch, gpurom=0 */
	const char *value;  /* NULL: the key stood alone */
	const char *broken; /* NULL, or why the end of value is not to be trusted (static) */
};

void setting_apply(struct config *c, const struct setting *s, struct complaints *bad);

/* The switch saying no: 0, no, off, n, false. */
bool setting_is_off(const struct setting *s);

/* why is static text; place and word are copied, cut to fit, control bytes as '?'. */
void setting_complain(struct complaints *bad, const char *place, const char *word, const char *why);

#endif
