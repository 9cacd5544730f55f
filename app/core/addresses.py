"""Which network addresses are the public internet. Pure.

An explicit list (IANA special-purpose registries, 2026-06), because `ipaddress.is_global` calls 64:ff9b::7f00:1,
2002:7f00:1:: and ::127.0.0.1 global: each of them leads to 127.0.0.1 somewhere.
"""

import ipaddress

_REFUSED_4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "168.63.129.16/32",  # a cloud's own wire server, on an address that looks public
    )
)
_PUBLIC_6 = ipaddress.IPv6Network("2000::/3")
"""All that is given out. Mapped, compatible, NAT64, private, link-local and multicast addresses lie outside it."""
_REFUSED_6 = tuple(
    ipaddress.IPv6Network(network)
    for network in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)


def is_public(address: str) -> bool:
    """Whether a numeric address is one that strangers may send us to; False for everything that is no plain address."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv4Address):
        return not any(ip in network for network in _REFUSED_4)
    return ip.scope_id is None and ip in _PUBLIC_6 and not any(ip in network for network in _REFUSED_6)
