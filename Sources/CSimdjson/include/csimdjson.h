#ifndef CSIMDJSON_H
#define CSIMDJSON_H
/* CSimdjson: strict JSON validation, and slices of the text.
 *
 * simdjson's first stage finds the tokens and checks UTF-8, closed strings and raw control characters. The walk in
 * walker.cpp then looks at every token: grammar, literals, numbers, escapes, depth, and within what was asked for keys
 * that are given twice. Nothing is built and nothing is converted: what comes back are places in the caller's text. What a
 * field means is the caller's business, and what was not asked for is nobody's: it must be JSON, and is ignored.
 *
 * A walker is not thread-safe. It is made once and used again; it grows to the largest text it has seen, and gives that
 * memory back at the next small one. No text needs padding: nothing past its end is read.
 */
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a value is; ABSENT is a field that the text does not have. */
typedef enum csimdjson_kind {
    CSIMDJSON_ABSENT = 0,
    CSIMDJSON_OBJECT,
    CSIMDJSON_ARRAY,
    CSIMDJSON_STRING,
    CSIMDJSON_NUMBER,
    CSIMDJSON_BOOLEAN,
    CSIMDJSON_NULL
} csimdjson_kind;

/* What was wrong with a text. */
typedef enum csimdjson_status {
    CSIMDJSON_OK = 0,
    CSIMDJSON_EMPTY,             /* nothing but white space */
    CSIMDJSON_TRUNCATED,         /* the text ends inside a value */
    CSIMDJSON_NO_VALUE,          /* something else where a value must stand */
    CSIMDJSON_NO_KEY,            /* something else where a key must stand */
    CSIMDJSON_NO_COLON,          /* something else where a colon must stand */
    CSIMDJSON_NO_COMMA,          /* neither a comma nor the end of the object or array */
    CSIMDJSON_TRAILING,          /* text after the value */
    CSIMDJSON_BAD_NUMBER,        /* not JSON's number grammar */
    CSIMDJSON_NUMBER_TOO_LARGE,  /* a number that no double holds */
    CSIMDJSON_BAD_ESCAPE,        /* a backslash and something that JSON does not know */
    CSIMDJSON_LONE_SURROGATE,    /* half of a surrogate pair */
    CSIMDJSON_CONTROL_CHARACTER, /* a raw control character in a string */
    CSIMDJSON_UNCLOSED_STRING,
    CSIMDJSON_BAD_UTF8,
    CSIMDJSON_TOO_DEEP,
    CSIMDJSON_DUPLICATE_KEY,
    CSIMDJSON_NO_MEMORY
} csimdjson_status;

/* A value: where it stands in the text and, for a string, its content without quotes and escapes.
 * `content` points into the text or into the walker, and is good until the next walk. */
typedef struct csimdjson_field {
    csimdjson_kind kind;
    size_t offset;
    size_t length;
    const uint8_t *content;
    size_t content_length;
} csimdjson_field;

/* The outcome of a walk. `offset` and `length` name the token at fault; both are 0 where the fault is the whole text's. */
typedef struct csimdjson_result {
    csimdjson_status status;
    size_t offset;
    size_t length;
} csimdjson_result;

typedef struct csimdjson_walker csimdjson_walker;

/* The version of simdjson that this was built with: a text that is never freed. */
const char *csimdjson_version(void);

/* A walker that refuses more than `deepest` nested objects and arrays; NULL when there is no memory. */
csimdjson_walker *csimdjson_create(size_t deepest);
void csimdjson_destroy(csimdjson_walker *walker);

/* Asks for a field of the outermost object. Its slot is the number of fields asked for before it; SIZE_MAX when there is
 * no memory. Exact bytes: two spellings are two fields. */
size_t csimdjson_ask(csimdjson_walker *walker, const uint8_t *name, size_t length);

/* Validates the whole text and fills the slots. After a fault the slots say nothing. A field that was asked for is given
 * once, and no object within it has a key twice; other fields may. */
csimdjson_result csimdjson_walk(csimdjson_walker *walker, const uint8_t *text, size_t length);

/* The slots, in the order they were asked for; good until the next ask or walk. */
const csimdjson_field *csimdjson_fields(const csimdjson_walker *walker);

/* The outermost value. */
csimdjson_field csimdjson_root(const csimdjson_walker *walker);

#ifdef __cplusplus
}
#endif
#endif
