//! What each method assumes, computes, and where it comes from: for the document and the report alike.

use serde::Serialize;

/// A method in words.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Method {
    /// Its name in the document.
    pub name: &'static str,
    /// Its name for readers.
    pub title: &'static str,
    /// What must hold for its figures to be right.
    pub assumption: &'static str,
    /// What is computed.
    pub formula: &'static str,
    /// Which standard errors, and what they leave out.
    pub standard_errors: &'static str,
    /// Where it is described.
    pub source: &'static str,
}

/// Fit on accepts alone.
pub const ACCEPTS_ONLY: Method = Method {
    name: "accepts_only",
    title: "Accepts only",
    assumption: "Given the card's features, accepts and rejects of the same values are equally often bad, and the model's form holds beyond the accepts' values.",
    formula: "Maximum likelihood on development accepts; rejects are scored by the result.",
    standard_errors: "As in training: model-based, sandwich for weighted or fractional outcomes, clustered by group where there are groups.",
    source: "Little and Rubin (2002), Statistical Analysis with Missing Data: ignorable non-response; Hand and Henley (1993), IMA Journal of Mathematics Applied in Business and Industry 5:45-55: without further assumptions rejects tell nothing.",
};
/// Inverse acceptance probability.
pub const REWEIGHTING: Method = Method {
    name: "reweighting",
    title: "Reweighting",
    assumption: "Given everything that the model of acceptance sees, acceptance tells nothing about the outcome; and everybody had some chance of being accepted.",
    formula: "Each accept counts min(1 / P(accepted), cut), scaled so that the accepts' total weight stays; P(accepted) is a logistic model on all common features (not the exclusion), binned on accepts against rejects; the cut is a quantile of 1 / P(accepted) among accepts.",
    standard_errors: "Sandwich HC0 (by group where there are groups); the weights count as known, which as a rule makes the intervals too wide rather than too narrow.",
    source: "Horvitz and Thompson (1952), JASA 47:663-685; Crook and Banasik (2004), Journal of Banking and Finance 28:857-874; effective sample size: Kish (1965).",
};
/// Rejects below a score are bad.
pub const HARD_CUT_OFF: Method = Method {
    name: "hard_cut_off",
    title: "Hard cut-off",
    assumption: "The accepts-only model ranks rejects without error, and as many of them are bad as it expects. The first is never true, so coefficients come out too steep.",
    formula: "Rejects are called bad from the worst score on, until their weight reaches the sum of their accepts-only PD; the others are called good; then maximum likelihood on everybody.",
    standard_errors: "Sandwich HC0 (by group where there are groups); inferred outcomes count as observed, so intervals are too narrow.",
    source: "Siddiqi (2006), Credit Risk Scorecards, chapter 6.",
};
/// Bad rates of score bands times a factor.
pub const PARCELLING: Method = Method {
    name: "parcelling",
    title: "Parcelling",
    assumption: "Rejects of a score band are so many times (the factor) as often bad as the band's accepts. No data tell the factor.",
    formula: "Bands of the accepts-only score over all applicants; of a band's rejects, bad rate of its accepts times factor (at most all) are called bad, by a seeded draw; then maximum likelihood on everybody.",
    standard_errors: "Sandwich HC0 (by group where there are groups); inferred outcomes count as observed, so intervals are too narrow.",
    source: "Siddiqi (2006), Credit Risk Scorecards, chapter 6.",
};
/// Each reject partly good and partly bad.
pub const FUZZY: Method = Method {
    name: "fuzzy",
    title: "Fuzzy augmentation",
    assumption: "Rejects are so many times (the factor) as often bad as accepts of the same score. No data tell the factor.",
    formula: "Each reject counts (1 - p) good and p bad, p = min(factor * PD of the accepts-only model, 1); then maximum likelihood on everybody. At factor 1 the accepts-only coefficients solve the same equations: nothing changes.",
    standard_errors: "Both fits' estimating equations stacked, so that inferred outcomes do not count as observed (by group where there are groups); at factor 1 the sandwich of the accepts-only fit.",
    source: "Siddiqi (2006), Credit Risk Scorecards, chapter 6; standard errors: Newey and McFadden (1994), Handbook of Econometrics 4, section 6.",
};
/// Outcome and acceptance jointly.
pub const PROBIT: Method = Method {
    name: "bivariate_probit",
    title: "Bivariate probit",
    assumption: "What neither equation sees is jointly normal in outcome and acceptance with correlation rho; and a column decides about acceptance that tells nothing about the outcome (exclusion). Without one, the normal form alone identifies rho.",
    formula: "good where x'b + u > 0, accepted where z'c + v > 0, corr(u, v) = rho; log likelihood: accepted and good ln F(x'b, z'c; rho), accepted and bad ln F(-x'b, z'c; -rho), rejected ln Phi(-z'c). x: the card's WOE; z: the same features and the exclusion, as WOE on accepts against rejects. PD = Phi(-x'b), by which applicants are scored; of those known to be rejected F(-x'b, -z'c; rho) / Phi(-z'c).",
    standard_errors: "Inverse information; sandwich for weighted or fractional outcomes, by group where there are groups. The bins count as known.",
    source: "Van de Ven and van Praag (1981), Journal of Econometrics 17:229-252; Boyes, Hoffman and Low (1989), Journal of Econometrics 40:3-14; F by Genz (2004), Statistics and Computing 14:251-260.",
};

/// All of them, in the order in which they are shown.
pub const METHODS: [Method; 6] = [ACCEPTS_ONLY, REWEIGHTING, HARD_CUT_OFF, PARCELLING, FUZZY, PROBIT];
