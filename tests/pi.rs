//! The digits of π that `examples/memory.rs` learns, against another formula.

#[path = "../examples/pi/mod.rs"]
mod pi;

/// Decimal places of Machin's sum.
const PLACES: usize = 5_000;

/// Adds `scale` · arctan(1/x) to a fixed-point number in base 10, the whole part first.
fn add_arctangent(sum: &mut [i64], scale: i64, x: i64) {
    let mut power = vec![0; sum.len()];
    power[0] = scale;
    divide(&mut power, x);
    let mut odd = 1;
    while power.iter().any(|&digit| digit != 0) {
        let mut term = power.clone();
        divide(&mut term, odd);
        let sign = if odd % 4 == 1 { 1 } else { -1 };
        for (sum, term) in sum.iter_mut().zip(term) {
            *sum += sign * term;
        }
        divide(&mut power, x * x);
        odd += 2;
    }
}

fn divide(number: &mut [i64], by: i64) {
    let mut rest = 0;
    for digit in number {
        let value = 10 * rest + *digit;
        (*digit, rest) = (value / by, value % by);
    }
}

#[test]
fn a_spigot_and_machins_formula_agree() {
    // π = 16 arctan(1/5) − 4 arctan(1/239), with places to spare for rounding.
    let mut sum = vec![0; PLACES + 20];
    add_arctangent(&mut sum, 16, 5);
    add_arctangent(&mut sum, -4, 239);
    for place in (1..sum.len()).rev() {
        sum[place - 1] += sum[place].div_euclid(10);
        sum[place] = sum[place].rem_euclid(10);
    }
    let digits = pi::digits(PLACES);
    assert!(
        digits
            .iter()
            .map(|&d| d as i64)
            .eq(sum[..PLACES].iter().copied())
    );
    // The six nines from the 762nd decimal on, and where a thousand decimals end.
    assert_eq!(digits[762..768], [9; 6]);
    assert_eq!(digits[991..1001], [2, 1, 6, 4, 2, 0, 1, 9, 8, 9]);
}
