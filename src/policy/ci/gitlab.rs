//! GitLab CI/CD.
//!
//! Variables: docs.gitlab.com "Predefined CI/CD variables reference".

use super::{Event, Lookup, Pipeline, System, branch_name, commit_id};

pub(super) fn pipeline(var: Lookup<'_, '_>) -> Pipeline {
    let run = if var("CI_MERGE_REQUEST_TARGET_BRANCH_NAME").is_some() {
        request(var)
    } else if var("CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME").is_some() {
        external(var)
    } else if let Some(tag) = var("CI_COMMIT_TAG") {
        Pipeline {
            tag: Some(tag.to_owned()),
            head: commit_id(var("CI_COMMIT_SHA")),
            ..Pipeline::new(System::GitLab, Event::Tag)
        }
    } else {
        branch(var)
    };
    Pipeline {
        default_branch: branch_name(var("CI_DEFAULT_BRANCH")),
        ..run
    }
}

/// The source's own id is only there when the pipeline runs on the merged result, where
/// CI_COMMIT_SHA is the merge; else CI_COMMIT_SHA is the source. Child pipelines have these
/// variables too, so CI_PIPELINE_SOURCE does not decide.
fn request(var: Lookup<'_, '_>) -> Pipeline {
    Pipeline {
        branch: branch_name(var("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME")),
        target: branch_name(var("CI_MERGE_REQUEST_TARGET_BRANCH_NAME")),
        base: commit_id(var("CI_MERGE_REQUEST_DIFF_BASE_SHA"))
            .or_else(|| commit_id(var("CI_MERGE_REQUEST_TARGET_BRANCH_SHA"))),
        head: commit_id(var("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA"))
            .or_else(|| commit_id(var("CI_COMMIT_SHA"))),
        ..Pipeline::new(System::GitLab, Event::Request)
    }
}

/// A pull request of a repository that GitLab mirrors.
fn external(var: Lookup<'_, '_>) -> Pipeline {
    Pipeline {
        branch: branch_name(var("CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME")),
        target: branch_name(var("CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME")),
        base: commit_id(var("CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_SHA")),
        head: commit_id(var("CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_SHA"))
            .or_else(|| commit_id(var("CI_COMMIT_SHA"))),
        ..Pipeline::new(System::GitLab, Event::Request)
    }
}

/// CI_COMMIT_BEFORE_SHA is zeros for a new branch, and when nobody pushed.
fn branch(var: Lookup<'_, '_>) -> Pipeline {
    let event = match var("CI_PIPELINE_SOURCE") {
        Some("push") => Event::Push,
        _ => Event::Other,
    };
    Pipeline {
        branch: branch_name(var("CI_COMMIT_BRANCH")),
        base: commit_id(var("CI_COMMIT_BEFORE_SHA")),
        head: commit_id(var("CI_COMMIT_SHA")),
        ..Pipeline::new(System::GitLab, event)
    }
}
