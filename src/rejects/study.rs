//! The study from a card's file to its document.

use ndarray::Array2;

use super::acceptance::{Acceptance, acceptance, beyond_range, overlap};
use super::document::*;
use super::fits::{Development, Fits, Fitted, coefficients, fits, probit_summary};
use super::measures::{Bands, Known, decisions, score_at_rate, score_distribution};
use super::people::{People, woe};
use super::refit::refit;
use super::truth::{self, Truth, compare};
use super::warnings::warnings;
use crate::cases::{Cases, FeatureColumn};
use crate::config::{CardSpec, RejectsSection};
use crate::error::{Error, Result};
use crate::logistic::sigmoid;
use crate::pipeline::{Developed, LoadedCard, develop, load_card};
use crate::progress::Progress;
use crate::sample::{SampleName, Samples};
use crate::scaling::scaling;
use crate::selection::fit_error;
use crate::validation::{Distribution, Interval, Scores, auc};

/// Carries the study of a card's rejected applicants out.
///
/// # Errors
/// Whatever is wrong with configuration or data; [`crate::error::ErrorKind::NoCases`] where nobody was rejected.
pub fn study(spec: CardSpec, progress: &dyn Progress) -> Result<RejectStudy> {
    if spec.segments.is_some() {
        return Err(spec
            .source
            .error(&["segments"], "rejects are studied for one card at a time, but this one has [segments]")
            .help("take [segments] out, or study each segment as a card of its own on its own applicants"));
    }
    let section = spec.rejects.clone().unwrap_or_default();
    let LoadedCard { mut spec, mut cases, samples, .. } = load_card(spec, progress)?;
    let mut people = People::new(&spec, &section, &cases, &samples)?;
    let bad = section.truth.as_ref().map(|table| truth::read(&spec, table, &cases)).transpose()?;
    let (auc_sample, auc_rows) = auc_sample(&cases, &samples);
    let lacking = std::mem::take(&mut cases.rejected_lack);
    let full_card_auc = if lacking.is_empty() {
        None
    } else {
        let full = develop(&spec, &cases, &samples, progress)?;
        keep_common(&mut spec, &mut cases, &lacking);
        auc_of(&cases, &auc_rows, &model_log_odds(&full, &auc_rows, &spec)?).value
    };
    let developed = develop(&spec, &cases, &samples, progress)?;
    if let Some(prior) = &developed.model.evidence.prior {
        // The card moves its intercept to the population's bad rate; here goods and bads are weighted to it.
        prior.weigh(&mut cases.outcomes);
        cases.warnings.push(format!("{}; this study weighs goods and bads to it throughout", prior.in_words()));
        people = People::new(&spec, &section, &cases, &samples)?;
    }
    if spec.fit.firth {
        cases
            .warnings
            .push("the card is fitted by Firth's penalised likelihood, this study by maximum likelihood".into());
    }
    let names: Vec<&str> =
        developed.selection.selected.iter().map(|at| developed.binnings[*at].name.as_str()).collect();

    let rows = people.development();
    let accepted_by = acceptance(&spec, &cases, &rows, &people.accepted, &people.weights, progress)?;
    progress.check()?;
    let of_probit = accepted_by.of_probit(&columns_of(&spec, &names), &rows);
    let pick = |values: &[f64], rows: &[u32]| rows.iter().map(|row| values[*row as usize]).collect::<Vec<f64>>();
    let development = Development {
        woe: woe(&developed.binnings, &developed.selection.selected, &rows, spec.scaling.unforeseen)
            .map_err(|e| e.in_file(&spec.source.path))?,
        features: developed.selection.selected.iter().map(|at| &developed.binnings[*at]).collect(),
        acceptance: accepted_by.woe(&of_probit, &rows),
        goods: pick(&cases.outcomes.goods, &rows),
        bads: pick(&cases.outcomes.bads, &rows),
        weights: pick(&people.weights, &rows),
        accepts: people.accepts.len(),
        groups: cases.groups.as_ref().map(|groups| rows.iter().map(|row| groups.codes[*row as usize]).collect()),
        plain: cases.outcomes.plain,
        l2: spec.fit.l2,
        seed: spec.seed,
    };
    let probability = accepted_by.probability.as_ref().ok().map(|all| pick(all, &rows));
    let fits = fits(&development, &accepted_by, probability.as_deref(), &section, progress)
        .map_err(|e| e.in_file(&spec.source.path))?;

    progress.begin("comparing", fits.fitted.len());
    let weights = pick(&people.weights, &people.all);
    let (goods, bads) = (pick(&cases.outcomes.goods, &people.all), pick(&cases.outcomes.bads, &people.all));
    let accepted: Vec<bool> = people.all.iter().map(|row| people.accepted[*row as usize]).collect();
    let known = Known { accepted: &accepted, weights: &weights, goods: &goods, bads: &bads };
    let all_woe = woe(&developed.binnings, &developed.selection.selected, &people.all, spec.scaling.unforeseen)
        .map_err(|e| e.in_file(&spec.source.path))?;
    let all_acceptance = accepted_by.woe(&of_probit, &people.all);
    let view = View::new(&spec, &section, known, &people, &fits, (&all_woe, &all_acceptance));
    let in_auc: Vec<bool> = {
        let mut is_in = vec![false; cases.len()];
        auc_rows.iter().for_each(|row| is_in[*row as usize] = true);
        people.all.iter().map(|row| is_in[*row as usize]).collect()
    };
    let auc = |eta: &[f64]| {
        let of_rows: Vec<f64> = eta.iter().zip(&in_auc).filter(|(_, is_in)| **is_in).map(|(eta, _)| *eta).collect();
        auc_of(&cases, &auc_rows, &of_rows)
    };
    let methods: Vec<MethodResult> = fits
        .fitted
        .iter()
        .enumerate()
        .map(|(position, fitted)| view.result(position, fitted, &names, auc(&view.log_odds[position])))
        .collect();
    let study_auc = methods.first().and_then(|method| method.auc.value);
    let truth = match (&section.truth, bad) {
        (Some(table), Some(bad)) => Some(against_truth(
            &table.path,
            &bad,
            &development,
            &rows,
            &people.all,
            &view,
            &all_woe,
            &in_auc,
            &methods,
        )?),
        _ => None,
    };
    let is_rejected = |row: &u32| !people.accepted[*row as usize];
    let rejects: Vec<u32> = people.all.iter().copied().filter(is_rejected).collect();
    let features: Vec<&FeatureColumn> =
        cases.features.iter().filter(|feature| names.contains(&feature.name.as_str())).collect();
    let observed = |row: usize| goods[row] + bads[row] > 0.0;
    let sum = |is: bool| (0..weights.len()).filter(|row| accepted[*row] == is).map(|row| weights[row]).sum::<f64>();
    let mut study = RejectStudy {
        format: "scorewright.reject_inference",
        format_version: 1,
        card: spec.card.name.clone(),
        seed: spec.seed,
        applicants: ApplicantCounts {
            accepts: sum(true),
            rejects: sum(false),
            acceptance_rate: people.acceptance_rate,
            rate_is_stated: section.acceptance_rate.is_some(),
            development_accepts: people.accepts.len(),
            development_rejects: people.rejects.len(),
            goods: development.goods.iter().sum(),
            bads: development.bads.iter().sum(),
            accepts_bad_rate: known.mean(observed, |row| bads[row] / (goods[row] + bads[row])).unwrap_or(f64::NAN),
            auc_sample,
            out_of_their_time: people.out_of_their_time,
        },
        features: FeatureUse {
            selected: names.iter().map(|name| (*name).to_owned()).collect(),
            exclusion: section.exclusion.clone(),
            lacking,
            full_card_auc,
            study_auc,
        },
        beyond_range: beyond_range(&features, &people.accepts, &rejects),
        probit: fits.probit.as_ref().map(|fit| {
            let columns: Vec<&str> = of_probit.iter().map(|at| accepted_by.columns[*at].name.as_str()).collect();
            probit_summary(fit, &names, &columns, &section.exclusion)
        }),
        acceptance: summary(accepted_by, &people, &section),
        methods,
        not_used: fits.not_used,
        reweighting: fits.weights,
        parcels: fits.parcels,
        bands: view.bands.from().into_iter().map(|from| from.map(|eta| view.score(eta))).collect(),
        observed_by_band: view.bands.means(known, observed, |row| bads[row] / (goods[row] + bads[row])),
        truth,
        warnings: cases.warnings,
    };
    // Scores, not log odds, are what a reader of bands knows.
    for parcel in &mut study.parcels {
        parcel.from = parcel.from.map(|eta| view.score(eta));
    }
    let found = warnings(&study);
    study.warnings.extend(found);
    Ok(study)
}

