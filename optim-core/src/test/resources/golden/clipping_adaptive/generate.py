"""Writes the file of this folder with Optax: python generate.py"""
import json
import random

import jax

jax.config.update("jax_enable_x64", True)
import jax.numpy as jnp
import numpy as np
import optax

rng = random.Random(7)
cases = []
for shape in ([], [1], [5], [4, 3], [1, 4], [5, 1], [2, 3, 4], [2, 2, 3, 4], [2, 1, 2, 3, 2]):
    n = int(np.prod(shape))
    parameter = np.array([round(rng.gauss(0, 0.1), 6) for _ in range(n)])
    gradient = np.array([round(rng.gauss(0, 0.01), 6) for _ in range(n)])
    if n > 2:
        parameter[:2] = 0
    for clipping, eps in ((0.05, 1e-3), (0.2, 1e-3), (0.2, 0.5)):
        clip = optax.adaptive_grad_clip(clipping, eps)
        value = jnp.array(parameter).reshape(shape)
        clipped, _ = clip.update(jnp.array(gradient).reshape(shape), clip.init(value), value)
        cases.append({"shape": shape, "clipping": clipping, "epsilon": eps,
                      "parameter": parameter.tolist(), "gradient": gradient.tolist(),
                      "clipped": np.array(clipped).reshape(-1).tolist()})
with open("adaptive.json", "w") as file:
    json.dump({"source": "Optax " + optax.__version__ + " adaptive_grad_clip", "cases": cases}, file, indent=1)
    file.write("\n")
