//! The complementary error function to about 16 digits: statrs' own errs from the eleventh.
//!
//! Cody (1969), Rational Chebyshev approximations for the error function, Mathematics of Computation 23:631-637.

const A: [f64; 5] = [3.1611237438705655, 113.86415415105016, 377.485237685302, 3209.3775891384694, 0.18577770618460315];
const B: [f64; 4] = [23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.236833439171];
const C: [f64; 9] = [
    0.5641884969886701,
    8.883149794388377,
    66.11919063714163,
    298.6351381974001,
    881.952221241769,
    1712.0476126340707,
    2051.0783778260716,
    1230.3393547979972,
    2.1531153547440383e-08,
];
const D: [f64; 8] = [
    15.744926110709835,
    117.6939508913125,
    537.1811018620099,
    1621.3895745666903,
    3290.7992357334597,
    4362.619090143247,
    3439.3676741437216,
    1230.3393548037495,
];
const P: [f64; 6] = [
    0.30532663496123236,
    0.36034489994980445,
    0.12578172611122926,
    0.016083785148742275,
    0.0006587491615298378,
    0.016315387137302097,
];
const Q: [f64; 5] =
    [2.568520192289822, 1.8729528499234604, 0.5279051029514285, 0.06051834131244132, 0.0023352049762686918];

/// (top x^n + first[0] x^(n-1) + ...) / (x^n + second[0] x^(n-1) + ...), by Horner's rule.
fn ratio(x: f64, top: f64, first: &[f64], second: &[f64]) -> f64 {
    let steps = first.iter().zip(second);
    let (numerator, denominator) = steps.fold((top, 1.0), |(n, d), (a, b)| (n * x + a, d * x + b));
    numerator / denominator
}

/// 2 / sqrt(pi) times the integral of exp(-t^2) from `x` to infinity.
pub fn erfc(x: f64) -> f64 {
    let y = x.abs();
    if y <= 0.46875 {
        return 1.0 - x * ratio(y * y, A[4], &A[..4], &B);
    }
    let part = if y <= 4.0 {
        ratio(y, C[8], &C[..8], &D)
    } else {
        let z = 1.0 / (y * y);
        (std::f64::consts::FRAC_2_SQRT_PI / 2.0 - z * ratio(z, P[5], &P[..5], &Q)) / y
    };
    // exp(-y^2) in two factors, the first exact in its exponent.
    let near = (y * 16.0).trunc() / 16.0;
    let tail = part * (-near * near).exp() * (-(y - near) * (y + near)).exp();
    if x > 0.0 { tail } else { 2.0 - tail }
}
