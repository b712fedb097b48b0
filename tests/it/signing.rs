//! Who signs commits and tags signs those that we make too, with the keys and formats that git knows:
//! OpenPGP (gpg), X.509 (gpgsm), ssh. The keys are made here; git itself verifies.

use super::landing::{everything, ready_with_develop};
use super::support::{Ran, Sandbox};
use std::fs::{self, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::TempDir;

const FORMATS: [&str; 3] = ["openpgp", "x509", "ssh"];

/// A person's keys, with an agent that ends with the test.
struct Keys {
    /// Short: an agent's socket lies in it, and a socket's path has a hundred bytes at most.
    home: TempDir,
    format: &'static str,
    /// What `user.signingkey` is.
    key: String,
}

impl Drop for Keys {
    fn drop(&mut self) {
        if self.format != "ssh" {
            let _ = self.tool("gpgconf", &["--kill", "all"]).output();
        }
    }
}

impl Keys {
    /// New keys; nothing, and a word about it, where the program is not installed.
    fn new(format: &'static str) -> Option<Keys> {
        let short = Path::new("/tmp");
        let mut builder = tempfile::Builder::new();
        builder
            .prefix("k")
            .permissions(Permissions::from_mode(0o700));
        let home = match short.is_dir() {
            true => builder.tempdir_in(short),
            false => builder.tempdir(),
        };
        let mut keys = Keys {
            home: home.unwrap(),
            format,
            key: String::new(),
        };
        let program = match format {
            "openpgp" => "gpg",
            "x509" => "gpgsm",
            _ => "ssh-keygen",
        };
        // `ssh-keygen` has no option that only asks whether it is there.
        if keys.tool(program, &["--version"]).output().is_err() {
            let _ = writeln!(std::io::stderr(), "skipped: there is no {program}");
            return None;
        }
        keys.key = match format {
            "openpgp" => keys.openpgp(),
            "x509" => keys.x509(),
            _ => keys.ssh(),
        };
        Some(keys)
    }

    fn tool(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(self.home.path())
            .env("GNUPGHOME", self.home.path())
            .stdin(Stdio::null());
        command
    }

    #[track_caller]
    fn run(&self, program: &str, arguments: &[&str]) -> String {
        let output = self.tool(program, arguments).output().unwrap();
        assert!(output.status.success(), "{program}: {output:?}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn openpgp(&self) -> String {
        let new = [
            "--quick-generate-key",
            "Ada <ada@example.com>",
            "ed25519",
            "sign",
            "never",
        ];
        let unlocked = [
            "--batch",
            "--quiet",
            "--pinentry-mode",
            "loopback",
            "--passphrase",
            "",
        ];
        self.run("gpg", &[&unlocked[..], &new].concat());
        fingerprint(&self.run("gpg", &["--batch", "--with-colons", "--list-secret-keys"]))
    }

    fn x509(&self) -> String {
        let home = self.home.path();
        let wanted = "Key-Type: RSA\nKey-Length: 2048\nKey-Usage: sign, cert\nSerial: random\n\
                      Name-DN: CN=Ada\nName-Email: ada@example.com\n";
        fs::write(home.join("wanted"), wanted).unwrap();
        fs::write(home.join("gpgsm.conf"), "disable-crl-checks\n").unwrap();
        let unlocked = ["--batch", "--pinentry-mode", "loopback", "--passphrase", ""];
        let new = ["--output", "cert", "--generate-key", "wanted"];
        self.run("gpgsm", &[&unlocked[..], &new].concat());
        self.run("gpgsm", &["--batch", "--import", "cert"]);
        let key =
            fingerprint(&self.run("gpgsm", &["--batch", "--with-colons", "--list-secret-keys"]));
        fs::write(home.join("trustlist.txt"), format!("{key} S relax\n")).unwrap();
        // The agent reads its list of trusted roots when it starts.
        self.run("gpgconf", &["--kill", "gpg-agent"]);
        key
    }

    fn ssh(&self) -> String {
        let key = self.home.path().join("key");
        let path = key.to_str().unwrap();
        self.run("ssh-keygen", &["-q", "-t", "ed25519", "-N", "", "-f", path]);
        let public = fs::read_to_string(key.with_extension("pub")).unwrap();
        let allowed = format!("ada@example.com {public}");
        fs::write(self.home.path().join("allowed"), allowed).unwrap();
        format!("{path}.pub")
    }

    /// The person signs from now on.
    fn set_up(&self, shop: &Sandbox) {
        let allowed = self.home.path().join("allowed");
        for (name, value) in [
            ("gpg.format", self.format),
            ("user.signingkey", &self.key),
            ("gpg.ssh.allowedSignersFile", allowed.to_str().unwrap()),
            ("commit.gpgsign", "true"),
            ("tag.gpgsign", "true"),
        ] {
            shop.git(&["config", name, value]).ok();
        }
    }

    fn environment(&self) -> [(&str, &str); 1] {
        [("GNUPGHOME", self.home.path().to_str().unwrap())]
    }

    fn hotfix(&self, shop: &Sandbox, arguments: &[&str]) -> Ran {
        shop.hotfix_with(&self.environment(), arguments)
    }

    /// git takes the signatures of these commits for good.
    #[track_caller]
    fn verifies(&self, shop: &Sandbox, commits: &[&str]) {
        for commit in commits {
            shop.git_with(&self.environment(), &["verify-commit", commit])
                .ok();
        }
    }
}

/// The first in gpg's list with colons.
fn fingerprint(listed: &str) -> String {
    let line = listed.lines().find(|line| line.starts_with("fpr:"));
    line.unwrap().split(':').nth(9).unwrap().to_owned()
}

fn each_format(check: impl Fn(&Keys)) {
    for keys in FORMATS.into_iter().filter_map(Keys::new) {
        check(&keys);
    }
}

#[test]
fn the_landings_merges_picks_and_tag_are_signed() {
    each_format(|keys| {
        let shop = ready_with_develop();
        shop.git(&["branch", "release/2.3", "v2.3.1"]).ok();
        shop.git(&["switch", "-q", "main"]).ok();
        shop.commit("NOTES", "notes\n", "docs: notes");
        shop.git(&["push", "-q", "origin", "main"]).ok();
        shop.git(&["switch", "-q", "release/2.3"]).ok();
        shop.commit("LINE", "2.3\n", "docs: line");
        shop.git(&["switch", "-q", "hotfix/login-is-down"]).ok();
        keys.set_up(&shop);
        let line = ["--to", "release/2.3", "--cherry-pick"];
        keys.hotfix(&shop, &[&["finish", "--tag", "--push"], &line[..]].concat())
            .ok();
        keys.verifies(&shop, &["main", "develop", "release/2.3"]);
        shop.git_with(&keys.environment(), &["verify-tag", "v2.3.2"])
            .ok();
        assert_eq!(shop.rev("v2.3.2"), shop.rev_in("origin.git", "v2.3.2"));
    });
}

#[test]
fn a_squash_and_a_revert_are_signed() {
    each_format(|keys| {
        let shop = Sandbox::incident();
        keys.set_up(&shop);
        keys.hotfix(&shop, &["revert", "v2.3.1"]).ok();
        keys.verifies(&shop, &["HEAD"]);
        shop.pass_the_gate();
        keys.hotfix(&shop, &["finish", "--style", "squash"]).ok();
        keys.verifies(&shop, &["main"]);
        let unsigned = shop.git_with(&keys.environment(), &["verify-commit", "v2.3.1"]);
        assert_ne!(unsigned.code, 0, "git does verify");
    });
}

#[test]
fn without_a_named_key_it_is_the_one_of_the_persons_name() {
    let Some(keys) = Keys::new("openpgp") else {
        return;
    };
    let shop = Sandbox::ready();
    keys.set_up(&shop);
    for unset in ["user.signingkey", "gpg.format"] {
        shop.git(&["config", "--unset", unset]).ok();
    }
    keys.hotfix(&shop, &["finish", "--tag"]).ok();
    keys.verifies(&shop, &["main"]);
    shop.git_with(&keys.environment(), &["verify-tag", "v2.3.2"])
        .ok();
}

#[test]
fn a_key_that_fails_stops_the_landing_before_anything_moved_and_the_way_on_is_said() {
    each_format(|keys| {
        for signs in ["commit.gpgsign", "tag.gpgsign"] {
            let shop = ready_with_develop();
            keys.set_up(&shop);
            let other = if signs == "tag.gpgsign" {
                "commit.gpgsign"
            } else {
                "tag.gpgsign"
            };
            shop.git(&["config", other, "false"]).ok();
            shop.git(&["config", "user.signingkey", "/nowhere/key"])
                .ok();
            let before = everything(&shop);
            keys.hotfix(&shop, &["finish", "--tag", "--push"])
                .fails(3)
                .says("Nothing was changed, here or there.")
                .says("git hotfix doctor")
                .says("git -c commit.gpgsign=false -c tag.gpgsign=false hotfix");
            assert_eq!(everything(&shop), before, "{} {signs}", keys.format);
            let off = ["-c", "commit.gpgsign=false", "-c", "tag.gpgsign=false"];
            shop.git(&[&off[..], &["hotfix", "finish", "--tag", "--push"]].concat())
                .ok();
        }
    });
}

#[test]
fn a_key_that_fails_leaves_a_revert_undone() {
    each_format(|keys| {
        let shop = Sandbox::incident();
        keys.set_up(&shop);
        shop.git(&["config", "user.signingkey", "/nowhere/key"])
            .ok();
        let before = shop.refs("shop");
        keys.hotfix(&shop, &["revert", "v2.3.1"])
            .fails(3)
            .says("git hotfix doctor");
        assert_eq!(shop.refs("shop"), before);
        assert_eq!(shop.git(&["status", "--porcelain"]).ok().stdout, "");
    });
}
