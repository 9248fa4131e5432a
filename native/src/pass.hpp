// One batch's way through a network, forward and back, walked by all members of a team at once.
//
// A member's own rows are its share of the batch: what is done row by row needs no meeting. Where a layer sums over all
// inputs with weights too many to be read by everyone, the members share the sums instead, and meet before and after.
#pragma once

#include "kernels.hpp"
#include "network.hpp"
#include "team.hpp"
#include "workspace.hpp"

namespace rosenblatt {

// What a member of a team has for itself.
template <class T>
struct Desk {
    explicit Desk(int64_t capacity);

    Buffer<T> panel;                // a piece of a matrix, copied or turned
    Buffer<T> gradient;             // a piece of a gradient on its way to an update
    std::vector<const T*> samples;  // the batch's rows where they lie in the caller's memory
};

// Rows of w whose gradient is made and applied at a time: enough for the vectors of dz that are in the first cache to be
// used again, few enough for the gradient to stay there as well.
constexpr int64_t GRADIENT_ROWS = 16, GRADIENT_COLUMNS = 512;

constexpr int64_t ROW_GRAIN = 8;      // the height of a tile of the products
constexpr int64_t COLUMN_GRAIN = 16;  // columns are dealt out by the cache line

// Which rows of the caller's are this batch, and how the layers that know of training behave.
struct Batch {
    Samples x;
    const int64_t* order = nullptr;  // null: rows 0, 1, 2 ... from x on
    int64_t count = 0;
    bool training = false;
    int64_t step = 0;
    const int64_t* next_order = nullptr;  // the rows of the next batch, to be fetched in good time
    int64_t next_count = 0;
};

// A batch's step as one member of the team sees it.
template <class T>
struct Step {
    const Member& member;
    Desk<T>& desk;
    const State<T>& state;
    Batch batch;

    // The rows of the batch that are the member's own: its share, in tiles of the products.
    Range own_rows() const { return member.share(batch.count, ROW_GRAIN); }
};

template <class T>
class Pass {
  public:
    Pass(const Plan& plan, const Kernels<T>& kernels, Workspace<T>& workspace);

    // Computes every layer's output. Afterwards each member's own rows of the last are done.
    void forward(const Step<T>& step);

    // From dL/dy of the last layer on the member's own rows: dL/dz or dL/dy of every layer that learns or has one that
    // learns below it.
    void backward(const Step<T>& step);

    // The input of a layer as pointers to its rows.
    const T* const* input_rows(const Step<T>& step, size_t layer) const;
    // The input of a layer as rows of the workspace; the first layer's only where the samples were converted.
    Rows<T> input_block(size_t layer) const;

    // Whether the first layer reads the caller's rows where they lie.
    bool reads_samples(const Batch& batch) const;

  private:
    void take_in(const Step<T>& step);
    void dense(const Step<T>& step, size_t index);
    void dense_back(const Step<T>& step, size_t index);
    void batch_normalization(const Step<T>& step, size_t index);
    void batch_normalization_back(const Step<T>& step, size_t index);
    static bool is_shared(const Member& member, const Layer& layer);

    const Plan& plan_;
    const Kernels<T>& kernels_;
    Workspace<T>& workspace_;
    size_t lowest_learning_;
};

}  // namespace rosenblatt
