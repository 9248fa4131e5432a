// The three matrix products of a dense layer, each a sum over k of broadcast number times row:
//
//     z  = x w      C[i][j] = sum_k A[i][k] B[k][j]    multiply             A: rows of x,  B: w
//     dx = dz w^T   C[i][j] = sum_k A[i][k] B[j][k]    multiply_transposed  A: rows of dz, B: w, turned in small pieces
//     dw = x^T dz   C[i][j] = sum_k A[k][i] B[k][j]    outer                A: rows of x,  B: dz
//
// All three come down to one tile: R rows by some vectors of C stay in registers while k runs. Rows of A are given by
// pointers, so that the samples of a batch need not be gathered. Every element of C is summed over k in order, whatever
// tile it lies in, so results do not depend on how the work is cut.
#pragma once

#include "blocking.hpp"
#include "simd.hpp"

namespace rosenblatt::ROSENBLATT_ISA {

// A tile is so many vectors wide and so many rows high: its sums, the vectors of B and one broadcast number must fit
// into the registers. With 32: 8 x 3 + 3 + 1; with 16: 6 x 2 + 2 + 1.
constexpr int TILE_VECTORS = REGISTERS == 32 ? 3 : 2;
constexpr int TILE_ROWS = REGISTERS == 32 ? 8 : 6;

// From so many rows on it pays to copy the panel of B that is used for all of them into one piece of memory.
constexpr int64_t ROWS_TO_PACK = 64;

// What the last vector of a tile is: a whole one, or one of which only some lanes exist; where these are at most half
// of it, half a vector is computed with, which costs half on processors that split 64-byte vectors.
enum class Tail { none, half, whole };

template <class T>
constexpr bool HAS_HALF = VECTOR_BYTES == 64;

// C[r][...] = (or +=) sum_k A(r, k) B[k][...] for R rows, V whole vectors and a tail of `tail_count` lanes. The sum is
// made on its own and then added, so that it has the same last bit whether it is added here or later.
// A(r, k) = a[r][offset + k], or by columns a[k][offset + r].
template <class T, int R, int V, Tail TAIL, bool BY_COLUMNS>
ROSENBLATT_INLINE void tile(const T* const* a, int64_t offset, const T* b, int64_t b_stride, int64_t depth, T* c,
                            int64_t c_stride, int64_t tail_count, bool add) {
    constexpr int lanes = Vector<T>::lanes;
    using Last = Vector<T, TAIL == Tail::half ? VECTOR_BYTES / 2 : VECTOR_BYTES>;
    Vector<T> sums[R][V > 0 ? V : 1];
    Last last[R];
    const T* a_rows[R];
    ROSENBLATT_UNROLL
    for (int r = 0; r < R; ++r) {
        ROSENBLATT_UNROLL
        for (int v = 0; v < V; ++v) sums[r][v] = Vector<T>(T(0));
        last[r] = Last(T(0));
        if constexpr (!BY_COLUMNS) a_rows[r] = a[r] + offset;
    }
    ROSENBLATT_UNROLL_TWICE
    for (int64_t k = 0; k < depth; ++k, b += b_stride) {
        Vector<T> b_row[V > 0 ? V : 1];
        Last b_last(T(0));
        ROSENBLATT_UNROLL
        for (int v = 0; v < V; ++v) b_row[v] = Vector<T>::load(b + v * lanes);
        if constexpr (TAIL != Tail::none) b_last = Last::load(b + V * lanes, tail_count);
        const T* a_column = BY_COLUMNS ? a[k] + offset : nullptr;
        ROSENBLATT_UNROLL
        for (int r = 0; r < R; ++r) {
            const T number = BY_COLUMNS ? a_column[r] : a_rows[r][k];
            const Vector<T> factor(number);
            ROSENBLATT_UNROLL
            for (int v = 0; v < V; ++v) sums[r][v] = multiply_add(factor, b_row[v], sums[r][v]);
            if constexpr (TAIL != Tail::none) last[r] = multiply_add(Last(number), b_last, last[r]);
        }
    }
    ROSENBLATT_UNROLL
    for (int r = 0; r < R; ++r) {
        ROSENBLATT_UNROLL
        for (int v = 0; v < V; ++v) {
            T* to = c + r * c_stride + v * lanes;
            (add ? Vector<T>::load(to) + sums[r][v] : sums[r][v]).store(to);
        }
        if constexpr (TAIL != Tail::none) {
            T* to = c + r * c_stride + V * lanes;
            (add ? Last::load(to, tail_count) + last[r] : last[r]).store(to, tail_count);
        }
    }
}

// What is the same for all tiles of a product.
template <class T>
struct Product {
    const T* const* a;
    int64_t offset;
    const T* b;
    int64_t b_stride, depth;
    T* c;
    int64_t c_stride;
    bool add;
};

// One panel, V vectors and a tail wide, over all rows: tiles R rows high, then lower ones for the rest.
template <class T, int R, int V, Tail TAIL, bool BY_COLUMNS>
inline void panel(const Product<T>& p, int64_t rows, int64_t tail_count) {
    int64_t r = 0;
    for (; r + R <= rows; r += R)
        tile<T, R, V, TAIL, BY_COLUMNS>(BY_COLUMNS ? p.a : p.a + r, BY_COLUMNS ? p.offset + r : p.offset, p.b,
                                        p.b_stride, p.depth, p.c + r * p.c_stride, p.c_stride, tail_count, p.add);
    if constexpr (R > 1) {
        if (r < rows) {
            Product<T> rest = p;
            if (BY_COLUMNS) rest.offset += r; else rest.a += r;
            rest.c += r * p.c_stride;
            constexpr int lower = R > 4 ? 4 : R / 2;
            panel<T, lower, V, TAIL, BY_COLUMNS>(rest, rows - r, tail_count);
        }
    }
}

template <class T, Tail TAIL, bool BY_COLUMNS>
inline void panel_of_vectors(const Product<T>& p, int64_t rows, int64_t vectors, int64_t tail_count) {
    constexpr bool has_tail = TAIL != Tail::none;
    if constexpr (has_tail)
        if (vectors == 0) return panel<T, TILE_ROWS, 0, TAIL, BY_COLUMNS>(p, rows, tail_count);
    if (vectors == 1) return panel<T, TILE_ROWS, 1, TAIL, BY_COLUMNS>(p, rows, tail_count);
    if constexpr (TILE_VECTORS > 2)
        if (vectors == 2) return panel<T, TILE_ROWS, 2, TAIL, BY_COLUMNS>(p, rows, tail_count);
    if constexpr (!has_tail) panel<T, TILE_ROWS, TILE_VECTORS, TAIL, BY_COLUMNS>(p, rows, tail_count);
}

template <class T, bool BY_COLUMNS>
inline void panel_of_columns(const Product<T>& p, int64_t rows, int64_t columns) {
    constexpr int64_t lanes = Vector<T>::lanes;
    const int64_t vectors = columns / lanes, rest = columns % lanes;
    if (rest == 0) return panel_of_vectors<T, Tail::none, BY_COLUMNS>(p, rows, vectors, 0);
    if constexpr (HAS_HALF<T>)
        if (rest <= lanes / 2) return panel_of_vectors<T, Tail::half, BY_COLUMNS>(p, rows, vectors, rest);
    panel_of_vectors<T, Tail::whole, BY_COLUMNS>(p, rows, vectors, rest);
}

// The width of the next panel when `columns` are left: all panels about as wide, so that none is a mere strip.
template <class T>
inline int64_t panel_width(int64_t columns) {
    constexpr int64_t lanes = Vector<T>::lanes;
    const int64_t vectors = (columns + lanes - 1) / lanes;
    const int64_t panels = (vectors + TILE_VECTORS - 1) / TILE_VECTORS;
    const int64_t width = (vectors + panels - 1) / panels * lanes;
    return width < columns ? width : columns;
}

// c (columns) = or += a B for a single row a, over some of B's rows: V vectors of columns, `last` lanes of the last one.
template <class T, int V>
inline void row_panel(const T* a, const int32_t* some, int count, const T* b, int64_t b_stride, T* c, int64_t last,
                      bool add) {
    constexpr int lanes = Vector<T>::lanes;
    const auto load = [last](const T* from, int v) {
        return v + 1 < V ? Vector<T>::load(from + v * lanes) : Vector<T>::load(from + v * lanes, last);
    };
    Vector<T> sums[V];
    ROSENBLATT_UNROLL
    for (int v = 0; v < V; ++v) sums[v] = Vector<T>(T(0));
    for (int i = 0; i < count; ++i) {
        const Vector<T> factor(a[some[i]]);
        const T* row = b + some[i] * b_stride;
        ROSENBLATT_UNROLL
        for (int v = 0; v < V; ++v) sums[v] = multiply_add(factor, load(row, v), sums[v]);
    }
    ROSENBLATT_UNROLL
    for (int v = 0; v < V; ++v) {
        if (add) sums[v] = load(c, v) + sums[v];
        v + 1 < V ? sums[v].store(c + v * lanes) : sums[v].store(c + v * lanes, last);
    }
}

// c = (or +=) a B for a single row a. Reading B is all that counts here, so its rows that meet a 0 are left out: half of an
// image's, and they change no sum.
template <class T>
inline void multiply_row(const T* a, const T* b, int64_t b_stride, int64_t depth, int64_t columns, T* c,
                         bool add) {
    constexpr int64_t lanes = Vector<T>::lanes, widest = 8 * lanes;
    for (int64_t k = 0; k < depth; k += DEPTH) {
        const int block = static_cast<int>(depth - k < DEPTH ? depth - k : DEPTH);
        int32_t some[DEPTH];
        int count = 0;
        for (int i = 0; i < block; ++i) {
            some[count] = i;
            count += a[k + i] != T(0);
        }
        for (int64_t j = 0; j < columns; j += widest) {
            const int64_t width = columns - j < widest ? columns - j : widest, vectors = (width + lanes - 1) / lanes;
            const auto panel = [&]<int V>() {
                row_panel<T, V>(a + k, some, count, b + k * b_stride + j, b_stride, c + j, width - (V - 1) * lanes, add || k > 0);
            };
            switch (vectors) {
                case 1: panel.template operator()<1>(); break;
                case 2: panel.template operator()<2>(); break;
                case 3: panel.template operator()<3>(); break;
                case 4: panel.template operator()<4>(); break;
                case 5: panel.template operator()<5>(); break;
                case 6: panel.template operator()<6>(); break;
                case 7: panel.template operator()<7>(); break;
                default: panel.template operator()<8>(); break;
            }
        }
    }
}

// C (rows, columns) = (or +=) A (rows, depth) B (depth, columns); A's row i begins at a[i] + a_offset. `scratch` holds
// PANEL_BYTES.
template <class T>
void multiply(const T* const* a, int64_t a_offset, int64_t rows, const T* b, int64_t b_stride, int64_t depth,
              int64_t columns, T* c, int64_t c_stride, T* scratch, bool add) {
    constexpr int64_t lanes = Vector<T>::lanes;
    if (rows == 1) return multiply_row(a[0] + a_offset, b, b_stride, depth, columns, c, add);
    for (int64_t k = 0; k < depth; k += DEPTH) {
        const int64_t block = depth - k < DEPTH ? depth - k : DEPTH;
        for (int64_t j = 0; j < columns;) {
            const int64_t width = panel_width<T>(columns - j);
            Product<T> p{a, a_offset + k, b + k * b_stride + j, b_stride, block, c + j, c_stride,
                         add || k > 0};
            if (rows >= ROWS_TO_PACK) {
                const int64_t padded = (width + lanes - 1) / lanes * lanes;
                for (int64_t i = 0; i < block; ++i) {
                    int64_t v = 0;
                    for (; v + lanes <= width; v += lanes)
                        Vector<T>::load(p.b + i * b_stride + v).store(scratch + i * padded + v);
                    if (v < width)
                        Vector<T>::load(p.b + i * b_stride + v, width - v).store(scratch + i * padded + v);
                }
                p.b = scratch;
                p.b_stride = padded;
            }
            panel_of_columns<T, false>(p, rows, width);
            j += width;
        }
    }
}

// scratch[k][j] = B[j][k] for `columns` rows of B and `depth` of their numbers.
template <class T>
inline void turn(const T* b, int64_t b_stride, int64_t depth, int64_t columns, T* scratch, int64_t scratch_stride) {
    constexpr int lanes = Vector<T>::lanes;
    for (int64_t j = 0; j < columns; j += lanes)
        for (int64_t k = 0; k < depth; k += lanes) {
            Vector<T> square[lanes];
            const int64_t width = depth - k < lanes ? depth - k : lanes;
            ROSENBLATT_UNROLL
            for (int i = 0; i < lanes; ++i) {
                const T* row = b + (j + i) * b_stride + k;
                square[i] = j + i >= columns ? Vector<T>(T(0))
                            : width == lanes ? Vector<T>::load(row)
                                             : Vector<T>::load(row, width);
            }
            transpose(square);
            ROSENBLATT_UNROLL
            for (int i = 0; i < lanes; ++i)
                if (i < width) square[i].store(scratch + (k + i) * scratch_stride + j);
        }
}

// C (rows, columns) = A (rows, depth) B^T, B being (columns, depth). `scratch` as above.
template <class T>
void multiply_transposed(const T* const* a, int64_t rows, const T* b, int64_t b_stride, int64_t depth, int64_t columns,
                         T* c, int64_t c_stride, T* scratch) {
    constexpr int64_t lanes = Vector<T>::lanes;
    for (int64_t k = 0; k < depth; k += DEPTH) {
        const int64_t block = depth - k < DEPTH ? depth - k : DEPTH;
        for (int64_t j = 0; j < columns;) {
            const int64_t width = panel_width<T>(columns - j);
            const int64_t padded = (width + lanes - 1) / lanes * lanes;
            turn(b + j * b_stride + k, b_stride, block, width, scratch, padded);
            panel_of_columns<T, false>({a, k, scratch, padded, block, c + j, c_stride, k > 0}, rows, width);
            j += width;
        }
    }
}

// C (count, columns) = A^T B for `count` columns of A from `a_offset` on; A by pointers to its `depth` rows.
template <class T>
void outer(const T* const* a, int64_t a_offset, int64_t count, const T* b, int64_t b_stride, int64_t depth,
           int64_t columns, T* c, int64_t c_stride) {
    for (int64_t j = 0; j < columns;) {
        const int64_t width = panel_width<T>(columns - j);
        panel_of_columns<T, true>({a, a_offset, b + j, b_stride, depth, c + j, c_stride, false}, count, width);
        j += width;
    }
}

}  // namespace rosenblatt::ROSENBLATT_ISA
