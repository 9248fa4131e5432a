// Every function of math.hpp against the standard library in long double, and where its argument ends.
#include "math.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "check.hpp"

namespace isa = rosenblatt::ROSENBLATT_ISA;
using isa::Vector;

namespace {

template <class T>
constexpr T INF = std::numeric_limits<T>::infinity();
template <class T>
constexpr T NOT_A_NUMBER = std::numeric_limits<T>::quiet_NaN();

// One number through a function on vectors, in the last lane, with others in front of it.
template <class T, class Function>
T apply(Function f, T x) {
    constexpr int lanes = Vector<T>::lanes;
    T numbers[lanes];
    for (T& number : numbers) number = T(0.25);
    numbers[lanes - 1] = x;
    f(Vector<T>::load(numbers)).store(numbers);
    return numbers[lanes - 1];
}

// `count` numbers from low to high; and such whose logarithms are evenly spaced, of both signs.
template <class T>
std::vector<T> evenly(double low, double high, int count = 8000) {
    std::vector<T> x;
    for (int i = 0; i < count; ++i) x.push_back(static_cast<T>(low + (high - low) * (i + 0.31) / count));
    return x;
}
template <class T>
std::vector<T> powers_of_two(double low, double high) {
    std::vector<T> x;
    for (const double exponent : evenly<double>(low, high, 3000))
        for (const double sign : {-1.0, 1.0}) x.push_back(static_cast<T>(sign * std::exp2(exponent)));
    return x;
}

// The largest error in units of the last place of the true result. Results below the normal numbers do not count.
template <class T, class Function, class Reference>
double worst_error(const std::vector<T>& x, Function f, Reference reference) {
    constexpr int lanes = Vector<T>::lanes;
    double worst = 0;
    for (size_t i = 0; i + lanes <= x.size(); i += lanes) {
        T y[lanes];
        f(Vector<T>::load(&x[i])).store(y);
        for (int lane = 0; lane < lanes; ++lane) {
            const long double truth = reference(static_cast<long double>(x[i + static_cast<size_t>(lane)]));
            const long double size = std::fabs(truth);
            if (!(size >= std::numeric_limits<T>::min() && size <= std::numeric_limits<T>::max())) continue;
            const long double unit = std::ldexp(1.0L, std::ilogb(truth) + 1 - std::numeric_limits<T>::digits);
            const double error = static_cast<double>(std::fabs(static_cast<long double>(y[lane]) - truth) / unit);
            worst = error <= worst ? worst : error;
        }
    }
    return worst;
}

// The functions of math.hpp as objects, by the standard library's names.
#define FUNCTION(name) constexpr auto name = [](auto x) { return isa::name(x); }
FUNCTION(exp);
FUNCTION(expm1);
FUNCTION(log);
FUNCTION(log1p);
FUNCTION(tanh);
FUNCTION(sigmoid);
FUNCTION(softplus);
FUNCTION(erf);

long double true_exp(long double x) { return std::exp(x); }
long double true_expm1(long double x) { return std::expm1(x); }
long double true_log(long double x) { return std::log(x); }
long double true_log1p(long double x) { return std::log1p(x); }
long double true_tanh(long double x) { return std::tanh(x); }
long double true_sigmoid(long double x) { return 1 / (1 + std::exp(-x)); }
long double true_softplus(long double x) { return std::log1p(std::exp(x)); }
long double true_erf(long double x) { return std::erf(x); }

template <class T>
constexpr double EXP_RANGE = sizeof(T) == 4 ? 86.9 : 707.9;  // exp(-EXP_RANGE) is among the smallest normal numbers
template <class T>
constexpr double EXPONENTS = sizeof(T) == 4 ? 126 : 1022;

template <class T, class Function>
void check_nan(Function f) {
    CHECK(std::isnan(apply<T>(f, NOT_A_NUMBER<T>)));
    CHECK(std::isnan(apply<T>(f, -NOT_A_NUMBER<T>)));
}

#define BOTH_PRECISIONS(name, check) \
    TEST(name) {                     \
        check<float>();              \
        check<double>();             \
    }

template <class T>
void check_exp() {
    CHECK(worst_error<T>(evenly<T>(-EXP_RANGE<T>, EXP_RANGE<T>), exp, true_exp) < 1.5);
    CHECK(worst_error<T>(powers_of_two<T>(-60, 0), exp, true_exp) < 1.5);
    CHECK(apply<T>(exp, T(0)) == 1);
    CHECK(apply<T>(exp, T(1000)) == INF<T>);
    CHECK(apply<T>(exp, INF<T>) == INF<T>);
    CHECK(apply<T>(exp, T(-1000)) == 0);
    CHECK(apply<T>(exp, -INF<T>) == 0);
    // The last number with a finite result, and the next.
    const T last = std::nextafter(std::log(std::numeric_limits<T>::max()), T(0));
    CHECK_CLOSE(apply<T>(exp, last) / std::numeric_limits<T>::max(), 1, 1e-4);
    CHECK(apply<T>(exp, last + T(0.01)) == INF<T>);
    check_nan<T>(exp);
}
BOTH_PRECISIONS("exp is right to 1.5 units, infinite above the range and 0 below it", check_exp)

template <class T>
void check_expm1() {
    CHECK(worst_error<T>(evenly<T>(-40, EXP_RANGE<T>), expm1, true_expm1) < 2.5);
    CHECK(worst_error<T>(evenly<T>(-1, 1), expm1, true_expm1) < 2.5);
    CHECK(worst_error<T>(powers_of_two<T>(-EXPONENTS<T>, 0), expm1, true_expm1) < 2.5);
    CHECK(apply<T>(expm1, T(0)) == 0);
    CHECK(apply<T>(expm1, T(-1000)) == -1);
    CHECK(apply<T>(expm1, T(1000)) == INF<T>);
    check_nan<T>(expm1);
}
BOTH_PRECISIONS("expm1 is right to 2.5 units, also near 0", check_expm1)

template <class T>
void check_log() {
    CHECK(worst_error<T>(evenly<T>(1e-6, 4), log, true_log) < 1.5);
    CHECK(worst_error<T>(evenly<T>(0.9, 1.1), log, true_log) < 1.5);
    std::vector<T> sizes;
    for (const T x : powers_of_two<T>(-EXPONENTS<T>, EXPONENTS<T>)) sizes.push_back(std::fabs(x));
    CHECK(worst_error<T>(sizes, log, true_log) < 1.5);
    CHECK(apply<T>(log, T(1)) == 0);
    CHECK(apply<T>(log, T(0)) == -INF<T>);
    CHECK(apply<T>(log, T(-0.0)) == -INF<T>);
    CHECK(apply<T>(log, INF<T>) == INF<T>);
    CHECK(std::isnan(apply<T>(log, T(-1))));
    CHECK(std::isnan(apply<T>(log, -std::numeric_limits<T>::denorm_min())));
    CHECK(std::isnan(apply<T>(log, -INF<T>)));
    check_nan<T>(log);
}
BOTH_PRECISIONS("log is right to 1.5 units, -infinity at 0 and NaN below", check_log)

template <class T>
void check_log1p() {
    CHECK(worst_error<T>(evenly<T>(-0.999, 3), log1p, true_log1p) < 2);
    CHECK(worst_error<T>(powers_of_two<T>(-EXPONENTS<T>, -0.01), log1p, true_log1p) < 2);
    CHECK(worst_error<T>(evenly<T>(1, 1e6), log1p, true_log1p) < 2);
    CHECK(apply<T>(log1p, T(0)) == 0);
    CHECK(apply<T>(log1p, T(-1)) == -INF<T>);
    CHECK(apply<T>(log1p, INF<T>) == INF<T>);
    CHECK_CLOSE(apply<T>(log1p, std::numeric_limits<T>::max()), std::log(std::numeric_limits<T>::max()), 1e-6);
    CHECK(std::isnan(apply<T>(log1p, T(-1.5))));
    check_nan<T>(log1p);
}
BOTH_PRECISIONS("log1p is right to 2 units, also near 0", check_log1p)

template <class T>
void check_tanh() {
    CHECK(worst_error<T>(evenly<T>(-12, 12), tanh, true_tanh) < 3);
    CHECK(worst_error<T>(powers_of_two<T>(-EXPONENTS<T>, 0), tanh, true_tanh) < 3);
    CHECK(apply<T>(tanh, T(1000)) == 1);
    CHECK(apply<T>(tanh, T(-1000)) == -1);
    CHECK(apply<T>(tanh, -INF<T>) == -1);
    CHECK(apply<T>(tanh, T(0)) == 0 && !std::signbit(apply<T>(tanh, T(0))));
    CHECK(std::signbit(apply<T>(tanh, T(-0.0))));
    check_nan<T>(tanh);
}
BOTH_PRECISIONS("tanh is right to 3 units, also near 0, and odd", check_tanh)

template <class T>
void check_sigmoid() {
    CHECK(worst_error<T>(evenly<T>(-EXP_RANGE<T>, 40), sigmoid, true_sigmoid) < 3);
    CHECK(apply<T>(sigmoid, T(0)) == T(0.5));
    CHECK(apply<T>(sigmoid, T(1000)) == 1);
    CHECK(apply<T>(sigmoid, T(-1000)) == 0);
    check_nan<T>(sigmoid);
}
BOTH_PRECISIONS("sigmoid is right to 3 units, 0 and 1 far out", check_sigmoid)

template <class T>
void check_softplus() {
    CHECK(worst_error<T>(evenly<T>(-80, 80), softplus, true_softplus) < 2.5);
    CHECK(worst_error<T>(evenly<T>(-2, 2), softplus, true_softplus) < 2.5);
    CHECK(apply<T>(softplus, T(1000)) == 1000);
    CHECK(apply<T>(softplus, T(-1000)) == 0);
    CHECK(apply<T>(softplus, INF<T>) == INF<T>);
    check_nan<T>(softplus);
}
BOTH_PRECISIONS("softplus is right to 2.5 units, 0 and x far out", check_softplus)

template <class T>
void check_erf() {
    CHECK(worst_error<T>(evenly<T>(-7, 7), erf, true_erf) < 3);
    CHECK(worst_error<T>(evenly<T>(0.7, 0.8), erf, true_erf) < 3);
    CHECK(worst_error<T>(powers_of_two<T>(-60, 0), erf, true_erf) < 3);
    CHECK(apply<T>(erf, T(1000)) == 1);
    CHECK(apply<T>(erf, -INF<T>) == -1);
    CHECK(apply<T>(erf, T(0)) == 0);
    check_nan<T>(erf);
}
BOTH_PRECISIONS("erf is right to 3 units", check_erf)

template <class T>
void check_power() {
    for (const double exponent : {-2.0, -0.5, 0.0, 0.3, 0.5, 1.0, 1.5, 2.0, 2.5, 2.7, 5.0, 16.0, 17.0}) {
        const auto power = [exponent](Vector<T> x) { return isa::power(x, T(exponent)); };
        const auto true_power = [exponent](long double x) {
            return std::pow(x, static_cast<long double>(static_cast<T>(exponent)));
        };
        // High powers raise the errors of their factors; times a long exponent a power of two is exact only where
        // multiplications and additions are fused.
        const Vector<T> tenth(T(0.1)), ten(T(10)), one(T(1));
        const bool is_fused = isa::multiply_add(tenth, ten, -one).v[0] != 0;
        const double allowed = exponent > 5 || (exponent == 2.7 && !is_fused) ? 16 : 4;
        CHECK(worst_error<T>(evenly<T>(1e-6, 1), power, true_power) < allowed);
        CHECK(worst_error<T>(evenly<T>(1, 100), power, true_power) < allowed);
        CHECK(apply<T>(power, T(1)) == 1);
        CHECK(apply<T>(power, T(0)) == std::pow(T(0), T(exponent)));
        CHECK(apply<T>(power, INF<T>) == std::pow(INF<T>, T(exponent)));
        if (exponent != 0) check_nan<T>(power);
    }
}
BOTH_PRECISIONS("powers are right to 4 units up to the fifth", check_power)

}  // namespace
