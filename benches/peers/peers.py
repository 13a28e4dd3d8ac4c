"""A layer y[n,o] = sum over i of f(x[n,i]; parameters[i,o]) of 784 x 128 functions, batch 100,
single precision, forward and backward with all gradients, in other systems; and an epoch of
training of a 784-128-10 network on 60,000 random pictures, batch 100, Adam. In turn with the
benches `threads` and `epoch`: times and ratios are medians over rounds, in each of which ours and all
others are measured. Run by `benches/peers/run`.

An epoch is 600 steps; the others' is 600 times the median step of those that fit in SECONDS.
"""
import csv
import importlib
import os
import statistics
import subprocess
import sys
import time

BATCH, INPUTS, OUTPUTS = 100, 784, 128
CLASSES, PICTURES = 10, 60_000
# Rounds at least; more, up to the second number, within a minute.
ROUNDS, MOST_ROUNDS = 3, 9
RUNS = 15
SECONDS = 2.0

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


def median(run, runs=RUNS, seconds=SECONDS):
    """Milliseconds of a run: the median of some, or of those that fit in the seconds."""
    run()
    run()
    times = []
    while len(times) < runs and (len(times) < 3 or sum(times) < 1e3 * seconds):
        start = time.perf_counter()
        run()
        times.append(1e3 * (time.perf_counter() - start))
    return statistics.median(times)


def epoch(step, batch=BATCH):
    """What measures the seconds of an epoch, given a step of samples from a number on."""
    place = 0

    def run():
        nonlocal place
        step(place)
        place = (place + batch) % (PICTURES - batch + 1)

    steps = PICTURES // batch
    return lambda: steps * median(run, steps) / 1e3


def layer(m, name, f):
    """The layer as a function of x and the parameters."""
    if name in PRODUCTS:
        return lambda x, *parameters: PRODUCTS[name](m, x, *parameters)
    return lambda x, *parameters: f(m, x[:, :, None], *parameters).sum(1)


def pictures_of(numbers):
    """As in handwritten digits, 4 of 5 numbers are 0."""
    return numbers * (numbers > 0.8)


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

        return lambda: median(lambda: jax.block_until_ready(step(x, parameters, dy)))

    def trained(name, count, f):
        keys = jax.random.split(jax.random.key(1), 2 * count + 2)
        pictures = pictures_of(jax.random.uniform(keys[0], (PICTURES, INPUTS)))
        labels = m.arange(PICTURES) % CLASSES
        new = lambda keys, *shape: [0.1 * jax.random.normal(k, shape) for k in keys]
        parameters = (
            new(keys[2 : 2 + count], INPUTS, OUTPUTS),
            m.zeros(OUTPUTS),
            new(keys[2 + count :], OUTPUTS, CLASSES),
            m.zeros(CLASSES),
        )
        zeros = jax.tree.map(m.zeros_like, parameters)
        y = layer(m, name, f)

        def loss(parameters, x, label):
            first, bias, second, end = parameters
            scores = y(m.tanh(y(x, *first) + bias), *second) + end
            return -jax.nn.log_softmax(scores)[m.arange(BATCH), label].mean()

        @jax.jit
        def step(state, pictures, labels, samples):
            parameters, mean, square, t = state
            gradient = jax.grad(loss)(parameters, pictures[samples], labels[samples])
            mean = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, mean, gradient)
            square = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, square, gradient)
            rate = 1e-3 * m.sqrt(1 - 0.999**t) / (1 - 0.9**t)
            update = lambda p, a, b: p - rate * a / (m.sqrt(b) + 1e-8)
            parameters = jax.tree.map(update, parameters, mean, square)
            return parameters, mean, square, t + 1

        order = jax.random.permutation(keys[1], PICTURES)
        state = (parameters, zeros, zeros, 1.0)

        def run(place):
            nonlocal state
            samples = order[place : place + BATCH]
            state = jax.block_until_ready(step(state, pictures, labels, samples))

        return epoch(run)

    return [("JAX jit", run)], [("JAX jit", trained)]


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

            return lambda: median(step)

        return timed

    def linear(name, count, f):
        """The linear layer beside w³x, which learns the same matrices."""
        if name != "w3x":
            return None
        torch.manual_seed(1)
        module = torch.nn.Linear(INPUTS, OUTPUTS)
        x = torch.rand(BATCH, INPUTS, requires_grad=True)
        dy = torch.randn(BATCH, OUTPUTS)
        step = lambda: torch.autograd.grad(module(x), [x, *module.parameters()], dy)
        return lambda: median(step)

    def trained(compile):
        def timed(name, count, f):
            torch.manual_seed(1)
            pictures = pictures_of(torch.rand(PICTURES, INPUTS))
            labels = torch.arange(PICTURES) % CLASSES
            new = lambda *shape: (0.1 * torch.randn(*shape)).requires_grad_()
            first = [new(INPUTS, OUTPUTS) for _ in range(count)]
            second = [new(OUTPUTS, CLASSES) for _ in range(count)]
            bias, end = new(OUTPUTS), new(CLASSES)
            optimizer = torch.optim.Adam([*first, bias, *second, end], lr=1e-3)
            y = layer(torch, name, f)

            def loss(x, label):
                scores = y(torch.tanh(y(x, *first) + bias), *second) + end
                return torch.nn.functional.cross_entropy(scores, label)

            if compile:
                loss = torch.compile(loss)
            order = torch.randperm(PICTURES)

            def run(place):
                samples = order[place : place + BATCH]
                optimizer.zero_grad()
                loss(pictures[samples], labels[samples]).backward()
                optimizer.step()

            return epoch(run)

        return timed

    layers = [("torch eager", run(False)), ("torch.compile", run(True)), ("torch.nn.Linear", linear)]
    return layers, [("torch eager", trained(False)), ("torch.compile", trained(True))]


