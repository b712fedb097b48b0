//! From what the layers wrote to values that can be used.

mod format;

use super::Settings;
use super::announce::Announce;
use super::keys::{KEYS, at};
use super::layers::{ConfigError, Layered, Origin, Raw};
use super::tracker::Tracker;
use crate::policy::branch;
use crate::policy::forge;
use crate::policy::gate::{GateMode, LandingMode};
use crate::policy::severity::Severities;
use crate::policy::style::Style;
use crate::policy::updates::Updates;
use std::time::Duration;

/// Longer than this is a typing error: nobody waits an hour in an incident.
const LONGEST: Duration = Duration::from_secs(3600);

/// Checks every value and names the layer of the first that cannot be used.
pub(super) fn settings(
    layered: &Layered,
    remotes: &[String],
    tracker: &Tracker,
) -> Result<Settings, ConfigError> {
    let production = optional(branch_name(layered, at::PRODUCTION)?);
    let back_merge = back_merge(layered, production.as_deref())?;
    let prefix = prefix(layered, production.as_deref())?;
    let severities = severities(layered)?;
    let mut settings = Settings {
        production,
        back_merge,
        remote: optional(remote(layered, remotes)?),
        prefix,
        postmortems: postmortems(layered)?,
        timeout: duration(layered, at::TIMEOUT)?,
        push_timeout: duration(layered, at::PUSH_TIMEOUT)?,
        gate: gate(layered)?,
        landing: landing(layered)?,
        checklist: checklist(layered)?,
        sections: sections(layered)?,
        updates: updates(layered, &severities)?,
        announce: Announce::default(),
        severities,
        tag_prefix: tag_prefix(layered)?,
        auto_hooks: auto_hooks(layered)?,
        format: format::format(layered)?,
        release_branches: patterns(layered, at::RELEASE_BRANCHES)?,
        style: style(layered)?,
        lines: patterns(layered, at::LINES)?,
        forge: forge(layered)?,
        tracker: tracker.clone(),
        origins: Vec::new(),
    };
    settings.origins = origins(layered, &settings);
    Ok(settings)
}

fn text(raw: &Raw) -> &str {
    raw.values.last().map_or("", String::as_str)
}

fn optional(value: String) -> Option<String> {
    Some(value).filter(|value| !value.is_empty())
}

fn error(layered: &Layered, place: usize, why: &str, example: Option<&str>) -> ConfigError {
    let key = KEYS[place].name;
    let origin = &layered.get(place).origin;
    ConfigError {
        place: origin.to_string(),
        message: format!("{key}: {why}"),
        remedy: example.and_then(|example| remedy(origin, key, example)),
        setting: Some(key),
    }
}

/// The command that writes a usable value where the wrong one stands.
pub(super) fn remedy(origin: &Origin, key: &str, example: &str) -> Option<String> {
    match origin {
        Origin::Git { scope, .. } if scope == "command" => None,
        Origin::Git { key, scope } => Some(format!("git config --{scope} {key} {example}")),
        Origin::Gitflow { .. } => Some(format!("git config hotfix.{key} {example}")),
        Origin::Environment { variable } => Some(format!("export {variable}={example}")),
        // A later layer stands in for the line until it is corrected.
        Origin::File { .. } => Some(format!("git -c hotfix.{key}={example} hotfix …")),
        Origin::Default => None,
    }
}

fn branch_fault(name: &str) -> Option<String> {
    if name.starts_with("refs/") {
        return Some("write it without 'refs/heads/'".to_owned());
    }
    branch::fault(name)
}

fn branch_name(layered: &Layered, place: usize) -> Result<String, ConfigError> {
    let name = text(layered.get(place));
    match branch_fault(name) {
        Some(why) if !name.is_empty() => {
            let why = format!("'{name}' is no branch: {why}");
            Err(error(layered, place, &why, Some("main")))
        }
        _ => Ok(name.to_owned()),
    }
}

/// Production itself is left out: layers that do not know of each other may both name it.
fn back_merge(layered: &Layered, production: Option<&str>) -> Result<Vec<String>, ConfigError> {
    let mut branches: Vec<String> = Vec::new();
    for name in &layered.get(at::BACK_MERGE).values {
        if let Some(why) = branch_fault(name) {
            let why = format!("'{name}' is no branch: {why}");
            return Err(error(layered, at::BACK_MERGE, &why, None));
        }
        if Some(name.as_str()) != production && !branches.contains(name) {
            branches.push(name.clone());
        }
    }
    Ok(branches)
}

/// A remote is named, never addressed: a tracked file must not send anything anywhere.
fn remote(layered: &Layered, remotes: &[String]) -> Result<String, ConfigError> {
    let name = text(layered.get(at::REMOTE));
    let fail = |why: String| Err(error(layered, at::REMOTE, &why, Some("origin")));
    let odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, ':' | '\\' | '/');
    if name.is_empty() || (remotes.iter().any(|known| known == name) && !name.starts_with('-')) {
        return Ok(name.to_owned());
    }
    if name.starts_with(['-', '.']) || name.contains(odd) {
        return fail(format!("'{name}' is not the name of a remote"));
    }
    if !remotes.is_empty() {
        return fail(format!(
            "there is no remote '{name}', only {}",
            remotes.join(", ")
        ));
    }
    Ok(name.to_owned())
}

