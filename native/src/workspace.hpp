// The memory of one batch on its way through a network.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <new>
#include <vector>

#include "plan.hpp"
#include "rows.hpp"

namespace rosenblatt {

// Numbers at an address that vectors like, 0 at first.
template <class T>
class Buffer {
  public:
    Buffer() = default;
    explicit Buffer(int64_t size)
        : numbers_(static_cast<T*>(::operator new(static_cast<size_t>(size) * sizeof(T), std::align_val_t(CACHE_LINE)))) {
        std::fill_n(numbers_.get(), size, T(0));
    }
    T* get() const { return numbers_.get(); }

  private:
    struct Free {
        void operator()(T* numbers) const { ::operator delete(numbers, std::align_val_t(CACHE_LINE)); }
    };
    std::unique_ptr<T, Free> numbers_;
};

// From one row to the next: whole cache lines, and never a multiple of 1024 bytes, because the lines of such rows would
// compete for the same few places of the cache.
template <class T>
int64_t padded_stride(int64_t width) {
    constexpr int64_t line = CACHE_LINE / static_cast<int64_t>(sizeof(T));
    const int64_t stride = (width + line - 1) / line * line;
    return stride * static_cast<int64_t>(sizeof(T)) % 1024 == 0 ? stride + line : stride;
}

// Rows that own their memory, and pointers to each.
template <class T>
struct Block {
    Buffer<T> numbers;
    Rows<T> rows;
    std::vector<const T*> pointers;

    Block() = default;
    Block(int64_t count, int64_t width)
        : numbers(count * padded_stride<T>(width)), rows{numbers.get(), count, width, padded_stride<T>(width)} {
        for (int64_t i = 0; i < count; ++i) pointers.push_back(rows.row(i));
    }
};

// How many sums over parts of its inputs a dense layer's sum is made of: threads share the parts, and with them the
// weights, which then stay in their caches from step to step. It must not depend on the number of threads, or their
// number would show in the last bits of a result. More parts cost more additions; fewer serve fewer threads.
inline int64_t part_count(int64_t inputs) { return inputs >= 256 ? 4 : 1; }

// What one layer leaves behind on the way forward and needs on the way back.
template <class T>
struct LayerBlocks {
    Block<T> z, y;                 // z is y's memory where the derivative does not need both
    Block<T> dy;                   // dL/dy, then dL/dz; only for training
    Block<T> normalized;           // normalizations
    Buffer<T> deviation;           // a number a row or a column
    std::vector<Buffer<T>> parts;  // a dense layer's sums over parts of its inputs, each laid out as z
    Rows<T> z_rows() const { return z.rows.data == nullptr ? y.rows : z.rows; }
};

// Whether f'(z) is computed from z, so that it must be kept beside y = f(z).
bool derivative_needs_z(const Activation& f);

template <class T>
struct Workspace {
    Workspace(const Plan& plan, int64_t capacity, bool training);

    int64_t capacity;
    Block<T> input;  // rows that had to be converted to T
    std::vector<LayerBlocks<T>> layers;
    Block<T> outputs;             // after the output activation
    Block<T> target;
    std::vector<int64_t> labels;
    std::vector<T> share, values;  // of each row in the loss
};

}  // namespace rosenblatt
