#include "pass.hpp"

#include <algorithm>
#include <array>

#include "blocking.hpp"

namespace rosenblatt {
namespace {

// A dense layer with fewer weights is computed by every member for its own rows: to read the weights that another
// member has just changed costs less than to meet twice.
constexpr int64_t WEIGHTS_TO_SHARE = 4096;

bool is_linear(const Activation& f) { return f.kind == ActivationKind::linear; }

bool learns(const Layer& layer) { return layer.trainable && (layer.first || layer.second); }

size_t lowest_that_learns(const Plan& plan) {
    const auto lowest = std::find_if(plan.layers.begin(), plan.layers.end(), learns);
    return static_cast<size_t>(lowest - plan.layers.begin());
}

// The parameters of an array; null where there is none.
template <class T>
const T* numbers(const T* vector, const ArrayPlan& array) {
    return array ? vector + array.start : nullptr;
}

template <class T>
constexpr Element ELEMENT = sizeof(T) == sizeof(float) ? Element::float32 : Element::float64;

}  // namespace

bool derivative_needs_z(const Activation& f) {
    switch (f.kind) {
        case ActivationKind::gelu:
        case ActivationKind::silu:
        case ActivationKind::softsign:
        case ActivationKind::mish:
        case ActivationKind::hard_sigmoid:
            return true;
        case ActivationKind::relu:  // y > 0 tells that z > 0 where no option is used
            return f.negative_slope != 0 || f.threshold != 0;
        case ActivationKind::leaky_relu:
            return f.negative_slope < 0;
        case ActivationKind::elu:
            return f.alpha < 0;
        default:
            return false;
    }
}

template <class T>
Desk<T>::Desk(int64_t capacity)
    : panel(PANEL_BYTES / static_cast<int64_t>(sizeof(T))), gradient(GRADIENT_ROWS * GRADIENT_COLUMNS), samples(static_cast<size_t>(capacity)) {}

template <class T>
Pass<T>::Pass(const Plan& plan, const Kernels<T>& kernels, Workspace<T>& workspace)
    : plan_(plan), kernels_(kernels), workspace_(workspace), lowest_learning_(lowest_that_learns(plan)) {}

template <class T>
const T* const* Pass<T>::input_rows(const Step<T>& step, size_t layer) const {
    if (layer > 0) return workspace_.layers[layer - 1].y.pointers.data();
    return reads_samples(step.batch) ? step.desk.samples.data() : workspace_.input.pointers.data();
}

// A dense layer takes rows by pointers; all others, and rows of other types, need them in the workspace.
template <class T>
bool Pass<T>::reads_samples(const Batch& batch) const {
    return batch.x.element == ELEMENT<T> && plan_.layers.front().kind == LayerKind::dense;
}

template <class T>
Rows<T> Pass<T>::input_block(size_t layer) const {
    return layer > 0 ? workspace_.layers[layer - 1].y.rows : workspace_.input.rows;
}

template <class T>
bool Pass<T>::is_shared(const Member& member, const Layer& layer) {
    return member.count() > 1 && layer.inputs * layer.outputs >= WEIGHTS_TO_SHARE;
}

// Notes where the batch's rows lie, or converts the member's own ones.
template <class T>
void Pass<T>::take_in(const Step<T>& step) {
    if (reads_samples(step.batch)) {
        const T* first = static_cast<const T*>(step.batch.x.data);
        for (int64_t i = 0; i < step.batch.count; ++i)
            step.desk.samples[static_cast<size_t>(i)] = first + (step.batch.order ? step.batch.order[i] : i) * step.batch.x.stride;
        return;
    }
    const Range own = step.own_rows();
    kernels_.gather(step.batch.x.data, step.batch.x.element, step.batch.x.stride, step.batch.order, own.begin,
                    workspace_.input.rows.part(own.begin, own.end));
}

template <class T>
void Pass<T>::forward(const Step<T>& step) {
    take_in(step);
    const Range own = step.own_rows();
    for (size_t index = 0; index < plan_.layers.size(); ++index) {
        const Layer& layer = plan_.layers[index];
        LayerBlocks<T>& blocks = workspace_.layers[index];
        const Rows<T> x = input_block(index).part(own.begin, own.end), y = blocks.y.rows.part(own.begin, own.end);
        switch (layer.kind) {
            case LayerKind::dense:
                dense(step, index);
                break;
            case LayerKind::activation:
                if (blocks.z.rows.data != nullptr) copy(x, blocks.z.rows.part(own.begin, own.end));
                kernels_.activate(layer.activation, x, y);
                break;
            case LayerKind::prelu:
                kernels_.prelu(x, step.state.params + layer.first.start, y);
                break;
            case LayerKind::rescaling:
                kernels_.rescale(x, layer.scale, layer.offset, y);
                break;
            case LayerKind::normalization:
                kernels_.standardize(x, step.state.statistics + layer.mean.start, step.state.statistics + layer.variance.start,
                                     layer.mean.size, y);
                break;
            case LayerKind::dropout:
                if (step.batch.training && layer.rate > 0) kernels_.dropout(layer, static_cast<uint32_t>(step.batch.step), own.begin, x, y);
                else copy(x, y);
                break;
            case LayerKind::gaussian_noise:
                if (step.batch.training && layer.stddev > 0) kernels_.gaussian_noise(layer, static_cast<uint32_t>(step.batch.step), own.begin, x, y);
                else copy(x, y);
                break;
            case LayerKind::layer_normalization:
                kernels_.layer_normalization(x, numbers(step.state.params, layer.first), numbers(step.state.params, layer.second),
                                             layer.epsilon, blocks.normalized.rows.part(own.begin, own.end),
                                             blocks.deviation.get() + own.begin, y);
                break;
            case LayerKind::batch_normalization:
                batch_normalization(step, index);
                break;
        }
    }
}

// z = x w + b, y = f(z).
template <class T>
void Pass<T>::dense(const Step<T>& step, size_t index) {
    const Layer& layer = plan_.layers[index];
    LayerBlocks<T>& blocks = workspace_.layers[index];
    const Rows<T> z = blocks.z_rows();
    const T* w = step.state.params + layer.first.start;
    const T* const* x = input_rows(step, index);
    const int64_t parts = part_count(layer.inputs), inputs_a_part = (layer.inputs + parts - 1) / parts;
    // The sum is (part 0 + part 1) + (part 2 + part 3), the same for any number of members. Where one member has two
    // neighbours and each is short enough to be made at once, the second is added in the place of the first.
    const bool shared = is_shared(step.member, layer), in_pairs = !(shared && step.member.count() > 2);
    const int64_t parts_a_sum = parts > 1 && in_pairs && inputs_a_part <= DEPTH ? 2 : 1, sums = parts / parts_a_sum;
    const auto sum = [&](int64_t i) { return parts == 1 ? z.data : blocks.parts[static_cast<size_t>(i)].get(); };

    // Rows begin .. end of one of the sums.
    const auto multiply = [&](int64_t i, int64_t begin, int64_t end) {
        for (int64_t part = i * parts_a_sum; part < (i + 1) * parts_a_sum && begin < end; ++part) {
            const int64_t input = part * inputs_a_part, depth = std::min(inputs_a_part, layer.inputs - input);
            kernels_.multiply(x + begin, input, end - begin, w + input * layer.outputs, layer.outputs, depth,
                              layer.outputs, sum(i) + begin * z.stride, z.stride, step.desk.panel.get(),
                              part > i * parts_a_sum);
        }
    };

    const Range own = step.own_rows();
    if (shared) {
        if (index > 0 || !reads_samples(step.batch)) step.member.meet();
        // The rows of all sums stand in one line, which is cut into equal pieces: a member has whole sums where it can.
        const int64_t line = (step.batch.count + ROW_GRAIN - 1) / ROW_GRAIN * ROW_GRAIN;
        const Range piece = step.member.share(sums * line, ROW_GRAIN);
        for (int64_t i = 0; i < sums; ++i)
            multiply(i, std::max<int64_t>(piece.begin - i * line, 0), std::min(piece.end - i * line, step.batch.count));
        step.member.meet();
    } else {
        for (int64_t i = 0; i < sums; ++i) multiply(i, own.begin, own.end);
    }

    const Rows<T> own_z = z.part(own.begin, own.end);
    std::array<const T*, 4> own_sums{};
    for (int64_t i = 0; i < sums; ++i) own_sums[static_cast<size_t>(i)] = sum(i) + own.begin * z.stride;
    if (parts > 1 || layer.second)
        kernels_.combine(own_sums.data(), sums, numbers(step.state.params, layer.second), own_z);
    if (!is_linear(layer.activation))
        kernels_.activate(layer.activation, own_z, blocks.y.rows.part(own.begin, own.end));
}

template <class T>
void Pass<T>::batch_normalization(const Step<T>& step, size_t index) {
    const Layer& layer = plan_.layers[index];
    LayerBlocks<T>& blocks = workspace_.layers[index];
    const T* gamma = numbers(step.state.params, layer.first);
    const T* beta = numbers(step.state.params, layer.second);
    T* mean = step.state.statistics + layer.mean.start;
    T* variance = step.state.statistics + layer.variance.start;
    if (!(step.batch.training && layer.trainable)) {
        const Range own = step.own_rows();
        kernels_.normalize_by(input_block(index).part(own.begin, own.end), mean, variance, gamma, beta, layer.epsilon,
                              blocks.y.rows.part(own.begin, own.end));
        return;
    }
    // A mean over the batch needs all rows of a column: the members share the columns.
    step.member.meet();
    const Range own = step.member.share(layer.outputs, COLUMN_GRAIN);
    const auto columns = [&](Rows<T> rows) { return rows.part(0, step.batch.count).columns(own.begin, own.end); };
    if (own.size() > 0)
        kernels_.batch_normalization(columns(input_block(index)), gamma ? gamma + own.begin : nullptr,
                                     beta ? beta + own.begin : nullptr, layer.epsilon, layer.momentum, mean + own.begin,
                                     variance + own.begin, columns(blocks.normalized.rows),
                                     blocks.deviation.get() + own.begin, columns(blocks.y.rows));
    step.member.meet();
}

template <class T>
void Pass<T>::backward(const Step<T>& step) {
    const Range own = step.own_rows();
    for (size_t index = plan_.layers.size(); index-- > lowest_learning_;) {
        const Layer& layer = plan_.layers[index];
        LayerBlocks<T>& blocks = workspace_.layers[index];
        const auto mine = [&](const Block<T>& block) { return block.rows.part(own.begin, own.end); };
        const Rows<T> dy = mine(blocks.dy);
        if (layer.kind == LayerKind::dense) {
            if (!is_linear(layer.activation))
                kernels_.activate_gradient(layer.activation, dy, blocks.z_rows().part(own.begin, own.end),
                                           mine(blocks.y), dy);
            if (index > lowest_learning_) dense_back(step, index);
            continue;
        }
        if (index == lowest_learning_) break;
        const Rows<T> dx = mine(workspace_.layers[index - 1].dy);
        switch (layer.kind) {
            case LayerKind::activation: {
                const Rows<T> z = blocks.z.rows.data != nullptr ? mine(blocks.z) : mine(blocks.y);
                kernels_.activate_gradient(layer.activation, dy, z, mine(blocks.y), dx);
                break;
            }
            case LayerKind::prelu:
                kernels_.prelu_gradient(dy, input_block(index).part(own.begin, own.end),
                                        step.state.params + layer.first.start, dx);
                break;
            case LayerKind::rescaling:
                kernels_.rescale(dy, layer.scale, 0, dx);
                break;
            case LayerKind::normalization:
                kernels_.standardize_gradient(dy, step.state.statistics + layer.variance.start, layer.variance.size, dx);
                break;
            case LayerKind::dropout:
                if (layer.rate > 0) kernels_.dropout(layer, static_cast<uint32_t>(step.batch.step), own.begin, dy, dx);
                else copy(dy, dx);
                break;
            case LayerKind::gaussian_noise:
                copy(dy, dx);
                break;
            case LayerKind::layer_normalization:
                kernels_.layer_normalization_gradient(dy, mine(blocks.normalized), blocks.deviation.get() + own.begin,
                                                      numbers(step.state.params, layer.first), dx);
                break;
            case LayerKind::batch_normalization:
                batch_normalization_back(step, index);
                break;
            case LayerKind::dense:
                break;
        }
    }
}

// dx = dz w^T.
template <class T>
void Pass<T>::dense_back(const Step<T>& step, size_t index) {
    const Layer& layer = plan_.layers[index];
    const Block<T>& dz = workspace_.layers[index].dy;
    const Rows<T> dx = workspace_.layers[index - 1].dy.rows;
    const T* w = step.state.params + layer.first.start;
    const bool shared = is_shared(step.member, layer);
    const Range rows = shared ? Range{0, step.batch.count} : step.own_rows();
    const Range inputs = shared ? step.member.share(layer.inputs, COLUMN_GRAIN) : Range{0, layer.inputs};
    if (shared) step.member.meet();
    if (rows.size() > 0 && inputs.size() > 0)
        kernels_.multiply_transposed(dz.pointers.data() + rows.begin, rows.size(), w + inputs.begin * layer.outputs,
                                     layer.outputs, layer.outputs, inputs.size(), dx.row(rows.begin) + inputs.begin,
                                     dx.stride, step.desk.panel.get());
    if (shared) step.member.meet();
}

template <class T>
void Pass<T>::batch_normalization_back(const Step<T>& step, size_t index) {
    const Layer& layer = plan_.layers[index];
    LayerBlocks<T>& blocks = workspace_.layers[index];
    const Rows<T> dy = blocks.dy.rows, dx = workspace_.layers[index - 1].dy.rows;
    const T* gamma = numbers(step.state.params, layer.first);
    if (!layer.trainable) {
        const Range own = step.own_rows();
        kernels_.normalize_by_gradient(dy.part(own.begin, own.end), step.state.statistics + layer.variance.start, gamma,
                                       layer.epsilon, dx.part(own.begin, own.end));
        return;
    }
    step.member.meet();
    const Range own = step.member.share(layer.outputs, COLUMN_GRAIN);
    const auto columns = [&](Rows<T> rows) { return rows.part(0, step.batch.count).columns(own.begin, own.end); };
    if (own.size() > 0)
        kernels_.batch_normalization_gradient(columns(dy), columns(blocks.normalized.rows),
                                              blocks.deviation.get() + own.begin, gamma ? gamma + own.begin : nullptr,
                                              columns(dx));
    step.member.meet();
}

template struct Desk<float>;
template struct Desk<double>;
template class Pass<float>;
template class Pass<double>;

}  // namespace rosenblatt
