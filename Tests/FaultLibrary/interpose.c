// The system calls that a host makes through libc, taken over so that a test sees what reaches the disk and when, and
// brings about a full disk, an I/O error and a slow sync on demand.
//
// A host is started with LD_PRELOAD naming this library and the two variables of fault_page.h; without them each call
// goes straight on. Only files below the named folder are touched: logs, sockets and the rest never are. libuv closes
// sockets with a bare system call that nobody can take over, so a descriptor's past is forgotten where it is born.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "descriptors.h"
#include "fault_page.h"
#include "include/FaultLibrary.h"
#include "promises.h"

static fault_page *page;  // NULL: no test asked for anything
static bool watches_promises;

__attribute__((constructor)) static void load(void) {
    const char *path = getenv(FAULT_PAGE_VARIABLE), *folder = getenv(FAULT_FOLDER_VARIABLE);
    if (!path || !folder) return;
    fault_page *opened = fault_page_open(path, false);
    if (!opened) return;  // the test sees it: FAULT_LOADED stays as it was
    descriptors_watch(folder);
    promises_report_to(opened);
    watches_promises = fault_page_get(opened, FAULT_WATCHES_PROMISES) != 0;
    page = opened;
    fault_page_add(page, FAULT_LOADED, 1);
}

// --- files

static bool fails(int error) {
    fault_page_add(page, FAULT_FAULTS, 1);
    errno = error;
    return true;
}

// How many of `count` bytes the pretended disk still takes; -1 with errno if none.
static ssize_t admit(size_t count) {
    int error = (int)fault_page_get(page, FAULT_WRITE_ERROR);
    if (error && fails(error)) return -1;
    if (!fault_page_get(page, FAULT_DISK_IS_LIMITED) || count == 0) return (ssize_t)count;
    int64_t left = fault_page_add(page, FAULT_BYTES_LEFT, -(int64_t)count);
    if (left >= (int64_t)count) return (ssize_t)count;
    fault_page_set(page, FAULT_BYTES_LEFT, 0);
    if (left > 0) return (ssize_t)left;
    fails(ENOSPC);
    return -1;
}

static ssize_t after_write(int fd, const void *bytes, ssize_t written) {
    if (written > 0) {
        fault_page_add(page, FAULT_WRITES, 1);
        if (watches_promises && descriptor_kind_of(fd) == DESCRIPTOR_LOG) {
            promises_log_was_written(fd, bytes, (size_t)written);
        }
    }
    return written;
}

static ssize_t write_file(int fd, const void *bytes, size_t count, long offset) {
    ssize_t room = admit(count);
    if (room < 0) return -1;
    long written = offset < 0 ? syscall(SYS_write, fd, bytes, (size_t)room)
                              : syscall(SYS_pwrite64, fd, bytes, (size_t)room, offset);
    return after_write(fd, bytes, written);
}

static int sync_file(int fd, long call) {
    if (fault_page_get(page, FAULT_SYNC_GATE)) {
        fault_page_add(page, FAULT_SYNCS_WAITING, 1);
        while (!fault_page_wait_for_at_most(page, FAULT_SYNC_GATE, 0, 60000)) continue;
        fault_page_add(page, FAULT_SYNCS_WAITING, -1);
    }
    int64_t delay = fault_page_get(page, FAULT_SYNC_DELAY);
    if (delay > 0) nanosleep(&(struct timespec){delay / 1000, delay % 1000 * 1000000}, NULL);
    int error = (int)fault_page_get(page, FAULT_SYNC_ERROR);
    if (error && fails(error)) return -1;
    if (fault_page_get(page, FAULT_SYNC_SWALLOWED)) return 0;
    uint64_t until = promises_sync_begins();
    int status = (int)syscall(call, fd);
    if (status == 0) {
        promises_sync_went_well(fd, until);
        fault_page_add(page, FAULT_SYNCS, 1);
    }
    return status;
}

// --- writes, to files and sockets

static bool is_file(int fd) { return page && descriptor_is_file(fd); }
static bool is_watched_socket(int fd) {
    return page && watches_promises && descriptor_kind_of(fd) == DESCRIPTOR_SOCKET;
}

static void see_answers(int fd, const struct iovec *parts, size_t count) {
    if (!is_watched_socket(fd)) return;
    for (size_t i = 0; i < count; i++) promises_socket_is_written(fd, parts[i].iov_base, parts[i].iov_len);
}

static ssize_t see_requests(int fd, const struct iovec *parts, size_t count, ssize_t length) {
    if (length <= 0 || !is_watched_socket(fd)) return length;
    size_t left = (size_t)length;
    for (size_t i = 0; i < count && left > 0; i++) {
        size_t part = parts[i].iov_len < left ? parts[i].iov_len : left;
        promises_socket_was_read(fd, parts[i].iov_base, part);
        left -= part;
    }
    return length;
}

ssize_t write(int fd, const void *bytes, size_t count) {
    if (is_file(fd)) return write_file(fd, bytes, count, -1);
    see_answers(fd, &(struct iovec){(void *)bytes, count}, 1);
    return syscall(SYS_write, fd, bytes, count);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) {
    return is_file(fd) ? write_file(fd, bytes, count, offset) : syscall(SYS_pwrite64, fd, bytes, count, offset);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) { return pwrite64(fd, bytes, count, offset); }

