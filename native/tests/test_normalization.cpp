// Normalisation by row and by batch against its formulas on plain numbers, and sums over a batch.
#include "normalization.hpp"

#include <cmath>
#include <vector>

#include "batch.hpp"
#include "check.hpp"

using namespace rosenblatt;
namespace isa = rosenblatt::ROSENBLATT_ISA;

namespace {

constexpr double EPSILON = 1e-3, MOMENTUM = 0.9;
const std::vector<int64_t> COUNTS = {1, 2, 9}, WIDTHS = {1, 3, 10, 17, 100};

template <class T>
constexpr double TOLERANCE = sizeof(T) == 4 ? 2e-6 : 1e-14;

// Series of numbers: see number_at.
enum Series : int64_t { X, DY, GAMMA, BETA, MEAN, VARIANCE, RESULT };

// Runs a test for both precisions, all sizes, and with gamma and beta or without.
template <class Test>
void for_all_sizes(Test test) {
    for (const int64_t count : COUNTS)
        for (const int64_t width : WIDTHS)
            for (const bool scaled : {true, false}) {
                test(float{}, count, width, scaled);
                test(double{}, count, width, scaled);
            }
}

// The numbers that are normalized together - a row's or a column's - in double, by the formulas.
struct Together {
    double mean = 0, variance = 0, deviation = 0;
    std::vector<double> n;

    explicit Together(const std::vector<double>& x) {
        const auto count = static_cast<double>(x.size());
        for (const double number : x) mean += number / count;
        for (const double number : x) variance += (number - mean) * (number - mean) / count;
        deviation = std::sqrt(variance + EPSILON);
        for (const double number : x) n.push_back((number - mean) / deviation);
    }
    // dL/dx of number i from dL/dn of all. Each n_k moves with x_i by ([i = k] - (1 + n_i n_k) / count) / deviation.
    double gradient(size_t i, const std::vector<double>& dn) const {
        double sum = 0;
        for (size_t k = 0; k < n.size(); ++k)
            sum += dn[k] * ((i == k ? 1 : 0) - (1 + n[i] * n[k]) / static_cast<double>(n.size()));
        return sum / deviation;
    }
};

template <class T>
std::vector<T> positive(std::vector<T> numbers) {
    for (T& number : numbers) number = std::fabs(number);
    return numbers;
}

// Everything that batch normalization of some columns reads and writes.
template <class T>
struct BatchNormalization {
    Batch<T> x, dy, n, y, dx;
    std::vector<T> gamma, beta, mean, variance, deviation;

    BatchNormalization(int64_t count, int64_t width)
        : x(count, width, X), dy(count, width, DY), n(count, width, RESULT), y(n), dx(n),
          gamma(parameters_of<T>(width, GAMMA)), beta(parameters_of<T>(width, BETA)),
          mean(parameters_of<T>(width, MEAN)),
          variance(positive(parameters_of<T>(width, VARIANCE))), deviation(static_cast<size_t>(width), T(0)) {}

    // Trains on the columns begin ... end alone, there and back.
    void train(int64_t begin, int64_t end) {
        const auto slice = [&](Batch<T>& batch) { return batch.rows.columns(begin, end); };
        isa::batch_normalization<T>(slice(x), gamma.data() + begin, beta.data() + begin, EPSILON, MOMENTUM,
                                    mean.data() + begin, variance.data() + begin, slice(n), deviation.data() + begin,
                                    slice(y));
        isa::batch_normalization_gradient<T>(slice(dy), slice(n), deviation.data() + begin, gamma.data() + begin,
                                             slice(dx));
    }
};

template <class T>
const T* data_if(bool wanted, const std::vector<T>& numbers) {
    return wanted ? numbers.data() : nullptr;
}
template <class T>
double at_or(bool wanted, const std::vector<T>& numbers, int64_t j, double otherwise) {
    return wanted ? static_cast<double>(numbers[static_cast<size_t>(j)]) : otherwise;
}

}  // namespace

