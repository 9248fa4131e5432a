"""Predicting one row and many with the same 784-100-10 network, in and out as NumPy arrays, beside other libraries."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from importlib.util import find_spec

import numpy as np

from benchmarks.report import Target, print_heading, print_table
from rosenblatt.speed import prediction
from rosenblatt.speed.libraries import ALL, ONE, rosenblatt_model
from rosenblatt.speed.machine import cores
from rosenblatt.speed.turns import Job, Measure, measure_in_turn
from rosenblatt.speed.workloads import WORKLOADS, rows

Predict = Callable[[np.ndarray], np.ndarray]

WORKLOAD = WORKLOADS["W1"]


def numpy(w1: np.ndarray, b1: np.ndarray, w2: np.ndarray, b2: np.ndarray) -> Predict:
    """What one writes by hand."""

    def predict(x: np.ndarray) -> np.ndarray:
        y = np.exp((1 / (1 + np.exp(-(x @ w1 + b1)))) @ w2 + b2)
        return y / y.sum(axis=1, keepdims=True)

    return predict


def scikit_learn(w1: np.ndarray, b1: np.ndarray, w2: np.ndarray, b2: np.ndarray) -> Predict:
    """Without its checks of every number."""
    import warnings

    import sklearn
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    sklearn.set_config(assume_finite=True, skip_parameter_validation=True)
    warnings.simplefilter("ignore", ConvergenceWarning)
    model = MLPClassifier((100,), activation="logistic", max_iter=1).fit(*rows(WORKLOAD, 200))
    model.coefs_, model.intercepts_ = [w1, w2], [b1, b2]
    return model.predict_proba


def pytorch(w1: np.ndarray, b1: np.ndarray, w2: np.ndarray, b2: np.ndarray) -> Predict:
    import torch

    layers = [torch.nn.Linear(784, 100), torch.nn.Sigmoid(), torch.nn.Linear(100, 10), torch.nn.Softmax(dim=1)]
    model = torch.nn.Sequential(*layers).eval()
    with torch.no_grad():
        for layer, w, b in ((layers[0], w1, b1), (layers[2], w2, b2)):
            layer.weight.copy_(torch.from_numpy(w.T))
            layer.bias.copy_(torch.from_numpy(b))

    def predict(x: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            return model(torch.from_numpy(x)).numpy()

    return predict


def onnxruntime(w1: np.ndarray, b1: np.ndarray, w2: np.ndarray, b2: np.ndarray) -> Predict:
    """The graph is written by hand: two Gemm nodes and their activations."""
    import onnx
    import onnxruntime
    from onnx import helper, numpy_helper

    nodes = [
        helper.make_node("Gemm", ["x", "w1", "b1"], ["z1"]),
        helper.make_node("Sigmoid", ["z1"], ["y1"]),
        helper.make_node("Gemm", ["y1", "w2", "b2"], ["z2"]),
        helper.make_node("Softmax", ["z2"], ["y"], axis=1),
    ]
    graph = helper.make_graph(
        nodes,
        "mlp",
        [helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [None, 784])],
        [helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, [None, 10])],
        [numpy_helper.from_array(array, name) for name, array in {"w1": w1, "b1": b1, "w2": w2, "b2": b2}.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = cores()
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return lambda x: session.run(["y"], {"x": x})[0]


OTHERS = {  # the modules that must be installed, and how each is set up
    "onnxruntime": (("onnx", "onnxruntime"), onnxruntime),
    "NumPy": (("numpy",), numpy),
    "PyTorch": (("torch",), pytorch),
    "scikit-learn": (("sklearn",), scikit_learn),
}


def other(name: str, count: int) -> Measure:
    """Set another library up with the weights of our model, see that it predicts the same, and return the measure."""
    model = rosenblatt_model(WORKLOAD)
    x, _ = rows(WORKLOAD, count)
    predict = OTHERS[name][1](*model.get_weights())
    np.testing.assert_allclose(predict(x), model.predict(x), atol=1e-5)
    return lambda: prediction.seconds_a_call(lambda: predict(x))


def run(many: int, repeats: int) -> list[Target]:
    """Measure one row and many, the others with one thread and with all cores, whichever is faster."""
    print_heading(f"Predicting with {'-'.join(map(str, WORKLOAD.widths))}; medians of {repeats}, in turn")
    one_row, many_rows = (_fastest(_jobs(count), repeats) for count in (1, many))
    lines = []
    for name, (seconds, setting) in one_row.items():
        seconds_of_many, setting_of_many = many_rows[name]
        lines.append([name, f"{1e6 * seconds:.2f}", setting, f"{1e3 * seconds_of_many:.2f}", setting_of_many])
    print_table(["", "one row, us", "used with", f"{many:,} rows, ms", "used with"], lines)
    targets = [Target("one row by model.predictor()", 1e6 * one_row["model.predictor()"][0], 5, " us", at_most=True)]
    if "onnxruntime" in many_rows:
        ratio = many_rows["onnxruntime"][0] / many_rows["model.predict"][0]
        targets.append(Target(f"{many:,} rows: onnxruntime takes", ratio, 1, " times as long"))
    return targets


def _jobs(count: int) -> dict[tuple[str, str], Job]:
    """Return a job for each library and setting."""
    jobs = {
        ("model.predictor()", "as it is"): Job(prediction.predictor, (WORKLOAD, count)),
        ("model.predict", "as it is"): Job(prediction.predict, (WORKLOAD, count)),
    }
    for name, (modules, _) in OTHERS.items():
        if all(find_spec(module) is not None for module in modules):
            jobs |= {(name, ONE): Job(other, (name, count), 1), (name, ALL): Job(other, (name, count))}
    return jobs


def _fastest(jobs: dict[tuple[str, str], Job], repeats: int) -> dict[str, tuple[float, str]]:
    """Measure all in turn and return each library's best median, and the setting that reached it."""
    best: dict[str, tuple[float, str]] = {}
    for (name, setting), seconds in measure_in_turn(jobs, repeats).items():
        reached = statistics.median(seconds), setting
        best[name] = min(best.get(name, reached), reached)
    return best
