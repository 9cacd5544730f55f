"""Who is calling. Until people can sign in, everybody is the public."""


def roles_of_caller() -> frozenset[str]:
    return frozenset()
