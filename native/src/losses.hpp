// Loss functions, each beside its derivative: the vector form of src/rosenblatt/functional/losses.py.
//
//     value   a row's own loss: the mean (or sum) over its numbers
//     slope   its derivative with respect to the output o, here without the 1 / n of a mean
//
// t is the target, o the output; p is the output as a probability.
#pragma once

#include "activations.hpp"

namespace rosenblatt::ROSENBLATT_ISA {

constexpr double EPSILON = 1e-7;  // Keras's guard against log(0) and division by zero

template <class T>
struct ValueAndSlope {
    Vector<T> value, slope;
};

// 1 where true, else 0.
template <class T>
ROSENBLATT_INLINE Vector<T> one_where(Mask<T> mask) {
    return select(mask, Vector<T>(T(1)), Vector<T>(T(0)));
}

// x between two limits; NaN stays NaN.
template <class T>
ROSENBLATT_INLINE Vector<T> clip(Vector<T> x, T lowest, T highest) {
    return min(Vector<T>(highest), max(Vector<T>(lowest), x));
}
template <class T>
ROSENBLATT_INLINE Vector<T> clip_probability(Vector<T> p) {
    return clip(p, T(EPSILON), T(1.0 - EPSILON));
}

// The derivative of x^exponent for x >= 0; at 0 large where it would be infinite.
template <class T>
ROSENBLATT_INLINE Vector<T> power_slope(Vector<T> x, double exponent) {
    return T(exponent) * power(max(Vector<T>(Constants<T>::smallest), x), T(exponent - 1.0));
}

// --- Losses that are a mean over the numbers of a row -----------------------------------------------

// (o - t)^2; 2 (o - t)
template <class T>
struct SquaredError {
    ROSENBLATT_INLINE ValueAndSlope<T> operator()(Vector<T> t, Vector<T> o) const {
        const Vector<T> error = o - t;
        return {error * error, error + error};
    }
};

// |o - t|; sign(o - t)
template <class T>
struct AbsoluteError {
    ROSENBLATT_INLINE ValueAndSlope<T> operator()(Vector<T> t, Vector<T> o) const {
        const Vector<T> error = o - t;
        return {abs(error), sign(error)};
    }
};

// e^2 / 2 for e = o - t up to delta, beyond it delta |e| - delta^2 / 2; e, cut off at -delta and delta
template <class T>
struct Huber {
    T delta;

    ROSENBLATT_INLINE ValueAndSlope<T> operator()(Vector<T> t, Vector<T> o) const {
        const Vector<T> error = o - t, size = abs(error), inside = min(Vector<T>(delta), size);
        return {inside * (size - T(0.5) * inside), clip(error, -delta, delta)};
    }
};

// log(cosh(o - t)); tanh(o - t)
template <class T>
struct LogCosh {
    ROSENBLATT_INLINE ValueAndSlope<T> operator()(Vector<T> t, Vector<T> o) const {
        const Vector<T> error = o - t;
        // log(cosh(e)) = |e| + log(1 + exp(-2 |e|)) - log(2), and softplus(2 |e|) = 2 |e| + log(1 + exp(-2 |e|))
        const Vector<T> size = abs(error);
        return {softplus(T(-2) * size) + size - T(0.69314718055994531), tanh(error)};
    }
};

// (log(1 + o) - log(1 + t))^2; 2 (log(1 + o) - log(1 + t)) / (1 + o). Numbers below 1e-7 count as 1e-7.
template <class T>
struct SquaredLogarithmicError {
    ROSENBLATT_INLINE ValueAndSlope<T> operator()(Vector<T> t, Vector<T> o) const {
        const Vector<T> epsilon{T(EPSILON)}, above = max(epsilon, o);
        const Vector<T> error = log1p(above) - log1p(max(epsilon, t));
        return {error * error, (error + error) / (T(1) + above) * one_where(o >= epsilon)};
    }
};

// 100 |o - t| / |t|; 100 sign(o - t) / |t|. Targets nearer to 0 than 1e-7 count as 1e-7.
template <class T>
struct AbsolutePercentageError {
    ROSENBLATT_INLINE ValueAndSlope<T> operator()(Vector<T> t, Vector<T> o) const {
        const Vector<T> error = o - t, size = max(Vector<T>(T(EPSILON)), abs(t));
        return {T(100) * (abs(error) / size), T(100) * sign(error) / size};
    }
};

// The probability p of class 1, that of class 0, q = 1 - p, and the cross-entropy -t log(p) - (1 - t) log(q), which
// from logits is t softplus(-o) + (1 - t) softplus(o).
template <class T>
struct Binary {
    Vector<T> p, q, crossentropy;
};
template <class T>
ROSENBLATT_INLINE Binary<T> binary(Vector<T> t, Vector<T> o, bool from_logits) {
    using V = Vector<T>;
    if (!from_logits) {
        const V p = clip_probability(o), q = T(1) - p;
        return {p, q, -(t * log(p) + (T(1) - t) * log(q))};
    }
    const V small = exp(-abs(o)), w = T(1) + small, zero(T(0));
    const V more = T(1) / w, less = small / w;  // sigmoid(|o|) and sigmoid(-|o|)
    const V rest = log_of_sum(w, small - (w - T(1)));
    const V crossentropy = t * (max(zero, -o) + rest) + (T(1) - t) * (max(zero, o) + rest);
    return {select(o < zero, less, more), select(o < zero, more, less), crossentropy};
}

// -t log(p) - (1 - t) log(1 - p); (p - t) / (p (1 - p)) and 0 where p is clipped, from logits p - t.
// Targets are drawn to one half: t becomes t keep + lift.
template <class T>
struct BinaryCrossentropy {
    T keep, lift;
    bool from_logits;

