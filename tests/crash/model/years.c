// SPDX-License-Identifier: GPL-2.0-or-later
/* years FOLDER N [SEED]: N random operations on the store of a made-up host (world.h), and after
 * each what must hold (rom/rules.h). A host lives for some operations, from its own number: what is
 * found is told with the shortest way to see it again. The last line is "N passed, N failed". */
#include "rules.h"
#include "seams.h"
#include "snap.h"
#include "world.h"

#include "cmd/options.h"
#include "boot/commit.h"
#include "store/check.h"

#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LIFE 150 /* operations */
#define TOLD 12	 /* the last of them, with a finding */
#define LINE_MAX 500
#define CALLS 40 /* at most, that change a folder, behind which an operation dies */
#define DIES 12	 /* percent of operations */

struct history_event {
	uint64_t seed;
	size_t n; /* operations so far */
	char folder[256], store[300];
	char line[TOLD][LINE_MAX]; /* what was done; the n-th is at n % TOLD */
	char wrong[SNAP_TEXT_MAX + 100];
};

static FILE *out;
static struct history_event life;

static char *line(void)
{
	return life.line[life.n % TOLD];
}

/* --- running ------------------------------------------------------------------------------------
 */

/* fn in a process of its own, which dies behind some call or, with dies 0, goes on to its end: its
 * exit status. */
static int apart(int (*fn)(void *arg), void *arg, size_t dies)
{
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid < 0)
		err(125, "fork");
	if (!pid) {
		seams_dies_at = dies;
		status = fn(arg);
		seams_dies_at = 0;
		_exit(status);
	}
	if (waitpid(pid, &status, 0) != pid)
		err(125, "waitpid");
	world.hours += 4; /* what it took of the clock */
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static int commits(void *arg)
{
	static struct commit_result result;
	int r = commit_report(&world.root, &world.report, &result);

	(void)arg;
	return r == 0 && !result.is_volatile ? 0 : 1;
}

struct command {
	const struct cmd *cmd;
	int argc;
	char *argv[8];
};

static int runs(void *arg)
{
	const struct cmd_env env = {.root = world.root, .cmdline = ""};
	struct command *c = arg;
	struct options o;
	const char *why = options_read(c->cmd, c->argc, c->argv, &o);

	return why ? cmd_usage(c->cmd, why) : c->cmd->run(&env, &o);
}

static void command(struct done *d, const struct cmd *cmd, int argc, const char *const *args)
{
	struct command c = {.cmd = cmd, .argc = argc + 1, .argv = {(char *)cmd->name}};
	const size_t dies = percent(DIES) ? chance(CALLS) + 1 : 0;
	int r;

	for (int i = 0; i < argc; i++)
		c.argv[i + 1] = (char *)args[i];
	r = apart(runs, &c, dies);
	d->died = r == 137;
	d->ok = r == 0;
	if (r > EXIT_ATTENTION && !d->died)
		snprintf(life.wrong, sizeof(life.wrong), "%s ended with %d", cmd->name, r);
	snprintf(line() + strlen(line()), LINE_MAX - strlen(line()), ": %s",
		 d->died ? "died"
		 : d->ok ? "done"
			 : "refused");
}

/* --- operations ---------------------------------------------------------------------------------
 */

/* The n-th recorded card, counted round. */
static const cJSON *any_card(const struct snap *s)
{
	const cJSON *cards = snap_at(s->record, "cards");
	const int n = cJSON_GetArraySize(cards);

	return n ? cJSON_GetArrayItem(cards, (int)chance((size_t)n)) : NULL;
}

static void commit(struct done *d)
{
	const size_t dies = percent(DIES) ? chance(CALLS) + 1 : 0;
	int r = dies ? apart(commits, NULL, dies) : commits(NULL);

	d->died = r == 137;
	if (d->died)
		snprintf(line() + strlen(line()), LINE_MAX - strlen(line()), ": died");
	else if (r)
		snprintf(life.wrong, sizeof(life.wrong), "commit ended with %d", r);
}

