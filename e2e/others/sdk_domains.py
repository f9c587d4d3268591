"""Custom domains and e-mail domains through the SDK."""

from __future__ import annotations

from material import certificate
from sdk import Sdk
from sdk_brands import new_brand

NO_DOMAIN = "OcDnothing0000000000"
NO_EMAIL_DOMAIN = "OeDnothing0000000000"


async def run(sdk: Sdk) -> None:
    brand = await new_brand(sdk, "domains")
    await custom(sdk, brand)
    await unverified(sdk)
    await email(sdk, brand)
    await sdk.ok("delete_brand of domains", brand)


async def custom(sdk: Sdk, brand: str) -> None:
    """A domain whose DNS records are there."""
    name = f"id-{sdk.kind}.acme.example"
    sent = {"domain": name, "certificateSourceType": "MANUAL"}
    made = await sdk.ok("create_custom_domain", sent)
    domain = made["id"]
    await sdk.ok("get_custom_domain", domain, expect={"id": domain, "domain": name})
    await sdk.ok(
        "list_custom_domains",
        expect={"domains": lambda found: domain in [each["id"] for each in found]},
    )
    await sdk.refused("create_custom_domain same name", 403, "E0000161", sent)
    pem = pem_of(name)
    await sdk.refused("upsert_certificate unverified", 403, "E0000165", domain, pem)
    await sdk.ok("verify_domain", domain, expect={"validationStatus": "VERIFIED"})
    await sdk.ok("upsert_certificate", domain, pem, unechoed=tuple(pem))
    await sdk.ok("get_custom_domain in use", domain, expect={"validationStatus": "COMPLETED"})
    other = pem_of("other.example")
    await sdk.refused("upsert_certificate other name", 400, "E0000001", domain, other)
    own = made["brandId"]
    await sdk.ok("replace_custom_domain", domain, {"brandId": brand}, expect={"id": domain})
    await sdk.ok(
        "list_brand_domains with one",
        brand,
        expect={"domains": lambda found: [each["id"] for each in found] == [domain]},
    )
    await sdk.refused("delete_brand with a domain", 409, "E0000201", brand)
    found = await sdk.ok("list_brands for domains")
    default = next(each["id"] for each in found if each["isDefault"])
    await sdk.refused(
        "replace_custom_domain default brand", 409, "E0000203", domain, {"brandId": default}
    )
    await sdk.ok("delete_custom_domain", domain)
    await sdk.refused("get_custom_domain deleted", 404, "E0000163", domain)
    await sdk.ok("delete_brand of the domain", own)


def pem_of(name: str) -> dict:
    leaf, chain, private = certificate(name)
    return {
        "type": "PEM",
        "certificate": leaf,
        "certificateChain": chain,
        "privateKey": private,
    }


async def unverified(sdk: Sdk) -> None:
    """A domain whose DNS records nobody can publish."""
    sent = {"domain": f"id-{sdk.kind}.example.test", "certificateSourceType": "MANUAL"}
    made = await sdk.ok("create_custom_domain without records", sent)
    failed = {"validationStatus": "FAILED_TO_VERIFY"}
    await sdk.ok("verify_domain without records", made["id"], expect=failed)
    await sdk.ok("get_custom_domain not verified", made["id"], expect=failed)
    await sdk.ok("list_custom_domains not verified")
    await sdk.ok("delete_custom_domain not verified", made["id"])
    await sdk.ok("delete_brand not verified", made["brandId"])
    await sdk.refused("verify_domain default", 400, "E0000001", "default")
    await sdk.refused("get_custom_domain nothing", 404, "E0000163", NO_DOMAIN)
    await sdk.refused("delete_custom_domain nothing", 404, "E0000163", NO_DOMAIN)
    await sdk.refused("verify_domain nothing", 404, "E0000163", NO_DOMAIN)
    await sdk.refused(
        "create_custom_domain no name",
        400,
        "E0000001",
        {"domain": "no name", "certificateSourceType": "MANUAL"},
    )


async def email(sdk: Sdk, brand: str) -> None:
    name = f"mail-{sdk.kind}.acme.example"
    sent = {
        "brandId": brand,
        "domain": name,
        "displayName": "Acme IT",
        "userName": "it",
        "validationSubdomain": "mail",
    }
    made = await sdk.ok("create_email_domain", sent, unechoed=("brandId",))
    domain = made["id"]
    await sdk.ok("get_email_domain", domain, expect={"id": domain, "displayName": "Acme IT"})
    await sdk.ok("get_email_domain expanded", domain, expand=["brands"])
    await sdk.ok("list_email_domains", expect=lambda found: domain in [e["id"] for e in found])
    await sdk.ok("list_email_domains expanded", expand=["brands"])
    await sdk.refused("create_email_domain same name", 409, "E0000197", sent)
    changed = {"displayName": "Acme Help", "userName": "help"}
    await sdk.ok("replace_email_domain", domain, changed)
    await sdk.ok("get_email_domain replaced", domain, expect=changed)
    await sdk.ok("verify_email_domain", domain, expect={"validationStatus": "VERIFIED"})
    await sdk.refused("verify_email_domain again", 400, "E0000217", domain)
    await sdk.ok("delete_email_domain", domain)
    await sdk.refused("get_email_domain deleted", 404, "E0000198", domain)
    other = {**sent, "domain": f"mail-{sdk.kind}.example.test"}
    made = await sdk.ok("create_email_domain without records", other, unechoed=("brandId",))
    await sdk.refused("verify_email_domain without records", 400, "E0000218", made["id"])
    await sdk.ok("delete_email_domain not verified", made["id"])
    await sdk.refused("get_email_domain nothing", 404, "E0000198", NO_EMAIL_DOMAIN)
    await sdk.refused("replace_email_domain nothing", 404, "E0000198", NO_EMAIL_DOMAIN, changed)
    await sdk.refused("delete_email_domain nothing", 404, "E0000198", NO_EMAIL_DOMAIN)
