//! GitHub Actions.
//!
//! Variables: docs.github.com "Variables reference", default environment variables. What
//! GITHUB_SHA and GITHUB_REF are: "Events that trigger workflows". The event file: "Webhook events
//! and payloads" (push, `pull_request`, `merge_group`).

use super::{Event, Lookup, Pipeline, System, branch_name, commit_id, tag_name};
use serde_json::Value;

pub(super) fn pipeline(var: Lookup<'_, '_>, event: Option<&str>) -> Pipeline {
    let payload = event.and_then(|text| serde_json::from_str::<Value>(text).ok());
    let payload = payload.unwrap_or_default();
    let said = |pointer: &str| payload.pointer(pointer).and_then(Value::as_str);
    let run = match var("GITHUB_EVENT_NAME").unwrap_or_default() {
        name if name.starts_with("pull_request") => request(var, &said),
        "merge_group" => queue(var, &said),
        "push" => push(var, &said),
        _ => other(var),
    };
    Pipeline {
        default_branch: branch_name(said("/repository/default_branch")),
        ..run
    }
}

pub(super) fn repository(var: Lookup<'_, '_>) -> Option<String> {
    let (server, name) = (var("GITHUB_SERVER_URL")?, var("GITHUB_REPOSITORY")?);
    Some(format!("{server}/{name}"))
}

type Said<'s, 'v> = &'s dyn Fn(&str) -> Option<&'v str>;

/// GITHUB_SHA is the merge that is tried; the event has the commit that was reviewed. Its base is
/// the target's tip when the event happened.
fn request(var: Lookup<'_, '_>, said: Said<'_, '_>) -> Pipeline {
    Pipeline {
        branch: branch_name(var("GITHUB_HEAD_REF").or_else(|| said("/pull_request/head/ref"))),
        target: branch_name(var("GITHUB_BASE_REF").or_else(|| said("/pull_request/base/ref"))),
        base: commit_id(said("/pull_request/base/sha")),
        head: commit_id(said("/pull_request/head/sha")).or_else(|| commit_id(var("GITHUB_SHA"))),
        ..Pipeline::new(System::GitHub, Event::Request)
    }
}

/// The group is a chain of merges on the target; no one branch is its source.
fn queue(var: Lookup<'_, '_>, said: Said<'_, '_>) -> Pipeline {
    Pipeline {
        target: branch_name(said("/merge_group/base_ref")),
        base: commit_id(said("/merge_group/base_sha")),
        head: commit_id(said("/merge_group/head_sha")).or_else(|| commit_id(var("GITHUB_SHA"))),
        ..Pipeline::new(System::GitHub, Event::Queue)
    }
}

fn push(var: Lookup<'_, '_>, said: Said<'_, '_>) -> Pipeline {
    let run = other(var);
    if run.event == Event::Tag {
        return run;
    }
    Pipeline {
        event: Event::Push,
        base: commit_id(said("/before")),
        ..run
    }
}

/// A release, a clock, a person; of a tag all the same.
fn other(var: Lookup<'_, '_>) -> Pipeline {
    let tag = tag_name(var("GITHUB_REF"));
    let event = if tag.is_some() {
        Event::Tag
    } else {
        Event::Other
    };
    Pipeline {
        branch: branch_name(var("GITHUB_REF")),
        tag,
        head: commit_id(var("GITHUB_SHA")),
        ..Pipeline::new(System::GitHub, event)
    }
}
