//! What is still to be set up, over HTTP. `[ID-1, ORG-1]`

use crate::spine::{Can, Reading, Reply, Routes, routes};
use domain::spine::perm;
use persistence::setup::{self, SetupView};

pub(crate) fn routes(into: &mut Routes) {
    routes!(into, "setup", [show_setup]);
}

/// Show what is still to be set up. `[ID-1, ORG-1]`
///
/// From the empty database to the first document: each step with what of it is missing and where it is done. Those that are
/// not required may wait.
#[utoipa::path(get, path = "/api/v1/setup")]
async fn show_setup(who: Can<perm::ManageOrganisation>, reading: Reading) -> Reply<SetupView> {
    reading.read(who, setup::view).await
}
