// How work is shared, how threads wait for each other, and what happens when several callers want them.
#include "team.hpp"

#include <atomic>
#include <chrono>
#include <numeric>
#include <thread>
#include <vector>

#include "check.hpp"

using namespace rosenblatt;

namespace {

constexpr int MOST = 8;  // more threads than many machines have cores

// What each member of a team says, by its index.
template <class Say>
std::vector<int64_t> ask_all(int threads, Say say) {
    std::vector<int64_t> answers(static_cast<size_t>(threads), -1);
    run_together(threads, [&](const Member& member) { answers[static_cast<size_t>(member.index())] = say(member); });
    return answers;
}

int64_t sum(const std::vector<int64_t>& numbers) { return std::accumulate(numbers.begin(), numbers.end(), int64_t{0}); }

}  // namespace

TEST("shares follow each other, cover everything, and are whole pieces") {
    for (const int64_t total : {0, 1, 7, 8, 9, 16, 17, 100, 1001})
        for (const int64_t grain : {1, 8, 16})
            for (int count = 1; count <= MOST; ++count) {
                int64_t end = 0;
                for (int index = 0; index < count; ++index) {
                    const Range share = Member(nullptr, index, count).share(total, grain);
                    CHECK_EQUAL(share.begin, end);
                    CHECK(share.begin % grain == 0 || share.begin == total);
                    end = share.end;
                }
                CHECK_EQUAL(end, total);
            }
}

TEST("no share is larger than another by more than a piece") {
    for (const int64_t total : {1, 17, 100, 1001})
        for (const int64_t grain : {1, 8, 16})
            for (int count = 1; count <= MOST; ++count) {
                const int64_t pieces = (total + grain - 1) / grain;
                for (int index = 0; index < count; ++index) {
                    const int64_t own = (Member(nullptr, index, count).share(total, grain).size() + grain - 1) / grain;
                    CHECK(own == pieces / count || own == pieces / count + 1);
                }
            }
}

TEST("a member that is alone has everything and waits for nobody") {
    const Member alone;
    CHECK(alone.first());
    CHECK_EQUAL(alone.count(), 1);
    CHECK_EQUAL(alone.share(100, 8).size(), 100);
    alone.meet();
}

TEST("every member works once, the caller as the first") {
    for (const int threads : {1, 2, MOST, 3, 1, 5}) {  // threads that are there already may have nothing to do
        std::atomic<int> runs = 0;
        std::thread::id first;
        const std::vector<int64_t> counts = ask_all(threads, [&](const Member& member) {
            ++runs;
            if (member.first()) first = std::this_thread::get_id();
            return member.count();
        });
        CHECK_EQUAL(runs, threads);
        CHECK(counts == std::vector<int64_t>(static_cast<size_t>(threads), threads));
        CHECK(first == std::this_thread::get_id());
    }
}

TEST("nobody goes on before all have come, round after round") {
    constexpr int ROUNDS = 50;
    for (int threads = 1; threads <= MOST; ++threads) {
        std::vector<int64_t> written(static_cast<size_t>(threads));  // by each member, and read by all
        const std::vector<int64_t> wrong = ask_all(threads, [&](const Member& member) {
            int64_t differences = 0;
            for (int64_t round = 1; round <= ROUNDS; ++round) {
                written[static_cast<size_t>(member.index())] = round;
                member.meet();
                differences += sum(written) != round * threads;
                member.meet();
            }
            return differences;
        });
        CHECK_EQUAL(sum(wrong), 0);
    }
}

TEST("members that come late are waited for, though the others have gone to sleep") {
    std::vector<int64_t> written(4);
    const std::vector<int64_t> seen = ask_all(4, [&](const Member& member) {
        std::this_thread::sleep_for(std::chrono::milliseconds(member.index()));
        written[static_cast<size_t>(member.index())] = 1;
        member.meet();
        return sum(written);
    });
    CHECK_EQUAL(sum(seen), 16);
}

TEST("threads that have gone to sleep wake for the next work") {
    for (int call = 0; call < 5; ++call) {
        CHECK_EQUAL(sum(ask_all(4, [](const Member& member) { return member.index(); })), 0 + 1 + 2 + 3);
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
}

TEST("callers at once: one has the threads, the others work alone, and everything is done") {
    constexpr int CALLERS = 4, CALLS = 50;
    std::atomic<int> teams = 0;
    std::vector<std::thread> callers;
    for (int caller = 0; caller < CALLERS; ++caller)
        callers.emplace_back([&, caller] {
            for (int call = 0; call < CALLS; ++call) {
                const int threads = 2 + (caller + call) % 3;
                std::vector<int64_t> numbers(1000), sums(static_cast<size_t>(threads));
                run_together(threads, [&](const Member& member) {
                    CHECK(member.count() == threads || member.count() == 1);
                    const Range first = member.share(1000, 16), second = member.share(1000);
                    for (int64_t i = first.begin; i < first.end; ++i) numbers[static_cast<size_t>(i)] = i;
                    member.meet();
                    for (int64_t i = second.begin; i < second.end; ++i)
                        sums[static_cast<size_t>(member.index())] += numbers[static_cast<size_t>(i)];
                    if (member.first() && member.count() > 1) ++teams;
                });
                CHECK_EQUAL(sum(sums), 999 * 1000 / 2);
            }
        });
    for (std::thread& caller : callers) caller.join();
    CHECK(teams > 0);
}

TEST("a caller does not wait for the team of another") {
    int64_t count = 0;
    run_together(2, [&](const Member& member) {
        if (!member.first()) return;
        std::thread other([&] { run_together(2, [&](const Member& alone) { count += alone.count(); }); });
        other.join();
    });
    CHECK_EQUAL(count, 1);
}
