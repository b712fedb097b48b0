//! What coding agents are told: `/hotfix` for Claude Code, a section in `AGENTS.md`.
//!
//! Only what we wrote is updated or removed; what a person changed is kept, unless it is given up by
//! name.

use super::{Code, Error, Result};
use crate::env::Env;
use crate::files;
use crate::git::Repo;
use crate::policy::agent::section::{self, Rest};
use crate::policy::agent::{self as text, State};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// The file for every agent.
const AGENTS_MD: &str = "AGENTS.md";

/// Larger texts are not read by agents either.
const LIMIT: u64 = 1024 * 1024;

/// What there is to install.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(extend("x-may-grow" = true)))]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// The command `/hotfix` of Claude Code.
    Claude,
    /// The section in `AGENTS.md`.
    AgentsMd,
}

impl What {
    /// As it is typed.
    pub fn name(self) -> &'static str {
        match self {
            What::Claude => "claude",
            What::AgentsMd => "agents-md",
        }
    }
}

/// For whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// Everybody who works in this work tree.
    Project,
    /// This person, in every project.
    User,
}

/// What was done to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Deed {
    /// Our text was put where none was.
    Written,
    /// Our text took the place of another.
    Updated,
    /// Our text was taken out.
    Removed,
}

/// A file that holds a text of ours, or may.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Told {
    /// What it is.
    pub what: What,
    /// For whom.
    pub scope: Scope,
    /// The file.
    pub path: PathBuf,
    /// How it stood before.
    pub state: State,
    /// What was done, or in a dry run would be.
    pub deed: Option<Deed>,
    /// The lines of a person that go with it.
    pub lost: Vec<String>,
}

/// What agents are told, and what was done about it.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Report {
    /// Each file.
    pub files: Vec<Told>,
    /// Nothing was done, only looked at.
    pub dry_run: bool,
}

impl Told {
    /// The file as people name it: in a project from its top.
    pub fn name(&self) -> String {
        match (self.what, self.scope) {
            (_, Scope::User) => self.path.display().to_string(),
            (What::Claude, _) => ".claude/commands/hotfix.md".to_owned(),
            (What::AgentsMd, _) => AGENTS_MD.to_owned(),
        }
    }
}

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// What.
    pub what: What,
    /// For whom.
    pub scope: Scope,
    /// A person's changes may go.
    pub force: bool,
    /// Only look.
    pub dry_run: bool,
}

impl Options {
    /// The command line after `agent`.
    fn arguments(&self) -> String {
        let user = if self.scope == Scope::User {
            " --user"
        } else {
            ""
        };
        format!("{}{user}", self.what.name())
    }
}

/// Writes our text, or brings it up to date.
///
/// # Errors
/// When a person changed it, somebody else's file is there, or it cannot be written.
pub fn install(env: &Env, options: Options) -> Result<Report> {
    let untouched = "Nothing was written.";
    let place = Place::find(env, options.what, options.scope)
        .map_err(|error| error.untouched(untouched))?;
    let old = place.read().map_err(|error| error.untouched(untouched))?;
    let mut told = place.told(old.as_deref());
    let again = format!("git hotfix agent install {}", options.arguments());
    told.deed = match told.state {
        State::Missing => Some(Deed::Written),
        State::Current => None,
        State::Outdated => Some(Deed::Updated),
        State::Changed | State::Foreign if options.force => Some(Deed::Updated),
        _ => return Err(kept(&told, &again)),
    };
    if told.deed.is_some() && !options.dry_run {
        let new = place.with_ours(old.as_deref());
        place.write(&new.ok_or_else(|| kept(&told, &again))?)?;
    }
    Ok(Report {
        files: vec![told],
        dry_run: options.dry_run,
    })
}

/// Takes our text out, and nothing else.
///
/// # Errors
/// When a person changed it, what is there is somebody else's, or it cannot be written.
pub fn remove(env: &Env, options: Options) -> Result<Report> {
    let untouched = "Nothing was removed.";
    let place = Place::find(env, options.what, options.scope)
        .map_err(|error| error.untouched(untouched))?;
    let old = place.read().map_err(|error| error.untouched(untouched))?;
    let mut told = place.told(old.as_deref());
    let again = format!("git hotfix agent remove {}", options.arguments());
    told.deed = match told.state {
        State::Missing => None,
        State::Current | State::Outdated => Some(Deed::Removed),
        State::Changed if options.force => Some(Deed::Removed),
        _ => return Err(kept(&told, &again)),
    };
    if let (Some(_), false, Some(old)) = (told.deed, options.dry_run, &old) {
        place.take_out(old)?;
    }
    Ok(Report {
        files: vec![told],
        dry_run: options.dry_run,
    })
}

/// Every place where a text of ours may stand, and why one could not be read.
pub fn status(env: &Env) -> (Report, Vec<String>) {
    let (mut files, mut warnings) = (Vec::new(), Vec::new());
    for (what, scope) in [
        (What::Claude, Scope::Project),
        (What::Claude, Scope::User),
        (What::AgentsMd, Scope::Project),
    ] {
        // Without a work tree, or a home, there is no such place.
        let Ok(place) = Place::find(env, what, scope) else {
            continue;
        };
        files.push(match place.read() {
            Ok(text) => place.told(text.as_deref()),
            Err(error) => {
                warnings.push(error.message());
                Told {
                    state: State::Unreadable,
                    ..place.told(None)
                }
            }
        });
    }
    let report = Report {
        files,
        dry_run: false,
    };
    (report, warnings)
}