TEST("layer normalization takes each row's own mean and variance off, there and back") {
    for_all_sizes([](auto type, int64_t count, int64_t width, bool scaled) {
        using T = decltype(type);
        const Batch<T> x(count, width, X), dy(count, width, DY);
        Batch<T> n(count, width, RESULT), y(n), dx(n);
        const std::vector<T> gamma = parameters_of<T>(width, GAMMA), beta = parameters_of<T>(width, BETA);
        std::vector<T> deviation(static_cast<size_t>(count));
        isa::layer_normalization<T>(x.rows, data_if(scaled, gamma), data_if(scaled, beta), EPSILON, n.rows,
                                    deviation.data(), y.rows);
        isa::layer_normalization_gradient<T>(dy.rows, n.rows, deviation.data(), data_if(scaled, gamma), dx.rows);
        for (int64_t r = 0; r < count; ++r) {
            std::vector<double> numbers, dn;
            for (int64_t j = 0; j < width; ++j) {
                numbers.push_back(x.at(r, j));
                dn.push_back(dy.at(r, j) * at_or(scaled, gamma, j, 1));
            }
            const Together row(numbers);
            CHECK_CLOSE(deviation[static_cast<size_t>(r)], row.deviation, TOLERANCE<T>);
            for (int64_t j = 0; j < width; ++j) {
                const double normalized = row.n[static_cast<size_t>(j)];
                const double scale = at_or(scaled, gamma, j, 1), shift = at_or(scaled, beta, j, 0);
                CHECK_CLOSE(n.at(r, j), normalized, TOLERANCE<T>);
                CHECK_CLOSE(y.at(r, j), normalized * scale + shift, TOLERANCE<T>);
                CHECK_CLOSE(dx.at(r, j), row.gradient(static_cast<size_t>(j), dn), 10 * TOLERANCE<T>);
            }
        }
    });
}

TEST("batch normalization takes each column's own mean and variance off, there and back") {
    for_all_sizes([](auto type, int64_t count, int64_t width, bool scaled) {
        using T = decltype(type);
        BatchNormalization<T> b(count, width);
        const BatchNormalization<T> old(b);
        const T *gamma = data_if(scaled, b.gamma), *beta = data_if(scaled, b.beta);
        isa::batch_normalization<T>(b.x.rows, gamma, beta, EPSILON, MOMENTUM, b.mean.data(), b.variance.data(),
                                    b.n.rows, b.deviation.data(), b.y.rows);
        isa::batch_normalization_gradient<T>(b.dy.rows, b.n.rows, b.deviation.data(), gamma, b.dx.rows);
        for (int64_t j = 0; j < width; ++j) {
            const auto place = static_cast<size_t>(j);
            const double scale = at_or(scaled, b.gamma, j, 1), shift = at_or(scaled, b.beta, j, 0);
            std::vector<double> numbers, dn;
            for (int64_t r = 0; r < count; ++r) {
                numbers.push_back(b.x.at(r, j));
                dn.push_back(b.dy.at(r, j) * scale);
            }
            const Together column(numbers);
            CHECK_CLOSE(b.deviation[place], column.deviation, TOLERANCE<T>);
            CHECK_CLOSE(b.mean[place], 0.9 * static_cast<double>(old.mean[place]) + 0.1 * column.mean, TOLERANCE<T>);
            CHECK_CLOSE(b.variance[place], 0.9 * static_cast<double>(old.variance[place]) + 0.1 * column.variance,
                        TOLERANCE<T>);
            for (int64_t r = 0; r < count; ++r) {
                const double normalized = column.n[static_cast<size_t>(r)];
                CHECK_CLOSE(b.n.at(r, j), normalized, TOLERANCE<T>);
                CHECK_CLOSE(b.y.at(r, j), normalized * scale + shift, TOLERANCE<T>);
                CHECK_CLOSE(b.dx.at(r, j), column.gradient(static_cast<size_t>(r), dn), 10 * TOLERANCE<T>);
            }
        }
    });
}

TEST("batch normalization by given figures, there and back") {
    for_all_sizes([](auto type, int64_t count, int64_t width, bool scaled) {
        using T = decltype(type);
        BatchNormalization<T> b(count, width);
        const T *gamma = data_if(scaled, b.gamma), *beta = data_if(scaled, b.beta);
        isa::normalize_by<T>(b.x.rows, b.mean.data(), b.variance.data(), gamma, beta, EPSILON, b.y.rows);
        isa::normalize_by_gradient<T>(b.dy.rows, b.variance.data(), gamma, EPSILON, b.dx.rows);
        for (int64_t r = 0; r < count; ++r)
            for (int64_t j = 0; j < width; ++j) {
                const auto place = static_cast<size_t>(j);
                const double scale = at_or(scaled, b.gamma, j, 1), shift = at_or(scaled, b.beta, j, 0);
                const double deviation = std::sqrt(static_cast<double>(b.variance[place]) + EPSILON);
                const double normalized = (b.x.at(r, j) - static_cast<double>(b.mean[place])) / deviation;
                CHECK_CLOSE(b.y.at(r, j), normalized * scale + shift, TOLERANCE<T>);
                CHECK_CLOSE(b.dx.at(r, j), b.dy.at(r, j) * scale / deviation, TOLERANCE<T>);
            }
    });
}

