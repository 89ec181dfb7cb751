//! What is done with an announcement: drafted, published to an audience that is frozen then, taken back, read and answered.
//! `[NOT-1a]`

use super::{
    apply,
    receipt::{Row, errand_code},
    reminder::{Reminders, run_errands_of},
    row::find_unscoped as announcement,
};
use crate::{
    identity::account,
    notice_preference, operation as operations,
    organisation::{Organisation, department, employee, position, referred},
    schema::announcement_receipts as receipts,
    spine::{Failure, House, Instant, Key, Reader, Told, Tx, db, insert_all, next_number},
};
use diesel::prelude::*;
use domain::{
    announcement::{
        Announcement, AnnouncementContent, Audience, Errand, NUMBER_PREFIX, READERS_OUT_OF_REACH, Receipt,
    },
    approval::Directory,
    operation::{self, OperationStatus},
    organisation::PositionId,
    spine::{EmployeeId, Id, Refusal},
};
use std::collections::{BTreeSet, HashMap};

/// Drafts an announcement.
///
/// # Errors
/// What it says or names is not sound.
pub fn draft(tx: &mut Tx<'_>, content: AnnouncementContent) -> Result<Announcement, Failure> {
    refer(tx, &content)?;
    let number = next_number(tx, NUMBER_PREFIX)?;
    let change = Announcement::draft((tx.id(), number), content, tx.actor(), (tx.now(), tx.today()))?;
    apply(tx, change)
}

/// Changes what a draft says.
///
/// # Errors
/// As [`draft`]; where it is no draft of the caller's.
pub fn revise(
    tx: &mut Tx<'_>,
    found: Announcement,
    content: AnnouncementContent,
) -> Result<Announcement, Failure> {
    refer(tx, &content)?;
    let change = found.revise(content, tx.actor(), tx.today())?;
    apply(tx, change)
}

/// Refuses what names something that is not there, or that the caller may not see.
fn refer(reader: &mut Reader<'_>, content: &AnnouncementContent) -> Result<(), Failure> {
    let Audience { everybody: _, departments, positions, employees } = &content.audience;
    for (at, id) in departments.iter().enumerate() {
        department::refer(reader, *id, &format!("/audience/department_ids/{at}"))?;
    }
    for (at, id) in positions.iter().enumerate() {
        position::refer(reader, *id, &format!("/audience/position_ids/{at}"))?;
    }
    for (at, id) in employees.iter().enumerate() {
        employee::refer(reader, *id, &format!("/audience/employee_ids/{at}"))?;
    }
    match content.corrects {
        Some(corrects) => referred(super::find(reader, corrects), "/corrects_id").map(drop),
        None => Ok(()),
    }
}

/// Publishes a draft: resolves its audience to those who work here today, and opens a receipt for each of them in a few
/// statements. The audit trail has one entry, the feed one event, however many they are.
///
/// # Errors
/// `announcement.readers_out_of_reach`; what publishing is refused with.
pub fn publish(tx: &mut Tx<'_>, found: Announcement) -> Result<Announcement, Failure> {
    let readers = readers(tx, &found)?;
    let change = found.publish(readers.len(), tx.actor(), (tx.now(), tx.today()))?;
    let published = apply(tx, change)?;
    open_receipts(tx, &published, &readers)?;
    run_errands_of(tx, published.id)?;
    Ok(published)
}

/// Tells somebody something in the name of the product.
///
/// # Errors
/// Where the database fails.
pub fn tell(tx: &mut Tx<'_>, to: EmployeeId, title: String, text: String) -> Result<(), Failure> {
    let number = next_number(tx, NUMBER_PREFIX)?;
    let change = Announcement::tell((tx.id(), number), (title, text), to, tx.now());
    let told = apply(tx, change)?;
    open_receipts(tx, &told, &[to])
}

/// Whether whoever asked for a long operation is told of it: how it ended, unless they ended it.
pub(super) fn is_told_to_asker(_: &'static House, kind: &'static str) -> bool {
    [operation::SUCCEEDED.name, operation::FAILED.name].contains(&kind)
}

/// Tells whoever asked for a long operation how it ended; nobody, where that is a service. `[OPR-2]`
pub(super) fn tell_asker(tx: &mut Tx<'_>, told: &Told) -> Result<(), Failure> {
    let ended = operations::find_unscoped(tx, Id::from_uuid(told.entity))?;
    let Some(asker) = account::load(tx, ended.asker)?.details.employee else { return Ok(()) };
    let ((kind_zh, kind_en), (done, total)) = (&ended.called, (ended.progress.done, ended.progress.total));
    let counted = total.map_or_else(|| done.to_string(), |total| format!("{done} / {total}"));
    let (zh, en, text) = match &ended.status {
        OperationStatus::Failed { problem, .. } => {
            ("未能完成", "not completed", format!("{}。\n{}.\n{counted}", problem.zh, problem.en))
        }
        _ => ("已完成", "done", format!("可查看处理结果。Its result can be seen now.\n{counted}")),
    };
    let title: String =
        format!("{kind_zh}{zh} / {kind_en}: {en}：{}", ended.title).chars().take(200).collect();
    tell(tx, asker, title, text)
}

