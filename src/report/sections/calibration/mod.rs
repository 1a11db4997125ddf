//! Calibration: how well PDs agree with what happened.

mod grades;
mod shares;

use super::{Context, sample_cells, sample_columns};
use crate::error::Result;
use crate::evidence::{CalibrationEvidence, SampleEvidence};
use crate::report::charts::{ReliabilityWords, reliability_chart};
use crate::report::document::{Block, Cell, Column, Picture, Section, Table};
use crate::validation::calibration_line::LineCoefficient;
use crate::validation::pd_groups::PdGroup;
use crate::validation::{Interval, Measured};
use crate::words::Message;

/// A sample with its titles and figures.
type Sample<'a> = (Message, &'a str, &'a SampleEvidence);

const INDEPENDENT: &str = "cases are independent";

/// The section; `None` where no sample has PDs and outcomes.
pub(super) fn section(context: &Context<'_>) -> Result<Option<Section>> {
    let samples: Vec<Sample<'_>> =
        context.samples().filter(|(.., sample)| sample.calibration_tests.brier.value().is_some()).collect();
    if samples.is_empty() {
        return Ok(None);
    }
    let mut blocks = vec![Block::Text(
        "Do as many cases default as their PDs say? Each test has its own question and its own assumption; a small p value says that chance alone would hardly do it, not that the difference matters: with many cases a small one is found, with few bads a large one is not.".into(),
    )];
    for (title, _, sample) in &samples {
        let warnings = &sample.calibration_tests.calibration_warnings;
        if !warnings.is_empty() {
            let of_sample = |warning: &Message| {
                Message::new("On the sample {0}: {1}").with_words(title.clone()).with_words(warning.clone())
            };
            blocks.push(Block::Warnings(warnings.iter().map(of_sample).collect()));
        }
    }
    blocks.push(Block::Table(overall(&samples)));
    blocks.push(Block::Pictures(pictures(context, &samples)?));
    blocks.push(Block::Table(tests(&samples)));
    blocks.push(Block::Note("Jeffreys: distribution function of Beta(D + 1/2, N - D + 1/2) at the mean PD, D bads among N cases (ECB instructions 2019, 2.5.3.1). Binomial: chance of D or more bads at the mean PD, exact, and by the normal approximation. Correlated binomial: the same in Vasicek's one-factor model with the asset correlation that is stated (Basel Committee, Working Paper 14, 2005); the critical rate is exceeded with probability 5% or 1% where the PD is right, for infinitely many cases.".into()));
    blocks.push(Block::Note("Hosmer-Lemeshow: sum over groups of (O - E)^2 / (E (1 - E / n)), groups (a, b] at the type-7 quantiles of the PD at 0, 1/10, ..., 1, equal ones once; chi-square with groups less 2 degrees of freedom on the development sample, groups on others. Below 5 expected bads in a group it is rough. Spiegelhalter (1986): Brier score less its mean where the PDs are right, over its standard deviation. Calibration line (Cox 1958): likelihood ratio against constant 0 and slope 1.".into()));
    blocks.push(Block::Table(measures(&samples)));
    blocks.push(Block::Note("Brier score: mean squared error of the PDs; skill 1 - Brier / variance of the outcome. Expected calibration error: mean distance of bad rate and mean PD over the groups. Intercept: what must be added to the log odds good:bad of the PDs (0 is right, below 0 the PDs are too low); slope of the outcome on them (1 is right, below 1 the PDs are too extreme). Intervals at 95%, normal; by group of cases where the data name groups.".into()));
    blocks.push(Block::Table(brier_terms(&samples)));
    blocks.push(Block::Note("Brier = reliability - resolution + uncertainty + within-bin variance - within-bin covariance over the groups by PD (Stephenson, Coelho and Jolliffe 2008); the covariance term holds the factor 2. Without groups: Brier = miscalibration - discrimination + uncertainty, by isotonic regression (Dimitriadis, Gneiting and Jordan 2021).".into()));
    blocks.extend(grades::blocks(&samples));
    blocks.extend(low_default(&samples));
    blocks.extend(shares::blocks(&samples));
    let groups = samples.iter().filter_map(|(title, name, sample)| {
        let groups = sample.calibration_tests.reliability_curve.value()?;
        Some(Block::Table(by_group(title, name, groups)))
    });
    let parts = samples.iter().filter_map(|(title, name, sample)| Some(Block::Table(isotonic(title, name, sample)?)));
    blocks.push(Block::Details("Groups by PD".into(), groups.chain(parts).collect()));
    Ok(Some(Section { id: "calibration", heading: "Calibration".into(), blocks }))
}