def main():
    target, systems = sys.argv[1], sys.argv[2:]
    layers, epochs = [], []
    for system in systems:
        importlib.import_module(system)
        of_layers, of_epochs = {"jax": jax_systems, "torch": torch_systems}[system]()
        layers += of_layers
        epochs += of_epochs
    ours = lambda name: measured(target, "threads", [name, "layer"], "2 threads, ms")
    compare(target, "peers", "ms", FUNCTIONS, ours, layers)
    ours = lambda name: measured(target, "epoch", [name], "4 of 5 inputs 0, s")
    compare(target, "peers_epoch", "s", FUNCTIONS, ours, epochs)


def measured(target, bench, words, column):
    """What a bench of ours measures for the row of these words."""
    command = ["cargo", "bench", "--quiet", "--bench", bench, "--", *words]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    with open(os.path.join(target, "performance", bench + ".csv")) as file:
        (row,) = csv.DictReader(file)
        return float(row[column])


def compare(target, table, unit, functions, ours, others):
    """A table of functions: what `ours` measures for each, and what others prepare to be measured."""
    header = ["function", f"ftm, {unit}"]
    for name, _ in others:
        header += [f"{name}, {unit}", "ratio"]
    rows = []
    for name, count, f in functions:
        theirs = [prepare(name, count, f) for _, prepare in others]
        rounds, start = [], time.perf_counter()
        while len(rounds) < ROUNDS or (len(rounds) < MOST_ROUNDS and time.perf_counter() < start + 60):
            rounds.append((ours(name), [run and run() for run in theirs]))
        row = [name, f"{statistics.median(here for here, _ in rounds):.3f}"]
        for k, run in enumerate(theirs):
            if run is None:
                row += ["-", "-"]
                continue
            there = statistics.median(times[k] for _, times in rounds)
            ratio = statistics.median(times[k] / here for here, times in rounds)
            row += [f"{there:.2f}", f"{ratio:.1f}"]
        rows.append(row)
        print("| " + " | ".join(row) + " |", file=sys.stderr)
    print("\n| " + " | ".join(header) + " |\n|" + "---|" * len(header))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    with open(os.path.join(target, "performance", table + ".csv"), "w", newline="") as file:
        csv.writer(file).writerows([header, *rows])


if __name__ == "__main__":
    main()
