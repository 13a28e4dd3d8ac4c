"""Computes the polynomials of the vector math.

    pip install mpmath
    python docs/numerics/polynomials.py > ftm-runtime/src/math/coefficients.rs

Each is the Chebyshev interpolant, computed with 60 digits, of the lowest degree whose error,
times its weight in the result, is below the target of the precision. Only the quotient for the hyperbolic
tangent is fitted: see `fit_tanh`.
"""
from mpmath import mp, mpf, exp, log, sin, cos, sqrt, atan, asin, sinh, cosh, tanh, erf, erfc, pi
from mpmath import fsum, lu_solve, matrix

mp.dps = 60
TARGETS = {"single": mpf(2) ** -27, "double": mpf(2) ** -56}

# Parts of a unit in the last place below 1, chosen by measuring the largest errors.
LEAN = {"single": mpf("-0.1"), "double": mpf("0.4")}


def interpolate(g, low, high, degree):
    n = degree + 1
    nodes = [cos(pi * (2 * k + 1) / (2 * n)) for k in range(n)]
    xs = [(low + high) / 2 + (high - low) / 2 * t for t in nodes]
    ys = [g(x) for x in xs]
    # Newton's divided differences, then powers of x.
    d = list(ys)
    for j in range(1, n):
        for i in range(n - 1, j - 1, -1):
            d[i] = (d[i] - d[i - 1]) / (xs[i] - xs[i - j])
    poly = [mpf(0)]
    for i in range(n - 1, -1, -1):
        shifted = [mpf(0)] + poly
        poly = [a - xs[i] * b for a, b in zip(shifted, poly + [mpf(0)])]
        poly[0] += d[i]
    return poly[:n]


def value(poly, x):
    result = mpf(0)
    for c in reversed(poly):
        result = result * x + c
    return result


def find(g, weight, low, high, target):
    points = [low + (high - low) * mpf(k) / 60 for k in range(1, 60)]
    for degree in range(1, 30):
        poly = interpolate(g, low, high, degree)
        worst = max(abs(value(poly, x) - g(x)) * weight(x) for x in points)
        if worst < target:
            return poly, worst
    raise SystemExit("no degree will do")



def lean(name, precision, poly):
    """Takes a little off the sine at π/2, where rounding may carry it past 1: a number above 1 is
    twice as many units away from one below."""
    if name == "SIN_HALF":
        ulp = mpf(2) ** (-53 if precision == "double" else -24)
        poly[-1] -= ulp * LEAN[precision] / (pi / 2) ** (2 * len(poly) + 1)


TANH = {
    # degrees of P and Q, and a number past those from which on tanh rounds to 1
    "single": (2, 3, mpf("9.0625")),
    "double": (6, 6, mpf("19.0625")),
}

# P and Q are multiples of this. Results just below a power of two have the finest units: there P, Q and
# their squares should lie just below one too, where their own rounding errors are the smallest.
TANH_SCALE = mpf("1.85")


