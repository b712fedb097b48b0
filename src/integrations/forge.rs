//! Pull requests by way of the forges' own programs: `gh` (GitHub) and `glab` (GitLab).
//!
//! They keep the tokens and know the hosts; nothing here speaks HTTP.

use super::{Around, Program, Trouble};
use crate::policy::forge::{Forge, Kind};
use serde_json::Value;

/// Neither asks a question, nor looks for a newer version of itself.
pub(super) const ENVIRONMENT: [(&str, &str); 4] = [
    ("GH_PROMPT_DISABLED", "1"),
    ("GH_NO_UPDATE_NOTIFIER", "1"),
    ("NO_PROMPT", "1"),
    ("GLAB_CHECK_UPDATE", "false"),
];

/// How a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It waits.
    Open,
    /// Its commits are in the target.
    Merged,
    /// It was given up.
    Closed,
}

/// A request on the forge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Its page.
    pub url: String,
    /// Its number.
    pub number: Option<u64>,
    /// How it stands.
    pub state: State,
    /// The commit that it brings, or brought, in full.
    pub head: Option<String>,
}

/// A request to be opened.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Its first line.
    pub title: &'a str,
    /// What it says.
    pub body: &'a str,
    /// The branch that is to be merged.
    pub source: &'a str,
    /// The branch it is merged into.
    pub target: &'a str,
}

/// The program that opens requests on a kind of forge.
pub fn program_for(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::GitHub => Some("gh"),
        Kind::GitLab => Some("glab"),
        Kind::Bitbucket | Kind::BitbucketServer | Kind::Gitea | Kind::Azure => None,
    }
}

/// A forge that can be asked.
#[derive(Clone, Copy)]
pub struct Client<'a> {
    /// The repository there.
    pub forge: &'a Forge,
    /// The program that [`program_for`] names.
    pub program: &'a Program,
    /// Where it is started, and its limit.
    pub around: Around<'a>,
}

impl Client<'_> {
    /// The request from one branch of the repository into another: the open one, else the latest.
    ///
    /// # Errors
    /// When the program fails, hangs, or cannot be understood.
    pub fn find(&self, source: &str, target: &str) -> Result<Option<Request>, Trouble> {
        let repository = self.repository();
        let printed = match self.forge.kind {
            Kind::GitLab => self.run(
                &[
                    "mr",
                    "list",
                    "--repo",
                    &repository,
                    "--source-branch",
                    source,
                    "--target-branch",
                    target,
                    "--all",
                    "--output",
                    "json",
                ],
                "",
            )?,
            _ => self.run(
                &[
                    "pr",
                    "list",
                    "--repo",
                    &repository,
                    "--head",
                    source,
                    "--base",
                    target,
                    "--state",
                    "all",
                    "--json",
                    "number,url,state,headRefOid,isCrossRepository",
                ],
                "",
            )?,
        };
        let Ok(Value::Array(rows)) = serde_json::from_str(printed.trim()) else {
            return Err(self.unreadable());
        };
        let requests: Vec<Request> = rows.iter().filter_map(request).collect();
        let open = requests.iter().find(|request| request.state == State::Open);
        Ok(open.or(requests.first()).cloned())
    }

    /// Opens a request.
    ///
    /// # Errors
    /// When the program fails, hangs, or gives no URL.
    pub fn open(&self, wanted: &Wanted<'_>) -> Result<Request, Trouble> {
        let repository = self.repository();
        let Wanted {
            title,
            body,
            source,
            target,
        } = *wanted;
        let printed = match self.forge.kind {
            // Without `--head` glab takes another remote for the branch's, or adds one.
            Kind::GitLab => self.run(
                &[
                    "mr",
                    "create",
                    "--repo",
                    &repository,
                    "--head",
                    &repository,
                    "--source-branch",
                    source,
                    "--target-branch",
                    target,
                    "--title",
                    title,
                    "--description",
                    body,
                    "--yes",
                ],
                "",
            )?,
            // With `--head` gh neither pushes nor forks.
            _ => self.run(
                &[
                    "pr",
                    "create",
                    "--repo",
                    &repository,
                    "--head",
                    source,
                    "--base",
                    target,
                    "--title",
                    title,
                    "--body-file",
                    "-",
                ],
                body,
            )?,
        };
        let url = printed.split_whitespace().rev().find(|word| is_url(word));
        let url = url.ok_or_else(|| self.unreadable())?.to_owned();
        let number = url.rsplit('/').next().and_then(|last| last.parse().ok());
        Ok(Request {
            url,
            number,
            state: State::Open,
            head: None,
        })
    }

    /// Named in full, so that no default of the program and no other remote is meant.
    fn repository(&self) -> String {
        match self.forge.kind {
            Kind::GitLab => self.forge.page(),
            _ => format!("{}/{}", self.forge.host, self.forge.name()),
        }
    }

    fn run(&self, arguments: &[&str], input: &str) -> Result<String, Trouble> {
        self.program
            .run(arguments, &ENVIRONMENT, input, &self.around)
    }

    fn unreadable(&self) -> Trouble {
        let program = self.program.name.clone();
        Trouble::Unreadable { program }
    }
}

/// A row of `gh pr list --json` or `glab mr list --output json`; nothing for one from a fork, whose
/// branch is only called the same.
fn request(row: &Value) -> Option<Request> {
    let text = |key: &str| row.get(key).and_then(Value::as_str);
    let project = |key: &str| row.get(key).and_then(Value::as_u64);
    let from_fork = row.get("isCrossRepository") == Some(&Value::Bool(true))
        || project("source_project_id") != project("target_project_id");
    let url = text("url").or(text("web_url"))?;
    if from_fork || !is_url(url) {
        return None;
    }
    let state = match text("state")?.to_ascii_lowercase().as_str() {
        "open" | "opened" | "locked" => State::Open,
        "merged" => State::Merged,
        _ => State::Closed,
    };
    Some(Request {
        url: url.to_owned(),
        number: project("number").or(project("iid")),
        state,
        head: text("headRefOid").or(text("sha")).map(str::to_owned),
    })
}

fn is_url(word: &str) -> bool {
    let rest = word
        .strip_prefix("https://")
        .or(word.strip_prefix("http://"));
    rest.is_some_and(|rest| rest.len() > 3 && rest.bytes().all(|b| b.is_ascii_graphic()))
}
