//! Addresses that may be sent to.

use crate::policy::secret::Secret;

/// What is known of an address; it does not say what stands behind the host.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    /// `https`, not `http`.
    pub secure: bool,
    /// The host, in lower case; an IPv6 address without brackets.
    pub host: String,
    /// The port that it names.
    pub port: Option<u16>,
}

/// Why nothing is sent there. None of the words holds anything of the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// No scheme, no host, or a character that none has.
    #[error("is not an address such as https://host/path")]
    Malformed,
    /// `https://user:password@host/`
    #[error("holds a user or password in front of the host; send a header instead")]
    Userinfo,
    /// `http` to another machine, without leave.
    #[error("is plain http, which everybody on the way can read")]
    Plain,
}

impl Address {
    /// Reads an address.
    ///
    /// # Errors
    /// When it is none, or names a user.
    pub fn parse(address: &Secret) -> Result<Address, Fault> {
        let text = address.expose();
        if text.bytes().any(|b| !b.is_ascii_graphic() || b == b'\\') {
            return Err(Fault::Malformed);
        }
        let (scheme, rest) = text.split_once("://").ok_or(Fault::Malformed)?;
        let secure = match scheme.to_ascii_lowercase().as_str() {
            "https" => true,
            "http" => false,
            _ => return Err(Fault::Malformed),
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if authority.contains('@') {
            return Err(Fault::Userinfo);
        }
        let (host, port) = host_and_port(authority).ok_or(Fault::Malformed)?;
        Ok(Address { secure, host, port })
    }

    /// The same address, if it may be sent to: by https, to this very machine, or with leave.
    ///
    /// # Errors
    /// When it is plain http to elsewhere.
    pub fn allowed(self, plain: bool) -> Result<Address, Fault> {
        match self.secure || plain || self.is_loopback() {
            true => Ok(self),
            false => Err(Fault::Plain),
        }
    }

    /// This very machine, by a name or number that cannot mean another.
    pub fn is_loopback(&self) -> bool {
        let number = self.host.parse::<std::net::IpAddr>();
        self.host == "localhost" || number.is_ok_and(|number| number.is_loopback())
    }
}

fn host_and_port(authority: &str) -> Option<(String, Option<u16>)> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (host, rest) = rest.split_once(']')?;
            host.parse::<std::net::Ipv6Addr>().ok()?;
            (
                host,
                rest.strip_prefix(':').or(rest.is_empty().then_some(""))?,
            )
        }
        None => {
            let (host, port) = authority.split_once(':').unwrap_or((authority, ""));
            let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
            host.bytes().all(plain).then_some((host, port))?
        }
    };
    let port = match port {
        "" => None,
        digits => Some(digits.parse().ok()?),
    };
    (!host.is_empty()).then(|| (host.to_ascii_lowercase(), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Address, Fault> {
        Address::parse(&Secret::new(text))
    }

    #[test]
    fn the_host_is_what_stands_behind_the_scheme() {
        let host = |text| parse(text).ok().map(|a| (a.secure, a.host, a.port));
        let is = |secure, host: &str, port| Some((secure, host.to_owned(), port));
        assert_eq!(
            host("https://Hooks.example.com/T0"),
            is(true, "hooks.example.com", None)
        );
        assert_eq!(
            host("http://127.0.0.1:8080?x"),
            is(false, "127.0.0.1", Some(8080))
        );
        assert_eq!(host("HTTPS://[::1]:1/"), is(true, "::1", Some(1)));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for bad in [
            "",
            "hooks.example.com/x",
            "ftp://a/",
            "https://",
            "https:///x",
            "https://a b/",
            "https://a\\@b/",
            "https://ä/",
            "https://a:x/",
            "https://a:99999/",
            "https://[::1/",
            "https://[x]/",
            "https://a\u{7f}/",
        ] {
            assert_eq!(parse(bad).err(), Some(Fault::Malformed), "{bad}");
        }
        assert_eq!(parse("https://u:p@a/").err(), Some(Fault::Userinfo));
        assert_eq!(
            parse("http://localhost@evil.example/").err(),
            Some(Fault::Userinfo)
        );
    }

    #[test]
    fn plain_http_stays_on_this_machine() {
        let allowed = |text: &str, plain| parse(text).and_then(|a| a.allowed(plain)).err();
        for near in ["http://localhost/", "http://127.9.9.9/", "http://[::1]:80/"] {
            assert_eq!(allowed(near, false), None, "{near}");
        }
        for far in [
            "http://localhost.example/",
            "http://10.0.0.1/",
            "http://127.0.0.1.nip.io/",
        ] {
            assert_eq!(allowed(far, false), Some(Fault::Plain), "{far}");
            assert_eq!(allowed(far, true), None, "{far}");
        }
    }
}
