"""Writes the files of this folder with Optax and Keras: KERAS_BACKEND=jax python generate.py"""
import json
import os
import random

os.environ["KERAS_BACKEND"] = "jax"
import jax

jax.config.update("jax_enable_x64", True)
import jax.numpy as jnp
import keras
import numpy as np
import optax

keras.backend.set_floatx("float64")
STEPS = 12
rng = random.Random(2026)
INITIAL = [round(rng.uniform(-1, 1), 6) for _ in range(6)]
GRADIENTS = [[round(rng.gauss(0, 1), 6) for _ in range(6)] for _ in range(STEPS)]
for k in range(STEPS):
    GRADIENTS[k][4] = 0.0 if k % 3 else round(rng.gauss(0, 1), 6)
    GRADIENTS[k][5] *= 1e-7
RATES = [0.1, 0.1, 0.05, 0.2, 0.01, 0.3, 0.0, 0.1, 0.02, 0.02, 0.5, 0.1]


def write(name, source, optimizer, settings, rates, after):
    with open(name + ".json", "w") as file:
        json.dump({"name": name, "source": source, "optimizer": optimizer, "settings": settings,
                   "initial": INITIAL, "gradients": GRADIENTS, "rates": rates,
                   "parameters_after_step": after}, file, indent=1)
        file.write("\n")


def run_keras(name, optimizer, rated, make, **settings):
    keras_optimizer = make(**settings)
    variable = keras.Variable(np.array(INITIAL), dtype="float64")
    keras_optimizer.build([variable])
    after = []
    for k in range(STEPS):
        if rated:
            keras_optimizer.learning_rate.assign(RATES[k])
        keras_optimizer.apply([jnp.array(GRADIENTS[k])])
        after.append([float(x) for x in np.array(variable.value)])
    write("keras_" + name, "Keras " + keras.__version__, optimizer, settings, RATES if rated else None, after)


def run_optax(name, optimizer, make, **settings):
    rates = jnp.array(RATES)
    transformation = make(learning_rate=lambda count: rates[count], **settings)
    parameters = jnp.array(INITIAL)
    state = transformation.init(parameters)
    after = []
    for k in range(STEPS):
        updates, state = transformation.update(jnp.array(GRADIENTS[k]), state, parameters)
        parameters = optax.apply_updates(parameters, updates)
        after.append([float(x) for x in parameters])
    write("optax_" + name, "Optax " + optax.__version__, optimizer, settings, RATES, after)


k = keras.optimizers
for suffix, rated in (("default", False), ("changing_rate", True)):
    run_keras("sgd_" + suffix, "sgd", rated, k.SGD)
    run_keras("momentum_" + suffix, "momentum", rated, k.SGD, momentum=0.9)
    run_keras("nesterov_" + suffix, "nesterov", rated, k.SGD, momentum=0.9, nesterov=True)
    run_keras("adagrad_" + suffix, "adaGrad", rated, k.Adagrad)
    run_keras("rmsprop_" + suffix, "rmsProp", rated, k.RMSprop)
    run_keras("rmsprop_momentum_" + suffix, "rmsProp", rated, k.RMSprop, momentum=0.8)
    run_keras("rmsprop_centered_" + suffix, "rmsProp", rated, k.RMSprop, momentum=0.8, centered=True)
    run_keras("adadelta_" + suffix, "adaDelta", rated, k.Adadelta)
    run_keras("adam_" + suffix, "adam", rated, k.Adam)
    run_keras("adamw_" + suffix, "adamW", rated, k.AdamW)
    run_keras("amsgrad_" + suffix, "amsGrad", rated, k.Adam, amsgrad=True)
    run_keras("nadam_" + suffix, "nAdam", rated, k.Nadam)
    run_keras("adamax_" + suffix, "adaMax", rated, k.Adamax)
run_optax("sgd", "sgd", optax.sgd)
run_optax("momentum", "momentum", optax.sgd, momentum=0.9)
run_optax("nesterov", "nesterov", optax.sgd, momentum=0.9, nesterov=True)
run_optax("adagrad", "adaGrad", optax.adagrad)
run_optax("rmsprop", "rmsProp", optax.rmsprop)
run_optax("rmsprop_momentum", "rmsProp", optax.rmsprop, momentum=0.8)
run_optax("rmsprop_centered", "rmsProp", optax.rmsprop, momentum=0.8, centered=True)
run_optax("adadelta", "adaDelta", optax.adadelta)
run_optax("adam", "adam", optax.adam)
run_optax("adamw", "adamW", optax.adamw)
run_optax("yogi", "yogi", optax.yogi)
run_optax("radam", "rAdam", optax.radam)
run_optax("nadam", "nAdam", optax.nadam)
run_optax("adamax", "adaMax", optax.adamax)
