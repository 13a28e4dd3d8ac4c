ftm::ftm_fn! {
    pub fn Bars(x; a) { a * |x| + ||x - a|| }
    pub fn Or(x; a) { if x < 0.0 | x > 1.0 { a } else { a * x } }
    pub fn Stars(x; a) { a * x ** 2.0 }
    pub fn Unfinished(x; a) { a * sin(x +) / }
    pub fn Side(x; a, c[2]) { a x + c[0] a + 2 (x + a) + (x + a)(x - a) }
    pub fn Ended(x; a) {
        let y = a * x
        clamp(y 0.0, 1.0)
    }
    pub fn Bare(x; a) { a * sin x - ln 2.0 }
    pub fn By(x; a) { a * sin(2x) }
    pub fn Typed(x; a) { a * sin(2f32 * x) }
    pub fn Degree(x; c[3]) { sum(k in 0..3, c[k] * chebyshev(2k, x)) }
    pub fn Right(x; a) { if x < 0.0 || !(x < 1.0) || true { a } else { -a * -x } }
}

fn main() {}
