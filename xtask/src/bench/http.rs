//! The request that a call of a tool comes down to, without a server in between.

use std::time::{Duration, Instant};

use fs_err as fs;
use reqwest::{Certificate, Client};

use super::{org::Org, samples::Samples};
use crate::Result;

/// Asks for that user, again and again over one connection.
pub(crate) fn get_user(org: &Org, user: &str, count: usize) -> Result<Samples> {
    let ca = Certificate::from_pem(&fs::read(org.variable("SSL_CERT_FILE")?)?)?;
    let client =
        Client::builder().tls_certs_merge([ca]).timeout(Duration::from_secs(10)).build()?;
    let url = format!("{}/api/v1/users/{user}", org.variable("OKTA_ORG_URL")?);
    let authorization = format!("SSWS {}", org.api_token);
    let task = async {
        let mut samples = Samples::default();
        // The first ones open the connection.
        for round in 0..count + 10 {
            let begun = Instant::now();
            let request = client.get(&url).header("Authorization", &authorization);
            let body = request.send().await?.error_for_status()?.bytes().await?;
            if round >= 10 && !body.is_empty() {
                samples.push(begun.elapsed());
            }
        }
        Ok(samples)
    };
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(task)
}
