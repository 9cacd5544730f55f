"""Who may act for a therapist. Pure: the one decision, on ids."""


def may_act(user_id: int, owner_id: int | None) -> bool:
    """Only the account that the therapist belongs to; an unclaimed therapist belongs to nobody."""
    return owner_id is not None and user_id == owner_id


def may_claim(*, claimed: bool, owner_id: int | None, has_own: bool) -> bool:
    """An imported page that is nobody's yet, by somebody who has none."""
    return not claimed and owner_id is None and not has_own
