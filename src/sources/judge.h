/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts and verdict of foreign bytes, found in a jail (sys/jail.h): whatever the bytes do to the
 * parser can spoil the verdict, and nothing else. */
#ifndef GPUROM_SOURCES_JUDGE_H
#define GPUROM_SOURCES_JUDGE_H

#include "rom/rules.h"

/* What judge() found. Plain data, checked: indexes lie inside their arrays, and texts are printable
 * and end. All is rejected but a complete chain inside the file and, of a shadow that is wanted, an
 * x86 image alone. */
struct judged {
	struct rom rom;
	enum verdict verdict;
	struct findings findings;
};

/* Sets *ret. Never fails: what cannot be judged is rejected, with a finding "parser-stopped" (the
 * parser died) or "not-judged" (there was no process for it). facts->ids may be NULL. */
void judge(struct bytes file, const struct verdict_facts *facts, struct judged *ret);

/* The part of file that may be published, empty where there is none. An x86 image alone is
 * published as it is, whatever trim says. */
struct bytes judge_keep(struct bytes file, const struct judged *j, enum rom_trim trim);

/* Checks *j, the jail's answer for a file of n bytes, and takes nothing of it for granted. For
 * judge() and its test. */
void judge_check(size_t n, const struct verdict_facts *facts, struct judged *j);

#endif
