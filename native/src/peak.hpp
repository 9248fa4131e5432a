// The most that one core can multiply and add: the measure of all other speeds.
#pragma once

#include "simd.hpp"

namespace rosenblatt::ROSENBLATT_ISA {

// Does `rounds` rounds of multiply-adds on numbers that stay in registers; returns how many operations that were.
template <class T>
int64_t multiply_add_rounds(int64_t rounds) {
    // Twelve sums that do not wait for each other hide the four or five cycles that each addition takes.
    constexpr int sums = 12;
    Vector<T> sum[sums];
    ROSENBLATT_UNROLL
    for (int i = 0; i < sums; ++i) sum[i] = Vector<T>(T(i));
    const Vector<T> factor(T(0.5)), number(T(0.5));  // the sums stay finite: each goes towards 1
    for (int64_t round = 0; round < rounds; ++round) {
        ROSENBLATT_UNROLL
        for (int i = 0; i < sums; ++i) sum[i] = multiply_add(sum[i], factor, number);
    }
    Vector<T> all = sum[0];
    ROSENBLATT_UNROLL
    for (int i = 1; i < sums; ++i) all += sum[i];
    ROSENBLATT_KEEP(all.v);
    return rounds * sums * Vector<T>::lanes * 2;
}

}  // namespace rosenblatt::ROSENBLATT_ISA
