//! Commits and tags as the person would make them, keys included.

use super::{GitError, Oid, Repo, process::Git, raw};
use git2::{ObjectFormat, Signature};
use std::fs;
use std::io;
use std::path::Path;

impl Repo {
    /// Writes a commit as the person would (identity, signature): the one that `git commit-tree`
    /// writes, which is only started where it knows more than libgit2.
    ///
    /// # Errors
    /// When git refuses, e.g. a key that fails.
    pub fn commit_tree(&self, tree: &Oid, parents: &[Oid], message: &str) -> Result<Oid, GitError> {
        if let (true, Some(author)) = (self.is_plain(message)?, self.signature_of("AUTHOR")) {
            return self.plain_commit(&author, tree, parents, message);
        }
        self.committed(self.who(self.git()), tree, parents, message)
    }

    /// The same in the name of another commit's author and with its date, as `git cherry-pick` does.
    ///
    /// # Errors
    /// As above.
    pub fn commit_tree_by(
        &self,
        tree: &Oid,
        parents: &[Oid],
        message: &str,
        author_of: &Oid,
    ) -> Result<Oid, GitError> {
        let commit = self.raw_commit(author_of)?;
        let author = commit.author();
        let is_utf8 = author.name().is_ok() && author.email().is_ok();
        if is_utf8 && self.is_plain(message)? {
            return self.plain_commit(&author, tree, parents, message);
        }
        let when = author.when();
        let (sign, minutes) = (when.sign(), when.offset_minutes().abs());
        let date = format!(
            "@{} {sign}{:02}{:02}",
            when.seconds(),
            minutes / 60,
            minutes % 60
        );
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let git = self
            .who(self.git())
            .env("GIT_AUTHOR_NAME", text(author.name_bytes()))
            .env("GIT_AUTHOR_EMAIL", text(author.email_bytes()))
            .env("GIT_AUTHOR_DATE", date);
        self.committed(git, tree, parents, message)
    }

    fn committed(
        &self,
        git: Git,
        tree: &Oid,
        parents: &[Oid],
        message: &str,
    ) -> Result<Oid, GitError> {
        let mut git = git.args(["commit-tree", tree.as_str()]);
        for parent in parents {
            git = git.args(["-p", parent.as_str()]);
        }
        // `commit-tree` is plumbing and does not ask `commit.gpgSign` by itself.
        if self.is_on("commit.gpgsign")? {
            git = git.arg("-S");
        }
        raw::parse_id(&git.input(ended(message)).text()?)
    }

    /// Nothing but the commit itself is to be written, in the way git does by default, and by
    /// somebody whom the settings name.
    fn is_plain(&self, message: &str) -> Result<bool, GitError> {
        let encoding = self.config_value("i18n.commitencoding")?;
        let is_utf8 =
            encoding.is_none_or(|name| ["utf-8", "utf8"].contains(&&*name.to_lowercase()));
        let is_shared = self.config_value("core.sharedrepository")?.is_some();
        let is_signed = self.is_on("commit.gpgsign")?;
        let is_known = self.signature_of("COMMITTER").is_some();
        Ok(is_utf8 && !is_shared && !is_signed && is_known && !message.contains('\0'))
    }

    fn plain_commit(
        &self,
        author: &Signature<'_>,
        tree: &Oid,
        parents: &[Oid],
        message: &str,
    ) -> Result<Oid, GitError> {
        let committer = self.signature_of("COMMITTER");
        let who = (author, committer.as_ref().unwrap_or(author));
        self.write_commit(who, tree, parents, &ended(message))
    }