def fit_tanh(m, n, end):
    """P and Q in s = x² for tanh(x/2) = xP/2Q, so that tanh x = 2·xP/2·Q / ((xP/2)² + Q²) is best on [0, end].

    Least squares with the last Q as a divisor (Sanathanan and Koerner), weighted anew by the errors
    until the largest are alike (Lawson). An error of P/Q matters by 1 - tanh² over 1 + tanh².
    """
    count = 150
    xs = [end * sin(pi * mpf(k) / (2 * count)) for k in range(1, count + 1)]
    scaled = [(x / end) ** 2 for x in xs]
    halves = [tanh(x / 2) for x in xs]
    goals = [2 * t / x for t, x in zip(halves, xs)]
    matters = [(1 - t * t) / (1 + t * t) for t in halves]
    weights, divisors = [mpf(1)] * count, [1 + x * x / 12 for x in xs]
    best = None
    for step in range(100):
        rows = []
        for s, g, w, d, matter in zip(scaled, goals, weights, divisors, matters):
            factor = sqrt(w) * matter / (g * d)
            row = [s ** j for j in range(1, m + 1)] + [-g * s ** j for j in range(1, n + 1)]
            rows.append(([factor * v for v in row], factor * (g - 1)))
        size = range(m + n)
        normal = matrix([[fsum(r[i] * r[j] for r, _ in rows) for j in size] for i in size])
        found = list(lu_solve(normal, matrix([fsum(r[i] * b for r, b in rows) for i in size])))
        p, q = [mpf(1)] + found[:m], [mpf(1)] + found[m:]
        divisors = [value(q, s) for s in scaled]
        halved = [x / 2 * value(p, s) for x, s in zip(xs, scaled)]
        errors = [abs(2 * a * b / (a * a + b * b) / tanh(x) - 1)
                  for a, b, x in zip(halved, divisors, xs)]
        worst = max(errors)
        if best is None or worst < best[0]:
            best = (worst, p, q)
        if step > 4:
            weights = [w * (e + worst / 100) for w, e in zip(weights, errors)]
            total = fsum(weights) / count
            weights = [w / total for w in weights]
    worst, p, q = best
    return [[c / end ** (2 * k) * scale for k, c in enumerate(poly)]
            for poly, scale in ((p, TANH_SCALE / 2), (q, TANH_SCALE))], worst


half_ln2 = log(2) / 2
tiny = mpf(10) ** -20


def near(x):
    return x if abs(x) > tiny else tiny


ROWS = [
    # name, what it is, g, weight of its error relative to the result, interval per precision
    ("EXP", "(e^r - 1 - r)/r² on |r| ≤ ln 2 / 2",
     lambda r: (exp(near(r)) - 1 - near(r)) / near(r) ** 2, lambda r: r * r,
     lambda p: (-half_ln2 - mpf("1e-3"), half_ln2 + mpf("1e-3"))),
    ("EXP_M1", "the same, with its error relative to e^r - 1",
     lambda r: (exp(near(r)) - 1 - near(r)) / near(r) ** 2, lambda r: abs(r),
     lambda p: (-half_ln2 - mpf("1e-3"), half_ln2 + mpf("1e-3"))),
    ("SIN_HALF", "(sin r / r - 1)/r², as a function of r², on |r| ≤ π/2",
     lambda u: (sin(sqrt(near(u))) / sqrt(near(u)) - 1) / near(u), lambda u: u * mpf("1.6"),
     lambda p: (mpf(0), (pi / 2 + mpf("1e-3")) ** 2)),
    ("SIN_QUARTER", "the same on |r| ≤ π/4",
     lambda u: (sin(sqrt(near(u))) / sqrt(near(u)) - 1) / near(u), lambda u: u * mpf("1.1"),
     lambda p: (mpf(0), (pi / 4 + mpf("1e-3")) ** 2)),
    ("COS_QUARTER", "(cos r - 1 + r²/2)/r⁴, as a function of r², on |r| ≤ π/4",
     lambda u: (cos(sqrt(near(u))) - 1 + near(u) / 2) / near(u) ** 2, lambda u: u * u * mpf("1.4"),
     lambda p: (mpf(0), (pi / 4 + mpf("1e-3")) ** 2)),
    ("SINH", "(sinh r / r - 1)/r², as a function of r², on |r| ≤ ln 2 / 2",
     lambda u: (sinh(sqrt(near(u))) / sqrt(near(u)) - 1) / near(u), lambda u: u,
     lambda p: (mpf(0), (half_ln2 + mpf("1e-3")) ** 2)),
    ("COSH", "(cosh r - 1)/r², as a function of r², on |r| ≤ ln 2 / 2",
     lambda u: (cosh(sqrt(near(u))) - 1) / near(u), lambda u: u,
     lambda p: (mpf(0), (half_ln2 + mpf("1e-3")) ** 2)),
    ("LN", "(ln((1+s)/(1-s))/s - 2)/s², as a function of s², for (1+s)/(1-s) from √½ to √2",
     lambda z: (log((1 + sqrt(near(z))) / (1 - sqrt(near(z)))) / sqrt(near(z)) - 2) / near(z),
     lambda z: z / 2, lambda p: (mpf(0), mpf("0.0296"))),
    ("LN_TAIL", "(ln((1+s)/(1-s))/(2s) - 1 - s²/3)/s⁴, as a function of s², same interval",
     lambda z: (log((1 + sqrt(near(z))) / (1 - sqrt(near(z)))) / (2 * sqrt(near(z))) - 1 - near(z) / 3)
     / near(z) ** 2, lambda z: z * z * 1024, lambda p: (mpf(0), mpf("0.0296"))),
    ("ATAN", "(atan r / r - 1)/r², as a function of r², on |r| ≤ 1",
     lambda u: (atan(sqrt(near(u))) / sqrt(near(u)) - 1) / near(u), lambda u: u * mpf("1.3"),
     lambda p: (mpf(0), mpf(1))),
    ("ASIN", "(asin r / r - 1)/r², as a function of r², on |r| ≤ ½",
     lambda u: (asin(sqrt(near(u))) / sqrt(near(u)) - 1) / near(u), lambda u: u,
     lambda p: (mpf(0), mpf("0.2501"))),
    ("ERF_SMALL", "erf(r)/r, as a function of r², on |r| ≤ 1",
     lambda u: erf(sqrt(near(u))) / sqrt(near(u)), lambda u: mpf("1.2"),
     lambda p: (mpf(0), mpf("1.0001"))),
    ("ERF_LARGE", "e^(r²) erfc(r), as a function of (r - 2)/(r + 2), from r = 1 up",
     lambda t: exp((2 * (1 + t) / (1 - t)) ** 2) * erfc(2 * (1 + t) / (1 - t)), lambda t: mpf("0.5"),
     lambda p: (mpf(-1) / 3, mpf("0.35") if p == "single" else mpf("0.5"))),
]

