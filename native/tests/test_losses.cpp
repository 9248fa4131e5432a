// Every loss against its equation in long double, and its derivative against central differences of that.
#include "losses.hpp"

#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "batch.hpp"
#include "check.hpp"

using namespace rosenblatt;
namespace isa = rosenblatt::ROSENBLATT_ISA;

namespace {

const std::vector<int64_t> WIDTHS = {1, 3, 10, 17};
constexpr double UNTOUCHED = -77;

template <class T>
constexpr double VALUE_TOLERANCE = sizeof(T) == 4 ? 5e-6 : 1e-13;
template <class T>
constexpr double GRADIENT_TOLERANCE = sizeof(T) == 4 ? 2e-5 : 1e-8;  // central differences are good to 1e-9

// --- The equations, for one row ---------------------------------------------------------------------

using Row = std::vector<long double>;
// From the target, the output and the right class to the row's own value.
using Reference = std::function<long double(const Row&, const Row&, size_t)>;

Reference mean_of(std::function<long double(long double, long double)> f) {
    return [f](const Row& target, const Row& output, size_t) {
        long double sum = 0;
        for (size_t j = 0; j < output.size(); ++j) sum += f(target[j], output[j]);
        return sum / static_cast<long double>(output.size());
    };
}

long double clip(long double x, long double low, long double high) { return std::fmin(std::fmax(x, low), high); }
long double probability(long double p) { return clip(p, 1e-7L, 1 - 1e-7L); }
long double softplus(long double z) { return std::fmax(z, 0.0L) + std::log1p(std::exp(-std::fabs(z))); }

Row probabilities(const Row& output, bool from_logits) {
    long double sum = 0;
    for (const long double o : output) sum += from_logits ? std::exp(o) : o;
    Row p;
    for (const long double o : output) p.push_back(from_logits ? std::exp(o) / sum : probability(o / sum));
    return p;
}

Reference binary(const Loss& loss, bool focal) {
    return mean_of([loss, focal](long double target, long double o) {
        const long double t = target * (1 - loss.label_smoothing) + loss.label_smoothing / 2;
        const long double p = loss.from_logits ? 1 / (1 + std::exp(-o)) : probability(o);
        const long double crossentropy = loss.from_logits ? t * softplus(-o) + (1 - t) * softplus(o)
                                                          : -t * std::log(p) - (1 - t) * std::log(1 - p);
        if (!focal) return crossentropy;
        const long double weight = loss.apply_class_balancing ? t * loss.alpha + (1 - t) * (1 - loss.alpha) : 1.0L;
        const long double miss = t * (1 - p) + (1 - t) * p;
        return weight * std::pow(miss, static_cast<long double>(loss.gamma)) * crossentropy;
    });
}

Reference categorical(const Loss& loss, bool focal) {
    return [loss, focal](const Row& target, const Row& output, size_t) {
        const Row p = probabilities(output, loss.from_logits);
        const auto classes = static_cast<long double>(output.size());
        long double sum = 0;
        for (size_t j = 0; j < output.size(); ++j) {
            const long double t = target[j] * (1 - loss.label_smoothing) + loss.label_smoothing / classes;
            const long double weight =
                focal ? loss.class_alpha[j] * std::pow(1 - p[j], static_cast<long double>(loss.gamma)) : 1.0L;
            sum -= weight * t * std::log(p[j]);
        }
        return sum;
    };
}

Reference sparse(bool from_logits) {
    return [from_logits](const Row&, const Row& output, size_t label) {
        return -std::log(probabilities(output, from_logits)[label]);
    };
}

long double cosine_similarity(const Row& target, const Row& output, size_t) {
    long double tt = 0, oo = 0, to = 0;
    for (size_t j = 0; j < output.size(); ++j)
        tt += target[j] * target[j], oo += output[j] * output[j], to += target[j] * output[j];
    return -to / std::fmax(std::sqrt(tt), 1e-7L) / std::fmax(std::sqrt(oo), 1e-7L);
}

long double kl_divergence(const Row& target, const Row& output, size_t) {
    long double sum = 0;
    for (size_t j = 0; j < output.size(); ++j) {
        const long double t = clip(target[j], 1e-7L, 1);
        sum += t * std::log(t / clip(output[j], 1e-7L, 1));
    }
    return sum;
}

long double categorical_hinge(const Row& target, const Row& output, size_t) {
    long double right = 0, wrong = -std::numeric_limits<long double>::infinity();
    for (size_t j = 0; j < output.size(); ++j) {
        right += target[j] * output[j];
        wrong = std::fmax(wrong, (1 - target[j]) * output[j]);
    }
    return std::fmax(1 + wrong - right, 0.0L);
}

// --- The cases ------------------------------------------------------------------------------------

enum class Numbers { any, positive, share, bit, sign, one_hot };  // a share is a probability away from 0 and 1

struct Case {
    Loss loss;
    Numbers targets, outputs;
    Reference reference;
};

template <class Change>
Loss made(LossKind kind, Change change) {
    Loss loss;
    loss.kind = kind;
    change(loss);
    return loss;
}
Loss made(LossKind kind) {
    return made(kind, [](Loss&) {});
}

std::vector<Case> cases(int64_t width) {
    using Kind = LossKind;
    std::vector<Case> all;
    const auto add_mean = [&](Loss loss, Numbers targets, Numbers outputs,
                              std::function<long double(long double, long double)> f) {
        all.push_back({loss, targets, outputs, mean_of(f)});
    };
    const auto log1p = [](long double x) { return std::log1p(std::fmax(x, 1e-7L)); };
    add_mean(made(Kind::mean_squared_error), Numbers::any, Numbers::any,
             [](long double t, long double o) { return (o - t) * (o - t); });
    add_mean(made(Kind::mean_absolute_error), Numbers::any, Numbers::any,
             [](long double t, long double o) { return std::fabs(o - t); });
    for (const double delta : {1.0, 0.3})
        add_mean(made(Kind::huber, [delta](Loss& loss) { loss.delta = delta; }), Numbers::any, Numbers::any,
                 [delta](long double t, long double o) {
                     const long double e = std::fabs(o - t);
                     return e <= delta ? e * e / 2 : delta * e - delta * delta / 2.0L;
                 });
    add_mean(made(Kind::log_cosh), Numbers::any, Numbers::any,
             [](long double t, long double o) { return std::log(std::cosh(o - t)); });
    add_mean(made(Kind::mean_squared_logarithmic_error), Numbers::positive, Numbers::any,
             [log1p](long double t, long double o) { return (log1p(o) - log1p(t)) * (log1p(o) - log1p(t)); });
    add_mean(made(Kind::mean_absolute_percentage_error), Numbers::any, Numbers::any,
             [](long double t, long double o) { return 100 * std::fabs(o - t) / std::fmax(std::fabs(t), 1e-7L); });
    add_mean(made(Kind::poisson), Numbers::positive, Numbers::positive,
             [](long double t, long double o) { return o - t * std::log(o + 1e-7L); });
    for (const Numbers targets : {Numbers::bit, Numbers::sign}) {
        const auto margin = [targets](long double t, long double o) {
            return std::fmax(1 - (targets == Numbers::bit ? 2 * t - 1 : t) * o, 0.0L);
        };
        add_mean(made(Kind::hinge), targets, Numbers::any, margin);
        add_mean(made(Kind::squared_hinge), targets, Numbers::any,
                 [margin](long double t, long double o) { return margin(t, o) * margin(t, o); });
    }
    all.push_back({made(Kind::cosine_similarity), Numbers::any, Numbers::any, cosine_similarity});
    all.push_back({made(Kind::kl_divergence), Numbers::share, Numbers::share, kl_divergence});
    all.push_back({made(Kind::categorical_hinge), Numbers::one_hot, Numbers::any, categorical_hinge});
    for (const bool from_logits : {false, true}) {
        const Numbers outputs = from_logits ? Numbers::any : Numbers::share;
        Loss by_label = made(Kind::sparse_categorical_crossentropy);
        by_label.from_logits = from_logits;
        all.push_back({by_label, Numbers::any, outputs, sparse(from_logits)});
        for (const double smoothing : {0.0, 0.2}) {
            const auto with = [&](Kind kind, double gamma, bool balanced) {
                return made(kind, [&](Loss& loss) {
                    loss.from_logits = from_logits, loss.label_smoothing = smoothing;
                    loss.gamma = gamma, loss.alpha = 0.3, loss.apply_class_balancing = balanced;
                    for (int64_t j = 0; j < width; ++j) loss.class_alpha.push_back(0.1 * static_cast<double>(j + 1));
                });
            };
            const Loss one = with(Kind::binary_crossentropy, 0, false);
            const Loss many = with(Kind::categorical_crossentropy, 0, false);
            all.push_back({one, Numbers::bit, outputs, binary(one, false)});
            all.push_back({one, Numbers::share, outputs, binary(one, false)});
            all.push_back({many, Numbers::one_hot, outputs, categorical(many, false)});
            all.push_back({many, Numbers::share, outputs, categorical(many, false)});
            for (const double gamma : {0.0, 1.0, 2.0, 2.5}) {
                const Loss binary_focal = with(Kind::binary_focal_crossentropy, gamma, gamma < 2);
                all.push_back({binary_focal, Numbers::bit, outputs, binary(binary_focal, true)});
                const Loss focal = with(Kind::categorical_focal_crossentropy, gamma, false);
                all.push_back({focal, Numbers::one_hot, outputs, categorical(focal, true)});
            }
        }
    }
    return all;
}

// --- Batches --------------------------------------------------------------------------------------

enum Series : int64_t { TARGET, OUTPUT, GRADIENT };

int64_t label(int64_t row, int64_t width) { return row * 7 % width; }

template <class T>
Batch<T> batch_of(Numbers numbers, int64_t count, int64_t width, int64_t series) {
    Batch<T> batch(count, width, series);
    for (int64_t r = 0; r < count; ++r)
        for (int64_t j = 0; j < width; ++j) {
            T& x = batch.rows.row(r)[j];
            switch (numbers) {
                case Numbers::any: x *= T(1.5); break;
                case Numbers::positive: x = std::fabs(x) + T(0.1); break;
                case Numbers::share: x = T(0.5) + T(0.2) * x; break;
                case Numbers::bit: x = x > T(0.25) ? T(1) : T(0); break;
                case Numbers::sign: x = x > T(0.25) ? T(1) : T(-1); break;
                case Numbers::one_hot: x = j == label(r, width) ? T(1) : T(0); break;
            }
        }
    return batch;
}

template <class T>
Row row_of(const Batch<T>& batch, int64_t r) {
    return Row(batch.rows.row(r), batch.rows.row(r) + batch.rows.width);
}

template <class T>
struct Result {
    std::vector<T> values;
    Batch<T> gradient;