static void do_boot(struct done *d, const struct snap *s)
{
	char changed[100] = "", read[200] = "";

	(void)s;
	for (size_t i = 0, n = 1 + chance(2); i < n; i++)
		world_changes(changed, sizeof(changed));
	world_boots(read, sizeof(read));
	snprintf(line(), LINE_MAX, "boot %u: %s; slot:card%s%s", world.boots, changed, read,
		 world.blind ? "; blind" : "");
	commit(d);
}

static void do_again(struct done *d, const struct snap *s)
{
	(void)s;
	snprintf(line(), LINE_MAX, "commit again");
	commit(d);
}

static void do_pin(struct done *d, const struct snap *s)
{
	const cJSON *card = any_card(s), *others = snap_at(card, "other_roms"), *rom;
	const int n = cJSON_GetArraySize(others);
	const char *sha256 = snap_shown(card);
	char head[13];

	if (n && percent(80)) {
		rom = cJSON_GetArrayItem(others, (int)chance((size_t)n));
		sha256 = snap_text(rom, "sha256");
	}
	if (!*sha256)
		return;
	snprintf(d->path, sizeof(d->path), "%s", card->string);
	snprintf(head, sizeof(head), "%s", sha256);
	snprintf(line(), LINE_MAX, "pin %s ROM %zu", d->path, world_rom(sha256));
	command(d, &cmd_pin, 2, (const char *const[]){d->path, head});
}

static void do_import(struct done *d, const struct snap *s)
{
	const size_t i = world.report.n ? chance(world.report.n) : 0;
	const bool replace = percent(50);
	const struct world_card *c;
	char card[300], file[300];

	(void)s;
	if (!world.report.n)
		return;
	d->card = world.who[i];
	c = &world.card[d->card];
	d->rom = percent(50) && c->seen_roms.n ? c->seen_roms.v[chance(c->seen_roms.n)]
					       : world_new_rom(world_device(c));
	romset_add(&world.card[d->card].seen_roms, d->rom);
	snprintf(d->path, sizeof(d->path), "%s", world.boot[i].card.path);
	world_rom_put(d->rom, "import.rom");
	snprintf(card, sizeof(card), "--card=path:%s", d->path);
	snprintf(file, sizeof(file), "%s/import.rom", life.folder);
	snprintf(line(), LINE_MAX, "import ROM %zu for card %zu at %s%s", d->rom, d->card, d->path,
		 replace ? ", to be shown" : "");
	command(d, &cmd_import, replace ? 4 : 3,
		(const char *const[]){file, card, "--allow-mismatch=subsystem,class", "--replace"});
}

/* A person knows which card is which. */
static void do_remap(struct done *d, const struct snap *s)
{
	const cJSON *card;

	for (size_t i = 0; i < world.report.n; i++) {
		snprintf(d->to, sizeof(d->to), "%s", world.boot[i].card.path);
		if (!cJSON_IsArray(snap_at(snap_card(s, d->to), "maybe")))
			continue;
		cJSON_ArrayForEach(card, snap_at(s->record, "cards"))
		{
			if (rules_card_of(snap_text(card, "id")) != world.who[i] || !percent(70))
				continue;
			snprintf(d->path, sizeof(d->path), "%s", card->string);
			snprintf(line(), LINE_MAX, "remap %s %s", d->path, d->to);
			command(d, &cmd_remap, 2, (const char *const[]){d->path, d->to});
			return;
		}
	}
}

static void do_forget(struct done *d, const struct snap *s)
{
	const cJSON *card = any_card(s);

	if (!card)
		return;
	snprintf(d->path, sizeof(d->path), "%s", card->string);
	snprintf(line(), LINE_MAX, "forget %s", d->path);
	command(d, &cmd_forget, 1, (const char *const[]){d->path});
}

static void do_gc(struct done *d, const struct snap *s)
{
	(void)s;
	snprintf(line(), LINE_MAX, "gc");
	command(d, &cmd_gc, 0, NULL);
}

static enum op any_op(void)
{
	static const unsigned percents[OPS] = {
		[OP_BOOT] = 55, [OP_AGAIN] = 7,	 [OP_PIN] = 10, [OP_IMPORT] = 9,
		[OP_REMAP] = 8, [OP_FORGET] = 6, [OP_GC] = 5};
	size_t at = chance(100);
	unsigned op = 0;

