// The arithmetic of the engine as one table of functions, made once for each instruction set and each precision.
//
// Everything above this table is ordinary C++ that is compiled once; everything below it is in namespaces named after
// instruction sets.
#pragma once

#include <cstdint>

#include "isa.hpp"
#include "plan.hpp"
#include "rows.hpp"
#include "update_step.hpp"

namespace rosenblatt {

template <class T>
struct Kernels {
    // products.hpp: C = A B, a sum over k for each element; multiply adds it to C where `add`. See there for the blocking.
    void (*multiply)(const T* const* a, int64_t a_offset, int64_t rows, const T* b, int64_t b_stride, int64_t depth,
                     int64_t columns, T* c, int64_t c_stride, T* scratch, bool add);
    void (*multiply_transposed)(const T* const* a, int64_t rows, const T* b, int64_t b_stride, int64_t depth,
                                int64_t columns, T* c, int64_t c_stride, T* scratch);
    void (*outer)(const T* const* a, int64_t a_offset, int64_t count, const T* b, int64_t b_stride, int64_t depth,
                  int64_t columns, T* c, int64_t c_stride);

    // activations.hpp: y = f(z) and dz = dL/dz from dy; y may be z, dz may be dy.
    void (*activate)(const Activation& f, Rows<const T> z, Rows<T> y);
    void (*activate_gradient)(const Activation& f, Rows<const T> dy, Rows<const T> z, Rows<const T> y, Rows<T> dz);

    // losses.hpp: each row's own loss, and share[row] times its derivative where `gradient` has data.
    // `labels` (class numbers) for the sparse cross-entropy, `target` for all others. `zero_or_one`: hinge targets are 0
    // and 1 and stand for -1 and 1.
    void (*loss)(const Loss& loss, Rows<const T> target, const int64_t* labels, bool zero_or_one, Rows<const T> output,
                 const T* share, T* values, Rows<T> gradient);

    // optimizers.hpp: one step by the gradient gradient_scale * g: clipping by value, weight decay, the rule, moving
    // average.
    void (*update)(const Optimizer& optimizer, const UpdateStep& step, double gradient_scale, T* w, const T* g,
                   Slots<T> slots, int64_t count);
    // The penalty l1 sum |w| + l2 sum w^2; its derivative is added to g where g is not null.
    double (*penalize)(double l1, double l2, const T* w, T* g, int64_t count);
    double (*sum_of_squares)(const T* numbers, int64_t count);

    // noise.hpp: rows are numbered from `first_row` in their batch; y may be x. The same dropout makes dx from dy.
    void (*dropout)(const Layer& layer, uint32_t step, int64_t first_row, Rows<const T> x, Rows<T> y);
    void (*gaussian_noise)(const Layer& layer, uint32_t step, int64_t first_row, Rows<const T> x, Rows<T> y);

    // normalization.hpp: gamma and beta may be null; y may be x, dx may be dy.
    void (*layer_normalization)(Rows<const T> x, const T* gamma, const T* beta, double epsilon, Rows<T> n, T* deviation,
                                Rows<T> y);
    void (*layer_normalization_gradient)(Rows<const T> dy, Rows<const T> n, const T* deviation, const T* gamma,
                                         Rows<T> dx);
    // All rows of the batch, and any slice of the columns with its gamma, beta, moving averages and deviation.
    void (*batch_normalization)(Rows<const T> x, const T* gamma, const T* beta, double epsilon, double momentum,
                                T* moving_mean, T* moving_variance, Rows<T> n, T* deviation, Rows<T> y);
    void (*batch_normalization_gradient)(Rows<const T> dy, Rows<const T> n, const T* deviation, const T* gamma,
                                         Rows<T> dx);
    // By figures that are given: in use, and where the layer is frozen.
    void (*normalize_by)(Rows<const T> x, const T* mean, const T* variance, const T* gamma, const T* beta,
                         double epsilon, Rows<T> y);
    void (*normalize_by_gradient)(Rows<const T> dy, const T* variance, const T* gamma, double epsilon, Rows<T> dx);
    // Sums over all rows, (columns,), of any slice of the columns.
    void (*column_sums)(Rows<const T> dy, T* out);
    void (*column_sums_of_products)(Rows<const T> dy, Rows<const T> n, T* out);

    // elementwise.hpp: y may be x, dx may be dy.
    void (*prelu)(Rows<const T> x, const T* alpha, Rows<T> y);
    void (*prelu_gradient)(Rows<const T> dy, Rows<const T> x, const T* alpha, Rows<T> dx);
    void (*prelu_alpha_gradient)(Rows<const T> dy, Rows<const T> x, T* out);
    void (*rescale)(Rows<const T> x, double scale, double offset, Rows<T> y);
    // mean and variance hold `period` numbers, repeated along the row.
    void (*standardize)(Rows<const T> x, const T* mean, const T* variance, int64_t period, Rows<T> y);
    void (*standardize_gradient)(Rows<const T> dy, const T* variance, int64_t period, Rows<T> dx);
    // Row i becomes row order[first + i] of x, or row first + i where order is null.
    void (*gather)(const void* x, Element element, int64_t x_stride, const int64_t* order, int64_t first, Rows<T> to);
    // z = bias + the sum of one, two or four partial sums; bias may be null, z may be one of them.
    void (*combine)(const T* const* partials, int64_t count, const T* bias, Rows<T> z);

    // peak.hpp: multiply-adds on numbers that stay in registers; returns how many operations that were.
    int64_t (*multiply_add_rounds)(int64_t rounds);
};

// The table of an instruction set; `isa` must be among available().
template <class T>
const Kernels<T>& kernels(Isa isa);

}  // namespace rosenblatt
