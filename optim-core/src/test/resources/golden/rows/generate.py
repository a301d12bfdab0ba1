"""Writes the files of this folder, and their manifest: python generate.py

Every trajectory is made twice, by programs that share nothing but the inputs: arrays of numpy in binary64 by the recursion,
and decimals of 60 digits, element by element, by sums over the steps that touched it. The files hold the first; the largest
relative differences are in independent_check.
"""
import hashlib
import json
import os
import random
from decimal import Decimal, getcontext

import numpy as np

getcontext().prec = 60

SOURCE = "our own: vectorised numpy float64 after PyTorch's SparseAdam (torch/optim/_functional.py, sparse_adam)"
FORMULA = ("rows of one index are added; for these rows only: m = beta1*m+(1-beta1)*g; v = beta2*v+(1-beta2)*g^2; "
           "x -= lr*sqrt(1-beta2^t)/(1-beta1^t)*m/(sqrt(v)+eps); t counts the steps of the parameter, those without a "
           "row included")

# Name, shape, steps, the most rows a step, whether the rate falls.
CASES = [
    ("sparse_adam_default", [12, 3], 40, 6, False, {"lr": 0.001, "beta1": 0.9, "beta2": 0.999, "eps": 1e-08}),
    ("sparse_adam_duplicates", [9, 2, 2], 30, 5, False, {"lr": 0.05, "beta1": 0.9, "beta2": 0.999, "eps": 1e-08}),
    ("sparse_adam_large_eps", [10], 30, 5, True, {"lr": 0.1, "beta1": 0.8, "beta2": 0.95, "eps": 0.1}),
]


def six(number):
    return float("%.6g" % number)


def draw(name, shape, steps, most, rng):
    """Initial values, and for each step the rows that have a gradient and its block; the last row never has one."""
    width = int(np.prod(shape[1:], dtype=int))
    initial = [six(rng.gauss(0, 1)) for _ in range(shape[0] * width)]
    given = []
    for step in range(steps):
        count = 0 if step % 11 == 7 else rng.randint(1, most)
        if name.endswith("default"):
            rows = rng.sample(range(shape[0] - 1), count)
        else:
            rows = [rng.randrange(shape[0] - 1) for _ in range(count)]
        given.append({"rows": rows, "block": [six(rng.gauss(0, 1)) for _ in range(count * width)]})
    return initial, given


def by_recursion(h, shape, initial, given, rates):
    """Whole arrays of numpy, a step after the other."""
    x = np.array(initial).reshape(shape[0], -1)
    m, v = np.zeros_like(x), np.zeros_like(x)
    path = []
    for t, step in enumerate(given, 1):
        rows = np.array(step["rows"], dtype=int)
        g = np.zeros_like(x)
        np.add.at(g, rows, np.array(step["block"]).reshape(len(rows), x.shape[1]))
        at = np.unique(rows)
        m[at] = h["beta1"] * m[at] + (1 - h["beta1"]) * g[at]
        v[at] = h["beta2"] * v[at] + (1 - h["beta2"]) * g[at] ** 2
        size = rates[t - 1] * np.sqrt(1 - h["beta2"] ** t) / (1 - h["beta1"] ** t)
        x[at] -= size * m[at] / (np.sqrt(v[at]) + h["eps"])
        path.append(x.ravel().tolist())
    return path, {"exp_avg": m.ravel().tolist(), "exp_avg_sq": v.ravel().tolist()}


def by_sums(h, shape, initial, given, rates):
    """One element after the other: its moments are weighted sums of the gradients that it had."""
    b1, b2, eps = (Decimal(h[name]) for name in ("beta1", "beta2", "eps"))
    width = len(initial) // shape[0]
    path = [[Decimal(number) for number in initial] for _ in given]
    first, second = [], []
    for element in range(len(initial)):
        row, column = divmod(element, width)
        x, had = Decimal(initial[element]), []
        for t, step in enumerate(given, 1):
            parts = [Decimal(step["block"][k * width + column]) for k, r in enumerate(step["rows"]) if r == row]
            if parts:
                had.append(sum(parts))
                last = len(had) - 1
                m = (1 - b1) * sum(b1 ** (last - k) * g for k, g in enumerate(had))
                v = (1 - b2) * sum(b2 ** (last - k) * g * g for k, g in enumerate(had))
                x -= Decimal(rates[t - 1]) * (1 - b2 ** t).sqrt() / (1 - b1 ** t) * m / (v.sqrt() + eps)
            path[t - 1][element] = x
        last = len(had) - 1
        first.append((1 - b1) * sum(b1 ** (last - k) * g for k, g in enumerate(had)))
        second.append((1 - b2) * sum(b2 ** (last - k) * g * g for k, g in enumerate(had)))
    return path, {"exp_avg": first, "exp_avg_sq": second}


def difference(numbers, exact):
    return max(float(abs(Decimal(a) - b)) / (float(abs(b)) or 1) for a, b in zip(numbers, exact))


def main():
    rng = random.Random(1411)
    entries = []
    for name, shape, steps, most, falling, h in CASES:
        initial, given = draw(name, shape, steps, most, rng)
        rates = [six(h["lr"] / (1 + 0.1 * k)) if falling else h["lr"] for k in range(steps)]
        path, state = by_recursion(h, shape, initial, given, rates)
        exact, exact_state = by_sums(h, shape, initial, given, rates)
        worst = max(difference(numbers, other) for numbers, other in zip(path, exact))
        worst_state = max(difference(state[slot], exact_state[slot]) for slot in state)
        assert worst < 1e-13 and worst_state < 1e-13, (name, worst, worst_state)
        content = {"name": name, "optimizer": "sparse_adam", "source": SOURCE, "formula": FORMULA, "hyperparameters": h,
                   "dtype": "float64", "shape": shape, "steps": steps, "initial": initial, "row_gradients": given}
        if falling:
            content["lr_per_step"] = rates
        largest = [max(abs(numbers[i]) for numbers in [initial] + path) for i in range(len(initial))]
        content |= {"parameters_after_step": {str(t): numbers for t, numbers in enumerate(path, 1)},
                    "state_after_last": state,
                    "tolerance": {"rtol": 1e-12, "atol_per_element": [1e-15 * number for number in largest],
                                  "state_rtol": 1e-12, "state_atol": 1e-300},
                    "independent_check": {"exact_60_digits": worst, "state_vs_exact": worst_state},
                    "ill_conditioned": False}
        file = "optimizers/" + name + ".json"
        text = json.dumps(content) + "\n"
        with open(file, "w", encoding="ascii") as out:
            out.write(text)
        entries.append({"file": file, "bytes": len(text), "sha256": hashlib.sha256(text.encode()).hexdigest()})
        print(name, worst, worst_state)
    with open("MANIFEST.json", "w", encoding="ascii") as out:
        json.dump({"files": entries}, out, indent=1)
        out.write("\n")


if __name__ == "__main__":
    os.chdir(os.path.dirname(os.path.abspath(__file__)))
    main()
