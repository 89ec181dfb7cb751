//! Where a queue stands: whose turn it is, who is there, who receives. No visitor stands in it, so that it may hang on a
//! wall. `[QUE-1 … QUE-3]`

use super::{
    absent,
    row::{EntryRow, Row, entries_of, find, find_row},
};
use crate::{
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register},
    spine::{Failure, Page, Reader, Refers, Slice, View},
};
use chrono::NaiveDate;
use domain::{
    reception_queue::{PassedOver, QueueEntry, QueueState, Queued, ReceptionQueue, Turn, verify},
    spine::{AnyId, EmployeeId, Id, Timestamp, Version},
};
use serde::Serialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// A place in a queue.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReceptionPlace)]
pub struct PlaceView {
    /// Whose.
    pub employee: PersonRef,
    /// Why a turn would pass them over now; null where they could take it.
    pub passed_over: Option<PassedOver>,
    /// How many receptions of theirs are open.
    #[schema(minimum = 0)]
    pub receiving: usize,
    /// How many turns were given back to them and are still to come: those come first.
    #[schema(minimum = 0)]
    pub given_back: usize,
}

/// A lunch duty.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReceptionLunchDuty)]
pub struct LunchDutyView {
    /// Whose.
    pub employee: PersonRef,
    /// From this instant.
    pub from: Timestamp,
    /// Until before this one.
    pub until: Timestamp,
}

/// The queue of a site for a day.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReceptionQueue)]
pub struct QueueView {
    /// Its identity.
    pub id: AnyId,
    /// Of which site.
    pub site_id: AnyId,
    /// The department that receives there.
    pub department: NamedRef,
    /// Of which day.
    pub on: NaiveDate,
    /// Whether turns are not kept now.
    pub is_suspended: bool,
    /// Whose turn it is now; null where nobody is there, turns are not kept, or it is not today's.
    pub next: Option<PersonRef>,
    /// How the next reception would use the queue.
    pub next_turn: Option<Turn>,
    /// The order of the day, whose turn it is by it first.
    #[schema(max_items = 200)]
    pub places: Vec<PlaceView>,
    /// The lunch duties.
    #[schema(max_items = 200)]
    pub lunch_duties: Vec<LunchDutyView>,
    /// How many entries its ledger has.
    #[schema(minimum = 1)]
    pub entries: usize,
    /// The hash of the last of them.
    #[schema(max_length = 64)]
    pub head: String,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for QueueView {
    const REFERS: &'static [Refers] = &[Refers::to("department", &DEPARTMENT), Refers::to("next", &EMPLOYEE)];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/reception-queues/{}", self.id))
    }
}

/// How a queue at hand is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, queue: ReceptionQueue) -> Result<QueueView, Failure> {
    let (state, now) = (queue.state(), reader.now());
    let away = absent(reader, &state.order)?;
    let register = Register::of(reader)?;
    let keeps_turns = !state.is_suspended && queue.on == reader.today();
    let next = if keeps_turns { state.next_at(&away, now).ok() } else { None };
    let lunch = state.lunch.iter().map(|duty| {
        Ok(LunchDutyView { employee: register.named(duty.employee)?, from: duty.from, until: duty.until })
    });
    Ok(QueueView {
        id: queue.id.uuid().into(),
        site_id: queue.site.uuid().into(),
        department: register.placed(queue.department)?,
        on: queue.on,
        is_suspended: state.is_suspended,
        next_turn: next.as_ref().map(|(_, turn)| *turn),
        next: next.map(|(call, _)| register.named(call.next)).transpose()?,
        places: places(&register, &state, &away)?,
        lunch_duties: lunch.collect::<Result<_, Failure>>()?,
        entries: queue.entries.len(),
        head: queue.head().to_owned(),
        version: queue.version,
    })
}

fn places(
    register: &Register,
    state: &QueueState,
    away: &BTreeSet<EmployeeId>,
) -> Result<Vec<PlaceView>, Failure> {
    let (before, from) = state.order.split_at(state.next.min(state.order.len()));
    let place = |who: &EmployeeId| {
        Ok(PlaceView {
            employee: register.named(*who)?,
            passed_over: state.passes_over(*who, away),
            receiving: state.open_of(*who),
            given_back: state.restored.iter().filter(|one| *one == who).count(),
        })
    };
    from.iter().chain(before).map(place).collect()
}

