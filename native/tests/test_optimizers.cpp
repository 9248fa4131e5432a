// Every update rule against its equations on plain numbers, and the sums over parameters.
#include "optimizers.hpp"

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "check.hpp"

using namespace rosenblatt;
namespace isa = rosenblatt::ROSENBLATT_ISA;

namespace {

const std::vector<int64_t> COUNTS = {1, 3, 10, 17, 100};
constexpr double UNTOUCHED = -77;

template <class T>
constexpr double TOLERANCE = sizeof(T) == 4 ? 2e-5 : 1e-14;

// Numbers between -1 and 1 without a pattern that a vector's width could hide.
double number(int64_t i, int64_t series) {
    return std::sin(1.7 * static_cast<double>(i) + 5.3 * static_cast<double>(series) + 0.4);
}

// --- One parameter, by the equations of functional/optimizers.py in double --------------------------

struct Parameter {
    double w = 0, m = 0, v = 0, extra = 0, average = 0;
};

void follow(double& average, double momentum, double value) { average = momentum * average + (1 - momentum) * value; }

double warm_up(int64_t t) {
    double product = 1;
    for (int64_t i = 1; i <= t; ++i) product *= 1 - 0.5 * std::pow(0.96, i);
    return product;
}

void apply_rule(const Optimizer& o, int64_t step, double r, double g, Parameter& p) {
    const double t = static_cast<double>(step + 1), b1 = o.beta_1, b2 = o.beta_2;
    switch (o.kind) {
        case OptimizerKind::sgd:
            if (o.momentum == 0) {
                p.w -= r * g;
                return;
            }
            p.m = o.momentum * p.m - r * g;
            p.w += o.nesterov ? o.momentum * p.m - r * g : p.m;
            return;
        case OptimizerKind::rmsprop: {
            follow(p.v, o.rho, g * g);
            if (o.centered) follow(p.extra, o.rho, g);
            const double variance = o.centered ? std::fmax(p.v - p.extra * p.extra, 0) : p.v;
            double change = r * g / std::sqrt(variance + o.epsilon);
            if (o.momentum > 0) change = p.m = o.momentum * p.m + change;
            p.w -= change;
            return;
        }
        case OptimizerKind::adam:
            follow(p.m, b1, g);
            follow(p.v, b2, g * g);
            p.extra = std::fmax(p.extra, p.v);
            p.w -= r * std::sqrt(1 - std::pow(b2, t)) / (1 - std::pow(b1, t)) * p.m /
                   (std::sqrt(o.amsgrad ? p.extra : p.v) + o.epsilon);
            return;
        case OptimizerKind::nadam: {
            follow(p.m, b1, g);
            follow(p.v, b2, g * g);
            const double now = b1 * (1 - 0.5 * std::pow(0.96, t)), ahead = b1 * (1 - 0.5 * std::pow(0.96, t + 1));
            const double m_hat = ahead * p.m / (1 - std::pow(b1, t + 1) * warm_up(step + 2)) +
                                 (1 - now) * g / (1 - std::pow(b1, t) * warm_up(step + 1));
            p.w -= r * m_hat / (std::sqrt(p.v / (1 - std::pow(b2, t))) + o.epsilon);
            return;
        }
        case OptimizerKind::adamax:
            follow(p.m, b1, g);
            p.v = std::fmax(b2 * p.v, std::fabs(g));
            p.w -= r / (1 - std::pow(b1, t)) * p.m / (p.v + o.epsilon);
            return;
        case OptimizerKind::adagrad:
            p.v += g * g;
            p.w -= r * g / std::sqrt(p.v + o.epsilon);
            return;
        case OptimizerKind::lion: {
            const double direction = b1 * p.m + (1 - b1) * g;
            p.w -= r * (direction > 0 ? 1 : direction < 0 ? -1 : 0);
            follow(p.m, b2, g);
            return;
        }
    }
}

void step_by_hand(const Optimizer& o, int64_t step, double rate, double g, Parameter& p) {
    if (o.clip_value > 0) g = std::fmin(std::fmax(g, -o.clip_value), o.clip_value);
    p.w *= 1 - o.weight_decay * rate;
    apply_rule(o, step, rate, g, p);
    if (!o.use_average) return;
    follow(p.average, step == 0 ? 0 : o.average_momentum, p.w);
    if (o.average_overwrite_frequency > 0 && (step + 1) % o.average_overwrite_frequency == 0) p.w = p.average;
}

// --- The same for many parameters by the kernel ---------------------------------------------------

template <class T>
struct Vectors {
    std::vector<T> w, g, m, v, extra, average;

