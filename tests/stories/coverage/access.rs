//! Who may call what: derived from the registry.

use api::spine::{Access, RouteInfo};
use tests::{App, Caller, Reply, stories};

stories! {
    every_route_that_is_not_public_wants_a_token,
    a_token_of_nobody_is_no_token,
    a_bad_body_never_answers_before_a_missing_token,
    every_route_tells_of_the_methods_it_has,
    who_holds_no_permission_may_do_nothing_that_needs_one,
    who_reaches_only_their_own_finds_nothing_by_a_made_up_id,
}

/// A path of a route that leads to nothing.
pub(super) fn path_of(route: &RouteInfo) -> String {
    let part = |part: &str| {
        if part == "{id}" || part.ends_with("_id}") {
            "019ccccc-0000-7000-8000-00000000dead".to_owned()
        } else if part == "{month}" {
            "2026-03".to_owned()
        } else if part.starts_with('{') {
            "nothing".to_owned()
        } else {
            part.to_owned()
        }
    };
    route.path.split('/').map(part).collect::<Vec<_>>().join("/")
}

fn call(caller: &Caller, route: &RouteInfo, body: &str) -> Reply {
    let caller = if route.description.conditional { caller.at(1) } else { caller.clone() };
    let body =
        route.description.request_body.is_some().then(|| ("application/json", body.as_bytes().to_vec()));
    caller.send(route.method.as_str(), &path_of(route), body)
}

fn guarded(routes: &api::spine::Routes) -> impl Iterator<Item = &RouteInfo> {
    routes.iter().filter(|route| route.access != Access::Public)
}

fn every_route_that_is_not_public_wants_a_token(app: App) {
    for route in guarded(api::routes()) {
        let reply = call(&app.anonymous(), route, "{}").refuses(401, "http.unauthenticated");
        assert!(reply.header("www-authenticate").is_some_and(|value| value.starts_with("Bearer")));
    }
}

fn a_token_of_nobody_is_no_token(app: App) {
    let forged = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.";
    for token in ["x", forged, "mk_0000000000000000_0000000000000000", "%00", "a b", &"x".repeat(6_000)] {
        let caller = app.with_token(token);
        for route in guarded(api::routes()).take(5) {
            call(&caller, route, "{}").refuses(401, "http.unauthenticated");
        }
    }
}

fn a_bad_body_never_answers_before_a_missing_token(app: App) {
    for route in guarded(api::routes()) {
        call(&app.anonymous(), route, "{\"not\": json").refuses(401, "http.unauthenticated");
    }
}

fn every_route_tells_of_the_methods_it_has(app: App) {
    for route in api::routes().iter() {
        let allow = app.anonymous().send("OPTIONS", &path_of(route), None).expect(204).header("allow");
        let allow = allow.unwrap_or_default();
        assert!(allow.split(", ").any(|method| route.method == method), "{}: Allow is {allow}", route.path);
        let reply = app.anonymous().send("PROPFIND", &path_of(route), None);
        let reply = reply.refuses(405, "http.method_not_allowed");
        assert_eq!(reply.header("allow"), Some(allow), "{}", route.path);
    }
}

fn who_holds_no_permission_may_do_nothing_that_needs_one(app: App) {
    let by = app.administrator();
    app.account(&by, "powerless", None);
    let powerless = app.sign_in("powerless", tests::PASSWORD);
    for route in api::routes().iter().filter(|route| matches!(route.access, Access::Permission(_))) {
        // The permission is asked for before the body is judged.
        let reply = call(&powerless, route, "{\"not\": json");
        let place = format!("{} {}", route.method, route.path);
        if let Access::Permission(permission) = route.access {
            let reply = reply.refuses(403, "http.forbidden");
            assert_eq!(reply.at("/params/permission"), permission.code(), "{place}");
        }
    }
}

fn who_reaches_only_their_own_finds_nothing_by_a_made_up_id(app: App) {
    let by = app.administrator();
    let narrow = app.account(&by, "narrow", None);
    app.grant(&by, &narrow, "administrator", "own", None);
    let narrow = app.sign_in("narrow", tests::PASSWORD);
    for route in guarded(api::routes()).filter(|route| route.path.contains("{id}")) {
        let reply = call(&narrow, route, "{}");
        // A body that lacks something is refused before anything is looked for.
        let right = reply.status == 404
            || (route.description.request_body.is_some() && [415, 422].contains(&reply.status));
        assert!(right, "{} {}: {reply}", route.method, route.path);
    }
}
