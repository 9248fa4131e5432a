// From dL/dz of every layer to the changed weights.
//
// The gradient of a few rows of weights is made, used and forgotten: it never leaves the first cache, and the weights
// pass through memory once. Only where the whole gradient must be known first (clipping by its length), or is wanted for
// itself, is it written out. A member always has the same rows of a layer's weights, so they stay in its cache.
#pragma once

#include <vector>

#include "pass.hpp"

namespace rosenblatt {

template <class T>
class Learning {
  public:
    Learning(const Plan& plan, const Kernels<T>& kernels, const Pass<T>& pass, const Workspace<T>& workspace);

    // Changes the weights by the gradients of a batch. All members must have come through `backward` and met.
    void learn(const Step<T>& step, double rate);

    // Writes the gradient, as long as the parameters, instead.
    void differentiate(const Step<T>& step, T* gradient);

    // The sum of the penalties on the weights before the last step; all members must have met after it.
    double penalties() const;

  private:
    // What becomes of a gradient: it is kept in `whole`, or applied at once by `update`.
    struct Use {
        T* whole;
        const UpdateStep* update;
    };
    // An array of a layer, and its first place among the penalties: one for every row, or every few columns.
    struct Array {
        ArrayPlan plan;
        size_t penalty;
    };

    void all_layers(const Step<T>& step, const Use& use);
    void kernel(const Step<T>& step, size_t layer, const Use& use);
    template <class Gradient>
    void vector(const Step<T>& step, const Array& array, const Use& use, Gradient gradient_of_columns);
    void apply(const Step<T>& step, const Use& use, int64_t start, T* gradient, int64_t count, double scale = 1);
    void apply_clipped(const Step<T>& step, const UpdateStep& update);
    double clipping_scale(double squares, double all_squares) const;
    bool clips_by_length() const;
    void fetch_ahead(const Step<T>& step, Range inputs, int64_t piece, int64_t pieces) const;

    const Plan& plan_;
    const Kernels<T>& kernels_;
    const Pass<T>& pass_;
    const Workspace<T>& workspace_;
    std::vector<Array> first_, second_;  // each layer's arrays
    std::vector<double> penalties_;      // in pieces, added up in order whoever computed them
    std::vector<double> squares_;        // of the gradient, likewise
    Buffer<T> whole_;                    // the whole gradient, where clipping needs it
};

}  // namespace rosenblatt
