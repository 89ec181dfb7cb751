//! What works on long operations: a worker takes one, and does batch after batch, each a unit of work of whoever asked, until
//! it is over or another has it. `[OPR-2]`

use crate::spine::{AppState, Attempts, Chore, Every};
use actix_web::rt;
use domain::{
    identity::ApiKeyId,
    operation::{ACCESS_LOST, Operation, OperationProblem, OperationResult, OperationState, Progress},
    spine::{Id, Permission, Refusal, UserId, codes},
};
use futures_util::future::{Either, select};
use persistence::{
    operation::{apply, deed, find_unscoped, piece},
    spine::{Credential, Database, Failure, Principal, Request, StoredAnswer, Tx},
};
use std::{pin::pin, time::Duration};

/// A kind of long operation, registered by its noun.
pub struct Kind {
    /// The stable code: `customer_import`.
    pub code: &'static str,
    /// What people call it, in Chinese.
    pub zh: &'static str,
    /// What people call it, in English.
    pub en: &'static str,
    /// What whoever asked must still hold at each batch, and as far as it reaches.
    pub permission: Permission,
    /// Does the next batch in the transaction that also notes how far it has come.
    pub step: fn(&mut Tx<'_>, &Operation) -> Result<Step, Failure>,
}

/// How a batch left the operation.
#[derive(Debug)]
pub enum Step {
    /// There is more to do.
    On(Progress, OperationResult),
    /// All of it is done.
    Done(Progress, OperationResult),
    /// It cannot be done.
    Failed(OperationProblem, OperationResult),
}

/// How often a lease is renewed: thrice before it runs out.
const RENEWED_EVERY: Duration = Duration::from_secs(20);
/// How long a worker waits before it tries a batch again for which the database had no room.
const PAUSE: Duration = Duration::from_secs(1);
/// How often it does; then it leaves the operation to whoever comes when the lease has run out.
const TRIES_MAX: usize = 30;

/// Works on what waits.
pub const CHORE: &Chore =
    &Chore { name: "operations", every: Every::Moment, run: |state| Box::pin(begin(state)) };

/// Forgets files of results that are not kept any more.
pub const FORGET: &Chore = &Chore {
    name: "operation-results",
    every: Every::Day,
    run: |state| {
        Box::pin(async {
            let forget = |tx: &mut Tx<'_>| piece::forget(tx).map(|()| StoredAnswer::default());
            state.database.write(Request::system("operation-results"), forget).await.map(drop)
        })
    },
};

/// Begins what waits, as far as this server has places, and waits for none of it.
async fn begin(state: &AppState) -> Result<(), Failure> {
    if state.long_work.available_permits() == 0 {
        return Ok(());
    }
    let kinds: Vec<&'static Kind> = state.all().collect();
    for id in state.database.read(Request::system("operations"), deed::waiting).await? {
        let Ok(place) = state.long_work.clone().try_acquire_owned() else { break };
        let (database, kinds) = (state.database.clone(), kinds.clone());
        rt::spawn(async move {
            let _place = place;
            if let Err(failure) = work(&database, &kinds, id, usize::MAX).await {
                log::error!("operations: {id} could not be worked on: {failure:?}");
            }
        });
    }
    Ok(())
}

/// Works on everything that waits, one after the other, and does at most so many batches of each: beyond that it is as if the
/// worker had died. Safe to be done by several servers at once.
///
/// # Errors
/// The first failure, after everything was tried.
pub async fn work_on_all(
    database: &Database,
    kinds: &[&'static Kind],
    batches: usize,
) -> Result<(), Failure> {
    let mut attempts = Attempts::default();
    loop {
        let waiting = database.read(Request::system("operations"), deed::waiting).await?;
        let mut taken = false;
        for id in waiting {
            let worked = work(database, kinds, id, batches).await;
            taken |= attempts.noted("operations", worked).unwrap_or_default();
        }
        if !taken {
            return attempts.outcome();
        }
    }
}

/// Takes an operation and works on it until it is over, somebody else has it, or so many batches are done. Whether it was
/// there to be taken.
async fn work(
    database: &Database,
    kinds: &[&'static Kind],
    id: Id<Operation>,
    batches: usize,
) -> Result<bool, Failure> {
    let taken = database.write(Request::system("operations"), move |tx| {
        let fence = deed::take(tx, id)?.map(|fence| (fence, find_unscoped(tx, id)));
        let Some((fence, found)) = fence else { return Ok(StoredAnswer::default()) };
        let found = found?;
        let body = serde_json::to_vec(&(fence, found.kind, found.asker, found.api_key))?;
        Ok(StoredAnswer { body, ..StoredAnswer::default() })
    });
    let taken = taken.await?.answer.body;
    if taken.is_empty() {
        return Ok(false);
    }
    let (fence, kind, asker, key): (i64, String, UserId, Option<ApiKeyId>) = serde_json::from_slice(&taken)?;
    let Some(kind) = kinds.iter().find(|known| known.code == kind) else {
        return Err(Failure::fault(format_args!("no kind of operation is called {kind}")));
    };
    let credential = key.map_or(Credential::Account(asker), |key| Credential::ApiKey(key.uuid()));
    let held = Held { database, kind, id, fence, credential };
    // The timer of its own: it holds the lease however long a batch takes.
    match select(pin!(held.go_on(batches)), pin!(held.renew())).await {
        Either::Left((done, _)) => done.map(|()| true),
        Either::Right((lost, _)) => lost.map(|()| true),
    }
}

/// An operation that a worker holds.
struct Held<'a> {
    database: &'a Database,
    kind: &'static Kind,
    id: Id<Operation>,
    fence: i64,
    credential: Credential,
}

/// What a unit of work says that did a batch.
const GOES_ON: &[u8] = b"on";

impl Held<'_> {
    async fn go_on(&self, batches: usize) -> Result<(), Failure> {
        let mut tries = 0;
        let mut done = 0;
        while done < batches {
            match self.batch().await {
                Ok(true) => (done, tries) = (done + 1, 0),
                Ok(false) => return Ok(()),
                Err(Failure::Stale { .. }) => {
                    log::warn!("operations: what a worker brought of {} was another's by then", self.id);
                    return Ok(());
                }
                Err(Failure::Denied(_) | Failure::Unauthenticated) => {
                    return self.fail(Refusal::new(ACCESS_LOST)).await;
                }
                Err(Failure::Refused(refusal)) => return self.fail(*refusal).await,
                Err(Failure::NotFound) => return self.fail(Refusal::new(codes::UNKNOWN_REFERENCE)).await,
                Err(Failure::Overloaded | Failure::Unavailable | Failure::Moved) if tries < TRIES_MAX => {
                    tries += 1;
                    tokio::time::sleep(PAUSE).await;
                }
                Err(failure) => return Err(failure),
            }
        }
        Ok(())
    }

    /// Holds the lease; ends where another has it.
    async fn renew(&self) -> Result<(), Failure> {
        let (id, fence) = (self.id, self.fence);
        loop {
            tokio::time::sleep(RENEWED_EVERY).await;
            let hold = move |tx: &mut Tx<'_>| {
                let body = if deed::hold(tx, id, fence)? { GOES_ON.to_vec() } else { Vec::new() };
                Ok(StoredAnswer { body, ..StoredAnswer::default() })
            };
            match self.database.write(Request::system("operations"), hold).await {
                // What holds the writer up now is most likely the batch itself: the next time does it.
                Err(failure) => log::warn!("operations: the hold on {id} was not renewed: {failure:?}"),
                Ok(held) if held.answer.body == GOES_ON => {}
                Ok(_) => return Ok(()),
            }
        }
    }

