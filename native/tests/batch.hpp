// Batches of rows for the tests of kernels, with pads that would spoil any sum they got into.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "rows.hpp"

// A number between -1.5 and 2 for each place, without a pattern that a vector's width could hide.
inline double number_at(int64_t row, int64_t column, int64_t series) {
    const auto r = static_cast<double>(row), c = static_cast<double>(column), s = static_cast<double>(series);
    return std::sin(1.7 * c + 2.9 * r + 5.3 * s + 0.4) + 0.5 * std::cos(0.3 * c * (s + 1)) + 0.25;
}

template <class T>
struct Batch {
    static constexpr double PAD = 1e30;
    std::vector<T> numbers;
    rosenblatt::Rows<T> rows;

    Batch(int64_t count, int64_t width, int64_t series) {
        const int64_t stride = (width + 15) / 16 * 16;
        numbers.assign(static_cast<size_t>(count * stride), static_cast<T>(PAD));
        rows = {numbers.data(), count, width, stride};
        for (int64_t r = 0; r < count; ++r)
            for (int64_t j = 0; j < width; ++j) rows.row(r)[j] = static_cast<T>(number_at(r, j, series));
    }
    Batch(const Batch& other) : numbers(other.numbers), rows(other.rows) { rows.data = numbers.data(); }
    Batch& operator=(const Batch&) = delete;

    double at(int64_t r, int64_t j) const { return static_cast<double>(rows.row(r)[j]); }
    // Whether the numbers are the same to the last bit; pads do not count.
    bool operator==(const Batch& other) const {
        for (int64_t r = 0; r < rows.count; ++r)
            for (int64_t j = 0; j < rows.width; ++j)
                if (rows.row(r)[j] != other.rows.row(r)[j]) return false;
        return true;
    }
};

// A parameter for each column.
template <class T>
std::vector<T> parameters_of(int64_t width, int64_t series) {
    std::vector<T> numbers;
    for (int64_t j = 0; j < width; ++j) numbers.push_back(static_cast<T>(number_at(100, j, series)));
    return numbers;
}
