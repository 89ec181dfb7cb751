//! Products in the database: entered, changed, costed, shown and listed. `[PROD]`

mod row;
/// What a product looks like, and all of them.
pub mod view;

pub use row::{find, names};
pub use view::{PRODUCT, ProductFilter, ProductView, list, show, view};

use crate::{
    organisation::referred,
    schema::products,
    setup::{self, SetupStep},
    spine::{Failure, Key, Part, Reader, Tx, db},
};
use diesel::{dsl::exists, prelude::*};
use domain::{
    product::{Product, ProductId},
    spine::Change,
};

/// What is sold.
const PRODUCTS: SetupStep = SetupStep {
    code: "products",
    zh: "登记产品",
    en: "Enter the products",
    href: "/api/v1/products",
    is_required: false,
    missing: |reader| {
        Ok(setup::unless(db!(reader, |c| diesel::select(diesel::dsl::exists(
            products::table.select(products::id)
        ))
        .get_result(c))?))
    },
};

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[&PRODUCTS];

crate::spine::resource! { crate::Sales: Product as ProductView; find, apply, show = show }

/// Writes a change of a product.
///
/// # Errors
/// A code, or an identity in another system, that is taken.
pub fn apply(tx: &mut Tx<'_>, change: Change<Product>) -> Result<Product, Failure> {
    tx.apply(change)
}

/// A product that a field refers to.
///
/// # Errors
/// `validation.unknown_reference` at the pointer.
pub fn refer(reader: &mut Reader<'_>, id: ProductId, pointer: &str) -> Result<Product, Failure> {
    referred(find(reader, id), pointer)
}

/// Whether a product ever had a price.
///
/// # Errors
/// Where the database fails.
pub fn is_priced(reader: &mut Reader<'_>, id: ProductId) -> Result<bool, Failure> {
    use crate::schema::prices;
    let key = Key::from(id);
    let priced = prices::table.filter(prices::product_id.eq(key));
    Ok(db!(reader, |c| diesel::select(exists(priced)).get_result(c))?)
}
