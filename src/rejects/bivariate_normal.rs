//! The standard bivariate normal distribution function.
//!
//! Genz (2004), Numerical computation of rectangular bivariate and trivariate normal and t probabilities, Statistics
//! and Computing 14:251-260: Drezner and Wesolowsky's (1990) integral over the correlation by Gauss-Legendre quadrature
//! with 6, 12 or 20 points; for |r| of at least 0.925 the expansion around |r| = 1 and the quadrature of what is left.
//! Absolute error below 1e-14.

use std::f64::consts::{PI, SQRT_2, TAU};

use super::erfc::erfc;

/// Nodes in (-1, 0) and weights of the Gauss-Legendre rule with twice as many points.
type Rule = &'static [(f64, f64)];

const SIX: Rule = &[
    (-0.9324695142031519, 0.17132449237917027),
    (-0.6612093864662645, 0.3607615730481387),
    (-0.2386191860831969, 0.46791393457269104),
];
const TWELVE: Rule = &[
    (-0.9815606342467192, 0.04717533638651141),
    (-0.9041172563704748, 0.10693932599531907),
    (-0.7699026741943047, 0.16007832854334642),
    (-0.5873179542866175, 0.20316742672306573),
    (-0.3678314989981802, 0.2334925365383546),
    (-0.1252334085114689, 0.2491470458134027),
];
const TWENTY: Rule = &[
    (-0.993128599185095, 0.017614007139150893),
    (-0.9639719272779138, 0.040601429800386446),
    (-0.912234428251326, 0.06267204833410879),
    (-0.8391169718222188, 0.08327674157670471),
    (-0.7463319064601508, 0.1019301198172407),
    (-0.636053680726515, 0.1181945319615186),
    (-0.5108670019508271, 0.1316886384491769),
    (-0.37370608871541955, 0.1420961093183824),
    (-0.22778585114164507, 0.14917298647260424),
    (-0.07652652113349734, 0.15275338713072628),
];

/// Density of the standard normal.
pub fn normal_density(x: f64) -> f64 {
    (-0.5 * x * x).exp() / TAU.sqrt()
}

/// P(X <= x) of the standard normal.
pub fn normal_cdf(x: f64) -> f64 {
    0.5 * erfc(-x / SQRT_2)
}

/// P(X <= x, Y <= y) of standard normals with correlation `r` in [-1, 1].
pub fn bivariate_normal_cdf(x: f64, y: f64, r: f64) -> f64 {
    upper(-x, -y, r).clamp(0.0, 1.0)
}

/// P(X > h, Y > k).
fn upper(h: f64, k: f64, r: f64) -> f64 {
    if h == f64::INFINITY || k == f64::INFINITY {
        return 0.0;
    }
    if h == f64::NEG_INFINITY || k == f64::NEG_INFINITY {
        return normal_cdf(-h.max(k));
    }
    let rule = match r.abs() {
        r if r < 0.3 => SIX,
        r if r < 0.75 => TWELVE,
        _ => TWENTY,
    };
    if r.abs() < 0.925 { moderate(h, k, r, rule) } else { strong(h, k, r, rule) }
}

fn moderate(h: f64, k: f64, r: f64, rule: Rule) -> f64 {
    let half_square = (h * h + k * k) / 2.0;
    let angle = r.asin();
    let mut sum = 0.0;
    for (node, weight) in rule {
        for sign in [-1.0, 1.0] {
            let sine = (angle * (sign * node + 1.0) / 2.0).sin();
            sum += weight * ((sine * h * k - half_square) / (1.0 - sine * sine)).exp();
        }
    }
    sum * angle / (2.0 * TAU) + normal_cdf(-h) * normal_cdf(-k)
}

fn strong(h: f64, k: f64, r: f64, rule: Rule) -> f64 {
    let k = if r < 0.0 { -k } else { k };
    let product = h * k;
    let mut result = 0.0;
    if r.abs() < 1.0 {
        let square = (1.0 - r) * (1.0 + r);
        let root = square.sqrt();
        let gap = (h - k) * (h - k);
        let (c, d) = ((4.0 - product) / 8.0, (12.0 - product) / 16.0);
        let exponent = -(gap / square + product) / 2.0;
        if exponent > -100.0 {
            let bracket = 1.0 - c * (gap - square) * (1.0 - d * gap / 5.0) / 3.0 + c * d * square * square / 5.0;
            result = root * exponent.exp() * bracket;
        }
        if -product < 100.0 {
            let distance = gap.sqrt();
            let bracket = 1.0 - c * gap * (1.0 - d * gap / 5.0) / 3.0;
            result -= (-product / 2.0).exp() * TAU.sqrt() * normal_cdf(-distance / root) * distance * bracket;
        }
        let half = root / 2.0;
        for (node, weight) in rule {
            for sign in [-1.0, 1.0] {
                let squared = (half * (sign * node + 1.0)).powi(2);
                let cosine = (1.0 - squared).sqrt();
                let exponent = -(gap / squared + product) / 2.0;
                if exponent > -100.0 {
                    let exact = (-product * squared / (2.0 * (1.0 + cosine).powi(2))).exp() / cosine;
                    result += half * weight * exponent.exp() * (exact - (1.0 + c * squared * (1.0 + d * squared)));
                }
            }
        }
        result /= -2.0 * PI;
    }
    if r > 0.0 {
        return result + normal_cdf(-h.max(k));
    }
    let rest = match (k > h, h < 0.0) {
        (false, _) => 0.0,
        (true, true) => normal_cdf(k) - normal_cdf(h),
        (true, false) => normal_cdf(-h) - normal_cdf(-k),
    };
    rest - result
}
