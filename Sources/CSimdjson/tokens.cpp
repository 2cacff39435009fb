#include "tokens.h"

#include <charconv>
#include <cstring>

namespace csimdjson {
namespace {

bool is_digit(uint8_t byte) { return byte >= '0' && byte <= '9'; }

/// The value of four hexadecimal digits, or -1.
int32_t hexadecimal(const uint8_t *at, const uint8_t *end) {
    if (end - at < 4) { return -1; }
    int32_t value = 0;
    for (int index = 0; index < 4; index++) {
        const uint8_t byte = at[index];
        const uint8_t lower = byte | 0x20;
        if (is_digit(byte)) {
            value = value * 16 + (byte - '0');
        } else if (lower >= 'a' && lower <= 'f') {
            value = value * 16 + (lower - 'a' + 10);
        } else {
            return -1;
        }
    }
    return value;
}

size_t put_utf8(uint32_t scalar, uint8_t *out) {
    if (scalar < 0x80) {
        out[0] = uint8_t(scalar);
        return 1;
    }
    if (scalar < 0x800) {
        out[0] = uint8_t(0xC0 | scalar >> 6);
        out[1] = uint8_t(0x80 | (scalar & 0x3F));
        return 2;
    }
    if (scalar < 0x10000) {
        out[0] = uint8_t(0xE0 | scalar >> 12);
        out[1] = uint8_t(0x80 | (scalar >> 6 & 0x3F));
        out[2] = uint8_t(0x80 | (scalar & 0x3F));
        return 3;
    }
    out[0] = uint8_t(0xF0 | scalar >> 18);
    out[1] = uint8_t(0x80 | (scalar >> 12 & 0x3F));
    out[2] = uint8_t(0x80 | (scalar >> 6 & 0x3F));
    out[3] = uint8_t(0x80 | (scalar & 0x3F));
    return 4;
}

/// The byte that a one-letter escape stands for, or 0.
uint8_t short_escape(uint8_t letter) {
    switch (letter) {
        case '"': return '"';
        case '\\': return '\\';
        case '/': return '/';
        case 'b': return '\b';
        case 'f': return '\f';
        case 'n': return '\n';
        case 'r': return '\r';
        case 't': return '\t';
        default: return 0;
    }
}

/// Reads the digits of a \u escape, and those of its second half where it is half of a pair.
csimdjson_status read_scalar(const uint8_t *&at, const uint8_t *end, uint32_t &scalar) {
    const int32_t first = hexadecimal(at, end);
    if (first < 0) { return CSIMDJSON_BAD_ESCAPE; }
    at += 4;
    scalar = uint32_t(first);
    if (first < 0xD800 || first > 0xDFFF) { return CSIMDJSON_OK; }
    if (first > 0xDBFF || end - at < 6 || at[0] != '\\' || at[1] != 'u') { return CSIMDJSON_LONE_SURROGATE; }
    const int32_t second = hexadecimal(at + 2, end);
    if (second < 0) { return CSIMDJSON_BAD_ESCAPE; }
    if (second < 0xDC00 || second > 0xDFFF) { return CSIMDJSON_LONE_SURROGATE; }
    at += 6;
    scalar = 0x10000 + ((uint32_t(first) - 0xD800) << 10) + (uint32_t(second) - 0xDC00);
    return CSIMDJSON_OK;
}

/// Whether the double nearest to a number is finite. Digits are counted first, so that only numbers around
/// 1e308 are converted: `magnitude` is the power of ten above the first digit that is not 0.
bool is_finite(const uint8_t *begin, const uint8_t *end, int64_t magnitude) {
    if (magnitude < 308) { return true; }
    if (magnitude > 309) { return false; }
    double value = 0;
    const auto *first = reinterpret_cast<const char *>(begin);
    return std::from_chars(first, reinterpret_cast<const char *>(end), value).ec == std::errc();
}

/// Steps over digits; whether there was one.
bool take_digits(const uint8_t *&at, const uint8_t *end) {
    const uint8_t *const first = at;
    while (at < end && is_digit(*at)) { at++; }
    return at > first;
}

/// Steps over `e`, a sign and digits. An exponent past 2^40 is as good as any larger: no text has enough
/// digits to make up for it.
bool take_exponent(const uint8_t *&at, const uint8_t *end, int64_t &exponent) {
    at++;
    const bool is_negative = at < end && *at == '-';
    if (at < end && (*at == '-' || *at == '+')) { at++; }
    const uint8_t *digit = at;
    if (!take_digits(at, end)) { return false; }
    for (; digit < at && exponent < INT64_C(1) << 40; digit++) { exponent = exponent * 10 + (*digit - '0'); }
    if (is_negative) { exponent = -exponent; }
    return true;
}

/// The power of ten above the first digit that is not 0: 3 for 123.4, -1 for 0.012. Looks at the digits
/// before the exponent; false if all are 0.
bool find_magnitude(const uint8_t *at, const uint8_t *end, const uint8_t *point, int64_t &magnitude) {
    while (at < end && (*at == '0' || *at == '.')) { at++; }
    if (at == end || !is_digit(*at)) { return false; }
    magnitude = at < point ? point - at : point + 1 - at;
    return true;
}

}  // namespace

csimdjson_status check_number(const uint8_t *const begin, const uint8_t *end) {
    const uint8_t *at = begin;
    if (at < end && *at == '-') { at++; }
    const uint8_t *const whole = at;
    if (!take_digits(at, end) || (*whole == '0' && at - whole > 1)) { return CSIMDJSON_BAD_NUMBER; }
    const uint8_t *const point = at;
    if (at < end && *at == '.' && !take_digits(++at, end)) { return CSIMDJSON_BAD_NUMBER; }
    // Without an exponent, and so short, there is nothing to judge: most numbers.
    if (at == end && at - whole < 300) { return CSIMDJSON_OK; }
    const uint8_t *const digits_end = at;
    int64_t exponent = 0;
    if (at < end && (*at == 'e' || *at == 'E') && !take_exponent(at, end, exponent)) { return CSIMDJSON_BAD_NUMBER; }
    if (at != end) { return CSIMDJSON_BAD_NUMBER; }
    int64_t magnitude = 0;
    if (!find_magnitude(whole, digits_end, point, magnitude)) { return CSIMDJSON_OK; }
    return is_finite(begin, end, magnitude + exponent) ? CSIMDJSON_OK : CSIMDJSON_NUMBER_TOO_LARGE;
}

csimdjson_status unescape(const uint8_t *at, const uint8_t *end, uint8_t *out, size_t &written) {
    uint8_t *const begin = out;
    while (at < end) {
        const auto *backslash = static_cast<const uint8_t *>(memchr(at, '\\', size_t(end - at)));
        const size_t plain = size_t((backslash == nullptr ? end : backslash) - at);
        memcpy(out, at, plain);
        out += plain;
        at += plain;
        if (backslash == nullptr) { break; }
        if (end - at < 2) { return CSIMDJSON_BAD_ESCAPE; }
        const uint8_t letter = at[1];
        at += 2;
        if (letter == 'u') {
            uint32_t scalar = 0;
            const csimdjson_status status = read_scalar(at, end, scalar);
            if (status != CSIMDJSON_OK) { return status; }
            out += put_utf8(scalar, out);
        } else {
            const uint8_t byte = short_escape(letter);
            if (byte == 0) { return CSIMDJSON_BAD_ESCAPE; }
            *out++ = byte;
        }
    }
    written = size_t(out - begin);
    return CSIMDJSON_OK;
}

}  // namespace csimdjson
