"""Writes the files of this folder, and their manifest: python generate.py

Every trajectory is made twice, by programs that share nothing but the inputs: vectors in binary64 by the recursion, and
numbers of 50 digits by a form without recursion. The files hold the first; their difference is in independent_check.
"""
import hashlib
import json
import os
import random

import mpmath
import numpy as np

mpmath.mp.dps = 50
mpf = mpmath.mpf
TENSORS = [{"name": "w", "shape": [4, 3]}, {"name": "b", "shape": [3]}]
LENGTH = 15


def gradients(style, steps, rng):
    drift = [rng.gauss(0, 1) for _ in range(LENGTH)]
    rows = []
    for t in range(steps):
        row = [float("%.6g" % (rng.gauss(0, 1) + (drift[i] if style == "drift" else 0))) for i in range(LENGTH)]
        if style == "edge":
            row[0] = 0.0
            row[1] = float("%.6g" % (row[1] * 1e-20))
            row[2] = float("%.6g" % (row[2] * 1e8))
            if t < steps // 3:
                row[3] = 0.0
        rows.append(row)
    return rows


# AdaBelief with RAdam's rectification.

def adabelief_recursion(h, initial, rows):
    x, m, s = np.array(initial), np.zeros(LENGTH), np.zeros(LENGTH)
    path = []
    most = 2 / (1 - h["beta2"]) - 1
    for t, row in enumerate(rows, 1):
        g = np.array(row)
        if h["decoupled_weight_decay"]:
            x = x * (1 - h["lr"] * h["weight_decay"])
        m = h["beta1"] * m + (1 - h["beta1"]) * g
        s = h["beta2"] * s + (1 - h["beta2"]) * (g - m) ** 2 + h["eps_root"]
        power = h["beta2"] ** t
        known = most - 2 * t * power / (1 - power)
        size = h["lr"] / (1 - h["beta1"] ** t)
        if known >= 5:
            r = ((1 - power) * (known - 4) / (most - 4) * (known - 2) / known * most / (most - 2)) ** 0.5
            x = x - size * r * m / (np.sqrt(s) + h["eps"])
        else:
            x = x - size * m
        path.append(x.tolist())
    return path, {"exp_avg": m.tolist(), "exp_avg_var": s.tolist()}


def adabelief_sums(h, initial, rows):
    b1, b2, lr = mpf(h["beta1"]), mpf(h["beta2"]), mpf(h["lr"])
    path = [[] for _ in rows]
    for i in range(LENGTH):
        g = [mpf(row[i]) for row in rows]
        x, means = mpf(initial[i]), []
        for t in range(1, len(rows) + 1):
            means.append((1 - b1) * sum(b1 ** (t - k) * g[k - 1] for k in range(1, t + 1)))
            s = sum(b2 ** (t - k) * ((1 - b2) * (g[k - 1] - means[k - 1]) ** 2 + mpf(h["eps_root"])) for k in range(1, t + 1))
            # rho_inf and rho_t are 2 sum(k w_k) / sum(w_k) - 1 of the weights b2^k, k from 1 on.
            weights = [b2 ** k for k in range(1, t + 1)]
            rho = 2 * sum(k * w for k, w in enumerate(weights, 1)) / sum(weights) - 1
            limit = 2 / (1 - b2) - 1
            if h["decoupled_weight_decay"]:
                x -= lr * mpf(h["weight_decay"]) * x
            mean = means[-1] / (1 - b1 ** t)
            if rho >= 5:
                r2 = (rho - 4) * (rho - 2) * limit / ((limit - 4) * (limit - 2) * rho)
                x -= lr * mean * mpmath.sqrt(r2 * (1 - b2 ** t)) / (mpmath.sqrt(s) + mpf(h["eps"]))
            else:
                x -= lr * mean
            path[t - 1].append(x)
    return path


# FTRL-Proximal.

