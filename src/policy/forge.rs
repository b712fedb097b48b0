//! Forges: which one a remote's address belongs to, and where a pull request is opened by hand.

mod address;
#[cfg(test)]
mod tests;

use address::{Address, encoded, encoded_path};

/// A kind of forge; each has its own addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// github.com and GitHub Enterprise.
    GitHub,
    /// gitlab.com and self-hosted ones.
    GitLab,
    /// bitbucket.org.
    Bitbucket,
    /// Bitbucket Data Center.
    BitbucketServer,
    /// Gitea, Forgejo, Codeberg.
    Gitea,
    /// Azure DevOps.
    Azure,
}

/// `forge` in the settings, for a host whose name does not tell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Setting {
    /// As the host's name says.
    #[default]
    ByHost,
    /// This kind.
    Is(Kind),
    /// None: nothing is opened, and no URL is shown.
    None,
}

impl Setting {
    /// The words it can be set to.
    pub const NAMES: &str = "github, gitlab, bitbucket, gitea, forgejo, azure, none";

    /// By its name; the empty text is [`Setting::ByHost`].
    pub fn named(name: &str) -> Option<Setting> {
        Some(match name {
            "" => Setting::ByHost,
            "github" => Setting::Is(Kind::GitHub),
            "gitlab" => Setting::Is(Kind::GitLab),
            "bitbucket" => Setting::Is(Kind::BitbucketServer),
            "gitea" | "forgejo" => Setting::Is(Kind::Gitea),
            "azure" => Setting::Is(Kind::Azure),
            "none" => Setting::None,
            _ => return None,
        })
    }
}

/// A repository on a forge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forge {
    /// Its kind.
    pub kind: Kind,
    /// The host with a web port when the address has one: `github.com`, `git.example.com:8443`.
    pub host: String,
    /// Plain `http`.
    plain: bool,
    /// The parts of the repository's path, decoded: `["owner", "repo"]`.
    path: Vec<String>,
}

impl Forge {
    /// The forge of a remote's address as git takes it; nothing for a file, for what is no address,
    /// and for a host that nobody knows. Never holds what stands before the `@`.
    pub fn of(address: &str, setting: Setting) -> Option<Forge> {
        let address = Address::parse(address)?;
        let kind = match setting {
            Setting::None => return None,
            Setting::Is(Kind::BitbucketServer) if is_bitbucket_cloud(&address.host) => {
                Kind::Bitbucket
            }
            Setting::Is(kind) => kind,
            Setting::ByHost => kind_of(&address.host)?,
        };
        let path = repository(kind, &address)?;
        Some(Forge {
            kind,
            host: web_host(kind, &address),
            plain: address.plain,
            path,
        })
    }

    /// The page of the repository: `https://github.com/owner/repo`.
    pub fn page(&self) -> String {
        let scheme = if self.plain { "http" } else { "https" };
        let host = &self.host;
        match (self.kind, self.path.as_slice()) {
            (Kind::BitbucketServer, [project, repo]) => {
                let (folder, project) = match project.strip_prefix('~') {
                    Some(user) => ("users", user),
                    None => ("projects", project.as_str()),
                };
                let (project, repo) = (encoded(project), encoded(repo));
                format!("{scheme}://{host}/{folder}/{project}/repos/{repo}")
            }
            (Kind::Azure, [rest @ .., repo]) => {
                let rest = encoded_path(rest);
                format!("{scheme}://{host}/{rest}/_git/{}", encoded(repo))
            }
            (_, path) => format!("{scheme}://{host}/{}", encoded_path(path)),
        }
    }

    /// The path of the repository as people write it: `owner/repo`.
    pub fn name(&self) -> String {
        self.path.join("/")
    }

