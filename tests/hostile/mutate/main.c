// SPDX-License-Identifier: GPL-2.0-or-later
/* mutate [--seed N] [--count N] [--part K/N] [--one K] [--plant DEFECT] [--out DIR] ROM...
 *
 * Mutation K of a seed is made of the ROMs given (in that order), the seed and K alone: --one K
 * makes it again and leaves it in DIR. Exit status 0: all went well; 1: something was found, and
 * the file is in DIR; 2: usage. With --plant a defect is put into what core says, and must be
 * found. */
#include "check.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROMS_MAX 512
#define BIG (256u << 10)  /* bytes; larger ROMs are mostly taken in part */
#define SMALL (16u << 10) /* ... and what is no larger is taken most often */
#define SECONDS_MAX 30	  /* for one mutation */

void __sanitizer_set_death_callback(void (*callback)(void));

static struct file roms[ROMS_MAX];
static size_t n_roms, n_small; /* the small ones stand first */
static const char *out_dir = "build/mutate";
static uint64_t seed = 1;
static unsigned long number; /* of the mutation at hand */
static struct file now;	     /* ... and its bytes */

static void keep(const char *what)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/found-%llu-%lu.rom", out_dir, (unsigned long long)seed,
		 number);
	f = fopen(path, "wb");
	if (!f || fwrite(now.p, 1, now.n, f) != now.n || fclose(f) != 0)
		fprintf(stderr, "mutate: %s: %s\n", path, strerror(errno));
	printf("mutation %lu of seed %llu: %s; the file: %s\nagain: sh tests/hostile/mutate/run --seed %llu "
	       "--one %lu\n",
	       number, (unsigned long long)seed, what, path, (unsigned long long)seed, number);
	fflush(stdout);
}

static void on_death(void)
{
	keep("a sanitizer found something");
}

static void on_alarm(int sig)
{
	(void)sig;
	keep("it does not end");
	_exit(1);
}

static void load(const char *path, bool small)
{
	static uint8_t buf[ROM_MAX];
	FILE *f = fopen(path, "rb");
	size_t n;

	if (!f) {
		fprintf(stderr, "mutate: %s: %s\n", path, strerror(errno));
		exit(2);
	}
	n = fread(buf, 1, sizeof(buf), f);
	fclose(f);
	if ((n <= SMALL) != small || n_roms == ROMS_MAX)
		return;
	roms[n_roms].p = malloc(n ? n : 1);
	memcpy(roms[n_roms].p, buf, n);
	roms[n_roms++].n = n;
}

/* Small ROMs two times out of three, and of big ones mostly the front. */
static const struct file *some_rom(struct rng *r)
{
	static struct file cut;
	bool small = n_small && (n_small == n_roms || rng_below(r, 3));
	size_t k = small ? rng_below(r, n_small) : n_small + rng_below(r, n_roms - n_small);

	if (roms[k].n <= BIG || rng_below(r, 16) == 0)
		return &roms[k];
	cut = (struct file){roms[k].p, BIG - rng_below(r, BIG / 4)};
	return &cut;
}

/* In a buffer of exactly its size, so that one byte read past the end is told. */
static void make_one(struct rng *r)
{
	static uint8_t buf[ROM_MAX];
	struct file f = {buf, 0}, other;
	const struct file *from = some_rom(r);

	memcpy(buf, from->p, from->n);
	f.n = from->n;
	other = *some_rom(r);
	for (size_t k = 1 + rng_below(r, 4); k > 0; k--)
		(void)mutate_once(r, &f, &other);
	free(now.p);
	now.p = malloc(f.n);
	now.n = f.n;
	memcpy(now.p, f.p, f.n);
}

static bool run_one(enum plant plant, struct tally *t)
{
	struct rng r = {seed * 0x9e3779b97f4a7c15u + number};
	const char *wrong;

	r.s = rng_next(&r);
	make_one(&r);
	alarm(SECONDS_MAX);
	wrong = check_file(&r, now.p, now.n, plant, t);
	alarm(0);
	if (wrong)
		keep(wrong);
	return !wrong;
}

static int run_again(unsigned long k, enum plant plant)
{
	struct tally t = {0};

	number = k;
	if (!run_one(plant, &t))
		return 1;
	keep("nothing is wrong with it");
	return 0;
}

static int run(unsigned long first, unsigned long step, unsigned long count, enum plant plant)
{
	struct tally t = {0};
	unsigned long done = 0;

	for (number = first; number < count; number += step, done++)
		if (!run_one(plant, &t))
			return 1;
	printf("%lu mutations: %lu rejected, %lu usable, %lu complete; %lu trimmed, %lu led to by "
	       "NVGI, %lu found by scan; %lu times the card's own\n",
	       done, t.rejected, t.usable, t.complete, t.trimmed, t.by_header, t.by_scan,
	       t.fitting);
	/* Mutations that all end the same way would test nothing. */
	if (done >= 1000 && !(t.rejected && t.usable && t.complete && t.by_header && t.by_scan)) {
		puts("a kind of result was never reached");
		return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	unsigned long first = 0, step = 1, count = 1000;
	bool one = false;
	enum plant plant = PLANT_NONE;
	int k = 1;

	for (; k + 1 < argc && strncmp(argv[k], "--", 2) == 0; k += 2) {
		char *end = argv[k + 1];

		if (strcmp(argv[k], "--seed") == 0)
			seed = strtoull(argv[k + 1], &end, 10);
		else if (strcmp(argv[k], "--count") == 0)
			count = strtoul(argv[k + 1], &end, 10);
		else if (strcmp(argv[k], "--part") == 0 &&
			 sscanf(argv[k + 1], "%lu/%lu", &first, &step) == 2 && step > 0)
			end = "";
		else if (strcmp(argv[k], "--one") == 0)
			first = strtoul(argv[k + 1], &end, 10), one = true;
		else if (strcmp(argv[k], "--plant") == 0)
			end = (plant = plant_by_name(argv[k + 1])) ? "" : end;
		else if (strcmp(argv[k], "--out") == 0)
			out_dir = argv[k + 1], end = "";
		if (*end)
			break;
	}
	for (int i = k; i < argc; i++)
		load(argv[i], true);
	n_small = n_roms;
	for (int i = k; i < argc; i++)
		load(argv[i], false);
	if (n_roms == 0 || strncmp(argv[k], "--", 2) == 0) {
		fprintf(stderr, "usage: mutate [--seed N] [--count N] [--part K/N] [--one K] "
				"[--plant DEFECT] [--out DIR] ROM...\n");
		return 2;
	}
	__sanitizer_set_death_callback(on_death);
	signal(SIGALRM, on_alarm);
	return one ? run_again(first, plant) : run(first, step, count, plant);
}
