//! A remote's address, without the user and the password or token in it.

/// What of an address names a place on the web.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    /// In lower case: letters, digits, `-`, `_` and `.`.
    pub(super) host: String,
    /// The port of `http` and `https`; one of ssh leads to no page.
    pub(super) web_port: Option<u16>,
    /// Plain `http`.
    pub(super) plain: bool,
    /// It is reached by ssh.
    pub(super) by_ssh: bool,
    /// The parts of the path, decoded, without `.git`; none is empty, `.` or `..`, or holds control
    /// characters.
    pub(super) path: Vec<String>,
}

impl Address {
    /// `git@host:path`, `ssh://user@host:port/path`, `https://user:token@host/path`, `git://…`.
    pub(super) fn parse(text: &str) -> Option<Address> {
        let text = text.trim();
        match text.split_once("://") {
            Some((scheme, rest)) => with_scheme(scheme, rest),
            None => like_scp(text),
        }
    }
}

fn with_scheme(scheme: &str, rest: &str) -> Option<Address> {
    let scheme = scheme.to_ascii_lowercase();
    let is_web = matches!(scheme.as_str(), "http" | "https");
    let by_ssh = matches!(scheme.as_str(), "ssh" | "git+ssh" | "ssh+git");
    if !is_web && !by_ssh && scheme != "git" {
        return None;
    }
    let (authority, path) = rest.split_once('/')?;
    let place = authority.rsplit_once('@').map_or(authority, |(_, p)| p);
    let (name, port) = match place.split_once(':') {
        Some((name, "")) => (name, None),
        Some((name, port)) => (name, Some(port.parse::<u16>().ok()?)),
        None => (place, None),
    };
    let own = if scheme == "http" { 80 } else { 443 };
    Some(Address {
        host: host(name)?,
        web_port: port.filter(|port| is_web && *port != own),
        plain: scheme == "http",
        by_ssh,
        path: parts(path)?,
    })
}

/// `[user@]host:path`; a colon behind a slash belongs to a file, and one letter is a drive.
fn like_scp(text: &str) -> Option<Address> {
    let (place, path) = text.split_once(':')?;
    let name = place.rsplit_once('@').map_or(place, |(_, name)| name);
    if place.contains('/') || name.len() < 2 {
        return None;
    }
    Some(Address {
        host: host(name)?,
        web_port: None,
        plain: false,
        by_ssh: true,
        path: parts(path)?,
    })
}

fn host(name: &str) -> Option<String> {
    let is_one = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let begins = name.starts_with(|c: char| c.is_ascii_alphanumeric());
    (begins && name.chars().all(is_one)).then(|| name.to_ascii_lowercase())
}

/// An `@` in the path is a user or a token in the wrong place: better no page than that on a screen.
fn parts(path: &str) -> Option<Vec<String>> {
    let path = path.trim_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    let parts: Option<Vec<String>> = path.split('/').map(decoded).collect();
    let parts = parts?;
    let odd = |part: &String| {
        matches!(part.as_str(), "" | "." | "..")
            || part.starts_with('-')
            || part.contains(|c: char| c.is_control() || matches!(c, '@' | '/' | '\\' | '?' | '#'))
    };
    (!parts.iter().any(odd)).then_some(parts)
}

/// `%20` and its like as what they stand for.
fn decoded(part: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let digits = std::str::from_utf8(after.get(..2)?).ok()?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = &after[2..];
    }
    String::from_utf8(bytes).ok()
}

/// A text as one value of a URL (RFC 3986's unreserved characters stay).
pub(super) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// Parts of a path, joined by `/`.
pub(super) fn encoded_path(parts: &[String]) -> String {
    let parts: Vec<String> = parts.iter().map(|part| encoded(part)).collect();
    parts.join("/")
}
