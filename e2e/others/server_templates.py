"""E-mail templates and customizations through the tools of Okta's own server."""

from __future__ import annotations

from sdk_brands import NO_BRAND
from sdk_templates import ENGLISH, FRENCH, NO_CUSTOMIZATION, TEMPLATE
from server import Server
from server_brands import new_brand


def arguments(customization: dict) -> dict:
    given = dict(customization)
    given["is_default"] = given.pop("isDefault")
    return given


async def run(server: Server) -> None:
    brand = await new_brand(server, "e-mails")
    key = {"brand_id": brand, "template_name": TEMPLATE}
    await templates(server, brand, key)
    english, french = await customizations(server, key)
    await the_end(server, key, english, french)
    await server.ok("delete_brand of e-mails", brand_id=brand, asks=1)


async def templates(server: Server, brand: str, key: dict) -> None:
    await server.ok(
        "list_email_templates", brand_id=brand, expect={"total_fetched": 10, "has_more": True}
    )
    await server.ok(
        "list_email_templates fetch_all",
        brand_id=brand,
        fetch_all=True,
        expect=lambda page: len({each["name"] for each in page["items"]}) == page["total_fetched"],
    )
    await server.ok("list_email_templates expanded", brand_id=brand, expand=["settings"])
    await server.ok("get_email_template", **key, expect={"name": TEMPLATE})
    await server.ok(
        "get_email_default_content",
        **key,
        expect={"subject": bool, "body": lambda text: "resetPasswordLink" in text},
    )
    # The server explains these two in words of its own: a service app is no person.
    service = "OAuth 2.0 service token"
    await server.refused(
        "get_email_default_content_preview", 404, "E0000007", told=service, **key
    )
    await server.refused("send_test_email", 404, "E0000007", told=service, **key)
    await server.ok("get_email_settings", **key, expect={"recipients": "ALL_USERS"})
    await server.ok(
        "replace_email_settings",
        brand_id=brand,
        template_name="UserActivation",
        recipients="NO_USERS",
        wire={"recipients": "NO_USERS"},
        expect={"recipients": "NO_USERS"},
    )
    await server.refused("list_email_templates nothing", 404, "E0000007", brand_id=NO_BRAND)
    await server.refused(
        "get_email_template nothing",
        404,
        "E0000007",
        brand_id=brand,
        template_name="NoSuchTemplate",
    )
    await server.refused(
        "replace_email_settings not allowed",
        422,
        "E0000189",
        brand_id=brand,
        template_name="EmailChallenge",
        recipients="NO_USERS",
    )


async def customizations(server: Server, key: dict) -> tuple[str, str]:
    made = {}
    for name, content in {"en": ENGLISH, "fr": FRENCH}.items():
        made[name] = await server.ok(
            f"create_email_customization {name}",
            **key,
            **arguments(content),
            wire=content,
            expect=content,
        )
    await server.itself(
        "create_email_customization same language",
        "already exists",
        requests=1,
        **key,
        **arguments(FRENCH),
    )
    english, french = made["en"]["id"], made["fr"]["id"]
    await server.ok("list_email_customizations", **key, expect={"total_fetched": 2})
    await server.ok("list_email_customizations fetch_all", **key, fetch_all=True)
    await server.ok(
        "get_email_customization", **key, customization_id=english, expect={"id": english}
    )
    await server.ok(
        "get_email_customization_preview",
        **key,
        customization_id=english,
        expect={"subject": ENGLISH["subject"]},
    )
    changed = {**FRENCH, "subject": "Votre mot de passe"}
    await server.ok(
        "replace_email_customization",
        **key,
        customization_id=french,
        **arguments(changed),
        wire=changed,
        expect=changed,
    )
    await server.refused(
        "get_email_customization nothing",
        404,
        "E0000007",
        **key,
        customization_id=NO_CUSTOMIZATION,
    )
    bare = {**FRENCH, "language": "de", "body": "<p>No link at all</p>"}
    await server.refused(
        "create_email_customization without link", 400, "E0000001", **key, **arguments(bare)
    )
    return english, french


async def the_end(server: Server, key: dict, english: str, french: str) -> None:
    one = {**key, "customization_id": french, "language": "fr"}
    server.answer = "decline"
    await server.itself("delete_email_customization declined", "cancelled", asks=1, **one)
    await server.itself("delete_all_email_customizations declined", "cancelled", asks=1, **key)
    server.answer = "accept"
    await server.refused(
        "delete_email_customization default",
        409,
        "E0000184",
        asks=1,
        **key,
        customization_id=english,
    )
    await server.ok("delete_email_customization", **one, asks=1)
    await server.ok("delete_all_email_customizations", **key, asks=1)
    await server.ok("list_email_customizations none", **key, expect={"total_fetched": 0})
