// One instruction set's table of kernels: this file is compiled once for each, with its flags and its name.
#include "kernels.hpp"

#include "activations.hpp"
#include "elementwise.hpp"
#include "losses.hpp"
#include "noise.hpp"
#include "normalization.hpp"
#include "optimizers.hpp"
#include "peak.hpp"
#include "products.hpp"

namespace rosenblatt::ROSENBLATT_ISA {

template <class T>
const Kernels<T>& table() {
    static constexpr Kernels<T> kernels{
        .multiply = multiply<T>,
        .multiply_transposed = multiply_transposed<T>,
        .outer = outer<T>,
        .activate = activate<T>,
        .activate_gradient = activate_gradient<T>,
        .loss = loss<T>,
        .update = update<T>,
        .penalize = penalize<T>,
        .sum_of_squares = sum_of_squares<T>,
        .dropout = dropout<T>,
        .gaussian_noise = gaussian_noise<T>,
        .layer_normalization = layer_normalization<T>,
        .layer_normalization_gradient = layer_normalization_gradient<T>,
        .batch_normalization = batch_normalization<T>,
        .batch_normalization_gradient = batch_normalization_gradient<T>,
        .normalize_by = normalize_by<T>,
        .normalize_by_gradient = normalize_by_gradient<T>,
        .column_sums = column_sums<T>,
        .column_sums_of_products = column_sums_of_products<T>,
        .prelu = prelu<T>,
        .prelu_gradient = prelu_gradient<T>,
        .prelu_alpha_gradient = prelu_alpha_gradient<T>,
        .rescale = rescale<T>,
        .standardize = standardize<T>,
        .standardize_gradient = standardize_gradient<T>,
        .gather = gather<T>,
        .combine = combine<T>,
        .multiply_add_rounds = multiply_add_rounds<T>,
    };
    return kernels;
}

template const Kernels<float>& table<float>();
template const Kernels<double>& table<double>();

}  // namespace rosenblatt::ROSENBLATT_ISA
