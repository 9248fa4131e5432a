// Threads that work on one thing together: each runs the same function, and they meet at barriers.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>

namespace rosenblatt {

// A half-open range of numbers.
struct Range {
    int64_t begin = 0, end = 0;

    int64_t size() const { return end - begin; }
};

// Where the threads of a team wait for each other. Waiting costs a fraction of a microsecond while all of them run; a
// thread that waits longer sleeps, so that one whose core was taken away by another process can have this one's.
class Barrier {
  public:
    explicit Barrier(int members) : members_(members) {}

    void wait();

  private:
    const int members_;
    alignas(64) std::atomic<int> missing_{members_};
    alignas(64) std::atomic<int> round_{0};
};

// One thread's place in its team.
class Member {
  public:
    Member(Barrier* barrier, int index, int count) : barrier_(barrier), index_(index), count_(count) {}

    // A team of one.
    Member() : Member(nullptr, 0, 1) {}

    int index() const { return index_; }
    int count() const { return count_; }
    bool first() const { return index_ == 0; }

    // Goes on when all members have come here.
    void meet() const {
        if (count_ > 1) barrier_->wait();
    }

    // This member's part of 0 .. total, in whole pieces of `grain`: all parts are about as large, none overlap.
    Range share(int64_t total, int64_t grain = 1) const {
        const int64_t pieces = (total + grain - 1) / grain;
        const int64_t begin = pieces * index_ / count_ * grain, end = pieces * (index_ + 1) / count_ * grain;
        return {begin < total ? begin : total, end < total ? end : total};
    }

  private:
    Barrier* barrier_;
    int index_, count_;
};

// Runs `work` on `threads` threads at once, the caller's among them, and returns when all are done.
//
// The other threads are kept for the whole process. While they work for one caller, another caller (a second Python
// thread that trains a model of its own) works alone: the results are the same. After a fork the child makes its own.
//
// Returns the seconds of processor time that the members took.
double run_together(int threads, const std::function<void(const Member&)>& work);

// How much processor time this process has taken in all; 0 where the system does not tell.
double process_seconds();

}  // namespace rosenblatt
