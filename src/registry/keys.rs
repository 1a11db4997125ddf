//! Ed25519 keys in PEM, as openssl writes and reads them (PKCS#8 for the private key, SubjectPublicKeyInfo for the other).

use std::path::Path;

use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey, DecodePublicKey, EncodePrivateKey, EncodePublicKey, KeypairBytes};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};

use crate::digest::sha256;
use crate::error::{Error, ErrorKind, Result, internal, read_file};

/// How a key is made, for messages.
const MAKE: &str = "make one with: openssl genpkey -algorithm ed25519 -out KEY.pem (or scorewright registry key NAME)";

/// A key that signs. Its bytes are wiped from memory when it goes.
pub struct PrivateKey(SigningKey);

impl PrivateKey {
    /// The key of these 32 random bytes.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        PrivateKey(SigningKey::from_bytes(seed))
    }

    /// Reads a PEM file.
    ///
    /// # Errors
    /// [`ErrorKind::Unreadable`]; [`ErrorKind::Configuration`] for what is no Ed25519 private key. No message has a word of
    /// the file in it.
    pub fn read(path: &Path) -> Result<Self> {
        let bytes = read_file(path)?;
        let text = String::from_utf8_lossy(&bytes);
        let wrong = |what: &str, help: &str| Err(Error::new(ErrorKind::Configuration, what).in_file(path).help(help));
        if text.contains("BEGIN ENCRYPTED PRIVATE KEY") {
            return wrong(
                "the key is encrypted",
                "take the passphrase off for the moment of signing: openssl pkey -in KEY.pem -out PLAIN.pem",
            );
        }
        if text.contains("BEGIN PUBLIC KEY") {
            return wrong("this is a public key; signing needs the private one", MAKE);
        }
        match SigningKey::from_pkcs8_pem(text.trim()) {
            Ok(key) => Ok(PrivateKey(key)),
            Err(_) if text.contains("BEGIN") => wrong("this is no Ed25519 private key in PKCS#8", MAKE),
            Err(_) => wrong("this is no key in PEM", MAKE),
        }
    }

    /// As PEM, the very text that openssl writes: PKCS#8 version 1, because openssl reads none with the public key in it.
    ///
    /// # Errors
    /// A fault of this program.
    pub fn to_pem(&self) -> Result<String> {
        let private_alone = KeypairBytes { secret_key: self.0.to_bytes(), public_key: None };
        private_alone.to_pkcs8_pem(LineEnding::LF).map(|pem| pem.to_string()).map_err(internal)
    }

    /// Its public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    /// Signs bytes (RFC 8032).
    pub(super) fn sign(&self, bytes: &[u8]) -> [u8; 64] {
        self.0.sign(bytes).to_bytes()
    }
}

/// A key that checks signatures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// Reads PEM text.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn from_pem(text: &str) -> std::result::Result<Self, String> {
        if text.contains("PRIVATE KEY") {
            return Err("this is a private key: keep it to its owner, and give the public one \
                        (openssl pkey -in KEY.pem -pubout)"
                .to_owned());
        }
        let key = VerifyingKey::from_public_key_pem(text.trim())
            .map_err(|_| "this is no Ed25519 public key in PEM".to_owned())?;
        match key.is_weak() {
            true => Err("this key is weak: anybody can sign for it".to_owned()),
            false => Ok(PublicKey(key)),
        }
    }

    /// As PEM.
    ///
    /// # Errors
    /// A fault of this program.
    pub fn to_pem(&self) -> Result<String> {
        self.0.to_public_key_pem(LineEnding::LF).map_err(internal)
    }

    /// SHA-256 of the key's DER form: `openssl pkey -pubin -in KEY.pub.pem -outform DER | sha256sum`.
    ///
    /// # Errors
    /// A fault of this program.
    pub fn id(&self) -> Result<String> {
        let der = self.0.to_public_key_der().map_err(internal)?;
        Ok(sha256(der.as_bytes()))
    }

    /// Whether `signature` is this key's on `bytes`, by the strict rules (no signature has two forms).
    pub(super) fn has_signed(&self, bytes: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature).is_ok_and(|signature| self.0.verify_strict(bytes, &signature).is_ok())
    }
}
