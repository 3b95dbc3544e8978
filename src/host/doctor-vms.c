// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/doctor-facts.h"

#include "host/exit.h"
#include "host/pve-file.h"
#include "proxmox/conf.h"
#include "sys/deadline.h"
#include "sys/file.h"
#include "util/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct manager {
	const char *folder, *suffix;
} managers[] = {{"etc/libvirt/qemu", ".xml"}, {PVE_CONF_DIR, ".conf"}};

#define PROXMOX (&managers[1])

struct check {
	const struct root *root;
	const char *program;
	char file[256];
	const char *number; /* of Proxmox VE's VM; NULL: libvirt's, whose XML is the file */
	struct answer {
		int status;
		char text[DOCTOR_VM_TEXT_MAX];
	} * answer; /* shared with the child */
};

static void exec_check(const struct check *c, int err)
{
	int in = c->number ? open("/dev/null", O_RDONLY)
			   : openat(c->root->fd, c->file, O_RDONLY | O_NOCTTY | O_NONBLOCK);
	int null = open("/dev/null", O_WRONLY);

	/* It ends with the child that waits for it, whose time may be over. */
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (in < 0 || null < 0 || dup2(in, 0) < 0 || dup2(null, 1) < 0 || dup2(err, 2) < 0)
		_exit(127);
	execl(c->program, "gpurom-domain", "check", c->number ? "--proxmox" : (char *)NULL,
	      c->number, (char *)NULL);
	_exit(127);
}

/* line: one of standard error. Without "gpurom-domain: NAME: ", which the finding says already. */
static const char *line_text(const char *line)
{
	const char *colon;

	for (int i = 0; i < 2 && (colon = strstr(line, ": ")); i++)
		line = colon + 2;
	return line;
}

/* Each line, with "; " between them: a fault each. all: n bytes and room for a NUL. */
static void join_lines(char *all, size_t n, char ret[DOCTOR_VM_TEXT_MAX])
{
	size_t at = 0;

	all[n] = ret[0] = '\0';
	for (char *line = strtok(all, "\n"); line && at < DOCTOR_VM_TEXT_MAX;
	     line = strtok(NULL, "\n"))
		at += (size_t)snprintf(ret + at, DOCTOR_VM_TEXT_MAX - at, "%s%s", at ? "; " : "",
				       line_text(line));
	text_clean(ret, "");
}

/* Runs in a child of its own: a read of what the program says may wait for ever. */
static int run_check(void *arg)
{
	struct check *c = arg;
	char text[DOCTOR_VM_TEXT_MAX], rest[512];
	size_t n = 0;
	int fd[2], status = 0;
	ssize_t got;
	pid_t pid;

	if (pipe2(fd, O_CLOEXEC) < 0)
		return -errno;
	pid = fork();
	if (pid == 0)
		exec_check(c, fd[1]);
	close(fd[1]);
	if (pid < 0)
		return -errno;
	while (n < sizeof(text) - 1 && (got = read(fd[0], text + n, sizeof(text) - 1 - n)) > 0)
		n += (size_t)got;
	/* Or it would wait for us to read the rest. */
	while (read(fd[0], rest, sizeof(rest)) > 0)
		;
	join_lines(text, n, c->answer->text);
	if (waitpid(pid, &status, 0) < 0)
		return -errno;
	c->answer->status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	return 0;
}

static void check_one(struct check *c, unsigned ms, struct doctor_vm_facts *v)
{
	int err;

	*c->answer = (struct answer){.status = -1};
	err = ms ? deadline_run(ms, run_check, c) : -ETIMEDOUT;
	snprintf(v->text, sizeof(v->text), "%s",
		 err == -ETIMEDOUT ? "gpurom-domain did not end in time" : c->answer->text);
	v->state = err					 ? DOCTOR_VM_FAILED
		   : c->answer->status == EXIT_DONE	 ? DOCTOR_VM_RIGHT
		   : c->answer->status == EXIT_ATTENTION ? DOCTOR_VM_WRONG
							 : DOCTOR_VM_FAILED;
}

/* Shared with the child that reads the folder: /etc/pve may never answer. */
struct listing {
	const struct root *root;
	const struct manager *manager;
	char name[DOCTOR_VMS_MAX][DOCTOR_NAME_MAX];
	size_t n, lost;
};

static int list_names(void *arg)
{
	struct listing *l = arg;
	DIR *d = dir_open(l->root->fd, l->manager->folder, 0);
	const size_t suffix = strlen(l->manager->suffix);
	const struct dirent *e;

	while (d && (e = readdir(d))) {
		size_t n = strlen(e->d_name);

		if (n <= suffix || e->d_name[0] == '.' ||
		    strcmp(e->d_name + n - suffix, l->manager->suffix) != 0)
			continue;
		if (l->n == DOCTOR_VMS_MAX || n - suffix >= DOCTOR_NAME_MAX) {
			l->lost++;
			continue;
		}
		snprintf(l->name[l->n], DOCTOR_NAME_MAX, "%.*s", (int)(n - suffix), e->d_name);
		/* Another word would be a file, or an option, to gpurom-domain. */
		l->n += l->manager != PROXMOX || pveconf_is_vmid(l->name[l->n]);
	}
	if (d)
		closedir(d);
	return 0;
}

static void list_vms(const struct root *root, const struct manager *m, struct doctor_facts *ret)
{
	struct listing *l = deadline_shared(sizeof(*l));
	int err = -ENOMEM;

	if (l) {
		*l = (struct listing){.root = root, .manager = m};
		err = pvefile_run(root->fd, list_names, l);
	}
	if (err)
		snprintf(ret->vms_silent, sizeof(ret->vms_silent), "%s", m->folder);
	for (size_t i = 0; !err && i < l->n; i++) {
		if (ret->n_vms == DOCTOR_VMS_MAX) {
			ret->lost_vms += l->n - i;
			break;
		}
		strcpy(ret->vm[ret->n_vms].name, l->name[i]);
		ret->vm[ret->n_vms++].proxmox = m == PROXMOX;
	}
	ret->lost_vms += err ? 0 : l->lost;
	deadline_unshare(l, sizeof(*l));
}

static int compare_vms(const void *a, const void *b)
{
	return strcmp(((const struct doctor_vm_facts *)a)->name,
		      ((const struct doctor_vm_facts *)b)->name);
}

void doctor_gather_vms(const struct root *root, const char *program, struct doctor_facts *ret)
{
	struct check c = {.root = root, .program = program};
	unsigned long long until = deadline_now_us() + DOCTOR_VMS_ALL_MS * 1000ull;

	for (size_t i = 0; i < sizeof(managers) / sizeof(managers[0]); i++)
		list_vms(root, &managers[i], ret);
	qsort(ret->vm, ret->n_vms, sizeof(*ret->vm), compare_vms);
	c.answer = *program ? deadline_shared(sizeof(*c.answer)) : NULL;
	for (size_t i = 0; i < ret->n_vms; i++) {
		struct doctor_vm_facts *v = &ret->vm[i];
		unsigned left = deadline_left_ms(until);

		if (c.answer) {
			c.number = v->proxmox ? v->name : NULL;
			snprintf(c.file, sizeof(c.file), "%s/%s%s", managers[0].folder, v->name,
				 managers[0].suffix);
			check_one(&c, left < DOCTOR_VM_MS ? left : DOCTOR_VM_MS, v);
		} else {
			snprintf(v->text, sizeof(v->text), "%s",
				 ret->other_root ? "not below another root"
						 : "gpurom-domain is not installed beside gpurom");
		}
		text_clean(v->name, "");
	}
	deadline_unshare(c.answer, sizeof(*c.answer));
}
