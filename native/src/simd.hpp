// Vectors of numbers, as wide as the machine's registers: the one place that knows vector instructions.
//
// Everything here is compiled once per instruction set. Which one is said by the macro ROSENBLATT_ISA, the name of the
// namespace, and by the compiler's own macros, which the build sets to match:
//
//     avx512    64 bytes, 32 registers    x86-64 servers and recent desktops
//     avx2      32 bytes, 16 registers    x86-64 since 2013, with fused multiply-add
//     neon      16 bytes, 32 registers    every 64-bit ARM
//     portable  16 bytes                  anything else; any C++20 compiler takes it
#pragma once

#include <math.h>

#include <cstdint>
#include <cstring>
#include <utility>

#if defined(__AVX512F__) || (defined(__AVX2__) && defined(__FMA__))
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#ifndef ROSENBLATT_ISA
#define ROSENBLATT_ISA portable
#endif

#if defined(__GNUC__)
#define ROSENBLATT_INLINE inline __attribute__((always_inline))
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define ROSENBLATT_UNROLL  // the checks of unrolled loops take GCC a quarter of an hour to compile
#else
#define ROSENBLATT_UNROLL _Pragma("GCC unroll 16")
#endif
#define ROSENBLATT_UNROLL_TWICE _Pragma("GCC unroll 2")
#define ROSENBLATT_KEEP(value) asm volatile("" : : "m"(value) : "memory")  // the compiler must compute it
#else
#define ROSENBLATT_INLINE inline
#define ROSENBLATT_UNROLL
#define ROSENBLATT_UNROLL_TWICE
#define ROSENBLATT_KEEP(value) static_cast<void>(value)
#endif

// The build defines ROSENBLATT_PORTABLE for the portable level, which must not use what the compiler happens to offer.
#if defined(ROSENBLATT_PORTABLE)
#define ROSENBLATT_VECTOR_BYTES 16
#elif defined(__AVX512F__)
#define ROSENBLATT_VECTOR_BYTES 64
#elif defined(__AVX2__) && defined(__FMA__)
#define ROSENBLATT_VECTOR_BYTES 32
#elif defined(__aarch64__)
#define ROSENBLATT_VECTOR_BYTES 16
#else
#define ROSENBLATT_PORTABLE
#define ROSENBLATT_VECTOR_BYTES 16
#endif

// GCC and Clang have vectors of their own, which they make of whatever the processor has; others compute in loops.
#if !defined(__GNUC__)
#define ROSENBLATT_LANES
#endif

namespace rosenblatt::ROSENBLATT_ISA {

constexpr int VECTOR_BYTES = ROSENBLATT_VECTOR_BYTES;
#if defined(ROSENBLATT_PORTABLE) || !(defined(__AVX512F__) || defined(__aarch64__))
constexpr int REGISTERS = 16;
#else
constexpr int REGISTERS = 32;
#endif

// Whole numbers as wide as T, and how T is laid out in bits: sign, exponent, mantissa.
template <class T>
struct Bits;
template <>
struct Bits<float> {
    using Int = int32_t;
    static constexpr int mantissa = 23, bias = 127;
};
template <>
struct Bits<double> {
    using Int = int64_t;
    static constexpr int mantissa = 52, bias = 1023;
};

#if defined(ROSENBLATT_LANES)

// Numbers side by side, computed one after the other; a compiler may well make vector instructions of the loops.
template <class T, int N>
struct Lanes {
    T lane[N];

