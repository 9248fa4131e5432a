#include "products.hpp"

#include <vector>

#include "check.hpp"

using namespace rosenblatt::ROSENBLATT_ISA;
using rosenblatt::DEPTH;
using rosenblatt::PANEL_BYTES;

namespace {

// Numbers that are sums of few powers of two, so that sums of their products are exact in any order.
template <class T>
std::vector<T> numbers(int64_t count, int seed) {
    std::vector<T> made;
    for (int64_t i = 0; i < count; ++i) made.push_back(T((i * 7 + seed * 5) % 13 - 6) / T(4));
    return made;
}

// A matrix in memory with other things around it, which a product must leave alone.
template <class T>
struct Matrix {
    int64_t rows, columns, stride;
    std::vector<T> memory;
    std::vector<const T*> pointers;

    Matrix(int64_t rows, int64_t columns, int seed, int64_t gap = 3)
        : rows(rows), columns(columns), stride(columns + gap), memory(numbers<T>(rows * stride, seed)) {
        for (int64_t i = 0; i < rows; ++i) pointers.push_back(&memory[static_cast<size_t>(i * stride)]);
    }
    T& at(int64_t i, int64_t j) { return memory[static_cast<size_t>(i * stride + j)]; }
};

// The definitions, as they stand in products.hpp's first lines: the plain reference of all three kernels.
template <class T, class Term>
void expect(Matrix<T>& c, const Matrix<T>& before, int64_t depth, Term term) {
    int64_t wrong = 0;
    for (int64_t i = 0; i < c.rows; ++i)
        for (int64_t j = 0; j < c.stride; ++j) {
            T sum = 0;
            for (int64_t k = 0; k < depth; ++k)
                if (j < c.columns) sum += term(i, j, k);
            wrong += c.at(i, j) != (j < c.columns ? sum : before.memory[static_cast<size_t>(i * c.stride + j)]);
        }
    CHECK(wrong == 0);
}

template <class T>
void check_products(int64_t rows, int64_t depth, int64_t columns) {
    std::vector<T> scratch(static_cast<size_t>(PANEL_BYTES) / sizeof(T));
    Matrix<T> c(rows, columns, 9), before = c;
    {
        Matrix<T> a(rows, depth + 2, 1), b(depth, columns, 2);
        multiply<T>(a.pointers.data(), 2, rows, b.memory.data(), b.stride, depth, columns, c.memory.data(), c.stride,
                    scratch.data(), false);
        expect(c, before, depth, [&](int64_t i, int64_t j, int64_t k) { return a.at(i, k + 2) * b.at(k, j); });
        multiply<T>(a.pointers.data(), 2, rows, b.memory.data(), b.stride, depth, columns, c.memory.data(), c.stride,
                    scratch.data(), true);
        expect(c, before, depth, [&](int64_t i, int64_t j, int64_t k) { return 2 * a.at(i, k + 2) * b.at(k, j); });
    }
    c = before;
    {
        Matrix<T> a(rows, depth, 3), b(columns, depth, 4);
        multiply_transposed<T>(a.pointers.data(), rows, b.memory.data(), b.stride, depth, columns, c.memory.data(),
                               c.stride, scratch.data());
        expect(c, before, depth, [&](int64_t i, int64_t j, int64_t k) { return a.at(i, k) * b.at(j, k); });
    }
    c = before;
    {
        Matrix<T> a(depth, rows + 2, 5), b(depth, columns, 6);
        outer<T>(a.pointers.data(), 2, rows, b.memory.data(), b.stride, depth, columns, c.memory.data(), c.stride);
        expect(c, before, depth, [&](int64_t i, int64_t j, int64_t k) { return a.at(k, i + 2) * b.at(k, j); });
    }
}

}  // namespace

TEST("products of every width of a tile are the sums they are defined as") {
    for (int64_t columns = 1; columns <= 70; ++columns) {
        check_products<float>(7, 5, columns);
        check_products<double>(7, 5, columns);
    }
}

TEST("products of every height of a tile are the sums they are defined as") {
    for (int64_t rows = 1; rows <= 18; ++rows) {
        check_products<float>(rows, 9, 21);
        check_products<double>(rows, 9, 21);
    }
}

TEST("many rows, for which a panel is copied, and deep sums, which are cut, are exact as well") {
    check_products<float>(ROWS_TO_PACK + 5, 11, 100);
    check_products<float>(9, 2 * DEPTH + 17, 33);
    check_products<double>(ROWS_TO_PACK, DEPTH + 1, 50);
}

TEST("an element does not depend on the rows that are computed with it") {
    const int64_t rows = 100, depth = 300, columns = 37;
    std::vector<float> scratch(static_cast<size_t>(PANEL_BYTES) / sizeof(float));
    Matrix<float> a(rows, depth, 1), b(depth, columns, 2), together(rows, columns, 3), alone(rows, columns, 3);
    for (float& number : a.memory) number *= 1.1f;  // no longer exact
    const auto product = [&](int64_t first, int64_t count, Matrix<float>& c) {
        multiply<float>(a.pointers.data() + first, 0, count, b.memory.data(), b.stride, depth, columns, &c.at(first, 0),
                        c.stride, scratch.data(), false);
    };
    product(0, rows, together);
    for (int64_t i = 0; i < rows; ++i) product(i, 1, alone);
    CHECK(together.memory == alone.memory);
}
