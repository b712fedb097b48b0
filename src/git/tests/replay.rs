//! Our merges and picks are git's own: replayed side by side, on a history made up here and, when
//! `GIT_HOTFIX_TEST_HISTORY` names a repository, on that one.

use super::*;
use crate::git::MergeOutcome;
use crate::policy::picked;

/// How many merges, and how many picks, of a real history are replayed.
const REPLAYED: usize = 200;

/// What was compared.
#[derive(Debug, Default)]
struct Tally {
    clean: usize,
    conflicts: usize,
    empty: usize,
}

/// A clone to work in, and the repository as we see it.
struct Bench {
    sandbox: Sandbox,
    repo: Repo,
}

impl Bench {
    fn new(sandbox: Sandbox) -> Bench {
        // What a person's settings would add to a message has no place here.
        sandbox.git(&["config", "merge.log", "false"]);
        let repo = sandbox.open();
        Bench { sandbox, repo }
    }

    fn of(path: &str) -> Bench {
        let sandbox = Sandbox::new(PLAIN);
        let place = sandbox.top.to_str().unwrap().to_owned();
        std::fs::remove_dir_all(&sandbox.top).unwrap();
        let above = sandbox.top.parent().unwrap().to_owned();
        sandbox.git_in(&above, &["clone", "-q", "--shared", path, &place]);
        sandbox.git(&["config", "user.name", "Ada"]);
        sandbox.git(&["config", "user.email", "ada@example.org"]);
        sandbox.git(&["config", "advice.mergeConflict", "false"]);
        Bench::new(sandbox)
    }

    fn list(&self, arguments: &[&str]) -> Vec<Oid> {
        let listed = self.sandbox.git(&[&["rev-list"], arguments].concat());
        listed.lines().filter_map(Oid::from_hex).collect()
    }

    /// Stands on a commit, then runs git; whether it did what it should.
    fn try_on(&self, commit: &Oid, arguments: &[&str]) -> bool {
        let sandbox = &self.sandbox;
        sandbox.git(&["checkout", "-q", "-f", "--detach", commit.as_str()]);
        let mut command = sandbox.command(&sandbox.top, arguments);
        command.output().unwrap().status.success()
    }

    /// The same merge by git and by us.
    fn merge(&self, ours: &Oid, theirs: &Oid, tally: &mut Tally) {
        let merged = self.repo.merge_in_memory(ours, theirs).unwrap();
        let arguments = ["merge", "-q", "--no-ff", "--no-edit", theirs.as_str()];
        match (self.try_on(ours, &arguments), merged) {
            (true, MergeOutcome::Clean { tree }) => {
                assert_eq!(self.sandbox.id("HEAD^{tree}"), tree, "{ours} and {theirs}");
                tally.clean += 1;
            }
            (false, MergeOutcome::Conflict { .. }) => tally.conflicts += 1,
            (by_git, merged) => panic!("{ours} and {theirs}: {by_git} {merged:?}"),
        }
    }

    /// The same pick by git and by us: tree, author, date and message.
    fn pick(&self, onto: &Oid, commit: &Oid, tally: &mut Tally) {
        let (repo, sandbox) = (&self.repo, &self.sandbox);
        let before = repo.commit(onto).unwrap().tree;
        let picked = repo.pick_in_memory(&before, commit).unwrap();
        let done = self.try_on(onto, &["cherry-pick", "-x", commit.as_str()]);
        let conflicts = !done && !sandbox.git(&["ls-files", "-u"]).is_empty();
        match picked {
            MergeOutcome::Clean { tree } if tree == before => {
                assert!(!done && !conflicts, "{commit} on {onto} is empty");
                tally.empty += 1;
            }
            MergeOutcome::Clean { tree } => {
                assert!(done, "{commit} on {onto}");
                let message = repo.message(commit).unwrap();
                let message = picked::with_origin(&message, commit.as_str());
                let parents = std::slice::from_ref(onto);
                let own = repo.commit_tree_by(&tree, parents, &message, commit);
                let shown = |revision: &str| {
                    let format = "--format=%T%n%an <%ae> %ad%n%B";
                    sandbox.git(&["log", "-1", "--date=raw", format, revision])
                };
                assert_eq!(
                    shown(own.unwrap().as_str()),
                    shown("HEAD"),
                    "{commit} on {onto}"
                );
                tally.clean += 1;
            }
            MergeOutcome::Conflict { .. } => {
                assert!(conflicts, "{commit} on {onto}");
                tally.conflicts += 1;
            }
        }
    }
}

