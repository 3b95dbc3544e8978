// SPDX-License-Identifier: GPL-2.0-or-later
/* gpurom-domain: does a VM's definition still refer to the card that it was written for? */
#include "guard/card.h"
#include "host/exit.h"
#include "libvirt/domain.h"
#include "libvirt/proxmox.h"
#include "sys/deadline.h"
#include "sys/file.h"
#include "sys/version.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define HOOK_MS                                                                                    \
	30000 /* then the VM starts unchecked: dead hardware or a dead disk keeps the check */
#define HOOK_POLL_MS 20

/* Filled by main and read_all; read by the commands. */
struct job {
	struct root root;
	const char *cmdline;
	const char *proxmox; /* NULL: XML on standard input; else a VM's number, or a file */
	bool warn_only, hook, diff, json;
	uint8_t xml[DOMXML_SIZE_MAX + 1];
	size_t n;
	struct bytes text; /* the definition */
	struct pvevm pve;
	struct vm domain;
	struct host host;
};

static int fail(const char *what, const char *why)
{
	fprintf(stderr, "gpurom-domain: %s: %s\n", what, why);
	return EXIT_FAILED;
}

static const char usage_text[] =
	"usage: gpurom-domain [--root DIR] [--cmdline TEXT] check [--warn-only] [--hook]\n"
	"                     [--json] [--proxmox VM]\n"
	"       gpurom-domain [--root DIR] [--cmdline TEXT] fix [--diff] [--proxmox VM]\n";

static int usage(const char *why)
{
	fprintf(stderr, "gpurom-domain: %s\n%s", why, usage_text);
	return EXIT_USAGE;
}

static void help(void)
{
	fputs(usage_text, stdout);
	fputs("\n"
	      "A libvirt domain's XML comes on standard input: virsh dumpxml --inactive VM\n"
	      "\n"
	      "  check           says what is wrong with its graphics cards and their romfiles\n"
	      "    --warn-only   exit status 0 all the same\n"
	      "    --hook        for a hook: does what guard= in gpurom.conf says\n"
	      "    --json        prints what is wrong as JSON\n"
	      "  fix             prints it with their addresses as they are now\n"
	      "    --diff        prints the difference\n"
	      "    --proxmox VM  a VM of Proxmox VE instead: its number, or a file such as\n"
	      "                  /etc/pve/qemu-server/100.conf; standard input is not read\n"
	      "\n"
	      "  --root DIR      everything below DIR instead of /\n"
	      "  --cmdline TEXT  instead of /proc/cmdline\n"
	      "\n"
	      "exit status: 0 done, 1 failed, 2 usage, 3 attention. Manual: man gpurom-domain\n",
	      stdout);
}

/* One byte past the limit shows that there is more. */
static int read_all(struct job *j)
{
	ssize_t r;

	while (j->n < sizeof(j->xml)) {
		r = read(STDIN_FILENO, j->xml + j->n, sizeof(j->xml) - j->n);
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -errno;
		if (r == 0)
			return 0;
		j->n += (size_t)r;
	}
	return 0;
}

static int load_definition(struct job *j)
{
	char why[PVEVM_WHY_MAX];

	if (!j->proxmox) {
		j->text = (struct bytes){j->xml, j->n};
		return domxml_parse(j->text, &j->domain, why) < 0 ? fail("standard input", why)
								  : EXIT_DONE;
	}
	if (pvevm_load(&j->root, j->proxmox, &j->pve, &j->domain, why) < 0)
		return fail(j->proxmox, why);
	j->text = j->pve.conf.text;
	return EXIT_DONE;
}

static bool has_devices(const struct job *j)
{
	if (j->domain.n)
		return true;
	for (unsigned i = 0; j->proxmox && i < PVECONF_HOSTPCI_MAX; i++)
		if (j->pve.parsed.hostpci[i].mapping[0])
			return true;
	return false;
}

static int load(struct job *j)
{
	int err = load_definition(j);

	if (err != EXIT_DONE)
		return err;
	/* Without host devices not even the buses are read. */
	err = has_devices(j) ? host_add(&j->host, HOST_SCAN_ALL | HOST_RECORD | HOST_REPORT) : 0;
	vm_find_virtual(&j->domain, &j->host.scan);
	return err ? fail("the PCI buses cannot be read", strerror(-err)) : EXIT_DONE;
}

static void find_faults(struct job *j, struct faults *f)
{
	domain_check(&j->host, &j->domain, f);
	if (j->proxmox)
		pvevm_check(&j->host, &j->pve, f);
}

/* {"version":1,"vm":...,"faults":[{"address":...,"level":"fault"|"warning","text":...}]} */
static int print_json(struct job *j, struct faults *f)
{
	static struct json_writer w;
	cJSON *all;
	char *text;

	w = (struct json_writer){.o = cJSON_CreateObject()};
	json_put_int(&w, "version", 1);
	json_put_text(&w, "vm", j->domain.name);
	f->json = &w;
	f->list = cJSON_CreateArray();
	json_put(&w, "faults", f->list);
	find_faults(j, f);
	all = json_done(&w);
	text = all ? cJSON_Print(all) : NULL;
	cJSON_Delete(all);
	if (!text)
		return fail("check", strerror(ENOMEM));
	puts(text);
	cJSON_free(text);
	return fflush(stdout) != 0 || ferror(stdout) ? fail("standard output", strerror(errno))
						     : EXIT_DONE;
}

