//! The evidence pack: what an auditor asks for, for a window of time, as one signed archive.

use std::{
    collections::BTreeSet,
    io::{self, Seek, Write},
    path::Path,
};

use aws_lc_rs::digest;
use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value, json};
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::{
    CallsCsv, Entry, Filter, Item, Report, Rows, SigningKey,
    canonical::finished,
    head::stamp,
    key::{PUBLIC_KEY_FILE, Purpose},
    read::search,
    row::hex,
    text::text_of,
    verify::verify,
};

/// What is in the archive, for who opens it.
const README: &str = "\
Evidence pack of the audit trail of okta-mcp

rows.jsonl       every row of the window, as it was written
calls.csv        one line for each call that began in the window
policies.jsonl   the policies that these rows name, with their rules
approvals.jsonl  who was asked, and what they decided
tools.jsonl      the digests of the tool definitions that clients were given
verify.json      the verification of the whole trail when this was made
audit-key.pub    the public key of the trail: compare it with the one that you know
manifest.json    the SHA-256 of each of these files
manifest.sig     the signature of the manifest (Ed25519)

To check the signature:

    (printf 'okta-mcp audit manifest v1\\n'; cat manifest.json) > signed
    openssl pkeyutl -verify -pubin -inkey audit-key.pub -rawin -in signed -sigfile manifest.sig
";

/// What an evidence pack is made of.
#[derive(Clone, Copy)]
pub struct Window<'a> {
    /// The folder of the segments.
    pub folder: &'a Path,
    /// Where the window begins.
    pub since: Timestamp,
    /// Where it ends.
    pub until: Timestamp,
}

/// An evidence pack that was made.
#[derive(Clone, Debug)]
pub struct Pack {
    /// The rows of the window.
    pub rows: u64,
    /// The calls of the window.
    pub calls: u64,
    /// The verification that is in it.
    pub report: Report,
}

/// Writes the evidence pack of a window, signed by `key`.
pub fn evidence_pack(
    window: Window<'_>,
    key: &dyn SigningKey,
    now: Timestamp,
    out: impl Write + Seek,
) -> io::Result<Pack> {
    let report = verify(window.folder, Some(&key.public()), &[])?;
    let mut archive = Archive::new(out, now);
    archive.add("README.txt", README.as_bytes())?;
    let (rows, policies) = write_rows(window, &mut archive)?;
    let calls = write_calls(window, &mut archive)?;
    write_policies(window, policies, &mut archive)?;
    write_some(window, &mut archive, "approvals.jsonl", |kind| kind.starts_with("approval"))?;
    write_some(window, &mut archive, "tools.jsonl", |kind| kind == "tools_served")?;
    archive.add("verify.json", &pretty(&serde_json::to_value(&report)?))?;
    archive.add(PUBLIC_KEY_FILE, key.public().to_pem().as_bytes())?;
    let manifest = pretty(&json!({
        "format": 1,
        "version": env!("CARGO_PKG_VERSION"),
        "made": stamp(now),
        "since": stamp(window.since),
        "until": stamp(window.until),
        "rows": rows,
        "calls": calls,
        "whole": report.is_whole(),
        "files": archive.files,
    }));
    let signature = key.sign(&Purpose::Manifest.message(&manifest))?;
    archive.add("manifest.json", &manifest)?;
    archive.add("manifest.sig", &signature)?;
    archive.zip.finish()?;
    Ok(Pack { rows, calls, report })
}

/// Writes the rows; answers with how many, and the policies that they name.
fn write_rows(
    window: Window<'_>,
    archive: &mut Archive<impl Write + Seek>,
) -> io::Result<(u64, BTreeSet<String>)> {
    let (mut count, mut policies) = (0, BTreeSet::new());
    archive.write("rows.jsonl", |out| {
        for row in Rows::open(window.folder, Some(window.since), Some(window.until))? {
            let row = row?;
            policies.extend(row.text("policy").map(str::to_owned));
            count += 1;
            line(out, &row)?;
        }
        Ok(())
    })?;
    Ok((count, policies))
}

