"""Starts Okta's own MCP server, with what it asks of Okta written down.

Usage: observed.py FILE. Each exchange is a line of JSON in FILE: method, url, sent, status, got.
The server itself is as it was installed; only the two functions are wrapped by which its requests
leave: the SDK's HTTP client, and `requests` for tokens.
"""

from __future__ import annotations

import json
import sys

import requests
from exchange import read
from okta.http_client import HTTPClient


def write(method: str, url: str, sent: object, status: int, got: object) -> None:
    line = {"method": method, "url": url, "sent": sent, "status": status, "got": read(got)}
    with open(sys.argv[1], "a", encoding="utf-8") as file:
        file.write(json.dumps(line, default=str) + "\n")


def observe() -> None:
    by_sdk = HTTPClient.send_request
    by_requests = requests.Session.request

    async def send_request(self, request):
        info, response, body, error = await by_sdk(self, request)
        if response is not None:
            sent = request["data"] or None
            write(request["method"], request["url"], sent, response.status, body)
        return info, response, body, error

    def request(self, method, url, **more):
        response = by_requests(self, method, url, **more)
        # The form holds a client assertion.
        write(method, url, None, response.status_code, None)
        return response

    HTTPClient.send_request = send_request
    requests.Session.request = request


if __name__ == "__main__":
    observe()
    from okta_mcp_server.server import main

    main()
