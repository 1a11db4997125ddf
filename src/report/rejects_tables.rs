//! The tables of the study of rejected applicants.

use super::study::{Entry, StudyTable};
use crate::rejects::methods::Method;
use crate::rejects::{MethodCoefficient, MethodResult, RejectStudy};

fn table(name: &str, caption: &str, columns: &[&str], rows: Vec<Vec<Entry>>) -> StudyTable {
    let columns = columns.iter().map(|column| (*column).to_owned()).collect();
    StudyTable { name: name.to_owned(), caption: caption.to_owned(), columns, rows }
}

pub(super) fn result(study: &RejectStudy) -> StudyTable {
    let row = |method: &MethodResult| {
        let cut = &method.cut_off;
        vec![
            Entry::text(&method.title),
            Entry::Share(method.rejects_bad_rate),
            Entry::Share(method.applicants_bad_rate),
            Entry::Number(cut.score, 1),
            Entry::Share(cut.approval_rate),
            Entry::Share(cut.bad_rate),
            Entry::number(method.auc.value, 4),
            Entry::number(method.auc.low, 4),
            Entry::number(method.auc.high, 4),
        ]
    };
    table(
        "methods",
        &format!("Bad rates by method, at the cut-off too; AUC on accepts ({}).", study.applicants.auc_sample),
        &[
            "Method",
            "Bad rate rejects",
            "Bad rate applicants",
            "Cut-off",
            "Approved",
            "Bad rate approved",
            "AUC",
            "AUC low",
            "AUC high",
        ],
        study.methods.iter().map(row).collect(),
    )
}

pub(super) fn decisions(study: &RejectStudy) -> StudyTable {
    let row = |method: &MethodResult| {
        let cut = &method.cut_off;
        vec![
            Entry::text(&method.title),
            Entry::Share(cut.rejects_approved),
            Entry::Share(cut.accepts_declined),
            Entry::Share(cut.swapped_in),
            Entry::share(cut.swapped_in_bad_rate),
            Entry::Share(cut.swapped_out),
            Entry::share(cut.swapped_out_bad_rate),
        ]
    };
    table(
        "decisions",
        "Decisions at the cut-off: against the lender's own, and against the accepts-only model's.",
        &[
            "Method",
            "Rejects approved",
            "Accepts declined",
            "Swapped in",
            "Bad rate swapped in",
            "Swapped out",
            "Bad rate swapped out",
        ],
        study.methods.iter().map(row).collect(),
    )
}

pub(super) fn not_used(study: &RejectStudy) -> Vec<StudyTable> {
    if study.not_used.is_empty() {
        return Vec::new();
    }
    let rows = study.not_used.iter().map(|fault| vec![Entry::text(fault.method), Entry::text(&fault.reason)]);
    vec![table("not_used", "Methods that could not be used.", &["Method", "Why"], rows.collect())]
}

pub(super) fn applicants(study: &RejectStudy) -> StudyTable {
    let people = &study.applicants;
    let list = |names: &[String]| Entry::text(if names.is_empty() { "–".to_owned() } else { names.join(", ") });
    let rows = vec![
        vec![Entry::text("Accepts (weight)"), Entry::Count(people.accepts)],
        vec![Entry::text("Rejects (weight)"), Entry::Count(people.rejects)],
        vec![
            Entry::text(if people.rate_is_stated {
                "Acceptance rate, as stated"
            } else {
                "Acceptance rate in the data"
            }),
            Entry::Share(people.acceptance_rate),
        ],
        vec![Entry::text("Accepts in the fits"), Entry::Count(people.development_accepts as f64)],
        vec![Entry::text("of these goods"), Entry::Count(people.goods)],
        vec![Entry::text("of these bads"), Entry::Count(people.bads)],
        vec![Entry::text("Rejects in the fits"), Entry::Count(people.development_rejects as f64)],
        vec![Entry::text("Bad rate of accepts, observed"), Entry::Share(people.accepts_bad_rate)],
        vec![Entry::text("Features of the model"), list(&study.features.selected)],
        vec![Entry::text("Declared as exclusion"), list(&study.features.exclusion)],
        vec![Entry::text("Features that the rejects lack"), list(&study.features.lacking)],
        vec![Entry::text("AUC of the card with all its features"), Entry::number(study.features.full_card_auc, 4)],
        vec![Entry::text("AUC of this study's accepts-only model"), Entry::number(study.features.study_auc, 4)],
    ];
    table("applicants", "Who applied, and what is known of them.", &["What", "Value"], rows)
}

