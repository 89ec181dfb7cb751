//! XLSX: the cells of the first visible sheet, read one by one, so that a sheet that claims a corner a million
//! rows away costs nothing; and never more unpacked than a bound.

use super::{
    COLUMNS_MAX, ROWS_MAX,
    grid::{GridRow, too_large, unreadable},
};
use calamine::{DataRef, Dimensions, ExcelDateTime, Reader, SheetType, SheetVisible, Xlsx};
use domain::spine::Refusal;
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// How many bytes a workbook may unpack to: what a file of the largest size honestly needs, several times.
const UNPACKED_MAX: u64 = 64 * 1024 * 1024;
/// How many cells merged ranges may fill.
const SPREAD_MAX: usize = 2_000_000;
/// How many parts a workbook may have.
const PARTS_MAX: usize = 1_000;

/// The rows of the first visible sheet.
pub(super) fn rows_of(bytes: &[u8]) -> Result<Vec<GridRow>, Refusal> {
    check_size(bytes)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(unreadable)?;
    let is_read = |sheet: &&calamine::Sheet| {
        sheet.visible == SheetVisible::Visible && sheet.typ == SheetType::WorkSheet
    };
    let name = book.sheets_metadata().iter().find(is_read).map(|sheet| sheet.name.clone());
    let name = name.ok_or_else(|| unreadable("no sheet"))?;
    let merged = book.merge_cells_by_sheet_name(&name).map_err(unreadable)?;
    let mut cells = book.worksheet_cells_reader(&name).map_err(unreadable)?;
    let mut rows: Vec<GridRow> = Vec::new();
    while let Some(cell) = cells.next_cell().map_err(unreadable)? {
        let (row, column) = cell.get_position();
        let (number, column) = (row.saturating_add(1), column as usize);
        let text = text_of(cell.get_value());
        if text.is_empty() {
            continue;
        }
        if column >= COLUMNS_MAX {
            return Err(too_large(ROWS_MAX));
        }
        if rows.last().is_none_or(|last| last.number != number) {
            if rows.len() > ROWS_MAX {
                return Err(too_large(ROWS_MAX));
            }
            rows.push(GridRow { number, cells: Vec::new() });
        }
        if let Some(last) = rows.last_mut() {
            last.cells.resize(last.cells.len().max(column + 1), String::new());
            last.cells[column] = text;
        }
    }
    spread(&mut rows, &merged)?;
    Ok(rows)
}

/// Gives every cell of a merged range what stands in its first one: that is what people see there. Rows of which nothing
/// else is filled in are none.
fn spread(rows: &mut [GridRow], merged: &[Dimensions]) -> Result<(), Refusal> {
    let mut left = SPREAD_MAX;
    for region in merged {
        let (top, bottom) = (region.start.0.saturating_add(1), region.end.0.saturating_add(1));
        let (first, last) = (region.start.1 as usize, region.end.1 as usize);
        if last >= COLUMNS_MAX {
            return Err(too_large(ROWS_MAX));
        }
        let begin = rows.partition_point(|row| row.number < top);
        let end = rows.partition_point(|row| row.number <= bottom);
        let head = rows.get(begin).filter(|row| row.number == top);
        let Some(text) = head.and_then(|row| row.cells.get(first)).filter(|text| !text.is_empty()).cloned()
        else {
            continue;
        };
        left = left.checked_sub((end - begin) * (last - first + 1)).ok_or_else(|| too_large(ROWS_MAX))?;
        for row in &mut rows[begin..end] {
            row.cells.resize(row.cells.len().max(last + 1), String::new());
            row.cells[first..=last].fill(text.clone());
        }
    }
    Ok(())
}

