// A network that predicts, measures itself and learns: carries out a plan on the numbers of a state.
#pragma once

#include <cstdint>
#include <memory>

#include "isa.hpp"
#include "plan.hpp"
#include "rows.hpp"

namespace rosenblatt {

// All that training changes: vectors in the caller's memory, changed in place.
template <class T>
struct State {
    T* params = nullptr;
    T* statistics = nullptr;
    Slots<T> slots;
    int64_t step = 0;  // updates made so far
};

// What the outputs should be: (rows, outputs) numbers, or one class number a row for the sparse cross-entropy.
template <class T>
struct Targets {
    const T* numbers = nullptr;
    const int64_t* labels = nullptr;
};

// What to train on: `order` holds `epochs` times `rows` row numbers; no batch reaches over the end of an epoch.
template <class T>
struct Lesson {
    Samples x;
    Targets<T> target;
    const T* weight = nullptr;  // (rows of x,), or null for ones
    const int64_t* order = nullptr;
    int64_t epochs = 1, rows = 0, batch_size = 32;
    const double* rates = nullptr;  // the learning rate of each update
    double* losses = nullptr;       // filled with the loss of each batch
    T* outputs = nullptr;           // where given, filled with the outputs, (epochs * rows, outputs)

    int64_t batches_an_epoch() const { return (rows + batch_size - 1) / batch_size; }
};

template <class T>
class Network {
  public:
    // `threads`: at most so many; 0: as many as there are cores. Small steps are taken by fewer.
    Network(const Plan& plan, Isa isa, int threads);
    ~Network();
    Network(const Network&) = delete;
    Network& operator=(const Network&) = delete;

    // Fills outputs[l] with the output of layer l, (rows, its outputs), for every layer l where outputs[l] is not null.
    void predict(const State<T>& state, const Samples& x, int64_t rows, T* const* outputs);

    // Fills losses with each row's own loss, and outputs (rows, outputs) where not null.
    void evaluate(const State<T>& state, const Samples& x, const Targets<T>& target, int64_t rows, T* losses,
                  T* outputs);

    // Returns the loss of all rows as one batch and fills gradient, as long as the parameters and 0 beforehand.
    double loss_and_gradient(const State<T>& state, const Samples& x, const Targets<T>& target, const T* weight,
                             int64_t rows, T* gradient);

    // Makes one update a batch.
    void train(State<T>& state, const Lesson<T>& lesson);

  private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

extern template class Network<float>;
extern template class Network<double>;

}  // namespace rosenblatt
