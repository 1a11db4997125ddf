//! The complementary error function to about 16 digits: statrs' own errs from the eleventh.
//!
//! Cody (1969), Rational Chebyshev approximations for the error function, Mathematics of Computation 23:631-637.

const A: [f64; 5] = [
    3.161_123_743_870_565_6,
    1.138_641_541_510_501_56e2,
    3.774_852_376_853_020_21e2,
    3.209_377_589_138_469_47e3,
    1.857_777_061_846_031_53e-1,
];
const B: [f64; 4] =
    [2.360_129_095_234_412_09e1, 2.440_246_379_344_441_73e2, 1.282_616_526_077_372_28e3, 2.844_236_833_439_170_62e3];
const C: [f64; 9] = [
    5.641_884_969_886_700_89e-1,
    8.883_149_794_388_375_94,
    6.611_919_063_714_162_95e1,
    2.986_351_381_974_001_31e2,
    8.819_522_212_417_690_9e2,
    1.712_047_612_634_070_58e3,
    2.051_078_377_826_071_47e3,
    1.230_339_354_797_997_25e3,
    2.153_115_354_744_038_46e-8,
];
const D: [f64; 8] = [
    1.574_492_611_070_983_47e1,
    1.176_939_508_913_124_99e2,
    5.371_811_018_620_098_58e2,
    1.621_389_574_566_690_19e3,
    3.290_799_235_733_459_63e3,
    4.362_619_090_143_247_16e3,
    3.439_367_674_143_721_64e3,
    1.230_339_354_803_749_42e3,
];
const P: [f64; 6] = [
    3.053_266_349_612_323_44e-1,
    3.603_448_999_498_044_39e-1,
    1.257_817_261_112_292_46e-1,
    1.608_378_514_874_227_66e-2,
    6.587_491_615_298_378_03e-4,
    1.631_538_713_730_209_78e-2,
];
const Q: [f64; 5] = [
    2.568_520_192_289_822_42,
    1.872_952_849_923_460_47,
    5.279_051_029_514_284_12e-1,
    6.051_834_131_244_131_91e-2,
    2.335_204_976_268_691_85e-3,
];

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
