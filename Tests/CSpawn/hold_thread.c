// Keeps one thread of a child still while the others run on, as a debugger does.
#define _GNU_SOURCE
#include <errno.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "hold_thread.h"

int hold_thread(pid_t thread) {
    int status;
    if (ptrace(PTRACE_SEIZE, thread, 0, 0) < 0 || ptrace(PTRACE_INTERRUPT, thread, 0, 0) < 0) return errno;
    while (waitpid(thread, &status, __WALL) < 0)
        if (errno != EINTR) return errno;
    return 0;
}

int release_thread(pid_t thread) { return ptrace(PTRACE_DETACH, thread, 0, 0) < 0 ? errno : 0; }
