#define _GNU_SOURCE
#include "fault_page.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

struct fault_page {
    _Atomic int64_t words[FAULT_WORD_COUNT];
    _Atomic uint32_t changes;  // counts every change; what waiters sleep on
    _Atomic uint32_t waiters;
};

fault_page *fault_page_open(const char *path, bool create) {
    int flags = O_RDWR | O_CLOEXEC | (create ? O_CREAT | O_TRUNC : 0);
    int fd = (int)syscall(SYS_openat, AT_FDCWD, path, flags, 0600);
    if (fd < 0) return NULL;
    fault_page *page = NULL;
    if (!create || syscall(SYS_ftruncate, fd, (long)sizeof(fault_page)) == 0) {
        page = mmap(NULL, sizeof(fault_page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (page == MAP_FAILED) page = NULL;
    }
    syscall(SYS_close, fd);
    return page;
}

void fault_page_close(fault_page *page) { munmap(page, sizeof *page); }

static void announce(fault_page *page) {
    atomic_fetch_add(&page->changes, 1);
    if (atomic_load(&page->waiters) > 0) {
        syscall(SYS_futex, &page->changes, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
    }
}

int64_t fault_page_get(fault_page *page, fault_word word) { return atomic_load(&page->words[word]); }

void fault_page_set(fault_page *page, fault_word word, int64_t value) {
    atomic_store(&page->words[word], value);
    announce(page);
}

int64_t fault_page_add(fault_page *page, fault_word word, int64_t amount) {
    int64_t before = atomic_fetch_add(&page->words[word], amount);
    announce(page);
    return before;
}

static int64_t now_milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool wait_until(fault_page *page, fault_word word, int64_t low, int64_t high, int milliseconds) {
    int64_t deadline = now_milliseconds() + milliseconds;
    for (;;) {
        uint32_t seen = atomic_load(&page->changes);
        int64_t value = fault_page_get(page, word);
        if (value >= low && value <= high) return true;
        int64_t left = deadline - now_milliseconds();
        if (left <= 0) return false;
        struct timespec patience = {left / 1000, left % 1000 * 1000000};
        // A change between the look above and this call makes it return at once: `changes` is no longer `seen`.
        atomic_fetch_add(&page->waiters, 1);
        syscall(SYS_futex, &page->changes, FUTEX_WAIT, seen, &patience, NULL, 0);
        atomic_fetch_sub(&page->waiters, 1);
    }
}

bool fault_page_wait_for_at_least(fault_page *page, fault_word word, int64_t value, int milliseconds) {
    return wait_until(page, word, value, INT64_MAX, milliseconds);
}

bool fault_page_wait_for_at_most(fault_page *page, fault_word word, int64_t value, int milliseconds) {
    return wait_until(page, word, INT64_MIN, value, milliseconds);
}
