// The rules of single tokens: numbers, escapes, literals. Nothing at or past `end` is looked at.
#pragma once
#include <cstddef>
#include <cstdint>

#include "csimdjson.h"

namespace csimdjson {

/// JSON's number grammar, and whether a double holds the value (too small becomes 0, as everywhere; too large
/// does not).
csimdjson_status check_number(const uint8_t *begin, const uint8_t *end);

/// Writes the content of a string without its escapes to `out`, which has room for as many bytes as the
/// string has.
csimdjson_status unescape(const uint8_t *at, const uint8_t *end, uint8_t *out, size_t &written);

}  // namespace csimdjson