/// Numbers that are the same at every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// A file whose lines one commit after the other changes, and that moves and goes at times.
fn commit_at_random(sandbox: &Sandbox, numbers: &mut Numbers, serial: usize) {
    let name = format!("f{}", numbers.below(3));
    let path = sandbox.top.join(&name);
    let lines: Vec<String> = match std::fs::read_to_string(&path) {
        Ok(text) => text.lines().map(str::to_owned).collect(),
        Err(_) => (0..12).map(|line| format!("{name} {line}")).collect(),
    };
    let at = numbers.below(lines.len() as u64) as usize;
    let mut lines = lines;
    match numbers.below(8) {
        0 if path.exists() => {
            let moved = format!("f{}", numbers.below(6));
            let _ = std::fs::rename(&path, sandbox.top.join(moved));
        }
        1 => {
            lines.insert(at, format!("new {serial}"));
            sandbox.write(&name, &(lines.join("\n") + "\n"));
        }
        _ => {
            lines[at] = format!("line {}", numbers.below(40));
            sandbox.write(&name, &(lines.join("\n") + "\n"));
        }
    }
    let trailer = [
        "",
        "\n\nReviewed-by: Lin",
        "\n\nWhy.\n\nRefs: 12\n and more",
        "\n\nprose: is this",
    ];
    let message = format!("change {serial}{}", trailer[serial % trailer.len()]);
    sandbox.git(&["add", "-A"]);
    sandbox.git(&["commit", "-q", "--allow-empty", "-m", &message]);
}

#[test]
fn merges_and_picks_of_a_made_up_history_are_gits_own() {
    let sandbox = Sandbox::new(PLAIN);
    let mut numbers = Numbers(20_261_122);
    let mut tally = Tally::default();
    commit_at_random(&sandbox, &mut numbers, 0);
    for serial in 1..5 {
        commit_at_random(&sandbox, &mut numbers, serial);
    }
    sandbox.git(&["branch", "side"]);
    for branch in ["main", "side"] {
        sandbox.git(&["switch", "-q", branch]);
        for serial in 5..15 {
            commit_at_random(&sandbox, &mut numbers, serial);
        }
    }
    let bench = Bench::new(sandbox);
    let (mains, sides) = (
        bench.list(&["main", "^side"]),
        bench.list(&["side", "^main"]),
    );
    for (ours, theirs) in mains.iter().zip(&sides).step_by(2) {
        bench.merge(ours, theirs, &mut tally);
    }
    for side in &sides {
        bench.pick(&mains[0], side, &mut tally);
        bench.pick(&mains[9], side, &mut tally);
    }
    assert!(tally.clean > 4 && tally.conflicts > 1, "{tally:?}");
}

#[test]
fn merges_and_picks_of_a_real_history_are_gits_own() {
    let Some(path) = crate::env::var("GIT_HOTFIX_TEST_HISTORY") else {
        note("skipped: GIT_HOTFIX_TEST_HISTORY names no repository");
        return;
    };
    let bench = Bench::of(path.to_str().unwrap());
    let mut merges = Tally::default();
    for merge in bench.list(&["--merges", "--max-parents=2", "HEAD"]) {
        // What a person resolved is no merge of git's.
        if merges.clean >= REPLAYED {
            break;
        }
        let parents = bench.repo.commit(&merge).unwrap().parents;
        bench.merge(&parents[0], &parents[1], &mut merges);
    }
    let mut picks = Tally::default();
    // Each on what was there a while before, as on an older line.
    let commits = bench.list(&["--no-merges", "--max-count=8000", "HEAD"]);
    for commit in commits.iter().step_by(20) {
        if picks.clean >= REPLAYED {
            break;
        }
        let older = format!("{commit}~{}", 12);
        if bench.repo.commit_of(&older).unwrap().is_some() {
            let onto = bench.sandbox.id(&older);
            bench.pick(&onto, commit, &mut picks);
        }
    }
    note(&format!("merges {merges:?}, picks {picks:?}"));
    assert!(merges.clean > 0 && picks.clean > 0);
}
