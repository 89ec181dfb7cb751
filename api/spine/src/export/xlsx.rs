//! XLSX: rows go to a temporary file as they are read, and the finished file is sent from disk, so that
//! memory stays flat however long the list is.

use super::{Cell, Exported, Pieces, Source, fault, flag};
use crate::spine::Problem;
use actix_web::web::block;
use bytes::{Bytes, BytesMut};
use chrono::NaiveDate;
use chrono_tz::Tz;
use domain::spine::Language;
use futures_util::stream;
use persistence::spine::Mark;
use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet, XlsxError};
use std::{
    fs::File,
    io::{BufWriter, Read, Seek, Write},
};

/// A sheet holds no more rows than these; what is beyond continues on another.
const ROWS_MAX: u32 = 1_048_576;
/// A cell holds no more characters (UTF-16 units) than these.
const CHARACTERS_MAX: usize = 32_767;
/// The name of a sheet has 31 characters at most, with the number of a further one.
const TITLE_MAX: usize = 27;
/// How many bytes of the finished file are sent at once.
const PIECE: usize = 64 * 1024;

/// Cells that own their text, to cross from the database's thread to ours.
type Rows = Vec<Vec<Cell<'static>>>;

/// A workbook in the making.
struct Book {
    workbook: Workbook,
    /// What its sheets are called.
    title: &'static str,
    headings: Vec<&'static str>,
    language: Language,
    zone: Tz,
    /// How many rows the last sheet has.
    filled: u32,
    bold: Format,
    looks: Looks,
}

/// How a spreadsheet shows what it counts.
struct Looks {
    instant: Format,
    day: Format,
    /// Amounts, by how many places they have.
    amounts: [Format; 4],
}

/// Builds the workbook page by page, then sends it.
pub(super) async fn produce<T: Exported>(
    source: Source<T>,
    mut after: Option<Mark>,
    language: Language,
    zone: Tz,
) -> Result<Pieces, Problem> {
    let headings = T::COLUMNS.iter().map(|column| column.label.text(language)).collect();
    let mut book = Book::new(T::FILE.text(language), headings, language, zone);
    loop {
        let (rows, next) = source.page(after, |rows| Ok(owned(rows))).await?;
        let writing = block(move || book.write(rows).map(|()| book));
        book = writing.await.map_err(fault)?.map_err(fault)?;
        if next.is_none() {
            break;
        }
        after = next;
    }
    let file = block(move || book.finish()).await.map_err(fault)?.map_err(fault)?;
    Ok(send(file))
}

fn owned<T: Exported>(rows: &[T]) -> Rows {
    let own = |cell: Cell<'_>| match cell {
        Cell::Text(text) => Cell::Text(text.into_owned().into()),
        Cell::Empty => Cell::Empty,
        Cell::Labelled(zh, en) => Cell::Labelled(zh.into_owned().into(), en.into_owned().into()),
        Cell::Integer(number) => Cell::Integer(number),
        Cell::Decimal(number) => Cell::Decimal(number),
        Cell::Instant(at) => Cell::Instant(at),
        Cell::Day(day) => Cell::Day(day),
        Cell::Flag(yes) => Cell::Flag(yes),
    };
    rows.iter().map(|row| T::COLUMNS.iter().map(|column| own((column.cell)(row))).collect()).collect()
}

impl Book {
    fn new(title: &'static str, headings: Vec<&'static str>, language: Language, zone: Tz) -> Self {
        let amount = |form: &str| Format::new().set_num_format(form);
        Self {
            workbook: Workbook::new(),
            title,
            headings,
            language,
            zone,
            filled: ROWS_MAX,
            bold: Format::new().set_bold(),
            looks: Looks {
                instant: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
                day: Format::new().set_num_format("yyyy-mm-dd"),
                amounts: ["#,##0", "#,##0.0", "#,##0.00", "#,##0.000"].map(amount),
            },
        }
    }

    fn write(&mut self, rows: Rows) -> Result<(), XlsxError> {
        if self.filled == ROWS_MAX {
            self.begin_sheet()?;
        }
        for row in rows {
            if self.filled == ROWS_MAX {
                self.begin_sheet()?;
            }
            let last = self.workbook.worksheets().len() - 1;
            let sheet = self.workbook.worksheet_from_index(last)?;
            for (column, cell) in (0..).zip(row) {
                put(sheet, (self.filled, column), cell, self.language, self.zone, &self.looks)?;
            }
            self.filled += 1;
        }
        Ok(())
    }