pub(super) fn methods(methods: &[Method]) -> StudyTable {
    let row = |method: &Method| {
        [method.title, method.assumption, method.formula, method.standard_errors, method.source]
            .map(Entry::text)
            .to_vec()
    };
    table(
        "assumptions",
        "Assumption, formula and source of each method.",
        &["Method", "Assumption", "Formula", "Standard errors", "Source"],
        methods.iter().map(row).collect(),
    )
}

pub(super) fn acceptance(study: &RejectStudy) -> Vec<StudyTable> {
    let acceptance = &study.acceptance;
    let rows = acceptance.columns.iter().filter(|column| column.left_out.is_empty()).map(|column| {
        vec![
            Entry::text(&column.name),
            Entry::Number(column.information_value, 4),
            Entry::number(column.coefficient, 4),
            Entry::number(column.std_error, 4),
        ]
    });
    let caption = format!(
        "Model of acceptance; AUC accepts against rejects {}.",
        acceptance.auc.map_or("not defined".to_owned(), |auc| format!("{auc:.4}"))
    );
    let columns = ["Column", "IV", "Coefficient", "Standard error"];
    let mut tables = vec![table("acceptance", &caption, &columns, rows.collect())];
    let mut left_out: std::collections::BTreeMap<&str, Vec<&str>> = std::collections::BTreeMap::new();
    for column in acceptance.columns.iter().filter(|column| !column.left_out.is_empty()) {
        left_out.entry(&column.left_out).or_default().push(&column.name);
    }
    if !left_out.is_empty() {
        let rows = left_out.iter().map(|(why, names)| vec![Entry::text(*why), Entry::text(names.join(", "))]);
        let columns = ["Why", "Columns"];
        tables.push(table(
            "not_in_acceptance",
            "Columns that the model of acceptance leaves out.",
            &columns,
            rows.collect(),
        ));
    }
    if let Some(overlap) = &acceptance.overlap {
        let rows = overlap
            .bands
            .iter()
            .map(|band| vec![Entry::Number(band.from, 1), Entry::Count(band.accepts), Entry::Count(band.rejects)]);
        let caption = format!(
            "Applicants by probability of acceptance. Rejects below {}: {:.1}%; rejects below the lowest accept ({:.4}): {:.1}%.",
            overlap.floor,
            100.0 * overlap.rejects_below_floor,
            overlap.lowest_of_accepts,
            100.0 * overlap.rejects_below_accepts
        );
        tables.push(table("overlap", &caption, &["Probability from", "Accepts", "Rejects"], rows.collect()));
    }
    if let Some(weights) = &study.reweighting {
        let rows = vec![
            vec![Entry::text("Accepts"), Entry::Count(weights.accepts as f64)],
            vec![Entry::text("Effective number of accepts (Kish)"), Entry::Number(weights.effective, 1)],
            vec![Entry::text("Quantile at which weights are cut"), Entry::Number(weights.trim, 3)],
            vec![Entry::text("1 / P(accepted) there"), Entry::Number(weights.cut_at, 3)],
            vec![Entry::text("Accepts whose weight was cut"), Entry::Count(weights.trimmed as f64)],
            vec![Entry::text("Largest weight, the mean being 1"), Entry::Number(weights.largest, 3)],
        ];
        tables.push(table("weights", "Weights of reweighting.", &["What", "Value"], rows));
    }
    if !study.parcels.is_empty() {
        let rows = study.parcels.iter().map(|parcel| {
            vec![
                Entry::number(parcel.from, 1),
                Entry::Count(parcel.accepts),
                Entry::Share(parcel.bad_rate),
                Entry::Count(parcel.rejects as f64),
                Entry::Count(parcel.called_bad as f64),
            ]
        });
        tables.push(table(
            "parcels",
            "Bands of parcelling, from the worst: accepts with an outcome, their bad rate, rejects, and how many of these are called bad at factor 1.",
            &["Score from", "Accepts", "Bad rate", "Rejects", "Called bad"],
            rows.collect(),
        ));
    }
    tables
}

