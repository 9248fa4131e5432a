// Exponentials, logarithms and their kin on vectors: each reduces its argument to a small interval around 0 or 1 and
// evaluates a polynomial there, without branches, so that every lane does the same.
//
// The results are good to 2 or 3 units in the last place in float and in double. NaN gives NaN. Polynomials were fitted
// to the smallest largest relative error (Remez's algorithm); their coefficients stand lowest power first.
#pragma once

#include "simd.hpp"

namespace rosenblatt::ROSENBLATT_ISA {

// ln 2 in two parts: whole numbers up to the largest exponent times the first are exact. The errors given are relative
// to the function that the polynomial serves.
template <class T>
struct Constants;

template <>
struct Constants<float> {
    static constexpr float log2_e = 1.44269504f, ln2_high = 0x1.62e4p-1f, ln2_low = 0x1.7f7d1cp-20f;
    static constexpr float exp_lowest = -87.4f, exp_highest = 89.0f;  // beyond, exp is 0 or infinity
    static constexpr float smallest = 0x1p-126f;                      // of normal numbers
    // (exp(r) - 1 - r) / r^2 for |r| <= ln(2) / 2; degree 4, error 2.6e-8 of exp(r) - 1
    static constexpr float exp[] = {0x1.000002p-1f, 0x1.555496p-3f, 0x1.5553c2p-5f, 0x1.12374ap-7f, 0x1.6dc936p-10f};
    // (log((1 + s) / (1 - s)) - 2 s) / s^3 as a function of s^2 for |s| <= 0.1716; degree 2, error 8.7e-10
    static constexpr float log[] = {0x1.55557ap-1f, 0x1.995ebap-2f, 0x1.31e2ecp-2f};
    // erf(x) / x as a function of x^2 for x <= erf_seam; degree 5, error 1.4e-9
    static constexpr float erf[] = {1.1283791f,    -0.3761262f,   0.11283377f,
                                    -0.026834626f, 0.0051143477f, -0.00067495264f};
    // (1 - erf(x)) exp(x^2) for x >= erf_seam; error 1.9e-9 of erf(x)
    static constexpr float erf_numerator[] = {1.000424f, 0.72832096f, 0.22371262f};
    static constexpr float erf_denominator[] = {1.0f, 1.8598468f, 1.3116473f, 0.39476547f};
};

template <>
struct Constants<double> {
    static constexpr double log2_e = 1.4426950408889634, ln2_high = 0x1.62e42fefa38p-1, ln2_low = 0x1.ef35793c7673p-45;
    static constexpr double exp_lowest = -708.7, exp_highest = 709.9;
    static constexpr double smallest = 0x1p-1022;
    // degree 10, error 9.3e-19
    static constexpr double exp[] = {0x1p-1,
                                     0x1.5555555555559p-3,
                                     0x1.555555555553fp-5,
                                     0x1.111111110f6dfp-7,
                                     0x1.6c16c16c1f054p-10,
                                     0x1.a01a01afd1a71p-13,
                                     0x1.a01a017bcd7c9p-16,
                                     0x1.71ddf884f8148p-19,
                                     0x1.27e53624901efp-22,
                                     0x1.af5e692007d72p-26,
                                     0x1.1ee88976be683p-29};
    // degree 6, error 1.8e-18
    static constexpr double log[] = {0x1.5555555555592p-1, 0x1.999999997fdb9p-2, 0x1.24924941f121ap-2,
                                     0x1.c71c52095354cp-3, 0x1.74663eecb6d21p-3, 0x1.39a1ba12ae0e2p-3,
                                     0x1.2f056bf4b588ep-3};
    // degree 10, error 7.8e-19
    static constexpr double erf[] = {1.1283791670955126,     -0.37612638903183715,    0.11283791670952481,
                                     -0.026866170644402505,  0.005223977615122478,    -0.0008548326169099293,
                                     0.00012055288777441123, -1.4924176641252721e-05, 1.6430388267190272e-06,
                                     -1.5937600422335303e-07, 1.1463759280676906e-08};
    // W. J. Cody, "Rational Chebyshev approximations for the error function" (1969); error 1e-17
    static constexpr double erf_numerator[] = {1.23033935479799725e3, 2.05107837782607147e3, 1.71204761263407058e3,
                                               8.81952221241769090e2, 2.98635138197400131e2, 6.61191906371416295e1,
                                               8.88314979438837594e0, 5.64188496988670089e-1, 2.15311535474403846e-8};
    static constexpr double erf_denominator[] = {1.23033935480374942e3, 3.43936767414372164e3, 4.36261909014324716e3,
                                                 3.29079923573345963e3, 1.62138957456669019e3, 5.37181101862009858e2,
                                                 1.17693950891312499e2, 1.57449261107098347e1, 1.0};
};

// c[0] + c[1] x + c[2] x^2 ... by Horner's scheme.
template <class T, int N>
ROSENBLATT_INLINE Vector<T> polynomial(const T (&c)[N], Vector<T> x) {
    Vector<T> y(c[N - 1]);
    ROSENBLATT_UNROLL
    for (int i = N - 2; i >= 0; --i) y = multiply_add(y, x, Vector<T>(c[i]));
    return y;
}

// --- Exponentials ---------------------------------------------------------------------------------

// exp(x) = 2 half (1 + rest): half = 2^(n - 1) and rest = exp(r) - 1 for x = n ln 2 + r, |r| <= ln(2) / 2.
// Halved, the power of two is a number for every n that is needed, and 0 for the lowest.
template <class T>
struct Exponential {
    Vector<T> half, rest;
};
template <class T>
ROSENBLATT_INLINE Exponential<T> split_exp(Vector<T> x) {
    using V = Vector<T>;
    using C = Constants<T>;
    x = min(V(C::exp_highest), max(V(C::exp_lowest), x));
    // The sum has room for whole numbers only, so its last bits are n - 1 + bias: moved up they are an exponent.
    const V magic(T(1.5) * T(typename V::Int(1) << Bits<T>::mantissa) + T(Bits<T>::bias - 1));
    const V shifted = multiply_add(x, V(C::log2_e), magic);
    const V n = shifted - magic;
    const V r = multiply_add(n, V(-C::ln2_low), multiply_add(n, V(-C::ln2_high), x));
    return {V::of_bits(shifted.bits() << V::ints(Bits<T>::mantissa)), multiply_add(r * r, polynomial(C::exp, r), r)};
}

// exp(x); infinity above the range of T, 0 below its normal numbers.
template <class T>
ROSENBLATT_INLINE Vector<T> exp(Vector<T> x) {
    const Exponential<T> e = split_exp(x);
    const Vector<T> y = multiply_add(e.half, e.rest, e.half);
    return y + y;
}

// exp(x) - 1, with all its digits where x is near 0.
template <class T>
ROSENBLATT_INLINE Vector<T> expm1(Vector<T> x) {
    const Exponential<T> e = split_exp(x);
    const Vector<T> y = multiply_add(e.half, e.rest, e.half - T(0.5));
    return y + y;
}

// 1 / (1 + exp(-x)).
template <class T>
ROSENBLATT_INLINE Vector<T> sigmoid(Vector<T> x) {
    return T(1) / (T(1) + exp(-x));
}

// tanh(|x|) = y / (1 - y), where y = (1 - exp(-2 |x|)) / 2.
template <class T>
ROSENBLATT_INLINE Vector<T> tanh(Vector<T> x) {
    const Exponential<T> e = split_exp(T(-2) * abs(x));
    const Vector<T> y = multiply_add(-e.half, e.rest, T(0.5) - e.half);
    return with_sign(y / (T(1) - y), x);
}

// --- Logarithms -----------------------------------------------------------------------------------

// w = 2^exponent (1 + fraction) with 1 + fraction between sqrt(1/2) and sqrt(2), for positive normal w.
template <class T>
struct Logarithm {
    Vector<T> exponent, fraction;
};
template <class T>
ROSENBLATT_INLINE Logarithm<T> split_log(Vector<T> w) {
    using V = Vector<T>;
    const auto bits = w.bits();
    const auto mantissa = V::ints(Bits<T>::mantissa);
    const auto exponent = (bits - V(T(0.70710678118654752)).bits()) >> mantissa;
    // A whole number added to the last bits of 1.5 * 2^mantissa is that number added to it.
    const V magic(T(1.5) * T(typename V::Int(1) << Bits<T>::mantissa));
    return {V::of_bits(magic.bits() + exponent) - magic, V::of_bits(bits - (exponent << mantissa)) - T(1)};
}

// exponent ln 2 + log(1 + f), where log(1 + f) = log((1 + s) / (1 - s)) for s = f / (2 + f). That is 2 s + s^3 (...),
// and 2 s = f - s f = f - f^2 / 2 + s f^2 / 2: f, which is exact, keeps the rounding errors of s small.
template <class T>
ROSENBLATT_INLINE Vector<T> join_log(Logarithm<T> x) {
    using V = Vector<T>;
    using C = Constants<T>;
    const V f = x.fraction, s = f / (T(2) + f), s_squared = s * s, half_square = T(0.5) * f * f;
    const V rest = multiply_add(s_squared, polynomial(C::log, s_squared), half_square);
    const V low = multiply_add(s, rest, x.exponent * C::ln2_low);
    return multiply_add(x.exponent, V(C::ln2_high), f - (half_square - low));
}

// The logarithm of x: `y` where x is positive and finite; else -infinity, NaN or x itself.
template <class T>
ROSENBLATT_INLINE Vector<T> guard_log(Vector<T> x, Vector<T> y) {
    using V = Vector<T>;
    const V zero(T(0)), infinity{T(INFINITY)};
    const V otherwise = select(x == zero, -infinity, select(x < zero, V(T(NAN)), x));
    return select((x > zero) & (x < infinity), y, otherwise);
}

// log(x); -infinity at 0, NaN below. Positive numbers below the normal ones count as the smallest of those.
template <class T>
ROSENBLATT_INLINE Vector<T> log(Vector<T> x) {
    return guard_log(x, join_log(split_log(max(x, Vector<T>(Constants<T>::smallest)))));
}

// log(w + correction) for normal w > 0 and a correction that is lost when it is added to w.
template <class T>
ROSENBLATT_INLINE Vector<T> log_of_sum(Vector<T> w, Vector<T> correction) {
    using V = Vector<T>;
    Logarithm<T> parts = split_log(w);
    // Beyond 2^64 no correction counts any more.
    const V scale = power_of_two(-min(parts.exponent, V(T(64))));
    parts.fraction = multiply_add(correction, scale, parts.fraction);
    return join_log(parts);
}

// log(1 + x), with all its digits where x is near 0; -infinity at -1, NaN below.
template <class T>
ROSENBLATT_INLINE Vector<T> log1p(Vector<T> x) {
    using V = Vector<T>;
    const V one(T(1)), w = one + x, x_in_w = w - one;
    const V lost = (one - (w - x_in_w)) + (x - x_in_w);  // w + lost is exactly 1 + x (Knuth's two-sum)
    return guard_log(w, log_of_sum(max(w, V(Constants<T>::smallest)), lost));
}

// log(1 + exp(x)) = max(x, 0) + log(1 + exp(-|x|)).
template <class T>
ROSENBLATT_INLINE Vector<T> softplus(Vector<T> x) {
    using V = Vector<T>;
    const V small = exp(-abs(x)), w = T(1) + small;
    return max(V(T(0)), x) + log_of_sum(w, small - (w - T(1)));
}

// x^exponent for x >= 0.
template <class T>
ROSENBLATT_INLINE Vector<T> power(Vector<T> x, T exponent) {
    using V = Vector<T>;
    using C = Constants<T>;
    if (exponent == T(0.5)) return sqrt(x);
    if (exponent >= 0 && exponent <= 16 && exponent == T(static_cast<int>(exponent))) {
        V y(T(1));  // the squares x^1, x^2, x^4 ... that the exponent's bits name
        for (int rest = static_cast<int>(exponent); rest > 0; rest /= 2, x *= x)
            if (rest % 2 == 1) y *= x;
        return y;
    }
    // log(x) in two parts, and so the product: rounded to one number, x^exponent would suffer exponent log(x) times as
    // much. Whole powers of two times a short exponent are exact.
    const Logarithm<T> parts = split_log(max(x, V(C::smallest)));
    const V high = parts.exponent * C::ln2_high;
    const V low = parts.exponent * C::ln2_low + join_log(Logarithm<T>{V(T(0)), parts.fraction});
    const V factor(exponent), product = factor * high, lost = multiply_add(factor, high, -product);
    const V y = exp(product) * exp(multiply_add(factor, low, lost));
    const V otherwise = exponent > 0 ? x : T(1) / x;  // of 0, infinity and NaN
    return select((x > V(T(0))) & (x < V(T(INFINITY))), y, otherwise);
}

// --- The error function ---------------------------------------------------------------------------

// 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x: an odd polynomial near 0, further out
// 1 - exp(-x^2) times a rational function.
template <class T>
ROSENBLATT_INLINE Vector<T> erf(Vector<T> x) {
    using V = Vector<T>;
    using C = Constants<T>;
    const V seam(T(0.75)), one_from_here(T(6));
    const V size = min(one_from_here, abs(x)), square = size * size;
    const V near = x * polynomial(C::erf, square);
    const V far = exp(-square) * polynomial(C::erf_numerator, size) / polynomial(C::erf_denominator, size);
    return select(size <= seam, near, with_sign(T(1) - far, x));
}

}  // namespace rosenblatt::ROSENBLATT_ISA
