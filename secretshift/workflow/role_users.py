"""Which functions run as a role, in every region of its account."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from secretshift.changes.context import RoleUsers
from secretshift.model.errors import LoginExpired, SecretshiftError
from secretshift.model.plans import FunctionPlan
from secretshift.model.ports import Cloud


def role_users(clouds: Sequence[Cloud]) -> Callable[[FunctionPlan], RoleUsers]:
    """A look at all functions of the account that a function is of. Only their roles are kept.

    It raises LoginExpired; any other place that could not be looked at is named as unseen.
    """

    def look(function: FunctionPlan) -> RoleUsers:
        account, role = function.function.place.account, function.role
        cloud = next((one for one in clouds if one.caller().account == account), None)
        if cloud is None:
            return RoleUsers((), (f"the account {account}",))
        try:
            names = cloud.regions()
        except LoginExpired:
            raise
        except SecretshiftError as error:
            return RoleUsers((), (f"the regions of {account} ({error.code})",))
        unseen = [cloud.regions_note] if cloud.regions_note else []
        found: list[str] = []

        def one(name: str) -> None:
            try:
                listed = cloud.region(name).functions.functions()
                found.extend(str(item.ref) for item in listed if item.role == role)
            except LoginExpired:
                raise
            except SecretshiftError as error:
                unseen.append(f"functions in {name} ({error.code})")

        with ThreadPoolExecutor(max_workers=8) as pool:
            list(pool.map(one, names))
        return RoleUsers(tuple(sorted(found)), tuple(sorted(unseen)))

    return look
