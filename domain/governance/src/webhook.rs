//! Webhook endpoints (事件推送): where another system is told of events, each signed as Standard Webhooks 1.0 says. `[INT-1]`
//!
//! Not here: how bytes are sent, and how far an endpoint has been told, which is kept beside the feed.

/// What may be done with an endpoint now, and if not why. `[ACT-1]`
mod actions;
/// What came of one attempt.
mod attempt;
/// When a delivery is tried again, and when an endpoint is given up.
mod delivery;
/// How a body is signed.
mod secret;

pub use actions::WebhookAction;
pub use attempt::{AttemptOutcome, Response};
pub use delivery::{SHIPPED_WEBHOOK_DELIVERY, WEBHOOK_DELIVERY_CODE, WebhookDelivery};
pub use secret::{Signed, open_secret, secret_text, signature};

use crate::{
    identity::Secret,
    spine::{
        Change, Citation, Entity, EventKind, Findings, Id, Refusal, RefusalCode, Timestamp, UserId, Version,
        codes, wording,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

crate::refusals! { WEBHOOK_REFUSALS:
    NO_SECRET = "webhook.no_secret", Conflict, "服务器没有配置密钥，不能建立事件推送；请联系系统管理员", "The server was given no secret, so the secrets of endpoints cannot be sealed; ask whoever runs it";
    BAD_URL = "webhook.bad_url", Invalid, "须为 https 地址，且不得包含账号或片段", "An https address is wanted, without an account or a fragment in it";
    PLAIN_URL = "webhook.plain_url", Invalid, "须为 https 地址；http 地址须由系统管理员列入允许的网络", "An https address is wanted; http needs a network that whoever runs the server has allowed";
    BAD_PATTERN = "webhook.bad_pattern", Invalid, "不是事件或事件类别的写法：{pattern}", "Neither a kind of event nor all of a noun: {pattern}";
    OWNER_READS_NO_EVENTS = "webhook.owner_reads_no_events", Invalid, "所属账号无权读取全部事件", "The owner's account may not read all events";
    DISABLED_ALREADY = "webhook.disabled_already", Conflict, "该推送地址已停用", "The endpoint is disabled already";
    ENABLED_ALREADY = "webhook.enabled_already", Conflict, "该推送地址已启用", "The endpoint is enabled already";
    NOT_ENABLED = "webhook.not_enabled", Conflict, "该推送地址已停用，请先启用", "The endpoint is disabled; enable it first";
    NOT_KEPT = "webhook.not_kept", Invalid, "该序号的事件已不再保留", "Events of this sequence are not kept any more";
    NOT_OF_KIND = "webhook.not_of_kind", Invalid, "该事件不在推送范围内", "The event is of no kind that the endpoint wants";
}

crate::events! { WEBHOOK_EVENTS:
    MADE = "webhook_endpoint.made", "事件推送地址已建立", "A webhook endpoint was set up";
    CHANGED = "webhook_endpoint.changed", "事件推送地址已变更", "A webhook endpoint was changed";
    ROTATED = "webhook_endpoint.secret_rotated", "事件推送密钥已更换", "The secret of a webhook endpoint was replaced";
    ENABLED = "webhook_endpoint.enabled", "事件推送地址已启用", "A webhook endpoint was enabled";
    DISABLED = "webhook_endpoint.disabled", "事件推送地址已停用", "A webhook endpoint was disabled";
    FAILING = "webhook_endpoint.failing", "事件推送持续失败", "A webhook endpoint has been failing for a while";
    TESTED = "webhook_endpoint.tested", "已向推送地址发送测试事件", "A test event was sent to a webhook endpoint";
    RESENT = "webhook_endpoint.resend_asked", "已要求重新推送事件", "An event is to be sent to a webhook endpoint again";
    REPLAYED = "webhook_endpoint.replay_asked", "已要求从某序号起重新推送", "Events are to be sent to a webhook endpoint again from a place of the feed on";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[WEBHOOK_REFUSALS],
    events: &[WEBHOOK_EVENTS],
    enums: &[WebhookState::LABELS, DisabledBy::LABELS, AttemptOutcome::LABELS, WebhookAction::LABELS],
};

/// The rule that webhooks rest on.
const RULE: &str = "INT-1";

/// The names of the states.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WebhookState {
    /// It is told of events.
    Enabled,
    /// It is not.
    Disabled,
}

crate::labels! { WebhookState = "WebhookState":
    Enabled = "enabled", "启用", "Enabled";
    Disabled = "disabled", "停用", "Disabled";
}

/// Why an endpoint is told nothing any more.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = WebhookDisabledBy)]
pub enum DisabledBy {
    /// Somebody disabled it.
    Hand,
    /// It answered that it is gone for good (410).
    Gone,
    /// It failed for too long.
    Failing,
    /// What it was still to be told is not kept any more.
    FellBehind,
}

crate::labels! { DisabledBy = "WebhookDisabledBy":
    Hand = "hand", "人工停用", "By hand";
    Gone = "gone", "对方已永久关闭（410）", "It answered that it is gone (410)";
    Failing = "failing", "长时间推送失败", "It failed for too long";
    FellBehind = "fell_behind", "未推送的事件已不再保留", "What it was to be told is not kept any more";
}

/// Whether it is told of events.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum WebhookStatus {
    /// It is.
    Enabled {},
    /// It is not.
    Disabled {
        /// Since when.
        at: Timestamp,
        /// Why.
        by: DisabledBy,
    },
}

