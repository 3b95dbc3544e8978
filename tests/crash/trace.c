// SPDX-License-Identifier: GPL-2.0-or-later
#include "trace.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef __x86_64__

int trace_run(char *const argv[], int out, const struct trace_fault *f, struct trace_ran *ret)
{
	(void)argv, (void)out, (void)f, (void)ret;
	return -ENOSYS;
}

const char *trace_name(long nr)
{
	(void)nr;
	return "?";
}

#else

#include <linux/ptrace.h>
#include <sys/user.h>

#define SLOW_US 2000

/* What a fault means for a call. */
enum {
	MAY_EINTR = 1,	/* its manual page has EINTR, and it waits on a device or a lock */
	OF_MEMORY = 2,	/* has no errno but ENOMEM, whichever was asked for */
	NEVER_FAILS = 4 /* no error is possible, or none that leaves a program to speak of */
};

static const struct call {
	long nr;
	const char *name;
	unsigned is;
} calls[] = {
	{SYS_read, "read", MAY_EINTR},
	{SYS_pread64, "pread64", MAY_EINTR},
	{SYS_readv, "readv", MAY_EINTR},
	{SYS_write, "write", MAY_EINTR},
	{SYS_pwrite64, "pwrite64", MAY_EINTR},
	{SYS_writev, "writev", MAY_EINTR},
	{SYS_open, "open", MAY_EINTR},
	{SYS_openat, "openat", MAY_EINTR},
	{SYS_close, "close", MAY_EINTR},
	{SYS_fsync, "fsync", MAY_EINTR},
	{SYS_fdatasync, "fdatasync", MAY_EINTR},
	{SYS_sync, "sync", NEVER_FAILS},
	{SYS_syncfs, "syncfs", 0},
	{SYS_flock, "flock", MAY_EINTR},
	{SYS_nanosleep, "nanosleep", MAY_EINTR},
	{SYS_clock_nanosleep, "clock_nanosleep", MAY_EINTR},
	{SYS_ftruncate, "ftruncate", MAY_EINTR},
	{SYS_fallocate, "fallocate", MAY_EINTR},
	{SYS_getrandom, "getrandom", MAY_EINTR},
	{SYS_mkdirat, "mkdirat", 0},
	{SYS_unlinkat, "unlinkat", 0},
	{SYS_renameat, "renameat", 0},
	{SYS_renameat2, "renameat2", 0},
	{SYS_linkat, "linkat", 0},
	{SYS_symlinkat, "symlinkat", 0},
	{SYS_readlinkat, "readlinkat", 0},
	{SYS_fchmod, "fchmod", 0},
	{SYS_fchmodat, "fchmodat", 0},
	{SYS_fstat, "fstat", 0},
	{SYS_newfstatat, "newfstatat", 0},
	{SYS_faccessat, "faccessat", 0},
	{SYS_getdents64, "getdents64", 0},
	{SYS_lseek, "lseek", 0},
	{SYS_fcntl, "fcntl", 0},
	{SYS_ioctl, "ioctl", 0},
	{SYS_rt_sigaction, "rt_sigaction", 0},
	{SYS_rt_sigprocmask, "rt_sigprocmask", 0},
	{SYS_mmap, "mmap", OF_MEMORY},
	{SYS_munmap, "munmap", OF_MEMORY},
	{SYS_mprotect, "mprotect", OF_MEMORY},
	{SYS_madvise, "madvise", OF_MEMORY},
	{SYS_mremap, "mremap", OF_MEMORY},
	{SYS_getpid, "getpid", NEVER_FAILS},
	{SYS_gettid, "gettid", NEVER_FAILS},
	/* Of a brk that fails the kernel gives the old end, never an errno. */
	{SYS_brk, "brk", NEVER_FAILS},
	{SYS_set_tid_address, "set_tid_address", NEVER_FAILS},
	/* The C library has no threads and no errno before it, and ends the program. */
	{SYS_arch_prctl, "arch_prctl", NEVER_FAILS},
	{SYS_rt_sigreturn, "rt_sigreturn", NEVER_FAILS},
	{SYS_exit, "exit", NEVER_FAILS},
	{SYS_exit_group, "exit_group", NEVER_FAILS},
};

static const struct call *call_of(long nr)
{
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (calls[i].nr == nr)
			return &calls[i];
	return NULL;
}

const char *trace_name(long nr)
{
	const struct call *c = call_of(nr);
	static char other[24];

	if (c)
		return c->name;
	snprintf(other, sizeof(other), "call %ld", nr);
	return other;
}

static bool can_fail(long nr, int err)
{
	const struct call *c = call_of(nr);
	unsigned is = c ? c->is : 0;

	return !(is & NEVER_FAILS) && (err != EINTR || is & MAY_EINTR);
}

static bool is_write(long nr)
{
	return nr == SYS_write || nr == SYS_pwrite64;
}

static bool makes_durable(long nr)
{
	return nr == SYS_fsync || nr == SYS_fdatasync || nr == SYS_sync || nr == SYS_syncfs ||
	       nr == SYS_sync_file_range || nr == SYS_msync;
}

struct run {
	pid_t pid;
	const struct trace_fault *f;
	struct trace_ran *ret;
	bool answer; /* the call that is being made returns this: */
	long long with;
};

static int regs_change(const struct run *r, bool call, unsigned long long nr,
		       unsigned long long *third, const long long *result)
{
	struct user_regs_struct regs;

	if (ptrace(PTRACE_GETREGS, r->pid, NULL, &regs) < 0)
		return -errno;
	if (call)
		regs.orig_rax = nr;
	if (third)
		regs.rdx = *third;
	if (result)
		regs.rax = (unsigned long long)*result;
	return ptrace(PTRACE_SETREGS, r->pid, NULL, &regs) < 0 ? -errno : 0;
}