static int check(struct job *j)
{
	struct faults f = {.domain = &j->domain};
	const struct config *c = &j->host.config;
	/* libvirt shows nothing that a successful hook prints. */
	bool to_log = j->hook && c->guard == GUARD_WARN;
	int r;

	if (j->hook && (c->guard == GUARD_OFF || c->mode == MODE_OFF))
		return EXIT_DONE;
	r = load(j);
	if (r != EXIT_DONE)
		return r;
	f.log = to_log ? &j->root : NULL;
	f.journal = j->hook ? &j->root : NULL;
	if (j->json)
		r = print_json(j, &f);
	else
		find_faults(j, &f);
	return r != EXIT_DONE ? r : f.n && !to_log && !j->warn_only ? EXIT_ATTENTION : EXIT_DONE;
}

static int fix(struct job *j)
{
	int r = load(j);

	if (r != EXIT_DONE)
		return r;
	r = domain_fix(&j->host, &j->domain, j->text, j->diff);
	if (r < 0)
		return fail("fix", strerror(-r));
	if (r > 0)
		return EXIT_ATTENTION;
	if (fflush(stdout) != 0 || ferror(stdout))
		return fail("standard output", strerror(errno));
	return EXIT_DONE;
}

static int run_command(struct job *j, bool is_check)
{
	int r;

	(void)host_load(&j->root, j->cmdline, 0, &j->host);
	r = is_check ? check(j) : fix(j);
	host_free(&j->host);
	pvevm_free(&j->pve);
	return r;
}

/* Copies what the child has printed to our standard error. False at its end. */
static bool relay(int fd, int ms)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	char text[512];
	ssize_t n;

	if (poll(&p, 1, ms) <= 0)
		return true;
	n = read(fd, text, sizeof(text));
	if (n > 0)
		(void)!write(STDERR_FILENO, text, (size_t)n);
	return n > 0;
}

/* A hook must answer, whatever sleeps in the kernel: a signal does not end that, so the check runs
 * in a child that may be left behind. libvirt waits for the end of our output, so the child writes
 * into a pipe of its own. */
static int run_watched(struct job *j)
{
	unsigned long long until = deadline_now_us() + HOOK_MS * 1000ull;
	int fd[2], status, ended = 0;
	bool open = true;
	pid_t pid;

	if (pipe2(fd, O_CLOEXEC) < 0 || (pid = fork()) < 0)
		return fail("check", strerror(errno));
	if (pid == 0) {
		close(STDIN_FILENO);
		dup2(fd[1], STDOUT_FILENO);
		dup2(fd[1], STDERR_FILENO);
		_exit(run_command(j, true));
	}
	close(fd[1]);
	while (ended == 0 && deadline_left_ms(until) > 0) {
		if (open)
			open = relay(fd[0], HOOK_POLL_MS);
		else
			poll(NULL, 0, HOOK_POLL_MS);
		ended = waitpid(pid, &status, WNOHANG);
	}
	while (ended > 0 && open && poll(&(struct pollfd){.fd = fd[0], .events = POLLIN}, 1, 0) > 0)
		open = relay(fd[0], 0);
	if (ended > 0)
		return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILED;
	kill(pid, SIGKILL);
	return fail("check",
		    "no answer in time: a device, or the disk with the store, does not answer");
}

static int run(struct job *j, int argc, char **argv)
{
	static const struct option of_check[] = {{"warn-only", no_argument, NULL, 'w'},
						 {"hook", no_argument, NULL, 'h'},
						 {"json", no_argument, NULL, 'j'},
						 {"proxmox", required_argument, NULL, 'p'},
						 {NULL, 0, NULL, 0}},
				   of_fix[] = {{"diff", no_argument, NULL, 'd'},
					       {"proxmox", required_argument, NULL, 'p'},
					       {NULL, 0, NULL, 0}};
	bool is_check = strcmp(argv[0], "check") == 0;
	int o;

	if (!is_check && strcmp(argv[0], "fix") != 0)
		return usage("check or fix is needed");
	optind = 0; /* musl and glibc: start afresh */
	while ((o = getopt_long(argc, argv, "", is_check ? of_check : of_fix, NULL)) != -1) {
		if (o == 'w')
			j->warn_only = true;
		else if (o == 'h')
			j->hook = true;
		else if (o == 'd')
			j->diff = true;
		else if (o == 'j')
			j->json = true;
		else if (o == 'p')
			j->proxmox = optarg;
		else
			return usage("unknown option");
	}
	if (optind != argc)
		return usage(j->proxmox ? "one VM at a time" : "the XML comes on standard input");
	if (j->hook && j->json)
		return usage("--hook prints no JSON");
	if (j->hook && !j->proxmox)
		alarm(HOOK_MS / 1000); /* for a caller who does not end the XML */
	o = j->proxmox ? 0 : read_all(j);
	alarm(0);
	if (o)
		return fail("standard input", strerror(-o));
	if (j->hook)
		return run_watched(j);
	return run_command(j, is_check);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {{"root", required_argument, NULL, 'r'},
						{"cmdline", required_argument, NULL, 'c'},
						{"help", no_argument, NULL, 'h'},
						{"version", no_argument, NULL, 'V'},
						{NULL, 0, NULL, 0}};
	static struct job j; /* zeroed: a megabyte */
	const char *path = "/";
	int o, r;

	standardfiles_open();
	signal(SIGPIPE, SIG_IGN);
	while ((o = getopt_long(argc, argv, "+hV", options, NULL)) != -1) {
		if (o == 'r') {
			path = optarg;
		} else if (o == 'c') {
			j.cmdline = optarg;
		} else if (o == 'V') {
			printf("gpurom-domain %s\n", program_version);
			return EXIT_DONE;
		} else if (o == 'h') {
			help();
			return EXIT_DONE;
		} else {
			return EXIT_USAGE;
		}
	}
	if (optind == argc)
		return usage("check or fix is needed");
	r = root_open(path, &j.root);
	if (r < 0)
		return fail(path, strerror(-r));
	r = run(&j, argc - optind, argv + optind);
	root_close(&j.root);
	return r;
}
