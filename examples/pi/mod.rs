//! The digits of π, by the spigot of Rabinowitz and Wagon (*A spigot algorithm for the digits of
//! π*, American Mathematical Monthly 102, 1995).

/// The first `count` decimal digits of π, beginning 3, 1, 4.
///
/// π is 2 + 1/3 (2 + 2/5 (2 + 3/7 (2 + …))): a number whose digits are all 2 in the mixed base
/// 1/3, 2/5, 3/7, … . Multiplying it by 10 again and again drives its decimal digits out.
pub(crate) fn digits(count: usize) -> Vec<usize> {
    // Some digits more, for the last ones may yet be carried into.
    let wanted = count + 10;
    let mut mixed = vec![2; wanted * 10 / 3 + 1];
    let mut decimal: Vec<usize> = Vec::with_capacity(wanted);
    for _ in 0..wanted {
        let mut carry = 0;
        for (place, digit) in mixed.iter_mut().enumerate().rev() {
            let (base, numerator) = if place == 0 {
                (10, 1)
            } else {
                (2 * place + 1, place)
            };
            let value = 10 * *digit + carry;
            *digit = value % base;
            carry = value / base * numerator;
        }
        decimal.push(carry);
    }
    // What came out as 10 is a 0, and 1 more in the digit before.
    for place in (1..wanted).rev() {
        decimal[place - 1] += decimal[place] / 10;
        decimal[place] %= 10;
    }
    decimal.truncate(count);
    decimal
}
