// SPDX-License-Identifier: GPL-2.0-or-later
/* gpurom-init: /gpurom/init of the extra archive (etc/gpurom-cpio), which the kernel starts
 * where its command line says rdinit=/gpurom/init. It runs `gpurom boot` before anything else of
 * the initramfs runs, puts everything back as the kernel had it, and becomes the initramfs's own
 * init, whatever went wrong. */
#include "init/carry.h"
#include "init/conf.h"
#include "init/step.h"
#include "sys/file.h"
#include "sys/log.h"
#include "sys/root.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define OUR_FOLDER "/gpurom"
#define OUR_PROGRAM OUR_FOLDER "/gpurom"
/* For `gpurom boot`, whose own deadlines add up to less (tests/build/limits.bats). */
#define INIT_BOOT_MS 400000

/* What gpurom needs, and the kernel has not mounted. */
struct need {
	const char *type, *at;
	bool made, mounted; /* set by mount_all: by us */
};

static void mount_all(const struct root *root, struct need *need, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		need[i].made = mkdir(need[i].at, 0755) == 0;
		need[i].mounted = mount(need[i].type, need[i].at, need[i].type,
					MS_NOSUID | MS_NOEXEC, NULL) == 0;
		if (!need[i].mounted && errno != EBUSY) /* busy: it is there */
			log_warn(root, "init: %s: cannot be mounted: %s", need[i].at,
				 strerror(errno));
	}
}

/* The real init finds what it would have found without us: some take a mounted /proc or /dev for a
 * sign that they run elsewhere. */
static void unmount_all(const struct need *need, size_t n)
{
	while (n-- > 0) {
		if (need[n].mounted)
			(void)umount2(need[n].at, MNT_DETACH);
		if (need[n].made)
			(void)rmdir(need[n].at);
	}
}

/* A crash kernel has other things to do. */
static void take_cards(const struct root *root)
{
	static const char *const boot[] = {OUR_PROGRAM, "--initramfs", "boot", NULL};
	int r;

	if (access("/proc/vmcore", F_OK) == 0)
		return;
	r = conf_put(root);
	if (r < 0) {
		log_warn(root,
			 "init: no place for the archive's configuration: %s: no card is taken, as "
			 "it may name cards to keep",
			 strerror(-r));
		return;
	}
	r = step_run(boot, INIT_BOOT_MS);
	if (r < 0)
		log_warn(root, "init: %s: %s; the boot goes on", OUR_PROGRAM,
			 r == -ETIMEDOUT ? "does not return" : strerror(-r));
	else if (r > 0)
		log_warn(root, "init: %s: exit status %d; the boot goes on", OUR_PROGRAM, r);
	r = carry_begin(root);
	if (r < 0)
		log_warn(root, "init: /" ROOT_RUN ": %s", strerror(-r));
}

/* A kernel that has no console starts us without open files: none of ours may be taken for one of
 * the three, which carry_begin closes. There may be no /dev/null yet. */
static void fill_standard_files(void)
{
	int fd = open("/", O_PATH | O_CLOEXEC);

	while (fd >= 0 && fd <= STDERR_FILENO)
		fd = open("/", O_PATH | O_CLOEXEC);
	if (fd >= 0)
		close(fd);
}

static void boot(void)
{
	struct need need[] = {{.type = "proc", .at = "/proc"},
			      {.type = "sysfs", .at = "/sys"},
			      {.type = "devtmpfs", .at = "/dev"}};
	const size_t n = sizeof(need) / sizeof(need[0]);
	struct root root;

	fill_standard_files();
	if (root_open("/", &root) < 0)
		return;
	log_kernel_only(true);
	mount_all(&root, need, n);
	take_cards(&root);
	unmount_all(need, n);
	root_close(&root);
}

/* The image's /init. For want of one, what the kernel looks for in a root (init/main.c): that it
 * would mount root= by itself, had it not found an archive, nobody can make up for. */
static void become_init(char **argv)
{
	static const char *const inits[] = {"/init", "/sbin/init", "/etc/init", "/bin/init",
					    "/bin/sh"};

	for (size_t i = 0; i < sizeof(inits) / sizeof(inits[0]); i++) {
		argv[0] = (char *)inits[i];
		execv(inits[i], argv);
		fprintf(stderr, "gpurom: init: %s: %s\n", inits[i], strerror(errno));
	}
}

int main(int argc, char **argv)
{
	(void)argc;
	if (getpid() != 1) {
		fputs("gpurom-init: only the kernel starts it, as the first process of an initramfs: "
		      "rdinit=" OUR_FOLDER "/init\n",
		      stderr);
		return 2;
	}
	boot();
	become_init(argv);
	return 1;
}
