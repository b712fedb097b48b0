//! The only reader of the environment and the clock.

use chrono::{DateTime, FixedOffset, Local, NaiveDateTime, TimeZone, Timelike, Utc};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

/// What the process was started with.
#[derive(Debug, Clone)]
pub struct Env {
    /// The variables that are valid UTF-8.
    pub vars: BTreeMap<String, String>,
    /// How the process was called, the program's own name first.
    pub arguments: Vec<OsString>,
    /// Where the process stands.
    pub cwd: PathBuf,
    /// Standard input is a terminal.
    pub stdin_is_terminal: bool,
    /// Standard output is a terminal.
    pub stdout_is_terminal: bool,
    /// Standard error is a terminal.
    pub stderr_is_terminal: bool,
}

impl Env {
    /// How the process was called, also where nothing else can be known.
    pub fn arguments() -> Vec<OsString> {
        std::env::args_os().collect()
    }

    /// Reads the process's environment.
    ///
    /// # Errors
    /// When the current folder is gone.
    pub fn capture() -> std::io::Result<Env> {
        // `vars()` would panic on a variable that is not UTF-8.
        let vars = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Ok(Env {
            vars,
            arguments: Env::arguments(),
            cwd: std::env::current_dir()?,
            stdin_is_terminal: std::io::stdin().is_terminal(),
            stdout_is_terminal: std::io::stdout().is_terminal(),
            stderr_is_terminal: std::io::stderr().is_terminal(),
        })
    }

