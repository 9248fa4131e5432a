#include "network.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <thread>
#include <vector>

#include "learning.hpp"
#include "pass.hpp"
#include "team.hpp"
#include "workspace.hpp"

namespace rosenblatt {
namespace {

// Multiplications of a step that are worth a thread: some ten microseconds of work. With less, what the threads hand to
// each other, a cache line at a time, costs more than they save.
constexpr int64_t WORK_A_THREAD = 500'000;

// The share of a core that other threads of the program may take before one core is left to them.
constexpr double BUSY = 0.05;
constexpr double RECENT = 0.1;  // seconds

// A team that had less than this share of its cores has lost one to another process; it then leaves it for some time.
constexpr double HELD_CORES = 0.75;
constexpr std::chrono::milliseconds ALONE{250};

// Rows that are predicted at a time: enough for the weights to be read rarely, few enough for the cache.
constexpr int64_t PREDICTED_ROWS = 128;

int64_t products_of(const Plan& plan) {
    int64_t products = 0;
    for (const Layer& layer : plan.layers)
        products += layer.kind == LayerKind::dense ? layer.inputs * layer.outputs : layer.outputs;
    return products;
}

bool is_hinge(LossKind kind) {
    return kind == LossKind::hinge || kind == LossKind::squared_hinge;
}

// What the samples' rows from `first` on are.
Samples from(const Samples& x, int64_t first) {
    const int64_t bytes = x.element == Element::float64 ? 8 : x.element == Element::float32 ? 4 : 1;
    return {static_cast<const char*>(x.data) + first * x.stride * bytes, x.element, x.stride};
}

}  // namespace

template <class T>
struct Network<T>::Implementation {
    Plan plan;
    const Kernels<T>& kernels;
    int threads;
    // Kept from call to call: the memory of a training step, and what each thread needs to predict.
    std::unique_ptr<Workspace<T>> training;
    std::vector<std::unique_ptr<Desk<T>>> desks;
    std::vector<std::unique_ptr<Workspace<T>>> predicting;
    double busy_elsewhere = 0;  // the share of a core that the program's other threads took lately, while this one trained

    int threads_for(int64_t products) const {
        const int64_t worth = std::max<int64_t>(1, products / WORK_A_THREAD);
        return static_cast<int>(std::min<int64_t>(worth, threads));
    }

    std::chrono::steady_clock::time_point alone_until{};

    // Trains by `work` on as many threads as have a core to run on; the results are the same for any number.
    //
    // The program's other threads (a window that is drawn, a server) are left a core while they are busy. Where other
    // processes take the cores, the members of a team wait for each other, and one thread is quicker alone: for a while.
    void train_together(int wanted, const std::function<void(const Member&)>& work) {
        const auto start = std::chrono::steady_clock::now();
        const int left = busy_elsewhere > BUSY ? std::max(1, std::min(wanted, threads - 1)) : wanted;
        const int used = start < alone_until ? 1 : left;
        const double before = process_seconds();
        const double ours = run_together(used, work);
        const double others = process_seconds() - before - ours;
        const auto end = std::chrono::steady_clock::now();
        const double passed = std::chrono::duration<double>(end - start).count();
        if (passed <= 0) return;
        busy_elsewhere += std::min(1.0, passed / RECENT) * (others / passed - busy_elsewhere);
        if (used > 1 && ours > 0 && ours < HELD_CORES * used * passed) alone_until = end + ALONE;
    }

    void make_desks(int count, int64_t capacity) {
        desks.resize(std::max(desks.size(), static_cast<size_t>(count)));
        for (int i = 0; i < count; ++i) {
            std::unique_ptr<Desk<T>>& desk = desks[static_cast<size_t>(i)];
            if (!desk || static_cast<int64_t>(desk->samples.size()) < capacity) desk = std::make_unique<Desk<T>>(capacity);
        }
    }

    Workspace<T>& training_workspace(int64_t capacity) {
        if (!training || training->capacity < capacity) training = std::make_unique<Workspace<T>>(plan, capacity, true);
        return *training;
    }

