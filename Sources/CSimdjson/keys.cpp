#include "keys.h"

#include <cstring>
#include <random>

namespace csimdjson {

bool Key::equals(const Key &other) const {
    return length == other.length && memcmp(bytes, other.bytes, length) == 0;
}

Keys::Keys() {
    // Asking the system for randomness takes some 15 us, more than all the rest of a small walk.
    static const uint64_t drawn = [] {
        std::random_device device;
        return uint64_t(device()) << 32 | device();
    }();
    seed = drawn;
}

bool Keys::push(size_t first, const Key &key) {
    if (keys.size() - first < few) {
        for (size_t index = first; index < keys.size(); index++) {
            if (keys[index].equals(key)) { return false; }
        }
    }
    keys.push_back(key);
    return true;
}

const Key *Keys::end_object(size_t first) {
    const Key *found = keys.size() - first > few ? find_duplicate(first) : nullptr;
    if (found != nullptr) { duplicate = *found; }
    keys.resize(first, Key{});
    return found == nullptr ? nullptr : &duplicate;
}

void Keys::release_memory() {
    std::vector<Key>().swap(keys);
    std::vector<uint32_t>().swap(table);
}

/// Multiply and fold, eight bytes at a time.
uint64_t Keys::hash(const Key &key) const {
    uint64_t state = seed ^ key.length;
    const uint8_t *at = key.bytes;
    size_t left = key.length;
    while (left > 0) {
        uint64_t word = 0;
        const size_t step = left < 8 ? left : 8;
        memcpy(&word, at, step);
        const auto product = static_cast<unsigned __int128>(state ^ word) * (seed | 1);
        state = uint64_t(product) ^ uint64_t(product >> 64) ^ word * UINT64_C(0x9E3779B97F4A7C15);
        at += step;
        left -= step;
    }
    return state ^ state >> 32;
}

const Key *Keys::find_duplicate(size_t first) {
    const size_t count = keys.size() - first;
    size_t buckets = 64;
    while (buckets < count * 2) { buckets *= 2; }
    table.assign(buckets, 0);
    for (size_t index = 0; index < count; index++) {
        const Key &key = keys[first + index];
        size_t bucket = hash(key) & (buckets - 1);
        // 0 is a free bucket; a taken one holds the key's number, counted from 1.
        while (table[bucket] != 0) {
            if (keys[first + table[bucket] - 1].equals(key)) { return &key; }
            bucket = (bucket + 1) & (buckets - 1);
        }
        table[bucket] = uint32_t(index + 1);
    }
    return nullptr;
}

}  // namespace csimdjson
