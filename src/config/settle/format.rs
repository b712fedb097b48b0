//! The commit message's format.

use super::super::keys::at;
use super::super::layers::{ConfigError, Layered};
use super::{error, text};
use crate::policy::message::{Format, Scope, tag_fault, trailer_fault, type_fault};

/// RE2 repeats nothing more often, so a longer line could not be asked of a forge.
const LONGEST_LINE: usize = 1000;

/// What is left of a first line for the scope and for saying what was done.
const ROOM: usize = 30;

pub(super) fn format(layered: &Layered) -> Result<Format, ConfigError> {
    let mut format = Format {
        types: types(layered)?,
        scope: scope(layered)?,
        tag: tag(layered)?,
        subject_length: None,
        trailers: trailers(layered)?,
    };
    format.subject_length = subject_length(layered, &format)?;
    Ok(format)
}

fn types(layered: &Layered) -> Result<Vec<String>, ConfigError> {
    let types = words(layered, at::TYPES, type_fault)?;
    if types.is_empty() {
        let why = "it names no type";
        return Err(error(layered, at::TYPES, why, Some("fix")));
    }
    Ok(types)
}

fn trailers(layered: &Layered) -> Result<Vec<String>, ConfigError> {
    words(layered, at::TRAILERS, trailer_fault)
}

/// Each word once; names of trailers have no case.
fn words(
    layered: &Layered,
    place: usize,
    fault: impl Fn(&str) -> Option<&'static str>,
) -> Result<Vec<String>, ConfigError> {
    let mut words: Vec<String> = Vec::new();
    for word in &layered.get(place).values {
        if let Some(why) = fault(word) {
            let why = format!("{word:?}: {why}");
            let example = (place == at::TYPES).then_some("fix");
            return Err(error(layered, place, &why, example.or(Some("Incident"))));
        }
        if !words.iter().any(|known| known.eq_ignore_ascii_case(word)) {
            words.push(word.clone());
        }
    }
    Ok(words)
}

fn scope(layered: &Layered) -> Result<Scope, ConfigError> {
    match text(layered.get(at::SCOPE)) {
        "optional" => Ok(Scope::Optional),
        "required" => Ok(Scope::Required),
        "forbidden" => Ok(Scope::Forbidden),
        other => {
            let why = format!("'{other}' is none of optional, required, forbidden");
            Err(error(layered, at::SCOPE, &why, Some("optional")))
        }
    }
}

fn tag(layered: &Layered) -> Result<String, ConfigError> {
    let tag = text(layered.get(at::TAG));
    match tag_fault(tag) {
        None => Ok(tag.to_owned()),
        Some(why) => {
            let why = format!("{tag:?}: {why}");
            Err(error(layered, at::TAG, &why, Some("'[HOTFIX]'")))
        }
    }
}

/// Nothing when it is not set.
fn subject_length(layered: &Layered, format: &Format) -> Result<Option<usize>, ConfigError> {
    let written = text(layered.get(at::SUBJECT_LENGTH));
    if written.is_empty() {
        return Ok(None);
    }
    let longest = format.types.iter().map(String::len).max().unwrap_or(0);
    let least = longest + format.tag.chars().count() + ROOM;
    let digits = written.bytes().all(|b| b.is_ascii_digit());
    match written.parse::<usize>() {
        Ok(length) if digits && (least..=LONGEST_LINE).contains(&length) => Ok(Some(length)),
        _ => {
            let why = format!("'{written}' is not a number from {least} to {LONGEST_LINE}");
            let example = least.max(72).to_string();
            Err(error(layered, at::SUBJECT_LENGTH, &why, Some(&example)))
        }
    }
}
