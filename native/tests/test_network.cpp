// Whole networks: against plain loops, against difference quotients, and against themselves with other threads.
#include "network.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <thread>
#include <vector>

#include "check.hpp"

using namespace rosenblatt;

namespace {

// Enough for the steps to be worth four threads. Sums over the inputs are made of parts, and these of parts once more.
constexpr int64_t INPUTS = 1100, NARROW = 20, WIDE = 210, OUTPUTS = 5, ROWS = 70, BATCH = 40;
constexpr double RATE = 0.05;

// Between -1 and 1, without a pattern that a vector's width could hide.
double number(int64_t i, int64_t series) {
    return std::sin(1.7 * static_cast<double>(i) + 5.3 * static_cast<double>(series) + 0.4);
}

template <class T>
std::vector<T> numbers(int64_t count, int64_t series, double scale = 1) {
    std::vector<T> made;
    for (int64_t i = 0; i < count; ++i) made.push_back(static_cast<T>(scale * number(i, series)));
    return made;
}

// --- What is learnt -------------------------------------------------------------------------------

template <class T>
struct Data {
    std::vector<T> x = numbers<T>(ROWS * INPUTS, 1), weight;
    std::vector<int64_t> labels, order;

    Data() {
        for (int64_t i = 0; i < ROWS; ++i) {
            labels.push_back(i * i % OUTPUTS);
            weight.push_back(static_cast<T>(0.25 * static_cast<double>(i % 7)));
            order.push_back(i * 27 % ROWS);  // 27 and 70 have no common divisor: each row once
        }
    }
    Samples samples() const { return {x.data(), sizeof(T) == 4 ? Element::float32 : Element::float64, INPUTS}; }
    Targets<T> targets() const { return {nullptr, labels.data()}; }
};

// --- Plans ----------------------------------------------------------------------------------------

struct Draft {
    Plan plan;
    int64_t params = 0, statistics = 0, width = INPUTS;

    Draft() {
        plan.inputs = INPUTS;
        plan.loss.kind = LossKind::sparse_categorical_crossentropy;
        plan.loss.from_logits = true;
        plan.output.kind = ActivationKind::softmax;
    }
    Layer& add(LayerKind kind) {
        Layer& layer = plan.layers.emplace_back();
        layer.kind = kind;
        layer.inputs = layer.outputs = width;
        layer.number = static_cast<int64_t>(plan.layers.size());
        layer.epsilon = 1e-3;
        return layer;
    }
    static ArrayPlan place(int64_t& used, int64_t size) { return {.start = (used += size) - size, .size = size}; }

    Layer& dense(int64_t outputs, ActivationKind f) {
        Layer& layer = add(LayerKind::dense);
        layer.outputs = outputs;
        layer.activation.kind = f;
        layer.first = place(params, width * outputs);
        layer.second = place(params, outputs);
        layer.first.l2 = 0.01;
        width = outputs;
        return layer;
    }
    void normalize(LayerKind kind) {
        Layer& layer = add(kind);
        layer.first = place(params, width);
        layer.second = place(params, width);
        if (kind == LayerKind::layer_normalization) return;
        layer.mean = place(statistics, width);
        layer.variance = place(statistics, width);
        layer.momentum = 0.9;
    }
};

// Three dense layers: one shared by the parts of its sums, one by its rows, one too small to be shared.
Draft plain() {
    Draft draft;
    draft.dense(NARROW, ActivationKind::tanh);
    draft.dense(WIDE, ActivationKind::tanh);
    draft.dense(OUTPUTS, ActivationKind::linear);
    draft.plan.optimizer.momentum = 0.5;
    return draft;
}

// Everything whose result could depend on how the work is shared.
Draft elaborate() {
    Draft draft;
    draft.dense(NARROW, ActivationKind::linear);
    draft.normalize(LayerKind::batch_normalization);
    draft.add(LayerKind::activation).activation.kind = ActivationKind::silu;
    draft.add(LayerKind::dropout).rate = 0.3;
    draft.dense(WIDE, ActivationKind::tanh).second.l1 = 0.01;
    draft.normalize(LayerKind::layer_normalization);
    Layer& prelu = draft.add(LayerKind::prelu);
    prelu.first = Draft::place(draft.params, draft.width);
    draft.add(LayerKind::gaussian_noise).stddev = 0.1;
    draft.dense(OUTPUTS, ActivationKind::linear);
    draft.plan.reduction = Reduction::mean_with_sample_weight;
    draft.plan.optimizer.kind = OptimizerKind::adam;
    draft.plan.optimizer.global_clip_norm = 0.5;
    draft.plan.optimizer.use_average = true;
    return draft;
}

// --- Networks and their numbers -------------------------------------------------------------------

template <class T>
struct Numbers {
    std::vector<T> params, statistics, momentum, velocity, average;
    int64_t step = 0;

