// run_on avx512 PROGRAM: runs the program where this machine has the instruction set, else exits with 77, "skipped".
//
// A program that is compiled for AVX-512 cannot look for itself: it may have used it before its main begins.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "isa.hpp"

int main(int, char** words) {
    for (const rosenblatt::Isa isa : rosenblatt::available())
        if (words[1] == std::string(rosenblatt::name(isa)))
            return std::system(('"' + std::string(words[2]) + '"').c_str()) == 0 ? 0 : 1;
    std::printf("skipped: this machine has no %s\n", words[1]);
    return 77;
}
