// The tables of all instruction sets that were compiled, by name.
#include <stdexcept>

#include "kernels.hpp"

namespace rosenblatt {

// Each is defined in a compilation of kernels.cpp.
#define ROSENBLATT_TABLE(isa)       \
    namespace isa {                 \
    template <class T>              \
    const Kernels<T>& table();      \
    extern template const Kernels<float>& table<float>();   \
    extern template const Kernels<double>& table<double>(); \
    }
#if defined(ROSENBLATT_HAS_PORTABLE)
ROSENBLATT_TABLE(portable)
#endif
#if defined(ROSENBLATT_HAS_AVX2)
ROSENBLATT_TABLE(avx2)
#endif
#if defined(ROSENBLATT_HAS_AVX512)
ROSENBLATT_TABLE(avx512)
#endif
#if defined(ROSENBLATT_HAS_NEON)
ROSENBLATT_TABLE(neon)
#endif

template <class T>
const Kernels<T>& kernels(Isa isa) {
    switch (isa) {
#if defined(ROSENBLATT_HAS_PORTABLE)
        case Isa::portable: return portable::table<T>();
#endif
#if defined(ROSENBLATT_HAS_AVX2)
        case Isa::avx2: return avx2::table<T>();
#endif
#if defined(ROSENBLATT_HAS_AVX512)
        case Isa::avx512: return avx512::table<T>();
#endif
#if defined(ROSENBLATT_HAS_NEON)
        case Isa::neon: return neon::table<T>();
#endif
        default: throw std::invalid_argument(std::string("the kernels were not compiled for ") + name(isa));
    }
}

template const Kernels<float>& kernels<float>(Isa);
template const Kernels<double>& kernels<double>(Isa);

}  // namespace rosenblatt
