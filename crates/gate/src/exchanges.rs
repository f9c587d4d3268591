//! What one call sent to Okta, and what came back: for the trail.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use okta_client::{Error, ErrorKind, Reply, Request};
use serde_json::{Value, json};

use crate::{record::Row, wire::Wire};

/// The exchanges of one call.
#[derive(Debug, Default)]
pub(crate) struct Exchanges(Mutex<Vec<Exchange>>);

#[derive(Debug)]
struct Exchange {
    operation: String,
    status: Option<u16>,
    request_ids: Vec<String>,
    took: Option<Duration>,
}

impl Exchanges {
    /// Sends a request, and notes it.
    pub(crate) async fn send(
        &self,
        wire: &dyn Wire,
        request: &Request,
        call_id: &str,
    ) -> Result<Reply, Error> {
        let result = wire.send(request, call_id).await;
        let operation = format!("{} {}", request.method(), request.template());
        let exchange = match &result {
            Ok(reply) => Exchange {
                operation,
                status: Some(reply.status),
                request_ids: reply.request_ids.clone(),
                took: Some(reply.took),
            },
            Err(error) => Exchange {
                operation,
                status: error.okta.as_ref().map(|okta| okta.status),
                request_ids: error.request_ids.clone(),
                took: None,
            },
        };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(exchange);
        result
    }

    /// Reads an object; `null` where there is none.
    pub(crate) async fn read(
        &self,
        wire: &dyn Wire,
        read: &Request,
        call_id: &str,
    ) -> Result<Value, Error> {
        match self.send(wire, read, call_id).await {
            Ok(reply) => Ok(reply.body),
            Err(error) if error.kind == ErrorKind::NotFound => Ok(Value::Null),
            Err(error) => Err(error),
        }
    }

    /// Every Okta request id, in the order of the requests.
    pub(crate) fn request_ids(&self) -> Vec<String> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().flat_map(|exchange| exchange.request_ids.iter().cloned()).collect()
    }

    /// Puts them into a row: the request ids, and per operation and status how often and how long.
    pub(crate) fn tell(&self, row: &mut Row) {
        row.set("okta_request_ids", self.request_ids());
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut told: Vec<(&str, Option<u16>, u64, Duration)> = Vec::new();
        for exchange in all.iter() {
            let took = exchange.took.unwrap_or_default();
            match told.last_mut() {
                Some((operation, status, count, sum))
                    if *operation == exchange.operation && *status == exchange.status =>
                {
                    *count += 1;
                    *sum += took;
                }
                _ => told.push((&exchange.operation, exchange.status, 1, took)),
            }
        }
        let told: Vec<Value> = told
            .into_iter()
            .map(|(operation, status, count, took)| {
                let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
                json!({ "operation": operation, "status": status, "count": count, "ms": ms })
            })
            .collect();
        if !told.is_empty() {
            row.set("okta", told);
        }
    }
}
