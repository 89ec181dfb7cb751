//! A record of every kind, of the marketing department or of 兰兰 in it: each noun brings a maker with its stories.

use crate::{App, Company};
use serde_json::Value;
use std::{cell::RefCell, collections::BTreeMap};

/// How a record of a kind comes to be.
#[derive(Clone, Copy)]
pub struct Record {
    /// The path of its kind: `/api/v1/budgets/{id}`.
    pub kind: &'static str,
    /// Makes one; answers what stands in its path for the parameters of its kind.
    pub make: fn(&Records<'_>) -> String,
}

/// Lists the records that the stories of a module are about: `records! { "/api/v1/budgets/{id}" => a_budget }`.
#[macro_export]
macro_rules! records {
    ($($kind:literal => $make:expr),* $(,)?) => {
        /// How the records of this module come to be.
        pub const RECORDS: &[$crate::Record] = &[$($crate::Record { kind: $kind, make: $make }),*];
    };
}

/// The records of a story, each made when it is first asked for, also by one that stands on it.
pub struct Records<'a> {
    /// Whose database it is.
    pub app: &'a App,
    /// Who acts.
    pub company: &'a Company,
    makers: Vec<Record>,
    made: RefCell<BTreeMap<&'static str, String>>,
}

impl<'a> Records<'a> {
    /// Those of which there are makers.
    pub fn of(app: &'a App, company: &'a Company, makers: impl IntoIterator<Item = Record>) -> Self {
        let mut known: Vec<Record> = Vec::new();
        for record in makers {
            assert!(known.iter().all(|other| other.kind != record.kind), "two make {}", record.kind);
            known.push(record);
        }
        Self { app, company, makers: known, made: RefCell::default() }
    }

    /// The kinds of which one can be made, in the order of their makers.
    pub fn kinds(&self) -> impl Iterator<Item = &'static str> {
        self.makers.iter().map(|record| record.kind)
    }

    /// What stands for the parameters in the path of a record; made if it is not.
    #[track_caller]
    pub fn id(&self, kind: &str) -> String {
        if let Some(made) = self.made.borrow().get(kind) {
            return made.clone();
        }
        let maker = self.makers.iter().find(|record| record.kind == kind);
        let Record { kind, make } = maker.unwrap_or_else(|| panic!("nobody makes {kind}"));
        let made = make(self);
        self.made.borrow_mut().insert(kind, made.clone());
        made
    }

    /// Where a record stands; made if it is not.
    #[track_caller]
    pub fn place(&self, kind: &str) -> String {
        let before = kind.split('{').next().unwrap_or_default();
        format!("{before}{}", self.id(kind))
    }

    /// What an employee makes by a POST to where its kind is made; its id.
    #[track_caller]
    pub fn post(&self, by: &str, kind: &str, body: Value) -> String {
        let list = kind.rsplit_once("/{").expect("a parameter").0;
        self.company.who(by).post(list, body).expect(201).text("/id")
    }
}
