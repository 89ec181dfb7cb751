//! Batches: items that are each answered for themselves.

use serde::Deserialize;
use std::borrow::Cow;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ArrayBuilder, ObjectBuilder, Ref, RefOr, Schema, schema::AdditionalProperties},
};
use validator::{Validate, ValidateLength, ValidationError, ValidationErrors};

/// A batch: 1 to 500 items. What is wrong with one item is said in its own result and spoils no other; only the
/// shape of all of them is judged beforehand.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Items<T> {
    /// The items.
    pub items: Vec<T>,
}

/// The most items of a batch.
const MOST: usize = 500;

impl<T> Validate for Items<T> {
    fn validate(&self) -> Result<(), ValidationErrors> {
        if self.items.validate_length(Some(1), Some(MOST as u64), None) {
            return Ok(());
        }
        let mut error = ValidationError::new("length");
        error.add_param("min".into(), &1);
        error.add_param("max".into(), &MOST);
        let mut errors = ValidationErrors::new();
        errors.add("items", error);
        Err(errors)
    }
}

// By hand, because the derive would call the batches of all kinds of items alike, each replacing the last.
impl<T: ToSchema> PartialSchema for Items<T> {
    fn schema() -> RefOr<Schema> {
        let items = ArrayBuilder::new()
            .items(Ref::from_schema_name(T::name()))
            .description(Some("Each is answered for itself."))
            .min_items(Some(1))
            .max_items(Some(MOST));
        ObjectBuilder::new()
            .description(Some("A batch."))
            .property("items", items)
            .required("items")
            .additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(false)))
            .into()
    }
}

impl<T: ToSchema> ToSchema for Items<T> {
    /// The batch of `Posting`s is `PostingItems`.
    fn name() -> Cow<'static, str> {
        format!("{}Items", T::name()).into()
    }
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((T::name().into_owned(), T::schema()));
        T::schemas(schemas);
    }
}
