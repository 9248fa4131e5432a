// Every activation against its equation in long double, and its derivative against central differences of that.
#include "activations.hpp"

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
constexpr int64_t COUNT = 3;

template <class T>
constexpr double VALUE_TOLERANCE = sizeof(T) == 4 ? 2e-6 : 1e-14;
template <class T>
constexpr double GRADIENT_TOLERANCE = sizeof(T) == 4 ? 1e-5 : 1e-9;  // central differences are good to 1e-10

// --- The equations --------------------------------------------------------------------------------

using Row = std::vector<long double>;
using Reference = std::function<Row(const Row&)>;

Reference each(std::function<long double(long double)> f) {
    return [f](const Row& z) {
        Row y;
        for (const long double number : z) y.push_back(f(number));
        return y;
    };
}

struct Case {
    std::string name;
    Activation f;
    Reference reference;
    bool has_gradient = true, takes_y_for_z = false;
};

Activation activation(ActivationKind kind) {
    Activation f;
    f.kind = kind;
    return f;
}
Activation relu(double negative_slope, double max_value, double threshold) {
    Activation f = activation(ActivationKind::relu);
    f.negative_slope = negative_slope, f.max_value = max_value, f.threshold = threshold;
    return f;
}
Reference relu_reference(const Activation& f) {
    return each([f](long double z) {
        const long double y = z > f.threshold ? z : f.negative_slope * (z - f.threshold);
        return y < f.max_value ? y : static_cast<long double>(f.max_value);
    });
}

long double sigmoid(long double z) { return 1 / (1 + std::exp(-z)); }
long double softplus(long double z) { return std::log1p(std::exp(z)); }
long double elu(long double z, long double alpha) { return z > 0 ? z : alpha * std::expm1(z); }
Row log_softmax(const Row& z) {
    long double sum = 0;
    for (const long double number : z) sum += std::exp(number);
    Row y;
    for (const long double number : z) y.push_back(number - std::log(sum));
    return y;
}
Row softmax(const Row& z) {
    Row y = log_softmax(z);
    for (long double& number : y) number = std::exp(number);
    return y;
}

std::vector<Case> cases() {
    using Kind = ActivationKind;
    constexpr double inf = std::numeric_limits<double>::infinity();
    std::vector<Case> all;
    const auto add = [&](std::string name, Activation f, Reference reference, bool takes_y_for_z) {
        all.push_back({std::move(name), f, std::move(reference), true, takes_y_for_z});
    };
    const auto one_from_zero = [](long double z) { return z >= 0 ? 1.0L : 0.0L; };
    all.push_back({"step", activation(Kind::step), each(one_from_zero), false, false});
    add("linear", activation(Kind::linear), each([](long double z) { return z; }), true);
    add("sigmoid", activation(Kind::sigmoid), each(sigmoid), true);
    add("tanh", activation(Kind::tanh), each([](long double z) { return std::tanh(z); }), true);
    for (const Activation& f : {relu(0, inf, 0), relu(0, 2, 0), relu(0.25, 2, 0), relu(0, 2, 0.5), relu(0.25, 2, 0.5)})
        add("relu", f, relu_reference(f), f.negative_slope == 0 || f.threshold == 0);
    for (const double slope : {0.2, 0.0, -0.5}) {
        Activation f = activation(Kind::leaky_relu);
        f.negative_slope = slope;
        add("leaky_relu", f, each([slope](long double z) { return z > 0 ? z : slope * z; }), slope >= 0);
    }
    for (const double alpha : {1.0, 0.3}) {
        Activation f = activation(Kind::elu);
        f.alpha = alpha;
        add("elu", f, each([alpha](long double z) { return elu(z, alpha); }), true);
    }
    add("selu", activation(Kind::selu),
        each([](long double z) { return isa::SELU_SCALE * elu(z, static_cast<long double>(isa::SELU_ALPHA)); }), true);
    add("gelu", activation(Kind::gelu),
        each([](long double z) { return z * (1 + std::erf(z * std::sqrt(0.5L))) / 2; }), false);
    Activation approximate = activation(Kind::gelu);
    approximate.approximate = true;
    add("approximate gelu", approximate, each([](long double z) {
            const long double c = std::sqrt(2 / std::acos(-1.0L));
            return z * (1 + std::tanh(c * (z + 0.044715L * z * z * z))) / 2;
        }), false);
    add("silu", activation(Kind::silu), each([](long double z) { return z * sigmoid(z); }), false);
    add("softplus", activation(Kind::softplus), each(softplus), true);
    add("softsign", activation(Kind::softsign), each([](long double z) { return z / (1 + std::fabs(z)); }), false);
    add("mish", activation(Kind::mish), each([](long double z) { return z * std::tanh(softplus(z)); }), false);
    add("hard_sigmoid", activation(Kind::hard_sigmoid),
        each([](long double z) { return std::fmin(std::fmax(z + 3, 0.0L), 6.0L) / 6; }), false);
    add("exponential", activation(Kind::exponential), each([](long double z) { return std::exp(z); }), true);
    add("softmax", activation(Kind::softmax), softmax, true);
    add("log_softmax", activation(Kind::log_softmax), log_softmax, true);
    return all;
}

