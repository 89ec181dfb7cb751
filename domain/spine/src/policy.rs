//! Policies are data: versioned, effective-dated, immutable once used. `[REG-4]`

use super::{
    BusinessDate, Change, Citation, Entity, Finding, Id, Refusal, Timestamp, User, Version, codes, in_both,
    reason,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

/// The typed content of one kind of policy.
pub trait PolicyContent: Clone + Serialize + DeserializeOwned + ToSchema + Send + Sync + 'static {
    /// The kind: the first half of a policy's code, such as `approval-chain`.
    const KIND: &'static str;
    /// A sound content as JSON, which the document shows: what ships, where something does.
    const EXAMPLE: &'static str;
    /// Everything that makes the content unsound. Nothing unsound is published.
    fn findings(&self) -> Vec<Finding>;
}

/// The course of a policy version.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PolicyStatus {
    /// May still be changed; decides nothing.
    Draft,
    /// In force from its effective date until a later version's.
    Published,
}

crate::labels! { PolicyStatus = "PolicyStatus":
    Draft = "draft", "草案", "Draft";
    Published = "published", "已发布", "Published";
}

/// One version of a policy. A published version never changes; a later one supersedes it from its
/// effective date on.
#[derive(Clone, Debug, Serialize)]
pub struct Policy {
    /// Identity of this version.
    pub id: Id<Self>,
    /// `kind/name`, shared by all versions: `approval-chain/expense-claim`.
    pub code: String,
    /// 1, 2, 3 … within the code.
    pub number: i32,
    /// What it is called.
    pub title: String,
    /// Its course.
    pub status: PolicyStatus,
    /// The first business day it decides for.
    pub effective_from: BusinessDate,
    /// The content; its type follows from the kind.
    pub content: Value,
    /// The clauses it enforces.
    pub clause: String,
    /// Who published it, and when.
    pub published: Option<(Id<User>, Timestamp)>,
    /// Counts changes of this version while it is a draft.
    pub version: Version,
}

impl Entity for Policy {
    const KIND: &'static str = "policy";
    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }
    fn version(&self) -> Version {
        self.version
    }
    fn version_mut(&mut self) -> &mut Version {
        &mut self.version
    }
}

crate::events! { POLICY_EVENTS:
    POLICY_DRAFTED = "policy.drafted", "政策草案已建立", "A policy version was drafted";
    POLICY_CHANGED = "policy.changed", "政策草案已修改", "A drafted policy version was changed";
    POLICY_PUBLISHED = "policy.published", "政策已发布", "A policy version was published";
    POLICY_WITHDRAWN = "policy.withdrawn", "政策发布已撤回", "A policy version was withdrawn before it took effect";
}

crate::refusals! { POLICY_REFUSALS:
    POLICY_IMMUTABLE = "policy.immutable", Conflict, "已发布的政策版本不可修改，请新建版本", "A published policy version never changes; draft a new one";
    POLICY_NOT_PUBLISHED = "policy.not_published", Conflict, "该政策版本尚未发布", "The policy version is not published";
    POLICY_IN_FORCE = "policy.in_force", Conflict, "该政策版本自 {from} 起已生效，不可撤回", "The policy version has been in force since {from} and cannot be withdrawn";
    POLICY_USED = "policy.used", Conflict, "已有单据 {number}（业务日期 {date}）按该政策版本审批，不可撤回", "The document {number} of {date} is approved by this policy version; it cannot be withdrawn";
    POLICY_UNSOUND = "policy.unsound", Invalid, "政策有 {count} 处问题，不能发布", "The policy has {count} findings and cannot be published";
    POLICY_BACKDATED = "policy.backdated", Invalid, "生效日期 {from} 早于 {earliest}，该日之前的业务已按现行版本办理", "The effective date {from} must not be before {earliest}: what happened earlier was decided by the version in force";
    POLICY_OVERTAKEN = "policy.overtaken", Conflict, "第 {newer} 版已经发布，本版未包含其中的改动；请按第 {newer} 版另行起草", "Version {newer} was published meanwhile, and this one knows nothing of what it changed; draft a new one from it";
    POLICY_MISSING = "policy.missing", Conflict, "{date} 没有生效的政策“{code}”", "No version of the policy \"{code}\" is in force on {date}";
    POLICY_UNKNOWN_KIND = "policy.unknown_kind", Invalid, "未知的政策类型", "Unknown kind of policy";
}

/// A named action on a policy version.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PolicyActionName)]
pub enum PolicyAction {
    /// Change what a draft says.
    Revise,
    /// Put it in force from its day.
    Publish,
    /// Make it a draft again before its day.
    Withdraw,
}

crate::labels! { PolicyAction = "PolicyActionName":
    Revise = "revise", "修改", "Revise";
    Publish = "publish", "发布", "Publish";
    Withdraw = "withdraw", "撤回", "Withdraw";
}