ssize_t writev(int fd, const struct iovec *parts, int count) {
    if (!is_file(fd)) {
        see_answers(fd, parts, count < 0 ? 0 : (size_t)count);
        return syscall(SYS_writev, fd, parts, count);
    }
    ssize_t total = 0;
    for (int i = 0; i < count; i++) {
        ssize_t written = write_file(fd, parts[i].iov_base, parts[i].iov_len, -1);
        if (written < 0) return total > 0 ? total : -1;
        total += written;
        if ((size_t)written < parts[i].iov_len) break;
    }
    return total;
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
    see_answers(fd, message->msg_iov, message->msg_iovlen);
    return syscall(SYS_sendmsg, fd, message, flags);
}

ssize_t sendto(
    int fd, const void *bytes, size_t count, int flags, const struct sockaddr *address, socklen_t length
) {
    see_answers(fd, &(struct iovec){(void *)bytes, count}, 1);
    return syscall(SYS_sendto, fd, bytes, count, flags, address, length);
}

ssize_t send(int fd, const void *bytes, size_t count, int flags) { return sendto(fd, bytes, count, flags, NULL, 0); }

// --- reads, from sockets

ssize_t read(int fd, void *bytes, size_t count) {
    return see_requests(fd, &(struct iovec){bytes, count}, 1, syscall(SYS_read, fd, bytes, count));
}

ssize_t readv(int fd, const struct iovec *parts, int count) {
    return see_requests(fd, parts, count < 0 ? 0 : (size_t)count, syscall(SYS_readv, fd, parts, count));
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags) {
    return see_requests(fd, message->msg_iov, message->msg_iovlen, syscall(SYS_recvmsg, fd, message, flags));
}

ssize_t recvfrom(
    int fd, void *restrict bytes, size_t count, int flags, struct sockaddr *restrict address,
    socklen_t *restrict length
) {
    ssize_t got = syscall(SYS_recvfrom, fd, bytes, count, flags, address, length);
    return see_requests(fd, &(struct iovec){bytes, count}, 1, got);
}

ssize_t recv(int fd, void *bytes, size_t count, int flags) { return recvfrom(fd, bytes, count, flags, NULL, NULL); }

// --- syncs and room

int fdatasync(int fd) {
    return is_file(fd) ? sync_file(fd, SYS_fdatasync) : (int)syscall(SYS_fdatasync, fd);
}

int fsync(int fd) { return is_file(fd) ? sync_file(fd, SYS_fsync) : (int)syscall(SYS_fsync, fd); }

int fallocate(int fd, int mode, off_t offset, off_t length) {
    // Room set aside ahead is taken from nothing here, but a disk that is full gives none.
    bool is_full = is_file(fd) && fault_page_get(page, FAULT_DISK_IS_LIMITED) &&
                   fault_page_get(page, FAULT_BYTES_LEFT) < length;
    if (is_full && fails(ENOSPC)) return -1;
    return (int)syscall(SYS_fallocate, fd, mode, offset, length);
}

int fallocate64(int fd, int mode, off64_t offset, off64_t length) { return fallocate(fd, mode, offset, length); }

// --- where descriptors begin and end

static int born(int fd) {
    if (page && fd >= 0) {
        descriptor_forget(fd);
        if (watches_promises) promises_descriptor_begins(fd);
    }
    return fd;
}

static int open_file(int folder, const char *path, int flags, int mode) {
    // A full disk has no room for a new file either.
    bool makes_one = page && (flags & O_CREAT) && fault_page_get(page, FAULT_DISK_IS_LIMITED) &&
                     fault_page_get(page, FAULT_BYTES_LEFT) <= 0 && descriptors_cover(path) &&
                     syscall(SYS_faccessat, folder, path, F_OK) != 0;
    if (makes_one && fails(ENOSPC)) return -1;
    return born((int)syscall(SYS_openat, folder, path, flags, mode));
}

// The mode is there only when a file may be made.
#define MODE_AFTER(last)                                              \
    int mode = 0;                                                     \
    if ((flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE) {      \
        va_list rest;                                                 \
        va_start(rest, last);                                         \
        mode = va_arg(rest, int);                                     \
        va_end(rest);                                                 \
    }

int open(const char *path, int flags, ...) {
    MODE_AFTER(flags)
    return open_file(AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    MODE_AFTER(flags)
    return open_file(AT_FDCWD, path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...) {
    MODE_AFTER(flags)
    return open_file(folder, path, flags, mode);
}

int openat64(int folder, const char *path, int flags, ...) {
    MODE_AFTER(flags)
    return open_file(folder, path, flags, mode);
}

int creat(const char *path, mode_t mode) {
    return open_file(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, (int)mode);
}

int socket(int domain, int type, int protocol) { return born((int)syscall(SYS_socket, domain, type, protocol)); }

int accept4(int fd, struct sockaddr *restrict address, socklen_t *restrict length, int flags) {
    return born((int)syscall(SYS_accept4, fd, address, length, flags));
}

int accept(int fd, struct sockaddr *restrict address, socklen_t *restrict length) {
    return accept4(fd, address, length, 0);
}

int close(int fd) {
    born(fd);
    return (int)syscall(SYS_close, fd);
}
