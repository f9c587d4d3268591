//! The way to Okta, as the pipeline sees it.

use okta_client::{BoxFuture, Error, Grant, Okta, Reply, Request};
use tokio::sync::watch;

/// Sends requests to one org.
pub trait Wire: Send + Sync + 'static {
    /// Sends one request, with its retries. `call_id` goes out in the `User-Agent`.
    fn send<'a>(
        &'a self,
        request: &'a Request,
        call_id: &'a str,
    ) -> BoxFuture<'a, Result<Reply, Error>>;

    /// What Okta granted; signs in first where that is not known yet.
    fn grant(&self) -> BoxFuture<'_, Result<Grant, Error>>;

    /// What Okta granted, as it becomes known.
    fn grants(&self) -> watch::Receiver<Option<Grant>>;
}

impl Wire for Okta {
    fn send<'a>(
        &'a self,
        request: &'a Request,
        call_id: &'a str,
    ) -> BoxFuture<'a, Result<Reply, Error>> {
        Box::pin(Self::send(self, request, call_id))
    }

    fn grant(&self) -> BoxFuture<'_, Result<Grant, Error>> {
        let known = Self::grants(self).borrow().clone();
        Box::pin(async move {
            match known {
                Some(grant) => Ok(grant),
                None => self.sign_in().await,
            }
        })
    }

    fn grants(&self) -> watch::Receiver<Option<Grant>> {
        Self::grants(self)
    }
}