impl Policy {
    /// Every action with the refusal it would meet. What checking the content finds stands in its findings; whether a
    /// document of a day ahead uses it is seen when it is tried. `[ACT-1]`
    pub fn actions(&self, today: BusinessDate) -> impl Iterator<Item = (PolicyAction, Result<(), Refusal>)> {
        PolicyAction::ALL.into_iter().map(move |action| match action {
            PolicyAction::Revise | PolicyAction::Publish => (action, self.ensure_draft()),
            PolicyAction::Withdraw => (action, self.may_withdraw(today)),
        })
    }

    fn ensure_draft(&self) -> Result<(), Refusal> {
        match self.status {
            PolicyStatus::Draft => Ok(()),
            PolicyStatus::Published => Err(Refusal::new(POLICY_IMMUTABLE).citing(Citation::rule("REG-4"))),
        }
    }

    /// The kind: what stands before the slash of the code.
    pub fn kind(&self) -> &str {
        self.code.split('/').next().unwrap_or_default()
    }

    /// Whether a code is `kind/name`, of small letters, digits and hyphens.
    ///
    /// # Errors
    /// `validation.format` where it is not.
    pub fn check_code(code: &str) -> Result<(), Refusal> {
        let is_word = |word: &str, digits: bool| {
            let fits = |c: char| c.is_ascii_lowercase() || c == '-' || (digits && c.is_ascii_digit());
            !word.is_empty() && word.chars().all(fits)
        };
        match code.split_once('/') {
            Some((kind, name)) if is_word(kind, false) && is_word(name, true) => Ok(()),
            _ => Err(Refusal::new(codes::BAD_FORMAT)
                .with(
                    "expected",
                    in_both(
                        "类别/名称，只用小写英文字母、数字和连字符",
                        "kind/name, of small letters, digits and hyphens",
                    ),
                )
                .citing(Citation::rule("REG-4"))
                .at("/code")),
        }
    }

    /// Starts a draft.
    pub fn draft(self) -> Change<Self> {
        let facts = json!({"code": self.code, "number": self.number});
        Change::created(Self { status: PolicyStatus::Draft, published: None, ..self }, POLICY_DRAFTED, facts)
    }

    /// Changes a draft.
    pub fn revise(
        self,
        title: String,
        effective_from: BusinessDate,
        content: Value,
        clause: String,
    ) -> Result<Change<Self>, Refusal> {
        self.ensure_draft()?;
        let facts = json!({"code": self.code, "number": self.number});
        let after = Self { title, effective_from, content, clause, ..self.clone() };
        Ok(Change::updated(self, after, POLICY_CHANGED, facts))
    }

    /// Refuses a day before `earliest`, the first for which nothing has been decided by the version before.
    ///
    /// # Errors
    /// `policy.backdated`.
    pub fn backdated(&self, earliest: BusinessDate) -> Result<(), Refusal> {
        if self.effective_from >= earliest {
            return Ok(());
        }
        Err(Refusal::new(POLICY_BACKDATED)
            .with("from", self.effective_from.to_string())
            .with("earliest", earliest.to_string())
            .citing(Citation::rule("REG-4"))
            .at("/effective_from"))
    }

    /// Puts a draft in force from its effective date. `findings` come from checking the content;
    /// `earliest` is the first day for which nothing has been decided by the version before.
    pub fn publish(
        self,
        by: Id<User>,
        now: Timestamp,
        earliest: BusinessDate,
        findings: Vec<Finding>,
    ) -> Result<Change<Self>, Refusal> {
        self.ensure_draft()?;
        self.backdated(earliest)?;
        if !findings.is_empty() {
            let mut refusal = Refusal::new(POLICY_UNSOUND).with("count", findings.len());
            refusal.findings = findings;
            return Err(refusal.citing(Citation::rule("APR-10")));
        }
        let facts = json!({"code": self.code, "number": self.number, "effective_from": self.effective_from});
        let after = Self { status: PolicyStatus::Published, published: Some((by, now)), ..self.clone() };
        Ok(Change::updated(self, after, POLICY_PUBLISHED, facts))
    }

    /// Whether it could be withdrawn now, as far as its day goes.
    ///
    /// # Errors
    /// A draft; a version that is in force, or was.
    pub fn may_withdraw(&self, today: BusinessDate) -> Result<(), Refusal> {
        let rule = Citation::rule("REG-4");
        if self.status == PolicyStatus::Draft {
            return Err(Refusal::new(POLICY_NOT_PUBLISHED).citing(rule));
        }
        if self.effective_from <= today {
            let from = self.effective_from.to_string();
            return Err(Refusal::new(POLICY_IN_FORCE).with("from", from).citing(rule));
        }
        Ok(())
    }

