//! Artifact and case to score, probability of default and points by feature.

mod batch;

pub use batch::{Batch, BatchError, Column};

use crate::artifact::{Axis, Bin, Feature, FeatureKind, ReasonBaseline, ScorecardDocument, UnforeseenPolicy, WoeFrom};
use crate::binning::Partition;
use crate::error::Error;
use crate::reasons::{MOST_REASONS, Reason, keep_greatest, ranked};
use crate::segments::{ELSEWHERE, ScoredSegments};
use crate::units::{Points, ProbabilityOfDefault};
use crate::value::Value;
use crate::verification;

/// A scorecard that has been checked and can score.
#[derive(Debug, Clone)]
pub struct Scorecard {
    document: ScorecardDocument,
    inputs: Vec<Input>,
    features: Vec<ScoredFeature>,
    segments: Option<ScoredSegments>,
    /// By rank, from 1, the reason of that rank.
    reasons: Vec<Reason>,
}

/// A column that a scorecard takes a value of: a feature's, an axis of a pair, or the one that tells the segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The column's name.
    pub name: String,
    /// Whether it takes numbers or categories.
    pub kind: FeatureKind,
}

/// A feature's bins with their points; the last entry of `points` and `ranks` is for unforeseen values.
#[derive(Debug, Clone)]
struct ScoredFeature {
    /// Positions of the feature's inputs: one, or the two axes of a pair.
    inputs: Vec<usize>,
    partition: Partition,
    points: Vec<f64>,
    baseline: f64,
    /// By code, the rank of the reason that it is; 0: it is none.
    ranks: Vec<i32>,
    /// The words of the reason that an unforeseen value is.
    unforeseen_reason: String,
}

/// What a case scores.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scored {
    /// Base points plus the points of every feature; higher is safer.
    pub score: Points,
    /// The probability of default that belongs to the score.
    pub pd: ProbabilityOfDefault,
    /// How many of the case's features had a value that development never saw (a pair: on either axis); such a value of
    /// the column that tells the segment counts too.
    pub unforeseen: u32,
}

impl Scorecard {
    /// Reads `scorecard.json`, checks it and replays its verification rows.
    ///
    /// # Errors
    /// Every [`Error`] that speaks of a document: form, format version, bins that overlap or leave
    /// gaps, points that contradict the scaling, a verification row that does not reproduce.
    pub fn from_json(bytes: &[u8]) -> Result<Self, Error> {
        let card = Self::unverified(ScorecardDocument::from_json(bytes)?)?;
        verification::replay(&card)?;
        Ok(card)
    }

    /// Checks a document that is being made and has no verification rows yet; scoring from files goes
    /// through [`Scorecard::from_json`].
    ///
    /// # Errors
    /// [`Error::Inconsistent`].
    pub fn unverified(document: ScorecardDocument) -> Result<Self, Error> {
        check_scaling(&document)?;
        let mut inputs: Vec<Input> = Vec::new();
        if let Some(segments) = &document.segments {
            inputs.push(Input { name: segments.input.clone(), kind: segments.kind });
        }
        let segments = ScoredSegments::new(&document, 0)?;
        let mut features: Vec<ScoredFeature> = Vec::with_capacity(document.features.len());
        for (position, feature) in document.features.iter().enumerate() {
            if document.features.iter().take(position).any(|other| other.name == feature.name) {
                let what = "the card has two features of this name".to_owned();
                return Err(Error::Inconsistent { feature: Some(feature.name.clone()), what });
            }
            let positions = take_inputs(feature, &mut inputs)?;
            features.push(prepare(feature, positions, &document)?);
        }
        let reasons = rank_reasons(&mut features)?;
        Ok(Scorecard { document, inputs, features, segments, reasons })
    }

    /// The document behind the card.
    pub fn document(&self) -> &ScorecardDocument {
        &self.document
    }

    /// The card's features, in the order of the card.
    pub fn features(&self) -> &[Feature] {
        &self.document.features
    }

