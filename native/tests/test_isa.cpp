// Which instruction sets are found, and how one of them is chosen.
#include "isa.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include "check.hpp"

using rosenblatt::Isa;

TEST("portable code is always there, and the least") {
    CHECK_EQUAL(rosenblatt::name(rosenblatt::available().front()), std::string("portable"));
}

TEST("each level is named once, and chosen by its name") {
    const std::vector<Isa> found = rosenblatt::available();
    for (const Isa isa : found) {
        CHECK_EQUAL(std::count(found.begin(), found.end(), isa), 1);
        CHECK(rosenblatt::choose(rosenblatt::name(isa)) == isa);
    }
}

TEST("without a wish the best is chosen") {
    CHECK(rosenblatt::choose("") == rosenblatt::available().back());
#if defined(ROSENBLATT_HAS_NEON)
    CHECK(rosenblatt::choose("") == Isa::neon);
#endif
}

TEST("AVX-512 ranks above AVX2, and no machine has it alone") {
    const std::vector<Isa> found = rosenblatt::available();
    const auto avx2 = std::find(found.begin(), found.end(), Isa::avx2);
    const auto avx512 = std::find(found.begin(), found.end(), Isa::avx512);
    CHECK(avx512 == found.end() || avx2 < avx512);
}

TEST("an unknown name is refused, with what there is") {
    CHECK_THROWS(rosenblatt::choose("sse9"), std::invalid_argument, "ROSENBLATT_NATIVE_ISA: expected one of ");
    CHECK_THROWS(rosenblatt::choose("sse9"), std::invalid_argument, "portable, got 'sse9'. Unset it for the best.");
}

TEST("a level that this machine lacks is refused by the same words") {
    const std::vector<Isa> found = rosenblatt::available();
    for (const Isa isa : {Isa::portable, Isa::avx2, Isa::avx512, Isa::neon})
        if (std::find(found.begin(), found.end(), isa) == found.end())
            CHECK_THROWS(rosenblatt::choose(rosenblatt::name(isa)), std::invalid_argument, rosenblatt::name(isa));
}
