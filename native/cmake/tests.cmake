# ctest. What has a source file of its own in src is part of the library and tested once: test_network.cpp makes network.
# What is a header alone is compiled, and tested, for each instruction set: test_math.cpp makes math.avx512, math.avx2 and
# math.portable.

# Says whether the processor has an instruction set before a program that is compiled for it starts.
add_executable(run_on tests/run_on.cpp src/isa.cpp)
target_include_directories(run_on PRIVATE src)
target_link_libraries(run_on PRIVATE options)

file(GLOB sources CONFIGURE_DEPENDS tests/test_*.cpp)
foreach(source IN LISTS sources)
    get_filename_component(test ${source} NAME_WE)
    string(REPLACE test_ "" part ${test})
    if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/src/${part}.cpp)
        add_executable(${test} ${source})
        target_include_directories(${test} PRIVATE tests)
        target_link_libraries(${test} PRIVATE engine)
        add_test(NAME ${part} COMMAND ${test})
        continue()
    endif()
    foreach(isa IN LISTS ISAS)
        add_executable(${test}_${isa} ${source})
        target_include_directories(${test}_${isa} PRIVATE src tests)
        target_link_libraries(${test}_${isa} PRIVATE options isa_${isa})
        if(isa MATCHES "avx" AND NOT CMAKE_CROSSCOMPILING)
            add_test(NAME ${part}.${isa} COMMAND run_on ${isa} $<TARGET_FILE:${test}_${isa}>)
            set_tests_properties(${part}.${isa} PROPERTIES SKIP_RETURN_CODE 77)
        else()  # portable code and NEON run wherever they are compiled for
            add_test(NAME ${part}.${isa} COMMAND ${test}_${isa})
        endif()
    endforeach()
endforeach()

# Sanitizers add shared symbols of their own.
if(CMAKE_EXECUTABLE_FORMAT STREQUAL "ELF" AND NOT ROSENBLATT_SANITIZE)
    foreach(isa IN LISTS ISAS)
        add_test(NAME symbols.${isa} COMMAND ${CMAKE_COMMAND} -D NM=${CMAKE_NM} -D ISA=${isa}
                 -D "OBJECTS=$<TARGET_OBJECTS:kernels_${isa}>" -P ${CMAKE_CURRENT_LIST_DIR}/symbols.cmake)
    endforeach()
endif()
