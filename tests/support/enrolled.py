"""Accounts of people whose first password is changed already."""

from contract.duty.people import Role
from infra.accounts.people import Account, People


def enrolled(
    people: People, login: str, role: Role, court: str, password: str, *, name: str = "测试", by: str = "/cli/test"
) -> Account:
    """A new account with a password of its own."""
    first = people.add(login, role, court, name=name, by=by)
    people.change_password(people.find(login), first, password)
    return people.find(login)
