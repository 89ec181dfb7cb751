//! Where webhooks may be sent: names are resolved once, every address is looked at, and the connection goes to one of those
//! that were. Nothing is sent into the company's own networks but where whoever runs the server said so. `[INT-1d]`

use crate::spine::{AppState, Argument, Description, Problem, codes};
use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use ipnet::IpNet;
use std::{
    future::{Ready, ready},
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::Arc,
};
use ureq::{
    Error,
    config::Config,
    http::Uri,
    unversioned::{
        resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver},
        transport::NextTimeout,
    },
};

/// The networks in which whoever runs the server allowed webhooks to be sent, also by plain http.
#[derive(Clone, Debug)]
pub struct Networks(pub Arc<[IpNet]>);

impl Networks {
    /// Whether there are any.
    pub fn are_allowed(&self) -> bool {
        !self.0.is_empty()
    }
}

impl FromRequest for Networks {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let state = request.app_data::<web::Data<AppState>>();
        let networks = state.map(|state| Self(state.settings.webhook_networks.clone().into()));
        ready(networks.ok_or_else(|| Problem::new(codes::INTERNAL)))
    }
}

impl Argument for Networks {
    fn describe(_: &mut Description) {}
}

/// Resolves names, and refuses a name of which any address may not be reached.
#[derive(Debug)]
pub struct CheckedResolver {
    names: DefaultResolver,
    networks: Arc<[IpNet]>,
}

impl CheckedResolver {
    /// One that reaches the public internet by https, and these networks.
    pub fn reaching(networks: &[IpNet]) -> Self {
        Self { names: DefaultResolver::default(), networks: networks.into() }
    }

    fn may_reach(&self, address: IpAddr, is_plain: bool) -> bool {
        let address = address.to_canonical();
        let is_allowed = self.networks.iter().any(|network| network.contains(&address));
        is_allowed || (!is_plain && is_public(address))
    }
}

impl Resolver for CheckedResolver {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let found = self.names.resolve(uri, config, timeout)?;
        let is_plain = uri.scheme_str() != Some("https");
        match found.iter().find(|address| !self.may_reach(address.ip(), is_plain)) {
            None => Ok(found),
            Some(_) => Err(Error::Io(io::Error::new(
                io::ErrorKind::PermissionDenied,
                "the address is not one that webhooks may be sent to",
            ))),
        }
    }
}

/// Whether an address is one of the public internet.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        // This network, and what is reserved.
        || a == 0
        || a >= 240
        // Shared between a carrier and its customers, protocol assignments, relays, benchmarks.
        || (a == 100 && (64..128).contains(&b))
        || (a, b, c) == (192, 0, 0)
        || (a, b, c) == (192, 88, 99)
        || (a == 198 && (b == 18 || b == 19));
    !is_special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let parts = address.segments();
    let embedded = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match parts {
        // Translated from IPv4 (NAT64), and 6to4: public where that is.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => embedded(high, low),
        [0x2002, high, low, ..] => embedded(high, low),
        // Teredo, benchmarks, ORCHID, documentation.
        [0x2001, 0..=0x1ff, ..] | [0x2001, 0xdb8, ..] | [0x3fff, ..] => false,
        // Of all others only global unicast.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public(text: &str) -> bool {
        CheckedResolver::reaching(&[]).may_reach(text.parse().expect("an address"), false)
    }

    #[test]
    fn nothing_inside_a_network_is_public_however_it_is_written() {
        for inside in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "255.255.255.255",
            "224.0.0.1",
            "192.0.0.8",
            "198.18.0.1",
            "203.0.113.9",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2002:a00:1::1",
            "::127.0.0.1",
            "fec0::1",
        ] {
            assert!(!public(inside), "{inside}");
        }
        for outside in ["1.1.1.1", "223.5.5.5", "2606:4700::1111", "64:ff9b::101:101", "::ffff:1.1.1.1"] {
            assert!(public(outside), "{outside}");
        }
    }

    #[test]
    fn a_network_that_is_allowed_is_reached_also_by_plain_http_and_nothing_else_is() {
        let resolver = CheckedResolver::reaching(&["10.0.0.0/8".parse().expect("a network")]);
        let reaches = |text: &str, is_plain| resolver.may_reach(text.parse().expect("an address"), is_plain);
        assert!(reaches("10.1.2.3", true) && reaches("::ffff:10.1.2.3", true));
        assert!(!reaches("192.168.1.1", true) && !reaches("192.168.1.1", false));
        assert!(!reaches("1.1.1.1", true) && reaches("1.1.1.1", false));
    }
}
