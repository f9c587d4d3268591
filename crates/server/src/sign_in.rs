//! Signing in by people: the page that Okta sends the browser back to, the browser itself, the
//! files that tokens are kept in, and how a client is led to the sign-in page.

mod credentials;
pub(crate) mod guide;
mod loopback;
mod system_browser;
mod token_files;

pub(crate) use credentials::{credentials, fresh};
pub use guide::Browser;
pub use loopback::LoopbackPage;
pub use system_browser::SystemBrowser;
pub use token_files::TokenFiles;
