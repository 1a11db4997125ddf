//! A case's segment, and what follows from it.

use std::collections::{HashMap, HashSet};

use crate::artifact::{FeatureKind, ScorecardDocument};
use crate::binning::Partition;
use crate::error::Error;

/// The code of a feature of another segment than the case's: it gives no points, is no reason and counts for nothing.
pub const ELSEWHERE: u16 = u16::MAX;

/// The segments of a card, ready to look cases up in.
#[derive(Debug, Clone)]
pub(crate) struct ScoredSegments {
    /// Position of the input that tells the segment.
    pub(crate) input: usize,
    /// The values of all segments, as bins.
    pub(crate) partition: Partition,
    /// The segment of each code; the last entry is for values that development never saw.
    of_code: Vec<Option<usize>>,
    /// Base points by code; those of a code without a segment are no number.
    base_points: Vec<f64>,
    /// The segment of each feature.
    of_feature: Vec<usize>,
}

impl ScoredSegments {
    /// Checks the segments of a document; `input` is the position of theirs among the inputs. `None`: it has none.
    pub(crate) fn new(document: &ScorecardDocument, input: usize) -> Result<Option<Self>, Error> {
        let Some(segments) = &document.segments else {
            return match document.features.iter().find(|feature| feature.segment.is_some()) {
                Some(feature) => Err(wrong(Some(&feature.name), "it names a segment, but the card has none".into())),
                None => Ok(None),
            };
        };
        if document.intercept != 0.0 || document.base_points != 0.0 {
            let what = "of a card with segments intercept and base_points are 0: each segment has its own".to_owned();
            return Err(wrong(None, what));
        }
        if segments.kind == FeatureKind::Pair {
            return Err(wrong(None, "segments: a pair of columns cannot tell the segment".into()));
        }
        let mut positions = HashMap::new();
        let used: HashSet<&str> = document.features.iter().filter_map(|feature| feature.segment.as_deref()).collect();
        let scaling = &document.scaling;
        for (place, segment) in segments.segments.iter().enumerate() {
            let name = &segment.name;
            if positions.insert(name.as_str(), place).is_some() {
                return Err(wrong(None, format!("two segments are called {name:?}")));
            }
            let base = scaling.rounding.apply(scaling.offset + scaling.factor * segment.intercept);
            if segment.base_points != base {
                let have = segment.base_points;
                return Err(wrong(
                    None,
                    format!("base_points of the segment {name:?} is {have}, but intercept and scaling give {base}"),
                ));
            }
            if !used.contains(name.as_str()) {
                return Err(wrong(None, format!("the segment {name:?} has no feature")));
            }
        }
        let position = |name: &str| positions.get(name).copied();
        let mut of_feature = Vec::with_capacity(document.features.len());
        for feature in &document.features {
            let segment = feature.segment.as_deref();
            of_feature.push(segment.and_then(position).ok_or_else(|| {
                let what = match segment {
                    Some(name) => format!("it names the segment {name:?}, which the card does not have"),
                    None => "it names no segment, but the card has segments".to_owned(),
                };
                wrong(Some(&feature.name), what)
            })?);
        }
        let values =
            || segments.segments.iter().enumerate().flat_map(|(place, s)| s.values.iter().map(move |v| (place, v)));
        let label = format!("segments by {}", segments.input);
        let partition = Partition::new(&label, segments.kind, values().map(|(_, value)| &value.domain))?;
        let otherwise = match &segments.otherwise {
            None => None,
            Some(name) => Some(position(name).ok_or_else(|| {
                wrong(None, format!("segments: otherwise names the segment {name:?}, which the card does not have"))
            })?),
        };
        let of_code: Vec<Option<usize>> = values().map(|(place, _)| Some(place)).chain([otherwise]).collect();
        let base = |place: &Option<usize>| {
            place.and_then(|place| segments.segments.get(place)).map_or(f64::NAN, |s| s.base_points)
        };
        let base_points = of_code.iter().map(base).collect();
        Ok(Some(ScoredSegments { input, partition, of_code, base_points, of_feature }))
    }

    /// The segment of a code; `None` where no segment takes the value.
    #[inline]
    pub(crate) fn of_code(&self, code: u16) -> Option<usize> {
        self.of_code.get(usize::from(code).min(self.partition.bins())).copied().flatten()
    }

    /// The segment of the feature at `position`.
    #[inline]
    pub(crate) fn of_feature(&self, position: usize) -> Option<usize> {
        self.of_feature.get(position).copied()
    }

    /// Base points of a code; no number where no segment takes the value.
    #[inline]
    pub(crate) fn base_points(&self, code: u16) -> f64 {
        self.base_points.get(usize::from(code).min(self.partition.bins())).copied().unwrap_or(f64::NAN)
    }
}

fn wrong(feature: Option<&String>, what: String) -> Error {
    Error::Inconsistent { feature: feature.cloned(), what }
}
