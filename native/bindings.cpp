// The engine as Python sees it: rosenblatt.engines._native. Shapes and types are checked in engines/native.py, which is
// the only caller.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "isa.hpp"
#include "kernels.hpp"
#include "network.hpp"

namespace nb = nanobind;
using namespace nb::literals;
using namespace rosenblatt;

namespace {

// --- Plans, from dicts whose keys are the names of the structs' members ---------------------------

template <size_t N>
using Names = std::array<std::string_view, N>;

// In the order of the enumerations in plan.hpp.
constexpr Names<17> ACTIVATIONS{"linear",   "step",     "sigmoid", "tanh",         "relu",        "leaky_relu",
                                "elu",      "selu",     "gelu",    "silu",         "softplus",    "softsign",
                                "mish",     "hard_sigmoid", "exponential", "softmax", "log_softmax"};
constexpr Names<17> LOSSES{"mean_squared_error", "mean_absolute_error", "huber", "log_cosh",
                           "mean_squared_logarithmic_error", "mean_absolute_percentage_error", "cosine_similarity",
                           "binary_crossentropy", "binary_focal_crossentropy", "categorical_crossentropy",
                           "sparse_categorical_crossentropy", "categorical_focal_crossentropy", "kl_divergence",
                           "poisson", "hinge", "squared_hinge", "categorical_hinge"};
constexpr Names<3> REDUCTIONS{"sum_over_batch_size", "mean_with_sample_weight", "sum"};
constexpr Names<7> OPTIMIZERS{"sgd", "rmsprop", "adam", "nadam", "adamax", "adagrad", "lion"};
constexpr Names<9> LAYERS{"activation", "batch_normalization", "dense", "dropout", "gaussian_noise",
                          "layer_normalization", "normalization", "prelu", "rescaling"};

template <class Kind, size_t N>
Kind kind_named(const Names<N>& names, const std::string& name) {
    const auto place = std::find(names.begin(), names.end(), name);
    if (place == names.end()) throw std::invalid_argument("the native engine knows no '" + name + "'");
    return static_cast<Kind>(place - names.begin());
}

template <class Value>
void take(const nb::dict& from, const char* name, Value& value) {
    if (from.contains(name)) value = nb::cast<Value>(from[name]);
}

Activation activation_of(const nb::dict& from) {
    Activation f;
    f.kind = kind_named<ActivationKind>(ACTIVATIONS, nb::cast<std::string>(from["kind"]));
    take(from, "negative_slope", f.negative_slope);
    take(from, "max_value", f.max_value);
    take(from, "threshold", f.threshold);
    take(from, "alpha", f.alpha);
    take(from, "approximate", f.approximate);
    return f;
}

Loss loss_of(const nb::dict& from) {
    Loss loss;
    loss.kind = kind_named<LossKind>(LOSSES, nb::cast<std::string>(from["kind"]));
    take(from, "from_logits", loss.from_logits);
    take(from, "label_smoothing", loss.label_smoothing);
    take(from, "delta", loss.delta);
    take(from, "gamma", loss.gamma);
    take(from, "alpha", loss.alpha);
    take(from, "apply_class_balancing", loss.apply_class_balancing);
    take(from, "class_alpha", loss.class_alpha);
    return loss;
}

Optimizer optimizer_of(const nb::dict& from) {
    Optimizer o;
    o.kind = kind_named<OptimizerKind>(OPTIMIZERS, nb::cast<std::string>(from["kind"]));
    take(from, "momentum", o.momentum);
    take(from, "nesterov", o.nesterov);
    take(from, "rho", o.rho);
    take(from, "centered", o.centered);
    take(from, "beta_1", o.beta_1);
    take(from, "beta_2", o.beta_2);
    take(from, "amsgrad", o.amsgrad);
    take(from, "epsilon", o.epsilon);
    take(from, "weight_decay", o.weight_decay);
    take(from, "clip_norm", o.clip_norm);
    take(from, "global_clip_norm", o.global_clip_norm);
    take(from, "clip_value", o.clip_value);
    take(from, "use_average", o.use_average);
    take(from, "average_momentum", o.average_momentum);
    take(from, "average_overwrite_frequency", o.average_overwrite_frequency);
    return o;
}

ArrayPlan array_of(const nb::dict& from) {
    ArrayPlan array;
    take(from, "start", array.start);
    take(from, "size", array.size);
    take(from, "l1", array.l1);
    take(from, "l2", array.l2);
    return array;
}

Layer layer_of(const nb::dict& from) {
    Layer layer;
    layer.kind = kind_named<LayerKind>(LAYERS, nb::cast<std::string>(from["kind"]));
    take(from, "inputs", layer.inputs);
    take(from, "outputs", layer.outputs);
    take(from, "trainable", layer.trainable);
    take(from, "number", layer.number);
    take(from, "rate", layer.rate);
    take(from, "stddev", layer.stddev);
    take(from, "scale", layer.scale);
    take(from, "offset", layer.offset);
    take(from, "epsilon", layer.epsilon);
    take(from, "momentum", layer.momentum);
    take(from, "seed", layer.seed);
    if (from.contains("activation")) layer.activation = activation_of(nb::cast<nb::dict>(from["activation"]));
    for (const auto& [name, array] : {std::pair{"first", &layer.first}, std::pair{"second", &layer.second},
                                      std::pair{"mean", &layer.mean}, std::pair{"variance", &layer.variance}})
        if (from.contains(name)) *array = array_of(nb::cast<nb::dict>(from[name]));
    return layer;
}

Plan plan_of(const nb::dict& from) {
    Plan plan;
    take(from, "inputs", plan.inputs);
    for (const nb::handle layer : nb::cast<nb::list>(from["layers"])) plan.layers.push_back(layer_of(nb::cast<nb::dict>(layer)));
    plan.output = activation_of(nb::cast<nb::dict>(from["output"]));
    plan.reduction = kind_named<Reduction>(REDUCTIONS, nb::cast<std::string>(from["reduction"]));
    if (from.contains("loss")) plan.loss = loss_of(nb::cast<nb::dict>(from["loss"]));
    if (from.contains("optimizer")) plan.optimizer = optimizer_of(nb::cast<nb::dict>(from["optimizer"]));
    return plan;
}

// --- Arrays ---------------------------------------------------------------------------------------

template <class T>
using Numbers = nb::ndarray<T, nb::c_contig, nb::device::cpu>;
template <class T>
using Maybe = std::optional<Numbers<T>>;
using Table = nb::ndarray<nb::ro, nb::device::cpu>;  // rows of float32, float64 or uint8

template <class T>
T* data(const Maybe<T>& array) {
    return array ? array->data() : nullptr;
}

Samples samples_of(const Table& x) {
    const nb::dlpack::dtype type = x.dtype();
    const Element element = type == nb::dtype<double>() ? Element::float64
                            : type == nb::dtype<float>() ? Element::float32
                                                         : Element::uint8;
    return {x.data(), element, x.stride(0)};
}

template <class T>
Targets<T> targets_of(const Maybe<const T>& numbers, const Maybe<const int64_t>& labels) {
    return {data(numbers), data(labels)};
}

// A network whose calls wait for each other: Python threads may share a model.
template <class T>
class PythonNetwork {
  public:
    PythonNetwork(const nb::dict& plan, const std::string& isa, int threads)
        : network_(plan_of(plan), choose(isa), threads) {}

