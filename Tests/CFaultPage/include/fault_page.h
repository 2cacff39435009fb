// The page that a test and the FaultLibrary inside a host share: switches that the test flips while the host runs, and
// counts of what the library saw.
//
// It is a mapped file. Every word is atomic; a word that grows wakes who waits for it.
#ifndef FAULT_PAGE_H
#define FAULT_PAGE_H

#include <stdbool.h>
#include <stdint.h>

// Where the library finds the page, and the folder whose files it touches. No other file is ever touched.
#define FAULT_PAGE_VARIABLE "FAULT_PAGE"
#define FAULT_FOLDER_VARIABLE "FAULT_FOLDER"

typedef enum fault_word {
    // Switches, written by the test; all zero at first: no fault.
    FAULT_DISK_IS_LIMITED,       // 1: writes take from FAULT_BYTES_LEFT, and fail with ENOSPC when it is used up
    FAULT_BYTES_LEFT,            // a write that fits in part is cut short, as a filling disk does it
    FAULT_WRITE_ERROR,           // an errno: each write of a file in the folder fails with it
    FAULT_SYNC_ERROR,            // an errno: each fsync and fdatasync of a file in the folder fails with it
    FAULT_SYNC_DELAY,            // milliseconds that each sync takes longer
    FAULT_SYNC_GATE,             // 1: syncs wait until it is 0 again
    FAULT_SYNC_SWALLOWED,        // 1: syncs are not made, and said to have gone well
    FAULT_WATCHES_PROMISES,      // 1: follow each marked request from the socket to the disk and back

    // Counts, written by the library.
    FAULT_LOADED,                // processes that loaded the library with this page
    FAULT_WRITES,                // writes of files in the folder
    FAULT_SYNCS,                 // syncs of files in the folder that went well
    FAULT_FAULTS,                // writes and syncs that were made to fail
    FAULT_SYNCS_WAITING,         // syncs that stand before the closed gate now
    FAULT_PROMISES_CHECKED,      // answers 204 to marked requests
    FAULT_PROMISES_BROKEN,       // those that left before the sync that held their request
    FAULT_FIRST_BROKEN,          // the number of the first of them, plus one
    FAULT_PROMISES_REFUSED,      // other answers to marked requests
    FAULT_REQUESTS_OVERLOOKED,   // marked requests that the library had no room to follow; must be 0
    FAULT_WORD_COUNT
} fault_word;

typedef struct fault_page fault_page;

// Maps the page in `path`; with `create` the file is made anew, all zero. NULL, with errno set, if that fails.
fault_page *fault_page_open(const char *path, bool create);
void fault_page_close(fault_page *page);

int64_t fault_page_get(fault_page *page, fault_word word);
void fault_page_set(fault_page *page, fault_word word, int64_t value);
// Adds `amount` and returns what was there before.
int64_t fault_page_add(fault_page *page, fault_word word, int64_t amount);
// Waits until the word is at least (`fault_page_wait_for_at_least`) or at most `value`; false after the milliseconds.
bool fault_page_wait_for_at_least(fault_page *page, fault_word word, int64_t value, int milliseconds);
bool fault_page_wait_for_at_most(fault_page *page, fault_word word, int64_t value, int milliseconds);

#endif
