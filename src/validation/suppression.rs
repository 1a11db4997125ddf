//! Which parts of a table are too small to be shown, and which must be hidden with them.
//!
//! A part is small where any of its counts lies below that count's minimum. Where the total stands beside the table, the
//! hidden parts together are known by subtraction, so they must not be small together and must be two or more: else the
//! smallest of the shown parts (by the first count, then the next, then by `first_case`) is hidden too, and so on, until
//! they are not, or nothing is shown. That is cell suppression with complementary suppression; Hundepool et al. (2012),
//! Statistical Disclosure Control, chapter 4. What is hidden does not depend on names.

/// Whether each part is hidden. `counts` of parts that are not empty; `minimum` of every count; `first_case` settles ties;
/// `hidden` says what is hidden for other reasons already.
pub fn suppress<const N: usize>(
    counts: &[[u64; N]],
    minimum: [u64; N],
    first_case: &[usize],
    hidden: &[bool],
) -> Vec<bool> {
    let is_small = |counts: &[u64; N]| counts.iter().zip(&minimum).any(|(count, minimum)| count < minimum);
    let mut hidden: Vec<bool> = counts.iter().zip(hidden).map(|(part, hidden)| *hidden || is_small(part)).collect();
    loop {
        let number = hidden.iter().filter(|hidden| **hidden).count();
        if number == 0 || number > 1 && !is_small(&together(counts, &hidden)) {
            return hidden;
        }
        let shown = (0..counts.len()).filter(|part| !hidden[*part]);
        match shown.min_by_key(|part| (counts[*part], first_case[*part])) {
            Some(smallest) => hidden[smallest] = true,
            None => return hidden,
        }
    }
}

/// The counts of the hidden parts together: what a reader can have by subtraction.
pub fn together<const N: usize>(counts: &[[u64; N]], hidden: &[bool]) -> [u64; N] {
    let mut sums = [0; N];
    for (part, _) in counts.iter().zip(hidden).filter(|(_, hidden)| **hidden) {
        sums.iter_mut().zip(part).for_each(|(sum, count)| *sum += count);
    }
    sums
}
