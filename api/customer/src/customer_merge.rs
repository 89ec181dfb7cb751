//! Merges of files over HTTP. `[CUS-3]`

use crate::spine::{
    At, Can, Created, List, PathId, Reading, Reason, Reply, Routes, UnitOfWork, Valid, Wanted, routes,
};
use domain::{customer_file::CustomerId, customer_merge::CustomerMerge, spine::perm};
use persistence::customer_merge::{self as merges, MergeFilter, MergeView};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "customer-merges",
        [list_customer_merges, merge_customers, show_customer_merge, undo_customer_merge,]
    );
}

/// List merges of files. `[CUS-3, INT-4]`
///
/// Those whose kept file the caller sees; the newest first.
#[utoipa::path(get, path = "/api/v1/customer-merges")]
async fn list_customer_merges(
    who: Can<perm::ReadCustomers>,
    wanted: Wanted<MergeFilter>,
    reading: Reading,
) -> List<MergeView> {
    reading.list(who, wanted, merges::list).await
}

/// Which files are merged.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct MergeCustomers {
    /// The file that is kept.
    kept_id: CustomerId,
    /// The file that stands behind it from then on.
    merged_id: CustomerId,
    /// Why.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "同一客户两个手机号分别建档")]
    reason: String,
}

/// Merge two files of one customer. `[CUS-3; 000 §5.1]`
///
/// The kept file takes what it lacks: phones, addresses, contacts, tags, e-mail, needs. The other stays as it was behind it;
/// what was written for it stays with it. Files that two people own are not merged: that is ruled on first.
#[utoipa::path(post, path = "/api/v1/customer-merges")]
async fn merge_customers(
    who: Can<perm::SuperviseCustomers>,
    body: Valid<MergeCustomers>,
    work: UnitOfWork,
) -> Created<MergeView> {
    work.write(who, move |tx| merges::merge(tx, body.kept_id, body.merged_id, body.reason.clone())).await
}

/// Show a merge of files. `[CUS-3]`
#[utoipa::path(get, path = "/api/v1/customer-merges/{id}")]
async fn show_customer_merge(
    who: Can<perm::ReadCustomers>,
    id: PathId<CustomerMerge>,
    reading: Reading,
) -> Reply<MergeView> {
    reading.read(who, move |reader| merges::view(reader, *id)).await
}

/// Undo a merge of files. `[CUS-3]`
///
/// Each file stands for itself again, and the kept one gives back what it took, as far as it still has it.
#[utoipa::path(post, path = "/api/v1/customer-merges/{id}/undo")]
async fn undo_customer_merge(
    who: Can<perm::SuperviseCustomers>,
    at: At<CustomerMerge>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<MergeView> {
    work.moves(who, at, move |merge, tx| merges::undo(tx, merge, body.reason.clone())).await
}