def ftrl_recursion(h, initial, rows):
    """McMahan et al. 2013, Algorithm 1; z starts where its closed form gives the initial value without lambda1 and lambda2."""
    alpha, beta = h["lr"], h["beta"]
    w = np.array(initial)
    n = np.full(LENGTH, h["initial_accumulator_value"])
    z = -(beta + np.sqrt(n)) / alpha * w
    path = []
    for row in rows:
        g = np.array(row) + h["weight_decay"] * w
        sigma = (np.sqrt(n + g * g) - np.sqrt(n)) / alpha
        z = z + g - sigma * w
        n = n + g * g
        shrunk = np.where(np.abs(z) <= h["lambda1"], 0, z - np.sign(z) * h["lambda1"])
        w = -shrunk / ((beta + np.sqrt(n)) / alpha + h["lambda2"])
        path.append(w.tolist())
    return path, {"alpha_z": (alpha * z).tolist(), "sum": n.tolist()}


def ftrl_argmin(h, initial, rows):
    """The minimum of the linearized losses and all regularizers, found where the slope changes its sign."""
    alpha, beta = mpf(h["lr"]), mpf(h["beta"])
    l1, l2 = mpf(h["lambda1"]), mpf(h["lambda2"])
    path = [[] for _ in rows]
    for i in range(LENGTH):
        start = mpf(initial[i])
        n = mpf(h["initial_accumulator_value"])
        centres = [((beta + mpmath.sqrt(n)) / alpha, start)]
        w, total = start, mpf(0)
        for t, row in enumerate(rows):
            g = mpf(row[i]) + mpf(h["weight_decay"]) * w
            total += g
            before, n = n, n + g * g
            centres.append(((mpmath.sqrt(n) - mpmath.sqrt(before)) / alpha, w))

            def slope(v):
                return total + sum(s * (v - c) for s, c in centres) + l2 * v

            at_zero = slope(mpf(0))
            if abs(at_zero) <= l1:
                w = mpf(0)
            else:
                side = -mpmath.sign(at_zero)
                near, far = mpf(0), side
                while side * (slope(far) + side * l1) < 0:
                    far *= 2
                for _ in range(190):
                    middle = (near + far) / 2
                    if side * (slope(middle) + side * l1) < 0:
                        near = middle
                    else:
                        far = middle
                w = (near + far) / 2
            path[t].append(w)
    return path


# Prodigy and D-Adaptation, whose estimate d is over all elements.

def prodigy_recursion(h, initial, rows):
    x0 = np.array(initial)
    x, m, v, s = x0.copy(), np.zeros(LENGTH), np.zeros(LENGTH), np.zeros(LENGTH)
    d, d_max, numerator = h["d0"], h["d0"], 0.0
    path, estimates = [], []
    for t, row in enumerate(rows, 1):
        g = np.array(row)
        scale = ((1 - h["beta2"] ** t) ** 0.5 / (1 - h["beta1"] ** t)) if h["use_bias_correction"] else 1.0
        rate = d * h["lr"] * scale
        numerator = h["beta3"] * numerator + d / h["d0"] * rate * (g @ (x0 - x))
        m = h["beta1"] * m + (1 - h["beta1"]) * d * g
        v = h["beta2"] * v + (1 - h["beta2"]) * d * d * g * g
        s = h["beta3"] * s + d / h["d0"] * (d if h["safeguard_warmup"] else rate) * g
        estimate = h["d_coef"] * numerator / np.abs(s).sum()
        if d == h["d0"]:
            d = max(d, estimate)
        d_max = max(d_max, estimate)
        d = min(d_max, d * h["growth_rate"])
        x = x - h["weight_decay"] * rate * x - rate * m / (np.sqrt(v) + d * h["eps"])
        path.append(x.tolist())
        estimates.append(float(d))
    return path, {"exp_avg": m.tolist(), "exp_avg_sq": v.tolist(), "s": s.tolist(), "p0": x0.tolist(), "d": float(d),
                  "numerator": float(numerator), "d_max": float(d_max)}, estimates


