//! What a check found.

use serde::Serialize;

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Worth knowing.
    Info,
    /// Worth mending; never stops anything.
    Warn,
    /// Stops what was asked for.
    Block,
}

/// One thing a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Finding {
    /// The rule, e.g. `PM03` or `gate-checklist`.
    pub id: &'static str,
    /// How much it weighs.
    pub level: Level,
    /// The 1-based line of the record, or nothing when it is not about a place.
    pub line: Option<usize>,
    /// The commit the finding is about, as a full hex id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// What is wrong, in one line.
    pub message: String,
    /// The command that mends it, when there is one.
    pub remedy: Option<String>,
}
