#include "learning.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace rosenblatt {
namespace {

constexpr int64_t PIECE = 4096;  // numbers of a gradient whose squares are summed at a time

int64_t pieces_of(int64_t count, int64_t piece) { return (count + piece - 1) / piece; }

void fetch(const void* address) {
#if defined(__GNUC__)
    __builtin_prefetch(address, 0, 2);  // to be read, into the second cache
#else
    static_cast<void>(address);
#endif
}

}  // namespace

template <class T>
Learning<T>::Learning(const Plan& plan, const Kernels<T>& kernels, const Pass<T>& pass, const Workspace<T>& workspace)
    : plan_(plan), kernels_(kernels), pass_(pass), workspace_(workspace) {
    size_t penalties = 0, squares = 0;
    const auto add = [&](const ArrayPlan& array, int64_t places) {
        const Array added{array, penalties};
        if (array.l1 > 0 || array.l2 > 0) penalties += static_cast<size_t>(places);
        squares += static_cast<size_t>(pieces_of(array.size, PIECE));
        return added;
    };
    for (const Layer& layer : plan.layers) {
        const bool is_dense = layer.kind == LayerKind::dense;
        const int64_t column_pieces = pieces_of(layer.outputs, COLUMN_GRAIN);
        first_.push_back(add(layer.first, is_dense ? layer.inputs * pieces_of(layer.outputs, GRADIENT_COLUMNS)
                                                   : column_pieces));
        second_.push_back(add(layer.second, column_pieces));
    }
    penalties_.resize(penalties);
    squares_.resize(squares);
    if (clips_by_length()) whole_ = Buffer<T>(parameter_count(plan));
}

template <class T>
bool Learning<T>::clips_by_length() const {
    return plan_.optimizer.clip_norm > 0 || plan_.optimizer.global_clip_norm > 0;
}

template <class T>
double Learning<T>::penalties() const {
    return std::accumulate(penalties_.begin(), penalties_.end(), 0.0);
}

template <class T>
void Learning<T>::learn(const Step<T>& step, double rate) {
    const UpdateStep update = update_step(plan_.optimizer, step.batch.step, rate);
    if (!clips_by_length()) {
        all_layers(step, {nullptr, &update});
        return;
    }
    all_layers(step, {whole_.get(), nullptr});
    apply_clipped(step, update);
}

template <class T>
void Learning<T>::differentiate(const Step<T>& step, T* gradient) {
    all_layers(step, {gradient, nullptr});
}

template <class T>
void Learning<T>::all_layers(const Step<T>& step, const Use& use) {
    for (size_t index = plan_.layers.size(); index-- > 0;) {
        const Layer& layer = plan_.layers[index];
        if (!layer.trainable) continue;
        const LayerBlocks<T>& blocks = workspace_.layers[index];
        const Rows<T> dy = blocks.dy.rows.part(0, step.batch.count);
        const auto sums = [&](Range columns, T* out) { kernels_.column_sums(dy.columns(columns.begin, columns.end), out); };
        if (layer.kind == LayerKind::dense) {
            kernel(step, index, use);
            if (layer.second) vector(step, second_[index], use, sums);
        } else if (layer.kind == LayerKind::prelu) {
            const Rows<T> x = pass_.input_block(index).part(0, step.batch.count);
            vector(step, first_[index], use, [&](Range columns, T* out) {
                kernels_.prelu_alpha_gradient(dy.columns(columns.begin, columns.end),
                                              x.columns(columns.begin, columns.end), out);
            });
        } else {  // the normalizations' gamma and beta
            const Rows<T> n = blocks.normalized.rows.part(0, step.batch.count);
            if (layer.first)
                vector(step, first_[index], use, [&](Range columns, T* out) {
                    kernels_.column_sums_of_products(dy.columns(columns.begin, columns.end),
                                                     n.columns(columns.begin, columns.end), out);
                });
            if (layer.second) vector(step, second_[index], use, sums);
        }
    }
}

// dw = x^T dz, for the member's own rows of w.
template <class T>
void Learning<T>::kernel(const Step<T>& step, size_t index, const Use& use) {
    const Layer& layer = plan_.layers[index];
    const Array& array = first_[index];
    const bool is_penalized = array.plan.l1 > 0 || array.plan.l2 > 0;
    const Rows<T> dz = workspace_.layers[index].dy.rows;
    const T* const* x = pass_.input_rows(step, index);
    const Range own = step.member.share(layer.inputs, ROW_GRAIN);
    for (int64_t row = own.begin; row < own.end; row += GRADIENT_ROWS) {
        const int64_t rows = std::min(GRADIENT_ROWS, own.end - row);
        if (index == 0 && pass_.reads_samples(step.batch))
            fetch_ahead(step, own, (row - own.begin) / GRADIENT_ROWS, pieces_of(own.size(), GRADIENT_ROWS));
        for (int64_t column = 0; column < layer.outputs; column += GRADIENT_COLUMNS) {
            const int64_t columns = std::min(GRADIENT_COLUMNS, layer.outputs - column);
            const int64_t start = array.plan.start + row * layer.outputs + column;
            T* gradient = use.whole ? use.whole + start : step.desk.gradient.get();
            const int64_t stride = use.whole ? layer.outputs : columns;
            kernels_.outer(x, row, rows, dz.data + column, dz.stride, step.batch.count, columns, gradient, stride);
            if (is_penalized)
                for (int64_t r = 0; r < rows; ++r) {
                    const int64_t place = (row + r) * pieces_of(layer.outputs, GRADIENT_COLUMNS) + column / GRADIENT_COLUMNS;
                    penalties_[array.penalty + static_cast<size_t>(place)] =
                        kernels_.penalize(array.plan.l1, array.plan.l2, step.state.params + start + r * layer.outputs,
                                          gradient + r * stride, columns);
                }
            if (use.whole) continue;
            if (columns == layer.outputs) {
                apply(step, use, start, gradient, rows * columns);
                continue;
            }
            for (int64_t r = 0; r < rows; ++r)
                apply(step, use, start + r * layer.outputs, gradient + r * stride, columns);
        }
    }
}