/// The columns of features; of a pair its axes.
fn columns_of<'a>(spec: &'a CardSpec, names: &[&'a str]) -> Vec<&'a str> {
    let of = |name: &&'a str| match spec.features.pairs.get(*name) {
        Some(pair) => pair.of.iter().map(String::as_str).collect(),
        None => vec![*name],
    };
    names.iter().flat_map(of).collect()
}

/// The holdout, or development where there is none with both classes.
fn auc_sample(cases: &Cases, samples: &Samples) -> (&'static str, Vec<u32>) {
    let has_both = |rows: &[u32]| {
        let sum = |weights: &[f64]| rows.iter().map(|row| weights[*row as usize]).sum::<f64>();
        sum(&cases.outcomes.goods) > 0.0 && sum(&cases.outcomes.bads) > 0.0
    };
    let holdout = samples.samples.iter().find(|s| s.name == SampleName::Holdout && has_both(&s.rows));
    match holdout {
        Some(sample) => (SampleName::Holdout.name(), sample.rows.clone()),
        None => (SampleName::Development.name(), samples.development().to_vec()),
    }
}

/// The card without the features that rejects lack.
fn keep_common(spec: &mut CardSpec, cases: &mut Cases, lacking: &[String]) {
    spec.features.pairs.retain(|_, pair| !pair.of.iter().any(|column| lacking.contains(column)));
    let pairs: Vec<String> = spec.features.pairs.keys().cloned().collect();
    cases.features.retain(|feature| !lacking.contains(&feature.name));
    let is_known = |name: &String| {
        let names = cases.features.iter().map(|feature| &feature.name).chain(&pairs);
        names.into_iter().any(|known| crate::ready_made::matches(name, known))
    };
    spec.selection.keep.retain(is_known);
    spec.selection.drop.retain(is_known);
    spec.sample.profile.retain(is_known);
}

