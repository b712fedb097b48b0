//! `install-extras`: completions and manual pages where shells and `man` look for them, without root.

use super::{Code, Error, Result};
use crate::env::Env;
use crate::files;
use serde::Serialize;
use std::path::{Path, PathBuf};

mod lines;

pub use lines::Line;

/// Stands in every file that is ours; no other is overwritten or removed.
pub const MARK: &str =
    "Written by 'git hotfix install-extras'; changes are lost when it is run again.";

/// Nobody's completion or page is larger.
const LIMIT: u64 = 4 * 1024 * 1024;

/// For whom a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Reader {
    /// `man`.
    Man,
    /// bash, through bash-completion.
    Bash,
    /// zsh.
    Zsh,
    /// fish.
    Fish,
    /// PowerShell, which knows no folder for completions.
    PowerShell,
    /// elvish, likewise.
    Elvish,
}

impl Reader {
    /// The shells.
    pub const SHELLS: [Reader; 5] = [
        Reader::Bash,
        Reader::Zsh,
        Reader::Fish,
        Reader::PowerShell,
        Reader::Elvish,
    ];

    /// The program's name.
    fn program(self) -> &'static str {
        match self {
            Reader::Man => "man",
            Reader::Bash => "bash",
            Reader::Zsh => "zsh",
            Reader::Fish => "fish",
            Reader::PowerShell => "pwsh",
            Reader::Elvish => "elvish",
        }
    }

    /// It reads files in a folder; the others only what their settings name.
    fn has_folder(self) -> bool {
        !matches!(self, Reader::PowerShell | Reader::Elvish)
    }
}

/// A file to be placed.
#[derive(Debug, Clone)]
pub struct Extra {
    /// For whom.
    pub reader: Reader,
    /// Its name.
    pub name: String,
    /// What it holds.
    pub text: String,
}

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Below this folder, as packages have it; else where the person's own files are.
    pub prefix: Option<PathBuf>,
    /// For these shells; else for those that are there.
    pub shells: Vec<Reader>,
    /// Take ours away.
    pub remove: bool,
    /// Only say what would be done.
    pub dry_run: bool,
}

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It was not there.
    Written,
    /// It was ours, of another version.
    Updated,
    /// It was there already.
    Current,
    /// It was ours, and is gone.
    Removed,
    /// It is somebody else's, and stays.
    Foreign,
}

/// A file and what became of it.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Placed {
    /// For whom.
    #[serde(rename = "for")]
    pub reader: Reader,
    /// Where.
    pub path: PathBuf,
    /// What became of it.
    pub state: State,
}

/// What was done.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Report {
    /// The files.
    pub files: Vec<Placed>,
    /// What the person has to add where no folder is read.
    pub lines: Vec<Line>,
    /// Nothing was written.
    pub dry_run: bool,
}

/// Places the extras, or takes ours away. All or none: a file of somebody else's in the way is seen
/// before anything is written.
///
/// # Errors
/// When something else stands in a file's place, there is no home, or a file cannot be written.
pub fn place(env: &Env, extras: &[Extra], options: &Options) -> Result<Report> {
    let mut readers = readers(env, options);
    readers.push(Reader::Man);
    let mut steps = Vec::new();
    for extra in extras
        .iter()
        .filter(|extra| readers.contains(&extra.reader))
    {
        steps.push(step(env, extra, options)?);
    }
    let folder = folder(env, Reader::Man, options)?;
    let stale = stale(&folder, extras);
    steps.extend(stale.map(|path| (placed(Reader::Man, path, State::Removed), "")));
    if !options.remove {
        refuse_foreign(&steps)?;
    }
    if !options.dry_run {
        steps.iter().try_for_each(act)?;
    }
    let files: Vec<Placed> = steps.into_iter().map(|(placed, _)| placed).collect();
    let mut lines = Vec::new();
    if !options.remove {
        for reader in readers {
            let folder = match reader.has_folder() {
                true => folder_of(&files, reader),
                false => None,
            };
            lines.extend(lines::needed(env, reader, folder));
        }
    }
    Ok(Report {
        files,
        lines,
        dry_run: options.dry_run,
    })
}

/// A package is for every shell, a person for those that are there; what is removed is looked for
/// everywhere.
fn readers(env: &Env, options: &Options) -> Vec<Reader> {
    let is_there = |reader: &Reader| !env.on_path(reader.program()).is_empty();
    let all = Reader::SHELLS.into_iter();
    match (&options.prefix, options.remove) {
        _ if !options.shells.is_empty() => options.shells.clone(),
        (Some(_), _) | (_, true) => all.filter(|reader| reader.has_folder()).collect(),
        (None, false) => all.filter(is_there).collect(),
    }
}

