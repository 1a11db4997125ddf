//! Whether a feature's log odds are linear in its WOE, beside the other features.

use ndarray::{Array1, Array2};

use super::FittedLogistic;
use super::blocks::walk;
use super::inference::chi_square_p;
use super::linear::Scaled;
use super::rows::{OutcomePairs, Rows};

/// Score tests (Rao 1948) of what a column's single coefficient leaves unsaid.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Linearity {
    /// Test of WOE squared beside WOE, one degree of freedom: the curvature that Box and Tidwell (1962) look for (their
    /// x ln x needs positive x, which WOE is not).
    pub curvature: f64,
    /// Its p value.
    pub curvature_p: f64,
    /// Test of an effect of its own for every bin.
    pub bins: f64,
    /// Its degrees of freedom: bins with cases, less two.
    pub bins_degrees_of_freedom: usize,
    /// Its p value.
    pub bins_p: f64,
}

/// The tests of each column that goes by codes and has at least three bins with cases and distinct WOE; `None` for
/// others. Model-based, so for plain outcomes of independent cases.
pub fn linearity(fit: &FittedLogistic, rows: &dyn Rows, outcomes: &OutcomePairs) -> Vec<Option<Linearity>> {
    let beta = fit.beta();
    let size = beta.len();
    let codes: Vec<usize> = (0..rows.columns())
        .map(|column| rows.codes(column).and_then(|codes| codes.iter().max()).map_or(0, |most| usize::from(*most) + 1))
        .collect();
    /// By code: sum of residuals, of weights, of weighted columns; and the code's number.
    #[derive(Clone)]
    struct Bin {
        slope: f64,
        weight: f64,
        value: f64,
        cross: Vec<f64>,
    }
    let empty = Bin { slope: 0.0, weight: 0.0, value: 0.0, cross: vec![0.0; size] };
    let make = || codes.iter().map(|codes| vec![empty.clone(); *codes]).collect::<Vec<_>>();
    let parts = walk(rows, outcomes, &beta, 1, make, |columns, block| {
        for (column, bins) in columns.iter_mut().enumerate() {
            let Some(codes) = rows.codes(column) else { continue };
            for row in 0..block.rows {
                let bin = &mut bins[usize::from(codes[block.from + row])];
                bin.slope += block.residual[row];
                bin.weight += block.weight[row];
                bin.value = block.x[column + 1][row];
                for (cross, x) in bin.cross.iter_mut().zip(&block.x) {
                    *cross += block.weight[row] * x[row];
                }
            }
        }
    });
    let mut columns = make();
    for part in parts {
        for (bins, more) in columns.iter_mut().zip(part) {
            for (bin, more) in bins.iter_mut().zip(more).filter(|(_, more)| more.weight > 0.0) {
                bin.slope += more.slope;
                bin.weight += more.weight;
                bin.value = more.value;
                bin.cross.iter_mut().zip(&more.cross).for_each(|(cross, more)| *cross += more);
            }
        }
    }
    // Columns at the bound are not in the model; their row and column say nothing about the others.
    let free: Vec<usize> = (0..size).filter(|place| *place == 0 || !fit.bound[place - 1]).collect();
    let information = Array2::from_shape_fn((free.len(), free.len()), |(i, j)| fit.information[[free[i], free[j]]]);
    let Some(information) = Scaled::new(&information) else { return vec![None; columns.len()] };
    let statistic = |slopes: &Array1<f64>, own: &Array2<f64>, cross: &Array2<f64>| -> Option<f64> {
        let mut variance = own.clone();
        for i in 0..cross.nrows() {
            let solved = information.solve(&cross.row(i).to_owned())?;
            for j in 0..cross.nrows() {
                variance[[i, j]] -= cross.row(j).dot(&solved);
            }
        }
        let scaled = Scaled::new(&variance).filter(|scaled| scaled.dependent().is_none())?;
        Some(slopes.dot(&scaled.solve(slopes)?))
    };
    let one = |bins: Vec<&Bin>, column: usize| -> Option<Linearity> {
        // The constant and WOE itself are in the model: two bins of distinct WOE, the heaviest, go without an effect.
        let heaviest = bins.iter().copied().max_by(|a, b| a.weight.total_cmp(&b.weight))?;
        let second = bins
            .iter()
            .copied()
            .filter(|bin| bin.value != heaviest.value)
            .max_by(|a, b| a.weight.total_cmp(&b.weight))?;
        let tested: Vec<&Bin> =
            bins.iter().copied().filter(|bin| !std::ptr::eq(*bin, heaviest) && !std::ptr::eq(*bin, second)).collect();
        if tested.is_empty() || fit.bound[column] {
            return None;
        }
        let cross_of = |bin: &Bin| free.iter().map(|place| bin.cross[*place]).collect::<Array1<f64>>();
        let slopes: Array1<f64> = tested.iter().map(|bin| bin.slope).collect();
        let own = Array2::from_diag(&tested.iter().map(|bin| bin.weight).collect::<Array1<f64>>());
        let cross = Array2::from_shape_fn((tested.len(), free.len()), |(i, j)| tested[i].cross[free[j]]);
        let bins_statistic = statistic(&slopes, &own, &cross)?;
        let sum = |of: &dyn Fn(&Bin) -> f64| bins.iter().map(|bin| of(bin)).sum::<f64>();
        let square = |bin: &Bin| bin.value * bin.value;
        let mut curve = Array2::zeros((1, free.len()));
        for bin in &bins {
            curve.row_mut(0).scaled_add(square(bin), &cross_of(bin));
        }
        let curvature = statistic(
            &Array1::from_elem(1, sum(&|bin| bin.slope * square(bin))),
            &Array2::from_elem((1, 1), sum(&|bin| bin.weight * square(bin) * square(bin))),
            &curve,
        )?;
        Some(Linearity {
            curvature,
            curvature_p: chi_square_p(curvature, 1),
            bins: bins_statistic,
            bins_degrees_of_freedom: tested.len(),
            bins_p: chi_square_p(bins_statistic, tested.len()),
        })
    };
    columns
        .iter()
        .enumerate()
        .map(|(column, bins)| one(bins.iter().filter(|bin| bin.weight > 0.0).collect(), column))
        .collect()
}