fn model_log_odds(developed: &Developed, rows: &[u32], spec: &CardSpec) -> Result<Vec<f64>> {
    let woe = woe(&developed.binnings, &developed.selection.selected, rows, spec.scaling.unforeseen)?;
    Ok(developed.model.fit.log_odds(woe.view()).to_vec())
}

fn auc_of(cases: &Cases, rows: &[u32], eta: &[f64]) -> Interval {
    let pick = |values: &[f64]| rows.iter().map(|row| values[*row as usize]).collect::<Vec<f64>>();
    let (goods, bads) = (pick(&cases.outcomes.goods), pick(&cases.outcomes.bads));
    let groups: Option<Vec<u32>> =
        cases.groups.as_ref().map(|groups| rows.iter().map(|row| groups.codes[*row as usize]).collect());
    let scores = Scores { score: eta, goods: &goods, bads: &bads, groups: groups.as_deref() };
    auc::auc(scores, &Distribution::new(scores))
}

fn summary(acceptance: Acceptance, people: &People, section: &RejectsSection) -> AcceptanceSummary {
    let overlap = acceptance.probability.as_ref().ok().map(|probability| {
        let of = |row: &u32| *row as usize;
        let p: Vec<f64> = people.all.iter().map(|row| probability[of(row)]).collect();
        let accepted: Vec<bool> = people.all.iter().map(|row| people.accepted[of(row)]).collect();
        let weights: Vec<f64> = people.all.iter().map(|row| people.weights[of(row)]).collect();
        overlap(&p, &accepted, &weights, section.overlap_floor)
    });
    AcceptanceSummary {
        columns: acceptance.columns,
        auc: acceptance.auc,
        fault: acceptance.probability.err(),
        overlap,
        rejected_bins: acceptance.rejected_bins,
    }
}

/// All applicants as every method sees them.
struct View<'a> {
    known: Known<'a>,
    /// By method, ln(odds good:bad) of all applicants.
    log_odds: Vec<Vec<f64>>,
    /// By method, their probability of bad: of rejects under the probit, given that they were rejected.
    pd: Vec<Vec<f64>>,
    /// By method, the log odds from which applicants are approved.
    cuts: Vec<f64>,
    bands: Bands,
    factor: f64,
    offset: f64,
}

impl<'a> View<'a> {
    fn new(
        spec: &CardSpec,
        section: &RejectsSection,
        known: Known<'a>,
        people: &People,
        fits: &Fits,
        (all_woe, all_acceptance): (&Array2<f64>, &Array2<f64>),
    ) -> Self {
        let scaling = scaling(&spec.scaling);
        let log_odds: Vec<Vec<f64>> = fits.fitted.iter().map(|fitted| fitted.log_odds(all_woe)).collect();
        let probit = fits.probit.as_ref().map(|fit| (fit, all_acceptance));
        let pd = fits
            .fitted
            .iter()
            .zip(&log_odds)
            .map(|(fitted, eta)| fitted.bad_probability(eta, all_woe, probit, known.accepted))
            .collect();
        let cut = |eta: &Vec<f64>| match section.cut_off {
            Some(score) => (score - scaling.offset) / scaling.factor,
            None => score_at_rate(eta, known.weights, people.acceptance_rate),
        };
        let cuts = log_odds.iter().map(cut).collect();
        let bands = Bands::new(&log_odds[0], known.weights);
        View { known, log_odds, pd, cuts, bands, factor: scaling.factor, offset: scaling.offset }
    }

