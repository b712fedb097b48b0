//! `tour`: an incident from start to resolve, played with the real commands in a throw-away
//! repository with a bare remote.

use super::hook::OVERRIDE;
use super::{Error, Result};
use crate::env::Env;
use crate::files;
use crate::git::Stage;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// A command that was played.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Step {
    /// Why it is typed.
    pub why: &'static str,
    /// What is typed.
    pub command: String,
    /// What came back.
    pub output: String,
    /// Its exit code.
    pub exit: i32,
}

/// A scene: what is typed and how it should end.
struct Scene {
    why: &'static str,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    exit: i32,
    /// Written before it is typed.
    edit: Option<(&'static str, &'static str)>,
}

/// A stage that has been set up.
pub struct Tour {
    /// The folder that holds everything.
    pub folder: PathBuf,
    shop: PathBuf,
    path: std::ffi::OsString,
    environment: Vec<(String, String)>,
    /// The incident begins some time ago, so that none of its times lies in the future.
    began: DateTime<Utc>,
}

/// What passes between two commands.
const PACE: TimeDelta = TimeDelta::minutes(3);

const BRANCH: &str = "hotfix/users-cant-login-500-error-on-auth-endpoint";

const BROKEN: &str = "def verify(token):\n    return token.startswith(\"key2_\")\n";
const FIXED: &str = "def verify(token):\n    return token.startswith((\"key_\", \"key2_\"))\n";

impl Tour {
    /// Makes the throw-away repository and its bare remote.
    ///
    /// # Errors
    /// When the temporary folder cannot be written or git cannot be started.
    pub fn set_up(env: &Env) -> Result<Tour> {
        let folder = files::temporary_folder("git-hotfix-tour-")?;
        let shop = folder.join("shop");
        let length = i32::try_from(scenes().len()).unwrap_or(i32::MAX);
        let tour = Tour {
            shop,
            path: search_path(env)?,
            environment: surroundings(&folder),
            folder,
            began: env.now() - PACE * length,
        };
        tour.build()?;
        Ok(tour)
    }

    /// Plays every scene; `seen` is handed each as it is done.
    ///
    /// # Errors
    /// When a command ends otherwise than it should: then this is a mistake of ours.
    pub fn play(&self, mut seen: impl FnMut(&Step)) -> Result<()> {
        let mut now = self.began;
        for scene in scenes() {
            let mut environment = scene.environment.clone();
            environment.extend(clock(now));
            now += PACE;
            if let Some((file, text)) = scene.edit {
                files::write_atomic(&self.shop, &self.shop.join(file), text.as_bytes())?;
            }
            let (exit, output) = self.stage(&self.shop).run(&scene.arguments, &environment)?;
            let step = Step {
                why: scene.why,
                command: typed(&scene),
                output,
                exit,
            };
            seen(&step);
            if exit != scene.exit {
                return Err(Error::failed(format!(
                    "'{}' ended with {exit} instead of {}",
                    step.command, scene.exit
                ))
                .next(format!("Look at it: cd {}", self.shop.display())));
            }
        }
        Ok(())
    }

    /// Where the repository is.
    pub fn shop(&self) -> &Path {
        &self.shop
    }

    /// Removes everything.
    ///
    /// # Errors
    /// What the system says.
    pub fn clear(self) -> Result<()> {
        Ok(files::remove_folder(&self.folder)?)
    }

    fn stage<'a>(&'a self, folder: &'a Path) -> Stage<'a> {
        Stage {
            folder,
            path: &self.path,
            environment: &self.environment,
        }
    }

    /// Two releases, the second of which broke the login.
    fn build(&self) -> Result<()> {
        files::write_atomic(
            &self.folder,
            &self.folder.join("gitconfig"),
            GITCONFIG.as_bytes(),
        )?;
        self.quiet(&self.folder, &["init", "-q", "--bare", "origin.git"])?;
        self.quiet(&self.folder, &["clone", "-q", "origin.git", "shop"])?;
        let releases = [
            (
                "auth.py",
                "def verify(token):\n    return token.startswith(\"key_\")\n",
                "feat: login",
            ),
            (
                "cart.py",
                "def total(items):\n    return sum(items)\n",
                "feat: cart",
            ),
            ("auth.py", BROKEN, "feat: new token keys"),
        ];
        for (number, (file, text, message)) in releases.iter().enumerate() {
            files::write_atomic(&self.shop, &self.shop.join(file), text.as_bytes())?;
            self.quiet(&self.shop, &["add", "."])?;
            self.quiet(&self.shop, &["commit", "-qm", message])?;
            if number > 0 {
                let tag = format!("v2.3.{}", number - 1);
                self.quiet(&self.shop, &["tag", "-am", &tag, &tag])?;
            }
        }
        self.quiet(
            &self.shop,
            &["push", "-q", "--follow-tags", "origin", "main"],
        )?;
        self.quiet(&self.shop, &["remote", "set-head", "origin", "main"])
    }

    fn quiet(&self, folder: &Path, arguments: &[&str]) -> Result<()> {
        match self
            .stage(folder)
            .run(arguments, &clock(self.began - TimeDelta::hours(2)))?
        {
            (0, _) => Ok(()),
            (code, said) => Err(Error::failed(format!(
                "the tour's repository could not be made: git {} ({code}): {}",
                arguments.join(" "),
                said.trim()
            ))),
        }
    }
}

const GITCONFIG: &str = "[user]
	name = Ada
	email = ada@example.com