// The gradient of an array with one number a column, for the member's own columns.
template <class T>
template <class Gradient>
void Learning<T>::vector(const Step<T>& step, const Array& array, const Use& use, Gradient gradient_of_columns) {
    const Range own = step.member.share(array.plan.size, COLUMN_GRAIN);
    const bool is_penalized = array.plan.l1 > 0 || array.plan.l2 > 0;
    for (int64_t column = own.begin; column < own.end; column += GRADIENT_COLUMNS) {
        const Range columns{column, std::min(column + GRADIENT_COLUMNS, own.end)};
        const int64_t start = array.plan.start + column;
        T* gradient = use.whole ? use.whole + start : step.desk.gradient.get();
        gradient_of_columns(columns, gradient);
        for (int64_t from = 0; is_penalized && from < columns.size(); from += COLUMN_GRAIN)
            penalties_[array.penalty + static_cast<size_t>((column + from) / COLUMN_GRAIN)] =
                kernels_.penalize(array.plan.l1, array.plan.l2, step.state.params + start + from, gradient + from,
                                  std::min(COLUMN_GRAIN, columns.size() - from));
        if (!use.whole) apply(step, use, start, gradient, columns.size());
    }
}

template <class T>
void Learning<T>::apply(const Step<T>& step, const Use& use, int64_t start, T* gradient, int64_t count, double scale) {
    kernels_.update(plan_.optimizer, *use.update, scale, step.state.params + start, gradient,
                    step.state.slots.from(start), count);
}

// The gradient scaled so that its length, of each array or of all together, is no longer than asked; then applied.
template <class T>
void Learning<T>::apply_clipped(const Step<T>& step, const UpdateStep& update) {
    std::vector<const ArrayPlan*> arrays;
    for (size_t index = 0; index < plan_.layers.size(); ++index)
        for (const Array* array : {&first_[index], &second_[index]})
            if (plan_.layers[index].trainable && array->plan) arrays.push_back(&array->plan);

    step.member.meet();
    size_t place = 0;
    for (const ArrayPlan* array : arrays) {
        const Range own = step.member.share(pieces_of(array->size, PIECE));
        for (int64_t piece = own.begin; piece < own.end; ++piece)
            squares_[place + static_cast<size_t>(piece)] =
                kernels_.sum_of_squares(whole_.get() + array->start + piece * PIECE,
                                        std::min(PIECE, array->size - piece * PIECE));
        place += static_cast<size_t>(pieces_of(array->size, PIECE));
    }
    step.member.meet();

    const double all_squares = std::accumulate(squares_.begin(), squares_.begin() + static_cast<std::ptrdiff_t>(place), 0.0);
    auto squares = squares_.begin();
    for (const ArrayPlan* array : arrays) {
        const auto end = squares + static_cast<std::ptrdiff_t>(pieces_of(array->size, PIECE));
        const double scale = clipping_scale(std::accumulate(squares, end, 0.0), all_squares);
        squares = end;
        const Range own = step.member.share(array->size, COLUMN_GRAIN);
        const int64_t start = array->start + own.begin;
        apply(step, {nullptr, &update}, start, whole_.get() + start, own.size(), scale);
    }
}

template <class T>
double Learning<T>::clipping_scale(double squares, double all_squares) const {
    const bool each = plan_.optimizer.clip_norm > 0;
    const double longest = each ? plan_.optimizer.clip_norm : plan_.optimizer.global_clip_norm;
    return longest / std::max(std::sqrt(each ? squares : all_squares), longest);
}

// Asks for the next batch's samples, a piece at a time while this batch is learnt: the columns that will be the member's.
template <class T>
void Learning<T>::fetch_ahead(const Step<T>& step, Range inputs, int64_t piece, int64_t pieces) const {
    const Batch& batch = step.batch;
    const int64_t bytes = inputs.size() * static_cast<int64_t>(sizeof(T));
    const int64_t begin = batch.next_count * piece / pieces, end = batch.next_count * (piece + 1) / pieces;
    for (int64_t i = begin; i < end; ++i) {
        const T* row = static_cast<const T*>(batch.x.data) + batch.next_order[i] * batch.x.stride + inputs.begin;
        for (int64_t byte = 0; byte < bytes; byte += CACHE_LINE) fetch(reinterpret_cast<const char*>(row) + byte);
    }
}

template class Learning<float>;
template class Learning<double>;

}  // namespace rosenblatt
