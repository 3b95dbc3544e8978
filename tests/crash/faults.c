// SPDX-License-Identifier: GPL-2.0-or-later
/* faults STEP ERRNOS SEED WORK GPUROM: every system call of a commit goes wrong in turn. SEED: a
 * machine that waits for its commit (see seed), WORK: a folder to do it in, WORK/var on the file
 * system that is meant. After each fault a reader must find the state before or after, whole, and
 * staged data as it was; the commit has exited 0 unless it was killed, and has reported what kept
 * it from its end; a commit after it leads to the same state as one that met no fault, and leaves
 * nothing behind.
 *
 * A call that may change the disk: death behind it, ERRNOS errnos (5 are all), a short write. Of
 * the other calls every STEP-th (1 is all): death behind it, and one errno, in turn. Death behind a
 * call that changes nothing leaves what death behind the one before it left. A state of the disk
 * that has been led to its end once is not led there again.
 *
 * Of the last two lines, one tells the counts, one is "N passed, N failed". */
#include "look.h"
#include "trace.h"
#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <search.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CALLS_MAX 20000
#define ROOT_OPEN 8 /* by this call the --root folder is open */
#define STORE "var/lib/gpurom"

static const int errnos[] = {EIO, ENOSPC, EDQUOT, EROFS, EINTR};
#define ERRNOS (sizeof(errnos) / sizeof(errnos[0]))

struct bench {
	const char *seed, *copy;
	char *commit[6], *verify[5];
	char old[TREE_PATH_MAX];   /* the store before */
	char new[TREE_PATH_MAX];   /* the store after, kept beside */
	char store[TREE_PATH_MAX]; /* the store that is written to */
	char kmsg[TREE_PATH_MAX];
	char *before, *after; /* what var and run hold */
	char *staged;
	int out;
	bool changes[CALLS_MAX]; /* calls of a commit that meets no fault, from 1 */
	bool writes[CALLS_MAX];
	unsigned long calls;
	void *ended; /* states that were led to their end */
	unsigned long runs, deaths, errors, shorts, harmless, states;
	unsigned long failed;
};

/* --- the machine ----------------------------------------------------------------------------- */

static char *text_below(const struct bench *b, const char *folder)
{
	char path[TREE_PATH_MAX];

	return tree_text(tree_join(path, b->copy, folder));
}

static char *state(const struct bench *b)
{
	char *var = text_below(b, "var/lib"), *run = text_below(b, "run"), *both = NULL;

	if (asprintf(&both, "%s%s", var, run) < 0)
		tree_die("memory");
	free(var);
	free(run);
	return both;
}

static void reset(const struct bench *b)
{
	static const char *const folders[] = {"var/lib", "run"};
	char from[TREE_PATH_MAX], to[TREE_PATH_MAX];

	for (size_t i = 0; i < 2; i++) {
		tree_join(to, b->copy, folders[i]);
		tree_empty(to);
		tree_copy(tree_join(from, b->seed, folders[i]), to);
	}
}

static void clear_log(const struct bench *b)
{
	if (truncate(b->kmsg, 0) < 0 || ftruncate(b->out, 0) < 0 || lseek(b->out, 0, SEEK_SET) < 0)
		tree_die(b->kmsg);
}

static int run(const struct bench *b, char *const argv[], const struct trace_fault *f,
	       struct trace_ran *ret)
{
	int err = trace_run(argv, b->out, f, ret);

	if (err) {
		errno = -err;
		tree_die(err == -ENOSYS ? "faults: works on x86-64 only" : argv[0]);
	}
	return ret->status;
}

