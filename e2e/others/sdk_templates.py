"""E-mail templates and their customizations through the SDK."""

from __future__ import annotations

from sdk import Sdk
from sdk_brands import NO_BRAND, new_brand

TEMPLATE = "ForgotPassword"
NO_CUSTOMIZATION = "oelnothing0000000000"
ENGLISH = {
    "language": "en",
    "isDefault": True,
    "subject": "Your password at Acme",
    "body": "<p>Hi $!{StringTool.escapeHtml($!{user.profile.firstName})},</p>"
    '<p><a href="${resetPasswordLink}">Choose another</a> – today</p>',
}
FRENCH = {
    "language": "fr",
    "isDefault": False,
    "subject": "Votre mot de passe chez Acme",
    "body": '<p>Bonjour,</p><p><a href="${resetPasswordLink}">Changez-le</a></p>',
}


async def run(sdk: Sdk) -> None:
    brand = await new_brand(sdk, "e-mails")
    await templates(sdk, brand)
    english, french = await customizations(sdk, brand)
    await refusals(sdk, brand)
    await the_end(sdk, brand, english, french)
    await sdk.ok("delete_brand of e-mails", brand)


async def templates(sdk: Sdk, brand: str) -> None:
    await sdk.pages("list_email_templates pages", brand, size=20, least=2)
    await sdk.ok("list_email_templates", brand)
    await sdk.ok(
        "list_email_templates expanded", brand, limit=5, expand=["settings", "customizationCount"]
    )
    await sdk.ok("get_email_template", brand, TEMPLATE, expect={"name": TEMPLATE})
    await sdk.ok(
        "get_email_template expanded", brand, TEMPLATE, expand=["settings", "customizationCount"]
    )
    written = {"subject": bool, "body": lambda text: "resetPasswordLink" in text}
    await sdk.ok("get_email_default_content", brand, TEMPLATE, expect=written)
    await sdk.ok("get_email_default_content fr", brand, TEMPLATE, language="fr")
    if sdk.kind == "token":
        await sdk.ok("get_email_default_preview", brand, TEMPLATE, expect={"subject": bool})
        await sdk.ok("send_test_email", brand, TEMPLATE)
        await sdk.ok("send_test_email fr", brand, TEMPLATE, language="fr")
    else:
        # Both are for the person who calls, and a service app is none.
        await sdk.refused("get_email_default_preview app", 404, "E0000007", brand, TEMPLATE)
        await sdk.refused("send_test_email app", 404, "E0000007", brand, TEMPLATE)
    await sdk.ok("get_email_settings", brand, TEMPLATE, expect={"recipients": "ALL_USERS"})
    nobody = {"recipients": "NO_USERS"}
    await sdk.ok("replace_email_settings", brand, "UserActivation", nobody)
    await sdk.ok("get_email_settings replaced", brand, "UserActivation", expect=nobody)


async def customizations(sdk: Sdk, brand: str) -> tuple[str, str]:
    await sdk.ok("list_email_customizations none", brand, TEMPLATE, expect=lambda all: all == [])
    english = (await sdk.ok("create_email_customization", brand, TEMPLATE, ENGLISH))["id"]
    french = (await sdk.ok("create_email_customization fr", brand, TEMPLATE, FRENCH))["id"]
    await sdk.ok(
        "get_email_customization", brand, TEMPLATE, english, expect={"id": english, **ENGLISH}
    )
    await sdk.pages("list_email_customizations pages", brand, TEMPLATE, size=1, least=2)
    await sdk.ok(
        "get_customization_preview",
        brand,
        TEMPLATE,
        english,
        expect={"subject": ENGLISH["subject"], "body": lambda text: "Choose another" in text},
    )
    changed = {**FRENCH, "subject": "Votre mot de passe"}
    await sdk.ok("replace_email_customization", brand, TEMPLATE, french, changed)
    await sdk.ok("get_email_customization fr", brand, TEMPLATE, french, expect=changed)
    default = {**changed, "isDefault": True}
    await sdk.ok("replace_email_customization default", brand, TEMPLATE, french, default)
    await sdk.ok(
        "get_email_customization no default", brand, TEMPLATE, english, expect={"isDefault": False}
    )
    return english, french


async def refusals(sdk: Sdk, brand: str) -> None:
    await sdk.refused("get_email_template nothing", 404, "E0000007", brand, "NoSuchTemplate")
    await sdk.refused("list_email_templates nothing", 404, "E0000007", NO_BRAND)
    await sdk.refused(
        "get_email_customization nothing", 404, "E0000007", brand, TEMPLATE, NO_CUSTOMIZATION
    )
    create = "create_email_customization"
    default_twice = {**FRENCH, "language": "de", "isDefault": True}
    await sdk.refused(f"{create} second default", 409, "E0000182", brand, TEMPLATE, default_twice)
    await sdk.refused(f"{create} same language", 409, "E0000183", brand, TEMPLATE, FRENCH)
    bare = {**FRENCH, "language": "de", "body": "<p>No link at all</p>"}
    await sdk.refused(f"{create} without link", 400, "E0000001", brand, TEMPLATE, bare)
    await sdk.refused(
        f"{create} no language", 400, "E0000236", brand, TEMPLATE, {**FRENCH, "language": "??"}
    )
    await sdk.refused(
        "replace_email_settings not allowed",
        422,
        "E0000189",
        brand,
        "EmailChallenge",
        {"recipients": "NO_USERS"},
    )


async def the_end(sdk: Sdk, brand: str, english: str, french: str) -> None:
    delete = "delete_email_customization"
    await sdk.refused(f"{delete} default", 409, "E0000184", brand, TEMPLATE, french)
    await sdk.ok(delete, brand, TEMPLATE, english)
    await sdk.refused("get_email_customization deleted", 404, "E0000007", brand, TEMPLATE, english)
    await sdk.ok("delete_all_customizations", brand, TEMPLATE)
    await sdk.ok("list_email_customizations deleted", brand, TEMPLATE, expect=lambda all: all == [])