/// The folder that a reader looks into by itself.
fn folder(env: &Env, reader: Reader, options: &Options) -> Result<PathBuf> {
    let below = match (reader, &options.prefix) {
        (Reader::Man, _) => "man/man1",
        (Reader::Bash, _) => "bash-completion/completions",
        (Reader::Zsh, _) => "zsh/site-functions",
        (_, Some(_)) => "fish/vendor_conf.d",
        (_, None) => return Ok(base(env, "XDG_CONFIG_HOME", ".config")?.join("fish/conf.d")),
    };
    match &options.prefix {
        Some(prefix) => Ok(env.cwd.join(prefix).join("share").join(below)),
        None => Ok(base(env, "XDG_DATA_HOME", ".local/share")?.join(below)),
    }
}

/// As the XDG Base Directory Specification has it: a relative path is none.
fn base(env: &Env, variable: &str, below_home: &str) -> Result<PathBuf> {
    let told = env.var(variable).map(PathBuf::from);
    if let Some(told) = told.filter(|path| path.is_absolute()) {
        return Ok(told);
    }
    home(env).map(|home| home.join(below_home)).ok_or_else(|| {
        Error::usage("HOME is not set: there is no place for your own files")
            .untouched("Nothing was written.")
            .next("git hotfix install-extras --prefix /usr/local")
    })
}

fn home(env: &Env) -> Option<PathBuf> {
    let home = env.var("HOME").or_else(|| env.var("USERPROFILE"));
    home.map(PathBuf::from)
}

/// What is to be done with a file, and its text.
fn step<'a>(env: &Env, extra: &'a Extra, options: &Options) -> Result<(Placed, &'a str)> {
    let path = folder(env, extra.reader, options)?.join(&extra.name);
    let state = match (standing(&path)?, options.remove) {
        (Some(text), _) if !text.contains(MARK) => State::Foreign,
        (Some(_), true) => State::Removed,
        (Some(text), false) if text == extra.text => State::Current,
        (Some(_), false) => State::Updated,
        (None, false) => State::Written,
        (None, true) => State::Current,
    };
    Ok((placed(extra.reader, path, state), &extra.text))
}

fn placed(reader: Reader, path: PathBuf, state: State) -> Placed {
    Placed {
        reader,
        path,
        state,
    }
}

/// What stands in a file's place; nothing when nothing does.
fn standing(path: &Path) -> Result<Option<String>> {
    if !files::exists(path) {
        return Ok(None);
    }
    let bytes = files::read_bytes(path, LIMIT).map_err(|error| {
        Error::from(error)
            .context("something else stands there")
            .untouched("Nothing was written.")
    })?;
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}

/// Pages of commands that are no more.
fn stale(folder: &Path, extras: &[Extra]) -> impl Iterator<Item = PathBuf> {
    let known = |name: &String| extras.iter().any(|extra| extra.name == *name);
    // A folder that cannot be listed is one in which nothing can be written either: that is told then.
    let names: Vec<String> = files::names_in(folder)
        .unwrap_or_default()
        .into_iter()
        .filter(|name| name.starts_with("git-hotfix-") && !known(name))
        .collect();
    let paths: Vec<PathBuf> = names.iter().map(|name| folder.join(name)).collect();
    let is_ours = |path: &PathBuf| {
        let text = standing(path).ok().flatten();
        text.is_some_and(|text| text.contains(MARK))
    };
    paths.into_iter().filter(is_ours)
}

fn refuse_foreign(steps: &[(Placed, &str)]) -> Result<()> {
    let foreign = steps.iter().map(|(placed, _)| placed);
    let foreign: Vec<_> = foreign.filter(|p| p.state == State::Foreign).collect();
    if foreign.is_empty() {
        return Ok(());
    }
    let error = Error::refused("files that are not ours are in the way")
        .code(Code::ChangedByHand)
        .untouched("Nothing was written.")
        .next("Move them away, and run it again.");
    Err(foreign.iter().fold(error, |error, placed| {
        error.detail(placed.path.display().to_string())
    }))
}

fn act((placed, text): &(Placed, &str)) -> Result<()> {
    match placed.state {
        State::Written | State::Updated => {
            // A folder or a file of one's own may be a link to where one keeps such files.
            let path = real(&placed.path);
            let root = path.parent().unwrap_or(&path);
            files::make_folder(root)?;
            files::write_atomic(root, &path, text.as_bytes())?;
        }
        State::Removed => files::remove(&placed.path)?,
        State::Current | State::Foreign => {}
    }
    Ok(())
}

fn real(path: &Path) -> PathBuf {
    match (files::exists(path), path.parent(), path.file_name()) {
        (false, Some(folder), Some(name)) => real(folder).join(name),
        _ => files::real(path),
    }
}

fn folder_of(files: &[Placed], reader: Reader) -> Option<&Path> {
    let file = files.iter().find(|file| file.reader == reader)?;
    file.path.parent()
}
