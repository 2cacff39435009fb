#include "walker.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "tokens.h"

using namespace csimdjson;

namespace {

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
    const bool is_wasteful = capacity > kept_capacity && needed <= kept_capacity;
    if ((needed > capacity || is_wasteful) && !make_room(needed)) { return false; }
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

bool csimdjson_walker::make_room(size_t needed) {
    const size_t doubled = std::min(capacity * 2, kept_capacity);
    const size_t wanted = std::max({needed, doubled, first_capacity});
    if (wanted < capacity) {
        keys.release_memory();
        unescaped.reset();
        unescaped_capacity = 0;
    }
    capacity = 0;
    stage_one.reset();
    const auto &chosen = simdjson::get_active_implementation();
    if (chosen->create_dom_parser_implementation(wanted, 1, stage_one) != simdjson::SUCCESS) { return false; }
    capacity = wanted;
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
    const Token here = token();
    const uint8_t *const begin = text + here.begin;
    const size_t size = here.end - here.begin;
    const auto is_word = [&](const char *word, size_t count) {
        return size == count && memcmp(begin, word, count) == 0;
    };
    csimdjson_kind kind = CSIMDJSON_ABSENT;
    switch (*begin) {
        case '{': return open(true);
        case '[': return open(false);
        case '"': return take_string_value();
        case 't': kind = is_word("true", 4) ? CSIMDJSON_BOOLEAN : CSIMDJSON_ABSENT; break;
        case 'f': kind = is_word("false", 5) ? CSIMDJSON_BOOLEAN : CSIMDJSON_ABSENT; break;
        case 'n': kind = is_word("null", 4) ? CSIMDJSON_NULL : CSIMDJSON_ABSENT; break;
        case '-': case '0': case '1': case '2': case '3': case '4':
        case '5': case '6': case '7': case '8': case '9': {
            const csimdjson_status status = check_number(begin, text + here.end);
            if (status != CSIMDJSON_OK) { return fault(status, here); }
            kind = CSIMDJSON_NUMBER;
            break;
        }
        default: break;
    }
    if (kind == CSIMDJSON_ABSENT) { return fault(CSIMDJSON_NO_VALUE, here); }
    note_begin(kind);
    next++;
    note_end(here.end);
    return CSIMDJSON_OK;
}

csimdjson_status csimdjson_walker::take_string_value() {
    note_begin(CSIMDJSON_STRING);
    csimdjson_field unwanted{};
    csimdjson_field *const wanted = target();
    const csimdjson_status status = take_string(wanted != nullptr ? *wanted : unwanted, wanted != nullptr);
    if (status != CSIMDJSON_OK) { return status; }
    const size_t end = token().end;
    next++;
    note_end(end);
    return CSIMDJSON_OK;
}

/// Checks the string at the next token and says what it holds. Does not step over it.
csimdjson_status csimdjson_walker::take_string(csimdjson_field &string, bool is_kept) {
    const Token here = token();
    // Stage one has seen that it is closed, and begins a new token behind the closing quote, so that the two
    // quotes are the token's ends. Looked at all the same: the subtraction below must not depend on another
    // library's promise.
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
    // Kept where it is compared with keys to come.
    const bool is_kept = slot != nullptr;
    const csimdjson_status status = take_string(string, is_kept);
    if (status != CSIMDJSON_OK) { return status; }
    const Key key{string.content, uint32_t(string.content_length), uint32_t(here.begin)};
    if (is_kept) {
        if (!keys.push(frames.back().first_key, key)) { return fault(CSIMDJSON_DUPLICATE_KEY, here); }
    } else if (frames.size() == 1) {
        for (size_t index = 0; index < names.size(); index++) {
            const auto &name = names[index];
            if (name.size() == key.length && memcmp(name.data(), key.bytes, key.length) == 0) {
                slot = &fields[index];
                if (slot->kind != CSIMDJSON_ABSENT) { return fault(CSIMDJSON_DUPLICATE_KEY, here); }
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
            // With its quotes; cut short where it has escapes.
            const size_t begin = duplicate->offset;
            return fault(CSIMDJSON_DUPLICATE_KEY, Token{begin, begin + duplicate->length + 2});
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
