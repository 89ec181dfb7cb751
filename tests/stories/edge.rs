//! What every route has in common.

use tests::{App, stories};

stories! {
    an_unknown_path_is_a_problem_document_in_the_callers_language,
    a_wrong_method_says_which_are_allowed,
    a_route_behind_a_permission_wants_a_token_first,
    an_unknown_parameter_is_refused,
}

fn an_unknown_path_is_a_problem_document_in_the_callers_language(app: App) {
    let reply = app.anonymous().get("/api/v1/nothing").refuses(404, "http.not_found");
    assert_eq!(reply.text("/title"), "未找到");
    assert_eq!(reply.header("content-language").as_deref(), Some("zh-CN"));
    let reply = app.anonymous().with("Accept-Language", "fr, en;q=0.8").get("/api/v1/nothing");
    assert_eq!(reply.text("/title"), "Not found");
    assert_eq!(reply.text("/request_id"), reply.header("x-request-id").expect("a request id"));
}

fn a_wrong_method_says_which_are_allowed(app: App) {
    let reply = app.anonymous().delete("/version").refuses(405, "http.method_not_allowed");
    assert_eq!(reply.header("allow").as_deref(), Some("GET, HEAD, OPTIONS"));
    app.anonymous().send("HEAD", "/version", None).expect(200);
    app.anonymous().send("OPTIONS", "/version", None).expect(204);
}

fn a_route_behind_a_permission_wants_a_token_first(app: App) {
    let reply = app.anonymous().post("/api/v1/policies", "not even an object");
    let reply = reply.refuses(401, "http.unauthenticated");
    assert!(reply.header("www-authenticate").is_some());
}

fn an_unknown_parameter_is_refused(app: App) {
    app.anonymous().get("/version?colour=red").refuses(400, "http.unknown_parameter");
}
