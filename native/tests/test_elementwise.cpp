// PReLU, rescaling and adapted normalization against their formulas; gathering rows and adding partial sums.
#include "elementwise.hpp"

#include <cmath>
#include <vector>

#include "batch.hpp"
#include "check.hpp"

using namespace rosenblatt;
namespace isa = rosenblatt::ROSENBLATT_ISA;

namespace {

const std::vector<int64_t> COUNTS = {1, 9}, WIDTHS = {1, 3, 10, 17, 100, 150};

template <class T>
constexpr double TOLERANCE = sizeof(T) == 4 ? 1e-6 : 1e-14;

enum Series : int64_t { X, DY, ALPHA, MEAN, VARIANCE, RESULT };

template <class Test>
void for_all_sizes(Test test) {
    for (const int64_t count : COUNTS)
        for (const int64_t width : WIDTHS) {
            test(float{}, count, width);
            test(double{}, count, width);
        }
}

// Compares every number of a batch with formula(r, j).
template <class T, class Formula>
void check_batch(const Batch<T>& batch, Formula formula) {
    for (int64_t r = 0; r < batch.rows.count; ++r)
        for (int64_t j = 0; j < batch.rows.width; ++j) CHECK_CLOSE(batch.at(r, j), formula(r, j), TOLERANCE<T>);
}

template <class T>
std::vector<T> variances(int64_t count) {
    std::vector<T> numbers = parameters_of<T>(count, VARIANCE);
    for (T& number : numbers) number = std::fabs(number) + T(0.1);
    numbers[0] = 0;  // a constant column
    return numbers;
}

}  // namespace

TEST("PReLU has a slope for each column, there and back") {
    for_all_sizes([](auto type, int64_t count, int64_t width) {
        using T = decltype(type);
        Batch<T> x(count, width, X), dy(count, width, DY), y(count, width, RESULT), dx(y);
        x.rows.row(0)[0] = 0;  // where the derivative is alpha's
        const std::vector<T> alpha = parameters_of<T>(width, ALPHA);
        const auto slope = [&](int64_t r, int64_t j) {
            return x.at(r, j) > 0 ? 1 : static_cast<double>(alpha[static_cast<size_t>(j)]);
        };
        isa::prelu<T>(x.rows, alpha.data(), y.rows);
        isa::prelu_gradient<T>(dy.rows, x.rows, alpha.data(), dx.rows);
        check_batch(y, [&](int64_t r, int64_t j) { return slope(r, j) * x.at(r, j); });
        check_batch(dx, [&](int64_t r, int64_t j) { return slope(r, j) * dy.at(r, j); });

        std::vector<T> dalpha(static_cast<size_t>(width) + 1, T(-77)), sliced(dalpha);
        isa::prelu_alpha_gradient<T>(dy.rows, x.rows, dalpha.data());
        for (int64_t j = 0; j < width; ++j) {
            double sum = 0;
            for (int64_t r = 0; r < count; ++r) sum += dy.at(r, j) * std::fmin(x.at(r, j), 0);
            CHECK_CLOSE(dalpha[static_cast<size_t>(j)], sum, 10 * TOLERANCE<T>);
            isa::prelu_alpha_gradient<T>(dy.rows.columns(j, j + 1), x.rows.columns(j, j + 1), sliced.data() + j);
        }
        CHECK(sliced == dalpha);

        isa::prelu_gradient<T>(dy.rows, x.rows, alpha.data(), dy.rows);
        isa::prelu<T>(x.rows, alpha.data(), x.rows);
        CHECK(x == y);
        CHECK(dy == dx);
    });
}

TEST("NaN passes through PReLU") {
    Batch<float> x(1, 3, X);
    x.rows.row(0)[1] = NAN;
    const std::vector<float> alpha(3, 0.5f);
    isa::prelu<float>(x.rows, alpha.data(), x.rows);
    CHECK(std::isnan(x.rows.row(0)[1]) && !std::isnan(x.rows.row(0)[0]));
}

TEST("rescaling") {
    for_all_sizes([](auto type, int64_t count, int64_t width) {
        using T = decltype(type);
        Batch<T> x(count, width, X), y(count, width, RESULT);
        isa::rescale<T>(x.rows, 0.25, -3, y.rows);
        check_batch(y, [&](int64_t r, int64_t j) { return 0.25 * x.at(r, j) - 3; });
        isa::rescale<T>(x.rows, 0.25, -3, x.rows);
        CHECK(x == y);
    });
}