static int run_plain(const struct bench *b, char *const argv[])
{
	pid_t pid = fork();
	int status = -1;

	if (pid == 0) {
		dup2(b->out, STDOUT_FILENO);
		dup2(b->out, STDERR_FILENO);
		execv(argv[0], argv);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		tree_die(argv[0]);
	return status;
}

/* --- one fault ------------------------------------------------------------------------------- */

struct fault_name {
	char text[80];
};

static __attribute__((format(printf, 3, 4))) void wrong(struct bench *b, const struct fault_name *n,
							const char *fmt, ...)
{
	va_list ap;

	b->failed++;
	printf("%s: ", n->text);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

static struct fault_name name_of(const struct trace_fault *f, const struct trace_ran *r)
{
	struct fault_name n;
	const char *what = f->how == TRACE_ERRNO	 ? strerrorname_np(f->err)
			   : f->how == TRACE_SHORT	 ? "short"
			   : f->how == TRACE_KILL_BEFORE ? "killed before"
							 : "killed after";

	snprintf(n.text, sizeof(n.text), "call %lu, %s: %s", f->at, trace_name(r->nr), what);
	return n;
}

/* Says a line of a warning's level, or more, about the store or what was staged. */
static bool has_reported(const struct bench *b)
{
	size_t n = 0;
	char *log = tree_read(b->kmsg, &n);
	bool yes = lseek(b->out, 0, SEEK_END) > 0;

	for (const char *p = log; p && !yes && (p = strchr(p, '<')); p++)
		yes = p[1] >= '0' && p[1] <= '4' && p[2] == '>' &&
		      (strstr(p, "commit: ") || strstr(p, "what is new is in") ||
		       strstr(p, "staged ") || strstr(p, "put aside"));
	free(log);
	return yes;
}

static void look_staged(struct bench *b, const struct fault_name *n)
{
	char *is = text_below(b, "run/gpurom/staged");

	if (strcmp(is, b->staged) != 0)
		wrong(b, n, "what is staged has changed");
	free(is);
}

/* The commit after it. */
static void lead_to_end(struct bench *b, const struct fault_name *n)
{
	struct look_wish w = {.old = b->old, .new = b->new, .be_new = true};
	char *is, *should = tree_text(b->new);

	if (run_plain(b, b->commit) != 0)
		wrong(b, n, "the commit after it failed");
	if (look(b->store, &w, stdout))
		wrong(b, n, "the commit after it did not lead to the end");
	is = tree_text(b->store);
	if (strcmp(is, should) != 0)
		wrong(b, n, "after the commit after it there is:\n%sand should be:\n%s", is,
		      should);
	if (run_plain(b, b->verify) != 0)
		wrong(b, n, "verify finds fault with what the commit after it left");
	free(is);
	free(should);
}

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Takes the text over. */
static bool is_first(struct bench *b, char *text)
{
	char **at = tsearch(text, &b->ended, compare);

	if (at && *at == text)
		return true;
	if (!at)
		tree_die("memory");
	free(text);
	return false;
}

/* The --root folder itself could not be opened: said on the standard error, nothing begun. */
static bool is_start(const struct bench *b, const struct trace_fault *f, const char *is)
{
	return f->at <= ROOT_OPEN && lseek(b->out, 0, SEEK_END) > 0 && strcmp(is, b->before) == 0;
}

static void judge(struct bench *b, const struct trace_fault *f, const struct trace_ran *r)
{
	struct look_wish w = {.old = b->old, .new = b->new};
	struct fault_name n = name_of(f, r);
	bool killed = f->how == TRACE_KILL_BEFORE || f->how == TRACE_KILL_AFTER;
	char *is = state(b);

	w.went_on = !killed;
	if (killed ? !WIFSIGNALED(r->status) : r->status != 0 && !is_start(b, f, is))
		wrong(b, &n, "status %#x", (unsigned)r->status);
	if (look(b->store, &w, stdout))
		wrong(b, &n, "a reader finds neither the old state nor the new");
	look_staged(b, &n);
	if (strcmp(is, b->after) == 0)
		b->harmless += !killed;
	else if (!killed && !has_reported(b))
		wrong(b, &n, "not reported");
	if (strcmp(is, b->before) == 0 && b->ended) {
		free(is); /* the state in which every run begins */
		return;
	}
	if (is_first(b, is)) {
		b->states++;
		lead_to_end(b, &n);
	}
	reset(b);
}

static void try(struct bench *b, enum trace_how how, unsigned long at, int err)
{
	struct trace_fault f = {.how = how, .at = at, .err = err};
	unsigned long failed = b->failed;
	struct trace_ran r;

	clear_log(b);
	run(b, b->commit, &f, &r);
	if (!r.made) {
		/* Whatever it did, it met no fault; but it did something. */
		reset(b);
		return;
	}
	b->runs++;
	b->deaths += how == TRACE_KILL_BEFORE || how == TRACE_KILL_AFTER;
	b->errors += how == TRACE_ERRNO;
	b->shorts += how == TRACE_SHORT;
	judge(b, &f, &r);
	if (b->failed > failed)
		b->failed = failed + 1;
}

/* --- all faults ------------------------------------------------------------------------------ */

static void seen(void *ctx, long nr, const unsigned long long args[6])
{
	static const long changing[] = {SYS_write,    SYS_pwrite64,  SYS_writev,   SYS_mkdirat,
					SYS_unlinkat, SYS_renameat,  SYS_linkat,   SYS_symlinkat,
					SYS_fchmod,   SYS_fchmodat,  SYS_fsync,	   SYS_fdatasync,
					SYS_flock,    SYS_renameat2, SYS_ftruncate};
	struct bench *b = ctx;

	if (++b->calls >= CALLS_MAX)
		tree_die("more calls than there is room for");
	b->writes[b->calls] = nr == SYS_write || nr == SYS_pwrite64;
	b->changes[b->calls] = nr == SYS_openat && args[2] & O_CREAT;
	for (size_t i = 0; i < sizeof(changing) / sizeof(changing[0]); i++)
		b->changes[b->calls] |= nr == changing[i];
}

/* The state before, the calls, and the state after. */
static void learn(struct bench *b)
{
	struct trace_fault f = {.how = TRACE_NOTHING, .seen = seen, .ctx = b};
	struct trace_ran r;
	char store[TREE_PATH_MAX];

	reset(b);
	clear_log(b);
	b->before = state(b);
	b->staged = text_below(b, "run/gpurom/staged");
	if (run(b, b->commit, &f, &r) != 0 || run_plain(b, b->verify) != 0)
		tree_die("faults: a commit without any fault failed");
	b->after = state(b);
	tree_copy(tree_join(store, b->copy, STORE), b->new);
	if (strcmp(b->before, b->after) == 0 || !*b->staged)
		tree_die("faults: that machine has nothing to commit");
	reset(b);
}

static void try_all(struct bench *b, unsigned long step, unsigned long n)
{
	try(b, TRACE_KILL_BEFORE, 1, 0);
	for (unsigned long k = 1; k <= b->calls; k++) {
		if (!b->changes[k] && k % step)
			continue;
		try(b, TRACE_KILL_AFTER, k, 0);
		for (size_t i = 0; i < (b->changes[k] ? n : 1); i++)
			try(b, TRACE_ERRNO, k,
			    errnos[(k / (b->changes[k] ? 1 : step) + i) % ERRNOS]);
		if (b->writes[k])
			try(b, TRACE_SHORT, k, 0);
	}
}

static void set_up(struct bench *b, char *seed, char *copy, char *gpurom)
{
	char path[TREE_PATH_MAX];

	b->seed = seed;
	b->copy = copy;
	memcpy(b->commit, (char *[]){gpurom, "--root", copy, "--initramfs", "commit", NULL},
	       sizeof(b->commit));
	memcpy(b->verify, (char *[]){gpurom, "--root", copy, "verify", NULL}, sizeof(b->verify));
	tree_copy(seed, copy);
	tree_join(b->old, seed, STORE);
	tree_join(b->store, copy, STORE);
	tree_join(b->kmsg, copy, "dev/kmsg");
	tree_join(b->new, copy, "new");
	b->out = open(tree_join(path, copy, "out"), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (b->out < 0)
		tree_die(path);
}

int main(int argc, char **argv)
{
	unsigned long step = argc == 6 ? strtoul(argv[1], NULL, 10) : 0;
	unsigned long n = argc == 6 ? strtoul(argv[2], NULL, 10) : 0;
	static struct bench b;

	if (!step || !n || n > ERRNOS) {
		fprintf(stderr, "usage: faults STEP ERRNOS SEED WORK GPUROM\n");
		return 125;
	}
	umask(022);
	setvbuf(stdout, NULL, _IOLBF, 0);
	set_up(&b, argv[3], argv[4], argv[5]);
	learn(&b);
	try_all(&b, step, n);
	printf("%lu calls, %lu faults (%lu deaths, %lu errors, %lu short writes), %lu errors without "
	       "effect, %lu states led to their end, %lu violations\n",
	       b.calls, b.runs, b.deaths, b.errors, b.shorts, b.harmless, b.states, b.failed);
	printf("%lu passed, %lu failed\n", b.runs - b.failed, b.failed);
	return b.failed > 0;
}
