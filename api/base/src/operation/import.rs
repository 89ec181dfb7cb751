//! Files of many rows: up to a bound they are answered at once, above it an operation takes them in batches. The good rows of
//! a file batch by batch; all or nothing rehearsed first, and then written in one transaction. `[INT-5d, OPR-1]`

use super::{Kind, Step};
use crate::spine::{
    Answer, Either, Guard, Patience, Problem, UnitOfWork,
    import::{ImportReport, Imported, RawRows, Sheet},
};
use domain::{
    operation::{Operation, OperationProblem, OperationResult, PARTLY_ONLY, Progress},
    spine::{Citation, Id, Permission, Refusal, import::IMPORT_ROWS_REFUSED},
};
use persistence::{
    operation::{
        self as operations, OperationView,
        deed::{self, Wanted},
        piece::{self, Piece},
    },
    spine::{Failure, Reader, Tx},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::json;
use std::{
    cell::RefCell,
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

/// So many rows are answered at once.
pub const AT_ONCE_MAX: usize = 1_000;
/// So many rows are a batch.
const BATCH: usize = 100;
/// A file of more rows is taken partly or not at all: one transaction would hold up everybody else for too long.
const WHOLE_MAX: usize = 10_000;

/// The phases of an import.
const REHEARSE: &str = "rehearse";
const WRITE: &str = "write";

/// Rows of which a file may have many.
pub trait LongImport: Imported {
    /// The code of the kind of operation.
    const KIND: &'static str;
    /// What people call it, in Chinese and English.
    const CALLED: (&'static str, &'static str);
    /// What whoever hands it in must hold, to the last batch.
    const PERMISSION: Permission;
    /// How the file is meant; kept with the operation.
    type How: Clone + Serialize + DeserializeOwned + Send + Sync + 'static;

    /// Looks at the whole file before any of it is taken: puts the rows into the order in which they can be, and notes what
    /// no batch could see by itself.
    fn arrange(_sheet: &mut Sheet<Self>, how: Self::How) -> Self::How {
        how
    }

    /// Takes the good rows of a batch, each on its own. Where batches are rehearsed, each is undone before the next.
    ///
    /// # Errors
    /// What concerns all of them.
    fn take(
        tx: &mut Tx<'_>,
        sheet: &mut Sheet<Self>,
        how: &Self::How,
        is_rehearsed: bool,
    ) -> Result<(), Failure>;

    /// How many rows of a batch that was taken, or undone, tell something for which one would have to ask elsewhere.
    fn tells(_sheet: &Sheet<Self>) -> usize {
        0
    }

    /// Counts what is told so. What is refused here is not told: the file fails instead.
    ///
    /// # Errors
    /// Where so much may not be told.
    fn told(_tx: &mut Tx<'_>, _rows: usize) -> Result<(), Failure> {
        Ok(())
    }
}

/// The kind of operation that takes files of these rows.
pub const fn kind<T: LongImport>() -> Kind {
    Kind { code: T::KIND, zh: T::CALLED.0, en: T::CALLED.1, permission: T::PERMISSION, step: step::<T> }
}

/// What became of a file, or the operation that will tell.
pub type Imports = Result<Either<Answer<ImportReport>, Answer<OperationView, 202>>, Problem>;

/// A file as it was handed in.
pub struct HandedIn<T: LongImport> {
    /// Its name and its rows.
    pub file: (String, Sheet<T>),
    /// Whether the good rows shall be taken where others are bad.
    pub partial: bool,
    /// Whether it is rehearsed alone.
    pub rehearsal: bool,
    /// How it is meant.
    pub how: T::How,
}

/// What an operation is to do with a file.
#[derive(Clone, Serialize, Deserialize)]
struct Asked<H> {
    partial: bool,
    rehearsal: bool,
    batches: i64,
    rows: i64,
    how: H,
}

/// Takes a file: at once, or above the bound by an operation. A rehearsal above it is an operation that keeps nothing of the
/// rows.
pub async fn hand_in<G: Guard + Clone, T: LongImport>(
    (who, patience, work): (G, Patience, UnitOfWork),
    HandedIn { file: (name, mut sheet), partial, rehearsal, how }: HandedIn<T>,
) -> Imports {
    let how = T::arrange(&mut sheet, how);
    if sheet.count() <= AT_ONCE_MAX {
        let work = work.rehearsed(rehearsal);
        return at_once::<G, T>(who, &work, (sheet, partial, how)).await;
    }
    if work.is_rehearsal() {
        // The operation itself would be kept.
        return Err(Problem::bad_parameter("validate_only", "rehearsal=true"));
    }
    if !partial && !rehearsal && sheet.count() > WHOLE_MAX {
        let refusal = Refusal::new(PARTLY_ONLY).with("rows", WHOLE_MAX).citing(Citation::rule("INT-5d"));
        return Err(refusal.at("partial").into());
    }
    let wanted = Arc::new(wanted::<T>((name, &sheet), (partial, rehearsal), how)?);
    let queued = work.write::<_, OperationView, 202>(who.clone(), move |tx| {
        let queued = deed::queue(tx, wanted.as_ref().clone())?;
        operations::show(tx, queued)
    });
    let queued = queued.await?;
    let id: Option<Id<Operation>> = queued.location().and_then(|at| at.rsplit('/').next()?.parse().ok());
    let Some(id) = id else {
        return Ok(Either::That(queued));
    };
    let is_over = move |reader: &mut Reader<'_>| Ok(operations::find(reader, id)?.ended_at().is_some());
    patience.until(&who, is_over).await?;
    let looked = work.look(&who, queued, move |reader| operations::view(reader, id));
    Ok(Either::That(looked.await?))
}

/// Takes a file in one transaction. A rehearsal was counted before it began; what the file itself tells is counted behind it,
/// since nothing of a refused file stays.
async fn at_once<G: Guard + Clone, T: LongImport>(
    who: G,
    work: &UnitOfWork,
    (sheet, partial, how): (Sheet<T>, bool, T::How),
) -> Imports {
    let tells = Arc::new(AtomicUsize::new(0));
    let told = tells.clone();
    let taken = work.import(who.clone(), sheet, partial, move |tx, sheet| {
        let taken = T::take(tx, sheet, &how, false);
        told.store(T::tells(sheet), Ordering::SeqCst);
        taken
    });
    let taken = taken.await;
    let rows = tells.load(Ordering::SeqCst);
    if rows > 0 && !work.is_rehearsal() {
        let counted = work.apart(&who, move |tx| T::told(tx, rows)).await;
        // What was taken is taken; but nothing is told of a file that was not.
        if taken.is_err() {
            counted?;
        }
    }
    Ok(Either::This(taken?))
}

fn wanted<T: LongImport>(
    (title, sheet): (String, &Sheet<T>),
    (partial, rehearsal): (bool, bool),
    how: T::How,
) -> Result<Wanted, Failure> {
    let batches = sheet.batches(BATCH);
    let rows = i64::try_from(sheet.count()).unwrap_or(i64::MAX);
    let asked =
        Asked { partial, rehearsal, batches: i64::try_from(batches.len()).unwrap_or(i64::MAX), rows, how };
    let is_whole = !partial && !rehearsal;
    let progress = Progress {
        done: 0,
        // What is rehearsed first is gone through twice.
        total: Some(if is_whole { rows * 2 } else { rows }),
        unit: "row".to_owned(),
        phase: if partial && !rehearsal { WRITE } else { REHEARSE }.to_owned(),
        checkpoint: json!(0),
    };
    let input = batches.iter().map(serde_json::to_vec).collect::<Result<_, _>>()?;
    let asked = serde_json::to_value(&asked)?;
    let title = title.chars().take(255).collect();
    Ok(Wanted { kind: T::KIND, called: T::CALLED, title, asked, progress, input })
}

/// Does the next batch of an import.
fn step<T: LongImport>(tx: &mut Tx<'_>, operation: &Operation) -> Result<Step, Failure> {
    let asked: Asked<T::How> = serde_json::from_value(operation.asked.clone())?;
    let is_rehearsed = operation.progress.phase == REHEARSE;
    if !is_rehearsed && !asked.partial {
        return write_whole::<T>(tx, operation, &asked);
    }
    let number: i64 = serde_json::from_value(operation.progress.checkpoint.clone())?;
    let mut sheet = read::<T>(tx, operation, number)?;
    if is_rehearsed {
        let how = &asked.how;
        sheet = tx.rehearse(move |tx| {
            T::take(tx, &mut sheet, how, true)?;
            Ok(sheet)
        })?;
    } else {
        T::take(tx, &mut sheet, &asked.how, false)?;
    }
    let tells = T::tells(&sheet);
    if tells > 0 && !asked.rehearsal {
        T::told(tx, tells)?;
    }
    let mut result = operation.result.clone();
    note(tx, operation, &sheet, &mut result)?;
    let rows = i64::try_from(sheet.count()).unwrap_or_default();
    let (done, next) = (operation.progress.done + rows, number + 1);
    let progress = Progress { done, checkpoint: json!(next), ..operation.progress.clone() };
    if next < asked.batches {
        return Ok(Step::On(progress, result));
    }
    if !is_rehearsed || asked.rehearsal {
        return Ok(Step::Done(progress, result));
    }
    match refused(&result) {
        0 => {
            let progress = Progress { phase: WRITE.to_owned(), checkpoint: json!(0), ..progress };
            Ok(Step::On(progress, OperationResult::default()))
        }
        count => Ok(Step::Failed(rows_refused(count), result)),
    }
}

/// Writes all rows or none.
fn write_whole<T: LongImport>(
    tx: &mut Tx<'_>,
    operation: &Operation,
    asked: &Asked<T::How>,
) -> Result<Step, Failure> {
    let found = RefCell::new((OperationResult::default(), Vec::new()));
    let written = tx.attempt(|tx| {
        for number in 0..asked.batches {
            let mut sheet = read::<T>(tx, operation, number)?;
            T::take(tx, &mut sheet, &asked.how, false)?;
            let (result, bad) = &mut *found.borrow_mut();
            count(result, sheet.counts());
            if sheet.has_refused() {
                bad.push(sheet);
            }
        }
        if found.borrow().1.is_empty() { Ok(()) } else { Err(Failure::from(IMPORT_ROWS_REFUSED)) }
    })?;
    let (mut result, bad) = found.into_inner();
    match written {
        Ok(()) => {
            let progress = Progress { done: asked.rows * 2, ..operation.progress.clone() };
            return Ok(Step::Done(progress, result));
        }
        Err(failure) if bad.is_empty() => return Err(failure),
        Err(_) => {}
    }
    let count = refused(&result);
    result.counts.clear();
    for sheet in bad {
        note(tx, operation, &sheet, &mut result)?;
    }
    Ok(Step::Failed(rows_refused(count), result))
}

fn read<T: LongImport>(
    reader: &mut Reader<'_>,
    operation: &Operation,
    number: i64,
) -> Result<Sheet<T>, Failure> {
    let body = piece::read(reader, operation.id, Piece::Input, number)?;
    let body =
        body.ok_or_else(|| Failure::fault(format_args!("batch {number} of {} is gone", operation.id)))?;
    Ok(Sheet::of(serde_json::from_slice::<RawRows>(&body)?)?)
}

/// Counts what became of a batch, and puts its refused rows into the file of results.
fn note<T: LongImport>(
    tx: &mut Tx<'_>,
    operation: &Operation,
    sheet: &Sheet<T>,
    result: &mut OperationResult,
) -> Result<(), Failure> {
    count(result, sheet.counts());
    if let Some(bytes) = sheet.refused_piece(result.file.is_none()) {
        piece::add(tx, operation.id, Piece::Result, bytes)?;
        let stem = operation.title.rsplit_once('.').map_or(operation.title.as_str(), |(stem, _)| stem);
        result.file = Some(format!("{stem}-问题行.csv"));
    }
    Ok(())
}

fn count(result: &mut OperationResult, counts: BTreeMap<String, i64>) {
    for (outcome, count) in counts {
        *result.counts.entry(outcome).or_default() += count;
    }
}

fn refused(result: &OperationResult) -> i64 {
    result.counts.get("refused").copied().unwrap_or_default()
}

fn rows_refused(count: i64) -> OperationProblem {
    OperationProblem::from(&Refusal::new(IMPORT_ROWS_REFUSED).with("count", count))
}
