//! Whom documents were sent to, gone through again by another chain: by the plan of their submission, not by what approvers
//! handed on later. `[REG-7; APR-1]`

use crate::{
    organisation::Past,
    policy,
    policy_replay::{Asked, Played, Replayable, Replayer},
    schema::{approval_history, approvals},
    spine::{Failure, Instant, Key, Reader, db},
};
use diesel::prelude::*;
use domain::{
    approval::{ChainPolicy, Plan, Subject, plan, replay::outcome},
    policy_replay::{Case, PAGE, Results, Said},
    spine::{Id, Permission, Policy, PolicyContent, PolicyVersion, Timestamp, read_content},
};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

/// Approver routing as a decision that can be replayed.
pub(super) const REPLAYED: &Replayable =
    &Replayable { decision: DECISION, kind: ChainPolicy::KIND, begin: |_, asked| begin(asked) };

const DECISION: &str = "approver_routing";

type Chain = PolicyVersion<ChainPolicy>;

struct Routing {
    asked: Asked,
    draft: Chain,
    after: Option<Key>,
    past: Past,
    /// The versions that documents were sent by, as far as they are met; none of one that cannot be read any more.
    versions: HashMap<Id<Policy>, Option<Arc<Chain>>>,
}

fn begin(asked: &Asked) -> Result<Box<dyn Replayer>, Failure> {
    let draft = asked.version::<ChainPolicy>()?;
    let (past, versions) = (Past::default(), HashMap::new());
    Ok(Box::new(Routing { asked: asked.clone(), draft, after: None, past, versions }))
}

#[derive(Queryable)]
struct Row {
    id: Key,
    subject: String,
    plan: String,
    started_at: Instant,
}

impl Replayer for Routing {
    fn page(&mut self, reader: &mut Reader<'_>) -> Result<Played, Failure> {
        let rows = self.rows(reader)?;
        self.after = rows.last().map(|row| row.id).or(self.after);
        let resolved = resolved_at(reader, &rows)?;
        let mut played = Played::of_page(&rows);
        let reach = reader.actor().reach(Permission::OverseeApprovals);
        for row in rows {
            let subject: Subject = serde_json::from_str(&row.subject)?;
            let is_own = reader.actor().employee.is_some_and(|me| subject.parties().contains(&me));
            if !reach.covers(subject.department, is_own) {
                played.out_of_reach += 1;
                continue;
            }
            let at = resolved.get(&row.id).copied().unwrap_or_else(|| row.started_at.into());
            let plan: Plan = serde_json::from_str(&row.plan)?;
            played.cases.push(self.case(reader, subject, &plan, at)?);
        }
        Ok(played)
    }
}

impl Routing {
    /// The next documents that met the chain, in the order of keys.
    fn rows(&self, reader: &mut Reader<'_>) -> Result<Vec<Row>, Failure> {
        let Asked { draft, period, until } = &self.asked;
        // The plan begins with the version it was made by.
        let by_chain = format!("%\"code\":{},\"number\":%", serde_json::to_string(&draft.code)?);
        let after = self.after.unwrap_or(Key(uuid::Uuid::nil()));
        Ok(db!(reader, |c| approvals::table
            .filter(approvals::id.gt(after))
            .filter(approvals::business_date.between(period.from, period.to))
            .filter(approvals::started_at.le(Instant::from(*until)))
            .filter(approvals::plan.like(&by_chain))
            .order(approvals::id)
            .limit(PAGE)
            .select((approvals::id, approvals::subject, approvals::plan, approvals::started_at))
            .load(c))?)
    }