print("//! Coefficients of polynomials, lowest power first.")
print("//!")
print("//! Written by `docs/numerics/polynomials.py`: Chebyshev interpolants, computed with 60 digits, of")
print("//! the lowest degree whose error in the result is below 2⁻²⁷ (single) and 2⁻⁵⁶ (double), and for the")
print("//! hyperbolic tangent a fitted quotient.")
print()
print("#![allow(clippy::excessive_precision, clippy::approx_constant, reason = \"printed by a program\")]")
print()
print("use super::polynomial::Polynomial;")


def show(name, what, polys):
    print()
    print(f"/// {what}.")
    print(f"pub(super) const {name}: Polynomial = Polynomial {{")
    for precision, (poly, worst) in polys.items():
        print(f"    // error 2^{float(mp.log(worst, 2)):.1f}")
        print(f"    {precision}: &[")
        for c in poly:
            print(f"        {mp.nstr(c, 20, min_fixed=0, max_fixed=0, strip_zeros=False)},")
        print("    ],")
    print("};")


for name, what, g, weight, interval in ROWS:
    polys = {}
    for precision, target in TARGETS.items():
        low, high = interval(precision)
        poly, worst = find(g, weight, low, high, target)
        lean(name, precision, poly)
        polys[precision] = (poly, worst)
    show(name, what, polys)

quotients = {precision: fit_tanh(*row) for precision, row in TANH.items()}
for k, (name, what) in enumerate([
    ("HALF_SINH", "g sinh(x/2)/x, as a function of x², on |x| ≤ 9.0625 and 19.0625, for some g(x²)"),
    ("HALF_COSH", "g cosh(x/2), with the same g"),
]):
    show(name, what, {p: (polys[k], worst) for p, (polys, worst) in quotients.items()})
