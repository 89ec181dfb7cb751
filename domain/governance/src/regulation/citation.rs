//! How policies and rules name a clause: `000 §9.2 三；§9.3(5)`, `002 §5(二)1 第一接触点的原则`. Read as people read it: as far as
//! the numbers and headings lead, what follows being a quotation. `[REG-8]`

use super::Clause;

/// A clause as it is named.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Citation {
    /// The code of the regulation: `000`.
    pub regulation: String,
    /// The way to the clause within it; empty where the whole is named.
    pub path: String,
}

impl Citation {
    /// Everything that a text names: places are parted by semicolons, and one that names no regulation is of the one before.
    /// A regulation that holds several (`002`) is cited by its section: `002 §5(二)` is in the regulation `002-5`.
    pub fn all(text: &str) -> Vec<Self> {
        let mut regulation = String::new();
        let mut found = Vec::new();
        for place in text.split(['；', ';']).map(str::trim).filter(|place| !place.is_empty()) {
            let (first, rest) = place.split_once(char::is_whitespace).unwrap_or((place, ""));
            let path = if is_code(first) {
                first.clone_into(&mut regulation);
                rest
            } else {
                place
            };
            if !regulation.is_empty() {
                found.push(Self { regulation: regulation.clone(), path: path.trim().to_owned() });
            }
        }
        found
    }

    /// The same in a regulation that is a part of the one named: `002 §5(二)1` is `(二)1` of `002-5`.
    pub fn within_part(&self) -> Option<Self> {
        let (mark, rest) = first_mark(&self.path)?;
        let Mark::Number { value, .. } = mark else { return None };
        let regulation = format!("{}-{value}", self.regulation);
        Some(Self { regulation, path: rest.trim().to_owned() })
    }

    /// The clause that it names; `Ok(None)` where it names the regulation as a whole.
    ///
    /// # Errors
    /// Where nothing in the regulation is named so.
    pub fn resolve<'a>(&self, clauses: &'a [Clause]) -> Result<Option<&'a Clause>, Unresolved> {
        let mut here: Option<&Clause> = None;
        let mut rest = self.path.as_str();
        while let Some((mark, behind)) = first_mark(rest) {
            let Some(next) = step(clauses, here, &mark) else { break };
            here = Some(next);
            rest = behind;
        }
        if here.is_none() && !self.path.is_empty() { Err(Unresolved) } else { Ok(here) }
    }
}

/// Nothing is named so.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Unresolved;

/// A step on the way to a clause.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Mark<'a> {
    /// A number, with what it counts: `第三条`, `(二)`, `9`.
    Number {
        /// Which.
        value: u32,
        /// `章`, `节` or `条`, where it says so.
        unit: Option<char>,
    },
    /// The words of a heading.
    Words(&'a str),
}

/// Three digits, and perhaps a part: `000`, `002-5`. Other regulations of a company are cited alike where their code begins so.
fn is_code(word: &str) -> bool {
    let (code, part) = word.split_once('-').unwrap_or((word, "1"));
    let digits = |text: &str, most: usize| {
        (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    code.len() == 3 && digits(code, 3) && digits(part, 2)
}

/// What parts the steps and says nothing.
fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '§' | '.' | '．' | '、' | ',' | '，' | '(' | '（' | ')' | '）' | ':' | '：')
}

fn first_mark(path: &str) -> Option<(Mark<'_>, &str)> {
    let path = path.trim_start_matches(is_blank);
    let path = path.strip_prefix("ch.").unwrap_or(path);
    let first = path.chars().next()?;
    if let Some(value) = circled(first) {
        return Some((Mark::Number { value, unit: None }, path.get(first.len_utf8()..)?));
    }
    let (printed, numbered) = match path.strip_prefix('第') {
        Some(rest) => (true, rest),
        None => (false, path),
    };
    let end = numbered.find(|c: char| !is_digit(c)).unwrap_or(numbered.len());
    let (digits, behind) = numbered.split_at(end);
    let unit = behind.chars().next().filter(|c| printed && matches!(c, '章' | '节' | '条'));
    if let Some(value) = number(digits)
        && printed == unit.is_some()
    {
        let behind = unit.map_or(behind, |unit| behind.trim_start_matches(unit));
        return Some((Mark::Number { value, unit }, behind));
    }
    let end = path.find(|c: char| is_blank(c) || c.is_ascii_digit()).unwrap_or(path.len());
    let (words, behind) = path.split_at(end);
    (!words.is_empty()).then_some((Mark::Words(words), behind))
}