crate::status! { WebhookStatus as WebhookState: Enabled, Disabled }

/// What somebody says of an endpoint.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct WebhookContent {
    /// What it is called: 1 to 60 characters.
    pub name: String,
    /// Where it is: 1 to 500 characters.
    pub url: String,
    /// The kinds of events it wants: exact (`expense_claim.paid`), all of a noun (`expense_claim.*`) or all (`*`).
    pub kinds: Vec<String>,
    /// Whether nothing is sent before what failed.
    pub ordered: bool,
}

impl WebhookContent {
    /// Whether it wants events of a kind.
    pub fn wants(&self, kind: &str) -> bool {
        self.kinds.iter().any(|pattern| matches(pattern, kind))
    }
}

/// Whether a kind of event is one that a pattern means.
pub fn matches(pattern: &str, kind: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => kind.starts_with(start),
        None => pattern == kind,
    }
}

/// A secret that signs until a newer one has been taken over.
#[derive(Clone, Debug)]
pub struct PreviousSecret {
    /// As it is sealed.
    pub sealed: Secret,
    /// Until when it signs too.
    pub until: Timestamp,
}

/// Where another system is told of events.
#[derive(Clone, Debug, Serialize)]
pub struct WebhookEndpoint {
    /// Identity.
    pub id: Id<Self>,
    /// Whose it is: it is told no more than this account may read.
    pub owner: UserId,
    /// What is said of it.
    pub content: WebhookContent,
    /// Its secret as it is sealed; never in the audit trail.
    #[serde(skip)]
    pub secret: Secret,
    /// The secret before it, while both sign.
    #[serde(skip)]
    pub previous: Option<PreviousSecret>,
    /// Whether it is told of events.
    pub status: WebhookStatus,
    /// When it was set up.
    pub made_at: Timestamp,
    /// Counts its states.
    pub version: Version,
}

impl Entity for WebhookEndpoint {
    const KIND: &'static str = "webhook_endpoint";
    fn uuid(&self) -> uuid::Uuid {
        self.id.uuid()
    }
    fn version(&self) -> Version {
        self.version
    }
    fn version_mut(&mut self) -> &mut Version {
        &mut self.version
    }
}

fn refused(code: &'static RefusalCode) -> Refusal {
    Refusal::new(code).citing(Citation::rule(RULE))
}

impl WebhookEndpoint {
    /// Sets one up; `plain`: whether whoever runs the server allowed networks in which http will do.
    ///
    /// # Errors
    /// A name, an address or patterns that are not well formed.
    pub fn make(
        id: Id<Self>,
        owner: UserId,
        content: WebhookContent,
        secret: Secret,
        (plain, now): (bool, Timestamp),
    ) -> Result<Change<Self>, Refusal> {
        content.check(plain)?;
        let made = Self {
            id,
            owner,
            content,
            secret,
            previous: None,
            status: WebhookStatus::Enabled {},
            made_at: now,
            version: 0,
        };
        let facts = made.told();
        Ok(Change::created(made, MADE, facts))
    }

    /// Changes what is said of it.
    ///
    /// # Errors
    /// As [`Self::make`].
    pub fn revise(self, content: WebhookContent, plain: bool) -> Result<Change<Self>, Refusal> {
        content.check(plain)?;
        let after = Self { content, ..self.clone() };
        Ok(self.moved(after, CHANGED))
    }

    /// Gives it another secret; the one before signs beside it until an instant.
    pub fn rotate(self, secret: Secret, until: Timestamp) -> Change<Self> {
        let previous = Some(PreviousSecret { sealed: self.secret.clone(), until });
        let after = Self { secret, previous, ..self.clone() };
        self.moved(after, ROTATED)
    }

