"""What the other programs get wrong themselves, each with its reason.

A case that is named here must fail, with these words in it: a fault that they mend is a mismatch
until it is struck out here.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """How a case goes wrong, and why."""

    how: str
    reason: str


FAULTS: dict[tuple[str, str], Fault] = {}
# Types of policies that are for groups.
GROUP_POLICIES = ("OKTA_SIGN_ON", "PASSWORD", "MFA_ENROLL")


def faults(program: str, how: str, reason: str, *cases: str) -> None:
    """Enters one fault for all cases that meet it."""
    for case in cases:
        assert (program, case) not in FAULTS, case
        FAULTS[program, case] = Fault(how, reason)


faults(
    "sdk",
    "the SDK did not send what it was given",
    "empty strings, lists and objects are taken out of every body (request_executor.py, "
    "clear_empty_params): nothing can be emptied",
    "replace_application empty string",
)
faults(
    "sdk",
    "E0000003 The request body was not well-formed",
    "as empty strings are taken out, what is left of a profile with one is no body at all",
    "update_user empty string",
)
faults(
    "sdk",
    "the SDK did not send what it was given: settings.signOn.attributeStatements is not there",
    "Application.from_dict makes None of every attribute statement",
    "replace_application statements",
)
faults(
    "sdk",
    "must be one of enum values ('template_swa', 'template_swa3field')",
    "the model of BROWSER_PLUGIN takes the two template apps only, while every SWA app of Okta's "
    "catalog has this sign-on mode; one of them costs the page",
    "list_applications pages",
    "list_applications",
    "list_applications filter",
    "list_applications non deleted",
)
faults(
    "sdk",
    "_embedded.resourceType Input should be a valid dictionary",
    "_embedded is declared as objects in objects; Okta puts a string, resourceType, in every "
    "access policy that it lists",
    "list_policies ACCESS_POLICY",
    "list_policies q",
    "list_policies limit",
)
faults(
    "sdk",
    "_embedded.rules Input should be a valid dictionary",
    "_embedded is declared as objects in objects; the rules of a policy come as a list",
    "list_policies with rules",
    *(f"get_policy with rules {kind}" for kind in (*GROUP_POLICIES, "ACCESS_POLICY")),
)
faults(
    "sdk",
    "_embedded.user.id Input should be a valid dictionary",
    "_embedded is declared as objects in objects; an expanded user is one object, with texts in it",
    "get_application expanded",
)
faults(
    "sdk",
    "IdpPolicyRuleActionProvider type Input should be",
    "the enum of identity providers lacks OKTA, which the default rule of every org's identity "
    "provider routing has",
    "list_policy_rules of IDP_DISCOVERY",
    "get_policy_rule of IDP_DISCOVERY",
)
faults(
    "sdk",
    "<x-lifecycle class=",
    "the enum of policy types holds markup of the documentation instead of "
    "DEVICE_SIGNAL_COLLECTION",
    "list_policies DEVICE_SIGNAL_COLLECTION",
    "get_policy of DEVICE_SIGNAL_COLLECTION",
)
faults(
    "sdk",
    "the SDK gave nothing for POST",
    "Okta answers 201, the SDK knows 200 only and drops the body",
    "upload_brand_theme_logo",
    "create_custom_domain",
    "create_custom_domain without records",
    "create_email_domain",
    "create_email_domain without records",
)
faults(
    "sdk",
    "E0000011 Invalid token provided",
    "the DPoP proof is made for /users/ines%40…, and the request goes to /users/ines@…: the HTTP "
    "library writes the @ another way than the SDK",
    "get_user by login with a bound token",
)
faults(
    "server",
    "the server did not send what it was given: profile.department is not there",
    "as in the SDK: empty strings are taken out of every body",
    "update_user empty string",
)
faults(
    "server",
    "profile.name is not there",
    "a group's profile is shown as the SDK keeps it (actual_instance, any_of_schemas), not as "
    "Okta has it",
    "list_user_groups",
    "create_group",
    "get_group",
)
faults(
    "server",
    "settings.signOn.attributeStatements is not there",
    "the SDK's models are built from the caller's JSON by keyword, which loses attribute "
    "statements",
    "update_application statements",
)
faults(
    "server",
    "must be one of enum values ('template_swa', 'template_swa3field')",
    "the SDK's model of SWA apps (see there); one such app costs the page",
    "list_applications",
    "list_applications fetch_all",
)
faults(
    "server",
    "the server did not send what it was given",
    "policy_data is taken as the base model of a policy: conditions and settings are dropped, and "
    "Okta makes a policy for everyone",
    *(f"create_policy {kind}" for kind in GROUP_POLICIES),
    *(f"update_policy {kind}" for kind in GROUP_POLICIES),
)
faults(
    "server",
    "actions.appSignOn.verificationMethod.factorMode is not there",
    "a verification method is shown as its base model, which has a type only",
    "get_policy_rule ACCESS_POLICY",
)
faults(
    "server",
    "_embedded.resourceType Input should be a valid dictionary",
    "the SDK's model of policies (see there)",
    "list_policies ACCESS_POLICY",
)
faults(
    "server",
    "Invalid OS version format: '14'",
    "the check of versions is never told the platform, and refuses the major version that it says "
    "Android may have",
    "create_device_assurance_policy major version",
)
faults(
    "server",
    "'diskEncryptionType' is not supported for ANDROID",
    "its own table of what a platform has lacks disk encryption and secure hardware on Android, "
    "which Okta has",
    "create_device_assurance_policy encrypted Android",
)
faults(
    "server",
    "url is null",
    "the SDK drops the body of a 201 (see there): the URL of the new logo is lost",
    "upload_brand_theme_logo",
)
faults(
    "server",
    "not enough values to unpack (expected 3, got 2)",
    "the SDK gives two values for a refused deletion, three are unpacked: Okta's error is lost",
    "delete_brand default",
    "delete_brand deleted",
    "delete_brand with a domain",
)
