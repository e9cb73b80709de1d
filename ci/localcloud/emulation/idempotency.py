"""Client tokens: one that was used for another request is refused."""

from __future__ import annotations

from typing import Any

from moto.ec2.exceptions import EC2ClientError

from localcloud.rules import rule

# What may differ between a request and its repetition.
NOT_COMPARED = {"Action", "Version", "ClientToken", "DryRun"}


def fields_of(response: Any) -> dict[str, Any]:
    """Return what a repetition of this request must have in common with it."""
    return {
        name: values
        for name, values in response.querystring.items()
        if name not in NOT_COMPARED
    }


@rule("20")
def check_repetition(response: Any, first: dict[str, Any] | None) -> None:
    """Refuse a token that comes again with other parameters, as EC2 does.

    Source: https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html
    """
    if first is not None and first != fields_of(response):
        raise EC2ClientError(
            "IdempotentParameterMismatch",
            "The request uses the same client token as a previous, "
            "but non-identical request.",
        )
