//! The cells of one row, read by their columns: what is wrong is noted, and everything at once.

use super::{
    column::{Choice, ImportColumn},
    table::{Heading, RowFinding},
};
use chrono::NaiveDate;
use domain::spine::{Currency, Money, RefusalCode, codes, import as rules, in_both, is_deceptive, typed};
use serde_json::{Value, json};
use std::{ops::RangeInclusive, str::FromStr};

/// The cells of one row.
pub struct Cells<'a> {
    pub(super) columns: &'static [ImportColumn],
    pub(super) places: &'a [Heading],
    pub(super) cells: &'a [String],
    pub(super) findings: Vec<RowFinding>,
}

/// Marks a spreadsheet leaves where a formula failed.
const FAILED: [&str; 8] =
    ["#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#GETTING_DATA"];

impl Cells<'_> {
    /// Notes that the cell of a column is wrong.
    pub fn refuse<const N: usize>(
        &mut self,
        column: &'static str,
        code: &'static RefusalCode,
        params: [(&str, Value); N],
    ) {
        self.findings.push(RowFinding::new(column, code, params));
    }

    /// Notes what is wrong with the form of every cell, and which required ones are empty.
    pub(super) fn check_all(&mut self) {
        for column in self.columns {
            let text = self.raw(column.name);
            if text.is_none() && column.required {
                self.refuse(column.name, codes::REQUIRED, []);
            } else if text.is_some_and(|text| FAILED.contains(&text)) {
                self.refuse(
                    column.name,
                    codes::BAD_FORMAT,
                    [("expected", in_both("公式没有出错的单元格", "a cell whose formula has no error"))],
                );
            } else if text.is_some_and(is_deceptive) {
                self.refuse(column.name, codes::BAD_CHARACTER, []);
            }
        }
    }

    fn raw(&self, column: &str) -> Option<&str> {
        let index = self.columns.iter().position(|known| known.name == column)?;
        let text = self.cells.get(self.places.get(index)?.at?)?.trim();
        (!text.is_empty()).then_some(text)
    }

    /// A text of at most so many characters; none where the cell is empty.
    pub fn text(&mut self, column: &'static str, max: usize) -> Option<String> {
        let text = self.raw(column)?.to_owned();
        if text.chars().count() > max {
            self.refuse(column, codes::BAD_LENGTH, [("min", json!(1)), ("max", json!(max))]);
        }
        Some(text)
    }

    /// Whatever can be read from text; none where the cell is empty or says something else.
    pub fn parsed<V: FromStr>(&mut self, column: &'static str, expected: &str) -> Option<V> {
        let read = self.raw(column)?.parse();
        if read.is_err() {
            self.refuse(column, codes::BAD_FORMAT, [("expected", json!(expected))]);
        }
        read.ok()
    }

    /// A whole number within bounds.
    pub fn integer(&mut self, column: &'static str, range: RangeInclusive<i64>) -> Option<i64> {
        let number: i64 = self.parsed(column, "1234")?;
        if !range.contains(&number) {
            let params = [("min", json!(range.start())), ("max", json!(range.end()))];
            self.refuse(column, codes::OUT_OF_RANGE, params);
        }
        Some(number)
    }

    /// A day: `2026-03-05`, `2026/3/5`, `2026年3月5日` or `20260305`.
    pub fn date(&mut self, column: &'static str) -> Option<NaiveDate> {
        let text = self.raw(column)?;
        let forms = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d"];
        let day = forms.into_iter().find_map(|form| NaiveDate::parse_from_str(text, form).ok());
        if day.is_none() {
            self.refuse(column, codes::BAD_FORMAT, [("expected", json!("2026-03-05"))]);
        }
        day
    }

    /// An amount in a currency; commas stand between thousands or nowhere, a sign of the currency at either end.
    pub fn money(&mut self, column: &'static str, currency: Currency) -> Option<Money> {
        let text = self.raw(column)?;
        let money = ungrouped(text).and_then(|plain| Money::parse(&plain, currency).ok());
        if money.is_none() {
            self.refuse(column, codes::BAD_FORMAT, [("expected", json!("1234.50, 1,234.50"))]);
        }
        money
    }

    /// Notes an empty cell of a column that stands in the file: what it leaves out is not guessed. Without the column the
    /// usual applies to every row.
    pub fn refuse_blank(&mut self, column: &'static str) {
        let index = self.columns.iter().position(|known| known.name == column);
        let stands = index.and_then(|index| self.places.get(index)?.at).is_some();
        if stands && self.raw(column).is_none() {
            self.refuse(column, rules::IMPORT_BLANK, []);
        }
    }

    /// Yes or no.
    pub fn flag(&mut self, column: &'static str) -> Option<bool> {
        const FLAGS: &[Choice<bool>] = &[
            Choice::new(true, "true", "是", "yes"),
            Choice::new(false, "false", "否", "no"),
            Choice::new(true, "1", "√", "y"),
            Choice::new(false, "0", "×", "n"),
        ];
        self.raw(column)?;
        let flag = self.found(column, FLAGS);
        if flag.is_none() {
            self.refuse(column, rules::IMPORT_NOT_A_CHOICE, [("choices", json!("是/yes, 否/no"))]);
        }
        flag
    }

    fn found<V: Copy>(&self, column: &str, choices: &[Choice<V>]) -> Option<V> {
        let text = self.raw(column)?;
        choices.iter().find(|choice| choice.is_meant_by(text)).map(|choice| choice.value)
    }

    /// One of a few values, by code or name.
    pub fn choice<V: Copy>(&mut self, column: &'static str, choices: &[Choice<V>]) -> Option<V> {
        self.raw(column)?;
        let found = self.found(column, choices);
        if found.is_none() {
            self.refuse(column, rules::IMPORT_NOT_A_CHOICE, [("choices", named(choices))]);
        }
        found
    }

    /// Several of a few values, separated by commas, semicolons or lines, each once.
    pub fn choices<V: Copy + PartialEq>(&mut self, column: &'static str, choices: &[Choice<V>]) -> Vec<V> {
        let Some(text) = self.raw(column).map(str::to_owned) else { return Vec::new() };
        let mut found = Vec::new();
        let marks = [',', '，', '、', ';', '；', '\n'];
        for part in text.split(marks).map(str::trim).filter(|part| !part.is_empty()) {
            match choices.iter().find(|choice| choice.is_meant_by(part)) {
                Some(choice) if found.contains(&choice.value) => {}
                Some(choice) => found.push(choice.value),
                None => self.refuse(column, rules::IMPORT_NOT_A_CHOICE, [("choices", named(choices))]),
            }
        }
        found
    }
}

