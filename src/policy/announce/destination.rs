//! Where updates go.

use crate::policy::secret::Secret;
use std::time::Duration;

/// What a destination takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Slack's incoming webhooks, and servers that take the same.
    Slack,
    /// A Teams workflow that waits for a webhook request.
    Teams,
    /// Discord's webhooks.
    Discord,
    /// Our own JSON document, by POST.
    Json,
    /// A program, with the text on its standard input.
    Command,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 5] = [
        Kind::Slack,
        Kind::Teams,
        Kind::Discord,
        Kind::Json,
        Kind::Command,
    ];

    /// The word in the settings.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Slack => "slack",
            Kind::Teams => "teams",
            Kind::Discord => "discord",
            Kind::Json => "json",
            Kind::Command => "command",
        }
    }

    /// The kind of that word.
    pub fn named(word: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// Where an address comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// It is known.
    Given(Secret),
    /// A variable of this name holds it.
    Variable(String),
    /// A command prints it.
    Command,
}

/// Where updates go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// Its name in the settings.
    pub name: String,
    /// What it takes.
    pub kind: Kind,
    /// Where its address comes from; nothing for a command.
    pub address: Option<Source>,
    /// Lines `Name: value` that are sent with it.
    pub headers: Vec<Secret>,
    /// A command that prints the address, headers, or both, one a line.
    pub secret_command: Option<Secret>,
    /// The command of a [`Kind::Command`].
    pub command: Option<Secret>,
    /// How long it may take, all tries included.
    pub timeout: Duration,
    /// Plain http is allowed to other machines.
    pub plain: bool,
}