fn prefix(layered: &Layered, production: Option<&str>) -> Result<String, ConfigError> {
    let prefix = text(layered.get(at::PREFIX));
    let fail = |why: &str| Err(error(layered, at::PREFIX, why, Some("hotfix/")));
    if !prefix.ends_with(['/', '-', '_']) {
        return fail(&format!("'{prefix}' does not end in '/', '-' or '_'"));
    }
    if let Some(why) = branch_fault(&format!("{prefix}x")) {
        return fail(&format!("'{prefix}' begins no branch: {why}"));
    }
    if prefix.contains(is_odd_in_a_shell) {
        let why = format!("{prefix:?} holds what a shell would not take for text");
        return fail(&why);
    }
    if prefix.starts_with("hotfix-log/") {
        return fail("records may be kept under 'hotfix-log/'");
    }
    if let Some(production) = production.filter(|name| name.starts_with(prefix)) {
        let why = format!("with prefix '{prefix}' production '{production}' is a hotfix branch");
        // Nobody wrote the default: then the other of the two is what can be changed.
        return Err(match layered.get(at::PREFIX).origin {
            Origin::Default => error(layered, at::PRODUCTION, &why, Some("main")),
            _ => error(layered, at::PREFIX, &why, Some("hotfix/")),
        });
    }
    Ok(prefix.to_owned())
}

/// Branch names are pasted, and stand in scripts: a tracked file must not smuggle commands in there.
fn is_odd_in_a_shell(c: char) -> bool {
    c.is_whitespace() || c.is_control() || "'\"`$\\*?[]{}()<>|&;!#~".contains(c)
}

fn postmortems(layered: &Layered) -> Result<String, ConfigError> {
    let written = text(layered.get(at::POSTMORTEMS));
    let folder = written.trim_end_matches('/');
    match folder_fault(folder) {
        None => Ok(folder.to_owned()),
        Some(why) => {
            let why = format!("'{written}' {why}");
            Err(error(
                layered,
                at::POSTMORTEMS,
                &why,
                Some(".claude/postmortems"),
            ))
        }
    }
}

/// Judged as the strictest system would: the same settings serve everyone who clones.
fn folder_fault(folder: &str) -> Option<&'static str> {
    if folder.is_empty() {
        return Some("is not a folder in the repository");
    }
    if folder.starts_with(['/', '~', '-']) || folder.contains(':') {
        return Some("is not relative to the top of the repository");
    }
    if folder.contains('\\') || folder.contains(char::is_control) {
        return Some("is not written with '/' between its parts");
    }
    folder.split('/').find_map(|part| match part {
        "" | "." | ".." => Some("has a part that is empty, '.' or '..'"),
        _ if is_git_folder(part) => Some("is inside git's own folder"),
        _ => None,
    })
}

/// `.git` in every spelling that Windows takes for it.
fn is_git_folder(part: &str) -> bool {
    let bare = part.trim_end_matches(['.', ' ']);
    bare.eq_ignore_ascii_case(".git") || bare.eq_ignore_ascii_case("git~1")
}

fn duration(layered: &Layered, place: usize) -> Result<Duration, ConfigError> {
    let written = text(layered.get(place));
    let fail = |why: String| Err(error(layered, place, &why, Some("10s")));
    match parse_duration(written) {
        None => fail(format!("'{written}' is not like 10, 10s or 2m")),
        Some(length) if length.is_zero() || length > LONGEST => {
            fail(format!("'{written}' is not between 1 ms and 1 h"))
        }
        Some(length) => Ok(length),
    }
}

pub(super) fn parse_duration(text: &str) -> Option<Duration> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().ok()?;
    match unit.trim() {
        "" | "s" => Some(Duration::from_secs(number)),
        "ms" => Some(Duration::from_millis(number)),
        "m" | "min" => Some(Duration::from_secs(number.checked_mul(60)?)),
        "h" => Some(Duration::from_secs(number.checked_mul(3600)?)),
        _ => None,
    }
}

fn gate(layered: &Layered) -> Result<GateMode, ConfigError> {
    match text(layered.get(at::GATE)) {
        "block" => Ok(GateMode::Block),
        "warn" => Ok(GateMode::Warn),
        "off" => Ok(GateMode::Off),
        other => {
            let why = format!("'{other}' is none of block, warn, off");
            Err(error(layered, at::GATE, &why, Some("block")))
        }
    }
}

fn landing(layered: &Layered) -> Result<LandingMode, ConfigError> {
    match text(layered.get(at::LANDING)) {
        "merge" => Ok(LandingMode::Merge),
        "pull-request" => Ok(LandingMode::PullRequest),
        other => {
            let why = format!("'{other}' is none of merge, pull-request");
            Err(error(layered, at::LANDING, &why, Some("merge")))
        }
    }
}

