//! Requests to the org that no server makes: the bare one that a call is compared with, and those
//! that set the org up.

use std::time::{Duration, Instant};

use fs_err as fs;
use reqwest::{Certificate, Client, Method, RequestBuilder};
use serde_json::Value;

use super::{org::Org, samples::Samples};
use crate::Result;

/// Asks for that user, again and again over one connection.
pub(crate) fn get_user(org: &Org, user: &str, count: usize) -> Result<Samples> {
    let client = client(org)?;
    let path = format!("/api/v1/users/{user}");
    wait(async {
        let mut samples = Samples::default();
        // The first ones open the connection.
        for round in 0..count + 10 {
            let begun = Instant::now();
            let request = request(&client, org, Method::GET, &path)?;
            let body = request.send().await?.error_for_status()?.bytes().await?;
            if round >= 10 && !body.is_empty() {
                samples.push(begun.elapsed());
            }
        }
        Ok(samples)
    })
}

/// An object of the org.
pub(crate) fn get(org: &Org, path: &str) -> Result<Value> {
    let client = client(org)?;
    wait(async {
        let reply = request(&client, org, Method::GET, path)?.send().await?;
        Ok(reply.error_for_status()?.json().await?)
    })
}

/// Replaces an object of the org.
pub(crate) fn put(org: &Org, path: &str, body: &Value) -> Result {
    let client = client(org)?;
    wait(async {
        let reply = request(&client, org, Method::PUT, path)?.json(body).send().await?;
        if !reply.status().is_success() {
            return Err(format!("PUT {path}: {}", reply.text().await?).into());
        }
        Ok(())
    })
}

fn client(org: &Org) -> Result<Client> {
    let ca = Certificate::from_pem(&fs::read(org.variable("SSL_CERT_FILE")?)?)?;
    Ok(Client::builder().tls_certs_merge([ca]).timeout(Duration::from_secs(10)).build()?)
}

fn request(client: &Client, org: &Org, method: Method, path: &str) -> Result<RequestBuilder> {
    let url = format!("{}{path}", org.variable("OKTA_ORG_URL")?);
    let authorization = format!("SSWS {}", org.api_token);
    Ok(client.request(method, url).header("Authorization", authorization))
}

fn wait<T>(task: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(task)
}
