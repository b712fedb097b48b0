//! The only code that speaks HTTP: one POST, within a limit of time and of bytes, to one host.
//!
//! No word of an error holds any part of the address, of a header, or of the proxy: they are made here
//! and never by the libraries below.

use crate::policy::announce::address::{Address, Fault};
use crate::policy::announce::{proxy, retry};
use crate::policy::secret::Secret;
use rustls::CertificateError;
use std::io::Read;
use std::sync::Arc;
use std::time::{Duration, Instant};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Body, Proxy};

/// So much of an answer is read, and only of a refusal: some services give the reason in a word.
const MOST: u64 = 256;
const USER_AGENT: &str = concat!("git-hotfix/", env!("CARGO_PKG_VERSION"));

/// A request.
#[derive(Clone, Copy)]
pub struct Post<'a> {
    /// Where it goes.
    pub address: &'a Secret,
    /// Plain http is allowed to other machines.
    pub plain: bool,
    /// Lines `Name: value`.
    pub headers: &'a [Secret],
    /// JSON.
    pub body: &'a str,
    /// All tries together end within this.
    pub limit: Duration,
    /// The environment, for proxies.
    pub var: &'a dyn Fn(&str) -> Option<&'a str>,
}

/// Why nothing was accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// The address cannot be used.
    #[error("its address {0}")]
    Address(Fault),
    /// A header cannot be used.
    #[error("one of its headers is not like 'Name: value'")]
    Header,
    /// The proxy's address cannot be used.
    #[error("{0} does not name a proxy that can be used")]
    NoProxy(&'static str),
    /// The proxy lets nothing through.
    #[error("the proxy of {0} does not let it through")]
    Proxy(&'static str),
    /// No answer in time.
    #[error("it did not answer within {0} s")]
    TimedOut(u64),
    /// No such host.
    #[error("its host is not known")]
    UnknownHost,
    /// No connection, or one that broke.
    #[error("it could not be reached: {0}")]
    Unreachable(std::io::ErrorKind),
    /// It is not who it says.
    #[error("its certificate is refused: {0}")]
    Certificate(&'static str),
    /// No encryption that both know.
    #[error("no secure connection came about")]
    Tls,
    /// It points to another address, which is never followed: the update, and what its headers hold,
    /// go where the person said.
    #[error("it points to another address ({0}), which is not followed")]
    Elsewhere(u16),
    /// It said no.
    #[error("it answered {status}{}", said.as_ref().map_or(String::new(), |said| format!(" ({said})")))]
    Refused {
        /// HTTP's number.
        status: u16,
        /// Its reason, when that is one word.
        said: Option<String>,
        /// When it wants to be asked again.
        after: Option<Duration>,
    },
    /// It said what is no HTTP.
    #[error("its answer is no HTTP")]
    NoHttp,
}

impl Trouble {
    /// It may be gone in a moment; what is neither this nor lasting, such as a certificate or a proxy in
    /// the way, is tried later.
    fn is_passing(&self) -> bool {
        match self {
            Trouble::Refused { status, .. } => retry::is_passing(*status),
            Trouble::TimedOut(_) | Trouble::UnknownHost | Trouble::Unreachable(_) => true,
            _ => false,
        }
    }

    /// It stays so until a person changes something.
    pub fn is_lasting(&self) -> bool {
        match self {
            Trouble::Refused { status, .. } => !retry::is_passing(*status),
            Trouble::Address(_) | Trouble::Header | Trouble::NoProxy(_) | Trouble::Elsewhere(_) => {
                true
            }
            _ => false,
        }
    }

    /// When it wants to be asked again.
    pub fn after(&self) -> Option<Duration> {
        match self {
            Trouble::Refused { after, .. } => *after,
            _ => None,
        }
    }
}

/// Sends it until it is accepted, refused for good, or the time is over. What broke off may have
/// arrived: an update that comes twice is better than none.
///
/// # Errors
/// Why it was not accepted.
pub fn post(post: &Post<'_>) -> Result<(), Trouble> {
    let begin = Instant::now();
    let address = Address::parse(post.address).and_then(|address| address.allowed(post.plain));
    let address = address.map_err(Trouble::Address)?;
    let route = Route::of(post, &address)?;
    let mut tries = 0;
    loop {
        tries += 1;
        let left = post.limit.saturating_sub(begin.elapsed());
        if left.is_zero() {
            return Err(Trouble::TimedOut(whole(post.limit)));
        }
        let trouble = match attempt(post, &route, left) {
            Ok(()) => return Ok(()),
            Err(trouble) => trouble,
        };
        let pause = trouble
            .after()
            .unwrap_or_default()
            .max(retry::backoff(tries));
        if !trouble.is_passing() || begin.elapsed() + pause >= post.limit {
            return Err(trouble);
        }
        std::thread::sleep(pause);
    }
}

/// The way to a host.
struct Route {
    proxy: Option<(&'static str, Proxy)>,
}

impl Route {
    fn of(post: &Post<'_>, address: &Address) -> Result<Route, Trouble> {
        let Some(variable) = proxy::variable(address, post.var) else {
            return Ok(Route { proxy: None });
        };
        let proxy = (post.var)(variable).and_then(|value| Proxy::new(value).ok());
        let proxy = proxy.ok_or(Trouble::NoProxy(variable))?;
        Ok(Route {
            proxy: Some((variable, proxy)),
        })
    }

    /// Nothing is kept from one request for the next; certificates are those of the machine, so that a
    /// company's own authority counts.
    fn agent(&self, limit: Duration) -> Agent {
        let ring = Arc::new(rustls::crypto::ring::default_provider());
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::PlatformVerifier)
            .unversioned_rustls_crypto_provider(ring)
            .build();
        let config = Agent::config_builder()
            .tls_config(tls)
            .proxy(self.proxy.as_ref().map(|(_, proxy)| proxy.clone()))
            .timeout_global(Some(limit))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .max_idle_connections(0)
            .user_agent(USER_AGENT);
        config.build().new_agent()
    }
}

fn attempt(post: &Post<'_>, route: &Route, left: Duration) -> Result<(), Trouble> {
    let mut request = route
        .agent(left)
        .post(post.address.expose())
        .header("Content-Type", "application/json; charset=utf-8");
    for header in post.headers {
        let (name, value) = header.expose().split_once(':').ok_or(Trouble::Header)?;
        request = request.header(name.trim(), value.trim());
    }
    match request.send(post.body) {
        Ok(mut answer) => judge(post, &mut answer),
        Err(error) => Err(trouble(error, post.limit, route)),
    }
}

fn judge(post: &Post<'_>, answer: &mut ureq::http::Response<Body>) -> Result<(), Trouble> {
    let status = answer.status();
    let header = |name| {
        answer
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    if status.is_success() {
        return Ok(());
    }
    if status.is_redirection() {
        return Err(Trouble::Elsewhere(status.as_u16()));
    }
    Err(Trouble::Refused {
        status: status.as_u16(),
        after: retry::asked(header("retry-after"), header("date")),
        said: reason(post, answer.body_mut()),
    })
}

/// Slack's `invalid_token` and the like: one word, and none of ours sent back to us.
fn reason(post: &Post<'_>, body: &mut Body) -> Option<String> {
    let mut bytes = Vec::new();
    let mut reader = body.as_reader().take(MOST);
    reader.read_to_end(&mut bytes).ok()?;
    let word = std::str::from_utf8(&bytes).ok()?.trim();
    let is_word = word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    let mut ours = post.headers.iter().chain([post.address]);
    let is_ours = ours.any(|secret| secret.expose().contains(word));
    ((3..=40).contains(&word.len()) && is_word && !is_ours).then(|| word.to_owned())
}

fn trouble(error: ureq::Error, limit: Duration, route: &Route) -> Trouble {
    let by_proxy = |direct: Trouble| match &route.proxy {
        Some((variable, _)) => Trouble::Proxy(variable),
        None => direct,
    };
    match error {
        ureq::Error::Timeout(_) => Trouble::TimedOut(whole(limit)),
        ureq::Error::HostNotFound => by_proxy(Trouble::UnknownHost),
        ureq::Error::ConnectProxyFailed(_) => by_proxy(Trouble::NoHttp),
        ureq::Error::Rustls(error) => of_tls(&error),
        ureq::Error::Io(error) => of_io(&error, limit),
        ureq::Error::Http(_) => Trouble::Header,
        ureq::Error::BadUri(_) => Trouble::Address(Fault::Malformed),
        ureq::Error::Tls(_) | ureq::Error::TlsRequired => Trouble::Tls,
        ureq::Error::ConnectionFailed => Trouble::Unreachable(std::io::ErrorKind::NotConnected),
        _ => Trouble::NoHttp,
    }
}

/// Seconds, as the person set them: a moment of the limit was gone before.
fn whole(limit: Duration) -> u64 {
    limit
        .as_millis()
        .div_ceil(1000)
        .try_into()
        .unwrap_or(u64::MAX)
}

fn of_io(error: &std::io::Error, limit: Duration) -> Trouble {
    let inner = error.get_ref();
    if let Some(error) = inner.and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        return of_tls(error);
    }
    match error.kind() {
        std::io::ErrorKind::TimedOut | std::io::ErrorKind::WouldBlock => {
            Trouble::TimedOut(whole(limit))
        }
        // std has no kind of its own for a name that is not known.
        _ if error.to_string().contains("lookup address") => Trouble::UnknownHost,
        kind => Trouble::Unreachable(kind),
    }
}

fn of_tls(error: &rustls::Error) -> Trouble {
    let rustls::Error::InvalidCertificate(why) = error else {
        return match error {
            rustls::Error::General(_) => {
                Trouble::Certificate("this machine has no authorities to check it by")
            }
            _ => Trouble::Tls,
        };
    };
    Trouble::Certificate(match why {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "it has expired",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "it is not valid yet"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "it is for another host"
        }
        CertificateError::UnknownIssuer => "no authority that this machine trusts has signed it",
        CertificateError::Revoked => "it was revoked",
        _ => "it is not valid",
    })
}