fn auto_hooks(layered: &Layered) -> Result<bool, ConfigError> {
    match text(layered.get(at::HOOKS)) {
        "auto" => Ok(true),
        "manual" => Ok(false),
        other => {
            let why = format!("'{other}' is none of auto, manual");
            Err(error(layered, at::HOOKS, &why, Some("auto")))
        }
    }
}

/// Patterns, so a `*` may stand where a name has none; alone it would take every branch for one.
fn patterns(layered: &Layered, place: usize) -> Result<Vec<String>, ConfigError> {
    let patterns = &layered.get(place).values;
    for pattern in patterns {
        let fault = match pattern.starts_with('*') {
            true => Some("it takes in every branch".to_owned()),
            false => branch_fault(&pattern.replace('*', "x")),
        };
        if let Some(why) = fault {
            let why = format!("'{pattern}' is no pattern of branches: {why}");
            return Err(error(layered, place, &why, None));
        }
    }
    Ok(patterns.clone())
}

fn style(layered: &Layered) -> Result<Style, ConfigError> {
    let name = text(layered.get(at::STYLE));
    Style::named(name).ok_or_else(|| {
        let why = format!("'{name}' is none of merge, squash, fast-forward");
        error(layered, at::STYLE, &why, Some("merge"))
    })
}

/// A kind, never an address or a program: a tracked file may say it.
fn forge(layered: &Layered) -> Result<forge::Setting, ConfigError> {
    let name = text(layered.get(at::FORGE));
    forge::Setting::named(name).ok_or_else(|| {
        let why = format!("'{name}' is none of {}", forge::Setting::NAMES);
        error(layered, at::FORGE, &why, Some("github"))
    })
}

/// Texts that become lines of a record.
fn lines(layered: &Layered, place: usize) -> Result<Vec<String>, ConfigError> {
    let values = &layered.get(place).values;
    let odd = |value: &&String| value.trim().is_empty() || value.contains(char::is_control);
    match values.iter().find(odd) {
        None => Ok(values.iter().map(|value| value.trim().to_owned()).collect()),
        Some(value) => {
            let why = format!("{value:?} is not one line of text");
            Err(error(layered, place, &why, None))
        }
    }
}

/// A record without items can never pass the gate: who wants none wants the gate off.
fn checklist(layered: &Layered) -> Result<Vec<String>, ConfigError> {
    let items = lines(layered, at::CHECKLIST)?;
    if items.is_empty() {
        let why = "it has no items; to go without the gate set gate to off";
        return Err(error(layered, at::CHECKLIST, why, None));
    }
    Ok(items)
}

fn sections(layered: &Layered) -> Result<Vec<String>, ConfigError> {
    let titles = lines(layered, at::SECTIONS)?;
    if let Some(title) = titles.iter().find(|title| title.starts_with('#')) {
        let why = format!("'{title}': write the title without '#'");
        return Err(error(layered, at::SECTIONS, &why, None));
    }
    Ok(titles)
}

fn severities(layered: &Layered) -> Result<Severities, ConfigError> {
    Severities::parse(&layered.get(at::SEVERITIES).values)
        .map_err(|why| error(layered, at::SEVERITIES, &why, None))
}

fn updates(layered: &Layered, severities: &Severities) -> Result<Updates, ConfigError> {
    Updates::parse(&layered.get(at::UPDATES).values, severities)
        .map_err(|why| error(layered, at::UPDATES, &why, None))
}

fn tag_prefix(layered: &Layered) -> Result<String, ConfigError> {
    let prefix = text(layered.get(at::TAG_PREFIX));
    match branch::fault(&format!("{prefix}1.0")) {
        None => Ok(prefix.to_owned()),
        Some(why) => {
            let why = format!("'{prefix}' begins no tag: {why}");
            Err(error(layered, at::TAG_PREFIX, &why, Some("v")))
        }
    }
}

/// Each value as one line, in the order of [`KEYS`]; nothing is the empty text.
fn origins(layered: &Layered, settings: &Settings) -> Vec<(super::Key, String, Origin)> {
    let shown = |place: usize| match place {
        at::BACK_MERGE => settings.back_merge.join(", "),
        at::TYPES => settings.format.types.join(", "),
        at::TRAILERS => settings.format.trailers.join(", "),
        at::POSTMORTEMS => settings.postmortems.clone(),
        at::TIMEOUT => seconds(settings.timeout),
        at::PUSH_TIMEOUT => seconds(settings.push_timeout),
        _ if KEYS[place].list => layered.get(place).values.join("; "),
        _ => text(layered.get(place)).to_owned(),
    };
    let keys = KEYS.iter().enumerate();
    keys.map(|(place, key)| (*key, shown(place), layered.get(place).origin.clone()))
        .collect()
}

fn seconds(length: Duration) -> String {
    if length.subsec_millis() == 0 {
        format!("{}s", length.as_secs())
    } else {
        format!("{}ms", length.as_millis())
    }
}