TEST("standardizing by figures that repeat along the row, there and back") {
    for_all_sizes([](auto type, int64_t count, int64_t width) {
        using T = decltype(type);
        for (const int64_t period : {int64_t{1}, int64_t{5}, int64_t{50}, width}) {
            if (width % period != 0) continue;
            Batch<T> x(count, width, X), dy(count, width, DY), y(count, width, RESULT), dx(y);
            const std::vector<T> mean = parameters_of<T>(period, MEAN), variance = variances<T>(period);
            const auto deviation = [&](int64_t j) {
                return std::fmax(std::sqrt(static_cast<double>(variance[static_cast<size_t>(j % period)])), 1e-7);
            };
            isa::standardize<T>(x.rows, mean.data(), variance.data(), period, y.rows);
            isa::standardize_gradient<T>(dy.rows, variance.data(), period, dx.rows);
            check_batch(y, [&](int64_t r, int64_t j) {
                return (x.at(r, j) - static_cast<double>(mean[static_cast<size_t>(j % period)])) / deviation(j);
            });
            check_batch(dx, [&](int64_t r, int64_t j) { return dy.at(r, j) / deviation(j); });
            isa::standardize<T>(x.rows, mean.data(), variance.data(), period, x.rows);
            isa::standardize_gradient<T>(dy.rows, variance.data(), period, dy.rows);
            CHECK(x == y);
            CHECK(dy == dx);
        }
    });
}

TEST("gathering takes rows in any order and from any type, and leaves the pads alone") {
    const auto check = []<class From>(From, Element element) {
        for_all_sizes([&](auto type, int64_t count, int64_t width) {
            using T = decltype(type);
            const int64_t stride = width + 3;
            std::vector<From> x;
            for (int64_t i = 0; i < 20 * stride; ++i) x.push_back(static_cast<From>(i % 251));
            std::vector<int64_t> order;
            for (int64_t i = 0; i < 20; ++i) order.push_back((7 * i + 3) % 20);
            for (const bool ordered : {true, false}) {
                Batch<T> to(count, width, RESULT);
                isa::gather<T>(x.data(), element, stride, ordered ? order.data() : nullptr, 4, to.rows);
                for (int64_t r = 0; r < count; ++r) {
                    const int64_t row = ordered ? order[static_cast<size_t>(4 + r)] : 4 + r;
                    for (int64_t j = 0; j < to.rows.stride; ++j) {
                        const double expected = j < width ? static_cast<double>((row * stride + j) % 251)
                                                          : static_cast<double>(static_cast<T>(Batch<T>::PAD));
                        CHECK_EQUAL(static_cast<double>(to.rows.row(r)[j]), expected);
                    }
                }
            }
        });
    };
    check(float{}, Element::float32);
    check(double{}, Element::float64);
    check(uint8_t{}, Element::uint8);
}

TEST("partial sums are added in pairs, then the bias") {
    for_all_sizes([](auto type, int64_t count, int64_t width) {
        using T = decltype(type);
        const Batch<T> first(count, width, 1), second(count, width, 2), third(count, width, 3), fourth(count, width, 5);
        const std::vector<T> bias = parameters_of<T>(width, 4);
        for (const int64_t parts : {1, 2, 4})
            for (const bool biased : {true, false}) {
                Batch<T> z(first);
                const T* partials[] = {z.rows.data, second.rows.data, third.rows.data, fourth.rows.data};  // z is one
                isa::combine<T>(partials, parts, biased ? bias.data() : nullptr, z.rows);
                for (int64_t r = 0; r < count; ++r)
                    for (int64_t j = 0; j < width; ++j) {
                        T sum = first.rows.row(r)[j];
                        if (parts > 1) sum = sum + second.rows.row(r)[j];
                        if (parts > 2) sum = sum + (third.rows.row(r)[j] + fourth.rows.row(r)[j]);
                        if (biased) sum = sum + bias[static_cast<size_t>(j)];
                        CHECK_EQUAL(z.rows.row(r)[j], sum);
                    }
            }
    });
}