    explicit Vectors(int64_t count) {
        for (std::vector<T>* vector : {&w, &g, &m, &v, &extra, &average})
            vector->assign(static_cast<size_t>(count) + 1, T(0));
        for (int64_t i = 0; i < count; ++i) w[static_cast<size_t>(i)] = static_cast<T>(number(i, 100));
        for (std::vector<T>* vector : {&w, &m, &v, &extra, &average}) vector->back() = T(UNTOUCHED);
    }
    void differentiate(int64_t step) {
        for (size_t i = 0; i + 1 < g.size(); ++i) g[i] = static_cast<T>(number(static_cast<int64_t>(i), step));
    }
    Slots<T> slots() { return {m.data(), v.data(), extra.data(), average.data()}; }
};

template <class T>
void compare_with_equations(const Optimizer& o) {
    for (const int64_t count : COUNTS) {
        Vectors<T> vectors(count);
        std::vector<Parameter> parameters(static_cast<size_t>(count));
        for (size_t i = 0; i < parameters.size(); ++i) parameters[i].w = static_cast<double>(vectors.w[i]);
        for (int64_t step = 0; step < 10; ++step) {
            const double rate = 0.01 + 0.001 * static_cast<double>(step);
            vectors.differentiate(step);
            for (size_t i = 0; i < parameters.size(); ++i)
                step_by_hand(o, step, rate, static_cast<double>(vectors.g[i]), parameters[i]);
            isa::update<T>(o, update_step(o, step, rate), 1, vectors.w.data(), vectors.g.data(), vectors.slots(),
                           count);
        }
        for (size_t i = 0; i < parameters.size(); ++i) {
            CHECK_CLOSE(vectors.w[i], parameters[i].w, TOLERANCE<T>);
            if (o.use_average) CHECK_CLOSE(vectors.average[i], parameters[i].average, TOLERANCE<T>);
        }
        for (const std::vector<T>* vector : {&vectors.w, &vectors.m, &vectors.v, &vectors.extra, &vectors.average})
            CHECK_EQUAL(vector->back(), T(UNTOUCHED));
    }
}

void compare_both(const Optimizer& o) {
    compare_with_equations<float>(o);
    compare_with_equations<double>(o);
}

Optimizer optimizer(OptimizerKind kind) {
    Optimizer o;
    o.kind = kind;
    return o;
}

std::vector<Optimizer> all_variants() {
    std::vector<Optimizer> variants;
    const auto add = [&](OptimizerKind kind, auto set) {
        Optimizer o = optimizer(kind);
        set(o);
        variants.push_back(o);
    };
    add(OptimizerKind::sgd, [](Optimizer&) {});
    add(OptimizerKind::sgd, [](Optimizer& o) { o.momentum = 0.9; });
    add(OptimizerKind::sgd, [](Optimizer& o) { o.momentum = 0.9, o.nesterov = true; });
    for (const double momentum : {0.0, 0.5})
        for (const bool centered : {false, true})
            add(OptimizerKind::rmsprop, [&](Optimizer& o) { o.momentum = momentum, o.centered = centered; });
    add(OptimizerKind::adam, [](Optimizer&) {});
    add(OptimizerKind::adam, [](Optimizer& o) { o.amsgrad = true, o.beta_2 = 0.5; });
    add(OptimizerKind::nadam, [](Optimizer&) {});
    add(OptimizerKind::adamax, [](Optimizer& o) { o.beta_2 = 0.6; });
    add(OptimizerKind::adagrad, [](Optimizer&) {});
    add(OptimizerKind::lion, [](Optimizer& o) { o.beta_2 = 0.99; });
    return variants;
}

}  // namespace

TEST("every rule follows its equations for ten steps") {
    for (const Optimizer& o : all_variants()) compare_both(o);
}

TEST("gradients are clipped, weights decay and averages follow, whatever the rule") {
    for (Optimizer o : all_variants()) {
        o.clip_value = 0.3;
        o.weight_decay = 0.1;
        o.use_average = true;
        o.average_momentum = 0.7;
        compare_both(o);
        o.average_overwrite_frequency = 3;
        compare_both(o);
    }
}

TEST("the first step of Adam has the length of the learning rate, however large the gradient") {
    const Optimizer o = optimizer(OptimizerKind::adam);
    double w = 1, g = 20, m = 0, v = 0;
    isa::update<double>(o, update_step(o, 0, 0.1), 1, &w, &g, {&m, &v, nullptr, nullptr}, 1);
    CHECK_CLOSE(w, 0.9, 1e-7);
}

