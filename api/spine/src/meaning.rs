//! What a body of JSON means, whatever its blanks and the order of its members: a client that sends the same again often
//! writes it otherwise. `[INT-2]`

use serde_json::Value;
use sha2::{Digest, Sha256};

/// Bodies of more bytes are compared byte by byte: to read them costs more memory than a retry is worth.
const READ_BYTES_MAX: usize = 128 * 1024;

/// The digest of what a body means; of its bytes where it is long, or no JSON.
pub(super) fn digest(bytes: &[u8]) -> [u8; 32] {
    let read = || serde_json::from_slice::<Value>(bytes).ok();
    let Some(value) = Some(bytes).filter(|bytes| bytes.len() <= READ_BYTES_MAX).and_then(|_| read()) else {
        return Sha256::digest(bytes).into();
    };
    let mut hasher = Sha256::new();
    feed(&value, &mut hasher);
    hasher.finalize().into()
}

/// Members go in by their names, so that their order does not matter; of two of one name the last counts, as for whoever
/// reads the body.
fn feed(value: &Value, hasher: &mut Sha256) {
    match value {
        Value::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_unstable_by_key(|(name, _)| *name);
            hasher.update([b'{']);
            for (name, member) in sorted {
                hasher.update(Value::from(name.as_str()).to_string());
                hasher.update([b':']);
                feed(member, hasher);
                hasher.update([b',']);
            }
            hasher.update([b'}']);
        }
        Value::Array(items) => {
            hasher.update([b'[']);
            for item in items {
                feed(item, hasher);
                hasher.update([b',']);
            }
            hasher.update([b']']);
        }
        plain => hasher.update(plain.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::digest;

    #[test]
    fn blanks_and_order_mean_nothing_and_everything_else_does() {
        let one = digest(br#"{"a": 1, "b": [1, {"c": "x", "d": null}]}"#);
        assert_eq!(one, digest("{\"b\":[1,{\"d\":null,\"c\":\"\\u0078\"}],\n\"a\":1}".as_bytes()));
        for other in [
            r#"{"a": 1, "b": [{"c": "x", "d": null}, 1]}"#,
            r#"{"a": "1", "b": [1, {"c": "x", "d": null}]}"#,
            r#"{"a": 1, "b": [1, {"c": "x"}]}"#,
            r#"{"a": 1, "b": [1, {"c": "x", "d": null}]"#,
        ] {
            assert_ne!(one, digest(other.as_bytes()), "{other}");
        }
    }
}
