"""XOR, the smallest problem that no single neuron solves, by a hidden layer of six.

python examples/xor.py
"""

from rosenblatt import Sequential
from rosenblatt.datasets import points
from rosenblatt.layers import Dense
from rosenblatt.optimizers import Adam

x, y = points.gate("XOR")

single = Sequential(Dense(1, activation="sigmoid", input_shape=(2,)), seed=1)
hidden = Sequential([Dense(6, activation="tanh", input_shape=(2,)), Dense(1, activation="sigmoid")], seed=1)

for name, model in {"one neuron": single, "six hidden neurons": hidden}.items():
    model.compile(optimizer=Adam(0.05), loss="binary_crossentropy", metrics=["accuracy"])
    model.fit(x, y, epochs=300, batch_size=4, verbose=0)
    loss, accuracy = model.evaluate(x, y, verbose=0)
    print(f"{name}: loss {loss:.4f}, {4 * accuracy:.0f} of 4 right")
    for row, output in zip(x, model.predict(x), strict=True):
        print(f"  {row[0]:.0f} {row[1]:.0f} -> {output[0]:.3f}")