    T& operator[](int i) { return lane[i]; }
    T operator[](int i) const { return lane[i]; }
};

#define ROSENBLATT_LANEWISE(op, Result)                                             \
    template <class T, int N>                                                       \
    ROSENBLATT_INLINE Lanes<Result, N> operator op(Lanes<T, N> a, Lanes<T, N> b) {  \
        Lanes<Result, N> c;                                                         \
        for (int i = 0; i < N; ++i) c.lane[i] = static_cast<Result>(a.lane[i] op b.lane[i]); \
        return c;                                                                   \
    }
ROSENBLATT_LANEWISE(+, T)
ROSENBLATT_LANEWISE(-, T)
ROSENBLATT_LANEWISE(*, T)
ROSENBLATT_LANEWISE(/, T)
ROSENBLATT_LANEWISE(&, T)
ROSENBLATT_LANEWISE(|, T)
ROSENBLATT_LANEWISE(<<, T)
ROSENBLATT_LANEWISE(>>, T)
#undef ROSENBLATT_LANEWISE

// Comparisons give all bits set where true, as vector instructions do.
#define ROSENBLATT_COMPARISON(op)                                                                          \
    template <class T, int N>                                                                              \
    ROSENBLATT_INLINE Lanes<typename Bits<T>::Int, N> operator op(Lanes<T, N> a, Lanes<T, N> b) {          \
        Lanes<typename Bits<T>::Int, N> c;                                                                 \
        for (int i = 0; i < N; ++i) c.lane[i] = -static_cast<typename Bits<T>::Int>(a.lane[i] op b.lane[i]); \
        return c;                                                                                          \
    }
ROSENBLATT_COMPARISON(<)
ROSENBLATT_COMPARISON(<=)
ROSENBLATT_COMPARISON(==)
#undef ROSENBLATT_COMPARISON

template <class T, int BYTES>
struct Registers {
    using Numbers = Lanes<T, BYTES / static_cast<int>(sizeof(T))>;
    using Ints = Lanes<typename Bits<T>::Int, BYTES / static_cast<int>(sizeof(T))>;
};

#else

template <class T, int BYTES>
struct Registers {
    typedef T Numbers __attribute__((vector_size(BYTES)));
    typedef typename Bits<T>::Int Ints __attribute__((vector_size(BYTES)));
};

#endif

// A truth value for each lane: all bits set, or none.
template <class T, int BYTES = VECTOR_BYTES>
struct Mask {
    typename Registers<T, BYTES>::Ints bits;
};

// Numbers of type T that are computed with at once.
template <class T, int BYTES = VECTOR_BYTES>
struct Vector {
    using Numbers = typename Registers<T, BYTES>::Numbers;
    using Ints = typename Registers<T, BYTES>::Ints;
    using Int = typename Bits<T>::Int;
    static constexpr int lanes = BYTES / static_cast<int>(sizeof(T));

    Numbers v;

    ROSENBLATT_INLINE Vector() = default;
    ROSENBLATT_INLINE explicit Vector(Numbers numbers) : v(numbers) {}
    ROSENBLATT_INLINE Vector(T number) {  // the same number in every lane
#if defined(ROSENBLATT_LANES)
        for (int i = 0; i < lanes; ++i) v[i] = number;
#else
        v = number - Numbers{};  // compilers make one broadcast of it
#endif
    }

    // From memory at any address, and back.
    static ROSENBLATT_INLINE Vector load(const T* from) {
        Vector a;
        memcpy(&a.v, from, sizeof a.v);
        return a;
    }
    ROSENBLATT_INLINE void store(T* to) const { memcpy(to, &v, sizeof v); }

    // Only the first `count` numbers, 0 <= count <= lanes: nothing behind them is touched, and the other lanes are 0.
    static ROSENBLATT_INLINE Vector load(const T* from, int64_t count);
    ROSENBLATT_INLINE void store(T* to, int64_t count) const;

    friend ROSENBLATT_INLINE Vector operator+(Vector a, Vector b) { return Vector(a.v + b.v); }
    friend ROSENBLATT_INLINE Vector operator-(Vector a, Vector b) { return Vector(a.v - b.v); }
    friend ROSENBLATT_INLINE Vector operator*(Vector a, Vector b) { return Vector(a.v * b.v); }
    friend ROSENBLATT_INLINE Vector operator/(Vector a, Vector b) { return Vector(a.v / b.v); }
    ROSENBLATT_INLINE Vector operator-() const { return Vector(T(-0.0)) - *this; }
    ROSENBLATT_INLINE Vector& operator+=(Vector b) { return *this = *this + b; }
    ROSENBLATT_INLINE Vector& operator-=(Vector b) { return *this = *this - b; }
    ROSENBLATT_INLINE Vector& operator*=(Vector b) { return *this = *this * b; }