// --- Batches --------------------------------------------------------------------------------------

enum Series : int64_t { Z, DY, RESULT };

// Numbers from -4 to 5, so that the cut-offs of all functions lie among them.
template <class T>
Batch<T> batch_of_z(int64_t width) {
    Batch<T> z(COUNT, width, Z);
    for (int64_t r = 0; r < COUNT; ++r)
        for (int64_t j = 0; j < width; ++j) z.rows.row(r)[j] *= T(2.5);
    return z;
}

template <class T>
Row row_of(const Batch<T>& batch, int64_t r) {
    return Row(batch.rows.row(r), batch.rows.row(r) + batch.rows.width);
}

// sum(dy f(z)), whose derivative with respect to z is dz.
long double projection(const Reference& f, const Row& z, const Row& dy) {
    const Row y = f(z);
    long double sum = 0;
    for (size_t j = 0; j < z.size(); ++j) sum += dy[j] * y[j];
    return sum;
}

template <class T, class Test>
void for_each_case(Test test) {
    for (const Case& one : cases())
        for (const int64_t width : WIDTHS) test(one, width);
}

#define BOTH_PRECISIONS(name, check) \
    TEST(name) {                     \
        check<float>();              \
        check<double>();             \
    }

// --- Values and derivatives -----------------------------------------------------------------------

template <class T>
void check_values() {
    for_each_case<T>([](const Case& one, int64_t width) {
        Batch<T> z = batch_of_z<T>(width), y(COUNT, width, RESULT);
        isa::activate<T>(one.f, z.rows, y.rows);
        for (int64_t r = 0; r < COUNT; ++r) {
            const Row expected = one.reference(row_of(z, r));
            for (int64_t j = 0; j < width; ++j)
                CHECK_CLOSE(y.at(r, j), expected[static_cast<size_t>(j)], VALUE_TOLERANCE<T>);
        }
        isa::activate<T>(one.f, z.rows, z.rows);
        CHECK(z == y);
    });
}
BOTH_PRECISIONS("values are those of the equations, also in place", check_values)

template <class T>
void check_gradients() {
    for_each_case<T>([](const Case& one, int64_t width) {
        if (!one.has_gradient) return;
        Batch<T> z = batch_of_z<T>(width), y(COUNT, width, RESULT), dy(COUNT, width, DY), dz(COUNT, width, RESULT);
        isa::activate<T>(one.f, z.rows, y.rows);
        isa::activate_gradient<T>(one.f, dy.rows, z.rows, y.rows, dz.rows);
        for (int64_t r = 0; r < COUNT; ++r) {
            const Row row = row_of(z, r), dy_row = row_of(dy, r);
            for (size_t j = 0; j < row.size(); ++j) {
                const long double h = 1e-5L;
                Row above = row, below = row;
                above[j] += h, below[j] -= h;
                const long double expected =
                    (projection(one.reference, above, dy_row) - projection(one.reference, below, dy_row)) / (2 * h);
                CHECK_CLOSE(dz.at(r, static_cast<int64_t>(j)), expected, GRADIENT_TOLERANCE<T>);
            }
        }
        if (one.takes_y_for_z) {
            Batch<T> again(COUNT, width, RESULT);
            isa::activate_gradient<T>(one.f, dy.rows, y.rows, y.rows, again.rows);
            CHECK(again == dz);
        }
        isa::activate_gradient<T>(one.f, dy.rows, z.rows, y.rows, dy.rows);
        CHECK(dy == dz);
    });
}
BOTH_PRECISIONS("derivatives are those of the equations, in place too, and from y where that is said", check_gradients)

template <class T>
void check_strides() {
    constexpr int64_t width = 10, wide = 32;
    for (const Case& one : cases()) {
        Batch<T> z = batch_of_z<T>(width), dy(COUNT, width, DY), y(COUNT, width, RESULT), dz(COUNT, width, RESULT);
        Batch<T> wide_y(COUNT, wide, RESULT), wide_dz(COUNT, wide, RESULT);
        const Rows<T> y_rows{wide_y.numbers.data(), COUNT, width, wide};
        const Rows<T> dz_rows{wide_dz.numbers.data(), COUNT, width, wide};
        isa::activate<T>(one.f, z.rows, y.rows);
        isa::activate<T>(one.f, z.rows, y_rows);
        isa::activate_gradient<T>(one.f, dy.rows, z.rows, y.rows, dz.rows);
        isa::activate_gradient<T>(one.f, dy.rows, z.rows, y_rows, dz_rows);
        for (int64_t r = 0; r < COUNT; ++r)
            for (int64_t j = 0; j < width; ++j) {
                CHECK_EQUAL(y_rows.row(r)[j], y.rows.row(r)[j]);
                CHECK_EQUAL(dz_rows.row(r)[j], dz.rows.row(r)[j]);
            }
    }
}
BOTH_PRECISIONS("rows may lie at different distances", check_strides)

// --- Far out, at the corners, and in the pads -------------------------------------------------------