    /// A variable that is set and not empty.
    pub fn var(&self, name: &str) -> Option<&str> {
        self.vars
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    /// Now in UTC, whole seconds; `GIT_COMMITTER_DATE` stands in for the clock, as it does in git.
    pub fn now(&self) -> DateTime<Utc> {
        now_or(self.var("GIT_COMMITTER_DATE")).with_timezone(&Utc)
    }

    /// The machine's clock, whatever stands in for it elsewhere: for waiting.
    pub fn clock(&self) -> DateTime<Utc> {
        Utc::now()
    }

    /// The person's time zone.
    pub fn zone(&self) -> Local {
        Local
    }

    /// The terminal's width in columns: `COLUMNS`, else 80.
    pub fn width(&self) -> usize {
        self.var("COLUMNS")
            .and_then(|columns| columns.parse().ok())
            .filter(|columns| *columns > 0)
            .unwrap_or(80)
    }

    /// PATH with this program's own folder in front.
    ///
    /// # Errors
    /// When the program's path is not known, or cannot stand in PATH.
    pub fn path_with_this_program(&self) -> std::io::Result<OsString> {
        let program = self.current_exe()?;
        let own = program.parent().map(Path::to_owned);
        let rest = std::env::split_paths(self.var("PATH").unwrap_or_default());
        std::env::join_paths(own.into_iter().chain(rest)).map_err(std::io::Error::other)
    }

    /// The folders that a variable lists, in the system's own way; none when it is empty.
    pub fn list(&self, name: &str) -> Vec<PathBuf> {
        let list = self.var(name);
        list.map_or_else(Vec::new, |list| std::env::split_paths(list).collect())
    }

    /// The files of this name in the folders of PATH, the first first.
    pub fn on_path(&self, program: &str) -> Vec<PathBuf> {
        let name = format!("{program}{}", std::env::consts::EXE_SUFFIX);
        let folders = std::env::split_paths(self.var("PATH").unwrap_or_default());
        let files = folders.map(|folder| folder.join(&name));
        files.filter(|file| file.is_file()).collect()
    }

    /// The arguments of the program that started this one, its name first; only Linux tells.
    pub fn parent_arguments(&self) -> Option<Vec<String>> {
        #[cfg(target_os = "linux")]
        {
            let id = std::os::unix::process::parent_id();
            let line = std::fs::read(format!("/proc/{id}/cmdline")).ok()?;
            let line = String::from_utf8_lossy(&line);
            let line = line.strip_suffix('\0').unwrap_or(&line);
            Some(line.split('\0').map(str::to_owned).collect())
        }
        #[cfg(not(target_os = "linux"))]
        None
    }

    /// The path of this very program.
    pub fn current_exe(&self) -> std::io::Result<PathBuf> {
        std::env::current_exe()
    }
}

/// A variable that is set and not empty, for the layers that cannot be handed an [`Env`].
pub(crate) fn var(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// The variables that hold an address which whoever knows it may write to:
/// `GIT_HOTFIX_ANNOUNCE_<NAME>_URL`.
pub(crate) fn secrets() -> impl Iterator<Item = OsString> {
    let names = std::env::vars_os().map(|(name, _)| name);
    names.filter(|name| {
        let name = name.to_string_lossy();
        name.starts_with("GIT_HOTFIX_ANNOUNCE_") && name.ends_with("_URL")
    })
}

/// The folders a variable lists, in the system's own way.
pub(crate) fn path_list(name: &str) -> Vec<PathBuf> {
    var(name).map_or_else(Vec::new, |list| std::env::split_paths(&list).collect())
}

/// As [`Env::now`], in the zone of the date given or else the person's: git writes zones down.
pub(crate) fn committer_time() -> DateTime<FixedOffset> {
    now_or(
        var("GIT_COMMITTER_DATE")
            .as_deref()
            .and_then(|d| d.to_str()),
    )
}

/// The date that a variable gives, now where it is not set; nothing where it says something else.
pub(crate) fn date_of(name: &str) -> Option<DateTime<FixedOffset>> {
    match var(name) {
        Some(date) => git_date(date.to_str()?),
        None => Some(now_or(None)),
    }
}

fn now_or(date: Option<&str>) -> DateTime<FixedOffset> {
    let time = date
        .and_then(git_date)
        .unwrap_or_else(|| Local::now().fixed_offset());
    time.with_nanosecond(0).unwrap_or(time)
}

/// A date in one of git's own forms; a date without a zone is in the person's.
fn git_date(text: &str) -> Option<DateTime<FixedOffset>> {
    let text = text.trim();
    raw_date(text)
        .or_else(|| DateTime::parse_from_rfc3339(text).ok())
        .or_else(|| DateTime::parse_from_rfc2822(text).ok())
        .or_else(|| zoned_date(text))
        .or_else(|| local_date(text))
}

/// `@<seconds> <zone>` or `<seconds> <zone>`; without a zone only behind `@`, since a bare number
/// may be a year.
fn raw_date(text: &str) -> Option<DateTime<FixedOffset>> {
    let marked = text.strip_prefix('@');
    let mut words = marked.unwrap_or(text).split_ascii_whitespace();
    let seconds: i64 = words.next()?.parse().ok()?;
    let zone = match words.next() {
        Some(zone) => zone_offset(zone)?,
        None => marked.and(FixedOffset::east_opt(0))?,
    };
    if words.next().is_some() {
        return None;
    }
    zone.timestamp_opt(seconds, 0).single()
}

/// `+0200`, `-05:30`, `Z`.
fn zone_offset(zone: &str) -> Option<FixedOffset> {
    if matches!(zone, "Z" | "UTC" | "GMT") {
        return FixedOffset::east_opt(0);
    }
    let (sign, digits) = match zone.split_at_checked(1)? {
        ("+", digits) => (1, digits.replace(':', "")),
        ("-", digits) => (-1, digits.replace(':', "")),
        _ => return None,
    };
    if digits.len() != 4 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: i32 = digits.parse().ok()?;
    FixedOffset::east_opt(sign * (number / 100 * 3600 + number % 100 * 60))
}

fn zoned_date(text: &str) -> Option<DateTime<FixedOffset>> {
    let zone_at = text.rfind([' ', '+', '-'])?;
    let (date, zone) = text.split_at_checked(zone_at)?;
    let zone = zone_offset(zone.trim())?;
    let naive = naive_date(date.trim())?;
    zone.from_local_datetime(&naive).single()
}

fn local_date(text: &str) -> Option<DateTime<FixedOffset>> {
    let naive = naive_date(text)?;
    let time = Local.from_local_datetime(&naive).earliest()?;
    Some(time.fixed_offset())
}

fn naive_date(text: &str) -> Option<NaiveDateTime> {
    let forms = ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f"];
    forms
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(vars: &[(&str, &str)]) -> Env {
        Env {
            arguments: Vec::new(),
            vars: vars
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            cwd: PathBuf::new(),
            stdin_is_terminal: false,
            stdout_is_terminal: false,
            stderr_is_terminal: false,
        }
    }

    #[test]
    fn a_committer_date_in_any_of_gits_forms_is_the_clock() {
        for form in [
            "@1795356331 +0000",
            "@1795356331",
            "1795356331 +0200",
            "2026-11-22T14:05:31Z",
            "2026-11-22T14:05:31.750Z",
            "2026-11-22T16:05:31+02:00",
            "2026-11-22 16:05:31 +0200",
            "2026-11-22T16:05:31+0200",
            "2026-11-22 08:35:31 -0530",
            "Sun, 22 Nov 2026 14:05:31 +0000",
        ] {
            let now = env(&[("GIT_COMMITTER_DATE", form)]).now();
            assert_eq!(now.to_rfc3339(), "2026-11-22T14:05:31+00:00", "{form}");
        }
    }

    #[test]
    fn a_date_without_a_zone_is_in_the_persons() {
        let now = env(&[("GIT_COMMITTER_DATE", "2026-11-22T14:05:31")]).now();
        let local = now.with_timezone(&Local).naive_local();
        assert_eq!(local.to_string(), "2026-11-22 14:05:31");
    }

    #[test]
    fn a_date_nobody_can_read_leaves_the_real_clock() {
        for form in ["", "soon", "2026", "@x +0000", "1795356331 +0000 more", "é"] {
            let now = env(&[("GIT_COMMITTER_DATE", form)]).now();
            assert!((Utc::now() - now).num_seconds().abs() < 5, "{form}");
            assert_eq!(now.nanosecond(), 0);
        }
    }

    #[test]
    fn the_width_is_never_zero() {
        assert_eq!(env(&[("COLUMNS", "120")]).width(), 120);
        assert_eq!(env(&[("COLUMNS", "0")]).width(), 80);
        assert_eq!(env(&[]).width(), 80);
    }

    #[test]
    fn an_empty_variable_is_none() {
        assert_eq!(env(&[("A", "")]).var("A"), None);
        assert_eq!(env(&[("A", "b")]).var("A"), Some("b"));
    }
}
