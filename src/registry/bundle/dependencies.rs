//! The crates that the program is built of, from its Cargo.lock.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::error::{Result, internal};

const LOCK: &str = include_str!("../../../Cargo.lock");
const MANIFESTS: [(&str, &str); 2] = [
    ("scorewright", include_str!("../../../Cargo.toml")),
    ("scorewright-runtime", include_str!("../../../crates/scorewright-runtime/Cargo.toml")),
];

#[derive(Debug, Deserialize)]
struct Lock {
    package: Vec<Package>,
}

/// A crate as Cargo.lock has it.
#[derive(Debug, Clone, Deserialize)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of its archive; `None` for crates of this program.
    pub checksum: Option<String>,
    #[serde(default)]
    dependencies: Vec<String>,
}

/// What a manifest says of dependencies.
#[derive(Debug, Deserialize)]
struct Manifest {
    #[serde(default)]
    dependencies: BTreeMap<String, toml::Value>,
}

impl Package {
    /// Its package URL.
    pub fn purl(&self) -> String {
        format!("pkg:cargo/{}@{}", self.name, self.version)
    }
}

/// The crates that can be built into the program, first the program itself, each with the crates that it needs. Those that
/// only tests need are left out; those of every platform are there, because Cargo.lock is the same on all.
///
/// # Errors
/// A fault of this program.
pub fn packages() -> Result<Vec<(Package, Vec<String>)>> {
    let lock: Lock = toml::from_str(LOCK).map_err(internal)?;
    let mut manifests = BTreeMap::new();
    for (name, text) in MANIFESTS {
        manifests.insert(name, toml::from_str::<Manifest>(text).map_err(internal)?.dependencies);
    }
    // A dependency is named with its version where there are several of one name.
    let find = |named: &str| {
        let mut words = named.split(' ');
        let (name, version) = (words.next(), words.next());
        lock.package.iter().position(|package| {
            Some(package.name.as_str()) == name && version.is_none_or(|version| package.version == version)
        })
    };
    let root = find("scorewright").ok_or_else(|| internal("Cargo.lock does not have this program"))?;
    let (mut found, mut at) = (vec![root], 0);
    let mut packages = Vec::new();
    while let Some(package) = found.get(at).and_then(|index| lock.package.get(*index)) {
        let manifest = manifests.get(package.name.as_str()).filter(|_| package.checksum.is_none());
        let mut needs = Vec::new();
        for named in &package.dependencies {
            let name = named.split(' ').next().unwrap_or_default();
            if manifest.is_some_and(|manifest| !manifest.contains_key(name)) {
                continue;
            }
            let index = find(named).ok_or_else(|| internal(format!("Cargo.lock does not have {named}")))?;
            needs.push(lock.package[index].purl());
            if !found.contains(&index) {
                found.push(index);
            }
        }
        packages.push((package.clone(), needs));
        at += 1;
    }
    Ok(packages)
}
