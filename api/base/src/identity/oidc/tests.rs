use super::*;

// Made once with keys that were thrown away; good until 2100.
const KEYS: &str = include_str!("keys.json");
const RS256: &str = include_str!("rs256.txt");
const ES256: &str = include_str!("es256.txt");

fn settings() -> OidcSettings {
    let said = |text: &str| Some(text.to_owned());
    OidcSettings {
        oidc_issuer: said("https://id.example.com"),
        oidc_audience: said("marketing-center"),
        oidc_account_claim: said("preferred_username"),
        oidc_jwks_url: None,
    }
}

fn provider(settings: &OidcSettings) -> Provider {
    Provider::new(settings).expect("sound settings").expect("a provider")
}

fn key(kid: &str) -> Option<Arc<PublicKey>> {
    let set: Value = serde_json::from_str(KEYS).expect("JSON");
    let keys = set["keys"].as_array().cloned().unwrap_or_default();
    keys.into_iter().filter_map(keys::public_key).find(|(known, _)| known == kid).map(|(_, key)| key)
}

fn judge(
    provider: &Provider,
    token: &str,
    algorithm: Algorithm,
    kid: &str,
    now: i64,
) -> Result<Foreign, Rejection> {
    let now = Timestamp::from_micros(now * 1_000_000).expect("an instant");
    provider.judge(token.trim(), algorithm, &key(kid).expect("a key"), now)
}

#[test]
fn tokens_of_the_usual_algorithms_name_an_account() {
    let provider = provider(&settings());
    for (token, algorithm, kid) in [(RS256, Algorithm::RS256, "rsa"), (ES256, Algorithm::ES256, "ec")] {
        assert!(provider.claims_to_issue(token));
        let good = judge(&provider, token, algorithm, kid, 1_700_000_000).expect("a good token");
        assert_eq!((good.username.as_str(), good.expires), ("li.na", 4_102_444_800));
    }
}

#[test]
fn a_key_serves_its_own_algorithms_alone() {
    let provider = provider(&settings());
    for (algorithm, kid) in [
        (Algorithm::RS512, "rsa"),
        (Algorithm::PS256, "rsa"),
        (Algorithm::ES256, "rsa"),
        (Algorithm::RS256, "ec"),
    ] {
        assert_eq!(
            judge(&provider, RS256, algorithm, kid, 1_700_000_000),
            Err(Rejection::Bad),
            "{algorithm:?}"
        );
    }
    for left_out in ["secret", "enc", "new"] {
        assert!(key(left_out).is_none(), "{left_out}");
    }
}

#[test]
fn issuer_audience_times_and_name_must_be_right() {
    let at = |settings: &OidcSettings, now| judge(&provider(settings), RS256, Algorithm::RS256, "rsa", now);
    assert!(at(&settings(), 999_999_971).is_ok(), "another server's clock");
    assert_eq!(at(&settings(), 999_999_969), Err(Rejection::Bad), "not yet");
    assert_eq!(at(&settings(), 4_102_444_800), Err(Rejection::Bad), "expired");
    for (place, other) in [(0, "https://id.example.org"), (1, "another"), (2, "email")] {
        let mut settings = settings();
        let places =
            [&mut settings.oidc_issuer, &mut settings.oidc_audience, &mut settings.oidc_account_claim];
        *places.into_iter().nth(place).expect("a setting") = Some(other.to_owned());
        assert_eq!(at(&settings, 1_700_000_000), Err(Rejection::Bad), "{other}");
    }
}

#[test]
fn a_provider_is_described_whole_and_reached_safely() {
    assert!(Provider::new(&OidcSettings::default()).is_ok_and(|none| none.is_none()));
    assert!(Provider::new(&OidcSettings { oidc_account_claim: None, ..settings() }).is_err());
    assert!(Provider::new(&OidcSettings { oidc_issuer: None, ..settings() }).is_err());
    for (url, right) in [
        ("http://id.example.com", false),
        ("http://127.0.0.1.example.com/keys", false),
        ("http://localhost:80@example.com/keys", false),
        ("http://127.0.0.1:8080/keys", true),
        ("http://[::1]:8080", true),
        ("ftp://id.example.com", false),
        ("https://id.example.com/realms/company", true),
    ] {
        let settings = OidcSettings { oidc_jwks_url: Some(url.to_owned()), ..settings() };
        assert_eq!(Provider::new(&settings).is_ok(), right, "{url}");
    }
}
