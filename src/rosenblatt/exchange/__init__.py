"""Files and models of other programs: what goes where.

    from and to             in which words                                          where it is translated
    .keras                  load_model, model.save, model.load_weights              keras_files, keras_configs
    .weights.h5             model.save_weights, model.load_weights                  keras_files
    .h5                     load_model, model.load_weights; not written             keras_files
    .onnx                   load_model, model.export                                onnx_reading, onnx_writing
    .c .py .js              model.export; not read                                  programs
    PyTorch                 models.from_torch, model.to_torch                       torch_models
    scikit-learn            models.from_sklearn; not back                           sklearn_models

Containers are read within bounds and nothing in a file is ever executed: ``archives`` has zip files, ``hdf5`` the files
of that name. The library's own format, which keeps everything, is ``.safetensors`` (see ``rosenblatt.saving``).
"""