/// Whom an audience covers today: everybody who works here, but for who publishes it.
fn readers(reader: &mut Reader<'_>, of: &Announcement) -> Result<Vec<EmployeeId>, Failure> {
    let (organisation, today) = (Organisation::today(reader)?, reader.today());
    let audience = &of.content.audience;
    let positions = match audience.positions.is_empty() {
        true => HashMap::new(),
        false => codes_of(reader, &audience.positions)?,
    };
    let is_meant = |employee: EmployeeId, position: Option<&str>| {
        let mut here = organisation.department_of(employee);
        let path = std::iter::from_fn(|| {
            let department = here?;
            here = organisation.department_parent(department);
            Some(department)
        });
        audience.covers(employee, position.and_then(|code| positions.get(code).copied()), path)
    };
    let members = organisation.members(today).values();
    let meant = members.filter(|member| is_meant(member.employee, member.position.as_deref()));
    let meant: Vec<_> =
        meant.map(|member| member.employee).filter(|employee| of.publisher != Some(*employee)).collect();
    within_reach(reader, &organisation, &meant)?;
    Ok(meant)
}

fn codes_of(
    reader: &mut Reader<'_>,
    positions: &BTreeSet<PositionId>,
) -> Result<HashMap<String, PositionId>, Failure> {
    let ids: Vec<_> = positions.iter().copied().collect();
    let named = position::names(reader, &ids)?;
    Ok(named.into_iter().map(|name| (name.code, PositionId::from_uuid(name.id.uuid()))).collect())
}

/// Refuses readers who neither work in a department in reach nor stand below the caller.
fn within_reach(
    reader: &Reader<'_>,
    organisation: &Organisation,
    readers: &[EmployeeId],
) -> Result<(), Failure> {
    let (reach, by) = (reader.reach(), reader.actor());
    if reach.all {
        return Ok(());
    }
    let covered = |employee: &&EmployeeId| {
        let department = organisation.department_of(**employee);
        department.is_some_and(|department| reach.covers(department, false))
            || organisation.line_of(**employee).iter().any(|superior| by.is(*superior))
    };
    match readers.iter().filter(|employee| !covered(employee)).count() {
        0 => Ok(()),
        count => Err(Refusal::new(READERS_OUT_OF_REACH).with("count", count).at("/audience").into()),
    }
}

/// Opens a receipt for each reader, with the instant at which they are reminded.
fn open_receipts(tx: &mut Tx<'_>, of: &Announcement, readers: &[EmployeeId]) -> Result<(), Failure> {
    let published = tx.now();
    let reminders = Reminders::of(tx, published, readers)?;
    let usual = reminders.due(published, &[]);
    let muting = notice_preference::who_mutes(tx, of, readers)?;
    let rows: Vec<Row> = readers
        .iter()
        .map(|reader| {
            let remind_at = match reminders.away.get(reader) {
                _ if muting.contains(reader) => None,
                None => usual,
                Some(away) => reminders.due(published, away),
            };
            Row::from(&Receipt::open(tx.id(), of, *reader, remind_at))
        })
        .collect();
    insert_all!(tx, receipts::table, &rows);
    Ok(())
}

/// Takes an announcement back: nobody is reminded of it any more, and no answer is asked.
///
/// # Errors
/// What withdrawing is refused with.
pub fn withdraw(tx: &mut Tx<'_>, found: Announcement, reason: String) -> Result<Announcement, Failure> {
    let change = found.withdraw(reason, tx.actor(), tx.now())?;
    let withdrawn = apply(tx, change)?;
    let mine = receipts::announcement_id.eq(Key::from(withdrawn.id));
    db!(tx, |c| diesel::update(receipts::table.filter(mine.and(receipts::remind_at.is_not_null())))
        .set(receipts::remind_at.eq(None::<Instant>))
        .execute(c))?;
    if withdrawn.content.wanted.answer_by().is_some() {
        let (ask, call_off) = (errand_code(Errand::Ask), errand_code(Errand::CallOff));
        let asked = receipts::errand.is_null().and(receipts::answered_at.is_null());
        db!(tx, |c| diesel::update(receipts::table.filter(mine.and(asked)))
            .set(receipts::errand.eq(call_off))
            .execute(c))?;
        db!(tx, |c| diesel::update(receipts::table.filter(mine.and(receipts::errand.eq(ask))))
            .set(receipts::errand.eq(None::<String>))
            .execute(c))?;
        run_errands_of(tx, withdrawn.id)?;
    }
    Ok(withdrawn)
}

/// Notes that the caller has read a notice; the first reading counts.
///
/// # Errors
/// Where it is another's.
pub fn read(tx: &mut Tx<'_>, found: Receipt) -> Result<Receipt, Failure> {
    let of = announcement(tx, found.announcement)?;
    match found.clone().read(&of, tx.actor(), tx.now())? {
        Some(change) => tx.apply(change),
        None => Ok(found),
    }
}

/// Replies 收到.
///
/// # Errors
/// What the reply is refused with.
pub fn receive(tx: &mut Tx<'_>, found: Receipt) -> Result<Receipt, Failure> {
    let of = announcement(tx, found.announcement)?;
    let change = found.receive(&of, tx.actor(), tx.now())?;
    tx.apply(change)
}

/// Answers a notice.
///
/// # Errors
/// What the answer is refused with.
pub fn answer(tx: &mut Tx<'_>, found: Receipt, text: String) -> Result<Receipt, Failure> {
    let of = announcement(tx, found.announcement)?;
    let change = found.answer(&of, text, tx.actor(), tx.now())?;
    tx.apply(change)
}