/// A file of some kilobytes can unpack to gigabytes: everything is unpacked once into nothing and counted.
fn check_size(bytes: &[u8]) -> Result<(), Refusal> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(unreadable)?;
    if archive.len() > PARTS_MAX {
        return Err(too_large(ROWS_MAX));
    }
    let mut left = UNPACKED_MAX;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(unreadable)?;
        let size = std::io::copy(&mut part.take(left + 1), &mut std::io::sink()).map_err(unreadable)?;
        left = left.checked_sub(size).ok_or_else(|| too_large(ROWS_MAX))?;
    }
    Ok(())
}

fn text_of(cell: &DataRef<'_>) -> String {
    match cell {
        DataRef::Empty => String::new(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number_text(*number),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(flag) => flag.to_string(),
        DataRef::DateTime(moment) => moment_text(moment),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => error.to_string(),
    }
}

/// A number with the fifteen digits that a spreadsheet shows: 0.1 + 0.2 is 0.3 there.
fn number_text(number: f64) -> String {
    let shown = format!("{number:.14e}").parse().unwrap_or(number);
    format!("{shown}")
}

fn moment_text(moment: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute, second) == (0, 0, 0) {
        date
    } else {
        format!("{date} {hour:02}:{minute:02}:{second:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_xlsxwriter::{Format, Workbook};

    #[test]
    fn numbers_are_read_as_they_are_shown() {
        for (number, text) in [
            (0.1 + 0.2, "0.3"),
            (1234.5, "1234.5"),
            (20_000.0, "20000"),
            (1e15, "1000000000000000"),
            (-0.01, "-0.01"),
        ] {
            assert_eq!(number_text(number), text);
        }
    }

    #[test]
    fn cells_far_apart_cost_nothing_and_a_column_far_out_is_refused() {
        let mut book = Workbook::new();
        let day = Format::new().set_num_format("yyyy-mm-dd");
        let sheet = book.add_worksheet();
        sheet.write_string(0, 0, "代码").expect("a cell");
        sheet.write_string(1_048_575, 1, "尽头").expect("a cell");
        let date = rust_xlsxwriter::ExcelDateTime::from_ymd(2026, 3, 5).expect("a day");
        sheet.write_datetime_with_format(7, 2, &date, &day).expect("a cell");
        let rows = rows_of(&book.save_to_buffer().expect("bytes")).expect("rows");
        let found: Vec<(u32, &str)> =
            rows.iter().map(|row| (row.number, row.cells.last().map_or("", String::as_str))).collect();
        assert_eq!(found, [(1, "代码"), (8, "2026-03-05"), (1_048_576, "尽头")]);
        book.worksheet_from_index(0).expect("it").write_string(1, 500, "x").expect("a cell");
        let refused = rows_of(&book.save_to_buffer().expect("bytes")).expect_err("too wide");
        assert_eq!(refused.code.code, "import.too_large");
    }

    #[test]
    fn a_merged_range_says_the_same_in_every_row() {
        let mut book = Workbook::new();
        let (sheet, plain) = (book.add_worksheet(), Format::new());
        sheet.merge_range(1, 0, 3, 0, "marketing", &plain).expect("a range");
        for row in 1..=4 {
            sheet.write_number(row, 1, f64::from(row)).expect("a cell");
        }
        let rows = rows_of(&book.save_to_buffer().expect("bytes")).expect("rows");
        let departments: Vec<&str> = rows.iter().map(|row| row.cells[0].as_str()).collect();
        assert_eq!(departments, ["marketing", "marketing", "marketing", ""]);
    }

    #[test]
    fn what_unpacks_to_more_than_its_bound_is_refused() {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let deflated = zip::write::SimpleFileOptions::default();
        archive.start_file("xl/workbook.xml", deflated).expect("a part");
        let zeros = vec![0_u8; 1024 * 1024];
        for _ in 0..=UNPACKED_MAX / (1024 * 1024) {
            std::io::Write::write_all(&mut archive, &zeros).expect("bytes");
        }
        let bytes = archive.finish().expect("an archive").into_inner();
        assert!(bytes.len() < 200_000);
        assert_eq!(rows_of(&bytes).expect_err("a bomb").code.code, "import.too_large");
    }
}
