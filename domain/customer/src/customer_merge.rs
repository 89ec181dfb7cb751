//! Merges of files (客户档案合并): two files turn out to be of one customer; one is kept and takes what it lacks from the
//! other, which stays as it was behind it. A merge can be undone: then each stands for itself again. `[CUS-3]`
//!
//! Registrations, interactions and what is known of ownership stay with the file they were written for: history is not
//! rewritten. Files that two people own are not merged: that is for a ruling first.

/// What the kept file takes, and gives back.
mod taken;

pub use taken::Taken;

use crate::{
    customer_file::{Customer, CustomerId, CustomerStatus, Standing},
    spine::{
        Actor, Change, Citation, Entity, Id, Permission, Refusal, RefusalCode, Timestamp, UserId, Version,
    },
};
use chrono::Duration;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

crate::refusals! { CUSTOMER_MERGE_REFUSALS:
    SAME = "customer_merge.same_file", Invalid, "不能与自身合并", "A file is not merged with itself";
    OTHER_KIND = "customer_merge.other_kind", Conflict, "个人客户与企业客户的档案不能合并", "The file of a person is not merged with that of a company";
    OWNED_BY_ANOTHER = "customer_merge.owned_by_another", Conflict, "两份档案归属不同人（{kept}、{merged}），请先裁决归属", "The files are owned by two people, {kept} and {merged}: that is ruled on first";
    KEEP_OWNED = "customer_merge.keep_owned", Conflict, "请保留有归属人的档案（{number}）", "Keep the file that somebody owns, {number}";
    SEAL_FIRST = "customer_merge.seal_first", Conflict, "客户 {number} 的个人信息已加密保存，请先将保留的档案划为同等级别", "What is personal of customer {number} is sealed: classify the file that is kept alike first";
    IN_THE_MIDST = "customer_merge.in_the_midst", Conflict, "客户 {number} 有未了结的归属争议或成交，了结后再合并", "Customer {number} is disputed or has an open deal; merge once that is settled";
    OUT_OF_REACH = "customer_merge.out_of_reach", Forbidden, "您的权限须覆盖两份档案所属部门", "Both files must lie within your reach";
    UNDONE_ALREADY = "customer_merge.undone_already", Conflict, "该合并已撤销", "The merge has been undone";
    TOO_LATE = "customer_merge.too_late", Conflict, "合并只能在 {days} 天内撤销", "A merge can be undone within {days} days";
    GONE = "customer_merge.gone", Conflict, "客户 {number} 的档案已{state}，合并不能再撤销", "The file of customer {number} is {state}; the merge can no longer be undone";
}

crate::events! { CUSTOMER_MERGE_EVENTS:
    DONE = "customer_merge.done", "客户档案已合并", "Two files of a customer were merged";
    UNDONE = "customer_merge.undone", "客户档案合并已撤销", "A merge of files was undone";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[CUSTOMER_MERGE_REFUSALS],
    events: &[CUSTOMER_MERGE_EVENTS],
    enums: &[],
};

/// That a merge was undone.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Undoing {
    /// When.
    pub at: Timestamp,
    /// The account that did.
    pub by: UserId,
    /// Why: 1 to 500 characters.
    pub reason: String,
}

/// A merge of two files.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct CustomerMerge {
    /// Identity.
    pub id: Id<Self>,
    /// The file that is kept.
    pub kept: CustomerId,
    /// The file behind it.
    pub merged: CustomerId,
    /// What the kept file took of the other, by places: nothing personal.
    pub taken: Taken,
    /// Why: 1 to 500 characters.
    pub reason: String,
    /// The account that merged them.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
    /// That it was undone.
    pub undone: Option<Undoing>,
    /// Counts its states.
    pub version: Version,
}

impl Entity for CustomerMerge {
    const KIND: &'static str = "customer_merge";
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

fn refused(code: &'static RefusalCode) -> Refusal {
    Refusal::new(code).citing(Citation::rule("CUS-3"))
}

/// A file with where its customer stands.
pub struct Side<'a> {
    /// The file.
    pub file: &'a Customer,
    /// Where the customer stands.
    pub standing: &'a Standing,
    /// The name of the owner.
    pub owner: Option<&'a str>,
    /// Whether a dispute or a deal is open.
    pub is_in_the_midst: bool,
}

