//! The cells of a file as text, whatever it was written by.

use super::{COLUMNS_MAX, ROWS_MAX, workbook};
use domain::spine::{Refusal, import as rules, in_both};
use encoding_rs::{Encoding, GB18030, UTF_8};
use std::borrow::Cow;

/// A row that has something in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct GridRow {
    /// Where it stands in the file, counted from 1 as a spreadsheet does.
    pub number: u32,
    /// What stands in its cells.
    pub cells: Vec<String>,
}

impl GridRow {
    fn is_empty(&self) -> bool {
        self.cells.iter().all(|cell| cell.trim().is_empty())
    }
}

/// The rows of a file that have something in them; the first are the headings.
pub(super) fn rows_of(bytes: &[u8]) -> Result<Vec<GridRow>, Refusal> {
    /// How an old workbook begins (a compound file).
    const LEGACY: &[u8] = b"\xD0\xCF\x11\xE0";
    if bytes.starts_with(LEGACY) {
        return Err(Refusal::new(rules::IMPORT_LEGACY).at("/file"));
    }
    let rows = if bytes.starts_with(b"PK\x03\x04") { workbook::rows_of(bytes)? } else { csv(bytes)? };
    Ok(rows.into_iter().filter(|row| !row.is_empty()).collect())
}

/// Refuses a file of more rows or columns than are read.
pub(super) fn too_large(rows: usize) -> Refusal {
    let refusal = Refusal::new(rules::IMPORT_TOO_LARGE);
    refusal.with("rows", rows).with("columns", COLUMNS_MAX).at("/file")
}

/// Refuses a file that is not what it seems.
pub(super) fn unreadable(reason: impl std::fmt::Display) -> Refusal {
    let reason = in_both("文件已损坏，或者不是表格", reason.to_string());
    Refusal::new(rules::IMPORT_UNREADABLE).with("reason", reason).at("/file")
}

/// By its mark, else UTF-8 if it can be, else what spreadsheets in China write.
fn decoded(bytes: &[u8]) -> Result<Cow<'_, str>, Refusal> {
    let encoding = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding,
        None if std::str::from_utf8(bytes).is_ok() => UTF_8,
        None => GB18030,
    };
    let (text, _, broken) = encoding.decode(bytes);
    if broken { Err(Refusal::new(rules::IMPORT_BAD_ENCODING).at("/file")) } else { Ok(text) }
}

/// What stands between the cells: commas as a rule, tabs or semicolons as some spreadsheets write.
fn delimiter(text: &str) -> u8 {
    let headings = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let often = |mark: &u8| headings.bytes().filter(|byte| byte == mark).count();
    [b';', b'\t', b','].into_iter().max_by_key(often).unwrap_or(b',')
}

fn csv(bytes: &[u8]) -> Result<Vec<GridRow>, Refusal> {
    // With one sort of line end, also behind the last line, the reader's count of lines can be relied on.
    let text = format!("{}\n", decoded(bytes)?.replace("\r\n", "\n"));
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(&text))
        .from_reader(text.as_bytes());
    let (mut rows, mut record) = (Vec::new(), csv::StringRecord::new());
    // Lines inside cells, which a spreadsheet does not count as rows.
    let mut within_cells = 0;
    while reader.read_record(&mut record).map_err(unreadable)? {
        within_cells += record.iter().map(|cell| cell.matches('\n').count() as u64).sum::<u64>();
        let behind = reader.position().line();
        let number = behind.saturating_sub(1 + within_cells);
        let number = u32::try_from(number).map_err(|_| too_large(ROWS_MAX))?;
        if record.len() > COLUMNS_MAX || rows.len() > ROWS_MAX {
            return Err(too_large(ROWS_MAX));
        }
        rows.push(GridRow { number, cells: record.iter().map(as_meant).collect() });
    }
    Ok(rows)
}

/// Text without the dress our own exports put on it: `="0012"` and `'=1+1`.
fn as_meant(cell: &str) -> String {
    if let Some(inner) = cell.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')) {
        return inner.to_owned();
    }
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) => {
            rest.to_owned()
        }
        _ => cell.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Vec<(u32, Vec<String>)> {
        let rows = rows_of(bytes).expect("a file");
        rows.into_iter().map(|row| (row.number, row.cells)).collect()
    }

    fn row(number: u32, cells: &[&str]) -> (u32, Vec<String>) {
        (number, cells.iter().map(|cell| (*cell).to_owned()).collect())
    }

    #[test]
    fn every_encoding_a_spreadsheet_writes_gives_the_same_text() {
        let text = "代码,名称\r\ntravel,差旅费𠮷\r\n";
        let expected = vec![row(1, &["代码", "名称"]), row(2, &["travel", "差旅费𠮷"])];
        assert_eq!(read(text.as_bytes()), expected);
        assert_eq!(read(format!("\u{feff}{text}").as_bytes()), expected);
        assert_eq!(read(&GB18030.encode(text).0), expected);
        let tabs = text.replace(',', "\t");
        let wide: Vec<u8> =
            [0xFF, 0xFE].into_iter().chain(tabs.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(read(&wide), expected);
    }

    #[test]
    fn rows_are_counted_as_a_spreadsheet_does() {
        let text = "a;b\n\n\"line\nbreak\";2\n ; \nlast;3\n";
        let expected = vec![row(1, &["a", "b"]), row(3, &["line\nbreak", "2"]), row(5, &["last", "3"])];
        assert_eq!(read(text.as_bytes()), expected);
    }

    #[test]
    fn what_our_exports_dress_up_is_undressed() {
        let text = "a,b\n\"=\"\"0012\"\"\",'=1+1\n'quoted',x\n";
        let expected = vec![row(1, &["a", "b"]), row(2, &["0012", "=1+1"]), row(3, &["'quoted'", "x"])];
        assert_eq!(read(text.as_bytes()), expected);
    }

    #[test]
    fn what_is_no_table_is_refused() {
        let code = |bytes: &[u8]| rows_of(bytes).expect_err("refused").code.code;
        assert_eq!(code(b"\xD0\xCF\x11\xE0\xA1\xB1"), "import.legacy_workbook");
        assert_eq!(code(b"a,b\n\xFF\xFF\xFF"), "import.bad_encoding");
        assert_eq!(code(b"PK\x03\x04 nonsense"), "import.unreadable");
        assert_eq!(code(format!("a{}\n", ",b".repeat(COLUMNS_MAX)).as_bytes()), "import.too_large");
        assert_eq!(code("a\n".repeat(ROWS_MAX + 2).as_bytes()), "import.too_large");
    }
}
