//! Parcelling: within a band of scores, as many rejects as the accepts' bad rate there times a factor are called bad, drawn
//! at random (Siddiqi 2006, Credit Risk Scorecards, chapter 6).
//!
//! Assumption: rejects of a score are `factor` times as often bad as accepts of that score. No data tell the factor: it
//! is an assumption, and several are shown. Which rejects are called bad within a band is a seeded draw, so nothing is
//! learnt within bands.

use rand::seq::SliceRandom;

use crate::random;

/// A band of scores, from the worst.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Parcel {
    /// Lowest score; null in the first band.
    pub from: Option<f64>,
    /// Good and bad weight of its accepts.
    pub accepts: f64,
    /// Their bad rate.
    pub bad_rate: f64,
    /// Rejects.
    pub rejects: usize,
    /// How many of them are called bad, at factor 1.
    pub called_bad: usize,
}

/// The least weight of accepts that a band's rate is made of.
const LEAST_CASES: f64 = 30.0;

/// Bands by score: `count` of nearly equal size over all applicants, those with too few accepts joined to the safer
/// one. All slices have one entry an applicant.
pub fn parcels(score: &[f64], goods: &[f64], bads: &[f64], accepted: &[bool], count: usize) -> Vec<Parcel> {
    let mut order: Vec<usize> = (0..score.len()).collect();
    order.sort_by(|a, b| score[*a].total_cmp(&score[*b]).then(a.cmp(b)));
    let mut parcels: Vec<Parcel> = Vec::new();
    let empty = |from| Parcel { from, accepts: 0.0, bad_rate: 0.0, rejects: 0, called_bad: 0 };
    let close = |parcels: &mut Vec<Parcel>, mut open: Parcel, bads: f64| {
        open.bad_rate = bads / open.accepts;
        open.called_bad = called_bad(&open, 1.0);
        parcels.push(open);
    };
    let (mut open, mut open_bads, mut opened_in) = (empty(None), 0.0, 0);
    for (place, row) in order.iter().enumerate() {
        let is_new_score = place > 0 && score[order[place - 1]] < score[*row];
        let due = place * count / order.len();
        if is_new_score && due > opened_in && open.accepts >= LEAST_CASES {
            close(&mut parcels, std::mem::replace(&mut open, empty(Some(score[*row]))), open_bads);
            (open_bads, opened_in) = (0.0, due);
        }
        open.accepts += goods[*row] + bads[*row];
        open_bads += bads[*row];
        open.rejects += usize::from(!accepted[*row]);
    }
    match parcels.last_mut() {
        // Too few accepts at the safe end join the band below.
        Some(last) if open.accepts < LEAST_CASES => {
            let bads = last.bad_rate * last.accepts + open_bads;
            last.accepts += open.accepts;
            last.bad_rate = bads / last.accepts;
            last.rejects += open.rejects;
            last.called_bad = called_bad(last, 1.0);
        }
        _ if open.accepts > 0.0 => close(&mut parcels, open, open_bads),
        _ => {}
    }
    parcels
}

fn called_bad(parcel: &Parcel, factor: f64) -> usize {
    ((parcel.bad_rate * factor).min(1.0) * parcel.rejects as f64).round() as usize
}

/// Calls rejects bad: of each band the bad rate times `factor` (at most all), drawn at random. `score` has one entry a
/// reject. The rejects stand in one order of the draw for every factor, so that a higher factor only adds bads.
pub fn assign(parcels: &[Parcel], score: &[f64], factor: f64, seed: u64) -> Vec<bool> {
    let band = |score: f64| parcels.iter().skip(1).take_while(|p| p.from.is_some_and(|from| from <= score)).count();
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); parcels.len()];
    for (row, score) in score.iter().enumerate() {
        members[band(*score)].push(row);
    }
    let mut bad = vec![false; score.len()];
    for (position, (parcel, mut rows)) in parcels.iter().zip(members).enumerate() {
        rows.shuffle(&mut random::generator(seed, "parcelling", position as u64));
        let count = called_bad(&Parcel { rejects: rows.len(), ..parcel.clone() }, factor);
        rows.iter().take(count).for_each(|row| bad[*row] = true);
    }
    bad
}