TEST("columns sum in the order of the rows") {
    for_all_sizes([](auto type, int64_t count, int64_t width, bool) {
        using T = decltype(type);
        const Batch<T> dy(count, width, DY), n(count, width, X);
        std::vector<T> sums(static_cast<size_t>(width) + 1, T(-77)), products(sums);
        isa::column_sums<T>(dy.rows, sums.data());
        isa::column_sums_of_products<T>(dy.rows, n.rows, products.data());
        for (int64_t j = 0; j < width; ++j) {
            T sum = 0;
            double product = 0;
            for (int64_t r = 0; r < count; ++r) {
                sum += dy.rows.row(r)[j];
                product += dy.at(r, j) * n.at(r, j);
            }
            CHECK_EQUAL(sums[static_cast<size_t>(j)], sum);
            CHECK_CLOSE(products[static_cast<size_t>(j)], product, TOLERANCE<T>);
        }
        CHECK_EQUAL(sums.back(), T(-77));
        CHECK_EQUAL(products.back(), T(-77));
    });
}

TEST("it makes no difference in what slices columns are dealt out") {
    const auto check = []<class T>(T) {
        BatchNormalization<T> whole(9, 100), slices(9, 100);
        std::vector<T> whole_sums(100), sums(100);
        whole.train(0, 100);
        isa::column_sums_of_products<T>(whole.dy.rows, whole.n.rows, whole_sums.data());
        const std::vector<int64_t> seams = {0, 5, 6, 22, 22, 90, 100};
        for (size_t i = 1; i < seams.size(); ++i) {
            const int64_t begin = seams[i - 1], end = seams[i];
            slices.train(begin, end);
            isa::column_sums_of_products<T>(slices.dy.rows.columns(begin, end), slices.n.rows.columns(begin, end),
                                            sums.data() + begin);
        }
        CHECK(slices.n == whole.n);
        CHECK(slices.y == whole.y);
        CHECK(slices.dx == whole.dx);
        CHECK(slices.mean == whole.mean);
        CHECK(slices.variance == whole.variance);
        CHECK(sums == whole_sums);
    };
    check(float{});
    check(double{});
}

TEST("results may take the place of inputs") {
    const auto check = []<class T>(T) {
        BatchNormalization<T> apart(9, 17), in_place(9, 17);
        apart.train(0, 17);
        isa::batch_normalization<T>(in_place.x.rows, in_place.gamma.data(), in_place.beta.data(), EPSILON, MOMENTUM,
                                    in_place.mean.data(), in_place.variance.data(), in_place.n.rows,
                                    in_place.deviation.data(), in_place.x.rows);
        isa::batch_normalization_gradient<T>(in_place.dy.rows, in_place.n.rows, in_place.deviation.data(),
                                             in_place.gamma.data(), in_place.dy.rows);
        CHECK(in_place.x == apart.y);
        CHECK(in_place.dy == apart.dx);

        BatchNormalization<T> rows(9, 17), rows_in_place(9, 17);
        std::vector<T> deviation(9);
        for (BatchNormalization<T>* b : {&rows, &rows_in_place}) {
            const bool apart_too = b == &rows;
            isa::layer_normalization<T>(b->x.rows, b->gamma.data(), nullptr, EPSILON, b->n.rows, deviation.data(),
                                        apart_too ? b->y.rows : b->x.rows);
            isa::layer_normalization_gradient<T>(b->dy.rows, b->n.rows, deviation.data(), nullptr,
                                                 apart_too ? b->dx.rows : b->dy.rows);
        }
        CHECK(rows_in_place.x == rows.y);
        CHECK(rows_in_place.dy == rows.dx);
    };
    check(float{});
    check(double{});
}

TEST("equal numbers are normalized to 0, not to noise over nothing") {
    Batch<double> x(8, 16, X), n(8, 16, RESULT), y(n);
    for (int64_t r = 0; r < 8; ++r)
        for (int64_t j = 0; j < 16; ++j) x.rows.row(r)[j] = 3;
    std::vector<double> deviation(16), mean(16), variance(16);
    isa::layer_normalization<double>(x.rows, nullptr, nullptr, EPSILON, n.rows, deviation.data(), y.rows);
    CHECK_EQUAL(y.at(7, 15), 0);
    isa::batch_normalization<double>(x.rows, nullptr, nullptr, EPSILON, MOMENTUM, mean.data(), variance.data(), n.rows,
                                     deviation.data(), y.rows);
    CHECK_EQUAL(y.at(7, 15), 0);
    CHECK_CLOSE(deviation[15], std::sqrt(EPSILON), 1e-15);
}