    /// The author or the committer as git's own settings name them, now or at the date given;
    /// nothing where git guesses or refuses.
    fn signature_of(&self, role: &str) -> Option<Signature<'static>> {
        let part = |part: &str| {
            let told =
                crate::env::var(&format!("GIT_{role}_{part}")).map(|told| told.into_string());
            let (role, part) = (role.to_lowercase(), part.to_lowercase());
            let set = |key: String| self.config_value(&key).ok().flatten();
            let value = match told {
                Some(told) => told.ok()?,
                None => set(format!("{role}.{part}")).or_else(|| set(format!("user.{part}")))?,
            };
            let is_plain = value.contains(char::is_alphanumeric)
                && !value.contains(['<', '>', '\n', '\r', '\0', '\u{fffd}']);
            is_plain.then_some(value)
        };
        let (name, email) = (part("NAME")?, part("EMAIL")?);
        let time = crate::env::date_of(&format!("GIT_{role}_DATE"))?;
        let zone = time.offset().local_minus_utc() / 60;
        let when = git2::Time::new(time.timestamp(), zone);
        Signature::new(&name, &email, &when).ok()
    }

    /// Writes an annotated tag object without a ref, signed when `tag.gpgsign` says so.
    ///
    /// # Errors
    /// When git refuses, e.g. a key that fails.
    pub fn tag_object(&self, name: &str, commit: &Oid, message: &str) -> Result<Oid, GitError> {
        if self.is_on("tag.gpgsign")? || self.is_on("tag.forcesignannotated")? {
            return self.signed_tag(name, commit, message);
        }
        let writing = || raw::failed(format!("writing the tag {name}"));
        let time = crate::env::committer_time();
        let zone = time.offset().local_minus_utc() / 60;
        let who = raw::signature(&self.ident(), time.timestamp(), zone)?;
        let target = self.raw_commit(commit)?.into_object();
        let id = self
            .inner
            .tag_annotation_create(name, &target, &who, &ended(message));
        raw::from_raw(id.map_err(writing())?)
    }

    /// Only `git tag` signs the way the person has set up, and it cannot do so without writing a
    /// ref. So it writes the ref in a git directory that is thrown away and the object in ours.
    fn signed_tag(&self, name: &str, commit: &Oid, message: &str) -> Result<Oid, GitError> {
        let making = || raw::io_failed("making a place for a tag");
        let place = tempfile::tempdir().map_err(making())?;
        let words = place.path().join("message");
        throw_away_git_dir(place.path(), self.inner.object_format()).map_err(making())?;
        fs::write(&words, ended(message)).map_err(making())?;
        let objects = crate::env::var("GIT_OBJECT_DIRECTORY")
            .map_or_else(|| self.common_dir.join("objects"), Into::into);
        let top = self.workdir.as_deref().unwrap_or(&self.git_dir);
        let mut git = self
            .who(self.git_at(top))
            .env("GIT_DIR", place.path())
            .env("GIT_OBJECT_DIRECTORY", top.join(objects))
            // The person's hooks watch their refs, not this one.
            .config("core.hooksPath=/dev/null");
        // Settings of the repository would be out of sight there.
        for entry in self.config_entries()?.iter() {
            let section = entry.name.split('.').next();
            let signs = matches!(section, Some("gpg" | "user" | "committer"));
            // A subsection with `=` cannot be passed on a command line; none of git's own has one.
            if signs && !entry.name.contains('=') {
                git = git.config(format!("{}={}", entry.name, entry.value));
            }
        }
        let output = git
            .args(["tag", "--sign", "--cleanup=verbatim", "--file"])
            .arg(&words)
            .args(["--end-of-options", name, commit.as_str()])
            .checked()?;
        let written = fs::read_to_string(place.path().join("refs/tags").join(name));
        let tag = raw::parse_id(written.map_err(making())?.trim_end())?;
        // Before git 2.40 a key that could not be used gave a tag without a signature, and no error.
        match self.is_signed(&tag)? {
            true => Ok(tag),
            false => Err(output.failed(format!("tag --sign {name}"))),
        }
    }

    fn is_signed(&self, tag: &Oid) -> Result<bool, GitError> {
        let reading = || raw::failed("reading the signed tag");
        let objects = self.inner.odb().map_err(reading())?;
        let object = objects.read(raw::to_raw(tag)?).map_err(reading())?;
        let signature = b"\n-----BEGIN ";
        Ok(object
            .data()
            .windows(signature.len())
            .any(|part| part == signature))
    }

    /// git refuses to commit when it does not know by whom; in an incident a poor name is better
    /// than no commit. Where git knows one it stays git's choice.
    fn who(&self, git: Git) -> Git {
        let ident = self.ident();
        let unset = |name: &str, key: &str| {
            crate::env::var(name).is_none() && !matches!(self.config_value(key), Ok(Some(_)))
        };
        let mut git = git;
        for role in ["AUTHOR", "COMMITTER"] {
            let own = role.to_lowercase();
            for (part, value) in [("NAME", &ident.name), ("EMAIL", &ident.email)] {
                let name = format!("GIT_{role}_{part}");
                let part = part.to_lowercase();
                if unset(&name, &format!("user.{part}")) && unset(&name, &format!("{own}.{part}")) {
                    git = git.env(&name, value);
                }
            }
        }
        git
    }

    /// A setting that is on; unreadable values are git's to complain about.
    ///
    /// # Errors
    /// As for [`Repo::config_entries`].
    pub fn is_on(&self, name: &str) -> Result<bool, GitError> {
        let value = self.config_value(name)?;
        Ok(value.is_some_and(|value| git2::Config::parse_bool(value).unwrap_or(false)))
    }
}

/// As small as git accepts one; the files format, so that the ref can be read as a file.
fn throw_away_git_dir(place: &Path, format: ObjectFormat) -> io::Result<()> {
    let mut config = "[core]\n\trepositoryformatversion = 1\n\tbare = true\n".to_owned();
    if format == ObjectFormat::Sha256 {
        config.push_str("[extensions]\n\tobjectFormat = sha256\n");
    }
    fs::create_dir_all(place.join("refs/tags"))?;
    fs::create_dir(place.join("objects"))?;
    fs::write(place.join("HEAD"), "ref: refs/heads/none\n")?;
    fs::write(place.join("config"), config)
}

/// git ends every message with a line break.
fn ended(message: &str) -> String {
    match message.is_empty() || message.ends_with('\n') {
        true => message.to_owned(),
        false => format!("{message}\n"),
    }
}
