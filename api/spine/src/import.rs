//! Rows from a spreadsheet: CSV or XLSX in, judged row by row, taken all or not at all. `[INT-5]`
//!
//! A context says once what a row is ([`Imported`]: its columns, and how its cells are read) and what taking
//! rows means (the closure of [`UnitOfWork::import`]). Reading files of any encoding, finding the columns,
//! the report, the bad rows as a file to be mended, rehearsals and templates follow from that.
//!
//! `?partial=true` takes the good rows and hands the bad ones back; otherwise one bad row keeps all out.

mod cells;
mod column;
mod grid;
mod report;
mod table;
mod template;
mod workbook;

pub use cells::Cells;
pub use column::{Choice, ImportColumn};
pub use report::{ImportReport, Outcome};
pub use table::{RawRows, Sheet};
pub use template::{Template, TemplateFormat};

use super::{Answer, Guard, Label, Problem, UnitOfWork, Upload, codes};
use persistence::spine::{Failure, Tx};
use sha2::{Digest, Sha256};
use std::{sync::LazyLock, time::Duration};
use tokio::sync::Semaphore;

/// A row of a spreadsheet that means something to a context.
pub trait Imported: Clone + Send + Sync + 'static {
    /// What the template is called.
    const FILE: Label;
    /// The columns, in the order of the template.
    const COLUMNS: &'static [ImportColumn];
    /// How many rows a file may have.
    const ROWS_MAX: usize = 20_000;
    /// How many bytes a file may have.
    const BYTES_MAX: usize = 5 * 1024 * 1024;
    /// The columns that hold amounts: numbers in the template's workbook.
    const NUMBERS: &'static [&'static str] = &[];
    /// What may be chosen in a column, by the names people read: a drop-down in the template's workbook.
    fn choices(_column: &str) -> Vec<&'static str> {
        Vec::new()
    }
    /// What the cells of a row say. What is wrong with a cell is noted by reading it; a row with anything
    /// wrong is never taken.
    fn read(cells: &mut Cells<'_>) -> Option<Self>;
}

/// How many rows below its headings any file may have.
pub(super) const ROWS_MAX: usize = 100_000;
/// How many columns a file may have.
pub(super) const COLUMNS_MAX: usize = 100;
/// How long a file may take to arrive.
const ARRIVAL_MAX: Duration = Duration::from_secs(120);
/// How long one waits to be read while others are.
const WAITING_MAX: Duration = Duration::from_secs(20);
/// How many files are read at once: each may need some hundred megabytes while it is unpacked.
static READING: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(2));

impl Upload {
    /// Receives a file and reads its rows. Together with its name and the parameters of the request its bytes
    /// are what an idempotency key stands for.
    pub async fn sheet<T: Imported>(self) -> Result<Sheet<T>, Problem> {
        Ok(self.named_sheet().await?.1)
    }

    /// The same with the name of the file.
    pub async fn named_sheet<T: Imported>(self) -> Result<(String, Sheet<T>), Problem> {
        let received = tokio::time::timeout(ARRIVAL_MAX, self.received(T::BYTES_MAX)).await;
        let (name, bytes) = received.map_err(|_| Problem::new(codes::TIMEOUT))??;
        let place = tokio::time::timeout(WAITING_MAX, READING.acquire()).await;
        let _place = place.map_err(|_| Problem::new(codes::OVERLOADED))?;
        let read = actix_web::web::block(move || Sheet::read(&bytes)).await;
        let read = read.map_err(|error| Failure::fault(format_args!("reading a sheet: {error}")))?;
        Ok((name, read?))
    }

    async fn received(self, bytes_max: usize) -> Result<(String, Vec<u8>), Problem> {
        let query = self.query_string();
        let mut arriving = self.begin().await?;
        let mut bytes = Vec::new();
        while let Some(piece) = arriving.piece().await? {
            if bytes.len() + piece.len() > bytes_max {
                return Err(Problem::new(codes::TOO_LARGE).with("limit", bytes_max));
            }
            bytes.extend_from_slice(&piece);
        }
        let digest = Sha256::new().chain_update(query).chain_update([0]).chain_update(&arriving.name);
        let digest = digest.chain_update([0]).chain_update(&bytes).finalize();
        let name = arriving.name.clone();
        arriving.end(digest.into()).await?;
        Ok((name, bytes))
    }
}

impl UnitOfWork {
    /// Lets `take` take the good rows of a sheet in one transaction and answers with the report. It may refuse
    /// rows of its own, and says of each taken one what became of it.
    ///
    /// # Errors
    /// Bad rows, unless this is a rehearsal or `partial`; then the report tells of them.
    pub async fn import<G: Guard, T: Imported>(
        &self,
        who: G,
        sheet: Sheet<T>,
        partial: bool,
        take: impl Fn(&mut Tx<'_>, &mut Sheet<T>) -> Result<(), Failure> + Send + 'static,
    ) -> Result<Answer<ImportReport>, Problem> {
        let rehearsal = self.is_rehearsal();
        self.write(who, move |tx| {
            let mut sheet = sheet.clone();
            take(tx, &mut sheet)?;
            Ok(sheet.report(partial, rehearsal)?)
        })
        .await
    }
}
