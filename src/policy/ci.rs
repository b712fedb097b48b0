//! What a CI system says of the run: what happened, to which branch, from which commit to which.
//!
//! Each system has its own file, which names the page its variables are described on. Nothing here
//! looks into a repository: an id may be of a commit that the clone does not have.

mod azure;
mod github;
mod gitlab;
mod jenkins;

use super::push;

/// A CI system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    /// GitHub Actions, and those that run its workflows (Gitea, Forgejo).
    GitHub,
    /// GitLab CI/CD.
    GitLab,
    /// Azure Pipelines.
    Azure,
    /// Jenkins, a multibranch pipeline.
    Jenkins,
}

/// What started the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// A pull or merge request was opened or got commits.
    Request,
    /// A merge queue tries several requests together.
    Queue,
    /// A branch was pushed.
    Push,
    /// A tag was pushed.
    Tag,
    /// A person, a clock or another run: nothing came in.
    Other,
}

/// A run, as its system describes it. Branches and tags stand without `refs/heads/` or
/// `refs/tags/`, ids are hex; what the system does not say is nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pipeline {
    /// The system.
    pub system: System,
    /// What started it.
    pub event: Event,
    /// The branch the commits come from.
    pub branch: Option<String>,
    /// The branch they are to go to.
    pub target: Option<String>,
    /// The tag.
    pub tag: Option<String>,
    /// What was there before, or where a request left its target.
    pub base: Option<String>,
    /// The last commit; of a request the one that was reviewed, not the merge that is tried.
    pub head: Option<String>,
    /// The default branch.
    pub default_branch: Option<String>,
    /// Where the repository is seen in a browser or cloned from: http or https, without a password.
    pub repository: Option<String>,
}

/// Looks a variable up; empty ones are not there.
pub type Lookup<'l, 'v> = &'l dyn Fn(&str) -> Option<&'v str>;

/// The run this process is part of; nothing outside CI.
///
/// `event` is the text of the file that [`event_file`] names. Without it, or when it holds no JSON,
/// the variables alone count: they lead to the same commits or to more.
pub fn detect(var: Lookup<'_, '_>, event: Option<&str>) -> Option<Pipeline> {
    let (run, repository) = match system(var)? {
        System::GitHub => (github::pipeline(var, event), github::repository(var)),
        System::GitLab => (
            gitlab::pipeline(var),
            var("CI_PROJECT_URL").map(str::to_owned),
        ),
        System::Azure => (
            azure::pipeline(var),
            var("BUILD_REPOSITORY_URI").map(str::to_owned),
        ),
        System::Jenkins => (jenkins::pipeline(var), var("GIT_URL").map(str::to_owned)),
    };
    Some(Pipeline {
        repository: repository.as_deref().and_then(public_address),
        ..run
    })
}

/// The CI system this process runs in. Jenkins is asked last: its agents may start others.
pub fn system(var: Lookup<'_, '_>) -> Option<System> {
    let is_true = |name| var(name).is_some_and(|value: &str| value.eq_ignore_ascii_case("true"));
    if is_true("GITHUB_ACTIONS") {
        Some(System::GitHub)
    } else if is_true("GITLAB_CI") {
        Some(System::GitLab)
    } else if is_true("TF_BUILD") {
        Some(System::Azure)
    } else {
        var("JENKINS_URL").map(|_| System::Jenkins)
    }
}

/// The file that describes the event; only GitHub's runs have one.
pub fn event_file<'v>(var: Lookup<'_, 'v>) -> Option<&'v str> {
    match system(var)? {
        System::GitHub => var("GITHUB_EVENT_PATH"),
        _ => None,
    }
}

impl System {
    /// The line of the system's own file that gives a clone its whole history.
    pub fn remedy(self) -> &'static str {
        match self {
            System::GitHub => "In the workflow, with actions/checkout: fetch-depth: 0",
            System::GitLab => "In .gitlab-ci.yml, under the job's variables: GIT_DEPTH: 0",
            System::Azure => "In azure-pipelines.yml, under checkout: fetchDepth: 0",
            System::Jenkins => {
                "In the Jenkinsfile's checkout: [$class: 'CloneOption', shallow: false]"
            }
        }
    }
}

impl Pipeline {
    fn new(system: System, event: Event) -> Pipeline {
        Pipeline {
            system,
            event,
            branch: None,
            target: None,
            tag: None,
            base: None,
            head: None,
            default_branch: None,
            repository: None,
        }
    }
}

/// A web address without the user and the password it may carry; nothing for another kind.
fn public_address(text: &str) -> Option<String> {
    let (scheme, rest) = text.split_once("://")?;
    let host_end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, path) = rest.split_at_checked(host_end)?;
    let host = host.rsplit('@').next().filter(|host| !host.is_empty())?;
    let is_plain = |c: char| c.is_ascii_graphic() && !"<>\"{}|\\^`".contains(c);
    let fits = matches!(scheme, "http" | "https") && rest.chars().all(is_plain);
    fits.then(|| format!("{scheme}://{host}{path}"))
}

/// An id that is one: zeros stand for "there was none".
fn commit_id(text: Option<&str>) -> Option<String> {
    text.and_then(push::object_id).flatten()
}

/// A branch's name, given with or without `refs/heads/`.
fn branch_name(text: Option<&str>) -> Option<String> {
    let text = text?;
    let name = text.strip_prefix("refs/heads/").unwrap_or(text);
    (!name.is_empty() && !name.starts_with("refs/")).then(|| name.to_owned())
}

/// A tag's name out of its ref.
fn tag_name(text: Option<&str>) -> Option<String> {
    let name = text?.strip_prefix("refs/tags/")?;
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests;
