//! Updates on their way: to each destination in the shape it takes, to all of them at once.

mod shell;

use super::http::{self, Post};
use crate::policy::announce::document::Document;
use crate::policy::announce::{Destination, Kind, Source, Update, plain, services};
use crate::policy::secret::Secret;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

/// When the person is told that something takes long.
const WAITING_AFTER: Duration = Duration::from_millis(500);

/// Where commands run, and what they see.
#[derive(Clone, Copy)]
pub struct Around<'a> {
    /// The folder that commands are started in.
    pub folder: &'a Path,
    /// The environment's variables.
    pub vars: &'a BTreeMap<String, String>,
}

/// Why an update did not arrive; no word of it holds an address or a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// By HTTP.
    #[error(transparent)]
    Http(#[from] http::Trouble),
    /// A variable that should hold the address does not.
    #[error("{0} is not set")]
    NoVariable(String),
    /// The command for secrets gave no address.
    #[error("its secret-command printed no address")]
    NoAddress,
    /// A command did not do it. What it said may hold what nobody should see.
    #[error("its {0} {1}")]
    Command(&'static str, shell::Trouble),
    /// A setting is missing.
    #[error("its settings cannot be used: git hotfix config")]
    Settings,
    /// It was not sent to the end.
    #[error("the sending broke off")]
    BrokenOff,
}

impl Trouble {
    /// It stays so until a person changes something.
    pub fn is_lasting(&self) -> bool {
        match self {
            Trouble::Http(trouble) => trouble.is_lasting(),
            Trouble::NoVariable(_) | Trouble::Settings => true,
            Trouble::NoAddress | Trouble::Command(..) | Trouble::BrokenOff => false,
        }
    }

    /// When the other side wants to be asked again.
    pub fn after(&self) -> Option<Duration> {
        match self {
            Trouble::Http(trouble) => trouble.after(),
            _ => None,
        }
    }
}

/// Sends an update to all destinations at once; what came of each, in their order. `waiting` is called
/// once when it takes longer than half a second.
pub fn send_all(
    destinations: &[&Destination],
    update: &Update,
    around: Around<'_>,
    waiting: &dyn Fn(),
) -> Vec<Result<(), Trouble>> {
    std::thread::scope(|scope| {
        let sending: Vec<_> = destinations
            .iter()
            .map(|destination| scope.spawn(move || send(destination, update, around)))
            .collect();
        let begin = Instant::now();
        while sending.iter().any(|one| !one.is_finished()) {
            if begin.elapsed() >= WAITING_AFTER {
                waiting();
                break;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        let ends = sending.into_iter().map(|one| one.join());
        ends.map(|end| end.unwrap_or(Err(Trouble::BrokenOff)))
            .collect()
    })
}

fn send(destination: &Destination, update: &Update, around: Around<'_>) -> Result<(), Trouble> {
    let begin = Instant::now();
    if let Kind::Command = destination.kind {
        return command(destination, update, around);
    }
    let (address, headers) = secrets(destination, around)?;
    let body = body(destination.kind, update);
    let var = |name: &str| {
        let value = around.vars.get(name).map(String::as_str);
        value.filter(|value| !value.is_empty())
    };
    Ok(http::post(&Post {
        address: &address,
        plain: destination.plain,
        headers: &headers,
        body: &body,
        limit: destination.timeout.saturating_sub(begin.elapsed()),
        var: &var,
    })?)
}

fn body(kind: Kind, update: &Update) -> String {
    match kind {
        Kind::Slack => services::slack(update).to_string(),
        Kind::Teams => services::teams(update).to_string(),
        Kind::Discord => services::discord(update).to_string(),
        Kind::Json | Kind::Command => json(&Document::of(update)),
    }
}

fn json(document: &impl Serialize) -> String {
    // Texts and times: nothing here can fail to become JSON.
    serde_json::to_string(document).unwrap_or_default()
}

/// The address and the headers, from wherever they come.
fn secrets(
    destination: &Destination,
    around: Around<'_>,
) -> Result<(Secret, Vec<Secret>), Trouble> {
    let mut headers = destination.headers.clone();
    let mut address = match &destination.address {
        Some(Source::Given(address)) => Some(address.clone()),
        Some(Source::Variable(name)) => {
            let value = around.vars.get(name).filter(|value| !value.is_empty());
            let value = value.ok_or_else(|| Trouble::NoVariable(name.clone()))?;
            Some(Secret::new(value.trim()))
        }
        Some(Source::Command) | None => None,
    };
    if let Some(line) = &destination.secret_command {
        let run = shell::Line {
            line,
            input: "",
            environment: &[],
            folder: around.folder,
            limit: destination.timeout,
        };
        let printed = shell::run(&run).map_err(|why| Trouble::Command("secret-command", why))?;
        for line in printed.expose().lines().map(str::trim) {
            let is_address = line.starts_with("https://") || line.starts_with("http://");
            match (is_address, line.is_empty()) {
                (_, true) => {}
                // What was said of the address itself goes first.
                (true, _) => address = address.or_else(|| Some(Secret::new(line))),
                (false, _) => headers.push(Secret::new(line)),
            }
        }
    }
    Ok((address.ok_or(Trouble::NoAddress)?, headers))
}

/// The text on standard input, as `sendmail` takes it, and what a subject is made of in variables.
fn command(destination: &Destination, update: &Update, around: Around<'_>) -> Result<(), Trouble> {
    let line = destination.command.as_ref().ok_or(Trouble::Settings)?;
    let text = format!("{}\n", plain(update));
    let environment = [
        ("HOTFIX_ID", update.id.as_str()),
        ("HOTFIX_TITLE", &update.title),
        (
            "HOTFIX_SEVERITY",
            update.severity.as_deref().unwrap_or_default(),
        ),
        ("HOTFIX_STATE", update.state.word()),
    ];
    let run = shell::Line {
        line,
        input: &text,
        environment: &environment,
        folder: around.folder,
        limit: destination.timeout,
    };
    let ran = shell::run(&run).map_err(|why| Trouble::Command("command", why));
    ran.map(drop)
}
