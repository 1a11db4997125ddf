//! DSSE envelopes: what is signed, and by which key.
//!
//! Source: the DSSE protocol 1.0.2 (github.com/secure-systems-lab/dsse); signed are the bytes
//! `DSSEv1 SP LEN(type) SP type SP LEN(payload) SP payload`, lengths in ASCII decimals.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::keys::{PrivateKey, PublicKey};
use crate::error::{Result, internal};

/// The media type of in-toto statements.
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

/// An envelope as it stands in its file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    /// [`PAYLOAD_TYPE`].
    #[serde(rename = "payloadType")]
    pub payload_type: String,
    /// The statement's bytes in base64.
    pub payload: String,
    /// One a signer; here one.
    pub signatures: Vec<EnvelopeSignature>,
}

/// A signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnvelopeSignature {
    /// The key's id: [`PublicKey::id`].
    pub keyid: String,
    /// The 64 bytes of an Ed25519 signature in base64.
    pub sig: String,
}

/// The bytes that are signed.
pub fn pre_authentication_encoding(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut bytes = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len()).into_bytes();
    bytes.extend_from_slice(payload);
    bytes
}

impl Envelope {
    /// Signs a statement's bytes.
    ///
    /// # Errors
    /// A fault of this program.
    pub(super) fn sign(payload: &[u8], key: &PrivateKey) -> Result<Self> {
        let signature = key.sign(&pre_authentication_encoding(PAYLOAD_TYPE, payload));
        Ok(Envelope {
            payload_type: PAYLOAD_TYPE.to_owned(),
            payload: STANDARD.encode(payload),
            signatures: vec![EnvelopeSignature { keyid: key.public().id()?, sig: STANDARD.encode(signature) }],
        })
    }

    /// The envelope's bytes.
    ///
    /// # Errors
    /// A fault of this program.
    pub(super) fn to_json(&self) -> Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec(self).map_err(internal)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Reads an envelope of one signature.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn from_json(bytes: &[u8]) -> std::result::Result<Self, String> {
        let envelope: Envelope = serde_json::from_slice(bytes).map_err(|e| format!("it is no DSSE envelope ({e})"))?;
        if envelope.payload_type != PAYLOAD_TYPE {
            return Err(format!("it holds a {:?}, not an in-toto statement", envelope.payload_type));
        }
        match envelope.signatures.len() {
            1 => Ok(envelope),
            other => Err(format!("it has {other} signatures instead of 1")),
        }
    }

    /// The id of the key that signed.
    pub fn key_id(&self) -> &str {
        self.signatures.first().map_or("", |signature| &signature.keyid)
    }

    /// The statement's bytes.
    ///
    /// # Errors
    /// What is wrong with them, in words.
    pub fn payload(&self) -> std::result::Result<Vec<u8>, String> {
        STANDARD.decode(&self.payload).map_err(|e| format!("its payload is no base64 ({e})"))
    }

    /// The signature's bytes.
    ///
    /// # Errors
    /// What is wrong with them, in words.
    pub fn signature(&self) -> std::result::Result<Vec<u8>, String> {
        let text = self.signatures.first().map_or("", |signature| &signature.sig);
        STANDARD.decode(text).map_err(|e| format!("its signature is no base64 ({e})"))
    }

    /// The statement's bytes, once `key` is found to have signed them.
    ///
    /// # Errors
    /// What is wrong with them, in words.
    pub fn verified_payload(&self, key: &PublicKey) -> std::result::Result<Vec<u8>, String> {
        let payload = self.payload()?;
        let signed = pre_authentication_encoding(&self.payload_type, &payload);
        let is_signed = self.signatures.iter().all(|signature| {
            STANDARD.decode(&signature.sig).is_ok_and(|signature| key.has_signed(&signed, &signature))
        });
        match is_signed {
            true => Ok(payload),
            false => Err("its signature is not that of its key on its content".to_owned()),
        }
    }
}
