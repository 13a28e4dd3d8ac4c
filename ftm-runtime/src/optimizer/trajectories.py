"""Makes the table in `tests.rs`: ten steps of every optimiser on Rosenbrock's function
(1 - x)^2 + 100 (y - x^2)^2 from (-1.2, 1), in 50 decimal digits, each by the algorithm in PyTorch's
documentation of torch.optim (read there line by line, not from our own code).

    python3 ftm-runtime/src/optimizer/trajectories.py
"""
from decimal import Decimal as D, getcontext

getcontext().prec = 50


def gradient(p):
    x, y = p
    inner = y - x * x
    return [-2 * (1 - x) - 400 * x * inner, 200 * inner]


def sgd(lr, momentum=D(0), decay=D(0), nesterov=False):
    buffers = [None, None]

    def step(t, k, p, g):
        if decay != 0:
            g = g + decay * p
        if momentum != 0:
            if t > 1:
                buffers[k] = momentum * buffers[k] + g
            else:
                buffers[k] = g
            g = g + momentum * buffers[k] if nesterov else buffers[k]
        return p - lr * g

    return step


def rmsprop(lr, alpha, eps, decay=D(0)):
    v = [D(0), D(0)]

    def step(t, k, p, g):
        if decay != 0:
            g = g + decay * p
        v[k] = alpha * v[k] + (1 - alpha) * g**2
        return p - lr * g / (v[k].sqrt() + eps)

    return step


def adam(lr, beta1, beta2, eps, decay=D(0)):
    """AdamW where decay is not 0."""
    m, v = [D(0), D(0)], [D(0), D(0)]

    def step(t, k, p, g):
        p = p - lr * decay * p
        m[k] = beta1 * m[k] + (1 - beta1) * g
        v[k] = beta2 * v[k] + (1 - beta2) * g**2
        m_hat = m[k] / (1 - beta1**t)
        v_hat = v[k] / (1 - beta2**t)
        return p - lr * m_hat / (v_hat.sqrt() + eps)

    return step


small = D("0.0001")
optimizers = {
    "sgd": sgd(small),
    "sgd, weight decay": sgd(small, decay=D("0.5")),
    "momentum": sgd(small, D("0.9")),
    "momentum, weight decay": sgd(small, D("0.9"), D("0.5")),
    "nesterov": sgd(small, D("0.9"), nesterov=True),
    "rmsprop": rmsprop(D("0.01"), D("0.99"), D("1e-8")),
    "rmsprop, weight decay": rmsprop(D("0.01"), D("0.9"), D("1e-3"), D("0.5")),
    "adam": adam(D("0.01"), D("0.9"), D("0.999"), D("1e-8")),
    "adam, other numbers": adam(D("0.02"), D("0.8"), D("0.9"), D("1e-3")),
    "adamw": adam(D("0.01"), D("0.9"), D("0.999"), D("1e-8"), D("0.5")),
}
for name, step in optimizers.items():
    p = [D("-1.2"), D(1)]
    points = []
    for t in range(1, 11):
        g = gradient(p)
        p = [step(t, k, p[k], g[k]) for k in range(2)]
        if t in (1, 2, 10):
            points.append(f"[{float(p[0])}, {float(p[1])}]")
    print(f'    ("{name}", [{", ".join(points)}]),')
