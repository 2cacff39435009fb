// The kernel kills a leashed child when the *thread* that forked it ends (PR_SET_PDEATHSIG), so all of them are forked
// by one thread that lives as long as the process.
#define _GNU_SOURCE
#include "spawn_leashed.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static pthread_once_t started = PTHREAD_ONCE_INIT;
static int start_error;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static const spawn_request *asked;  // the request under way, taken by the thread
static bool is_answered;
static pid_t answer;
static int answer_error;

// Runs in the child of a process with many threads: system calls only, no memory is asked for.
static void become(const spawn_request *request, pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127);  // it died before the leash was on
    setpgid(0, 0);                        // a Ctrl-C at the terminal is for the tests; the leash does the rest
    sigset_t none;
    sigemptyset(&none);
    pthread_sigmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    int nothing = open("/dev/null", O_RDONLY);
    if (nothing < 0 || dup2(nothing, 0) < 0 || dup2(request->output, 1) < 0 || dup2(request->errors, 2) < 0) _exit(127);
    close_range(3, ~0U, 0);
    if (request->folder && chdir(request->folder) != 0) _exit(127);
    execve(request->path, request->arguments, request->environment);
    static const char failed[] = "cannot run ";
    if (write(2, failed, sizeof failed - 1) < 0 || write(2, request->path, strlen(request->path)) < 0) _exit(126);
    _exit(127);
}

static void *serve(void *unused) {
    (void)unused;
    pthread_mutex_lock(&lock);
    for (;;) {
        while (!asked || is_answered) pthread_cond_wait(&changed, &lock);
        pid_t parent = getpid();
        answer = fork();
        if (answer == 0) become(asked, parent);
        answer_error = errno;
        is_answered = true;
        pthread_cond_broadcast(&changed);
    }
    return NULL;
}

static void start(void) {
    pthread_t thread;
    start_error = pthread_create(&thread, NULL, serve, NULL);
    if (start_error == 0) pthread_detach(thread);
}

pid_t spawn_leashed(const spawn_request *request) {
    pthread_once(&started, start);
    if (start_error != 0) {
        errno = start_error;
        return -1;
    }
    pthread_mutex_lock(&lock);
    while (asked) pthread_cond_wait(&changed, &lock);
    asked = request;
    is_answered = false;
    pthread_cond_broadcast(&changed);
    while (!is_answered) pthread_cond_wait(&changed, &lock);
    pid_t pid = answer;
    int error = answer_error;
    asked = NULL;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
    errno = error;
    return pid;
}