    Result(const Loss& loss, bool zero_or_one, const Batch<T>& target, const Batch<T>& output,
           const std::vector<T>& share)
        : values(static_cast<size_t>(output.rows.count + 1), T(UNTOUCHED)),
          gradient(output.rows.count, output.rows.width, GRADIENT) {
        std::vector<int64_t> labels;
        for (int64_t r = 0; r < output.rows.count; ++r) labels.push_back(label(r, output.rows.width));
        isa::loss<T>(loss, target.rows, labels.data(), zero_or_one, output.rows, share.data(), values.data(),
                     gradient.rows);
        // Values alone are the same ones.
        std::vector<T> alone(values.size(), T(UNTOUCHED));
        isa::loss<T>(loss, target.rows, labels.data(), zero_or_one, output.rows, nullptr, alone.data(), Rows<T>{});
        for (size_t i = 0; i < values.size(); ++i)
            CHECK(values[i] == alone[i] || (std::isnan(values[i]) && std::isnan(alone[i])));
        CHECK_EQUAL(values.back(), T(UNTOUCHED));
    }
};

template <class T>
std::vector<T> shares(int64_t count) {
    std::vector<T> share;
    for (int64_t r = 0; r < count; ++r) share.push_back(T(0.5) * T(r % 4));
    return share;
}

#define BOTH_PRECISIONS(name, check) \
    TEST(name) {                     \
        check<float>();              \
        check<double>();             \
    }

// --- Values and derivatives -----------------------------------------------------------------------

template <class T>
void check_case(const Case& one, int64_t count, int64_t width) {
    const Batch<T> target = batch_of<T>(one.targets, count, width, TARGET);
    const Batch<T> output = batch_of<T>(one.outputs, count, width, OUTPUT);
    const std::vector<T> share = shares<T>(count);
    const Result<T> result(one.loss, one.targets == Numbers::bit, target, output, share);
    for (int64_t r = 0; r < count; ++r) {
        const Row t = row_of(target, r), o = row_of(output, r);
        const auto k = static_cast<size_t>(label(r, width));
        CHECK_CLOSE(result.values[static_cast<size_t>(r)], one.reference(t, o, k), VALUE_TOLERANCE<T>);
        for (size_t j = 0; j < o.size(); ++j) {
            const long double h = 1e-5L;
            Row above = o, below = o;
            above[j] += h, below[j] -= h;
            const long double slope = (one.reference(t, above, k) - one.reference(t, below, k)) / (2 * h);
            CHECK_CLOSE(result.gradient.at(r, static_cast<int64_t>(j)), share[static_cast<size_t>(r)] * slope,
                        GRADIENT_TOLERANCE<T>);
        }
        for (int64_t j = width; j < result.gradient.rows.stride; ++j) CHECK_EQUAL(result.gradient.at(r, j), 0.0);
    }
}
template <class T>
void check_cases() {
    for (const int64_t width : WIDTHS)
        for (const int64_t count : {1, width == 1 ? 19 : 4})  // single numbers are taken a vector of rows at a time
            for (const Case& one : cases(width)) check_case<T>(one, count, width);
}
BOTH_PRECISIONS("values and derivatives are those of the equations, and the gradient's pads are 0", check_cases)

// --- Far out, at the limits ---------------------------------------------------------------------------

// A loss of one row.
template <class T>
struct Point {
    T value;
    std::vector<T> d;

