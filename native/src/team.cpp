#include "team.hpp"

#include <algorithm>
#include <mutex>
#include <numeric>
#include <thread>
#include <vector>

#if defined(__unix__) || defined(__APPLE__)
#include <pthread.h>
#include <time.h>
#endif
#if defined(__x86_64__) || defined(_M_X64)
#include <immintrin.h>
#endif

namespace rosenblatt {
namespace {

// How often a waiting thread looks before it sleeps: some 20 microseconds, a few times what the parts of a step differ by.
constexpr int LOOKS = 2000;

void pause() {
#if defined(__x86_64__) || defined(_M_X64)
    _mm_pause();
#elif defined(__aarch64__)
    asm volatile("isb");
#endif
}

#if defined(__unix__) || defined(__APPLE__)
double seconds_of(clockid_t clock) {
    timespec now{};
    clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}
double thread_seconds() { return seconds_of(CLOCK_THREAD_CPUTIME_ID); }
#else
double thread_seconds() { return 0; }
#endif

// Waits until `value` is no longer `old`.
void wait_for_change(const std::atomic<int>& value, int old) {
    for (int look = 0; look < LOOKS; ++look) {
        if (value.load(std::memory_order_acquire) != old) return;
        pause();
    }
    value.wait(old, std::memory_order_acquire);
}

// Threads that wait for work. Only one caller at a time has them.
class Pool {
  public:
    bool try_run(int threads, const std::function<void(const Member&)>& work) {
        std::unique_lock<std::mutex> mine(busy_, std::try_to_lock);
        if (!mine.owns_lock()) return false;
        while (static_cast<int>(workers_.size()) < threads - 1) {
            const int index = static_cast<int>(workers_.size()) + 1;
            workers_.emplace_back([this, index, seen = call_.load()] { serve(index, seen); });
        }
        Barrier barrier(threads);
        work_ = &work;
        barrier_ = &barrier;
        threads_ = threads;
        running_.store(static_cast<int>(workers_.size()), std::memory_order_relaxed);
        // In one order with the count of sleepers that notify_all looks at: else one might sleep through the call.
        call_.fetch_add(1, std::memory_order_seq_cst);
        call_.notify_all();
        work(Member(&barrier, 0, threads));
        for (int left; (left = running_.load(std::memory_order_acquire)) != 0;) wait_for_change(running_, left);
        return true;
    }

  private:
    void serve(int index, int seen) {
        for (;; ++seen) {
            wait_for_change(call_, seen);
            if (index < threads_) (*work_)(Member(barrier_, index, threads_));
            if (running_.fetch_sub(1, std::memory_order_acq_rel) == 1) running_.notify_one();
        }
    }

    std::mutex busy_;
    std::vector<std::thread> workers_;
    const std::function<void(const Member&)>* work_ = nullptr;
    Barrier* barrier_ = nullptr;
    int threads_ = 0;
    alignas(64) std::atomic<int> call_{0};
    alignas(64) std::atomic<int> running_{0};
};

// Never destroyed: its threads wait until the process ends.
Pool* pool = new Pool;

#if defined(__unix__) || defined(__APPLE__)
// A forked child has none of the parent's threads, and a pool's lock may be held by one of them: it starts afresh.
[[maybe_unused]] const int at_fork = pthread_atfork(nullptr, nullptr, [] { pool = new Pool; });
#endif

}  // namespace

void Barrier::wait() {
    const int round = round_.load(std::memory_order_relaxed);
    if (missing_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
        missing_.store(members_, std::memory_order_relaxed);
        round_.store(round + 1, std::memory_order_seq_cst);  // see Pool::run
        round_.notify_all();
    } else {
        wait_for_change(round_, round);
    }
}

double run_together(int threads, const std::function<void(const Member&)>& work) {
    std::vector<double> seconds(static_cast<size_t>(std::max(threads, 1)));
    const auto timed = [&](const Member& member) {
        const double start = thread_seconds();
        work(member);
        seconds[static_cast<size_t>(member.index())] = thread_seconds() - start;
    };
    if (threads <= 1 || !pool->try_run(threads, timed)) timed(Member());
    return std::accumulate(seconds.begin(), seconds.end(), 0.0);
}

double process_seconds() {
#if defined(__unix__) || defined(__APPLE__)
    return seconds_of(CLOCK_PROCESS_CPUTIME_ID);
#else
    return 0;
#endif
}

}  // namespace rosenblatt
