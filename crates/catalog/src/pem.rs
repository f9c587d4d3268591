//! Certificates and their private keys in PEM (RFC 7468), as Okta takes them for a domain.

use okta_client::{ExposeSecret as _, SecretString};

use crate::{desk::Failure, shape::LONGEST_KEY_PATH};

/// What the argument holds where the key is in the variable.
pub(crate) const VARIABLE: &str = "$OKTA_MCP_DOMAIN_KEY";

/// Where keys go instead of an argument.
const WAY: &str = "Give the path of a file in a folder of OKTA_MCP_ALLOWED_KEY_DIRS as \
                   `private_key_file_path`, or put the key into OKTA_MCP_DOMAIN_KEY and give \
                   $OKTA_MCP_DOMAIN_KEY";

/// Refuses an argument that holds a private key, or no certificate. An empty one passes where
/// `optional`.
pub(crate) fn check_certificates(name: &str, text: &str, optional: bool) -> Result<(), Failure> {
    refuse_key(name, text)?;
    let is_empty = optional && text.trim().is_empty();
    if is_empty
        || (text.contains("-----BEGIN CERTIFICATE-----")
            && text.contains("-----END CERTIFICATE-----"))
    {
        return Ok(());
    }
    Err(Failure::Arguments(format!(
        "`{name}`: a certificate in PEM is needed, from -----BEGIN CERTIFICATE----- on"
    )))
}

/// Refuses an argument that holds a key where it should say where the key is.
pub(crate) fn check_place(name: &str, text: &str) -> Result<(), Failure> {
    refuse_key(name, text)?;
    if text.len() > LONGEST_KEY_PATH || text.contains(['\n', '\r']) || text.contains("-----") {
        return Err(Failure::Arguments(format!("`{name}`: this is no path. {WAY}")));
    }
    Ok(())
}

fn refuse_key(name: &str, text: &str) -> Result<(), Failure> {
    if !text.contains("PRIVATE KEY") {
        return Ok(());
    }
    Err(Failure::Arguments(format!(
        "`{name}` holds a private key: keys do not go through a conversation, and one that did is \
         known to others. {WAY}"
    )))
}

/// The one private key in a text that may hold certificates too. Okta takes RSA keys that are not
/// encrypted.
pub(crate) fn private_key(text: &SecretString) -> Result<SecretString, Failure> {
    let wrong = |why: &str| {
        Err(Failure::File(format!(
            "the private key is not usable: {why} (looked for a PEM block PRIVATE KEY or RSA \
             PRIVATE KEY)"
        )))
    };
    // In a variable line ends are often written as `\n`.
    let text = text.expose_secret().replace("\\n", "\n");
    let mut keys = blocks(&text).filter(|(label, _)| label.ends_with("PRIVATE KEY"));
    let Some((label, key)) = keys.next() else { return wrong("there is none") };
    if keys.next().is_some() {
        return wrong("there is more than one");
    }
    match label {
        "ENCRYPTED PRIVATE KEY" => wrong("it is encrypted: `openssl pkey` decrypts it"),
        _ if key.contains("Proc-Type: 4,ENCRYPTED") => {
            wrong("it is encrypted: `openssl rsa` decrypts it")
        }
        "PRIVATE KEY" | "RSA PRIVATE KEY" => Ok(format!("{key}\n").into()),
        _ => wrong("Okta takes RSA keys only"),
    }
}

/// The PEM blocks of a text: label, and block from its first to its last dash.
fn blocks(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.match_indices("-----BEGIN ").filter_map(|(start, begin)| {
        let block = text.get(start..)?;
        let (label, _) = block.get(begin.len()..)?.split_once("-----")?;
        let end = format!("-----END {label}-----");
        let until = block.find(&end)? + end.len();
        Some((label, block.get(..until)?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::KEY_VARIABLE;

    fn block(label: &str) -> String {
        format!("-----BEGIN {label}-----\nMIIE\n-----END {label}-----")
    }

    fn key(text: &str) -> Result<String, String> {
        private_key(&text.to_owned().into())
            .map(|key| key.expose_secret().to_owned())
            .map_err(|failure| failure.to_string())
    }

    #[test]
    fn the_argument_names_the_variable() {
        assert_eq!(VARIABLE, format!("${KEY_VARIABLE}"));
    }

    #[test]
    fn the_one_key_is_taken_and_nothing_else() {
        for label in ["PRIVATE KEY", "RSA PRIVATE KEY"] {
            let one = block(label);
            let among = format!("{}\n{one}\n{}\n", block("CERTIFICATE"), block("CERTIFICATE"));
            for text in [one.clone(), among, one.replace('\n', "\\n"), format!("\n {one}\n\n")] {
                assert_eq!(key(&text), Ok(format!("{one}\n")));
            }
        }
    }

    #[test]
    fn other_keys_are_refused_and_not_echoed() {
        let encrypted = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nMIIE\n\
                         -----END RSA PRIVATE KEY-----";
        let two = format!("{}\n{}", block("PRIVATE KEY"), block("RSA PRIVATE KEY"));
        for (text, why) in [
            (String::new(), "there is none"),
            (block("CERTIFICATE"), "there is none"),
            ("-----BEGIN PRIVATE KEY-----\nMIIE".to_owned(), "there is none"),
            (two, "more than one"),
            (block("ENCRYPTED PRIVATE KEY"), "encrypted"),
            (encrypted.to_owned(), "encrypted"),
            (block("EC PRIVATE KEY"), "RSA keys only"),
            (block("OPENSSH PRIVATE KEY"), "RSA keys only"),
        ] {
            let told = key(&text).unwrap_err();
            assert!(told.contains(why) && !told.contains("MIIE"), "{told}");
        }
    }

    #[test]
    fn keys_in_arguments_are_refused_with_the_way() {
        for label in ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY"] {
            let both = format!("{}\n{}", block("CERTIFICATE"), block(label));
            for told in [
                check_certificates("certificate", &both, false).unwrap_err().to_string(),
                check_place("private_key_file_path", &block(label)).unwrap_err().to_string(),
            ] {
                assert!(told.contains("OKTA_MCP_ALLOWED_KEY_DIRS"), "{told}");
                assert!(!told.contains("MIIE"), "{told}");
            }
        }
        for bad in ["a\nb".to_owned(), "M".repeat(600), "-----BEGIN".to_owned()] {
            let told = check_place("private_key_file_path", &bad).unwrap_err().to_string();
            assert!(told.contains("no path") && !told.contains("MMM"), "{told}");
        }
        assert!(check_place("private_key_file_path", "/run/secrets/login.key").is_ok());
        assert!(check_place("private_key_file_path", VARIABLE).is_ok());
    }

    #[test]
    fn certificates_are_certificates() {
        let chain = format!("{}\n{}\n", block("CERTIFICATE"), block("CERTIFICATE"));
        assert!(check_certificates("certificate_chain", &chain, true).is_ok());
        assert!(check_certificates("certificate_chain", " ", true).is_ok());
        assert!(check_certificates("certificate", "", false).is_err());
        assert!(check_certificates("certificate", "MIIE", false).is_err());
        assert!(check_certificates("certificate", &block("PUBLIC KEY"), false).is_err());
    }
}
