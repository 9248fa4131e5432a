// How the products cut their sums: what their callers must know of it.
#pragma once

#include <cstdint>

namespace rosenblatt {

// k runs at most this far before a tile is put down: 256 rows of B, 3 vectors wide, are 48 KB with AVX-512, a small
// part of the second cache, and the cost of loading and storing the tile stays below 2 %.
constexpr int64_t DEPTH = 256;

// What the largest panel of B takes when it is copied: DEPTH rows of three vectors of 64 bytes.
constexpr int64_t PANEL_BYTES = DEPTH * 3 * 64;

}  // namespace rosenblatt