/// An amount without its commas, where they stand between groups of three; `None` where they stand elsewhere: nobody knows
/// what `12,34.50` means, and `1234,50` is not 123,450.
fn ungrouped(text: &str) -> Option<String> {
    let folded = typed::folded(text);
    let signs = |c: char| c.is_whitespace() || matches!(c, '¥' | '￥' | '元');
    let plain = folded.trim_matches(signs);
    let (whole, rest) = plain.find('.').map_or((plain, ""), |point| plain.split_at(point));
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let rest_is_whole =
        groups.clone().all(|group| group.len() == 3 && group.bytes().all(|b| b.is_ascii_digit()));
    let lead = first.strip_prefix('-').unwrap_or(first).len();
    let is_grouped = whole.contains(',');
    let is_right = !is_grouped || (rest_is_whole && (1..=3).contains(&lead));
    (is_right && !rest.contains(',')).then(|| format!("{}{rest}", whole.replace(',', "")))
}

fn named<V>(choices: &[Choice<V>]) -> Value {
    let names: Vec<String> = choices.iter().map(|choice| format!("{}/{}", choice.zh, choice.code)).collect();
    json!(names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_stand_between_thousands_or_the_amount_is_not_read() {
        for (text, plain) in [
            ("1234.50", "1234.50"),
            ("1,234.50", "1234.50"),
            ("￥ 12,345,678", "12345678"),
            ("３，５００．５０ 元", "3500.50"),
            ("-1,000", "-1000"),
        ] {
            assert_eq!(ungrouped(text).as_deref(), Some(plain), "{text}");
        }
        for text in ["1234,50", "12,34.50", "1,23", "1,2345", ",123", "1,234.5,0", "1234,567", "1,,234"] {
            assert_eq!(ungrouped(text), None, "{text}");
        }
    }
}
