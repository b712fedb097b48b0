//! The one next step.

use super::revert;
use crate::policy::request;
use crate::record::{Field, Milestone, Record, SectionName, Status};

/// What is known beside the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progressed<'a> {
    /// Commits on the hotfix branch.
    pub commits: usize,
    /// The first command that mends a finding of the gate.
    pub remedy: Option<&'a str>,
    /// The repository has a remote.
    pub remote: bool,
    /// The landing is here and not on the remote.
    pub waits_for_push: bool,
    /// The postmortem is complete.
    pub complete: bool,
}

/// The next command, and what it is for.
pub fn step(record: &Record, progressed: &Progressed<'_>) -> Option<(String, &'static str)> {
    // What runs in production without being in its branch is lost with the next release.
    let unlanded = record.reached(Milestone::Landed).is_none() && progressed.commits > 0;
    let unsaid = revert::unsaid(record);
    let step = match record.status() {
        Status::Abandoned => return None,
        Status::Deployed | Status::Resolved if unlanded => {
            return Some((
                finish(progressed),
                "the fix is not in production's branch yet",
            ));
        }
        // Stopping the bleeding is told before anything is tidied up.
        Status::Deployed if unsaid.is_some() => {
            return unsaid.map(|command| (command, "the revert runs: say so"));
        }
        Status::Landed | Status::Deployed | Status::Resolved if progressed.waits_for_push => (
            "git hotfix finish --push",
            "bring the landing to the remote",
        ),
        Status::Resolved if progressed.complete => (
            "git hotfix postmortem finalize",
            "put the postmortem on record",
        ),
        Status::Resolved => ("git hotfix postmortem check", "finish the postmortem"),
        Status::Deployed => ("git hotfix resolve", "once it is over"),
        Status::Landed => ("git hotfix deployed", "once it is"),
        _ => return before_landing(record, progressed),
    };
    Some((step.0.to_owned(), step.1))
}

fn before_landing(record: &Record, progressed: &Progressed<'_>) -> Option<(String, &'static str)> {
    // A revert is the mitigation, as soon as it runs.
    if record.reached(Milestone::Mitigated).is_none()
        && record.prose(SectionName::Mitigation).is_none()
        && revert::unsaid(record).is_none()
    {
        let command = "git hotfix mitigate rollback \"what you did\"";
        return Some((command.to_owned(), "stop the bleeding, then say how"));
    }
    if record.field(Field::Impact).is_none() {
        let command = "git hotfix impact \"who notices what\"";
        return Some((command.to_owned(), "tell people what is wrong"));
    }
    if record.reached(Milestone::CauseIdentified).is_none() {
        return Some((
            "git hotfix cause \"what it is\"".to_owned(),
            "find the cause",
        ));
    }
    if progressed.commits == 0 {
        let command = "git hotfix commit -m \"what it does\"";
        return Some((command.to_owned(), "fix it, with the smallest change"));
    }
    if let Some(remedy) = progressed.remedy {
        return Some((remedy.to_owned(), "make it ready to deploy"));
    }
    if request::is_asked_for(record) {
        let command = "git hotfix finish --pull-request --tag --push";
        return Some((command.to_owned(), "once the pull request is merged"));
    }
    Some((finish(progressed), "land it"))
}

fn finish(progressed: &Progressed<'_>) -> String {
    let command = match progressed.remote {
        true => "git hotfix finish --tag --push",
        false => "git hotfix finish",
    };
    command.to_owned()
}
