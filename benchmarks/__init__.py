"""Speed, measured: ``python -m benchmarks`` prints figures beside targets, a section after the other.

    training    four networks, with every library that is installed, each with its fastest settings
    share       how much of one core's peak a training reaches, end to end
    predict     one row and many, beside onnxruntime and others
    small       networks of the lectures beside the NumPy that they are written in there
    scaling     time per sample against width, depth, batch and rows; cliffs are named
    beat        what a thread and Ctrl-C notice of a training
    imports     `import rosenblatt` beside `import numpy`

What the sections share with ``rosenblatt bench`` is the package ``rosenblatt.speed``.
"""
