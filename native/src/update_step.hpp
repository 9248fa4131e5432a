// What of an update is the same for every parameter: the constants of one step, computed once in double.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>

#include "plan.hpp"

namespace rosenblatt {

struct UpdateStep {
    double rate = 0;            // with the correction of adam and adamax for averages that start at zero
    double decay = 1;           // w <- decay w, before the rule
    double clip_value = 0;      // -clip_value <= g <= clip_value; 0: not clipped
    double ahead = 0, now = 0;  // nadam: m^ = ahead m + now g
    double correction = 1;      // nadam: v^ = v / correction
    double average_momentum = 0;
    bool overwrites = false;    // the weights take the value of their moving average
};

// The product of 1 - 0.96^i / 2 over i = 1 ... t, nadam's warm-up. After a thousand factors the next one is 1 to the
// last bit.
inline double nadam_warm_up(int64_t t) {
    static const std::array<double, 1000> products = [] {
        std::array<double, 1000> of;
        double product = 1;
        for (size_t i = 0; i < of.size(); ++i) of[i] = product *= 1 - 0.5 * std::pow(0.96, static_cast<double>(i + 1));
        return of;
    }();
    return products[static_cast<size_t>(t < 1000 ? t : 1000) - 1];
}

// The constants of the update that follows `step` others, at learning rate `rate`.
inline UpdateStep update_step(const Optimizer& o, int64_t step, double rate) {
    const auto t = static_cast<double>(step + 1);
    UpdateStep s;
    s.rate = rate;
    s.decay = 1 - o.weight_decay * rate;
    s.clip_value = o.clip_norm > 0 || o.global_clip_norm > 0 ? 0 : o.clip_value;
    if (o.kind == OptimizerKind::adam)
        s.rate = rate * std::sqrt(1 - std::pow(o.beta_2, t)) / (1 - std::pow(o.beta_1, t));
    if (o.kind == OptimizerKind::adamax) s.rate = rate / (1 - std::pow(o.beta_1, t));
    if (o.kind == OptimizerKind::nadam) {
        const auto momentum = [&](double i) { return o.beta_1 * (1 - 0.5 * std::pow(0.96, i)); };
        s.ahead = momentum(t + 1) / (1 - std::pow(o.beta_1, t + 1) * nadam_warm_up(step + 2));
        s.now = (1 - momentum(t)) / (1 - std::pow(o.beta_1, t) * nadam_warm_up(step + 1));
        s.correction = 1 - std::pow(o.beta_2, t);
    }
    s.average_momentum = step == 0 ? 0 : o.average_momentum;  // it starts at the weights after the first step
    const int64_t frequency = o.average_overwrite_frequency;
    s.overwrites = o.use_average && frequency > 0 && (step + 1) % frequency == 0;
    return s;
}

}  // namespace rosenblatt
