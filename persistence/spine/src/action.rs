//! What the caller may do with a resource now, with links and reasons, so that a front end holds no copy of the
//! rules. `[ACT-1]`

use chrono_tz::Tz;
use domain::spine::{Language, Refusal, as_clocks_show};
use serde::Serialize;
use std::{borrow::Cow, fmt::Display};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, OneOfBuilder, Ref, RefOr, Schema, schema::Type},
};

/// One action on a resource; `A` is the enum of the resource's actions.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct ActionView<A> {
    name: A,
    method: &'static str,
    href: String,
    allowed: bool,
    refusal: Option<RefusalView>,
}

/// How an action is called.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// PATCH to the resource itself.
    Patch,
    /// POST below the resource, e.g. `/submit`.
    Post(&'static str),
    /// POST to another address, which takes several resources at once.
    PostTo(&'static str),
}

impl Place {
    /// The method, and the address for a resource that stands at `base`.
    fn of(self, base: &dyn Display) -> (&'static str, String) {
        match self {
            Self::Patch => ("PATCH", base.to_string()),
            Self::Post(tail) => ("POST", format!("{base}{tail}")),
            Self::PostTo(address) => ("POST", address.to_owned()),
        }
    }
}

/// The actions of a resource, each of which has its place.
pub trait Placed<Wing> {
    /// Where the action is called.
    fn place(self) -> Place;
}

impl<A> ActionView<A> {
    /// An action that is posted to a place, and what stands against it, with times as clocks show them in a zone.
    pub fn post(name: A, href: String, refusal: Option<&Refusal>, zone: Tz) -> Self {
        let posted = Self::by("POST", name, href, refusal);
        Self { refusal: posted.refusal.map(|refusal| refusal.in_zone(zone)), ..posted }
    }

    fn by(method: &'static str, name: A, href: String, refusal: Option<&Refusal>) -> Self {
        Self { name, method, href, allowed: refusal.is_none(), refusal: refusal.map(RefusalView::of) }
    }
}

impl<A: Copy> ActionView<A> {
    /// The actions on the resource at `base`, each with what stands against it.
    pub fn listed<Wing>(
        base: &dyn Display,
        actions: impl IntoIterator<Item = (A, Result<(), Refusal>)>,
    ) -> Vec<Self>
    where
        A: Placed<Wing>,
    {
        let shown = |(name, allowed): (A, Result<(), Refusal>)| {
            let (method, href) = name.place().of(base);
            Self::by(method, name, href, allowed.err().as_ref())
        };
        actions.into_iter().map(shown).collect()
    }
}

// By hand, because the derive would call the actions of every resource alike, each replacing the last.
impl<A: ToSchema> PartialSchema for ActionView<A> {
    fn schema() -> RefOr<Schema> {
        let text = |about: &str, longest: usize, example: &str| {
            ObjectBuilder::new()
                .schema_type(Type::String)
                .description(Some(about))
                .max_length(Some(longest))
                .examples([example])
        };
        let allowed = ObjectBuilder::new()
            .schema_type(Type::Boolean)
            .description(Some("Whether the caller may do it now."));
        let refusal = OneOfBuilder::new()
            .item(Ref::from_schema_name(RefusalView::name()))
            .item(ObjectBuilder::new().schema_type(Type::Null))
            .description(Some("Why not, if not."));
        ObjectBuilder::new()
            .description(Some("What the caller may do, and if not why."))
            .property("name", Ref::from_schema_name(A::name()))
            .property("method", text("Its method.", 10, "POST"))
            .property("href", text("Where to send it.", 200, "/api/v1/expense-claims/0197…/submit"))
            .property("allowed", allowed)
            .property("refusal", refusal)
            .required("name")
            .required("method")
            .required("href")
            .required("allowed")
            .into()
    }
}

impl<A: ToSchema> ToSchema for ActionView<A> {
    /// `ExpenseClaimActionName` names the actions of an `ExpenseClaimAction`.
    fn name() -> Cow<'static, str> {
        let name = A::name();
        name.strip_suffix("Name").map_or_else(|| format!("{name}View"), str::to_owned).into()
    }
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        for (name, schema) in [(A::name(), A::schema()), (RefusalView::name(), RefusalView::schema())] {
            schemas.push((name.into_owned(), schema));
        }
        A::schemas(schemas);
        RefusalView::schemas(schemas);
    }
}

/// A refusal as data.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
#[schema(as = Refusal)]
pub struct RefusalView {
    /// The stable code.
    #[schema(max_length = 100, example = "approval.own_document")]
    pub code: &'static str,
    /// In Chinese.
    #[schema(max_length = 2000)]
    pub zh: String,
    /// In English.
    #[schema(max_length = 2000)]
    pub en: String,
    /// The rule that refuses.
    #[schema(max_length = 40, example = "APR-4")]
    pub rule: Option<String>,
    /// The clause the rule enforces.
    #[schema(max_length = 200)]
    pub clause: Option<String>,
}

impl RefusalView {
    /// The same with times as clocks show them in a zone.
    #[must_use]
    pub fn in_zone(self, zone: Tz) -> Self {
        Self { zh: as_clocks_show(self.zh, zone), en: as_clocks_show(self.en, zone), ..self }
    }

    /// A refusal in both languages.
    pub fn of(refusal: &Refusal) -> Self {
        Self {
            code: refusal.code.code,
            zh: refusal.code.text(Language::Chinese, &refusal.params),
            en: refusal.code.text(Language::English, &refusal.params),
            rule: refusal.citation.as_ref().map(|citation| citation.rule.clone()),
            clause: refusal.citation.as_ref().and_then(|citation| citation.clause.clone()),
        }
    }
}
