// Walking along arrays of any length, and down columns of any number, in vectors.
//
// A body of code is given as a function of a place and a span. The span says how to read and write there: whole
// vectors, or, at the end of an array, only the lanes that exist.
#pragma once

#include "simd.hpp"

namespace rosenblatt::ROSENBLATT_ISA {

// A few vectors side by side, computed with as one: so many sums can be added to at the same time.
template <class T, int V>
struct Several {
    Vector<T> part[V];

    ROSENBLATT_INLINE Several() = default;
    ROSENBLATT_INLINE Several(T number) {  // the same number in every lane
        ROSENBLATT_UNROLL
        for (int v = 0; v < V; ++v) part[v] = Vector<T>(number);
    }

#define ROSENBLATT_PARTWISE(op)                                               \
    friend ROSENBLATT_INLINE Several operator op(Several a, Several b) {      \
        ROSENBLATT_UNROLL                                                     \
        for (int v = 0; v < V; ++v) a.part[v] = a.part[v] op b.part[v];       \
        return a;                                                             \
    }
    ROSENBLATT_PARTWISE(+)
    ROSENBLATT_PARTWISE(-)
    ROSENBLATT_PARTWISE(*)
    ROSENBLATT_PARTWISE(/)
#undef ROSENBLATT_PARTWISE
    ROSENBLATT_INLINE Several& operator+=(Several b) { return *this = *this + b; }

    friend ROSENBLATT_INLINE Several sqrt(Several a) {
        ROSENBLATT_UNROLL
        for (int v = 0; v < V; ++v) a.part[v] = sqrt(a.part[v]);
        return a;
    }
    friend ROSENBLATT_INLINE Several max(Several a, Several b) {
        ROSENBLATT_UNROLL
        for (int v = 0; v < V; ++v) a.part[v] = max(a.part[v], b.part[v]);
        return a;
    }
    friend ROSENBLATT_INLINE Several min(Several a, Several b) {
        ROSENBLATT_UNROLL
        for (int v = 0; v < V; ++v) a.part[v] = min(a.part[v], b.part[v]);
        return a;
    }
};

// V whole vectors; a single one is a plain Vector.
template <class T, int V>
struct Whole {
    using Numbers = Several<T, V>;

    ROSENBLATT_INLINE Numbers load(const T* from) const {
        Numbers a;
        ROSENBLATT_UNROLL
        for (int v = 0; v < V; ++v) a.part[v] = Vector<T>::load(from + v * Vector<T>::lanes);
        return a;
    }
    ROSENBLATT_INLINE void store(Numbers a, T* to) const {
        ROSENBLATT_UNROLL
        for (int v = 0; v < V; ++v) a.part[v].store(to + v * Vector<T>::lanes);
    }
};
template <class T>
struct Whole<T, 1> {
    using Numbers = Vector<T>;

    ROSENBLATT_INLINE Numbers load(const T* from) const { return Numbers::load(from); }
    ROSENBLATT_INLINE void store(Numbers a, T* to) const { a.store(to); }
    ROSENBLATT_INLINE Numbers existing(Numbers a) const { return a; }
};

// The first `count` lanes of one vector: the others are read as 0 and not written.
template <class T>
struct Part {
    using Numbers = Vector<T>;
    int64_t count;

    ROSENBLATT_INLINE Numbers load(const T* from) const { return Numbers::load(from, count); }
    ROSENBLATT_INLINE void store(Numbers a, T* to) const { a.store(to, count); }
    // The same numbers, and 0 in the lanes that do not exist: for sums.
    ROSENBLATT_INLINE Numbers existing(Numbers a) const { return select(first<T>(count), a, Numbers(T(0))); }
};

// body(i, span) for stretches that cover 0 ... count: V vectors at once, then single ones, then what is left.
template <class T, int V, class Body>
ROSENBLATT_INLINE void walk(int64_t count, Body body) {
    constexpr int64_t lanes = Vector<T>::lanes;
    int64_t i = 0;
    for (; i + V * lanes <= count; i += V * lanes) body(i, Whole<T, V>{});
    if constexpr (V > 1)
        for (; i + lanes <= count; i += lanes) body(i, Whole<T, 1>{});
    if (i < count) body(i, Part<T>{count - i});
}

// The sum of term(i, span) over the lanes of all stretches, four vectors of partial sums at once.
template <class T, class Term>
ROSENBLATT_INLINE T sum_along(int64_t count, Term term) {
    Several<T, 4> four(T(0));
    Vector<T> one(T(0));
    walk<T, 4>(count, [&](int64_t i, auto span) {
        if constexpr (requires { four = span.load(nullptr); })
            four += term(i, span);
        else
            one += span.existing(term(i, span));
    });
    return sum(((four.part[0] + four.part[1]) + (four.part[2] + four.part[3])) + one);
}

// Each column's sum of term(r, j, span) over rows 0, 1, 2 ..., whatever columns stand beside it.
template <class T, class Term>
ROSENBLATT_INLINE void sum_down(int64_t rows, int64_t width, T* out, Term term) {
    walk<T, 4>(width, [&](int64_t j, auto span) {
        typename decltype(span)::Numbers sum(T(0));
        for (int64_t r = 0; r < rows; ++r) sum += term(r, j, span);
        span.store(sum, out + j);
    });
}

// Parameters, one for each column, as the vector of columns from j on; these lie without pads behind them.
template <class T>
ROSENBLATT_INLINE Vector<T> parameters(const T* of_columns, int64_t j, int64_t width) {
    return j + Vector<T>::lanes <= width ? Vector<T>::load(of_columns + j) : Vector<T>::load(of_columns + j, width - j);
}

}  // namespace rosenblatt::ROSENBLATT_ISA
