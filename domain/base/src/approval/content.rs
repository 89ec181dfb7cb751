//! What approvers saw of a document: a digest of each part of what it says. A decision stands for what was seen, so that a
//! document that says something else is decided anew. `[APR-6]`

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A part of what a document says.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ApprovedPart)]
#[serde(rename_all = "snake_case")]
pub enum ContentPart {
    /// Amounts, currency and rate, what is settled.
    Money,
    /// What kind of expense it is.
    Category,
    /// Who gains by it.
    Beneficiary,
    /// Who bears it: department, cost centre, campaign, region, the request it draws on.
    BudgetLine,
    /// The days it belongs to.
    Dates,
    /// Purpose, descriptions, details: the words.
    Wording,
    /// Invoices, quotes, tenders, attachments: the proof.
    Papers,
    /// All that it says, where its kind does not tell its parts apart.
    Whole,
}

crate::labels! { ContentPart = "ApprovedPart":
    Money = "money", "金额", "Amounts";
    Category = "category", "费用类别", "Category";
    Beneficiary = "beneficiary", "收款人", "Beneficiary";
    BudgetLine = "budget_line", "承担部门及预算", "Budget line";
    Dates = "dates", "日期", "Dates";
    Wording = "wording", "文字说明", "Wording";
    Papers = "papers", "票据及附件", "Papers";
    Whole = "whole", "全部内容", "The whole content";
}

impl ContentPart {
    /// Whether a change of it is decided anew whatever a policy or a return says.
    pub const fn always_counts(self) -> bool {
        !matches!(self, Self::Wording | Self::Papers)
    }
}

/// The digests of what was seen, by part.
pub type Seen = BTreeMap<ContentPart, String>;

/// The digests of what a document says.
pub fn seen_of(parts: &[(ContentPart, Value)]) -> Seen {
    parts.iter().map(|(part, said)| (*part, digest(said.to_string().as_bytes()))).collect()
}

/// One digest of all parts.
pub fn digest_of(seen: &Seen) -> String {
    let text: Vec<String> = seen.iter().map(|(part, digest)| format!("{}={digest}", part.code())).collect();
    digest(text.join("\n").as_bytes())
}

/// The parts in which two contents differ.
pub fn changed(before: &Seen, after: &Seen) -> Vec<ContentPart> {
    let all: std::collections::BTreeSet<ContentPart> = before.keys().chain(after.keys()).copied().collect();
    all.into_iter().filter(|part| before.get(part) != after.get(part)).collect()
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_change_is_found_in_its_part_and_in_the_whole() {
        let said = |purpose: &str| {
            seen_of(&[(ContentPart::Money, json!(["100.00"])), (ContentPart::Wording, json!(purpose))])
        };
        let (before, after) = (said("拜访"), said("培训"));
        assert_eq!(changed(&before, &after), [ContentPart::Wording]);
        assert!(changed(&before, &said("拜访")).is_empty());
        assert_ne!(digest_of(&before), digest_of(&after));
        assert_eq!(digest_of(&before).len(), 64);
        assert_eq!(
            changed(&Seen::new(), &before),
            [ContentPart::Money, ContentPart::Wording],
            "not known is not the same"
        );
    }
}
