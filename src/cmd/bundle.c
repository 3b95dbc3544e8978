// SPDX-License-Identifier: GPL-2.0-or-later
/* gpurom bundle: what gpurom's answers depend on, of this machine, in one file for a bug report.
 * `gpurom --root` of the unpacked file gives the same answers. */
#include "cmd/cmd.h"

#include "cmd/bundle-copy.h"
#include "cmd/options.h"
#include "cmd/outfile.h"
#include "sys/deadline.h"
#include "sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define FOLDER "gpurom-bundle" /* all of it is below this: unpacked in "/" it changes nothing */
#define README FOLDER "/README"
#define MACHINE_ID "etc/machine-id"
#define HOSTNAME "proc/sys/kernel/hostname"
#define SCRATCH "/tmp/gpurom-bundle.XXXXXX"
#define BUNDLE_MAX (256u << 20) /* bytes of the file; a machine of 4,000 functions has 20 MiB */
#define READ_STEP 65536
#define PROGRESS_US 2000000

static const char readme[] =
	"This is what gpurom's answers depend on, of one machine. 'gpurom bundle' made it.\n"
	"\n"
	"    gpurom --root gpurom-bundle list\n"
	"\n"
	"and plan, report, snippet and resolve answer as on that machine. The snippets' line with\n"
	"the host's name is missing. Romfiles have their names and sizes, and no content: verify\n"
	"calls each of them damaged.\n"
	"\n"
	"In it: PCI functions, IOMMU groups and slots as sysfs has them; the configuration space of\n"
	"graphics cards; the configuration without comments; gpurom's words, and those about IOMMU,\n"
	"drivers and consoles, of the kernel command line (a '-' stands for each other word); what\n"
	"modprobe.d and depmod say of the cards' drivers; gpurom's record and report; in kernel.log\n"
	"the kernel's lines about gpurom, the cards and their drivers. The file left-out, if there\n"
	"is one, names what could not be read.\n"
	"\n"
	"Not in it: ROMs, the firmware's copies of them, the names of host and users, definitions of\n"
	"VMs, SMBIOS but for its slots. Names of files that somebody imported are in the record; the\n"
	"path of the store is as it was set.\n";
static const char readme_hidden[] =
	"\nThe serial numbers are made up: each stands for one that the machine has, the same one\n"
	"wherever it stands.\n";
static const char readme_serials[] = "\nThe serial numbers of cards are in it (--serials).\n";

static bool ends_in(const char *text, const char *end)
{
	const size_t n = strlen(text), m = strlen(end);

	return n > m && strcmp(text + n - m, end) == 0;
}

static bool is_stdout(const char *file)
{
	return strcmp(file, "-") == 0;
}

/* --- the folder ------------------------------------------------------------------------------ */

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st, (void)type, (void)at;
	return remove(path);
}

static void show_progress(size_t done, size_t all)
{
	static unsigned long long next;
	const unsigned long long now = deadline_now_us();

	if (!next)
		next = now + PROGRESS_US;
	if (now < next)
		return;
	fprintf(stderr, "gpurom: bundle: %zu of %zu files\n", done, all);
	next = now + PROGRESS_US;
}

static int write_readme(const char *scratch, bool serials)
{
	char path[PATH_MAX], text[sizeof(readme) + sizeof(readme_hidden)];
	int n = snprintf(text, sizeof(text), "%s%s", readme,
			 serials ? readme_serials : readme_hidden);

	snprintf(path, sizeof(path), "%s/" README, scratch);
	return file_publish_new(AT_FDCWD, path, text, (size_t)n, 0644);
}

static bool read_word(const struct root *root, const char *path, char *ret, size_t size)
{
	uint8_t *text;
	size_t n;

	if (file_read_regular(root->fd, path, size, &text, &n) < 0)
		return false;
	snprintf(ret, size, "%.*s", (int)strcspn((char *)text, "\n"), (char *)text);
	free(text);
	return *ret;
}

/* serials: they are to stay. Without the machine's id the made-up numbers are others in each
 * bundle. */
static void load_secrets(const struct root *root, bool serials, struct bundle_secrets *ret)
{
	uint64_t r[2] = {0};

	*ret = (struct bundle_secrets){.serials = serials};
	(void)read_word(root, HOSTNAME, ret->host, sizeof(ret->host));
	if (read_word(root, MACHINE_ID, ret->key, sizeof(ret->key)))
		return;
	(void)!getrandom(r, sizeof(r), 0);
	snprintf(ret->key, sizeof(ret->key), "%016llx%016llx", (unsigned long long)r[0],
		 (unsigned long long)r[1]);
}

