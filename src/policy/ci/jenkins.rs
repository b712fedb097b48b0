//! Jenkins, a multibranch pipeline.
//!
//! Variables: the "Global Variable Reference" of every server (pipeline-syntax/globals) for
//! BRANCH_NAME, TAG_NAME and CHANGE_*; the git plugin's page for GIT_*.

use super::{Event, Lookup, Pipeline, System, branch_name, commit_id};

pub(super) fn pipeline(var: Lookup<'_, '_>) -> Pipeline {
    let head = commit_id(var("GIT_COMMIT"));
    if var("CHANGE_ID").is_some() {
        // BRANCH_NAME is PR-24 then. What was checked out may be the change or a merge of it: HEAD
        // is judged, whichever it is.
        return Pipeline {
            branch: branch_name(var("CHANGE_BRANCH")),
            target: branch_name(var("CHANGE_TARGET")),
            ..Pipeline::new(System::Jenkins, Event::Request)
        };
    }
    if let Some(tag) = var("TAG_NAME") {
        return Pipeline {
            tag: Some(tag.to_owned()),
            head,
            ..Pipeline::new(System::Jenkins, Event::Tag)
        };
    }
    // A run that failed leaves this where it was, so what it refused is judged again.
    let base = commit_id(var("GIT_PREVIOUS_SUCCESSFUL_COMMIT"));
    Pipeline {
        branch: branch_name(var("BRANCH_NAME")),
        base,
        head,
        ..Pipeline::new(System::Jenkins, Event::Push)
    }
}
