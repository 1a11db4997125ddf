//! Bins found batch by batch against those found in memory, and tables read batch by batch against whole ones.

mod batches;
mod bins;
