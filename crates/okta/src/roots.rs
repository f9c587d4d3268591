//! Certificates to trust besides the system's: a file and a folder of PEM (RFC 7468 section 5).

use std::{
    collections::BTreeSet,
    io,
    path::{Path, PathBuf},
};

use reqwest::Certificate;

use crate::{Reach, SetupError};

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// Where the certificates are. They are parsed when the HTTP client is made, which takes longer
/// than all else at the start.
#[derive(Clone, Debug)]
pub(crate) struct Roots {
    file: Option<PathBuf>,
    folder: Option<PathBuf>,
}

impl Roots {
    /// The places that are named. A file without a certificate, or a place that cannot be
    /// read, is told here, before anything is started.
    pub(crate) fn new(reach: &Reach) -> Result<Self, SetupError> {
        if let Some(file) = &reach.ca_file
            && sections(file).map_err(SetupError::ReadCertificates)?.is_empty()
        {
            return Err(SetupError::NoCertificates(file.clone()));
        }
        if let Some(folder) = &reach.ca_dir {
            fs_err::read_dir(folder).map_err(SetupError::ReadCertificates)?;
        }
        Ok(Self { file: reach.ca_file.clone(), folder: reach.ca_dir.clone() })
    }

    /// The certificates, each once: such folders hold most of them under several names.
    pub(crate) fn load(&self) -> Result<Vec<Certificate>, String> {
        let read = || -> io::Result<BTreeSet<String>> {
            let mut found = BTreeSet::new();
            if let Some(file) = &self.file {
                found.extend(sections(file)?);
            }
            if let Some(folder) = &self.folder {
                for file in files(folder)? {
                    found.extend(sections(&file)?);
                }
            }
            Ok(found)
        };
        let found = read().map_err(|error| error.to_string())?;
        found
            .iter()
            .map(|pem| Certificate::from_pem(pem.as_bytes()))
            .collect::<Result<_, _>>()
            .map_err(|error| {
                format!("a certificate of SSL_CERT_FILE or SSL_CERT_DIR cannot be read: {error}")
            })
    }
}

/// The files of a folder, each once, whatever links there are to it.
fn files(folder: &Path) -> io::Result<BTreeSet<PathBuf>> {
    let mut files = BTreeSet::new();
    for entry in fs_err::read_dir(folder)? {
        // A link to nowhere is no certificate.
        if let Ok(path) = fs_err::canonicalize(entry?.path())
            && path.is_file()
        {
            files.insert(path);
        }
    }
    Ok(files)
}

/// The certificates of a file, as PEM; other sections and other files hold none.
fn sections(file: &Path) -> io::Result<Vec<String>> {
    let bytes = fs_err::read(file)?;
    let text = String::from_utf8_lossy(&bytes);
    let sections = text.split_inclusive(END).filter_map(|part| {
        let start = part.find(BEGIN)?;
        part.ends_with(END).then(|| part.get(start..).unwrap_or_default().to_owned())
    });
    Ok(sections.collect())
}