/// One queue in the caller's sight.
///
/// # Errors
/// Not found where they may not see it.
pub fn view(reader: &mut Reader<'_>, id: Id<ReceptionQueue>) -> Result<QueueView, Failure> {
    let queue = find(reader, id)?;
    show(reader, queue)
}

/// An entry of the ledger of a queue.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReceptionQueueEntry)]
pub struct EntryView {
    /// Its place: from 1 on, without a gap.
    #[schema(minimum = 1)]
    pub sequence: u32,
    /// When.
    pub at: Timestamp,
    /// What: `arranged`, `received`, `passed_over` …
    #[schema(max_length = 40, example = "passed_over")]
    pub kind: String,
    /// By whom.
    pub by: Option<PersonRef>,
    /// Whom it is about.
    pub employee: Option<PersonRef>,
    /// The reception.
    pub reception_id: Option<AnyId>,
    /// How that used the queue.
    pub turn: Option<Turn>,
    /// Why somebody was passed over.
    pub passed_over: Option<PassedOver>,
    /// Why somebody stepped out, or the queue was suspended or set anew.
    #[schema(max_length = 500)]
    pub reason: Option<String>,
    /// The order that was set.
    #[schema(max_items = 200)]
    pub order: Vec<PersonRef>,
    /// SHA-256 over the one before it and this one.
    #[schema(max_length = 64)]
    pub hash: String,
}

impl View for EntryView {}

fn shown(register: &Register, entry: QueueEntry) -> Result<EntryView, Failure> {
    let QueueEntry { sequence, at, by, what, hash } = entry;
    let (employee, reception) = what.about();
    let (mut turn, mut passed_over, mut reason, mut order) = (None, None, None, Vec::new());
    let kind = what.code().to_owned();
    match what {
        Queued::Arranged { roster, reason: why } => {
            order = roster.order.into_iter().map(|who| register.named(who)).collect::<Result<_, _>>()?;
            reason = why;
        }
        Queued::Suspended { reason: why } | Queued::SteppedOut { reason: why, .. } => reason = Some(why),
        Queued::PassedOver { because, .. } => passed_over = Some(because),
        Queued::Received { turn: used, .. } => turn = Some(used),
        Queued::Resumed {} | Queued::SteppedBack { .. } | Queued::Ended { .. } | Queued::Restored { .. } => {}
    }
    Ok(EntryView {
        sequence,
        at,
        kind,
        by: by.map(|by| register.named(by)).transpose()?,
        employee: employee.map(|who| register.named(who)).transpose()?,
        reception_id: reception,
        turn,
        passed_over,
        reason,
        order,
        hash,
    })
}

/// What happened in a queue, in order.
///
/// # Errors
/// Not found where the caller does not see it.
pub fn entries(
    reader: &mut Reader<'_>,
    id: Id<ReceptionQueue>,
    page: &Page,
) -> Result<Slice<EntryView>, Failure> {
    let queue = find(reader, id)?;
    let register = Register::of(reader)?;
    Slice::of(queue.entries, page).try_map(|entry| shown(&register, entry))
}

/// Whether the ledger of a queue is whole.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReceptionQueueVerification)]
pub struct VerificationView {
    /// How many entries were read.
    #[schema(minimum = 0)]
    pub entries: u32,
    /// Whether none was altered, put in or taken out.
    pub is_sound: bool,
    /// The first that was altered, or in whose place one is missing.
    pub broken_at: Option<u32>,
}

impl View for VerificationView {}

/// Proves the ledger of a queue in the caller's sight.
///
/// # Errors
/// Not found where they do not see it.
pub fn verification(reader: &mut Reader<'_>, id: Id<ReceptionQueue>) -> Result<VerificationView, Failure> {
    let Row { id: key, entries: count, head, .. } = find_row(reader, id)?;
    let rows = entries_of(reader, key)?;
    let count = u32::try_from(count).unwrap_or(0);
    // What is no entry any more breaks the chain where it stands.
    let readable: Vec<QueueEntry> = rows.into_iter().map_while(EntryRow::entry).collect();
    let verdict = verify(id, &readable, (count, &head));
    Ok(VerificationView {
        entries: verdict.entries,
        is_sound: verdict.broken_at.is_none(),
        broken_at: verdict.broken_at,
    })
}
