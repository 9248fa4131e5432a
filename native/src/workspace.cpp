#include "workspace.hpp"

namespace rosenblatt {

template <class T>
Workspace<T>::Workspace(const Plan& plan, int64_t rows, bool training)
    : capacity(rows),
      input(rows, plan.inputs),
      outputs(rows, plan.outputs()),
      target(rows, plan.outputs()),
      labels(static_cast<size_t>(rows)),
      share(static_cast<size_t>(rows)),
      values(static_cast<size_t>(rows)) {
    for (const Layer& layer : plan.layers) {
        LayerBlocks<T>& blocks = layers.emplace_back();
        const bool has_activation = layer.kind == LayerKind::dense || layer.kind == LayerKind::activation;
        blocks.y = Block<T>(rows, layer.outputs);
        if (has_activation && derivative_needs_z(layer.activation)) blocks.z = Block<T>(rows, layer.outputs);
        if (training) blocks.dy = Block<T>(rows, layer.outputs);
        if (layer.kind == LayerKind::batch_normalization || layer.kind == LayerKind::layer_normalization) {
            blocks.normalized = Block<T>(rows, layer.outputs);
            blocks.deviation = Buffer<T>(std::max(rows, padded_stride<T>(layer.outputs)));
        }
        if (layer.kind == LayerKind::dense && part_count(layer.inputs) > 1)
            for (int64_t part = 0; part < part_count(layer.inputs); ++part)
                blocks.parts.emplace_back(rows * padded_stride<T>(layer.outputs));
    }
}

template struct Workspace<float>;
template struct Workspace<double>;

}  // namespace rosenblatt