def prodigy_sums(h, initial, rows):
    """Moments, s and numerator as sums over all steps so far, of what was taken in each."""
    b1, b2, b3, lr, d0 = (mpf(h[name]) for name in ("beta1", "beta2", "beta3", "lr", "d0"))
    start = [mpf(number) for number in initial]
    x, path, ds, rates, products, estimates = start, [], [d0], [], [], [d0]
    for t in range(1, len(rows) + 1):
        g = [[mpf(number) for number in row] for row in rows[:t]]
        rates.append(ds[-1] * lr * (mpmath.sqrt(1 - b2 ** t) / (1 - b1 ** t) if h["use_bias_correction"] else 1))
        products.append(mpmath.fsum(a * (b - c) for a, b, c in zip(g[-1], start, x)))
        numerator = mpmath.fsum(b3 ** (t - 1 - k) * ds[k] / d0 * rates[k] * products[k] for k in range(t))
        sums = [mpmath.fsum(b3 ** (t - 1 - k) * ds[k] / d0 * (ds[k] if h["safeguard_warmup"] else rates[k]) * g[k][i]
                            for k in range(t)) for i in range(LENGTH)]
        estimates.append(mpf(h["d_coef"]) * numerator / mpmath.fsum(abs(number) for number in sums))
        now = max(d0, estimates[-1]) if ds[-1] == d0 else ds[-1]
        ds.append(min(max(estimates), now * mpf(h["growth_rate"])))
        moved = []
        for i in range(LENGTH):
            m = (1 - b1) * mpmath.fsum(b1 ** (t - 1 - k) * ds[k] * g[k][i] for k in range(t))
            v = (1 - b2) * mpmath.fsum(b2 ** (t - 1 - k) * (ds[k] * g[k][i]) ** 2 for k in range(t))
            moved.append(x[i] - rates[-1] * (mpf(h["weight_decay"]) * x[i] + m / (mpmath.sqrt(v) + ds[-1] * mpf(h["eps"]))))
        x = moved
        path.append(x)
    return path, ds[1:]


def dadapt_sgd_recursion(h, initial, rows):
    x0 = np.array(initial)
    x, s = x0.copy(), np.zeros(LENGTH)
    d, numerator = h["d0"], 0.0
    first = float(np.sqrt((np.array(rows[0]) ** 2).sum()))
    path, estimates = [], []
    for row in rows:
        g = np.array(row) + h["weight_decay"] * x
        rate = d * h["lr"] / first
        numerator = numerator + rate * (g @ s)
        s = s + rate * g
        estimate = 2 * numerator / np.sqrt((s * s).sum())
        d = max(d, min(estimate, d * h["growth_rate"]))
        x = h["momentum"] * x + (1 - h["momentum"]) * (x0 - s)
        path.append(x.tolist())
        estimates.append(float(d))
    return path, {"s": s.tolist(), "x0": x0.tolist(), "d": float(d), "numerator": float(numerator),
                  "g0_norm": first}, estimates


def dadapt_sgd_squares(h, initial, rows):
    """Twice the numerator is |s|² less the squares of its parts; x is a weighted sum of all points x0 - s."""
    start = [mpf(number) for number in initial]
    momentum = mpf(h["momentum"])
    first = mpmath.sqrt(mpmath.fsum(mpf(number) ** 2 for number in rows[0]))
    x, path, ds, parts = start, [], [mpf(h["d0"])], []
    for t, row in enumerate(rows, 1):
        rate = ds[-1] * mpf(h["lr"]) / first
        parts.append([rate * (mpf(number) + mpf(h["weight_decay"]) * x[i]) for i, number in enumerate(row)])
        sums = [[mpmath.fsum(part[i] for part in parts[:k]) for i in range(LENGTH)] for k in range(1, t + 1)]
        length = mpmath.fsum(number ** 2 for number in sums[-1])
        twice = length - mpmath.fsum(number ** 2 for part in parts for number in part)
        ds.append(max(ds[-1], min(twice / mpmath.sqrt(length), ds[-1] * mpf(h["growth_rate"]))))
        x = [momentum ** t * start[i]
             + (1 - momentum) * mpmath.fsum(momentum ** (t - k) * (start[i] - sums[k - 1][i]) for k in range(1, t + 1))
             for i in range(LENGTH)]
        path.append(x)
    return path, ds[1:]


PRODIGY = ("B = use_bias_correction ? sqrt(1-beta2^t)/(1-beta1^t) : 1; rate = d*lr*B; N = beta3*N+(d/d0)*rate*<g, x0-x>; "
           "m = beta1*m+(1-beta1)*d*g; v = beta2*v+(1-beta2)*d^2*g^2; s = beta3*s+(d/d0)*(safeguard_warmup ? d : rate)*g; "
           "dhat = d_coef*N/||s||_1; if d = d0: d = max(d, dhat); dmax = max(dmax, dhat); d = min(dmax, d*growth_rate); "
           "x -= weight_decay*rate*x; x -= rate*m/(sqrt(v)+d*eps) (old rate, new d); sums over all tensors")
