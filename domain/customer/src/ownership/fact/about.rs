//! What a fact is about, so that whoever reads it can tell which record decided, and whom it names. `[OWN-18]`

use super::What;
use crate::spine::{AnyId, EmployeeId};

impl What {
    /// Whom it is about beside the customer: who received, is a relative, made the contact, left, was given or gave up the
    /// customer; and who decided it, where that is somebody else.
    pub const fn people(&self) -> (Option<EmployeeId>, Option<EmployeeId>) {
        match self {
            Self::Registered(registered) => (Some(registered.receiver), registered.entrusted_by),
            Self::RegistrationBegun { receiver, .. } | Self::Received { receiver } => (Some(*receiver), None),
            Self::Related { relative } => (Some(*relative), None),
            Self::Introduced { representative, .. } => (*representative, None),
            Self::FollowedUp { by } | Self::Claimed { by, .. } | Self::Released { by, .. } => {
                (Some(*by), None)
            }
            Self::Voided { by, .. } => (None, *by),
            Self::Left { employee } => (Some(*employee), None),
            Self::Assigned { to, by, .. } => (Some(*to), *by),
            Self::Transferred { to, .. } => (Some(*to), None),
            Self::Ruled { owner, .. } => (Some(*owner), None),
            Self::Deposited { .. }
            | Self::Signed { .. }
            | Self::FellThrough { .. }
            | Self::Completed { .. }
            | Self::Locked { .. }
            | Self::DisputeOpened { .. }
            | Self::DisputeClosed { .. }
            | Self::Tiered { .. } => (None, None),
        }
    }

    /// The record that it comes from: a registration, a transfer, a dispute, a deal, the customer who introduced.
    pub const fn record(&self) -> Option<AnyId> {
        match self {
            Self::Registered(registered) => Some(registered.registration),
            Self::RegistrationBegun { registration, .. } => Some(*registration),
            Self::Introduced { introducer, .. } => Some(*introducer),
            Self::Deposited { deal }
            | Self::Signed { deal }
            | Self::FellThrough { deal }
            | Self::Completed { deal } => Some(*deal),
            Self::Transferred { transfer, .. } => Some(*transfer),
            Self::DisputeOpened { dispute }
            | Self::DisputeClosed { dispute }
            | Self::Ruled { dispute, .. } => Some(*dispute),
            _ => None,
        }
    }

    /// The reason that was given for it.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Released { reason, .. } | Self::Voided { reason, .. } => Some(reason),
            _ => None,
        }
    }

    /// To whom it gives the customer by name.
    pub const fn gives_to(&self) -> Option<EmployeeId> {
        match self {
            Self::Assigned { to, .. } | Self::Transferred { to, .. } => Some(*to),
            Self::Ruled { owner, .. } => Some(*owner),
            Self::Claimed { by, .. } => Some(*by),
            _ => None,
        }
    }
}
