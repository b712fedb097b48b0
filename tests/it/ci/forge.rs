//! A remote with a hotfix in review, and clones of it like those each CI system makes.

use super::document::shell_lines;
use crate::support::{Ran, Sandbox};
use std::fs;

pub const BRANCH: &str = "hotfix/login-is-down";
pub const ZERO: &str = "0000000000000000000000000000000000000000";

/// The systems, by their headings in the document.
pub const GITHUB: &str = "GitHub Actions";
pub const GITLAB: &str = "GitLab CI";
pub const AZURE: &str = "Azure Pipelines";
pub const JENKINS: &str = "Jenkins";

/// The remote with a hotfix in review, and a clone of it by a CI system.
pub struct Forge {
    pub shop: Sandbox,
    /// The main branch before anything landed.
    pub main: String,
    /// The hotfix branch's last commit.
    pub head: String,
    /// The merge that a forge tries.
    pub merge: String,
}

impl Forge {
    /// A hotfix that may be deployed.
    pub fn ready() -> Forge {
        Forge::of(Sandbox::ready())
    }

    /// An open checklist, and a message without the format.
    pub fn unready() -> Forge {
        let shop = Sandbox::incident();
        shop.hotfix(&["impact", "1200 users"]).ok();
        shop.commit("src/auth.rs", "fn login() { ok() }\n", "quick fix");
        Forge::of(shop)
    }

    pub fn of(shop: Sandbox) -> Forge {
        fs::create_dir_all(shop.path("ci-home")).unwrap();
        // Others go on meanwhile.
        let main = commit(&shop, "origin/main^{tree}", &["origin/main"], "docs: more");
        let head = shop.rev(BRANCH);
        let merge = commit(&shop, BRANCH, &[&main, BRANCH], "Merge it into main");
        push(&shop, &[&format!("{main}:refs/heads/main"), BRANCH]);
        push(&shop, &[&format!("+{BRANCH}:refs/pull/7/head")]);
        push(&shop, &[&format!("+{merge}:refs/pull/7/merge")]);
        let forge = Forge {
            shop,
            main,
            head,
            merge,
        };
        forge.share_the_record();
        forge
    }

    pub fn share_the_record(&self) {
        push(
            &self.shop,
            &["refs/hotfix/incidents/*:refs/hotfix/incidents/*"],
        );
    }

    /// The hotfix is merged into main, and tagged.
    pub fn land(&self) -> String {
        let id = "Incident: 2026-11-22-login-is-down";
        let message = format!("fix: [HOTFIX] Login is down\n\n{id}");
        let landed = commit(&self.shop, BRANCH, &[&self.main, BRANCH], &message);
        push(&self.shop, &[&format!("{landed}:refs/heads/main")]);
        push(&self.shop, &[&format!("{landed}:refs/tags/v2.3.2")]);
        landed
    }

    /// Fetches into an empty repository and checks a commit out, as runners do.
    pub fn clone(&self, refspecs: &[&str], depth: Option<&str>, commit: &str) {
        if self.shop.path("ci").exists() {
            fs::remove_dir_all(self.shop.path("ci")).unwrap();
        }
        let url = format!("file://{}", self.shop.path("origin.git").display());
        self.shop.git_in("", &["init", "-q", "ci"]).ok();
        self.shop
            .git_in("ci", &["remote", "add", "origin", &url])
            .ok();
        let mut fetch = vec!["fetch", "-q", "--no-tags"];
        fetch.extend(depth);
        fetch.push("origin");
        fetch.extend(refspecs);
        self.shop.git_in("ci", &fetch).ok();
        self.shop
            .git_in("ci", &["checkout", "-q", "--detach", commit])
            .ok();
    }

    /// What `fetch-depth: 0` and its like fetch, and one ref more.
    pub fn clone_all(&self, more: &str, commit: &str) {
        let all = "+refs/heads/*:refs/remotes/origin/*";
        self.clone(&[all, "+refs/tags/*:refs/tags/*", more], None, commit);
    }

    /// The last commit alone.
    pub fn clone_shallow(&self, commit: &str) {
        let one = format!("+{commit}:refs/remotes/origin/{commit}");
        self.clone(&[&one], Some("--depth=1"), commit);
    }

    /// Runs the shell lines of a system's first snippet.
    pub fn run(&self, system: &str, vars: &[(&str, &str)]) -> Ran {
        self.run_lines(&shell_lines(system, 0), vars)
    }

    pub fn run_lines(&self, lines: &str, vars: &[(&str, &str)]) -> Ran {
        let home = self.shop.path("ci-home").display().to_string();
        let environment = [&[("HOME", home.as_str()), ("CI", "true")], vars].concat();
        self.shop.shell_in("ci", &environment, lines)
    }

