// Activation functions, each beside its derivative: the vector form of src/rosenblatt/functional/activations.py.
//
//     y  = f(z)                    value(z)
//     dz = dL/dz = dL/dy * dy/dz   gradient(dy, z, y)
//
// Where the sign of z or its place between two limits can be told from y, `z` may be y itself: see
// derivative_needs_z in pass.cpp.
#pragma once

#include "math.hpp"
#include "plan.hpp"
#include "rows.hpp"

namespace rosenblatt::ROSENBLATT_ISA {

// --- Functions of one number ----------------------------------------------------------------------

// y = 1 where z >= 0, else 0. Its derivative is never asked for: nothing learns by it.
template <class T>
struct Step {
    using V = Vector<T>;
    static ROSENBLATT_INLINE V value(V z) { return select(z >= V(T(0)), V(T(1)), V(T(0))); }
    static ROSENBLATT_INLINE V gradient(V, V, V) { return V(T(0)); }
};

// y = z; dz = dy
template <class T>
struct Linear {
    using V = Vector<T>;
    static ROSENBLATT_INLINE V value(V z) { return z; }
    static ROSENBLATT_INLINE V gradient(V dy, V, V) { return dy; }
};

// y = 1 / (1 + exp(-z)); dz = dy y (1 - y)
template <class T>
struct Sigmoid {
    using V = Vector<T>;
    static ROSENBLATT_INLINE V value(V z) { return sigmoid(z); }
    static ROSENBLATT_INLINE V gradient(V dy, V, V y) { return (T(1) - y) * y * dy; }
};

// y = tanh(z); dz = dy (1 - y^2)
template <class T>
struct Tanh {
    using V = Vector<T>;
    static ROSENBLATT_INLINE V value(V z) { return tanh(z); }
    static ROSENBLATT_INLINE V gradient(V dy, V, V y) { return (T(1) - y * y) * dy; }
};

// y = max(z, 0); dz = dy where z > 0, else 0
template <class T>
struct Relu {
    using V = Vector<T>;
    static ROSENBLATT_INLINE V value(V z) { return max(V(T(0)), z); }
    static ROSENBLATT_INLINE V gradient(V dy, V z, V) { return select(z > V(T(0)), dy, V(T(0))); }
};

// y = z above the threshold, negative_slope (z - threshold) below it, at most max_value;
// dz = dy above the threshold, negative_slope dy below it, 0 beyond max_value
template <class T>
struct BoundedRelu {
    using V = Vector<T>;
    T negative_slope, max_value, threshold;

    ROSENBLATT_INLINE V value(V z) const {
        return min(V(max_value), select(z > V(threshold), z, negative_slope * (z - threshold)));
    }
    ROSENBLATT_INLINE V gradient(V dy, V z, V) const {
        const V above = select(z < V(max_value), dy, V(T(0)));
        return select(z > V(threshold), above, select(z <= V(threshold), negative_slope * dy, V(T(0))));
    }
};

// y = z where z > 0, else negative_slope z; dz = dy, or negative_slope dy
template <class T>
struct LeakyRelu {
    using V = Vector<T>;
    T negative_slope;

    ROSENBLATT_INLINE V value(V z) const { return select(z > V(T(0)), z, negative_slope * z); }
    ROSENBLATT_INLINE V gradient(V dy, V z, V) const { return select(z > V(T(0)), dy, negative_slope * dy); }
};

// y = scale z where z > 0, else scale alpha (exp(z) - 1);
// dz = scale dy, or dy scale alpha exp(z) = dy (y + scale alpha)
template <class T>
struct Elu {
    using V = Vector<T>;
    T alpha, scale = 1;

    ROSENBLATT_INLINE V value(V z) const { return scale * select(z > V(T(0)), z, alpha * expm1(z)); }
    ROSENBLATT_INLINE V gradient(V dy, V z, V y) const {
        return select(z > V(T(0)), scale * dy, dy * (y + scale * alpha));
    }
};

// The constants for which layers of normalized inputs give normalized outputs (Klambauer et al., 2017).
constexpr double SELU_ALPHA = 1.6732632423543772, SELU_SCALE = 1.0507009873554805;

// y = z gate, where gate = (1 + erf(z / sqrt(2))) / 2 is the normal distribution's cumulative probability;
// dz = dy (gate + z gate'), where gate' = exp(-z^2 / 2) / sqrt(2 pi)
template <class T>
struct Gelu {
    using V = Vector<T>;

