// Random numbers from a counter: the same place in training always draws the same number.
//
// Philox scrambles a counter - here the row of the batch, the unit, the step and the layer - into random bits. So masks
// are the same for every engine, for any number of threads and however an epoch is cut into slices, and none is stored.
//
// Source: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3" (2011), Philox4x32-10.
#pragma once

#include "simd.hpp"

namespace rosenblatt::ROSENBLATT_ISA {

// So many counters are scrambled at once: enough independent chains of multiplications to keep the processor busy.
constexpr int PHILOX_LANES = 32;

// A word of 32 bits, kept in 64 where vectors are wide: that saves the packing of each product's halves.
template <bool WIDE>
struct PhiloxWord {
    using Type = uint32_t;
};
template <>
struct PhiloxWord<true> {
    using Type = uint64_t;
};
using Word = PhiloxWord<VECTOR_BYTES == 64>::Type;

// Four words for each lane: a counter on the way in, random bits on the way out.
using Counters = Word[4][PHILOX_LANES];

inline void philox4x32(Counters& counters, uint64_t key) {
    constexpr uint32_t multiplier_0 = 0xD2511F53, multiplier_1 = 0xCD9E8D57;
    constexpr uint32_t key_step_0 = 0x9E3779B9, key_step_1 = 0xBB67AE85;
    for (int lane = 0; lane < PHILOX_LANES; ++lane) {  // the compiler computes all lanes at once
        Word c0 = counters[0][lane], c1 = counters[1][lane], c2 = counters[2][lane], c3 = counters[3][lane];
        auto key_0 = static_cast<uint32_t>(key), key_1 = static_cast<uint32_t>(key >> 32);
        ROSENBLATT_UNROLL
        for (int round = 0; round < 10; ++round, key_0 += key_step_0, key_1 += key_step_1) {
            const uint64_t product_0 = static_cast<uint64_t>(c0) * multiplier_0;
            const uint64_t product_1 = static_cast<uint64_t>(c2) * multiplier_1;
            c0 = static_cast<Word>(product_1 >> 32) ^ c1 ^ key_0;
            c1 = static_cast<uint32_t>(product_1);
            c2 = static_cast<Word>(product_0 >> 32) ^ c3 ^ key_1;
            c3 = static_cast<uint32_t>(product_0);
        }
        counters[0][lane] = c0, counters[1][lane] = c1, counters[2][lane] = c2, counters[3][lane] = c3;
    }
}

}  // namespace rosenblatt::ROSENBLATT_ISA
