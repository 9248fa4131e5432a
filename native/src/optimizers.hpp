// How a gradient changes the parameters: every optimizer as one line per equation, and penalties on the parameters.
//
// Symbols as in functional/optimizers.py: w the weights, g the derivative of the loss with respect to them, m and v
// averages of g and g^2, r the learning rate. `update` makes one whole step in one pass over memory: clip the gradient,
// shrink the weights (decay), apply the rule, follow with the moving average.
#pragma once

#include "plan.hpp"
#include "simd.hpp"
#include "update_step.hpp"
#include "walk.hpp"

namespace rosenblatt::ROSENBLATT_ISA {

// What a rule remembers of each parameter: see Slots.
enum Memory : int { NOTHING = 0, MOMENTUM = 1, VELOCITY = 2, EXTRA = 4 };

// One vector of parameters, with its gradient and its memory.
template <class T>
struct Place {
    Vector<T> w, g, m, v, extra;
};

// An exponential average: a <- momentum a + (1 - momentum) x.
template <class T>
struct Average {
    Vector<T> old_share, new_share;

    explicit Average(double momentum) : old_share(T(momentum)), new_share(T(1 - momentum)) {}
    ROSENBLATT_INLINE void follow(Vector<T>& a, Vector<T> x) const { a = a * old_share + new_share * x; }
};

// --- The rules ------------------------------------------------------------------------------------

// w <- w - r g. With momentum m <- mu m - r g and w <- w + m; Nesterov looks one step ahead: w <- w + mu m - r g.
template <class T, bool HAS_MOMENTUM, bool NESTEROV>
struct Sgd {
    static constexpr int memory = HAS_MOMENTUM ? MOMENTUM : NOTHING;
    Vector<T> rate, momentum;

    Sgd(const Optimizer& o, const UpdateStep& s) : rate(T(s.rate)), momentum(T(o.momentum)) {}
    ROSENBLATT_INLINE void operator()(Place<T>& p) const {
        const Vector<T> change = rate * p.g;
        if constexpr (HAS_MOMENTUM) {
            p.m = p.m * momentum - change;
            p.w += NESTEROV ? momentum * p.m - change : p.m;
        } else {
            p.w -= change;
        }
    }
};

// v <- rho v + (1 - rho) g^2, w <- w - r g / sqrt(v + eps). Centered, a <- rho a + (1 - rho) g, and v - a^2 takes the
// place of v. With momentum m <- mu m + r g / sqrt(...), w <- w - m.
template <class T, bool HAS_MOMENTUM, bool CENTERED>
struct Rmsprop {
    static constexpr int memory = VELOCITY | (HAS_MOMENTUM ? MOMENTUM : NOTHING) | (CENTERED ? EXTRA : NOTHING);
    Vector<T> rate, momentum, epsilon;
    Average<T> average;

    Rmsprop(const Optimizer& o, const UpdateStep& s)
        : rate(T(s.rate)), momentum(T(o.momentum)), epsilon(T(o.epsilon)), average(o.rho) {}
    ROSENBLATT_INLINE void operator()(Place<T>& p) const {
        average.follow(p.v, p.g * p.g);
        Vector<T> variance = p.v;
        if constexpr (CENTERED) {
            average.follow(p.extra, p.g);
            variance = max(Vector<T>(T(0)), p.v - p.extra * p.extra);  // rounding can take it below zero
        }
        Vector<T> change = rate * p.g / sqrt(variance + epsilon);
        if constexpr (HAS_MOMENTUM) change = p.m = p.m * momentum + change;
        p.w -= change;
    }
};

// m <- b1 m + (1 - b1) g, v <- b2 v + (1 - b2) g^2, w <- w - r m / (sqrt(v) + eps), where r contains
// sqrt(1 - b2^t) / (1 - b1^t). AMSGrad divides by the largest v so far.
template <class T, bool AMSGRAD>
struct Adam {
    static constexpr int memory = MOMENTUM | VELOCITY | (AMSGRAD ? EXTRA : NOTHING);
    Vector<T> rate, epsilon;
    Average<T> first, second;