    /// The columns that the card needs, each once, in the order in which a case's values are given: that of
    /// their first use, the one that tells the segment before all others. Of a card without pairs and segments these are
    /// its features.
    pub fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    /// Positions of the inputs of the feature at `position`: one, or the two axes of a pair.
    pub fn feature_inputs(&self, position: usize) -> &[usize] {
        self.features.get(position).map_or(&[], |feature| &feature.inputs)
    }

    /// The bins of the feature at `position`.
    pub fn partition(&self, position: usize) -> Option<&Partition> {
        self.features.get(position).map(|feature| &feature.partition)
    }

    /// Points of the feature at `position` for a bin's code; `None` where there is no such feature or code.
    #[inline]
    pub fn bin_points(&self, position: usize, code: u16) -> Option<f64> {
        self.features.get(position)?.points.get(usize::from(code)).copied()
    }

    /// What the feature at `position` is compared with when reasons are ranked, in points.
    pub fn reason_baseline(&self, position: usize) -> Option<f64> {
        self.features.get(position).map(|feature| feature.baseline)
    }

    /// How many codes a case has: one a feature, and in a card with segments a last one that tells the segment.
    pub fn code_count(&self) -> usize {
        self.features.len() + usize::from(self.segments.is_some())
    }

    /// The position of the input that tells the segment, and the values of all segments as bins; `None` for a card
    /// without segments.
    pub fn segment_input(&self) -> Option<(usize, &Partition)> {
        self.segments.as_ref().map(|segments| (segments.input, &segments.partition))
    }

    /// The position of the segment that takes the values of a code of [`Scorecard::segment_input`]; `None` where none
    /// does.
    #[inline]
    pub fn segment_of_code(&self, code: u16) -> Option<usize> {
        self.segments.as_ref()?.of_code(code)
    }

    /// The position of the segment of the feature at `position`; `None` for a card without segments.
    #[inline]
    pub fn feature_segment(&self, position: usize) -> Option<usize> {
        self.segments.as_ref()?.of_feature(position)
    }

    /// The rank of a code of the feature at `position` among all reasons; 0 where it is none.
    #[inline]
    pub(crate) fn reason_rank(&self, position: usize, code: u16) -> i32 {
        self.features.get(position).and_then(|feature| feature.ranks.get(usize::from(code))).copied().unwrap_or(0)
    }

    /// The reason of a rank.
    #[inline]
    pub(crate) fn reason_of_rank(&self, rank: i32) -> Option<Reason> {
        self.reasons.get(usize::try_from(rank).ok()?.checked_sub(1)?).copied()
    }

    /// The words of a reason; empty for a feature that the card does not have.
    pub fn reason_text(&self, reason: Reason) -> &str {
        let position = usize::from(reason.feature);
        match self.document.features.get(position).and_then(|feature| feature.bins.get(usize::from(reason.code))) {
            Some(bin) => &bin.reason,
            None => self.features.get(position).map_or("", |feature| &feature.unforeseen_reason),
        }
    }

