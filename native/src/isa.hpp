// Which instruction sets the kernels were compiled for, and which of them this machine has.
#pragma once

#include <string>
#include <vector>

namespace rosenblatt {

// simd.hpp says what each is.
enum class Isa { portable, avx2, avx512, neon };

const char* name(Isa isa);

// Those that were compiled and that the processor and the operating system have; the best is the last.
std::vector<Isa> available();

// The one of this name; "" is the best there is. Throws std::invalid_argument where it is unknown or not available.
Isa choose(const std::string& wanted);

}  // namespace rosenblatt
