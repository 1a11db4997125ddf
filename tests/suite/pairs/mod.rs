//! Two columns as one feature: regions, the artifact, the configuration, and the whole way through the program.

mod artifact;
mod configuration;
mod program;
mod regions;
