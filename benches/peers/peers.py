"""A layer y[n,o] = sum over i of f(x[n,i]; parameters[i,o]) of 784 x 128 functions, batch 100,
single precision, forward and backward with all gradients, in other systems; beside the times that
the bench `threads` has just measured. Run by `benches/peers/run`.
"""
import csv
import importlib
import os
import statistics
import sys
import time

BATCH, INPUTS, OUTPUTS = 100, 784, 128
RUNS = 15

# name, number of parameters, f with the functions of a system m
FUNCTIONS = [
    ("sine", 3, lambda m, x, a, w, p: a * m.sin(w * x + p)),
    ("tanh", 3, lambda m, x, a, w, p: a * m.tanh(w * x + p)),
    ("exp", 2, lambda m, x, a, b: a * m.exp(m.clip(b * x, -30.0, 30.0))),
    ("relu", 3, lambda m, x, a, w, p: a * m.maximum(w * x + p, m.zeros_like(w))),
    ("cubic", 3, lambda m, x, a, b, c: a * x * x * x + b * x * x + c * x),
    ("w3x", 1, lambda m, x, w: w * w * w * x),
]
# As an expert of those systems would write the separable ones.
PRODUCTS = {
    "cubic": lambda m, x, a, b, c: (x * x * x) @ a + (x * x) @ b + x @ c,
    "w3x": lambda m, x, w: x @ (w * w * w),
}


def median(run):
    run()
    run()
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        run()
        times.append(1e3 * (time.perf_counter() - start))
    return statistics.median(times)


def layer(m, name, f):
    """The layer as a function of x and the parameters."""
    if name in PRODUCTS:
        return lambda x, *parameters: PRODUCTS[name](m, x, *parameters)
    return lambda x, *parameters: f(m, x[:, :, None], *parameters).sum(1)


def jax_systems():
    import jax

    m = jax.numpy

    def run(name, count, f):
        keys = jax.random.split(jax.random.key(1), count + 2)
        x = jax.random.uniform(keys[0], (BATCH, INPUTS))
        dy = jax.random.normal(keys[1], (BATCH, OUTPUTS))
        parameters = [0.1 * jax.random.normal(k, (INPUTS, OUTPUTS)) for k in keys[2:]]
        y = layer(m, name, f)

        @jax.jit
        def step(x, parameters, dy):
            value, back = jax.vjp(lambda x, parameters: y(x, *parameters), x, parameters)
            return value, back(dy)

        return median(lambda: jax.block_until_ready(step(x, parameters, dy)))

    return [("JAX jit", run)]


def torch_systems():
    import torch

    torch.set_num_threads(os.cpu_count())

    def run(compile):
        def timed(name, count, f):
            torch.manual_seed(1)
            x = torch.rand(BATCH, INPUTS, requires_grad=True)
            dy = torch.randn(BATCH, OUTPUTS)
            parameters = [
                (0.1 * torch.randn(INPUTS, OUTPUTS)).requires_grad_() for _ in range(count)
            ]
            y = layer(torch, name, f)
            if compile:
                y = torch.compile(y)

            def step():
                return torch.autograd.grad(y(x, *parameters), [x, *parameters], dy)

            return median(step)

        return timed

    return [("torch eager", run(False)), ("torch.compile", run(True))]


def main():
    target, systems = sys.argv[1], sys.argv[2:]
    with open(os.path.join(target, "performance", "threads.csv")) as file:
        ours = {
            row["function"]: float(row["2 threads, ms"])
            for row in csv.DictReader(file)
            if row["work"].startswith("layer")
        }
    others = []
    for system in systems:
        importlib.import_module(system)
        others += {"jax": jax_systems, "torch": torch_systems}[system]()
    header = ["function", "ftm, ms"]
    for name, _ in others:
        header += [f"{name}, ms", "ratio"]
    rows = []
    for name, count, f in FUNCTIONS:
        row = [name, f"{ours[name]:.3f}"]
        for _, run in others:
            theirs = run(name, count, f)
            row += [f"{theirs:.2f}", f"{theirs / ours[name]:.1f}"]
        rows.append(row)
    print("| " + " | ".join(header) + " |\n|" + "---|" * len(header))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    with open(os.path.join(target, "performance", "peers.csv"), "w", newline="") as file:
        csv.writer(file).writerows([header, *rows])


if __name__ == "__main__":
    main()