DADAPT_SGD = ("G = ||g_1|| before the decay; g += weight_decay*x; rate = d*lr/G; N += rate*<g, s>; s += rate*g; dhat = "
              "2*N/||s||_2; d = max(d, min(dhat, d*growth_rate)); x = momentum*x+(1-momentum)*(x0-s); the old d in the rate; "
              "sums over all tensors")
ADABELIEF = ("x *= 1-lr*weight_decay; m = beta1*m+(1-beta1)*g; s = beta2*s+(1-beta2)*(g-m)^2+eps_root (new m); "
             "rho_inf = 2/(1-beta2)-1; rho = rho_inf-2*t*beta2^t/(1-beta2^t); if rho >= 5: r = sqrt((1-beta2^t)*(rho-4)/"
             "(rho_inf-4)*(rho-2)/rho*rho_inf/(rho_inf-2)), x -= lr*r*(m/(1-beta1^t))/(sqrt(s)+eps); else x -= lr*m/(1-beta1^t)")
FTRL = ("g += weight_decay*w; sigma = (sqrt(n+g^2)-sqrt(n))/alpha; z += g-sigma*w; n += g^2; w = 0 if |z| <= lambda1, else "
        "-(z-sign(z)*lambda1)/((beta+sqrt(n))/alpha+lambda2); n from initial_accumulator_value, z from "
        "-(beta+sqrt(n))/alpha*w; alpha = lr")

CASES = [
    ("adabelief_rectified_decoupled", "drift", 40, False,
     {"lr": 0.01, "beta1": 0.9, "beta2": 0.999, "eps": 1e-16, "eps_root": 1e-16, "weight_decay": 0.01,
      "decoupled_weight_decay": True, "rectify": True}),
    ("adabelief_rectified_large_eps", "drift", 30, False,
     {"lr": 0.05, "beta1": 0.8, "beta2": 0.9, "eps": 0.01, "eps_root": 1e-3, "weight_decay": 0.0,
      "decoupled_weight_decay": False, "rectify": True}),
    ("ftrl_from_zero", "drift", 40, True,
     {"lr": 0.1, "beta": 1.0, "lambda1": 0.0, "lambda2": 0.0, "initial_accumulator_value": 0.0, "weight_decay": 0.0}),
    ("ftrl_lambda1_lambda2", "drift", 40, True,
     {"lr": 0.2, "beta": 1.0, "lambda1": 6.0, "lambda2": 0.5, "initial_accumulator_value": 0.0, "weight_decay": 0.0}),
    ("ftrl_from_values_edge", "edge", 30, False,
     {"lr": 0.1, "beta": 1.0, "lambda1": 4.0, "lambda2": 0.1, "initial_accumulator_value": 0.0, "weight_decay": 0.0}),
    ("ftrl_accumulator_coupled_decay", "normal", 30, False,
     {"lr": 0.05, "beta": 0.0, "lambda1": 1.0, "lambda2": 0.0, "initial_accumulator_value": 0.1, "weight_decay": 0.1}),
    ("dadapt_sgd_momentum", "drift", 40, False,
     {"lr": 1.0, "momentum": 0.9, "weight_decay": 0.0, "d0": 0.001, "growth_rate": "Infinity"}),
    ("dadapt_sgd_momentum_growth_decay", "drift", 40, False,
     {"lr": 0.5, "momentum": 0.8, "weight_decay": 0.1, "d0": 0.001, "growth_rate": 1.25}),
    ("prodigy_safeguard_warmup", "drift", 40, True,
     {"lr": 2.0, "beta1": 0.9, "beta2": 0.999, "beta3": 0.999 ** 0.5, "eps": 1e-8, "weight_decay": 0.0, "decouple": True,
      "use_bias_correction": True, "safeguard_warmup": True, "d0": 0.001, "d_coef": 1.0, "growth_rate": "Infinity"}),
    ("prodigy_coefficient_growth", "drift", 40, True,
     {"lr": 1.0, "beta1": 0.8, "beta2": 0.95, "beta3": 0.9, "eps": 1e-8, "weight_decay": 0.05, "decouple": True,
      "use_bias_correction": False, "safeguard_warmup": False, "d0": 0.001, "d_coef": 2.0, "growth_rate": 1.1}),
]

