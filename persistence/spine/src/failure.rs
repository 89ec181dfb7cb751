//! The three kinds of failure, never mixed: a refusal (the domain says no), what the edge must answer
//! (not found, stale, denied …), and a fault (ours).

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use domain::spine::{Permission, Refusal, RefusalCode, Version};
use std::panic::Location;

/// Why a unit of work did not come to its end.
#[derive(Debug)]
pub enum Failure {
    /// A rule said no.
    Refused(Box<Refusal>),
    /// No such thing, or not within the caller's sight.
    NotFound,
    /// The caller read an older version than there is.
    Stale {
        /// The version there is now.
        current: Version,
    },
    /// The caller's session or key has ended.
    Unauthenticated,
    /// The caller lacks a permission.
    Denied(Permission),
    /// The same idempotency key came with another request.
    KeyReused,
    /// A row moved under this unit of work: it is done again from its beginning.
    Moved,
    /// Too much work is waiting; come back shortly.
    Overloaded,
    /// The database does not answer; what was under way may have been done.
    Unavailable,
    /// Our own fault; the client learns nothing but the request id.
    Fault(Fault),
}

/// Something that should not have happened, with the place where it was noticed.
#[derive(Debug)]
pub struct Fault {
    /// What went wrong; for the log.
    pub message: String,
    /// Where in our source.
    pub place: &'static Location<'static>,
}

impl Failure {
    /// A fault noticed here.
    #[track_caller]
    pub fn fault(message: impl std::fmt::Display) -> Self {
        Self::Fault(Fault { message: message.to_string(), place: Location::caller() })
    }
    /// A stored value that cannot be what we stored.
    #[track_caller]
    pub fn corrupt(table: &str, column: &str, key: impl std::fmt::Display) -> Self {
        Self::fault(format_args!("corrupt value in {table}.{column} of {key}"))
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}
impl From<&'static RefusalCode> for Failure {
    fn from(code: &'static RefusalCode) -> Self {
        Refusal::new(code).into()
    }
}

impl From<DieselError> for Failure {
    #[track_caller]
    fn from(error: DieselError) -> Self {
        match &error {
            DieselError::NotFound => Self::NotFound,
            DieselError::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => Self::Moved,
            DieselError::DatabaseError(_, info) if is_deadlock(info.message()) => Self::Moved,
            _ if is_absence(&error) => Self::Unavailable,
            DieselError::DatabaseError(_, info) if is_wait_given_up(info.message()) => Self::Overloaded,
            DieselError::DatabaseError(_, info) if is_full(info.message()) => {
                log::error!("the database has no room left: {}", info.message());
                Self::Overloaded
            }
            _ => Self::fault(error),
        }
    }
}

/// Whether the database is gone rather than unwilling: its connection broke, or it is ending or only just starting.
pub(super) fn is_absence(error: &DieselError) -> bool {
    const SAID: [&str; 8] = [
        "server closed the connection",
        "terminating connection",
        "could not connect",
        "connection to server",
        "no connection to the server",
        "the database system is",
        "SSL SYSCALL error",
        "could not receive data from server",
    ];
    match error {
        DieselError::DatabaseError(
            DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand,
            _,
        )
        | DieselError::BrokenTransactionManager => true,
        DieselError::DatabaseError(_, info) => SAID.iter().any(|said| info.message().contains(said)),
        _ => false,
    }
}

/// Whether a lock or an answer was waited for as long as may be; SQLite's is another process's.
fn is_wait_given_up(message: &str) -> bool {
    ["lock timeout", "锁超时", "statement timeout", "语句执行超时", "database is locked"]
        .iter()
        .any(|said| message.contains(said))
}

/// Whether the disk is full.
fn is_full(message: &str) -> bool {
    message.contains("is full")
        || message.contains("No space left on device")
        || message.contains("disk I/O error")
}
/// Whether PostgreSQL says so, in English or Simplified Chinese: diesel does not tell the code of an error.
fn is_deadlock(message: &str) -> bool {
    message.contains("deadlock detected") || message.contains("死锁")
}

impl From<serde_json::Error> for Failure {
    #[track_caller]
    fn from(error: serde_json::Error) -> Self {
        Self::fault(error)
    }
}
impl From<r2d2::Error> for Failure {
    fn from(error: r2d2::Error) -> Self {
        log::warn!("no connection to the database: {error}");
        Self::Unavailable
    }
}

/// Whether the database refused a row because its key is taken.
pub fn is_taken(error: &DieselError) -> bool {
    matches!(error, DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _))
}