    static ROSENBLATT_INLINE V gate(V z) { return T(0.5) + T(0.5) * erf(z * T(0.70710678118654752)); }
    static ROSENBLATT_INLINE V value(V z) { return z * gate(z); }
    static ROSENBLATT_INLINE V gradient(V dy, V z, V) {
        const V slope = exp(T(-0.5) * z * z) * T(0.39894228040143268);
        return dy * (gate(z) + z * slope);
    }
};

// y = z gate, where gate = (1 + tanh(c (z + 0.044715 z^3))) / 2 and c = sqrt(2 / pi);
// dz = dy (gate + z gate'), where gate' = 2 gate (1 - gate) c (1 + 3 * 0.044715 z^2)
template <class T>
struct ApproximateGelu {
    using V = Vector<T>;
    static constexpr T c = T(0.79788456080286536), cubic = T(0.044715);

    static ROSENBLATT_INLINE V gate(V z) { return T(0.5) + T(0.5) * tanh(c * (z + cubic * z * z * z)); }
    static ROSENBLATT_INLINE V value(V z) { return z * gate(z); }
    static ROSENBLATT_INLINE V gradient(V dy, V z, V) {
        const V share = gate(z);
        const V slope = T(2) * share * (T(1) - share) * c * (T(1) + T(3) * cubic * z * z);
        return dy * (share + z * slope);
    }
};

// y = z s, where s = sigmoid(z); dz = dy (s + y (1 - s))
template <class T>
struct Silu {
    using V = Vector<T>;
    static ROSENBLATT_INLINE V value(V z) { return z * sigmoid(z); }
    static ROSENBLATT_INLINE V gradient(V dy, V z, V y) {
        const V s = sigmoid(z);
        return dy * (s + y * (T(1) - s));
    }
};

// y = log(1 + exp(z)); dz = dy sigmoid(z) = dy (1 - exp(-y))
template <class T>
struct Softplus {
    using V = Vector<T>;
    static ROSENBLATT_INLINE V value(V z) { return softplus(z); }
    static ROSENBLATT_INLINE V gradient(V dy, V, V y) { return dy * -expm1(-y); }
};

// y = z / (1 + |z|); dz = dy / (1 + |z|)^2
template <class T>
struct Softsign {
    using V = Vector<T>;
    static ROSENBLATT_INLINE V value(V z) { return z / (T(1) + abs(z)); }
    static ROSENBLATT_INLINE V gradient(V dy, V z, V) {
        const V size = T(1) + abs(z);
        return dy / (size * size);
    }
};

// y = z t, where t = tanh(softplus(z)); dz = dy (t + z (1 - t^2) sigmoid(z)).
//
// exp(softplus(z)) = 1 + exp(z), so t = ((1 + exp(z))^2 - 1) / ((1 + exp(z))^2 + 1). With u = exp(-|z|), which cannot
// overflow, that is
//     z >= 0:  t = (1 + 2 u) / d,    d = 1 + 2 u + 2 u^2,    (1 - t^2) sigmoid(z) = 4 u^2 (1 + u) / d^2
//     z < 0:   t = (2 u + u^2) / d,  d = 2 + 2 u + u^2,      (1 - t^2) sigmoid(z) = 4 u (1 + u) / d^2
template <class T>
struct Mish {
    using V = Vector<T>;
    struct Parts {
        V u, numerator, d;
    };

