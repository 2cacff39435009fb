// The walk over the tokens that simdjson's first stage found.
//
// Stage one, and not simdjson's own On Demand API, because that one (3.0.1) does not validate what is
// skipped, takes a key twice, and looks at the bytes behind the text, which here belong to the next request.
// The DOM API refuses integers of more than 64 bits, which JSON allows and a double holds.
#pragma once
#include <simdjson.h>

#include <memory>
#include <string>
#include <vector>

#include "csimdjson.h"
#include "keys.h"

namespace csimdjson {

/// An object or array that the walk is inside of.
struct Frame {
    bool is_object;
    size_t first_key;
};

/// What must stand at the next token.
enum class Expect { value, value_or_end, key, key_or_end, comma_or_end, nothing };

/// A token: [begin, end) without the white space behind it.
struct Token {
    size_t begin;
    size_t end;
};

}  // namespace csimdjson

struct csimdjson_walker {
    explicit csimdjson_walker(size_t deepest) : deepest(deepest) {}

    csimdjson_result walk(const uint8_t *text, size_t length);
    void ask(const uint8_t *name, size_t length) {
        names.emplace_back(reinterpret_cast<const char *>(name), length);
        fields.push_back(csimdjson_field{});
    }
    std::vector<csimdjson_field> fields;
    csimdjson_field root{};

  private:
    /// Room that is kept between walks; what a larger text needed is given back at the next one that is not.
    static constexpr size_t kept_capacity = 64 * 1024;
    static constexpr size_t first_capacity = 4 * 1024;

    bool prepare(size_t needed);
    bool make_room(size_t needed);
    csimdjson::Token token() const;
    csimdjson_status run();
    csimdjson_status take_value();
    csimdjson_status take_string_value();
    csimdjson_status take_key();
    csimdjson_status take_comma_or_end();
    csimdjson_status take_string(csimdjson_field &string, bool is_kept);
    csimdjson_status open(bool is_object);
    csimdjson_status close();
    void note_begin(csimdjson_kind kind);
    void note_end(size_t end);

    /// Where the value at the next token is noted, or null where nobody asked for it.
    csimdjson_field *target() { return frames.empty() ? &root : frames.size() == 1 ? slot : nullptr; }
    uint8_t byte() const { return text[indexes[next]]; }
    csimdjson_status fault(csimdjson_status status, csimdjson::Token where) {
        at_fault = where;
        return status;
    }

    const size_t deepest;
    std::vector<std::string> names;
    std::unique_ptr<simdjson::internal::dom_parser_implementation> stage_one;
    size_t capacity = 0;
    std::vector<csimdjson::Frame> frames;
    csimdjson::Keys keys;
    /// Strings without their escapes. Never larger than the text, so it does not move during a walk.
    std::unique_ptr<uint8_t[]> unescaped;
    size_t unescaped_capacity = 0;
    size_t unescaped_count = 0;

    const uint8_t *text = nullptr;
    size_t length = 0;
    const uint32_t *indexes = nullptr;
    size_t count = 0;
    size_t next = 0;
    csimdjson::Expect expect = csimdjson::Expect::value;
    /// The slot that the value under way fills, or null.
    csimdjson_field *slot = nullptr;
    csimdjson::Token at_fault{0, 0};
};
