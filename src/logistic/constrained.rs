//! A quadratic under the constraint that some of its arguments are not negative.

use ndarray::{Array1, Array2};

use super::linear::Scaled;

/// The u that minimises u' H u / 2 - c' u with u[j] >= 0 wherever `non_negative(j)`: the active-set method of Lawson
/// and Hanson (1974, chapter 23) in normal-equation form. At the optimum the entries at the bound are exactly 0. `None`
/// where H is not positive definite.
pub(super) fn quadratic(h: &Array2<f64>, c: &Array1<f64>, non_negative: impl Fn(usize) -> bool) -> Option<Array1<f64>> {
    let size = c.len();
    let mut inside: Vec<bool> = (0..size).map(|j| !non_negative(j)).collect();
    let mut u: Array1<f64> = Array1::zeros(size);
    // Start from the solution of the free ones alone.
    set(&mut u, &inside, &solve(h, c, &inside)?);
    // Each round takes in one entry and lowers the objective: at most as many sets as there are, in practice few.
    for _ in 0..10 * size.max(1) {
        let slope = c - &h.dot(&u);
        let scale = c.iter().fold(0.0_f64, |most, c| most.max(c.abs())).max(f64::MIN_POSITIVE);
        let enters = (0..size)
            .filter(|j| !inside[*j] && slope[*j] > 1e-12 * scale)
            .max_by(|a, b| slope[*a].total_cmp(&slope[*b]).then(b.cmp(a)));
        let Some(enters) = enters else { return Some(u) };
        inside[enters] = true;
        loop {
            let wanted = solve(h, c, &inside)?;
            let blocking = (0..size)
                .filter(|j| inside[*j] && non_negative(*j) && wanted[*j] <= 0.0)
                .map(|j| (if u[j] > 0.0 { u[j] / (u[j] - wanted[j]) } else { 0.0 }, j))
                .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            let Some((share, leaves)) = blocking else {
                set(&mut u, &inside, &wanted);
                break;
            };
            u.zip_mut_with(&wanted, |u, wanted| *u += share * (wanted - *u));
            u[leaves] = 0.0;
            inside[leaves] = false;
        }
    }
    Some(u)
}

fn set(u: &mut Array1<f64>, inside: &[bool], wanted: &Array1<f64>) {
    for (j, inside) in inside.iter().enumerate() {
        u[j] = if *inside { wanted[j] } else { 0.0 };
    }
}

/// The unconstrained solution over the entries `inside`; 0 elsewhere.
fn solve(h: &Array2<f64>, c: &Array1<f64>, inside: &[bool]) -> Option<Array1<f64>> {
    let places: Vec<usize> = (0..c.len()).filter(|j| inside[*j]).collect();
    let mut solution = Array1::zeros(c.len());
    if places.is_empty() {
        return Some(solution);
    }
    let part = Array2::from_shape_fn((places.len(), places.len()), |(i, j)| h[[places[i], places[j]]]);
    let right: Array1<f64> = places.iter().map(|j| c[*j]).collect();
    let found = Scaled::new(&part)?.solve(&right)?;
    for (place, value) in places.iter().zip(found) {
        solution[*place] = value;
    }
    Some(solution)
}
