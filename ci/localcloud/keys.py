"""The access keys that the gate accepts: the local cloud's own, and those it handed out."""

from __future__ import annotations

import datetime

from localcloud.signature import KnownKey


class KeyRing:
    """Finds a key's secret: the cloud home's own pair, an IAM user's, an assumed role's."""

    def __init__(self, access_key_id: str, secret: str):
        self._own = (access_key_id, KnownKey(secret))

    def find(self, access_key_id: str) -> KnownKey | None:
        """Return the key, or `None` where nobody knows it."""
        from moto.iam.models import iam_backends
        from moto.sts.models import sts_backends

        from localcloud.emulation.iam.identities import Principal

        if access_key_id == self._own[0]:
            return self._own[1]
        for backends in list(sts_backends.values()):
            for backend in list(backends.values()):
                for role in backend.assumed_roles:
                    if role.access_key_id == access_key_id:
                        expires_at = role.expiration.replace(tzinfo=datetime.UTC)
                        return KnownKey(
                            role.secret_access_key,
                            role.session_token,
                            expires_at,
                            Principal(role.arn, role.role_arn, role.policy or None),
                        )
        for backends in list(iam_backends.values()):
            for backend in list(backends.values()):
                for user in backend.users.values():
                    for key in user.access_keys:
                        if (
                            key.access_key_id == access_key_id
                            and key.status == "Active"
                        ):
                            principal = Principal(user.arn, user.arn)
                            return KnownKey(key.secret_access_key, principal=principal)
        return None
