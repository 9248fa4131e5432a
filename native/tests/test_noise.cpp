// Random numbers against published answers and a plain Philox, and the noise made of them.
#include "noise.hpp"

#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "check.hpp"

using namespace rosenblatt;
namespace isa = rosenblatt::ROSENBLATT_ISA;

namespace {

using Words = std::array<uint32_t, 4>;

// One counter, as the paper writes it.
Words plain_philox(Words c, uint64_t key) {
    auto key_0 = static_cast<uint32_t>(key), key_1 = static_cast<uint32_t>(key >> 32);
    for (int round = 0; round < 10; ++round) {
        const uint64_t a = uint64_t{0xD2511F53} * c[0], b = uint64_t{0xCD9E8D57} * c[2];
        c = {static_cast<uint32_t>(b >> 32) ^ c[1] ^ key_0, static_cast<uint32_t>(b),
             static_cast<uint32_t>(a >> 32) ^ c[3] ^ key_1, static_cast<uint32_t>(a)};
        key_0 += 0x9E3779B9;
        key_1 += 0xBB67AE85;
    }
    return c;
}

// Word `unit` mod 4 of the counter (row, unit div 4, step, layer).
uint32_t word_of(const Layer& layer, uint32_t step, int64_t row, int64_t unit) {
    const Words counter = {static_cast<uint32_t>(row), static_cast<uint32_t>(unit / 4), step,
                           static_cast<uint32_t>(layer.number)};
    return plain_philox(counter, layer.seed)[static_cast<size_t>(unit % 4)];
}

double normal_of(const Layer& layer, uint32_t step, int64_t row, int64_t unit) {
    const int64_t even = unit - unit % 2;
    const double radius = std::sqrt(-2 * std::log((word_of(layer, step, row, even) + 1.0) / 0x1p32));
    const double angle = 2 * std::numbers::pi * word_of(layer, step, row, even + 1) / 0x1p32;
    return radius * (unit % 2 == 0 ? std::cos(angle) : std::sin(angle));
}

Layer random_layer() {
    Layer layer;
    layer.seed = 0x123456789ABCDEF0;
    layer.number = 3;
    layer.rate = 0.3;
    layer.stddev = 0.5;
    return layer;
}

// Rows of numbers with pads behind them.
template <class T>
struct Batch {
    std::vector<T> numbers;
    Rows<T> rows;

    Batch(int64_t count, int64_t width, T number) {
        const int64_t stride = (width + 15) / 16 * 16;
        numbers.assign(static_cast<size_t>(count * stride), number);
        rows = {numbers.data(), count, width, stride};
    }
};

const std::vector<int64_t> WIDTHS = {1, 3, 10, 17, 100, 128};
constexpr uint32_t STEP = 0xFFFFFFF0;

}  // namespace