    explicit Numbers(const Draft& draft)
        : params(numbers<T>(draft.params, 2, 0.1)),
          statistics(static_cast<size_t>(draft.statistics), T(1)),
          momentum(params.size()),
          velocity(params.size()),
          average(params.size()) {}
    State<T> state() {
        return {params.data(), statistics.data(), {momentum.data(), velocity.data(), nullptr, average.data()}, step};
    }
    bool operator==(const Numbers&) const = default;
};

// All that comes of training, in numbers that can be compared to the last bit.
template <class T>
struct Outcome {
    Numbers<T> numbers;
    std::vector<double> losses;
    std::vector<T> outputs;

    bool operator==(const Outcome&) const = default;
};

template <class T>
Outcome<T> train(const Draft& draft, Network<T>& network, int64_t epochs = 1) {
    static const Data<T> data;
    std::vector<int64_t> order;
    for (int64_t epoch = 0; epoch < epochs; ++epoch) order.insert(order.end(), data.order.begin(), data.order.end());
    Outcome<T> outcome{Numbers<T>(draft), std::vector<double>(static_cast<size_t>(epochs * 2)),
                       std::vector<T>(static_cast<size_t>(epochs * ROWS * OUTPUTS))};
    const std::vector<double> rates(outcome.losses.size(), RATE);
    State<T> state = outcome.numbers.state();
    network.train(state, {data.samples(), data.targets(), data.weight.data(), order.data(), epochs, ROWS, BATCH,
                          rates.data(), outcome.losses.data(), outcome.outputs.data()});
    outcome.numbers.step = state.step;
    return outcome;
}

template <class T>
Outcome<T> train(const Draft& draft, Isa isa, int threads) {
    Network<T> network(draft.plan, isa, threads);
    return train(draft, network);
}

void on_every_isa_with_1_to_4_threads(const std::function<void(Isa, int)>& test) {
    for (const Isa isa : available())
        for (int threads = 1; threads <= 4; ++threads) test(isa, threads);
}

// --- The same by plain loops, in double -----------------------------------------------------------

struct Loops {
    const Draft& draft;
    std::vector<double> w, g, m;

    explicit Loops(const Draft& of) : draft(of), w(Numbers<double>(of).params), g(w.size()), m(w.size()) {}

    // y_j = f(b_j + sum_i x_i w_ij) for one row.
    std::vector<double> forward(const Layer& layer, const std::vector<double>& x) const {
        const auto kernel = static_cast<size_t>(layer.first.start), bias = static_cast<size_t>(layer.second.start);
        std::vector<double> y(static_cast<size_t>(layer.outputs));
        for (size_t j = 0; j < y.size(); ++j) {
            double z = w[bias + j];
            for (size_t i = 0; i < x.size(); ++i) z += x[i] * w[kernel + i * y.size() + j];
            y[j] = layer.activation.kind == ActivationKind::tanh ? std::tanh(z) : z;
        }
        return y;
    }
    // Adds to the gradient and returns dL/dx from dL/dy.
    std::vector<double> back(const Layer& layer, const std::vector<double>& x, const std::vector<double>& y,
                             std::vector<double> dy) {
        const auto kernel = static_cast<size_t>(layer.first.start), bias = static_cast<size_t>(layer.second.start);
        std::vector<double> dx(x.size());
        for (size_t j = 0; j < y.size(); ++j) {
            if (layer.activation.kind == ActivationKind::tanh) dy[j] *= 1 - y[j] * y[j];
            g[bias + j] += dy[j];
            for (size_t i = 0; i < x.size(); ++i) {
                const size_t place = kernel + i * y.size() + j;
                g[place] += x[i] * dy[j];
                dx[i] += w[place] * dy[j];
            }
        }
        return dx;
    }
    static std::vector<double> softmax(std::vector<double> z) {
        double total = 0;
        for (double& number : z) total += number = std::exp(number);
        for (double& number : z) number /= total;
        return z;
    }
    std::vector<std::vector<double>> outputs(const std::vector<double>& x) const {
        std::vector<std::vector<double>> made{x};
        for (const Layer& layer : draft.plan.layers) made.push_back(forward(layer, made.back()));
        return made;
    }
    // One update by some rows; returns their loss.
    double learn(const Data<double>& data, const std::vector<int64_t>& rows) {
        double loss = 0;
        std::fill(g.begin(), g.end(), 0.0);
        for (const int64_t row : rows) {
            const auto place = static_cast<size_t>(row);
            const auto first = data.x.begin() + row * INPUTS;
            const std::vector<std::vector<double>> y = outputs({first, first + INPUTS});
            const double share = data.weight[place] / static_cast<double>(rows.size());
            std::vector<double> dy = softmax(y.back());
            loss -= share * std::log(dy[static_cast<size_t>(data.labels[place])]);
            dy[static_cast<size_t>(data.labels[place])] -= 1;
            for (double& number : dy) number *= share;
            for (size_t layer = draft.plan.layers.size(); layer-- > 0;)
                dy = back(draft.plan.layers[layer], y[layer], y[layer + 1], dy);
        }
        for (const Layer& layer : draft.plan.layers)
            for (int64_t i = layer.first.start; i < layer.first.start + layer.first.size; ++i) {
                const auto place = static_cast<size_t>(i);
                loss += layer.first.l2 * w[place] * w[place];
                g[place] += 2 * layer.first.l2 * w[place];
            }
        for (size_t i = 0; i < w.size(); ++i) w[i] += m[i] = draft.plan.optimizer.momentum * m[i] - RATE * g[i];
        return loss;
    }
};

template <class T>
void compare(const std::vector<T>& found, const std::vector<double>& expected, double tolerance) {
    CHECK_EQUAL(found.size(), expected.size());
    int64_t worst = 0;  // checked alone: a check of each of them would cost more than the training
    for (int64_t i = 0; i < static_cast<int64_t>(found.size()); ++i) {
        const auto difference = [&](int64_t of) {
            const auto place = static_cast<size_t>(of);
            const double d = std::fabs(static_cast<double>(found[place]) - expected[place]);
            return std::isnan(d) ? INFINITY : d;
        };
        if (difference(i) > difference(worst)) worst = i;
    }
    CHECK_CLOSE(found[static_cast<size_t>(worst)], expected[static_cast<size_t>(worst)], tolerance);
}

}  // namespace

