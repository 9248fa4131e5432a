// Layers that bring their inputs to mean 0 and variance 1, by row or by batch, and sums over a batch.
//
// Symbols as in functional/normalization.py: n = (x - mean) / deviation, deviation = sqrt(variance + epsilon),
// y = gamma n + beta, with a number of gamma and of beta for each column; null stands for ones and zeros.
//
// A row's sums run over four vectors of partial sums. A column's sum runs over rows 0, 1, 2 ..., so it does not depend
// on the slice of columns that is given. Slices may be of any width, and nothing beside them is touched.
#pragma once

#include "rows.hpp"
#include "walk.hpp"

namespace rosenblatt::ROSENBLATT_ISA {

// The numbers of some columns, or `otherwise` in all of them where the array is null.
template <class T, class Span>
ROSENBLATT_INLINE typename Span::Numbers load_or(Span span, const T* of_columns, int64_t j, T otherwise) {
    return of_columns == nullptr ? typename Span::Numbers(otherwise) : span.load(of_columns + j);
}

// --- By row ---------------------------------------------------------------------------------------

// n, deviation (rows,) and y, each row by its own mean and variance. y may be x.
template <class T>
void layer_normalization(Rows<const T> x, const T* gamma, const T* beta, double epsilon, Rows<T> n, T* deviation,
                         Rows<T> y) {
    for (int64_t r = 0; r < x.count; ++r) {
        const T *x_row = x.row(r), count = static_cast<T>(x.width);
        T *n_row = n.row(r), *y_row = y.row(r);
        const T mean = sum_along<T>(x.width, [&](int64_t j, auto span) { return span.load(x_row + j); }) / count;
        const T variance = sum_along<T>(x.width, [&](int64_t j, auto span) {
            const auto from_mean = span.load(x_row + j) - mean;
            return from_mean * from_mean;
        }) / count;
        deviation[r] = static_cast<T>(::sqrt(static_cast<double>(variance + static_cast<T>(epsilon))));
        const T inverse = T(1) / deviation[r];
        walk<T, 1>(x.width, [&](int64_t j, auto span) {
            const auto normalized = (span.load(x_row + j) - mean) * inverse;
            span.store(normalized, n_row + j);
            span.store(normalized * load_or(span, gamma, j, T(1)) + load_or(span, beta, j, T(0)), y_row + j);
        });
    }
}

// dx = (dn - mean(dn) - n mean(dn n)) / deviation with dn = dy gamma, both means over the row. dx may be dy.
template <class T>
void layer_normalization_gradient(Rows<const T> dy, Rows<const T> n, const T* deviation, const T* gamma, Rows<T> dx) {
    for (int64_t r = 0; r < dy.count; ++r) {
        const T *dy_row = dy.row(r), *n_row = n.row(r), count = static_cast<T>(dy.width);
        T* dx_row = dx.row(r);
        const auto dn = [&](int64_t j, auto span) { return span.load(dy_row + j) * load_or(span, gamma, j, T(1)); };
        const T mean_dn = sum_along<T>(dy.width, dn) / count;
        const T mean_dn_n =
            sum_along<T>(dy.width, [&](int64_t j, auto span) { return dn(j, span) * span.load(n_row + j); }) / count;
        const T inverse = T(1) / deviation[r];
        walk<T, 1>(dy.width, [&](int64_t j, auto span) {
            span.store((dn(j, span) - mean_dn - span.load(n_row + j) * mean_dn_n) * inverse, dx_row + j);
        });
    }
}

// --- By batch -------------------------------------------------------------------------------------

// n, deviation (columns,) and y, each column by its mean and variance over all rows; the moving averages follow these.
// y may be x.
template <class T>
void batch_normalization(Rows<const T> x, const T* gamma, const T* beta, double epsilon, double momentum,
                         T* moving_mean, T* moving_variance, Rows<T> n, T* deviation, Rows<T> y) {
    walk<T, 4>(x.width, [&](int64_t j, auto span) {
        using Numbers = typename decltype(span)::Numbers;
        const Numbers count(static_cast<T>(x.count));
        Numbers sum(T(0)), squares(T(0));
        for (int64_t r = 0; r < x.count; ++r) sum += span.load(x.row(r) + j);
        const Numbers mean = sum / count;
        for (int64_t r = 0; r < x.count; ++r) {
            const Numbers from_mean = span.load(x.row(r) + j) - mean;
            squares += from_mean * from_mean;
        }
        const Numbers variance = squares / count;

        const Numbers old(static_cast<T>(momentum)), rest(static_cast<T>(1 - momentum));
        span.store(span.load(moving_mean + j) * old + rest * mean, moving_mean + j);
        span.store(span.load(moving_variance + j) * old + rest * variance, moving_variance + j);

        const Numbers root = sqrt(variance + Numbers(static_cast<T>(epsilon))), inverse = Numbers(T(1)) / root;
        const Numbers scale = load_or(span, gamma, j, T(1)), shift = load_or(span, beta, j, T(0));
        span.store(root, deviation + j);
        for (int64_t r = 0; r < x.count; ++r) {
            const Numbers normalized = (span.load(x.row(r) + j) - mean) * inverse;
            span.store(normalized, n.row(r) + j);
            span.store(normalized * scale + shift, y.row(r) + j);
        }
    });
}

// dx = (dn - mean(dn) - n mean(dn n)) / deviation with dn = dy gamma, both means over the batch. dx may be dy.
template <class T>
void batch_normalization_gradient(Rows<const T> dy, Rows<const T> n, const T* deviation, const T* gamma, Rows<T> dx) {
    walk<T, 4>(dy.width, [&](int64_t j, auto span) {
        using Numbers = typename decltype(span)::Numbers;
        const Numbers count(static_cast<T>(dy.count)), scale = load_or(span, gamma, j, T(1));
        const Numbers inverse = Numbers(T(1)) / span.load(deviation + j);
        Numbers sum(T(0)), products(T(0));
        for (int64_t r = 0; r < dy.count; ++r) {
            const Numbers dn = span.load(dy.row(r) + j) * scale;
            sum += dn;
            products += dn * span.load(n.row(r) + j);
        }
        const Numbers mean_dn = sum / count, mean_dn_n = products / count;
        for (int64_t r = 0; r < dy.count; ++r) {
            const Numbers dn = span.load(dy.row(r) + j) * scale;
            span.store((dn - mean_dn - span.load(n.row(r) + j) * mean_dn_n) * inverse, dx.row(r) + j);
        }
    });
}

// y by a mean and a variance that are given: in use, and where the layer is frozen. y may be x.
template <class T>
void normalize_by(Rows<const T> x, const T* mean, const T* variance, const T* gamma, const T* beta, double epsilon,
                  Rows<T> y) {
    walk<T, 4>(x.width, [&](int64_t j, auto span) {
        using Numbers = typename decltype(span)::Numbers;
        const Numbers root = sqrt(span.load(variance + j) + Numbers(static_cast<T>(epsilon)));
        const Numbers inverse = Numbers(T(1)) / root, middle = span.load(mean + j);
        const Numbers scale = load_or(span, gamma, j, T(1)), shift = load_or(span, beta, j, T(0));
        for (int64_t r = 0; r < x.count; ++r)
            span.store((span.load(x.row(r) + j) - middle) * inverse * scale + shift, y.row(r) + j);
    });
}

// dx = dy gamma / deviation. dx may be dy.
template <class T>
void normalize_by_gradient(Rows<const T> dy, const T* variance, const T* gamma, double epsilon, Rows<T> dx) {
    walk<T, 4>(dy.width, [&](int64_t j, auto span) {
        using Numbers = typename decltype(span)::Numbers;
        const Numbers root = sqrt(span.load(variance + j) + Numbers(static_cast<T>(epsilon)));
        const Numbers slope = load_or(span, gamma, j, T(1)) / root;
        for (int64_t r = 0; r < dy.count; ++r) span.store(span.load(dy.row(r) + j) * slope, dx.row(r) + j);
    });
}

// --- Sums over a batch ----------------------------------------------------------------------------

// dL/dbeta, or the derivative of a bias: the sum of each column, (columns,).
template <class T>
void column_sums(Rows<const T> dy, T* out) {
    sum_down(dy.count, dy.width, out, [&](int64_t r, int64_t j, auto span) { return span.load(dy.row(r) + j); });
}

// dL/dgamma: the sum of dy n over each column, (columns,).
template <class T>
void column_sums_of_products(Rows<const T> dy, Rows<const T> n, T* out) {
    sum_down(dy.count, dy.width, out,
             [&](int64_t r, int64_t j, auto span) { return span.load(dy.row(r) + j) * span.load(n.row(r) + j); });
}

}  // namespace rosenblatt::ROSENBLATT_ISA