// f(z) and its derivative for one number z; for softmax there are a 0 and a 1 beside it.
template <class T>
struct Point {
    T y, dz;

    Point(const Activation& f, T z_number) {
        const int64_t width = f.kind == ActivationKind::softmax || f.kind == ActivationKind::log_softmax ? 3 : 1;
        Batch<T> z(1, width, Z), y_rows(1, width, RESULT), dy(1, width, DY);
        for (int64_t j = 0; j < z.rows.stride; ++j) z.rows.data[j] = y_rows.rows.data[j] = dy.rows.data[j] = T(j);
        z.rows.data[0] = z_number, dy.rows.data[0] = 1;
        isa::activate<T>(f, z.rows, y_rows.rows);
        isa::activate_gradient<T>(f, dy.rows, z.rows, y_rows.rows, dy.rows);
        y = y_rows.rows.data[0], dz = dy.rows.data[0];
    }
};

template <class T>
void check_saturation() {
    for (const Case& one : cases())
        for (const T z : {T(1000), T(-1000)}) {
            if (one.f.kind == ActivationKind::exponential && z > 0) continue;
            const Point<T> far(one.f, z);
            CHECK(std::isfinite(far.y) && std::isfinite(far.dz));
        }
    using Kind = ActivationKind;
    CHECK(Point<T>(activation(Kind::exponential), T(1000)).y == std::numeric_limits<T>::infinity());
    for (const Kind kind : {Kind::sigmoid, Kind::tanh, Kind::hard_sigmoid, Kind::softmax}) {
        CHECK_EQUAL(Point<T>(activation(kind), T(1000)).y, T(1));
        CHECK_EQUAL(Point<T>(activation(kind), T(1000)).dz, T(0));
    }
    for (const Kind kind : {Kind::sigmoid, Kind::gelu, Kind::silu, Kind::softplus, Kind::mish, Kind::softmax}) {
        CHECK_EQUAL(Point<T>(activation(kind), T(-1000)).y, T(0));
        CHECK_EQUAL(Point<T>(activation(kind), T(-1000)).dz, T(0));
    }
    for (const Kind kind : {Kind::gelu, Kind::silu, Kind::softplus, Kind::mish}) {
        CHECK_EQUAL(Point<T>(activation(kind), T(1000)).y, T(1000));
        CHECK_EQUAL(Point<T>(activation(kind), T(1000)).dz, T(1));
    }
    CHECK(Point<T>(activation(Kind::log_softmax), T(-1000)).y < T(-1000));
}
BOTH_PRECISIONS("nothing but exp overflows at +-1000", check_saturation)

template <class T>
void check_nan() {
    for (const Case& one : cases())
        if (one.f.kind != ActivationKind::step)
            CHECK(std::isnan(Point<T>(one.f, std::numeric_limits<T>::quiet_NaN()).y));
}
BOTH_PRECISIONS("NaN is not hidden", check_nan)

template <class T>
void check_corners() {
    using Kind = ActivationKind;
    Activation leaky = activation(Kind::leaky_relu);
    leaky.negative_slope = 0.25;
    const Activation bounded = relu(0.25, 2, 1);
    CHECK_EQUAL(Point<T>(activation(Kind::step), T(0)).y, T(1));
    CHECK_EQUAL(Point<T>(activation(Kind::relu), T(0)).dz, T(0));
    CHECK_EQUAL(Point<T>(leaky, T(0)).dz, T(0.25));
    CHECK_EQUAL(Point<T>(bounded, T(1)).dz, T(0.25));
    CHECK_EQUAL(Point<T>(bounded, T(1.5)).dz, T(1));
    CHECK_EQUAL(Point<T>(bounded, T(2)).dz, T(0));
    CHECK_EQUAL(Point<T>(activation(Kind::elu), T(0)).dz, T(1));
    CHECK_EQUAL(Point<T>(activation(Kind::hard_sigmoid), T(3)).dz, T(0));
    CHECK_EQUAL(Point<T>(activation(Kind::hard_sigmoid), T(-3)).dz, T(0));
}
BOTH_PRECISIONS("at corners the derivative is the reference's", check_corners)

template <class T>
void check_pads() {
    for (const Case& one : cases()) {
        Batch<T> z = batch_of_z<T>(10);
        for (int64_t r = 0; r < COUNT; ++r)
            for (int64_t j = 10; j < z.rows.stride; ++j) z.rows.row(r)[j] = 0;
        for (int64_t round = 0; round < 100; ++round) {
            for (int64_t r = 0; r < COUNT; ++r)
                for (int64_t j = 0; j < 10; ++j) z.rows.row(r)[j] = T(number_at(r, j, round));
            isa::activate<T>(one.f, z.rows, z.rows);
        }
        for (int64_t r = 0; r < COUNT; ++r)
            for (int64_t j = 10; j < z.rows.stride; ++j) CHECK(std::fabs(z.rows.row(r)[j]) < 10);
    }
}
BOTH_PRECISIONS("pads do not grow when rows are computed in place again and again", check_pads)

}  // namespace
