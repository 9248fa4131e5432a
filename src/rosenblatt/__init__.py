"""Multi-layer perceptrons: from the perceptron to a Keras-like Sequential."""
