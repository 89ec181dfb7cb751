use super::*;
use crate::spine::PolicyContent;
use chrono::Duration;
use uuid::Uuid;

fn content(url: &str, kinds: &[&str]) -> WebhookContent {
    let kinds = kinds.iter().map(|kind| (*kind).to_owned()).collect();
    WebhookContent { name: "ERP".into(), url: url.into(), kinds, ordered: false }
}
fn now() -> Timestamp {
    Timestamp::from_micros(1_772_674_200_000_000).expect("an instant")
}
fn made(content: WebhookContent, plain: bool) -> Result<WebhookEndpoint, Refusal> {
    let id = Id::from_uuid(Uuid::from_u128(1));
    let owner = Id::from_uuid(Uuid::from_u128(2));
    Ok(WebhookEndpoint::make(id, owner, content, Secret::new("sealed"), (plain, now()))?.into_after())
}

#[test]
fn patterns_are_exact_or_of_a_noun_or_everything_and_nothing_else() {
    let endpoint =
        made(content("https://erp.example.com/hook", &["expense_claim.*"]), false).expect("no refusal");
    assert!(endpoint.content.wants("expense_claim.paid") && !endpoint.content.wants("expense_claims.paid"));
    for wrong in ["expense", "expense*", "*.paid", "a.b.c", "Cat.*", ""] {
        let refused = made(content("https://erp.example.com", &[wrong]), false).unwrap_err();
        assert_eq!(refused.findings[0].code, BAD_PATTERN, "{wrong}");
    }
    assert!(made(content("https://erp.example.com", &["*"]), false).is_ok());
    assert!(made(content("https://erp.example.com", &[]), false).is_err());
}

#[test]
fn an_address_is_https_and_http_only_where_networks_are_allowed() {
    let code =
        |url: &str, plain| made(content(url, &["*"]), plain).map(drop).map_err(|no| no.findings[0].code);
    assert_eq!(code("http://10.0.0.1/hook", false), Err(PLAIN_URL));
    assert_eq!(code("http://10.0.0.1/hook", true), Ok(()));
    for wrong in
        ["ftp://a", "https://", "https://user:pass@a", "https://a/#b", "https://a b", "//a", "https://客户"]
    {
        assert_eq!(code(wrong, true), Err(BAD_URL), "{wrong}");
    }
}

#[test]
fn neither_audit_nor_events_tell_a_secret() {
    let endpoint = made(content("https://erp.example.com/hook?key=abc", &["*"]), false).expect("no refusal");
    assert!(!serde_json::to_string(&endpoint).expect("JSON").contains("sealed"));
    let rotated = endpoint.rotate(Secret::new("newer"), now());
    assert!(!rotated.happened()[0].facts.to_string().contains("abc"));
    assert_eq!(rotated.after().previous.as_ref().map(|previous| previous.sealed.reveal()), Some("sealed"));
}

#[test]
fn what_failed_is_tried_again_ever_later_spread_and_as_late_as_is_asked() {
    let rule: WebhookDelivery = serde_json::from_str(SHIPPED_WEBHOOK_DELIVERY).expect("it reads");
    assert_eq!(rule.findings(), []);
    let seconds =
        |failures, after, chance| rule.delay(failures, after, chance).map(|delay| delay.num_seconds());
    assert_eq!(seconds(1, None, 0), Some(4));
    assert_eq!(seconds(1, None, 9_999), Some(6));
    assert_eq!(seconds(2, None, 0), Some(240));
    assert_eq!(seconds(2, None, 9_999), Some(360));
    assert_eq!(seconds(1, Some(120), 0), Some(120));
    assert_eq!(seconds(1, Some(1_000_000), 0), Some(86_400), "no longer than a day");
    assert_eq!(seconds(9, None, 9_999), Some(103_680));
    assert_eq!(seconds(10, None, 0), None, "tried often enough");
    assert_eq!(rule.delay_of_ordered(10, None, 9_999), Duration::seconds(103_680), "nothing is skipped");
}

#[test]
fn only_2xx_is_taken_and_a_redirection_is_not_followed() {
    let answered = |status| Response::Answered { status, retry_after: None, body: String::new() };
    assert_eq!(answered(204).outcome(), AttemptOutcome::Delivered);
    for status in [301, 302, 400, 404, 500, 503] {
        assert_eq!(answered(status).outcome(), AttemptOutcome::Failed);
    }
    assert_eq!(answered(410).outcome(), AttemptOutcome::Gone);
    assert!(answered(429).slows() && answered(504).slows() && !answered(500).slows());
}

#[test]
fn a_body_is_signed_with_each_key() {
    let key = open_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("a secret");
    assert_eq!(secret_text(&key), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    let what = Signed {
        id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp: 1_614_265_330,
        body: b"{\"test\": 2432232314}",
    };
    let header = signature(what, [key.as_slice(), b"another"]);
    let parts: Vec<&str> = header.split(' ').collect();
    assert_eq!(parts.len(), 2);
    assert_eq!(parts[0], "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}
