// Noise that is only there in training: dropped units and added Gaussian noise.
//
// Unit u of row r draws word u mod 4 of the counter (r, u div 4, step, layer): see philox.hpp. A counter's four words
// are called a block here.
#pragma once

#include "math.hpp"
#include "philox.hpp"
#include "plan.hpp"
#include "rows.hpp"
#include "walk.hpp"

namespace rosenblatt::ROSENBLATT_ISA {

constexpr int NOISE_TILE = 4 * PHILOX_LANES;  // units whose words are drawn at once

// A batch's blocks stand in one line, row after row. body(i, count, row, block) for the pieces that lie in one row
// each, of the `count` blocks from block `begin` of the line on.
template <class Body>
ROSENBLATT_INLINE void each_piece(int64_t begin, int64_t count, int64_t blocks_a_row, Body body) {
    for (int64_t i = 0; i < count;) {
        const int64_t row = (begin + i) / blocks_a_row, block = (begin + i) % blocks_a_row;
        const int64_t rest = blocks_a_row - block, piece = rest < count - i ? rest : count - i;
        body(i, piece, row, block);
        i += piece;
    }
}

// y = join(x, values), where make(words, values) turns NOISE_TILE random words into as many numbers. Rows are numbered
// from `first_row` in their batch. y may be x.
template <class T, class Make, class Join>
ROSENBLATT_INLINE void draw(const Layer& layer, uint32_t step, int64_t first_row, Rows<const T> x, Rows<T> y, Make make,
                            Join join) {
    const int64_t blocks_a_row = (x.width + 3) / 4, blocks = x.count * blocks_a_row;
    for (int64_t begin = 0; begin < blocks; begin += PHILOX_LANES) {
        const int64_t count = blocks - begin < PHILOX_LANES ? blocks - begin : PHILOX_LANES;
        Counters c;
        for (int lane = 0; lane < PHILOX_LANES; ++lane) {
            c[0][lane] = c[1][lane] = 0;
            c[2][lane] = step;
            c[3][lane] = static_cast<uint32_t>(layer.number);
        }
        each_piece(begin, count, blocks_a_row, [&](int64_t i, int64_t piece, int64_t row, int64_t block) {
            for (int64_t lane = 0; lane < piece; ++lane) {
                c[0][i + lane] = static_cast<uint32_t>(first_row + row);
                c[1][i + lane] = static_cast<uint32_t>(block + lane);
            }
        });
        philox4x32(c, layer.seed);
        uint32_t words[NOISE_TILE];
        for (int lane = 0; lane < PHILOX_LANES; ++lane)
            for (int word = 0; word < 4; ++word) words[4 * lane + word] = static_cast<uint32_t>(c[word][lane]);
        T values[NOISE_TILE];
        make(words, values);
        each_piece(begin, count, blocks_a_row, [&](int64_t i, int64_t piece, int64_t row, int64_t block) {
            const int64_t unit = 4 * block, rest = x.width - unit, units = rest < 4 * piece ? rest : 4 * piece;
            const T *from = x.row(row) + unit, *value = values + 4 * i;
            T* to = y.row(row) + unit;
            walk<T, 1>(units, [&](int64_t j, auto span) {
                span.store(join(span.load(from + j), span.load(value + j)), to + j);
            });
        });
    }
}

// y = x * mask, where the mask is 0 with probability `rate` and 1 / (1 - rate) elsewhere. dx = dy * mask as well.
template <class T>
void dropout(const Layer& layer, uint32_t step, int64_t first_row, Rows<const T> x, Rows<T> y) {
    const double threshold = ::rint(layer.rate * 0x1p32);  // a word of at least this is kept
    const bool keeps = threshold < 0x1p32;
    const auto least = static_cast<uint32_t>(keeps ? threshold : 0);
    const T kept = keeps ? static_cast<T>(1 / (1 - layer.rate)) : T(0);
    const auto mask = [=](const uint32_t* words, T* values) {
        for (int i = 0; i < NOISE_TILE; ++i) values[i] = words[i] >= least ? kept : T(0);
    };
    draw(layer, step, first_row, x, y, mask, [](Vector<T> number, Vector<T> factor) { return number * factor; });
}

// The cosine and the sine of word / 2^32 of a full turn, for NOISE_TILE / 2 words, each the second of a pair.
//
// The nearest quarter turn is in the word's highest bits; what is left is at most an eighth of a turn to either side.
// There polynomials do, those of Sun's fdlibm (1993), good to the last place.
inline void turn(const uint32_t* words, double* cosines, double* sines) {
    static constexpr double cosine[] = {4.16666666666666019037e-02,  -1.38888888888741095749e-03,
                                        2.48015872894767294178e-05,  -2.75573143513906633035e-07,
                                        2.08757232129817482790e-09,  -1.13596475577881948265e-11};
    static constexpr double sine[] = {-1.66666666666666324348e-01, 8.33333333332248946124e-03,
                                      -1.98412698298579493134e-04, 2.75573137070700676789e-06,
                                      -2.50507602534068634195e-08, 1.58969099521155010221e-10};
    constexpr double radians = 6.283185307179586 / 0x1p32;
    constexpr int count = NOISE_TILE / 2;
    double angle[count], swapped[count], cosine_sign[count], sine_sign[count];
    for (int i = 0; i < count; ++i) {
        const uint32_t word = words[2 * i + 1], quarter = (word + (1u << 29)) >> 30;
        angle[i] = radians * static_cast<int32_t>(word - (quarter << 30));
        swapped[i] = quarter & 1;
        cosine_sign[i] = 1 - static_cast<int>((quarter + 1) & 2);
        sine_sign[i] = 1 - static_cast<int>(quarter & 2);
    }
    using V = Vector<double>;
    for (int i = 0; i < count; i += V::lanes) {
        const V x = V::load(angle + i), x_squared = x * x;
        const V c = V(1.0) - (V(0.5) * x_squared - x_squared * x_squared * polynomial(cosine, x_squared));
        const V s = x + x * x_squared * polynomial(sine, x_squared);
        const Mask<double> swap = V::load(swapped + i) == V(1.0);
        (V::load(cosine_sign + i) * select(swap, s, c)).store(cosines + i);
        (V::load(sine_sign + i) * select(swap, c, s)).store(sines + i);
    }
}

// NOISE_TILE standard normal numbers, two from each pair of words.
//
// Source: Box and Muller, "A note on the generation of random normal deviates" (1958).
inline void standard_normal(const uint32_t* words, double* normals) {
    using V = Vector<double>;
    constexpr int count = NOISE_TILE / 2;
    double radius[count], cosines[count], sines[count];
    for (int i = 0; i < count; ++i) radius[i] = (words[2 * i] + 1.0) / 0x1p32;  // + 1 keeps the logarithm finite
    for (int i = 0; i < count; i += V::lanes) sqrt(V(-2.0) * log(V::load(radius + i))).store(radius + i);
    turn(words, cosines, sines);
    for (int i = 0; i < count; ++i) {
        normals[2 * i] = radius[i] * cosines[i];
        normals[2 * i + 1] = radius[i] * sines[i];
    }
}

// y = x + noise of mean 0; dx = dy.
template <class T>
void gaussian_noise(const Layer& layer, uint32_t step, int64_t first_row, Rows<const T> x, Rows<T> y) {
    const auto noise = [&](const uint32_t* words, T* values) {
        double normals[NOISE_TILE];
        standard_normal(words, normals);
        for (int i = 0; i < NOISE_TILE; ++i) values[i] = static_cast<T>(normals[i] * layer.stddev);
    };
    draw(layer, step, first_row, x, y, noise, [](Vector<T> number, Vector<T> addend) { return number + addend; });
}

}  // namespace rosenblatt::ROSENBLATT_ISA