    void predict(const Numbers<T>& params, const Numbers<T>& statistics, const Table& x,
                 const std::vector<Maybe<T>>& outputs) {
        const State<T> state{params.data(), statistics.data(), {}, 0};
        std::vector<T*> to;
        for (const Maybe<T>& output : outputs) to.push_back(data(output));
        const Samples samples = samples_of(x);
        const int64_t rows = static_cast<int64_t>(x.shape(0));
        const nb::gil_scoped_release released;
        const std::lock_guard<std::mutex> mine(busy_);
        network_.predict(state, samples, rows, to.data());
    }

    void evaluate(const Numbers<T>& params, const Numbers<T>& statistics, const Table& x, const Maybe<const T>& numbers,
                  const Maybe<const int64_t>& labels, const Numbers<T>& losses, const Maybe<T>& outputs) {
        const State<T> state{params.data(), statistics.data(), {}, 0};
        const Samples samples = samples_of(x);
        const int64_t rows = static_cast<int64_t>(x.shape(0));
        const nb::gil_scoped_release released;
        const std::lock_guard<std::mutex> mine(busy_);
        network_.evaluate(state, samples, targets_of<T>(numbers, labels), rows, losses.data(), data(outputs));
    }

    double loss_and_gradient(const Numbers<T>& params, const Numbers<T>& statistics, int64_t step, const Table& x,
                             const Maybe<const T>& numbers, const Maybe<const int64_t>& labels,
                             const Maybe<const T>& weight, const Numbers<T>& gradient) {
        const State<T> state{params.data(), statistics.data(), {}, step};
        const Samples samples = samples_of(x);
        const int64_t rows = static_cast<int64_t>(x.shape(0));
        const nb::gil_scoped_release released;
        const std::lock_guard<std::mutex> mine(busy_);
        return network_.loss_and_gradient(state, samples, targets_of<T>(numbers, labels), data(weight), rows,
                                          gradient.data());
    }

