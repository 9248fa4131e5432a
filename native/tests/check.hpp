// A test harness in one header; including it gives the one source file of a test its main function.
//
//     TEST("sums are what they should be") {
//         CHECK(1 + 1 == 2);
//         CHECK_EQUAL(1 + 1, 2);                              says both values where they differ
//         CHECK_CLOSE(0.1 + 0.2, 0.3, 1e-15);                 |a - b| <= tolerance * max(1, |b|); NaN is never close
//         CHECK_THROWS(std::stoi("x"), std::invalid_argument, "stoi");  and what it says contains the text
//     }
//
// A program given a word runs only the tests whose names contain it. Checks may be made from several threads.
#pragma once

#include <atomic>
#include <cmath>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

namespace check {

struct Test { const char* name; void (*run)(); };
inline std::vector<Test> tests;
inline std::atomic<long> checks = 0, failures = 0;

inline void record(bool holds, const char* file, int line, const std::string& what) {
    ++checks;
    if (!holds && ++failures <= 50) std::cout << std::string(file) + ":" + std::to_string(line) + ": " + what + "\n";
}

template <class A, class B>
void compare(bool holds, const A& got, const B& expected, const char* file, int line, const char* text) {
    if (holds) return record(true, file, line, text);
    std::ostringstream what;
    what.precision(17);
    what << text << ": got " << got << ", expected " << expected;
    record(false, file, line, what.str());
}
template <class A, class B>
void equal(const A& got, const B& expected, const char* file, int line, const char* text) {
    compare(got == expected, got, expected, file, line, text);
}
inline void close(double got, double expected, double tolerance, const char* file, int line, const char* text) {
    const double allowed = std::isfinite(expected) ? tolerance * std::fmax(1.0, std::fabs(expected)) : -1.0;
    compare(got == expected || std::fabs(got - expected) <= allowed, got, expected, file, line, text);
}

}  // namespace check

#define CHECK_JOIN(a, b) a##b
#define CHECK_TEST(name, run, listed)                                                          \
    static void run();                                                                         \
    static const bool listed = (check::tests.push_back({name, run}), true); static void run()
#define CHECK_TEST_OF(name, line) CHECK_TEST(name, CHECK_JOIN(test_, line), CHECK_JOIN(listed_, line))
#define TEST(name) CHECK_TEST_OF(name, __LINE__)
#define CHECK(...) check::record(static_cast<bool>(__VA_ARGS__), __FILE__, __LINE__, #__VA_ARGS__)
#define CHECK_EQUAL(a, b) check::equal(a, b, __FILE__, __LINE__, #a)
#define CHECK_CLOSE(a, b, tolerance) \
    check::close(static_cast<double>(a), static_cast<double>(b), tolerance, __FILE__, __LINE__, #a)
#define CHECK_THROWS(expression, Exception, text)                                                   \
    try {                                                                                           \
        static_cast<void>(expression);                                                              \
        check::record(false, __FILE__, __LINE__, #expression " throws nothing");                    \
    } catch (const Exception& error) {                                                              \
        const std::string what = error.what();                                                      \
        check::record(what.find(text) != std::string::npos, __FILE__, __LINE__, #expression " says " + what); \
    }

int main(int count, char** words) {
    int ran = 0;
    for (const check::Test& test : check::tests) {
        if (count > 1 && std::string(test.name).find(words[1]) == std::string::npos) continue;
        const long before = check::failures;
        test.run(), ++ran;
        std::cout << (check::failures == before ? "passed  " : "FAILED  ") << test.name << std::endl;
    }
    std::cout << ran << " tests, " << check::checks << " checks, " << check::failures << " failed" << std::endl;
    return check::failures == 0 && ran > 0 ? 0 : 1;
}