/// Why a text stays: what would go, and how to let it go.
fn kept(told: &Told, again: &str) -> Error {
    let path = told.name();
    let message = match told.state {
        State::Foreign => format!("{path} is somebody else's"),
        State::Broken => format!("the marks of our section in {path} do not belong together"),
        _ => format!("{path} was changed by hand"),
    };
    let error = Error::refused(message)
        .code(Code::ChangedByHand)
        .untouched("It stays as it is.");
    match told.state {
        State::Broken => {
            error.next("Let one begin stand before one end, or delete both, then run it again.")
        }
        State::Foreign if again.contains(" remove ") => error,
        _ => would_go(error, &told.lost)
            .next("Ours again, and these lines gone:")
            .next(format!("{again} --force")),
    }
}

/// How many lines an error names.
const NAMED: usize = 8;

fn would_go(error: Error, lost: &[String]) -> Error {
    let shown = lost.iter().take(NAMED);
    let error = shown.fold(error, |error, line| error.detail(format!("- {line}")));
    match lost.len().saturating_sub(NAMED) {
        0 => error,
        more => error.detail(format!("… and {more} more")),
    }
}

/// A file where a text of ours belongs.
struct Place {
    what: What,
    scope: Scope,
    /// Nothing is written outside of it.
    root: PathBuf,
    path: PathBuf,
}

impl Place {
    fn find(env: &Env, what: What, scope: Scope) -> Result<Place> {
        let command: PathBuf = text::COMMAND_FILE.iter().collect();
        let (root, path) = match (what, scope) {
            (What::Claude, Scope::Project) => {
                let top = top(env)?;
                let path = top.join(".claude").join(command);
                (top, path)
            }
            (What::Claude, Scope::User) => {
                let root = folder_of_the_user(env)?;
                let path = root.join(command);
                (root, path)
            }
            (What::AgentsMd, Scope::Project) => {
                let top = top(env)?;
                let path = top.join(AGENTS_MD);
                (top, path)
            }
            (What::AgentsMd, Scope::User) => {
                return Err(Error::usage("AGENTS.md belongs to a project")
                    .next("git hotfix agent install agents-md"));
            }
        };
        Ok(Place {
            what,
            scope,
            root,
            path,
        })
    }

    fn read(&self) -> Result<Option<String>> {
        if !files::exists(&self.root) {
            return Ok(None);
        }
        Ok(files::read_text(&self.root, &self.path, LIMIT)?)
    }

    fn told(&self, old: Option<&str>) -> Told {
        let state = match self.what {
            What::Claude => text::command_state(old),
            What::AgentsMd => section::state(old),
        };
        let lost = match (self.what, state, old) {
            (What::Claude, State::Changed | State::Foreign, Some(old)) => {
                text::lost(old, &text::command())
            }
            (What::AgentsMd, State::Changed, Some(old)) => section::lost(old),
            _ => Vec::new(),
        };
        Told {
            what: self.what,
            scope: self.scope,
            path: self.path.clone(),
            state,
            deed: None,
            lost,
        }
    }

    /// The file's text with ours; nothing where that cannot be said.
    fn with_ours(&self, old: Option<&str>) -> Option<String> {
        match self.what {
            What::Claude => Some(text::in_style_of(old.unwrap_or_default(), &text::command())),
            What::AgentsMd => section::put(old),
        }
    }

    fn write(&self, new: &str) -> Result<()> {
        let write = || {
            files::make_folder(&self.root)?;
            files::write_atomic(&self.root, &self.path, new.as_bytes())
        };
        write().map_err(|error| Error::from(error).untouched("The file is as it was."))
    }

    fn take_out(&self, old: &str) -> Result<()> {
        let rest = match self.what {
            What::Claude => Rest::Nothing,
            What::AgentsMd => section::take(old),
        };
        match rest {
            Rest::AsItIs => Ok(()),
            Rest::Text(rest) => self.write(&rest),
            // A link is somebody else's, and so is the file it names.
            Rest::Nothing if self.what == What::AgentsMd && files::is_link(&self.path) => {
                self.write("")
            }
            Rest::Nothing => {
                files::remove(&self.path)?;
                self.clear();
                Ok(())
            }
        }
    }

    /// Folders that hold nothing now were made for the file.
    fn clear(&self) {
        let folders = self.path.ancestors().skip(1);
        let below = folders.take_while(|folder| *folder != self.root);
        for folder in below {
            if !files::remove_if_empty(folder) {
                return;
            }
        }
    }
}

fn top(env: &Env) -> Result<PathBuf> {
    let repo = Repo::discover(&env.cwd)?;
    repo.workdir().map(Path::to_owned).ok_or_else(|| {
        Error::failed("a bare repository has no work tree for it")
            .code(Code::BareRepository)
            .next("For yourself: git hotfix agent install claude --user")
    })
}

/// Where Claude Code keeps what is the person's own.
fn folder_of_the_user(env: &Env) -> Result<PathBuf> {
    if let Some(folder) = env.var("CLAUDE_CONFIG_DIR") {
        return Ok(env.cwd.join(folder));
    }
    let home = env.var("HOME").or_else(|| env.var("USERPROFILE"));
    let home = home.ok_or_else(|| {
        Error::usage("nothing says where your home is: neither HOME nor CLAUDE_CONFIG_DIR is set")
            .next("In a project: git hotfix agent install claude")
    })?;
    Ok(env.cwd.join(home).join(".claude"))
}
