use std::{path::PathBuf, sync::Arc};

use okta_client::{ErrorKind, Reach, Settings};
use tokio::{io::AsyncWriteExt, net::TcpListener};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::aws_lc_rs::default_provider,
        pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    },
};

use crate::support::{answer, client, get, receive, settings};

/// An https server on loopback, and the PEM of the root that it wants to be trusted by.
pub(crate) async fn https() -> (String, String) {
    let mut root = rcgen::CertificateParams::new(Vec::new()).unwrap();
    root.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let root_key = rcgen::KeyPair::generate().unwrap();
    let pem = root.self_signed(&root_key).unwrap().pem();
    let issuer = rcgen::Issuer::new(root, root_key);
    let key = rcgen::KeyPair::generate().unwrap();
    let leaf = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let leaf = leaf.signed_by(&key, &issuer).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                if receive(&mut stream).await.is_some() {
                    let _ = stream.write_all(&answer(200, "[]")).await;
                    let _ = stream.shutdown().await;
                }
            });
        }
    });
    (origin, pem)
}

fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs_err::create_dir_all(&folder).unwrap();
    folder
}

#[tokio::test]
async fn certificates_of_a_file_and_of_a_folder_are_trusted() {
    let (origin, pem) = https().await;
    let folder = folder("trusted");
    let file = folder.join("root.pem");
    fs_err::write(&file, pem).unwrap();
    fs_err::write(folder.join("README"), "no certificate").unwrap();
    for reach in [
        Reach { ca_file: Some(file), ..Reach::default() },
        Reach { ca_dir: Some(folder), ..Reach::default() },
    ] {
        client(Settings { reach, ..settings(&origin) }).send(&get()).await.unwrap();
    }
}

#[tokio::test]
async fn nobody_else_is() {
    let (origin, _) = https().await;
    let other =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/root_certificate.pem");
    let reach = Reach { ca_file: Some(other), ..Reach::default() };
    let setup = client(Settings { reach, ..settings(&origin) });
    let error = setup.send(&get()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Network);
    assert!(error.message.contains("nothing was sent"), "{error}");
    assert!(error.message.contains("certificate"), "{error}");
}
