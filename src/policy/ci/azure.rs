//! Azure Pipelines.
//!
//! Variables: learn.microsoft.com "Use predefined variables" (Build.Reason, Build.SourceBranch,
//! System.PullRequest.*). No variable says what was there before a push, nor which branch is the
//! default.

use super::{Event, Lookup, Pipeline, System, branch_name, commit_id, tag_name};

pub(super) fn pipeline(var: Lookup<'_, '_>) -> Pipeline {
    if var("BUILD_REASON") == Some("PullRequest") {
        return request(var);
    }
    let tag = tag_name(var("BUILD_SOURCEBRANCH"));
    let event = match var("BUILD_REASON") {
        _ if tag.is_some() => Event::Tag,
        Some("IndividualCI" | "BatchedCI") => Event::Push,
        _ => Event::Other,
    };
    Pipeline {
        branch: branch_name(var("BUILD_SOURCEBRANCH")),
        tag,
        head: commit_id(var("BUILD_SOURCEVERSION")),
        ..Pipeline::new(System::Azure, event)
    }
}

/// BUILD_SOURCEVERSION is the merge that is tried. The target is a full ref in Azure Repos and a
/// bare name for repositories on GitHub.
fn request(var: Lookup<'_, '_>) -> Pipeline {
    let target = var("SYSTEM_PULLREQUEST_TARGETBRANCH")
        .or_else(|| var("SYSTEM_PULLREQUEST_TARGETBRANCHNAME"));
    Pipeline {
        branch: branch_name(var("SYSTEM_PULLREQUEST_SOURCEBRANCH")),
        target: branch_name(target),
        head: commit_id(var("SYSTEM_PULLREQUEST_SOURCECOMMITID"))
            .or_else(|| commit_id(var("BUILD_SOURCEVERSION"))),
        ..Pipeline::new(System::Azure, Event::Request)
    }
}