	while (at >= percents[op])
		at -= percents[op++];
	return (enum op)op;
}

/* --- a life -------------------------------------------------------------------------------------
 */

static void fault(void *ctx, enum store_fault f, const char *name, const char *text)
{
	(void)ctx;
	if (!life.wrong[0] && f != STORE_FOREIGN)
		snprintf(life.wrong, sizeof(life.wrong), "verify: %s: %s", name, text);
}

/* gpurom's own opinion. */
static void verify(void)
{
	struct store_counts n;
	struct romstore s;

	if (romstore_open(&world.root, "/var/lib/gpurom", false, &s) < 0)
		return;
	if (storecheck(&s, false, fault, NULL, &n) < 0)
		snprintf(life.wrong, sizeof(life.wrong), "verify failed");
	romstore_close(&s);
}

/* now: the store as it is, before and after. */
static void operate(struct snap *now)
{
	static void (*const ops[OPS])(struct done * d, const struct snap *s) = {
		[OP_BOOT] = do_boot,	 [OP_AGAIN] = do_again, [OP_PIN] = do_pin,
		[OP_IMPORT] = do_import, [OP_REMAP] = do_remap, [OP_FORGET] = do_forget,
		[OP_GC] = do_gc};
	struct done d = {.op = world.boots ? any_op() : OP_BOOT};
	struct snap before = *now;

	life.n++;
	snprintf(line(), LINE_MAX, "nothing");
	ops[d.op](&d, &before);
	snap_take(life.store, now);
	if (!life.wrong[0])
		rules_check(&d, &before, now, life.wrong, sizeof(life.wrong));
	if (!life.wrong[0] && d.op == OP_BOOT && !d.died && percent(20))
		verify();
	snap_free(&before);
}

static void tell(void)
{
	fprintf(out, "%s\n", life.wrong);
	for (size_t i = life.n < TOLD ? 1 : life.n - TOLD + 1; i <= life.n; i++)
		fprintf(out, "  %zu. %s\n", i, life.line[i % TOLD]);
	fprintf(out, "  again: tests/crash/years %zu %llu\n", life.n,
		(unsigned long long)life.seed);
}

/* False where something was found. */
static bool run_life(uint64_t seed, size_t n)
{
	static struct snap now;

	life.seed = seed;
	life.n = 0;
	life.wrong[0] = '\0';
	world_begin(life.folder, seed);
	rules_begin();
	snap_take(life.store, &now);
	while (life.n < n && !life.wrong[0])
		operate(&now);
	snap_free(&now);
	if (life.wrong[0])
		tell();
	rules_end();
	world_end();
	return !life.wrong[0];
}

/* What the commands print is not looked at. */
static void be_quiet(void)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC), was = dup(STDOUT_FILENO);

	out = was < 0 ? NULL : fdopen(was, "w");
	if (fd < 0 || !out || dup2(fd, STDOUT_FILENO) < 0 || dup2(fd, STDERR_FILENO) < 0)
		exit(125);
	setlinebuf(out);
}

int main(int argc, char **argv)
{
	size_t n, passed = 0, failed = 0;
	uint64_t seed;

	if (argc < 3 || argc > 4)
		errx(125, "usage: years FOLDER N [SEED]");
	n = strtoul(argv[2], NULL, 10);
	seed = argc == 4 ? strtoull(argv[3], NULL, 10) : (uint64_t)time(NULL) * 1000;
	snprintf(life.folder, sizeof(life.folder), "%s/host", argv[1]);
	snprintf(life.store, sizeof(life.store), "%s/var/lib/gpurom", life.folder);
	if (!getenv("YEARS_LOUD"))
		be_quiet();
	else
		out = stdout;
	fprintf(out, "seed %llu\n", (unsigned long long)seed);
	for (size_t left = n; left; left -= left < LIFE ? left : LIFE) {
		bool good = run_life(seed++, left < LIFE ? left : LIFE);

		failed += !good;
		passed += good ? life.n : life.n - 1;
	}
	fprintf(out, "%zu passed, %zu failed\n", passed, failed);
	return failed > 0;
}
