//! What may be done with an endpoint now, and if not why: front ends hold no copy of the rules. `[ACT-1]`

use super::*;

/// A named action on a webhook endpoint.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = WebhookActionName)]
pub enum WebhookAction {
    /// Change what is said of it.
    Revise,
    /// Replace its secret.
    RotateSecret,
    /// Send it a test event.
    Test,
    /// Send it one event again.
    Resend,
    /// Send it everything again from a place of the feed on.
    Replay,
    /// Tell it of events again.
    Enable,
    /// Tell it nothing any more.
    Disable,
}

crate::labels! { WebhookAction = "WebhookActionName":
    Revise = "revise", "修改", "Revise";
    RotateSecret = "rotate_secret", "更换密钥", "Rotate the secret";
    Test = "test", "发送测试", "Send a test";
    Resend = "resend", "重新推送", "Resend";
    Replay = "replay", "从某序号起重推", "Replay";
    Enable = "enable", "启用", "Enable";
    Disable = "disable", "停用", "Disable";
}

impl WebhookEndpoint {
    /// Every action with the refusal it would meet.
    pub fn actions(&self) -> impl Iterator<Item = (WebhookAction, Result<(), Refusal>)> {
        WebhookAction::ALL.into_iter().map(move |action| {
            let allowed = match action {
                WebhookAction::Revise | WebhookAction::RotateSecret | WebhookAction::Test => Ok(()),
                WebhookAction::Resend | WebhookAction::Replay => self.ensure_enabled(),
                WebhookAction::Enable => self.may_enable(),
                WebhookAction::Disable => self.may_disable(),
            };
            (action, allowed)
        })
    }
}
