//! Between plain data and libgit2's types.

use super::{CommitInfo, GitError, Ident, Oid, Repo};
use chrono::{DateTime, TimeZone, Utc};

/// Names what libgit2 was doing when it failed.
pub(super) fn failed(doing: impl Into<String>) -> impl FnOnce(git2::Error) -> GitError {
    move |error| GitError::Libgit2 {
        doing: doing.into(),
        message: error.message().to_owned(),
    }
}

/// Names what the file system was doing when it failed.
pub(super) fn io_failed(doing: impl Into<String>) -> impl FnOnce(std::io::Error) -> GitError {
    move |source| GitError::Io {
        doing: doing.into(),
        source,
    }
}

/// Nothing for what is not there; other errors stay.
pub(super) fn found<T>(outcome: Result<T, git2::Error>) -> Result<Option<T>, git2::Error> {
    match outcome {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.code() == git2::ErrorCode::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// libgit2's id; its length says which hash it is.
pub(super) fn to_raw(id: &Oid) -> Result<git2::Oid, GitError> {
    let format = match id.as_str().len() {
        64 => git2::ObjectFormat::Sha256,
        _ => git2::ObjectFormat::Sha1,
    };
    git2::Oid::from_str_ext(id.as_str(), format).map_err(failed(format!("reading the id {id}")))
}

/// Our id of libgit2's.
pub(super) fn from_raw(id: git2::Oid) -> Result<Oid, GitError> {
    parse_id(&id.to_string())
}

/// An id that git or libgit2 printed.
pub(super) fn parse_id(hex: &str) -> Result<Oid, GitError> {
    Oid::from_hex(hex).ok_or_else(|| GitError::Libgit2 {
        doing: "reading an id".to_owned(),
        message: format!("{hex:?} is not a full object id"),
    })
}

/// What a commit says of itself.
pub(super) fn commit_info(commit: &git2::Commit<'_>) -> Result<CommitInfo, GitError> {
    let author = commit.author();
    Ok(CommitInfo {
        id: from_raw(commit.id())?,
        parents: commit
            .parent_ids()
            .map(from_raw)
            .collect::<Result<_, _>>()?,
        tree: from_raw(commit.tree_id())?,
        message: String::from_utf8_lossy(commit.message_bytes()).into_owned(),
        authored: utc(author.when().seconds()),
        committed: utc(commit.time().seconds()),
        author: Ident {
            name: String::from_utf8_lossy(author.name_bytes()).into_owned(),
            email: String::from_utf8_lossy(author.email_bytes()).into_owned(),
        },
    })
}

/// A time of a commit; a damaged one is the epoch rather than an error.
fn utc(seconds: i64) -> DateTime<Utc> {
    Utc.timestamp_opt(seconds, 0).single().unwrap_or_default()
}

/// A signature; what git cannot hold in a name is dropped, as git drops it.
pub(super) fn signature(
    who: &Ident,
    seconds: i64,
    zone_minutes: i32,
) -> Result<git2::Signature<'static>, GitError> {
    let clean = |text: &str, instead: &str| {
        let kept: String = text.chars().filter(|c| !"<>\n\r\0".contains(*c)).collect();
        match kept.trim() {
            "" => instead.to_owned(),
            kept => kept.to_owned(),
        }
    };
    git2::Signature::new(
        &clean(&who.name, "unknown"),
        &clean(&who.email, "unknown"),
        &git2::Time::new(seconds, zone_minutes),
    )
    .map_err(failed("writing an identity"))
}

impl Repo {
    /// The id that stands for "none" here.
    pub(super) fn zero(&self) -> git2::Oid {
        match self.inner.object_format() {
            git2::ObjectFormat::Sha256 => git2::Oid::ZERO_SHA256,
            _ => git2::Oid::ZERO_SHA1,
        }
    }
}