TEST("a gradient is scaled before it is clipped, and left as it is") {
    Optimizer o;
    double w = 1;
    const double g = 10;
    isa::update<double>(o, update_step(o, 0, 1), 0.05, &w, &g, {}, 1);
    CHECK_EQUAL(w, 0.5);
    o.clip_value = 0.25;
    isa::update<double>(o, update_step(o, 0, 1), 0.05, &w, &g, {}, 1);
    CHECK_EQUAL(w, 0.25);
    CHECK_EQUAL(g, 10);
    o.clip_norm = 1;  // a norm that is clipped comes first: the value is not
    isa::update<double>(o, update_step(o, 0, 1), 0.05, &w, &g, {}, 1);
    CHECK_EQUAL(w, -0.25);
}

TEST("NaN in a gradient is not hidden") {
    for (Optimizer o : all_variants()) {
        o.clip_value = 1;
        Vectors<float> vectors(20);
        vectors.g[5] = NAN;
        isa::update<float>(o, update_step(o, 0, 0.1), 1, vectors.w.data(), vectors.g.data(), vectors.slots(), 20);
        CHECK(std::isnan(vectors.w[5]));
        CHECK(!std::isnan(vectors.w[4]) && !std::isnan(vectors.w[6]));
    }
}

TEST("it makes no difference in what pieces parameters are updated") {
    for (Optimizer o : all_variants()) {
        o.weight_decay = 0.1;
        o.use_average = true;
        Vectors<float> whole(100), pieces(100);
        for (int64_t step = 0; step < 3; ++step) {
            const UpdateStep s = update_step(o, step, 0.1);
            whole.differentiate(step);
            pieces.differentiate(step);
            isa::update<float>(o, s, 0.7, whole.w.data(), whole.g.data(), whole.slots(), 100);
            for (const auto& [start, count] : {std::pair{0, 7}, {7, 1}, {8, 16}, {24, 0}, {24, 76}})
                isa::update<float>(o, s, 0.7, pieces.w.data() + start, pieces.g.data() + start,
                                   pieces.slots().from(start), count);
        }
        CHECK(whole.w == pieces.w);
        CHECK(whole.m == pieces.m);
        CHECK(whole.v == pieces.v);
        CHECK(whole.average == pieces.average);
    }
}

TEST("nadam's constants are those of its equations, from the first step to the last bit of its warm-up") {
    const Optimizer o = optimizer(OptimizerKind::nadam);
    for (const int64_t step : {0, 1, 9, 997, 998, 999, 1000, 5000}) {
        const double t = static_cast<double>(step + 1), now = 0.9 * (1 - 0.5 * std::pow(0.96, t));
        CHECK_CLOSE(update_step(o, step, 0.1).now, (1 - now) / (1 - std::pow(0.9, t) * warm_up(step + 1)), 1e-14);
    }
}

TEST("penalties and their derivatives") {
    const std::vector<double> w = {1, -2, 0};
    std::vector<double> g = {10, 10, 10};
    CHECK_CLOSE(isa::penalize<double>(0.5, 0.25, w.data(), g.data(), 3), 0.5 * 3 + 0.25 * 5, 1e-15);
    CHECK_CLOSE(g[0], 10 + 0.5 + 0.5, 1e-15);
    CHECK_CLOSE(g[1], 10 - 0.5 - 1, 1e-15);
    CHECK_CLOSE(g[2], 10, 1e-15);
    CHECK_CLOSE(isa::penalize<double>(0.5, 0, w.data(), nullptr, 3), 1.5, 1e-15);
    CHECK_CLOSE(isa::penalize<double>(0, 0.5, w.data(), nullptr, 3), 2.5, 1e-15);
}

TEST("sums over parameters of any number, in double") {
    for (const int64_t count : COUNTS) {
        std::vector<float> w(static_cast<size_t>(count) + 1, static_cast<float>(UNTOUCHED)), g(w);
        double squares = 0, absolutes = 0;
        for (int64_t i = 0; i < count; ++i) {
            const auto place = static_cast<size_t>(i);
            w[place] = static_cast<float>(number(i, 0));
            g[place] = 0;
            squares += static_cast<double>(w[place]) * static_cast<double>(w[place]);
            absolutes += std::fabs(static_cast<double>(w[place]));
        }
        CHECK_CLOSE(isa::sum_of_squares<float>(w.data(), count), squares, 1e-14);
        CHECK_CLOSE(isa::penalize<float>(0.1, 0.2, w.data(), g.data(), count), 0.1 * absolutes + 0.2 * squares, 1e-14);
        for (size_t i = 0; i + 1 < g.size(); ++i)
            CHECK_CLOSE(g[i], (w[i] > 0 ? 0.1 : -0.1) + 0.4 * static_cast<double>(w[i]), 1e-7);
        CHECK_EQUAL(g.back(), static_cast<float>(UNTOUCHED));
    }
}