static int fill(const struct host *h, const char *scratch, bool serials, struct bundle_copied *ret)
{
	struct bundle_secrets secrets;
	char to[PATH_MAX];
	int r;

	snprintf(to, sizeof(to), "%s/" FOLDER, scratch);
	if (mkdir(to, 0755) < 0)
		return -errno;
	load_secrets(h->root, serials, &secrets);
	r = bundle_copy(h, &secrets, to, show_progress, ret);
	return r < 0 ? r : write_readme(scratch, serials);
}

/* --- tar ------------------------------------------------------------------------------------- */

static bool in_path(const char *program)
{
	const char *at = getenv("PATH");
	char path[PATH_MAX];

	for (size_t n; at && *at; at += n + (at[n] == ':')) {
		n = strcspn(at, ":");
		snprintf(path, sizeof(path), "%.*s/%s", (int)n, at, program);
		if (access(path, X_OK) == 0)
			return true;
	}
	return false;
}

/* The same files give the same bytes, whoever packs them and when. */
static _Noreturn void run_tar(const char *scratch, bool zstd, int out)
{
	const char *argv[] = {"tar",
			      "-C",
			      scratch,
			      "--sort=name",
			      "--mtime=@0",
			      "--owner=0",
			      "--group=0",
			      "--numeric-owner",
			      "--mode=u=rwX,go=rX",
			      "--format=gnu",
			      "--sparse",
			      "--hole-detection=raw",
			      "-cf",
			      "-",
			      zstd ? "--zstd" : FOLDER,
			      zstd ? FOLDER : NULL,
			      NULL};

	(void)unsetenv("TAR_OPTIONS");
	(void)setenv("LC_ALL", "C", 1);
	if (dup2(out, STDOUT_FILENO) >= 0)
		(void)execvp("tar", (char *const *)argv);
	_exit(127);
}

/* The caller frees *ret. */
static int read_all(int fd, uint8_t **ret, size_t *ret_n)
{
	size_t n = 0, room = 0;
	uint8_t *text = NULL, *more;
	ssize_t got = 1;

	while (got > 0 || (got < 0 && errno == EINTR)) {
		if (room - n < READ_STEP) {
			room = 2 * room + READ_STEP;
			more = room > BUNDLE_MAX ? NULL : realloc(text, room);
			if (!more) {
				free(text);
				return room > BUNDLE_MAX ? -EFBIG : -ENOMEM;
			}
			text = more;
		}
		got = read(fd, text + n, READ_STEP);
		n += got > 0 ? (size_t)got : 0;
	}
	*ret = text;
	*ret_n = n;
	return 0;
}

/* Returns 0, -errno, or -ECHILD where tar failed, which has printed why. */
static int pack(const char *scratch, bool zstd, uint8_t **ret, size_t *ret_n)
{
	int fd[2], r, status = 0;
	pid_t pid;

	if (pipe2(fd, O_CLOEXEC) < 0)
		return -errno;
	pid = fork();
	if (pid == 0)
		run_tar(scratch, zstd, fd[1]);
	r = pid < 0 ? -errno : 0;
	close(fd[1]);
	if (r == 0)
		r = read_all(fd[0], ret, ret_n);
	close(fd[0]);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (r == 0 && status) {
		free(*ret);
		r = -ECHILD;
	}
	return r;
}

/* --- the command ----------------------------------------------------------------------------- */

static int put(const char *file, struct bytes b, bool force)
{
	int r;

	if (!is_stdout(file)) {
		r = outfile_publish(file, b, force);
		return r < 0 ? cmd_fail(file, strerror(-r)) : EXIT_DONE;
	}
	return fwrite(b.p, 1, b.n, stdout) == b.n ? EXIT_DONE
						  : cmd_fail("standard output", strerror(errno));
}