TEST("a network learns what plain loops learn") {
    const Draft draft = plain();
    const Data<double> data;
    Loops loops(draft);
    const std::vector<int64_t> first(data.order.begin(), data.order.begin() + BATCH);
    const std::vector<int64_t> second(data.order.begin() + BATCH, data.order.end());
    const std::vector<double> losses{loops.learn(data, first), loops.learn(data, second)};
    on_every_isa_with_1_to_4_threads([&](Isa isa, int threads) {
        const Outcome<double> found = train<double>(draft, isa, threads);
        compare(found.losses, losses, 1e-13);
        compare(found.numbers.params, loops.w, 1e-13);
        compare(found.numbers.momentum, loops.m, 1e-13);
        CHECK_EQUAL(found.numbers.step, 2);
        if (threads != 3) return;
        const Outcome<float> in_float = train<float>(draft, isa, threads);
        compare(in_float.losses, losses, 2e-6);
        compare(in_float.numbers.params, loops.w, 2e-6);
    });
}

TEST("a network predicts what plain loops predict, and measures it") {
    constexpr int64_t MANY = 150;  // more than one block
    const Draft draft = plain();
    const Loops loops(draft);
    const std::vector<double> x = numbers<double>(MANY * INPUTS, 3);
    std::vector<double> hidden, outputs, losses;
    std::vector<int64_t> labels;
    for (auto row = x.begin(); row != x.end(); row += INPUTS) {
        const std::vector<std::vector<double>> y = loops.outputs({row, row + INPUTS});
        const std::vector<double> probabilities = Loops::softmax(y.back());
        hidden.insert(hidden.end(), y[1].begin(), y[1].end());
        outputs.insert(outputs.end(), probabilities.begin(), probabilities.end());
        labels.push_back(static_cast<int64_t>(labels.size()) % OUTPUTS);
        losses.push_back(-std::log(probabilities[static_cast<size_t>(labels.back())]));
    }
    on_every_isa_with_1_to_4_threads([&](Isa isa, int threads) {
        Network<double> network(draft.plan, isa, threads);
        Numbers<double> numbers(draft);
        const Samples samples{x.data(), Element::float64, INPUTS};
        std::vector<double> found_hidden(hidden.size()), found_outputs(outputs.size()), found_losses(losses.size());
        double* const wanted[] = {found_hidden.data(), nullptr, found_outputs.data()};
        network.predict(numbers.state(), samples, MANY, wanted);
        compare(found_hidden, hidden, 1e-13);
        compare(found_outputs, outputs, 1e-13);
        std::fill(found_outputs.begin(), found_outputs.end(), 0.0);
        network.evaluate(numbers.state(), samples, {nullptr, labels.data()}, MANY, found_losses.data(),
                         found_outputs.data());
        compare(found_losses, losses, 1e-13);
        compare(found_outputs, outputs, 1e-13);
        CHECK(numbers == Numbers<double>(draft));
    });
}

