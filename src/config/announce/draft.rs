//! One destination, from its keys.

use super::{ConfigError, Origin, Row};
use crate::config::settle;
use crate::policy::announce::address::{Address, Fault};
use crate::policy::announce::{Destination, Kind, Source};
use crate::policy::secret::Secret;
use std::time::Duration;

/// What a destination may be told.
pub(super) const KEYS: [&str; 8] = [
    "type",
    "url",
    "url-env",
    "secret-command",
    "header",
    "command",
    "timeout",
    "allow-http",
];

const TIMEOUT: Duration = Duration::from_secs(10);
/// Nobody waits longer for an update to leave.
const LONGEST: Duration = Duration::from_secs(3600);
/// It stands in a line of the timeline.
const LONGEST_NAME: usize = 40;

/// A value and where it came from.
type Placed<T> = Option<(T, Origin)>;

/// What was said of a destination so far; of each key the last one counts, of headers all.
#[derive(Default)]
pub(super) struct Draft {
    kind: Placed<String>,
    address: Placed<Source>,
    secret_command: Placed<Secret>,
    headers: Vec<(Secret, Origin)>,
    command: Placed<Secret>,
    timeout: Placed<String>,
    plain: Placed<String>,
}

impl Draft {
    /// Takes a key; only those of [`KEYS`] come here.
    pub(super) fn set(&mut self, key: &str, value: &str, origin: Origin) {
        let value = value.trim();
        let secret = || Secret::new(value);
        let text = || value.to_owned();
        match key {
            "type" => self.kind = Some((text(), origin)),
            "url" => self.address = Some((Source::Given(secret()), origin)),
            "url-env" => self.address = Some((Source::Variable(text()), origin)),
            "secret-command" => self.secret_command = Some((secret(), origin)),
            // As in git's own lists an empty value forgets what came before.
            "header" if value.is_empty() => self.headers.clear(),
            "header" => self.headers.push((secret(), origin)),
            "command" => self.command = Some((secret(), origin)),
            "timeout" => self.timeout = Some((text(), origin)),
            _ => self.plain = Some((text(), origin)),
        }
    }

    /// The environment's address goes first.
    pub(super) fn address_is(&mut self, address: Secret, origin: Origin) {
        self.address = Some((Source::Given(address), origin));
    }

