//! A line that only reads: whatever a client asks for, nothing else goes out.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Method, Request, Response};

use crate::{Chunks, Lost, Transport};

/// Lets reads pass to the line behind it and refuses everything else, by what would go over the wire
/// and not by what the client believes it to be.
pub(crate) struct ReadOnly {
    line: Arc<dyn Transport>,
    /// OrderWise runs export definitions by POST (facts/orderwise 1.8): the address they begin with.
    exports: Option<String>,
}

impl ReadOnly {
    /// Only GET.
    pub(crate) const fn new(line: Arc<dyn Transport>) -> Self {
        Self { line, exports: None }
    }

    /// GET, and POST to a number below the address of export definitions.
    pub(crate) fn with_exports(line: Arc<dyn Transport>, address: &str) -> Self {
        Self { line, exports: Some(format!("{}/", address.trim_end_matches('/'))) }
    }

    fn check(&self, request: &Request<Bytes>) -> Result<(), Lost> {
        let (method, uri) = (request.method(), request.uri().to_string());
        let is_export = || {
            let number = self.exports.as_ref().and_then(|begin| uri.strip_prefix(begin.as_str()));
            let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
            *method == Method::POST && number.is_some_and(|it| !it.is_empty() && is_number(it))
        };
        if *method == Method::GET || is_export() {
            return Ok(());
        }
        Err(Lost::NotSent(format!("this client only reads, and {method} writes")))
    }
}

#[async_trait]
impl Transport for ReadOnly {
    async fn send(
        &self,
        request: Request<Bytes>,
        timeout: Duration,
    ) -> Result<Response<Bytes>, Lost> {
        self.check(&request)?;
        self.line.send(request, timeout).await
    }

    async fn open(
        &self,
        request: Request<Bytes>,
        timeout: Duration,
    ) -> Result<Response<Chunks>, Lost> {
        self.check(&request)?;
        self.line.open(request, timeout).await
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering},
        },
        time::Duration,
    };

    use async_trait::async_trait;
    use bytes::Bytes;
    use http::{Method, Request, Response};

    use super::ReadOnly;
    use crate::{Lost, Transport};

    #[derive(Default)]
    struct Line(AtomicUsize);

    #[async_trait]
    impl Transport for Line {
        async fn send(&self, _: Request<Bytes>, _: Duration) -> Result<Response<Bytes>, Lost> {
            self.0.fetch_add(1, Ordering::SeqCst);
            Ok(Response::new(Bytes::new()))
        }
    }

    #[tokio::test]
    async fn only_reads_reach_the_line() {
        let base = "https://x.example/owapi";
        let line = Arc::new(Line::default());
        let exports = format!("{base}/system/export-definition");
        let erp = ReadOnly::with_exports(Arc::clone(&line) as _, &exports);
        let tills = ReadOnly::new(Arc::clone(&line) as _);
        let get = (Method::GET, "/customers?limit=1");
        let export = (Method::POST, "/system/export-definition/105");
        let writes = [
            (Method::POST, "/sales/order?session_id=3"),
            (Method::POST, "/system/export-definition"),
            (Method::POST, "/system/export-definition/"),
            (Method::POST, "/system/export-definition/1/../../../sales/order"),
            (Method::POST, "/system/export-definition/1?x=1"),
            (Method::PUT, "/system/export-definition/105"),
            (Method::DELETE, "/system/export-definition/105"),
            (Method::PATCH, "/variants/1"),
        ];
        let cases = [(get.clone(), true, true), (export, true, false)];
        let refused = writes.into_iter().map(|write| (write, false, false));
        let mut sent = 0;
        for ((method, path), by_erp, by_tills) in cases.into_iter().chain(refused) {
            for (client, passes) in [(&erp, by_erp), (&tills, by_tills)] {
                for opens in [false, true] {
                    let request = Request::builder().method(&method).uri(format!("{base}{path}"));
                    let request = request.body(Bytes::new()).unwrap();
                    let second = Duration::from_secs(1);
                    let outcome = if opens {
                        client.open(request, second).await.map(|_| ())
                    } else {
                        client.send(request, second).await.map(|_| ())
                    };
                    assert_eq!(outcome.is_ok(), passes, "{method} {path}");
                    assert!(passes || matches!(outcome, Err(Lost::NotSent(_))));
                    sent += usize::from(passes);
                }
            }
        }
        assert_eq!(line.0.load(Ordering::SeqCst), sent);
    }
}
