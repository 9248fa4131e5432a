// Rows of numbers in memory: our own, which kernels work on, and the caller's.
#pragma once

#include <cstdint>
#include <cstring>

namespace rosenblatt {

constexpr int64_t CACHE_LINE = 64;  // bytes; also the widest vector, so that padded rows serve every instruction set

// (count, width) numbers, each row `stride` numbers after the one before. The pads between width and stride hold
// anything finite: kernels on single numbers may run over them, sums must not.
template <class T>
struct Rows {
    T* data = nullptr;
    int64_t count = 0, width = 0, stride = 0;

    T* row(int64_t i) const { return data + i * stride; }
    Rows part(int64_t begin, int64_t end) const { return {row(begin), end - begin, width, stride}; }
    Rows columns(int64_t begin, int64_t end) const { return {data + begin, count, end - begin, stride}; }
    operator Rows<const T>() const { return {data, count, width, stride}; }
};

template <class T>
void copy(Rows<const T> from, Rows<T> to) {
    for (int64_t i = 0; i < to.count; ++i)
        std::memcpy(to.row(i), from.row(i), static_cast<size_t>(to.width) * sizeof(T));
}
template <class T>
void copy(Rows<T> from, Rows<T> to) {
    copy(Rows<const T>(from), to);
}

enum class Element { float32, float64, uint8 };

// Rows of numbers in the caller's memory, read where they lie; a memory map will do.
struct Samples {
    const void* data = nullptr;
    Element element = Element::float32;
    int64_t stride = 0;  // numbers from one row to the next
};

}  // namespace rosenblatt