    ROSENBLATT_INLINE ValueAndSlope<T> operator()(Vector<T> target, Vector<T> o) const {
        const Vector<T> t = target * keep + lift;
        const Binary<T> b = binary(t, o, from_logits);
        if (from_logits) return {b.crossentropy, b.p - t};
        return {b.crossentropy, (b.p - t) / (b.p * b.q) * one_where(b.p == o)};
    }
};

// miss^gamma crossentropy, where the miss t (1 - p) + (1 - t) p is the probability given to the wrong class;
// with respect to the logit: miss^gamma (p - t) + gamma miss^(gamma - 1) (1 - 2 t) p (1 - p) crossentropy,
// with respect to p that is divided by p (1 - p). With balancing class 1 is weighted by alpha and class 0 by 1 - alpha.
template <class T>
struct BinaryFocalCrossentropy {
    T keep, lift;
    bool from_logits, balanced;
    double gamma;
    T alpha;

    ROSENBLATT_INLINE ValueAndSlope<T> operator()(Vector<T> target, Vector<T> o) const {
        using V = Vector<T>;
        const V t = target * keep + lift;
        const Binary<T> b = binary(t, o, from_logits);
        const V miss = t * b.q + (T(1) - t) * b.p, focus = power(miss, T(gamma));
        const V weight = balanced ? t * alpha + (T(1) - t) * (T(1) - alpha) : V(T(1));
        V slope = focus * (b.p - t) + power_slope(miss, gamma) * (T(1) - T(2) * t) * b.p * b.q * b.crossentropy;
        if (!from_logits) slope = slope * one_where(b.p == o) / (b.p * b.q);
        return {focus * b.crossentropy * weight, slope * weight};
    }
};

// t log(t / p), both between 1e-7 and 1; -t / p, and 0 where p is clipped
template <class T>
struct KlDivergence {
    ROSENBLATT_INLINE ValueAndSlope<T> operator()(Vector<T> target, Vector<T> o) const {
        const Vector<T> t = clip(target, T(EPSILON), T(1)), p = clip(o, T(EPSILON), T(1));
        return {t * log(t / p), -t / p * one_where(p == o)};
    }
};

// o - t log(o); 1 - t / o
template <class T>
struct Poisson {
    ROSENBLATT_INLINE ValueAndSlope<T> operator()(Vector<T> t, Vector<T> o) const {
        const Vector<T> rate = o + T(EPSILON);
        return {o - t * log(rate), T(1) - t / rate};
    }
};

// max(1 - t o, 0); -t inside the margin, else 0. Targets 0 and 1 stand for -1 and 1.
template <class T>
struct Hinge {
    bool zero_or_one;