    friend ROSENBLATT_INLINE Mask<T, BYTES> operator<(Vector a, Vector b) { return {a.v < b.v}; }
    friend ROSENBLATT_INLINE Mask<T, BYTES> operator>(Vector a, Vector b) { return {b.v < a.v}; }
    friend ROSENBLATT_INLINE Mask<T, BYTES> operator<=(Vector a, Vector b) { return {a.v <= b.v}; }
    friend ROSENBLATT_INLINE Mask<T, BYTES> operator>=(Vector a, Vector b) { return {b.v <= a.v}; }
    friend ROSENBLATT_INLINE Mask<T, BYTES> operator==(Vector a, Vector b) { return {a.v == b.v}; }

    // 0, 1, 2 ... in the lanes.
    static ROSENBLATT_INLINE Vector index() {
        Vector a;
        ROSENBLATT_UNROLL
        for (int i = 0; i < lanes; ++i) a.v[i] = T(i);
        return a;
    }

    // The bits of the numbers as whole numbers, and back.
    ROSENBLATT_INLINE Ints bits() const {
        Ints i;
        memcpy(&i, &v, sizeof i);
        return i;
    }
    static ROSENBLATT_INLINE Vector of_bits(Ints bits) {
        Vector a;
        memcpy(&a.v, &bits, sizeof bits);
        return a;
    }
    static ROSENBLATT_INLINE Ints ints(Int number) {
        Ints i{};
#if defined(ROSENBLATT_LANES)
        for (int lane = 0; lane < lanes; ++lane) i[lane] = number;
#else
        i += number;
#endif
        return i;
    }
};

// mask ? a : b, lane by lane.
template <class T, int BYTES>
ROSENBLATT_INLINE Vector<T, BYTES> select(Mask<T, BYTES> mask, Vector<T, BYTES> a, Vector<T, BYTES> b) {
#if defined(ROSENBLATT_LANES)
    Vector<T, BYTES> c;
    for (int i = 0; i < Vector<T, BYTES>::lanes; ++i) c.v[i] = mask.bits[i] ? a.v[i] : b.v[i];
    return c;
#else
    return Vector<T, BYTES>(mask.bits ? a.v : b.v);
#endif
}

template <class T, int BYTES>
ROSENBLATT_INLINE Mask<T, BYTES> operator&(Mask<T, BYTES> a, Mask<T, BYTES> b) {
    return {a.bits & b.bits};
}

// Which lanes are among the first `count`.
template <class T>
ROSENBLATT_INLINE Mask<T> first(int64_t count) {
    return Vector<T>::index() < Vector<T>(T(count));
}

// The larger and the smaller of two; where either is NaN, the result is `b`.
template <class T, int BYTES>
ROSENBLATT_INLINE Vector<T, BYTES> max(Vector<T, BYTES> a, Vector<T, BYTES> b) {
    return select(a > b, a, b);
}
template <class T, int BYTES>
ROSENBLATT_INLINE Vector<T, BYTES> min(Vector<T, BYTES> a, Vector<T, BYTES> b) {
    return select(a < b, a, b);
}

template <class T, int BYTES>
ROSENBLATT_INLINE Vector<T, BYTES> abs(Vector<T, BYTES> a) {
    using V = Vector<T, BYTES>;
    using Int = typename V::Int;
    return V::of_bits(a.bits() & V::ints(static_cast<Int>(~(Int(1) << (8 * sizeof(T) - 1)))));
}

// a with the sign of b; a must not be negative.
template <class T, int BYTES>
ROSENBLATT_INLINE Vector<T, BYTES> with_sign(Vector<T, BYTES> a, Vector<T, BYTES> b) {
    using V = Vector<T, BYTES>;
    using Int = typename V::Int;
    return V::of_bits(a.bits() | (b.bits() & V::ints(static_cast<Int>(Int(1) << (8 * sizeof(T) - 1)))));
}

// -1, 0 or 1.
template <class T, int BYTES>
ROSENBLATT_INLINE Vector<T, BYTES> sign(Vector<T, BYTES> a) {
    using V = Vector<T, BYTES>;
    return select(a > V(T(0)), V(T(1)), select(a < V(T(0)), V(T(-1)), a));
}

// The nearest whole number; |a| must be far below 2^mantissa.
template <class T, int BYTES>
ROSENBLATT_INLINE Vector<T, BYTES> round(Vector<T, BYTES> a) {
    // Adding 1.5 * 2^mantissa leaves no room for a fraction: the hardware rounds it away.
    const Vector<T, BYTES> large(T(1.5) * T(typename Bits<T>::Int(1) << Bits<T>::mantissa));
    return (a + large) - large;
}

// 2^n for whole n between the smallest and the largest normal exponent.
template <class T, int BYTES>
ROSENBLATT_INLINE Vector<T, BYTES> power_of_two(Vector<T, BYTES> n) {
    using V = Vector<T, BYTES>;
    // The low mantissa bits of n + (1.5 * 2^mantissa + bias) are n + bias: moved up they are an exponent.
    const V magic(T(1.5) * T(typename V::Int(1) << Bits<T>::mantissa) + T(Bits<T>::bias));
    return V::of_bits((n + magic).bits() << V::ints(Bits<T>::mantissa));
}

// The sum and the maximum over all lanes; halves are added to halves, always in this order.
template <class T>
ROSENBLATT_INLINE T sum(Vector<T> a) {
    T lane[Vector<T>::lanes];
    a.store(lane);
    ROSENBLATT_UNROLL
    for (int half = Vector<T>::lanes / 2; half >= 1; half /= 2)
        for (int i = 0; i < half; ++i) lane[i] += lane[i + half];
    return lane[0];
}
template <class T>
ROSENBLATT_INLINE T largest(Vector<T> a) {
    T lane[Vector<T>::lanes];
    a.store(lane);
    ROSENBLATT_UNROLL
    for (int half = Vector<T>::lanes / 2; half >= 1; half /= 2)
        for (int i = 0; i < half; ++i) lane[i] = lane[i] > lane[i + half] ? lane[i] : lane[i + half];
    return lane[0];
}

// Turns a square of lanes x lanes numbers by its diagonal: row i, lane j goes to row j, lane i. GCC knows
// __builtin_shufflevector from version 12 on.
#if defined(ROSENBLATT_LANES) || (defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 12)

template <class T>
ROSENBLATT_INLINE void transpose(Vector<T> (&rows)[Vector<T>::lanes]) {
    for (int i = 0; i < Vector<T>::lanes; ++i)
        for (int j = 0; j < i; ++j) {
            const T number = rows[i].v[j];
            rows[i].v[j] = rows[j].v[i];
            rows[j].v[i] = number;
        }
}

#else

// Swaps the upper right and the lower left quarter of every square of 2 distance x 2 distance numbers on the diagonal.
template <int distance, class T, int... lane>
ROSENBLATT_INLINE void swap_quarters(Vector<T> (&rows)[Vector<T>::lanes], std::integer_sequence<int, lane...>) {
    constexpr int lanes = Vector<T>::lanes;
    ROSENBLATT_UNROLL
    for (int i = 0; i < lanes; ++i)
        if ((i & distance) == 0) {
            const auto above = rows[i].v, below = rows[i + distance].v;
            rows[i].v = __builtin_shufflevector(above, below, (lane & distance ? lanes + lane - distance : lane)...);
            rows[i + distance].v =
                __builtin_shufflevector(above, below, (lane & distance ? lanes + lane : lane + distance)...);
        }
}

template <class T>
ROSENBLATT_INLINE void transpose(Vector<T> (&rows)[Vector<T>::lanes]) {
    constexpr int lanes = Vector<T>::lanes;
    const std::make_integer_sequence<int, lanes> every_lane;
    swap_quarters<1>(rows, every_lane);
    if constexpr (lanes > 2) swap_quarters<2>(rows, every_lane);
    if constexpr (lanes > 4) swap_quarters<4>(rows, every_lane);
    if constexpr (lanes > 8) swap_quarters<8>(rows, every_lane);
}

#endif

// --- What each instruction set does in its own way: a * b + c in one rounding, square roots, partial vectors ------

#if defined(ROSENBLATT_PORTABLE)

template <class T, int BYTES>
ROSENBLATT_INLINE Vector<T, BYTES> multiply_add(Vector<T, BYTES> a, Vector<T, BYTES> b, Vector<T, BYTES> c) {
    return a * b + c;
}
template <class T, int BYTES>
ROSENBLATT_INLINE Vector<T, BYTES> sqrt(Vector<T, BYTES> a) {
    for (int i = 0; i < Vector<T, BYTES>::lanes; ++i) a.v[i] = static_cast<T>(::sqrt(static_cast<double>(a.v[i])));
    return a;
}

#else

// The intrinsics that compute a * b + c and the square root of a, on the raw registers a.v, b.v, c.v.
#define ROSENBLATT_INSTRUCTIONS(T, BYTES, fused, root)                                                       \
    ROSENBLATT_INLINE Vector<T, BYTES> multiply_add(Vector<T, BYTES> a, Vector<T, BYTES> b, Vector<T, BYTES> c) { \
        return Vector<T, BYTES>(fused);                                                                      \
    }                                                                                                        \
    ROSENBLATT_INLINE Vector<T, BYTES> sqrt(Vector<T, BYTES> a) { return Vector<T, BYTES>(root); }

#if defined(__AVX512F__)
ROSENBLATT_INSTRUCTIONS(float, 64, _mm512_fmadd_ps(a.v, b.v, c.v), _mm512_maskz_sqrt_ps(0xFFFF, a.v))
ROSENBLATT_INSTRUCTIONS(double, 64, _mm512_fmadd_pd(a.v, b.v, c.v), _mm512_maskz_sqrt_pd(0xFF, a.v))
#endif
#if defined(__AVX2__)
ROSENBLATT_INSTRUCTIONS(float, 32, _mm256_fmadd_ps(a.v, b.v, c.v), _mm256_sqrt_ps(a.v))
ROSENBLATT_INSTRUCTIONS(double, 32, _mm256_fmadd_pd(a.v, b.v, c.v), _mm256_sqrt_pd(a.v))
#endif
#if defined(__aarch64__)
ROSENBLATT_INSTRUCTIONS(float, 16, vfmaq_f32(c.v, a.v, b.v), vsqrtq_f32(a.v))
ROSENBLATT_INSTRUCTIONS(double, 16, vfmaq_f64(c.v, a.v, b.v), vsqrtq_f64(a.v))
#endif
#undef ROSENBLATT_INSTRUCTIONS

#endif

#if !defined(ROSENBLATT_PORTABLE) && defined(__AVX2__)

// One instruction each, which treats NaN as the templates above do.
#define ROSENBLATT_EXTREMES(T, BYTES, larger, smaller)                                            \
    ROSENBLATT_INLINE Vector<T, BYTES> max(Vector<T, BYTES> a, Vector<T, BYTES> b) {                 \
        return Vector<T, BYTES>(larger);                                                             \
    }                                                                                                \
    ROSENBLATT_INLINE Vector<T, BYTES> min(Vector<T, BYTES> a, Vector<T, BYTES> b) {                 \
        return Vector<T, BYTES>(smaller);                                                            \
    }

#if defined(__AVX512F__)
ROSENBLATT_EXTREMES(float, 64, _mm512_maskz_max_ps(0xFFFF, a.v, b.v), _mm512_maskz_min_ps(0xFFFF, a.v, b.v))
ROSENBLATT_EXTREMES(double, 64, _mm512_maskz_max_pd(0xFF, a.v, b.v), _mm512_maskz_min_pd(0xFF, a.v, b.v))
#endif
ROSENBLATT_EXTREMES(float, 32, _mm256_max_ps(a.v, b.v), _mm256_min_ps(a.v, b.v))
ROSENBLATT_EXTREMES(double, 32, _mm256_max_pd(a.v, b.v), _mm256_min_pd(a.v, b.v))
#undef ROSENBLATT_EXTREMES

#endif

#if defined(__AVX512F__) && !defined(ROSENBLATT_PORTABLE)

// One bit a lane says whether it is touched.
template <>
ROSENBLATT_INLINE Vector<float> Vector<float>::load(const float* from, int64_t count) {
    return Vector(_mm512_maskz_loadu_ps(static_cast<__mmask16>((1u << count) - 1), from));
}
template <>
ROSENBLATT_INLINE void Vector<float>::store(float* to, int64_t count) const {
    _mm512_mask_storeu_ps(to, static_cast<__mmask16>((1u << count) - 1), v);
}
template <>
ROSENBLATT_INLINE Vector<double> Vector<double>::load(const double* from, int64_t count) {
    return Vector(_mm512_maskz_loadu_pd(static_cast<__mmask8>((1u << count) - 1), from));
}
template <>
ROSENBLATT_INLINE void Vector<double>::store(double* to, int64_t count) const {
    _mm512_mask_storeu_pd(to, static_cast<__mmask8>((1u << count) - 1), v);
}

#endif

#if defined(__AVX2__) && !defined(ROSENBLATT_PORTABLE)

// A lane is touched where the highest bit of its mask is set.
ROSENBLATT_INLINE __m256i mask_of_floats(int64_t count) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(count)), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
ROSENBLATT_INLINE __m256i mask_of_doubles(int64_t count) {
    return _mm256_cmpgt_epi64(_mm256_set1_epi64x(count), _mm256_setr_epi64x(0, 1, 2, 3));
}
template <>
ROSENBLATT_INLINE Vector<float, 32> Vector<float, 32>::load(const float* from, int64_t count) {
    return Vector(_mm256_maskload_ps(from, mask_of_floats(count)));
}
template <>
ROSENBLATT_INLINE void Vector<float, 32>::store(float* to, int64_t count) const {
    _mm256_maskstore_ps(to, mask_of_floats(count), v);
}
template <>
ROSENBLATT_INLINE Vector<double, 32> Vector<double, 32>::load(const double* from, int64_t count) {
    return Vector(_mm256_maskload_pd(from, mask_of_doubles(count)));
}
template <>
ROSENBLATT_INLINE void Vector<double, 32>::store(double* to, int64_t count) const {
    _mm256_maskstore_pd(to, mask_of_doubles(count), v);
}

#else

// Without masks: number by number, through memory.
template <class T, int BYTES>
ROSENBLATT_INLINE Vector<T, BYTES> Vector<T, BYTES>::load(const T* from, int64_t count) {
    T lane[lanes] = {};
    for (int64_t i = 0; i < count; ++i) lane[i] = from[i];
    return load(lane);
}
template <class T, int BYTES>
ROSENBLATT_INLINE void Vector<T, BYTES>::store(T* to, int64_t count) const {
    T lane[lanes];
    store(lane);
    for (int64_t i = 0; i < count; ++i) to[i] = lane[i];
}

#endif

}  // namespace rosenblatt::ROSENBLATT_ISA
