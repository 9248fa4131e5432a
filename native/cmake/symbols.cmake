# Fails where an object that was compiled for one instruction set holds a function that other objects hold too.
#
# Of an inline function or a template each object has a copy of its own, marked weak, and the linker keeps any one of
# them. If that were std::max<float> out of the AVX-512 object, the whole program would run it, and end with an illegal
# instruction on a processor without. So every weak function must be in the namespace of the instruction set.
execute_process(COMMAND ${NM} --defined-only ${OBJECTS} OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL " W [^\n]*" weak "${symbols}")
# A mangled name: _Z, letters for its kind, then the parts of the name, each behind its length.
string(LENGTH ${ISA} length)
list(FILTER weak EXCLUDE REGEX "_Z[A-Z]*10rosenblatt${length}${ISA}")
if(weak)
    list(JOIN weak "\n" weak)
    message(FATAL_ERROR "Compiled for ${ISA}, yet shared with all the program (c++filt tells the names):\n${weak}")
endif()
