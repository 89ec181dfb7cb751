//! A text, plain or Markdown, read into a tree of clauses: a proposal that its drafter corrects. `[REG-1a]`
//!
//! Deliberately not here: which clauses bind. Only people can say that.

use super::{Clause, ClauseKind, clause::MOST_CLAUSES};
use std::collections::{BTreeMap, BTreeSet};

const DIGITS: &str = "零一二三四五六七八九十百0123456789";

/// The clauses of a text: a line each, by how it begins. What begins with nothing that is known goes on with the clause
/// before it; before the first one it is a clause of its own.
pub fn read(text: &str) -> Vec<Clause> {
    let mut read = Tree::default();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        match headed(line) {
            Some((kind, depth, number, rest)) => read.open(kind, depth, number, rest),
            None => read.go_on(line),
        }
    }
    read.clauses.truncate(MOST_CLAUSES);
    read.clauses
}

/// The same clauses with the ids that they have in an earlier text, so that policies go on citing them: by what they say, else by
/// their printed number in the same place. What is found keeps whether it binds; what is new gets an id that none had.
pub fn keep_ids(before: &[Clause], read: Vec<Clause>) -> Vec<Clause> {
    let mut taken: BTreeSet<&str> = BTreeSet::new();
    // What says the same comes first, so that a number that moved on does not take what stands elsewhere now.
    let mut same: Vec<Option<&Clause>> = Vec::with_capacity(read.len());
    for clause in &read {
        let says = |was: &&Clause| was.kind == clause.kind && was.text == clause.text;
        let was = before.iter().filter(says).find(|was| !taken.contains(was.id.as_str()));
        taken.extend(was.map(|was| was.id.as_str()));
        same.push(was);
    }
    let mut used: BTreeSet<String> = before.iter().map(|clause| clause.id.clone()).collect();
    let mut ids: BTreeMap<String, String> = BTreeMap::new();
    let mut kept = Vec::with_capacity(read.len());
    for (clause, same) in read.into_iter().zip(same) {
        let parent = clause.parent.as_ref().and_then(|parent| ids.get(parent)).cloned();
        let numbered = |was: &&Clause| {
            let stands = was.kind == clause.kind && was.number == clause.number && was.parent == parent;
            stands && !clause.number.is_empty() && !taken.contains(was.id.as_str())
        };
        let was = same.or_else(|| before.iter().find(numbered));
        taken.extend(was.map(|was| was.id.as_str()));
        let fresh = || fresh_id(&clause.id, parent.as_deref(), &used);
        let id = was.map_or_else(fresh, |was| was.id.clone());
        used.insert(id.clone());
        ids.insert(clause.id.clone(), id.clone());
        kept.push(Clause { id, parent, binding: was.is_some_and(|was| was.binding), ..clause });
    }
    kept
}

/// An id below a parent that is not taken.
fn fresh_id(read: &str, parent: Option<&str>, used: &BTreeSet<String>) -> String {
    let own = read.rsplit('.').next().unwrap_or(read);
    let plain = parent.map_or_else(|| own.to_owned(), |parent| format!("{parent}.{own}"));
    let mut id = plain.clone();
    let mut n = 1;
    while used.contains(&id) {
        n += 1;
        id = format!("{plain}-{n}");
    }
    id
}

/// What a line opens: its kind, how deep it lies, its printed number, and what follows.
fn headed(line: &str) -> Option<(ClauseKind, u32, String, &str)> {
    let marks = line.chars().take_while(|c| *c == '#').count();
    if marks > 0 {
        let rest = line.trim_start_matches('#').trim();
        let (kind, number, rest) = match headed(rest) {
            Some((_, _, number, rest)) => (None, number, rest),
            None => (None::<ClauseKind>, String::new(), rest),
        };
        let by_marks = match marks {
            1 => ClauseKind::Chapter,
            2 => ClauseKind::Section,
            _ => ClauseKind::Clause,
        };
        let kind = kind.unwrap_or(by_marks);
        return Some((kind, kind as u32, number, rest));
    }
    numbered(line)
}

