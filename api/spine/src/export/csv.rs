//! CSV as spreadsheets read it: UTF-8 with BOM, CRLF, RFC 4180.
//!
//! Text is never taken for a formula: what begins like one gets an apostrophe before it. Where a file is meant for Excel
//! (`dialect=excel`), digits that it would spoil (leading zeros, more than eleven) are written `="0012"`, which it keeps as
//! that text and every other program reads as it stands. Programs read NDJSON, where nothing is dressed up.

use super::{Cell, Dialect, Exported, fault, flag};
use crate::spine::Problem;
use ::csv::{Terminator, Writer, WriterBuilder};
use bytes::Bytes;
use chrono_tz::Tz;
use domain::spine::Language;
use persistence::spine::Failure;
use std::borrow::Cow;

/// Tells Excel that the bytes are UTF-8.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();
/// A spreadsheet shows more digits than these as 1.23E+12, and spoils those beyond fifteen.
const DIGITS_SHOWN: usize = 11;

fn writer(start: &[u8]) -> Writer<Vec<u8>> {
    WriterBuilder::new().terminator(Terminator::CRLF).from_writer(start.to_vec())
}

/// The mark and the headings.
pub(super) fn head<T: Exported>(language: Language) -> Result<Bytes, Problem> {
    let mut file = writer(BYTE_ORDER_MARK);
    file.write_record(T::COLUMNS.iter().map(|column| column.label.text(language))).map_err(fault)?;
    Ok(file.into_inner().map_err(fault)?.into())
}

/// A record for each row.
pub(super) fn rows<T: Exported>(
    rows: &[T],
    language: Language,
    zone: Tz,
    dialect: Dialect,
) -> Result<Bytes, Failure> {
    let mut file = writer(&[]);
    for row in rows {
        for column in T::COLUMNS {
            file.write_field(text((column.cell)(row), language, zone, dialect).as_bytes())
                .map_err(Failure::fault)?;
        }
        file.write_record(None::<&[u8]>).map_err(Failure::fault)?;
    }
    Ok(file.into_inner().map_err(Failure::fault)?.into())
}

fn text(cell: Cell<'_>, language: Language, zone: Tz, dialect: Dialect) -> Cow<'_, str> {
    match cell {
        Cell::Empty => "".into(),
        Cell::Text(text) if dialect == Dialect::Excel => harmless(text),
        Cell::Text(text) => no_formula(text),
        Cell::Labelled(zh, en) => {
            if language == Language::Chinese {
                zh
            } else {
                en
            }
        }
        Cell::Integer(number) => number.to_string().into(),
        Cell::Decimal(number) => number.to_string().into(),
        Cell::Instant(at) => at.instant().with_timezone(&zone).format("%Y-%m-%d %H:%M:%S").to_string().into(),
        Cell::Day(day) => day.to_string().into(),
        Cell::Flag(yes) => flag(yes, language).into(),
    }
}

/// Rows as the text of a file that spreadsheets open: UTF-8 with a byte order mark, no cell a formula.
pub fn csv_text<R: IntoIterator<Item = String>>(rows: impl IntoIterator<Item = R>) -> String {
    let mut file = writer(BYTE_ORDER_MARK);
    for row in rows {
        // Writing to memory never fails.
        let _written = file.write_record(row.into_iter().map(|text| harmless(text.into()).into_owned()));
    }
    file.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

/// Text that Excel shows as it is.
pub(crate) fn harmless(text: Cow<'_, str>) -> Cow<'_, str> {
    let digits_only = text.len() > 1 && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits_only && (text.len() > DIGITS_SHOWN || text.starts_with('0')) {
        return format!("=\"{text}\"").into();
    }
    no_formula(text)
}

/// Text that no spreadsheet takes for a formula.
fn no_formula(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) {
        return format!("'{text}").into();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{harmless, no_formula};

    #[test]
    fn text_is_never_a_formula_nor_a_number() {
        for (text, written) in [
            ("报销", "报销"),
            ("=1+1", "'=1+1"),
            ("+86", "'+86"),
            ("-3", "'-3"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\tx", "'\tx"),
            ("\rx", "'\rx"),
            ("13800138000", "13800138000"),
            ("6222020200112233445", "=\"6222020200112233445\""),
            ("0012", "=\"0012\""),
            ("0", "0"),
            ("EC-2026-000001", "EC-2026-000001"),
            ("", ""),
        ] {
            assert_eq!(harmless(text.into()), written);
        }
        assert_eq!(no_formula("6222020200112233445".into()), "6222020200112233445");
        assert_eq!(no_formula("=1+1".into()), "'=1+1");
    }
}
