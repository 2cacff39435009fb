#define _GNU_SOURCE
#include "promises.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { MARKER_DIGITS = 8, MARKER_LIMIT = 1 << 24, DESCRIPTOR_LIMIT = 65536, PIPELINE_LIMIT = 64 };
enum { ASKED = 1, WRITTEN, SYNCED };
static const char marker[] = "proof-";
static const size_t marker_length = sizeof marker - 1;

typedef struct pipeline {
    uint32_t numbers[PIPELINE_LIMIT];
    unsigned first, count;
} pipeline;

typedef struct unsynced {
    uint64_t order;
    int fd;
    uint32_t number;
} unsynced;

// All of it belongs to the lock.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static fault_page *report;
static unsigned char *states;                 // by number
static pipeline *pipelines[DESCRIPTOR_LIMIT];  // by socket, once it carried a marked request
static unsynced *waiting;                     // in the order in which they were written
static size_t waiting_count, waiting_room;
static uint64_t last_order;

void promises_report_to(fault_page *page) {
    report = page;
    states = calloc(MARKER_LIMIT, 1);
}

// The number of the marker that starts at `at`, or -1. A marker that a block border of the log cut in two is none.
static int64_t number_at(const char *at, const char *end) {
    if (end - at < (ptrdiff_t)(marker_length + MARKER_DIGITS) || memcmp(at, marker, marker_length) != 0) return -1;
    int64_t number = 0;
    for (int i = 0; i < MARKER_DIGITS; i++) {
        char digit = at[marker_length + (size_t)i];
        if (digit < '0' || digit > '9') return -1;
        number = number * 10 + (digit - '0');
    }
    return number < MARKER_LIMIT ? number : -1;
}

// The number that the request line at `at` is marked with, or -1.
static int64_t number_asked(const char *at, const char *end) {
    static const char *const verbs[] = {"POST ", "DELETE "};
    static const char *const paths[] = {"/v1.0/jobs/", "/v1.0-alpha1/jobs/"};
    for (size_t v = 0; v < sizeof verbs / sizeof *verbs; v++) {
        size_t verb_length = strlen(verbs[v]);
        if ((size_t)(end - at) < verb_length || memcmp(at, verbs[v], verb_length) != 0) continue;
        for (size_t p = 0; p < sizeof paths / sizeof *paths; p++) {
            size_t length = strlen(paths[p]);
            const char *path = at + verb_length;
            if ((size_t)(end - path) >= length && memcmp(path, paths[p], length) == 0) {
                return number_at(path + length, end);
            }
        }
    }
    return -1;
}

static void remember(int fd, uint32_t number) {
    if (fd < 0 || fd >= DESCRIPTOR_LIMIT) return;
    if (!pipelines[fd]) pipelines[fd] = calloc(1, sizeof(pipeline));
    pipeline *line = pipelines[fd];
    if (!line || line->count == PIPELINE_LIMIT) {
        fault_page_add(report, FAULT_REQUESTS_OVERLOOKED, 1);
        return;
    }
    line->numbers[(line->first + line->count++) % PIPELINE_LIMIT] = number;
    states[number] = ASKED;
}

void promises_socket_was_read(int fd, const char *bytes, size_t count) {
    const char *end = bytes + count;
    pthread_mutex_lock(&lock);
    for (const char *at = bytes; at < end; at++) {
        // A request line starts a read or follows a line's end.
        if (at > bytes && at[-1] != '\n' && at[-1] != '}') continue;
        int64_t number = number_asked(at, end);
        if (number >= 0) remember(fd, (uint32_t)number);
    }
    pthread_mutex_unlock(&lock);
}

static void judge(uint32_t number, bool is_promise) {
    if (!is_promise) {
        fault_page_add(report, FAULT_PROMISES_REFUSED, 1);
        return;
    }
    if (states[number] != SYNCED) {
        if (fault_page_get(report, FAULT_PROMISES_BROKEN) == 0) {
            fault_page_set(report, FAULT_FIRST_BROKEN, (int64_t)number + 1);
        }
        fault_page_add(report, FAULT_PROMISES_BROKEN, 1);
    }
    fault_page_add(report, FAULT_PROMISES_CHECKED, 1);
}

void promises_socket_is_written(int fd, const char *bytes, size_t count) {
    static const char answer[] = "HTTP/1.1 ";
    const size_t length = sizeof answer - 1;
    if (fd < 0 || fd >= DESCRIPTOR_LIMIT) return;
    pthread_mutex_lock(&lock);
    pipeline *line = pipelines[fd];
    const char *end = bytes + count;
    for (const char *at = bytes; line && line->count > 0 && at < end; at++) {
        at = memmem(at, (size_t)(end - at), answer, length);
        if (!at || (size_t)(end - at) < length + 3) break;
        uint32_t number = line->numbers[line->first];
        line->first = (line->first + 1) % PIPELINE_LIMIT;
        line->count--;
        judge(number, memcmp(at + length, "204", 3) == 0);
    }
    pthread_mutex_unlock(&lock);
}

void promises_log_was_written(int fd, const char *bytes, size_t count) {
    const char *end = bytes + count;
    pthread_mutex_lock(&lock);
    for (const char *at = bytes; at < end; at++) {
        at = memmem(at, (size_t)(end - at), marker, marker_length);
        if (!at) break;
        int64_t number = number_at(at, end);
        if (number < 0 || states[number] != ASKED) continue;
        if (waiting_count == waiting_room) {
            size_t room = waiting_room ? waiting_room * 2 : 1024;
            unsynced *grown = realloc(waiting, room * sizeof *waiting);
            if (!grown) continue;  // stays "asked": its answer will count as broken, never as kept
            waiting = grown;
            waiting_room = room;
        }
        states[number] = WRITTEN;
        waiting[waiting_count++] = (unsynced){++last_order, fd, (uint32_t)number};
    }
    pthread_mutex_unlock(&lock);
}

uint64_t promises_sync_begins(void) {
    pthread_mutex_lock(&lock);
    uint64_t until = last_order;
    pthread_mutex_unlock(&lock);
    return until;
}

void promises_sync_went_well(int fd, uint64_t until) {
    pthread_mutex_lock(&lock);
    size_t kept = 0;
    for (size_t i = 0; i < waiting_count; i++) {
        unsynced entry = waiting[i];
        if (entry.order <= until && entry.fd == fd) {
            if (states[entry.number] == WRITTEN) states[entry.number] = SYNCED;
        } else {
            waiting[kept++] = entry;
        }
    }
    waiting_count = kept;
    pthread_mutex_unlock(&lock);
}

void promises_descriptor_begins(int fd) {
    if (fd < 0 || fd >= DESCRIPTOR_LIMIT) return;
    pthread_mutex_lock(&lock);
    if (pipelines[fd]) *pipelines[fd] = (pipeline){0};
    size_t kept = 0;
    for (size_t i = 0; i < waiting_count; i++) {
        if (waiting[i].fd != fd) waiting[kept++] = waiting[i];
    }
    waiting_count = kept;
    pthread_mutex_unlock(&lock);
}