    Adam(const Optimizer& o, const UpdateStep& s)
        : rate(T(s.rate)), epsilon(T(o.epsilon)), first(o.beta_1), second(o.beta_2) {}
    ROSENBLATT_INLINE void operator()(Place<T>& p) const {
        first.follow(p.m, p.g);
        second.follow(p.v, p.g * p.g);
        if constexpr (AMSGRAD) p.extra = max(p.extra, p.v);
        p.w -= rate * p.m / (sqrt(AMSGRAD ? p.extra : p.v) + epsilon);
    }
};

// Adam with Nesterov's look ahead: w <- w - r m^ / (sqrt(v^) + eps). UpdateStep has the shares of m^ and v^.
template <class T>
struct Nadam {
    static constexpr int memory = MOMENTUM | VELOCITY;
    Vector<T> rate, epsilon, ahead, now, correction;
    Average<T> first, second;

    Nadam(const Optimizer& o, const UpdateStep& s)
        : rate(T(s.rate)), epsilon(T(o.epsilon)), ahead(T(s.ahead)), now(T(s.now)), correction(T(s.correction)),
          first(o.beta_1), second(o.beta_2) {}
    ROSENBLATT_INLINE void operator()(Place<T>& p) const {
        first.follow(p.m, p.g);
        second.follow(p.v, p.g * p.g);
        const Vector<T> m_hat = ahead * p.m + now * p.g;
        const Vector<T> v_hat = p.v / correction;
        p.w -= rate * m_hat / (sqrt(v_hat) + epsilon);
    }
};

// m <- b1 m + (1 - b1) g, u <- max(b2 u, |g|), w <- w - r m / (u + eps), where r contains 1 / (1 - b1^t).
template <class T>
struct Adamax {
    static constexpr int memory = MOMENTUM | VELOCITY;
    Vector<T> rate, epsilon, beta_2;
    Average<T> first;

    Adamax(const Optimizer& o, const UpdateStep& s)
        : rate(T(s.rate)), epsilon(T(o.epsilon)), beta_2(T(o.beta_2)), first(o.beta_1) {}
    ROSENBLATT_INLINE void operator()(Place<T>& p) const {
        first.follow(p.m, p.g);
        p.v = max(beta_2 * p.v, abs(p.g));
        p.w -= rate * p.m / (p.v + epsilon);
    }
};

// a <- a + g^2, w <- w - r g / sqrt(a + eps).
template <class T>
struct Adagrad {
    static constexpr int memory = VELOCITY;
    Vector<T> rate, epsilon;

    Adagrad(const Optimizer& o, const UpdateStep& s) : rate(T(s.rate)), epsilon(T(o.epsilon)) {}
    ROSENBLATT_INLINE void operator()(Place<T>& p) const {
        p.v += p.g * p.g;
        p.w -= rate * p.g / sqrt(p.v + epsilon);
    }
};

// w <- w - r sign(b1 m + (1 - b1) g), then m <- b2 m + (1 - b2) g.
template <class T>
struct Lion {
    static constexpr int memory = MOMENTUM;
    Vector<T> rate;
    Average<T> first, second;

