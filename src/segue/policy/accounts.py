"""What the catalogue knows of accounts, joined to the policy: a matter about the customer's own account is held to
verified customers without the lead having to say so in every category."""

from __future__ import annotations

from segue.domain.catalogue import Catalogue
from segue.policy.settings import Policy
from segue.policy.settings.cells import CategorySettings


def mindful_of_accounts(policy: Policy, catalogue: Catalogue) -> Policy:
    """The policy, with every category that the catalogue says is about the customer's own account held to verified
    customers; what the lead wrote about a category, or its group, goes before."""
    own = {c.id: policy.categories.get(c.id, CategorySettings()) for c in catalogue.categories if c.needs_account}
    said = {id for group in policy.groups.values() if group.needs_account is not None for id in group.categories}
    guarded = {
        id: cell.model_copy(update={"needs_account": True})
        for id, cell in own.items()
        if cell.needs_account is None and id not in said
    }
    return policy.model_copy(update={"categories": {**policy.categories, **guarded}})
