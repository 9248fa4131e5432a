// What a network is and how it is trained, in plain structs: the C++ side of src/rosenblatt/plan.py.
//
// A plan says where each array lies in the flat vectors of a state (parameters, statistics, slots); it holds no numbers
// of its own. Names and meanings are those of rosenblatt.functional.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

namespace rosenblatt {

// --- Functions by name ----------------------------------------------------------------------------

enum class ActivationKind {
    linear, step, sigmoid, tanh, relu, leaky_relu, elu, selu, gelu, silu, softplus, softsign, mish, hard_sigmoid,
    exponential, softmax, log_softmax
};

struct Activation {
    ActivationKind kind = ActivationKind::linear;
    double negative_slope = 0;                                   // relu, leaky_relu
    double max_value = std::numeric_limits<double>::infinity();  // relu
    double threshold = 0;                                        // relu
    double alpha = 1;                                            // elu
    bool approximate = false;                                    // gelu
};

enum class LossKind {
    mean_squared_error, mean_absolute_error, huber, log_cosh, mean_squared_logarithmic_error,
    mean_absolute_percentage_error, cosine_similarity, binary_crossentropy, binary_focal_crossentropy,
    categorical_crossentropy, sparse_categorical_crossentropy, categorical_focal_crossentropy, kl_divergence, poisson,
    hinge, squared_hinge, categorical_hinge
};

struct Loss {
    LossKind kind = LossKind::mean_squared_error;
    bool from_logits = false;            // the cross-entropies
    double label_smoothing = 0;          // the cross-entropies but the sparse one
    double delta = 1;                    // huber
    double gamma = 2;                    // the focal ones
    double alpha = 0.25;                 // binary focal: the weight of class 1
    bool apply_class_balancing = false;  // binary focal
    std::vector<double> class_alpha;     // categorical focal: one weight a class
};

// How the rows' losses become one: see functional/network.py, loss_shares.
enum class Reduction { sum_over_batch_size, mean_with_sample_weight, sum };

enum class OptimizerKind { sgd, rmsprop, adam, nadam, adamax, adagrad, lion };

struct Optimizer {
    OptimizerKind kind = OptimizerKind::sgd;
    double momentum = 0;      // sgd, rmsprop
    bool nesterov = false;    // sgd
    double rho = 0.9;         // rmsprop
    bool centered = false;    // rmsprop
    double beta_1 = 0.9;      // adam, nadam, adamax, lion
    double beta_2 = 0.999;    // adam, nadam, adamax, lion
    bool amsgrad = false;     // adam
    double epsilon = 1e-7;    // all but sgd and lion
    double weight_decay = 0;  // 0: none
    double clip_norm = 0;     // each array's length; 0: not clipped
    double global_clip_norm = 0;
    double clip_value = 0;
    bool use_average = false;  // follow the weights by a moving average
    double average_momentum = 0.99;
    int64_t average_overwrite_frequency = 0;  // 0: never
};

// What an optimizer remembers, each as long as the parameters; null where its kind does not use it.
template <class T>
struct Slots {
    T* momentum = nullptr;  // the first moment
    T* velocity = nullptr;  // the second moment: also adamax's norm and adagrad's accumulator
    T* extra = nullptr;     // adam's velocity_hat, rmsprop's average_gradient
    T* average = nullptr;   // the moving average of the weights

    // The same slots from a place in the vectors on.
    Slots from(int64_t start) const {
        auto moved = [start](T* slot) { return slot == nullptr ? nullptr : slot + start; };
        return {moved(momentum), moved(velocity), moved(extra), moved(average)};
    }
};

// --- Layers ---------------------------------------------------------------------------------------

enum class LayerKind {
    activation, batch_normalization, dense, dropout, gaussian_noise, layer_normalization, normalization, prelu,
    rescaling
};

// One named array inside a flat vector; absent where size is 0.
struct ArrayPlan {
    int64_t start = 0, size = 0;
    double l1 = 0, l2 = 0;  // penalties

    explicit operator bool() const { return size > 0; }
};

struct Layer {
    LayerKind kind = LayerKind::dense;
    int64_t inputs = 0, outputs = 0;  // numbers a row; Flatten changes nothing and is left out
    bool trainable = true;
    int64_t number = 0;           // its place in the Python plan, which random layers draw by
    Activation activation;        // dense, activation
    ArrayPlan first, second;      // parameters: kernel and bias, gamma and beta, or alpha alone
    ArrayPlan mean, variance;     // statistics: moving averages, adapted normalization
    double rate = 0;              // dropout
    double stddev = 0;            // gaussian_noise
    double scale = 1, offset = 0;  // rescaling
    double epsilon = 0, momentum = 0;  // normalizations
    uint64_t seed = 0;            // random layers
};

struct Plan {
    int64_t inputs = 0;  // numbers a row
    std::vector<Layer> layers;
    Activation output;   // taken off the last layer because the loss contains it
    Loss loss;
    Reduction reduction = Reduction::sum_over_batch_size;
    Optimizer optimizer;

    int64_t outputs() const { return layers.empty() ? inputs : layers.back().outputs; }
};

// How long the vector of parameters is.
inline int64_t parameter_count(const Plan& plan) {
    int64_t count = 0;
    for (const Layer& layer : plan.layers) count += layer.first.size + layer.second.size;
    return count;
}

}  // namespace rosenblatt