    /// Tells it nothing any more; what waited to be tried again waits no longer.
    ///
    /// # Errors
    /// `webhook.disabled_already`.
    pub fn disable(self, by: DisabledBy, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.may_disable()?;
        let after = Self { status: WebhookStatus::Disabled { at: now, by }, ..self.clone() };
        Ok(self.moved(after, DISABLED))
    }

    /// Tells it of events again.
    ///
    /// # Errors
    /// `webhook.enabled_already`.
    pub fn enable(self) -> Result<Change<Self>, Refusal> {
        self.may_enable()?;
        let after = Self { status: WebhookStatus::Enabled {}, ..self.clone() };
        Ok(self.moved(after, ENABLED))
    }

    /// Notes that something was asked of it that changes nothing it says: a test, a resend, a replay, or that it fails.
    pub fn noted(self, kind: &'static EventKind, more: serde_json::Value) -> Change<Self> {
        let mut facts = self.told();
        if let (Some(facts), serde_json::Value::Object(more)) = (facts.as_object_mut(), more) {
            facts.extend(more);
        }
        Change::updated(self.clone(), self, kind, facts)
    }

    /// Refuses one that is disabled.
    ///
    /// # Errors
    /// `webhook.not_enabled`.
    pub fn ensure_enabled(&self) -> Result<(), Refusal> {
        match self.status {
            WebhookStatus::Enabled {} => Ok(()),
            WebhookStatus::Disabled { .. } => Err(refused(NOT_ENABLED)),
        }
    }

    fn may_disable(&self) -> Result<(), Refusal> {
        match self.status {
            WebhookStatus::Enabled {} => Ok(()),
            WebhookStatus::Disabled { .. } => Err(refused(DISABLED_ALREADY)),
        }
    }

    fn may_enable(&self) -> Result<(), Refusal> {
        match self.status {
            WebhookStatus::Enabled {} => Err(refused(ENABLED_ALREADY)),
            WebhookStatus::Disabled { .. } => Ok(()),
        }
    }

    /// What its events tell: never its secret, nor its address, which may hold one.
    fn told(&self) -> serde_json::Value {
        let by = match self.status {
            WebhookStatus::Disabled { by, .. } => Some(by),
            WebhookStatus::Enabled {} => None,
        };
        json!({
            "name": self.content.name, "owner_id": self.owner, "kinds": self.content.kinds,
            "ordered": self.content.ordered, "state": self.status.state(), "disabled_by": by,
        })
    }

    fn moved(self, after: Self, kind: &'static EventKind) -> Change<Self> {
        let facts = after.told();
        Change::updated(self, after, kind, facts)
    }
}

impl WebhookContent {
    fn check(&self, plain: bool) -> Result<(), Refusal> {
        let mut findings = Findings::new();
        wording::check(&mut findings, "/name", &self.name, 60);
        wording::check(&mut findings, "/url", &self.url, 500);
        if let Some(code) = bad_url(&self.url, plain) {
            findings.add("/url", code);
        }
        if self.kinds.is_empty() {
            findings.add("/kinds", codes::REQUIRED);
        }
        for (at, pattern) in self.kinds.iter().enumerate() {
            if !is_pattern(pattern) {
                findings.add_with(format!("/kinds/{at}"), BAD_PATTERN, [("pattern", json!(pattern))]);
            }
        }
        findings.into_result()
    }
}

/// Whether a pattern is `*`, all of a noun, or one kind. Whether there are such events is not asked: those of a later version
/// may be wanted before it comes.
fn is_pattern(pattern: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    let is_kind = |(noun, verb): (&str, &str)| is_word(noun) && (verb == "*" || is_word(verb));
    pattern == "*" || (pattern.len() <= 100 && pattern.split_once('.').is_some_and(is_kind))
}

/// What is wrong with an address: its addresses on the net are looked at each time something is sent there.
fn bad_url(url: &str, plain: bool) -> Option<&'static RefusalCode> {
    let rest = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
        (Some(rest), _) => rest,
        (None, Some(rest)) if plain => rest,
        (None, Some(_)) => return Some(PLAIN_URL),
        (None, None) => return Some(BAD_URL),
    };
    let host = rest.split(['/', '?']).next().unwrap_or_default();
    let is_plain = !host.is_empty()
        && !host.contains('@')
        && !rest.contains('#')
        && url.chars().all(|c| {
            c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}')
        });
    if is_plain { None } else { Some(BAD_URL) }
}

#[cfg(test)]
mod tests;
