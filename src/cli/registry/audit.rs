//! `audit`: one archive about a version, for an auditor.

use std::path::PathBuf;

use clap::Args;
use scorewright::error::Result;
use scorewright::registry::audit;
use scorewright::staging::write_bytes;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::super::{Console, Done};
use super::Place;

/// Writes one zip archive with everything about a version: scorecard, evidence, reports, configuration, data digests, every
/// event and key, a bill of materials, and a README and a script by which an auditor checks all of it with openssl and
/// sha256sum. The same registry and version give the same bytes.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  scorewright audit behavior/1 --out behavior-1.zip")]
pub struct Audit {
    /// The version, as CARD/NUMBER
    version: String,
    /// The archive to write
    #[arg(long, value_name = "FILE.zip")]
    out: PathBuf,
    #[command(flatten)]
    place: Place,
}

impl Audit {
    pub fn run(&self, console: &Console) -> Result<Done> {
        let registry = self.place.open()?;
        let version = registry.ledger().find(&self.version)?;
        let bundle = audit(&registry, version, console)?;
        let bytes = bundle.to_zip()?;
        let digest: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        write_bytes(&self.out, &bytes)?;
        let out = self.out.display();
        let text = format!(
            "{}: {} files, {} events up to {}\n{out} sha256 {digest}\nnext:\n  check      unzip {out} -d DIRECTORY && sh DIRECTORY/check.sh\n  make again scorewright reproduce {out} --data DIRECTORY   (README.md says how the data lie in it)\n",
            bundle.version,
            bundle.len(),
            bundle.events,
            bundle.head.get(..12).unwrap_or_default(),
        );
        let json = json!({
            "version": bundle.version.to_string(),
            "registry": bundle.registry,
            "head": bundle.head,
            "events": bundle.events,
            "files": bundle.len(),
            "out": self.out,
            "sha256": digest,
        });
        Ok(Done { text, json, limits_passed: true })
    }
}
