// The keys of the objects that a walk is inside of, and whether one was given twice.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace csimdjson {

/// A key without its escapes, and where it stands in the text.
struct Key {
    const uint8_t *bytes;
    uint32_t length;
    uint32_t offset;

    bool equals(const Key &other) const;
};

/// A stack: the keys of an inner object lie on top of those of the objects around it, and go when it ends.
class Keys {
  public:
    Keys();

    size_t count() const { return keys.size(); }
    const Key &top() const { return keys.back(); }

    /// Adds a key to the object whose keys begin at `first`; false if a small object has it already.
    /// A large one is judged when it ends, in linear time.
    bool push(size_t first, const Key &key);

    /// Takes the keys of an object off. Answers the second of two that are alike, or null.
    const Key *end_object(size_t first);

    void clear() { keys.clear(); }
    void release_memory();

  private:
    /// So many keys are compared with each other one by one.
    static constexpr size_t few = 16;

    uint64_t hash(const Key &key) const;
    const Key *find_duplicate(size_t first);

    std::vector<Key> keys;
    std::vector<uint32_t> table;
    Key duplicate{};
    /// Drawn once for the process, so that a sender cannot aim at one bucket.
    uint64_t seed;
};

}  // namespace csimdjson
