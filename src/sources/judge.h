/* Facts and verdict of foreign bytes, found in a jail (sys/jail.h): whatever the bytes do to the
 * parser, it is the verdict that suffers, not the caller. */
#ifndef GPUROM_SOURCES_JUDGE_H
#define GPUROM_SOURCES_JUDGE_H

#include "rom/rules.h"

/* Plain data, checked: indexes lie inside their arrays, texts are printable and end, nothing but
 * a complete chain inside the file is anything but rejected; of a shadow that is wanted also an x86
 * image alone. */
struct judged {
	struct rom rom;
	enum verdict verdict;
	struct findings findings;
};

/* Cannot fail: what cannot be judged is rejected, by a finding "parser-stopped" (the parser died)
 * or "not-judged" (there was no process for it). known->ids may be NULL. */
void judge(struct bytes file, const struct verdict_facts *known, struct judged *ret);

/* The part of file that may be published by this verdict; empty where there is none. An x86 image
 * alone is published as it is, whatever trim says. */
struct bytes judge_keep(struct bytes file, const struct judged *j, enum rom_trim trim);

/* Takes for granted nothing of *j, which says it is of a file of n bytes; for judge alone, and its
 * test. */
void judge_check(size_t n, const struct verdict_facts *known, struct judged *j);

#endif