fn numbered(line: &str) -> Option<(ClauseKind, u32, String, &str)> {
    if let Some(rest) = line.strip_prefix('第') {
        for (unit, kind) in
            [('章', ClauseKind::Chapter), ('节', ClauseKind::Section), ('条', ClauseKind::Clause)]
        {
            if let Some((digits, after)) = rest.split_once(unit)
                && is_number(digits)
            {
                return Some((kind, kind as u32, format!("第{digits}{unit}"), trimmed(after)));
            }
        }
    }
    if let Some((digits, after)) = line.split_once('、')
        && is_number(digits)
    {
        let kind = if digits.is_ascii() { ClauseKind::Item } else { ClauseKind::Chapter };
        let depth = if digits.is_ascii() { 4 } else { 0 };
        return Some((kind, depth, digits.to_owned(), trimmed(after)));
    }
    for (open, close) in [('（', '）'), ('(', ')')] {
        if let Some((digits, after)) = line.strip_prefix(open).and_then(|rest| rest.split_once(close))
            && is_number(digits)
        {
            let depth = if digits.is_ascii() { 5 } else { 3 };
            return Some((ClauseKind::Item, depth, format!("（{digits}）"), trimmed(after)));
        }
    }
    let end = line.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(line.len());
    let (number, after) = line.split_at(end);
    let parts = number.trim_end_matches('.').split('.').filter(|part| !part.is_empty()).count();
    match parts {
        0 => None,
        1 if number.ends_with('.') => {
            Some((ClauseKind::Item, 4, number.trim_end_matches('.').to_owned(), trimmed(after)))
        }
        1 => None,
        2 => Some((ClauseKind::Section, 1, number.to_owned(), trimmed(after))),
        _ => Some((ClauseKind::Clause, 2, number.to_owned(), trimmed(after))),
    }
}

fn is_number(digits: &str) -> bool {
    !digits.is_empty() && digits.chars().count() <= 6 && digits.chars().all(|c| DIGITS.contains(c))
}

fn trimmed(text: &str) -> &str {
    text.trim_start_matches([' ', '\u{3000}', '：', ':', '.', '．', '、']).trim()
}

#[derive(Default)]
struct Tree {
    clauses: Vec<Clause>,
    /// What is open: how deep, its id, how many stand below it.
    open: Vec<(u32, String, u32)>,
    tops: u32,
}

impl Tree {
    fn open(&mut self, kind: ClauseKind, depth: u32, number: String, text: &str) {
        while self.open.last().is_some_and(|(open, _, _)| *open >= depth) {
            self.open.pop();
        }
        let (id, parent) = match self.open.last_mut() {
            Some((_, above, below)) => {
                *below += 1;
                (format!("{above}.{below}"), Some(above.clone()))
            }
            None => {
                self.tops += 1;
                (self.tops.to_string(), None)
            }
        };
        self.open.push((depth, id.clone(), 0));
        // A heading without words says its number.
        let text = if text.is_empty() { number.clone() } else { text.to_owned() };
        self.clauses.push(Clause { id, kind, parent, number, text, binding: false });
    }

    fn go_on(&mut self, line: &str) {
        let heading = |clause: &Clause| matches!(clause.kind, ClauseKind::Chapter | ClauseKind::Section);
        match self.clauses.last_mut() {
            Some(clause) if !heading(clause) => {
                clause.text.push('\n');
                clause.text.push_str(line);
            }
            Some(_) => self.open(ClauseKind::Clause, 2, String::new(), line),
            None => self.open(ClauseKind::Clause, 2, String::new(), line),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chapters_clauses_and_items_are_told_apart_by_how_they_begin() {
        let text = "第一章 总则\n第一条 为规范管理，制定本制度。\n（一）适用于全体员工。\n续行\n第二章 费用\n## 9.2 报销\n1. 先申请\n2. 后报销";
        let read = read(text);
        let shown: Vec<_> =
            read.iter().map(|clause| (clause.id.as_str(), clause.number.as_str(), clause.kind)).collect();
        use ClauseKind::{Chapter, Clause, Item, Section};
        assert_eq!(
            shown,
            [
                ("1", "第一章", Chapter),
                ("1.1", "第一条", Clause),
                ("1.1.1", "（一）", Item),
                ("2", "第二章", Chapter),
                ("2.1", "9.2", Section),
                ("2.1.1", "1", Item),
                ("2.1.2", "2", Item),
            ]
        );
        assert_eq!(read[2].text, "适用于全体员工。\n续行");
        let mut findings = crate::spine::Findings::new();
        super::super::clause::check(&mut findings, "/clauses", &read);
        assert_eq!(findings.into_vec(), []);
    }

    #[test]
    fn what_is_read_anew_keeps_the_ids_it_had() {
        let was = |id: &str, number: &str, text: &str| Clause {
            id: id.to_owned(),
            kind: ClauseKind::Clause,
            parent: None,
            number: number.to_owned(),
            text: text.to_owned(),
            binding: true,
        };
        let before = [was("7", "第一条", "先申请。"), was("8", "第二条", "后报销。")];
        let kept = keep_ids(
            &before,
            read("第一条 总的原则。\n第二条 先申请。\n第三条 一周内报销。\n第四条 后报销。"),
        );
        let shown: Vec<_> = kept.iter().map(|clause| (clause.id.as_str(), clause.binding)).collect();
        assert_eq!(shown, [("1", false), ("7", true), ("3", false), ("8", true)]);
    }
}
