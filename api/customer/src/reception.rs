//! Receptions over HTTP. `[QUE-1, QUE-2, OWN-3, OWN-7, OWN-10]`

use crate::spine::{
    At, Can, Chore, Created, Every, List, PathId, Reading, Reply, Routes, UnitOfWork, Valid, Wanted, each,
    routes,
};
use domain::{
    customer_file::CustomerId,
    reception::{Reception, Visitor},
    spine::{AnyId, EmployeeId, Id, perm},
};
use persistence::{
    organisation::referred,
    reception::{
        self as receptions, ReceptionFilter, ReceptionView,
        deed::{self, Arrival},
    },
    reception_queue as queues,
    spine::{Database, Failure, Request},
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "receptions",
        [list_receptions, begin_reception, show_reception, agree_to_assist, decline_assist, end_reception,]
    );
}

/// List receptions. `[QUE-1, INT-4]`
///
/// One's own, those of one's visitors, of people below, and of departments in reach; the newest first.
#[utoipa::path(get, path = "/api/v1/receptions")]
async fn list_receptions(
    who: Can<perm::ReadCustomers>,
    wanted: Wanted<ReceptionFilter>,
    reading: Reading,
) -> List<ReceptionView> {
    reading.list(who, wanted, receptions::list).await
}

/// Show a reception. `[QUE-1]`
#[utoipa::path(get, path = "/api/v1/receptions/{id}")]
async fn show_reception(
    who: Can<perm::ReadCustomers>,
    id: PathId<Reception>,
    reading: Reading,
) -> Reply<ReceptionView> {
    reading.read(who, move |reader| receptions::view(reader, *id)).await
}

/// A visitor who came.
#[derive(Clone, Copy, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct BeginReception {
    /// At which site.
    site_id: AnyId,
    /// Who comes.
    visitor: Visitor,
    /// Who receives; the caller where absent. Others are sent by whoever manages the site.
    #[serde(default)]
    receiver_id: Option<EmployeeId>,
    /// Which customer, where that is known; a returning one must be.
    #[serde(default)]
    customer_id: Option<CustomerId>,
    /// For whom they ask.
    #[serde(default)]
    asks_for_id: Option<EmployeeId>,
}

/// Begin a reception. `[QUE-1, QUE-2, OWN-9, OWN-10; 002 §5(二)4-6, 14]`
///
/// In today's queue of the site. New visitors are received by whose turn it is: those before who have stepped out, are away or
/// are receiving are passed over, and that is written down. A returning or named visitor uses no turn; if another receives
/// them, whose visitor it is is asked.
#[utoipa::path(post, path = "/api/v1/receptions")]
async fn begin_reception(
    who: Can<perm::RegisterCustomers>,
    body: Valid<BeginReception>,
    work: UnitOfWork,
) -> Created<ReceptionView> {
    work.write(who, move |tx| {
        let BeginReception { site_id, visitor, receiver_id, customer_id, asks_for_id } = body.0;
        let today = tx.today();
        let queue = referred(queues::of_day(tx, Id::from_uuid(site_id.uuid()), today), "/site_id")?;
        let arrival =
            Arrival { visitor, receiver: receiver_id, customer: customer_id, asks_for: asks_for_id };
        let reception = deed::receive(tx, queue, arrival)?;
        receptions::show(tx, reception)
    })
    .await
}

/// Agree to be helped. `[OWN-10; 002 §5(三)8]`
///
/// By whose visitor it is; once they have not answered in time, by whoever manages the site.
#[utoipa::path(post, path = "/api/v1/receptions/{id}/agree")]
async fn agree_to_assist(
    who: Can<perm::RegisterCustomers>,
    at: At<Reception>,
    work: UnitOfWork,
) -> Reply<ReceptionView> {
    work.moves(who, at, move |reception, tx| deed::answer(tx, reception, true)).await
}

/// Decline to be helped. `[OWN-10]`
///
/// The reception is over then.
#[utoipa::path(post, path = "/api/v1/receptions/{id}/decline")]
async fn decline_assist(
    who: Can<perm::RegisterCustomers>,
    at: At<Reception>,
    work: UnitOfWork,
) -> Reply<ReceptionView> {
    work.moves(who, at, move |reception, tx| deed::answer(tx, reception, false)).await
}

/// Which customer it was.
#[derive(Clone, Copy, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct EndReception {
    /// Which customer it was, where the reception does not say so yet.
    #[serde(default)]
    customer_id: Option<CustomerId>,
}

/// End a reception. `[QUE-1, OWN-7; 002 §5(二)2]`
///
/// By the receiver, whose visitor it is, or whoever manages the site. A new customer who was not registered is a lapse of the
/// receiver; one who turned out to be another's gives the turn back, unless the policy says otherwise.
#[utoipa::path(post, path = "/api/v1/receptions/{id}/end")]
async fn end_reception(
    who: Can<perm::RegisterCustomers>,
    at: At<Reception>,
    body: Valid<EndReception>,
    work: UnitOfWork,
) -> Reply<ReceptionView> {
    work.moves(who, at, move |reception, tx| deed::end(tx, reception, body.customer_id)).await
}

/// Helpers who have had no answer in time.
pub const ESCALATIONS: &Chore = &Chore {
    name: "reception-escalations",
    every: Every::Seconds(30),
    run: |state| Box::pin(escalate_receptions(&state.database)),
};

/// Tells who leads the sites of helpers who have had no answer in time; safe to be done by several servers, and twice.
///
/// # Errors
/// A database that does not answer; a reception that could not be told of, when the others have been.
pub async fn escalate_receptions(database: &Database) -> Result<(), Failure> {
    let due = database.read(Request::system("reception-escalations"), receptions::due_to_escalate).await?;
    each(database, "reception-escalations", due, deed::escalate).await
}
