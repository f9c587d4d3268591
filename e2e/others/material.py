"""What is uploaded: images and a certificate, made here."""

from __future__ import annotations

import struct
import zlib
from datetime import datetime, timedelta, timezone

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID


def png(width: int, height: int) -> bytes:
    """A white image of so many pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)

    row = b"\0" + b"\xff" * width
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(row * height))
        + chunk(b"IEND", b"")
    )


def certificate(domain: str) -> tuple[str, str, str]:
    """A certificate for a name, its chain and its private key, each as PEM."""
    root_key, key = (rsa.generate_private_key(65537, 2048) for _ in range(2))
    root = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Acme Root")])
    leaf = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, domain)])

    def signed(subject, public_key, authority: bool) -> str:
        now = datetime.now(timezone.utc)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(root)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=90))
            .add_extension(x509.BasicConstraints(authority, None), critical=True)
        )
        if not authority:
            names = x509.SubjectAlternativeName([x509.DNSName(domain)])
            builder = builder.add_extension(names, critical=False)
        made = builder.sign(root_key, hashes.SHA256())
        return made.public_bytes(serialization.Encoding.PEM).decode()

    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    chain = signed(root, root_key.public_key(), True)
    return signed(leaf, key.public_key(), False), chain, private.decode()