    /// Does one batch as whoever asked, whose access is resolved anew; answers whether there is more.
    async fn batch(&self) -> Result<bool, Failure> {
        let (id, fence, step) = (self.id, self.fence, self.kind.step);
        let batch = move |tx: &mut Tx<'_>| {
            let body = if one_batch(tx, id, fence, step)? { GOES_ON.to_vec() } else { Vec::new() };
            Ok(StoredAnswer { body, ..StoredAnswer::default() })
        };
        Ok(self.database.write(self.request(), batch).await?.answer.body == GOES_ON)
    }

    /// A request in the name of whoever asked. As of no epoch, so that it is looked up who they are now.
    fn request(&self) -> Request {
        Request {
            principal: Principal { credential: self.credential, epoch: -1, ..Principal::system() },
            permission: Some(self.kind.permission),
            ..Request::system(&format!("operation {}", self.id))
        }
    }

    /// Ends it with the problem it met.
    async fn fail(&self, refusal: Refusal) -> Result<(), Failure> {
        let (id, fence, problem) = (self.id, self.fence, OperationProblem::from(&refusal));
        let end = move |tx: &mut Tx<'_>| {
            let (found, now) = (find_unscoped(tx, id)?, tx.now());
            if found.status.state() == OperationState::Running && deed::over(tx, id, fence)? {
                let result = found.result.clone();
                apply(tx, found.fail(problem.clone(), result, now)?)?;
            }
            Ok(StoredAnswer::default())
        };
        self.database.write(Request::system("operations"), end).await.map(drop)
    }
}

/// Does a batch and notes it, if the worker with this fence still holds the operation; else all of it is undone. Answers
/// whether there is more.
fn one_batch(
    tx: &mut Tx<'_>,
    id: Id<Operation>,
    fence: i64,
    step: fn(&mut Tx<'_>, &Operation) -> Result<Step, Failure>,
) -> Result<bool, Failure> {
    let lost = Failure::Stale { current: 0 };
    let (found, now) = (find_unscoped(tx, id)?, tx.now());
    if found.status.state() != OperationState::Running {
        return Err(lost);
    }
    let change = if found.cancel_asked {
        found.stop(now)?
    } else {
        match step(tx, &found)? {
            Step::On(progress, result) => found.advance(progress, result)?,
            Step::Done(progress, result) => found.succeed(progress, result, now)?,
            Step::Failed(problem, result) => found.fail(problem, result, now)?,
        }
    };
    let is_over = change.after().status.state().is_over();
    let is_held = if is_over { deed::over(tx, id, fence)? } else { deed::hold(tx, id, fence)? };
    if !is_held {
        return Err(lost);
    }
    apply(tx, change)?;
    Ok(!is_over)
}
