//! From where a request comes: one answer for audit, throttle and limits.

use super::AppState;
use actix_web::{HttpRequest, web};
use std::net::IpAddr;

/// The address of the caller. Anybody can send `X-Forwarded-For`, so it is believed only as far as the
/// installation's own proxies wrote it: from the right, up to the first address that is not one of them.
pub fn of(request: &HttpRequest) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip().to_canonical();
    let state = request.app_data::<web::Data<AppState>>()?;
    let trusted = &state.settings.trusted_proxies;
    let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
    if !is_trusted(&peer) {
        return Some(peer);
    }
    let sent = request.headers().get_all("X-Forwarded-For").filter_map(|value| value.to_str().ok());
    let hops: Vec<IpAddr> =
        sent.flat_map(|line| line.split(',')).map_while(|hop| hop.trim().parse().ok()).collect();
    let hops = hops.into_iter().rev().map(|hop: IpAddr| hop.to_canonical());
    Some(hops.into_iter().find(|hop| !is_trusted(hop)).unwrap_or(peer))
}
