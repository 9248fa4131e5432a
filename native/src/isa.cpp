#include "isa.hpp"

#include <stdexcept>

#if defined(_WIN32)
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#endif

namespace rosenblatt {

namespace {

// Both ask for the processor's instructions and for an operating system that saves the wide registers.
#if defined(ROSENBLATT_HAS_AVX2)
bool has_avx2() {
#if defined(_WIN32)
    return IsProcessorFeaturePresent(40);  // PF_AVX2_INSTRUCTIONS_AVAILABLE; what has AVX2 and runs Windows has FMA
#else
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
}
#endif

#if defined(ROSENBLATT_HAS_AVX512)
bool has_avx512() {
#if defined(_WIN32)
    return IsProcessorFeaturePresent(41);  // PF_AVX512F_INSTRUCTIONS_AVAILABLE; it comes with DQ, BW and VL there
#else
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") && has_avx2();
#endif
}
#endif

}  // namespace

const char* name(Isa isa) {
    switch (isa) {
        case Isa::avx2: return "avx2";
        case Isa::avx512: return "avx512";
        case Isa::neon: return "neon";
        case Isa::portable: break;
    }
    return "portable";
}

std::vector<Isa> available() {
    std::vector<Isa> found = {Isa::portable};
#if defined(ROSENBLATT_HAS_AVX2)
    if (has_avx2()) found.push_back(Isa::avx2);
#endif
#if defined(ROSENBLATT_HAS_AVX512)
    if (has_avx512()) found.push_back(Isa::avx512);
#endif
#if defined(ROSENBLATT_HAS_NEON)
    found.push_back(Isa::neon);  // no 64-bit ARM is without
#endif
    return found;
}

Isa choose(const std::string& wanted) {
    const std::vector<Isa> found = available();
    if (wanted.empty()) return found.back();
    std::string names;
    for (auto isa = found.rbegin(); isa != found.rend(); ++isa) {
        if (wanted == name(*isa)) return *isa;
        names += (names.empty() ? "" : ", ") + std::string(name(*isa));
    }
    throw std::invalid_argument("ROSENBLATT_NATIVE_ISA: expected one of " + names + ", got '" + wanted +
                                "'. Unset it for the best.");
}

}  // namespace rosenblatt