/* No such call is made; what it returns is changed at its end. */
static int not_made(struct run *r, long long returns)
{
	r->answer = true;
	r->with = returns;
	return regs_change(r, true, (unsigned long long)-1, NULL, NULL);
}

/* Linux frees the descriptor whatever close returns: EINTR, EIO and ENOSPC come from a flush, and
 * the number may be another file's at once. So close is made, and only its answer is changed: a
 * close that was not made would leave a program with a descriptor that no kernel leaves it. */
static int fail_with(struct run *r, long nr)
{
	const struct call *c = call_of(nr);
	int err = c && c->is & OF_MEMORY ? ENOMEM : r->f->err;

	if (!can_fail(nr, err))
		return 0;
	r->ret->made = true;
	if (nr != SYS_close)
		return not_made(r, -err);
	r->answer = true;
	r->with = -err;
	return 0;
}

static int shorten(struct run *r, long nr, unsigned long long n)
{
	if (!is_write(nr) || n < 2)
		return 0;
	r->ret->made = true;
	n /= 2;
	return regs_change(r, false, 0, &n, NULL);
}

static int on_entry(struct run *r, const struct ptrace_syscall_info *i)
{
	long nr = (long)i->entry.nr;
	unsigned long long args[6];
	int err;

	r->ret->calls++;
	memcpy(args, i->entry.args, sizeof(args));
	if (r->f->seen)
		r->f->seen(r->f->ctx, nr, args);
	if (r->f->how == TRACE_SLOW)
		usleep(SLOW_US);
	if (r->f->how == TRACE_NO_SYNC) {
		r->ret->made |= makes_durable(nr);
		return makes_durable(nr) ? not_made(r, 0) : 0;
	}
	if (r->ret->calls != r->f->at)
		return 0;
	r->ret->nr = nr;
	switch (r->f->how) {
	case TRACE_ERRNO:
		return fail_with(r, nr);
	case TRACE_SHORT:
		return shorten(r, nr, i->entry.args[2]);
	case TRACE_KILL_BEFORE:
		err = not_made(r, 0);
		r->ret->made = true;
		return err ? err : (kill(r->pid, SIGKILL), 0);
	default:
		return 0;
	}
}

static int on_exit(struct run *r)
{
	int err = r->answer ? regs_change(r, false, 0, NULL, &r->with) : 0;

	r->answer = false;
	if (!err && r->f->how == TRACE_KILL_AFTER && r->ret->calls == r->f->at) {
		r->ret->made = true;
		kill(r->pid, SIGKILL);
	}
	return err;
}

/* The fault lies behind: the rest need not be watched. */
static bool is_over(const struct run *r)
{
	return !r->answer && r->ret->nr >= 0 &&
	       (r->f->how == TRACE_ERRNO || r->f->how == TRACE_SHORT);
}

static int on_stop(struct run *r, int status, int *sig)
{
	struct ptrace_syscall_info i;

	*sig = 0;
	if (WSTOPSIG(status) != (SIGTRAP | 0x80)) {
		if (status >> 16 == 0)
			*sig = WSTOPSIG(status);
		return 0;
	}
	if (ptrace(PTRACE_GET_SYSCALL_INFO, r->pid, sizeof(i), &i) < 0)
		return -errno;
	if (i.op == PTRACE_SYSCALL_INFO_ENTRY)
		return on_entry(r, &i);
	/* The first is the end of the exec. */
	return i.op == PTRACE_SYSCALL_INFO_EXIT && r->ret->calls ? on_exit(r) : 0;
}

static int follow(struct run *r)
{
	int status, sig, err;

	for (;;) {
		if (waitpid(r->pid, &status, 0) < 0)
			return -errno;
		if (!WIFSTOPPED(status))
			break;
		err = on_stop(r, status, &sig);
		if (!err && is_over(r)) {
			if (ptrace(PTRACE_DETACH, r->pid, NULL, NULL) < 0)
				return -errno;
		} else if (!err && ptrace(PTRACE_SYSCALL, r->pid, NULL, (long)sig) < 0) {
			err = errno == ESRCH ? 0 : -errno; /* killed meanwhile */
		}
		if (err)
			return err;
	}
	r->ret->status = status;
	return 0;
}

static void child(char *const argv[], int out)
{
	if (out >= 0) {
		dup2(out, STDOUT_FILENO);
		dup2(out, STDERR_FILENO);
	}
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0 && raise(SIGSTOP) == 0)
		execv(argv[0], argv);
	_exit(127);
}

int trace_run(char *const argv[], int out, const struct trace_fault *f, struct trace_ran *ret)
{
	const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL | PTRACE_O_TRACEEXEC;
	struct run r = {.f = f, .ret = ret};
	int status, err = 0;

	*ret = (struct trace_ran){.nr = -1};
	r.pid = fork();
	if (r.pid < 0)
		return -errno;
	if (r.pid == 0)
		child(argv, out);
	if (waitpid(r.pid, &status, 0) < 0 || !WIFSTOPPED(status))
		return -EPERM;
	/* Up to the exec nothing is counted: the call before it is our own. */
	if (ptrace(PTRACE_SETOPTIONS, r.pid, NULL, options) < 0 ||
	    ptrace(PTRACE_CONT, r.pid, NULL, 0L) < 0)
		err = -errno;
	if (!err)
		err = follow(&r);
	if (err) {
		kill(r.pid, SIGKILL);
		waitpid(r.pid, &status, 0);
	}
	return err;
}

#endif
