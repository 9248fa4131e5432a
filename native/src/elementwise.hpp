// Layers that take each number for itself, and rows on their way into the engine and between its products.
//
// Whole vectors run over the pads of the rows; parameters, which have none, are read by `parameters`.
#pragma once

#include "rows.hpp"
#include "walk.hpp"

namespace rosenblatt::ROSENBLATT_ISA {

// body(r, j) for every vector of every row.
template <class T, class Body>
ROSENBLATT_INLINE void each_vector(Rows<T> rows, Body body) {
    for (int64_t r = 0; r < rows.count; ++r)
        for (int64_t j = 0; j < rows.width; j += Vector<T>::lanes) body(r, j);
}

// --- PReLU ----------------------------------------------------------------------------------------

// y = max(x, 0) + alpha min(x, 0), with a slope alpha for every column. y may be x.
template <class T>
void prelu(Rows<const T> x, const T* alpha, Rows<T> y) {
    using V = Vector<T>;
    const V zero(T(0));
    each_vector(y, [&](int64_t r, int64_t j) {
        const V number = V::load(x.row(r) + j);
        (max(zero, number) + parameters(alpha, j, x.width) * min(zero, number)).store(y.row(r) + j);
    });
}

// dx = dy where x > 0, else alpha dy. dx may be dy or x.
template <class T>
void prelu_gradient(Rows<const T> dy, Rows<const T> x, const T* alpha, Rows<T> dx) {
    using V = Vector<T>;
    each_vector(dx, [&](int64_t r, int64_t j) {
        const V slope = V::load(dy.row(r) + j);
        select(V::load(x.row(r) + j) > V(T(0)), slope, parameters(alpha, j, x.width) * slope).store(dx.row(r) + j);
    });
}

// dL/dalpha: the sum of dy min(x, 0) over each column, (columns,); of any slice of columns.
template <class T>
void prelu_alpha_gradient(Rows<const T> dy, Rows<const T> x, T* out) {
    sum_down(dy.count, dy.width, out, [&](int64_t r, int64_t j, auto span) {
        const typename decltype(span)::Numbers zero(T(0));
        return span.load(dy.row(r) + j) * min(zero, span.load(x.row(r) + j));
    });
}

// --- Rescaling, and normalization by figures measured beforehand ----------------------------------

// y = scale x + offset. y may be x.
template <class T>
void rescale(Rows<const T> x, double scale, double offset, Rows<T> y) {
    using V = Vector<T>;
    const V factor(static_cast<T>(scale)), addend(static_cast<T>(offset));
    each_vector(y, [&](int64_t r, int64_t j) { (V::load(x.row(r) + j) * factor + addend).store(y.row(r) + j); });
}

// So many columns are standardized at a time: whole vectors of every instruction set.
constexpr int64_t FIGURES = 64;

// The figures of FIGURES columns from j on: (period,) numbers that are repeated along the row.
template <class T>
inline void repeat(const T* figures, int64_t period, int64_t j, T (&repeated)[FIGURES]) {
    for (int64_t i = 0, place = j % period; i < FIGURES; ++i) {
        repeated[i] = figures[place];
        if (++place == period) place = 0;
    }
}

// variance <- 1 / max(sqrt(variance), 1e-7).
template <class T>
inline void invert_deviation(T (&variance)[FIGURES]) {
    using V = Vector<T>;
    for (int64_t i = 0; i < FIGURES; i += V::lanes)
        (V(T(1)) / max(V(T(1e-7)), sqrt(V::load(variance + i)))).store(variance + i);
}

// y = (x - mean) / max(sqrt(variance), 1e-7). y may be x.
template <class T>
void standardize(Rows<const T> x, const T* mean, const T* variance, int64_t period, Rows<T> y) {
    using V = Vector<T>;
    for (int64_t begin = 0; begin < y.width; begin += FIGURES) {
        T middle[FIGURES], inverse[FIGURES];
        repeat(mean, period, begin, middle);
        repeat(variance, period, begin, inverse);
        invert_deviation(inverse);
        const int64_t end = begin + FIGURES < y.width ? begin + FIGURES : y.width;
        each_vector(y.columns(begin, end), [&](int64_t r, int64_t j) {
            const V number = V::load(x.row(r) + begin + j);
            ((number - V::load(middle + j)) * V::load(inverse + j)).store(y.row(r) + begin + j);
        });
    }
}

// dx = dy / max(sqrt(variance), 1e-7). dx may be dy.
template <class T>
void standardize_gradient(Rows<const T> dy, const T* variance, int64_t period, Rows<T> dx) {
    using V = Vector<T>;
    for (int64_t begin = 0; begin < dx.width; begin += FIGURES) {
        T inverse[FIGURES];
        repeat(variance, period, begin, inverse);
        invert_deviation(inverse);
        const int64_t end = begin + FIGURES < dx.width ? begin + FIGURES : dx.width;
        each_vector(dx.columns(begin, end), [&](int64_t r, int64_t j) {
            (V::load(dy.row(r) + begin + j) * V::load(inverse + j)).store(dx.row(r) + begin + j);
        });
    }
}

// --- Rows on their way ----------------------------------------------------------------------------

// Row i of `to` becomes row order[first + i] of x as numbers of type T, or row first + i where there is no order. The
// pads of `to` are left alone.
template <class T, class From>
void gather_from(const From* x, int64_t x_stride, const int64_t* order, int64_t first, Rows<T> to) {
    for (int64_t i = 0; i < to.count; ++i) {
        const From* from = x + (order == nullptr ? first + i : order[first + i]) * x_stride;
        T* row = to.row(i);
        for (int64_t j = 0; j < to.width; ++j) row[j] = static_cast<T>(from[j]);
    }
}

template <class T>
void gather(const void* x, Element element, int64_t x_stride, const int64_t* order, int64_t first, Rows<T> to) {
    switch (element) {
        case Element::float32: return gather_from(static_cast<const float*>(x), x_stride, order, first, to);
        case Element::float64: return gather_from(static_cast<const double*>(x), x_stride, order, first, to);
        case Element::uint8: return gather_from(static_cast<const uint8_t*>(x), x_stride, order, first, to);
    }
}

// z = sum + bias, where the sum is that of one, two or four partial sums, of neighbours first: (0 + 1) + (2 + 3). All
// partial sums lie as z does and z may be one of them; bias, a number for each column, may be null.
template <class T>
void combine(const T* const* partials, int64_t count, const T* bias, Rows<T> z) {
    using V = Vector<T>;
    each_vector(z, [&](int64_t r, int64_t j) {
        const auto partial = [&](int64_t i) { return V::load(partials[i] + r * z.stride + j); };
        V sum = partial(0);
        if (count > 1) sum += partial(1);
        if (count > 2) sum += partial(2) + partial(3);
        if (bias != nullptr) sum += parameters(bias, j, z.width);
        sum.store(z.row(r) + j);
    });
}

}  // namespace rosenblatt::ROSENBLATT_ISA