    ROSENBLATT_INLINE ValueAndSlope<T> operator()(Vector<T> target, Vector<T> o) const {
        const Vector<T> t = zero_or_one ? T(2) * target - T(1) : target;
        return {max(Vector<T>(T(0)), T(1) - t * o), -t * one_where(t * o < Vector<T>(T(1)))};
    }
};

// max(1 - t o, 0)^2; -2 t max(1 - t o, 0)
template <class T>
struct SquaredHinge {
    bool zero_or_one;

    ROSENBLATT_INLINE ValueAndSlope<T> operator()(Vector<T> target, Vector<T> o) const {
        const Vector<T> t = zero_or_one ? T(2) * target - T(1) : target;
        const Vector<T> inside = max(Vector<T>(T(0)), T(1) - t * o);
        return {inside * inside, T(-2) * t * inside};
    }
};

// Writes a row of the gradient, numbers(j) for the vector at j, and zeros behind the row's width.
template <class T, class Numbers>
ROSENBLATT_INLINE void fill_row(T* row, int64_t width, int64_t stride, Numbers numbers) {
    using V = Vector<T>;
    int64_t j = 0;
    for (; j + V::lanes <= width; j += V::lanes) numbers(j).store(row + j);
    if (j < width) {
        select(first<T>(width - j), numbers(j), V(T(0))).store(row + j);
        j += V::lanes;
    }
    for (; j < stride; j += V::lanes) V(T(0)).store(row + j);
}

// The sum of numbers(j) over a row.
template <class T, class Numbers>
ROSENBLATT_INLINE T sum_row(int64_t width, Numbers numbers) {
    using V = Vector<T>;
    V total(T(0));
    int64_t j = 0;
    for (; j + V::lanes <= width; j += V::lanes) total += numbers(j);
    if (j < width) total += select(first<T>(width - j), numbers(j), V(T(0)));
    return sum(total);
}

// Rows of one number: as many rows at once as a vector has lanes.
template <class T, class Function>
void loss_of_single_numbers(Function f, Rows<const T> target, Rows<const T> output, const T* share, T* values,
                            Rows<T> gradient) {
    using V = Vector<T>;
    for (int64_t r = 0; r < output.count; r += V::lanes) {
        const int64_t rows = output.count - r < V::lanes ? output.count - r : V::lanes;
        T t[V::lanes] = {}, o[V::lanes] = {}, slopes[V::lanes];
        for (int64_t i = 0; i < rows; ++i) t[i] = *target.row(r + i), o[i] = *output.row(r + i);
        const ValueAndSlope<T> result = f(V::load(t), V::load(o));
        result.value.store(values + r, rows);
        if (gradient.data == nullptr) continue;
        (result.slope * V::load(share + r, rows)).store(slopes);
        for (int64_t i = 0; i < rows; ++i)
            fill_row(gradient.row(r + i), 1, gradient.stride, [&](int64_t) { return V(slopes[i]); });
    }
}

// Each row's value is the sum of its numbers' values, divided by `divisor`.
template <class T, class Function>
void loss_of_numbers(Function f, T divisor, Rows<const T> target, Rows<const T> output, const T* share, T* values,
                     Rows<T> gradient) {
    using V = Vector<T>;
    if (output.width == 1) return loss_of_single_numbers(f, target, output, share, values, gradient);
    for (int64_t r = 0; r < output.count; ++r) {
        const T *t = target.row(r), *o = output.row(r);
        V total(T(0));
        const auto add = [&](int64_t j, int64_t count) {
            const ValueAndSlope<T> result = f(V::load(t + j), V::load(o + j));
            total += count < V::lanes ? select(first<T>(count), result.value, V(T(0))) : result.value;
            return result.slope;
        };
        if (gradient.data == nullptr)
            for (int64_t j = 0; j < output.width; j += V::lanes) add(j, output.width - j);
        else
            fill_row(gradient.row(r), output.width, gradient.stride, [&, factor = V(share[r] / divisor)](int64_t j) {
                return add(j, output.width - j) * factor;
            });
        values[r] = sum(total) / divisor;
    }
}

// --- Losses of a whole row ------------------------------------------------------------------------

// Minus the cosine of the angle between t and o; (u sum(t u) - t) / norm, where u and t are of length 1 and norm is
// the output's length. Lengths below 1e-7 count as 1e-7, and then o is divided by a constant: no u sum(t u).
template <class T>
void cosine_similarity(Rows<const T> target, Rows<const T> output, const T* share, T* values, Rows<T> gradient) {
    using V = Vector<T>;
    const int64_t width = output.width;
    const V epsilon{T(EPSILON)};
    for (int64_t r = 0; r < output.count; ++r) {
        const T *t_row = target.row(r), *o_row = output.row(r);
        const auto t = [&](int64_t j) { return V::load(t_row + j); };
        const auto o = [&](int64_t j) { return V::load(o_row + j); };
        const V t_norm = max(epsilon, sqrt(V(sum_row<T>(width, [&](int64_t j) { return t(j) * t(j); }))));
        const V norm = max(epsilon, sqrt(V(sum_row<T>(width, [&](int64_t j) { return o(j) * o(j); }))));
        const T cosine = sum_row<T>(width, [&](int64_t j) { return t(j) / t_norm * o(j) / norm; });
        values[r] = -cosine;
        if (gradient.data == nullptr) continue;
        const V along = cosine * one_where(norm > epsilon);
        fill_row(gradient.row(r), width, gradient.stride,
                 [&](int64_t j) { return (o(j) / norm * along - t(j) / t_norm) / norm * share[r]; });
    }
}

// max(1 + best wrong output - right output, 0), where right is sum(t o) and the best wrong max((1 - t) o);
// -t, plus 1 - t at the best wrong output, and 0 where the margin is kept
template <class T>
void categorical_hinge(Rows<const T> target, Rows<const T> output, const T* share, T* values, Rows<T> gradient) {
    using V = Vector<T>;
    const int64_t width = output.width;
    for (int64_t r = 0; r < output.count; ++r) {
        const T *t = target.row(r), *o = output.row(r);
        const T right = sum_row<T>(width, [&](int64_t j) { return V::load(t + j) * V::load(o + j); });
        V highest{T(-INFINITY)};
        for (int64_t j = 0; j < width; j += V::lanes) {
            const V wrong = (T(1) - V::load(t + j)) * V::load(o + j);
            highest = max(j + V::lanes <= width ? wrong : select(first<T>(width - j), wrong, highest), highest);
        }
        const T best = largest(highest), value = T(1) + best - right;
        values[r] = value < 0 ? T(0) : value;
        if (gradient.data == nullptr) continue;
        const T factor = value > 0 ? share[r] : T(0);
        fill_row(gradient.row(r), width, gradient.stride, [&](int64_t j) { return -V::load(t + j) * factor; });
        int64_t place = 0;
        while (place < width - 1 && (T(1) - t[place]) * o[place] != best) ++place;
        gradient.row(r)[place] += (T(1) - t[place]) * factor;
    }
}

// --- Cross-entropies of classes ---------------------------------------------------------------------

// One row's outputs as probabilities: from logits p = softmax(o), else p is share = o / sum(o), clipped.
template <class T>
struct Classes {
    using V = Vector<T>;
    const T* o;
    int64_t width;
    bool from_logits;
    T shift = 0, total = 0;  // from logits: the largest o, sum(exp(o - shift)); else sum(o)
    V log_total;             // from logits