    pub fn github(&self, name: &str, vars: &[(&str, &str)], event: &str) -> Ran {
        self.shop.write("event.json", event);
        let path = self.shop.path("event.json").display().to_string();
        let own = [
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_EVENT_NAME", name),
            ("GITHUB_EVENT_PATH", &path),
        ];
        self.run(GITHUB, &[&own, vars].concat())
    }

    pub fn github_request(&self) -> Ran {
        let (main, head) = (&self.main, &self.head);
        self.github(
            "pull_request",
            &[
                ("GITHUB_HEAD_REF", BRANCH),
                ("GITHUB_BASE_REF", "main"),
                ("GITHUB_REF", "refs/pull/7/merge"),
                ("GITHUB_SHA", &self.merge),
            ],
            &format!(
                r#"{{"pull_request": {{"base": {{"sha": "{main}"}}, "head": {{"sha": "{head}",
                    "repo": {{"full_name": "somebody/shop", "fork": true}}}}}},
                    "repository": {{"full_name": "shop/shop", "default_branch": "main"}}}}"#
            ),
        )
    }

    pub fn github_push(&self, name: &str, before: &str, after: &str) -> Ran {
        let event = format!(
            r#"{{"before": "{before}", "after": "{after}",
                "repository": {{"default_branch": "main"}}}}"#
        );
        self.github(
            "push",
            &[("GITHUB_REF", name), ("GITHUB_SHA", after)],
            &event,
        )
    }

    /// Not the merged result: GitLab checks the source out then.
    pub fn gitlab_request(&self) -> Ran {
        let base = self.shop.rev("v2.3.1^{commit}");
        let vars = [
            ("GITLAB_CI", "true"),
            ("CI_PIPELINE_SOURCE", "merge_request_event"),
            ("CI_DEFAULT_BRANCH", "main"),
            ("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", BRANCH),
            ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
            ("CI_MERGE_REQUEST_DIFF_BASE_SHA", &base),
            ("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", ""),
            ("CI_COMMIT_BEFORE_SHA", ZERO),
            ("CI_COMMIT_SHA", &self.head),
        ];
        self.run(GITLAB, &vars)
    }

    pub fn azure_request(&self) -> Ran {
        let vars = [
            ("TF_BUILD", "True"),
            ("BUILD_REASON", "PullRequest"),
            ("BUILD_SOURCEBRANCH", "refs/pull/7/merge"),
            ("BUILD_SOURCEVERSION", &self.merge),
            (
                "SYSTEM_PULLREQUEST_SOURCEBRANCH",
                &format!("refs/heads/{BRANCH}"),
            ),
            ("SYSTEM_PULLREQUEST_SOURCECOMMITID", &self.head),
            ("SYSTEM_PULLREQUEST_TARGETBRANCH", "refs/heads/main"),
        ];
        self.run(AZURE, &vars)
    }

    pub fn jenkins_request(&self) -> Ran {
        let vars = [
            ("JENKINS_URL", "https://ci.example.com/"),
            ("CHANGE_ID", "7"),
            ("CHANGE_BRANCH", BRANCH),
            ("CHANGE_TARGET", "main"),
            ("BRANCH_NAME", "PR-7"),
            ("GIT_COMMIT", &self.head),
        ];
        self.run(JENKINS, &vars)
    }

    /// The request on each system, in the clone that its snippet asks for.
    pub fn requests(&self) -> Vec<(&'static str, Ran)> {
        let merge = "+refs/pull/7/merge:refs/remotes/pull/7/merge";
        let mut runs = Vec::new();
        self.clone_all(merge, &self.merge);
        runs.push((GITHUB, self.github_request()));
        self.clone_all("+refs/pull/7/head:refs/pipelines/1", &self.head);
        runs.push((GITLAB, self.gitlab_request()));
        self.clone_all(merge, &self.merge);
        runs.push((AZURE, self.azure_request()));
        self.clone(
            &["+refs/pull/7/head:refs/remotes/origin/PR-7"],
            None,
            &self.head,
        );
        runs.push((JENKINS, self.jenkins_request()));
        runs
    }
}

pub fn commit(shop: &Sandbox, tree: &str, parents: &[&str], message: &str) -> String {
    let tree = shop.rev(&format!("{tree}^{{tree}}"));
    let mut arguments = vec!["commit-tree", tree.as_str(), "-m", message];
    for parent in parents {
        arguments.extend(["-p", parent]);
    }
    shop.git(&arguments).ok().stdout.trim().to_owned()
}

pub fn push(shop: &Sandbox, refspecs: &[&str]) {
    shop.git(&[&["push", "-q", "--no-verify", "origin"], refspecs].concat())
        .ok();
}