fn step<'a>(clauses: &'a [Clause], above: Option<&Clause>, mark: &Mark<'_>) -> Option<&'a Clause> {
    let below = |clause: &&Clause| {
        above.is_none_or(|above| {
            clause.id.strip_prefix(above.id.as_str()).is_some_and(|rest| rest.starts_with('.'))
        })
    };
    let all = || clauses.iter().filter(below);
    match mark {
        // A number with its unit is unique by how it is printed, wherever it stands below.
        Mark::Number { value, unit: Some(unit) } => {
            all().find(|clause| clause.number.ends_with(*unit) && number_in(&clause.number) == Some(*value))
        }
        Mark::Number { value, unit: None } => {
            let id = above.map_or_else(|| value.to_string(), |above| format!("{}.{value}", above.id));
            clauses.iter().find(|clause| clause.id == id)
        }
        Mark::Words(words) => {
            let twin = |clause: &&Clause| is_twin(above, clause) && clause.text.starts_with(words);
            let within = |clause: &&Clause| clause.number == *words || clause.text.starts_with(words);
            // What is printed twice under one number is told apart by its words.
            let found = clauses.iter().find(twin).or_else(|| all().find(within));
            let long = words.chars().count() >= WORDS_MIN;
            found.or_else(|| all().find(|clause| long && clause.text.contains(words)))
        }
    }
}

/// So many characters of a heading are enough to find it where they do not begin it.
const WORDS_MIN: usize = 4;

/// Whether a clause has the number of another, having been printed after it: `2.1b` beside `2.1`.
fn is_twin(of: Option<&Clause>, clause: &Clause) -> bool {
    of.and_then(|of| clause.id.strip_prefix(of.id.as_str()))
        .is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|byte| byte.is_ascii_lowercase()))
}

/// The number that is printed before a clause: 3 of `第三条`, `（三）`, `3、`.
pub fn number_in(printed: &str) -> Option<u32> {
    let digits: String = printed.chars().filter(|c| is_digit(*c)).collect();
    number(&digits).or_else(|| printed.chars().find_map(circled))
}

const NUMERALS: &str = "零一二三四五六七八九";

fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || c == '十' || NUMERALS.contains(c)
}

fn circled(c: char) -> Option<u32> {
    let value = u32::from(c).checked_sub(u32::from('①'))?;
    (value < 20).then_some(value + 1)
}

/// A whole number below a hundred, in digits or as Chinese write it.
fn number(digits: &str) -> Option<u32> {
    if digits.is_empty() {
        return None;
    }
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return digits.parse().ok();
    }
    let numeral = |text: &str| match text {
        "" => None,
        one => {
            NUMERALS.chars().position(|known| one.chars().eq([known])).and_then(|at| u32::try_from(at).ok())
        }
    };
    match digits.split_once('十') {
        Some((tens, ones)) => {
            let tens = if tens.is_empty() { 1 } else { numeral(tens)? };
            let ones = if ones.is_empty() { 0 } else { numeral(ones)? };
            Some(tens * 10 + ones)
        }
        None => numeral(digits),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::ClauseKind, *};

    fn clauses() -> Vec<Clause> {
        let clause = |(id, number, text): &(&str, &str, &str)| Clause {
            id: (*id).to_owned(),
            kind: ClauseKind::Item,
            parent: None,
            number: (*number).to_owned(),
            text: (*text).to_owned(),
            binding: true,
        };
        [
            ("9", "九", "营销预算与费用控制"),
            ("9.2", "9.2", "营销费用核算"),
            ("9.2.3", "三", "核算内容"),
            ("9.3", "9.3", "营销费用控制"),
            ("9.3.5", "（5）", "审批"),
            ("9.12", "第十二条", "其他"),
        ]
        .iter()
        .map(clause)
        .collect()
    }

    #[test]
    fn places_are_parted_and_a_later_one_is_of_the_regulation_before() {
        let cited = |text| -> Vec<(String, String)> {
            Citation::all(text).into_iter().map(|one| (one.regulation, one.path)).collect()
        };
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(cited("000 §9.2 三；§9.3(5)"), [pair("000", "§9.2 三"), pair("000", "§9.3(5)")]);
        assert_eq!(cited("国务院办公厅的通知"), []);
        let part = Citation::all("002 §5(二)1 由销售经理统一安排")[0].within_part();
        assert_eq!(
            part.map(|one| (one.regulation, one.path)),
            Some(pair("002-5", "(二)1 由销售经理统一安排"))
        );
    }

    #[test]
    fn a_clause_is_found_as_far_as_numbers_and_headings_lead() {
        let clauses = clauses();
        let found = |path: &str| {
            let cited = Citation { regulation: "000".to_owned(), path: path.to_owned() };
            cited.resolve(&clauses).map(|clause| clause.map(|clause| clause.id.clone()))
        };
        let is = |id: &str| Ok(Some(id.to_owned()));
        assert_eq!(found("§9.2 三"), is("9.2.3"));
        assert_eq!(found("§9.3(5)"), is("9.3.5"));
        assert_eq!(found("第十二条"), is("9.12"));
        assert_eq!(found("营销费用控制 5"), is("9.3.5"));
        assert_eq!(found("§9.2 三 人员费用包括工资"), is("9.2.3"));
        assert_eq!(found(""), Ok(None));
        assert_eq!(found("§7.9"), Err(Unresolved));
    }
}
