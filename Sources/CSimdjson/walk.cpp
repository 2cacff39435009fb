// The walk over the tokens that simdjson's first stage found.
//
// Stage one, and not simdjson's own On Demand API, because that one (3.0.1) does not validate what is skipped, takes a key
// twice, and looks at the bytes behind the text, which here belong to the next request. The DOM API refuses integers
// of more than 64 bits, which JSON allows and a double holds.

#include <simdjson.h>

#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "csimdjson.h"
#include "keys.h"
#include "tokens.h"

using namespace csimdjson;

namespace {

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

bool is_space(uint8_t byte) { return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t'; }

csimdjson_status stage_one_status(simdjson::error_code code) {
    switch (code) {
        case simdjson::SUCCESS: return CSIMDJSON_OK;
        case simdjson::EMPTY: return CSIMDJSON_EMPTY;
        case simdjson::UNCLOSED_STRING: return CSIMDJSON_UNCLOSED_STRING;
        case simdjson::UNESCAPED_CHARS: return CSIMDJSON_CONTROL_CHARACTER;
        case simdjson::UTF8_ERROR: return CSIMDJSON_BAD_UTF8;
        default: return CSIMDJSON_NO_MEMORY;
    }
}

}  // namespace

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

    bool prepare(size_t length);
    csimdjson_status run();
    csimdjson_status take_value();
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
    Token token() const;
    csimdjson_status fault(csimdjson_status status, Token where) {
        at_fault = where;
        return status;
    }

    const size_t deepest;
    std::vector<std::string> names;
    std::unique_ptr<simdjson::internal::dom_parser_implementation> stage_one;
    size_t capacity = 0;
    std::vector<Frame> frames;
    Keys keys;
    /// Strings without their escapes. Never larger than the text, so it does not move during a walk.
    std::unique_ptr<uint8_t[]> unescaped;
    size_t unescaped_capacity = 0;
    size_t unescaped_count = 0;

    const uint8_t *text = nullptr;
    size_t length = 0;
    const uint32_t *indexes = nullptr;
    size_t count = 0;
    size_t next = 0;
    Expect expect = Expect::value;
    /// The slot that the value under way fills, or null.
    csimdjson_field *slot = nullptr;
    Token at_fault{0, 0};
};

csimdjson_result csimdjson_walker::walk(const uint8_t *new_text, size_t new_length) {
    text = new_text;
    length = new_length;
    at_fault = Token{0, 0};
    if (length == 0) { return {CSIMDJSON_EMPTY, 0, 0}; }
    if (!prepare(length)) { return {CSIMDJSON_NO_MEMORY, 0, 0}; }
    const auto code = stage_one->stage1(text, length, simdjson::stage1_mode::regular);
    if (code != simdjson::SUCCESS) { return {stage_one_status(code), 0, 0}; }
    indexes = stage_one->structural_indexes.get();
    count = stage_one->n_structural_indexes;
    const csimdjson_status status = run();
    return {status, at_fault.begin, at_fault.end - at_fault.begin};
}

/// Makes room and forgets the walk before.
bool csimdjson_walker::prepare(size_t needed) {
    if (needed > capacity || (capacity > kept_capacity && needed <= kept_capacity)) {
        const size_t wanted = needed < kept_capacity ? kept_capacity : needed;
        if (capacity > wanted) {
            keys.release_memory();
            unescaped.reset();
            unescaped_capacity = 0;
        }
        capacity = 0;
        stage_one.reset();
        const auto &chosen = simdjson::get_active_implementation();
        if (chosen->create_dom_parser_implementation(wanted, 1, stage_one) != simdjson::SUCCESS) { return false; }
        capacity = wanted;
    }
    frames.clear();
    keys.clear();
    unescaped_count = 0;
    next = 0;
    expect = Expect::value;
    slot = nullptr;
    root = csimdjson_field{};
    for (auto &field : fields) { field = csimdjson_field{}; }
    return true;
}

/// Token by token; one that stands where it must not ends the walk.
csimdjson_status csimdjson_walker::run() {
    while (next < count) {
        csimdjson_status status = CSIMDJSON_OK;
        switch (expect) {
            case Expect::value_or_end:
                status = byte() == ']' ? close() : take_value();
                break;
            case Expect::value: status = take_value(); break;
            case Expect::key_or_end:
                status = byte() == '}' ? close() : take_key();
                break;
            case Expect::key: status = take_key(); break;
            case Expect::comma_or_end: status = take_comma_or_end(); break;
            case Expect::nothing: status = fault(CSIMDJSON_TRAILING, token()); break;
        }
        if (status != CSIMDJSON_OK) { return status; }
    }
    return expect == Expect::nothing ? CSIMDJSON_OK : fault(CSIMDJSON_TRUNCATED, Token{length, length});
}

Token csimdjson_walker::token() const {
    const size_t begin = indexes[next];
    size_t end = next + 1 < count ? indexes[next + 1] : length;
    while (end > begin + 1 && is_space(text[end - 1])) { end--; }
    return Token{begin, end};
}

