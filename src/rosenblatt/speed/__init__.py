"""Speed, measured: this machine, trainings of rosenblatt and of other libraries side by side.

    machine     processor, cores, and the most that one of them computes
    workloads   the networks that are trained, and their arithmetic, counted
    libraries   one function for each library: it trains an epoch of a workload
    turns       everything in processes of their own, asked in turn, so that a slow moment hits all alike

``rosenblatt bench`` prints it for users; ``python -m benchmarks``, in the repository, measures more.
"""
