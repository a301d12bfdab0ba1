"""Writes by-numpy.npz: a state that no line of descent4j has touched.

python3 by_numpy.py
"""

import json
import zipfile

import numpy

arrays = {
    "w/m": numpy.asfortranarray(numpy.arange(6, dtype="<f4").reshape(2, 3)),
    "w/v": numpy.arange(6, dtype="<f4").reshape(2, 3) / 8,
    "b%2Fias/m": numpy.array(0.1, dtype="<f8"),
    "b%2Fias/v": numpy.array(1e-300, dtype="<f8"),
}
parameter = {"w": ("float32", [2, 3]), "b/ias": ("float64", [])}
description = {
    "format": "descent4j",
    "version": 1,
    "content": "optimizer state",
    "optimizer": {
        "rule": "Adam",
        "hyperparameters": {
            "learningRate": 0.001,
            "beta1": 0.9,
            "beta2": 0.999,
            "epsilon": 1e-08,
            "epsilonHat": False,
            "weightDecay": "none",
        },
        "steps": 12,
        "parameters": {
            name: {"type": kind, "shape": shape, "order": "c", "steps": 12}
            for name, (kind, shape) in parameter.items()
        },
    },
    "arrays": {
        name: {"type": array.dtype.name, "shape": list(array.shape)}
        for name, array in arrays.items()
    },
}

numpy.savez("by-numpy.npz", **arrays)
with zipfile.ZipFile("by-numpy.npz", "a") as archive:
    archive.writestr("descent4j.json", json.dumps(description))
