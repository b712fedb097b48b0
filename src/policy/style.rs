//! How the fix gets into production's history.

use serde::Serialize;

/// The shape a landing has in production.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Style {
    /// A merge commit of the hotfix branch.
    #[default]
    Merge,
    /// One commit with all of the fix.
    Squash,
    /// The fix's own commits on top of production, nothing else.
    FastForward,
}

impl Style {
    /// Every style.
    pub const ALL: [Style; 3] = [Style::Merge, Style::Squash, Style::FastForward];

    /// As it is written in the settings and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Style::Merge => "merge",
            Style::Squash => "squash",
            Style::FastForward => "fast-forward",
        }
    }

    /// The style of that name.
    pub fn named(name: &str) -> Option<Style> {
        Style::ALL.into_iter().find(|style| style.name() == name)
    }
}
