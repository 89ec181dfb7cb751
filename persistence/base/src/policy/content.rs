//! What versions of policies say, as the document describes it and as it is shown: the content of each kind has a schema of
//! its own, told apart by `kind`. `[REG-4]`
//!
//! A kind brings its schema and an example where it is registered, and nothing of it stands anywhere else.

use super::Kind;
use crate::spine::House;
use serde_json::{Map, Value, json};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        AllOf, Discriminator, KnownFormat, Object, ObjectBuilder, OneOf, OneOfBuilder, Ref, RefOr, Schema,
        SchemaFormat,
        extensions::Extensions,
        schema::{AdditionalProperties, AnyOf, ArrayItems, SchemaType, Type},
    },
};

/// What the schema is called that has those of all kinds.
const NAME: &str = "PolicyContent";
/// The member by which they are told apart.
const TAG: &str = "kind";
/// The kind whose example stands for any.
const USUAL: &str = "approval-chain";
/// So many characters has a text, and so many items a list, where a kind does not say how many.
const MOST: usize = 1_000;

/// The content of a version, in the document: [`schemas`] says what the kinds bring.
pub struct ContentSchema;

impl PartialSchema for ContentSchema {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::Object).into()
    }
}
impl ToSchema for ContentSchema {
    fn name() -> std::borrow::Cow<'static, str> {
        NAME.into()
    }
}

impl Kind {
    fn kept(&self, mut content: Value) -> Value {
        if let Value::Object(members) = &mut content
            && members.get(TAG).is_some_and(|named| named == self.name)
        {
            members.shift_remove(TAG);
        }
        (self.normal)(&content).unwrap_or(content)
    }

    /// What the schema of its content is called: `ApprovalChainContent`.
    pub fn schema_name(&self) -> String {
        let word = |word: &str| {
            let (first, rest) = word.split_at(word.len().min(1));
            first.to_ascii_uppercase() + rest
        };
        self.name.split('-').map(word).chain(["Content".to_owned()]).collect()
    }

    /// Its example, whole and with its kind.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn example(&self) -> Result<Value, String> {
        let said = serde_json::from_str(self.example).map_err(|error| error.to_string())?;
        let normal =
            (self.normal)(&said).ok_or_else(|| format!("the example of {} cannot be read", self.name))?;
        Ok(tagged(self.name, normal))
    }

    /// The schema of its content, and those it refers to, all bounded.
    fn described(&self) -> Vec<(String, RefOr<Schema>)> {
        let (own, mut schemas) = (self.schema)();
        let own = match own {
            RefOr::T(Schema::Object(own)) => RefOr::T(Schema::Object(self.with_tag(own))),
            own => own,
        };
        schemas.push((self.schema_name(), own));
        schemas.iter_mut().for_each(|(_, schema)| bound(schema));
        schemas
    }

    fn with_tag(&self, mut own: Object) -> Object {
        let tag = ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("The kind: what stands before the slash of the code."))
            .extensions(Some(Extensions::from_iter([("const", json!(self.name))])));
        own.properties.insert(TAG.to_owned(), tag.into());
        own.properties.move_index(own.properties.len() - 1, 0);
        own.required.insert(0, TAG.to_owned());
        own.examples = self.example().into_iter().collect();
        own
    }
}

/// The schema of the content of any version, and those of all kinds with what they refer to.
pub fn schemas(house: &House) -> Vec<(String, RefOr<Schema>)> {
    let mut kinds: Vec<&Kind> = house.all::<Kind>().collect();
    kinds.sort_unstable_by_key(|kind| kind.name);
    let mut discriminator = Discriminator::new(TAG);
    let mut choice = OneOfBuilder::new().description(Some(
        "What a version of a policy says, by its kind. Shown it names its kind; sent without, it is of the kind of the code.",
    ));
    for kind in &kinds {
        let to = Ref::from_schema_name(kind.schema_name());
        discriminator.mapping.insert(kind.name.to_owned(), to.ref_location.clone());
        choice = choice.item(to);
    }
    let usual = kinds.iter().find(|kind| kind.name == USUAL);
    let choice =
        choice.discriminator(Some(discriminator)).examples(usual.and_then(|kind| kind.example().ok()));
    let whole = (NAME.to_owned(), RefOr::T(Schema::OneOf(choice.build())));
    kinds.iter().flat_map(|kind| kind.described()).chain([whole]).collect()
}

/// The schema of the content of a kind as JSON, with all it refers to, where the document has them.
///
/// # Errors
/// Where it cannot be written.
pub fn schema_of(kind: &Kind) -> serde_json::Result<Value> {
    let mut components = Map::new();
    for (name, schema) in kind.described() {
        components.insert(name, serde_json::to_value(schema)?);
    }
    let own = format!("#/components/schemas/{}", kind.schema_name());
    Ok(json!({"$ref": own, "components": {"schemas": components}}))
}

/// A content with its kind before all else.
fn tagged(kind: &str, content: Value) -> Value {
    let Value::Object(members) = content else { return content };
    let kind = (TAG.to_owned(), json!(kind));
    Value::Object(std::iter::once(kind).chain(members).collect())
}

/// A content as it is shown: as it would be written today, with its kind. One that cannot be read is shown as it stands.
pub fn shown(house: &House, code: &str, content: Value) -> Value {
    match Kind::of_code(house, code) {
        Ok(kind) => tagged(kind.name, kind.kept(content)),
        Err(_) => content,
    }
}

/// A content as it would be written today, also where it is said as one is shown. One that cannot be read stays as it stands.
pub fn kept(house: &House, code: &str, content: Value) -> Value {
    match Kind::of_code(house, code) {
        Ok(kind) => kind.kept(content),
        Err(_) => content,
    }
}

/// Says how long texts and lists are of which nobody said it, and that nothing else belongs to an object: no kind takes what it
/// does not know.
fn bound(schema: &mut RefOr<Schema>) {
    match schema {
        RefOr::T(Schema::Object(object)) => {
            if is_a(&object.schema_type, &Type::String) && !is_of_a_form(object) {
                object.max_length.get_or_insert(MOST);
            }
            if !object.properties.is_empty() {
                object
                    .additional_properties
                    .get_or_insert_with(|| Box::new(AdditionalProperties::FreeForm(false)));
            }
            object.properties.values_mut().for_each(bound);
        }
        RefOr::T(Schema::Array(array)) => {
            array.max_items.get_or_insert(MOST);
            if let ArrayItems::RefOrSchema(items) = &mut array.items {
                bound(items);
            }
        }
        RefOr::T(
            Schema::OneOf(OneOf { items, .. })
            | Schema::AllOf(AllOf { items, .. })
            | Schema::AnyOf(AnyOf { items, .. }),
        ) => items.iter_mut().for_each(bound),
        RefOr::T(_) | RefOr::Ref(_) => {}
    }
}

fn is_a(schema: &SchemaType, kind: &Type) -> bool {
    match schema {
        SchemaType::Type(one) => one == kind,
        SchemaType::Array(several) => several.contains(kind),
        SchemaType::AnyValue => false,
    }
}

/// Whether its values or its format say how long a text is.
fn is_of_a_form(object: &Object) -> bool {
    let is_constant = object.extensions.as_ref().is_some_and(|more| more.contains_key("const"));
    let formats = [KnownFormat::Date, KnownFormat::DateTime, KnownFormat::Uuid];
    let has_format =
        matches!(&object.format, Some(SchemaFormat::KnownFormat(format)) if formats.contains(format));
    object.enum_values.is_some() || is_constant || has_format
}