csimdjson_status csimdjson_walker::take_value() {
    csimdjson_kind kind = CSIMDJSON_NUMBER;
    const Token here = token();
    const size_t size = here.end - here.begin;
    const uint8_t *const begin = text + here.begin;
    switch (*begin) {
        case '{': return open(true);
        case '[': return open(false);
        case '"': {
            note_begin(CSIMDJSON_STRING);
            csimdjson_field scratch{};
            csimdjson_field *const wanted = target();
            const csimdjson_status status = take_string(wanted != nullptr ? *wanted : scratch, wanted != nullptr);
            if (status != CSIMDJSON_OK) { return status; }
            kind = CSIMDJSON_STRING;
            break;
        }
        case 't':
        case 'f':
            kind = CSIMDJSON_BOOLEAN;
            if (!(size == 4 && memcmp(begin, "true", 4) == 0) && !(size == 5 && memcmp(begin, "false", 5) == 0)) {
                return fault(CSIMDJSON_NO_VALUE, here);
            }
            break;
        case 'n':
            kind = CSIMDJSON_NULL;
            if (!(size == 4 && memcmp(begin, "null", 4) == 0)) { return fault(CSIMDJSON_NO_VALUE, here); }
            break;
        case '-': case '0': case '1': case '2': case '3': case '4':
        case '5': case '6': case '7': case '8': case '9': {
            const csimdjson_status status = check_number(begin, text + here.end);
            if (status != CSIMDJSON_OK) { return fault(status, here); }
            break;
        }
        default: return fault(CSIMDJSON_NO_VALUE, here);
    }
    if (kind != CSIMDJSON_STRING) { note_begin(kind); }
    next++;
    note_end(here.end);
    return CSIMDJSON_OK;
}

/// Checks the string at the next token and says what it holds. Does not step over it.
csimdjson_status csimdjson_walker::take_string(csimdjson_field &string, bool is_kept) {
    const Token here = token();
    // Stage one has seen that it is closed, and begins a new token behind the closing quote, so that the two quotes are
    // the token's ends. Looked at all the same: the subtraction below must not depend on another library's promise.
    if (here.end - here.begin < 2 || text[here.end - 1] != '"') { return fault(CSIMDJSON_UNCLOSED_STRING, here); }
    const uint8_t *const content = text + here.begin + 1;
    const size_t size = here.end - here.begin - 2;
    string.content = content;
    string.content_length = size;
    if (memchr(content, '\\', size) == nullptr) { return CSIMDJSON_OK; }
    if (unescaped_capacity < length) {
        // Nothing points into the old room yet: it is too small only before a walk's first escape.
        unescaped.reset(new (std::nothrow) uint8_t[capacity]);
        unescaped_capacity = unescaped ? capacity : 0;
        if (!unescaped) { return CSIMDJSON_NO_MEMORY; }
    }
    uint8_t *const out = unescaped.get() + unescaped_count;
    size_t written = 0;
    const csimdjson_status status = unescape(content, content + size, out, written);
    if (status != CSIMDJSON_OK) { return fault(status, here); }
    string.content = out;
    string.content_length = written;
    if (is_kept) { unescaped_count += written; }
    return CSIMDJSON_OK;
}

csimdjson_status csimdjson_walker::take_key() {
    const Token here = token();
    if (text[here.begin] != '"') { return fault(CSIMDJSON_NO_KEY, here); }
    csimdjson_field string{};
    const csimdjson_status status = take_string(string, true);
    if (status != CSIMDJSON_OK) { return status; }
    const Key key{string.content, uint32_t(string.content_length), uint32_t(here.begin)};
    if (!keys.push(frames.back().first_key, key)) { return fault(CSIMDJSON_DUPLICATE_KEY, here); }
    if (frames.size() == 1) {
        for (size_t index = 0; index < names.size(); index++) {
            const auto &name = names[index];
            if (name.size() == key.length && memcmp(name.data(), key.bytes, key.length) == 0) {
                slot = &fields[index];
                break;
            }
        }
    }
    next++;
    if (next == count) { return CSIMDJSON_OK; }
    if (byte() != ':') { return fault(CSIMDJSON_NO_COLON, token()); }
    next++;
    expect = Expect::value;
    return CSIMDJSON_OK;
}

csimdjson_status csimdjson_walker::take_comma_or_end() {
    const bool is_object = frames.back().is_object;
    const uint8_t found = byte();
    if (found == ',') {
        next++;
        expect = is_object ? Expect::key : Expect::value;
        return CSIMDJSON_OK;
    }
    return found == (is_object ? '}' : ']') ? close() : fault(CSIMDJSON_NO_COMMA, token());
}

csimdjson_status csimdjson_walker::open(bool is_object) {
    if (frames.size() == deepest) { return fault(CSIMDJSON_TOO_DEEP, token()); }
    note_begin(is_object ? CSIMDJSON_OBJECT : CSIMDJSON_ARRAY);
    frames.push_back(Frame{is_object, keys.count()});
    next++;
    expect = is_object ? Expect::key_or_end : Expect::value_or_end;
    return CSIMDJSON_OK;
}

csimdjson_status csimdjson_walker::close() {
    const size_t end = indexes[next] + 1;
    if (frames.back().is_object) {
        const Key *duplicate = keys.end_object(frames.back().first_key);
        if (duplicate != nullptr) {
            return fault(CSIMDJSON_DUPLICATE_KEY, Token{duplicate->offset, duplicate->offset + duplicate->length + 2});
        }
    }
    frames.pop_back();
    next++;
    note_end(end);
    return CSIMDJSON_OK;
}

/// A value begins at the next token: note it if it is the outermost one, or one that was asked for.
void csimdjson_walker::note_begin(csimdjson_kind kind) {
    csimdjson_field *const wanted = target();
    if (wanted == nullptr) { return; }
    wanted->kind = kind;
    wanted->offset = indexes[next];
}

/// A value has ended, and with it perhaps what was asked for.
void csimdjson_walker::note_end(size_t end) {
    if (frames.empty()) {
        root.length = end - root.offset;
        expect = Expect::nothing;
        return;
    }
    expect = Expect::comma_or_end;
    if (frames.size() == 1 && slot != nullptr) {
        slot->length = end - slot->offset;
        slot = nullptr;
    }
}

// The C face. Only a vector that cannot grow throws; nothing leaves this file.

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
