//! What must never be shown.

/// A text that nobody gets to see: an address with a token in it, a header, a command with a password.
///
/// It has no `Display` and no `Serialize` on purpose, so that words and JSON cannot hold it; `Debug`
/// shows nothing of it. [`Secret::expose`] is for what sends it where it belongs
/// (`tests/it/layers.rs` names the places).
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps a text.
    pub fn new(text: impl Into<String>) -> Secret {
        Secret(text.into())
    }

    /// The text itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn nothing_of_it_is_shown() {
        let secret = Secret::new("https://hooks.example.com/T0/B0/x");
        assert_eq!(
            format!("{secret:?} {:#?}", Some(&secret))
                .matches("example")
                .count(),
            0
        );
        assert_eq!(secret.expose().len(), 33);
    }
}