fn write_calls(window: Window<'_>, archive: &mut Archive<impl Write + Seek>) -> io::Result<u64> {
    let filter =
        Filter { since: Some(window.since), until: Some(window.until), ..Filter::default() };
    let mut count = 0;
    archive.write("calls.csv", |out| {
        let mut csv = CallsCsv::new(out)?;
        for item in search(window.folder, &filter)? {
            if let Item::Call(call) = item? {
                count += 1;
                csv.write(&call)?;
            }
        }
        csv.finish()
    })?;
    Ok(count)
}

/// Each policy once, though every process records the one that it goes by: from before the window
/// too, where a process began before it.
fn write_policies(
    window: Window<'_>,
    mut wanted: BTreeSet<String>,
    archive: &mut Archive<impl Write + Seek>,
) -> io::Result<()> {
    archive.write("policies.jsonl", |out| {
        for row in Rows::open(window.folder, None, Some(window.until))? {
            let row = row?;
            if row.kind() == "policy" && row.text("policy").is_some_and(|it| wanted.remove(it)) {
                line(out, &row)?;
            }
        }
        Ok(())
    })
}

fn write_some(
    window: Window<'_>,
    archive: &mut Archive<impl Write + Seek>,
    name: &str,
    wanted: impl Fn(&str) -> bool,
) -> io::Result<()> {
    archive.write(name, |out| {
        for row in Rows::open(window.folder, Some(window.since), Some(window.until))? {
            let row = row?;
            if wanted(row.kind()) {
                line(out, &row)?;
            }
        }
        Ok(())
    })
}

fn line(out: &mut impl Write, row: &Entry) -> io::Result<()> {
    out.write_all((text_of(&row.row) + "\n").as_bytes())
}

fn pretty(value: &Value) -> Vec<u8> {
    format!("{value:#}\n").into_bytes()
}

/// An archive that knows the digest of each of its files.
struct Archive<W: Write + Seek> {
    zip: ZipWriter<W>,
    options: SimpleFileOptions,
    files: Vec<Value>,
}

impl<W: Write + Seek> Archive<W> {
    fn new(out: W, now: Timestamp) -> Self {
        let now = now.to_zoned(TimeZone::UTC).datetime();
        let part = |number: i8| u8::try_from(number).unwrap_or_default();
        // The format has two-second steps from 1980 on; anything else it leaves at its default.
        let time = zip::DateTime::from_date_and_time(
            u16::try_from(now.year()).unwrap_or_default(),
            part(now.month()),
            part(now.day()),
            part(now.hour()),
            part(now.minute()),
            part(now.second()),
        );
        let options = SimpleFileOptions::default()
            .last_modified_time(time.unwrap_or_default())
            .large_file(true)
            .unix_permissions(0o600);
        Self { zip: ZipWriter::new(out), options, files: Vec::new() }
    }

    fn add(&mut self, name: &str, content: &[u8]) -> io::Result<()> {
        self.write(name, |out| out.write_all(content))
    }

    fn write(
        &mut self,
        name: &str,
        fill: impl FnOnce(&mut Digesting<&mut ZipWriter<W>>) -> io::Result<()>,
    ) -> io::Result<()> {
        self.zip.start_file(name, self.options)?;
        let hasher = digest::Context::new(&digest::SHA256);
        let mut out = Digesting { out: &mut self.zip, hasher, bytes: 0 };
        fill(&mut out)?;
        let Digesting { hasher, bytes, .. } = out;
        let sha256 = hex(&finished(hasher.finish()));
        self.files.push(json!({ "name": name, "bytes": bytes, "sha256": sha256 }));
        Ok(())
    }
}

struct Digesting<W> {
    out: W,
    hasher: digest::Context,
    bytes: u64,
}

impl<W: Write> Write for Digesting<W> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let written = self.out.write(buffer)?;
        self.hasher.update(buffer.get(..written).unwrap_or_default());
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