static void print_result(const char *file, const struct bundle_copied *c, size_t size, bool serials)
{
	FILE *out = is_stdout(file) ? stderr : stdout;

	if (c->left_out)
		fprintf(stderr,
			"gpurom: bundle: %zu files could not be read (the first: %s); its file " BUNDLE_LEFT_OUT
			" names them\n",
			c->left_out, c->first);
	fprintf(out, "%s: %zu files of this machine, %zu KiB; no ROM, no name of the host, %s\n",
		is_stdout(file) ? "bundle" : file, c->files, (size + 1023) / 1024,
		serials ? "but serial numbers of cards" : "no serial number");
}

static int make(const struct host *h, const struct options *o, const char *scratch)
{
	const char *file = o->args[0];
	const bool serials = o->given['s'];
	struct bundle_copied copied;
	struct bytes b;
	uint8_t *p = NULL;
	int r = fill(h, scratch, serials, &copied);

	if (r < 0)
		return cmd_fail(scratch, strerror(-r));
	r = pack(scratch, ends_in(file, ".zst"), &p, &b.n);
	if (r < 0)
		return cmd_fail("tar", r == -ECHILD ? "failed: it must be GNU tar 1.28 or later"
						    : strerror(-r));
	b.p = p;
	r = put(file, b, o->given['f']);
	free(p);
	if (r == EXIT_DONE)
		print_result(file, &copied, b.n, serials);
	return r;
}

static bool is_bundle_name(const char *file)
{
	return is_stdout(file) || ends_in(file, ".tar") || ends_in(file, ".tar.zst");
}

static const char *why_not(const struct options *o)
{
	if (!in_path("tar"))
		return "tar is not installed, which packs it";
	if (ends_in(o->args[0], ".zst") && !in_path("zstd"))
		return "zstd is not installed: name a file that ends in .tar";
	if (is_stdout(o->args[0]))
		return isatty(STDOUT_FILENO) ? "standard output is a terminal" : NULL;
	return outfile_refused(o->args[0], NULL, o->given['f']);
}

/* What ends a command that a person or a service manager has enough of. */
static const int enders[] = {SIGINT, SIGTERM, SIGHUP};

/* Passes on what ends this process, until the child has ended. set: those and SIGCHLD, blocked.
 * Returns the child's status, as waitpid has it. */
static int wait_for(pid_t child, const sigset_t *set)
{
	int status;

	for (;;) {
		int sig = sigwaitinfo(set, NULL);

		if (sig > 0 && sig != SIGCHLD)
			kill(child, sig);
		else if (waitpid(child, &status, WNOHANG) == child)
			return status;
	}
}

/* In a child: who ends the command leaves no folder behind, and what removes one is no work for a
 * signal's handler. Ends as the child did. */
static int make_and_clean(const struct host *h, const struct options *o, char *scratch)
{
	sigset_t set, before;
	int status;
	pid_t child;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	for (size_t i = 0; i < sizeof(enders) / sizeof(enders[0]); i++)
		sigaddset(&set, enders[i]);
	sigprocmask(SIG_BLOCK, &set, &before);
	fflush(NULL);
	child = fork();
	if (child == 0) {
		sigprocmask(SIG_SETMASK, &before, NULL);
		status = make(h, o, scratch);
		fflush(NULL);
		_exit(status);
	}
	status = child < 0 ? -errno : wait_for(child, &set);
	(void)nftw(scratch, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (child < 0)
		return cmd_fail("bundle", strerror(-status));
	if (WIFSIGNALED(status))
		raise(WTERMSIG(status));
	return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILED;
}

static int run(const struct cmd_env *env, const struct options *o)
{
	const char *why = why_not(o);
	char scratch[] = SCRATCH;
	struct host h;
	int r;

	if (!is_bundle_name(o->args[0]))
		return cmd_usage(&cmd_bundle,
				 "the file's name must end in .tar or .tar.zst, or be -");
	if (why)
		return cmd_fail(o->args[0], why);
	r = cmd_load(env, HOST_SCAN, &h);
	umask(022);
	if (r == EXIT_DONE && !mkdtemp(scratch))
		r = cmd_fail(scratch, strerror(errno));
	else if (r == EXIT_DONE)
		r = make_and_clean(&h, o, scratch);
	host_free(&h);
	return r;
}

const struct cmd cmd_bundle = {"bundle",
			       "FILE.tar[.zst]|- [--serials] [--force]",
			       "what a bug report needs of this machine, in one file",
			       .run = run,
			       .options = {{"serials", NO_ARG, 's'}, {"force", NO_ARG, 'f'}},
			       .arguments = {1, 1, "one file is needed"}};