    fn score(&self, eta: f64) -> f64 {
        self.offset + self.factor * eta
    }

    fn result(&self, position: usize, fitted: &Fitted, names: &[&str], auc: Interval) -> MethodResult {
        let known = self.known;
        let eta = &self.log_odds[position];
        let pd = &self.pd[position];
        let score: Vec<f64> = eta.iter().map(|eta| self.score(*eta)).collect();
        let is_reject = |row: usize| !known.accepted[row];
        let mut cut_off = decisions(known, eta, pd, self.cuts[position], (&self.log_odds[0], self.cuts[0]));
        cut_off.score = self.score(cut_off.score);
        MethodResult {
            method: fitted.method.name,
            factor: fitted.factor,
            title: fitted.title(),
            standard_errors: fitted.errors.as_ref().map(|(_, which)| *which),
            coefficients: match &fitted.errors {
                Some((errors, _)) => coefficients(names.iter().copied(), &fitted.coefficients, errors),
                None => Vec::new(),
            },
            accepts: score_distribution(&score, known.weights, |row| known.accepted[row]),
            rejects: score_distribution(&score, known.weights, is_reject),
            score_psi: self.bands.psi(eta, known.weights),
            rejects_bad_rate: known.mean(is_reject, |row| pd[row]).unwrap_or(f64::NAN),
            applicants_bad_rate: known.bad_rate(pd),
            cut_off,
            auc,
            bad_rate_by_band: self.bands.means(known, is_reject, |row| pd[row]),
        }
    }
}

/// The fit on all development applicants with their true outcomes, and every method beside it.
#[expect(clippy::too_many_arguments, reason = "these are the results of the steps above, one each")]
fn against_truth(
    file: &str,
    bad: &[Option<bool>],
    development: &Development<'_>,
    rows: &[u32],
    all: &[u32],
    view: &View<'_>,
    all_woe: &Array2<f64>,
    in_auc: &[bool],
    methods: &[MethodResult],
) -> Result<TruthSummary> {
    let known = view.known;
    let (mut goods, mut bads) = (development.goods.clone(), development.bads.clone());
    for (place, row) in rows.iter().enumerate().skip(development.accepts) {
        match bad[*row as usize] {
            Some(true) => bads[place] = development.weights[place],
            Some(false) => goods[place] = development.weights[place],
            None => {}
        }
    }
    let plain = development.plain && development.weights.iter().all(|weight| *weight == 1.0);
    let groups = development.groups.as_deref();
    let ideal = refit(development.woe.view(), &goods, &bads, development.l2, plain, groups).map_err(|error| {
        let error = fit_error(error, &development.features);
        Error::new(error.kind(), format!("the fit on all applicants with their true outcomes: {}", error.message()))
            .help("look at [rejects.truth]: the column and its values that mean bad")
    })?;
    let ideal_eta = super::refit::log_odds(all_woe.view(), &ideal.coefficients);
    let of_all: Vec<Option<bool>> = all.iter().map(|row| bad[*row as usize]).collect();
    let truth = Truth { known, bad: &of_all, in_auc, ideal: &ideal_eta };
    let mut of_methods: Vec<TruthRow> = methods
        .iter()
        .enumerate()
        .map(|(position, method)| {
            let eta = &view.log_odds[position];
            compare(truth, &method.title, eta, &view.pd[position], |row| eta[row] >= view.cuts[position])
        })
        .collect();
    let approval = methods.first().map_or(0.0, |method| method.cut_off.approval_rate);
    let ideal_cut = score_at_rate(&ideal_eta, known.weights, approval);
    let title = "All applicants, true outcomes";
    let ideal_pd: Vec<f64> = ideal_eta.iter().map(|eta| sigmoid(-eta)).collect();
    of_methods.push(compare(truth, title, &ideal_eta, &ideal_pd, |row| ideal_eta[row] >= ideal_cut));
    let flag = |row: usize| f64::from(u8::from(of_all[row] == Some(true)));
    let has = |row: usize| of_all[row].is_some();
    let known_rejects = of_all.iter().flatten().count();
    let rejects = known.accepted.iter().filter(|accepted| !**accepted).count();
    Ok(TruthSummary {
        file: file.to_owned(),
        rejects: known_rejects,
        unknown: rejects - known_rejects,
        bad_rate: known.mean(has, flag).unwrap_or(f64::NAN),
        coefficients: coefficients(
            development.features.iter().map(|f| f.name.as_str()),
            &ideal.coefficients,
            &ideal.standard_errors,
        ),
        methods: of_methods,
        bad_rate_by_band: view.bands.means(known, has, flag),
    })
}
