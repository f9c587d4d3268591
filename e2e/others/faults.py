"""What the other programs get wrong themselves, each with its reason.

A case that is named here must fail, with these words in it: a fault that they mend is a mismatch
until it is struck out here.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """How a case goes wrong, and why that is not the sandbox's doing."""

    how: str
    reason: str


FAULTS: dict[tuple[str, str], Fault] = {}


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
    "the same: what is left of a profile with one empty string is no body at all",
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