TEST("a gradient is the difference quotient of the loss") {
    constexpr double SMALL = 1e-6;  // so small that no unit is on the other side of its kink
    const Draft draft = elaborate();
    const Data<double> data;
    for (const Isa isa : available()) {
        Network<double> network(draft.plan, isa, 3);
        const auto measure = [&](const std::vector<double>& direction, double step, std::vector<double>& gradient) {
            Numbers<double> numbers(draft);
            for (size_t i = 0; i < direction.size(); ++i) numbers.params[i] += step * direction[i];
            gradient.assign(direction.size(), 0);
            return network.loss_and_gradient(numbers.state(), data.samples(), data.targets(), data.weight.data(), BATCH,
                                             gradient.data());
        };
        const std::vector<double> direction = numbers<double>(draft.params, 10, 0.1);
        std::vector<double> gradient, unused;
        measure(direction, 0, gradient);
        const double slope = (measure(direction, SMALL, unused) - measure(direction, -SMALL, unused)) / (2 * SMALL);
        CHECK_CLOSE(std::inner_product(gradient.begin(), gradient.end(), direction.begin(), 0.0), slope, 1e-7);
        CHECK(std::fabs(slope) > 1e-3);
    }
}

TEST("any number of threads gives the same, to the last bit") {
    for (const Isa isa : available()) {
        const Outcome<double> in_double = train<double>(plain(), isa, 1);
        const Outcome<float> in_float = train<float>(elaborate(), isa, 1);
        for (const int threads : {2, 3, 4}) {
            CHECK(train<double>(plain(), isa, threads) == in_double);
            CHECK(train<float>(elaborate(), isa, threads) == in_float);
        }
    }
}

TEST("a network that is used again remembers nothing, and several epochs are one after the other") {
    const Draft draft = elaborate();
    Network<float> network(draft.plan, choose(""), 3);
    const Outcome<float> first = train(draft, network);
    CHECK(train(draft, network) == first);
    const Outcome<float> two = train(draft, network, 2);
    CHECK(std::equal(first.outputs.begin(), first.outputs.end(), two.outputs.begin()));
    CHECK(std::equal(first.losses.begin(), first.losses.end(), two.losses.begin()));
    CHECK_EQUAL(two.numbers.step, 4);
    CHECK(train(draft, network) == first);
}

TEST("networks that are trained at once by several callers learn what they learn alone") {
    const Draft drafts[] = {plain(), elaborate(), elaborate()};
    std::vector<Outcome<float>> alone, together;
    for (const Draft& draft : drafts) {
        alone.push_back(train<float>(draft, choose(""), 3));
        together.push_back({Numbers<float>(draft), {}, {}});
    }
    std::vector<std::thread> callers;
    for (size_t i = 0; i < together.size(); ++i)
        callers.emplace_back([&, i] {
            for (int time = 0; time < 3; ++time) together[i] = train<float>(drafts[i], choose(""), 3);
        });
    for (std::thread& caller : callers) caller.join();
    CHECK(together == alone);
}

TEST("rows of bytes, of the other precision and with gaps between them are read as the same numbers") {
    const Draft draft = plain();
    std::vector<uint8_t> bytes;
    std::vector<float> narrow;
    std::vector<double> wide, gaps;
    for (int64_t i = 0; i < ROWS * INPUTS; ++i) {
        bytes.push_back(static_cast<uint8_t>(i * 37 % 256));
        narrow.push_back(bytes.back());
        wide.push_back(bytes.back());
        gaps.push_back(bytes.back());
        if ((i + 1) % INPUTS == 0) gaps.insert(gaps.end(), 3, NAN);
    }
    for (const Isa isa : available()) {
        Network<double> network(draft.plan, isa, 2);
        const auto predict = [&](const Samples& samples) {
            Numbers<double> numbers(draft);
            std::vector<double> outputs(static_cast<size_t>(ROWS * OUTPUTS));
            double* const wanted[] = {nullptr, nullptr, outputs.data()};
            network.predict(numbers.state(), samples, ROWS, wanted);
            return outputs;
        };
        const std::vector<double> expected = predict({wide.data(), Element::float64, INPUTS});
        CHECK(predict({bytes.data(), Element::uint8, INPUTS}) == expected);
        CHECK(predict({narrow.data(), Element::float32, INPUTS}) == expected);
        CHECK(predict({gaps.data(), Element::float64, INPUTS + 3}) == expected);
    }
}