# The programs of each optimizer, its formula, and what they are.
PROGRAMS = {
    "adabelief": (adabelief_recursion, adabelief_sums, ADABELIEF,
                  "AdaBelief with RAdam's rectification, as in the authors' package 0.2.1, in numpy binary64; sums in place of "
                  "the recursion in 50 digits"),
    "ftrl": (ftrl_recursion, ftrl_argmin, FTRL,
             "McMahan et al. 2013, Algorithm 1, in numpy binary64; the argmin of all regularizers in 50 digits"),
    "prodigy": (prodigy_recursion, prodigy_sums, PRODIGY,
                "Mishchenko and Defazio 2024, Algorithm 4, in numpy binary64; sums in place of the recursion in 50 digits"),
    "dadapt_sgd": (dadapt_sgd_recursion, dadapt_sgd_squares, DADAPT_SGD,
                   "Defazio and Mishchenko 2023, Algorithm 4, in numpy binary64; squares of sums in place of the recursion in "
                   "50 digits"),
}


def main():
    rng = random.Random(2013)
    entries = []
    for name, style, steps, from_zero, h in CASES:
        initial = [0.0 if from_zero else float("%.6g" % rng.gauss(0, 1)) for _ in range(LENGTH)]
        rows = gradients(style, steps, rng)
        optimizer = next(known for known in PROGRAMS if name.startswith(known))
        first, second, formula, source = PROGRAMS[optimizer]
        numbers = {key: float("inf") if value == "Infinity" else value for key, value in h.items()}
        path, state, *estimates = first(numbers, initial, rows)
        exact = second(numbers, initial, rows)
        if estimates:
            exact, exact_estimates = exact
        largest = [max(abs(row[i]) for row in [initial] + path) for i in range(LENGTH)]
        worst = max(float(abs(mpf(a) - b)) / (abs(a) + 1e-3 * largest[i] + 1e-300)
                    for row, other in zip(path, exact) for i, (a, b) in enumerate(zip(row, other)))
        if estimates:
            worst = max([worst] + [float(abs(mpf(a) - b) / b) for a, b in zip(estimates[0], exact_estimates)])
            assert estimates[0][-1] > 10 * h["d0"], (name, estimates[0][-1])
        assert worst < 1e-13, (name, worst)
        if h.get("lambda1", 0) > 0:
            assert any(0 in row for row in path) and any(v != 0 for v in path[-1]), name
        content = {
            "name": name, "optimizer": optimizer, "source": source,
            "formula": formula, "hyperparameters": h, "dtype": "float64", "shape": [LENGTH],
            "steps": steps, "tensors": TENSORS, "gradient_style": style, "initial": initial, "gradients": rows,
            "parameters_after_step": {str(t): row for t, row in enumerate(path, 1)}, "state_after_last": state,
            "tolerance": {"rtol": 1e-11 if estimates else 1e-12, "atol_per_element": [1e-15 * v for v in largest],
                          "state_rtol": 1e-11 if estimates else 1e-12, "state_atol": 1e-300,
                          "state_note": "per slot: |actual-expected| <= state_rtol*max(|expected|, 1e-3*largest |value| "
                                        "of the slot)+state_atol"},
            "independent_check": {"exact_50_digits": worst}, "ill_conditioned": False}
        if estimates:
            content["d_after_step"] = {str(t): d for t, d in enumerate(estimates[0], 1)}
        file = "optimizers/" + name + ".json"
        text = json.dumps(content, indent=None, separators=(", ", ": ")) + "\n"
        with open(file, "w") as out:
            out.write(text)
        entries.append({"file": file, "bytes": len(text), "sha256": hashlib.sha256(text.encode()).hexdigest()})
        print(name, worst, [v == 0 for v in path[-1]].count(True))
    with open("MANIFEST.json", "w") as out:
        json.dump({"files": entries}, out, indent=1)
        out.write("\n")


if __name__ == "__main__":
    os.chdir(os.path.dirname(os.path.abspath(__file__)))
    main()