[init]
	defaultBranch = main
[advice]
	detachedHead = false
	setUpstreamFailure = false
";

/// `git hotfix` must find this very program.
fn search_path(env: &Env) -> Result<std::ffi::OsString> {
    env.path_with_this_program()
        .map_err(|e| Error::failed(format!("this program: {e}")))
}

/// Nothing of the person's own settings plays a part.
fn surroundings(folder: &Path) -> Vec<(String, String)> {
    let config = folder.join("gitconfig").to_string_lossy().into_owned();
    let home = folder.to_string_lossy().into_owned();
    [
        ("GIT_CONFIG_GLOBAL", config.as_str()),
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("HOME", home.as_str()),
        ("XDG_CONFIG_HOME", home.as_str()),
        ("GIT_TERMINAL_PROMPT", "0"),
        // What is played is nobody's work.
        ("GIT_HOTFIX_TRACKER", "none"),
        ("NO_COLOR", "1"),
        ("COLUMNS", "80"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}

/// git's own way to say what time it is.
fn clock(now: DateTime<Utc>) -> [(String, String); 2] {
    ["GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"]
        .map(|name| (name.to_owned(), format!("@{} +0000", now.timestamp())))
}

fn scene(why: &'static str, exit: i32, arguments: &[&str]) -> Scene {
    let arguments = arguments
        .iter()
        .map(|argument| (*argument).to_owned())
        .collect();
    Scene {
        why,
        arguments,
        environment: Vec::new(),
        exit,
        edit: None,
    }
}

fn scenes() -> Vec<Scene> {
    let mut fix = scene(
        "The fix, with a message in the usual hurry: refused.",
        1,
        &["commit", "-qam", "quick fix for login"],
    );
    fix.edit = Some(("auth.py", FIXED));
    let mut overridden = scene(
        "Break-glass: it goes through, and it is on the record.",
        0,
        &["push", "-q", "origin", BRANCH],
    );
    overridden.environment = vec![(
        OVERRIDE.to_owned(),
        "two of us looked at it, customers wait".to_owned(),
    )];
    let mut scenes = triage();
    scenes.extend([
        fix,
        scene(
            "The same with the format put in front.",
            0,
            &[
                "hotfix",
                "commit",
                "-m",
                "accept both key prefixes",
                "--scope",
                "auth",
                "-a",
            ],
        ),
        scene(
            "A push before the checklist is done: blocked.",
            1,
            &["push", "-q", "origin", BRANCH],
        ),
        overridden,
    ]);
    scenes.extend(landing());
    scenes
}

fn triage() -> Vec<Scene> {
    vec![
        scene(
            "Production is down.",
            0,
            &[
                "hotfix",
                "start",
                "Users can't login - 500 error on auth endpoint",
                "-s",
                "P0",
            ],
        ),
        scene(
            "Who notices what, for everybody who waits.",
            0,
            &[
                "hotfix",
                "impact",
                "about 1200 users cannot log in",
                "--trend",
                "worse",
            ],
        ),
        scene(
            "Mitigate first.",
            0,
            &["hotfix", "mitigate", "rollback", "api back to v2.3.0"],
        ),
        scene("What changed?", 0, &["hotfix", "changes"]),
        scene(
            "The cause.",
            0,
            &[
                "hotfix",
                "cause",
                "tokens made before the release begin with key_, not key2_",
            ],
        ),
    ]
}

fn landing() -> Vec<Scene> {
    vec![
        scene(
            "Then the checklist, for the landing.",
            0,
            &[
                "hotfix",
                "check",
                "locally",
                "--evidence",
                "pytest auth: 41 passed",
            ],
        ),
        scene(
            "What is optional may be skipped, with a reason.",
            0,
            &[
                "hotfix",
                "check",
                "staging",
                "--skip",
                "--reason",
                "staging has no old tokens",
            ],
        ),
        scene(
            "",
            0,
            &[
                "hotfix",
                "check",
                "rollback",
                "--evidence",
                "v2.3.0 is still on every machine",
            ],
        ),
        scene(
            "",
            0,
            &[
                "hotfix",
                "check",
                "monitoring",
                "--evidence",
                "alert on 401s per minute",
            ],
        ),
        scene("Where do we stand?", 0, &["hotfix", "status"]),
        scene(
            "Land it: production, tag, remote, all or nothing.",
            0,
            &["hotfix", "finish", "--tag", "--push"],
        ),
        scene("", 0, &["hotfix", "deployed", "--env", "production"]),
        scene(
            "",
            0,
            &[
                "hotfix",
                "resolve",
                "both prefixes are accepted until the old tokens expire",
            ],
        ),
        scene(
            "The record has a history of its own: the audit log.",
            0,
            &[
                "log",
                "--format=%h %an: %s",
                "--glob=refs/hotfix/incidents/*",
            ],
        ),
        scene(
            "And the branch holds only the fix.",
            0,
            &["log", "--oneline", "--graph", "-4"],
        ),
    ]
}

/// The command as a person types it.
fn typed(scene: &Scene) -> String {
    let word = |word: &String| {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%".contains(c);
        if word.chars().all(plain) {
            word.clone()
        } else {
            format!("\"{word}\"")
        }
    };
    let variables = scene
        .environment
        .iter()
        .map(|(name, value)| format!("{name}={} ", word(value)));
    let words: Vec<String> = scene.arguments.iter().map(word).collect();
    format!("{}git {}", variables.collect::<String>(), words.join(" "))
}