    fn begin_sheet(&mut self) -> Result<(), XlsxError> {
        let sheets = self.workbook.worksheets().len();
        let title: String = self.title.chars().take(TITLE_MAX).collect();
        let sheet = self.workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(if sheets == 0 { title } else { format!("{title} {}", sheets + 1) })?;
        sheet.set_freeze_panes(1, 0)?;
        for (column, heading) in (0..).zip(&self.headings) {
            sheet.set_column_width(column, 20)?;
            sheet.write_string_with_format(0, column, *heading, &self.bold)?;
        }
        self.filled = 1;
        Ok(())
    }

    fn finish(mut self) -> Result<File, XlsxError> {
        let mut out = BufWriter::new(tempfile::tempfile()?);
        self.workbook.save_to_writer(&mut out)?;
        out.flush()?;
        let mut file = out.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        file.rewind()?;
        Ok(file)
    }
}

fn put(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    cell: Cell<'_>,
    language: Language,
    zone: Tz,
    looks: &Looks,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => return Ok(()),
        Cell::Text(text) => sheet.write_string(row, column, shortened(&text))?,
        Cell::Labelled(zh, en) => {
            sheet.write_string(row, column, if language == Language::Chinese { zh } else { en }.as_ref())?
        }
        // A spreadsheet counts in binary floating point: what it would spoil stays text.
        Cell::Integer(number) if number.unsigned_abs() < 1 << 53 => {
            sheet.write_number(row, column, number.to_f64().unwrap_or_default())?
        }
        Cell::Integer(number) => sheet.write_string(row, column, number.to_string())?,
        Cell::Decimal(number) if number.mantissa().unsigned_abs() < 1_000_000_000_000_000 => {
            let shown = number.to_f64().unwrap_or_default();
            match usize::try_from(number.scale()).ok().and_then(|places| looks.amounts.get(places)) {
                Some(look) => sheet.write_number_with_format(row, column, shown, look)?,
                None => sheet.write_number(row, column, shown)?,
            }
        }
        Cell::Decimal(number) => sheet.write_string(row, column, number.to_string())?,
        Cell::Instant(at) => {
            let local = at.instant().with_timezone(&zone).naive_local();
            match serial(local.date(), local.and_utc().timestamp().rem_euclid(86_400)) {
                Some(moment) => sheet.write_datetime_with_format(row, column, moment, &looks.instant)?,
                None => sheet.write_string(row, column, at.to_string())?,
            }
        }
        Cell::Day(date) => match serial(date, 0) {
            Some(moment) => sheet.write_datetime_with_format(row, column, moment, &looks.day)?,
            None => sheet.write_string(row, column, date.to_string())?,
        },
        Cell::Flag(yes) => sheet.write_string(row, column, flag(yes, language))?,
    };
    Ok(())
}

/// A day and second as a spreadsheet counts them; it knows nothing before 1900.
fn serial(day: NaiveDate, second: i64) -> Option<ExcelDateTime> {
    use chrono::Datelike;
    let (year, month, date) = (day.year(), day.month(), day.day());
    let midnight =
        ExcelDateTime::from_ymd(year.try_into().ok()?, month.try_into().ok()?, date.try_into().ok()?).ok()?;
    let (hour, minute) = (second / 3_600, second / 60 % 60);
    midnight.and_hms(hour.try_into().ok()?, minute.try_into().ok()?, (second % 60).to_f64()?).ok()
}

/// Text that fits into a cell.
fn shortened(text: &str) -> String {
    let mut units = 0;
    let fits = |character: &char| {
        units += character.len_utf16();
        units <= CHARACTERS_MAX
    };
    text.chars().take_while(fits).collect()
}

fn send(file: File) -> Pieces {
    Box::pin(stream::try_unfold(file, |mut file| async move {
        let read = block(move || {
            let mut piece = BytesMut::zeroed(PIECE);
            let length = file.read(&mut piece)?;
            piece.truncate(length);
            Ok::<(Bytes, File), std::io::Error>((piece.freeze(), file))
        });
        let (piece, file) = read.await.map_err(fault)?.map_err(fault)?;
        Ok(if piece.is_empty() { None } else { Some((piece, file)) })
    }))
}
