# The instruction sets that this compiler has, each a target isa_<name> with its flags; ISAS lists their names. Nowhere
# is there an -march=native: every level is compiled, and the machine that runs the code chooses.
include(CheckCXXSourceCompiles)

set(ISAS "")

# isa(<name> <what the compiler must define> <macros and flags>...)
function(isa name condition)
    list(TRANSFORM ARGN REPLACE "^-m" "${prefix}-m" OUTPUT_VARIABLE flags)
    string(JOIN " " CMAKE_REQUIRED_FLAGS ${flags})
    # This does not compile for another processor, nor for two at once, as macOS can have it.
    set(program "
        #if !(${condition})
        #error another processor
        #endif
        int main() { return 0; }")
    check_cxx_source_compiles("${program}" HAS_${name})
    if(HAS_${name})
        add_library(isa_${name} INTERFACE)
        target_compile_definitions(isa_${name} INTERFACE ROSENBLATT_ISA=${name})
        target_compile_options(isa_${name} INTERFACE ${flags})
        string(TOUPPER ${name} level)
        target_compile_definitions(options INTERFACE ROSENBLATT_HAS_${level})
        set(ISAS ${ISAS} ${name} PARENT_SCOPE)
    endif()
endfunction()

# The portable level has the compiler's own minimum: SSE2 on x86-64, NEON on 64-bit ARM.
isa(portable "1" -DROSENBLATT_PORTABLE)
# MSVC defines neither of these two macros, so it compiles portable code only; clang-cl defines them.
isa(avx2 "defined(__x86_64__)" -mavx2 -mfma)
isa(avx512 "defined(__x86_64__)" -mavx512f -mavx512dq -mavx512bw -mavx512vl -mfma -mprefer-vector-width=512)
isa(neon "defined(__aarch64__)")