    Lion(const Optimizer& o, const UpdateStep& s) : rate(T(s.rate)), first(o.beta_1), second(o.beta_2) {}
    ROSENBLATT_INLINE void operator()(Place<T>& p) const {
        Vector<T> direction = p.m;
        first.follow(direction, p.g);
        p.w -= rate * sign(direction);
        second.follow(p.m, p.g);
    }
};

// --- One step -------------------------------------------------------------------------------------

// Clip, decay, rule, moving average for `count` parameters: each is read once and written once.
template <class T, class Rule>
void update_by(const Rule& rule, const Optimizer& o, const UpdateStep& s, double gradient_scale, T* w, const T* g,
               Slots<T> slots, int64_t count) {
    const Vector<T> scale = T(gradient_scale), decay = T(s.decay), limit = T(s.clip_value);
    const bool clips = s.clip_value > 0, averages = o.use_average, overwrites = s.overwrites;
    const Average<T> average(s.average_momentum);
    walk<T, 1>(count, [&](int64_t i, auto span) {
        const auto load = [&](const T* from) { return span.load(from + i); };
        const auto store = [&](Vector<T> a, T* to) { span.store(a, to + i); };
        Place<T> p;
        p.w = load(w) * decay;
        p.g = load(g) * scale;
        if (clips) p.g = min(limit, max(-limit, p.g));
        if constexpr (Rule::memory & MOMENTUM) p.m = load(slots.momentum);
        if constexpr (Rule::memory & VELOCITY) p.v = load(slots.velocity);
        if constexpr (Rule::memory & EXTRA) p.extra = load(slots.extra);
        rule(p);
        if constexpr (Rule::memory & MOMENTUM) store(p.m, slots.momentum);
        if constexpr (Rule::memory & VELOCITY) store(p.v, slots.velocity);
        if constexpr (Rule::memory & EXTRA) store(p.extra, slots.extra);
        if (averages) {
            Vector<T> mean = load(slots.average);
            average.follow(mean, p.w);
            store(mean, slots.average);
            if (overwrites) p.w = mean;
        }
        store(p.w, w);
    });
}

// One step of optimizer `o` for `count` parameters w with the gradient gradient_scale * g; `s` as update_step made it.
// The slots lie beside w; before the first step the moving average must be finite (the engine sets it to the weights).
template <class T>
void update(const Optimizer& o, const UpdateStep& s, double gradient_scale, T* w, const T* g, Slots<T> slots,
            int64_t count) {
    const auto by = [&]<class Rule>() { update_by(Rule(o, s), o, s, gradient_scale, w, g, slots, count); };
    switch (o.kind) {
        case OptimizerKind::sgd:
            if (o.momentum == 0) return by.template operator()<Sgd<T, false, false>>();
            if (o.nesterov) return by.template operator()<Sgd<T, true, true>>();
            return by.template operator()<Sgd<T, true, false>>();
        case OptimizerKind::rmsprop:
            if (o.momentum > 0 && o.centered) return by.template operator()<Rmsprop<T, true, true>>();
            if (o.momentum > 0) return by.template operator()<Rmsprop<T, true, false>>();
            if (o.centered) return by.template operator()<Rmsprop<T, false, true>>();
            return by.template operator()<Rmsprop<T, false, false>>();
        case OptimizerKind::adam:
            if (o.amsgrad) return by.template operator()<Adam<T, true>>();
            return by.template operator()<Adam<T, false>>();
        case OptimizerKind::nadam: return by.template operator()<Nadam<T>>();
        case OptimizerKind::adamax: return by.template operator()<Adamax<T>>();
        case OptimizerKind::adagrad: return by.template operator()<Adagrad<T>>();
        case OptimizerKind::lion: return by.template operator()<Lion<T>>();
    }
}

// --- Sums over parameters -------------------------------------------------------------------------

// The sum of term(number) in double, in sixteen partial sums at once: the same order on every instruction set.
template <class T, class Term>
ROSENBLATT_INLINE double sum_in_double(const T* numbers, int64_t count, Term term) {
    constexpr int lanes = 16;
    double sums[lanes] = {};
    int64_t i = 0;
    for (; i + lanes <= count; i += lanes)
        for (int lane = 0; lane < lanes; ++lane) sums[lane] += term(static_cast<double>(numbers[i + lane]));
    for (int lane = 0; i < count; ++i, ++lane) sums[lane] += term(static_cast<double>(numbers[i]));
    for (int half = lanes / 2; half >= 1; half /= 2)
        for (int lane = 0; lane < half; ++lane) sums[lane] += sums[lane + half];
    return sums[0];
}

template <class T>
double sum_of_squares(const T* numbers, int64_t count) {
    return sum_in_double(numbers, count, [](double number) { return number * number; });
}

// The penalty l1 sum |w| + l2 sum w^2. Its derivative l1 sign(w) + 2 l2 w is added to g where g is not null.
template <class T>
double penalize(double l1, double l2, const T* w, T* g, int64_t count) {
    if (g != nullptr) {
        const Vector<T> slope = T(l1), twice = T(2 * l2);
        walk<T, 1>(count, [&](int64_t i, auto span) {
            const Vector<T> number = span.load(w + i);
            span.store(span.load(g + i) + (slope * sign(number) + twice * number), g + i);
        });
    }
    const double absolutes = l1 == 0 ? 0 : l1 * sum_in_double(w, count, [](double number) { return ::fabs(number); });
    return absolutes + (l2 == 0 ? 0 : l2 * sum_of_squares(w, count));
}

}  // namespace rosenblatt::ROSENBLATT_ISA
