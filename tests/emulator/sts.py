# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AssumeRole of STS. Clients send it to the emulator if AWS_ENDPOINT_URL applies to all services."""

from __future__ import annotations

from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from .wire import Params, Response, Result, ServiceError, timestamp, xml_response


class AssumeRole:
    """The AssumeRole operation, with the interface of `wire.Operation`."""

    name = "AssumeRole"
    namespace = "https://sts.amazonaws.com/doc/2011-06-15/"

    def match(self, method: str, path: str) -> list[str] | None:
        return [] if (method, path) == ("POST", "/") else None

    def parse(self, dummy_labels: list[str], dummy_query: str, body: bytes) -> Params:
        params: Params = dict(parse_qsl(body.decode(), keep_blank_values=True))
        action = params.pop("Action", None)
        if action != self.name:
            raise ServiceError("InvalidAction", f"Could not find operation {action}", 400)
        return params

    def render(self, result: Result) -> Response:
        return xml_response(
            200, f'<AssumeRoleResponse xmlns="{self.namespace}">{_xml(result)}</AssumeRoleResponse>', {}
        )


def assume_role(params: Params, now: float) -> Result:
    """Return temporary credentials that expire after an hour."""
    role, session = params["RoleArn"], params["RoleSessionName"]
    assumed = role.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/")
    return {
        "AssumeRoleResult": {
            "Credentials": {
                "AccessKeyId": "ASIAIOSFODNN7EXAMPLE",
                "SecretAccessKey": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY",
                "SessionToken": "AQoDYXdzEPT//////////wEXAMPLE",
                "Expiration": timestamp(now + 3600),
            },
            "AssumedRoleUser": {
                "AssumedRoleId": f"AROACLKWSDQRAOEXAMPLE:{session}",
                "Arn": f"{assumed}/{session}",
            },
        }
    }


def _xml(value: Result) -> str:
    return "".join(
        f"<{name}>{_xml(inner) if isinstance(inner, dict) else escape(inner)}</{name}>" for name, inner in value.items()
    )