    /// The destination.
    ///
    /// # Errors
    /// What is missing or cannot be used, by its key.
    pub(super) fn destination(&self, name: &str) -> Result<Destination, ConfigError> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if name.is_empty() || name.len() > LONGEST_NAME || !name.chars().all(is_plain) {
            let why = "a name has letters, digits, '-' and '_', at most 40";
            return Err(self.error(name, None, why, None));
        }
        let kind = self.kind(name)?;
        let plain = self.plain(name)?;
        if kind == Kind::Command {
            self.command_alone(name)?;
        } else {
            self.address(name, plain)?;
        }
        Ok(Destination {
            name: name.to_owned(),
            kind,
            address: match (&self.address, kind) {
                (_, Kind::Command) => None,
                (Some((source, _)), _) => Some(source.clone()),
                (None, _) => Some(Source::Command),
            },
            headers: self.headers(name)?,
            secret_command: self.secret_command.as_ref().map(|(line, _)| line.clone()),
            command: self.command.as_ref().map(|(line, _)| line.clone()),
            timeout: self.timeout(name)?,
            plain,
        })
    }

    /// Its line in `git hotfix config`.
    pub(super) fn row(&self, name: &str, destination: &Destination) -> Row {
        let kind = destination.kind.word();
        let value = match &destination.address {
            Some(Source::Variable(variable)) => format!("{kind}, its address in ${variable}"),
            Some(Source::Command) => format!("{kind}, its address by secret-command"),
            Some(Source::Given(_)) | None => kind.to_owned(),
        };
        Row {
            name: format!("announce.{name}"),
            value,
            origin: self.origin(),
        }
    }

    /// Where its address or command came from, or whatever else was said.
    fn origin(&self) -> Origin {
        let address = self.address.as_ref().map(|(_, origin)| origin);
        let command = self.command.as_ref().map(|(_, origin)| origin);
        let secret = self.secret_command.as_ref().map(|(_, origin)| origin);
        let others = [&self.kind, &self.timeout, &self.plain];
        let others = others.into_iter().flatten().map(|(_, origin)| origin);
        let headers = self.headers.iter().map(|(_, origin)| origin);
        let mut all = address
            .into_iter()
            .chain(command)
            .chain(secret)
            .chain(others)
            .chain(headers);
        all.next().cloned().unwrap_or(Origin::Default)
    }

    fn kind(&self, name: &str) -> Result<Kind, ConfigError> {
        let names = || Kind::ALL.map(Kind::word).join(", ");
        match &self.kind {
            None => {
                let why = format!("it has no type: {}", names());
                Err(self.error(name, None, &why, Some("type slack")))
            }
            Some((word, origin)) => Kind::named(word).ok_or_else(|| {
                let why = format!("its type is none of {}", names());
                self.error(name, Some(origin), &why, Some("type slack"))
            }),
        }
    }

    fn command_alone(&self, name: &str) -> Result<(), ConfigError> {
        let superfluous = self.address.as_ref().map(|(_, origin)| origin);
        if let Some(origin) = superfluous {
            let why = "a command has no address";
            return Err(self.error(name, Some(origin), why, None));
        }
        let is_said = |(line, _): &(Secret, Origin)| !line.expose().is_empty();
        if self.command.as_ref().is_some_and(is_said) {
            return Ok(());
        }
        Err(self.error(
            name,
            None,
            "it has no command",
            Some("command \"sendmail …\""),
        ))
    }

    /// What can be known of an address now; one that comes later is looked at then.
    fn address(&self, name: &str, plain: bool) -> Result<(), ConfigError> {
        if let Some((_, origin)) = &self.command {
            let why = "only the type 'command' has one; an address by a command is secret-command";
            return Err(self.error(name, Some(origin), why, None));
        }
        match (&self.address, &self.secret_command) {
            (None, None) => {
                let why = "it has no address: url, url-env or secret-command";
                Err(self.error(name, None, why, Some("url https://…")))
            }
            (Some((Source::Given(address), origin)), _) => {
                let checked = Address::parse(address).and_then(|address| address.allowed(plain));
                let fault = |fault: Fault| {
                    let example = (fault == Fault::Plain).then_some("allow-http true");
                    self.error(name, Some(origin), &format!("its address {fault}"), example)
                };
                checked.map(drop).map_err(fault)
            }
            _ => Ok(()),
        }
    }

    fn headers(&self, name: &str) -> Result<Vec<Secret>, ConfigError> {
        for (header, origin) in &self.headers {
            let line = header.expose();
            let named = line.split_once(':').is_some_and(|(name, _)| {
                !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            });
            if !named || line.chars().any(char::is_control) {
                let why = "a header is not like 'Name: value'";
                return Err(self.error(name, Some(origin), why, None));
            }
        }
        Ok(self
            .headers
            .iter()
            .map(|(header, _)| header.clone())
            .collect())
    }

    fn timeout(&self, name: &str) -> Result<Duration, ConfigError> {
        let Some((text, origin)) = &self.timeout else {
            return Ok(TIMEOUT);
        };
        let is_usual = |length: &Duration| !length.is_zero() && *length <= LONGEST;
        let length = settle::parse_duration(text).filter(is_usual);
        length.ok_or_else(|| {
            let why = "its timeout is no length of time up to an hour";
            self.error(name, Some(origin), why, Some("timeout 10s"))
        })
    }

    fn plain(&self, name: &str) -> Result<bool, ConfigError> {
        let Some((text, origin)) = &self.plain else {
            return Ok(false);
        };
        match text.to_lowercase().as_str() {
            "true" | "yes" | "on" | "1" => Ok(true),
            "false" | "no" | "off" | "0" | "" => Ok(false),
            _ => {
                let why = "allow-http is neither true nor false";
                Err(self.error(name, Some(origin), why, Some("allow-http false")))
            }
        }
    }

    /// The value is never said: it may be, or stand where there should be, a secret.
    fn error(
        &self,
        name: &str,
        origin: Option<&Origin>,
        why: &str,
        example: Option<&str>,
    ) -> ConfigError {
        let place = origin.cloned().unwrap_or_else(|| self.origin());
        let scope = match &place {
            Origin::Git { scope, .. } if scope != "command" => format!("--{scope} "),
            _ => String::new(),
        };
        ConfigError {
            place: place.to_string(),
            message: format!("announce.{name}: {why}"),
            remedy: example
                .map(|example| format!("git config {scope}hotfix.announce.{name}.{example}")),
            setting: None,
        }
    }
}