/// Whether a caller supervises customers as far as both files.
fn refuse_stranger(standings: [&Standing; 2], by: &Actor) -> Result<(), Refusal> {
    let reach = by.reach(Permission::SuperviseCustomers);
    if standings.iter().all(|standing| reach.covers(standing.department, false)) {
        return Ok(());
    }
    Err(refused(OUT_OF_REACH))
}

/// Whether two files may be merged.
///
/// # Errors
/// What stands against it.
pub fn may_merge(kept: &Side<'_>, merged: &Side<'_>, by: &Actor) -> Result<(), Refusal> {
    if kept.file.id == merged.file.id {
        return Err(refused(SAME).at("/merged_id"));
    }
    refuse_stranger([kept.standing, merged.standing], by)?;
    kept.file.ensure_active()?;
    merged.file.ensure_active()?;
    if kept.file.content.kind != merged.file.content.kind {
        return Err(refused(OTHER_KIND));
    }
    if merged.file.content.personal.is_sealed && !kept.file.content.personal.is_sealed {
        return Err(refused(SEAL_FIRST).with("number", merged.file.number.clone()));
    }
    if let Some(side) = [kept, merged].into_iter().find(|side| side.is_in_the_midst) {
        return Err(refused(IN_THE_MIDST).with("number", side.file.number.clone()));
    }
    match (kept.standing.owner, merged.standing.owner) {
        (None, Some(_)) => Err(refused(KEEP_OWNED).with("number", merged.file.number.clone())),
        (Some(one), Some(other)) if one != other => {
            let named = |owner: Option<&str>| owner.unwrap_or_default().to_owned();
            let refusal = refused(OWNED_BY_ANOTHER).with("kept", named(kept.owner));
            Err(refusal.with("merged", named(merged.owner)))
        }
        _ => Ok(()),
    }
}

impl CustomerMerge {
    /// Writes down that two files were merged.
    pub fn done(
        id: Id<Self>,
        (kept, merged): (CustomerId, CustomerId),
        taken: Taken,
        reason: String,
        by: &Actor,
        at: Timestamp,
    ) -> Change<Self> {
        let facts = json!({"kept_id": kept, "merged_id": merged});
        let merge = Self { id, kept, merged, taken, reason, by: by.user, at, undone: None, version: 0 };
        Change::created(merge, DONE, facts)
    }

    /// Undoes it: each file stands for itself again.
    ///
    /// # Errors
    /// `customer_merge.undone_already`; `customer_merge.too_late`; `customer_merge.gone` where one of the files is no longer what it was left as.
    pub fn undo(
        self,
        (kept, merged): (&Side<'_>, &Side<'_>),
        reason: String,
        within_days: u32,
        (by, at): (&Actor, Timestamp),
    ) -> Result<Change<Self>, Refusal> {
        refuse_stranger([kept.standing, merged.standing], by)?;
        if self.undone.is_some() {
            return Err(refused(UNDONE_ALREADY));
        }
        if at > self.at.plus(Duration::days(within_days.into())) {
            return Err(refused(TOO_LATE).with("days", within_days));
        }
        let is_behind =
            matches!(merged.file.status, CustomerStatus::Merged { into, .. } if into == self.kept);
        let is_kept = kept.file.status == CustomerStatus::Active;
        for (side, is_as_left) in [(kept, is_kept), (merged, is_behind)] {
            if !is_as_left {
                let refusal = refused(GONE).with("number", side.file.number.clone());
                return Err(refusal.with_label("state", side.file.status.state()));
            }
        }
        let after = Self { undone: Some(Undoing { at, by: by.user, reason }), ..self.clone() };
        let facts = json!({"kept_id": self.kept, "merged_id": self.merged});
        Ok(Change::updated(self, after, UNDONE, facts))
    }
}

#[cfg(test)]
mod tests;