    // From logits exp(o - shift) is put into `scratch` where it is not null.
    ROSENBLATT_INLINE Classes(const T* o, int64_t width, bool from_logits, T* scratch)
        : o(o), width(width), from_logits(from_logits), log_total(T(0)) {
        if (from_logits) {
            shift = row_maximum(o, width);
            total = row_exponentials(o, width, shift, scratch);
            log_total = log(V(total));
        } else {
            total = sum_row<T>(width, [&](int64_t j) { return V::load(o + j); });
            if (total == 0) total = 1;  // a row of zeros stays one
        }
    }
    ROSENBLATT_INLINE V share(int64_t j) const { return V::load(o + j) / total; }
    ROSENBLATT_INLINE V log_p(int64_t j) const {
        return from_logits ? V::load(o + j) - shift - log_total : log(clip_probability(share(j)));
    }
    // From d = dL/dp, which stands in a row of the gradient, to (d - sum(d share)) / sum(o), times `factor`.
    ROSENBLATT_INLINE void through_division(T* d, int64_t stride, T factor) const {
        const V along(sum_row<T>(width, [&](int64_t j) { return V::load(d + j) * share(j); }));
        fill_row(d, width, stride, [&](int64_t j) { return (V::load(d + j) - along) / total * factor; });
    }
};

// -sum(t log(p)); -t / p, and 0 where p is clipped; from logits p sum(t) - t. Targets become t keep + lift.
template <class T>
void categorical_crossentropy(T keep, T lift, bool from_logits, Rows<const T> target, Rows<const T> output,
                              const T* share, T* values, Rows<T> gradient) {
    using V = Vector<T>;
    const int64_t width = output.width;
    for (int64_t r = 0; r < output.count; ++r) {
        T* d = gradient.data == nullptr ? nullptr : gradient.row(r);
        const Classes<T> classes(output.row(r), width, from_logits, d);
        const auto t = [&, row = target.row(r)](int64_t j) { return V::load(row + j) * keep + lift; };
        values[r] = -sum_row<T>(width, [&](int64_t j) { return t(j) * classes.log_p(j); });
        if (d == nullptr) continue;
        if (from_logits) {
            const T scale = sum_row<T>(width, t) / classes.total;
            fill_row(d, width, gradient.stride, [&](int64_t j) { return (V::load(d + j) * scale - t(j)) * share[r]; });
        } else {
            fill_row(d, width, gradient.stride, [&](int64_t j) {
                const V whole = classes.share(j), p = clip_probability(whole);
                return -t(j) / p * one_where(p == whole);
            });
            classes.through_division(d, gradient.stride, share[r]);
        }
    }
}

// -log(p[k]) for the right class k; -1 / p[k], and 0 where p is clipped; from logits p, less 1 at class k
template <class T>
void sparse_categorical_crossentropy(bool from_logits, const int64_t* labels, Rows<const T> output, const T* share,
                                     T* values, Rows<T> gradient) {
    using V = Vector<T>;
    const int64_t width = output.width;
    for (int64_t r = 0; r < output.count; ++r) {
        T* d = gradient.data == nullptr ? nullptr : gradient.row(r);
        const int64_t k = labels[r];
        const Classes<T> classes(output.row(r), width, from_logits, d);
        if (from_logits) {
            values[r] = classes.log_total.v[0] - (output.row(r)[k] - classes.shift);
            if (d == nullptr) continue;
            const T scale = share[r] / classes.total;
            fill_row(d, width, gradient.stride, [&](int64_t j) { return V::load(d + j) * scale; });
            d[k] -= share[r];
        } else {
            const V whole(output.row(r)[k] / classes.total), p = clip_probability(whole);
            values[r] = -log(p).v[0];
            if (d == nullptr) continue;
            fill_row(d, width, gradient.stride, [&](int64_t) { return V(T(0)); });
            d[k] = (T(-1) / p * one_where(p == whole)).v[0];
            classes.through_division(d, gradient.stride, share[r]);
        }
    }
}

// -sum(alpha (1 - p)^gamma t log(p)), with a weight alpha for each class; with respect to p, times p:
// g = alpha t (gamma (1 - p)^(gamma - 1) p log(p) - (1 - p)^gamma), from logits g - p sum(g)
template <class T>
void categorical_focal_crossentropy(const double* alpha, double gamma, T keep, T lift, bool from_logits,
                                    Rows<const T> target, Rows<const T> output, const T* share, T* values,
                                    Rows<T> gradient) {
    using V = Vector<T>;
    const int64_t width = output.width;
    for (int64_t r = 0; r < output.count; ++r) {
        const Classes<T> classes(output.row(r), width, from_logits, static_cast<T*>(nullptr));
        const auto t = [&, row = target.row(r)](int64_t j) {
            T weight[V::lanes] = {};
            for (int64_t i = 0; i < V::lanes && j + i < width; ++i) weight[i] = T(alpha[j + i]);
            return (V::load(row + j) * keep + lift) * V::load(weight);
        };
        values[r] = -sum_row<T>(width, [&](int64_t j) {
            const V log_p = classes.log_p(j);
            return t(j) * power(-expm1(log_p), T(gamma)) * log_p;
        });
        if (gradient.data == nullptr) continue;
        T* d = gradient.row(r);
        fill_row(d, width, gradient.stride, [&](int64_t j) {
            const V log_p = classes.log_p(j), rest = -expm1(log_p);  // 1 - p, exact also where p is nearly 1
            const V whole = from_logits ? exp(log_p) : classes.share(j);
            const V p = from_logits ? whole : clip_probability(whole);
            const V g = t(j) * (power_slope(rest, gamma) * p * log_p - power(rest, T(gamma)));
            return from_logits ? g : g / p * one_where(p == whole);
        });
        if (from_logits) {
            const T along = sum_row<T>(width, [&](int64_t j) { return V::load(d + j); });
            fill_row(d, width, gradient.stride,
                     [&](int64_t j) { return (V::load(d + j) - exp(classes.log_p(j)) * along) * share[r]; });
        } else {
            classes.through_division(d, gradient.stride, share[r]);
        }
    }
}

// --- By name --------------------------------------------------------------------------------------

// Each row's own loss, and share[row] times its derivative, with zeros in the pads, where `gradient` has data.
// `labels` are the targets of the sparse cross-entropy. `zero_or_one`: all targets are 0 or 1, which hinges take as -1
// and 1.
template <class T>
void loss(const Loss& loss, Rows<const T> target, const int64_t* labels, bool zero_or_one, Rows<const T> output,
          const T* share, T* values, Rows<T> gradient) {
    const T width = T(output.width), delta = T(loss.delta), alpha = T(loss.alpha), keep = T(1.0 - loss.label_smoothing);
    const T lift_of_two = T(loss.label_smoothing / 2);
    const T lift = T(loss.label_smoothing / static_cast<double>(output.width));
    const bool from_logits = loss.from_logits;
    const auto mean = [&](auto function) {
        loss_of_numbers(function, width, target, output, share, values, gradient);
    };
    switch (loss.kind) {
        case LossKind::mean_squared_error: return mean(SquaredError<T>{});
        case LossKind::mean_absolute_error: return mean(AbsoluteError<T>{});
        case LossKind::huber: return mean(Huber<T>{delta});
        case LossKind::log_cosh: return mean(LogCosh<T>{});
        case LossKind::mean_squared_logarithmic_error: return mean(SquaredLogarithmicError<T>{});
        case LossKind::mean_absolute_percentage_error: return mean(AbsolutePercentageError<T>{});
        case LossKind::cosine_similarity: return cosine_similarity(target, output, share, values, gradient);
        case LossKind::binary_crossentropy: return mean(BinaryCrossentropy<T>{keep, lift_of_two, from_logits});
        case LossKind::binary_focal_crossentropy:
            return mean(BinaryFocalCrossentropy<T>{keep, lift_of_two, from_logits, loss.apply_class_balancing,
                                                   loss.gamma, alpha});
        case LossKind::categorical_crossentropy:
            return categorical_crossentropy(keep, lift, from_logits, target, output, share, values, gradient);
        case LossKind::sparse_categorical_crossentropy:
            return sparse_categorical_crossentropy(from_logits, labels, output, share, values, gradient);
        case LossKind::categorical_focal_crossentropy:
            return categorical_focal_crossentropy(loss.class_alpha.data(), loss.gamma, keep, lift, from_logits, target,
                                                  output, share, values, gradient);
        case LossKind::kl_divergence:
            return loss_of_numbers(KlDivergence<T>{}, T(1), target, output, share, values, gradient);
        case LossKind::poisson: return mean(Poisson<T>{});
        case LossKind::hinge: return mean(Hinge<T>{zero_or_one});
        case LossKind::squared_hinge: return mean(SquaredHinge<T>{zero_or_one});
        case LossKind::categorical_hinge: return categorical_hinge(target, output, share, values, gradient);
    }
}

}  // namespace rosenblatt::ROSENBLATT_ISA