    /// Where a request from one branch into another is opened by hand.
    pub fn open_url(&self, source: &str, target: &str) -> String {
        let page = self.page();
        let in_path = |branch: &str| {
            let parts: Vec<String> = branch.split('/').map(str::to_owned).collect();
            encoded_path(&parts)
        };
        let (from, into) = (encoded(source), encoded(target));
        match self.kind {
            Kind::GitHub => {
                let (from, into) = (in_path(source), in_path(target));
                format!("{page}/compare/{into}...{from}?expand=1")
            }
            Kind::Gitea => format!("{page}/compare/{}...{}", in_path(target), in_path(source)),
            Kind::GitLab => format!(
                "{page}/-/merge_requests/new?merge_request%5Bsource_branch%5D={from}\
                 &merge_request%5Btarget_branch%5D={into}"
            ),
            Kind::Bitbucket => format!("{page}/pull-requests/new?source={from}&dest={into}"),
            Kind::BitbucketServer => format!(
                "{page}/pull-requests?create&sourceBranch=refs%2Fheads%2F{from}\
                 &targetBranch=refs%2Fheads%2F{into}"
            ),
            Kind::Azure => format!("{page}/pullrequestcreate?sourceRef={from}&targetRef={into}"),
        }
    }
}

/// Whether a refused push was refused because a branch takes changes by requests only, by the words of
/// GitHub (GH006, GH013), GitLab, Bitbucket, Gitea and Azure DevOps (TF402455).
pub fn is_protected(words: &str) -> bool {
    let words = words.to_lowercase();
    [
        "protected branch",
        "gh006",
        "gh013",
        "repository rule violations",
        "tf402455",
        "use a pull request",
        "through pull request",
        "through a pull request",
    ]
    .iter()
    .any(|sign| words.contains(sign))
}

fn is_bitbucket_cloud(host: &str) -> bool {
    host == "bitbucket.org" || host.ends_with(".bitbucket.org")
}

/// The kind by the host's name: the public ones, and what companies call their own.
fn kind_of(host: &str) -> Option<Kind> {
    let labels = || host.split('.');
    let called = |name: &str| {
        labels().any(|label| {
            let rest = label.strip_prefix(name);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        })
    };
    let below = |domain: &str| {
        let rest = host.strip_suffix(domain);
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    Some(match () {
        () if below("github.com") || below("ghe.com") || called("github") => Kind::GitHub,
        () if called("gitlab") => Kind::GitLab,
        () if below("bitbucket.org") => Kind::Bitbucket,
        () if called("bitbucket") || called("stash") => Kind::BitbucketServer,
        () if below("codeberg.org") || called("gitea") || called("forgejo") => Kind::Gitea,
        () if below("dev.azure.com") || below("visualstudio.com") => Kind::Azure,
        () => return None,
    })
}

/// Where people look at it: some forges have a host of its own for ssh, and what has no dot in
/// `git@github-work:…` is a name of the person's own ssh configuration.
fn web_host(kind: Kind, address: &Address) -> String {
    let host = address.host.as_str();
    let known = [
        ("ssh.github.com", "github.com"),
        ("altssh.gitlab.com", "gitlab.com"),
        ("altssh.bitbucket.org", "bitbucket.org"),
        ("ssh.dev.azure.com", "dev.azure.com"),
        ("vs-ssh.visualstudio.com", "dev.azure.com"),
    ];
    if let Some((_, web)) = known.iter().find(|(ssh, _)| *ssh == host) {
        return (*web).to_owned();
    }
    if kind == Kind::GitHub && address.by_ssh && !host.contains('.') {
        return "github.com".to_owned();
    }
    match address.web_port {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// The parts that name the repository, as each forge counts them.
fn repository(kind: Kind, address: &Address) -> Option<Vec<String>> {
    let mut parts = address.path.clone();
    match kind {
        Kind::Azure => {
            // `v3/org/project/repo` by ssh, `org/project/_git/repo` by https, where the project may
            // be left out when it is called like the repository.
            if parts.first().is_some_and(|part| part == "v3") {
                parts.remove(0);
            } else {
                let git = parts.iter().position(|part| part == "_git")?;
                parts.remove(git);
            }
            (2..=4).contains(&parts.len()).then_some(parts)
        }
        Kind::BitbucketServer => {
            if parts.len() == 3 && parts.first().is_some_and(|part| part == "scm") {
                parts.remove(0);
            }
            (parts.len() == 2).then_some(parts)
        }
        Kind::GitLab => (parts.len() >= 2).then_some(parts),
        Kind::GitHub | Kind::Bitbucket | Kind::Gitea => (parts.len() == 2).then_some(parts),
    }
}