/// A table with a row a sample.
fn by_sample(
    name: &str,
    caption: &'static str,
    columns: Vec<Column>,
    samples: &[Sample<'_>],
    cells: impl Fn(&CalibrationEvidence) -> Vec<Cell>,
) -> Table {
    let row =
        |(title, _, sample): &Sample<'_>| [sample_cells(title, sample), cells(&sample.calibration_tests)].concat();
    Table {
        name: name.to_owned(),
        caption: caption.into(),
        columns: [sample_columns(), columns].concat(),
        rows: samples.iter().map(row).collect(),
        files_only: false,
    }
}

fn interval(value: f64, low: Option<f64>, high: Option<f64>) -> Interval {
    Interval { value: Some(value), low, high }
}

fn overall(samples: &[Sample<'_>]) -> Table {
    let row = |(title, _, sample): &Sample<'_>| {
        let evidence = &sample.calibration_tests;
        let observed = Cell::measured(&evidence.observed_expected_ratio, |ratio| {
            // The ratio's interval is that of the observed rate, over the mean PD.
            let (expected, rate) = (ratio.expected / ratio.cases, ratio.observed / ratio.cases);
            Cell::ShareInterval(interval(rate, ratio.low.map(|x| x * expected), ratio.high.map(|x| x * expected)))
        });
        let ratio = Cell::measured(&evidence.observed_expected_ratio, |ratio| {
            Cell::Interval(interval(ratio.value, ratio.low, ratio.high), 3)
        });
        let expected = Cell::share(sample.expected_bad_rate);
        let critical = &evidence.binomial_correlated;
        let critical_95 = Cell::measured(critical, |test| Cell::Share(test.critical_default_rate_95));
        let critical_99 = Cell::measured(critical, |test| Cell::Share(test.critical_default_rate_99));
        [sample_cells(title, sample), vec![expected, observed, ratio, critical_95, critical_99]].concat()
    };
    Table {
        name: "calibration_overall".to_owned(),
        caption: "Expected and observed bad rate by sample".into(),
        columns: [
            sample_columns(),
            vec![
                Column::new("mean_pd", "Mean PD"),
                Column::new("observed_rate", "Observed bad rate"),
                Column::new("observed_expected_ratio", "Observed / expected"),
                Column::new("critical_default_rate_95", "Critical default rate, 95%"),
                Column::new("critical_default_rate_99", "Critical default rate, 99%"),
            ],
        ]
        .concat(),
        rows: samples.iter().map(row).collect(),
        files_only: false,
    }
}

/// Every test with what it asks and what it assumes.
fn tests(samples: &[Sample<'_>]) -> Table {
    let columns = vec![
        Column::new("test", "Test"),
        Column::new("statistic", "Statistic"),
        Column::new("degrees_of_freedom", "Degrees of freedom"),
        Column::new("p_value", "p value"),
        Column::new("question", "A small p value says"),
        Column::new("assumption", "Assumes"),
    ];
    Table {
        name: "calibration_tests".to_owned(),
        caption: "Tests of calibration".into(),
        columns: [sample_columns(), columns].concat(),
        rows: samples.iter().flat_map(tests_of).collect(),
        files_only: false,
    }
}

fn tests_of((title, _, sample): &Sample<'_>) -> Vec<Vec<Cell>> {
    let evidence = &sample.calibration_tests;
    let too_low = "the PDs are too low";
    let row = |test: &'static str, figures: [Cell; 3], question: &'static str, assumption: Message| {
        let words = vec![Cell::words(question), Cell::Words(assumption)];
        [sample_cells(title, sample), vec![Cell::words(test)], figures.to_vec(), words].concat()
    };
    let p_only = |p_value: Cell| [Cell::Nothing, Cell::Nothing, p_value];
    let independent = || Message::new(INDEPENDENT);
    let correlated = match evidence.binomial_correlated.value() {
        Some(test) => Message::new("asset correlation {0}, one factor").with(test.asset_correlation),
        None => Message::new("one factor"),
    };
    vec![
        row(
            "Jeffreys",
            p_only(Cell::measured(&evidence.jeffreys, |test| Cell::PValue(test.p_value))),
            too_low,
            independent(),
        ),
        row(
            "Binomial, exact",
            p_only(Cell::measured(&evidence.binomial, |test| Cell::PValue(test.p_value))),
            too_low,
            independent(),
        ),
        row(
            "Binomial, normal approximation",
            [
                Cell::measured(&evidence.binomial, |test| Cell::number(test.z, 3)),
                Cell::Nothing,
                Cell::measured(&evidence.binomial, |test| Cell::p_value(test.normal_p_value)),
            ],
            too_low,
            Message::new("cases are independent and many"),
        ),
        row(
            "Binomial, correlated",
            p_only(Cell::measured(&evidence.binomial_correlated, |test| Cell::PValue(test.p_value))),
            too_low,
            correlated,
        ),
        row(
            "Hosmer-Lemeshow",
            [
                Cell::measured(&evidence.hosmer_lemeshow, |test| Cell::Number(test.statistic, 3)),
                Cell::measured(&evidence.hosmer_lemeshow, |test| Cell::Count(test.degrees_of_freedom as f64)),
                Cell::measured(&evidence.hosmer_lemeshow, |test| Cell::PValue(test.p_value)),
            ],
            "the PDs of some groups are wrong",
            match evidence.hosmer_lemeshow.value() {
                Some(test) => Message::new("cases are independent; fewest bads expected in a group: {0}")
                    .with(format!("{:.1}", test.smallest_expected)),
                None => independent(),
            },
        ),
        row(
            "Spiegelhalter",
            [
                Cell::measured(&evidence.spiegelhalter, |test| Cell::Number(test.z, 3)),
                Cell::Nothing,
                Cell::measured(&evidence.spiegelhalter, |test| Cell::PValue(test.p_value)),
            ],
            "the PDs are wrong",
            independent(),
        ),
        row(
            "Calibration line",
            [
                Cell::measured(&evidence.calibration_line, |test| Cell::Number(test.statistic, 3)),
                Cell::measured(&evidence.calibration_line, |test| Cell::Count(test.degrees_of_freedom as f64)),
                Cell::measured(&evidence.calibration_line, |test| Cell::PValue(test.p_value)),
            ],
            "the PDs are too high or too low, or too extreme or not enough",
            independent(),
        ),
    ]
}

fn measures(samples: &[Sample<'_>]) -> Table {
    let columns = vec![
        Column::new("brier", "Brier score"),
        Column::new("brier_skill_score", "Brier skill"),
        Column::new("log_loss", "Log loss"),
        Column::new("expected_calibration_error", "Expected calibration error"),
        Column::new("calibration_intercept", "Intercept"),
        Column::new("calibration_intercept_p_value", "p value, intercept 0"),
        Column::new("calibration_slope", "Slope"),
        Column::new("calibration_slope_p_value", "p value, slope 1"),
    ];
    let coefficient = |line: &Measured<LineCoefficient>| {
        [
            Cell::measured(line, |line| Cell::Interval(interval(line.value, line.low, line.high), 3)),
            Cell::measured(line, |line| Cell::p_value(line.p_value)),
        ]
    };
    by_sample("calibration_measures", "Measures of PDs", columns, samples, |evidence| {
        let brier = Cell::measured(&evidence.brier, |b| Cell::Interval(interval(b.value, b.low, b.high), 4));
        let skill = Cell::measured(&evidence.brier_skill_score, |skill| Cell::Number(skill.value, 4));
        let log_loss = Cell::measured(&evidence.log_loss, |loss| Cell::Interval(*loss, 4));
        let error = Cell::measured(&evidence.expected_calibration_error, |error| Cell::Number(error.value, 4));
        let line = [coefficient(&evidence.calibration_intercept), coefficient(&evidence.calibration_slope)].concat();
        [vec![brier, skill, log_loss, error], line].concat()
    })
}

fn brier_terms(samples: &[Sample<'_>]) -> Table {
    let columns = vec![
        Column::new("brier", "Brier score"),
        Column::new("reliability", "Reliability"),
        Column::new("resolution", "Resolution"),
        Column::new("uncertainty", "Uncertainty"),
        Column::new("within_bin_variance", "Within-bin variance"),
        Column::new("within_bin_covariance", "Within-bin covariance"),
        Column::new("groups", "Groups"),
        Column::new("miscalibration", "Miscalibration"),
        Column::new("discrimination", "Discrimination"),
    ];
    by_sample("brier_terms", "Terms of the Brier score", columns, samples, |evidence| match &evidence.brier {
        Measured::Value(brier) => vec![
            Cell::Number(brier.value, 5),
            Cell::Number(brier.reliability, 5),
            Cell::Number(brier.resolution, 5),
            Cell::Number(brier.uncertainty, 5),
            Cell::Number(brier.within_bin_variance, 5),
            Cell::Number(brier.within_bin_covariance, 5),
            Cell::Count(brier.groups as f64),
            Cell::Number(brier.miscalibration, 5),
            Cell::Number(brier.discrimination, 5),
        ],
        Measured::NotComputed { not_computed } => vec![Cell::NotComputed(not_computed.clone()); 9],
    })
}

fn low_default(samples: &[Sample<'_>]) -> Vec<Block> {
    let rows: Vec<Vec<Cell>> = samples
        .iter()
        .filter_map(|(title, _, sample)| Some((title, sample, sample.calibration_tests.low_default.value()?)))
        .flat_map(|(title, sample, low_default)| {
            low_default.upper_bounds.iter().map(move |bound| {
                let cells =
                    vec![Cell::Share(bound.confidence), Cell::Share(bound.independent), Cell::Share(bound.correlated)];
                [sample_cells(title, sample), cells].concat()
            })
        })
        .collect();
    if rows.is_empty() {
        return Vec::new();
    }
    let columns = vec![
        Column::new("confidence", "Confidence"),
        Column::new("independent", "Upper bound, independent"),
        Column::new("correlated", "Upper bound, correlated"),
    ];
    let table = Table {
        name: "low_default".to_owned(),
        caption: "Upper bounds of the PD by what was observed".into(),
        columns: [sample_columns(), columns].concat(),
        rows,
        files_only: false,
    };
    vec![
        Block::Table(table),
        Block::Note("Pluto and Tasche (2005): the highest PD at which as few bads as these, or fewer, have the probability of 1 less the confidence; of independent cases, and in one period of Vasicek's one-factor model. It says what can be held without assumptions where bads are few or none.".into()),
    ]
}

fn pictures(context: &Context<'_>, samples: &[Sample<'_>]) -> Result<Vec<Picture>> {
    let mut pictures = Vec::new();
    for (title, name, sample) in samples {
        let evidence = &sample.calibration_tests;
        let (Some(groups), Some(parts)) = (evidence.reliability_curve.value(), evidence.isotonic_recalibration.value())
        else {
            continue;
        };
        let caption = Message::new("{0}: observed bad rate by mean PD of groups of about as many cases, with its 95% interval (Jeffreys). Above the diagonal more cases turned bad than the PDs say.").with_words(title.clone());
        let svg = reliability_chart(
            &ReliabilityWords {
                description: &context.say(caption.clone()),
                expected: &context.say("mean PD"),
                observed: &context.say("observed bad rate"),
                groups: &context.say("groups by PD, 95% interval"),
                recalibrated: &context.say("isotonic recalibration"),
                diagonal: &context.say("PDs that are right"),
            },
            groups,
            parts,
        )?;
        pictures.extend(svg.map(|svg| Picture { name: format!("reliability_{name}"), svg, caption }));
    }
    Ok(pictures)
}

fn by_group(title: &Message, name: &str, groups: &[PdGroup]) -> Table {
    let row = |group: &PdGroup| {
        vec![
            Cell::Number(group.lower, 5),
            Cell::Number(group.upper, 5),
            Cell::Count(group.cases as f64),
            Cell::Count(group.goods),
            Cell::Count(group.bads),
            Cell::Number(group.expected_bads, 2),
            Cell::Share(group.mean_pd),
            Cell::ShareInterval(interval(group.observed, group.low, group.high)),
        ]
    };
    Table {
        name: format!("reliability_{name}"),
        caption: Message::new("{0}: groups by PD").with_words(title.clone()),
        columns: vec![
            Column::new("lower", "PD above"),
            Column::new("upper", "PD up to"),
            Column::new("cases", "Cases"),
            Column::new("goods", "Goods"),
            Column::new("bads", "Bads"),
            Column::new("expected_bads", "Bads expected"),
            Column::new("mean_pd", "Mean PD"),
            Column::new("observed_rate", "Observed bad rate"),
        ],
        rows: groups.iter().map(row).collect(),
        files_only: false,
    }
}

fn isotonic(title: &Message, name: &str, sample: &SampleEvidence) -> Option<Table> {
    let parts = sample.calibration_tests.isotonic_recalibration.value()?;
    let rows = parts.iter().map(|part| {
        vec![
            Cell::Number(part.lower, 5),
            Cell::Number(part.upper, 5),
            Cell::Count(part.goods),
            Cell::Count(part.bads),
            Cell::Share(part.recalibrated_pd),
        ]
    });
    Some(Table {
        name: format!("isotonic_recalibration_{name}"),
        caption: Message::new("{0}: isotonic recalibration of the PDs").with_words(title.clone()),
        columns: vec![
            Column::new("lower", "Lowest PD"),
            Column::new("upper", "Highest PD"),
            Column::new("goods", "Goods"),
            Column::new("bads", "Bads"),
            Column::new("recalibrated_pd", "Recalibrated PD"),
        ],
        rows: rows.collect(),
        files_only: true,
    })
}
