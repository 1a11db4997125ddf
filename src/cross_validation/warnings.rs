//! What a reader of a cross-validation must know.

use scorewright_runtime::artifact::UnforeseenPolicy;

use super::CrossValidation;

/// Fewer bads than this in a fold make its own figures too uncertain to lean on.
const FEW_BADS: f64 = 30.0;

impl CrossValidation {
    pub(super) fn warn(&mut self, is_edited: bool, unforeseen: UnforeseenPolicy) {
        let few = self.folds.iter().filter(|fold| fold.figures.goods.min(fold.figures.bads) < FEW_BADS).count();
        if few > 0 {
            self.warnings.push(format!(
                "{few} of {} folds have fewer than 30 goods or bads to test on: read the mean over folds, not single folds",
                self.folds.len()
            ));
        }
        if is_edited {
            self.warnings.push(
                "bins were edited by a person who saw all development cases: what the edits know of the left-out cases is not undone here"
                    .to_owned(),
            );
        }
        let unseen: u64 = self.folds.iter().map(|fold| fold.figures.unforeseen_cases).sum();
        if unseen > 0 {
            let how = match unforeseen {
                UnforeseenPolicy::Worst => "they got the feature's lowest points",
                UnforeseenPolicy::Neutral => "they got WOE 0",
                UnforeseenPolicy::Error => "they got WOE 0 here, where the card would refuse them",
            };
            self.warnings.push(format!("{unseen} left-out cases have a value that their fold's fit never saw: {how}"));
        }
        if let Some(failed) = self.grid.iter().find_map(|combination| combination.failed.as_ref()) {
            let count = self.grid.iter().filter(|combination| combination.failed.is_some()).count();
            self.warnings.push(format!("{count} combinations of the grid could not be fitted on every fold: {failed}"));
        }
    }
}
