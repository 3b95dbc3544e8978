// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/doctor-facts.h"

#include "host/exit.h"
#include "host/pve-file.h"
#include "proxmox/conf.h"
#include "sys/deadline.h"
#include "sys/file.h"
#include "sys/json.h"
#include "util/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct manager {
	const char *folder, *suffix;
} managers[] = {{"etc/libvirt/qemu", ".xml"}, {PVE_CONF_DIR, ".conf"}};

#define PROXMOX (&managers[1])

#define OUTPUT_MAX (1u << 18) /* bytes that one check may print */

struct check {
	const struct root *root;
	const char *program;
	char file[256];
	const char *number; /* of Proxmox VE's VM; NULL: libvirt's, whose XML is the file */
	struct answer {
		int status; /* the program's; -1: it gave no answer */
		size_t warnings;
		char text[DOCTOR_VM_TEXT_MAX];
	} * answer; /* shared with the child */
};

/* out, err: where what it prints goes. */
static void exec_check(const struct check *c, int out, int err)
{
	int in = c->number ? open("/dev/null", O_RDONLY)
			   : openat(c->root->fd, c->file, O_RDONLY | O_NOCTTY | O_NONBLOCK);

	/* It ends with the child that waits for it, whose time may be over. */
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (in < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0)
		_exit(127);
	execl(c->program, "gpurom-domain", "check", "--json",
	      c->number ? "--proxmox" : (char *)NULL, c->number, (char *)NULL);
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

/* Adds one to the answer's text, with "; " before it. */
static void add_text(struct answer *a, const char *before, const char *kind, const char *text)
{
	size_t at = strlen(a->text);

	snprintf(a->text + at, sizeof(a->text) - at, "%s%s%s%s", at ? "; " : "", before, kind,
		 text);
}

/* The file's bytes from its start, at most OUTPUT_MAX, and a NUL. The caller frees it; NULL: no
 * memory. */
static char *read_output(int fd, size_t *ret_n)
{
	char *text = malloc(OUTPUT_MAX + 1);
	ssize_t got = 0;

	*ret_n = 0;
	while (text && (got = pread(fd, text + *ret_n, OUTPUT_MAX - *ret_n, (off_t)*ret_n)) > 0)
		*ret_n += (size_t)got;
	if (text)
		text[*ret_n] = '\0';
	return text;
}

/* What went wrong where there is no JSON: lines of standard error. */
static void take_lines(int err, struct answer *a)
{
	size_t n;
	char *text = read_output(err, &n);

	for (char *line = text ? strtok(text, "\n") : NULL; line; line = strtok(NULL, "\n"))
		add_text(a, "", "", line_text(line));
	free(text);
}

static int take_fault(const cJSON *item, struct answer *a)
{
	static const char *const levels[] = {"fault", "warning"};
	struct json_reader r = {.o = item};
	char addr[PCI_ADDR_BUF + 2] = "", text[DOCTOR_VM_TEXT_MAX] = "";
	unsigned level = 0;

	json_get_word(&r, "level", levels, 2, &level);
	json_get_text(&r, "address", addr, PCI_ADDR_BUF);
	json_get_text(&r, "text", text, sizeof(text));
	if (addr[0])
		strcat(addr, ": ");
	add_text(a, addr, level ? "warning: " : "", text);
	a->warnings += level == 1;
	return r.err;
}

/* 0, or -EBADMSG where it is not what `gpurom-domain check --json` prints. */
static int take_json(int out, struct answer *a)
{
	size_t n;
	char *text = read_output(out, &n);
	cJSON *o = NULL;
	int err = text ? json_parse((uint8_t *)text, n, NULL, &o) : -ENOMEM;
	struct json_reader r = {.o = o};
	const cJSON *list = o ? json_get_array(&r, "faults", OUTPUT_MAX) : NULL, *item;

	if (!err && (r.err || !list))
		err = -EBADMSG;
	cJSON_ArrayForEach(item, list) if (!err) err = take_fault(item, a);
	cJSON_Delete(o);
	free(text);
	return err;
}

/* Runs in a child of its own: to start a program, and to wait for it, may take for ever. What the
 * program prints is in memory, so that it never waits for us to read it. */
static int run_check(void *arg)
{
	struct check *c = arg;
	int out = memfd_create("out", MFD_CLOEXEC), err = memfd_create("err", MFD_CLOEXEC);
	int status = 0;
	pid_t pid;

	if (out < 0 || err < 0)
		return -errno;
	pid = fork();
	if (pid == 0)
		exec_check(c, out, err);
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return -errno;
	c->answer->status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	if (c->answer->status != EXIT_DONE && c->answer->status != EXIT_ATTENTION) {
		take_lines(err, c->answer);
	} else if (take_json(out, c->answer) < 0) {
		c->answer->status = -1;
		c->answer->text[0] = '\0';
		add_text(c->answer, "", "", "what gpurom-domain prints is not understood");
	}
	text_clean(c->answer->text, "");
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
		   : c->answer->status == EXIT_ATTENTION ? DOCTOR_VM_WRONG
		   : c->answer->status != EXIT_DONE	 ? DOCTOR_VM_FAILED
		   : c->answer->warnings		 ? DOCTOR_VM_WARNED
							 : DOCTOR_VM_RIGHT;
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
		err = deadline_run(PVE_FILE_MS, list_names, l);
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