    fn case(
        &mut self,
        reader: &mut Reader<'_>,
        subject: Subject,
        stored: &Plan,
        at: Timestamp,
    ) -> Result<Case, Failure> {
        let then = self.version(reader, stored.policy.id)?;
        let known = self.past.at(reader, at)?;
        let day = at.date_in(reader.zone());
        let results = match (then, known) {
            (_, Err(missing)) => Results::Undetermined(missing),
            (None, _) => Results::Undetermined(Said::new(
                format!("当时的审批链（第 {} 版）已无法读取", stored.policy.number),
                format!("version {} of the chain, which cannot be read any more", stored.policy.number),
            )),
            (Some(then), Ok(organisation)) => {
                let current = plan(&then, &subject, &*organisation, day);
                let draft = plan(&self.draft, &subject, &*organisation, day);
                Results::Determined {
                    stored: Some(outcome(stored, Some(&then.content), &subject, &*organisation)),
                    current: outcome(&current, Some(&then.content), &subject, &*organisation),
                    draft: outcome(&draft, Some(&self.draft.content), &subject, &*organisation),
                }
            }
        };
        let document = (subject.kind.as_str(), subject.document);
        Ok(self.asked.case(DECISION, document, subject.number, subject.business_date, results))
    }

    /// The version that a document was sent by.
    fn version(&mut self, reader: &mut Reader<'_>, id: Id<Policy>) -> Result<Option<Arc<Chain>>, Failure> {
        if let Some(known) = self.versions.get(&id) {
            return Ok(known.clone());
        }
        let Policy { code, number, clause, content, .. } = policy::find(reader, id)?;
        let content = read_content::<ChainPolicy>(&content).ok();
        let version = content.map(|content| Arc::new(PolicyVersion { id, code, number, clause, content }));
        self.versions.insert(id, version.clone());
        Ok(version)
    }
}

/// When the plan of each was made: with its submission, or the last one by which it was made anew.
fn resolved_at(reader: &mut Reader<'_>, rows: &[Row]) -> Result<BTreeMap<Key, Timestamp>, Failure> {
    let keys: Vec<Key> = rows.iter().map(|row| row.id).collect();
    last_told(reader, &keys, &["submitted", "resubmitted_anew"])
}

/// Goes through a page of documents that have approvals, in the order of keys: those that were submitted by then, each with its
/// approval and when that was. What the asker may not see is counted alone.
///
/// # Errors
/// What the case of one fails by, and where the database does.
pub fn play_submitted<R>(
    reader: &mut Reader<'_>,
    asked: &Asked,
    rows: &[R],
    approval: fn(&R) -> Option<Key>,
    is_seen: fn(&Reader<'_>, &R) -> bool,
    mut case: impl FnMut(&mut Reader<'_>, &R, (Key, Timestamp)) -> Result<Case, Failure>,
) -> Result<Played, Failure> {
    let approvals: Vec<Key> = rows.iter().filter_map(approval).collect();
    let submitted = submitted_at(reader, &approvals)?;
    let mut played = Played::of_page(rows);
    for row in rows {
        let at = approval(row).and_then(|approval| Some((approval, *submitted.get(&approval)?)));
        match at.filter(|(_, at)| *at <= asked.until) {
            None => {}
            Some(_) if !is_seen(reader, row) => played.out_of_reach += 1,
            Some(at) => played.cases.push(case(reader, row, at)?),
        }
    }
    Ok(played)
}

/// When the document of each approval was submitted the last time.
fn submitted_at(reader: &mut Reader<'_>, keys: &[Key]) -> Result<BTreeMap<Key, Timestamp>, Failure> {
    last_told(reader, keys, &["submitted", "resubmitted_anew", "resubmitted_continued"])
}

fn last_told(
    reader: &mut Reader<'_>,
    keys: &[Key],
    kinds: &[&str],
) -> Result<BTreeMap<Key, Timestamp>, Failure> {
    let told: Vec<(Key, Instant)> = db!(reader, |c| approval_history::table
        .filter(approval_history::approval_id.eq_any(keys))
        .filter(approval_history::kind.eq_any(kinds))
        .order((approval_history::approval_id, approval_history::number))
        .select((approval_history::approval_id, approval_history::at))
        .load(c))?;
    // The last of each stays.
    Ok(told.into_iter().map(|(approval, at)| (approval, at.into())).collect())
}