    static ROSENBLATT_INLINE Parts parts(V z) {
        const V u = exp(-abs(z)), square = u * u, twice = u + u;
        const V numerator = twice + select(z < V(T(0)), square, V(T(1)));
        return {u, numerator, numerator + select(z < V(T(0)), V(T(2)), square + square)};
    }
    static ROSENBLATT_INLINE V value(V z) {
        const Parts p = parts(z);
        return z * (p.numerator / p.d);
    }
    static ROSENBLATT_INLINE V gradient(V dy, V z, V) {
        const Parts p = parts(z);
        const V slope = T(4) * p.u * (T(1) + p.u) * select(z < V(T(0)), V(T(1)), p.u) / (p.d * p.d);
        return dy * (p.numerator / p.d + z * slope);
    }
};

// y = z / 6 + 1 / 2, cut off at 0 and 1; dz = dy / 6 between -3 and 3, else 0
template <class T>
struct HardSigmoid {
    using V = Vector<T>;
    static ROSENBLATT_INLINE V value(V z) { return min(V(T(6)), max(V(T(0)), z + T(3))) / T(6); }
    static ROSENBLATT_INLINE V gradient(V dy, V z, V) { return select(abs(z) < V(T(3)), dy / T(6), V(T(0))); }
};

// y = exp(z); dz = dy y
template <class T>
struct Exponent {
    using V = Vector<T>;
    static ROSENBLATT_INLINE V value(V z) { return exp(z); }
    static ROSENBLATT_INLINE V gradient(V dy, V, V y) { return dy * y; }
};

// --- Functions of a row ---------------------------------------------------------------------------

// row[j], row[j + 1] ...: whole vectors, with `fill` in the lanes at `width` and beyond.
template <class T>
ROSENBLATT_INLINE Vector<T> load_filled(const T* row, int64_t j, int64_t width, T fill) {
    const Vector<T> numbers = Vector<T>::load(row + j);
    return j + Vector<T>::lanes <= width ? numbers : select(first<T>(width - j), numbers, Vector<T>(fill));
}

// The largest number of a row.
template <class T>
ROSENBLATT_INLINE T row_maximum(const T* row, int64_t width) {
    Vector<T> highest{T(-INFINITY)};
    for (int64_t j = 0; j < width; j += Vector<T>::lanes)
        highest = max(load_filled(row, j, width, T(-INFINITY)), highest);
    return largest(highest);
}

// The sum of exp(z - shift) over a row; the numbers themselves, with zeros behind them, go to y where it is not null.
template <class T>
ROSENBLATT_INLINE T row_exponentials(const T* z, int64_t width, T shift, T* y) {
    using V = Vector<T>;
    V total(T(0));
    for (int64_t j = 0; j < width; j += V::lanes) {
        const V e = exp(load_filled(z, j, width, T(-INFINITY)) - shift);
        total += e;
        if (y != nullptr) e.store(y + j);
    }
    return sum(total);
}

// y = exp(z) / sum(exp(z)); less the largest z first, which changes nothing, and exp cannot overflow
template <class T>
void softmax(Rows<const T> z, Rows<T> y) {
    using V = Vector<T>;
    for (int64_t r = 0; r < z.count; ++r) {
        const T total = row_exponentials(z.row(r), z.width, row_maximum(z.row(r), z.width), y.row(r));
        for (int64_t j = 0; j < z.width; j += V::lanes) (V::load(y.row(r) + j) / total).store(y.row(r) + j);
    }
}

// dz = y (dy - sum(dy y))
template <class T>
void softmax_gradient(Rows<const T> dy, Rows<const T> y, Rows<T> dz) {
    using V = Vector<T>;
    for (int64_t r = 0; r < y.count; ++r) {
        const T *dy_row = dy.row(r), *y_row = y.row(r);
        V total(T(0));
        for (int64_t j = 0; j < y.width; j += V::lanes)
            total += load_filled(dy_row, j, y.width, T(0)) * load_filled(y_row, j, y.width, T(0));
        const V along(sum(total));
        for (int64_t j = 0; j < y.width; j += V::lanes)
            (load_filled(y_row, j, y.width, T(0)) * (V::load(dy_row + j) - along)).store(dz.row(r) + j);
    }
}

// y = z - log(sum(exp(z)))
template <class T>
void log_softmax(Rows<const T> z, Rows<T> y) {
    using V = Vector<T>;
    for (int64_t r = 0; r < z.count; ++r) {
        const T* z_row = z.row(r);
        const T shift = row_maximum(z_row, z.width);
        const V log_total = log(V(row_exponentials(z_row, z.width, shift, static_cast<T*>(nullptr))));
        for (int64_t j = 0; j < z.width; j += V::lanes)
            (load_filled(z_row, j, z.width, shift) - shift - log_total).store(y.row(r) + j);
    }
}

// dz = dy - softmax(z) sum(dy) = dy - exp(y) sum(dy)
template <class T>
void log_softmax_gradient(Rows<const T> dy, Rows<const T> y, Rows<T> dz) {
    using V = Vector<T>;
    for (int64_t r = 0; r < y.count; ++r) {
        V total(T(0));
        for (int64_t j = 0; j < y.width; j += V::lanes) total += load_filled(dy.row(r), j, y.width, T(0));
        const V sum_of_dy(sum(total));
        for (int64_t j = 0; j < y.width; j += V::lanes) {
            const V p = exp(load_filled(y.row(r), j, y.width, T(-INFINITY)));
            (V::load(dy.row(r) + j) - p * sum_of_dy).store(dz.row(r) + j);
        }
    }
}

// --- By name --------------------------------------------------------------------------------------

// Calls `action` with the function that works on each number alone.
template <class T, class Action>
ROSENBLATT_INLINE void with_function(const Activation& f, Action action) {
    switch (f.kind) {
        case ActivationKind::step: return action(Step<T>{});
        case ActivationKind::linear: return action(Linear<T>{});
        case ActivationKind::sigmoid: return action(Sigmoid<T>{});
        case ActivationKind::tanh: return action(Tanh<T>{});
        case ActivationKind::relu:
            if (f.negative_slope == 0 && f.threshold == 0 && f.max_value == INFINITY) return action(Relu<T>{});
            return action(BoundedRelu<T>{T(f.negative_slope), T(f.max_value), T(f.threshold)});
        case ActivationKind::leaky_relu: return action(LeakyRelu<T>{T(f.negative_slope)});
        case ActivationKind::elu: return action(Elu<T>{T(f.alpha)});
        case ActivationKind::selu: return action(Elu<T>{T(SELU_ALPHA), T(SELU_SCALE)});
        case ActivationKind::gelu: return f.approximate ? action(ApproximateGelu<T>{}) : action(Gelu<T>{});
        case ActivationKind::silu: return action(Silu<T>{});
        case ActivationKind::softplus: return action(Softplus<T>{});
        case ActivationKind::softsign: return action(Softsign<T>{});
        case ActivationKind::mish: return action(Mish<T>{});
        case ActivationKind::hard_sigmoid: return action(HardSigmoid<T>{});
        case ActivationKind::exponential: return action(Exponent<T>{});
        case ActivationKind::softmax:
        case ActivationKind::log_softmax: return;
    }
}

// Rows as stretches of numbers without a gap: each row with its pads, or all rows as one where they lie alike.
struct Stretches {
    int64_t count, length;
};
ROSENBLATT_INLINE Stretches stretches(int64_t count, int64_t width, int64_t stride, bool alike, int64_t lanes) {
    if (alike) return {1, count * stride};
    return {count, (width + lanes - 1) / lanes * lanes};
}

// y = f(z); y may be z.
template <class T>
void activate(const Activation& f, Rows<const T> z, Rows<T> y) {
    using V = Vector<T>;
    if (f.kind == ActivationKind::softmax) return softmax(z, y);
    if (f.kind == ActivationKind::log_softmax) return log_softmax(z, y);
    const Stretches all = stretches(z.count, z.width, z.stride, z.stride == y.stride, V::lanes);
    with_function<T>(f, [&](auto function) {
        for (int64_t r = 0; r < all.count; ++r)
            for (int64_t i = 0; i < all.length; i += V::lanes)
                function.value(V::load(z.row(r) + i)).store(y.row(r) + i);
    });
    if (f.kind != ActivationKind::exponential) return;
    // Pads that this is done to again and again would run to infinity.
    for (int64_t r = 0; r < y.count; ++r)
        for (int64_t i = y.width; i < y.stride; ++i) y.row(r)[i] = 0;
}

// dz = dL/dz from dy = dL/dy; dz may be dy.
template <class T>
void activate_gradient(const Activation& f, Rows<const T> dy, Rows<const T> z, Rows<const T> y, Rows<T> dz) {
    using V = Vector<T>;
    if (f.kind == ActivationKind::softmax) return softmax_gradient(dy, y, dz);
    if (f.kind == ActivationKind::log_softmax) return log_softmax_gradient(dy, y, dz);
    const bool alike = dy.stride == z.stride && dy.stride == y.stride && dy.stride == dz.stride;
    const Stretches all = stretches(dy.count, dy.width, dy.stride, alike, V::lanes);
    with_function<T>(f, [&](auto function) {
        for (int64_t r = 0; r < all.count; ++r)
            for (int64_t i = 0; i < all.length; i += V::lanes) {
                const V slope = function.gradient(V::load(dy.row(r) + i), V::load(z.row(r) + i), V::load(y.row(r) + i));
                slope.store(dz.row(r) + i);
            }
    });
}

}  // namespace rosenblatt::ROSENBLATT_ISA
