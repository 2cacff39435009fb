// The C face. Only a vector that cannot grow throws; nothing leaves this file.

#include "csimdjson.h"

#include "walker.h"

#define TEXT_OF(word) #word
#define TEXT(macro) TEXT_OF(macro)

const char *csimdjson_version(void) { return TEXT(SIMDJSON_VERSION); }

csimdjson_walker *csimdjson_create(size_t deepest) {
    try {
        return new csimdjson_walker(deepest);
    } catch (...) { return nullptr; }
}

void csimdjson_destroy(csimdjson_walker *walker) { delete walker; }

size_t csimdjson_ask(csimdjson_walker *walker, const uint8_t *name, size_t length) {
    try {
        walker->ask(name, length);
        return walker->fields.size() - 1;
    } catch (...) { return SIZE_MAX; }
}

csimdjson_result csimdjson_walk(csimdjson_walker *walker, const uint8_t *text, size_t length) {
    try {
        return walker->walk(text, length);
    } catch (...) { return {CSIMDJSON_NO_MEMORY, 0, 0}; }
}

const csimdjson_field *csimdjson_fields(const csimdjson_walker *walker) { return walker->fields.data(); }

csimdjson_field csimdjson_root(const csimdjson_walker *walker) { return walker->root; }
