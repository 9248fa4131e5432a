"""Estimators for scikit-learn: the import line changes, the rest of the program stays.

    from rosenblatt.sklearn import MLPClassifier, MLPRegressor      # for sklearn.neural_network
    from rosenblatt.sklearn import Perceptron                       # for sklearn.linear_model

They take scikit-learn's parameters, with its defaults and its messages, learn the same numbers from the same
``random_state`` (to rounding), and have its attributes; besides they take what scikit-learn refuses. The trained
network is ``model_``, a `rosenblatt.Sequential`, which can be drawn, saved and exported.

    multilayer.py   the two multi-layer estimators
    base.py         what they have in common: what fit, partial_fit and predict do, step by step
    parameters.py   which parameters are allowed
    networks.py     from parameters to a network and back: layers, the start of the weights, coefs_, optimizer
    objective.py    what is minimised: loss, weights of the rows, penalties; and how a batch is handed to an engine
    solvers.py      stochastic training, epoch by epoch, and L-BFGS
    perceptron.py   Rosenblatt's own: classes, weights of the rows, when to stop
    binary.py       one yes-or-no perceptron on an engine, and rows put in order

scikit-learn and SciPy are the extra ``sklearn``: ``pip install 'rosenblatt[sklearn]'``.
"""

from rosenblatt.errors import MissingExtraError

try:
    import scipy  # noqa: F401  (asked for here, so that the message names the extra)
    import sklearn  # noqa: F401
except ImportError as missing:
    raise MissingExtraError("rosenblatt.sklearn", "sklearn", "scikit-learn") from missing

from rosenblatt.sklearn.multilayer import MLPClassifier, MLPRegressor
from rosenblatt.sklearn.perceptron import Perceptron

__all__ = ["MLPClassifier", "MLPRegressor", "Perceptron"]
