"""Custom domains and e-mail domains through the tools of Okta's own server."""

from __future__ import annotations

from material import certificate
from sdk_domains import NO_DOMAIN, NO_EMAIL_DOMAIN
from server import Server
from server_brands import new_brand


async def run(server: Server) -> None:
    brand = await new_brand(server, "domains")
    await custom(server, brand)
    await unverified(server)
    await email(server, brand)
    await server.ok("delete_brand of domains", brand_id=brand, asks=1)


async def custom(server: Server, brand: str) -> None:
    name = "id-server.acme.example"
    sent = {"domain": name, "certificateSourceType": "MANUAL"}
    given = {"domain": name, "certificate_source_type": "manual"}
    made = await server.ok("create_custom_domain", **given, expect=sent)
    domain = named(made, name)["id"]
    key = {"domain_id": domain}
    await server.itself("create_custom_domain same name", "already exists", requests=1, **given)
    await server.ok("get_custom_domain", **key, expect={"id": domain, "domain": name})
    await server.ok("list_custom_domains")
    leaf, chain, private = certificate(name)
    path = server.log.parent / "domain.pem"
    path.write_text(private)
    pem = {
        "certificate": leaf,
        "certificate_chain": chain,
        "private_key_file_path": str(path),
    }
    await server.refused(
        "upsert_custom_domain_certificate unverified", 403, "E0000165", **key, **pem
    )
    await server.ok("verify_custom_domain", **key, expect={"validationStatus": "VERIFIED"})
    await server.ok("upsert_custom_domain_certificate", **key, **pem)
    await server.itself("verify_custom_domain again", "already verified", requests=1, **key)
    own = (await server.ok("get_custom_domain in use", **key))["brandId"]
    await server.ok(
        "replace_custom_domain",
        **key,
        brand_id=brand,
        wire={"brandId": brand},
        expect={"id": domain},
    )
    await server.ok("list_brand_domains with one", brand_id=brand, expect={"total_fetched": 1})
    await server.refused("delete_brand with a domain", 409, "E0000201", asks=1, brand_id=brand)
    server.answer = "decline"
    await server.itself("delete_custom_domain declined", "was cancelled", asks=1, **key)
    server.answer = "accept"
    await server.ok("delete_custom_domain", **key, asks=1)
    await server.refused("get_custom_domain deleted", 404, "E0000163", **key)
    await server.ok("delete_brand of the domain", brand_id=own, asks=1)


def named(made: dict, name: str) -> dict:
    """The new domain in what Okta answered last. The answer to the creation is lost on the server,
    which reads the list again."""
    return next(each for each in made.get("domains", [made]) if each["domain"] == name)


async def unverified(server: Server) -> None:
    """A domain whose DNS records nobody can publish."""
    given = {"domain": "id-server.example.test", "certificate_source_type": "MANUAL"}
    made = await server.ok("create_custom_domain without records", **given)
    domain = named(made, given["domain"])
    key = {"domain_id": domain["id"]}
    failed = {"validationStatus": "FAILED_TO_VERIFY"}
    await server.ok("verify_custom_domain without records", **key, expect=failed)
    await server.ok("get_custom_domain not verified", **key, expect=failed)
    await server.ok("delete_custom_domain not verified", **key, asks=1)
    await server.ok("delete_brand not verified", brand_id=domain["brandId"], asks=1)
    await server.itself("delete_custom_domain default", "cannot be deleted", domain_id="default")
    await server.refused("get_custom_domain nothing", 404, "E0000163", domain_id=NO_DOMAIN)


async def email(server: Server, brand: str) -> None:
    given = {
        "brand_id": brand,
        "domain": "mail-server.acme.example",
        "display_name": "Acme IT",
        "user_name": "it",
    }
    made = await server.ok(
        "create_email_domain",
        **given,
        unechoed=("brandId",),
        expect={"domain": given["domain"], "displayName": "Acme IT"},
    )
    all_domains = made if isinstance(made, list) else [made]
    domain = next(each["id"] for each in all_domains if each["domain"] == given["domain"])
    key = {"email_domain_id": domain}
    await server.itself("create_email_domain same name", "already exists", requests=1, **given)
    await server.ok("get_email_domain", **key, expect={"id": domain})
    await server.ok("get_email_domain expanded", **key, expand_brands=True)
    await server.ok("list_email_domains", expect=lambda found: found["total_fetched"] >= 1)
    await server.ok("list_email_domains expanded", expand_brands=True)
    await server.ok(
        "replace_email_domain",
        **key,
        display_name="Acme Help",
        user_name="help",
        wire={"displayName": "Acme Help", "userName": "help"},
        expect={"displayName": "Acme Help"},
    )
    await server.ok("verify_email_domain", **key, expect={"validationStatus": "VERIFIED"})
    await server.itself("verify_email_domain again", "already verified", requests=1, **key)
    server.answer = "decline"
    await server.itself("delete_email_domain declined", "was cancelled", asks=1, requests=1, **key)
    server.answer = "accept"
    await server.ok("delete_email_domain", **key, asks=1)
    await server.refused("get_email_domain deleted", 404, "E0000198", **key)
    await server.refused(
        "get_email_domain nothing", 404, "E0000198", email_domain_id=NO_EMAIL_DOMAIN
    )