    // Carries all rows forward, a block at a time; `use` is given each block's first row, its size and its workspace.
    template <class Use>
    void forward(const State<T>& state, const Samples& x, int64_t rows, Use use) {
        if (rows == 0) return;
        const int64_t block = std::min(rows, PREDICTED_ROWS), blocks = (rows + block - 1) / block;
        const int count = static_cast<int>(std::min<int64_t>(threads_for(rows * products_of(plan)), blocks));
        make_desks(count, block);
        predicting.resize(std::max(predicting.size(), static_cast<size_t>(count)));
        for (int i = 0; i < count; ++i) {
            std::unique_ptr<Workspace<T>>& workspace = predicting[static_cast<size_t>(i)];
            if (!workspace || workspace->capacity < block) workspace = std::make_unique<Workspace<T>>(plan, block, false);
        }
        std::atomic<int64_t> next{0};
        run_together(count, [&](const Member& member) {
            const Member alone;  // every block is one thread's
            Workspace<T>& workspace = *predicting[static_cast<size_t>(member.index())];
            Pass<T> pass(plan, kernels, workspace);
            for (int64_t number; (number = next.fetch_add(1, std::memory_order_relaxed)) < blocks;) {
                const int64_t first = number * block, size = std::min(block, rows - first);
                const Batch batch{.x = from(x, first), .count = size};
                pass.forward({alone, *desks[static_cast<size_t>(member.index())], state, batch});
                use(first, size, workspace);
            }
        });
    }

    // The network's outputs for rows `own` of a workspace: after the activation that the loss contains.
    Rows<T> outputs_of(Workspace<T>& workspace, Range own) const {
        const Rows<T> last = workspace.layers.back().y.rows.part(own.begin, own.end);
        if (plan.output.kind == ActivationKind::linear) return last;
        const Rows<T> outputs = workspace.outputs.rows.part(own.begin, own.end);
        kernels.activate(plan.output, last, outputs);
        return outputs;
    }

    void copy_outputs(Workspace<T>& workspace, Range own, T* to) const {
        copy(outputs_of(workspace, own), Rows<T>{to, own.size(), plan.outputs(), plan.outputs()});
    }

    // The losses of rows `own`, and share times dL/d output where asked for. Row i of the batch is the caller's order[i].
    void losses(Workspace<T>& workspace, const Targets<T>& target, const int64_t* order, int64_t count, Range own,
                bool wants_gradient) const {
        bool zero_or_one = is_hinge(plan.loss.kind);
        const int64_t width = plan.outputs();
        const auto row = [order](int64_t i) { return order ? order[i] : i; };
        for (int64_t i = 0; i < count && zero_or_one; ++i)
            for (int64_t j = 0; j < width; ++j) {
                const T number = target.numbers[row(i) * width + j];
                zero_or_one = zero_or_one && (number == T(0) || number == T(1));
            }
        for (int64_t i = own.begin; i < own.end; ++i) {
            if (target.labels) workspace.labels[static_cast<size_t>(i)] = target.labels[row(i)];
            else for (int64_t j = 0; j < width; ++j) workspace.target.rows.row(i)[j] = target.numbers[row(i) * width + j];
        }
        LayerBlocks<T>& last = workspace.layers.back();
        const Rows<T> gradient = wants_gradient ? last.dy.rows.part(own.begin, own.end) : Rows<T>{};
        kernels.loss(plan.loss, workspace.target.rows.part(own.begin, own.end), workspace.labels.data() + own.begin,
                     zero_or_one, last.y.rows.part(own.begin, own.end), workspace.share.data() + own.begin,
                     workspace.values.data() + own.begin, gradient);
    }

    // Each row's share in the loss of its batch, for rows `own`: see functional/network.py, loss_shares.
    void shares(Workspace<T>& workspace, const T* weight, const int64_t* order, int64_t count, Range own) const {
        const auto weight_of = [&](int64_t i) { return weight ? weight[order ? order[i] : i] : T(1); };
        T whole = T(1);
        if (plan.reduction == Reduction::sum_over_batch_size) whole = T(count);
        if (plan.reduction == Reduction::mean_with_sample_weight) {
            double total = 0;
            for (int64_t i = 0; i < count; ++i) total += static_cast<double>(weight_of(i));
            if (total != 0) whole = static_cast<T>(total);  // rows of no weight at all cost nothing
        }
        for (int64_t i = own.begin; i < own.end; ++i)
            workspace.share[static_cast<size_t>(i)] = weight ? weight_of(i) / whole : T(1) / whole;
    }

    // Forward, loss and back; afterwards all members have met and the gradients of all layers are known.
    void measure(const Step<T>& step, Pass<T>& pass, Workspace<T>& workspace, const Targets<T>& target, const T* weight) {
        const Range own = step.own_rows();
        pass.forward(step);
        shares(workspace, weight, step.batch.order, step.batch.count, own);
        losses(workspace, target, step.batch.order, step.batch.count, own, true);
        pass.backward(step);
    }

