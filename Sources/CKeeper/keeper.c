// In C, as it has to fork: what happens between fork and exec may call nothing that asks for memory, and Swift has no
// way to promise that.
//
// The kernel's signal for a dead parent (PR_SET_PDEATHSIG) reaches direct children alone, and a process group loses
// whoever makes a session of its own. So a keeper stays above the app: it is the subreaper of all that comes below it,
// also of what the app left behind, and the parent of whatever it kills, whose numbers therefore are nobody else's.
#define _GNU_SOURCE
#include "keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void tell(const char *what, int number) {
    char line[32];
    int length = snprintf(line, sizeof line, "%s %d\n", what, number);
    // A host that has gone is told nothing; its death has a signal of its own.
    while (write(KEEPER_CONTROL, line, (size_t)length) < 0 && errno == EINTR) {}
}

// Runs in the new process: system calls only.
static void become(char *const command[], pid_t keeper) {
    // Whoever kills host and keeper in one go does not leave the app behind.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != keeper) _exit(127);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execvp(command[0], command);
    static const char failed[] = "cannot run ";
    if (write(2, failed, sizeof failed - 1) < 0 || write(2, command[0], strlen(command[0])) < 0 || write(2, "\n", 1) < 0) {
        _exit(126);
    }
    _exit(127);
}

// Lets go of what the app prints to: its end must be seen although the keeper goes on.
static bool let_go(void) {
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (nothing < 0) return false;
    for (int descriptor = 0; descriptor <= 2; descriptor++) {
        if (dup2(nothing, descriptor) < 0) return false;
    }
    if (nothing > 2) close(nothing);
    return true;
}

// What came to the group before the app was in it waits here alone. What came just behind that may come twice.
static void pass_on(pid_t app) {
    static const int numbers[] = {SIGTERM, SIGINT, SIGHUP};
    sigset_t waiting;
    if (sigpending(&waiting) != 0) return;
    for (size_t index = 0; index < sizeof numbers / sizeof numbers[0]; index++) {
        if (sigismember(&waiting, numbers[index]) == 1) kill(app, numbers[index]);
    }
}

static void report(pid_t ended, int status, pid_t app) {
    if (ended != app) return;
    if (WIFSIGNALED(status)) {
        tell("killed", WTERMSIG(status));
    } else {
        tell("ended", WEXITSTATUS(status));
    }
}

// Kills the direct children; what they leave behind becomes the keeper's own, and is killed in the next round.
static void kill_children(void) {
    FILE *list = fopen("/proc/thread-self/children", "re");
    // A kernel without the list: the group dies, and the keeper with it.
    if (!list) kill(0, SIGKILL);
    int child;
    while (list && fscanf(list, "%d", &child) == 1) kill(child, SIGKILL);
    if (list) fclose(list);
}

static int kill_all(pid_t app) {
    for (;;) {
        kill_children();
        int status;
        pid_t ended = waitpid(-1, &status, 0);
        if (ended < 0 && errno == ECHILD) return 0;
        if (ended > 0) report(ended, status, app);
    }
}

// Takes in who has ended; whether nobody is left.
static bool reap(pid_t app) {
    for (;;) {
        int status;
        pid_t ended = waitpid(-1, &status, WNOHANG);
        if (ended == 0) return false;
        if (ended < 0) return errno == ECHILD;
        report(ended, status, app);
    }
}

int keeper_run(pid_t host, char *const command[]) {
    // What is sent to the group is for the app; all signals wait here, and two are asked for below.
    sigset_t all, asked;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    sigemptyset(&asked);
    sigaddset(&asked, SIGCHLD);
    sigaddset(&asked, KEEPER_KILL);

    prctl(PR_SET_NAME, "app-keeper");
    if (prctl(PR_SET_CHILD_SUBREAPER, 1) != 0 || prctl(PR_SET_PDEATHSIG, KEEPER_KILL) != 0) return 126;
    if (getppid() != host) return 127;  // it died before the kernel was asked to tell
    // The group's number is this process's, and so nobody else's as long as the app has a keeper.
    if (getpgrp() != getpid() && setpgid(0, 0) != 0) return 126;
    if (fcntl(KEEPER_CONTROL, F_SETFD, FD_CLOEXEC) != 0) return 126;

    pid_t keeper = getpid();
    pid_t app = fork();
    if (app < 0) {
        perror("cannot start the app");
        return 126;
    }
    if (app == 0) become(command, keeper);
    pass_on(app);
    tell("started", app);
    if (!let_go()) return kill_all(app);
    for (;;) {
        int number = sigwaitinfo(&asked, NULL);
        if (number == KEEPER_KILL) return kill_all(app);
        if (number == SIGCHLD && reap(app)) return 0;
    }
}