    Point(const Loss& loss, const std::vector<T>& target, const std::vector<T>& output, bool zero_or_one = false) {
        const auto width = static_cast<int64_t>(output.size());
        Batch<T> t(1, width, TARGET), o(1, width, OUTPUT);
        for (size_t j = 0; j < output.size(); ++j) t.rows.data[j] = target[j], o.rows.data[j] = output[j];
        const Result<T> result(loss, zero_or_one, t, o, {T(1)});
        value = result.values[0];
        d.assign(result.gradient.rows.data, result.gradient.rows.data + width);
    }
};

Loss from_logits(LossKind kind) {
    return made(kind, [](Loss& loss) { loss.from_logits = true, loss.class_alpha = {1, 1, 1}; });
}

template <class T>
void check_confident_logits() {
    using Kind = LossKind;
    const std::vector<T> first = {1, 0, 0};
    for (const Kind kind : {Kind::categorical_crossentropy, Kind::sparse_categorical_crossentropy,
                            Kind::categorical_focal_crossentropy}) {
        const Point<T> wrong(from_logits(kind), first, {-1000, 1000, 0});
        const Point<T> right(from_logits(kind), first, {1000, -1000, 0});
        CHECK_EQUAL(wrong.value, T(2000));
        CHECK_EQUAL(wrong.d[0], T(-1));
        CHECK_EQUAL(wrong.d[1], T(1));
        CHECK_EQUAL(wrong.d[2], T(0));
        CHECK_EQUAL(right.value, T(0));
        for (const T d : right.d) CHECK_EQUAL(d, T(0));
    }
    for (const Kind kind : {Kind::binary_crossentropy, Kind::binary_focal_crossentropy}) {
        const Point<T> point(from_logits(kind), {1, 0, 1}, {-1000, 1000, 1000});
        CHECK_CLOSE(point.value, 2000.0 / 3, 1e-6);
        CHECK_CLOSE(point.d[0], -1.0 / 3, 1e-6);
        CHECK_CLOSE(point.d[1], 1.0 / 3, 1e-6);
        CHECK_EQUAL(point.d[2], T(0));
    }
}
BOTH_PRECISIONS("from logits a confident mistake keeps its loss and its gradient", check_confident_logits)

template <class T>
void check_clipping() {
    using Kind = LossKind;
    const double most = -std::log(1e-7), least = -std::log(static_cast<double>(T(1.0 - 1e-7)));
    const Point<T> binary(made(Kind::binary_crossentropy), {1, 0, 1}, {0, 0, 1});
    CHECK_CLOSE(binary.value, (most + least + least) / 3, VALUE_TOLERANCE<T>);
    for (const T d : binary.d) CHECK_EQUAL(d, T(0));
    const Point<T> categorical(made(Kind::categorical_crossentropy), {1, 0, 0}, {0, 1, 0});
    CHECK_CLOSE(categorical.value, most, VALUE_TOLERANCE<T>);
    for (const T d : categorical.d) CHECK_EQUAL(d, T(0));
    const Point<T> sparse(made(Kind::sparse_categorical_crossentropy), {0, 0, 0}, {0, 1, 0});
    CHECK_CLOSE(sparse.value, most, VALUE_TOLERANCE<T>);
    for (const T d : sparse.d) CHECK_EQUAL(d, T(0));
    const Point<T> divergence(made(Kind::kl_divergence), {1, 0, 0}, {0, 2, 1});
    CHECK_CLOSE(divergence.value, most, 1e-5);
    CHECK_EQUAL(divergence.d[0], T(0));
    CHECK_EQUAL(divergence.d[1], T(0));
    CHECK_CLOSE(divergence.d[2], -1e-7, 1e-12);
    const Point<T> logarithmic(made(Kind::mean_squared_logarithmic_error), {1, 1, 1}, {-2, 0, 1});
    CHECK_EQUAL(logarithmic.d[0], T(0));
    CHECK_EQUAL(logarithmic.d[1], T(0));
}
BOTH_PRECISIONS("probabilities are clipped, and have no gradient there", check_clipping)

template <class T>
void check_zeros() {
    using Kind = LossKind;
    const std::vector<T> zeros = {0, 0, 0}, ones = {1, 1, 1};
    for (const Kind kind : {Kind::categorical_crossentropy, Kind::sparse_categorical_crossentropy,
                            Kind::cosine_similarity, Kind::mean_absolute_percentage_error, Kind::log_cosh}) {
        const Point<T> point(made(kind), kind == Kind::cosine_similarity ? ones : zeros, zeros);
        CHECK(std::isfinite(point.value));
        for (const T d : point.d) CHECK(std::isfinite(d));
    }
    CHECK_EQUAL(Point<T>(made(Kind::mean_absolute_error), zeros, zeros).d[0], T(0));
    // An output next to no length is divided by 1e-7, so its derivative is -t / |t| / 1e-7.
    for (const T length : {T(0), T(1e-9)})
        CHECK_CLOSE(Point<T>(made(Kind::cosine_similarity), ones, {length, 0, 0}).d[0], -1e7 / std::sqrt(3.0), 1e-6);
}
BOTH_PRECISIONS("rows of zeros divide nothing by 0", check_zeros)

template <class T>
void check_ties() {
    // The first of equally wrong outputs is the best wrong one; a margin that is kept has no gradient.
    const Loss hinge = made(LossKind::categorical_hinge);
    const Point<T> point(hinge, {0, 1, 0, 0}, {2, 2, 2, 1}), kept(hinge, {0, 1, 0}, {0, 3, 0});
    CHECK_EQUAL(point.value, T(1));
    CHECK_EQUAL(point.d[0], T(1));
    CHECK_EQUAL(point.d[1], T(-1));
    CHECK_EQUAL(point.d[2], T(0));
    CHECK_EQUAL(kept.value, T(0));
    for (const T d : kept.d) CHECK_EQUAL(d, T(0));
}
BOTH_PRECISIONS("the categorical hinge names one best wrong class", check_ties)

template <class T>
void check_nan() {
    for (const int64_t width : {1, 3})
        for (const Case& one : cases(width)) {
            const std::vector<T> target(static_cast<size_t>(width), T(1));
            std::vector<T> output(static_cast<size_t>(width), T(0.25));
            output[0] = std::numeric_limits<T>::quiet_NaN();
            CHECK(std::isnan(Point<T>(one.loss, target, output).value));
        }
}
BOTH_PRECISIONS("NaN is not hidden", check_nan)

}  // namespace