    /// Makes a published version a draft again before its day comes. `used` is the number and business date of a
    /// document that it may have decided already, since documents may lie ahead.
    ///
    /// # Errors
    /// As [`Policy::may_withdraw`]; a version that was used.
    pub fn withdraw(
        self,
        today: BusinessDate,
        used: Option<(String, BusinessDate)>,
    ) -> Result<Change<Self>, Refusal> {
        self.may_withdraw(today)?;
        if let Some((number, date)) = used {
            let refusal = Refusal::new(POLICY_USED).with("number", number).with("date", date.to_string());
            return Err(refusal.citing(Citation::rule("REG-4")));
        }
        let facts = json!({"code": self.code, "number": self.number, "effective_from": self.effective_from});
        let after = Self { status: PolicyStatus::Draft, published: None, ..self.clone() };
        Ok(Change::updated(self, after, POLICY_WITHDRAWN, facts))
    }
}

/// The typed content of a version in force, with what is needed to cite it.
#[derive(Clone, Debug)]
pub struct PolicyVersion<C> {
    /// Which version decides.
    pub id: Id<Policy>,
    /// `kind/name`.
    pub code: String,
    /// Its number.
    pub number: i32,
    /// The clause it enforces as a whole.
    pub clause: String,
    /// The content.
    pub content: C,
}

impl<C> PolicyVersion<C> {
    /// Cites this version for a rule; an item's own clause wins over the policy's.
    pub fn cite(&self, rule: &str, clause: Option<&str>) -> Citation {
        Citation::clause(rule, clause.unwrap_or(&self.clause)).by_policy(&self.code, self.number)
    }
}

/// Reads typed content; an unreadable one is a finding.
pub fn read_content<C: PolicyContent>(content: &Value) -> Result<C, Finding> {
    let unlike = |pointer: String, expected: Value| Finding {
        pointer,
        code: codes::BAD_FORMAT,
        params: serde_json::Map::from_iter([("expected".to_owned(), expected)]),
    };
    let read: C = serde_path_to_error::deserialize(content)
        .map_err(|error| unlike(pointer_of(error.path()), reason::told(&error.inner().to_string())))?;
    // serde takes an array for an object, member by member in their order.
    let meant = serde_json::to_value(&read)
        .map_err(|error| unlike("/content".into(), reason::told(&error.to_string())))?;
    match array_for_object(content, &meant, "/content".into()) {
        Some(pointer) => Err(unlike(pointer, reason::kind("object"))),
        None => Ok(read),
    }
}

/// Where in the content, as a JSON pointer: `/content/steps/0/code`.
fn pointer_of(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter().fold("/content".to_owned(), |at, segment| match segment {
        Segment::Seq { index } => format!("{at}/{index}"),
        Segment::Map { key } => format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")),
        // The tag of a choice, or what nobody can name, is no place of its own.
        Segment::Enum { .. } | Segment::Unknown => at,
    })
}

/// Where an array was sent for an object, if anywhere.
fn array_for_object(sent: &Value, meant: &Value, at: String) -> Option<String> {
    match (sent, meant) {
        (Value::Array(_), Value::Object(_)) => Some(at),
        (Value::Array(sent), Value::Array(meant)) => {
            let mut items = sent.iter().zip(meant).enumerate();
            items.find_map(|(index, (sent, meant))| array_for_object(sent, meant, format!("{at}/{index}")))
        }
        (Value::Object(sent), Value::Object(meant)) => sent.iter().find_map(|(name, sent)| {
            meant.get(name).and_then(|meant| array_for_object(sent, meant, format!("{at}/{name}")))
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
    struct Bands {
        bands: Vec<Band>,
    }
    #[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
    struct Band {
        days: i64,
    }
    impl PolicyContent for Bands {
        const KIND: &'static str = "bands";
        const EXAMPLE: &'static str = r#"{"bands": []}"#;
        fn findings(&self) -> Vec<Finding> {
            Vec::new()
        }
    }

    #[test]
    fn what_cannot_be_read_is_found_where_it_stands() {
        let found = |content: Value| read_content::<Bands>(&content).expect_err("a finding");
        let deep = found(json!({"bands": [{"days": 1}, {"days": "two"}]}));
        assert_eq!(deep.pointer, "/content/bands/1/days");
        assert_eq!(deep.params["expected"]["zh-CN"], "数据类型不符");
        assert_eq!(found(json!({"bands": [{}]})).pointer, "/content/bands/0");
    }

    #[test]
    fn an_array_is_no_object() {
        let refused = |content: Value| read_content::<Bands>(&content).err().map(|found| found.pointer);
        assert_eq!(refused(json!({"bands": [{"days": 1}]})), None);
        assert_eq!(refused(json!({"bands": [{"days": 1}, [2]]})), Some("/content/bands/1".into()));
        assert_eq!(refused(json!([[]])), Some("/content".into()));
    }
}