    /// The bin codes of a case, written to `codes`, which are [`Scorecard::code_count`]. `values` are in the order of
    /// [`Scorecard::inputs`], codes in that of [`Scorecard::features`]; a feature of another segment than the case's has
    /// the code [`ELSEWHERE`], whatever its value.
    ///
    /// # Errors
    /// [`Error::WrongLength`], [`Error::WrongType`], [`Error::NoSegment`], or [`Error::Unforeseen`] where the policy
    /// says so.
    pub fn codes(&self, values: &[Value<'_>], codes: &mut [u16]) -> Result<(), Error> {
        wanted(values.len(), self.inputs.len())?;
        wanted(codes.len(), self.code_count())?;
        let own = self.own_code(values)?;
        let segment = self.own_segment(own);
        for ((position, feature), code) in self.features.iter().enumerate().zip(&mut *codes) {
            *code = self.feature_code(position, feature, segment, values)?;
        }
        if let (Some(own), Some(last)) = (own, codes.last_mut()) {
            *last = own;
        }
        Ok(())
    }

    /// The code that tells the segment of a case; `None` for a card without segments.
    fn own_code(&self, values: &[Value<'_>]) -> Result<Option<u16>, Error> {
        let Some(segments) = &self.segments else { return Ok(None) };
        let value = values.get(segments.input).copied().unwrap_or(Value::Missing);
        let code = segments.partition.value(value).ok_or_else(|| self.wrong_type(segments.input, value))?;
        match segments.of_code(code) {
            Some(_) => Ok(Some(code)),
            None => Err(Error::NoSegment { input: self.input_name(segments.input), value: value.to_string() }),
        }
    }

    /// The segment of a code of [`Scorecard::own_code`].
    #[inline]
    fn own_segment(&self, own: Option<u16>) -> Option<usize> {
        own.and_then(|code| self.segment_of_code(code))
    }

    /// The code of a case for a feature, which stands at `position`.
    #[inline]
    fn feature_code(
        &self,
        position: usize,
        feature: &ScoredFeature,
        segment: Option<usize>,
        values: &[Value<'_>],
    ) -> Result<u16, Error> {
        if segment != self.feature_segment(position) {
            return Ok(ELSEWHERE);
        }
        match (feature.partition.axes(), feature.inputs.as_slice()) {
            (Some([rows, columns]), [row, column]) => Ok(feature
                .partition
                .cell(self.input_code(rows, *row, values)?, self.input_code(columns, *column, values)?)),
            (_, inputs) => self.input_code(&feature.partition, inputs.first().copied().unwrap_or(0), values),
        }
    }

    /// The code of the input at `position` by a partition of one column.
    #[inline]
    fn input_code(&self, partition: &Partition, position: usize, values: &[Value<'_>]) -> Result<u16, Error> {
        let value = values.get(position).copied().unwrap_or(Value::Missing);
        let code = partition.value(value).ok_or_else(|| self.wrong_type(position, value))?;
        if code == partition.unforeseen() && self.document.unforeseen == UnforeseenPolicy::Error {
            return Err(Error::Unforeseen { feature: self.input_name(position), value: value.to_string() });
        }
        Ok(code)
    }

    #[cold]
    fn wrong_type(&self, input: usize, value: Value<'_>) -> Error {
        Error::WrongType { feature: self.input_name(input), value: value.to_string() }
    }

    #[cold]
    fn input_name(&self, position: usize) -> String {
        self.inputs.get(position).map(|input| input.name.clone()).unwrap_or_default()
    }

    /// The score of a case whose bin codes are known: base points plus the points of each feature, in
    /// the card's order. A code that no bin has counts as unforeseen. In a card with segments the last code tells the
    /// case's; one that [`Scorecard::codes`] would refuse scores no number.
    #[inline]
    pub fn score_codes(&self, codes: impl IntoIterator<Item = u16>) -> Scored {
        if let Some(segments) = &self.segments {
            return self.score_in_segment(segments, codes.into_iter());
        }
        let mut sum = self.document.base_points;
        let mut unforeseen = 0;
        for (feature, code) in self.features.iter().zip(codes) {
            let code = usize::from(code).min(feature.partition.bins());
            unforeseen += u32::from(code == feature.partition.bins());
            sum += feature.points.get(code).copied().unwrap_or(0.0);
        }
        self.scored(sum, unforeseen)
    }

    fn score_in_segment(&self, segments: &ScoredSegments, mut codes: impl Iterator<Item = u16>) -> Scored {
        let (mut sum, mut unforeseen) = (0.0, 0);
        for (feature, code) in self.features.iter().zip(&mut codes) {
            if code != ELSEWHERE {
                let code = usize::from(code).min(feature.partition.bins());
                unforeseen += u32::from(code == feature.partition.bins());
                sum += feature.points.get(code).copied().unwrap_or(0.0);
            }
        }
        let own = codes.next().unwrap_or(ELSEWHERE);
        unforeseen += u32::from(usize::from(own) >= segments.partition.bins());
        self.scored(segments.base_points(own) + sum, unforeseen)
    }

    #[inline]
    fn scored(&self, score: f64, unforeseen: u32) -> Scored {
        let score = Points(score);
        Scored { score, pd: score.log_odds(&self.document.scaling).probability_of_default(), unforeseen }
    }

    /// Scores one case; `values` are in the order of [`Scorecard::inputs`]. Nothing is allocated, unless for an error.
    ///
    /// # Errors
    /// As [`Scorecard::codes`].
    pub fn score(&self, values: &[Value<'_>]) -> Result<Scored, Error> {
        self.score_case(values, |_, _| {})
    }

    /// Scores one case and gives its reasons, as [`crate::reasons::reasons`] does. Nothing is allocated, unless for an error.
    ///
    /// # Errors
    /// As [`Scorecard::codes`].
    pub fn score_with_reasons(&self, values: &[Value<'_>]) -> Result<(Scored, [Option<Reason>; MOST_REASONS]), Error> {
        let mut greatest = [0; MOST_REASONS];
        let scored = self.score_case(values, |feature, code| {
            let rank = feature.ranks.get(usize::from(code)).copied().unwrap_or(0);
            keep_greatest(&mut greatest, rank);
        })?;
        Ok((scored, greatest.map(|rank| self.reason_of_rank(rank))))
    }

    #[inline]
    fn score_case(&self, values: &[Value<'_>], mut visit: impl FnMut(&ScoredFeature, u16)) -> Result<Scored, Error> {
        wanted(values.len(), self.inputs.len())?;
        let own = self.own_code(values)?;
        let segment = self.own_segment(own);
        let mut refused = None;
        let codes = self.features.iter().enumerate().map_while(|(position, feature)| {
            match self.feature_code(position, feature, segment, values) {
                Ok(code) => {
                    visit(feature, code);
                    Some(code)
                }
                Err(error) => {
                    refused = Some(error);
                    None
                }
            }
        });
        let scored = self.score_codes(codes.chain(own));
        refused.map_or(Ok(scored), Err)
    }
}

fn wanted(given: usize, wanted: usize) -> Result<(), Error> {
    if given == wanted { Ok(()) } else { Err(Error::WrongLength { given, wanted }) }
}

/// Ranks all reasons that a card can give; in the order of their ranks.
fn rank_reasons(features: &mut [ScoredFeature]) -> Result<Vec<Reason>, Error> {
    let too_many = |what: &str| Error::Inconsistent { feature: None, what: format!("the card has too many {what}") };
    let mut costs = Vec::new();
    for (position, feature) in features.iter().enumerate() {
        let position = u16::try_from(position).map_err(|_| too_many("features"))?;
        for (code, points) in (0..).zip(&feature.points) {
            costs.push((Reason { feature: position, code }, feature.baseline - points));
        }
    }
    let reasons = ranked(costs);
    for (rank, reason) in (1_usize..).zip(&reasons) {
        let ranks = features.get_mut(usize::from(reason.feature)).map(|feature| &mut feature.ranks);
        if let Some(place) = ranks.and_then(|ranks| ranks.get_mut(usize::from(reason.code))) {
            *place = i32::try_from(rank).map_err(|_| too_many("bins"))?;
        }
    }
    Ok(reasons)
}

/// Positions of a feature's inputs; those that no feature before it has are added.
fn take_inputs(feature: &Feature, inputs: &mut Vec<Input>) -> Result<Vec<usize>, Error> {
    let wrong = |what: String| Error::Inconsistent { feature: Some(feature.name.clone()), what };
    if feature.axes.is_some() != (feature.kind == FeatureKind::Pair) {
        return Err(wrong("a pair, and nothing but a pair, has axes".into()));
    }
    let mut positions = Vec::new();
    for (name, kind) in feature.inputs() {
        let position = match inputs.iter().position(|input| input.name == name) {
            Some(position) => position,
            None => {
                inputs.push(Input { name: name.to_owned(), kind });
                inputs.len() - 1
            }
        };
        if inputs.get(position).is_some_and(|input| input.kind != kind) {
            return Err(wrong(format!("{name:?} is taken as numbers in one place and as categories in another")));
        }
        if positions.contains(&position) {
            return Err(wrong(format!("both axes take {name:?}")));
        }
        positions.push(position);
    }
    Ok(positions)
}

fn partition(feature: &Feature) -> Result<Partition, Error> {
    let domains = feature.bins.iter().map(|bin| &bin.domain);
    match &feature.axes {
        None => Partition::new(&feature.name, feature.kind, domains),
        Some([rows, columns]) => {
            let axis = |axis: &Axis| {
                let name = format!("{}, axis {}", feature.name, axis.input);
                Partition::new(&name, axis.kind, axis.bins.iter().map(|bin| &bin.domain))
            };
            Partition::pair(&feature.name, [axis(rows)?, axis(columns)?], domains)
        }
    }
}

fn prepare(feature: &Feature, inputs: Vec<usize>, document: &ScorecardDocument) -> Result<ScoredFeature, Error> {
    let wrong = |what: String| Error::Inconsistent { feature: Some(feature.name.clone()), what };
    let partition = partition(feature)?;
    let scaling = &document.scaling;
    for bin in &feature.bins {
        let Bin { label, woe, woe_from, points, .. } = bin;
        let expected = scaling.rounding.apply(scaling.factor * feature.coefficient * woe);
        if !points.is_finite() || expected != *points {
            return Err(wrong(format!("bin {label:?} has {points} points, but coefficient and WOE give {expected}")));
        }
        let is_as_stated = match woe_from {
            None => true,
            Some(WoeFrom::Neutral) => *woe == 0.0,
            Some(WoeFrom::Bin(other)) => {
                feature.bins.get(*other).is_some_and(|other| other.woe_from.is_none() && other.woe == *woe)
            }
        };
        if !is_as_stated {
            return Err(wrong(format!("bin {label:?} has the WOE {woe}, which is not what its woe_from gives")));
        }
    }
    let mut points: Vec<f64> = feature.bins.iter().map(|bin| bin.points).collect();
    let lowest = points.iter().copied().fold(f64::INFINITY, f64::min);
    let best = points.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    points.push(match document.unforeseen {
        UnforeseenPolicy::Worst => lowest,
        UnforeseenPolicy::Neutral | UnforeseenPolicy::Error => 0.0,
    });
    let baseline = match document.reason_baseline {
        ReasonBaseline::Best => best,
        ReasonBaseline::Average => feature.average_points,
    };
    let ranks = vec![0; points.len()];
    let unforeseen_reason = format!("{}: a value that development never saw", feature.title());
    Ok(ScoredFeature { inputs, partition, points, baseline, ranks, unforeseen_reason })
}

/// The scaling's derived figures must be the ones its definition gives.
fn check_scaling(document: &ScorecardDocument) -> Result<(), Error> {
    let wrong = |what: String| Err(Error::Inconsistent { feature: None, what });
    let s = &document.scaling;
    if !(s.pdo.is_finite() && s.pdo > 0.0 && s.odds.is_finite() && s.odds > 0.0 && s.points.is_finite()) {
        return wrong("scaling: pdo and odds must be above 0 and all its numbers finite".into());
    }
    let factor = s.pdo / std::f64::consts::LN_2;
    let offset = s.points - factor * s.odds.ln();
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * b.abs().max(1.0);
    if !near(s.factor, factor) || !near(s.offset, offset) {
        return wrong(format!("scaling: factor and offset must be {factor} and {offset}"));
    }
    let base = s.rounding.apply(s.offset + s.factor * document.intercept);
    // Each segment has its own; they are checked with it.
    if document.segments.is_none() && document.base_points != base {
        return wrong(format!("base_points is {}, but intercept and scaling give {base}", document.base_points));
    }
    Ok(())
}