pub(super) fn coefficients(study: &RejectStudy) -> StudyTable {
    let base: &[MethodCoefficient] = study.methods.first().map_or(&[], |method| &method.coefficients);
    let mut rows = Vec::new();
    for method in &study.methods {
        for (coefficient, base) in method.coefficients.iter().zip(base) {
            rows.push(vec![
                Entry::text(&method.title),
                Entry::text(&coefficient.name),
                Entry::Number(coefficient.estimate, 4),
                Entry::Number(coefficient.std_error, 4),
                Entry::Number(coefficient.low, 4),
                Entry::Number(coefficient.high, 4),
                Entry::Number(coefficient.estimate - base.estimate, 4),
            ]);
        }
    }
    let columns = ["Method", "Coefficient", "Estimate", "Standard error", "Low", "High", "Less accepts only"];
    table("coefficients", "Coefficients of WOE in ln(odds good:bad), with 95% intervals.", &columns, rows)
}

pub(super) fn scores(study: &RejectStudy) -> StudyTable {
    let mut rows = Vec::new();
    for method in &study.methods {
        for (who, scores) in [("accepts", &method.accepts), ("rejects", &method.rejects)] {
            let deciles = scores.deciles.iter().map(|score| Entry::Number(*score, 1));
            let mut row = vec![Entry::text(&method.title), Entry::text(who), Entry::Number(scores.mean, 1)];
            row.extend(deciles);
            rows.push(row);
        }
    }
    let columns = ["Method", "Who", "Mean", "10%", "20%", "30%", "40%", "50%", "60%", "70%", "80%", "90%"];
    table("scores", "Scores before rounding: mean and deciles.", &columns, rows)
}

pub(super) fn psi(study: &RejectStudy) -> StudyTable {
    let row = |method: &MethodResult| vec![Entry::text(&method.title), Entry::number(method.score_psi, 4)];
    table(
        "score_psi",
        "PSI of each method's score over all applicants against the accepts-only score, by tenths of the latter.",
        &["Method", "PSI"],
        study.methods.iter().map(row).collect(),
    )
}

fn estimates(name: &str, caption: &str, parts: &[(&str, &[MethodCoefficient])]) -> StudyTable {
    let rows = parts.iter().flat_map(|(part, coefficients)| {
        coefficients.iter().map(|coefficient| {
            vec![
                Entry::text(*part),
                Entry::text(&coefficient.name),
                Entry::Number(coefficient.estimate, 4),
                Entry::Number(coefficient.std_error, 4),
                Entry::Number(coefficient.low, 4),
                Entry::Number(coefficient.high, 4),
            ]
        })
    });
    let columns = ["Equation", "Coefficient", "Estimate", "Standard error", "Low", "High"];
    table(name, caption, &columns, rows.collect())
}

pub(super) fn probit(study: &RejectStudy) -> Vec<StudyTable> {
    let Some(probit) = &study.probit else { return Vec::new() };
    vec![estimates(
        "probit",
        "Coefficients on the probit's scale, with 95% Wald intervals.",
        &[
            ("outcome", &probit.outcome),
            ("outcome at rho = 0", &probit.outcome_at_zero),
            ("acceptance", &probit.acceptance),
        ],
    )]
}

pub(super) fn truth(study: &RejectStudy) -> Vec<StudyTable> {
    let Some(truth) = &study.truth else { return Vec::new() };
    let rows = truth.methods.iter().map(|row| {
        vec![
            Entry::text(&row.title),
            Entry::Share(row.bias),
            Entry::Number(row.brier, 5),
            Entry::Number(row.log_loss, 5),
            Entry::number(row.auc_applicants, 4),
            Entry::number(row.auc_rejects, 4),
            Entry::Number(row.log_odds_distance, 4),
            Entry::share(row.approved_bad_rate),
        ]
    });
    let columns = [
        "Method",
        "Bias of bad rate",
        "Brier rejects",
        "Log loss rejects",
        "AUC applicants",
        "AUC rejects",
        "Log odds distance",
        "True bad rate approved",
    ];
    vec![
        table(
            "truth",
            "Against the truth. Bias: expected less true bad rate of rejects. Log odds distance: root mean square over all applicants from the fit that knows every outcome, which is the last row.",
            &columns,
            rows.collect(),
        ),
        estimates(
            "true_coefficients",
            "The fit on all development applicants with their true outcomes, on the same bins.",
            &[("all applicants", &truth.coefficients)],
        ),
    ]
}