TEST("Philox gives the known answers of its authors") {
    const auto check = [](Words counter, uint64_t key, Words expected) {
        isa::Counters counters;
        for (size_t word = 0; word < 4; ++word)
            for (size_t lane = 0; lane < isa::PHILOX_LANES; ++lane) counters[word][lane] = counter[word];
        isa::philox4x32(counters, key);
        for (size_t word = 0; word < 4; ++word)
            for (size_t lane = 0; lane < isa::PHILOX_LANES; ++lane) CHECK_EQUAL(counters[word][lane], expected[word]);
        CHECK(plain_philox(counter, key) == expected);
    };
    check({0, 0, 0, 0}, 0, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
    check({~0u, ~0u, ~0u, ~0u}, ~0ull, {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
    check({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, 0x299f31d0a4093822,
          {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST("a unit is kept where its word is at least the rate") {
    const Layer layer = random_layer();
    const auto threshold = static_cast<uint32_t>(std::nearbyint(layer.rate * 0x1p32));
    for (const int64_t width : WIDTHS) {
        Batch<float> x(9, width, 2), y(9, width, -1);
        isa::dropout<float>(layer, STEP, 5, x.rows, y.rows);
        for (int64_t r = 0; r < 9; ++r)
            for (int64_t unit = 0; unit < width; ++unit) {
                const bool kept = word_of(layer, STEP, 5 + r, unit) >= threshold;
                CHECK_EQUAL(y.rows.row(r)[unit], kept ? 2 * static_cast<float>(1 / (1 - 0.3)) : 0.0f);
            }
    }
}

TEST("rows may be drawn in any pieces, in place, and in either precision") {
    const Layer layer = random_layer();
    for (const int64_t width : WIDTHS) {
        Batch<double> x(40, width, 1), whole(40, width, 0);
        Batch<float> floats(40, width, 1);
        isa::dropout<double>(layer, 7, 0, x.rows, whole.rows);
        isa::dropout<float>(layer, 7, 0, floats.rows, floats.rows);
        for (int64_t begin = 0; begin < 40; begin += 13) {
            const Rows<double> part = x.rows.part(begin, begin + 13 < 40 ? begin + 13 : 40);
            isa::dropout<double>(layer, 7, begin, part, part);
        }
        for (int64_t r = 0; r < 40; ++r)
            for (int64_t unit = 0; unit < width; ++unit) {
                CHECK_EQUAL(x.rows.row(r)[unit], whole.rows.row(r)[unit]);
                CHECK_EQUAL(floats.rows.row(r)[unit], static_cast<float>(whole.rows.row(r)[unit]));
            }
    }
}

TEST("another step, another layer and another seed drop other units") {
    const auto drawn = [](const Layer& layer, uint32_t step) {
        Batch<float> x(8, 100, 1);
        isa::dropout<float>(layer, step, 0, x.rows, x.rows);
        return x.numbers;
    };
    const Layer layer = random_layer();
    Layer other_number = layer, other_seed = layer;
    other_number.number = 4;
    other_seed.seed ^= uint64_t{1} << 63;
    CHECK(drawn(layer, 1) == drawn(layer, 1));
    CHECK(drawn(layer, 1) != drawn(layer, 2));
    CHECK(drawn(layer, 1) != drawn(other_number, 1));
    CHECK(drawn(layer, 1) != drawn(other_seed, 1));
}

TEST("a rate of 0 keeps all units, and one that rounds to 1 keeps none") {
    Layer layer = random_layer();
    for (const double rate : {0.0, 1 - 1e-12}) {
        layer.rate = rate;
        Batch<double> x(20, 100, 3);
        isa::dropout<double>(layer, 0, 0, x.rows, x.rows);
        for (int64_t r = 0; r < 20; ++r)
            for (int64_t unit = 0; unit < 100; ++unit) CHECK_EQUAL(x.rows.row(r)[unit], rate == 0 ? 3 : 0);
    }
}

TEST("noise is Box and Muller's of the unit's pair of words") {
    const Layer layer = random_layer();
    for (const int64_t width : WIDTHS) {
        Batch<double> x(9, width, 2), y(9, width, -1);
        Batch<float> floats(9, width, 2);
        isa::gaussian_noise<double>(layer, STEP, 5, x.rows, y.rows);
        isa::gaussian_noise<float>(layer, STEP, 5, floats.rows, floats.rows);
        for (int64_t r = 0; r < 9; ++r)
            for (int64_t unit = 0; unit < width; ++unit) {
                const double expected = 2 + 0.5 * normal_of(layer, STEP, 5 + r, unit);
                CHECK_CLOSE(y.rows.row(r)[unit], expected, 1e-14);
                CHECK_CLOSE(floats.rows.row(r)[unit], expected, 2e-7);
            }
    }
}

TEST("the extreme words make finite numbers, on every quarter of the turn") {
    std::array<uint32_t, isa::NOISE_TILE> words{};
    constexpr int count = isa::NOISE_TILE / 2;
    for (uint32_t i = 0; i < count; ++i) {
        words[2 * i] = i % 2 == 0 ? 0 : ~0u;                  // the largest radius, and 0
        words[2 * i + 1] = i * (1u << 29) + (i / 8) % 3 - 1;  // eighths of a turn, and right beside them
    }
    std::array<double, isa::NOISE_TILE> normals{};
    isa::standard_normal(words.data(), normals.data());
    for (size_t i = 0; i < count; ++i) {
        const double radius = i % 2 == 0 ? std::sqrt(2 * 32 * std::log(2.0)) : 0;
        const double angle = 2 * std::numbers::pi * words[2 * i + 1] / 0x1p32;
        CHECK_CLOSE(normals[2 * i], radius * std::cos(angle), 1e-14);
        CHECK_CLOSE(normals[2 * i + 1], radius * std::sin(angle), 1e-14);
    }
}

TEST("the moments of the noise are those of the normal distribution") {
    Batch<double> x(1000, 64, 0);
    isa::gaussian_noise<double>(random_layer(), 0, 0, x.rows, x.rows);
    double sum = 0, squares = 0, fourth = 0;
    for (const double number : x.numbers) sum += number, squares += number * number, fourth += std::pow(number, 4);
    CHECK_CLOSE(sum / 64000, 0, 0.01);
    CHECK_CLOSE(squares / 64000, 0.25, 0.005);
    CHECK_CLOSE(fourth / 64000, 3 * 0.25 * 0.25, 0.01);
}
