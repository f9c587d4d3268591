//! Places that people sign in from. Addresses are those reserved for documentation.

use super::names::OFFICES;
use crate::log::Place;

/// An office network, or another place: the first three parts of its addresses.
pub(super) struct Network {
    pub(super) prefix: &'static str,
    pub(super) place: Place,
}

const fn network(
    prefix: &'static str,
    [city, state, country, postal_code]: [&'static str; 4],
    (lat, lon): (f64, f64),
    (as_number, as_org, domain): (u32, &'static str, &'static str),
    is_proxy: bool,
) -> Network {
    Network {
        prefix,
        place: Place {
            city,
            state,
            country,
            postal_code,
            lat,
            lon,
            as_number,
            as_org,
            isp: as_org,
            domain,
            is_proxy,
        },
    }
}

/// In the order of [`OFFICES`].
static HOME: [Network; 5] = [
    network(
        "192.0.2",
        ["Lisbon", "Lisboa", "Portugal", "1050-115"],
        (38.7223, -9.1393),
        (64500, "lusonet", "lusonet.example"),
        false,
    ),
    network(
        "198.51.100",
        ["Berlin", "Berlin", "Germany", "10117"],
        (52.52, 13.405),
        (64501, "spree telecom", "spree.example"),
        false,
    ),
    network(
        "192.0.2",
        ["Austin", "Texas", "United States", "78701"],
        (30.2672, -97.7431),
        (64502, "lone star fiber", "lonestar.example"),
        false,
    ),
    network(
        "198.51.100",
        ["Toronto", "Ontario", "Canada", "M5H 2N2"],
        (43.6532, -79.3832),
        (64503, "maple broadband", "maple.example"),
        false,
    ),
    network(
        "192.0.2",
        ["Singapore", "Singapore", "Singapore", "018956"],
        (1.3521, 103.8198),
        (64504, "merlion net", "merlion.example"),
        false,
    ),
];

/// A rented server that hides who uses it: where the password spray comes from.
pub(super) static SPRAY: Network = network(
    "203.0.113",
    ["Amsterdam", "North Holland", "Netherlands", "1012"],
    (52.3676, 4.9041),
    (64510, "cheap servers bv", "cheapservers.example"),
    true,
);

/// Where the one who tires out a colleague of ours sits.
pub(super) static FATIGUE: Network = network(
    "203.0.113",
    ["Warsaw", "Mazovia", "Poland", "00-001"],
    (52.2297, 21.0122),
    (64511, "residential proxies", "resproxy.example"),
    true,
);

/// The network of the office in `city`.
pub(super) fn home(city: &str) -> &'static Network {
    let at = OFFICES.iter().position(|(name, ..)| *name == city).unwrap_or(0);
    HOME.get(at).unwrap_or(&SPRAY)
}

/// What people use.
pub(super) static AGENTS: [&str; 5] = [
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
];

/// An old phone that still knows an old password.
pub(super) const OLD_PHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 15_8 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/15.6 Mobile/15E148 Safari/604.1";

/// A script.
pub(super) const SCRIPT: &str = "python-requests/2.31.0";
