//! Isotonic regression by pooling adjacent violators.
//!
//! Of values y_i in a fixed order with weights w_i: the monotone f that minimises sum w_i (y_i - f_i)^2. Neighbours that
//! break the order are replaced by their weighted mean until none does; the result does not depend on the order of
//! pooling (Ayer, Brunk, Ewing, Reid and Silverman 1955, Annals of Mathematical Statistics 26:641-647; Barlow,
//! Bartholomew, Bremner and Brunk 1972). Equal neighbours are one block. The weighted sum of f is that of y.

/// The direction in which the fitted values go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// None is below the one before it.
    Rising,
    /// None is above the one before it.
    Falling,
}

/// Neighbours with one fitted value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Block {
    /// Position of the first.
    pub from: usize,
    /// Position after the last.
    pub to: usize,
    /// The fitted value: their weighted mean.
    pub value: f64,
    /// Their weight.
    pub weight: f64,
}

/// The blocks of the isotonic regression of `values`, whose `weights` are above 0, in their order.
pub fn isotonic_blocks(values: &[f64], weights: &[f64], direction: Direction) -> Vec<Block> {
    let joins = |before: f64, after: f64| match direction {
        Direction::Rising => before >= after,
        Direction::Falling => before <= after,
    };
    let mut blocks: Vec<Block> = Vec::new();
    for (from, (value, weight)) in values.iter().zip(weights).enumerate() {
        let mut block = Block { from, to: from + 1, value: *value, weight: *weight };
        while let Some(before) = blocks.pop_if(|before| joins(before.value, block.value)) {
            let weight = before.weight + block.weight;
            let value = (before.weight * before.value + block.weight * block.value) / weight;
            block = Block { from: before.from, value, weight, ..block };
        }
        blocks.push(block);
    }
    blocks
}

/// The fitted value of each of `values`, whose `weights` are above 0.
pub fn isotonic(values: &[f64], weights: &[f64], direction: Direction) -> Vec<f64> {
    let blocks = isotonic_blocks(values, weights, direction);
    blocks.iter().flat_map(|block| std::iter::repeat_n(block.value, block.to - block.from)).collect()
}
