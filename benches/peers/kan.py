"""An epoch of training of Kolmogorov-Arnold networks in PyTorch: 784-64-10, 60,000 random pictures,
batch 64, AdamW, as the fast public versions do it: bases of a whole layer in one tensor, then one
matrix product. In turn with the bench `kan`. Run by `benches/peers/run`.
"""
import os
import sys

from peers import CLASSES, INPUTS, PICTURES, compare, epoch, measured, pictures_of

BATCH, HIDDEN = 64, 64


def layers(torch):
    """For each family its layer of so many inputs and outputs: parameters, and outputs by inputs."""
    F = torch.nn.functional

    def linear(bases, count, base=True):
        """Bases times coefficients, and SiLU times weights."""

        def new(inputs, outputs):
            coefficients = 0.1 * torch.randn(outputs, inputs * count)
            weights = torch.randn(outputs, inputs) / inputs**0.5
            parameters = [coefficients, weights] if base else [coefficients]

            def apply(x, coefficients, weights=None):
                y = F.linear(bases(x).flatten(1), coefficients)
                return y if weights is None else y + F.linear(F.silu(x), weights)

            return parameters, apply

        return new

    knots = torch.arange(-3, 9) * 0.4 - 1.0

    def splines(x):
        """Cubic B-splines on five intervals of [-1, 1], by the recursion of Cox and de Boor."""
        x = x.unsqueeze(-1)
        bases = ((x >= knots[:-1]) & (x < knots[1:])).to(x.dtype)
        for k in range(1, 4):
            left = (x - knots[: -(k + 1)]) / (knots[k:-1] - knots[: -(k + 1)])
            right = (knots[k + 1 :] - x) / (knots[k + 1 :] - knots[1:-k])
            bases = left * bases[..., :-1] + right * bases[..., 1:]
        return bases

    centres = torch.linspace(-2, 2, 8)

    def bells(x):
        return torch.exp(-((1.75 * (x.unsqueeze(-1) - centres)) ** 2))

    def polynomials(x):
        x = torch.tanh(x)
        terms = [torch.ones_like(x), x]
        for _ in range(3):
            terms.append(2 * x * terms[-1] - terms[-2])
        return torch.stack(terms, -1)

    def wavelets(inputs, outputs):
        """The mexican hat, edge by edge."""
        shape = (outputs, inputs)
        parameters = [torch.randn(shape) / inputs**0.5, torch.zeros(shape), torch.ones(shape)]

        def apply(x, a, shift, scale):
            t = ((x.unsqueeze(1) - shift) / scale) ** 2
            return (a * (1 - t) * torch.exp(-t / 2)).sum(-1)

        return parameters, apply

    return {
        "BSpline": linear(splines, 8),
        "RadialBasis": linear(bells, 8),
        "Chebyshev": linear(polynomials, 5, base=False),
        "MexicanHat": wavelets,
    }


def trained(torch, new, compiled):
    torch.manual_seed(1)
    pictures = 2 * pictures_of(torch.rand(PICTURES, INPUTS)) - 1
    labels = torch.arange(PICTURES) % CLASSES
    (first, hidden), (second, outputs) = new(INPUTS, HIDDEN), new(HIDDEN, CLASSES)
    for parameter in [*first, *second]:
        parameter.requires_grad_()
    gain, offset = torch.ones(HIDDEN, requires_grad=True), torch.zeros(HIDDEN, requires_grad=True)
    optimizer = torch.optim.AdamW([*first, *second, gain, offset], lr=2e-3)

    def loss(x, label):
        h = torch.nn.functional.layer_norm(hidden(x, *first), (HIDDEN,), gain, offset)
        return torch.nn.functional.cross_entropy(outputs(h, *second), label)

    if compiled:
        loss = torch.compile(loss)
    order = torch.randperm(PICTURES)

    def run(place):
        samples = order[place : place + BATCH]
        optimizer.zero_grad()
        loss(pictures[samples], labels[samples]).backward()
        optimizer.step()

    return epoch(run, BATCH)


def main():
    import torch

    torch.set_num_threads(os.cpu_count())
    target = sys.argv[1]
    families = layers(torch)
    functions = [(name, 0, None) for name in families]
    others = [
        (label, lambda name, *_, compiled=compiled: trained(torch, families[name], compiled))
        for label, compiled in [("torch eager", False), ("torch.compile", True)]
    ]
    ours = lambda name: measured(target, "kan", [name], "s an epoch")
    compare(target, "peers_kan", "s", functions, ours, others)


if __name__ == "__main__":
    main()
