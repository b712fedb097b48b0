//! A web server on loopback: real sockets, real TLS, one answer a connection as the test has it.

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, IsCa, KeyPair,
};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// 10 MB
pub const HUGE: usize = 10 * 1024 * 1024;

/// How a connection is answered.
#[derive(Clone)]
pub enum Answer {
    /// A status with headers and a body.
    Says(u16, Vec<(&'static str, String)>, String),
    /// Nothing, for long.
    Hangs,
    /// A status, and 10 MB behind it.
    Huge(u16),
}

/// A status alone.
pub fn says(status: u16) -> Answer {
    Answer::Says(status, Vec::new(), String::new())
}

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Request {
    /// `POST /T0/B0 HTTP/1.1`
    pub line: String,
    /// The headers' lines.
    pub headers: Vec<String>,
    /// The body.
    pub body: String,
}

impl Request {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// A server that runs until the tests end.
pub struct Web {
    /// Its port.
    pub port: u16,
    seen: Arc<Mutex<Vec<Request>>>,
    written: Arc<AtomicUsize>,
}

impl Web {
    /// Answers the first connection with the first answer, and so on; all others with the last.
    pub fn new(answers: &[Answer]) -> Web {
        Web::start(answers, None)
    }

    /// The same by https.
    pub fn secure(answers: &[Answer], identity: &Identity) -> Web {
        Web::start(answers, Some(Arc::clone(&identity.server)))
    }

    fn start(answers: &[Answer], tls: Option<Arc<ServerConfig>>) -> Web {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let web = Web {
            port: listener.local_addr().unwrap().port(),
            seen: Arc::default(),
            written: Arc::default(),
        };
        let (seen, written) = (Arc::clone(&web.seen), Arc::clone(&web.written));
        let answers = answers.to_vec();
        std::thread::spawn(move || {
            for (number, stream) in listener.incoming().enumerate() {
                let answer = answers[number.min(answers.len() - 1)].clone();
                let (seen, written, tls) = (Arc::clone(&seen), Arc::clone(&written), tls.clone());
                std::thread::spawn(move || {
                    let stream = stream.unwrap();
                    match tls {
                        None => serve(stream, &answer, &seen, &written),
                        Some(config) => {
                            let session = ServerConnection::new(config).unwrap();
                            serve(StreamOwned::new(session, stream), &answer, &seen, &written);
                        }
                    }
                });
            }
        });
        web
    }

    /// An address there.
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.port)
    }

    /// The requests so far.
    pub fn seen(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }

    /// The request to a path.
    #[track_caller]
    pub fn to(&self, path: &str) -> Request {
        let line = format!("POST /{path} ");
        let seen = self.seen();
        let found = seen.iter().find(|request| request.line.starts_with(&line));
        found
            .unwrap_or_else(|| panic!("no {line}in {seen:?}"))
            .clone()
    }

    /// Bytes of a huge answer that went out.
    pub fn written(&self) -> usize {
        self.written.load(Ordering::SeqCst)
    }

    /// Waits for that many requests.
    #[track_caller]
    pub fn wait_for(&self, count: usize) {
        until(|| self.seen().len() >= count);
    }
}

/// Waits until something is so.
#[track_caller]
pub fn until(is_so: impl Fn() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(
            begin.elapsed() < Duration::from_secs(60),
            "it never came to be"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn serve(
    stream: impl Read + Write,
    answer: &Answer,
    seen: &Mutex<Vec<Request>>,
    written: &AtomicUsize,
) {
    let mut stream = BufReader::new(stream);
    let Some(request) = read(&mut stream) else {
        return;
    };
    seen.lock().unwrap().push(request);
    let out = stream.get_mut();
    // A client that has heard enough closes the connection.
    let _ = match answer {
        Answer::Says(status, headers, body) => say(out, *status, headers, body),
        Answer::Hangs => {
            std::thread::sleep(Duration::from_secs(30));
            Ok(())
        }
        Answer::Huge(status) => flood(out, *status, written),
    };
}

fn read(stream: &mut impl BufRead) -> Option<Request> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let length = lines.iter().find_map(|line| {
        let line = line.to_lowercase();
        line.strip_prefix("content-length: ")
            .and_then(|length| length.parse().ok())
    });
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).ok()?;
    Some(Request {
        line: lines.remove(0),
        headers: lines,
        body: String::from_utf8(body).unwrap(),
    })
}

fn say(
    out: &mut impl Write,
    status: u16,
    headers: &[(&'static str, String)],
    body: &str,
) -> std::io::Result<()> {
    let headers: String = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let length = body.len();
    write!(
        out,
        "HTTP/1.1 {status} x\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n{body}"
    )?;
    out.flush()
}

fn flood(out: &mut impl Write, status: u16, written: &AtomicUsize) -> std::io::Result<()> {
    write!(out, "HTTP/1.1 {status} x\r\nContent-Length: {HUGE}\r\n\r\n")?;
    let part = [b'x'; 64 * 1024];
    for _ in 0..HUGE / part.len() {
        out.write_all(&part)?;
        out.flush()?;
        written.fetch_add(part.len(), Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

/// A server's certificate, and the authority that signed it.
pub struct Identity {
    /// The authority, PEM.
    pub authority: String,
    server: Arc<ServerConfig>,
}

impl Identity {
    /// For a host, by an authority of its own.
    pub fn of(host: &str) -> Identity {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name = DistinguishedName::new();
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let name = format!("Authority {}", NUMBER.fetch_add(1, Ordering::SeqCst));
        params.distinguished_name.push(DnType::CommonName, name);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let leaf = CertificateParams::new(vec![host.to_owned()]).unwrap();
        let leaf = leaf.signed_by(&key, &authority).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let server = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![leaf.der().clone()],
                PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
            )
            .unwrap();
        Identity {
            authority: authority.pem(),
            server: Arc::new(server),
        }
    }
}