    void train(const Numbers<T>& params, const Numbers<T>& statistics, const std::vector<Maybe<T>>& slots, int64_t step,
               const Table& x, const Maybe<const T>& numbers, const Maybe<const int64_t>& labels,
               const Maybe<const T>& weight, const nb::ndarray<const int64_t, nb::ndim<2>, nb::c_contig>& order,
               int64_t batch_size, const Numbers<const double>& rates, const Numbers<double>& losses,
               const Maybe<T>& outputs) {
        State<T> state{params.data(), statistics.data(),
                       {data(slots[0]), data(slots[1]), data(slots[2]), data(slots[3])}, step};
        const Lesson<T> lesson{.x = samples_of(x),
                               .target = targets_of<T>(numbers, labels),
                               .weight = data(weight),
                               .order = order.data(),
                               .epochs = static_cast<int64_t>(order.shape(0)),
                               .rows = static_cast<int64_t>(order.shape(1)),
                               .batch_size = batch_size,
                               .rates = rates.data(),
                               .losses = losses.data(),
                               .outputs = data(outputs)};
        const nb::gil_scoped_release released;
        const std::lock_guard<std::mutex> mine(busy_);
        network_.train(state, lesson);
    }

  private:
    Network<T> network_;
    std::mutex busy_;
};

// A network of its own for predictions one after the other, on the weights as they are: everything but x is known.
template <class T>
class Predictor {
  public:
    Predictor(const nb::dict& plan, const std::string& isa, int threads, Numbers<T> params, Numbers<T> statistics)
        : network_(plan_of(plan), choose(isa), threads),
          layers_(nb::len(nb::cast<nb::list>(plan["layers"]))),
          params_(std::move(params)),
          statistics_(std::move(statistics)) {}

    // For few rows the interpreter lock is kept: to give it up and take it back would cost as much as a row.
    void predict(const Table& x, const Numbers<T>& y) {
        const Samples samples = samples_of(x);
        const int64_t rows = static_cast<int64_t>(x.shape(0));
        std::optional<nb::gil_scoped_release> released;
        if (rows > FEW_ROWS) released.emplace();
        const std::lock_guard<std::mutex> mine(busy_);
        outputs_.assign(layers_, nullptr);
        outputs_.back() = y.data();
        network_.predict({params_.data(), statistics_.data(), {}, 0}, samples, rows, outputs_.data());
    }

  private:
    static constexpr int64_t FEW_ROWS = 16;

    Network<T> network_;
    size_t layers_;
    std::vector<T*> outputs_;
    Numbers<T> params_, statistics_;
    std::mutex busy_;
};

template <class T>
void bind_predictor(nb::module_& module, const char* name) {
    using Bound = Predictor<T>;
    nb::class_<Bound>(module, name)
        .def(nb::init<const nb::dict&, const std::string&, int, Numbers<T>, Numbers<T>>(), "plan"_a, "isa"_a,
             "threads"_a, "params"_a, "statistics"_a)
        .def("predict", &Bound::predict);
}

template <class T>
void bind_network(nb::module_& module, const char* name) {
    using Bound = PythonNetwork<T>;
    nb::class_<Bound>(module, name)
        .def(nb::init<const nb::dict&, const std::string&, int>(), "plan"_a, "isa"_a, "threads"_a)
        .def("predict", &Bound::predict)
        .def("evaluate", &Bound::evaluate, "params"_a, "statistics"_a, "x"_a, "numbers"_a.none(), "labels"_a.none(),
             "losses"_a, "outputs"_a.none())
        .def("loss_and_gradient", &Bound::loss_and_gradient, "params"_a, "statistics"_a, "step"_a, "x"_a,
             "numbers"_a.none(), "labels"_a.none(), "weight"_a.none(), "gradient"_a)
        .def("train", &Bound::train, "params"_a, "statistics"_a, "slots"_a, "step"_a, "x"_a, "numbers"_a.none(),
             "labels"_a.none(), "weight"_a.none(), "order"_a, "batch_size"_a, "rates"_a, "losses"_a,
             "outputs"_a.none());
}

}  // namespace

NB_MODULE(_native, module) {
    module.doc() = "The engine in C++ (see native/ in the source); use rosenblatt.engines.native instead.";
    module.def("available", [] {
        std::vector<std::string> names;
        for (const Isa isa : available()) names.emplace_back(name(isa));
        return names;
    });
    module.def("choose", [](const std::string& wanted) { return std::string(name(choose(wanted))); });
    module.def("multiply_add_rounds",
               [](const std::string& isa, int64_t rounds) { return kernels<float>(choose(isa)).multiply_add_rounds(rounds); },
               "isa"_a, "rounds"_a, nb::call_guard<nb::gil_scoped_release>(),
               "Multiply and add in registers; return how many operations that were.");
    bind_network<float>(module, "NetworkFloat32");
    bind_network<double>(module, "NetworkFloat64");
    bind_predictor<float>(module, "PredictorFloat32");
    bind_predictor<double>(module, "PredictorFloat64");
}