    static double sum_of_shares(const Workspace<T>& workspace, int64_t count) {
        double loss = 0;
        for (size_t i = 0; i < static_cast<size_t>(count); ++i)
            loss += static_cast<double>(workspace.values[i]) * static_cast<double>(workspace.share[i]);
        return loss;
    }
};

template <class T>
Network<T>::Network(const Plan& plan, Isa isa, int threads)
    : implementation_(new Implementation{plan, kernels<T>(isa), threads, {}, {}, {}}) {
    if (threads < 1) implementation_->threads = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

template <class T>
Network<T>::~Network() = default;

template <class T>
void Network<T>::predict(const State<T>& state, const Samples& x, int64_t rows, T* const* outputs) {
    Implementation& network = *implementation_;
    const size_t last = network.plan.layers.size() - 1;
    network.forward(state, x, rows, [&](int64_t first, int64_t size, Workspace<T>& workspace) {
        for (size_t index = 0; index <= last; ++index) {
            if (outputs[index] == nullptr) continue;
            const int64_t width = network.plan.layers[index].outputs;
            const Rows<T> y = index == last ? network.outputs_of(workspace, {0, size})
                                            : workspace.layers[index].y.rows.part(0, size);
            copy(y, Rows<T>{outputs[index] + first * width, size, width, width});
        }
    });
}

template <class T>
void Network<T>::evaluate(const State<T>& state, const Samples& x, const Targets<T>& target, int64_t rows, T* losses,
                          T* outputs) {
    Implementation& network = *implementation_;
    const int64_t width = network.plan.outputs();
    network.forward(state, x, rows, [&](int64_t first, int64_t size, Workspace<T>& workspace) {
        const Targets<T> targets{target.numbers ? target.numbers + first * width : nullptr,
                                 target.labels ? target.labels + first : nullptr};
        network.losses(workspace, targets, nullptr, size, {0, size}, false);
        std::copy_n(workspace.values.begin(), size, losses + first);
        if (outputs) network.copy_outputs(workspace, {0, size}, outputs + first * width);
    });
}

template <class T>
double Network<T>::loss_and_gradient(const State<T>& state, const Samples& x, const Targets<T>& target, const T* weight,
                                     int64_t rows, T* gradient) {
    Implementation& network = *implementation_;
    Workspace<T>& workspace = network.training_workspace(rows);
    const int threads = network.threads_for(3 * rows * products_of(network.plan));
    network.make_desks(threads, rows);
    Pass<T> pass(network.plan, network.kernels, workspace);
    Learning<T> learning(network.plan, network.kernels, pass, workspace);
    run_together(threads, [&](const Member& member) {
        const Batch batch{.x = x, .count = rows, .training = true, .step = state.step};
        const Step<T> step{member, *network.desks[static_cast<size_t>(member.index())], state, batch};
        network.measure(step, pass, workspace, target, weight);
        member.meet();
        learning.differentiate(step, gradient);
    });
    return network.sum_of_shares(workspace, rows) + learning.penalties();
}

template <class T>
void Network<T>::train(State<T>& state, const Lesson<T>& lesson) {
    Implementation& network = *implementation_;
    const int64_t capacity = std::min(lesson.batch_size, lesson.rows), batches = lesson.batches_an_epoch();
    const int64_t width = network.plan.outputs();
    Workspace<T>& workspace = network.training_workspace(capacity);
    const int threads = network.threads_for(3 * capacity * products_of(network.plan));
    network.make_desks(threads, capacity);
    Pass<T> pass(network.plan, network.kernels, workspace);
    Learning<T> learning(network.plan, network.kernels, pass, workspace);
    if (state.slots.average && state.step == 0)  // of frozen arrays too, which may be freed later
        std::copy_n(state.params, parameter_count(network.plan), state.slots.average);
    // The rows of batch number `number`, counted through all epochs.
    const auto rows_of = [&](int64_t number) {
        const int64_t epoch = number / batches, begin = number % batches * lesson.batch_size;
        return Range{epoch * lesson.rows + begin, epoch * lesson.rows + std::min(begin + lesson.batch_size, lesson.rows)};
    };
    network.train_together(threads, [&](const Member& member) {
        Desk<T>& desk = *network.desks[static_cast<size_t>(member.index())];
        const int64_t total = lesson.epochs * batches;
        for (int64_t number = 0; number < total; ++number) {
            const Range rows = rows_of(number), next = number + 1 < total ? rows_of(number + 1) : Range{};
            const Step<T> step{member, desk, state,
                               Batch{lesson.x, lesson.order + rows.begin, rows.size(), true, state.step + number,
                                     lesson.order + next.begin, next.size()}};
            network.measure(step, pass, workspace, lesson.target, lesson.weight);
            if (lesson.outputs) {
                const Range own = step.own_rows();
                network.copy_outputs(workspace, own, lesson.outputs + (rows.begin + own.begin) * width);
            }
            member.meet();
            if (member.first()) lesson.losses[number] = network.sum_of_shares(workspace, rows.size());
            learning.learn(step, lesson.rates[number]);
            member.meet();
            if (member.first()) lesson.losses[number] += learning.penalties();
        }
    });
    state.step += lesson.epochs * batches;
}

template class Network<float>;
template class Network<double>;

}  // namespace rosenblatt
