//! The desk of one call: all that a tool can reach, and it can only read.

use jiff::Timestamp;
use okta_catalog::{Access, Desk, Export, ExportFile, Failure, KeyPlace, Scope, ToolDef};
use okta_client::{BoxFuture, Clock, Error, ErrorKind, Reply, Request, SecretString};

use crate::{
    access::Rights, context::Client, exchanges::Exchanges, export::ExportFolder, sources::Sources,
    wire::Wire,
};

/// The desk of one call.
pub(crate) struct CallDesk<'a> {
    pub(crate) tool: &'a ToolDef,
    pub(crate) rights: Rights,
    pub(crate) wire: &'a dyn Wire,
    pub(crate) clock: &'a dyn Clock,
    pub(crate) exports: &'a ExportFolder,
    pub(crate) sources: &'a Sources,
    pub(crate) client: &'a dyn Client,
    pub(crate) call_id: &'a str,
    /// What the call sent to Okta.
    pub(crate) exchanges: &'a Exchanges,
}

/// What stands between a tool and a request that it may not send. `None`: nothing.
fn obstacle(tool: &ToolDef, rights: &Rights, request: &Request) -> Option<Error> {
    if !request.method().is_read() {
        return Some(Error::new(ErrorKind::NotSent, "a tool can only read while it prepares"));
    }
    let Some(operation) = tool.operation_of(request) else {
        let message = format!("{} does not declare GET {}", tool.name, request.template());
        return Some(Error::new(ErrorKind::NotSent, message));
    };
    (!rights.have(operation.scope)).then(|| {
        let message = format!("the scope {} is not granted", operation.scope);
        Error::new(ErrorKind::MissingScope, message)
    })
}

impl Desk for CallDesk<'_> {
    fn get(&self, request: Request) -> BoxFuture<'_, Result<Reply, Error>> {
        Box::pin(async move {
            if let Some(error) = obstacle(self.tool, &self.rights, &request) {
                return Err(error);
            }
            self.exchanges.send(self.wire, &request, self.call_id).await
        })
    }

    fn allows(&self, scope: Scope) -> bool {
        self.rights.have(scope)
    }

    fn access(&self) -> Access {
        self.rights.access()
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn progress(&self, done: u64, message: String) -> BoxFuture<'_, ()> {
        self.client.progress(done, message)
    }

    fn export(&self, file: ExportFile) -> Result<Box<dyn Export>, Failure> {
        let stamp = self.now().strftime("%Y%m%dT%H%M%SZ").to_string();
        let sequence = self.call_id.split('-').next().unwrap_or_default();
        self.exports.open(file, &format!("{stamp}-{sequence}"))
    }

    fn upload(&self, path: &str, below: u64) -> Result<Vec<u8>, Failure> {
        self.sources.upload(path, below)
    }

    fn private_key(&self, place: KeyPlace<'_>) -> Result<SecretString, Failure> {
        self.sources.private_key(place)
    }
}

#[cfg(test)]
mod tests;
